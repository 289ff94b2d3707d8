//! HTTP responses of the endpoint.

use bytes::{BufMut, Bytes, BytesMut};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;

use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::server::Reply;
use crate::transport::http::headers::Format;

/// A response of the endpoint.
pub(super) type Answer = Response<Full<Bytes>>;

/// Asks proxies to pass events on at once.
static UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");
static SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// A message with status 200.
pub(super) fn message(body: Bytes, format: Format) -> Answer {
    let (body, media_type) = match format {
        Format::Json => (body, "application/json"),
        Format::Events => (event(&body), "text/event-stream"),
    };
    let mut answer = Response::new(Full::new(body));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    if format == Format::Events {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(UNBUFFERED.clone(), HeaderValue::from_static("no"));
    }
    answer
}

/// An encoded reply with its status.
pub(super) fn reply(reply: Reply, format: Format) -> Answer {
    // Events go with status 200 alone; other statuses carry plain JSON.
    let format = if reply.status == 200 { format } else { Format::Json };
    let mut answer = message(reply.body, format);
    *answer.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    if reply.status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    if let Some(value) = reply.session.and_then(|id| HeaderValue::from_str(&id).ok()) {
        answer.headers_mut().insert(SESSION.clone(), value);
    }
    answer
}

/// A status without a body.
pub(super) fn status(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

/// A request that is refused before its message is looked at.
pub(super) fn refused(kind: ErrorKind, why: &'static str) -> Answer {
    let mut body = BytesMut::with_capacity(160);
    ProtocolError::new(kind, why).encode_without_id(&mut body);
    let mut answer = message(body.freeze(), Format::Json);
    *answer.status_mut() =
        StatusCode::from_u16(kind.status(true)).unwrap_or(StatusCode::BAD_REQUEST);
    if kind == ErrorKind::MethodNotAllowed {
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST, DELETE"));
    }
    answer
}

/// One server-sent event.
fn event(body: &[u8]) -> Bytes {
    let mut event = BytesMut::with_capacity(body.len() + 32);
    event.put_slice(b"event: message\ndata: ");
    event.put_slice(body);
    event.put_slice(b"\n\n");
    event.freeze()
}

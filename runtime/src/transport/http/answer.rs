//! HTTP responses of the endpoint.

use bytes::{Bytes, BytesMut};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::{Either, Full};

use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::server::Reply;
use crate::transport::http::events::{self, Events};
use crate::transport::http::headers::Format;

/// A response of the endpoint: whole, or a stream.
pub(super) type Answer = Response<Either<Full<Bytes>, Events>>;

/// Asks proxies to pass events on at once.
static UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");
static SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// A message with status 200.
pub(super) fn message(body: Bytes, format: Format) -> Answer {
    match format {
        Format::Json => {
            let mut answer = whole(body);
            let media_type = HeaderValue::from_static("application/json");
            answer.headers_mut().insert(CONTENT_TYPE, media_type);
            answer
        }
        Format::Events => as_events(whole(events::message(&body))),
    }
}

/// A stream with status 200.
pub(super) fn stream(events: Events) -> Answer {
    as_events(Response::new(Either::Right(events)))
}

fn as_events(mut answer: Answer) -> Answer {
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(UNBUFFERED.clone(), HeaderValue::from_static("no"));
    answer
}

fn whole(body: Bytes) -> Answer {
    Response::new(Either::Left(Full::new(body)))
}

/// A plain text.
pub(super) fn text(status: StatusCode, text: &'static str) -> Answer {
    let mut answer = whole(Bytes::from_static(text.as_bytes()));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
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
    let session = reply.begun.and_then(|begun| begun.id);
    if let Some(value) = session.and_then(|id| HeaderValue::from_str(&id).ok()) {
        answer.headers_mut().insert(SESSION.clone(), value);
    }
    answer
}

/// A status without a body.
pub(super) fn status(status: StatusCode) -> Answer {
    let mut answer = whole(Bytes::new());
    *answer.status_mut() = status;
    answer
}

/// A request that is refused although nothing is wrong with it.
pub(super) fn error(error: &ProtocolError) -> Answer {
    let mut body = BytesMut::with_capacity(160);
    error.encode_without_id(&mut body);
    let status = error.kind.status(true);
    reply(Reply { body: body.freeze(), status, begun: None }, Format::Json)
}

/// The request with this id, as JSON text, is refused although nothing is wrong with it.
pub(super) fn error_of(error: &ProtocolError, id: &str) -> Answer {
    reply(Reply::of_error(error, Some(id), true), Format::Json)
}

/// A request that is refused before its message is looked at.
pub(super) fn refused(kind: ErrorKind, why: &'static str) -> Answer {
    let mut body = BytesMut::with_capacity(160);
    ProtocolError::new(kind, why).encode_without_id(&mut body);
    let mut answer = message(body.freeze(), Format::Json);
    *answer.status_mut() =
        StatusCode::from_u16(kind.status(true)).unwrap_or(StatusCode::BAD_REQUEST);
    answer
}

/// A method that is not served here; `allow` lists those that are.
pub(super) fn not_allowed(allow: &'static str, why: &'static str) -> Answer {
    let mut answer = refused(ErrorKind::MethodNotAllowed, why);
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    answer
}

//! Answers of routes: results as JSON, errors as `{"detail": …}`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::{Either, Full};
use serde_json::{Value, json};

use super::detail::Detail;
use crate::declaration::Route;
use crate::result::{Content, HandlerError, ToolResult};
use crate::transport::http::answer::Answer;

fn whole(status: StatusCode, media_type: &str, body: Bytes) -> Answer {
    let mut answer = Response::new(Either::Left(Full::new(body)));
    *answer.status_mut() = status;
    if let Ok(media_type) = HeaderValue::from_str(media_type) {
        answer.headers_mut().insert(CONTENT_TYPE, media_type);
    }
    answer
}

/// A JSON text.
pub(super) fn json(status: StatusCode, body: Bytes) -> Answer {
    whole(status, "application/json", body)
}

/// An error in words.
pub(super) fn detail(status: StatusCode, detail: &str) -> Answer {
    json(status, json!({ "detail": detail }).to_string().into())
}

/// A request whose parts are not what the route takes.
pub(super) fn unprocessable(details: &[Detail]) -> Answer {
    // Texts, numbers and lists of these: nothing that cannot be written.
    let details = serde_json::to_string(&details).unwrap_or_default();
    let body = ["{\"detail\":", &details, "}"].concat();
    json(StatusCode::UNPROCESSABLE_ENTITY, body.into())
}

/// Too many calls run.
pub(super) fn busy() -> Answer {
    let mut answer = detail(StatusCode::SERVICE_UNAVAILABLE, "The server is busy; retry later");
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    answer
}

/// A handler that has failed. What is not public stays in the log.
pub(super) fn failed(route: &Route, error: &HandlerError) -> Answer {
    let status = error.status().and_then(|status| StatusCode::from_u16(status).ok());
    if error.is_public() {
        return detail(status.unwrap_or(StatusCode::BAD_REQUEST), error.message());
    }
    let cause = std::error::Error::source(error).map(tracing::field::display);
    tracing::warn!(route = route.tool.name, %error, cause, "call failed");
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    detail(status, status.canonical_reason().unwrap_or("Internal Server Error"))
}

/// The result of a handler: its structured content, else its only image or sound as bytes, else its
/// texts.
pub(super) fn result(route: &Route, result: &ToolResult) -> Answer {
    if result.is_error {
        return detail(StatusCode::BAD_REQUEST, &result.texts());
    }
    let status = StatusCode::from_u16(route.status).unwrap_or(StatusCode::OK);
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT) {
        let mut answer = Response::new(Either::Left(Full::default()));
        *answer.status_mut() = status;
        return answer;
    }
    if let Some(structured) = &result.structured {
        return json(status, Bytes::copy_from_slice(structured.get().as_bytes()));
    }
    match result.content.as_slice() {
        [] => json(status, Bytes::from_static(b"null")),
        [Content::Image { data, mime_type } | Content::Audio { data, mime_type }] => {
            match STANDARD.decode(data) {
                Ok(bytes) => whole(status, mime_type, bytes.into()),
                Err(_) => json(status, Value::from(data.as_str()).to_string().into()),
            }
        }
        _ => whole(status, "text/plain; charset=utf-8", result.texts().into()),
    }
}

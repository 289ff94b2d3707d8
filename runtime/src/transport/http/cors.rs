//! What browsers are told about pages of other origins (Fetch, CORS protocol). Which origins are accepted
//! at all is decided by the guard before.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, VARY,
};
use http::{HeaderMap, HeaderValue};

/// Headers of requests that pages may set, where they do not say which.
const ALLOWED: &str = "content-type, accept, authorization, last-event-id, mcp-session-id, \
                       mcp-protocol-version, mcp-method, mcp-name";

/// Headers of answers that pages may read.
const EXPOSED: &str = "mcp-session-id, mcp-protocol-version, www-authenticate, retry-after";

/// Lets the page of this origin read the answer.
pub(super) fn share(headers: &mut HeaderMap, origin: &[u8]) {
    let Ok(origin) = HeaderValue::from_bytes(origin) else { return };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    headers.insert(VARY, HeaderValue::from_static("origin"));
}

/// Allows what a page asks for before its request. Headers of arguments have names of their own
/// (`Mcp-Param-…`), so that those which are asked for are the ones that are allowed.
pub(super) fn allow(headers: &mut HeaderMap, requested: Option<&[u8]>, methods: HeaderValue) {
    let requested = requested.and_then(|names| HeaderValue::from_bytes(names).ok());
    let allowed = requested.unwrap_or(HeaderValue::from_static(ALLOWED));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
}

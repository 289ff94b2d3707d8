//! One HTTP client per upstream: building requests and reading responses.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{self, HeaderMap, HeaderValue};
use url::Url;

use super::body::{self, Written};
use super::credential::Credentials;
use super::mock::Mock;
use super::url::Base;
use super::{Reply, UpstreamError, header as header_arguments, path, query, status};
use crate::arguments::Values;
use crate::operation::{Operation, Segment, UpstreamSpec};

/// Bytes of the body of an error that are read.
const ERROR_BODY: usize = 64 << 10;

/// Calls the operations of one upstream. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) spec: &'static UpstreamSpec,
    /// `None` for an upstream that the server does not have.
    pub(super) base: Option<Base>,
    /// Sent with every request; they win over header arguments.
    pub(super) headers: HeaderMap,
    pub(super) credentials: Credentials,
    pub(super) wire: Wire,
    /// Largest response, in bytes.
    pub(super) limit: usize,
}

/// What answers the requests.
#[derive(Debug)]
pub(super) enum Wire {
    Http(reqwest::Client),
    Mock(Arc<Mock>),
    Nothing,
}

/// A request that is ready to be sent.
#[derive(Debug)]
pub(super) struct Request {
    method: http::Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    timeout: Duration,
}

impl Client {
    pub(super) fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// The client of an upstream that the server does not have.
    pub(super) fn absent() -> Self {
        Self::new(Inner {
            spec: &UpstreamSpec::NONE,
            base: None,
            headers: HeaderMap::new(),
            credentials: Credentials::none(),
            wire: Wire::Nothing,
            limit: 0,
        })
    }

    pub(super) fn is_for(&self, spec: &'static UpstreamSpec) -> bool {
        std::ptr::eq(self.inner.spec, spec)
    }

    /// Builds the request of a call; the future sends it and reads the whole response.
    ///
    /// The future borrows nothing. Dropping it cancels the request. It takes no longer than the
    /// timeout of the operation, else that of the upstream.
    ///
    /// # Errors
    ///
    /// At once: arguments that cannot be written as the operation declares, an upstream that the
    /// server does not have, credentials that are not set. From the future: a status that is no
    /// success, a timeout, a response beyond the limit, a connection that fails.
    pub fn call(
        &self,
        operation: &'static Operation,
        values: &Values<'_>,
    ) -> Result<
        impl Future<Output = Result<Reply, UpstreamError>> + Send + 'static + use<>,
        UpstreamError,
    > {
        let request = self.inner.request(operation, values)?;
        let inner = Arc::clone(&self.inner);
        Ok(async move {
            match &inner.wire {
                Wire::Http(client) => {
                    let timeout = request.timeout;
                    tokio::time::timeout(timeout, send(client, request, inner.limit))
                        .await
                        .unwrap_or(Err(UpstreamError::Timeout))
                }
                Wire::Mock(mock) => status::check(mock.reply(operation.tool)?, &HeaderMap::new()),
                Wire::Nothing => Err(absent(operation)),
            }
        })
    }
}

impl Inner {
    /// Builds the request of a call.
    pub(super) fn request(
        &self,
        operation: &'static Operation,
        values: &Values<'_>,
    ) -> Result<Request, UpstreamError> {
        let base = self.base.as_ref().ok_or_else(|| absent(operation))?;
        let refused = |why: String| UpstreamError::Request {
            operation: format!("{} {}", operation.method.as_str(), Template(operation)),
            why,
        };
        let method = http::Method::from_bytes(operation.method.as_str().as_bytes())
            .map_err(|_| refused("the method is not valid".to_owned()))?;
        let target = path::write(operation, values).map_err(refused)?;
        let mut queries = query::write(operation, values);
        let mut headers = HeaderMap::new();
        let accept = HeaderValue::from_str(operation.accept)
            .map_err(|_| refused("the `Accept` header is not valid".to_owned()))?;
        headers.insert(header::ACCEPT, accept);
        header_arguments::write(operation, values, &mut headers).map_err(refused)?;
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        let body = match body::write(operation, values).map_err(refused)? {
            Some(Written { media_type, bytes }) => {
                let media_type = HeaderValue::from_str(&media_type)
                    .map_err(|_| refused("the media type of the body is not valid".to_owned()))?;
                headers.insert(header::CONTENT_TYPE, media_type);
                bytes
            }
            None => Vec::new(),
        };
        self.credentials
            .apply(operation, &mut headers, &mut queries)
            .map_err(UpstreamError::Unavailable)?;
        let url = base.join(&target.path, &[&target.query, &queries]).map_err(refused)?;
        let timeout = operation.timeout.unwrap_or(self.spec.timeout);
        Ok(Request { method, url, headers, body, timeout })
    }
}

fn absent(operation: &Operation) -> UpstreamError {
    UpstreamError::Unavailable(format!(
        "the upstream `{}` is not part of this server",
        operation.upstream.name
    ))
}

/// The path template of an operation, as the document has it.
struct Template(&'static Operation);

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.path.iter().try_for_each(|segment| match segment {
            Segment::Literal(text) => formatter.write_str(text),
            Segment::Argument(index) => {
                let argument = self.0.arguments.get(usize::from(*index));
                write!(formatter, "{{{}}}", argument.map_or("?", |argument| argument.wire))
            }
        })
    }
}

async fn send(
    client: &reqwest::Client,
    request: Request,
    limit: usize,
) -> Result<Reply, UpstreamError> {
    let Request { method, url, headers, body, .. } = request;
    let mut request = client.request(method, url).headers(headers);
    if !body.is_empty() {
        request = request.body(body);
    }
    let mut response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default();
    let is_error = !(200..=299).contains(&status);
    let body = read(&mut response, limit, is_error).await?;
    status::check(Reply { status, media_type, body }, &headers)
}

/// Reads a body. The body of an error is cut where a message would cut it anyway.
async fn read(
    response: &mut reqwest::Response,
    limit: usize,
    is_error: bool,
) -> Result<Bytes, UpstreamError> {
    let limit = if is_error { ERROR_BODY } else { limit };
    let announced = response.content_length().unwrap_or_default();
    if !is_error && usize::try_from(announced).is_ok_and(|announced| announced > limit) {
        return Err(UpstreamError::TooLarge(limit));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len().saturating_add(chunk.len()) > limit {
            if !is_error {
                return Err(UpstreamError::TooLarge(limit));
            }
            body.extend_from_slice(chunk.get(..limit - body.len()).unwrap_or_default());
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// An error of the transport. Its URL is left out: the query may carry a credential.
fn failed(error: reqwest::Error) -> UpstreamError {
    if error.is_timeout() {
        return UpstreamError::Timeout;
    }
    UpstreamError::Connection(Box::new(error.without_url()))
}

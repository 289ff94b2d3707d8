//! One HTTP client per upstream: building requests and reading responses.

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use url::Url;

use super::body::{self, Draft, Written};
use super::credential::{Credentials, Pending};
use super::mock::Mock;
use super::server::Servers;
use super::stream::Observer;
use super::url::Base;
use super::{
    Reply, UpstreamError, exchange, forward, header as header_arguments, path, query, status,
};
use crate::arguments::Values;
use crate::operation::{Operation, Segment, UpstreamSpec};

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
    /// Those of single operations.
    pub(super) servers: Servers,
    /// Sent with every request; they win over header arguments.
    pub(super) headers: HeaderMap,
    pub(super) credentials: Credentials,
    pub(super) wire: Wire,
    /// The folder that `file:` URIs may name files below.
    pub(super) file_root: Option<PathBuf>,
    /// Largest response, in bytes.
    pub(super) limit: usize,
}

/// What a call has of the request to this server that led to it.
#[derive(Default)]
pub struct CallOptions<'a> {
    /// The headers of that request, of which goes on what is declared.
    pub headers: Option<&'a HeaderMap>,
    /// Is told each item of a response that is a sequence.
    pub observer: Option<Observer>,
}

impl fmt::Debug for CallOptions<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CallOptions").finish_non_exhaustive()
    }
}

/// How the client calls itself (RFC 9110, 10.1.5).
const USER_AGENT: &str = concat!("mcpwright/", env!("CARGO_PKG_VERSION"));

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
    pub(super) method: http::Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// A body whose files have still to be read.
    pub(super) draft: Option<Draft>,
    /// The token that has still to be fetched.
    pub(super) token: Option<Pending>,
    pub(super) timeout: Duration,
    /// Method and path template, for messages.
    pub(super) operation: &'static Operation,
}

impl Request {
    /// Takes the body, with its media type among the headers.
    pub(super) fn set_body(&mut self, written: Written) -> Result<(), UpstreamError> {
        let media_type = HeaderValue::from_str(&written.media_type).map_err(|_| {
            refused(self.operation, "the media type of the body is not valid".to_owned())
        })?;
        self.headers.insert(header::CONTENT_TYPE, media_type);
        self.body = Bytes::from(written.bytes);
        Ok(())
    }
}

/// A request that cannot be built.
pub(super) fn refused(operation: &'static Operation, why: String) -> UpstreamError {
    UpstreamError::Request {
        operation: format!("{} {}", operation.method.as_str(), Template(operation)),
        why,
    }
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
            servers: Servers::default(),
            headers: HeaderMap::new(),
            credentials: Credentials::none(),
            wire: Wire::Nothing,
            file_root: None,
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
        self.call_for(operation, values, CallOptions::default())
    }

    /// [`Client::call`] for a request to this server.
    ///
    /// # Errors
    ///
    /// As [`Client::call`]; and credentials that the caller has to send and did not.
    pub fn call_for(
        &self,
        operation: &'static Operation,
        values: &Values<'_>,
        options: CallOptions<'_>,
    ) -> Result<
        impl Future<Output = Result<Reply, UpstreamError>> + Send + 'static + use<>,
        UpstreamError,
    > {
        let request = self.inner.request(operation, values, options.headers)?;
        let observer = options.observer;
        let inner = Arc::clone(&self.inner);
        Ok(async move {
            match &inner.wire {
                Wire::Http(client) => exchange::run(&inner, client, request, observer).await,
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
        caller: Option<&HeaderMap>,
    ) -> Result<Request, UpstreamError> {
        let base = self.servers.base(operation, self.base.as_ref());
        let base = base.ok_or_else(|| absent(operation))?;
        let refused = |why: String| refused(operation, why);
        let method = http::Method::from_bytes(operation.method.as_str().as_bytes())
            .map_err(|_| refused("the method is not valid".to_owned()))?;
        let target = path::write(operation, values).map_err(refused)?;
        let mut queries = query::write(operation, values);
        let mut headers = HeaderMap::new();
        // An argument may say otherwise, and what is declared for the server stands above both.
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        let accept = HeaderValue::from_str(operation.accept)
            .map_err(|_| refused("the `Accept` header is not valid".to_owned()))?;
        headers.insert(header::ACCEPT, accept);
        header_arguments::write(operation, values, &mut headers).map_err(refused)?;
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        let draft = body::write(operation, values, self.file_root.as_deref()).map_err(refused)?;
        if let Some(caller) = caller {
            forward::copy(&self.spec.forward, caller, &mut headers).map_err(refused)?;
        }
        let token = self
            .credentials
            .apply(operation, forward::authorization(caller), &mut headers, &mut queries)
            .map_err(UpstreamError::Unavailable)?;
        let url = base.join(&target.path, &[&target.query, &queries]).map_err(refused)?;
        let timeout = operation.timeout.unwrap_or(self.spec.timeout);
        let body = Bytes::new();
        let mut request =
            Request { method, url, headers, body, draft: None, token, timeout, operation };
        match draft {
            Some(draft) if !draft.is_here() => request.draft = Some(draft),
            Some(draft) => request.set_body(draft.finish())?,
            None => {}
        }
        Ok(request)
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

//! Who sends messages, and by which transport: what is known beside the messages themselves.

use std::sync::Arc;

use http::HeaderMap;
use http::request::Parts;

use crate::declaration::Transport;

/// Who calls.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Principal {
    /// Nobody in particular: nobody was asked for credentials.
    #[default]
    Anonymous,
    /// Somebody whom the application around the server has recognized, by an id that is theirs alone.
    ///
    /// A layer around [`Server::router`](crate::Server::router), or one of
    /// [`Server::http_layer`](crate::Server::http_layer), that has checked credentials puts it among
    /// the extensions of the request:
    ///
    /// ```
    /// # use mcpwright::Principal;
    /// # fn recognized(request: &mut http::Request<()>, subject: &str) {
    /// request.extensions_mut().insert(Principal::Named(subject.into()));
    /// # }
    /// ```
    ///
    /// Sessions, tasks and the state of questions belong to the principal that began them; for others
    /// they do not exist.
    Named(Arc<str>),
}

impl Principal {
    /// What tells one principal from another; `None` for nobody in particular.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::Named(id) => Some(id),
        }
    }
}

/// The one who sends a message: a connection, or a single HTTP request. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Requester {
    /// Who it is.
    pub(crate) principal: Principal,
    /// How the message comes; `None` within the process.
    pub(crate) transport: Option<Transport>,
    /// The head of the HTTP request; on HTTP+SSE that of the request that opened the stream.
    pub(crate) head: Option<Arc<Parts>>,
}

impl Requester {
    /// The sender of an HTTP request, as a layer has recognized it.
    pub(crate) fn http(head: Arc<Parts>, transport: Transport) -> Self {
        let principal = head.extensions.get().cloned().unwrap_or(Principal::Anonymous);
        Self { principal, transport: Some(transport), head: Some(head) }
    }

    /// Whether this is one of many whom nothing tells apart.
    pub(crate) fn is_one_of_many(&self) -> bool {
        self.head.is_some() && self.principal.id().is_none()
    }

    /// The other end of a connection that is no HTTP.
    pub(crate) const fn connection(transport: Option<Transport>, principal: Principal) -> Self {
        Self { principal, transport, head: None }
    }
}

/// Headers that stay between a client and this server: those of the connection (RFC 9110, section
/// 7.6.1), of the message, of the protocol's session, and the client's credentials.
const PRIVATE: [&str; 14] = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "mcp-session-id",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whether a header, by its name in lower case, may be passed on to others.
pub(crate) fn is_passable(name: &str) -> bool {
    !PRIVATE.contains(&name) && !name.starts_with("proxy-")
}

/// The headers that may be passed on to others.
pub(crate) fn passable(headers: &HeaderMap) -> HeaderMap {
    let passed = headers.iter().filter(|(name, _)| is_passable(name.as_str()));
    passed.map(|(name, value)| (name.clone(), value.clone())).collect()
}

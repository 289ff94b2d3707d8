//! The decision itself: message and transport facts in, generation out.

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::lifecycle::legacy::{Session, Sessions};
use crate::lifecycle::stateless;
use crate::lifecycle::{Principal, Requester, Version};
use crate::protocol::envelope;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::meta::{self, Meta};

/// What the transport knows beside the message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// Who sends it.
    pub(crate) requester: &'a Requester,
    /// What it comes in.
    pub(crate) carrier: Carrier<'a>,
}

/// What a message comes in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Carrier<'a> {
    /// An HTTP request with these headers.
    Http(Headers<'a>),
    /// A connection that is one client, and what its handshake has begun.
    Connection(Option<&'a Arc<Session>>),
}

impl<'a> Facts<'a> {
    /// The facts of an HTTP request.
    pub(crate) const fn http(requester: &'a Requester, headers: Headers<'a>) -> Self {
        Self { requester, carrier: Carrier::Http(headers) }
    }

    /// The facts of a message on a connection.
    pub(crate) const fn connection(
        requester: &'a Requester,
        session: Option<&'a Arc<Session>>,
    ) -> Self {
        Self { requester, carrier: Carrier::Connection(session) }
    }

    /// Who sends the message.
    pub(crate) fn principal(&self) -> &'a Principal {
        &self.requester.principal
    }
}

/// The headers that mirror the message or name the session.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Headers<'a> {
    /// `MCP-Protocol-Version`
    pub(crate) version: Mirror<'a>,
    /// `Mcp-Session-Id`
    pub(crate) session: Option<&'a [u8]>,
    /// `Mcp-Method`
    pub(crate) method: Mirror<'a>,
    /// `Mcp-Name`
    pub(crate) name: Mirror<'a>,
    /// All of them.
    pub(crate) all: Option<&'a http::HeaderMap>,
}

impl<'a> Headers<'a> {
    /// The value of any header, by its name in lower case.
    pub(crate) fn value(&self, name: &str) -> Mirror<'a> {
        let mut mirror = Mirror::Absent;
        if let Some(all) = self.all {
            all.get_all(name).iter().for_each(|value| mirror.add(value.as_bytes()));
        }
        mirror
    }
}

/// A header that mirrors a value of the message.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Mirror<'a> {
    /// It is missing.
    #[default]
    Absent,
    /// Its value.
    Once(&'a [u8]),
    /// It was sent more than once, so it has no value that could be compared.
    Repeated,
}

impl<'a> Mirror<'a> {
    /// Takes one more value.
    pub(crate) const fn add(&mut self, value: &'a [u8]) {
        *self = match self {
            Self::Absent => Self::Once(value),
            Self::Once(_) | Self::Repeated => Self::Repeated,
        };
    }
}

/// How a message is served.
#[derive(Debug)]
pub(crate) enum Decision {
    /// As 2026-07-28 says.
    Stateless,
    /// As the first message of a client with a handshake.
    Handshake,
    /// As a message after the handshake.
    Legacy(Version, Option<Arc<Session>>),
    /// A message that a connection sends before its handshake and that needs no answer.
    Ignored,
}

/// Decides how a message is served. `method` is absent for the answer to a server's request.
///
/// # Errors
/// What the generation demands of version, `_meta` and session, in the order in which the
/// protocol wants it checked.
pub(crate) fn decide(
    method: Option<&str>,
    is_request: bool,
    meta: Option<&Meta<'_>>,
    facts: &Facts<'_>,
    sessions: Option<&Sessions>,
) -> Result<Decision, ProtocolError> {
    if let Some(meta) = meta {
        if let Some(version) = meta.protocol_version {
            if is_request {
                stateless::check(meta, version, facts)?;
            }
            return Ok(Decision::Stateless);
        }
        if meta.client_capabilities.is_some() || meta.client_info.is_some() {
            return Err(stateless::missing(meta::PROTOCOL_VERSION));
        }
    }
    match &facts.carrier {
        Carrier::Http(headers) => {
            decide_http(method, is_request, headers, sessions, facts.principal())
        }
        Carrier::Connection(session) => match (method, session) {
            (Some("initialize"), _) if is_request => Ok(Decision::Handshake),
            (_, Some(session)) => {
                Ok(Decision::Legacy(session.handshake().version, Some(Arc::clone(session))))
            }
            (Some("ping"), None) if is_request => {
                Ok(Decision::Legacy(Version::LATEST_LEGACY, None))
            }
            (Some(_), None) if is_request => Err(stateless::missing(meta::PROTOCOL_VERSION)),
            _ => Ok(Decision::Ignored),
        },
    }
}

fn decide_http(
    method: Option<&str>,
    is_request: bool,
    headers: &Headers<'_>,
    sessions: Option<&Sessions>,
    principal: &Principal,
) -> Result<Decision, ProtocolError> {
    let declared = match headers.version {
        Mirror::Absent => None,
        Mirror::Repeated => {
            return Err(ProtocolError::new(
                ErrorKind::InvalidRequest,
                "Invalid request: MCP-Protocol-Version may come once",
            ));
        }
        Mirror::Once(name) => match Version::parse(name) {
            Some(version) if !version.is_stateless() => Some(version),
            Some(_) if headers.session.is_none() && method.is_some() && !is_request => {
                // What headers and `_meta` a notification carries is left open by the protocol.
                return Ok(Decision::Stateless);
            }
            Some(_) => return Err(stateless::missing(meta::PROTOCOL_VERSION)),
            None => return Err(stateless::unsupported(&String::from_utf8_lossy(name))),
        },
    };
    if method == Some("initialize") && is_request {
        return Ok(Decision::Handshake);
    }
    match (headers.session, sessions) {
        (Some(id), Some(sessions)) => {
            let session = sessions.find(id, principal).ok_or_else(session_not_found)?;
            Ok(Decision::Legacy(session.handshake().version, Some(session)))
        }
        (Some(_), None) => Err(session_not_found()),
        (None, Some(_)) => Err(ProtocolError::new(
            ErrorKind::SessionRequired,
            "Bad request: no session; send `initialize` first and its Mcp-Session-Id afterwards, \
             or send the `_meta` of protocol version 2026-07-28",
        )),
        (None, None) => Ok(Decision::Legacy(declared.unwrap_or(Version::ASSUMED), None)),
    }
}

/// The version that the sender of a batch speaks.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] for all versions but 2025-03-26, and what is wrong with the
/// session.
pub(crate) fn decide_batch(
    facts: &Facts<'_>,
    sessions: Option<&Sessions>,
) -> Result<(), ProtocolError> {
    let version = match &facts.carrier {
        Carrier::Connection(session) => session.map(|session| session.handshake().version),
        Carrier::Http(headers) => {
            match decide_http(None, false, headers, sessions, facts.principal()) {
                Ok(Decision::Legacy(version, _)) => Some(version),
                Err(error) if error.kind == ErrorKind::SessionNotFound => return Err(error),
                _ => None,
            }
        }
    };
    if version.is_some_and(Version::has_batches) {
        return Ok(());
    }
    Err(ProtocolError::new(
        ErrorKind::InvalidRequest,
        "Invalid request: batches exist in protocol version 2025-03-26 only; send one message \
         at a time",
    ))
}

/// The value of the version key as text.
pub(crate) fn version_text(raw: &RawValue) -> Result<std::borrow::Cow<'_, str>, ProtocolError> {
    envelope::string(raw).ok_or_else(|| stateless::malformed(meta::PROTOCOL_VERSION, "a string"))
}

fn session_not_found() -> ProtocolError {
    ProtocolError::new(
        ErrorKind::SessionNotFound,
        "Session not found: it has ended; send `initialize` without Mcp-Session-Id",
    )
}

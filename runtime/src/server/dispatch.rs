//! From a message to what comes of it: the table of methods, and the small methods themselves.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::lifecycle::decision::{Decision, Facts, decide, decide_batch};
use crate::lifecycle::legacy::{self, Session};
use crate::lifecycle::stateless;
use crate::lifecycle::{Handshake, Version};
use crate::protocol::envelope::{self, Body};
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::params::{self, Params};
use crate::protocol::response;
use crate::server::call::ToolCall;
use crate::server::log::{Began, End};
use crate::server::{Batch, Core, Outcome, Reply};

/// The methods that are served.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Method {
    Discover,
    Ping,
    ToolsCall,
    ToolsList,
}

/// In which generation a method exists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Generation {
    Legacy,
    Stateless,
    Both,
}

/// What a server must offer for a method to exist.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Capability {
    None,
    Tools,
}

/// All methods but `initialize`, which [`decide`] recognizes.
static METHODS: [(&str, Method, Generation, Capability); 4] = [
    ("tools/call", Method::ToolsCall, Generation::Both, Capability::Tools),
    ("tools/list", Method::ToolsList, Generation::Both, Capability::Tools),
    ("ping", Method::Ping, Generation::Legacy, Capability::None),
    ("server/discover", Method::Discover, Generation::Stateless, Capability::None),
];

/// `clientInfo` that is longer is not kept.
const LONGEST_CLIENT_INFO: usize = 4096;

const CANCELLED: &str = "notifications/cancelled";

/// A request whose generation is decided.
struct Admitted<'a> {
    body: &'a Bytes,
    id: &'a str,
    version: Version,
    session: Option<Arc<Session>>,
    began: Began,
}

impl Core {
    /// Takes one message, or a batch where the client may send one. `body` is the JSON text.
    pub(crate) fn begin(self: &Arc<Self>, body: &Bytes, facts: &Facts<'_>) -> Outcome {
        let text = match envelope::text(body, self.declaration.limits.json_depth) {
            Ok(text) => text,
            Err(error) => return Reply::error(&error, None, false),
        };
        if envelope::is_batch(text) {
            return self.begin_batch(body, text, facts);
        }
        self.begin_message(body, text, facts)
    }

    /// Takes one message of a batch.
    pub(super) fn begin_in_batch(self: &Arc<Self>, body: &Bytes, facts: &Facts<'_>) -> Outcome {
        let text = match envelope::text(body, self.declaration.limits.json_depth) {
            Ok(text) => text,
            Err(error) => return Reply::error(&error, None, false),
        };
        if let Ok(message) = envelope::parse(text)
            && matches!(&message.body, Body::Method { name, .. } if name == "initialize")
        {
            let error = ProtocolError::new(
                ErrorKind::InvalidRequest,
                "Invalid request: `initialize` comes alone, not in a batch",
            );
            return Reply::error(&error, message.id, false);
        }
        self.begin_message(body, text, facts)
    }

    fn begin_batch(&self, body: &Bytes, text: &str, facts: &Facts<'_>) -> Outcome {
        let messages = envelope::parse_batch(text).and_then(|messages| {
            decide_batch(facts, self.sessions())?;
            Ok(messages)
        });
        match messages {
            Ok(messages) => Outcome::Batch(Batch {
                messages: messages
                    .into_iter()
                    .map(|message| body.slice_ref(message.get().as_bytes()))
                    .collect(),
            }),
            Err(error) => Reply::error(&error, None, false),
        }
    }

    fn begin_message(self: &Arc<Self>, body: &Bytes, text: &str, facts: &Facts<'_>) -> Outcome {
        let began = Began::now();
        let message = match envelope::parse(text) {
            Ok(message) => message,
            Err(refused) => return Reply::error(&refused.error, refused.id, false),
        };
        let (method, params) = match &message.body {
            Body::Method { name, params } => (Some(name.as_ref()), *params),
            Body::Response => (None, None),
        };
        let request_id = message.id.filter(|_| method.is_some());
        let is_connection = matches!(facts, Facts::Connection(_));
        let params = match params::parse(params) {
            Ok(params) => params,
            // A notification on a connection has nowhere to be answered.
            Err(_) if is_connection && request_id.is_none() => return Outcome::Accepted,
            Err(error) => return Reply::error(&error, message.id, false),
        };
        if is_connection && method == Some(CANCELLED) {
            return match params.request_id {
                Some(id) => Outcome::Cancelled(id.get().into()),
                None => Outcome::Accepted,
            };
        }
        let meta = params.meta.as_ref();
        let decision = decide(method, request_id.is_some(), meta, facts, self.sessions());
        let (version, session) = match decision {
            Ok(Decision::Stateless) => (Version::V2026_07_28, None),
            Ok(Decision::Legacy(version, session)) => (version, session),
            Ok(Decision::Handshake) => {
                began.log("initialize", None, End::Done);
                return self.initialize(request_id.unwrap_or("null"), &params, facts);
            }
            Ok(Decision::Ignored) => return Outcome::Accepted,
            Err(_) if is_connection && request_id.is_none() => return Outcome::Accepted,
            Err(error) => {
                began.log(method.unwrap_or_default(), None, End::Error(error.kind.code()));
                return Reply::error(&error, message.id, true);
            }
        };
        let (Some(id), Some(method)) = (request_id, method) else {
            return Self::accept(method, &params, version, session.as_deref());
        };
        let admitted = Admitted { body, id, version, session, began };
        match self.answer(admitted, method, &params, facts) {
            Ok(outcome) => outcome,
            Err(error) => {
                began.log(method, None, End::Error(error.kind.code()));
                Reply::error(&error, Some(id), version.is_stateless())
            }
        }
    }

    /// Takes a notification, or the answer to a request that the server has not sent.
    fn accept(
        method: Option<&str>,
        params: &Params<'_>,
        version: Version,
        session: Option<&Session>,
    ) -> Outcome {
        match method {
            None if version.is_stateless() => Reply::error(
                &ProtocolError::new(
                    ErrorKind::InvalidRequest,
                    "Invalid request: a client sends no responses in this protocol version",
                ),
                None,
                true,
            ),
            Some(CANCELLED) => {
                if let (Some(session), Some(id)) = (session, params.request_id) {
                    session.calls().cancel(id.get());
                }
                Outcome::Accepted
            }
            _ => Outcome::Accepted,
        }
    }

    fn answer(
        self: &Arc<Self>,
        admitted: Admitted<'_>,
        method: &str,
        params: &Params<'_>,
        facts: &Facts<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let found = self.find(method, admitted.version);
        if admitted.version.is_stateless()
            && let Facts::Http(headers) = facts
        {
            let name = match found {
                Some(Method::ToolsCall) => params.name.and_then(envelope::string),
                _ => None,
            };
            stateless::check_headers(headers, method, name.as_deref())?;
        }
        let Some(found) = found else {
            let mut message = String::from("Method not found: ");
            message.extend(method.chars().take(100));
            return Err(ProtocolError::new(ErrorKind::MethodNotFound, message));
        };
        let wire = admitted.version.wire();
        let began = admitted.began;
        let reply = match found {
            Method::Ping => Reply::result(response::empty(admitted.id)),
            Method::Discover => {
                Reply::result(self.about().discover(admitted.id, wire, Version::ALL))
            }
            Method::ToolsList => {
                if params.cursor.is_some() {
                    return Err(ProtocolError::new(
                        ErrorKind::InvalidParams,
                        "Invalid params: unknown cursor; the list has one page, ask for it \
                         without a cursor",
                    ));
                }
                let members = self.lists.tools(self.declaration, wire);
                Reply::result(response::list(admitted.id, wire, members))
            }
            Method::ToolsCall => return self.call_tool(admitted, params, facts),
        };
        began.log(method, None, End::Done);
        Ok(reply)
    }

    fn find(&self, name: &str, version: Version) -> Option<Method> {
        let (_, method, generation, capability) =
            METHODS.iter().find(|(candidate, ..)| *candidate == name)?;
        let exists = match generation {
            Generation::Both => true,
            Generation::Legacy => !version.is_stateless(),
            Generation::Stateless => version.is_stateless(),
        };
        let offered = match capability {
            Capability::None => true,
            Capability::Tools => self.has_tools(),
        };
        (exists && offered).then_some(*method)
    }

    fn call_tool(
        self: &Arc<Self>,
        admitted: Admitted<'_>,
        params: &Params<'_>,
        facts: &Facts<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let name: Cow<'_, str> = params.name.and_then(envelope::string).ok_or_else(|| {
            ProtocolError::new(
                ErrorKind::InvalidParams,
                "Invalid params: `name` of the tool is missing or is not a string",
            )
        })?;
        let arguments = match params.arguments.map(RawValue::get) {
            Some(arguments) if !arguments.starts_with('{') => {
                return Err(ProtocolError::new(
                    ErrorKind::InvalidParams,
                    "Invalid params: `arguments` is not an object",
                ));
            }
            arguments => arguments,
        };
        let handshake = match (&admitted.session, facts) {
            (Some(session), _) => Some(session.handshake()),
            (None, Facts::Connection(handshake)) if !admitted.version.is_stateless() => *handshake,
            _ => None,
        };
        let client_info = match params.meta.as_ref().and_then(|meta| meta.client_info) {
            Some(info) => Some(admitted.body.slice_ref(info.get().as_bytes())),
            None => handshake.and_then(|handshake| handshake.client_info.clone()),
        };
        self.start_call(ToolCall {
            name: &name,
            arguments,
            version: admitted.version,
            request_id: admitted.body.slice_ref(admitted.id.as_bytes()),
            client_info,
            session: admitted.session,
            began: admitted.began,
        })
    }

    fn initialize(&self, id: &str, params: &Params<'_>, facts: &Facts<'_>) -> Outcome {
        let requested = params.protocol_version.and_then(envelope::string);
        let version = legacy::negotiate(requested.as_deref());
        let client_info = params
            .client_info
            .map(RawValue::get)
            .filter(|info| info.starts_with('{') && info.len() <= LONGEST_CLIENT_INFO);
        let handshake = Handshake {
            version,
            // Copied, since a slice would keep the whole message for as long as the session.
            client_info: client_info.map(|info| Bytes::copy_from_slice(info.as_bytes())),
        };
        let session = match (facts, self.sessions()) {
            (Facts::Http(_), Some(sessions)) => match sessions.open(handshake.clone()) {
                Ok(session) => Some(session),
                Err(error) => {
                    tracing::error!(%error, "no session id could be made");
                    let error = ProtocolError::new(ErrorKind::Internal, "Internal error");
                    return Reply::error(&error, Some(id), false);
                }
            },
            _ => None,
        };
        let body = self.about().initialize(id, version.wire(), version.as_str()).freeze();
        Outcome::Reply(Reply { body, status: 200, session, negotiated: Some(handshake) })
    }
}

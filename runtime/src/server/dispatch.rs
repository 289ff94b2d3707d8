//! From a message to what comes of it: the table of methods, and the small methods themselves.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::lifecycle::changes::Filter;
use crate::lifecycle::decision::{Carrier, Decision, Facts, Headers, decide, decide_batch};
use crate::lifecycle::legacy::{self, Answered, Session, Streams};
use crate::lifecycle::{Handshake, Version, stateless};
use crate::protocol::envelope::{self, Body};
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::level::LogLevel;
use crate::protocol::params::{self, Params};
use crate::protocol::{meta, response};
use crate::server::core::Offer;
use crate::server::log::{Began, End};
use crate::server::outcome::Begun;
use crate::server::{Batch, Core, Listen, Outcome, Reply, Work, capability};
use crate::visibility::ComponentKind;

/// The methods that are served.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Method {
    CancelTask,
    Complete,
    Discover,
    GetPrompt,
    GetTask,
    List(ComponentKind),
    Listen,
    ListTasks,
    Ping,
    ReadResource,
    SetLevel,
    Subscribe,
    TaskResult,
    ToolsCall,
    Unsubscribe,
    UpdateTask,
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
enum Needs {
    Nothing,
    Tools,
    Resources,
    Prompts,
    Completions,
    Tasks,
}

/// All methods but `initialize`, which [`decide`] recognizes; the most frequent ones first.
static METHODS: [(&str, Method, Generation, Needs); 19] = [
    ("tools/call", Method::ToolsCall, Generation::Both, Needs::Tools),
    ("tools/list", Method::List(ComponentKind::Tool), Generation::Both, Needs::Tools),
    ("resources/read", Method::ReadResource, Generation::Both, Needs::Resources),
    ("prompts/get", Method::GetPrompt, Generation::Both, Needs::Prompts),
    ("resources/list", Method::List(ComponentKind::Resource), Generation::Both, Needs::Resources),
    (
        "resources/templates/list",
        Method::List(ComponentKind::Template),
        Generation::Both,
        Needs::Resources,
    ),
    ("prompts/list", Method::List(ComponentKind::Prompt), Generation::Both, Needs::Prompts),
    ("completion/complete", Method::Complete, Generation::Both, Needs::Completions),
    ("server/discover", Method::Discover, Generation::Stateless, Needs::Nothing),
    ("subscriptions/listen", Method::Listen, Generation::Stateless, Needs::Nothing),
    ("tasks/get", Method::GetTask, Generation::Both, Needs::Tasks),
    ("tasks/cancel", Method::CancelTask, Generation::Both, Needs::Tasks),
    ("tasks/update", Method::UpdateTask, Generation::Stateless, Needs::Tasks),
    ("tasks/result", Method::TaskResult, Generation::Legacy, Needs::Tasks),
    ("tasks/list", Method::ListTasks, Generation::Legacy, Needs::Tasks),
    ("ping", Method::Ping, Generation::Legacy, Needs::Nothing),
    ("logging/setLevel", Method::SetLevel, Generation::Legacy, Needs::Nothing),
    ("resources/subscribe", Method::Subscribe, Generation::Legacy, Needs::Resources),
    ("resources/unsubscribe", Method::Unsubscribe, Generation::Legacy, Needs::Resources),
];

/// `clientInfo` and `capabilities` that are longer are not kept.
const LONGEST_KEPT: usize = 4096;

/// Resources that one session may subscribe to.
const MOST_SUBSCRIPTIONS: usize = 1024;

const CANCELLED: &str = "notifications/cancelled";

/// A request whose generation is decided.
pub(super) struct Admitted<'a> {
    pub(super) body: &'a Bytes,
    pub(super) id: &'a str,
    pub(super) version: Version,
    pub(super) session: Option<Arc<Session>>,
    pub(super) params: &'a Params<'a>,
    pub(super) raw_params: Option<&'a RawValue>,
    /// The least level of log messages, where the request names one.
    pub(super) log_level: Option<LogLevel>,
    pub(super) facts: &'a Facts<'a>,
    pub(super) began: Began,
}

impl<'a> Admitted<'a> {
    /// What the client can be asked, as JSON text.
    pub(super) fn capabilities(&self) -> Option<Bytes> {
        if self.version.is_stateless() {
            let declared = self.params.meta.as_ref()?.client_capabilities?;
            return Some(self.body.slice_ref(declared.get().as_bytes()));
        }
        self.session.as_ref()?.handshake().capabilities.clone()
    }

    /// The headers that have to mirror arguments, where the wire has such.
    pub(super) fn param_headers(&self) -> Option<&Headers<'a>> {
        match &self.facts.carrier {
            Carrier::Http(headers) if self.version.is_stateless() => Some(headers),
            _ => None,
        }
    }
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
        let (method, raw_params) = match &message.body {
            Body::Method { name, params } => (Some(name.as_ref()), *params),
            Body::Response(_) => (None, None),
        };
        let request_id = message.id.filter(|_| method.is_some());
        let is_connection = matches!(facts.carrier, Carrier::Connection(_));
        let params = match params::parse(raw_params) {
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
            return Self::accept(&message, &params, version, session.as_deref());
        };
        let admitted = Admitted {
            body,
            id,
            version,
            session,
            params: &params,
            raw_params,
            log_level: None,
            facts,
            began,
        };
        match self.answer(admitted, method) {
            Ok(outcome) => outcome,
            Err(error) => {
                began.log(method, None, End::Error(error.kind.code()));
                Reply::error(&error, Some(id), version.is_stateless())
            }
        }
    }

    /// Takes a notification, or the answer to a request of the server.
    fn accept(
        message: &envelope::Message<'_>,
        params: &Params<'_>,
        version: Version,
        session: Option<&Session>,
    ) -> Outcome {
        match (&message.body, session) {
            (Body::Response(_), _) if version.is_stateless() => Reply::error(
                &ProtocolError::new(
                    ErrorKind::InvalidRequest,
                    "Invalid request: a client sends no responses in this protocol version",
                ),
                None,
                true,
            ),
            (Body::Response(answer), Some(session)) => {
                let answered = match answer {
                    Ok(result) => Answered::Result((*result).to_owned()),
                    Err(error) => Answered::Error((*error).to_owned()),
                };
                session.asks().answer(message.id.unwrap_or_default(), answered);
                Outcome::Accepted
            }
            (Body::Method { name, .. }, Some(session)) if name == CANCELLED => {
                if let Some(id) = params.request_id {
                    session.calls().cancel(id.get());
                }
                Outcome::Accepted
            }
            _ => Outcome::Accepted,
        }
    }

    fn answer(
        self: &Arc<Self>,
        mut admitted: Admitted<'_>,
        method: &str,
    ) -> Result<Outcome, ProtocolError> {
        let found = self.method(method, admitted.version);
        let params = admitted.params;
        if admitted.version.is_stateless() {
            if let Carrier::Http(headers) = &admitted.facts.carrier {
                let name = match found {
                    Some(Method::ToolsCall | Method::GetPrompt) => params.name,
                    Some(Method::ReadResource) => params.uri,
                    Some(Method::GetTask | Method::UpdateTask | Method::CancelTask) => {
                        params.task_id
                    }
                    _ => None,
                };
                stateless::check_headers(
                    headers,
                    method,
                    name.and_then(envelope::string).as_deref(),
                )?;
            }
            let level = params.meta.as_ref().and_then(|meta| meta.log_level);
            admitted.log_level =
                level.map(|level| log_level(level, meta::LOG_LEVEL)).transpose()?;
        }
        let Some(found) = found else {
            let mut message = String::from("Method not found: ");
            message.extend(method.chars().take(100));
            return Err(ProtocolError::new(ErrorKind::MethodNotFound, message));
        };
        let (id, wire) = (admitted.id, admitted.version.wire());
        let began = admitted.began;
        let reply = match found {
            Method::ToolsCall => return self.call_tool(&admitted),
            Method::ReadResource => return self.read_resource(&admitted),
            Method::GetPrompt => return self.get_prompt(&admitted),
            Method::Complete => return self.complete(&admitted),
            Method::GetTask => return self.get_task(&admitted),
            Method::UpdateTask => return self.update_task(&admitted),
            Method::CancelTask => return self.cancel_task(&admitted),
            Method::TaskResult => return self.task_result(&admitted),
            Method::ListTasks => return self.list_tasks(&admitted),
            Method::Listen => return self.listen(&admitted),
            Method::Ping => Reply::result(response::empty(id)),
            Method::Discover => {
                Reply::result(self.about(admitted.version, admitted.facts.requester).discover(
                    id,
                    wire,
                    Version::ALL,
                ))
            }
            Method::List(kind) => {
                let cursor = match params.cursor {
                    None => None,
                    Some(cursor) => Some(envelope::string(cursor).ok_or_else(|| {
                        ProtocolError::new(
                            ErrorKind::InvalidParams,
                            "Invalid params: `cursor` is not a string",
                        )
                    })?),
                };
                let members =
                    self.list(kind, wire, cursor.as_deref(), admitted.session.as_deref())?;
                Reply::result(response::list(id, wire, &members))
            }
            Method::SetLevel => {
                let level = params.level.ok_or_else(|| {
                    ProtocolError::new(
                        ErrorKind::InvalidParams,
                        "Invalid params: `level` is missing",
                    )
                })?;
                let level = log_level(level, "level")?;
                // Without a session there is no later message that it could be for.
                if let Some(session) = &admitted.session {
                    session.set_log_level(level);
                }
                Reply::result(response::empty(id))
            }
            Method::Subscribe => self.subscribe(&admitted)?,
            Method::Unsubscribe => {
                let uri = uri(params)?;
                if let Some(session) = &admitted.session {
                    session.listener().refine(|filter| {
                        filter.updated.remove(&*uri);
                    });
                }
                Reply::result(response::empty(id))
            }
        };
        began.log(method, None, End::Done);
        Ok(reply)
    }

    fn method(&self, name: &str, version: Version) -> Option<Method> {
        let (_, method, generation, needs) =
            METHODS.iter().find(|(candidate, ..)| *candidate == name)?;
        let exists = match generation {
            Generation::Both => true,
            Generation::Legacy => !version.is_stateless(),
            Generation::Stateless => version.is_stateless(),
        };
        let Offer { tools, resources, prompts, completions, tasks } = self.offer();
        let offered = match needs {
            Needs::Nothing => true,
            Needs::Tools => tools,
            Needs::Resources => resources,
            Needs::Prompts => prompts,
            Needs::Completions => completions,
            Needs::Tasks => tasks && (version.is_stateless() || version.has_tasks()),
        };
        (exists && offered).then_some(*method)
    }

    /// `subscriptions/listen`
    fn listen(&self, admitted: &Admitted<'_>) -> Result<Outcome, ProtocolError> {
        let takes_tasks = capability::takes_tasks(admitted.capabilities().as_deref());
        // Copied, since a slice would keep the whole message for as long as the subscription.
        let id = Bytes::copy_from_slice(admitted.id.as_bytes());
        let principal = admitted.facts.principal();
        let wanted = admitted.params.notifications;
        let listen = Listen::open(self, id, wanted, takes_tasks, principal)?;
        Ok(Outcome::Work(Work::Listen(listen)))
    }

    /// `resources/subscribe`
    fn subscribe(&self, admitted: &Admitted<'_>) -> Result<Outcome, ProtocolError> {
        let uri = uri(admitted.params)?;
        if self.find_resource(&uri, &admitted.seen()?).is_none() {
            return Err(super::start::no_resource(&uri, false));
        }
        let Some(session) = &admitted.session else {
            return Err(ProtocolError::new(
                ErrorKind::MethodNotFound,
                "Method not found: this server keeps no sessions that could subscribe",
            ));
        };
        let mut is_full = false;
        session.listener().refine(|filter: &mut Filter| {
            is_full = filter.updated.len() >= MOST_SUBSCRIPTIONS && !filter.updated.contains(&*uri);
            if !is_full {
                filter.updated.insert(uri.into());
            }
        });
        if is_full {
            return Err(ProtocolError::new(
                ErrorKind::InvalidParams,
                format!(
                    "Invalid params: a session subscribes to at most {MOST_SUBSCRIPTIONS} URIs"
                ),
            ));
        }
        Ok(Reply::result(response::empty(admitted.id)))
    }

    fn initialize(&self, id: &str, params: &Params<'_>, facts: &Facts<'_>) -> Outcome {
        let requested = params.protocol_version.and_then(envelope::string);
        let version = legacy::negotiate(requested.as_deref());
        // Copied, since a slice would keep the whole message for as long as the session.
        let kept = |raw: Option<&RawValue>| {
            raw.map(RawValue::get)
                .filter(|text| text.starts_with('{') && text.len() <= LONGEST_KEPT)
                .map(|text| Bytes::copy_from_slice(text.as_bytes()))
        };
        let handshake = Handshake {
            version,
            client_info: kept(params.client_info),
            capabilities: kept(params.capabilities),
        };
        let begin = |id: &str| {
            let streams = Streams::new(self.store(), id, self.declaration.limits.stream_events);
            Session::new(id, handshake, facts.principal().clone(), self.changes(), streams)
        };
        let begun = match (&facts.carrier, self.sessions()) {
            (Carrier::Http(_), Some(sessions)) => match sessions.open(begin) {
                Ok((id, session)) => Some(Begun { id: Some(id), session }),
                Err(error) => {
                    tracing::error!(%error, "no session id could be made");
                    let error = ProtocolError::new(ErrorKind::Internal, "Internal error");
                    return Reply::error(&error, Some(id), false);
                }
            },
            (Carrier::Http(_), None) => None,
            (Carrier::Connection(_), _) => Some(Begun { id: None, session: Arc::new(begin("")) }),
        };
        let about = self.about(version, facts.requester);
        let body = about.initialize(id, version.wire(), version.as_str()).freeze();
        Outcome::Reply(Reply { body, status: 200, begun })
    }
}

fn uri<'a>(params: &Params<'a>) -> Result<std::borrow::Cow<'a, str>, ProtocolError> {
    params.uri.and_then(envelope::string).ok_or_else(|| {
        ProtocolError::new(
            ErrorKind::InvalidParams,
            "Invalid params: `uri` is missing or is not a string",
        )
    })
}

fn log_level(raw: &RawValue, member: &str) -> Result<LogLevel, ProtocolError> {
    envelope::string(raw).and_then(|name| LogLevel::parse(&name)).ok_or_else(|| {
        let names = LogLevel::ALL.map(LogLevel::as_str).join(", ");
        ProtocolError::new(
            ErrorKind::InvalidParams,
            format!("Invalid params: `{member}` is not one of {names}"),
        )
    })
}

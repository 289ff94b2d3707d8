//! From a checked request to a call that runs. What the kinds of components need for it is in a file
//! of each.

mod completion;
mod prompt;
mod resource;
mod tool;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::value::RawValue;

pub(super) use self::resource::{absent_kind, no_resource};
use crate::clock;
use crate::context::{Context, Dialog, Request, Settled, Way};
use crate::handler::{self, CallFuture};
use crate::lifecycle::stateless::state::State;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::{envelope, params, round};
use crate::result::HandlerError;
use crate::server::call::{Parts, Target, panic_error};
use crate::server::dispatch::Admitted;
use crate::server::{Call, Core, Outcome, Work};

/// What a call needs beside the component.
struct Opening<'a> {
    target: Target,
    name: Cow<'static, str>,
    time: Option<Duration>,
    arguments: Option<&'a RawValue>,
    takes_task: bool,
    /// The handler may ask, so that the client can come back with answers.
    has_dialog: bool,
}

impl Core {
    /// A method that asks the store, and answers with the members of its result.
    pub(super) fn answer_later(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
        method: &'static str,
        time: Duration,
        answer: impl FnOnce(Context) -> CallFuture,
    ) -> Result<Outcome, ProtocolError> {
        let opening = Opening {
            target: Target::Method(method),
            name: Cow::Borrowed(""),
            time: Some(time),
            arguments: None,
            takes_task: false,
            has_dialog: !admitted.version.is_stateless(),
        };
        self.open(admitted, opening, answer)
    }

    /// Admits the call and starts it.
    fn open(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
        opening: Opening<'_>,
        start: impl FnOnce(Context) -> CallFuture,
    ) -> Result<Outcome, ProtocolError> {
        let (dialog, rounds) = if opening.has_dialog {
            self.dialog(admitted, &opening)?
        } else {
            (Dialog::new(Way::None, Settled::default()), 0)
        };
        let place = self.admit()?;
        // A task outlives its request, and must not keep the whole message.
        let part = |text: &str| {
            if opening.takes_task {
                Bytes::copy_from_slice(text.as_bytes())
            } else {
                admitted.body.slice_ref(text.as_bytes())
            }
        };
        let slice = |raw: &RawValue| part(raw.get());
        let meta = admitted.params.meta.as_ref();
        let handshake = admitted.session.as_ref().map(|session| session.handshake());
        let client_info = match meta.and_then(|meta| meta.client_info) {
            Some(info) => Some(slice(info)),
            None => handshake.and_then(|handshake| handshake.client_info.clone()),
        };
        let request = Request {
            name: opening.name,
            version: admitted.version,
            request_id: part(admitted.id),
            requester: admitted.facts.requester.clone(),
            client_info,
            capabilities: admitted
                .capabilities()
                .map(|text| if opening.takes_task { Bytes::copy_from_slice(&text) } else { text }),
            params: admitted.raw_params.and_then(|raw| {
                if !opening.takes_task {
                    return Some(slice(raw));
                }
                let meta = params::raw_meta(raw.get())?;
                Some(format!(r#"{{"_meta":{}}}"#, meta.get()).into())
            }),
            progress_token: meta.and_then(|meta| meta.progress_token).map(slice),
            log_level: admitted.log_level,
            session: admitted.session.clone(),
            dialog,
        };
        let arguments = opening.arguments.map(slice);
        let context = Context::new(Arc::clone(self), request);
        let started = handler::catch(|| start(context.clone()));
        let future = started.unwrap_or_else(|panicked| {
            failed(panic_error(&opening.target, context.name(), &panicked))
        });
        Ok(Outcome::Work(Work::Call(Box::new(Call::new(Parts {
            context,
            target: opening.target,
            future,
            time: opening.time.unwrap_or(self.declaration.limits.tool_time),
            arguments,
            rounds,
            takes_task: opening.takes_task,
            began: admitted.began,
            _place: place,
        })))))
    }

    /// How the client of a call is asked, what earlier rounds have settled, and how many there were.
    fn dialog(
        &self,
        admitted: &Admitted<'_>,
        opening: &Opening<'_>,
    ) -> Result<(Dialog, u32), ProtocolError> {
        if !admitted.version.is_stateless() {
            let way = match &admitted.session {
                Some(session) => Way::Request(Arc::clone(session)),
                None => Way::None,
            };
            return Ok((Dialog::new(way, Settled::default()), 0));
        }
        let params = admitted.params;
        let mut settled = Settled::default();
        let mut rounds = 0;
        if let Some(state) = params.request_state {
            let invalid = || {
                ProtocolError::new(ErrorKind::InvalidParams, "Invalid params: invalid requestState")
            };
            let text = envelope::string(state).ok_or_else(invalid)?;
            let principal = admitted.facts.principal();
            let method = opening.target.method();
            let binding = self.binding(method, &opening.name, opening.arguments, principal);
            let state = State::open(self.seal()?, &text, &binding, clock::seconds())?;
            settled = Settled { answers: state.answers, once: state.once };
            rounds = state.round;
        }
        if let Some(answers) = params.input_responses {
            settled.answers.extend(round::answers(answers)?);
        }
        Ok((Dialog::new(Way::Rounds, settled), rounds))
    }
}

#[cfg(not(feature = "upstream"))]
fn no_upstreams() -> CallFuture {
    failed(HandlerError::internal(
        "this server was built without the feature `upstream` of mcpwright",
    ))
}

fn unbound() -> CallFuture {
    failed(HandlerError::internal("it has no handler"))
}

pub(super) fn failed(error: HandlerError) -> CallFuture {
    Box::pin(std::future::ready(Err(error)))
}

fn required_text<'a>(raw: Option<&'a RawValue>, what: &str) -> Result<Cow<'a, str>, ProtocolError> {
    raw.and_then(envelope::string).ok_or_else(|| {
        ProtocolError::new(
            ErrorKind::InvalidParams,
            format!("Invalid params: {what} is missing or is not a string"),
        )
    })
}

/// The arguments, where there are some.
fn object(raw: Option<&RawValue>) -> Result<Option<&RawValue>, ProtocolError> {
    match raw {
        Some(raw) if !envelope::is_object(raw) => Err(ProtocolError::new(
            ErrorKind::InvalidParams,
            "Invalid params: `arguments` is not an object",
        )),
        raw => Ok(raw),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the last step of `map_err`")]
fn invalid_params(detail: String) -> ProtocolError {
    ProtocolError::new(ErrorKind::InvalidParams, format!("Invalid params: {detail}"))
}

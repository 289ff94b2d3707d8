//! A call of a component while it runs: its messages, its questions, its time, its answer.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde_json::value::RawValue;
use tokio::time::{Instant, Sleep};

use crate::clock;
use crate::context::{Context, Round, Wish};
use crate::declaration::{Cache, Task, Tool};
use crate::handler::{self, Answer, CallFuture, Panicked};
use crate::lifecycle::Version;
use crate::lifecycle::legacy::Session;
use crate::lifecycle::stateless::state::{State, binding};
use crate::operation::Output;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::{completion, prompt, resource, round, tool};
use crate::result::{Content, HandlerError, ToolResult};
use crate::server::core::Place;
use crate::server::log::{Began, End};
use crate::server::start::absent_kind;
use crate::server::{Core, Reply, Step};

/// What is called, with what its answer needs of the component.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// `tools/call`
    Tool(CalledTool),
    /// `resources/read`
    Resource {
        /// The declared media type; empty: that of the contents.
        mime_type: Cow<'static, str>,
        /// How long the client may keep it.
        cache: Cache,
    },
    /// `prompts/get`
    Prompt {
        /// The declared description; empty: none.
        description: Cow<'static, str>,
    },
    /// `completion/complete`
    Completion,
    /// A method that answers for itself.
    Method(&'static str),
}

/// What the answer to a call needs of its tool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CalledTool {
    /// What it promises about its result.
    pub(crate) output: Output,
    /// How calls become tasks.
    pub(crate) task: Task,
    /// The time that was declared for a call.
    pub(crate) timeout: Option<Duration>,
}

impl CalledTool {
    /// What the answer needs of a declared tool.
    pub(super) const fn of(tool: Tool) -> Self {
        let (task, timeout) = match tool {
            Tool::Declared(declared) => (declared.task, declared.timeout),
            Tool::Forwarded(_) => (Task::NEVER, None),
        };
        Self { output: tool.output(), task, timeout }
    }
}

impl Target {
    /// The method that calls it.
    pub(crate) const fn method(&self) -> &'static str {
        match self {
            Self::Tool(_) => "tools/call",
            Self::Resource { .. } => "resources/read",
            Self::Prompt { .. } => "prompts/get",
            Self::Completion => "completion/complete",
            Self::Method(method) => method,
        }
    }

    /// The beginning of messages about its failure.
    fn failure(&self, name: &str) -> String {
        match self {
            Self::Tool(_) => format!("Error calling tool '{name}'"),
            Self::Resource { .. } => format!("Error reading resource '{name}'"),
            Self::Prompt { .. } => format!("Error rendering prompt '{name}'"),
            Self::Completion => format!("Error completing an argument of '{name}'"),
            Self::Method(method) => format!("Error answering {method}"),
        }
    }
}

/// What a call is made of.
pub(super) struct Parts {
    pub(super) context: Context,
    pub(super) target: Target,
    pub(super) future: CallFuture,
    /// Time that the component has.
    pub(super) time: Duration,
    /// The arguments as JSON text, which the state of a dialog is bound to.
    pub(super) arguments: Option<Bytes>,
    /// Rounds that went before.
    pub(super) rounds: u32,
    /// Whether the call can become a task.
    pub(super) takes_task: bool,
    pub(super) began: Began,
    /// Given back with the call.
    pub(super) _place: Place,
}

/// A call that has started. Dropping it cancels it.
pub(crate) struct Call {
    parts: Parts,
    /// The answer, while messages wait that come before it.
    answer: Option<Reply>,
    timer: Option<Pin<Box<Sleep>>>,
    /// How long the call has waited for its client when the timer was set.
    waited: Duration,
    is_answered: bool,
}

impl Call {
    pub(super) fn new(parts: Parts) -> Self {
        Self { parts, answer: None, timer: None, waited: Duration::ZERO, is_answered: false }
    }

    fn core(&self) -> &Arc<Core> {
        self.parts.context.core()
    }

    fn version(&self) -> Version {
        self.parts.context.version()
    }

    /// Whether the end of the connection ends the call.
    pub(crate) fn ends_with_connection(&self) -> bool {
        self.version().is_stateless()
    }

    /// The session of the client.
    pub(crate) fn session(&self) -> Option<&Arc<Session>> {
        self.parts.context.session()
    }

    /// The id of the request as JSON text.
    pub(crate) fn id(&self) -> &str {
        std::str::from_utf8(self.parts.context.request_id_text()).unwrap_or_default()
    }

    /// Whether the client has a stream that it knows how to come back to.
    fn can_come_back(&self) -> bool {
        self.version().has_priming_events()
            && self.session().is_some_and(|session| session.id().is_some())
            && !self.parts.context.outbox().is_closed()
    }

    /// Only the answer will be read.
    pub(crate) fn drop_messages(&self) {
        self.parts.context.outbox().close();
    }

    pub(super) fn poll_step(&mut self, task: &mut TaskContext<'_>, timed: bool) -> Poll<Step> {
        loop {
            if let Some(message) = self.parts.context.outbox().pop() {
                return Poll::Ready(Step::Message(message));
            }
            if let Some(answer) = self.answer.take() {
                return Poll::Ready(Step::Done(answer));
            }
            if let Poll::Ready(output) = handler::poll_caught(&mut self.parts.future, task) {
                let reply = self.respond(output);
                self.answer = Some(reply);
                continue;
            }
            if let Some(round) = self.parts.context.dialog().round() {
                let reply = self.ask(&round);
                self.answer = Some(reply);
                continue;
            }
            match self.parts.context.take_wish() {
                Some(Wish::CloseStream(retry)) if self.can_come_back() => {
                    return Poll::Ready(Step::Close(retry));
                }
                Some(Wish::CloseStream(_)) => continue,
                Some(Wish::StartTask) if self.parts.takes_task => {
                    self.parts.takes_task = false;
                    self.start_task();
                    continue;
                }
                Some(Wish::StartTask) => continue,
                None => {}
            }
            if let Poll::Ready(message) = self.parts.context.outbox().poll_pop(task) {
                return Poll::Ready(Step::Message(message));
            }
            if timed && self.is_out_of_time(task) {
                let reply = self.time_out();
                self.answer = Some(reply);
                continue;
            }
            return Poll::Pending;
        }
    }

    /// Looks at the clock, which stands still while the client is asked.
    fn is_out_of_time(&mut self, task: &mut TaskContext<'_>) -> bool {
        let time = self.parts.time;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
        while timer.as_mut().poll(task).is_ready() {
            let (waited, still) = self.parts.context.dialog().waited();
            let more = waited.saturating_sub(self.waited);
            if more.is_zero() && !still {
                return true;
            }
            self.waited = waited;
            timer.as_mut().reset(Instant::now() + more.max(Duration::from_millis(100)));
        }
        false
    }

    /// Lets the call go on as a task, and answers with that task.
    fn start_task(&mut self) {
        let started = std::mem::replace(
            &mut self.parts.future,
            Box::pin(std::future::ready(Err(HandlerError::internal("it has become a task")))),
        );
        if let Target::Tool(tool) = self.parts.target {
            let context = self.parts.context.clone();
            self.parts.future = Core::start_task(context, tool, started);
        }
    }

    fn respond(&mut self, output: Result<Result<Answer, HandlerError>, Panicked>) -> Reply {
        match output {
            Ok(Ok(answer)) => {
                let end = match &answer {
                    Answer::Tool(result) if result.is_error => End::Failed,
                    _ => End::Done,
                };
                self.log(end);
                Reply::ok(self.encode(&answer))
            }
            Ok(Err(error)) => self.fail(&error, End::Failed),
            Err(panicked) => {
                let error = panic_error(&self.parts.target, self.parts.context.name(), &panicked);
                self.fail(&error, End::Panicked)
            }
        }
    }

    fn time_out(&mut self) -> Reply {
        let (name, time) = (self.parts.context.name(), self.parts.time);
        let what = match &self.parts.target {
            Target::Tool(_) => format!("Tool '{name}'"),
            Target::Resource { .. } => format!("Resource '{name}'"),
            Target::Prompt { .. } => format!("Prompt '{name}'"),
            Target::Completion => format!("Completion of '{name}'"),
            Target::Method(method) => (*method).to_owned(),
        };
        let error = HandlerError::public(format!("{what} timed out after {time:?}"));
        self.fail(&error, End::TimedOut)
    }

    /// The end of a round: the client is asked, and its answers come with a new call.
    fn ask(&mut self, round: &Round) -> Reply {
        // The handler must not run on beside the next round.
        self.parts.future =
            Box::pin(std::future::ready(Err(HandlerError::internal("it waits for its client"))));
        self.log(End::Asked);
        let id = self.parts.context.request_id_text().clone();
        match self.seal(round) {
            Ok(state) => {
                let questions = round
                    .questions
                    .iter()
                    .map(|(key, question)| (&**key, question.method, &*question.params));
                let mut buffer = BytesMut::with_capacity(512);
                let info = self.core().declaration.info;
                round::encode(&mut buffer, &id, questions, &state, info);
                Reply::ok(buffer.freeze())
            }
            Err(error) => Reply::of_error(&error, Some(self.id()), true),
        }
    }

    fn seal(&self, round: &Round) -> Result<String, ProtocolError> {
        let core = self.core();
        let declared = &core.declaration.request_state;
        let now = clock::seconds();
        let state = State {
            issued: now,
            expires: now.saturating_add(declared.ttl.as_secs()),
            round: self.parts.rounds.saturating_add(1),
            answers: round.settled.answers.clone(),
            once: round.settled.once.clone(),
        };
        let arguments = self.parts.arguments.as_deref();
        let context = &self.parts.context;
        let binding = core.binding(
            self.parts.target.method(),
            context.name(),
            arguments.and_then(|text| serde_json::from_slice::<&RawValue>(text).ok()),
            context.principal(),
        );
        state.seal(core.seal()?, &binding)
    }

    fn fail(&mut self, error: &HandlerError, end: End) -> Reply {
        self.log(end);
        let failure = self.core().failure_of(&self.parts.target, &self.parts.context, error);
        match failure {
            Failure::Result(result) => Reply::ok(self.encode(&Answer::Tool(result))),
            Failure::Error(error) => {
                Reply::of_error(&error, Some(self.id()), self.version().is_stateless())
            }
        }
    }

    fn log(&mut self, end: End) {
        self.is_answered = true;
        self.parts.began.log(self.parts.target.method(), Some(self.parts.context.name()), end);
    }

    fn encode(&self, answer: &Answer) -> Bytes {
        let context = &self.parts.context;
        let declaration = self.core().declaration;
        let (wire, info) = (self.version().wire(), declaration.info);
        let id = context.request_id_text();
        let mut buffer = BytesMut::with_capacity(size_hint(answer) + info.len());
        match (answer, &self.parts.target) {
            (Answer::Tool(result), Target::Tool(called)) => {
                tool::encode_result(&mut buffer, wire, id, called.output, result, info);
            }
            (Answer::Resource(result), Target::Resource { mime_type, cache }) => {
                let read = resource::Read { uri: context.name(), mime_type, cache: *cache };
                resource::encode_result(&mut buffer, wire, id, read, result, info);
            }
            (Answer::Prompt(result), Target::Prompt { description }) => {
                prompt::encode_result(&mut buffer, wire, id, description, result, info);
            }
            (Answer::Completion(result), _) => {
                completion::encode_result(&mut buffer, wire, id, result, info);
            }
            (Answer::Response(response), _) => return response.clone(),
            // An answer of another kind than the call: handlers are typed by what they are bound to.
            _ => {
                let error = ProtocolError::new(ErrorKind::Internal, "Internal error");
                error.encode(&mut buffer, Some(self.id()));
            }
        }
        buffer.freeze()
    }
}

/// How a failure reaches the client.
pub(super) enum Failure {
    /// As a result that the model reads.
    Result(ToolResult),
    /// As an error of JSON-RPC.
    Error(ProtocolError),
}

impl Core {
    /// What the client is told of a failed call: the message, or as little as the server is set to
    /// tell.
    pub(super) fn failure_of(
        &self,
        target: &Target,
        context: &Context,
        error: &HandlerError,
    ) -> Failure {
        let name = context.name();
        let causes = error.source().map(|cause| tracing::field::display(Causes(Some(cause))));
        tracing::warn!(method = target.method(), name, %error, causes, "call failed");
        let message = if error.is_public() {
            error.message().to_owned()
        } else if self.declaration.mask_error_details {
            target.failure(name)
        } else {
            format!("{}: {error}", target.failure(name))
        };
        match (error.code(), target) {
            (None, Target::Tool(_)) => Failure::Result(ToolResult::failed(message)),
            (code, _) => {
                let code = code.map(|code| context.version().error_code(code));
                let kind = code.map_or(ErrorKind::Internal, ErrorKind::of_handler);
                let is_absent = code == Some(absent_kind(context.version().is_stateless()).code());
                let uri = || serde_json::json!({ "uri": name });
                let error_data = match (error.data(), target) {
                    (None, Target::Resource { .. }) if is_absent => Some(uri().to_string()),
                    (data, _) => data.map(ToString::to_string),
                };
                let mut answer = ProtocolError::new(kind, message);
                answer.data = error_data;
                Failure::Error(answer)
            }
        }
    }

    /// What the state of a dialog is bound to.
    pub(super) fn binding(
        &self,
        method: &str,
        name: &str,
        arguments: Option<&RawValue>,
        principal: &crate::context::Principal,
    ) -> Vec<u8> {
        let declared = self.declaration.request_state.audience;
        let audience = if declared.is_empty() { self.declaration.name } else { declared };
        binding(audience, method, name, arguments, principal.id())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_answered {
            let name = Some(self.parts.context.name());
            self.parts.began.log(self.parts.target.method(), name, End::Cancelled);
        }
        // A call that has become a task goes on without its request.
        if !self.parts.context.dialog().is_task() {
            self.parts.context.end();
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Call").field("target", &self.parts.target).finish_non_exhaustive()
    }
}

/// A chain of causes on one line.
struct Causes<'a>(Option<&'a (dyn Error + 'static)>);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cause = self.0;
        let mut separator = "";
        while let Some(error) = cause {
            write!(formatter, "{separator}{error}")?;
            separator = ": ";
            cause = error.source();
        }
        Ok(())
    }
}

/// A panic is never shown: its text was written for the developer of the handler.
pub(super) fn panic_error(target: &Target, name: &str, panicked: &Panicked) -> HandlerError {
    tracing::error!(method = target.method(), name, panic = %panicked.0, "the handler panicked");
    HandlerError::public(target.failure(name))
}

/// The bytes that the answer will take, roughly.
fn size_hint(answer: &Answer) -> usize {
    let Answer::Tool(result) = answer else { return 512 };
    let content: usize = result
        .content
        .iter()
        .map(|content| match content {
            Content::Text(text) => text.len() + text.len() / 8 + 32,
            Content::Image { data, .. } | Content::Audio { data, .. } => data.len() + 96,
            Content::Resource { .. } | Content::Link(_) | Content::Annotated { .. } => 256,
        })
        .sum();
    content + result.structured.as_ref().map_or(0, |raw| raw.get().len()) + 256
}

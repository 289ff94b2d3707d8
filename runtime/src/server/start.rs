//! From a checked request to a call that runs: the four kinds of components.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::arguments::{self, Values};
use crate::clock;
use crate::context::{Context, Dialog, Request, Settled, Way};
use crate::declaration::{
    Completer, Completions, Prompt, PromptSource, ResourceTarget, Source, TaskStart, TaskSupport,
    Tool,
};
use crate::handler::{self, Answer, CallFuture, Handler};
use crate::lifecycle::stateless;
use crate::lifecycle::stateless::state::State;
use crate::operation::{Argument, Operation};
use crate::protocol::completion::{self, Reference};
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::tool::encode_result;
use crate::protocol::{ask, envelope, round};
use crate::result::{Completion, HandlerError, ResourceContent, ResourceResult, ToolResult};
use crate::server::call::{CalledTool, Parts, Target, panic_error};
use crate::server::dispatch::Admitted;
use crate::server::inject::Caller;
use crate::server::lists::{find_prompt, find_resource, find_tool, suggestion};
use crate::server::log::End;
use crate::server::{Call, Core, Outcome, Reply, Work, capability, render};
#[cfg(feature = "upstream")]
use crate::upstream::UpstreamError;
use crate::uri_template;

/// The longest URI that is looked for.
const LONGEST_URI: usize = uri_template::MAX_URI;

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
    /// `tools/call`
    pub(super) fn call_tool(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let name = required_text(admitted.params.name, "`name` of the tool")?;
        let given = object(admitted.params.arguments)?;
        let Some((index, tool)) = find_tool(self.declaration, &name)
            .and_then(|index| Some((index, *self.declaration.tools.get(index)?)))
        else {
            let names = self.declaration.tools.iter().map(Tool::name);
            return Err(unknown("tool", &name, suggestion(names, &name)));
        };
        if let Tool::Declared(declared) = tool {
            if let Some(headers) = admitted.param_headers() {
                stateless::check_params(headers, declared.headers, given)?;
            }
            let capabilities = admitted.capabilities();
            for wanted in declared.requires {
                if !ask::offered(capabilities.as_deref(), *wanted) {
                    if admitted.version.is_stateless() {
                        return Err(capability::missing(*wanted));
                    }
                    let text = format!(
                        "The tool '{name}' needs a client with the capability {}",
                        ask::name(*wanted)
                    );
                    return Ok(self.tool_failure(admitted, tool, &ToolResult::failed(text)));
                }
            }
        }
        let task = self.task_of(admitted, tool)?;
        let text = given.map(RawValue::get);
        let values = match tool {
            Tool::Declared(declared) if !declared.schema.is_empty() => {
                Ok(Values::whole(text.unwrap_or("{}")))
            }
            _ => self.check(index, tool, text),
        };
        let values = match values {
            Ok(values) => values,
            Err(errors) => {
                admitted.began.log("tools/call", Some(tool.name()), End::Refused);
                let result = ToolResult::failed(errors.to_string());
                return Ok(self.tool_failure(admitted, tool, &result));
            }
        };
        let mut values = values;
        if let Tool::Declared(declared) = tool
            && !declared.inject.is_empty()
        {
            let caller = Caller::of(admitted);
            let injected = self.inject(declared.arguments, declared.inject, &mut values, &caller);
            if let Err(why) = injected {
                admitted.began.log("tools/call", Some(tool.name()), End::Refused);
                return Ok(self.tool_failure(admitted, tool, &ToolResult::failed(why)));
            }
        }
        let handler = self.handlers.tools.get(index).and_then(Option::as_ref);
        let opening = Opening {
            target: Target::Tool(CalledTool::of(tool)),
            name: Cow::Borrowed(tool.name()),
            time: CalledTool::of(tool).timeout,
            arguments: given,
            takes_task: task.is_some(),
            has_dialog: true,
        };
        self.open(admitted, opening, |context| {
            let future = match (handler, tool) {
                (Some(handler), _) => handler.call(context.clone(), &values),
                (None, Tool::Forwarded(operation)) => {
                    self.forward(&context, index, operation, &values)
                }
                (None, Tool::Declared(_)) => unbound(),
            };
            match task {
                Some(TaskStart::Call) => Self::start_task(context, CalledTool::of(tool), future),
                Some(TaskStart::Handler) | None => future,
            }
        })
    }

    /// How the call becomes a task, where it does.
    fn task_of(
        &self,
        admitted: &Admitted<'_>,
        tool: Tool,
    ) -> Result<Option<TaskStart>, ProtocolError> {
        let task = CalledTool::of(tool).task;
        let stateless = admitted.version.is_stateless();
        let wants = if stateless {
            capability::takes_tasks(admitted.capabilities().as_deref())
        } else {
            admitted.version.has_tasks() && self.offer().tasks && admitted.params.task.is_some()
        };
        match (task.support, wants) {
            (TaskSupport::Required, false) if stateless => Err(capability::tasks_missing()),
            (TaskSupport::Required, false) if admitted.version.has_tasks() => {
                Err(ProtocolError::new(
                    ErrorKind::MethodNotFound,
                    format!("The tool '{}' is called as a task only: send `task`", tool.name()),
                ))
            }
            (TaskSupport::Never, true) if !stateless => Err(ProtocolError::new(
                ErrorKind::MethodNotFound,
                format!("The tool '{}' is not called as a task: send no `task`", tool.name()),
            )),
            (TaskSupport::Optional | TaskSupport::Required, true) => Ok(Some(task.start)),
            _ => Ok(None),
        }
    }

    fn tool_failure(&self, admitted: &Admitted<'_>, tool: Tool, result: &ToolResult) -> Outcome {
        let mut buffer = bytes::BytesMut::new();
        let (wire, info) = (admitted.version.wire(), self.declaration.info);
        encode_result(&mut buffer, wire, admitted.id.as_bytes(), tool.output(), result, info);
        Reply::result(buffer)
    }

    /// `resources/read`
    pub(super) fn read_resource(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let uri = required_text(admitted.params.uri, "`uri` of the resource")?;
        let stateless = admitted.version.is_stateless();
        let Some((target, handler, values)) =
            self.find_target(&uri, stateless, &Caller::of(admitted))?
        else {
            return Err(no_resource(&uri, stateless));
        };
        let opening = Opening {
            target: Target::Resource {
                mime_type: Cow::Borrowed(target.mime_type()),
                cache: target.cache().unwrap_or(self.declaration.cache),
            },
            name: Cow::Owned(uri.into_owned()),
            time: target.timeout(),
            arguments: None,
            takes_task: false,
            has_dialog: true,
        };
        self.open(admitted, opening, |context| self.start_read(context, target, handler, &values))
    }

    fn start_read(
        &self,
        context: Context,
        target: ResourceTarget,
        handler: Option<&Handler>,
        values: &Values<'_>,
    ) -> CallFuture {
        match (handler, target.source()) {
            (Some(handler), _) => handler.call(context, values),
            (None, Source::Text(text)) => contents(ResourceContent::text(text)),
            (None, Source::Bytes(bytes)) => contents(ResourceContent::bytes(bytes)),
            (None, Source::Operation(operation)) => self.forward_read(&context, operation, values),
            (None, Source::File(path)) => self.read_file(&context, path),
            (None, Source::Folder(folder)) => self.read_folder(&context, target, folder, values),
            (None, Source::Handler | Source::Route(_)) => unbound(),
        }
    }

    /// Reads a resource of the server itself, for a handler.
    ///
    /// # Errors
    /// There is none with this URI.
    pub(crate) fn read_own(
        &self,
        context: Context,
        uri: &str,
    ) -> Result<CallFuture, ProtocolError> {
        let stateless = context.version().is_stateless();
        let found = self.find_target(uri, stateless, &Caller::behind(&context))?;
        let (target, handler, values) = found.ok_or_else(|| no_resource(uri, stateless))?;
        Ok(self.start_read(context, target, handler, &values))
    }

    /// Renders a prompt of the server itself, for a handler. `arguments` is a JSON object of texts.
    ///
    /// # Errors
    /// There is none with this name, or its arguments do not fit.
    pub(crate) fn get_own(
        &self,
        context: Context,
        name: &str,
        arguments: &RawValue,
    ) -> Result<CallFuture, ProtocolError> {
        let (index, prompt) = self.prompt(name)?;
        let caller = Caller::behind(&context);
        let values = self.prompt_values(prompt, object(Some(arguments))?, &caller)?;
        Ok(self.start_get(context, index, prompt, &values))
    }

    /// The resource with this URI, or the first template that matches it. Values that do not fit are refused
    /// by that template, and no other is tried.
    #[expect(clippy::type_complexity, reason = "three parts of one finding, taken apart at once")]
    fn find_target(
        &self,
        uri: &str,
        stateless: bool,
        caller: &Caller<'_>,
    ) -> Result<Option<(ResourceTarget, Option<&Handler>, Values<'static>)>, ProtocolError> {
        if uri.len() > LONGEST_URI {
            return Ok(None);
        }
        if let Some(index) = find_resource(self.declaration, uri)
            && let Some(resource) = self.declaration.resources.get(index)
        {
            let handler = self.handlers.resources.get(index).and_then(Option::as_ref);
            let values = match resource.source.arguments() {
                [] => Values::default(),
                arguments => self.values(arguments, "{}", uri, stateless)?,
            };
            return Ok(Some((ResourceTarget::Resource(resource), handler, values)));
        }
        for (index, template) in self.declaration.templates.iter().enumerate() {
            let Some(matched) = uri_template::matches(template.parts, uri) else { continue };
            let is_handled = matches!(template.source, Source::Handler);
            if is_handled && !uri_template::security::allows(&template.security, &matched) {
                return Ok(None);
            }
            let text = arguments::object_of_variables(template.arguments, &matched);
            let mut values = self.values(template.arguments, &text, uri, stateless)?;
            self.inject(template.arguments, template.inject, &mut values, caller)
                .map_err(invalid_params)?;
            let handler = self.handlers.templates.get(index).and_then(Option::as_ref);
            return Ok(Some((ResourceTarget::Template(template), handler, values)));
        }
        Ok(None)
    }

    /// What is read with the variables of a URI.
    fn values(
        &self,
        table: &'static [Argument],
        text: &str,
        uri: &str,
        stateless: bool,
    ) -> Result<Values<'static>, ProtocolError> {
        // What comes as text is read as what is declared, however strict arguments are otherwise.
        let mode = arguments::Mode { strict: false, ..self.mode() };
        match arguments::parse(table, Some(text), mode) {
            Ok(values) => Ok(values.into_owned()),
            Err(errors) => {
                let mut error = no_resource(uri, stateless);
                error.message = format!("{}: {errors}", error.message).into();
                Err(error)
            }
        }
    }

    /// `prompts/get`
    pub(super) fn get_prompt(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let name = required_text(admitted.params.name, "`name` of the prompt")?;
        let given = object(admitted.params.arguments)?;
        let (index, prompt) = self.prompt(&name)?;
        let values = self.prompt_values(prompt, given, &Caller::of(admitted))?;
        let opening = Opening {
            target: Target::Prompt { description: Cow::Borrowed(prompt.description) },
            name: Cow::Borrowed(prompt.name),
            time: prompt.timeout,
            arguments: given,
            takes_task: false,
            has_dialog: true,
        };
        self.open(admitted, opening, |context| self.start_get(context, index, prompt, &values))
    }

    fn start_get(
        &self,
        context: Context,
        index: usize,
        prompt: &'static Prompt,
        values: &Values<'_>,
    ) -> CallFuture {
        let handler = self.handlers.prompts.get(index).and_then(Option::as_ref);
        match (handler, prompt.source) {
            (Some(handler), _) => handler.call(context, values),
            (None, PromptSource::Messages(messages)) => {
                let rendered = render::messages(prompt, messages, values);
                Box::pin(std::future::ready(rendered.map(Answer::Prompt)))
            }
            (None, PromptSource::Handler) => unbound(),
        }
    }

    /// The prompt with this name, and its place in the declaration.
    fn prompt(&self, name: &str) -> Result<(usize, &'static Prompt), ProtocolError> {
        let prompts = self.declaration.prompts;
        find_prompt(self.declaration, name)
            .and_then(|index| Some((index, *prompts.get(index)?)))
            .ok_or_else(|| {
                let near = suggestion(prompts.iter().map(|prompt| prompt.name), name);
                unknown("prompt", name, near)
            })
    }

    fn prompt_values<'a>(
        &self,
        prompt: &'static Prompt,
        given: Option<&RawValue>,
        caller: &Caller<'_>,
    ) -> Result<Values<'a>, ProtocolError> {
        let mode = arguments::Mode { strict: false, ..self.mode() };
        let text = arguments::object_of_prompt(prompt.arguments, given.map(RawValue::get))
            .map_err(|error| invalid_params(format!("`arguments` is no map of texts: {error}")))?;
        let mut values = arguments::parse(prompt.arguments, Some(&text), mode)
            .map(Values::into_owned)
            .map_err(|errors| invalid_params(errors.to_string()))?;
        self.inject(prompt.arguments, prompt.inject, &mut values, caller)
            .map_err(invalid_params)?;
        Ok(values)
    }

    /// `completion/complete`
    pub(super) fn complete(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let request = completion::parse(admitted.raw_params)?;
        let (name, completers, handler) = match &request.reference {
            Reference::Prompt { name } => {
                let (index, prompt) = self.prompt(name)?;
                (prompt.name, prompt.completers, self.handlers.prompt_completers.get(index))
            }
            Reference::Resource { uri } => {
                let found = self.declaration.templates.iter().enumerate().find(|(_, template)| {
                    template.uri_template == uri
                        || uri_template::matches(template.parts, uri).is_some()
                });
                match found {
                    Some((index, template)) => (
                        template.uri_template,
                        template.completers,
                        self.handlers.template_completers.get(index),
                    ),
                    None if find_resource(self.declaration, uri).is_some() => ("", NONE, None),
                    None => {
                        let names =
                            self.declaration.templates.iter().map(|known| known.uri_template);
                        return Err(unknown("resource template", uri, suggestion(names, uri)));
                    }
                }
            }
        };
        let handler = handler.and_then(Option::as_ref).cloned();
        let completing = request.completing;
        let found = completers.iter().find(|known| known.argument == completing.argument);
        let completions = found.map(|found| found.completions);
        let opening = Opening {
            target: Target::Completion,
            name: Cow::Borrowed(name),
            time: None,
            arguments: None,
            takes_task: false,
            has_dialog: false,
        };
        self.open(admitted, opening, |context| match (completions, handler) {
            (Some(Completions::Handler), Some(handler)) => handler.call(context, completing),
            (Some(Completions::Values(values)), _) => {
                let matching = Completion::matching(values.iter().copied(), &completing.value);
                Box::pin(std::future::ready(Ok(Answer::Completion(matching))))
            }
            _ => Box::pin(std::future::ready(Ok(Answer::Completion(Completion::default())))),
        })
    }

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

    #[cfg(feature = "upstream")]
    fn forward(
        self: &Arc<Self>,
        context: &Context,
        index: usize,
        operation: &'static Operation,
        values: &Values<'_>,
    ) -> CallFuture {
        let request = self.upstreams().and_then(|upstreams| {
            let client = upstreams.client(operation.upstream);
            Ok(client.call_for(operation, values, context.call_options())?)
        });
        match request {
            Ok(reply) => {
                let core = Arc::clone(self);
                Box::pin(async move {
                    let result = reply.await?.into_tool_result(operation)?;
                    core.check_output(index, operation, &result)?;
                    Ok(Answer::Tool(result))
                })
            }
            Err(error) => failed(error),
        }
    }

    /// Reads a resource by an operation.
    #[cfg(feature = "upstream")]
    fn forward_read(
        &self,
        context: &Context,
        operation: &'static Operation,
        values: &Values<'_>,
    ) -> CallFuture {
        let request = self.upstreams().and_then(|upstreams| {
            let client = upstreams.client(operation.upstream);
            Ok(client.call_for(operation, values, context.call_options())?)
        });
        let stateless = context.version().is_stateless();
        match request {
            Ok(reply) => Box::pin(async move {
                let reply = reply.await.map_err(|error| {
                    let is_absent = matches!(error, UpstreamError::Status { code: 404 | 410, .. });
                    let error = HandlerError::from(error);
                    if is_absent { error.with_code(absent_kind(stateless).code()) } else { error }
                })?;
                let media_type = reply.media_type.split(';').next().map(str::trim);
                let media_type = media_type.unwrap_or_default().to_ascii_lowercase();
                let result = reply.into_tool_result(operation)?;
                render::contents(result, &media_type).map(Answer::Resource)
            }),
            Err(error) => failed(error),
        }
    }

    #[cfg(not(feature = "upstream"))]
    #[expect(clippy::unused_self, reason = "the same call with and without the feature")]
    fn forward(&self, _: &Context, _: usize, _: &'static Operation, _: &Values<'_>) -> CallFuture {
        no_upstreams()
    }

    #[cfg(not(feature = "upstream"))]
    #[expect(clippy::unused_self, reason = "the same call with and without the feature")]
    fn forward_read(&self, _: &Context, _: &'static Operation, _: &Values<'_>) -> CallFuture {
        no_upstreams()
    }
}

const NONE: &[Completer] = &[];

#[cfg(not(feature = "upstream"))]
fn no_upstreams() -> CallFuture {
    failed(HandlerError::internal(
        "this server was built without the feature `upstream` of mcpwright",
    ))
}

fn contents(content: ResourceContent) -> CallFuture {
    Box::pin(std::future::ready(Ok(Answer::Resource(ResourceResult::from(content)))))
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

fn unknown(kind: &str, name: &str, near: Option<&str>) -> ProtocolError {
    let shown: String = name.chars().take(128).collect();
    let message = match near {
        Some(near) => format!("Unknown {kind}: '{shown}'; did you mean '{near}'?"),
        None => format!("Unknown {kind}: '{shown}'"),
    };
    ProtocolError::new(ErrorKind::InvalidParams, message)
}

pub(super) const fn absent_kind(stateless: bool) -> ErrorKind {
    if stateless { ErrorKind::NoResource } else { ErrorKind::LegacyNoResource }
}

pub(super) fn no_resource(uri: &str, stateless: bool) -> ProtocolError {
    let kind = absent_kind(stateless);
    let data = serde_json::json!({ "uri": uri }).to_string();
    ProtocolError::new(kind, "Resource not found").with_data(data)
}

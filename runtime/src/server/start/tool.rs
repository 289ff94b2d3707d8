//! `tools/call`

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde_json::value::RawValue;

#[cfg(feature = "upstream")]
use super::failed;
use super::{Opening, object, required_text, unbound};
use crate::arguments::Values;
use crate::components::{Added, AddedTool, Body, merge};
use crate::context::Context;
use crate::declaration::{Capability, TaskStart, TaskSupport, Tool};
#[cfg(feature = "upstream")]
use crate::handler::Answer;
use crate::handler::CallFuture;
use crate::lifecycle::stateless;
use crate::operation::{Operation, Output};
use crate::protocol::ask;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::tool::encode_result;
use crate::result::ToolResult;
use crate::server::call::{CalledTool, Target};
use crate::server::catalog::Found;
use crate::server::dispatch::Admitted;
use crate::server::inject::{self, Caller};
use crate::server::log::End;
use crate::server::{Core, Outcome, Reply, capability};
use crate::visibility::ComponentKind;

impl Core {
    /// `tools/call`
    pub(in crate::server) fn call_tool(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let name = required_text(admitted.params.name, "`name` of the tool")?;
        let given = object(admitted.params.arguments)?;
        let seen = admitted.seen()?;
        match self.find(ComponentKind::Tool, &name, &seen) {
            Some(Found::Declared(index)) => match self.declaration.tools.get(index) {
                Some(tool) => self.call_declared(admitted, index, *tool, given),
                None => Err(self.unknown(ComponentKind::Tool, &name, &seen)),
            },
            Some(Found::Added(added)) => match &added.body {
                Body::Tool(tool) => self.call_added(admitted, &added, tool, given),
                _ => Err(self.unknown(ComponentKind::Tool, &name, &seen)),
            },
            None => Err(self.unknown(ComponentKind::Tool, &name, &seen)),
        }
    }

    fn call_declared(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
        index: usize,
        tool: Tool,
        given: Option<&RawValue>,
    ) -> Result<Outcome, ProtocolError> {
        let (name, called) = (tool.name(), CalledTool::of(tool));
        if let Tool::Declared(declared) = tool {
            if let Some(headers) = admitted.param_headers() {
                let mirrored = declared.headers.iter().map(|it| (it.header, it.path));
                stateless::check_params(headers, mirrored, given)?;
            }
            if let Some(refused) = self.refuse_client(admitted, name, called, declared.requires)? {
                return Ok(refused);
            }
        }
        let task = self.task_of(admitted, name, called)?;
        let text = given.map(RawValue::get);
        let values = match tool {
            Tool::Declared(declared) if !declared.schema.is_empty() => {
                Ok(Values::whole(text.unwrap_or("{}")))
            }
            _ => self.check(index, tool, text),
        };
        let mut values = match values {
            Ok(values) => values,
            Err(errors) => return Ok(self.refuse_arguments(admitted, name, called, &errors)),
        };
        if let Tool::Declared(declared) = tool
            && !declared.inject.is_empty()
        {
            let caller = Caller::of(admitted);
            let injected = self.inject(declared.arguments, declared.inject, &mut values, &caller);
            if let Err(why) = injected {
                return Ok(self.refuse_arguments(admitted, name, called, &why));
            }
        }
        let handler = self.handlers.tools.get(index).and_then(Option::as_ref);
        let opening = Opening {
            target: Target::Tool(called),
            name: Cow::Borrowed(name),
            time: called.timeout,
            arguments: given,
            takes_task: task.is_some(),
            has_dialog: true,
        };
        self.open(admitted, opening, |context| {
            let future = match (handler, tool) {
                (Some(handler), Tool::Declared(declared)) => {
                    self.promised(index, declared, handler.call(context.clone(), &values))
                }
                // In the place of an operation.
                (Some(handler), Tool::Forwarded(_)) => handler.call(context.clone(), &values),
                (None, Tool::Forwarded(operation)) => {
                    self.forward(&context, index, operation, &values)
                }
                (None, Tool::Declared(_)) => unbound(),
            };
            as_task(task, context, called, future)
        })
    }

    fn call_added(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
        added: &Added,
        tool: &AddedTool,
        given: Option<&RawValue>,
    ) -> Result<Outcome, ProtocolError> {
        let called = CalledTool { output: tool.output, task: tool.task, timeout: added.timeout };
        let name = &*added.name;
        if let Some(headers) = admitted.param_headers() {
            let mirrored = tool.headers.iter().map(|(header, path)| (header.as_str(), &**path));
            stateless::check_params(headers, mirrored, given)?;
        }
        if let Some(refused) = self.refuse_client(admitted, name, called, &added.requires)? {
            return Ok(refused);
        }
        let task = self.task_of(admitted, name, called)?;
        let text = added.injections.strip(given.map_or("{}", RawValue::get));
        let arguments = match (tool.check)(&text, self.mode()) {
            Ok(arguments) => arguments,
            Err(errors) => return Ok(self.refuse_arguments(admitted, name, called, &errors)),
        };
        let injected = match inject::texts(&added.injections, &Caller::of(admitted)) {
            Ok(texts) => merge("{}", &texts),
            Err(why) => return Ok(self.refuse_arguments(admitted, name, called, &why)),
        };
        let values = Values::of_added(&arguments, &injected);
        let opening = Opening {
            target: Target::Tool(called),
            name: Cow::Owned(name.to_owned()),
            time: called.timeout,
            arguments: given,
            takes_task: task.is_some(),
            has_dialog: true,
        };
        self.open(admitted, opening, |context| {
            let future = added.handler.call(context.clone(), &values);
            as_task(task, context, called, future)
        })
    }

    /// The refusal of a client that lacks something the tool needs.
    fn refuse_client(
        &self,
        admitted: &Admitted<'_>,
        name: &str,
        called: CalledTool,
        requires: &[Capability],
    ) -> Result<Option<Outcome>, ProtocolError> {
        if requires.is_empty() {
            return Ok(None);
        }
        let missing = capability::lacking(admitted.capabilities().as_deref(), requires);
        let Some(missing) = missing else { return Ok(None) };
        if admitted.version.is_stateless() {
            return Err(capability::missing(missing));
        }
        let text =
            format!("The tool '{name}' needs a client with the capability {}", ask::name(missing));
        let result = ToolResult::failed(text);
        Ok(Some(self.tool_failure(admitted, called.output, &result)))
    }

    fn refuse_arguments(
        &self,
        admitted: &Admitted<'_>,
        name: &str,
        called: CalledTool,
        errors: &dyn fmt::Display,
    ) -> Outcome {
        admitted.began.log("tools/call", Some(name), End::Refused);
        self.tool_failure(admitted, called.output, &ToolResult::failed(errors.to_string()))
    }

    /// How the call becomes a task, where it does.
    fn task_of(
        &self,
        admitted: &Admitted<'_>,
        name: &str,
        called: CalledTool,
    ) -> Result<Option<TaskStart>, ProtocolError> {
        let task = called.task;
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
                    format!("The tool '{name}' is called as a task only: send `task`"),
                ))
            }
            (TaskSupport::Never, true) if !stateless => Err(ProtocolError::new(
                ErrorKind::MethodNotFound,
                format!("The tool '{name}' is not called as a task: send no `task`"),
            )),
            (TaskSupport::Optional | TaskSupport::Required, true) => Ok(Some(task.start)),
            _ => Ok(None),
        }
    }

    fn tool_failure(
        &self,
        admitted: &Admitted<'_>,
        output: Output,
        result: &ToolResult,
    ) -> Outcome {
        let mut buffer = bytes::BytesMut::new();
        let (wire, info) = (admitted.version.wire(), self.declaration.info);
        encode_result(&mut buffer, wire, admitted.id.as_bytes(), output, result, info);
        Reply::result(buffer)
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

    #[cfg(not(feature = "upstream"))]
    #[expect(clippy::unused_self, reason = "the same call with and without the feature")]
    fn forward(&self, _: &Context, _: usize, _: &'static Operation, _: &Values<'_>) -> CallFuture {
        super::no_upstreams()
    }
}

/// The future of a call that may become a task at once.
fn as_task(
    task: Option<TaskStart>,
    context: Context,
    called: CalledTool,
    future: CallFuture,
) -> CallFuture {
    match task {
        Some(TaskStart::Call) => Core::start_task(context, called, future),
        Some(TaskStart::Handler) | None => future,
    }
}

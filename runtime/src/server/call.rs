//! `tools/call`: from checked arguments to the encoded result.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use crate::arguments;
use crate::context::{Context, Request};
use crate::declaration::Tool;
use crate::handler::{self, CallFuture, Panicked};
use crate::lifecycle::Version;
use crate::lifecycle::calls::Calls;
use crate::lifecycle::legacy::Session;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::tool::encode_result;
use crate::result::{Content, ToolError, ToolResult};
use crate::server::log::{Began, End};
use crate::server::{Core, Outcome, Reply, catalogue};

const METHOD: &str = "tools/call";

/// What a request says about the call.
pub(super) struct ToolCall<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: Option<&'a str>,
    pub(super) version: Version,
    pub(super) request_id: Bytes,
    pub(super) client_info: Option<Bytes>,
    pub(super) session: Option<Arc<Session>>,
    pub(super) began: Began,
}

/// A call that has started. Dropping it cancels it.
pub(crate) struct Call {
    context: Context,
    future: CallFuture,
    tool: Tool,
    version: Version,
    time: Duration,
    session: Option<Arc<Session>>,
    began: Began,
    is_answered: bool,
}

impl Core {
    /// Checks the arguments and starts the handler or the request to the upstream.
    pub(super) fn start_call(
        self: &Arc<Self>,
        call: ToolCall<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let Some((index, tool)) = catalogue::find(self.declaration, call.name)
            .and_then(|index| Some((index, *self.declaration.tools.get(index)?)))
        else {
            return Err(unknown_tool(self, call.name));
        };
        let values = match self.check(index, tool, call.arguments) {
            Ok(values) => values,
            Err(errors) => {
                call.began.log(METHOD, Some(tool.name()), End::Refused);
                let result = failure(errors.to_string());
                return Ok(Reply::result(self.encode(
                    &call.request_id,
                    call.version,
                    tool,
                    &result,
                )));
            }
        };
        // From here on the call is made, and its end gives the place back.
        if !self.admit() {
            return Err(ProtocolError::new(
                ErrorKind::Busy,
                "The server is busy: too many requests in flight; retry later",
            ));
        }
        let context = Context::new(
            Arc::clone(self),
            Request {
                tool: tool.name(),
                protocol_version: call.version.as_str(),
                request_id: call.request_id,
                client_info: call.client_info,
            },
        );
        let handler = self.handlers.get(index).and_then(Option::as_ref);
        let started = match (handler, tool) {
            (Some(handler), _) => handler::catch(|| handler.call(context.clone(), &values)),
            (None, Tool::Forwarded(operation)) => Ok(self.forward(index, operation, &values)),
            (None, Tool::Declared(_)) => Ok(failed(ToolError::internal("it has no handler"))),
        };
        let future = started.unwrap_or_else(|panicked| failed(panic_error(tool.name(), &panicked)));
        let time = match tool {
            Tool::Declared(declared) => declared.timeout,
            Tool::Forwarded(_) => None,
        };
        Ok(Outcome::Call(Call {
            context,
            future,
            tool,
            version: call.version,
            time: time.unwrap_or(self.declaration.limits.tool_time),
            session: call.session,
            began: call.began,
            is_answered: false,
        }))
    }

    #[cfg(feature = "upstream")]
    fn forward(
        self: &Arc<Self>,
        index: usize,
        operation: &'static crate::operation::Operation,
        values: &arguments::Values<'_>,
    ) -> CallFuture {
        let request = self.upstreams().and_then(|upstreams| {
            Ok(upstreams.client(operation.upstream).call(operation, values)?)
        });
        match request {
            Ok(reply) => {
                let core = Arc::clone(self);
                Box::pin(async move {
                    let result = reply.await?.into_tool_result(operation)?;
                    core.check_output(index, operation, &result)?;
                    Ok(result)
                })
            }
            Err(error) => failed(error),
        }
    }

    #[cfg(not(feature = "upstream"))]
    #[expect(clippy::unused_self, reason = "the same call with and without the feature")]
    fn forward(
        &self,
        _index: usize,
        _operation: &'static crate::operation::Operation,
        _values: &arguments::Values<'_>,
    ) -> CallFuture {
        failed(ToolError::internal(
            "this server was built without the feature `upstream` of mcpwright",
        ))
    }

    fn encode(&self, id: &[u8], version: Version, tool: Tool, result: &ToolResult) -> Bytes {
        let mut buffer = BytesMut::with_capacity(size_hint(result) + self.declaration.info.len());
        let info = self.declaration.info;
        encode_result(&mut buffer, version.wire(), id, tool.output(), result, info);
        buffer.freeze()
    }

    /// The result of a failed call: the message, or as little as the server is set to tell.
    fn failure_of(&self, tool: &str, error: &ToolError) -> ToolResult {
        let causes = error.source().map(|cause| tracing::field::display(Causes(Some(cause))));
        tracing::warn!(tool, %error, causes, "tool failed");
        failure(if error.is_public() {
            error.message().to_owned()
        } else if self.declaration.mask_error_details {
            format!("Error calling tool '{tool}'")
        } else {
            format!("Error calling tool '{tool}': {error}")
        })
    }
}

impl Call {
    /// Whether the end of the connection ends the call.
    pub(crate) const fn ends_with_connection(&self) -> bool {
        self.version.is_stateless()
    }

    /// The id of the request as JSON text.
    pub(crate) fn id(&self) -> &str {
        std::str::from_utf8(self.context.request_id_text()).unwrap_or_default()
    }

    /// Where a legacy call can be cancelled.
    pub(crate) fn session_calls(&self) -> Option<&Arc<Calls>> {
        self.session.as_deref().map(Session::calls)
    }

    /// Gives the call one turn; the response, if that was enough.
    pub(crate) async fn start(&mut self) -> Option<Bytes> {
        let output = handler::poll_once(&mut self.future).await?;
        Some(self.respond(output))
    }

    /// Runs the call to its end, at most for the time that it has.
    pub(crate) async fn run(mut self) -> Bytes {
        // Most handlers are ready at once; the timer is for the others.
        if let Some(response) = self.start().await {
            return response;
        }
        self.finish().await
    }

    /// As [`Call::run`], after [`Call::start`] was not enough.
    pub(crate) async fn finish(mut self) -> Bytes {
        let time = self.time;
        // In a box, since most calls never come here and would have room for it.
        match Box::pin(tokio::time::timeout(time, handler::finish(&mut self.future))).await {
            Ok(output) => self.respond(output),
            Err(_) => {
                let name = self.tool.name();
                let error = ToolError::public(format!("Tool '{name}' timed out after {time:?}"));
                let result = self.context.core().failure_of(name, &error);
                self.encode(&result, End::TimedOut)
            }
        }
    }

    fn respond(&mut self, output: Result<Result<ToolResult, ToolError>, Panicked>) -> Bytes {
        let core = self.context.core();
        let name = self.tool.name();
        let (result, end) = match output {
            Ok(Ok(result)) => {
                let end = if result.is_error { End::Failed } else { End::Done };
                (result, end)
            }
            Ok(Err(error)) => (core.failure_of(name, &error), End::Failed),
            Err(panicked) => (core.failure_of(name, &panic_error(name, &panicked)), End::Panicked),
        };
        self.encode(&result, end)
    }

    fn encode(&mut self, result: &ToolResult, end: End) -> Bytes {
        self.is_answered = true;
        self.began.log(METHOD, Some(self.tool.name()), end);
        let id = self.context.request_id_text();
        self.context.core().encode(id, self.version, self.tool, result)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_answered {
            self.began.log(METHOD, Some(self.tool.name()), End::Cancelled);
        }
        self.context.core().release();
        self.context.end();
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Call").field("tool", &self.tool.name()).finish_non_exhaustive()
    }
}

/// A chain of causes, for the log.
struct Causes<'a>(Option<&'a (dyn Error + 'static)>);

impl std::fmt::Display for Causes<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut next = self.0;
        while let Some(cause) = next {
            write!(formatter, "{cause}")?;
            next = cause.source();
            if next.is_some() {
                formatter.write_str(": ")?;
            }
        }
        Ok(())
    }
}

fn failed(error: ToolError) -> CallFuture {
    Box::pin(std::future::ready(Err(error)))
}

fn failure(message: String) -> ToolResult {
    ToolResult::failed(message)
}

/// A panic is never shown: its text was written for the developer of the handler.
fn panic_error(tool: &str, panicked: &Panicked) -> ToolError {
    tracing::error!(tool, panic = %panicked.0, "the handler panicked");
    ToolError::public(format!("Error calling tool '{tool}'"))
}

fn unknown_tool(core: &Core, name: &str) -> ProtocolError {
    let shown: String = name.chars().take(128).collect();
    let message = match catalogue::suggestion(core.declaration, name) {
        Some(near) => format!("Unknown tool: '{shown}'; did you mean '{near}'?"),
        None => format!("Unknown tool: '{shown}'"),
    };
    ProtocolError::new(ErrorKind::InvalidParams, message)
}

/// The bytes that the result will take, roughly.
fn size_hint(result: &ToolResult) -> usize {
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

//! Hand-written code behind a tool, with its argument and result types erased.

use std::any::Any;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use crate::arguments::{Arguments, Reader, Values};
use crate::context::Context;
use crate::declaration::Tool;
use crate::operation::Output;
use crate::result::{IntoToolResult, ToolError, ToolResult};

/// The one boxed future of a call.
pub(crate) type CallFuture = Pin<Box<dyn Future<Output = Result<ToolResult, ToolError>> + Send>>;

type Start = dyn Fn(Context, &Values<'_>) -> CallFuture + Send + Sync;

/// A handler of any tool. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Handler {
    call: Arc<Start>,
}

impl Handler {
    /// Erases the types of `handler`.
    pub(crate) fn new<A, F, Fut, R>(handler: F) -> Self
    where
        A: Arguments,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, ToolError>> + Send + 'static,
        R: IntoToolResult,
    {
        let call = move |context: Context, values: &Values<'_>| -> CallFuture {
            let arguments = A::read(&mut Reader::new(A::TOOL.arguments(), values));
            let answer = handler(context, arguments);
            Box::pin(async move {
                let result = answer.await?.into_tool_result(&A::TOOL)?;
                warn_of_broken_promise(&A::TOOL, &result);
                Ok(result)
            })
        };
        Self { call: Arc::new(call) }
    }

    /// Starts the handler. The arguments are read before this returns.
    pub(crate) fn call(&self, context: Context, values: &Values<'_>) -> CallFuture {
        (self.call)(context, values)
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Handler").finish_non_exhaustive()
    }
}

/// A client that checks results refuses one that lacks what the output schema promises, and only the
/// author of the handler can mend it.
fn warn_of_broken_promise(tool: &Tool, result: &ToolResult) {
    let structured = result.structured.as_deref().map(|raw| raw.get());
    let (kept, promised) = match tool.output() {
        Output::Undeclared => return,
        Output::Object => (structured.is_some_and(|text| text.starts_with('{')), "object"),
        Output::Wrapped => (structured.is_some(), "structured content"),
    };
    if !kept && !result.is_error {
        let tool = tool.name();
        tracing::warn!(
            tool,
            "the handler gave no {promised}, which the tool's output schema wants"
        );
    }
}

/// A handler has panicked; the text is for the log.
#[derive(Debug)]
pub(crate) struct Panicked(pub(crate) String);

/// Runs `start`, catching a panic.
///
/// What a panic can leave half-done is the state of the handler's own crate; the runtime shares
/// nothing with it that is not behind a lock that survives poisoning.
pub(crate) fn catch<T>(start: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(start)).map_err(|payload| Panicked(panic_text(&*payload)))
}

/// Polls the future once; `None` where it is not ready.
pub(crate) async fn poll_once(
    future: &mut CallFuture,
) -> Option<Result<Result<ToolResult, ToolError>, Panicked>> {
    poll_fn(|task| {
        Poll::Ready(match poll_caught(future, task) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

/// Runs the future to its end.
pub(crate) async fn finish(
    future: &mut CallFuture,
) -> Result<Result<ToolResult, ToolError>, Panicked> {
    poll_fn(|task| poll_caught(future, task)).await
}

fn poll_caught(
    future: &mut CallFuture,
    task: &mut TaskContext<'_>,
) -> Poll<Result<Result<ToolResult, ToolError>, Panicked>> {
    match catch(|| future.as_mut().poll(task)) {
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(panicked) => Poll::Ready(Err(panicked)),
    }
}

fn panic_text(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without text".to_owned())
}

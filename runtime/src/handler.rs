//! Hand-written code behind a component, with its argument and result types erased.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use tokio::task::AbortHandle;

use crate::arguments::{
    ArgumentErrors, Arguments, PromptArguments, Reader, ResourceArguments, Values,
};
use crate::context::Context;
use crate::declaration::{DeclaredTool, Tool};
use crate::operation::Output;
use crate::result::{
    Completing, Completion, HandlerError, IntoPromptResult, IntoResourceResult, IntoToolResult,
    PromptResult, ResourceResult, ToolResult,
};

/// What a call gives.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The result of a tool.
    Tool(ToolResult),
    /// The contents of a resource.
    Resource(ResourceResult),
    /// The messages of a prompt.
    Prompt(PromptResult),
    /// Suggestions for an argument.
    Completion(Completion),
    /// A response that is written already.
    Response(Bytes),
}

/// The one boxed future of a call.
pub(crate) type CallFuture = Pin<Box<dyn Future<Output = Result<Answer, HandlerError>> + Send>>;

type Start = dyn Fn(Context, &Values<'_>, Form) -> CallFuture + Send + Sync;
type Complete = dyn Fn(Context, Completing) -> CallFuture + Send + Sync;

/// What the handler of a tool gives: one handler can answer several components.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// The result of its tool.
    Result,
    /// Its value as JSON, for a route.
    Json,
    /// The same as the contents of a resource.
    Contents,
}

impl Form {
    /// An error of the handler: a resource that a route does not find is none.
    fn error(self, error: HandlerError) -> HandlerError {
        match (self, error.status(), error.code()) {
            (Self::Contents, Some(404 | 410), None) => error.with_code(NOT_FOUND),
            _ => error,
        }
    }
}

/// The code of a resource that is not there, in the revisions that have one of its own.
const NOT_FOUND: i32 = -32002;

/// A handler of a tool, a resource or a prompt. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Handler {
    call: Arc<Start>,
    form: Form,
}

impl Handler {
    /// A handler that reads its arguments itself: those of an added component are one value.
    pub(crate) fn new(
        call: impl Fn(Context, &Values<'_>) -> CallFuture + Send + Sync + 'static,
    ) -> Self {
        let call = move |context: Context, values: &Values<'_>, _: Form| call(context, values);
        Self { call: Arc::new(call), form: Form::Result }
    }

    /// Erases the types of the handler of a tool.
    pub(crate) fn tool<A, F, Fut, R>(handler: F) -> Self
    where
        A: Arguments,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, HandlerError>> + Send + 'static,
        R: IntoToolResult,
    {
        let call = move |context: Context, values: &Values<'_>, form: Form| -> CallFuture {
            let arguments = match A::read(&mut Reader::new(A::TOOL.arguments(), values)) {
                Ok(arguments) => arguments,
                Err(errors) => return refused(errors),
            };
            let answer = handler(context, arguments);
            Box::pin(async move { tool_answer(&A::TOOL, form, answer.await) })
        };
        Self { call: Arc::new(call), form: Form::Result }
    }

    /// Erases the types of the handler of a tool that blocks its thread.
    pub(crate) fn blocking_tool<A, F, R>(handler: F) -> Self
    where
        A: Arguments,
        F: Fn(Context, A) -> Result<R, HandlerError> + Send + Sync + 'static,
        R: IntoToolResult + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self::tool(move |context: Context, arguments: A| {
            let handler = Arc::clone(&handler);
            on_own_thread(context, move |context| handler(context, arguments))
        })
    }

    /// Erases the types of the handler of a resource.
    pub(crate) fn resource<A, F, Fut, R>(handler: F) -> Self
    where
        A: ResourceArguments,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, HandlerError>> + Send + 'static,
        R: IntoResourceResult,
    {
        let call = move |context: Context, values: &Values<'_>, _: Form| -> CallFuture {
            let arguments = match A::read(&mut Reader::new(A::TARGET.arguments(), values)) {
                Ok(arguments) => arguments,
                Err(errors) => return refused(errors),
            };
            let answer = handler(context, arguments);
            Box::pin(async move { Ok(Answer::Resource(answer.await?.into_resource_result()?)) })
        };
        Self { call: Arc::new(call), form: Form::Result }
    }

    /// Erases the types of the handler of a resource that blocks its thread.
    pub(crate) fn blocking_resource<A, F, R>(handler: F) -> Self
    where
        A: ResourceArguments,
        F: Fn(Context, A) -> Result<R, HandlerError> + Send + Sync + 'static,
        R: IntoResourceResult + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self::resource(move |context: Context, arguments: A| {
            let handler = Arc::clone(&handler);
            on_own_thread(context, move |context| handler(context, arguments))
        })
    }

    /// Erases the types of the handler of a prompt.
    pub(crate) fn prompt<A, F, Fut, R>(handler: F) -> Self
    where
        A: PromptArguments,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, HandlerError>> + Send + 'static,
        R: IntoPromptResult,
    {
        let call = move |context: Context, values: &Values<'_>, _: Form| -> CallFuture {
            let arguments = match A::read(&mut Reader::new(A::PROMPT.arguments, values)) {
                Ok(arguments) => arguments,
                Err(errors) => return refused(errors),
            };
            let answer = handler(context, arguments);
            Box::pin(async move { Ok(Answer::Prompt(answer.await?.into_prompt_result()?)) })
        };
        Self { call: Arc::new(call), form: Form::Result }
    }

    /// Erases the types of the handler of a prompt that blocks its thread.
    pub(crate) fn blocking_prompt<A, F, R>(handler: F) -> Self
    where
        A: PromptArguments,
        F: Fn(Context, A) -> Result<R, HandlerError> + Send + Sync + 'static,
        R: IntoPromptResult + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self::prompt(move |context: Context, arguments: A| {
            let handler = Arc::clone(&handler);
            on_own_thread(context, move |context| handler(context, arguments))
        })
    }

    /// This handler of a tool for what is given its value in another form.
    pub(crate) fn giving(&self, form: Form) -> Self {
        Self { call: Arc::clone(&self.call), form }
    }

    /// Starts the handler. The arguments are read before this returns.
    pub(crate) fn call(&self, context: Context, values: &Values<'_>) -> CallFuture {
        (self.call)(context, values, self.form)
    }
}

/// Runs a handler that blocks its thread on one of its own.
pub(crate) async fn on_own_thread<R: Send + 'static>(
    context: Context,
    handler: impl FnOnce(Context) -> Result<R, HandlerError> + Send + 'static,
) -> Result<R, HandlerError> {
    let work = tokio::task::spawn_blocking(move || handler(context.blocking()));
    // What has not begun yet need not begin when nobody waits for it any more.
    let _abandoned = AbortOnDrop(work.abort_handle());
    match work.await {
        Ok(answer) => answer,
        Err(ended) => match ended.try_into_panic() {
            // Caught where the future is polled, as any other panic of a handler.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(HandlerError::internal("the server ends")),
        },
    }
}

/// Ends work that has not begun when the one who waits for it goes.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The answer to arguments that their types do not hold.
fn refused(errors: ArgumentErrors) -> CallFuture {
    let error = HandlerError::public(errors.to_string()).with_source(errors);
    Box::pin(std::future::ready(Err(error)))
}

/// What is wrong with the arguments, where that is why the handler was not called.
pub(crate) fn refusal(error: &HandlerError) -> Option<&ArgumentErrors> {
    std::error::Error::source(error)?.downcast_ref()
}

/// What a route answers is JSON, whatever its tool promises.
static WHOLE: DeclaredTool =
    DeclaredTool { name: "route", output: Output::Wrapped, ..DeclaredTool::DEFAULT };

/// Tools that promise nothing and an object, beside [`WHOLE`] for results that need no declaration.
#[cfg(feature = "schema")]
static NOTHING: DeclaredTool = DeclaredTool::DEFAULT;
#[cfg(feature = "schema")]
static OBJECT: DeclaredTool = DeclaredTool { output: Output::Object, ..DeclaredTool::DEFAULT };

/// The answer of an added tool that promises `output`.
#[cfg(feature = "schema")]
pub(crate) fn promised<R: IntoToolResult>(
    name: &str,
    output: Output,
    answer: R,
) -> Result<Answer, HandlerError> {
    let tool = match output {
        Output::Undeclared => &NOTHING,
        Output::Object => &OBJECT,
        Output::Wrapped => &WHOLE,
    };
    let result = answer.into_tool_result(&Tool::Declared(tool))?;
    warn_of_broken_promise(name, output, &result);
    Ok(Answer::Tool(result))
}

fn tool_answer<R: IntoToolResult>(
    tool: &Tool,
    form: Form,
    answer: Result<R, HandlerError>,
) -> Result<Answer, HandlerError> {
    let answer = answer.map_err(|error| form.error(error))?;
    if form == Form::Result {
        let result = answer.into_tool_result(tool)?;
        warn_of_broken_promise(tool.name(), tool.output(), &result);
        return Ok(Answer::Tool(result));
    }
    let result = answer.into_tool_result(&Tool::Declared(&WHOLE))?;
    match form {
        Form::Contents => ResourceResult::try_from(result).map(Answer::Resource),
        Form::Json | Form::Result => Ok(Answer::Tool(result)),
    }
}

/// A handler that completes arguments. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Completer {
    complete: Arc<Complete>,
}

impl Completer {
    /// Erases the type of `handler`.
    pub(crate) fn new<F, Fut>(handler: F) -> Self
    where
        F: Fn(Context, Completing) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Completion, HandlerError>> + Send + 'static,
    {
        let complete = move |context: Context, completing: Completing| -> CallFuture {
            let answer = handler(context, completing);
            Box::pin(async move { Ok(Answer::Completion(answer.await?)) })
        };
        Self { complete: Arc::new(complete) }
    }

    /// Starts the handler.
    pub(crate) fn call(&self, context: Context, completing: Completing) -> CallFuture {
        (self.complete)(context, completing)
    }
}

impl fmt::Debug for Completer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Completer").finish_non_exhaustive()
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Handler").finish_non_exhaustive()
    }
}

/// A client that checks results refuses one that lacks what the output schema promises, and only the
/// author of the handler can mend it.
fn warn_of_broken_promise(tool: &str, output: Output, result: &ToolResult) {
    let structured = result.structured.as_deref().map(|raw| raw.get());
    let (kept, promised) = match output {
        Output::Undeclared => return,
        Output::Object => (structured.is_some_and(|text| text.starts_with('{')), "object"),
        Output::Wrapped => (structured.is_some(), "structured content"),
    };
    if !kept && !result.is_error {
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

/// Polls the future, catching a panic.
pub(crate) fn poll_caught(
    future: &mut CallFuture,
    task: &mut TaskContext<'_>,
) -> Poll<Result<Result<Answer, HandlerError>, Panicked>> {
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

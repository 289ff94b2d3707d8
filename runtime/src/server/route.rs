//! Calls of routes: the same handlers as those of tools, answered once and without a message of
//! MCP.

use std::borrow::Cow;
use std::future::poll_fn;
use std::sync::Arc;

use bytes::Bytes;

use crate::arguments::{self, ArgumentErrors, Values};
use crate::context::{Context, Dialog, Request, Settled, Way};
use crate::handler::{self, Answer};
use crate::lifecycle::{Requester, Version};
use crate::result::{HandlerError, ToolResult};
use crate::server::Core;
use crate::server::call::{Target, panic_error};
#[cfg(feature = "schema")]
use crate::server::check;
use crate::server::inject::Caller;
use crate::server::log::{Began, End};

/// Why a route gives no result.
#[derive(Debug)]
pub(crate) enum RouteError {
    /// The arguments are not what the route takes.
    Arguments(ArgumentErrors),
    /// The request lacks what an argument is injected from.
    Injection(String),
    /// The handler has failed.
    Handler(HandlerError),
    /// The handler was out of time.
    TimedOut,
    /// Too many calls run.
    Busy,
}

/// What the end of a call ends, also where it is dropped before.
struct Running {
    context: Context,
    began: Began,
    end: End,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.context.end();
        self.began.log("route", Some(self.context.name()), self.end);
    }
}

impl Core {
    /// Calls the route with this index. `arguments` is an object as clients of MCP would send it.
    /// Dropping the future cancels the call.
    pub(crate) async fn call_route(
        self: &Arc<Self>,
        index: usize,
        arguments: &str,
        requester: Requester,
    ) -> Result<ToolResult, RouteError> {
        let route = self.declaration.rest.routes.get(index);
        let handler = self.handlers.routes.get(index).and_then(Option::as_ref);
        let (Some(route), Some(handler)) = (route, handler) else {
            return Err(RouteError::Handler(HandlerError::internal("it has no handler")));
        };
        let began = Began::now();
        let refused = |error| {
            began.log("route", Some(route.tool.name), End::Refused);
            error
        };
        let mut values = self
            .route_values(index, arguments)
            .map_err(|errors| refused(RouteError::Arguments(errors)))?;
        let caller = Caller::of_route(&requester);
        self.inject(route.tool.arguments, route.tool.inject, &mut values, &caller)
            .map_err(|why| refused(RouteError::Injection(why)))?;
        let _place = self.admit().map_err(|_| RouteError::Busy)?;
        let context = Context::new(Arc::clone(self), request(route.tool.name, requester));
        context.outbox().close();
        let mut running = Running { context, began, end: End::Cancelled };
        let target = Target::Method("route");
        let context = running.context.clone();
        let output = match handler::catch(|| handler.call(context, &values)) {
            Ok(mut future) => {
                let time = route.tool.timeout.unwrap_or(self.declaration.limits.tool_time);
                let polled = poll_fn(|task| handler::poll_caught(&mut future, task));
                let Ok(output) = tokio::time::timeout(time, polled).await else {
                    running.end = End::TimedOut;
                    return Err(RouteError::TimedOut);
                };
                output
            }
            Err(panicked) => Err(panicked),
        };
        running.end = End::Failed;
        match output {
            Ok(Ok(Answer::Tool(result))) => {
                #[cfg(feature = "schema")]
                if let Some(schema) = self.schemas().answer(index) {
                    check::keeps(schema, route.tool.name, &result).map_err(RouteError::Handler)?;
                }
                if !result.is_error {
                    running.end = End::Done;
                }
                Ok(result)
            }
            // Handlers of routes are those of tools.
            Ok(Ok(_)) => Err(RouteError::Handler(HandlerError::internal("no result of a tool"))),
            Ok(Err(error)) => match handler::refusal(&error) {
                Some(errors) => {
                    running.end = End::Refused;
                    Err(RouteError::Arguments(errors.clone()))
                }
                None => Err(RouteError::Handler(error)),
            },
            Err(panicked) => {
                running.end = End::Panicked;
                // What the log has to say is said here; callers learn nothing of a panic.
                let told = panic_error(&target, route.tool.name, &panicked);
                Err(RouteError::Handler(HandlerError::internal(told.message().to_owned())))
            }
        }
    }

    fn route_values<'a>(&self, index: usize, text: &'a str) -> Result<Values<'a>, ArgumentErrors> {
        let Some(route) = self.declaration.rest.routes.get(index) else {
            return Ok(Values::default());
        };
        #[cfg_attr(not(feature = "schema"), expect(unused_mut, reason = "nothing is coerced"))]
        let mut values = arguments::parse(route.tool.arguments, Some(text), self.mode())?;
        #[cfg(feature = "schema")]
        self.conform_to(route.tool.arguments, &mut values, || self.schemas().route(index))?;
        Ok(values)
    }
}

/// The facts of a call that no client of MCP has made: nobody can be asked, nobody listens.
fn request(name: &'static str, requester: Requester) -> Request {
    Request {
        name: Cow::Borrowed(name),
        version: Version::V2026_07_28,
        request_id: Bytes::from_static(b"null"),
        requester,
        client_info: None,
        capabilities: None,
        params: None,
        progress_token: None,
        log_level: None,
        session: None,
        dialog: Dialog::new(Way::None, Settled::default()),
    }
}

//! What a handler knows about its call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::Notify;

use crate::server::Core;

/// The call that a handler answers. Owned and cheap to clone.
#[derive(Clone, Debug)]
pub struct Context {
    call: Arc<Call>,
}

/// Who calls.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Principal {
    /// Nobody in particular: the server asks for no credentials.
    Anonymous,
}

#[derive(Debug)]
struct Call {
    core: Arc<Core>,
    tool: &'static str,
    protocol_version: &'static str,
    request_id: Bytes,
    client_info: Option<Bytes>,
    over: AtomicBool,
    ended: Notify,
}

/// The facts of a request that a context is made of.
#[derive(Debug)]
pub(crate) struct Request {
    /// Name of the tool.
    pub(crate) tool: &'static str,
    /// Version of the protocol.
    pub(crate) protocol_version: &'static str,
    /// The id as JSON text.
    pub(crate) request_id: Bytes,
    /// Name and version of the client, as JSON text.
    pub(crate) client_info: Option<Bytes>,
}

impl Context {
    pub(crate) fn new(core: Arc<Core>, request: Request) -> Self {
        let Request { tool, protocol_version, request_id, client_info } = request;
        Self {
            call: Arc::new(Call {
                core,
                tool,
                protocol_version,
                request_id,
                client_info,
                over: AtomicBool::new(false),
                ended: Notify::new(),
            }),
        }
    }

    /// Name of the called tool.
    #[must_use]
    pub fn tool_name(&self) -> &'static str {
        self.call.tool
    }

    /// The JSON-RPC id of the request: a string or a number.
    #[must_use]
    pub fn request_id(&self) -> Value {
        serde_json::from_slice(&self.call.request_id).unwrap_or_default()
    }

    /// The version of the protocol that the request is served in, such as `2026-07-28`.
    #[must_use]
    pub fn protocol_version(&self) -> &'static str {
        self.call.protocol_version
    }

    /// What the client says about itself, where it does: an object with `name` and `version`. It
    /// proves nothing.
    #[must_use]
    pub fn client_info(&self) -> Option<Value> {
        serde_json::from_slice(self.call.client_info.as_deref()?).ok()
    }

    /// Who calls.
    #[must_use]
    pub const fn principal(&self) -> Principal {
        Principal::Anonymous
    }

    /// Whether the call is over: cancelled, out of time, its client gone, or answered. The future
    /// of the handler is dropped then; this is for work that it has handed to others.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.call.over.load(Ordering::Acquire)
    }

    /// Waits until [`Context::is_over`].
    pub async fn over(&self) {
        let ended = self.call.ended.notified();
        tokio::pin!(ended);
        // Registered before the flag is read, so that an end in between is not missed.
        ended.as_mut().enable();
        if !self.is_over() {
            ended.await;
        }
    }

    pub(crate) fn end(&self) {
        // Where nobody else has the context, nobody can ask.
        if Arc::strong_count(&self.call) > 1 {
            self.call.over.store(true, Ordering::Release);
            self.call.ended.notify_waiters();
        }
    }

    pub(crate) fn request_id_text(&self) -> &Bytes {
        &self.call.request_id
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.call.core
    }
}

#[cfg(feature = "upstream")]
mod caller {
    use std::marker::PhantomData;

    use super::Context;
    use crate::arguments::{Arguments, Writer};
    use crate::declaration::Tool;
    use crate::operation::Upstream;
    use crate::result::ToolError;
    use crate::upstream::Reply;

    /// Calls operations of the upstream `U`: what [`Context::upstream`] gives.
    #[derive(Debug)]
    pub struct Caller<'a, U> {
        context: &'a Context,
        upstream: PhantomData<fn() -> U>,
    }

    impl Context {
        /// The upstream `U`, to call its operations: `context.upstream::<Bookshop>().call(&book)`.
        #[must_use]
        pub const fn upstream<U: Upstream>(&self) -> Caller<'_, U> {
            Caller { context: self, upstream: PhantomData }
        }
    }

    impl<U: Upstream> Caller<'_, U> {
        /// Calls the operation of these arguments. The arguments are checked as a client's are.
        ///
        /// Dropping the future cancels the request.
        ///
        /// # Errors
        /// Arguments that the operation does not take, an operation of another upstream, and
        /// whatever goes wrong with the request.
        pub async fn call<A: Arguments>(&self, arguments: &A) -> Result<Reply, ToolError> {
            let Tool::Forwarded(operation) = A::TOOL else {
                return Err(ToolError::internal(format!(
                    "`{}` is no operation of an upstream",
                    A::TOOL.name()
                )));
            };
            if !std::ptr::eq(operation.upstream, U::SPEC) {
                return Err(ToolError::internal(format!(
                    "`{}` is an operation of `{}`, not of `{}`",
                    operation.tool,
                    operation.upstream.name,
                    U::SPEC.name
                )));
            }
            let mut writer = Writer::new(operation.arguments);
            arguments.write(&mut writer);
            let text = writer.finish();
            let core = self.context.core();
            let reply = {
                let values = core
                    .check_named(A::TOOL, &text)
                    .map_err(|errors| ToolError::internal(errors.to_string()))?;
                core.upstreams()?.client(U::SPEC).call(operation, &values)?
            };
            Ok(reply.await?)
        }
    }
}

#[cfg(feature = "upstream")]
pub use self::caller::Caller;

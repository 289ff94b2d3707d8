//! What a handler knows about its call, and what it can tell and ask its client.

mod components;
mod dialog;
mod outbox;
mod questions;
mod report;
mod state;

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::Notify;

pub(crate) use self::dialog::{Dialog, Question, Round, Settled, Way};
pub(crate) use self::outbox::Outbox;
use crate::declaration::Transport;
pub use crate::lifecycle::Principal;
use crate::lifecycle::legacy::Session;
use crate::lifecycle::{Requester, Version, requester};
pub use crate::protocol::level::LogLevel;
use crate::protocol::params;
use crate::result::Meta;
use crate::server::Core;

/// The call that a handler answers. Owned and cheap to clone.
#[derive(Clone, Debug)]
pub struct Context {
    call: Arc<Call>,
    /// How many handlers of this call wait for the one that has this context.
    depth: u8,
    /// The handler, or one that waits for it, has a thread of its own and cannot ask.
    blocks: bool,
}

#[derive(Debug)]
struct Call {
    core: Arc<Core>,
    name: Cow<'static, str>,
    version: Version,
    request_id: Bytes,
    requester: Requester,
    client_info: Option<Bytes>,
    capabilities: Option<Bytes>,
    params: Option<Bytes>,
    progress_token: Option<Bytes>,
    log_level: Option<LogLevel>,
    session: Option<Arc<Session>>,
    outbox: Outbox,
    dialog: Dialog,
    /// Bits of the last progress that was reported.
    progress: AtomicU64,
    wish: Mutex<Option<Wish>>,
    over: AtomicBool,
    ended: Notify,
}

/// What a handler wants of the one who runs it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wish {
    /// The call becomes a task.
    StartTask,
    /// The connection that reads the call's stream is closed; the client comes back after this time.
    CloseStream(Duration),
}

/// The facts of a request that a context is made of.
#[derive(Debug)]
pub(crate) struct Request {
    /// Name of the tool or prompt, URI of the resource.
    pub(crate) name: Cow<'static, str>,
    /// Version of the protocol.
    pub(crate) version: Version,
    /// The id as JSON text.
    pub(crate) request_id: Bytes,
    /// Who calls.
    pub(crate) requester: Requester,
    /// Name and version of the client, as JSON text.
    pub(crate) client_info: Option<Bytes>,
    /// What the client can be asked, as JSON text.
    pub(crate) capabilities: Option<Bytes>,
    /// The parameters with their `_meta`, as JSON text.
    pub(crate) params: Option<Bytes>,
    /// What reports of progress are to name, as JSON text.
    pub(crate) progress_token: Option<Bytes>,
    /// The least level of log messages, where the request names one.
    pub(crate) log_level: Option<LogLevel>,
    /// The session that the request belongs to.
    pub(crate) session: Option<Arc<Session>>,
    /// How the client is asked.
    pub(crate) dialog: Dialog,
}

impl Context {
    pub(crate) fn new(core: Arc<Core>, request: Request) -> Self {
        Self {
            call: Arc::new(Call {
                core,
                name: request.name,
                version: request.version,
                request_id: request.request_id,
                requester: request.requester,
                client_info: request.client_info,
                capabilities: request.capabilities,
                params: request.params,
                progress_token: request.progress_token,
                log_level: request.log_level,
                session: request.session,
                outbox: Outbox::default(),
                dialog: request.dialog,
                progress: AtomicU64::new(f64::NEG_INFINITY.to_bits()),
                wish: Mutex::default(),
                over: AtomicBool::new(false),
                ended: Notify::new(),
            }),
            depth: 0,
            blocks: false,
        }
    }

    /// This context for a handler that blocks its thread.
    pub(crate) fn blocking(self) -> Self {
        Self { blocks: true, ..self }
    }

    /// Name of the called tool or prompt, URI of the resource that is read.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.call.name
    }

    /// The JSON-RPC id of the request: a string or a number.
    #[must_use]
    pub fn request_id(&self) -> Value {
        serde_json::from_slice(&self.call.request_id).unwrap_or_default()
    }

    /// The version of the protocol that the request is served in, such as `2026-07-28`. Handlers need
    /// not look at it: what they can do works in all versions, or says why it does not.
    #[must_use]
    pub fn protocol_version(&self) -> &'static str {
        self.call.version.as_str()
    }

    /// The `_meta` of the request as the client has sent it, keys of the protocol among it; empty where
    /// there is none.
    #[must_use]
    pub fn request_meta(&self) -> Meta {
        let text = self.call.params.as_deref().and_then(|params| std::str::from_utf8(params).ok());
        let meta = text.and_then(params::raw_meta);
        meta.and_then(|meta| serde_json::from_str(meta.get()).ok()).unwrap_or_default()
    }

    /// What the client says about itself, where it does: an object with `name` and `version`. It
    /// proves nothing.
    #[must_use]
    pub fn client_info(&self) -> Option<Value> {
        serde_json::from_slice(self.call.client_info.as_deref()?).ok()
    }

    /// What the client says it can be asked (MCP, `ClientCapabilities`): an object.
    #[must_use]
    pub fn client_capabilities(&self) -> Value {
        let text = self.call.capabilities.as_deref();
        text.and_then(|text| serde_json::from_slice(text).ok())
            .unwrap_or_else(|| Value::Object(serde_json::Map::new()))
    }

    /// Whether the client says that it has this extension of the protocol, such as
    /// `io.modelcontextprotocol/ui`.
    #[must_use]
    pub fn client_supports_extension(&self, id: &str) -> bool {
        self.client_extension_settings(id).is_some()
    }

    /// What the client says about an extension of the protocol that it has: an object, often an empty one.
    #[must_use]
    pub fn client_extension_settings(&self, id: &str) -> Option<Value> {
        let mut capabilities = self.client_capabilities();
        let settings = capabilities.get_mut("extensions")?.get_mut(id)?.take();
        settings.is_object().then_some(settings)
    }

    /// Who calls.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.call.requester.principal
    }

    /// How the request came; `None` for a client within the process.
    #[must_use]
    pub fn transport(&self) -> Option<Transport> {
        self.call.requester.transport
    }

    /// The id of the session that an HTTP client has begun with its handshake; `None` on other
    /// transports, and for clients of 2026-07-28, which have no sessions.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.call.session.as_ref()?.id()
    }

    /// The head of the HTTP request, with what layers have put among its extensions; `None` on other
    /// transports. On HTTP+SSE it is that of the request that opened the stream.
    ///
    /// What a client writes into headers proves nothing, and secrets among them are for this server
    /// alone: [`Context::http_headers`] leaves those out.
    #[must_use]
    pub fn http_request(&self) -> Option<&http::request::Parts> {
        self.call.requester.head.as_deref()
    }

    /// The headers of the HTTP request without those that belong to the connection, to the message or
    /// to the credentials of the client; empty on other transports. What is left may be passed on.
    #[must_use]
    pub fn http_headers(&self) -> http::HeaderMap {
        let headers = self.http_request().map(|head| &head.headers);
        headers.map(requester::passable).unwrap_or_default()
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

    /// Closes the connection on which an HTTP client of 2025-11-25 reads this call's messages. It comes
    /// back for the rest after `retry`, and nothing is lost meanwhile. On every other wire nothing
    /// happens: there is no such connection, or no way back to it.
    pub async fn close_stream(&self, retry: Duration) {
        self.wish(Wish::CloseStream(retry));
        tokio::task::yield_now().await;
    }

    /// Makes a task of the call, where the client takes tasks: it is answered with the task at once, and
    /// the handler goes on. Questions asked before belong to the call, those asked after to the task.
    ///
    /// For tools with `task = { mode = …, start = "handler" }`. Where the call is a task already, or its
    /// client takes none and need not, nothing happens.
    pub async fn start_task(&self) {
        if !self.call.dialog.is_task() {
            self.wish(Wish::StartTask);
            tokio::task::yield_now().await;
        }
    }

    fn wish(&self, wish: Wish) {
        *self.call.wish.lock().unwrap_or_else(PoisonError::into_inner) = Some(wish);
        // The handler may have handed its context to a task of its own.
        self.call.outbox.wake();
    }

    pub(crate) fn take_wish(&self) -> Option<Wish> {
        self.call.wish.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn end(&self) {
        // Where nobody else has the context, nobody can ask.
        if Arc::strong_count(&self.call) > 1 {
            self.call.over.store(true, Ordering::Release);
            self.call.ended.notify_waiters();
            self.call.outbox.close();
        }
    }

    pub(crate) fn request_id_text(&self) -> &Bytes {
        &self.call.request_id
    }

    /// What the client can be asked, as JSON text.
    pub(crate) fn capabilities(&self) -> Option<Bytes> {
        self.call.capabilities.clone()
    }

    pub(crate) fn version(&self) -> Version {
        self.call.version
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.call.core
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.call.outbox
    }

    pub(crate) fn dialog(&self) -> &Dialog {
        &self.call.dialog
    }

    /// Who sends the request.
    pub(crate) fn requester(&self) -> &Requester {
        &self.call.requester
    }

    pub(crate) fn session(&self) -> Option<&Arc<Session>> {
        self.call.session.as_ref()
    }
}

impl Call {
    /// Takes note of progress; whether it goes on from what was reported before.
    fn advances(&self, progress: f64) -> bool {
        let last = f64::from_bits(self.progress.load(Ordering::Relaxed));
        if !progress.is_finite() || progress <= last {
            return false;
        }
        self.progress.store(progress.to_bits(), Ordering::Relaxed);
        true
    }
}

#[cfg(feature = "upstream")]
mod caller {
    use std::marker::PhantomData;

    use super::Context;
    use crate::arguments::{Arguments, TypedCall, Writer};
    use crate::declaration::Tool;
    use crate::operation::Upstream;
    use crate::result::ToolError;
    use crate::upstream::{CallOptions, Item, Observer, Reply};

    /// Calls operations of the upstream `U`: what [`Context::upstream`] gives.
    #[derive(Debug)]
    pub struct Caller<'a, U> {
        context: &'a Context,
        upstream: PhantomData<fn() -> U>,
    }

    impl Context {
        /// What an upstream may have of this call's request, and the one who is told of its progress.
        pub(crate) fn call_options(&self) -> CallOptions<'_> {
            let headers = self.http_request().map(|head| &head.headers);
            let observer = self.wants_progress().then(|| {
                let context = self.clone();
                Box::new(move |item: Item<'_>| context.count_progress(item.number)) as Observer
            });
            CallOptions { headers, observer }
        }

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
            let options = CallOptions { observer: None, ..self.context.call_options() };
            let reply = {
                let values = core
                    .check_named(A::TOOL, &text)
                    .map_err(|errors| ToolError::internal(errors.to_string()))?;
                core.upstreams()?.client(U::SPEC).call_for(operation, &values, options)?
            };
            Ok(reply.await?)
        }

        /// Calls the operation of these arguments, and reads the reply as the type that its document
        /// describes.
        ///
        /// Dropping the future cancels the request.
        ///
        /// # Errors
        /// Those of [`call`](Self::call), and a reply that the type does not hold.
        pub async fn call_typed<A: TypedCall>(
            &self,
            arguments: &A,
        ) -> Result<A::Response, ToolError> {
            self.call(arguments).await?.parse().map_err(ToolError::from)
        }
    }
}

#[cfg(feature = "upstream")]
pub use self::caller::Caller;

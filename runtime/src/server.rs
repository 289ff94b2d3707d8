//! A server: the declared components, the handlers bound to them, and what answers a message.
//!
//! [`Server`] is what users build; [`Core`] is the running state that transports feed with
//! messages. What a transport keeps at a server (HTTP: routes and layers) is an [`Extension`], which
//! is stored here and not looked at.

mod batch;
mod call;
mod capability;
mod catalog;
mod check;
mod components;
mod core;
mod dispatch;
mod extension;
mod file;
mod find;
mod handlers;
mod inject;
mod lifespan;
mod listen;
mod lists;
mod log;
mod outcome;
mod render;
mod route;
mod start;
mod task_methods;
mod tasks;
mod work;

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};

pub(crate) use self::batch::Batch;
pub(crate) use self::call::Call;
use self::catalog::Catalog;
pub use self::components::Components;
pub(crate) use self::core::{Core, Place};
pub(crate) use self::extension::Extension;
pub(crate) use self::handlers::Handlers;
use self::lifespan::Lifespan;
pub(crate) use self::listen::{Listen, told_message};
pub(crate) use self::lists::entries;
pub(crate) use self::outcome::{Outcome, Reply};
pub(crate) use self::route::RouteError;
pub(crate) use self::tasks::TaskRun;
pub(crate) use self::work::{Step, Work};
use crate::arguments::{Arguments, PromptArguments, ResourceArguments};
use crate::context::Context;
use crate::declaration::{Declaration, Prompt, ResourceTarget, Template, Tool};
use crate::handler::{Completer, Handler};
use crate::result::{
    Completing, Completion, CompletionError, HandlerError, IntoPromptResult, IntoResourceResult,
    IntoToolResult, PromptError, ResourceError, ToolError,
};
use crate::store::Store;
use crate::visibility::ComponentKind;

/// A server. Cheap to clone; every method that adds something returns a server that has it.
///
/// Clones are one server: a clone that is made after the last of these methods, and kept while another
/// clone is served, changes the components of that one, and so does what [`Server::components`] gives.
#[derive(Clone)]
pub struct Server {
    inner: Arc<Inner>,
}

struct Inner {
    declaration: &'static Declaration,
    catalog: Arc<Catalog>,
    handlers: Handlers,
    options: Options,
    store: Option<Arc<dyn Store>>,
    lifespan: Option<Lifespan>,
    extension: Extension,
    core: OnceLock<Arc<Core>>,
}

impl Inner {
    /// A running state of what was declared and bound.
    fn start(&self, options: &Options) -> Arc<Core> {
        let (handlers, lifespan) = (self.handlers.clone(), self.lifespan.clone());
        let catalog = Arc::clone(&self.catalog);
        Arc::new(Core::new(catalog, handlers, options, self.store.as_ref(), lifespan))
    }
}

impl Clone for Inner {
    /// Another server, which begins with the components that this one has.
    fn clone(&self) -> Self {
        Self {
            declaration: self.declaration,
            catalog: Arc::new(self.catalog.fork()),
            handlers: self.handlers.clone(),
            options: self.options.clone(),
            store: self.store.clone(),
            lifespan: self.lifespan.clone(),
            extension: self.extension.clone(),
            core: OnceLock::new(),
        }
    }
}

/// What is decided when a server starts, not when it is declared.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Base URLs of upstreams, in order: the name of the upstream, if one was given, and the URL.
    pub base_urls: Vec<(Option<String>, String)>,
    /// Answer upstream calls in process from the examples of the document.
    pub mock: bool,
    /// Serve clients up to 2025-11-25 without sessions, whatever the declaration says.
    pub stateless: Option<bool>,
}

impl Server {
    /// A server with the components of `declaration`.
    #[must_use]
    pub fn new(declaration: &'static Declaration) -> Self {
        Self {
            inner: Arc::new(Inner {
                declaration,
                catalog: Arc::new(Catalog::new(declaration)),
                handlers: Handlers::none(declaration),
                options: Options::default(),
                store: None,
                lifespan: None,
                extension: Extension::default(),
                core: OnceLock::new(),
            }),
        }
    }

    /// Binds a handler to the tool whose arguments it takes: the implementation of a declared
    /// tool, or the override of a forwarded operation.
    ///
    /// The future is dropped at its next await when the call is cancelled or out of time. A panic
    /// becomes a failed call; the server lives on.
    ///
    /// # Panics
    /// The server has no such tool: the argument type belongs to another generated crate.
    #[must_use]
    pub fn on<A, F, Fut, R>(self, handler: F) -> Self
    where
        A: Arguments,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, ToolError>> + Send + 'static,
        R: IntoToolResult,
    {
        self.bind_tool(A::TOOL, Handler::tool(handler))
    }

    /// [`Server::on`] for a handler that blocks its thread: it computes for long, or uses a library that
    /// waits. It runs on a thread of its own and cannot be cancelled; a call that is cancelled or out of
    /// time goes on without anybody who reads its result. It cannot ask the client.
    ///
    /// # Panics
    /// The server has no such tool.
    #[must_use]
    pub fn on_blocking<A, F, R>(self, handler: F) -> Self
    where
        A: Arguments,
        F: Fn(Context, A) -> Result<R, ToolError> + Send + Sync + 'static,
        R: IntoToolResult + Send + 'static,
    {
        self.bind_tool(A::TOOL, Handler::blocking_tool(handler))
    }

    fn bind_tool(mut self, tool: Tool, handler: Handler) -> Self {
        let (name, kind) = (tool.name(), ComponentKind::Tool);
        let index = lists::find_version(self.inner.declaration, kind, name, tool.version());
        let inner = self.change();
        // A route need not be a tool for clients of MCP.
        let is_route = inner.handlers.bind_route(inner.declaration, name, &handler);
        if index.is_some() || !is_route {
            let slot = index.and_then(|index| inner.handlers.tools.get_mut(index));
            bind(inner.declaration, slot, handler, "tool", name);
        }
        self
    }

    /// Binds a handler to the resource or the resource template whose arguments it takes.
    ///
    /// The future is dropped at its next await when the read is cancelled or out of time.
    ///
    /// # Panics
    /// The server has no such resource.
    #[must_use]
    pub fn on_resource<A, F, Fut, R>(self, handler: F) -> Self
    where
        A: ResourceArguments,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, ResourceError>> + Send + 'static,
        R: IntoResourceResult,
    {
        self.bind_resource(A::TARGET, Handler::resource(handler))
    }

    /// [`Server::on_resource`] for a handler that blocks its thread, as [`Server::on_blocking`].
    ///
    /// # Panics
    /// The server has no such resource.
    #[must_use]
    pub fn on_blocking_resource<A, F, R>(self, handler: F) -> Self
    where
        A: ResourceArguments,
        F: Fn(Context, A) -> Result<R, ResourceError> + Send + Sync + 'static,
        R: IntoResourceResult + Send + 'static,
    {
        self.bind_resource(A::TARGET, Handler::blocking_resource(handler))
    }

    fn bind_resource(mut self, target: ResourceTarget, handler: Handler) -> Self {
        let inner = self.change();
        let (kind, version, slots) = match target {
            ResourceTarget::Resource(resource) => {
                (ComponentKind::Resource, resource.version, &mut inner.handlers.resources)
            }
            ResourceTarget::Template(template) => {
                (ComponentKind::Template, template.version, &mut inner.handlers.templates)
            }
        };
        let index = lists::find_version(inner.declaration, kind, target.uri(), version);
        let slot = index.and_then(|index| slots.get_mut(index));
        bind(inner.declaration, slot, handler, "resource", target.uri());
        self
    }

    /// Binds a handler to the prompt whose arguments it takes.
    ///
    /// The future is dropped at its next await when the request is cancelled or out of time.
    ///
    /// # Panics
    /// The server has no such prompt.
    #[must_use]
    pub fn on_prompt<A, F, Fut, R>(self, handler: F) -> Self
    where
        A: PromptArguments,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, PromptError>> + Send + 'static,
        R: IntoPromptResult,
    {
        self.bind_prompt(A::PROMPT, Handler::prompt(handler))
    }

    /// [`Server::on_prompt`] for a handler that blocks its thread, as [`Server::on_blocking`].
    ///
    /// # Panics
    /// The server has no such prompt.
    #[must_use]
    pub fn on_blocking_prompt<A, F, R>(self, handler: F) -> Self
    where
        A: PromptArguments,
        F: Fn(Context, A) -> Result<R, PromptError> + Send + Sync + 'static,
        R: IntoPromptResult + Send + 'static,
    {
        self.bind_prompt(A::PROMPT, Handler::blocking_prompt(handler))
    }

    fn bind_prompt(mut self, prompt: &Prompt, handler: Handler) -> Self {
        let (kind, name) = (ComponentKind::Prompt, prompt.name);
        let index = lists::find_version(self.inner.declaration, kind, name, prompt.version);
        let inner = self.change();
        let slot = index.and_then(|index| inner.handlers.prompts.get_mut(index));
        bind(inner.declaration, slot, handler, "prompt", name);
        self
    }

    /// Binds a handler that completes the arguments of a prompt or of a resource template.
    ///
    /// # Panics
    /// The server has no such component.
    #[must_use]
    pub fn on_completion<F, Fut>(mut self, target: CompletionTarget, handler: F) -> Self
    where
        F: Fn(Context, Completing) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Completion, CompletionError>> + Send + 'static,
    {
        let inner = self.change();
        let (kind, name, version) = match target {
            CompletionTarget::Prompt(prompt) => {
                (ComponentKind::Prompt, prompt.name, prompt.version)
            }
            CompletionTarget::Template(template) => {
                (ComponentKind::Template, template.uri_template, template.version)
            }
        };
        let slots = match target {
            CompletionTarget::Prompt(_) => &mut inner.handlers.prompt_completers,
            CompletionTarget::Template(_) => &mut inner.handlers.template_completers,
        };
        let index = lists::find_version(inner.declaration, kind, name, version);
        let slot = index.and_then(|index| slots.get_mut(index));
        bind(inner.declaration, slot, Completer::new(handler), "component to complete", name);
        self
    }

    /// Keeps what outlives a request in this store instead of in memory: events of streams that clients
    /// come back to, and tasks.
    #[must_use]
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.change().store = Some(store);
        self
    }

    /// Makes what lives as long as the server: a pool of connections, a cache. [`Context::lifespan`] gives
    /// it to handlers. [`crate::cli::main`] runs `start` before the first request and ends with its
    /// error; elsewhere the first call that asks runs it. The value is dropped after the last request.
    #[must_use]
    pub fn lifespan<F, Fut, T>(mut self, start: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, HandlerError>> + Send + 'static,
        T: Any + Send + Sync,
    {
        self.change().lifespan = Some(Lifespan::new(start));
        self
    }

    /// Its components, to be added, removed, enabled and disabled before it runs and while it runs, and to
    /// tell clients what has changed.
    #[must_use]
    pub fn components(&self) -> Components {
        Components::new(Arc::clone(&self.inner.catalog))
    }

    /// What the server holds for its clients at the moment.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.inner.core.get().map(|core| core.usage()).unwrap_or_default()
    }

    /// Starts with what the command line says. The clones of this server run with it too, unless one of
    /// them was started before.
    pub(crate) fn start(self, options: Options) -> Self {
        match self.inner.core.set(self.inner.start(&options)) {
            Ok(()) => self,
            Err(_) => self.options(options),
        }
    }

    /// Replaces what is decided at start. [`crate::cli::main`] does this from the command line.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.change().options = options;
        self
    }

    /// What the server was declared as.
    #[must_use]
    pub fn declaration(&self) -> &'static Declaration {
        self.inner.declaration
    }

    /// The declared components that need a handler and have none.
    pub(crate) fn unhandled(&self) -> Vec<String> {
        self.inner.handlers.missing(self.inner.declaration)
    }

    /// Why the server cannot do its work as it is configured.
    pub(crate) fn problem(&self) -> Option<String> {
        self.core().problem()
    }

    /// The running state, made when it is first asked for and shared by all transports.
    pub(crate) fn core(&self) -> Arc<Core> {
        Arc::clone(self.inner.core.get_or_init(|| self.inner.start(&self.inner.options)))
    }

    /// What is changed gets a running state of its own.
    fn change(&mut self) -> &mut Inner {
        let inner = Arc::make_mut(&mut self.inner);
        inner.core = OnceLock::new();
        inner
    }

    /// What the HTTP transport keeps here.
    pub(crate) fn extension(&self) -> &Extension {
        &self.inner.extension
    }

    /// The same, to be changed.
    pub(crate) fn extension_mut(&mut self) -> &mut Extension {
        &mut self.change().extension
    }
}

/// Whose arguments a handler completes.
#[derive(Clone, Copy, Debug)]
pub enum CompletionTarget {
    /// Those of a prompt.
    Prompt(&'static Prompt),
    /// Those of a resource template.
    Template(&'static Template),
}

/// What a server holds for its clients: [`Server::usage`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Usage {
    /// Requests that are being answered, tasks not counted.
    pub calls: usize,
    /// Sessions of HTTP clients up to 2025-11-25.
    pub sessions: usize,
    /// Streams of server-sent events.
    pub streams: usize,
    /// Clients that wait for changes: sessions, connections, and subscriptions.
    pub listeners: usize,
    /// Tasks that have not ended.
    pub tasks: usize,
}

/// Puts a handler into the place of its component.
fn bind<H>(
    declaration: &Declaration,
    slot: Option<&mut Option<H>>,
    handler: H,
    kind: &str,
    name: &str,
) {
    match slot {
        Some(slot) => *slot = Some(handler),
        None => panic!("the server `{}` has no {kind} `{name}`", declaration.name),
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Server")
            .field("name", &self.inner.declaration.name)
            .finish_non_exhaustive()
    }
}

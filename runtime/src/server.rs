//! A server: the declared components, the handlers bound to them, and what answers a message.
//!
//! [`Server`] is what users build; [`Core`] is the running state that transports feed with
//! messages. What a transport keeps at a server (HTTP: routes and layers) is an [`Extension`], which
//! is stored here and not looked at.

mod batch;
mod call;
mod catalogue;
mod check;
mod core;
mod dispatch;
mod extension;
mod log;
mod outcome;

use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};

pub(crate) use self::batch::Batch;
pub(crate) use self::call::Call;
pub(crate) use self::catalogue::entries;
pub(crate) use self::core::Core;
pub(crate) use self::extension::Extension;
pub(crate) use self::outcome::{Outcome, Reply};
use crate::arguments::Arguments;
use crate::context::Context;
use crate::declaration::Declaration;
use crate::handler::Handler;
use crate::result::{IntoToolResult, ToolError};

/// A server. Cheap to clone; every method that adds something returns a server that has it.
#[derive(Clone)]
pub struct Server {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    declaration: &'static Declaration,
    handlers: Vec<Option<Handler>>,
    options: Options,
    extension: Extension,
    core: OnceLock<Arc<Core>>,
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
        let handlers = vec![None; declaration.tools.len()];
        let options = Options::default();
        let extension = Extension::default();
        let core = OnceLock::new();
        Self { inner: Arc::new(Inner { declaration, handlers, options, extension, core }) }
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
    pub fn on<A, F, Fut, R>(mut self, handler: F) -> Self
    where
        A: Arguments,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, ToolError>> + Send + 'static,
        R: IntoToolResult,
    {
        let name = A::TOOL.name();
        let index = catalogue::find(self.inner.declaration, name);
        let inner = self.change();
        match index.and_then(|index| inner.handlers.get_mut(index)) {
            Some(slot) => *slot = Some(Handler::new(handler)),
            None => panic!("the server `{}` has no tool `{name}`", inner.declaration.name),
        }
        self
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

    /// The names of declared tools that have no handler yet.
    pub(crate) fn unhandled(&self) -> Vec<&'static str> {
        catalogue::unhandled(self.inner.declaration, &self.inner.handlers)
    }

    /// Why the server cannot do its work as it is configured.
    pub(crate) fn problem(&self) -> Option<String> {
        self.core().problem()
    }

    /// The running state, made when it is first asked for and shared by all transports.
    pub(crate) fn core(&self) -> Arc<Core> {
        let Inner { declaration, handlers, options, core, .. } = &*self.inner;
        Arc::clone(core.get_or_init(|| Arc::new(Core::new(declaration, handlers.clone(), options))))
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

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Server")
            .field("name", &self.inner.declaration.name)
            .finish_non_exhaustive()
    }
}

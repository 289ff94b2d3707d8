//! The running state of a server, shared by all its connections.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::arguments::Mode;
use crate::declaration::Declaration;
use crate::handler::Handler;
use crate::lifecycle::legacy::Sessions;
use crate::protocol::response::About;
use crate::server::Options;
use crate::server::catalogue::Lists;

/// What answers messages. Transports hold it and call [`Core::begin`](super::Core::begin).
pub(crate) struct Core {
    pub(super) declaration: &'static Declaration,
    pub(super) handlers: Vec<Option<Handler>>,
    pub(super) lists: Lists,
    sessions: Option<Sessions>,
    in_flight: AtomicUsize,
    #[cfg(feature = "schema")]
    schemas: crate::schema::Schemas,
    #[cfg(feature = "upstream")]
    upstreams: Result<crate::upstream::Upstreams, crate::upstream::StartError>,
}

impl Core {
    /// Starts a server.
    pub(super) fn new(
        declaration: &'static Declaration,
        handlers: Vec<Option<Handler>>,
        options: &Options,
    ) -> Self {
        let limits = &declaration.limits;
        let stateless = options.stateless.unwrap_or(declaration.deployment.stateless);
        Self {
            declaration,
            handlers,
            lists: Lists::default(),
            sessions: (!stateless).then(|| Sessions::new(limits.sessions, limits.session_idle)),
            in_flight: AtomicUsize::new(0),
            #[cfg(feature = "schema")]
            schemas: crate::schema::Schemas::new(declaration),
            #[cfg(feature = "upstream")]
            upstreams: crate::upstream::Upstreams::start(
                declaration,
                &crate::upstream::Options {
                    base_urls: options.base_urls.clone(),
                    mock: options.mock,
                },
            ),
        }
    }

    /// Why the server cannot do its work as it is configured.
    pub(crate) fn problem(&self) -> Option<String> {
        #[cfg(feature = "upstream")]
        if let Err(error) = &self.upstreams {
            return Some(error.to_string());
        }
        None
    }

    /// The clients of the upstreams.
    #[cfg(feature = "upstream")]
    pub(crate) fn upstreams(
        &self,
    ) -> Result<&crate::upstream::Upstreams, crate::result::ToolError> {
        self.upstreams
            .as_ref()
            .map_err(|error| crate::result::ToolError::internal(error.to_string()))
    }

    /// The schemas of the tools, by index.
    #[cfg(feature = "schema")]
    pub(crate) const fn schemas(&self) -> &crate::schema::Schemas {
        &self.schemas
    }

    /// What the server was declared as.
    pub(crate) const fn declaration(&self) -> &'static Declaration {
        self.declaration
    }

    /// The sessions; none where the server keeps none.
    pub(crate) const fn sessions(&self) -> Option<&Sessions> {
        self.sessions.as_ref()
    }

    /// Calls that may run at once.
    pub(crate) fn call_limit(&self) -> usize {
        self.declaration.limits.in_flight.max(1)
    }

    /// Admits one more call where the limit allows it; [`Core::release`] has to follow its end.
    #[must_use]
    pub(super) fn admit(&self) -> bool {
        let admitted = self.in_flight.fetch_add(1, Ordering::Relaxed) < self.call_limit();
        if !admitted {
            self.release();
        }
        admitted
    }

    /// A call that was admitted has ended.
    pub(super) fn release(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    /// How arguments are read.
    pub(crate) const fn mode(&self) -> Mode {
        Mode {
            strict: self.declaration.strict_input_validation,
            depth: self.declaration.limits.json_depth,
        }
    }

    /// Whether the server offers tools.
    pub(super) const fn has_tools(&self) -> bool {
        !self.declaration.tools.is_empty()
    }

    /// What the server says about itself.
    pub(super) const fn about(&self) -> About<'static> {
        About {
            info: self.declaration.info,
            capabilities: if self.has_tools() { r#"{"tools":{}}"# } else { "{}" },
            instructions: self.declaration.instructions,
        }
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Core").field("name", &self.declaration.name).finish_non_exhaustive()
    }
}

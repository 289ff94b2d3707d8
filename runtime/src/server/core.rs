//! The running state of a server, shared by all its connections.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::arguments::Mode;
use crate::declaration::{Declaration, RequestState, TaskSupport, Tool};
use crate::lifecycle::changes::Changes;
use crate::lifecycle::legacy::Sessions;
use crate::lifecycle::stateless::seal::Seal;
use crate::lifecycle::{Requester, Version};
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::response::About;
use crate::server::capability::TASKS;
use crate::server::catalog::Catalog;
use crate::server::handlers::Handlers;
use crate::server::inject::Injected;
use crate::server::lifespan::{Lifespan, Started};
use crate::server::lists::Made;
use crate::server::tasks::Tasks;
use crate::server::{Options, Usage};
use crate::setting;
use crate::store::{MemoryStore, Store};

/// What answers messages. Transports hold it and call [`Core::begin`](super::Core::begin).
pub(crate) struct Core {
    pub(super) declaration: &'static Declaration,
    pub(super) catalog: Arc<Catalog>,
    pub(super) handlers: Handlers,
    /// The lists of what was declared.
    pub(super) lists: Made,
    sessions: Option<Sessions>,
    in_flight: Arc<AtomicUsize>,
    streams: Arc<AtomicUsize>,
    store: Arc<dyn Store>,
    tasks: Tasks,
    seal: Result<Seal, String>,
    pub(super) started: Started,
    injected: Result<Injected, String>,
    offer: Offer,
    capabilities: Capabilities,
    #[cfg(feature = "schema")]
    schemas: crate::schema::Schemas,
    #[cfg(feature = "files")]
    files: Result<crate::files::Files, String>,
    #[cfg(feature = "upstream")]
    upstreams: Result<crate::upstream::Upstreams, crate::upstream::StartError>,
}

/// What the server has for its clients.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Offer {
    /// Tools.
    pub(crate) tools: bool,
    /// Resources or templates.
    pub(crate) resources: bool,
    /// Prompts.
    pub(crate) prompts: bool,
    /// Completion of arguments.
    pub(crate) completions: bool,
    /// Calls that become tasks.
    pub(crate) tasks: bool,
}

/// What the server says that it can do, for each version in the order of [`Version::EACH`].
struct Capabilities {
    each: [String; Version::EACH.len()],
    /// To one of many whom nothing tells apart.
    of_many: [String; Version::EACH.len()],
}

impl Capabilities {
    fn of(offer: Offer, declaration: &Declaration) -> Self {
        let of = |lists_tasks| {
            Version::EACH.map(|version| offer.capabilities(declaration, version, lists_tasks))
        };
        Self { each: of(true), of_many: of(false) }
    }
}

/// One of a bounded number of places, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(places: &Arc<AtomicUsize>, limit: usize) -> Option<Self> {
        let place = Self(Arc::clone(places));
        (places.fetch_add(1, Ordering::Relaxed) < limit.max(1)).then_some(place)
    }

    fn count(places: &Arc<AtomicUsize>) -> Self {
        places.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(places))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Core {
    /// Starts a server.
    pub(super) fn new(
        catalog: Arc<Catalog>,
        handlers: Handlers,
        options: &Options,
        store: Option<&Arc<dyn Store>>,
        lifespan: Option<Lifespan>,
    ) -> Self {
        let declaration = catalog.declaration();
        let limits = &declaration.limits;
        let stateless = options.stateless.unwrap_or(declaration.deployment.stateless);
        let offer = Offer::of(declaration);
        // In memory tasks have room of their own: events, of which there are many, never push them out.
        let own = || match store {
            Some(store) => Arc::clone(store),
            None => Arc::new(MemoryStore::new()) as Arc<dyn Store>,
        };
        Self {
            declaration,
            handlers,
            lists: Made::default(),
            sessions: (!stateless).then(|| Sessions::new(limits.sessions, limits.session_idle)),
            in_flight: Arc::default(),
            streams: Arc::default(),
            tasks: Tasks::new(own(), limits.tasks, Arc::clone(catalog.changes())),
            catalog,
            store: own(),
            started: Started::new(lifespan),
            injected: Injected::start(declaration),
            seal: seal(&declaration.request_state),
            offer,
            capabilities: Capabilities::of(offer, declaration),
            #[cfg(feature = "schema")]
            schemas: crate::schema::Schemas::new(declaration),
            #[cfg(feature = "files")]
            files: crate::files::Files::start(declaration),
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
        if let Err(problem) = &self.seal {
            return Some(problem.clone());
        }
        if let Err(problem) = &self.injected {
            return Some(problem.clone());
        }
        #[cfg(feature = "files")]
        if let Err(problem) = &self.files {
            return Some(problem.clone());
        }
        #[cfg(feature = "upstream")]
        if let Err(error) = &self.upstreams {
            return Some(error.to_string());
        }
        None
    }

    /// The values of arguments that come from the environment.
    pub(super) fn injected(&self) -> Result<&Injected, &str> {
        self.injected.as_ref().map_err(String::as_str)
    }

    /// The files that resources are read from.
    #[cfg(feature = "files")]
    pub(super) fn files(&self) -> Result<crate::files::Files, crate::result::HandlerError> {
        self.files.clone().map_err(crate::result::HandlerError::internal)
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

    /// Everybody who listens to changes.
    pub(crate) fn changes(&self) -> &Arc<Changes> {
        self.catalog.changes()
    }

    /// Its components as they are at the moment.
    pub(crate) const fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// What outlives requests.
    pub(crate) const fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Calls that have become tasks.
    pub(crate) const fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// What the server has for its clients.
    pub(crate) fn offer(&self) -> Offer {
        if self.catalog.is_touched() { self.offer.or(self.catalog.offer()) } else { self.offer }
    }

    /// What seals the state of dialogs.
    pub(super) fn seal(&self) -> Result<&Seal, ProtocolError> {
        self.seal
            .as_ref()
            .map_err(|problem| ProtocolError::new(ErrorKind::Internal, problem.clone()))
    }

    /// Calls that may run at once.
    pub(crate) fn call_limit(&self) -> usize {
        self.declaration.limits.in_flight.max(1)
    }

    /// Admits one more call where the limit allows it.
    pub(super) fn admit(&self) -> Result<Place, ProtocolError> {
        Place::take(&self.in_flight, self.call_limit())
            .ok_or_else(|| busy("too many requests in flight"))
    }

    /// Opens one more stream where the limit allows it.
    pub(crate) fn open_stream(&self) -> Result<Place, ProtocolError> {
        Place::take(&self.streams, self.declaration.limits.streams)
            .ok_or_else(|| busy("too many streams are open"))
    }

    /// Counts one more stream, whatever the limit is.
    pub(crate) fn count_stream(&self) -> Place {
        Place::count(&self.streams)
    }

    /// What is held at the moment.
    pub(super) fn usage(&self) -> Usage {
        Usage {
            calls: self.in_flight.load(Ordering::Relaxed),
            sessions: self.sessions.as_ref().map_or(0, Sessions::count),
            streams: self.streams.load(Ordering::Relaxed),
            listeners: self.changes().listeners(),
            tasks: self.tasks.running(),
        }
    }

    /// How arguments are read.
    pub(crate) const fn mode(&self) -> Mode {
        Mode {
            strict: self.declaration.strict_input_validation,
            depth: self.declaration.limits.json_depth,
        }
    }

    /// What the server says about itself to the one who asks.
    pub(super) fn about(&self, version: Version, requester: &Requester) -> About<'_> {
        let Capabilities { each, of_many } = &self.capabilities;
        let (lists_tasks, offer) = (!requester.is_one_of_many(), self.offer());
        let all = if lists_tasks { each } else { of_many };
        let capabilities = if offer == self.offer {
            Cow::Borrowed(all.get(version as usize).map_or("{}", String::as_str))
        } else {
            Cow::Owned(offer.capabilities(self.declaration, version, lists_tasks))
        };
        About {
            info: self.declaration.info,
            capabilities,
            instructions: self.declaration.instructions,
            cache: self.declaration.cache,
        }
    }
}

impl Offer {
    /// What one of the two has.
    pub(super) const fn or(self, other: Self) -> Self {
        Self {
            tools: self.tools || other.tools,
            resources: self.resources || other.resources,
            prompts: self.prompts || other.prompts,
            completions: self.completions || other.completions,
            tasks: self.tasks || other.tasks,
        }
    }

    fn of(declaration: &Declaration) -> Self {
        let prompts = declaration.prompts.iter().any(|prompt| !prompt.completers.is_empty());
        let templates = declaration.templates.iter().any(|known| !known.completers.is_empty());
        let can_be_task = |tool: &Tool| match tool {
            Tool::Declared(tool) => tool.task.support != TaskSupport::Never,
            Tool::Forwarded(_) => false,
        };
        Self {
            tools: !declaration.tools.is_empty(),
            resources: !(declaration.resources.is_empty() && declaration.templates.is_empty()),
            prompts: !declaration.prompts.is_empty(),
            completions: prompts || templates,
            tasks: declaration.tools.iter().any(can_be_task),
        }
    }

    /// `capabilities` of `initialize` or `server/discover`. Those who cannot be told apart have no list of
    /// tasks, in which each would see those of all (MCP 2025-11-25, tasks, security).
    fn capabilities(
        self,
        declaration: &Declaration,
        version: Version,
        lists_tasks: bool,
    ) -> String {
        let list = if lists_tasks { r#""list":{},"# } else { "" };
        let tasks =
            format!(r#""tasks":{{{list}"cancel":{{}},"requests":{{"tools":{{"call":{{}}}}}}}}"#);
        let extension = format!(r#""extensions":{{"{TASKS}":{{}}}}"#);
        let experimental = format!(r#""experimental":{}"#, declaration.experimental);
        let members = [
            (self.tools, r#""tools":{"listChanged":true}"#),
            (self.resources, r#""resources":{"subscribe":true,"listChanged":true}"#),
            (self.prompts, r#""prompts":{"listChanged":true}"#),
            (true, r#""logging":{}"#),
            (self.completions && version.has_completions(), r#""completions":{}"#),
            (!declaration.experimental.is_empty(), &experimental),
            (self.tasks && version.has_tasks(), &tasks),
            (self.tasks && version.is_stateless(), &extension),
        ];
        let offered = members.into_iter().filter(|(is_offered, _)| *is_offered);
        let members: Vec<&str> = offered.map(|(_, member)| member).collect();
        ["{", &members.join(","), "}"].concat()
    }
}

fn busy(why: &str) -> ProtocolError {
    ProtocolError::new(ErrorKind::Busy, format!("The server is busy: {why}; retry later"))
}

/// What seals the state of dialogs, or why nothing does.
fn seal(declared: &RequestState) -> Result<Seal, String> {
    if declared.secrets.is_empty() {
        return Seal::ephemeral().map_err(|error| format!("no key can be made: {error}"));
    }
    let mut secrets = Vec::new();
    for secret in declared.secrets {
        secrets.push(setting::resolve_from_environment(*secret).map_err(|missing| {
            format!(
                "server.request_state.keys: set {} in the environment, at least 32 bytes",
                missing.join(" and ")
            )
        })?);
    }
    let secrets: Vec<&[u8]> = secrets.iter().map(String::as_bytes).collect();
    Seal::from_secrets(&secrets).map_err(|error| format!("server.request_state.keys: {error}"))
}

impl fmt::Debug for Core {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Core").field("name", &self.declaration.name).finish_non_exhaustive()
    }
}

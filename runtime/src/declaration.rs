//! What a generated crate hands to the runtime: the whole server as one constant.
//!
//! Every struct has a `DEFAULT` (or `new`) that generated code starts from, so that a key which a
//! declaration does not mention takes no line in the generated crate.

mod completion;
mod deployment;
mod injection;
mod prompt;
mod resource;
mod route;
mod tool;

use std::time::Duration;

pub use self::completion::{Completer, Completions};
pub use self::deployment::{Deployment, Limits, Transport};
pub use self::injection::{Injection, InjectionSource};
pub use self::prompt::{Message, Prompt, PromptSource, Role};
pub use self::resource::{
    Folder, Part, Resource, ResourceSecurity, ResourceTarget, Source, Template,
};
pub use self::route::{Rest, Route};
pub use self::tool::{
    Capability, DeclaredTool, HeaderArgument, Task, TaskStart, TaskSupport, Tool,
};
use crate::operation::{Operation, Setting, UpstreamSpec};

/// A server as it was declared: the argument of [`Server::new`](crate::Server::new).
#[derive(Debug)]
pub struct Declaration {
    /// Name of the server (`serverInfo.name`).
    pub name: &'static str,
    /// Version of the server.
    pub version: &'static str,
    /// `serverInfo` as JSON text: name, version, title, description, icons, website.
    pub info: &'static str,
    /// Instructions for the model; empty: none.
    pub instructions: &'static str,
    /// `capabilities.experimental` as JSON text; empty: none.
    pub experimental: &'static str,
    /// The components in the order in which lists show them.
    pub modules: &'static [&'static Module],
    /// All tools, sorted by name as bytes. The versions of one name are in the order of lists, here and in
    /// the other tables.
    pub tools: &'static [Tool],
    /// All resources without variables, sorted by URI as bytes.
    pub resources: &'static [&'static Resource],
    /// All resource templates. The first one that matches a URI answers for it.
    pub templates: &'static [&'static Template],
    /// URIs of resources that were declared and are left out, sorted as bytes: no template answers for
    /// them either.
    pub hidden: &'static [&'static str],
    /// All prompts, sorted by name as bytes.
    pub prompts: &'static [&'static Prompt],
    /// What is answered over plain HTTP, beside MCP.
    pub rest: Rest,
    /// The APIs behind the server.
    pub upstreams: &'static [&'static UpstreamSpec],
    /// Defaults of the command line.
    pub deployment: Deployment,
    /// Bounds of what is accepted.
    pub limits: Limits,
    /// How long clients may keep what they were told, where a component does not say otherwise.
    pub cache: Cache,
    /// Say tags and versions of components in their `_meta`.
    pub component_meta: bool,
    /// Only components with one of these tags are served; none: all are.
    pub include_tags: &'static [&'static str],
    /// Components with one of these tags are not served.
    pub exclude_tags: &'static [&'static str],
    /// What becomes of a component that is added where there is one.
    pub on_duplicate: OnDuplicate,
    /// Entries on one page of a list; 0: all on one page.
    pub list_page_size: usize,
    /// How the state of a dialog with the client is sealed.
    pub request_state: RequestState,
    /// Hide the text of errors that are not meant for the caller.
    pub mask_error_details: bool,
    /// Refuse `"10"` where an integer is declared instead of reading it as 10.
    pub strict_input_validation: bool,
    /// [`codegen::REVISION`](crate::codegen::REVISION) of the generator that wrote the crate.
    pub revision: u32,
}

impl Declaration {
    /// A server without components.
    pub const DEFAULT: Self = Self {
        name: "",
        version: "",
        info: r#"{"name":"","version":""}"#,
        instructions: "",
        experimental: "",
        modules: &[],
        tools: &[],
        resources: &[],
        templates: &[],
        hidden: &[],
        prompts: &[],
        rest: Rest::NONE,
        upstreams: &[],
        deployment: Deployment::DEFAULT,
        limits: Limits::DEFAULT,
        cache: Cache::NONE,
        component_meta: true,
        include_tags: &[],
        exclude_tags: &[],
        on_duplicate: OnDuplicate::Warn,
        list_page_size: 0,
        request_state: RequestState::DEFAULT,
        mask_error_details: false,
        strict_input_validation: false,
        revision: 0,
    };

    /// The operations behind tools, resources and templates; one behind two of them twice.
    pub fn operations(&self) -> impl Iterator<Item = &'static Operation> {
        let of_tools = self.tools.iter().filter_map(|tool| match tool {
            Tool::Forwarded(operation) => Some(*operation),
            Tool::Declared(_) => None,
        });
        let resources = self.resources.iter().map(|resource| resource.source);
        let templates = self.templates.iter().map(|template| template.source);
        of_tools.chain(resources.chain(templates).filter_map(Source::operation))
    }
}

/// The prerendered data of one generated module.
#[derive(Debug)]
pub struct Module {
    /// Name of the module.
    pub name: &'static str,
    /// The entries of `tools/list`.
    pub tools: Listing,
    /// The entries of `resources/list`.
    pub resources: Listing,
    /// The entries of `resources/templates/list`.
    pub templates: Listing,
    /// The entries of `prompts/list`.
    pub prompts: Listing,
    /// One line per forwarded operation with the reply that `--mock` gives, as JSON:
    /// `{"tool", "status", "media_type", "json" | "text" | "base64"}`.
    pub mock: &'static str,
}

impl Module {
    /// A module without components.
    pub const DEFAULT: Self = Self {
        name: "",
        tools: Listing::NONE,
        resources: Listing::NONE,
        templates: Listing::NONE,
        prompts: Listing::NONE,
        mock: "",
    };
}

/// The list entries of one kind of component, in order.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// One line per component: its entry on the 2026-07-28 wire, as compact JSON.
    pub entries: &'static str,
    /// The same lines for wires up to 2025-11-25; an empty line where it is the same entry. Empty
    /// where no component of the module differs.
    pub legacy: &'static str,
}

impl Listing {
    /// No components.
    pub const NONE: Self = Self { entries: "", legacy: "" };

    /// Entries that are the same on all wires.
    #[must_use]
    pub const fn new(entries: &'static str) -> Self {
        Self { entries, legacy: "" }
    }

    /// Other entries for wires up to 2025-11-25.
    #[must_use]
    pub const fn legacy(mut self, legacy: &'static str) -> Self {
        self.legacy = legacy;
        self
    }
}

/// What becomes of a component that is added at run time where there is one of the same kind, id and
/// version.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum OnDuplicate {
    /// It takes the place of the other, and the log says so.
    #[default]
    Warn,
    /// It is refused.
    Error,
    /// It takes the place of the other.
    Replace,
    /// It is dropped.
    Ignore,
}

/// How long a client may keep a list or the contents of a resource (MCP 2026-07-28, caching).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cache {
    /// The time; zero: it is stale at once.
    pub ttl: Duration,
    /// Whether others may be given what one caller was given: `cacheScope` is `public`.
    pub public: bool,
}

impl Cache {
    /// Stale at once, for this client only.
    pub const NONE: Self = Self { ttl: Duration::ZERO, public: false };
}

/// `[server.request_state]`: how the state that a client carries from one round of a dialog to the
/// next is sealed (MCP 2026-07-28, multi round-trip requests).
#[derive(Clone, Copy, Debug)]
pub struct RequestState {
    /// Secrets of at least 32 bytes: the first one seals, each of them opens. None: a key that this
    /// process alone knows, so that a dialog stays with it.
    pub secrets: &'static [Setting],
    /// For whom the state is meant; empty: the name of the server. Servers that share a secret and
    /// are not replicas of each other need different ones.
    pub audience: &'static str,
    /// Time that a round may take.
    pub ttl: Duration,
}

impl RequestState {
    /// A key of the process, ten minutes.
    pub const DEFAULT: Self = Self { secrets: &[], audience: "", ttl: Duration::from_secs(600) };
}

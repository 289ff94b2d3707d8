//! Every decision about the output, as data: which component, which name, which file, in which
//! order, with which text. [`crate::emit`] turns it into files and decides nothing.

mod about;
mod allocate;
mod arguments;
mod census;
pub mod component;
mod components;
mod compose;
mod coverage;
mod declared;
mod declared_names;
mod declared_prompt;
mod declared_resource;
mod declared_result;
mod declared_schema;
mod declared_tool;
mod declared_type;
mod declared_value;
mod discriminator;
mod docs;
mod extension;
mod fetched;
mod format;
mod hash;
mod idle_rule;
mod kind;
mod lifespan;
mod listing;
pub mod lock;
mod media;
mod mock;
mod modules;
pub(crate) mod names;
mod output;
mod read;
pub mod route;
mod secret;
mod select;
mod server;
mod type_table;
mod typed;
mod typed_operation;
mod types;
mod untagged;
mod upstream;
mod value_check;
mod variables;
mod versions;
mod view;
mod wire_schema;

#[cfg(test)]
mod test_support;

pub use compose::plan;
pub use format::Format;
pub use lock::Lock;
pub use types::{
    Absent, Expression, Field, RustType, Shape, Tagged, TaggedVariant, TypeItem, Variant, Width,
};

use std::collections::BTreeSet;

use crate::model::Json;
pub use crate::model::{
    Cache, Capability, Deployment, Folder, Header, Injected, Limits, Message, OnDuplicate,
    RequestState, Style, Task, TaskSupport, TokenEndpoint, Transport, Validation,
};
pub use component::{
    Completer, Completions, Component, Contents, Part, Prompt, PromptSource, Prompts, Read,
    Resource, ResourceSource, Resources, Security,
};
pub use route::Route;

/// The crate to write.
#[derive(Clone, Debug)]
pub struct Crate {
    /// Name of the package: `bookshop-mcp`.
    pub package: String,
    /// Name of the library: `bookshop_mcp`.
    pub library: String,
    /// The command that writes it again, for the header of each file.
    pub command: String,
    /// The input files, as the user gave them, for the header and the README.
    pub inputs: Vec<String>,
    /// Licence of each document that names one, and its terms of service, for the README.
    pub notices: Vec<String>,
    /// The server.
    pub server: Server,
    /// The type that it is started with, where a handler makes one.
    pub lifespan: Option<String>,
    /// The APIs behind it, in the order of their tables.
    pub upstreams: Vec<Upstream>,
    /// The modules of tools, in the order in which lists show them.
    pub modules: Vec<Module>,
    /// The items of the module `models`.
    pub types: Vec<TypeItem>,
    /// The resources and the templates of resources.
    pub resources: Resources,
    /// The prompts.
    pub prompts: Prompts,
    /// The description of the routes, in the words of OpenAPI; `None`: there are none.
    pub routes_document: Option<String>,
    /// What became of the input, in numbers.
    pub report: Report,
}

/// What became of the input, in numbers. They change only when the input or the generator does, so
/// a difference is worth a look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Operations of the documents.
    pub operations: usize,
    /// Operations that became components.
    pub kept: usize,
    /// Operations that mcp.toml or the document excludes.
    pub excluded: usize,
    /// Operations that cannot be used, by reason.
    pub left_out: Vec<(String, usize)>,
    /// Types that are wider than declared.
    pub widened: Vec<(String, usize)>,
    /// Rules that are not checked.
    pub unenforced: Vec<(String, usize)>,
    /// Parts that are not carried over.
    pub skipped: Vec<(String, usize)>,
    /// What was read although it is not as the specification has it, or has no meaning for a server.
    pub tolerated: Vec<(String, usize)>,
}

impl Report {
    /// What became of the operations, in one sentence.
    #[must_use]
    pub fn operations_in_words(&self) -> String {
        let left_out: usize = self.left_out.iter().map(|(_, number)| number).sum();
        format!(
            "{} operations: {} kept, {} excluded, {left_out} left out",
            self.operations, self.kept, self.excluded
        )
    }

    /// The lists that are not empty, each with its heading.
    pub fn lists(&self) -> impl Iterator<Item = (&'static str, &[(String, usize)])> {
        let lists: [(&'static str, &[(String, usize)]); 5] = [
            ("operations left out", &self.left_out),
            ("types widened", &self.widened),
            ("rules not enforced", &self.unenforced),
            ("parts not carried over", &self.skipped),
            ("read with tolerance or without effect", &self.tolerated),
        ];
        lists.into_iter().filter(|(_, list)| !list.is_empty())
    }
}

impl Crate {
    /// Whether a component needs a hand-written handler, so that the crate is a library without a
    /// binary.
    #[must_use]
    pub fn has_handlers(&self) -> bool {
        self.tools().any(|tool| tool.handler().is_some())
            || self.resources.all.iter().any(Resource::has_handler)
            || self.prompts.all.iter().any(Prompt::has_handler)
    }

    /// Whether it has no component at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tools().next().is_none()
            && self.resources.all.is_empty()
            && self.prompts.all.is_empty()
    }

    /// Whether the table of an argument, or the type of a result, does not say all that its schema
    /// says.
    #[must_use]
    pub fn has_schemas(&self) -> bool {
        let is_checked = |tool: &Tool| match &tool.target {
            Target::Handler(declared) => declared.output_schema.is_some(),
            Target::Operation(_) => false,
        };
        self.arguments().any(|argument| argument.schema) || self.tools().any(is_checked)
    }

    /// Whether a resource is read from the disk of the machine that the server runs on.
    #[must_use]
    pub fn has_files(&self) -> bool {
        let sources = self.resources.all.iter().map(|resource| &resource.source);
        sources
            .into_iter()
            .any(|source| matches!(source, ResourceSource::File(_) | ResourceSource::Folder(_)))
    }

    /// Whether a type, or a rule of an argument, is of such a format.
    #[must_use]
    pub fn has_format(&self, is: impl Fn(Format) -> bool) -> bool {
        let is_such = |ty: &RustType| matches!(ty, RustType::Formatted(format) if is(*format));
        self.rust_types().any(|ty| ty.any(&is_such))
            || self.arguments().any(|argument| argument.rules.format.is_some_and(&is))
    }

    /// The items of the module `models` that stand inside of a type with a form of its own on the
    /// wire, sorted.
    #[must_use]
    pub fn models_on_wire(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for ty in self.rust_types().filter(|ty| ty.has_wire_form()) {
            ty.models(&mut found);
        }
        found
    }

    /// The types of fields, arguments and results.
    fn rust_types(&self) -> impl Iterator<Item = &RustType> {
        let of_items = self.types.iter().flat_map(|item| item.shape.types());
        let of_arguments = self.arguments().filter_map(|argument| argument.ty.as_ref());
        let of_tools = self.tools().filter_map(Tool::handler);
        let of_resources = self.resources.all.iter().filter_map(Resource::handler);
        let of_results = of_tools.chain(of_resources).map(|handler| &handler.returns);
        of_items.chain(of_arguments).chain(of_results)
    }

    /// The arguments of all components.
    fn arguments(&self) -> impl Iterator<Item = &Argument> {
        let of_tools = self.tools().flat_map(|tool| &tool.arguments);
        let resources = self.resources.all.iter().map(|resource| &resource.component);
        let prompts = self.prompts.all.iter().map(|prompt| &prompt.component);
        of_tools.chain(resources.chain(prompts).flat_map(|component| &component.arguments))
    }

    /// The operations behind tools and resources.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        let of_tools = self.tools().filter_map(|tool| match &tool.target {
            Target::Operation(operation) => Some(&**operation),
            Target::Handler(_) => None,
        });
        of_tools.chain(self.resources.operations.iter().map(|read| &read.operation))
    }

    /// All tools, in the order of lists, and between them the routes that are none for clients of
    /// MCP.
    pub fn tools(&self) -> impl Iterator<Item = &Tool> {
        self.modules.iter().flat_map(|module| &module.tools)
    }

    /// The routes that handlers answer, in the order in which they are tried.
    pub fn routes(&self) -> impl Iterator<Item = (&Module, &Route)> {
        let of_module =
            |module: &'_ Module| module.tools.iter().filter_map(Tool::route).count() > 0;
        self.modules.iter().filter(move |it| of_module(it)).flat_map(|module| {
            module.tools.iter().filter_map(Tool::route).map(move |route| (module, route))
        })
    }
}

/// What becomes the `Declaration` constant.
#[derive(Clone, Debug)]
pub struct Server {
    /// `serverInfo.name`.
    pub name: String,
    /// Version of the server.
    pub version: String,
    /// `serverInfo` as compact JSON.
    pub info: String,
    /// First paragraph of the crate's documentation, as Markdown that is safe in a doc comment.
    pub docs: String,
    /// Instructions for the model; empty: none.
    pub instructions: String,
    /// `capabilities.experimental` as compact JSON; empty: none.
    pub experimental: String,
    /// How long clients may keep what they were told.
    pub cache: Option<Cache>,
    /// Entries on one page of a list.
    pub list_page_size: Option<u64>,
    /// How the state of a dialog with the client is sealed.
    pub request_state: RequestState,
    /// Keys of `[deployment]` that were given.
    pub deployment: crate::model::Deployment,
    /// Keys of `[limits]` that were given.
    pub limits: crate::model::Limits,
    /// Hide the text of internal errors.
    pub mask_error_details: bool,
    /// No coercion of arguments.
    pub strict_input_validation: bool,
    /// Leave out `_meta.fastmcp` of components.
    pub hide_component_meta: bool,
    /// Components with one of these tags only; empty: all.
    pub include_tags: Vec<String>,
    /// No components with one of these tags.
    pub exclude_tags: Vec<String>,
    /// What becomes of a component that is added at run time where there is one.
    pub on_duplicate: OnDuplicate,
}

/// An `[openapi.NAME]` table.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// Name of the table: `bookshop`.
    pub name: String,
    /// Rust type of the upstream: `Bookshop`.
    pub type_name: String,
    /// Constant of its `UpstreamSpec`: `BOOKSHOP`.
    pub constant: String,
    /// Title of the API for the doc comment.
    pub title: String,
    /// Base URL; empty where nothing gives one. `${NAME}` allowed.
    pub base_url: String,
    /// Environment variable that overrides it: `BOOKSHOP_BASE_URL`.
    pub base_url_variable: String,
    /// Environment variables that are part of URLs and take one of a few values.
    pub variables: Vec<(String, Vec<String>)>,
    /// Seconds for a call.
    pub timeout: f64,
    /// Headers of every request.
    pub headers: Vec<(String, String)>,
    /// The security schemes that operations use.
    pub schemes: Vec<SecurityScheme>,
    /// What of a caller's HTTP request goes on.
    pub forward: Forward,
    /// Folder of the files that arguments may name; empty: none is read. `${NAME}` allowed.
    pub file_root: String,
    /// What happens when a result is not what its tool promises.
    pub validate_output: Validation,
}

/// What of a caller's HTTP request goes on to an API: the runtime's `Forward`.
#[derive(Clone, Debug, Default)]
pub struct Forward {
    /// Headers, in lower case.
    pub headers: Vec<String>,
    /// Cookies.
    pub cookies: Vec<String>,
    /// What becomes of `Authorization`.
    pub authorization: CallerAuthorization,
}

/// What becomes of a caller's `Authorization` header.
#[derive(Clone, Debug, Default)]
pub enum CallerAuthorization {
    /// It stays with the server.
    #[default]
    Never,
    /// It is sent as it came.
    Passthrough,
    /// Its token is exchanged.
    Exchange(TokenGrant),
}

/// A `SecurityScheme` constant.
#[derive(Clone, Debug)]
pub struct SecurityScheme {
    /// Name in the document.
    pub name: String,
    /// Rust constant, unique among the constants of the crate's `upstream` module: `API_KEY`.
    pub constant: String,
    /// What is sent.
    pub credential: Credential,
    /// Where the secret comes from: `${BOOKSHOP_API_KEY}`.
    pub secret: String,
    /// How the secret is fetched where it is not set.
    pub grant: Option<TokenGrant>,
}

/// How a token is fetched: the runtime's `TokenGrant`. `${NAME}` is allowed in all but the scopes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TokenGrant {
    /// Where it is asked for.
    pub endpoint: TokenEndpoint,
    /// The client's name.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
    /// The audience to ask for; empty: none.
    pub audience: String,
}

/// How a secret is sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Credential {
    /// In this header.
    Header(String),
    /// In this query parameter.
    Query(String),
    /// In this cookie.
    Cookie(String),
    /// `Authorization: Basic`
    Basic,
    /// `Authorization: Bearer`
    Bearer,
}

/// One module below `tools`: the tools of one tag, or the declared ones.
#[derive(Clone, Debug)]
pub struct Module {
    /// Rust name, and name of its files: `books` gives `src/tools/books.rs`.
    pub name: String,
    /// Its documentation.
    pub docs: String,
    /// The tools, in the order of lists.
    pub tools: Vec<Tool>,
    /// The patterns that its arguments use, each once.
    pub patterns: Vec<Pattern>,
}

/// A `Pattern` constant of a module.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pattern {
    /// Rust constant: `ISBN`.
    pub constant: String,
    /// The expression, known to compile.
    pub text: String,
}

/// A tool.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Name for clients: `get_book`.
    pub name: String,
    /// Rust constant of its table: `GET_BOOK`.
    pub constant: String,
    /// Rust type of its arguments: `GetBook`, for declared tools `AddArgs`.
    pub type_name: String,
    /// Documentation of the constant, as Markdown that is safe in a doc comment. The last
    /// paragraph names the operation.
    pub docs: String,
    /// Its entry in `tools/list` on the 2026-07-28 wire, as compact JSON in one line.
    pub listing: String,
    /// The entry on older wires, where it differs.
    pub legacy_listing: Option<String>,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// What it promises about its result.
    pub output: Output,
    /// What is behind it.
    pub target: Target,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its version.
    pub version: Option<String>,
    /// Whether clients of MCP see it; a route need not be a tool.
    pub listed: bool,
    /// Seconds for a call, where the declaration names a time.
    pub timeout: Option<f64>,
}

/// What a tool promises about its structured content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Output {
    /// No output schema.
    Undeclared,
    /// An output schema whose root is an object.
    Object,
    /// An output schema with another root.
    Wrapped,
}

/// What is behind a tool.
#[derive(Clone, Debug)]
pub enum Target {
    /// An operation of an upstream.
    Operation(Box<Operation>),
    /// A method of the `Handlers` trait.
    Handler(Declared),
}

impl Tool {
    /// The method that answers it, where it is written by hand.
    #[must_use]
    pub const fn handler(&self) -> Option<&Handler> {
        match &self.target {
            Target::Handler(declared) => Some(&declared.handler),
            Target::Operation(_) => None,
        }
    }

    /// The HTTP operation that it is too, where it is one.
    #[must_use]
    pub fn route(&self) -> Option<&Route> {
        match &self.target {
            Target::Handler(declared) => declared.route.as_deref(),
            Target::Operation(_) => None,
        }
    }
}

/// What only declared tools have.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The method that answers it.
    pub handler: Handler,
    /// The input schema as JSON text, where it is written by hand. Then there is one argument, which
    /// stands for all of them.
    pub schema: Option<String>,
    /// The output schema as JSON text, where the type of the results does not keep to it by itself.
    pub output_schema: Option<String>,
    /// What a client must offer.
    pub requires: Vec<Capability>,
    /// The arguments that HTTP clients repeat in a header.
    pub headers: Vec<Header>,
    /// Whether a call can outlive its request.
    pub task: Task,
    /// The HTTP operation that it is too.
    pub route: Option<Box<Route>>,
}

/// A forwarded operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Index into [`Crate::upstreams`].
    pub upstream: usize,
    /// URL of its own server, `${NAME}` allowed, or relative to the base URL of the upstream; empty
    /// where it has none.
    pub server: String,
    /// `operationId`; empty where there is none.
    pub id: String,
    /// Method in upper case.
    pub method: String,
    /// The path template as the document has it.
    pub template: String,
    /// The path template in pieces.
    pub path: Vec<Segment>,
    /// How the body is written.
    pub body: Option<Body>,
    /// `Accept` header.
    pub accept: String,
    /// Alternatives of schemes: indices into [`Upstream::schemes`].
    pub security: Vec<Vec<usize>>,
    /// The reply that `--mock` gives.
    pub mock: MockReply,
    /// What a typed call of it gives; `None`: there is none.
    pub response: Option<RustType>,
}

/// A piece of a path template.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Segment {
    /// Text.
    Literal(String),
    /// Index into [`Tool::arguments`].
    Argument(usize),
}

/// How a request body is written.
#[derive(Clone, Debug)]
pub struct Body {
    /// Its encoding.
    pub format: BodyFormat,
    /// Its media type, as the document declares it.
    pub media_type: String,
    /// Sent even when no argument is given.
    pub required: bool,
}

/// The encodings of a request body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BodyFormat {
    /// JSON.
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `multipart/form-data`
    Multipart,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// A line of JSON for each item.
    JsonLines,
    /// A JSON text sequence (RFC 7464).
    JsonSequence,
}

/// A canned reply.
#[derive(Clone, Debug, PartialEq)]
pub struct MockReply {
    /// HTTP status.
    pub status: u16,
    /// Media type; empty for no body.
    pub media_type: String,
    /// The body.
    pub body: MockBody,
}

/// Body of a canned reply.
#[derive(Clone, Debug, PartialEq)]
pub enum MockBody {
    /// No body.
    Empty,
    /// JSON.
    Json(Json),
    /// Text.
    Text(String),
    /// Base64 of bytes.
    Base64(String),
}

/// A method of the `Handlers` trait.
#[derive(Clone, Debug)]
pub struct Handler {
    /// Name of the method.
    pub method: String,
    /// Rust type of the result: `i64`, `Vec<String>`, `ToolResult`.
    pub returns: RustType,
    /// It blocks its thread.
    pub blocking: bool,
}

/// An argument of a tool.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Name for clients.
    pub name: String,
    /// Name on the wire of the upstream.
    pub wire: String,
    /// Field of the argument struct, a valid Rust identifier, raw (`r#type`) where it must be.
    pub field: String,
    /// Documentation of the field.
    pub docs: String,
    /// Where the value goes.
    pub place: Place,
    /// How a parameter or a form field is written.
    pub style: crate::model::Style,
    /// `explode`
    pub explode: bool,
    /// `allowReserved`
    pub allow_reserved: bool,
    /// Has to be given.
    pub required: bool,
    /// `null` is a value.
    pub nullable: bool,
    /// Sent where the caller gives no value.
    pub default: Option<Json>,
    /// Whoever reads it finds a value always: the caller's, or the default.
    pub filled: bool,
    /// Not listed: `default` is sent whatever the caller gives.
    pub hidden: bool,
    /// Where the value comes from that a handler is given, if not from the caller. It is hidden too.
    pub injected: Option<Injected>,
    /// JSON type.
    pub kind: Kind,
    /// Type of the field, where it is not that of the kind.
    pub ty: Option<RustType>,
    /// Limits.
    pub rules: Rules,
    /// Media type of a form field or a part; empty: none named.
    pub media_type: String,
    /// Kind and limits do not say all that the listed schema says.
    pub schema: bool,
    /// Headers of a multipart part.
    pub part_headers: Vec<(String, String)>,
}

/// Where the value of an argument goes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Place {
    /// Into the path.
    Path,
    /// Into the query string.
    Query,
    /// It is the query string.
    QueryString,
    /// Into a header.
    Header,
    /// Into a cookie.
    Cookie,
    /// Into a property of the body.
    Property,
    /// Its members are properties of the body.
    Properties,
    /// It is the body.
    Body,
    /// To the handler of a declared tool.
    Handler,
}

/// The JSON type of an argument: the names of the runtime's `Kind`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Anything.
    Any,
    /// A string.
    Text,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// A boolean.
    Flag,
    /// A list of strings.
    Texts,
    /// A list of integers.
    Integers,
    /// A list of numbers.
    Numbers,
    /// A list of booleans.
    Flags,
    /// A list of anything.
    List,
    /// An object.
    Object,
    /// The content of a file.
    File,
    /// A list of files.
    Files,
}

/// Limits of a value, as the runtime's `Rules`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// `minimum`
    pub minimum: Option<serde_json::Number>,
    /// `maximum`
    pub maximum: Option<serde_json::Number>,
    /// `exclusiveMinimum`
    pub above: Option<serde_json::Number>,
    /// `exclusiveMaximum`
    pub below: Option<serde_json::Number>,
    /// `multipleOf`
    pub multiple_of: Option<serde_json::Number>,
    /// `minLength`
    pub min_length: Option<u32>,
    /// `maxLength`
    pub max_length: Option<u32>,
    /// `minItems`
    pub min_items: Option<u32>,
    /// `maxItems`
    pub max_items: Option<u32>,
    /// `uniqueItems`
    pub unique_items: bool,
    /// Index into [`Module::patterns`].
    pub pattern: Option<usize>,
    /// `format` or `contentEncoding`, of values whose type wants it.
    pub format: Option<Format>,
    /// `enum`: the accepted values.
    pub one_of: Vec<Json>,
}

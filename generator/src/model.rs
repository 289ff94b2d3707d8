//! What a declaration says, resolved: plain public data without a trace of its file format.
//!
//! References are followed, versions are one, types are read. Rust names, MCP and tokens are
//! unknown here.

pub mod argument;
pub mod component;
pub mod declared_model;
pub mod prompt;
pub mod resource;
pub mod route;
pub mod schema;

use indexmap::IndexMap;

use crate::source::Span;
pub use argument::{ArgumentType, Complete, DeclaredArgument, Injected};
pub use component::{About, Cache, Capability, DeclaredTool, Header, Icon, Task, TaskSupport};
pub use declared_model::{DeclaredModel, ModelShape};
pub use prompt::{DeclaredPrompt, Message};
pub use resource::{
    DeclaredResource, Folder, ResourceAnnotations, ResourceSecurity, ResourceSource, UriPart,
};
pub use route::{DeclaredRoute, RoutePart, RouteRule, RouteSource};
pub use schema::{Schema, SchemaId, Schemas};

/// A JSON value of a document: a default, an example, an extension.
pub type Json = serde_json::Value;

/// Everything that one `mcp.toml`, or one bare document, declares.
#[derive(Clone, Debug, Default)]
pub struct Declaration {
    /// Short name of the server: the folder below `specs/`, or `--name`. `bookshop`.
    pub name: String,
    /// `[server]`.
    pub server: Server,
    /// `[deployment]`.
    pub deployment: Deployment,
    /// `[limits]`.
    pub limits: Limits,
    /// `[lifespan]`: the name of the type that the server is started with, and its place.
    pub lifespan: Option<(String, Span)>,
    /// The documents, in the order of their `[openapi.NAME]` tables.
    pub documents: Vec<Document>,
    /// The `[model.NAME]` and `[enum.NAME]` tables, models first.
    pub models: Vec<DeclaredModel>,
    /// The `[[tool]]` tables, and the `[[route]]` tables that a handler answers.
    pub tools: Vec<DeclaredTool>,
    /// The `[[resource]]` tables.
    pub resources: Vec<DeclaredResource>,
    /// The URIs of `[[resource]]` tables without variables that have `enabled = false`.
    pub disabled: Vec<String>,
    /// The `[[route]]` tables that a handler would answer and that have `enabled = false`.
    pub disabled_routes: Vec<DeclaredTool>,
    /// The `[[prompt]]` tables.
    pub prompts: Vec<DeclaredPrompt>,
}

/// `[server]`: who the server is.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// `serverInfo.name`; the declaration's name where absent.
    pub name: Option<String>,
    /// Version; the document's where absent, else `0.1.0`.
    pub version: Option<String>,
    /// Title for people; the document's where absent.
    pub title: Option<String>,
    /// Description for people.
    pub description: Option<String>,
    /// Instructions for the model.
    pub instructions: Option<String>,
    /// Website.
    pub website_url: Option<String>,
    /// Hide the text of internal errors.
    pub mask_error_details: bool,
    /// No coercion of arguments.
    pub strict_input_validation: bool,
    /// Leave out `_meta.fastmcp` of components.
    pub hide_component_meta: bool,
    /// The rule that makes tool names.
    pub names: NameRule,
    /// Components with one of these tags only; empty: all.
    pub include_tags: Vec<String>,
    /// No components with one of these tags.
    pub exclude_tags: Vec<String>,
    /// What becomes of a component that is added at run time where there is one.
    pub on_duplicate: OnDuplicate,
    /// Icons.
    pub icons: Vec<Icon>,
    /// Entries on one page of a list.
    pub list_page_size: Option<u64>,
    /// How long clients may keep what they were told.
    pub cache: Option<Cache>,
    /// How the state of a dialog with the client is sealed.
    pub request_state: RequestState,
    /// What the variables of URIs must not be.
    pub resource_security: ResourceSecurity,
    /// `capabilities.experimental`.
    pub experimental: serde_json::Map<String, Json>,
}

/// `[server.request_state]`.
#[derive(Clone, Debug, Default)]
pub struct RequestState {
    /// Secrets, `${NAME}` in each.
    pub keys: Vec<String>,
    /// For whom the state is meant.
    pub audience: Option<String>,
    /// Seconds that a round may take.
    pub ttl: Option<f64>,
}

/// What becomes of a component that is added at run time where there is one of its key.
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

/// How tool names are made from operations.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum NameRule {
    /// The rule of this project: at most 64 characters after the namespace.
    #[default]
    Mcpwright,
    /// FastMCP's rule: 56 characters, other characters dropped.
    Fastmcp,
}

/// `[deployment]`. `None` takes the runtime's default.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    /// How the server is reached.
    pub transport: Option<Transport>,
    /// Address to bind.
    pub host: Option<String>,
    /// Port to bind.
    pub port: Option<u16>,
    /// Path of the MCP endpoint.
    pub path: Option<String>,
    /// Log level.
    pub log_level: Option<String>,
    /// No sessions.
    pub stateless: Option<bool>,
    /// Answers as JSON always.
    pub json_response: Option<bool>,
    /// Headers for browsers.
    pub cors: Option<bool>,
    /// Accepted hosts.
    pub allowed_hosts: Vec<String>,
    /// Accepted origins.
    pub allowed_origins: Vec<String>,
    /// Bind outside loopback without authentication.
    pub allow_unauthenticated: Option<bool>,
}

/// How a server is reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Transport {
    /// Standard input and output.
    Stdio,
    /// Streamable HTTP.
    Http,
    /// HTTP with server-sent events, as in 2024-11-05.
    Sse,
}

/// `[limits]`. `None` takes the runtime's default. Times are seconds.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Bytes of a request body.
    pub request_body: Option<u64>,
    /// Nesting of a JSON body.
    pub json_depth: Option<u64>,
    /// Bytes of the head of an HTTP request.
    pub headers: Option<u64>,
    /// Requests at once.
    pub in_flight: Option<u64>,
    /// Seconds for a tool call.
    pub tool_time: Option<f64>,
    /// Seconds for an upstream call.
    pub upstream_time: Option<f64>,
    /// Bytes of an upstream response.
    pub upstream_response: Option<u64>,
    /// Bytes of a file that is read as a resource.
    pub resource_size: Option<u64>,
    /// Sessions at once.
    pub sessions: Option<u64>,
    /// Seconds until an unused session is dropped.
    pub session_idle: Option<f64>,
    /// Streams at once.
    pub streams: Option<u64>,
    /// Events of a stream that are kept.
    pub stream_events: Option<u64>,
    /// Tasks at once.
    pub tasks: Option<u64>,
    /// Seconds for the client to answer what it is asked.
    pub ask_time: Option<f64>,
}

/// One `[openapi.NAME]` table with its document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Name of the table.
    pub name: String,
    /// The document.
    pub api: Api,
    /// What the table says about it.
    pub settings: DocumentSettings,
}

/// The keys of an `[openapi.NAME]` table, checked against the document.
#[derive(Clone, Debug, Default)]
pub struct DocumentSettings {
    /// Base URL instead of the document's, `${NAME}` allowed.
    pub base_url: Option<String>,
    /// Values of server variables, `${NAME}` allowed.
    pub variables: IndexMap<String, String>,
    /// URL of a server that single operations have to the URL to call instead, `${NAME}` allowed.
    pub servers: IndexMap<String, String>,
    /// Prefix of the tool names.
    pub namespace: Option<String>,
    /// Seconds for a call.
    pub timeout: Option<f64>,
    /// Headers of every request, `${NAME}` allowed in values.
    pub headers: IndexMap<String, String>,
    /// Security scheme to its secret or its login.
    pub credentials: IndexMap<String, CredentialSettings>,
    /// What of a caller's HTTP request goes on.
    pub forward: Forward,
    /// Folder of the files that arguments may name, `${NAME}` allowed.
    pub file_root: Option<String>,
    /// What happens when a result is not what its tool promises.
    pub validate_output: Validation,
    /// Problems of single operations are errors.
    pub strict: bool,
    /// Another rule for names than the server's.
    pub names: Option<NameRule>,
    /// Whose arguments and results have types of their own.
    pub typed: Typed,
    /// Operation id to tool name.
    pub tools: IndexMap<String, ChosenName>,
    /// Operation id to what is said about it.
    pub operations: IndexMap<String, OperationSettings>,
    /// Rules that choose operations; the first that matches decides.
    pub route_maps: Vec<RouteMap>,
}

/// The operations whose arguments and results have Rust types of their own, unless their tables say
/// otherwise.
#[derive(Clone, Debug, Default)]
pub enum Typed {
    /// None.
    #[default]
    None,
    /// All.
    All,
    /// These: what `mcp.toml` calls the operation, and where.
    Some(IndexMap<String, Span>),
}

/// What happens when a result does not fit the output schema of its tool.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Validation {
    /// The call fails.
    Strict,
    /// The log says so.
    #[default]
    Warn,
    /// Nothing.
    Off,
}

/// `[openapi.NAME.forward]`: what of a caller's HTTP request goes on to the API.
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
    /// Its token is exchanged (RFC 8693); always a login with endpoint, name and secret.
    Exchange(CredentialSettings),
}

/// An entry of `credentials`; `${NAME}` is allowed in every text but the scopes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CredentialSettings {
    /// The secret itself.
    Secret(String),
    /// A login with which tokens are fetched. What is absent follows from the document.
    Login {
        /// `client_id`
        client_id: Option<String>,
        /// `client_secret`
        client_secret: Option<String>,
        /// `token_url`
        token_url: Option<String>,
        /// `scopes`, instead of those that the operations require.
        scopes: Option<Vec<String>>,
        /// `audience`
        audience: Option<String>,
    },
}

/// A name for clients that somebody wrote into `mcp.toml`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChosenName {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// `[openapi.NAME.operation."ID"]`.
#[derive(Clone, Debug, Default)]
pub struct OperationSettings {
    /// Where the table stands.
    pub span: Option<Span>,
    /// Name of the tool.
    pub name: Option<ChosenName>,
    /// Title for people.
    pub title: Option<String>,
    /// Description instead of the document's.
    pub description: Option<String>,
    /// Hints that replace those derived from the method.
    pub annotations: Annotations,
    /// Tags in addition to the document's.
    pub tags: Vec<String>,
    /// What the operation becomes, whatever route maps say, and where that stands.
    pub component: Option<(RouteComponent, Span)>,
    /// Argument, by its name on the wire, to what is said about it.
    pub arguments: IndexMap<String, ArgumentSettings>,
    /// Seconds for a call.
    pub timeout: Option<f64>,
    /// The media type of the body, with its place, where the document has several.
    pub body: Option<(String, Span)>,
    /// Whether arguments and result have types of their own, whatever the document's table says, and
    /// where that stands.
    pub typed: Option<(bool, Span)>,
}

/// `args.NAME` of an operation.
#[derive(Clone, Debug, Default)]
pub struct ArgumentSettings {
    /// Where its key stands.
    pub span: Option<Span>,
    /// Name for clients.
    pub name: Option<ChosenName>,
    /// Description instead of the document's.
    pub description: Option<String>,
    /// Value where the caller gives none.
    pub default: Option<Json>,
    /// Where the default stands.
    pub default_span: Option<Span>,
    /// Not an argument: `default` is always sent.
    pub hide: bool,
    /// Examples for the model.
    pub examples: Vec<Json>,
}

/// Hints about what a tool does (MCP `ToolAnnotations`).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Annotations {
    /// Title for people.
    pub title: Option<String>,
    /// Changes nothing.
    pub read_only: Option<bool>,
    /// May destroy something.
    pub destructive: Option<bool>,
    /// Twice is as good as once.
    pub idempotent: Option<bool>,
    /// Reaches things outside the server.
    pub open_world: Option<bool>,
}

/// One `[[openapi.NAME.route_map]]`: `FastMCP`'s `RouteMap`.
#[derive(Clone, Debug, Default)]
pub struct RouteMap {
    /// Methods in upper case; empty: all.
    pub methods: Vec<String>,
    /// Regular expression searched for in the path; `None`: every path.
    pub pattern: Option<String>,
    /// Tags that an operation must all have.
    pub tags: Vec<String>,
    /// What the operation becomes.
    pub component: RouteComponent,
    /// Where that stands.
    pub span: Option<Span>,
    /// Tags for the component.
    pub add_tags: Vec<String>,
}

/// What an operation becomes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum RouteComponent {
    /// A tool.
    #[default]
    Tool,
    /// A resource.
    Resource,
    /// A template of resources.
    Template,
    /// Nothing.
    Exclude,
}

/// An OpenAPI document, resolved.
#[derive(Clone, Debug, Default)]
pub struct Api {
    /// Path of the document as the user gave it.
    pub source: String,
    /// `info.title`; empty where it has none.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// `info.description`, else `info.summary`.
    pub description: Option<String>,
    /// `info.license.name`.
    pub license: Option<String>,
    /// `info.termsOfService`.
    pub terms_of_service: Option<String>,
    /// The server that is called: the one that the declaration names, else the first.
    pub server: Option<ApiServer>,
    /// What all servers are called.
    pub servers: Vec<ServerName>,
    /// The tags, in the order of the document.
    pub tags: Vec<Tag>,
    /// The operations, in the order of the document. Operations that had to be left out are not
    /// among them; a diagnostic says why.
    pub operations: Vec<Operation>,
    /// Method and path, and the id if there is one, of each operation that had to be left out.
    pub left_out: Vec<String>,
    /// How many operations had to be left out, by reason.
    pub skipped: IndexMap<String, usize>,
    /// `components.securitySchemes`.
    pub security_schemes: IndexMap<String, SecurityScheme>,
    /// All schemas that the operations use.
    pub schemas: Schemas,
    /// What was ignored or read with tolerance, counted by what it was.
    pub census: IndexMap<String, usize>,
}

/// What a server of a document is called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServerName {
    /// Its URL with its variables in braces, as the document has it.
    pub url: String,
    /// `name`
    pub name: Option<String>,
    /// `description`
    pub description: Option<String>,
}

impl ServerName {
    /// Whether a text names the server.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        let names = [Some(&self.url), self.name.as_ref(), self.description.as_ref()];
        names.into_iter().flatten().any(|name| name.trim() == text.trim())
    }
}

/// A server of a document: where its requests go.
#[derive(Clone, Debug)]
pub struct ApiServer {
    /// Where it stands.
    pub span: Span,
    /// Its URL with its variables in braces; may be relative to where the document came from.
    pub url: String,
    /// The variables of the URL.
    pub variables: IndexMap<String, ServerVariable>,
}

/// A variable of the URL of a server.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ServerVariable {
    /// What stands for it where nothing else is said.
    pub default: Option<String>,
    /// The values that it takes; empty: any.
    pub values: Vec<String>,
}

impl ApiServer {
    /// Whether this is the same server, wherever it stands.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.url == other.url && self.variables == other.variables
    }

    /// The URL with its variables replaced by what `value` says.
    #[must_use]
    pub fn url_with(&self, value: impl Fn(&str, &ServerVariable) -> String) -> String {
        let mut url = String::new();
        let mut rest = self.url.as_str();
        while let Some((before, name, after)) = rest.split_once('{').and_then(|(before, inside)| {
            inside.split_once('}').map(|(name, after)| (before, name, after))
        }) {
            url.push_str(before);
            match self.variables.get(name) {
                Some(variable) => url.push_str(&value(name, variable)),
                None => url.push_str(&value(name, &ServerVariable::default())),
            }
            rest = after;
        }
        url.push_str(rest);
        url
    }
}

/// A tag of a document.
#[derive(Clone, Debug, Default)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
}

/// An operation with everything that concerns it: path-level parameters merged, defaults of the
/// document filled in, references followed.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Where it stands.
    pub span: Span,
    /// JSON pointer of it: `/paths/~1books/get`.
    pub pointer: String,
    /// Method in upper case.
    pub method: String,
    /// The path template: `/books/{isbn}`.
    pub path: String,
    /// `operationId`, with its place.
    pub operation_id: Option<(String, Span)>,
    /// Its tags.
    pub tags: Vec<String>,
    /// `summary`
    pub summary: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `deprecated`
    pub deprecated: bool,
    /// Parameters: path-level ones first, then its own, an own one in the place of the path-level
    /// one with the same name and location. Every variable of the path has one.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<RequestBody>,
    /// Responses in the order of the document.
    pub responses: Vec<Response>,
    /// Alternatives of security schemes; an empty alternative means none is needed. The document's
    /// where the operation says nothing.
    pub security: Vec<Vec<RequiredScheme>>,
    /// The server of the operation or of its path, where that is not [`Api::server`].
    pub server: Option<ApiServer>,
    /// The `x-` keys.
    pub extensions: IndexMap<String, Json>,
}

/// A security scheme in an alternative of an operation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequiredScheme {
    /// Its name.
    pub name: String,
    /// The scopes that it has to grant.
    pub scopes: Vec<String>,
}

/// The name in a variable of a path that says more: `{proxy+}` as gateways write it, `{path*}`,
/// `{id:[0-9]+}`.
#[must_use]
pub fn variable_name(variable: &str) -> &str {
    let is_pattern = |text: &str| text.contains(['[', '(', '\\', '.', '^', '*', '+']);
    let name = match variable.split_once(':') {
        Some((name, pattern)) if is_pattern(pattern) => name,
        _ => variable.trim_end_matches(['+', '*']),
    };
    if name.is_empty() { variable } else { name }
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Where it stands.
    pub span: Span,
    /// Its name on the wire.
    pub name: String,
    /// Where it goes.
    pub location: Location,
    /// `description`
    pub description: Option<String>,
    /// `required`; always true in the path.
    pub required: bool,
    /// `deprecated`
    pub deprecated: bool,
    /// `style`, the default of the location filled in; [`Style::Json`] for `content` parameters.
    pub style: Style,
    /// `explode`, the default of the style filled in.
    pub explode: bool,
    /// `allowReserved`
    pub allow_reserved: bool,
    /// The media type of its `content`, where that is not JSON.
    pub media_type: Option<String>,
    /// Its schema, if it has one.
    pub schema: Option<SchemaId>,
    /// `example`, or the first of `examples`.
    pub example: Option<Json>,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Location {
    /// `in: path`
    Path,
    /// `in: query`
    Query,
    /// `in: querystring` (3.2): the value is the whole query string, written as the media type of
    /// its `content` says.
    Querystring,
    /// `in: header`
    Header,
    /// `in: cookie`
    Cookie,
}

/// How a parameter is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// `simple`
    Simple,
    /// `label`
    Label,
    /// `matrix`
    Matrix,
    /// `form`
    Form,
    /// `spaceDelimited`
    SpaceDelimited,
    /// `pipeDelimited`
    PipeDelimited,
    /// `tsv` of Swagger 2.0.
    TabDelimited,
    /// `deepObject`
    DeepObject,
    /// `cookie` (3.2): like `form`, nothing percent-encoded.
    Cookie,
    /// By the type of the value: a body property or `content` without a style of its own.
    Content,
    /// JSON text, from `content`.
    Json,
}

/// A request body.
#[derive(Clone, Debug)]
pub struct RequestBody {
    /// Where it stands.
    pub span: Span,
    /// `description`
    pub description: Option<String>,
    /// `required`
    pub required: bool,
    /// Its media types, in the order of the document.
    pub content: Vec<MediaType>,
}

/// One entry of `content`.
#[derive(Clone, Debug)]
pub struct MediaType {
    /// The media type as it is written.
    pub name: String,
    /// Its schema.
    pub schema: Option<SchemaId>,
    /// `itemSchema` (3.2): the schema of each item of a stream, such as JSON lines or server-sent
    /// events.
    pub item_schema: Option<SchemaId>,
    /// `example`, or the first of `examples`.
    pub example: Option<Json>,
    /// `encoding` of properties.
    pub encodings: IndexMap<String, Encoding>,
}

/// The encoding of one property of a form.
#[derive(Clone, Debug, Default)]
pub struct Encoding {
    /// `contentType`
    pub content_type: Option<String>,
    /// `style`
    pub style: Option<Style>,
    /// `explode`
    pub explode: Option<bool>,
    /// `allowReserved`
    pub allow_reserved: bool,
    /// `headers` whose values the document fixes, by `const`, a single `enum` or a `default`.
    pub headers: Vec<(String, String)>,
}

/// A response.
#[derive(Clone, Debug)]
pub struct Response {
    /// Where it stands.
    pub span: Span,
    /// Its status.
    pub status: Status,
    /// `description`
    pub description: Option<String>,
    /// Its media types, in the order of the document.
    pub content: Vec<MediaType>,
}

/// The key of a response.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Status {
    /// `200`
    Code(u16),
    /// `2XX`
    Range(u8),
    /// `default`
    Default,
}

/// An entry of `components.securitySchemes`.
#[derive(Clone, Debug)]
pub struct SecurityScheme {
    /// Where it stands.
    pub span: Span,
    /// What is sent.
    pub kind: SecurityKind,
}

/// How a scheme authenticates.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SecurityKind {
    /// `apiKey` with its location and name.
    ApiKey(Location, String),
    /// `http` with scheme `basic`.
    Basic,
    /// `http` with scheme `bearer`.
    Bearer,
    /// `oauth2`: a token that is sent as bearer, and where a server gets one for itself.
    OAuth2(Option<TokenEndpoint>),
    /// `openIdConnect`: a token that is sent as bearer, and where a server gets one for itself.
    OpenIdConnect(Option<TokenEndpoint>),
    /// Anything else, by name: `mutualTLS`, another `http` scheme.
    Other(String),
}

/// Where tokens are asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TokenEndpoint {
    /// At this URL.
    Url(String),
    /// At the endpoint that the metadata at this URL names.
    Metadata(String),
}

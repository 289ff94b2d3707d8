//! `[openapi.NAME]` and the tables in it.

use super::field::{Field, Placed, Table};
use super::forward::{self, ForwardTable, is_token, parse_forward};
use super::key::{Key, Keys, Value};
use super::settings::NAME_RULES;
use super::words::{components, documents};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// `[openapi.NAME]`
#[derive(Clone, Debug)]
pub struct DocumentTable {
    /// The name of the table.
    pub name: Placed<String>,
    /// `spec`
    pub spec: Option<Placed<String>>,
    /// `base_url`
    pub base_url: Option<String>,
    /// `server`: one of the servers of the document.
    pub server: Option<Placed<String>>,
    /// `variables`: server variable to value.
    pub variables: Vec<(String, Placed<String>)>,
    /// `servers`: URL of a server of single operations to the one to call.
    pub servers: Vec<(String, Placed<String>)>,
    /// `namespace`
    pub namespace: Option<String>,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `headers`
    pub headers: Vec<(String, Placed<String>)>,
    /// `credentials`: security scheme to its secret or its login.
    pub credentials: Vec<(Placed<String>, CredentialTable)>,
    /// `forward`
    pub forward: ForwardTable,
    /// `file_root`
    pub file_root: Option<String>,
    /// `validate_output`
    pub validate_output: Option<Validation>,
    /// `strict`
    pub strict: Option<bool>,
    /// `names = "fastmcp"`
    pub fastmcp_names: Option<bool>,
    /// `typed`: the operations whose arguments and results have types of their own.
    pub typed: Option<TypedWord>,
    /// `tools`: operation id to name.
    pub tools: Vec<(Placed<String>, Placed<String>)>,
    /// `operation`
    pub operations: Vec<OperationTable>,
    /// `route_map`
    pub route_maps: Vec<RouteMapTable>,
}

pub(super) const KEYS: Keys = Keys::of(&[
    Key::new(
        "spec",
        Value::Text,
        "The document: OpenAPI 3.0, 3.1 or 3.2 or Swagger 2.0, beside this file",
    ),
    Key::new("base_url", Value::Start, "Where requests go, instead of the servers of the document"),
    Key::new(
        "server",
        Value::Text,
        "The server of the document to call: its URL, name or description",
    ),
    Key::new("variables", Value::Map(&Value::Start), "Values of the variables in server URLs"),
    Key::new(
        "servers",
        Value::Map(&Value::Start),
        "Other URLs for the servers that single operations have",
    ),
    Key::new("namespace", Value::Text, "Prefix of the tool names"),
    Key::new("timeout", Value::Seconds, "Seconds for a call"),
    Key::new("headers", Value::Map(&Value::Start), "Sent with every request"),
    Key::new(
        "credentials",
        Value::Map(&Value::OneOf(&[Value::Start, Value::Table(&LOGIN_KEYS)])),
        "Secrets of the security schemes, or logins that fetch tokens",
    ),
    Key::new("forward", Value::Table(&forward::KEYS), "What of a caller's HTTP request goes on"),
    Key::new("file_root", Value::Start, "Folder below which file arguments may name files"),
    Key::new(
        "validate_output",
        Value::Words(&VALIDATIONS),
        "What happens when a result is not what its tool promises",
    ),
    Key::new("strict", Value::Flag, "An operation that cannot be read is an error"),
    Key::new("names", Value::Words(&NAME_RULES), "The rule that makes tool names"),
    Key::new(
        "typed",
        Value::OneOf(&[Value::Flag, Value::Texts]),
        "Operations whose arguments and results have Rust types of their own: all, or those with these ids",
    ),
    Key::new("overlays", Value::Texts, "Overlays that change the document, in this order"),
    Key::new("references", Value::Texts, "Folders where references to files may lead"),
    Key::new("tools", Value::Map(&Value::Text), "Operation id to name of the tool"),
    Key::new(
        "operation",
        Value::Map(&Value::Table(&OPERATION_KEYS)),
        "What single operations become",
    ),
    Key::new(
        "route_map",
        Value::List(&Value::Table(&ROUTE_MAP_KEYS)),
        "Rules that choose operations; the first that matches decides",
    ),
])
.called(&[documents::OPENAPI]);

pub(super) fn parse_document(field: &Field<'_>, diagnostics: &mut Diagnostics) -> DocumentTable {
    let name = Placed { value: field.name().to_owned(), span: field.key_span() };
    if !is_plain_name(&name.value) {
        let help = "it begins with a letter and goes on with letters, digits, `-` and `_`";
        let diagnostic = field.fault(Code::E0307, "is not a name for a document", "");
        diagnostics.push(diagnostic.at(field.key_span(), "").help(help));
    }
    let mut document = DocumentTable {
        name,
        spec: None,
        base_url: None,
        server: None,
        variables: Vec::new(),
        servers: Vec::new(),
        namespace: None,
        timeout: None,
        headers: Vec::new(),
        credentials: Vec::new(),
        forward: ForwardTable::default(),
        file_root: None,
        validate_output: None,
        strict: None,
        fastmcp_names: None,
        typed: None,
        tools: Vec::new(),
        operations: Vec::new(),
        route_maps: Vec::new(),
    };
    for field in field.table().known(&KEYS, diagnostics) {
        match field.name() {
            "spec" => document.spec = field.placed_text(diagnostics),
            "base_url" => document.base_url = base_url(&field, diagnostics),
            "server" => document.server = field.placed_text(diagnostics),
            "variables" => document.variables = field.run_time_texts(diagnostics),
            "servers" => {
                for server in field.table().fields(diagnostics) {
                    if let Some(value) = base_url(&server, diagnostics) {
                        let span = server.key_span();
                        document.servers.push((server.name().to_owned(), Placed { value, span }));
                    }
                }
            }
            "namespace" => document.namespace = namespace(&field, diagnostics),
            "timeout" => document.timeout = field.seconds(diagnostics),
            "headers" => document.headers = headers(&field, diagnostics),
            "credentials" => document.credentials = credentials(&field, diagnostics),
            "forward" => document.forward = parse_forward(&field, diagnostics),
            "file_root" => document.file_root = field.run_time_text(diagnostics),
            "validate_output" => {
                document.validate_output = field.choice(VALIDATIONS, diagnostics);
            }
            "strict" => document.strict = field.flag(diagnostics),
            "names" => document.fastmcp_names = field.choice(NAME_RULES, diagnostics),
            "typed" => document.typed = typed(&field, diagnostics),
            // Files and folders, which whoever reads the files has looked at.
            "overlays" | "references" => drop(field.texts(diagnostics)),
            "tools" => {
                for tool in field.table().fields(diagnostics) {
                    if let Some(name) = tool.placed_text(diagnostics) {
                        let value = tool.name().to_owned();
                        document.tools.push((Placed { value, span: tool.key_span() }, name));
                    }
                }
            }
            "operation" => {
                for operation in field.table().fields(diagnostics) {
                    document.operations.push(parse_operation(&operation, diagnostics));
                }
            }
            "route_map" => {
                for table in field.tables(diagnostics) {
                    document.route_maps.push(parse_route_map(&table, diagnostics));
                }
            }
            _ => {}
        }
    }
    document
}

/// The words of `validate_output`.
const VALIDATIONS: &[(&str, Validation)] =
    &[("strict", Validation::Strict), ("warn", Validation::Warn), ("off", Validation::Off)];

/// `validate_output`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Validation {
    /// `strict`
    Strict,
    /// `warn`
    Warn,
    /// `off`
    Off,
}

/// `typed`
#[derive(Clone, Debug)]
pub enum TypedWord {
    /// `true` or `false`: all operations or none.
    All(bool),
    /// The ids of some.
    Some(Vec<Placed<String>>),
}

fn typed(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<TypedWord> {
    if field.node.as_array().is_some() {
        return Some(TypedWord::Some(field.placed_texts(diagnostics)));
    }
    let all = field.node.as_bool();
    if all.is_none() {
        diagnostics.push(field.wrong_type("true or a list of operation ids"));
    }
    all.map(TypedWord::All)
}

/// An entry of `credentials`.
#[derive(Clone, Debug)]
pub enum CredentialTable {
    /// The secret itself.
    Secret(String),
    /// A login with which tokens are fetched.
    Login(LoginTable),
}

/// A login with which tokens are fetched.
#[derive(Clone, Debug, Default)]
pub struct LoginTable {
    /// `client_id`
    pub client_id: Option<String>,
    /// `client_secret`
    pub client_secret: Option<String>,
    /// `token_url`
    pub token_url: Option<String>,
    /// `scopes`
    pub scopes: Option<Vec<String>>,
    /// `audience`
    pub audience: Option<String>,
}

fn credentials(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<(Placed<String>, CredentialTable)> {
    let mut credentials = Vec::new();
    for scheme in field.table().fields(diagnostics) {
        let name = Placed { value: scheme.name().to_owned(), span: scheme.key_span() };
        if scheme.node.as_object().is_some() {
            credentials.push((name, CredentialTable::Login(parse_login(&scheme, diagnostics))));
        } else if let Some(secret) = scheme.run_time_text(diagnostics) {
            credentials.push((name, CredentialTable::Secret(secret)));
        }
    }
    credentials
}

pub(super) const LOGIN_KEYS: Keys = Keys::of(&[
    Key::new("client_id", Value::Start, "Name of the client"),
    Key::new("client_secret", Value::Start, "Its secret"),
    Key::new("token_url", Value::Start, "Where tokens are fetched"),
    Key::new("scopes", Value::Texts, "Scopes to ask for"),
    Key::new("audience", Value::Start, "Audience to ask for"),
])
.called(&[documents::LOGIN]);

pub(super) fn parse_login(field: &Field<'_>, diagnostics: &mut Diagnostics) -> LoginTable {
    let mut login = LoginTable::default();
    for field in field.table().known(&LOGIN_KEYS, diagnostics) {
        match field.name() {
            "client_id" => login.client_id = field.run_time_text(diagnostics),
            "client_secret" => login.client_secret = field.run_time_text(diagnostics),
            "token_url" => login.token_url = field.run_time_text(diagnostics),
            "scopes" => login.scopes = Some(field.texts(diagnostics)),
            "audience" => login.audience = field.run_time_text(diagnostics),
            _ => {}
        }
    }
    login
}

pub(super) fn is_plain_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
}

/// The base URL: absolute, without what would come behind the path of an operation.
pub(super) fn base_url(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = field.run_time_text(diagnostics)?;
    let scheme = text.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest));
    let (what, help) = match &scheme {
        _ if text.starts_with("${") => return Some(text),
        Some((scheme, rest)) if scheme == "http" || scheme == "https" => {
            if !rest.is_empty() && !rest.starts_with(['/', '?', '#']) {
                return Some(text);
            }
            ("names no host", format!("write it as {scheme}://shelf.example"))
        }
        Some(_) => ("is not reached over HTTP", "it begins with https:// or http://".to_owned()),
        None if text.starts_with('/') => (
            "has no host",
            format!("write it whole: \"https://shelf.example/{}\"", text.trim_start_matches('/')),
        ),
        None => ("has no scheme", format!("write it with one: \"https://{text}\"")),
    };
    diagnostics.push(field.fault(Code::E0307, what, "").help(help));
    None
}

/// Headers of every request.
pub(super) fn headers(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, Placed<String>)> {
    for header in field.table().fields(diagnostics) {
        if !is_token(header.name()) {
            let message = format!("`{}` cannot be the name of a header", header.name());
            diagnostics.push(
                Diagnostic::error(Code::E0307, message)
                    .at(header.key_span(), "")
                    .help("use letters, digits and `-`, as in X-Team"),
            );
        }
    }
    field.run_time_texts(diagnostics)
}

pub(super) fn namespace(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = field.text(diagnostics)?;
    if !is_plain_name(&text) || text.len() > 32 {
        let help = "at most 32 letters, digits, `-` and `_`, a letter first";
        diagnostics
            .push(field.fault(Code::E0307, "cannot begin the name of a tool", "").help(help));
        return None;
    }
    Some(text)
}

/// `[openapi.NAME.operation."ID"]`
#[derive(Clone, Debug)]
pub struct OperationTable {
    /// The operation id.
    pub id: Placed<String>,
    /// `name`
    pub name: Option<Placed<String>>,
    /// `title`
    pub title: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `annotations`
    pub annotations: AnnotationsTable,
    /// `tags`
    pub tags: Vec<String>,
    /// `as`
    pub component: Option<Placed<ComponentWord>>,
    /// `args`
    pub arguments: Vec<ArgumentTable>,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `body`: a media type.
    pub body: Option<Placed<String>>,
    /// `response`: whether arguments and result have types of their own.
    pub response: Option<Placed<ResponseWord>>,
}

/// `response`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResponseWord {
    /// `typed`
    Typed,
    /// `raw`
    Raw,
}

/// The words of `response`.
const RESPONSES: &[(&str, ResponseWord)] =
    &[("typed", ResponseWord::Typed), ("raw", ResponseWord::Raw)];

/// `as`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ComponentWord {
    /// `tool`
    Tool,
    /// `resource`
    Resource,
    /// `template`
    Template,
    /// `exclude`
    Exclude,
}

/// The words of `as`.
pub(super) const COMPONENTS: &[(&str, ComponentWord)] = &[
    ("tool", ComponentWord::Tool),
    ("resource", ComponentWord::Resource),
    ("template", ComponentWord::Template),
    ("exclude", ComponentWord::Exclude),
];

pub(super) fn component(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Placed<ComponentWord>> {
    let value = field.choice(COMPONENTS, diagnostics)?;
    Some(Placed { value, span: field.node.span })
}

const OPERATION_KEYS: Keys = Keys::of(&[
    Key::new("name", Value::Text, "Name of the tool"),
    Key::new("title", Value::Text, "Title for people"),
    Key::new("description", Value::Text, "Description for the model"),
    Key::new("annotations", Value::Table(&ANNOTATIONS_KEYS), "Hints for clients"),
    Key::new("tags", Value::Texts, "Added to those of the document"),
    Key::new("as", Value::Words(&COMPONENTS), "What it becomes, whatever rules and document say"),
    Key::new(
        "args",
        Value::Map(&Value::Table(&ARGUMENT_KEYS)),
        "Arguments, by their names in the document",
    ),
    Key::new("timeout", Value::Seconds, "Seconds for a call"),
    Key::new("body", Value::Text, "Media type of the body where the document has several"),
    Key::new(
        "response",
        Value::Words(&RESPONSES),
        "Whether Rust code gets its result as a type or as a JSON value",
    ),
])
.reserve(&["auth"])
.called(&[documents::OPERATION]);

fn parse_operation(field: &Field<'_>, diagnostics: &mut Diagnostics) -> OperationTable {
    let mut operation = OperationTable {
        id: Placed { value: field.name().to_owned(), span: field.key_span() },
        name: None,
        title: None,
        description: None,
        annotations: AnnotationsTable::default(),
        tags: Vec::new(),
        component: None,
        arguments: Vec::new(),
        timeout: None,
        body: None,
        response: None,
    };
    for field in field.table().known(&OPERATION_KEYS, diagnostics) {
        match field.name() {
            "name" => operation.name = field.placed_text(diagnostics),
            "title" => operation.title = field.text(diagnostics),
            "description" => operation.description = field.text(diagnostics),
            "annotations" => operation.annotations = parse_annotations(&field, diagnostics),
            "tags" => operation.tags = field.texts(diagnostics),
            "as" => operation.component = component(&field, diagnostics),
            "args" => {
                for argument in field.table().fields(diagnostics) {
                    operation.arguments.push(parse_argument(&argument, diagnostics));
                }
            }
            "timeout" => operation.timeout = field.seconds(diagnostics),
            "body" => operation.body = field.placed_text(diagnostics),
            "response" => {
                let span = field.node.span;
                let word = field.choice(RESPONSES, diagnostics);
                operation.response = word.map(|value| Placed { value, span });
            }
            _ => {}
        }
    }
    operation
}

/// `args.NAME` of an operation.
#[derive(Clone, Debug)]
pub struct ArgumentTable {
    /// Its name in the document.
    pub wire: Placed<String>,
    /// `name`
    pub name: Option<Placed<String>>,
    /// `description`
    pub description: Option<String>,
    /// `default`
    pub default: Option<Placed<serde_json::Value>>,
    /// `hide`
    pub hide: Option<bool>,
    /// `examples`
    pub examples: Vec<serde_json::Value>,
}

const ARGUMENT_KEYS: Keys = Keys::of(&[
    Key::new("name", Value::Text, "Name for callers"),
    Key::new("description", Value::Text, "Description for the model"),
    Key::new("default", Value::Any, "Sent where the caller gives no value"),
    Key::new("hide", Value::Flag, "Callers do not see it: its default is always sent"),
    Key::new("examples", Value::List(&Value::Any), "Values that a caller could give"),
])
.called(&[documents::OPERATION_ARGUMENT]);

fn parse_argument(field: &Field<'_>, diagnostics: &mut Diagnostics) -> ArgumentTable {
    let mut argument = ArgumentTable {
        wire: Placed { value: field.name().to_owned(), span: field.key_span() },
        name: None,
        description: None,
        default: None,
        hide: None,
        examples: Vec::new(),
    };
    for field in field.table().known(&ARGUMENT_KEYS, diagnostics) {
        match field.name() {
            "name" => argument.name = field.placed_text(diagnostics),
            "description" => argument.description = field.text(diagnostics),
            "default" => {
                argument.default = Some(Placed { value: field.json(), span: field.node.span });
            }
            "hide" => argument.hide = field.flag(diagnostics),
            "examples" => argument.examples = field.list(diagnostics),
            _ => {}
        }
    }
    argument
}

/// `annotations`
#[derive(Clone, Debug, Default)]
pub struct AnnotationsTable {
    /// `title`
    pub title: Option<String>,
    /// `read_only`
    pub read_only: Option<bool>,
    /// `destructive`
    pub destructive: Option<bool>,
    /// `idempotent`
    pub idempotent: Option<bool>,
    /// `open_world`
    pub open_world: Option<bool>,
}

pub(super) const ANNOTATIONS_KEYS: Keys = Keys::of(&[
    Key::new("title", Value::Text, "Title for people"),
    Key::new("read_only", Value::Flag, "It changes nothing"),
    Key::new("destructive", Value::Flag, "It may destroy something"),
    Key::new("idempotent", Value::Flag, "Twice is as good as once"),
    Key::new("open_world", Value::Flag, "It reaches outside"),
])
.called(&[components::TOOL_ANNOTATIONS]);

pub(super) fn parse_annotations(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> AnnotationsTable {
    let mut annotations = AnnotationsTable::default();
    for field in field.table().known(&ANNOTATIONS_KEYS, diagnostics) {
        match field.name() {
            "title" => annotations.title = field.text(diagnostics),
            "read_only" => annotations.read_only = field.flag(diagnostics),
            "destructive" => annotations.destructive = field.flag(diagnostics),
            "idempotent" => annotations.idempotent = field.flag(diagnostics),
            "open_world" => annotations.open_world = field.flag(diagnostics),
            _ => {}
        }
    }
    annotations
}

/// `[[openapi.NAME.route_map]]`
#[derive(Clone, Debug)]
pub struct RouteMapTable {
    /// `methods`
    pub methods: Vec<Placed<String>>,
    /// `pattern`
    pub pattern: Option<String>,
    /// `tags`
    pub tags: Vec<String>,
    /// `as`
    pub component: Option<Placed<ComponentWord>>,
    /// `add_tags`
    pub add_tags: Vec<String>,
}

/// `FastMCP`'s word for every method.
const EVERY: &[(&str, ())] = &[("*", ())];

pub(super) const ROUTE_MAP_KEYS: Keys = Keys::of(&[
    Key::new(
        "methods",
        Value::OneOf(&[Value::Texts, Value::Words(&EVERY)]),
        "Methods; all where absent",
    ),
    Key::new("pattern", Value::Pattern, "Regular expression that is searched for in the path"),
    Key::new("tags", Value::Texts, "Tags, all of which the operation must have"),
    Key::new("as", Value::Words(&COMPONENTS), "What operations become"),
    Key::new("add_tags", Value::Texts, "Tags for the component"),
])
.require(&["as"])
.called(&[documents::ROUTE_MAP]);

pub(super) fn parse_route_map(table: &Table<'_>, diagnostics: &mut Diagnostics) -> RouteMapTable {
    let mut map = RouteMapTable {
        methods: Vec::new(),
        pattern: None,
        tags: Vec::new(),
        component: None,
        add_tags: Vec::new(),
    };
    let mut says_what = false;
    for field in table.known(&ROUTE_MAP_KEYS, diagnostics) {
        match field.name() {
            // `FastMCP` writes "*" for every method.
            "methods" if field.node.as_str() == Some("*") => {}
            "methods" => map.methods = field.placed_texts(diagnostics),
            "pattern" => map.pattern = field.pattern(diagnostics),
            "tags" => map.tags = field.texts(diagnostics),
            "as" => {
                says_what = true;
                map.component = component(&field, diagnostics);
            }
            "add_tags" => map.add_tags = field.texts(diagnostics),
            _ => {}
        }
    }
    if !says_what {
        diagnostics.push(
            Diagnostic::error(Code::E0303, "a route_map does not say what operations become")
                .at(table.span(), "this one")
                .help("add a line: as = \"tool\", \"resource\", \"template\" or \"exclude\""),
        );
    }
    map
}

//! `[openapi.NAME]` and the tables in it.

use super::field::{Field, Placed, Table};
use super::settings::NAME_RULES;
use crate::diagnostic::{Code, Diagnostics};
use crate::source::Span;

/// `[openapi.NAME]`
#[derive(Clone, Debug)]
pub struct DocumentTable {
    /// The name of the table.
    pub name: Placed<String>,
    /// `spec`
    pub spec: Option<Placed<String>>,
    /// `base_url`
    pub base_url: Option<String>,
    /// `namespace`
    pub namespace: Option<String>,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `headers`
    pub headers: Vec<(String, Placed<String>)>,
    /// `credentials`: security scheme to secret.
    pub credentials: Vec<(String, Placed<String>)>,
    /// `strict`
    pub strict: Option<bool>,
    /// `names = "fastmcp"`
    pub fastmcp_names: Option<bool>,
    /// `tools`: operation id to name.
    pub tools: Vec<(String, Placed<String>)>,
    /// `operation`
    pub operations: Vec<OperationTable>,
    /// `route_map`
    pub route_maps: Vec<RouteMapTable>,
}

pub(super) fn parse_document(field: &Field<'_>, diagnostics: &mut Diagnostics) -> DocumentTable {
    const KEYS: &[&str] = &[
        "spec", "base_url", "namespace", "timeout", "headers", "credentials", "strict", "names",
        "tools", "operation", "route_map",
    ];
    const RESERVED: &[&str] = &["forward", "overlays", "validate_output"];
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
        namespace: None,
        timeout: None,
        headers: Vec::new(),
        credentials: Vec::new(),
        strict: None,
        fastmcp_names: None,
        tools: Vec::new(),
        operations: Vec::new(),
        route_maps: Vec::new(),
    };
    for field in field.table(diagnostics).fields(diagnostics) {
        match field.name() {
            "spec" => {
                let spec = field.text(diagnostics);
                document.spec = spec.map(|value| Placed { value, span: field.node.span });
            }
            "base_url" => document.base_url = field.run_time_text(diagnostics),
            "namespace" => document.namespace = namespace(&field, diagnostics),
            "timeout" => document.timeout = field.seconds(diagnostics),
            "headers" => document.headers = field.run_time_texts(diagnostics),
            "credentials" => document.credentials = field.run_time_texts(diagnostics),
            "strict" => document.strict = field.flag(diagnostics),
            "names" => document.fastmcp_names = field.choice(NAME_RULES, diagnostics),
            "tools" => {
                for tool in field.table(diagnostics).fields(diagnostics) {
                    if let Some(value) = tool.text(diagnostics) {
                        let span = tool.key_span();
                        document.tools.push((tool.name().to_owned(), Placed { value, span }));
                    }
                }
            }
            "operation" => {
                for operation in field.table(diagnostics).fields(diagnostics) {
                    document.operations.push(parse_operation(&operation, diagnostics));
                }
            }
            "route_map" => {
                for table in field.tables(diagnostics) {
                    document.route_maps.push(parse_route_map(&table, diagnostics));
                }
            }
            _ => field.unknown(KEYS, RESERVED, diagnostics),
        }
    }
    document
}

fn is_plain_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
}

fn namespace(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = field.text(diagnostics)?;
    if !is_plain_name(&text) || text.len() > 32 {
        let help = "at most 32 letters, digits, `-` and `_`, a letter first";
        diagnostics.push(field.fault(Code::E0307, "cannot begin the name of a tool", "").help(help));
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
    pub name: Option<String>,
    /// `title`
    pub title: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `annotations`
    pub annotations: AnnotationsTable,
    /// `tags`
    pub tags: Vec<String>,
    /// `as = "exclude"`
    pub exclude: Option<bool>,
    /// `args`
    pub arguments: Vec<ArgumentTable>,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
}

/// The words of `as`; those for other components come later.
const COMPONENTS: &[(&str, bool)] = &[("tool", false), ("exclude", true)];

fn component(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<bool> {
    if let Some(word @ ("resource" | "template")) = field.node.as_str() {
        let what = format!("= \"{word}\" is reserved for a later version");
        let help = "it is \"tool\" or \"exclude\" for now";
        diagnostics.push(field.fault(Code::E0304, &what, "").help(help));
        return None;
    }
    field.choice(COMPONENTS, diagnostics)
}

fn parse_operation(field: &Field<'_>, diagnostics: &mut Diagnostics) -> OperationTable {
    const KEYS: &[&str] =
        &["name", "title", "description", "annotations", "tags", "as", "args", "timeout"];
    const RESERVED: &[&str] = &["auth", "response"];
    let mut operation = OperationTable {
        id: Placed { value: field.name().to_owned(), span: field.key_span() },
        name: None,
        title: None,
        description: None,
        annotations: AnnotationsTable::default(),
        tags: Vec::new(),
        exclude: None,
        arguments: Vec::new(),
        timeout: None,
    };
    for field in field.table(diagnostics).fields(diagnostics) {
        match field.name() {
            "name" => operation.name = field.text(diagnostics),
            "title" => operation.title = field.text(diagnostics),
            "description" => operation.description = field.text(diagnostics),
            "annotations" => operation.annotations = parse_annotations(&field, diagnostics),
            "tags" => operation.tags = field.texts(diagnostics),
            "as" => operation.exclude = component(&field, diagnostics),
            "args" => {
                for argument in field.table(diagnostics).fields(diagnostics) {
                    operation.arguments.push(parse_argument(&argument, diagnostics));
                }
            }
            "timeout" => operation.timeout = field.seconds(diagnostics),
            _ => field.unknown(KEYS, RESERVED, diagnostics),
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
    pub name: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `default`
    pub default: Option<serde_json::Value>,
    /// `hide`
    pub hide: Option<Placed<bool>>,
    /// `examples`
    pub examples: Vec<serde_json::Value>,
}

fn parse_argument(field: &Field<'_>, diagnostics: &mut Diagnostics) -> ArgumentTable {
    const KEYS: &[&str] = &["name", "description", "default", "hide", "examples"];
    let mut argument = ArgumentTable {
        wire: Placed { value: field.name().to_owned(), span: field.key_span() },
        name: None,
        description: None,
        default: None,
        hide: None,
        examples: Vec::new(),
    };
    for field in field.table(diagnostics).fields(diagnostics) {
        match field.name() {
            "name" => argument.name = field.text(diagnostics),
            "description" => argument.description = field.text(diagnostics),
            "default" => argument.default = Some(field.json()),
            "hide" => {
                let hide = field.flag(diagnostics);
                argument.hide = hide.map(|value| Placed { value, span: field.node.span });
            }
            "examples" => argument.examples = field.list(diagnostics),
            _ => field.unknown(KEYS, &[], diagnostics),
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

pub(super) fn parse_annotations(field: &Field<'_>, diagnostics: &mut Diagnostics) -> AnnotationsTable {
    const KEYS: &[&str] = &["title", "read_only", "destructive", "idempotent", "open_world"];
    let mut annotations = AnnotationsTable::default();
    for field in field.table(diagnostics).fields(diagnostics) {
        match field.name() {
            "title" => annotations.title = field.text(diagnostics),
            "read_only" => annotations.read_only = field.flag(diagnostics),
            "destructive" => annotations.destructive = field.flag(diagnostics),
            "idempotent" => annotations.idempotent = field.flag(diagnostics),
            "open_world" => annotations.open_world = field.flag(diagnostics),
            _ => field.unknown(KEYS, &[], diagnostics),
        }
    }
    annotations
}

/// `[[openapi.NAME.route_map]]`
#[derive(Clone, Debug)]
pub struct RouteMapTable {
    /// Where it stands.
    pub span: Span,
    /// `methods`
    pub methods: Vec<String>,
    /// `pattern`
    pub pattern: Option<Placed<String>>,
    /// `tags`
    pub tags: Vec<String>,
    /// `as = "exclude"`
    pub exclude: Option<bool>,
    /// `add_tags`
    pub add_tags: Vec<String>,
}

fn parse_route_map(table: &Table<'_>, diagnostics: &mut Diagnostics) -> RouteMapTable {
    const KEYS: &[&str] = &["methods", "pattern", "tags", "as", "add_tags"];
    let mut map = RouteMapTable {
        span: table.span(),
        methods: Vec::new(),
        pattern: None,
        tags: Vec::new(),
        exclude: None,
        add_tags: Vec::new(),
    };
    for field in table.fields(diagnostics) {
        match field.name() {
            // `FastMCP` writes "*" for every method.
            "methods" if field.node.as_str() == Some("*") => {}
            "methods" => map.methods = field.texts(diagnostics),
            "pattern" => {
                let pattern = field.text(diagnostics);
                map.pattern = pattern.map(|value| Placed { value, span: field.node.span });
            }
            "tags" => map.tags = field.texts(diagnostics),
            "as" => map.exclude = component(&field, diagnostics),
            "add_tags" => map.add_tags = field.texts(diagnostics),
            _ => field.unknown(KEYS, &[], diagnostics),
        }
    }
    map
}

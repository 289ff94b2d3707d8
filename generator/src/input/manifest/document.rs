//! `[openapi.NAME]` and what hangs below it.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::server::{NAMES, Names};
use super::table::{Spanned, Table, setting};
use super::{Annotations, check_name, is_word, parse_annotations};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Key, Node, Span};

/// `[openapi.NAME]`
#[derive(Clone, Debug)]
pub struct Document {
    /// The name of the table, with its place.
    pub name: Spanned<String>,
    /// `spec`: path of the document, relative to `mcp.toml`.
    pub spec: Option<Spanned<String>>,
    /// `base_url`
    pub base_url: Option<String>,
    /// `namespace`
    pub namespace: Option<String>,
    /// `timeout`, seconds.
    pub timeout: Option<f64>,
    /// `headers`
    pub headers: IndexMap<String, String>,
    /// `credentials`: scheme to secret.
    pub credentials: IndexMap<String, Spanned<String>>,
    /// `strict`
    pub strict: bool,
    /// `names`
    pub names: Option<Names>,
    /// `[openapi.NAME.tools]`: operation to tool name, each with its place.
    pub tools: Vec<(Spanned<String>, Spanned<String>)>,
    /// `[openapi.NAME.operation.ID]`
    pub operations: Vec<(Spanned<String>, OperationSettings)>,
    /// `[[openapi.NAME.route_map]]`
    pub route_maps: Vec<RouteMap>,
}

/// `[openapi.NAME.operation.ID]`
#[derive(Clone, Debug)]
pub struct OperationSettings {
    /// Where the table stands.
    pub span: Span,
    /// `name`
    pub name: Option<Spanned<String>>,
    /// `title`
    pub title: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `annotations`
    pub annotations: Annotations,
    /// `tags`
    pub tags: Vec<String>,
    /// `as = "exclude"`
    pub exclude: bool,
    /// `args.NAME`
    pub arguments: IndexMap<String, ArgumentSettings>,
    /// `timeout`, seconds.
    pub timeout: Option<f64>,
}

/// `args.NAME` of an operation.
#[derive(Clone, Debug, Default)]
pub struct ArgumentSettings {
    /// `name`
    pub name: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `default`
    pub default: Option<Json>,
    /// `hide`
    pub hide: bool,
    /// `examples`
    pub examples: Vec<Json>,
}

/// `[[openapi.NAME.route_map]]`
#[derive(Clone, Debug, Default)]
pub struct RouteMap {
    /// `methods`, in upper case.
    pub methods: Vec<String>,
    /// `pattern`
    pub pattern: Option<String>,
    /// `tags`
    pub tags: Vec<String>,
    /// `as = "exclude"`
    pub exclude: bool,
    /// `add_tags`
    pub add_tags: Vec<String>,
}

pub(super) fn parse(key: &Key<'_>, node: &Node<'_>, d: &mut Diagnostics) -> Option<Document> {
    let name = key.name.to_string();
    if !is_word(&name) {
        let message = format!("`{name}` cannot be the name of a document");
        d.push(
            Diagnostic::error(Code::E0403, message)
                .at(key.span, "")
                .help("it becomes a Rust type and an environment variable: start with a letter, go on with letters, digits, `_` and `-`"),
        );
        return None;
    }
    let what = format!("[openapi.{name}]");
    let mut table = Table::new(&what, node, d)
        .reserved(&["forward", "overlays", "validate_output"])
        .renamed(&[
            ("prefix", "it is called `namespace`"),
            ("mcp_names", "it is called `[openapi.NAME.tools]`"),
            ("names_map", "it is called `[openapi.NAME.tools]`"),
            ("route_maps", "it is called `[[openapi.NAME.route_map]]`"),
            ("routes", "it is called `[[openapi.NAME.route_map]]`"),
            ("operations", "it is called `[openapi.NAME.operation.\"ID\"]`"),
            ("openapi_spec", "it is called `spec`"),
            ("file", "it is called `spec`"),
            ("url", "it is called `base_url`"),
            ("server", "it is called `base_url`"),
            ("auth", "it is called `credentials`"),
            ("tags", "tags for all are added by `[[openapi.NAME.route_map]] add_tags`"),
            ("route_map_fn", "write the rules as `[[openapi.NAME.route_map]]`"),
            ("mcp_component_fn", "write the changes as `[openapi.NAME.operation.\"ID\"]`"),
        ]);
    let spec = table.text("spec", d);
    if spec.is_none() && node.get("spec").is_none() && node.as_object().is_some() {
        table.missing("spec", "add spec = \"openapi.yaml\", relative to mcp.toml", d);
    }
    let base_url = table.node("base_url").and_then(|node| setting("base_url", node, d));
    let namespace = table.text("namespace", d);
    if let Some(namespace) = &namespace {
        check_namespace(namespace, d);
    }
    let document = Document {
        spec,
        base_url,
        namespace: namespace.map(|text| text.value),
        timeout: table.seconds("timeout", d),
        headers: settings("headers", &mut table, d)
            .into_iter()
            .map(|(name, setting)| (name, setting.value))
            .collect(),
        credentials: settings("credentials", &mut table, d),
        strict: table.flag("strict", d).unwrap_or_default(),
        names: table.choice("names", NAMES, d),
        tools: parse_tools(&what, &mut table, d),
        operations: parse_operations(&name, &mut table, d),
        route_maps: parse_route_maps(&mut table, d),
        name: Spanned { span: key.span, value: name },
    };
    table.finish(d);
    Some(document)
}

fn check_namespace(namespace: &Spanned<String>, d: &mut Diagnostics) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let text = &namespace.value;
    if text.is_empty() || text.len() > 40 || !text.bytes().all(plain) {
        let message = format!("`{text}` cannot be a namespace");
        d.push(
            Diagnostic::error(Code::E0403, message)
                .at(namespace.span, "")
                .help("use 1 to 40 letters, digits, `_` and `-`"),
        );
    }
}

/// A table of texts that are completed from the environment.
fn settings(
    key: &'static str,
    table: &mut Table<'_, '_>,
    d: &mut Diagnostics,
) -> IndexMap<String, Spanned<String>> {
    let Some(node) = table.node(key) else { return IndexMap::new() };
    let mut found = IndexMap::new();
    for (name, node) in Table::new(key, node, d).all() {
        if let Some(value) = setting(&format!("{key}.{}", name.name), node, d) {
            found.insert(name.name.to_string(), Spanned { span: name.span, value });
        }
    }
    found
}

fn parse_tools(
    what: &str,
    table: &mut Table<'_, '_>,
    d: &mut Diagnostics,
) -> Vec<(Spanned<String>, Spanned<String>)> {
    let Some(node) = table.node("tools") else { return Vec::new() };
    let mut found = Vec::new();
    for (key, node) in Table::new(format!("{what} tools"), node, d).all() {
        let Some(text) = node.as_str() else {
            let message = format!("the name of a tool must be a string, but it is {}", node.kind());
            d.push(
                Diagnostic::error(Code::E0302, message)
                    .at(node.span, "")
                    .help(format!("write {} = \"tool_name\"", key.name)),
            );
            continue;
        };
        let tool = Spanned { span: node.span, value: text.to_owned() };
        check_name("a tool", &tool, d);
        found.push((Spanned { span: key.span, value: key.name.to_string() }, tool));
    }
    found
}

fn parse_operations(
    document: &str,
    table: &mut Table<'_, '_>,
    d: &mut Diagnostics,
) -> Vec<(Spanned<String>, OperationSettings)> {
    let Some(node) = table.node("operation") else { return Vec::new() };
    let mut found = Vec::new();
    for (key, node) in Table::new(format!("[openapi.{document}.operation]"), node, d).all() {
        let what = format!("[openapi.{document}.operation.\"{}\"]", key.name);
        let settings = parse_operation(&what, node, d);
        found.push((Spanned { span: key.span, value: key.name.to_string() }, settings));
    }
    found
}

fn parse_operation(what: &str, node: &Node<'_>, d: &mut Diagnostics) -> OperationSettings {
    let mut table = Table::new(what, node, d).reserved(&["auth", "response"]).renamed(&[
        ("mcp_type", "it is called `as`"),
        ("type", "it is called `as`"),
        ("exclude", "write as = \"exclude\""),
        ("enabled", "write as = \"exclude\""),
        ("arguments", "it is called `args`"),
        ("parameters", "it is called `args`"),
        ("mcp_tags", "it is called `tags`"),
        ("summary", "it is called `title`"),
        ("tool", "it is called `name`"),
    ]);
    let name = table.text("name", d);
    if let Some(name) = &name {
        check_name("a tool", name, d);
    }
    let annotations = table.node("annotations");
    let mut arguments = IndexMap::new();
    if let Some(node) = table.node("args") {
        for (key, node) in Table::new(format!("{what} args"), node, d).all() {
            let what = format!("{what} args.{}", key.name);
            arguments.insert(key.name.to_string(), parse_argument(&what, node, d));
        }
    }
    let settings = OperationSettings {
        span: table.span(),
        name,
        title: table.prose("title", d),
        description: table.prose("description", d),
        annotations: annotations
            .map(|node| parse_annotations(what, node, d))
            .unwrap_or_default(),
        tags: table.texts("tags", d),
        exclude: parse_as(&mut table, d),
        arguments,
        timeout: table.seconds("timeout", d),
    };
    table.finish(d);
    settings
}

fn parse_argument(what: &str, node: &Node<'_>, d: &mut Diagnostics) -> ArgumentSettings {
    let mut table = Table::new(what, node, d).renamed(&[
        ("hidden", "it is called `hide`"),
        ("rename", "it is called `name`"),
        ("value", "it is called `default`"),
        ("example", "it is called `examples`, a list"),
        ("required", "an argument with a `default` is not required"),
    ]);
    let name = table.text("name", d);
    if let Some(name) = &name {
        check_name("an argument", name, d);
    }
    let settings = ArgumentSettings {
        name: name.map(|text| text.value),
        description: table.prose("description", d),
        default: table.json("default"),
        hide: table.flag("hide", d).unwrap_or_default(),
        examples: table.jsons("examples", d),
    };
    table.finish(d);
    settings
}

fn parse_route_maps(table: &mut Table<'_, '_>, d: &mut Diagnostics) -> Vec<RouteMap> {
    let mut maps = Vec::new();
    for node in table.tables("route_map", d) {
        let mut table = Table::new("[[route_map]]", node, d).renamed(&[
            ("mcp_type", "it is called `as`"),
            ("mcp_tags", "it is called `add_tags`"),
            ("route_type", "it is called `as`"),
            ("method", "it is called `methods`, a list"),
            ("path", "it is called `pattern`"),
        ]);
        let pattern = table.text("pattern", d);
        if let Some(pattern) = &pattern
            && let Err(error) = regex_lite::Regex::new(&pattern.value)
        {
            let message = format!("`{}` is not a regular expression: {error}", pattern.value);
            d.push(
                Diagnostic::error(Code::E0307, message)
                    .at(pattern.span, "")
                    .help("look-around and back-references are not supported"),
            );
        }
        let methods = parse_methods(&mut table, d);
        maps.push(RouteMap {
            methods,
            pattern: pattern.map(|text| text.value),
            tags: table.texts("tags", d),
            exclude: parse_as(&mut table, d),
            add_tags: table.texts("add_tags", d),
        });
        table.finish(d);
    }
    maps
}

/// `methods = ["GET"]`; `"*"`, alone or in the list, means all.
fn parse_methods(table: &mut Table<'_, '_>, d: &mut Diagnostics) -> Vec<String> {
    const KNOWN: [&str; 9] =
        ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"];
    let Some(node) = table.node("methods") else { return Vec::new() };
    if node.as_str() == Some("*") {
        return Vec::new();
    }
    let mut methods = Vec::new();
    let listed = table.texts("methods", d);
    if listed.iter().any(|method| method == "*") {
        return Vec::new();
    }
    for method in listed {
        let upper = method.to_ascii_uppercase();
        if !KNOWN.contains(&upper.as_str()) {
            let message = format!("`{method}` is not an HTTP method");
            let problem = Diagnostic::error(Code::E0307, message).at(node.span, "");
            d.push(problem.help(format!("methods are {}", KNOWN.join(", "))));
        }
        methods.push(upper);
    }
    methods
}

/// `as`: whether it is `"exclude"`.
fn parse_as(table: &mut Table<'_, '_>, d: &mut Diagnostics) -> bool {
    let Some(node) = table.node("as") else { return false };
    match node.as_str() {
        Some("tool") => false,
        Some("exclude") => true,
        Some(kind @ ("resource" | "template")) => {
            let message = format!("as = \"{kind}\" is reserved for a later version");
            let problem = Diagnostic::error(Code::E0304, message).at(node.span, "");
            d.push(problem.help("use `tool` or `exclude`"));
            false
        }
        Some(other) => {
            let message = format!("an operation cannot become `{other}`");
            let problem = Diagnostic::error(Code::E0307, message).at(node.span, "");
            d.push(problem.help("use `tool` or `exclude`"));
            false
        }
        None => {
            let message = format!("`as` must be a string, but it is {}", node.kind());
            d.push(Diagnostic::error(Code::E0302, message).at(node.span, ""));
            false
        }
    }
}

//! `[[resource]]`: resources, and templates of them where the URI has variables.

use super::about::{AboutTable, CacheTable, parse_cache};
use super::argument::{ArgumentDeclaration, parse_arguments, parse_type};
use super::field::{Field, Placed, Table};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::type_expression::TypeExpression;

/// `[[resource]]`
#[derive(Clone, Debug)]
pub struct ResourceTable {
    /// The keys of every component.
    pub about: AboutTable,
    /// `uri`
    pub uri: Option<Placed<String>>,
    /// `mime_type`
    pub mime_type: Option<String>,
    /// `kind`
    pub kind: Option<Placed<ResourceKind>>,
    /// `text`
    pub text: Option<Placed<String>>,
    /// `file`
    pub file: Option<Placed<String>>,
    /// `args`, in the order of the file.
    pub arguments: Vec<ArgumentDeclaration>,
    /// `returns`
    pub returns: Option<TypeExpression>,
    /// `annotations`
    pub annotations: ResourceAnnotationsTable,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `cache`
    pub cache: Option<CacheTable>,
}

/// Where the contents come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResourceKind {
    /// A text of the declaration.
    Text,
    /// Bytes of a file that becomes part of the program.
    Binary,
    /// A hand-written handler.
    Handler,
}

/// `annotations` of a resource.
#[derive(Clone, Debug, Default)]
pub struct ResourceAnnotationsTable {
    /// `audience`
    pub audience: Vec<Placed<String>>,
    /// `priority`
    pub priority: Option<serde_json::Number>,
    /// `last_modified`
    pub last_modified: Option<Placed<String>>,
    /// `read_only`
    pub read_only: Option<bool>,
    /// `idempotent`
    pub idempotent: Option<bool>,
}

const KEYS: &[&str] = &[
    "uri",
    "name",
    "title",
    "description",
    "mime_type",
    "kind",
    "text",
    "file",
    "args",
    "returns",
    "annotations",
    "tags",
    "icons",
    "meta",
    "version",
    "enabled",
    "timeout",
    "cache",
];
const RESERVED: &[&str] = &["auth", "handler", "inject", "requires", "security", "url"];

pub(super) fn parse_resource(table: &Table<'_>, diagnostics: &mut Diagnostics) -> ResourceTable {
    let mut resource = ResourceTable {
        about: AboutTable::new(table),
        uri: None,
        mime_type: None,
        kind: None,
        text: None,
        file: None,
        arguments: Vec::new(),
        returns: None,
        annotations: ResourceAnnotationsTable::default(),
        timeout: None,
        cache: None,
    };
    for field in table.fields(diagnostics) {
        if resource.about.take(&field, diagnostics) {
            continue;
        }
        match field.name() {
            "uri" => resource.uri = field.placed_text(diagnostics),
            "mime_type" => resource.mime_type = parse_media_type(&field, diagnostics),
            "kind" => resource.kind = parse_kind(&field, diagnostics),
            "text" => resource.text = field.content(diagnostics),
            "file" => resource.file = field.placed_text(diagnostics),
            "args" => resource.arguments = parse_arguments(&field, diagnostics),
            "returns" => resource.returns = parse_type(&field, diagnostics),
            "annotations" => resource.annotations = parse_annotations(&field, diagnostics),
            "timeout" => resource.timeout = field.seconds(diagnostics),
            "cache" => resource.cache = Some(parse_cache(&field, diagnostics)),
            _ => field.unknown(KEYS, RESERVED, diagnostics),
        }
    }
    if !table.has("uri") {
        diagnostics.push(
            Diagnostic::error(Code::E0303, "a [[resource]] has no `uri`")
                .at(table.span(), "this one")
                .help("add a line: uri = \"docs://readme\""),
        );
    }
    resource
}

fn parse_kind(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<Placed<ResourceKind>> {
    const KINDS: &[(&str, ResourceKind)] = &[
        ("text", ResourceKind::Text),
        ("binary", ResourceKind::Binary),
        ("handler", ResourceKind::Handler),
    ];
    if let Some(word @ ("file" | "dir" | "http")) = field.node.as_str() {
        let what = format!("cannot be \"{word}\" yet: nothing is read when the server runs");
        let help = "embed a file with `file` and kind = \"text\" or \"binary\", or write a handler";
        diagnostics.push(field.fault(Code::E0304, &what, "").help(help));
        return None;
    }
    let value = field.choice(KINDS, diagnostics)?;
    Some(Placed { value, span: field.node.span })
}

/// A media type with its parameters, as a header could carry it.
fn parse_media_type(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = field.text(diagnostics)?;
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
    let (kind, parameters) = text.split_once(';').unwrap_or((&text, ""));
    let is_type = kind.trim().split_once('/').is_some_and(|(main, sub)| {
        !main.is_empty() && !sub.is_empty() && main.bytes().chain(sub.bytes()).all(token)
    });
    if !is_type || !parameters.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        let help = "it looks like \"text/markdown\" or \"text/plain; charset=utf-8\"";
        diagnostics.push(field.fault(Code::E0307, "is not a media type", "").help(help));
        return None;
    }
    Some(text)
}

fn parse_annotations(field: &Field<'_>, diagnostics: &mut Diagnostics) -> ResourceAnnotationsTable {
    const KEYS: &[&str] = &["audience", "priority", "last_modified", "read_only", "idempotent"];
    let mut annotations = ResourceAnnotationsTable::default();
    for field in field.table().fields(diagnostics) {
        match field.name() {
            "audience" => annotations.audience = field.placed_texts(diagnostics),
            "priority" => annotations.priority = parse_priority(&field, diagnostics),
            "last_modified" => annotations.last_modified = field.placed_text(diagnostics),
            "read_only" => annotations.read_only = field.flag(diagnostics),
            "idempotent" => annotations.idempotent = field.flag(diagnostics),
            _ => field.unknown(KEYS, &[], diagnostics),
        }
    }
    annotations
}

fn parse_priority(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<serde_json::Number> {
    let number = field.number(diagnostics)?;
    if number.as_f64().is_some_and(|number| (0.0..=1.0).contains(&number)) {
        return Some(number);
    }
    let what = format!("cannot be {number}");
    let help = "it is a number from 0 (may be left out) to 1 (most important)";
    diagnostics.push(field.fault(Code::E0307, &what, "out of range").help(help));
    None
}

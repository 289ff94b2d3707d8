//! `[[resource]]`: resources, and templates of them where the URI has variables.

use super::about::{ABOUT, AboutTable, CACHE_KEYS, CacheTable, parse_cache};
use super::argument::{ARGUMENTS, ArgumentDeclaration, parse_arguments, parse_type};
use super::field::{Field, Placed, Table};
use super::inject::{INJECT, InjectTable, parse_inject};
use super::key::{Key, Keys, Value};
use super::words::components;
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
    /// `path`, `${NAME}` allowed.
    pub path: Option<Placed<String>>,
    /// `url`, `${NAME}` allowed.
    pub url: Option<Placed<String>>,
    /// `pattern`
    pub pattern: Option<Placed<String>>,
    /// `recursive`
    pub recursive: Option<Placed<bool>>,
    /// `security`
    pub security: Option<Placed<SecurityTable>>,
    /// `args`, in the order of the file.
    pub arguments: Vec<ArgumentDeclaration>,
    /// `inject`, in the order of the file.
    pub inject: Vec<InjectTable>,
    /// `returns`
    pub returns: Option<TypeExpression>,
    /// `annotations`
    pub annotations: ResourceAnnotationsTable,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `requires`
    pub requires: Vec<Placed<String>>,
    /// `blocking`
    pub blocking: Option<Placed<bool>>,
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
    /// A file that is read when it is asked for.
    File,
    /// A folder whose files are listed, or read by a template.
    Folder,
    /// What a URL answers.
    Http,
    /// A hand-written handler.
    Handler,
}

/// `security`: what the variables of URIs must not be.
#[derive(Clone, Debug)]
pub struct SecurityTable {
    /// `reject_path_traversal`
    pub reject_path_traversal: bool,
    /// `reject_absolute_paths`
    pub reject_absolute_paths: bool,
    /// `reject_null_bytes`
    pub reject_null_bytes: bool,
    /// `exempt_params`
    pub exempt_params: Vec<Placed<String>>,
}

impl SecurityTable {
    const fn all(on: bool) -> Self {
        Self {
            reject_path_traversal: on,
            reject_absolute_paths: on,
            reject_null_bytes: on,
            exempt_params: Vec::new(),
        }
    }
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

/// The words of `kind`.
const KINDS: &[(&str, ResourceKind)] = &[
    ("text", ResourceKind::Text),
    ("binary", ResourceKind::Binary),
    ("file", ResourceKind::File),
    ("dir", ResourceKind::Folder),
    ("http", ResourceKind::Http),
    ("handler", ResourceKind::Handler),
];

pub(super) const KEYS: Keys = Keys::of(&[
    Key::new("uri", Value::Text, "Its URI; variables make it a template"),
    Key::new("mime_type", Value::Text, "Media type of its contents"),
    Key::new("kind", Value::Words(&KINDS), "Where its contents come from"),
    Key::new("text", Value::Text, "Contents that become part of the program"),
    Key::new("file", Value::Text, "File beside this one that becomes part of the program"),
    Key::new("path", Value::Start, "File or folder that is read when it is asked for"),
    Key::new("url", Value::Start, "URL that is read when it is asked for"),
    Key::new("pattern", Value::Text, "Names of files that count, with `*` and `?`"),
    Key::new("recursive", Value::Flag, "Lists the files of inner folders too"),
    Key::new("security", SECURITY, "What the variables of a template must not be"),
    Key::new("args", ARGUMENTS, "Variables of the URI"),
    Key::new("inject", INJECT, "Arguments that callers do not give"),
    Key::new("returns", Value::Text, "Type of what the handler gives"),
    Key::new("annotations", Value::Table(&ANNOTATIONS_KEYS), "Hints for clients"),
    Key::new("timeout", Value::Seconds, "Seconds for an answer"),
    Key::new("blocking", Value::Flag, "The method blocks its thread"),
    Key::new("requires", Value::Texts, "What a client must offer"),
    Key::new("cache", Value::Table(&CACHE_KEYS), "How long clients may keep its contents"),
])
.and(ABOUT)
.require(&["uri"])
.reserve(&["auth", "handler"])
.called(&[
    components::ABOUT,
    components::DECLARED,
    components::ANSWERED,
    components::ARGUMENTS,
    components::RESOURCE,
]);

const SECURITY_KEYS: Keys = Keys::of(&[
    Key::new(
        "reject_path_traversal",
        Value::Flag,
        "Refuses `..` that climbs above where a value starts",
    ),
    Key::new("reject_absolute_paths", Value::Flag, "Refuses absolute paths of any system"),
    Key::new("reject_null_bytes", Value::Flag, "Refuses a NUL"),
    Key::new("exempt_params", Value::Texts, "Variables that may be anything"),
])
.called(&[components::SECURITY]);

/// `security`: a table, or `false` for nothing.
pub(super) const SECURITY: Value = Value::OneOf(&[Value::Flag, Value::Table(&SECURITY_KEYS)]);

const ANNOTATIONS_KEYS: Keys = Keys::of(&[
    Key::new("audience", Value::Texts, "`user`, `assistant`"),
    Key::new("priority", Value::Number, "From 0, may be left out, to 1, most important"),
    Key::new("last_modified", Value::Text, "A time of ISO 8601"),
    Key::new("read_only", Value::Flag, "Reading it changes nothing"),
    Key::new("idempotent", Value::Flag, "Twice is as good as once"),
])
.called(&[components::RESOURCE_ANNOTATIONS]);

pub(super) fn parse_resource(table: &Table<'_>, diagnostics: &mut Diagnostics) -> ResourceTable {
    let mut resource = ResourceTable {
        about: AboutTable::new(table),
        uri: None,
        mime_type: None,
        kind: None,
        text: None,
        file: None,
        path: None,
        url: None,
        pattern: None,
        recursive: None,
        security: None,
        arguments: Vec::new(),
        inject: Vec::new(),
        returns: None,
        annotations: ResourceAnnotationsTable::default(),
        timeout: None,
        requires: Vec::new(),
        blocking: None,
        cache: None,
    };
    for field in table.known(&KEYS, diagnostics) {
        if resource.about.take(&field, diagnostics) {
            continue;
        }
        match field.name() {
            "uri" => resource.uri = field.placed_text(diagnostics),
            "mime_type" => resource.mime_type = parse_media_type(&field, diagnostics),
            "kind" => resource.kind = parse_kind(&field, diagnostics),
            "text" => resource.text = field.content(diagnostics),
            "file" => resource.file = field.placed_text(diagnostics),
            "path" => resource.path = field.placed_run_time_text(diagnostics),
            "url" => resource.url = field.placed_run_time_text(diagnostics),
            "pattern" => resource.pattern = parse_pattern(&field, diagnostics),
            "recursive" => resource.recursive = field.placed_flag(diagnostics),
            "security" => resource.security = parse_security(&field, diagnostics),
            "args" => resource.arguments = parse_arguments(&field, diagnostics),
            "inject" => resource.inject = parse_inject(&field, diagnostics),
            "returns" => resource.returns = parse_type(&field, diagnostics),
            "annotations" => resource.annotations = parse_annotations(&field, diagnostics),
            "timeout" => resource.timeout = field.seconds(diagnostics),
            "requires" => resource.requires = field.placed_texts(diagnostics),
            "blocking" => resource.blocking = field.placed_flag(diagnostics),
            "cache" => resource.cache = Some(parse_cache(&field, diagnostics)),
            _ => {}
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
    let value = field.choice(KINDS, diagnostics)?;
    Some(Placed { value, span: field.node.span })
}

/// What names of files match.
fn parse_pattern(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<Placed<String>> {
    let pattern = field.placed_text(diagnostics)?;
    if pattern.value.is_empty() || pattern.value.contains(['/', '\\', '[', '{']) {
        let help = "it is for names, with `*` for any characters and `?` for any one: \"*.md\"";
        diagnostics.push(field.fault(Code::E0307, "is not a pattern of file names", "").help(help));
        return None;
    }
    Some(pattern)
}

/// `security = { reject_absolute_paths = false }`, or `security = false`.
pub(super) fn parse_security(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Placed<SecurityTable>> {
    let span = field.key_span();
    if let Some(on) = field.node.as_bool() {
        return Some(Placed { value: SecurityTable::all(on), span });
    }
    let mut security = SecurityTable::all(true);
    for field in field.table().known(&SECURITY_KEYS, diagnostics) {
        let flag = |diagnostics: &mut Diagnostics| field.flag(diagnostics) != Some(false);
        match field.name() {
            "reject_path_traversal" => security.reject_path_traversal = flag(diagnostics),
            "reject_absolute_paths" => security.reject_absolute_paths = flag(diagnostics),
            "reject_null_bytes" => security.reject_null_bytes = flag(diagnostics),
            "exempt_params" => security.exempt_params = field.placed_texts(diagnostics),
            _ => {}
        }
    }
    Some(Placed { value: security, span })
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
    let mut annotations = ResourceAnnotationsTable::default();
    for field in field.table().known(&ANNOTATIONS_KEYS, diagnostics) {
        match field.name() {
            "audience" => annotations.audience = field.placed_texts(diagnostics),
            "priority" => annotations.priority = parse_priority(&field, diagnostics),
            "last_modified" => annotations.last_modified = field.placed_text(diagnostics),
            "read_only" => annotations.read_only = field.flag(diagnostics),
            "idempotent" => annotations.idempotent = field.flag(diagnostics),
            _ => {}
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

//! `[[tool]]`

use super::about::{ABOUT, AboutTable};
use super::argument::{ARGUMENTS, ArgumentDeclaration, parse_arguments, parse_type};
use super::field::{Field, Placed, Table};
use super::inject::{INJECT, InjectTable, parse_inject};
use super::key::{Key, Keys, Value};
use super::openapi::{ANNOTATIONS_KEYS, AnnotationsTable, parse_annotations};
use super::words::components;
use crate::diagnostic::{Code, Diagnostics};
use crate::input::type_expression::TypeExpression;

/// `[[tool]]`
#[derive(Clone, Debug)]
pub struct ToolTable {
    /// The keys of every component.
    pub about: AboutTable,
    /// `args`, in the order of the file.
    pub arguments: Vec<ArgumentDeclaration>,
    /// `inject`, in the order of the file.
    pub inject: Vec<InjectTable>,
    /// `returns`
    pub returns: Option<TypeExpression>,
    /// `input_schema`
    pub input_schema: Option<Placed<SchemaText>>,
    /// `output_schema`
    pub output_schema: Option<Placed<SchemaText>>,
    /// `annotations`
    pub annotations: AnnotationsTable,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `task`
    pub task: TaskTable,
    /// `requires`
    pub requires: Vec<Placed<String>>,
    /// `header`: argument to header.
    pub headers: Vec<(Placed<String>, Placed<String>)>,
    /// `blocking`
    pub blocking: bool,
    /// `examples`: calls as a model would make them.
    pub examples: Vec<Placed<serde_json::Value>>,
}

/// A JSON Schema that is written by hand.
#[derive(Clone, Debug)]
pub enum SchemaText {
    /// As a table.
    Value(serde_json::Value),
    /// As JSON text.
    Json(String),
    /// In a file.
    File(String),
}

/// `task`
#[derive(Clone, Copy, Debug, Default)]
pub struct TaskTable {
    /// The word, or `mode`.
    pub mode: TaskMode,
    /// `start = "handler"`
    pub by_handler: bool,
    /// `poll_interval`, in seconds.
    pub poll_interval: Option<f64>,
    /// `ttl`, in seconds.
    pub ttl: Option<f64>,
}

/// Whether calls can be tasks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TaskMode {
    /// They cannot.
    #[default]
    Never,
    /// They can.
    Optional,
    /// They have to.
    Required,
}

/// The words of `start`.
const STARTS: &[(&str, bool)] = &[("call", false), ("handler", true)];

/// The words of `mode`.
const MODES: &[(&str, TaskMode)] = &[
    ("optional", TaskMode::Optional),
    ("required", TaskMode::Required),
    ("never", TaskMode::Never),
    ("forbidden", TaskMode::Never),
];

const TASK_KEYS: Keys = Keys::of(&[
    Key::new("mode", MODE, "Whether calls can be tasks"),
    Key::new(
        "start",
        Value::Words(&STARTS),
        "What makes a call a task: that it is called, or the handler",
    ),
    Key::new("poll_interval", Value::Seconds, "Seconds after which clients ask again"),
    Key::new("ttl", Value::Seconds, "Seconds for which a task is kept"),
])
.called(&[components::TASK]);

/// A word, or `FastMCP`'s `task=True`.
const MODE: Value = Value::OneOf(&[Value::Words(&MODES), Value::Flag]);

pub(super) const KEYS: Keys = Keys::of(&[
    Key::new("args", ARGUMENTS, "Arguments, in the order of the file"),
    Key::new("inject", INJECT, "Arguments that callers do not give"),
    Key::new("returns", Value::Text, "Type of what the handler gives"),
    Key::new(
        "input_schema",
        Value::OneOf(&[Value::Text, Value::Object]),
        "A JSON Schema that is passed through: a table, JSON text, or a file",
    ),
    Key::new(
        "output_schema",
        Value::OneOf(&[Value::Text, Value::Object]),
        "A JSON Schema that is passed through: a table, JSON text, or a file",
    ),
    Key::new("annotations", Value::Table(&ANNOTATIONS_KEYS), "Hints for clients"),
    Key::new("timeout", Value::Seconds, "Seconds for a call"),
    Key::new("task", Value::OneOf(&[MODE, Value::Table(&TASK_KEYS)]), "Whether calls can be tasks"),
    Key::new("blocking", Value::Flag, "The method blocks its thread"),
    Key::new("requires", Value::Texts, "What a client must offer"),
    Key::new("header", Value::Map(&Value::Text), "Argument to the header that repeats it"),
    Key::new("examples", Value::List(&Value::Any), "Arguments of calls, as tables"),
])
.and(ABOUT)
.require(&["name"])
.reserve(&["auth", "handler"])
.called(&[
    components::ABOUT,
    components::DECLARED,
    components::ANSWERED,
    components::ARGUMENTS,
    components::TOOL,
]);

pub(super) fn parse_tool(table: &Table<'_>, diagnostics: &mut Diagnostics) -> ToolTable {
    let mut tool = ToolTable {
        about: AboutTable::new(table),
        arguments: Vec::new(),
        inject: Vec::new(),
        returns: None,
        input_schema: None,
        output_schema: None,
        annotations: AnnotationsTable::default(),
        timeout: None,
        task: TaskTable::default(),
        requires: Vec::new(),
        headers: Vec::new(),
        blocking: false,
        examples: Vec::new(),
    };
    for field in table.known(&KEYS, diagnostics) {
        if tool.about.take(&field, diagnostics) {
            continue;
        }
        match field.name() {
            "args" => tool.arguments = parse_arguments(&field, diagnostics),
            "inject" => tool.inject = parse_inject(&field, diagnostics),
            "returns" => tool.returns = parse_type(&field, diagnostics),
            "input_schema" => tool.input_schema = parse_schema(&field, diagnostics),
            "output_schema" => tool.output_schema = parse_schema(&field, diagnostics),
            "annotations" => tool.annotations = parse_annotations(&field, diagnostics),
            "timeout" => tool.timeout = field.seconds(diagnostics),
            "task" => tool.task = parse_task(&field, diagnostics),
            "requires" => tool.requires = field.placed_texts(diagnostics),
            "header" => tool.headers = parse_headers(&field, diagnostics),
            "blocking" => tool.blocking = field.flag(diagnostics) == Some(true),
            "examples" => tool.examples = field.placed_list(diagnostics),
            _ => {}
        }
    }
    tool.about.expect_name(table, diagnostics);
    tool
}

fn parse_schema(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<Placed<SchemaText>> {
    let value = match field.node.as_str() {
        None if field.node.as_object().is_some() => SchemaText::Value(field.json()),
        Some(text) if text.trim_start().starts_with('{') => SchemaText::Json(text.to_owned()),
        Some(text) if !text.trim().is_empty() => SchemaText::File(text.to_owned()),
        Some(_) => {
            let help = "write a JSON Schema, or name a file: \"schema.json\"";
            diagnostics.push(field.fault(Code::E0307, "is empty", "").help(help));
            return None;
        }
        None => {
            let what = format!("is {}, a JSON Schema is expected", field.node.kind());
            let help = "write it as a table, as JSON text, or name a file: \"schema.json\"";
            diagnostics.push(field.fault(Code::E0302, &what, "not a schema").help(help));
            return None;
        }
    };
    Some(Placed { value, span: field.node.span })
}

fn parse_task(field: &Field<'_>, diagnostics: &mut Diagnostics) -> TaskTable {
    let mut task = TaskTable::default();
    if field.node.as_object().is_none() {
        task.mode = parse_mode(field, diagnostics);
        return task;
    }
    // A table says that there can be tasks, whatever else it says.
    task.mode = TaskMode::Optional;
    for field in field.table().known(&TASK_KEYS, diagnostics) {
        match field.name() {
            "mode" => task.mode = parse_mode(&field, diagnostics),
            "start" => task.by_handler = field.choice(STARTS, diagnostics) == Some(true),
            "poll_interval" => task.poll_interval = field.seconds(diagnostics),
            "ttl" => task.ttl = field.seconds(diagnostics),
            _ => {}
        }
    }
    task
}

fn parse_mode(field: &Field<'_>, diagnostics: &mut Diagnostics) -> TaskMode {
    // FastMCP's `task=True`.
    match field.node.as_bool() {
        Some(true) => TaskMode::Optional,
        Some(false) => TaskMode::Never,
        None => field.choice(MODES, diagnostics).unwrap_or_default(),
    }
}

fn parse_headers(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<(Placed<String>, Placed<String>)> {
    let mut headers = Vec::new();
    for field in field.table().fields(diagnostics) {
        let argument = Placed { value: field.name().to_owned(), span: field.key_span() };
        headers.extend(field.placed_text(diagnostics).map(|header| (argument, header)));
    }
    headers
}

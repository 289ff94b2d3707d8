//! `[[tool]]` and its arguments.

use serde_json::{Number, Value as Json};

use super::table::{Spanned, Table};
use super::{Annotations, check_name, parse_annotations};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::type_expression::{self, Problem, Type};
use crate::source::{Node, Span};

/// `[[tool]]`
#[derive(Clone, Debug)]
pub struct Tool {
    /// Where it stands.
    pub span: Span,
    /// `name`
    pub name: Spanned<String>,
    /// `title`
    pub title: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `args.NAME`, in the order of the file.
    pub arguments: Vec<Argument>,
    /// `returns`
    pub returns: Option<Spanned<Type>>,
    /// `annotations`
    pub annotations: Annotations,
    /// `tags`
    pub tags: Vec<String>,
    /// `timeout`, seconds.
    pub timeout: Option<f64>,
}

/// `args.NAME`
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name, with its place.
    pub name: Spanned<String>,
    /// Its type, with the place of the expression.
    pub ty: Spanned<Type>,
    /// The default, from the expression or the table.
    pub default: Option<Json>,
    /// `description`
    pub description: Option<String>,
    /// `title`
    pub title: Option<String>,
    /// `examples`
    pub examples: Vec<Json>,
    /// `deprecated`
    pub deprecated: bool,
    /// `ge`
    pub ge: Option<Number>,
    /// `gt`
    pub gt: Option<Number>,
    /// `le`
    pub le: Option<Number>,
    /// `lt`
    pub lt: Option<Number>,
    /// `multiple_of`
    pub multiple_of: Option<Number>,
    /// `min_length`
    pub min_length: Option<u64>,
    /// `max_length`
    pub max_length: Option<u64>,
    /// `pattern`
    pub pattern: Option<String>,
}

pub(super) fn parse_tool(node: &Node<'_>, d: &mut Diagnostics) -> Option<Tool> {
    let mut table = Table::new("[[tool]]", node, d)
        .reserved(&[
            "auth", "blocking", "enabled", "examples", "handler", "header", "icons", "inject",
            "input_schema", "meta", "output_schema", "requires", "task", "version",
        ])
        .renamed(&[
            ("parameters", "it is called `args`"),
            ("params", "it is called `args`"),
            ("arguments", "it is called `args`"),
            ("return", "it is called `returns`"),
            ("output", "it is called `returns`"),
            ("run_in_thread", "it is called `blocking`, in a later version"),
            ("exclude_args", "leave the argument out of `args`"),
        ]);
    let name = table.text("name", d);
    match &name {
        Some(name) => check_name("a tool", name, d),
        None if node.get("name").is_none() && node.as_object().is_some() => {
            table.missing("name", "add name = \"tool_name\"", d);
        }
        None => {}
    }
    let mut arguments = Vec::new();
    if let Some(node) = table.node("args") {
        for (key, node) in Table::new("[[tool]] args", node, d).all() {
            let name = Spanned { span: key.span, value: key.name.to_string() };
            check_name("an argument", &name, d);
            arguments.extend(parse_argument(name, node, d));
        }
    }
    let returns = table.node("returns").and_then(|node| parse_type(node, d));
    let annotations = table.node("annotations");
    let tool = Tool {
        span: table.span(),
        title: table.prose("title", d),
        description: table.prose("description", d),
        arguments,
        returns,
        annotations: annotations
            .map(|node| parse_annotations("[[tool]]", node, d))
            .unwrap_or_default(),
        tags: table.texts("tags", d),
        timeout: table.seconds("timeout", d),
        name: name.unwrap_or(Spanned { span: node.span, value: String::new() }),
    };
    table.finish(d);
    (!tool.name.value.is_empty()).then_some(tool)
}

/// `args.NAME = "int = 3"` or `args.NAME = { type = "int", … }`.
fn parse_argument(
    name: Spanned<String>,
    node: &Node<'_>,
    d: &mut Diagnostics,
) -> Option<Argument> {
    let mut argument = Argument {
        ty: Spanned { span: node.span, value: Type::Plain(type_expression::Plain::Any) },
        name,
        default: None,
        description: None,
        title: None,
        examples: Vec::new(),
        deprecated: false,
        ge: None,
        gt: None,
        le: None,
        lt: None,
        multiple_of: None,
        min_length: None,
        max_length: None,
        pattern: None,
    };
    if let Some(text) = node.as_str() {
        let (ty, default) = reported(type_expression::parse_argument(text), text, node.span, d)?;
        argument.ty.value = ty;
        argument.default = default;
        return Some(argument);
    }
    let what = format!("args.{}", argument.name.value);
    if node.as_object().is_none() {
        let message = format!("{what} must be a type or a table, but it is {}", node.kind());
        let problem = Diagnostic::error(Code::E0302, message).at(node.span, "");
        d.push(problem.help(format!("write {what} = \"int\" or {what} = {{ type = \"int\" }}")));
        return None;
    }
    let mut table = Table::new(&what, node, d).renamed(&[
        ("min", "it is called `ge`"),
        ("minimum", "it is called `ge`"),
        ("max", "it is called `le`"),
        ("maximum", "it is called `le`"),
        ("exclusive_minimum", "it is called `gt`"),
        ("exclusive_maximum", "it is called `lt`"),
        ("min_len", "it is called `min_length`"),
        ("max_len", "it is called `max_length`"),
        ("min_items", "it is called `min_length`"),
        ("max_items", "it is called `max_length`"),
        ("regex", "it is called `pattern`"),
        ("example", "it is called `examples`, a list"),
        ("required", "an argument without a default is required"),
        ("enum", "write the type Literal[\"a\", \"b\"]"),
    ]);
    let Some(type_node) = table.node("type") else {
        table.missing("type", "add type = \"str\"", d);
        return None;
    };
    let Some(text) = type_node.as_str() else {
        let message = format!("{what} type must be a string, but it is {}", type_node.kind());
        d.push(Diagnostic::error(Code::E0302, message).at(type_node.span, ""));
        return None;
    };
    let parsed = reported(type_expression::parse_argument(text), text, type_node.span, d);
    argument.ty.span = type_node.span;
    argument.default = table.json("default");
    argument.description = table.prose("description", d);
    argument.title = table.prose("title", d);
    argument.examples = table.jsons("examples", d);
    argument.deprecated = table.flag("deprecated", d).unwrap_or_default();
    argument.ge = table.number("ge", d);
    argument.gt = table.number("gt", d);
    argument.le = table.number("le", d);
    argument.lt = table.number("lt", d);
    argument.multiple_of = table.number("multiple_of", d);
    argument.min_length = table.integer("min_length", 0..=u64::from(u32::MAX), d);
    argument.max_length = table.integer("max_length", 0..=u64::from(u32::MAX), d);
    argument.pattern = parse_pattern(&mut table, d);
    table.finish(d);
    let (ty, default) = parsed?;
    argument.ty.value = ty;
    if argument.default.is_none() {
        argument.default = default;
    }
    Some(argument)
}

fn parse_pattern(table: &mut Table<'_, '_>, d: &mut Diagnostics) -> Option<String> {
    let pattern = table.text("pattern", d)?;
    match regex_lite::Regex::new(&pattern.value) {
        Ok(_) => Some(pattern.value),
        Err(error) => {
            let message = format!("`{}` is not a regular expression: {error}", pattern.value);
            d.push(
                Diagnostic::error(Code::E0307, message)
                    .at(pattern.span, "")
                    .help("look-around and back-references are not supported"),
            );
            None
        }
    }
}

fn parse_type(node: &Node<'_>, d: &mut Diagnostics) -> Option<Spanned<Type>> {
    let Some(text) = node.as_str() else {
        let message = format!("a type must be a string, but it is {}", node.kind());
        d.push(Diagnostic::error(Code::E0302, message).at(node.span, ""));
        return None;
    };
    let value = reported(type_expression::parse_type(text), text, node.span, d)?;
    Some(Spanned { span: node.span, value })
}

/// Reports a problem at its place inside the string.
fn reported<T>(
    parsed: Result<T, Problem>,
    text: &str,
    span: Span,
    d: &mut Diagnostics,
) -> Option<T> {
    match parsed {
        Ok(parsed) => Some(parsed),
        Err(problem) => {
            let place = inside(span, text, problem.start, problem.end);
            let mut found = Diagnostic::error(Code::E0305, problem.message).at(place, "");
            found.help = problem.help;
            d.push(found);
            None
        }
    }
}

/// A place in a string of the document, where it stands there without escapes.
pub(super) fn inside(span: Span, text: &str, start: usize, end: usize) -> Span {
    let length = (span.end - span.start) as usize;
    let quotes = length.saturating_sub(text.len());
    // Quotes on both sides and nothing escaped; else only the whole string can be pointed at.
    if quotes != 2 {
        return span;
    }
    let at = |offset: usize| span.start + 1 + u32::try_from(offset).unwrap_or_default();
    // The end of the text is shown as its closing quote.
    let end = end.max(start + 1);
    Span { file: span.file, start: at(start), end: at(end) }
}

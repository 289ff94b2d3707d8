//! `args.NAME` of declared components.

use super::field::{Field, Placed};
use super::key::{Key, Keys, Value};
use super::route::ParameterPlace;
use super::words::components;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::type_expression::{
    ArgumentExpression, Parsed, TypeExpression, TypeKind, parse_argument as parse_expression,
    parse_type as parse_type_expression,
};

/// `args.NAME` of a component.
#[derive(Clone, Debug)]
pub struct ArgumentDeclaration {
    /// Its name.
    pub name: Placed<String>,
    /// Its type.
    pub ty: TypeExpression,
    /// Its default, from the text or from the key.
    pub default: Option<Placed<serde_json::Value>>,
    /// `description`
    pub description: Option<String>,
    /// `title`
    pub title: Option<String>,
    /// `examples`
    pub examples: Vec<serde_json::Value>,
    /// `deprecated`
    pub deprecated: bool,
    /// `ge`
    pub ge: Option<serde_json::Number>,
    /// `le`
    pub le: Option<serde_json::Number>,
    /// `gt`
    pub gt: Option<serde_json::Number>,
    /// `lt`
    pub lt: Option<serde_json::Number>,
    /// `multiple_of`
    pub multiple_of: Option<serde_json::Number>,
    /// `min_length`
    pub min_length: Option<u64>,
    /// `max_length`
    pub max_length: Option<u64>,
    /// `pattern`
    pub pattern: Option<String>,
    /// `complete`
    pub complete: Option<Placed<Complete>>,
}

/// What completes an argument.
#[derive(Clone, Debug)]
pub enum Complete {
    /// A list.
    Values(Vec<String>),
    /// A hand-written handler: `"handler"`.
    Handler,
}

/// The arguments of a component: a type each, or a table.
pub(super) fn parse_arguments(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<ArgumentDeclaration> {
    let fields = field.table().fields(diagnostics);
    fields.iter().filter_map(|argument| parse_argument(argument, diagnostics)).collect()
}

/// A type by itself: `returns`.
pub(super) fn parse_type(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<TypeExpression> {
    let text = field.text(diagnostics)?;
    reported(parse_type_expression(field.node, &text), diagnostics)
}

/// The parameters of a route: as arguments, each with its `in`.
pub(super) fn parse_parameters(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<(ArgumentDeclaration, Option<Placed<ParameterPlace>>)> {
    let mut parameters = Vec::new();
    for field in field.table().fields(diagnostics) {
        let mut place = None;
        if let Some(argument) = parse_with(&field, &PARAMETER_KEYS, &mut place, diagnostics) {
            parameters.push((argument, place));
        }
    }
    parameters
}

fn parse_argument(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<ArgumentDeclaration> {
    parse_with(field, &KEYS, &mut None, diagnostics)
}

fn parse_with(
    field: &Field<'_>,
    keys: &'static Keys,
    place: &mut Option<Placed<ParameterPlace>>,
    diagnostics: &mut Diagnostics,
) -> Option<ArgumentDeclaration> {
    let name = Placed { value: field.name().to_owned(), span: field.key_span() };
    if field.node.as_object().is_some() {
        return parse_argument_table(field, name, keys, place, diagnostics);
    }
    let Some(text) = field.node.as_str() else {
        let what = format!("is {}, a type is expected", field.node.kind());
        let help = "write it as \"int\", or as a table: { type = \"int\", ge = 1 }";
        diagnostics.push(field.fault(Code::E0302, &what, "not a type").help(help));
        return None;
    };
    let expression = reported(parse_expression(field.node, text), diagnostics)?;
    Some(declaration(name, expression))
}

/// The type of an argument that is written as a table.
fn parse_type_of(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<ArgumentExpression> {
    let Some(ty) = field.node.get("type") else {
        let help = "write it as { type = \"int\", … }";
        diagnostics.push(field.fault(Code::E0303, "has no `type`", "").help(help));
        return None;
    };
    let Some(text) = ty.as_str() else {
        let message =
            format!("the type of `{}` is {}, a string is expected", field.name(), ty.kind());
        let help = "write it in quotes: type = \"int\"";
        diagnostics
            .push(Diagnostic::error(Code::E0302, message).at(ty.span, "not a type").help(help));
        return None;
    };
    reported(parse_expression(ty, text), diagnostics)
}

fn declaration(name: Placed<String>, expression: ArgumentExpression) -> ArgumentDeclaration {
    ArgumentDeclaration {
        name,
        ty: expression.ty,
        default: expression.default.map(|(value, span)| Placed { value, span }),
        description: None,
        title: None,
        examples: Vec::new(),
        deprecated: false,
        ge: None,
        le: None,
        gt: None,
        lt: None,
        multiple_of: None,
        min_length: None,
        max_length: None,
        pattern: None,
        complete: None,
    }
}

/// What an argument, a parameter and a field have.
const SHARED: &[Key] = &[
    Key::new("type", Value::Text, "Its type, with a default or without: `int = 3`"),
    Key::new("default", Value::Any, "What it is where it is not given"),
    Key::new("description", Value::Text, "Description for the model"),
    Key::new("title", Value::Text, "Title for people"),
    Key::new("examples", Value::List(&Value::Any), "Values that a caller could give"),
    Key::new("deprecated", Value::Flag, "Going away"),
    Key::new("ge", Value::Number, "At least"),
    Key::new("le", Value::Number, "At most"),
    Key::new("gt", Value::Number, "More than"),
    Key::new("lt", Value::Number, "Less than"),
    Key::new("multiple_of", Value::Number, "A multiple of"),
    Key::new(
        "min_length",
        Value::Count(0, u32::MAX as u64),
        "Characters of a text, items of a list: at least",
    ),
    Key::new(
        "max_length",
        Value::Count(0, u32::MAX as u64),
        "Characters of a text, items of a list: at most",
    ),
    Key::new("pattern", Value::Pattern, "Regular expression that is searched for in a text"),
];

/// The words of `complete`.
const COMPLETERS: &[(&str, ())] = &[("handler", ())];

const KEYS: Keys = Keys::of(&[Key::new(
    "complete",
    Value::OneOf(&[Value::Texts, Value::Words(&COMPLETERS)]),
    "Suggestions, or the handler that makes them; in templates and prompts",
)])
.and(SHARED)
.require(&["type"])
.called(&[components::ARGUMENT, components::COMPONENT_ARGUMENT]);

const PARAMETER_KEYS: Keys =
    Keys::of(&[Key::new("in", Value::Words(&PLACES), "Where it is in a request")])
        .and(SHARED)
        .require(&["type"])
        .called(&[components::ARGUMENT, components::PARAMETER]);

/// `args.NAME`: a type, or a table.
pub(super) const ARGUMENTS: Value = Value::Map(&Value::OneOf(&[Value::Text, Value::Table(&KEYS)]));

/// `params.NAME` of a route.
pub(super) const PARAMETERS: Value =
    Value::Map(&Value::OneOf(&[Value::Text, Value::Table(&PARAMETER_KEYS)]));

const PLACES: &[(&str, ParameterPlace)] = &[
    ("path", ParameterPlace::Path),
    ("query", ParameterPlace::Query),
    ("header", ParameterPlace::Header),
    ("cookie", ParameterPlace::Cookie),
];

fn parse_argument_table(
    field: &Field<'_>,
    name: Placed<String>,
    keys: &'static Keys,
    place: &mut Option<Placed<ParameterPlace>>,
    diagnostics: &mut Diagnostics,
) -> Option<ArgumentDeclaration> {
    let table = field.table();
    let expression = parse_type_of(field, diagnostics);
    let is_typed = expression.is_some();
    // The other keys are checked without a type too; then the argument is dropped.
    let nothing = TypeExpression { span: field.node.span, kind: TypeKind::Rest };
    let expression = expression.unwrap_or(ArgumentExpression { ty: nothing, default: None });
    let mut argument = declaration(name, expression);
    for field in table.known(keys, diagnostics) {
        match field.name() {
            "type" => {}
            "in" => {
                let found = field.choice(PLACES, diagnostics);
                *place = found.map(|value| Placed { value, span: field.node.span });
            }
            "default" => {
                if let Some(first) = &argument.default {
                    let help = "keep one: `= …` in the type, or `default`";
                    let fault = field.fault(Code::E0307, "is given twice", "the second one");
                    diagnostics.push(fault.also(first.span, "the first one").help(help));
                }
                argument.default = Some(Placed { value: field.json(), span: field.node.span });
            }
            "description" => argument.description = field.text(diagnostics),
            "title" => argument.title = field.text(diagnostics),
            "examples" => argument.examples = field.list(diagnostics),
            "deprecated" => argument.deprecated = field.flag(diagnostics) == Some(true),
            "ge" => argument.ge = field.number(diagnostics),
            "le" => argument.le = field.number(diagnostics),
            "gt" => argument.gt = field.number(diagnostics),
            "lt" => argument.lt = field.number(diagnostics),
            "multiple_of" => argument.multiple_of = field.number(diagnostics),
            "min_length" => argument.min_length = length(&field, diagnostics),
            "max_length" => argument.max_length = length(&field, diagnostics),
            "pattern" => argument.pattern = field.pattern(diagnostics),
            "complete" => argument.complete = parse_complete(&field, diagnostics),
            _ => {}
        }
    }
    is_typed.then_some(argument)
}

/// `complete = ["a", "b"]`, or `complete = "handler"`.
fn parse_complete(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<Placed<Complete>> {
    let value = if field.node.as_array().is_some() {
        Complete::Values(field.texts(diagnostics))
    } else {
        field.choice(COMPLETERS, diagnostics).map(|()| Complete::Handler)?
    };
    Some(Placed { value, span: field.node.span })
}

fn length(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<u64> {
    field.count(diagnostics)
}

/// The value, or nothing and a problem more.
fn reported<T>(result: Parsed<T>, diagnostics: &mut Diagnostics) -> Option<T> {
    result.map_err(|fault| diagnostics.push(*fault)).ok()
}

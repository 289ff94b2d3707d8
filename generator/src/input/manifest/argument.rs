//! `args.NAME` of declared components.

use super::field::{Field, Placed};
use super::route::ParameterPlace;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::type_expression::{
    ArgumentExpression, Parsed, TypeExpression, TypeKind, parse_argument as parse_expression,
    parse_type as parse_type_expression,
};
use crate::source::Value;

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
        if let Some(argument) = parse_with(&field, PARAMETER_KEYS, &mut place, diagnostics) {
            parameters.push((argument, place));
        }
    }
    parameters
}

fn parse_argument(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<ArgumentDeclaration> {
    parse_with(field, KEYS, &mut None, diagnostics)
}

fn parse_with(
    field: &Field<'_>,
    keys: &[&str],
    place: &mut Option<Placed<ParameterPlace>>,
    diagnostics: &mut Diagnostics,
) -> Option<ArgumentDeclaration> {
    let name = Placed { value: field.name().to_owned(), span: field.key_span() };
    if matches!(field.node.value, Value::Object(_)) {
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
        diagnostics.push(Diagnostic::error(Code::E0302, message).at(ty.span, "not a type"));
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

/// Keys of an argument.
const KEYS: &[&str] = &[
    "type",
    "default",
    "description",
    "title",
    "examples",
    "deprecated",
    "ge",
    "le",
    "gt",
    "lt",
    "multiple_of",
    "min_length",
    "max_length",
    "pattern",
    "complete",
];

/// Keys of a parameter of a route.
const PARAMETER_KEYS: &[&str] = &[
    "type",
    "in",
    "default",
    "description",
    "title",
    "examples",
    "deprecated",
    "ge",
    "le",
    "gt",
    "lt",
    "multiple_of",
    "min_length",
    "max_length",
    "pattern",
];

const PLACES: &[(&str, ParameterPlace)] = &[
    ("path", ParameterPlace::Path),
    ("query", ParameterPlace::Query),
    ("header", ParameterPlace::Header),
    ("cookie", ParameterPlace::Cookie),
];

fn parse_argument_table(
    field: &Field<'_>,
    name: Placed<String>,
    keys: &[&str],
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
    for field in table.fields(diagnostics) {
        match field.name() {
            name if !keys.contains(&name) => field.unknown(keys, &[], diagnostics),
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
    const WORDS: &[(&str, ())] = &[("handler", ())];
    let value = if field.node.as_array().is_some() {
        Complete::Values(field.texts(diagnostics))
    } else {
        field.choice(WORDS, diagnostics).map(|()| Complete::Handler)?
    };
    Some(Placed { value, span: field.node.span })
}

fn length(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<u64> {
    field.count(0, u64::from(u32::MAX), diagnostics)
}

/// The value, or nothing and a problem more.
fn reported<T>(result: Parsed<T>, diagnostics: &mut Diagnostics) -> Option<T> {
    result.map_err(|fault| diagnostics.push(*fault)).ok()
}

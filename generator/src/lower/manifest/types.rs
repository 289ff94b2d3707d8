//! What the names in type expressions mean.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::input::type_expression::{TypeExpression, TypeKind};
use crate::model::{ArgumentType, Json};

/// The types without brackets.
const PLAIN: &[(&str, ArgumentType)] = &[
    ("int", ArgumentType::Int),
    ("float", ArgumentType::Float),
    ("str", ArgumentType::Str),
    ("bool", ArgumentType::Bool),
    ("bytes", ArgumentType::Bytes),
    ("datetime", ArgumentType::DateTime),
    ("date", ArgumentType::Date),
    ("time", ArgumentType::Time),
    ("timedelta", ArgumentType::TimeDelta),
    ("UUID", ArgumentType::Uuid),
    ("Path", ArgumentType::Path),
    ("Any", ArgumentType::Any),
    ("None", ArgumentType::None),
];

/// The types with brackets.
const BRACKETED: &[&str] = &["list", "set", "tuple", "dict", "Literal"];

/// What other languages call the types.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("integer", "int"),
    ("i64", "int"),
    ("i32", "int"),
    ("long", "int"),
    ("Int", "int"),
    ("number", "float"),
    ("double", "float"),
    ("f64", "float"),
    ("Float", "float"),
    ("string", "str"),
    ("String", "str"),
    ("text", "str"),
    ("Str", "str"),
    ("boolean", "bool"),
    ("Bool", "bool"),
    ("DateTime", "datetime"),
    ("timestamp", "datetime"),
    ("duration", "timedelta"),
    ("uuid", "UUID"),
    ("any", "Any"),
    ("object", "dict"),
    ("Dict", "dict"),
    ("map", "dict"),
    ("array", "list"),
    ("List", "list"),
    ("Vec", "list"),
    ("Set", "set"),
    ("Tuple", "tuple"),
    ("null", "None"),
    ("none", "None"),
    ("enum", "Literal"),
    ("literal", "Literal"),
];

/// What Python says in other ways, and what to write for it.
const OTHER_WAYS: &[(&str, &str)] = &[
    ("Optional", "write `str | None`, and `str | None = None` for what may be left out"),
    ("Union", "write `int | str`"),
    ("Annotated", "write a table: { type = \"int\", ge = 1, description = \"…\" }"),
    ("Field", "write a table: { type = \"int\", ge = 1, description = \"…\" }"),
    ("Sequence", "write `list[…]`"),
    ("Mapping", "write `dict[str, …]`"),
    ("Context", "leave it away: every handler is given a `Context`"),
    ("ToolResult", RESULT),
    ("Image", RESULT),
    ("Audio", RESULT),
    ("File", RESULT),
    ("Content", RESULT),
    ("ResourceResult", "leave `returns` away: the handler gives a `ResourceResult`"),
    ("PromptResult", "leave it away: the handler of a prompt gives a `PromptResult`"),
];
/// The help for what holds content.
const RESULT: &str = "leave `returns` away: the handler gives a `ToolResult` with any content; a \
                      type of your own is declared as [model.NAME]";

/// The names of the types that `mcp.toml` declares.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// The values of those that are enums.
    names: BTreeMap<String, Option<Vec<Json>>>,
}

impl Names {
    /// These names.
    pub(super) fn new(names: impl Iterator<Item = (String, Option<Vec<Json>>)>) -> Self {
        Self { names: names.collect() }
    }

    fn contains(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// Whether the values of a type are a few texts, or a few integers.
    pub(super) fn is_choice(&self, ty: &ArgumentType) -> bool {
        let values = match ty {
            ArgumentType::Literal(values) => Some(values),
            ArgumentType::Model(name) => self.names.get(name).and_then(Option::as_ref),
            _ => None,
        };
        values.is_some_and(|values| {
            values.iter().all(Json::is_string) || values.iter().all(Json::is_i64)
        })
    }
}

/// Whether a word means something in types already.
pub(super) fn is_word(word: &str) -> bool {
    PLAIN.iter().any(|(known, _)| *known == word)
        || BRACKETED.contains(&word)
        || matches!(word, "True" | "False" | "true" | "false" | "null")
}

/// [`lower`] where there may be no expression.
pub(super) fn lower_optional(
    expression: Option<&TypeExpression>,
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Option<Option<ArgumentType>> {
    match expression {
        None => Some(None),
        Some(expression) => lower(expression, names, diagnostics).map(Some),
    }
}

/// Gives an expression its meaning; `None` after a diagnostic.
pub(super) fn lower(
    expression: &TypeExpression,
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Option<ArgumentType> {
    match &expression.kind {
        TypeKind::Union(members) => {
            let members: Vec<_> = members.iter().map(|it| lower(it, names, diagnostics)).collect();
            members.into_iter().collect::<Option<_>>().map(ArgumentType::Union)
        }
        TypeKind::Literal(value) => {
            let help = format!("write Literal[{value}] for a value as a type");
            refuse(expression, "a value is not a type", &help, diagnostics)
        }
        TypeKind::Rest => {
            let help = "`...` stands at the end of tuple[…]";
            refuse(expression, "`...` has no place here", help, diagnostics)
        }
        TypeKind::Name(name, None) => lower_plain(name, expression, names, diagnostics),
        TypeKind::Name(name, Some(items)) => {
            lower_bracketed(name, items, expression, names, diagnostics)
        }
    }
}

fn refuse(
    expression: &TypeExpression,
    message: &str,
    help: &str,
    diagnostics: &mut Diagnostics,
) -> Option<ArgumentType> {
    diagnostics.push(Diagnostic::error(Code::E0305, message).at(expression.span, "").help(help));
    None
}

fn lower_plain(
    name: &str,
    expression: &TypeExpression,
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Option<ArgumentType> {
    if let Some((_, ty)) = PLAIN.iter().find(|(known, _)| *known == name) {
        return Some(ty.clone());
    }
    let any = || Box::new(ArgumentType::Any);
    match name {
        "list" => Some(ArgumentType::List(any())),
        "set" => Some(ArgumentType::Set(any())),
        "dict" => Some(ArgumentType::Dict(any())),
        "tuple" => Some(ArgumentType::List(any())),
        "Literal" => {
            let help = "name the values: Literal[\"a\", \"b\"]";
            refuse(expression, "`Literal` has no values", help, diagnostics)
        }
        _ if names.contains(name) => Some(ArgumentType::Model(name.to_owned())),
        _ if name.starts_with(|first: char| first.is_ascii_digit()) => {
            let help = format!("write Literal[{name}] for a value as a type");
            refuse(expression, "a value is not a type", &help, diagnostics)
        }
        _ => unknown(name, expression, names, diagnostics),
    }
}

fn unknown(
    name: &str,
    expression: &TypeExpression,
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Option<ArgumentType> {
    let message = format!("`{name}` is not a type");
    let words = PLAIN.iter().map(|(known, _)| *known).chain(BRACKETED.iter().copied());
    let near = near(name, names.iter().chain(words));
    if let Some((_, help)) = OTHER_WAYS.iter().find(|(other, _)| *other == name) {
        return refuse(expression, &message, help, diagnostics);
    }
    let help = match (OTHER_WORDS.iter().find(|(other, _)| *other == name), near) {
        (Some((_, ours)), _) => format!("`{name}` is called `{ours}`"),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) if name.starts_with(char::is_uppercase) => {
            format!("declare it: [model.{name}] with its fields, or [enum.{name}] with its values")
        }
        (None, None) => "types are int, float, str, bool, bytes, datetime, date, time, \
                         timedelta, UUID, Path, Any, None, list[…], set[…], tuple[…], \
                         dict[str, …] and Literal[…]"
            .to_owned(),
    };
    refuse(expression, &message, &help, diagnostics)
}

fn lower_bracketed(
    name: &str,
    items: &[TypeExpression],
    expression: &TypeExpression,
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Option<ArgumentType> {
    let wrong = |help: &str, diagnostics: &mut Diagnostics| {
        let message = format!("`{name}[…]` does not fit");
        refuse(expression, &message, help, diagnostics)
    };
    match (name, items) {
        ("list", [item]) => {
            lower(item, names, diagnostics).map(|it| ArgumentType::List(Box::new(it)))
        }
        ("set", [item]) => {
            lower(item, names, diagnostics).map(|it| ArgumentType::Set(Box::new(it)))
        }
        ("list" | "set", _) => wrong(&format!("it takes one type: {name}[int]"), diagnostics),
        ("dict", [key, value]) if matches!(&key.kind, TypeKind::Name(key, None) if key == "str") => {
            lower(value, names, diagnostics).map(|it| ArgumentType::Dict(Box::new(it)))
        }
        ("dict", _) => wrong("keys are texts: dict[str, int]", diagnostics),
        ("Literal", []) => wrong("name the values: Literal[\"a\", \"b\"]", diagnostics),
        ("Literal", _) => {
            let value = |item: &TypeExpression| match &item.kind {
                TypeKind::Literal(value) if !value.is_array() && !value.is_object() => {
                    Some(value.clone())
                }
                TypeKind::Name(name, None) if name == "None" => Some(serde_json::Value::Null),
                _ => None,
            };
            match items.iter().map(value).collect() {
                Some(values) => Some(ArgumentType::Literal(values)),
                None => wrong("it takes values: Literal[\"a\", 1, None]", diagnostics),
            }
        }
        ("tuple", []) => wrong("it takes types: tuple[int, str]", diagnostics),
        ("tuple", _) => {
            let (items, open) = match items {
                [items @ .., last] if matches!(last.kind, TypeKind::Rest) => (items, true),
                _ => (items, false),
            };
            if items.is_empty() {
                return wrong("`...` repeats the type before it: tuple[int, ...]", diagnostics);
            }
            let items: Vec<_> = items.iter().map(|it| lower(it, names, diagnostics)).collect();
            let items = items.into_iter().collect::<Option<_>>()?;
            Some(ArgumentType::Tuple { items, open })
        }
        _ if PLAIN.iter().any(|(known, _)| *known == name) || names.contains(name) => {
            wrong(&format!("`{name}` stands alone"), diagnostics)
        }
        _ => unknown(name, expression, names, diagnostics),
    }
}

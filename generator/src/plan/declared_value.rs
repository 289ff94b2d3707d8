//! Whether a value of `mcp.toml` fits a declared type, whatever is inside it.

use super::declared::{accepted, without_none};
use super::declared_type::Types;
use super::format::Format;
use super::value_check::{is_integer, violation};
use crate::model::{ArgumentType, DeclaredArgument, Json, ModelShape};

/// Why an argument, or a field, would not accept a value, as the end of a sentence.
pub(super) fn problem(
    argument: &DeclaredArgument,
    value: &Json,
    types: &Types<'_>,
) -> Option<String> {
    violation(&accepted(argument, types), value).or_else(|| mismatch(&argument.ty, value, types))
}

/// Why a value is not of a type. The value is finite, so that types that hold themselves end.
fn mismatch(ty: &ArgumentType, value: &Json, types: &Types<'_>) -> Option<String> {
    let unless = |fits: bool, what: &str| (!fits).then(|| format!("is not {what}"));
    let each = |item: &ArgumentType, values: &[Json]| {
        values.iter().enumerate().find_map(|(at, value)| {
            mismatch(item, value, types).map(|why| format!("has an item [{at}] that {why}"))
        })
    };
    match ty {
        ArgumentType::Any => None,
        ArgumentType::None => unless(value.is_null(), "null"),
        ArgumentType::Int => unless(is_integer(value), "an integer"),
        ArgumentType::Float => unless(value.is_number(), "a number"),
        ArgumentType::Bool => unless(value.is_boolean(), "true or false"),
        ArgumentType::Str => unless(value.is_string(), "a text"),
        ArgumentType::Bytes
        | ArgumentType::DateTime
        | ArgumentType::Date
        | ArgumentType::Time
        | ArgumentType::TimeDelta
        | ArgumentType::Uuid
        | ArgumentType::Path => {
            let format = Format::of(ty)?;
            let fits = value.as_str().is_some_and(|text| format.allows(text));
            unless(fits, &format.to_string())
        }
        ArgumentType::List(item) | ArgumentType::Set(item) => match value.as_array() {
            Some(values) => each(item, values),
            None => Some("is not a list".to_owned()),
        },
        ArgumentType::Tuple { items, open } => {
            let Some(values) = value.as_array() else { return Some("is not a list".to_owned()) };
            let fits = values.len() == items.len() || *open && values.len() + 1 >= items.len();
            if !fits {
                return Some(format!("has {} items, not {}", values.len(), items.len()));
            }
            let last = items.last().filter(|_| *open);
            values.iter().enumerate().find_map(|(at, value)| {
                let item = items.get(at).or(last)?;
                mismatch(item, value, types).map(|why| format!("has an item [{at}] that {why}"))
            })
        }
        ArgumentType::Dict(of) => match value.as_object() {
            Some(members) => members.iter().find_map(|(name, value)| {
                mismatch(of, value, types).map(|why| format!("has a `{name}` that {why}"))
            }),
            None => Some("is not an object".to_owned()),
        },
        ArgumentType::Literal(values) => none_of(values, value),
        ArgumentType::Union(parts) => {
            let (rest, _) = without_none(ty);
            if let ([one], false) = (rest.as_slice(), value.is_null()) {
                return mismatch(one, value, types);
            }
            let fits = parts.iter().any(|part| mismatch(part, value, types).is_none());
            unless(fits, "of any of the types")
        }
        ArgumentType::Model(name) => match types.shape(name)? {
            ModelShape::Values(values) => none_of(values, value),
            ModelShape::Fields(fields) => of_fields(fields, value, types),
        },
    }
}

fn none_of(values: &[Json], value: &Json) -> Option<String> {
    let list = || values.iter().map(Json::to_string).collect::<Vec<_>>().join(", ");
    (!values.contains(value)).then(|| format!("is none of {}", list()))
}

fn of_fields(fields: &[DeclaredArgument], value: &Json, types: &Types<'_>) -> Option<String> {
    let Some(members) = value.as_object() else { return Some("is not an object".to_owned()) };
    fields.iter().find_map(|field| match members.get(&field.name) {
        None if field.default.is_none() => Some(format!("lacks `{}`", field.name)),
        None => None,
        Some(value) => {
            problem(field, value, types).map(|why| format!("has a `{}` that {why}", field.name))
        }
    })
}

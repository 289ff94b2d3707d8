//! Which rule of a schema a value breaks, as data.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::Broken;
use crate::format::Format;

/// Bytes of a refused value that are kept.
const KEPT: usize = 4096;

/// The rule that an error is about.
pub(super) fn rule(error: &ValidationError<'_>) -> Broken {
    let length = |keyword, limit: &u64| {
        Broken::Length(keyword, *limit, error.instance().as_array().map_or(0, Vec::len))
    };
    let bound = |keyword, limit: &Value| Broken::Bound(keyword, limit.clone());
    match error.kind() {
        Kind::Required { property } => {
            property.as_str().map_or(Broken::Other, |name| Broken::Missing(name.to_owned()))
        }
        Kind::Type { kind: TypeKind::Single(ty) } => Broken::Type(*ty),
        Kind::Enum { options } => {
            options.as_array().map_or(Broken::Other, |options| Broken::OneOf(options.clone()))
        }
        Kind::Constant { expected_value } => Broken::OneOf(vec![Value::clone(expected_value)]),
        Kind::Minimum { limit } => bound("minimum", limit),
        Kind::Maximum { limit } => bound("maximum", limit),
        Kind::ExclusiveMinimum { limit } => bound("exclusiveMinimum", limit),
        Kind::ExclusiveMaximum { limit } => bound("exclusiveMaximum", limit),
        Kind::MultipleOf { multiple_of } => bound("multipleOf", &Value::from(*multiple_of)),
        Kind::MinLength { limit } => length("minLength", limit),
        Kind::MaxLength { limit } => length("maxLength", limit),
        Kind::MinItems { limit } => length("minItems", limit),
        Kind::MaxItems { limit } => length("maxItems", limit),
        Kind::Pattern { pattern } => Broken::Pattern(pattern.clone()),
        Kind::Custom { message, .. } => {
            Format::of_words(message).map_or(Broken::Other, Broken::Format)
        }
        _ => Broken::Other,
    }
}

/// The value at fault.
pub(super) fn given(error: &ValidationError<'_>) -> Option<Box<str>> {
    let text = error.instance().to_string();
    (text.len() <= KEPT).then(|| text.into())
}

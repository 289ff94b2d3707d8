//! What a schema does not allow, in words for a model: where, which rule, what was meant.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::paths::LocationSegment;
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::{Step, Violation, broken};

/// Characters of a value that a message shows.
const SHOWN: usize = 60;
/// Names and values that a message lists.
const LISTED: usize = 12;
/// Similarity (Jaro-Winkler) from which a text is suggested for another one.
const NEAR: f64 = 0.8;
/// Bytes of a text that is compared with others for a suggestion.
const COMPARED: usize = 100;
/// Unions in unions that are looked into.
const DEPTH: usize = 8;

/// One violation. Of the branches of a union that all refuse the value it is that of the branch that
/// comes nearest.
pub(super) fn of(schema: &Value, error: &ValidationError<'_>) -> Violation {
    within(schema, error, DEPTH)
}

fn within(schema: &Value, error: &ValidationError<'_>, depth: usize) -> Violation {
    if let Kind::AnyOf { context } | Kind::OneOfNotValid { context } = error.kind()
        && depth > 0
        && let Some(nearest) = nearest(error, context)
    {
        return within(schema, nearest, depth - 1);
    }
    Violation {
        path: path(error),
        message: message(schema, error),
        broken: broken::rule(error),
        given: broken::given(error),
    }
}

/// The first violation of the branch that comes nearest: one that fails inside of the value rather
/// than at its type, then one with few violations. `None` where no branch stands out.
fn nearest<'e>(
    error: &ValidationError<'_>,
    branches: &'e [Vec<ValidationError<'static>>],
) -> Option<&'e ValidationError<'static>> {
    let here = error.instance_path().as_str().len();
    let is_other_type = |branch: &&Vec<ValidationError<'static>>| {
        branch.iter().any(|inner| {
            inner.instance_path().as_str().len() == here
                && matches!(inner.kind(), Kind::Type { .. })
        })
    };
    let alike: Vec<_> = branches.iter().filter(|branch| !is_other_type(branch)).collect();
    let fewest = alike.iter().map(|branch| branch.len()).min()?;
    let mut best = alike.into_iter().filter(|branch| branch.len() == fewest);
    let branch = best.next()?;
    // Several that are as near: which was meant is anybody's guess.
    if best.next().is_some() { None } else { branch.first() }
}

fn path(error: &ValidationError<'_>) -> Vec<Step> {
    let segments = error.instance_path().segments();
    segments
        .map(|segment| match segment {
            LocationSegment::Property(name) => Step::Property(name.into_owned()),
            LocationSegment::Index(index) => Step::Item(index),
        })
        .collect()
}

fn message(schema: &Value, error: &ValidationError<'_>) -> String {
    let given = shown(error.instance());
    match error.kind() {
        Kind::Required { property } => {
            format!("the property {} is missing", named(property))
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unknown(schema, error, unexpected)
        }
        Kind::Type { kind } => format!("expected {}, not {given}", expected(kind)),
        Kind::Enum { options } => one_of(options, error.instance(), &given),
        Kind::Constant { expected_value } => format!("expected {expected_value}, not {given}"),
        Kind::Minimum { limit } => format!("{given} is less than the minimum {limit}"),
        Kind::Maximum { limit } => format!("{given} is more than the maximum {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("{given} is not greater than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("{given} is not less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("{given} is not a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("{given} has fewer than {limit} characters"),
        Kind::MaxLength { limit } => format!("{given} has more than {limit} characters"),
        Kind::Pattern { pattern } => format!("{given} does not match the pattern {pattern}"),
        Kind::MinItems { limit } => format!("there are fewer than {limit} items"),
        Kind::MaxItems { limit } => format!("there are more than {limit} items"),
        Kind::AdditionalItems { limit } => format!("there are more than {limit} items"),
        Kind::UniqueItems => "the items must differ".to_owned(),
        Kind::Contains => "no item is one that has to be there".to_owned(),
        Kind::MinProperties { limit } => format!("there are fewer than {limit} properties"),
        Kind::MaxProperties { limit } => format!("there are more than {limit} properties"),
        Kind::PropertyNames { error } => {
            format!("a property may not have this name: {}", message(schema, error))
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            format!("{given} fits none of the {} accepted forms", context.len())
        }
        Kind::OneOfMultipleValid { .. } => {
            format!("{given} fits several accepted forms, and only one may fit")
        }
        Kind::Not { schema } => format!("{given} fits what is not accepted: {}", shown(schema)),
        // A format in words.
        Kind::Custom { message, .. } => format!("expected {message}, not {given}"),
        Kind::FalseSchema => format!("no value is accepted here, and {given} is given"),
        _ => format!("{given} is not accepted"),
    }
}

/// A property as messages write it; any other value as its JSON.
fn named(property: &Value) -> String {
    property.as_str().map_or_else(|| property.to_string(), |name| format!("`{name}`"))
}

const fn described(ty: JsonType) -> &'static str {
    match ty {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "an integer",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a string",
    }
}

fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(ty) => described(*ty).to_owned(),
        TypeKind::Multiple(types) => types.iter().map(described).collect::<Vec<_>>().join(" or "),
    }
}

fn unknown(schema: &Value, error: &ValidationError<'_>, names: &[String]) -> String {
    let place = error.schema_path().as_str().rsplit_once('/').map_or("", |(place, _)| place);
    let known = schema.pointer(place).and_then(|schema| schema.get("properties"));
    let known: Vec<&str> =
        known.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| &**name).collect();
    let told: Vec<String> = names
        .iter()
        .take(LISTED)
        .map(|name| match near(known.iter().copied(), name) {
            Some(near) => format!("unknown property `{}`; did you mean `{near}`?", cut(name)),
            None => format!("unknown property `{}`", cut(name)),
        })
        .collect();
    told.join(", ")
}

fn one_of(options: &Value, given: &Value, shown_given: &str) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let listed: Vec<String> = options.iter().take(LISTED).map(Value::to_string).collect();
    let more = if options.len() > LISTED { ", …" } else { "" };
    let texts = options.iter().filter_map(Value::as_str);
    let near = given.as_str().and_then(|given| near(texts, given));
    let near = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
    format!("{shown_given} is not accepted, only {}{more}{near}", listed.join(", "))
}

/// The known text that is most like a given one, if one is like it.
fn near<'t>(known: impl Iterator<Item = &'t str>, given: &str) -> Option<&'t str> {
    let wanted = (given.len() <= COMPARED).then(|| given.to_lowercase())?;
    known
        .map(|known| (strsim::jaro_winkler(&known.to_lowercase(), &wanted), known))
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .filter(|(similarity, _)| *similarity >= NEAR)
        .map(|(_, known)| known)
}

fn shown(value: &Value) -> String {
    cut(&value.to_string())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

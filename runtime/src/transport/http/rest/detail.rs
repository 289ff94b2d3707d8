//! What is wrong with a request, in the words and the shape that FastAPI has for it: `type`, `loc`,
//! `msg`, `input`, and `ctx` where a rule has a bound.

use serde::Serialize;
use serde_json::{Value, json};

use crate::arguments::{ArgumentErrors, Place as Step, Rule, Violation};
use crate::format::Format;
use crate::operation::{Argument, Bound, Kind, Place};

/// One entry of `detail`, its members in the order in which FastAPI writes them.
#[derive(Debug, Serialize)]
pub(super) struct Detail {
    #[serde(rename = "type")]
    ty: &'static str,
    loc: Value,
    msg: String,
    input: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctx: Option<Value>,
}

/// The longest body that is repeated as the input of a missing property.
const REPEATED: usize = 4096;

/// The entries for violations. `body`: that of the request.
pub(super) fn all(table: &'static [Argument], errors: &ArgumentErrors, body: &[u8]) -> Vec<Detail> {
    errors.violations().iter().map(|violation| of_violation(table, violation, body)).collect()
}

/// Something that is not there.
pub(super) fn missing(place: Value) -> Box<Detail> {
    Box::new(entry("missing", place, "Field required", Value::Null, None))
}

/// A body that is not the object that it has to be.
pub(super) fn no_object(input: Value) -> Box<Detail> {
    const MESSAGE: &str = "Input should be a valid dictionary or object to extract fields from";
    Box::new(entry("model_attributes_type", json!(["body"]), MESSAGE, input, None))
}

/// A body that is no JSON.
pub(super) fn no_json(offset: usize, error: &str) -> Box<Detail> {
    let context = json!({ "error": error });
    Box::new(entry(
        "json_invalid",
        json!(["body", offset]),
        "JSON decode error",
        json!({}),
        Some(context),
    ))
}

fn entry(
    ty: &'static str,
    loc: Value,
    message: impl Into<String>,
    input: Value,
    ctx: Option<Value>,
) -> Detail {
    Detail { ty, loc, msg: message.into(), input, ctx }
}

fn of_violation(table: &'static [Argument], violation: &Violation, body: &[u8]) -> Detail {
    let argument = violation.argument.and_then(|index| table.get(index));
    let mut place: Vec<Value> = argument.map(location).unwrap_or_default();
    place.extend(violation.path.iter().map(|step| match step {
        Step::Item(index) => Value::from(*index),
        #[cfg(feature = "schema")]
        Step::Property(name) => Value::from(name.as_str()),
    }));
    let place = Value::Array(place);
    let is_property = argument.is_some_and(|argument| argument.place == Place::Property);
    let given = violation.given.as_deref();
    let given_value = || given.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    if violation.rule == Rule::Required {
        // What lacks it: an object inside of the argument, or the body.
        let input = match violation.path.is_empty() {
            false => given_value(),
            true if is_property && body.len() <= REPEATED => {
                serde_json::from_slice(body).unwrap_or_default()
            }
            true => Value::Null,
        };
        return entry("missing", place, "Field required", input, None);
    }
    let (ty, message, context) = in_words(violation, given.unwrap_or_default());
    entry(ty, place, message, given_value(), context)
}

/// Where an argument comes from.
fn location(argument: &Argument) -> Vec<Value> {
    let part = match argument.place {
        Place::Path => "path",
        Place::Query | Place::QueryString => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
        Place::Body => return vec!["body".into()],
        Place::Property | Place::Properties | Place::Handler => "body",
    };
    vec![part.into(), argument.wire.into()]
}

/// Type, message and context of a rule that is broken, as pydantic 2 words them.
fn in_words(violation: &Violation, given: &str) -> (&'static str, String, Option<Value>) {
    let number = |bound: Bound| match bound {
        Bound::Integer(value) => i64::try_from(value).map_or(json!(value as f64), Value::from),
        Bound::Number(value) => json!(value),
    };
    let compared = |ty, words: &str, key: &str, bound: Bound| {
        let context = json!({ key: number(bound) });
        (ty, format!("Input should be {words} {bound}"), Some(context))
    };
    let length = |ty, words: &str, key: &str, bound: u32| {
        let characters = if bound == 1 { "character" } else { "characters" };
        let message = format!("String should have at {words} {bound} {characters}");
        (ty, message, Some(json!({ key: bound })))
    };
    let items = |ty, words: &str, key: &str, bound: u32, count: usize| {
        let items = if bound == 1 { "item" } else { "items" };
        let message =
            format!("List should have at {words} {bound} {items} after validation, not {count}");
        // Sorted, so that the answer is the same whether or not maps keep their order.
        let context = json!({ "actual_length": count, "field_type": "List", key: bound });
        (ty, message, Some(context))
    };
    let plain = |(ty, message): (&'static str, &str)| (ty, message.to_owned(), None);
    match &violation.rule {
        Rule::Type(kind) => plain(wrong_type(*kind, given)),
        Rule::Format(format) => wrong_format(*format, given),
        Rule::Range(Kind::Number) => plain(("finite_number", "Input should be a finite number")),
        Rule::Range(_) => plain((
            "int_parsing_size",
            "Unable to parse input string as an integer, exceeded maximum size",
        )),
        Rule::Sound => plain((
            "string_unicode",
            "Input should be a valid string, unable to parse raw data as a unicode string",
        )),
        Rule::AtLeast(bound) => {
            compared("greater_than_equal", "greater than or equal to", "ge", *bound)
        }
        Rule::AtMost(bound) => compared("less_than_equal", "less than or equal to", "le", *bound),
        Rule::Above(bound) => compared("greater_than", "greater than", "gt", *bound),
        Rule::Below(bound) => compared("less_than", "less than", "lt", *bound),
        Rule::MultipleOf(bound) => compared("multiple_of", "a multiple of", "multiple_of", *bound),
        Rule::MinLength(bound) => length("string_too_short", "least", "min_length", *bound),
        Rule::MaxLength(bound) => length("string_too_long", "most", "max_length", *bound),
        Rule::Pattern(pattern) => (
            "string_pattern_mismatch",
            format!("String should match pattern '{pattern}'"),
            Some(json!({ "pattern": pattern })),
        ),
        Rule::OneOf(values) => {
            let expected = listed(values);
            let message = format!("Input should be {expected}");
            ("literal_error", message, Some(json!({ "expected": expected })))
        }
        Rule::MinItems(bound, count) => items("too_short", "least", "min_length", *bound, *count),
        Rule::MaxItems(bound, count) => items("too_long", "most", "max_length", *bound, *count),
        _ => {
            // The place is in `loc`.
            let message = violation.message.as_str();
            let message = message.split_once(": ").map_or(message, |(_, message)| message);
            ("value_error", format!("Value error, {message}"), None)
        }
    }
}

fn wrong_type(kind: Kind, given: &str) -> (&'static str, &'static str) {
    let is_text = given.starts_with('"');
    let is_number = given.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    match kind {
        Kind::Integer if is_text => {
            ("int_parsing", "Input should be a valid integer, unable to parse string as an integer")
        }
        Kind::Integer if is_number => (
            "int_from_float",
            "Input should be a valid integer, got a number with a fractional part",
        ),
        Kind::Integer => ("int_type", "Input should be a valid integer"),
        Kind::Number if is_text => {
            ("float_parsing", "Input should be a valid number, unable to parse string as a number")
        }
        Kind::Number => ("float_type", "Input should be a valid number"),
        Kind::Flag if is_text || is_number => {
            ("bool_parsing", "Input should be a valid boolean, unable to interpret input")
        }
        Kind::Flag => ("bool_type", "Input should be a valid boolean"),
        Kind::Object => ("dict_type", "Input should be a valid dictionary"),
        Kind::Text | Kind::File | Kind::Any => ("string_type", "Input should be a valid string"),
        Kind::Texts | Kind::Integers | Kind::Numbers | Kind::Flags | Kind::List | Kind::Files => {
            ("list_type", "Input should be a valid list")
        }
    }
}

/// A text, or no text at all, where one of a format is due.
fn wrong_format(format: Format, given: &str) -> (&'static str, String, Option<Value>) {
    let (of_type, not_even, of_text, unlike) = match format {
        #[cfg(feature = "jiff")]
        Format::DateTime => (
            "datetime_type",
            "Input should be a valid datetime",
            "datetime_parsing",
            "Input should be a valid datetime",
        ),
        #[cfg(feature = "jiff")]
        Format::Date => (
            "date_type",
            "Input should be a valid date",
            "date_parsing",
            "Input should be a valid date in the format YYYY-MM-DD",
        ),
        #[cfg(feature = "jiff")]
        Format::Time => (
            "time_type",
            "Input should be a valid time",
            "time_parsing",
            "Input should be in a valid time format",
        ),
        #[cfg(feature = "jiff")]
        Format::Duration => (
            "time_delta_type",
            "Input should be a valid timedelta",
            "time_delta_parsing",
            "Input should be a valid timedelta",
        ),
        #[cfg(feature = "uuid")]
        Format::Uuid => (
            "uuid_type",
            "UUID input should be a string, bytes or UUID object",
            "uuid_parsing",
            "Input should be a valid UUID",
        ),
        Format::Base64 => (
            "bytes_type",
            "Input should be a valid bytes",
            "bytes_invalid_encoding",
            "Data should be valid base64",
        ),
    };
    if !given.starts_with('"') {
        return (of_type, not_even.to_owned(), None);
    }
    let error = format!("expected {format}");
    (of_text, format!("{unlike}, {error}"), Some(json!({ "error": error })))
}

/// Values as Python lists them: `'a', 'b' or 'c'`.
fn listed(values: &[String]) -> String {
    let shown: Vec<String> = values
        .iter()
        .map(|json| match serde_json::from_str::<String>(json) {
            Ok(text) => format!("'{text}'"),
            Err(_) => json.clone(),
        })
        .collect();
    match shown.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => shown.concat(),
    }
}

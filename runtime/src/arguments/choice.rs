//! Values that an argument is chosen from (`enum`).

use std::borrow::Cow;

use serde_json::Value;

use super::coerce;
use super::error::{NEAR, is_comparable, shown};
use super::number::Number;
use crate::operation::Choices;

/// Accepted values that a message lists.
const LISTED: usize = 12;

/// Whether a value, as JSON, is one of those.
pub(super) fn accepts(choices: Choices, json: &str) -> bool {
    match choices {
        Choices::Any => true,
        Choices::Texts(texts) => coerce::text(json).is_some_and(|text| texts.contains(&&*text)),
        Choices::Json(values) => {
            values.contains(&json) || {
                let given = canonical(json);
                values.iter().any(|value| canonical(value) == given)
            }
        }
    }
}

/// What is said of a value that is none of those.
pub(super) fn refusal(choices: Choices, json: &str) -> String {
    let mut accepted: Vec<_> = choices.json().take(LISTED + 1).collect();
    let more = if accepted.len() > LISTED { ", …" } else { "" };
    accepted.truncate(LISTED);
    let near =
        near_miss(choices, json).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    format!("{} is not accepted, only {}{more}{near}", shown(json), accepted.join(", "))
}

/// The accepted text that is nearest to the given one, as JSON.
fn near_miss(choices: Choices, json: &str) -> Option<Cow<'static, str>> {
    let given = coerce::text(json).filter(|text| is_comparable(text))?.to_lowercase();
    choices
        .json()
        .filter_map(|value| {
            let text = coerce::text(&value)?.to_lowercase();
            Some((strsim::jaro_winkler(&text, &given), value))
        })
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .filter(|(similarity, _)| *similarity >= NEAR)
        .map(|(_, value)| value)
}

/// One text for all ways to write a value that JSON Schema takes for equal: numbers by value,
/// strings without escapes that are not needed, objects without order.
pub(super) fn canonical(json: &str) -> Cow<'_, str> {
    if let Some(Cow::Borrowed(_)) = coerce::text(json) {
        return Cow::Borrowed(json);
    }
    if let Some(number) = Number::parse(json) {
        return Cow::Owned(number.canonical());
    }
    let mut text = String::new();
    write_canonical(&serde_json::from_str(json).unwrap_or_default(), &mut text);
    Cow::Owned(text)
}

/// Writes a tree. Its depth is bounded by the parser.
fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Number(number) => {
            let number = number.to_string();
            let canonical = Number::parse(&number).map(Number::canonical);
            text.push_str(&canonical.unwrap_or(number));
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_canonical(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (name, value) in members {
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write_canonical(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&value.to_string()),
    }
}

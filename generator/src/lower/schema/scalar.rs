//! Values of keywords: texts, flags, numbers and counts, repaired where the meaning is plain.

use serde_json::Number;

use crate::input::openapi::Notes;
use crate::source::{Node, Value, number};

pub(super) fn text(name: &str, node: &Node<'_>, notes: &mut Notes) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(text) => {
            notes.count("number where a text is expected");
            Some(text.to_string())
        }
        _ => {
            notes.wrong_type(&format!("`{name}` of a schema"), node, "a string");
            None
        }
    }
}

pub(super) fn flag(name: &str, node: &Node<'_>, notes: &mut Notes) -> bool {
    match (&node.value, node.as_str()) {
        (Value::Bool(value), _) => *value,
        (_, Some(text @ ("true" | "false"))) => {
            notes.count("text where a boolean is expected");
            text == "true"
        }
        _ => {
            notes.wrong_type(&format!("`{name}` of a schema"), node, "a boolean");
            false
        }
    }
}

/// A number, never rounded through a float where it is an integer of 64 bits.
pub(super) fn bound(name: &str, node: &Node<'_>, notes: &mut Notes) -> Option<Number> {
    let parsed = match &node.value {
        Value::Number(text) => number(text),
        Value::String(text) => {
            let parsed = number(text.trim());
            if parsed.is_some() {
                notes.count("text where a number is expected");
            }
            parsed
        }
        _ => None,
    };
    if parsed.is_none() {
        notes.wrong_type(&format!("`{name}` of a schema"), node, "a number");
    }
    parsed
}

/// A whole number from zero; `2.0` is one.
pub(super) fn count(name: &str, node: &Node<'_>, notes: &mut Notes) -> Option<u64> {
    /// Integers up to here are exact as floats.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let parsed = bound(name, node, notes)?;
    if let Some(whole) = parsed.as_u64() {
        return Some(whole);
    }
    let value = parsed.as_f64().filter(|value| value.fract() == 0.0 && *value >= 0.0);
    let whole = value.filter(|value| *value <= EXACT).map(|value| value as u64);
    if whole.is_some() {
        notes.count("fraction where a whole number is expected");
    } else {
        notes.wrong_type(&format!("`{name}` of a schema"), node, "a whole number from zero");
    }
    whole
}

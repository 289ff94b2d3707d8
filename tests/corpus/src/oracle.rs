//! What the OpenAPI text says about writing values, told apart from the runtime's encoders, so that a
//! difference to another client can be judged. Texts are decoded, unless said otherwise.

use mcpwright::operation::{Argument, Style};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::request::is_json;

/// What a value in a path may hold as it is; without the dot no value is a step.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// A name and its value.
pub type Pair = (String, String);

/// A scalar as text; lists and objects as compact JSON.
#[must_use]
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value as Python's `str` writes it, which is what the other client sends for lists and objects
/// that its encoders do not know.
#[must_use]
pub fn python(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => python_repr(other),
    }
}

fn python_repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
            let escaped = text.replace('\\', "\\\\").replace('\n', "\\n");
            format!("{quote}{escaped}{quote}")
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(python_repr).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("'{name}': {}", python_repr(value)))
                .collect::<Vec<_>>();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// The pairs of a parameter in a query, a form or a cookie (OpenAPI 3.1, 4.8.12.2 and the table of
/// style examples); brackets below the first level as Stripe and PHP write them.
#[must_use]
pub fn pairs(argument: &Argument, value: &Value) -> Vec<Pair> {
    let name = argument.wire.to_owned();
    if value.is_null() {
        return Vec::new();
    }
    if argument.style == Style::Json {
        return vec![(name, value.to_string())];
    }
    if argument.style == Style::Content {
        let items = value.as_array().map_or_else(|| vec![value], |items| items.iter().collect());
        let items = items.into_iter().filter(|item| !item.is_null());
        return items.map(|item| (name.clone(), in_media_type(argument, item))).collect();
    }
    if argument.style == Style::DeepObject {
        let mut pairs = Vec::new();
        brackets(&name, value, &mut pairs);
        return pairs;
    }
    let delimiter = match argument.style {
        Style::SpaceDelimited => " ",
        Style::PipeDelimited => "|",
        Style::TabDelimited => "\t",
        _ => ",",
    };
    match value {
        Value::Array(items) if argument.explode => {
            items.iter().map(|item| (name.clone(), text(item))).collect()
        }
        Value::Object(members) if argument.explode => {
            members.iter().map(|(key, value)| (key.clone(), text(value))).collect()
        }
        Value::Array(items) if items.is_empty() => Vec::new(),
        Value::Object(members) if members.is_empty() => Vec::new(),
        value => vec![(name, joined(value, delimiter, delimiter))],
    }
}

/// A field of a form in its media type (OpenAPI 3.1, 4.8.15.1.1).
fn in_media_type(argument: &Argument, value: &Value) -> String {
    if is_json(argument.media_type) { value.to_string() } else { text(value) }
}

fn brackets(name: &str, value: &Value, pairs: &mut Vec<Pair>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                brackets(&format!("{name}[{key}]"), value, pairs);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                brackets(&format!("{name}[{index}]"), value, pairs);
            }
        }
        Value::Null => {}
        scalar => pairs.push((name.to_owned(), text(scalar))),
    }
}

fn joined(value: &Value, equals: &str, and: &str) -> String {
    match value {
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(and),
        Value::Object(members) => {
            let members =
                members.iter().map(|(key, value)| format!("{key}{equals}{}", text(value)));
            members.collect::<Vec<_>>().join(and)
        }
        scalar => text(scalar),
    }
}

/// A path parameter, percent-encoded (RFC 6570, 3.2.2, 3.2.5 and 3.2.7).
#[must_use]
pub fn path(argument: &Argument, value: &Value) -> String {
    let encode = |text: String| utf8_percent_encode(&text, SEGMENT).to_string();
    let name = encode(argument.wire.to_owned());
    let (first, and) = match argument.style {
        Style::Label => (".", "."),
        Style::Matrix => (";", ";"),
        _ => ("", ","),
    };
    let and = if argument.explode { and } else { "," };
    let equals = if argument.explode { "=" } else { "," };
    let items: Vec<String> = match value {
        Value::Array(items) => {
            let named = argument.style == Style::Matrix && argument.explode;
            let prefix = if named { format!("{name}=") } else { String::new() };
            items.iter().map(|item| format!("{prefix}{}", encode(text(item)))).collect()
        }
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| format!("{}{equals}{}", encode(key.clone()), encode(text(value))))
            .collect(),
        scalar => vec![encode(text(scalar))],
    };
    let is_named = argument.style == Style::Matrix && (!argument.explode || is_scalar(value));
    let prefix = if is_named { format!("{name}=") } else { String::new() };
    format!("{first}{prefix}{}", items.join(and))
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

//! Forms as `requestedSchema`.

use bytes::{BufMut, BytesMut};

use super::Form;
use super::field::{AnyField, Choice, Choices, Kind, Options, Text};
use crate::protocol::content::json;
use crate::protocol::escape;

/// Appends the schema. Wires before 2025-11-25 are not `rich`: they have no defaults but those of
/// booleans, titles as `enumNames` only, and no choice of several values, which is a text there.
pub(super) fn schema(buffer: &mut BytesMut, form: &Form, rich: bool) {
    if let Some(raw) = form.raw.as_ref().filter(|_| rich) {
        json(buffer, raw);
        return;
    }
    buffer.put_slice(br#"{"type":"object","properties":{"#);
    for (index, (name, any)) in form.fields.iter().enumerate() {
        if index > 0 {
            buffer.put_u8(b',');
        }
        escape::string(buffer, name);
        buffer.put_u8(b':');
        field(buffer, any, rich);
    }
    buffer.put_u8(b'}');
    let required = form.fields.iter().filter(|(_, field)| !field.label.optional);
    let required: Vec<_> = required.map(|(name, _)| name).collect();
    if !required.is_empty() {
        member(buffer, "required", &required);
    }
    buffer.put_u8(b'}');
}

fn field(buffer: &mut BytesMut, field: &AnyField, rich: bool) {
    let kind = match &field.kind {
        Kind::Integer(_) => "integer",
        Kind::Number(_) => "number",
        Kind::Boolean(_) => "boolean",
        Kind::Choices(_) if rich => "array",
        Kind::Text(_) | Kind::Choice(_) | Kind::Choices(_) => "string",
    };
    buffer.put_slice(br#"{"type":""#);
    buffer.put_slice(kind.as_bytes());
    buffer.put_u8(b'"');
    if !field.label.title.is_empty() {
        member(buffer, "title", &field.label.title);
    }
    let mut description = field.label.description.clone();
    if let (Kind::Choices(choices), false) = (&field.kind, rich) {
        description = described(&description, &choices.options);
    }
    if !description.is_empty() {
        member(buffer, "description", &description);
    }
    match &field.kind {
        Kind::Text(text) => text_members(buffer, text, rich),
        Kind::Integer(integer) => {
            optional(buffer, "minimum", integer.minimum.as_ref());
            optional(buffer, "maximum", integer.maximum.as_ref());
            optional(buffer, "default", integer.default.as_ref().filter(|_| rich));
        }
        Kind::Number(number) => {
            optional(buffer, "minimum", number.minimum.as_ref());
            optional(buffer, "maximum", number.maximum.as_ref());
            optional(buffer, "default", number.default.as_ref().filter(|_| rich));
        }
        Kind::Boolean(boolean) => optional(buffer, "default", boolean.default.as_ref()),
        Kind::Choice(choice) => choice_members(buffer, choice, rich),
        Kind::Choices(choices) if rich => choices_members(buffer, choices),
        Kind::Choices(_) => {}
    }
    buffer.put_u8(b'}');
}

fn text_members(buffer: &mut BytesMut, text: &Text, rich: bool) {
    optional(buffer, "minLength", text.min_length.as_ref());
    optional(buffer, "maxLength", text.max_length.as_ref());
    optional(buffer, "format", text.format.map(super::Format::name).as_ref());
    optional(buffer, "default", text.default.as_ref().filter(|_| rich));
}

fn choice_members(buffer: &mut BytesMut, choice: &Choice, rich: bool) {
    let options = &choice.options;
    if options.titles.is_empty() || options.enum_names || !rich {
        member(buffer, "enum", &options.values);
        if !options.titles.is_empty() {
            member(buffer, "enumNames", &options.titles);
        }
    } else {
        buffer.put_slice(br#","oneOf":"#);
        titled(buffer, options);
    }
    optional(buffer, "default", choice.default.as_ref().filter(|_| rich));
}

fn choices_members(buffer: &mut BytesMut, choices: &Choices) {
    let options = &choices.options;
    if options.titles.is_empty() {
        buffer.put_slice(br#","items":{"type":"string""#);
        member(buffer, "enum", &options.values);
    } else {
        buffer.put_slice(br#","items":{"anyOf":"#);
        titled(buffer, options);
    }
    buffer.put_u8(b'}');
    optional(buffer, "minItems", choices.min_items.as_ref());
    optional(buffer, "maxItems", choices.max_items.as_ref());
    optional(buffer, "default", choices.default.as_ref());
}

fn titled(buffer: &mut BytesMut, options: &Options) {
    buffer.put_u8(b'[');
    for (index, (value, title)) in options.values.iter().zip(&options.titles).enumerate() {
        buffer.put_slice(if index > 0 { br#",{"const":"# } else { br#"{"const":"#.as_slice() });
        escape::string(buffer, value);
        member(buffer, "title", title);
        buffer.put_u8(b'}');
    }
    buffer.put_u8(b']');
}

/// The description of a choice of several values where it can only be a text.
fn described(description: &str, options: &Options) -> String {
    let mut text = description.to_owned();
    if !text.is_empty() {
        text.push('\n');
    }
    let separator = options.separator();
    let name = match separator {
        ',' => "commas",
        ';' => "semicolons",
        '|' => "bars",
        _ => "line ends",
    };
    text.push_str(&format!("Any of the following, separated by {name}: "));
    for (index, value) in options.values.iter().enumerate() {
        if index > 0 {
            text.push(separator);
            text.push(' ');
        }
        text.push_str(value);
        if let Some(title) = options.titles.get(index).filter(|title| *title != value) {
            text.push_str(&format!(" ({title})"));
        }
    }
    text
}

fn optional(buffer: &mut BytesMut, key: &str, value: Option<&impl serde::Serialize>) {
    if let Some(value) = value {
        member(buffer, key, value);
    }
}

fn member(buffer: &mut BytesMut, key: &str, value: &impl serde::Serialize) {
    buffer.put_u8(b',');
    escape::string(buffer, key);
    buffer.put_u8(b':');
    json(buffer, value);
}

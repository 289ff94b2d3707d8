//! From the keywords of other dialects to those of JSON Schema 2020-12.

use std::collections::HashSet;

use super::Arena;
use super::keyword::Draft;
use crate::diagnostic::Code;
use crate::input::openapi::{Note, Notes};
use crate::model::schema::JsonType;
use crate::model::{Json, Schema};
use crate::source::{Node, Span, Value, number};

impl<'d> Draft<'d> {
    /// The schema in the words of 2020-12.
    pub(super) fn normalise(mut self, arena: &mut Arena<'d>, notes: &mut Notes) -> Schema {
        self.count_siblings(notes);
        self.make_bounds_numbers(notes);
        self.make_prefix_items(notes);
        self.make_contents(notes);
        self.fit_enum_to_type(notes);
        self.allow_null_of_enum(notes);
        if self.nullable { self.make_nullable(arena, notes) } else { self.schema }
    }

    /// `$ref` with siblings is a schema like any other in 2020-12; version 3.0 says that they are
    /// ignored, which its writers rarely know.
    fn count_siblings(&self, notes: &mut Notes) {
        let schema = &self.schema;
        let asserts = !schema.types.is_empty()
            || schema.enumeration.is_some()
            || schema.constant.is_some()
            || !schema.required.is_empty()
            || schema.edges().nth(1).is_some();
        if schema.reference.is_some() && asserts {
            notes.count("`$ref` with other keywords beside it");
        }
    }

    /// Boolean `exclusiveMinimum` and `exclusiveMaximum` of 3.0 and draft 4.
    fn make_bounds_numbers(&mut self, notes: &mut Notes) {
        let schema = &mut self.schema;
        let bounds = [
            (self.excludes_minimum, &mut schema.minimum, &mut schema.exclusive_minimum),
            (self.excludes_maximum, &mut schema.maximum, &mut schema.exclusive_maximum),
        ];
        for (excludes, bound, exclusive) in bounds {
            if !excludes {
                continue;
            }
            if bound.is_some() {
                *exclusive = bound.take();
                notes.count("boolean exclusive bound");
            } else {
                notes.warn(Note {
                    kind: "exclusive bound without a bound",
                    code: Code::E0210,
                    message: "an exclusive bound is `true` and the bound itself is missing; \
                              it is left out"
                        .to_owned(),
                    span: self.span,
                    help: "write the number as the exclusive bound, or add the bound",
                });
            }
        }
    }

    /// `items` as a list with `additionalItems`, of older drafts.
    fn make_prefix_items(&mut self, notes: &mut Notes) {
        if self.items_list {
            notes.count("`items` that is a list");
            self.schema.items = self.additional_items;
        } else if self.additional_items.is_some() {
            notes.count("`additionalItems` without a list of items ignored");
        }
    }

    /// `format: binary`, `format: byte` and `type: file`.
    fn make_contents(&mut self, notes: &mut Notes) {
        let schema = &mut self.schema;
        let text = schema.types.is_empty() || schema.types.contains(&JsonType::String);
        let format = schema.format.as_deref().filter(|_| text);
        if self.file || format == Some("binary") {
            schema.format = None;
            schema.content_media_type.get_or_insert_with(|| "application/octet-stream".to_owned());
            notes.count("`format: binary`");
        } else if format == Some("byte") {
            schema.format = None;
            schema.content_encoding.get_or_insert_with(|| "base64".to_owned());
            notes.count("`format: byte`");
        }
    }

    /// Values of `enum` without the quotes that `type` asks for, or with quotes too many: nothing
    /// could ever be given.
    fn fit_enum_to_type(&mut self, notes: &mut Notes) {
        let types = &self.schema.types;
        if types.is_empty() || !self.values.iter().any(|item| fitted(item, types).is_some()) {
            return;
        }
        let mut seen = HashSet::new();
        let mut values = Vec::with_capacity(self.values.len());
        for item in self.values {
            let fitted = fitted(item, types);
            if fitted.is_some() {
                notes.count("value of an `enum` that is not of its type");
            }
            let value = fitted.unwrap_or_else(|| item.to_json());
            if seen.insert(value.to_string()) {
                values.push(value);
            }
        }
        self.schema.enumeration = Some(values);
    }

    /// A `null` in `enum` says that null is allowed, whatever `type` says.
    fn allow_null_of_enum(&mut self, notes: &mut Notes) {
        let schema = &mut self.schema;
        let has_null = schema.enumeration.iter().flatten().any(Json::is_null);
        if has_null && !schema.types.is_empty() && !schema.types.contains(&JsonType::Null) {
            schema.types.push(JsonType::Null);
            if !self.nullable {
                notes.count("`null` in an `enum` whose type has none");
            }
        }
    }

    fn make_nullable(self, arena: &mut Arena<'d>, notes: &mut Notes) -> Schema {
        let mut schema = self.schema;
        notes.count("`nullable`");
        let composed = schema.reference.is_some()
            || !schema.all_of.is_empty()
            || !schema.any_of.is_empty()
            || !schema.one_of.is_empty();
        if composed {
            // A part of the composition may refuse null, so null becomes an alternative to the
            // whole.
            notes.count("`nullable` beside a composition");
            let outer = take_annotations(&mut schema, self.span);
            let null = Schema { types: vec![JsonType::Null], ..Schema::default() };
            let any_of = vec![arena.add(schema), arena.add(null)];
            return Schema { any_of, ..outer };
        }
        if schema.is_any() {
            arena.only_nullable.insert(self.id);
        }
        if let Some(constant) = schema.constant.take() {
            schema.enumeration = Some(vec![constant]);
        }
        if let Some(values) = &mut schema.enumeration
            && !values.iter().any(Json::is_null)
        {
            values.push(Json::Null);
        }
        if !schema.types.is_empty() && !schema.types.contains(&JsonType::Null) {
            schema.types.push(JsonType::Null);
        }
        schema
    }
}

/// A scalar as one of these types, by its text, where it is of none of them.
fn fitted(item: &Node<'_>, types: &[JsonType]) -> Option<Json> {
    let has = |ty| types.contains(&ty);
    let is_text = has(JsonType::String);
    let is_number = has(JsonType::Integer) || has(JsonType::Number);
    let is_flag = has(JsonType::Boolean);
    match &item.value {
        Value::Number(text) if is_text && !is_number => Some(text.to_string().into()),
        Value::Bool(value) if is_text && !is_flag => Some(value.to_string().into()),
        Value::String(text) if !is_text => match text.trim() {
            "true" if is_flag => Some(true.into()),
            "false" if is_flag => Some(false.into()),
            text if is_number => number(text)
                .filter(|number| has(JsonType::Number) || !number.is_f64())
                .map(Json::Number),
            _ => None,
        },
        _ => None,
    }
}

/// Moves what concerns people and not values to a schema around this one.
fn take_annotations(schema: &mut Schema, span: Span) -> Schema {
    Schema {
        span: Some(span),
        title: schema.title.take(),
        description: schema.description.take(),
        default: schema.default.take(),
        examples: std::mem::take(&mut schema.examples),
        deprecated: std::mem::take(&mut schema.deprecated),
        read_only: std::mem::take(&mut schema.read_only),
        write_only: std::mem::take(&mut schema.write_only),
        ..Schema::default()
    }
}

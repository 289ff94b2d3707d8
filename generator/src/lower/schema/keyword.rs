//! The keywords of one schema object, of any dialect.

use std::borrow::Cow;
use std::collections::HashSet;

use indexmap::IndexMap;

use super::Arena;
use super::pattern::portable;
use super::scalar::{bound, count, flag, text};
use crate::diagnostic::Code;
use crate::input::openapi::{Fault, Note, Notes, Reader, list, merged};
use crate::model::schema::JsonType;
use crate::model::{Schema, SchemaId};
use crate::source::{Key, Node, Span, Value};

/// A schema object that was read and still has keywords of its dialect.
#[derive(Debug)]
pub(super) struct Draft<'d> {
    pub(super) id: SchemaId,
    pub(super) span: Span,
    pub(super) schema: Schema,
    /// `$ref`
    pub(super) reference: Option<(&'d str, Span)>,
    /// `$recursiveRef` to the schema around this one that has `$recursiveAnchor`.
    pub(super) recursive_reference: bool,
    /// `discriminator`
    pub(super) discriminator: Option<&'d Node<'d>>,
    /// `nullable` or `x-nullable`
    pub(super) nullable: bool,
    /// `exclusiveMinimum: true`
    pub(super) excludes_minimum: bool,
    /// `exclusiveMaximum: true`
    pub(super) excludes_maximum: bool,
    /// `items` is a list.
    pub(super) items_list: bool,
    /// `additionalItems`
    pub(super) additional_items: Option<SchemaId>,
    /// `type: file`
    pub(super) file: bool,
    /// The items of `enum`, as they are written.
    pub(super) values: &'d [Node<'d>],
    /// What makes it unusable.
    pub(super) fault: Option<Fault>,
}

impl<'d> Draft<'d> {
    pub(super) fn new(id: SchemaId, span: Span) -> Self {
        Self {
            id,
            span,
            schema: Schema { span: Some(span), ..Schema::default() },
            reference: None,
            recursive_reference: false,
            discriminator: None,
            nullable: false,
            excludes_minimum: false,
            excludes_maximum: false,
            items_list: false,
            additional_items: None,
            file: false,
            values: &[],
            fault: None,
        }
    }

    /// Reads one keyword.
    pub(super) fn read(
        &mut self,
        key: &'d Key<'d>,
        node: &'d Node<'d>,
        arena: &mut Arena<'d>,
        reader: &mut Reader<'d>,
    ) {
        let name = &*key.name;
        let data = matches!(name, "default" | "const" | "example" | "enum" | "examples" | "type");
        if matches!(node.value, Value::Null) && !data {
            reader.notes.count("schema keyword with the value null");
            return;
        }
        let known = self.read_annotation(name, node, &mut reader.notes)
            || self.read_assertion(name, node, &mut reader.notes)
            || self.read_applicator(name, node, arena, reader).unwrap_or_else(|fault| {
                self.fault = Some(fault);
                true
            })
            || self.read_core(name, node, arena, &mut reader.notes);
        if !known {
            reader.notes.count(if name.starts_with("x-") {
                "extension of a schema ignored"
            } else {
                "unknown schema keyword ignored"
            });
        }
    }

    fn read_annotation(&mut self, name: &str, node: &'d Node<'d>, notes: &mut Notes) -> bool {
        let schema = &mut self.schema;
        match name {
            "title" => schema.title = text(name, node, notes),
            "description" => schema.description = text(name, node, notes),
            "default" => schema.default = Some(node.to_json()),
            "example" => schema.examples.push(node.to_json()),
            "examples" => match &node.value {
                Value::Array(items) => schema.examples.extend(items.iter().map(Node::to_json)),
                _ => notes.count("`examples` of a schema that is no list"),
            },
            "deprecated" => schema.deprecated = flag(name, node, notes),
            "readOnly" => schema.read_only = flag(name, node, notes),
            "writeOnly" => schema.write_only = flag(name, node, notes),
            "format" => schema.format = text(name, node, notes),
            "contentEncoding" => schema.content_encoding = text(name, node, notes),
            "contentMediaType" => schema.content_media_type = text(name, node, notes),
            "xml" | "externalDocs" | "$comment" => {}
            "x-nullable" => {
                self.nullable |= flag(name, node, notes);
                notes.count("`x-nullable`");
            }
            _ => return false,
        }
        true
    }

    fn read_assertion(&mut self, name: &str, node: &'d Node<'d>, notes: &mut Notes) -> bool {
        let schema = &mut self.schema;
        match name {
            "type" => self.read_type(node, notes),
            "nullable" => self.nullable |= flag(name, node, notes),
            "enum" => self.read_enum(node, notes),
            "const" => schema.constant = Some(node.to_json()),
            "minLength" => schema.min_length = count(name, node, notes),
            "maxLength" => schema.max_length = count(name, node, notes),
            "minItems" => schema.min_items = count(name, node, notes),
            "maxItems" => schema.max_items = count(name, node, notes),
            "minProperties" => schema.min_properties = count(name, node, notes),
            "maxProperties" => schema.max_properties = count(name, node, notes),
            "pattern" => schema.pattern = expression(node, notes),
            "minimum" => schema.minimum = bound(name, node, notes),
            "maximum" => schema.maximum = bound(name, node, notes),
            "multipleOf" => schema.multiple_of = bound(name, node, notes),
            "uniqueItems" => schema.unique_items = flag(name, node, notes),
            "exclusiveMinimum" => match node.value {
                Value::Bool(value) => self.excludes_minimum = value,
                _ => schema.exclusive_minimum = bound(name, node, notes),
            },
            "exclusiveMaximum" => match node.value {
                Value::Bool(value) => self.excludes_maximum = value,
                _ => schema.exclusive_maximum = bound(name, node, notes),
            },
            "required" => self.read_required(node, notes),
            "dependentRequired" | "minContains" | "maxContains" => {
                schema.keywords.insert(name.to_owned(), node.to_json());
            }
            _ => return false,
        }
        true
    }

    fn read_applicator(
        &mut self,
        name: &str,
        node: &'d Node<'d>,
        arena: &mut Arena<'d>,
        reader: &mut Reader<'d>,
    ) -> Result<bool, Fault> {
        let schema = &mut self.schema;
        match name {
            "items" => match &node.value {
                Value::Array(items) => {
                    self.items_list = true;
                    schema.prefix_items = items.iter().map(|item| arena.reserve(item)).collect();
                }
                _ => schema.items = Some(arena.reserve(node)),
            },
            "prefixItems" => schema.prefix_items = schemas(name, node, arena, reader)?,
            "additionalItems" => self.additional_items = Some(arena.reserve(node)),
            "properties" => {
                for (key, property) in mapping(name, node, reader)? {
                    schema.properties.insert(key.name.to_string(), arena.reserve(property));
                }
            }
            "additionalProperties" => schema.additional_properties = Some(arena.reserve(node)),
            "allOf" => schema.all_of = schemas(name, node, arena, reader)?,
            "anyOf" => schema.any_of = schemas(name, node, arena, reader)?,
            "oneOf" => schema.one_of = schemas(name, node, arena, reader)?,
            "not" => schema.not = Some(arena.reserve(node)),
            "if"
            | "then"
            | "else"
            | "contains"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "contentSchema" => {
                schema.applicators.insert(name.to_owned(), arena.reserve(node));
            }
            "patternProperties" => {
                let mut map = IndexMap::new();
                for (key, node) in mapping(name, node, reader)? {
                    match portable(&key.name) {
                        Some(pattern) => {
                            map.insert(pattern.into_owned(), arena.reserve(node));
                        }
                        None => reader.notes.count(NO_EXPRESSION),
                    }
                }
                schema.applicator_maps.insert(name.to_owned(), map);
            }
            "dependentSchemas" => {
                let entries = mapping(name, node, reader)?.into_iter();
                let map = entries.map(|(key, node)| (key.name.to_string(), arena.reserve(node)));
                schema.applicator_maps.insert(name.to_owned(), map.collect());
            }
            "dependencies" => self.read_dependencies(node, arena, reader)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_core(
        &mut self,
        name: &str,
        node: &'d Node<'d>,
        arena: &Arena<'d>,
        notes: &mut Notes,
    ) -> bool {
        match name {
            "$ref" => match node.as_str() {
                Some(reference) => self.reference = Some((reference, node.span)),
                None => notes.wrong_type("`$ref` of a schema", node, "a string"),
            },
            "discriminator" => self.discriminator = Some(node),
            "$recursiveRef" if node.as_str() == Some("#") && arena.recursive_anchor.is_some() => {
                self.recursive_reference = true;
                notes.count("`$recursiveRef`");
            }
            "$dynamicRef" | "$recursiveRef" => {
                let message = format!("a schema uses `{name}`, which is not supported");
                self.fault = Some(Fault::new(Code::E0208, node.span, message));
            }
            // Definitions are lowered where a reference leads to them.
            "$defs" | "definitions" | "$id" | "$schema" | "$anchor" | "$dynamicAnchor"
            | "$recursiveAnchor" | "$vocabulary" => {}
            "id" => notes.count("`id` of a schema ignored"),
            _ => return false,
        }
        true
    }

    fn read_type(&mut self, node: &'d Node<'d>, notes: &mut Notes) {
        let one = std::slice::from_ref(node);
        for item in node.as_array().unwrap_or(one) {
            let text = match &item.value {
                // YAML reads an unquoted `null` in a list of types as no string.
                Value::Null => "null",
                Value::String(text) => &**text,
                _ => {
                    notes.wrong_type("`type` of a schema", item, "a string");
                    continue;
                }
            };
            if text == "file" {
                self.file = true;
                notes.count("`type: file`");
            }
            let Some(ty) = json_type(text) else {
                notes.warn(unknown_type(text, item.span));
                self.schema.types.clear();
                return;
            };
            if !self.schema.types.contains(&ty) {
                self.schema.types.push(ty);
            }
        }
    }

    fn read_enum(&mut self, node: &'d Node<'d>, notes: &mut Notes) {
        let Some(items) = node.as_array() else {
            notes.wrong_type("`enum` of a schema", node, "a list");
            return;
        };
        let mut seen = HashSet::new();
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let value = item.to_json();
            if seen.insert(value.to_string()) {
                values.push(value);
            } else {
                notes.count("value twice in an `enum`");
            }
        }
        if values.is_empty() {
            notes.count("empty `enum` ignored");
        } else {
            self.schema.enumeration = Some(values);
            self.values = items;
        }
    }

    fn read_required(&mut self, node: &'d Node<'d>, notes: &mut Notes) {
        if matches!(node.value, Value::Bool(_)) {
            notes.count("boolean `required` of a schema ignored");
            return;
        }
        let Some(items) = node.as_array() else {
            notes.wrong_type("`required` of a schema", node, "a list");
            return;
        };
        let mut seen = HashSet::new();
        for item in items {
            match &item.value {
                Value::String(name) | Value::Number(name) => {
                    if seen.insert(&**name) {
                        self.schema.required.push(name.to_string());
                    }
                }
                _ => notes.wrong_type("an item of `required`", item, "a string"),
            }
        }
    }

    /// `dependencies` of older drafts: lists of names, or schemas.
    fn read_dependencies(
        &mut self,
        node: &'d Node<'d>,
        arena: &mut Arena<'d>,
        reader: &mut Reader<'d>,
    ) -> Result<(), Fault> {
        let mut required = serde_json::Map::new();
        let mut schemas = IndexMap::new();
        for (key, value) in mapping("dependencies", node, reader)? {
            if value.as_array().is_some() {
                required.insert(key.name.to_string(), value.to_json());
            } else {
                schemas.insert(key.name.to_string(), arena.reserve(value));
            }
        }
        reader.notes.count("`dependencies` of an older draft");
        if !required.is_empty() {
            self.schema.keywords.insert("dependentRequired".to_owned(), required.into());
        }
        if !schemas.is_empty() {
            self.schema.applicator_maps.insert("dependentSchemas".to_owned(), schemas);
        }
        Ok(())
    }
}

/// How patterns are counted that are none, so that nothing is held against them.
const NO_EXPRESSION: &str = "pattern that is no regular expression, not enforced";

fn expression(node: &Node<'_>, notes: &mut Notes) -> Option<String> {
    let pattern = text("pattern", node, notes)?;
    let portable = portable(&pattern).map(Cow::into_owned);
    if portable.is_none() {
        notes.count(NO_EXPRESSION);
    }
    portable
}

fn json_type(text: &str) -> Option<JsonType> {
    Some(match text {
        "null" => JsonType::Null,
        "boolean" => JsonType::Boolean,
        "integer" => JsonType::Integer,
        "number" => JsonType::Number,
        "string" | "file" => JsonType::String,
        "array" => JsonType::Array,
        "object" => JsonType::Object,
        _ => return None,
    })
}

fn unknown_type(text: &str, span: Span) -> Note {
    let help = match text {
        "int" | "int32" | "int64" | "long" => "write `integer`",
        "float" | "double" | "decimal" => "write `number`",
        "str" | "text" | "date" | "datetime" | "uuid" => "write `string`",
        "bool" => "write `boolean`",
        "list" => "write `array`",
        "dict" | "map" | "json" => "write `object`",
        _ => "a type is one of string, integer, number, boolean, array, object, null",
    };
    Note {
        kind: "unknown type of a schema",
        code: Code::E0210,
        message: format!("`{text}` is no type; anything is accepted there"),
        span,
        help,
    }
}

/// The entries of a keyword whose value is a mapping or a reference to one.
fn mapping<'d>(
    name: &str,
    node: &'d Node<'d>,
    reader: &mut Reader<'d>,
) -> Result<Vec<&'d (Key<'d>, Node<'d>)>, Fault> {
    let chain = reader.resolver.chain(node)?;
    let end = chain.last().copied().unwrap_or(node);
    if end.as_object().is_none() {
        reader.notes.wrong_type(&format!("`{name}` of a schema"), end, "a mapping");
    }
    Ok(merged(&chain))
}

/// The schemas of a keyword whose value is a list or a reference to one.
fn schemas<'d>(
    name: &str,
    node: &'d Node<'d>,
    arena: &mut Arena<'d>,
    reader: &mut Reader<'d>,
) -> Result<Vec<SchemaId>, Fault> {
    let end = reader.resolver.follow(node)?.node;
    let items = list(end, &format!("`{name}` of a schema"), reader)?;
    if items.is_empty() && end.as_array().is_some() {
        reader.notes.count("empty list of schemas ignored");
    }
    Ok(items.iter().map(|item| arena.reserve(item)).collect())
}

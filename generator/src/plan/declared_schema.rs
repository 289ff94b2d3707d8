//! The listed schemas of declared types. Types of one's own are references to `$defs`, which
//! [`Types::listed`](super::declared_type::Types::listed) adds.

use std::collections::BTreeMap;

use serde_json::{Map, json};

use super::declared::without_none;
use super::declared_type::Types;
use super::output::Promise;
use super::wire_schema::put;
use crate::model::{ArgumentType, DeclaredArgument, DeclaredModel, Json, ModelShape};

/// A result that can be anything promises nothing, as with `FastMCP`.
pub(super) fn promise(ty: &ArgumentType, types: &Types<'_>) -> Promise {
    let open = match ty {
        ArgumentType::Any | ArgumentType::None => true,
        ArgumentType::List(item) | ArgumentType::Set(item) => **item == ArgumentType::Any,
        _ => false,
    };
    if open {
        return Promise::NONE;
    }
    // The root of an output schema is a schema itself, not a reference to one.
    let schema = types.listed(types.followed(&schema(ty)));
    let is_object = schema.get("type").and_then(Json::as_str) == Some("object");
    Promise::of(schema, is_object)
}

/// The definition of a declared type.
pub(super) fn definition(model: &DeclaredModel) -> Json {
    let mut out = match &model.shape {
        ModelShape::Values(values) => literal_schema(values).as_object().cloned(),
        ModelShape::Fields(_) => json!({ "type": "object" }).as_object().cloned(),
    }
    .unwrap_or_default();
    if let Some(description) = &model.description {
        put(&mut out, "description", description.as_str());
    }
    if let ModelShape::Fields(fields) = &model.shape {
        let properties: Map<String, Json> =
            fields.iter().map(|field| (field.name.clone(), property(field))).collect();
        put(&mut out, "properties", properties);
        let required = fields.iter().filter(|field| field.default.is_none());
        let required: Vec<&str> = required.map(|field| field.name.as_str()).collect();
        if !required.is_empty() {
            put(&mut out, "required", required);
        }
    }
    Json::Object(out)
}

/// The listed schema of a type.
pub(super) fn schema(ty: &ArgumentType) -> Json {
    let format = |format: &str| json!({ "type": "string", "format": format });
    match ty {
        ArgumentType::Int => json!({ "type": "integer" }),
        ArgumentType::Float => json!({ "type": "number" }),
        ArgumentType::Str => json!({ "type": "string" }),
        ArgumentType::Bool => json!({ "type": "boolean" }),
        ArgumentType::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        ArgumentType::DateTime => format("date-time"),
        ArgumentType::Date => format("date"),
        ArgumentType::Time => format("time"),
        ArgumentType::TimeDelta => format("duration"),
        ArgumentType::Uuid => format("uuid"),
        ArgumentType::Path => format("path"),
        ArgumentType::Any => json!({}),
        ArgumentType::Model(name) => json!({ "$ref": format!("#/$defs/{name}") }),
        ArgumentType::None => json!({ "type": "null" }),
        ArgumentType::List(item) => json!({ "type": "array", "items": schema(item) }),
        ArgumentType::Set(item) => {
            json!({ "type": "array", "items": schema(item), "uniqueItems": true })
        }
        ArgumentType::Tuple { items, open } => {
            let all: Vec<Json> = items.iter().map(schema).collect();
            match (open, all.as_slice()) {
                (true, [one]) => json!({ "type": "array", "items": one }),
                (true, [before @ .., last]) if !before.is_empty() => {
                    json!({ "type": "array", "prefixItems": before, "items": last })
                }
                _ => json!({
                    "type": "array",
                    "prefixItems": all,
                    "minItems": all.len(),
                    "maxItems": all.len(),
                }),
            }
        }
        ArgumentType::Dict(value) if **value == ArgumentType::Any => json!({ "type": "object" }),
        ArgumentType::Dict(value) => {
            json!({ "type": "object", "additionalProperties": schema(value) })
        }
        ArgumentType::Literal(values) => literal_schema(values),
        ArgumentType::Union(parts) => {
            json!({ "anyOf": parts.iter().map(schema).collect::<Vec<_>>() })
        }
    }
}

pub(super) fn literal_schema(values: &[Json]) -> Json {
    let ty = if values.iter().all(Json::is_string) {
        Some("string")
    } else if values.iter().all(Json::is_i64) {
        Some("integer")
    } else {
        None
    };
    match ty {
        Some(ty) => json!({ "type": ty, "enum": values }),
        None => json!({ "enum": values }),
    }
}

/// The listed schema of an argument, its limits on the branch that is not `None`.
pub(super) fn property(argument: &DeclaredArgument) -> Json {
    let (parts, none) = without_none(&argument.ty);
    let mut out = match parts.as_slice() {
        [ty] => {
            let inner = limited(ty, argument);
            if none {
                Map::from_iter([("anyOf".to_owned(), json!([inner, { "type": "null" }]))])
            } else {
                inner
            }
        }
        _ => schema(&argument.ty).as_object().cloned().unwrap_or_default(),
    };
    for (key, text) in [("title", &argument.title), ("description", &argument.description)] {
        if let Some(text) = text {
            put(&mut out, key, text.as_str());
        }
    }
    if let Some(default) = &argument.default {
        put(&mut out, "default", default.clone());
    }
    if !argument.examples.is_empty() {
        put(&mut out, "examples", argument.examples.clone());
    }
    if argument.deprecated {
        put(&mut out, "deprecated", true);
    }
    Json::Object(out)
}

fn limited(ty: &ArgumentType, argument: &DeclaredArgument) -> Map<String, Json> {
    let mut out = schema(ty).as_object().cloned().unwrap_or_default();
    // Limits of numbers and texts inside a list hold for its items.
    let items = match ty {
        ArgumentType::List(_) | ArgumentType::Set(_) => out.get_mut("items"),
        _ => None,
    };
    let mut limits: BTreeMap<&str, Json> = BTreeMap::new();
    for (key, number) in [
        ("minimum", &argument.minimum),
        ("maximum", &argument.maximum),
        ("exclusiveMinimum", &argument.exclusive_minimum),
        ("exclusiveMaximum", &argument.exclusive_maximum),
        ("multipleOf", &argument.multiple_of),
    ] {
        if let Some(number) = number {
            limits.insert(key, Json::Number(number.clone()));
        }
    }
    if let Some(pattern) = &argument.pattern {
        limits.insert("pattern", pattern.as_str().into());
    }
    let target = match items {
        Some(Json::Object(items)) => items,
        _ => &mut out,
    };
    for (key, limit) in limits {
        put(target, key, limit);
    }
    let list =
        matches!(ty, ArgumentType::List(_) | ArgumentType::Set(_) | ArgumentType::Tuple { .. });
    let words = if list { ["minItems", "maxItems"] } else { ["minLength", "maxLength"] };
    for (key, limit) in words.into_iter().zip([argument.min_length, argument.max_length]) {
        if let Some(limit) = limit {
            put(&mut out, key, limit);
        }
    }
    out
}

//! The model as text for expectations.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::model::{Api, MediaType, Operation, SchemaId, Schemas};

/// The operations, a line for each part.
pub(super) fn operations(api: &Api) -> String {
    let mut text = String::new();
    for operation in &api.operations {
        writeln!(text, "{} {} {:?}", operation.method, operation.path, alternatives(operation))
            .unwrap();
        if let Some(server) = &operation.server {
            writeln!(text, "  server {}", server.url).unwrap();
        }
        for parameter in &operation.parameters {
            let required = if parameter.required { " required" } else { "" };
            let explode = if parameter.explode { " exploded" } else { "" };
            write!(text, "  {:?} {}{required}", parameter.location, parameter.name).unwrap();
            write!(text, " {:?}{explode}", parameter.style).unwrap();
            if let Some(description) = &parameter.description {
                write!(text, " ({description})").unwrap();
            }
            if let Some(example) = &parameter.example {
                write!(text, " e.g. {example}").unwrap();
            }
            if let Some(id) = parameter.schema {
                write!(text, ": {}", to_json(&api.schemas, id, 3)).unwrap();
            }
            text.push('\n');
        }
        if let Some(body) = &operation.body {
            let required = if body.required { " required" } else { "" };
            writeln!(text, "  body{required}{}", content(api, &body.content)).unwrap();
        }
        for response in &operation.responses {
            let description = response.description.as_deref().unwrap_or_default();
            let content = content(api, &response.content);
            writeln!(text, "  {:?} ({description}){content}", response.status).unwrap();
        }
    }
    text
}

fn alternatives(operation: &Operation) -> Vec<Vec<&str>> {
    let security = operation.security.iter();
    security.map(|schemes| schemes.iter().map(|scheme| scheme.name.as_str()).collect()).collect()
}

fn content(api: &Api, content: &[MediaType]) -> String {
    let mut text = String::new();
    for media in content {
        write!(text, " {}", media.name).unwrap();
        if let Some(id) = media.schema {
            write!(text, " {}", to_json(&api.schemas, id, 3)).unwrap();
        }
        if let Some(example) = &media.example {
            write!(text, " e.g. {example}").unwrap();
        }
    }
    text
}

/// A schema, on one line.
pub(super) fn schema(schemas: &Schemas, id: SchemaId) -> String {
    format!("{}\n", to_json(schemas, id, 6))
}

/// A schema in the words of 2020-12, `depth` levels of it. References show the name of their
/// target, or the target itself where it has none.
fn to_json(schemas: &Schemas, id: SchemaId, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return json!("…") };
    let schema = &schemas[id];
    if schema.never {
        return json!(false);
    }
    let sub = |id: &SchemaId| to_json(schemas, *id, depth);
    let list = |ids: &[SchemaId]| Value::Array(ids.iter().map(sub).collect());
    let mut map = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        value.map(|value| map.insert(key.to_owned(), value));
    };
    let target = |id: &SchemaId| match &schemas[*id].name {
        Some(name) => json!(name),
        None => sub(id),
    };
    put("$ref", schema.reference.as_ref().map(target));
    let types = schema.types.iter().map(|ty| ty.as_str()).collect::<Vec<_>>();
    put("type", (!types.is_empty()).then(|| json!(types.join("|"))));
    put("title", schema.title.as_ref().map(|text| json!(text)));
    put("description", schema.description.as_ref().map(|text| json!(text)));
    put("default", schema.default.clone());
    put("examples", (!schema.examples.is_empty()).then(|| json!(schema.examples)));
    put("readOnly", schema.read_only.then(|| json!(true)));
    put("writeOnly", schema.write_only.then(|| json!(true)));
    put("enum", schema.enumeration.as_ref().map(|values| json!(values)));
    put("const", schema.constant.clone());
    put("format", schema.format.as_ref().map(|text| json!(text)));
    put("contentEncoding", schema.content_encoding.as_ref().map(|text| json!(text)));
    put("contentMediaType", schema.content_media_type.as_ref().map(|text| json!(text)));
    put("pattern", schema.pattern.as_ref().map(|text| json!(text)));
    put("minimum", schema.minimum.as_ref().map(|number| json!(number)));
    put("maximum", schema.maximum.as_ref().map(|number| json!(number)));
    put("exclusiveMinimum", schema.exclusive_minimum.as_ref().map(|number| json!(number)));
    put("exclusiveMaximum", schema.exclusive_maximum.as_ref().map(|number| json!(number)));
    put("maxItems", schema.max_items.map(|number| json!(number)));
    put("minLength", schema.min_length.map(|number| json!(number)));
    put("maxLength", schema.max_length.map(|number| json!(number)));
    put("prefixItems", (!schema.prefix_items.is_empty()).then(|| list(&schema.prefix_items)));
    put("items", schema.items.as_ref().map(sub));
    let properties = schema.properties.iter().map(|(name, id)| (name.clone(), sub(id)));
    let properties = properties.collect::<Map<_, _>>();
    put("properties", (!properties.is_empty()).then_some(Value::Object(properties)));
    put("required", (!schema.required.is_empty()).then(|| json!(schema.required)));
    put("additionalProperties", schema.additional_properties.as_ref().map(sub));
    put("allOf", (!schema.all_of.is_empty()).then(|| list(&schema.all_of)));
    put("anyOf", (!schema.any_of.is_empty()).then(|| list(&schema.any_of)));
    put("oneOf", (!schema.one_of.is_empty()).then(|| list(&schema.one_of)));
    put("not", schema.not.as_ref().map(sub));
    for (key, id) in &schema.applicators {
        put(key, Some(sub(id)));
    }
    for (key, ids) in &schema.applicator_maps {
        let ids = ids.iter().map(|(name, id)| (name.clone(), sub(id)));
        put(key, Some(Value::Object(ids.collect())));
    }
    for (key, value) in &schema.keywords {
        put(key, Some(value.clone()));
    }
    if let Some(discriminator) = &schema.discriminator {
        let mapping = discriminator.mapping.iter().map(|(key, id)| (key.clone(), target(id)));
        let mapping = Value::Object(mapping.collect());
        let mut written = json!({ "by": discriminator.property, "mapping": mapping });
        if let Some(default) = discriminator.default {
            written["default"] = target(&default);
        }
        put("discriminator", Some(written));
    }
    Value::Object(map)
}

//! The JSON Schema of `mcp.toml`, for editors: the descriptions by which the file is read, in the dialect
//! that editors of TOML know.

use serde_json::{Map, Value as Json, json};

use super::KEYS;
use super::key::{Keys, Value};

/// Seconds of a year, the longest time that a key takes.
const YEAR: u32 = 365 * 24 * 3600;

/// The JSON Schema (draft 7) of `mcp.toml` and of the files that it includes.
#[must_use]
pub fn schema() -> Json {
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!("mcp.toml"));
    schema.extend(table(&KEYS));
    Json::Object(schema)
}

/// [`schema`] as the text of a file.
#[must_use]
pub fn schema_text() -> String {
    format!("{:#}\n", schema())
}

fn table(keys: &Keys) -> Map<String, Json> {
    let mut properties = Map::new();
    for key in keys.iter() {
        let mut schema = value(&key.value);
        let docs = match key.value {
            Value::Start | Value::Starts => {
                format!("{}. `${{NAME}}` is replaced when the server starts.", key.docs)
            }
            _ => format!("{}.", key.docs),
        };
        schema.insert("description".to_owned(), Json::from(docs));
        properties.insert(key.name.to_owned(), Json::Object(schema));
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Json::Object(properties));
    if !keys.required().is_empty() {
        schema.insert("required".to_owned(), json!(keys.required()));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

fn value(takes: &Value) -> Map<String, Json> {
    let schema = match takes {
        Value::Text | Value::Start => json!({ "type": "string" }),
        Value::Pattern => json!({ "type": "string", "format": "regex" }),
        Value::Flag => json!({ "type": "boolean" }),
        Value::Number => json!({ "type": "number" }),
        Value::Count(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Value::Seconds => json!({ "type": "number", "exclusiveMinimum": 0, "maximum": YEAR }),
        Value::Texts | Value::Starts => json!({ "type": "array", "items": { "type": "string" } }),
        Value::Words(words) => json!({ "enum": words.words() }),
        Value::Any => json!({}),
        Value::Object => json!({ "type": "object" }),
        Value::List(item) => json!({ "type": "array", "items": value(item) }),
        Value::Map(item) => json!({ "type": "object", "additionalProperties": value(item) }),
        Value::Table(keys) => return table(keys),
        Value::OneOf(values) => {
            json!({ "anyOf": values.iter().map(value).collect::<Vec<_>>() })
        }
    };
    match schema {
        Json::Object(schema) => schema,
        _ => Map::new(),
    }
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;

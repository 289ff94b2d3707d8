//! Arguments of added tools that HTTP clients repeat in a header: `x-mcp-header` in an input schema.

use serde_json::{Map, Value};

/// An argument that clients repeat in a header: the header without `Mcp-Param-`, in lower case, and the keys
/// that lead to the value from the arguments on.
type Mirrored = (String, Vec<String>);

const KEYWORD: &str = "x-mcp-header";

/// The headers of a schema.
///
/// # Errors
/// What a client would drop the tool for, as the end of a sentence.
pub(super) fn mirrored(schema: &Value) -> Result<Vec<Mirrored>, String> {
    let mut found = Vec::new();
    if let Value::Object(schema) = schema {
        of_schema(schema, Some(&[]), &mut found)?;
    }
    Ok(found)
}

/// `path`: the keys that lead to what the schema is for, where it is reached through `properties` alone.
fn of_schema(
    schema: &Map<String, Value>,
    path: Option<&[&str]>,
    found: &mut Vec<Mirrored>,
) -> Result<(), String> {
    if let Some(header) = schema.get(KEYWORD) {
        found.push(header_of(header, schema.get("type"), path, found)?);
    }
    for (keyword, value) in schema {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                for (name, property) in properties {
                    let Value::Object(property) = property else { continue };
                    let inner: Option<Vec<&str>> =
                        path.map(|path| path.iter().copied().chain([name.as_str()]).collect());
                    of_schema(property, inner.as_deref(), found)?;
                }
            }
            // Values, not schemas.
            ("const" | "enum" | "default" | "examples", _) => {}
            _ => elsewhere(value, found)?,
        }
    }
    Ok(())
}

/// Schemas that are not reached through `properties` alone.
fn elsewhere(value: &Value, found: &mut Vec<Mirrored>) -> Result<(), String> {
    match value {
        Value::Object(schema) => of_schema(schema, None, found),
        Value::Array(schemas) => schemas.iter().try_for_each(|it| elsewhere(it, found)),
        _ => Ok(()),
    }
}

fn header_of(
    header: &Value,
    ty: Option<&Value>,
    path: Option<&[&str]>,
    found: &[Mirrored],
) -> Result<Mirrored, String> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let name = header.as_str().filter(|it| !it.is_empty() && it.bytes().all(is_token));
    let Some(name) = name else {
        return Err(format!("has an `{KEYWORD}` that is not the name of a header: {header}"));
    };
    let fits =
        ty.and_then(Value::as_str).is_some_and(|ty| ["string", "integer", "boolean"].contains(&ty));
    let header = name.to_ascii_lowercase();
    match path {
        _ if found.iter().any(|(other, _)| *other == header) => {
            Err(format!("puts two arguments into the header `{name}`"))
        }
        Some(path) if !path.is_empty() && fits => {
            Ok((header, path.iter().map(|key| (*key).to_owned()).collect()))
        }
        Some(path) if !path.is_empty() => Err(format!(
            "repeats `{}` in a header, which only strings, integers and booleans can be",
            path.join(".")
        )),
        _ => Err(format!(
            "has an `{KEYWORD}` at what is no property that `properties` alone leads to"
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn properties_are_found_at_every_depth() {
        let schema = json!({
            "type": "object",
            "default": { "x-mcp-header": "no schema" },
            "properties": {
                "region": { "type": "string", "x-mcp-header": "Region" },
                "who": { "type": "object", "properties": {
                    "team": { "type": "integer", "x-mcp-header": "X-Team" },
                } },
            },
        });
        let found = mirrored(&schema).expect("headers");
        let shown: Vec<_> =
            found.iter().map(|(header, path)| (header.as_str(), path.join("."))).collect();
        assert_eq!(shown, [("region", "region".to_owned()), ("x-team", "who.team".to_owned())]);
    }

    #[test]
    fn what_clients_drop_is_refused() {
        let of = |schema: Value| {
            mirrored(&json!({ "type": "object", "properties": { "a": schema } })).unwrap_err()
        };
        let list = of(json!({ "type": "array", "x-mcp-header": "A" }));
        assert!(list.starts_with("repeats `a` in a header"), "{list}");
        let item = of(json!({ "items": { "type": "string", "x-mcp-header": "A" } }));
        assert!(item.contains("`properties` alone"), "{item}");
        let name = of(json!({ "type": "string", "x-mcp-header": "A B" }));
        assert!(name.contains("not the name of a header"), "{name}");
        let schema = json!({ "properties": {
            "a": { "type": "string", "x-mcp-header": "Zone" },
            "b": { "type": "string", "x-mcp-header": "zone" },
        } });
        assert!(mirrored(&schema).unwrap_err().contains("two arguments"));
    }
}

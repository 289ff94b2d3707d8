//! A call that shows the generated server at work: which tool, which arguments, which command.

use regex_lite::Regex;
use serde_json::{Map, Value, json};

use crate::plan;

/// How deep references and objects are followed for an example.
const DEPTH: usize = 8;
const REVISION: &str = "2026-07-28";

/// A call of a tool with arguments that it accepts.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub(super) tool: String,
    pub(super) arguments: Map<String, Value>,
}

impl Example {
    /// The call that says most about a server: one that reads, with an argument, and a result
    /// that is data.
    pub(super) fn choose(server: &plan::Crate) -> Option<Self> {
        let mut tools: Vec<&plan::Tool> = server.tools().collect();
        tools.sort_by_key(|tool| rank(tool));
        tools.into_iter().find_map(Self::of_tool)
    }

    fn of_tool(tool: &plan::Tool) -> Option<Self> {
        let entry: Value = serde_json::from_str(&tool.listing).ok()?;
        let schema = entry.get("inputSchema")?;
        match sample_object(schema, schema, 0)? {
            Value::Object(arguments) => Some(Self { tool: tool.name.clone(), arguments }),
            _ => None,
        }
    }

    /// The JSON-RPC request of this call on the stateless wire.
    pub(super) fn body(&self) -> String {
        json!({
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {
                "name": self.tool,
                "arguments": self.arguments,
                "_meta": {
                    "io.modelcontextprotocol/protocolVersion": REVISION,
                    "io.modelcontextprotocol/clientInfo": { "name": "curl", "version": "1" },
                    "io.modelcontextprotocol/clientCapabilities": {},
                },
            },
        })
        .to_string()
    }

    /// A command line for a shell, in one line, that makes this call.
    pub(super) fn curl(&self, url: &str) -> String {
        let headers = [
            "Content-Type: application/json".to_owned(),
            "Accept: application/json, text/event-stream".to_owned(),
            format!("MCP-Protocol-Version: {REVISION}"),
            "Mcp-Method: tools/call".to_owned(),
            format!("Mcp-Name: {}", self.tool),
        ];
        let flags: Vec<String> =
            headers.iter().map(|header| format!("-H {}", quote(header))).collect();
        format!("curl -s {} {} -d {}", quote(url), flags.join(" "), quote(&self.body()))
    }
}

/// Quotes a text for a POSIX shell.
fn quote(text: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "/:._-".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Lower is better.
fn rank(tool: &plan::Tool) -> (bool, bool, usize) {
    let writes =
        matches!(&tool.target, plan::Target::Operation(operation) if operation.method != "GET");
    let required = tool.arguments.iter().filter(|it| it.required && !it.hidden).count();
    let by_arguments = match required {
        1 => 0,
        2 => 1,
        0 => 2,
        more => more,
    };
    (writes, tool.output == plan::Output::Undeclared, by_arguments)
}

/// A value that a schema accepts, or `None` where that cannot be told.
fn sample(schema: &Value, root: &Value, ordinal: usize, depth: usize) -> Option<Value> {
    if depth > DEPTH {
        return None;
    }
    if let Some(pointer) = schema.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(pointer.strip_prefix('#')?)?;
        return sample(target, root, ordinal, depth + 1);
    }
    for key in ["examples", "enum"] {
        if let Some(first) = schema.get(key).and_then(|list| list.get(0)) {
            return Some(first.clone());
        }
    }
    for key in ["default", "const"] {
        if let Some(value) = schema.get(key).filter(|value| !value.is_null()) {
            return Some(value.clone());
        }
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(branches) = schema.get(key).and_then(Value::as_array) {
            return branches.iter().find_map(|branch| sample(branch, root, ordinal, depth + 1));
        }
    }
    match type_name(schema)? {
        "string" => sample_text(schema),
        "integer" => sample_integer(schema, ordinal),
        "number" => sample_integer(schema, ordinal),
        "boolean" => Some(Value::Bool(true)),
        "array" => {
            let item = sample(schema.get("items")?, root, ordinal, depth + 1)?;
            let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(1);
            (least <= 1).then(|| Value::Array(vec![item]))
        }
        "object" => sample_object(schema, root, depth + 1),
        _ => None,
    }
}

fn type_name(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        _ => None,
    }
}

fn sample_object(schema: &Value, root: &Value, depth: usize) -> Option<Value> {
    let mut object = Map::new();
    let required = schema.get("required").and_then(Value::as_array);
    for (ordinal, name) in required.into_iter().flatten().filter_map(Value::as_str).enumerate() {
        let property = schema.get("properties")?.get(name)?;
        object.insert(name.to_owned(), sample(property, root, ordinal, depth)?);
    }
    Some(Value::Object(object))
}

fn sample_text(schema: &Value) -> Option<Value> {
    let text = match schema.get("format").and_then(Value::as_str) {
        Some("date") => "2026-01-31",
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("uuid") => "6f1c2d9e-3a54-4b6e-9c1f-0d2e8b7a5c43",
        Some("email") => "reader@example.org",
        Some("uri" | "url") => "https://example.org/",
        Some("byte" | "binary") => "YQ==",
        _ => "example",
    };
    let length = text.chars().count() as u64;
    let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
    let fits = limit("minLength").is_none_or(|least| length >= least)
        && limit("maxLength").is_none_or(|most| length <= most);
    let matches = schema
        .get("pattern")
        .and_then(Value::as_str)
        .is_none_or(|pattern| Regex::new(pattern).is_ok_and(|regex| regex.is_match(text)));
    (fits && matches).then(|| text.into())
}

fn sample_integer(schema: &Value, ordinal: usize) -> Option<Value> {
    let wanted = i64::try_from(ordinal).ok()?.checked_add(1)?;
    let limit = |key: &str| schema.get(key).and_then(Value::as_f64);
    let accepted = |value: i64| {
        let number = value as f64;
        limit("minimum").is_none_or(|least| number >= least)
            && limit("exclusiveMinimum").is_none_or(|bound| number > bound)
            && limit("maximum").is_none_or(|most| number <= most)
            && limit("exclusiveMaximum").is_none_or(|bound| number < bound)
            && limit("multipleOf").is_none_or(|step| step != 0.0 && number % step == 0.0)
    };
    let least = schema.get("minimum").and_then(Value::as_i64);
    let steps = schema.get("multipleOf").and_then(Value::as_i64);
    [Some(wanted), least, steps, Some(0), Some(-1)]
        .into_iter()
        .flatten()
        .find(|value| accepted(*value))
        .map(Value::from)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    use super::{Example, sample_object};

    fn check(schema: &Value, expected: &Expect) {
        let sample = sample_object(schema, schema, 0);
        expected.assert_eq(&sample.map_or_else(|| "none".to_owned(), |value| value.to_string()));
    }

    #[test]
    fn examples_come_before_made_up_values() {
        check(
            &json!({
                "properties": {
                    "isbn": { "type": "string", "pattern": "^[0-9]{13}$", "examples": ["9780306406157"] },
                    "unused": { "type": "string" },
                },
                "required": ["isbn"],
            }),
            &expect![[r#"{"isbn":"9780306406157"}"#]],
        );
    }

    #[test]
    fn made_up_values_keep_the_limits() {
        check(
            &json!({
                "$defs": { "Colour": { "enum": ["red", "blue"] } },
                "properties": {
                    "a": { "type": "integer" },
                    "b": { "type": ["integer", "null"], "minimum": 10 },
                    "c": { "$ref": "#/$defs/Colour" },
                    "d": { "type": "array", "items": { "type": "string", "format": "date" } },
                },
                "required": ["a", "b", "c", "d"],
            }),
            &expect![[r#"{"a":1,"b":10,"c":"red","d":["2026-01-31"]}"#]],
        );
    }

    #[test]
    fn value_that_cannot_be_told_gives_no_example() {
        check(
            &json!({ "properties": { "x": { "type": "string", "pattern": "^[0-9]+$" } }, "required": ["x"] }),
            &expect!["none"],
        );
        check(
            &json!({
                "$defs": { "Loop": { "$ref": "#/$defs/Loop" } },
                "properties": { "x": { "$ref": "#/$defs/Loop" } },
                "required": ["x"],
            }),
            &expect!["none"],
        );
    }

    #[test]
    fn command_line_survives_quotes_in_arguments() {
        let mut arguments = serde_json::Map::new();
        arguments.insert("title".to_owned(), "The Hitchhiker's Guide".into());
        let example = Example { tool: "find".to_owned(), arguments };
        let command = example.curl("http://127.0.0.1:8000/mcp");
        assert!(command.contains(r"The Hitchhiker'\''s Guide"), "{command}");
        assert!(!command.contains('\n'), "{command}");
    }
}

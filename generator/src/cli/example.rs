//! A call that shows the generated server at work: which tool, which arguments, which command.

use std::collections::HashMap;

use regex_lite::Regex;
use serde_json::{Map, Value, json};

use super::generate::Outcome;
use crate::diagnostic::Diagnostics;
use crate::input::openapi::Bundle;
use crate::model::Api;
use crate::source::FileId;
use crate::{lower, plan};

/// How deep references and objects are followed for an example.
const DEPTH: usize = 8;
/// Most arguments that a call gives although it could do without.
const OPTIONAL: usize = 2;
const REVISION: &str = "2026-07-28";

/// A call of a tool with arguments that it accepts.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub(super) tool: String,
    pub(super) arguments: Map<String, Value>,
}

/// Values that the documents give as examples, by operation and by the name of the argument on
/// the wire. A listing does not carry them, since every request of a model would pay for them.
#[derive(Debug, Default)]
pub(super) struct Hints {
    values: HashMap<(String, String, String, String), Value>,
}

impl Hints {
    /// Reads the documents once more. They were read without an error before.
    pub(super) fn read(outcome: &Outcome) -> Self {
        let mut hints = Self::default();
        for (name, file) in &outcome.documents {
            let mut passed_over = Diagnostics::default();
            let overlays = outcome.overlays.iter().filter(|(table, _)| table == name);
            let overlays: Vec<FileId> = overlays.map(|(_, file)| *file).collect();
            let bundle = Bundle::read(&outcome.sources, *file, &overlays, &mut passed_over);
            let api =
                bundle.and_then(|bundle| lower::document(name, &bundle, None, &mut passed_over));
            if let Some(api) = api {
                hints.add(name, &api);
            }
        }
        hints
    }

    fn add(&mut self, upstream: &str, api: &Api) {
        for operation in &api.operations {
            let (method, path) = (&operation.method, &operation.path);
            let key =
                |wire: &str| (upstream.to_owned(), method.clone(), path.clone(), wire.to_owned());
            let content = operation.body.iter().flat_map(|body| &body.content);
            if let Some(Value::Object(body)) = content.filter_map(|it| it.example.as_ref()).next() {
                for (name, value) in body {
                    self.values.insert(key(name), value.clone());
                }
            }
            for parameter in &operation.parameters {
                let of_schema = || parameter.schema.and_then(|id| api.schemas[id].examples.first());
                if let Some(value) = parameter.example.as_ref().or_else(of_schema) {
                    self.values.insert(key(&parameter.name), value.clone());
                }
            }
        }
    }

    fn get(&self, server: &plan::Crate, tool: &plan::Tool, argument: &str) -> Option<&Value> {
        let plan::Target::Operation(operation) = &tool.target else { return None };
        let argument = tool.arguments.iter().find(|it| it.name == argument)?;
        let upstream = server.upstreams.get(operation.upstream)?;
        let (method, path) = (operation.method.clone(), operation.template.clone());
        self.values.get(&(upstream.name.clone(), method, path, argument.wire.clone()))
    }
}

impl Example {
    /// The call that says most about a server: one that reads, gives data, and has arguments that
    /// the document itself gives. Among equals the first.
    pub(super) fn choose(server: &plan::Crate, hints: &Hints) -> Option<Self> {
        server
            .tools()
            .filter(|tool| tool.listed)
            .filter_map(|tool| Self::of_tool(server, tool, hints))
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, example)| example)
    }

    fn of_tool(server: &plan::Crate, tool: &plan::Tool, hints: &Hints) -> Option<(Rank, Self)> {
        let entry: Value = serde_json::from_str(&tool.listing).ok()?;
        let schema = entry.get("inputSchema")?;
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let mut arguments = Map::new();
        let mut made_up = 0;
        let mut optional = 0;
        for (name, property) in schema.get("properties")?.as_object()? {
            let is_required = required.contains(&name.as_str());
            let hint = hints.get(server, tool, name).filter(|value| accepts(property, value));
            let value = match hint {
                Some(value) if is_required || optional < OPTIONAL => {
                    optional += usize::from(!is_required);
                    value.clone()
                }
                None if is_required => {
                    made_up += 1;
                    sample(property, schema, arguments.len(), 0)?
                }
                _ => continue,
            };
            arguments.insert(name.clone(), value);
        }
        let rank = Rank {
            writes: !reads(tool, &entry),
            is_opaque: tool.output == plan::Output::Undeclared,
            // A declared tool has values that are made up at best.
            made_up: if matches!(tool.target, plan::Target::Handler(_)) { 0 } else { made_up },
            is_bare: arguments.is_empty(),
        };
        Some((rank, Self { tool: tool.name.clone(), arguments }))
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

/// How well a call shows a server; lower is better.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Rank {
    writes: bool,
    is_opaque: bool,
    made_up: usize,
    is_bare: bool,
}

/// Whether a tool changes nothing, as far as its entry says; nothing is said about most declared
/// tools, which get the benefit of the doubt.
fn reads(tool: &plan::Tool, entry: &Value) -> bool {
    let hint = entry.pointer("/annotations/readOnlyHint").and_then(Value::as_bool);
    hint.unwrap_or_else(|| match &tool.target {
        plan::Target::Operation(operation) => operation.method == "GET",
        plan::Target::Handler(_) => {
            entry.pointer("/annotations/destructiveHint") != Some(&Value::Bool(true))
        }
    })
}

/// Whether a server would take this value, as far as can be told without references: examples of
/// documents break their own schemas often enough.
fn accepts(schema: &Value, value: &Value) -> bool {
    let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
    let within = |length: usize, least: &str, most: &str| {
        let length = length as u64;
        limit(least).is_none_or(|least| length >= least)
            && limit(most).is_none_or(|most| length <= most)
    };
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        return false;
    }
    match (type_name(schema), value) {
        (Some("string"), Value::String(text)) => {
            within(text.chars().count(), "minLength", "maxLength") && matches_pattern(schema, text)
        }
        (Some("integer"), Value::Number(number)) => {
            number.as_i64().is_some_and(|number| in_range(schema, number as f64))
        }
        (Some("number"), Value::Number(number)) => {
            number.as_f64().is_some_and(|number| in_range(schema, number))
        }
        (Some("boolean"), Value::Bool(_)) => true,
        (Some("array"), Value::Array(items)) => {
            let item_schema = schema.get("items").unwrap_or(&Value::Null);
            within(items.len(), "minItems", "maxItems")
                && items.iter().all(|item| accepts(item_schema, item))
        }
        _ => false,
    }
}

fn matches_pattern(schema: &Value, text: &str) -> bool {
    let pattern = schema.get("pattern").and_then(Value::as_str);
    pattern.is_none_or(|pattern| Regex::new(pattern).is_ok_and(|regex| regex.is_match(text)))
}

fn in_range(schema: &Value, number: f64) -> bool {
    let limit = |key: &str| schema.get(key).and_then(Value::as_f64);
    limit("minimum").is_none_or(|least| number >= least)
        && limit("exclusiveMinimum").is_none_or(|bound| number > bound)
        && limit("maximum").is_none_or(|most| number <= most)
        && limit("exclusiveMaximum").is_none_or(|bound| number < bound)
        && limit("multipleOf").is_none_or(|step| step != 0.0 && number % step == 0.0)
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
        "integer" | "number" => sample_integer(schema, ordinal),
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
    (fits && matches_pattern(schema, text)).then(|| text.into())
}

fn sample_integer(schema: &Value, ordinal: usize) -> Option<Value> {
    let wanted = i64::try_from(ordinal).ok()?.checked_add(1)?;
    let least = schema.get("minimum").and_then(Value::as_i64);
    let steps = schema.get("multipleOf").and_then(Value::as_i64);
    [Some(wanted), least, steps, Some(0), Some(-1)]
        .into_iter()
        .flatten()
        .find(|value| in_range(schema, *value as f64))
        .map(Value::from)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    use super::{Example, Hints, accepts, sample_object};
    use crate::cli::generate;

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

    fn call_of(document: &str) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("openapi.yaml");
        std::fs::write(&path, document).expect("a document");
        let outcome = generate::in_memory(&path, None, crate::cli::load::Options::default())
            .expect("the document is read");
        let example = Example::choose(&outcome.generated.plan, &Hints::read(&outcome));
        let example = example.expect("a call");
        format!("{} {}", example.tool, serde_json::Value::Object(example.arguments))
    }

    #[test]
    fn call_reads_and_takes_the_examples_of_the_document() {
        let call = call_of(
            "openapi: 3.1.0
info: { title: Shop, version: '1' }
servers: [{ url: https://shop.example }]
paths:
  /orders:
    post: { operationId: order, responses: { '200': { $ref: '#/components/responses/Ok' } } }
  /orders/{id}:
    get:
      operationId: made_up
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { '200': { $ref: '#/components/responses/Ok' } }
  /books:
    get:
      operationId: search
      parameters:
        - { name: words, in: query, example: dune, schema: { type: string } }
        - { name: limit, in: query, example: many, schema: { type: integer } }
        - { name: sort, in: query, schema: { type: string } }
      responses: { '200': { $ref: '#/components/responses/Ok' } }
components:
  responses:
    Ok: { description: ok, content: { application/json: { schema: { type: object } } } }
",
        );
        expect![[r#"search {"words":"dune"}"#]].assert_eq(&call);
    }

    #[test]
    fn examples_that_break_their_schema_are_not_accepted() {
        let schema =
            json!({ "type": "array", "maxItems": 2, "items": { "type": "integer", "maximum": 5 } });
        assert!(accepts(&schema, &json!([4, 5])));
        assert!(!accepts(&schema, &json!([4, 6])));
        assert!(!accepts(&schema, &json!([1, 2, 3])));
        assert!(!accepts(&schema, &json!("4,5")));
        assert!(!accepts(&json!({ "type": "string", "enum": ["a"] }), &json!("b")));
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

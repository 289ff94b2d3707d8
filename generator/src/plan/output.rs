//! Which response a tool promises: its output schema, if it gets one.

use serde_json::{Map, json};

use super::Output;
use super::kind::accepted;
use super::media::{self, is_json, is_sequence, of_response};
use super::wire_schema::{
    ANNOTATIONS, Direction, Heirs, Rendered, Room, TooLarge, put, render_within,
};
use super::{Kind, census::Census};
use crate::model::{Json, MediaType, Operation, Response, SchemaId, Schemas, Status};

/// Largest output schema that is listed, in bytes.
const LISTED_BYTES: usize = 4096;
/// What cannot fit into these bytes, since `{}` alone takes two.
const LISTED: Room = Room { nodes: LISTED_BYTES / 2, bytes: LISTED_BYTES };

/// What the listings say about the result of a tool.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Promise {
    pub(super) output: Output,
    /// `outputSchema` on the 2026-07-28 wire.
    pub(super) schema: Option<Json>,
}

impl Promise {
    /// No promise.
    pub(super) const NONE: Self = Self { output: Output::Undeclared, schema: None };

    /// A promise of values of this schema; `object`: every value is an object.
    pub(super) fn of(schema: Json, object: bool) -> Self {
        let output = if object { Output::Object } else { Output::Wrapped };
        Self { output, schema: Some(schema) }
    }

    /// `outputSchema` on wires up to 2025-11-25, where it differs.
    pub(super) fn legacy_schema(&self) -> Option<Json> {
        match (&self.schema, self.output) {
            (Some(schema), Output::Wrapped) => Some(wrapped(schema)),
            _ => None,
        }
    }
}

/// An object with the value as `result`, as `FastMCP` does it.
fn wrapped(schema: &Json) -> Json {
    let mut inner = schema.clone();
    let definitions = inner.as_object_mut().and_then(|inner| inner.remove("$defs"));
    let mut out = Map::new();
    put(&mut out, "type", "object");
    put(&mut out, "properties", json!({ "result": inner }));
    put(&mut out, "required", json!(["result"]));
    put(&mut out, "x-fastmcp-wrap-result", true);
    if let Some(definitions) = definitions {
        put(&mut out, "$defs", definitions);
    }
    Json::Object(out)
}

/// The success response that counts: 200, 201, 202, 204, 207, then any other 2xx.
pub(super) fn primary(responses: &[Response]) -> Option<&Response> {
    let rank = |response: &&Response| match response.status {
        Status::Code(code @ 200..=299) => {
            let preferred = [200, 201, 202, 204, 207];
            let place = preferred.iter().position(|preferred| *preferred == code);
            (place.unwrap_or(preferred.len()), code)
        }
        _ => (usize::MAX, 0),
    };
    responses.iter().filter(|response| is_success(response)).min_by_key(rank)
}

pub(super) fn is_success(response: &Response) -> bool {
    matches!(response.status, Status::Code(200..=299) | Status::Range(2))
}

/// The `Accept` header: the media types of all success responses. What is not JSON comes last where
/// there is JSON: an order alone says nothing (RFC 9110, 12.5.1).
pub(super) fn accept(schemas: &Schemas, responses: &[Response]) -> String {
    if successes(responses).any(|media| is_json(&media.name) && is_file(schemas, media)) {
        // The document does not say what the file is.
        return "*/*".to_owned();
    }
    let mut names: Vec<&str> = Vec::new();
    for response in responses.iter().filter(|response| is_success(response)) {
        for media in &response.content {
            if !names.contains(&media.name.as_str()) && is_header_value(&media.name) {
                names.push(&media.name);
            }
        }
    }
    // JSON is what the tool reads best, whatever the order of the document.
    names.sort_by_key(|name| !is_json(name));
    let prefers_json = names.first().is_some_and(|name| is_json(name));
    let weighed = names.iter().map(|name| match prefers_json && !is_json(name) {
        true => format!("{name};q=0.1"),
        false => (*name).to_owned(),
    });
    if names.is_empty() { "*/*".to_owned() } else { weighed.collect::<Vec<_>>().join(", ") }
}

/// Whether the document describes bytes, under whatever media type.
fn is_file(schemas: &Schemas, media: &MediaType) -> bool {
    media.schema.is_some_and(|id| accepted(schemas, id, true).kind == Kind::File)
}

fn is_header_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// What an operation promises about its result.
pub(super) fn promise(schemas: &Schemas, operation: &Operation, census: &mut Census) -> Promise {
    let responses = &operation.responses;
    // A response to HEAD has no content, nor has one of 204 or 205, whatever the document says of it
    // (RFC 9110, 9.3.2, 15.3.5 and 15.3.6).
    let is_empty = |response: &Response| {
        response.content.is_empty() || matches!(response.status, Status::Code(204 | 205))
    };
    let bodiless = responses.iter().any(|response| is_success(response) && is_empty(response));
    if bodiless || operation.method == "HEAD" {
        return Promise::NONE;
    }
    let Some(media) = primary(responses).and_then(|response| of_response(&response.content)) else {
        return Promise::NONE;
    };
    let sequences = || successes(responses).filter(|media| is_sequence(&media.name));
    if !is_sequence(&media.name) && sequences().next().is_some() {
        // Which of the two comes depends on the call, and a promise would have to hold for both.
        census.add("output schemas left out since the response may be a stream");
        return Promise::NONE;
    }
    if let Some(id) = media.item_schema
        && sequences().count() == successes(responses).count()
        && media::essence(&media.name) != "text/event-stream"
    {
        return promise_items(schemas, id, census);
    }
    let is_document = is_json(&media.name) && !is_sequence(&media.name);
    let (Some(id), true) = (media.schema, is_document) else { return Promise::NONE };
    if is_file(schemas, media) {
        census.add("output schemas left out since the response is a file");
        return Promise::NONE;
    }
    let found = accepted(schemas, id, false);
    let object = found.kind == Kind::Object && !found.nullable;
    match listed(schemas, id, |rendered| root(rendered, object)) {
        Ok(Some(schema)) => Promise::of(schema, object),
        Ok(None) => Promise::NONE,
        Err(TooLarge { .. }) => {
            census.add("output schemas left out for their size");
            Promise::NONE
        }
    }
}

/// The listed schema of a value, as `write` makes it; without the heirs of schemas where there is no
/// room for them.
fn listed(
    schemas: &Schemas,
    id: SchemaId,
    write: impl Fn(Rendered) -> Option<Json>,
) -> Result<Option<Json>, TooLarge> {
    let attempt = |heirs| {
        let rendered = render_within(LISTED, schemas, Direction::Output, heirs, &[id])?;
        let has_heirs = rendered.heirs == Some(Heirs::Listed);
        let written = write(rendered);
        match &written {
            Some(schema) if schema.to_string().len() > LISTED_BYTES => Err(TooLarge { has_heirs }),
            _ => Ok(written),
        }
    };
    match attempt(Heirs::Listed) {
        Err(TooLarge { has_heirs: true }) => attempt(Heirs::Omitted),
        outcome => outcome,
    }
}

/// The root of an output schema, which must be an object schema itself, not a reference to one. `None`
/// for one that says nothing.
fn root(rendered: Rendered, is_object: bool) -> Option<Json> {
    let mut definitions = rendered.definitions;
    let Some(Json::Object(mut root)) = rendered.roots.into_iter().next() else { return None };
    // Rules beside the reference hold together with it.
    if root.keys().all(|key| key == "$ref" || ANNOTATIONS.contains(&key.as_str()))
        && let Some(name) = definition_name(&root)
        && let Some(Json::Object(mut target)) = definitions.get(&name).cloned()
    {
        root.remove("$ref");
        target.extend(root);
        if !mentions(&Json::Object(target.clone()), &definitions, &name) {
            definitions.remove(&name);
        }
        root = target;
    }
    if root.is_empty() {
        return None;
    }
    if is_object && root.get("type") != Some(&json!("object")) {
        put(&mut root, "type", "object");
    }
    if !definitions.is_empty() {
        put(&mut root, "$defs", definitions);
    }
    Some(Json::Object(root))
}

/// Which of the definitions a schema refers to.
fn definition_name(schema: &Map<String, Json>) -> Option<String> {
    let reference = schema.get("$ref")?.as_str()?;
    reference.strip_prefix("#/$defs/").map(str::to_owned)
}

/// The promise of a list that is collected from a sequence.
fn promise_items(schemas: &Schemas, id: SchemaId, census: &mut Census) -> Promise {
    let list = listed(schemas, id, |rendered| {
        let mut list = Map::new();
        put(&mut list, "type", "array");
        put(&mut list, "items", rendered.roots.into_iter().next()?);
        if !rendered.definitions.is_empty() {
            put(&mut list, "$defs", rendered.definitions);
        }
        Some(Json::Object(list))
    });
    match list {
        Ok(Some(schema)) => Promise::of(schema, false),
        _ => {
            census.add("output schemas left out for their size");
            Promise::NONE
        }
    }
}

/// The media types of all success responses.
fn successes(responses: &[Response]) -> impl Iterator<Item = &MediaType> {
    responses.iter().filter(|response| is_success(response)).flat_map(|response| &response.content)
}

/// Whether something still refers to a definition.
fn mentions(root: &Json, definitions: &Map<String, Json>, name: &str) -> bool {
    let reference = Json::String(format!("#/$defs/{name}"));
    let mut todo = vec![root];
    todo.extend(definitions.iter().filter(|(other, _)| *other != name).map(|(_, value)| value));
    while let Some(value) = todo.pop() {
        match value {
            Json::Object(map) if map.get("$ref") == Some(&reference) => return true,
            Json::Object(map) => todo.extend(map.values()),
            Json::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::model::schema::JsonType;
    use crate::model::{Schema, SchemaId};
    use crate::plan::test_support::{content, json_content, operation, response};

    fn check(schema: Schema, expected: &Expect) {
        let mut schemas = Schemas::default();
        let id = schemas.push(schema);
        let mut operation = operation("GET", "/x", None);
        operation.responses = vec![response(200, json_content(id))];
        let promise = promise(&schemas, &operation, &mut Census::default());
        let show =
            |schema: Option<Json>| schema.map_or("-".to_owned(), |schema| schema.to_string());
        let legacy = promise.legacy_schema();
        expected.assert_eq(&format!(
            "{:?}\n{}\n{}\n",
            promise.output,
            show(promise.schema),
            show(legacy)
        ));
    }

    #[test]
    fn list_is_wrapped_on_old_wires_only() {
        check(
            Schema { types: vec![JsonType::Array], ..Schema::default() },
            &expect![[r#"
                Wrapped
                {"type":"array","items":{}}
                {"type":"object","properties":{"result":{"type":"array","items":{}}},"required":["result"],"x-fastmcp-wrap-result":true}
            "#]],
        );
    }

    #[test]
    fn schema_that_accepts_anything_promises_nothing() {
        check(
            Schema::default(),
            &expect![[r"
                Undeclared
                -
                -
            "]],
        );
    }

    #[test]
    fn json_is_asked_for_before_anything_else() {
        let of = |names: &[&str]| {
            let content = names.iter().flat_map(|name| content(name, None)).collect();
            accept(&Schemas::default(), &[response(200, content)])
        };
        assert_eq!(
            of(&["application/xml", "application/json", "application/hal+json"]),
            "application/json, application/hal+json, application/xml;q=0.1"
        );
        assert_eq!(of(&["text/csv", "application/pdf"]), "text/csv, application/pdf");
        assert_eq!(of(&[]), "*/*");
    }

    #[test]
    fn any_bodiless_success_removes_the_promise() {
        let mut schemas = Schemas::default();
        let id = schemas.push(Schema { types: vec![JsonType::Object], ..Schema::default() });
        let mut operation = operation("DELETE", "/x", None);
        operation.responses = vec![response(200, json_content(id)), response(204, Vec::new())];
        assert_eq!(promise(&schemas, &operation, &mut Census::default()), Promise::NONE);
    }

    #[test]
    fn what_has_no_content_promises_none() {
        let mut schemas = Schemas::default();
        let id = schemas.push(Schema { types: vec![JsonType::Object], ..Schema::default() });
        let mut head = operation("HEAD", "/x", None);
        head.responses = vec![response(200, json_content(id))];
        assert_eq!(promise(&schemas, &head, &mut Census::default()), Promise::NONE);
        for status in [204, 205] {
            let mut delete = operation("DELETE", "/x", None);
            delete.responses = vec![response(status, json_content(id))];
            assert_eq!(promise(&schemas, &delete, &mut Census::default()), Promise::NONE);
        }
    }

    #[test]
    fn a_file_under_the_name_of_json_may_be_anything() {
        let mut schemas = Schemas::default();
        let file = schemas.push(Schema {
            types: vec![JsonType::String],
            format: Some("binary".to_owned()),
            ..Schema::default()
        });
        let mut operation = operation("GET", "/x", None);
        operation.responses = vec![response(200, json_content(file))];
        assert_eq!(promise(&schemas, &operation, &mut Census::default()), Promise::NONE);
        assert_eq!(accept(&schemas, &operation.responses), "*/*");
    }

    /// A schema that holds itself, and a reference to it.
    fn tree(schemas: &mut Schemas) -> (SchemaId, SchemaId) {
        let tree = schemas.push(Schema::default());
        let reference = schemas.push(Schema { reference: Some(tree), ..Schema::default() });
        let mut named = Schema {
            name: Some("Tree".to_owned()),
            types: vec![JsonType::Object],
            ..Schema::default()
        };
        named.properties.insert("left".to_owned(), reference);
        schemas.set(tree, named);
        (tree, reference)
    }

    #[test]
    fn recursive_root_is_an_object_schema() {
        let mut schemas = Schemas::default();
        let (_, reference) = tree(&mut schemas);
        let mut operation = operation("GET", "/x", None);
        operation.responses = vec![response(200, json_content(reference))];
        let promise = promise(&schemas, &operation, &mut Census::default());
        assert_eq!(promise.output, Output::Object);
        expect![[r##"{"type":"object","properties":{"left":{"$ref":"#/$defs/Tree"}},"$defs":{"Tree":{"type":"object","properties":{"left":{"$ref":"#/$defs/Tree"}}}}}"##]]
            .assert_eq(&promise.schema.expect("a promise").to_string());
    }

    #[test]
    fn rules_beside_a_cyclic_root_hold_together_with_it() {
        let mut schemas = Schemas::default();
        let (tree, _) = tree(&mut schemas);
        let mut root = Schema { reference: Some(tree), ..Schema::default() };
        root.properties.insert("age".to_owned(), schemas.push(Schema::default()));
        let root = schemas.push(root);
        let mut operation = operation("GET", "/x", None);
        operation.responses = vec![response(200, json_content(root))];
        let promise = promise(&schemas, &operation, &mut Census::default());
        expect![[r##"{"properties":{"age":{}},"$ref":"#/$defs/Tree","type":"object","$defs":{"Tree":{"type":"object","properties":{"left":{"$ref":"#/$defs/Tree"}}}}}"##]]
            .assert_eq(&promise.schema.expect("a promise").to_string());
    }

    #[test]
    fn large_closure_is_counted_and_left_out() {
        let mut schemas = Schemas::default();
        let long = "x".repeat(LISTED_BYTES);
        let id: SchemaId = schemas.push(Schema {
            types: vec![JsonType::Object],
            description: Some(long),
            ..Schema::default()
        });
        let mut operation = operation("GET", "/x", None);
        operation.responses = vec![response(200, json_content(id))];
        let mut census = Census::default();
        assert_eq!(promise(&schemas, &operation, &mut census), Promise::NONE);
        assert_eq!(census.get("output schemas left out for their size"), 1);
    }
}

//! Mappings and lists behind a `$ref` where OpenAPI foresees none: people divide documents so, and
//! bundlers put them together.

use expect_test::expect;

use super::{check_operations, lower, print, problems};

const WHOLE: &str = "
openapi: 3.1.0
info: { title: Shelf, description: Books. }
servers: [{ url: 'https://{place}.example', variables: { place: { default: eu } } }]
tags: [{ name: books }]
security: [{ key: [] }]
paths:
  /books/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    put:
      operationId: putBook
      summary: Put one
      tags: [books]
      servers: [{ url: https://put.example }]
      parameters: [{ name: q, in: query, content: { application/json: { schema: { $ref: '#/components/schemas/Book' } } } }]
      requestBody:
        content: { application/json: { schema: { $ref: '#/components/schemas/Book' } } }
      responses: { 200: { description: ok, content: { text/plain: { schema: { type: string } } } } }
      security: [{ key: [] }]
components:
  schemas:
    Book:
      properties: { title: { type: string } }
      allOf: [{ required: [title] }]
  securitySchemes: { key: { type: apiKey, in: header, name: K } }
";

/// What a document becomes.
fn show(document: &str) -> String {
    let (api, diagnostics) = lower(document);
    let mut shown = problems(&diagnostics);
    if let Some(api) = api {
        shown.push_str(&print::operations(&api));
        for operation in &api.operations {
            let schemas = operation.parameters.iter().filter_map(|parameter| parameter.schema);
            shown.extend(schemas.map(|id| print::schema(&api.schemas, id)));
            let texts = (&operation.operation_id, &operation.summary, &operation.tags);
            shown
                .push_str(&format!("{:?}\n", (texts.0.as_ref().map(|it| &it.0), texts.1, texts.2)));
        }
        let server = api.server.map(|server| (server.url, server.variables.len()));
        let schemes: Vec<_> = api.security_schemes.keys().collect();
        shown
            .push_str(&format!("{:?} {server:?} {schemes:?}\n", (api.description, api.tags.len())));
    }
    shown
}

/// Moves the value at a pointer elsewhere and leaves a reference to it.
fn with_reference(document: &str, pointer: &str) -> String {
    let mut document = yaml(document);
    let place = document.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
    let moved = std::mem::replace(place, serde_json::json!({ "$ref": "#/x-moved" }));
    document["x-moved"] = moved;
    document.to_string()
}

fn yaml(text: &str) -> serde_json::Value {
    let mut sources = crate::source::SourceMap::default();
    let file = sources.add("openapi.yaml", text);
    let mut diagnostics = crate::diagnostic::Diagnostics::default();
    let tree = crate::source::yaml::parse(sources.text(file), file, &mut diagnostics);
    tree.expect("a tree").to_json()
}

#[test]
fn containers_may_be_somewhere_else() {
    let whole = show(&yaml(WHOLE).to_string());
    assert!(whole.contains("PUT /books/{id}") && !whole.contains("E0"), "{whole}");
    for pointer in [
        "/info",
        "/info/description",
        "/servers",
        "/servers/0",
        "/servers/0/variables",
        "/servers/0/variables/place",
        "/tags",
        "/tags/0",
        "/security",
        "/paths",
        "/paths/~1books~1{id}",
        "/paths/~1books~1{id}/parameters",
        "/paths/~1books~1{id}/put",
        "/paths/~1books~1{id}/put/summary",
        "/paths/~1books~1{id}/put/tags",
        "/paths/~1books~1{id}/put/servers",
        "/paths/~1books~1{id}/put/parameters",
        "/paths/~1books~1{id}/put/parameters/0/content",
        "/paths/~1books~1{id}/put/parameters/0/content/application~1json",
        "/paths/~1books~1{id}/put/requestBody",
        "/paths/~1books~1{id}/put/requestBody/content",
        "/paths/~1books~1{id}/put/responses",
        "/paths/~1books~1{id}/put/responses/200",
        "/paths/~1books~1{id}/put/responses/200/content",
        "/paths/~1books~1{id}/put/security",
        "/components",
        "/components/schemas",
        "/components/schemas/Book/properties",
        "/components/schemas/Book/allOf",
        "/components/securitySchemes",
        "/components/securitySchemes/key",
    ] {
        assert_eq!(show(&with_reference(WHOLE, pointer)), whole, "{pointer}");
    }
}

#[test]
fn what_stands_beside_the_reference_comes_first() {
    check_operations(
        "
paths:
  /a:
    get: { $ref: '#/x-get', parameters: [{ name: near, in: query, schema: {} }] }
x-get:
  parameters: [{ name: far, in: query, schema: {} }]
  responses: { $ref: '#/x-responses', 200: { description: near } }
x-responses: { 200: { description: far }, 404: { description: none } }
",
        &expect![[r#"
            GET /a []
              Query near Form exploded: {}
              Code(200) (near)
              Code(404) (none)
        "#]],
    );
}

#[test]
fn operation_is_left_out_where_its_request_is_nowhere() {
    check_operations(
        "
paths:
  /a:
    get: { $ref: '#/x-none' }
    put: { parameters: { $ref: '#/x-none' } }
    post: { requestBody: { content: { $ref: '#/x-none' } } }
    patch: { $ref: '#/x-loop' }
    delete: { $ref: '#/x-list' }
    head: { responses: { $ref: '#/x-none' } }
  /b: { parameters: { $ref: '#/x-none' }, get: {} }
x-loop: { $ref: '#/x-loop' }
x-list: []
",
        &expect![[r#"
            HEAD /a []
            warning E0205 at `/paths/~1a/get/$ref`: GET /a is left out: `#/x-none` points to nothing
              help: add what it points to, or correct the reference
            warning E0205 at `/paths/~1a/put/parameters/$ref`: PUT /a is left out: `#/x-none` points to nothing
              help: add what it points to, or correct the reference
            warning E0205 at `/paths/~1a/post/requestBody/content/$ref`: POST /a is left out: `#/x-none` points to nothing
              help: add what it points to, or correct the reference
            warning E0206 at `/paths/~1a/patch`: PATCH /a is left out: its references form a loop
              help: let one of the references lead to a definition
            warning E0203 at `/x-list`: DELETE /a is left out: the operation is a list, not a mapping
            warning E0205 at `/paths/~1b/parameters/$ref`: /b is left out: `#/x-none` points to nothing
              help: add what it points to, or correct the reference
            warning E0205 at `/paths/~1a/head/responses/$ref`: an answer of HEAD /a is not described: `#/x-none` points to nothing
              help: correct it; until then any answer is taken as it comes
        "#]],
    );
}

#[test]
fn parts_of_the_document_that_are_nowhere_are_left_out() {
    check_operations(
        "
servers: { $ref: '#/x-none' }
tags: { $ref: '#/x-none' }
paths: { /a: { get: {} } }
components: { securitySchemes: { $ref: '#/x-none' } }
",
        &expect![[r#"
            GET /a []
            warning E0205 at `/servers/$ref`: `servers` of the document is left out: `#/x-none` points to nothing (and 1 more of this kind)
              help: correct the reference
            warning E0205 at `/components/securitySchemes/$ref`: all security schemes are left out: `#/x-none` points to nothing
              help: correct the reference
        "#]],
    );
    check_operations(
        "paths: { $ref: '#/x-none' }",
        &expect![[r#"
        warning E0205 at `/paths/$ref`: `paths` of the document is left out: `#/x-none` points to nothing
          help: correct the reference
        error E0211 at ``: no operation of the document `shop` can be used
          help: the warnings say what to change
    "#]],
    );
}

#[test]
fn containers_of_swagger_may_be_somewhere_else() {
    let whole = "{swagger: '2.0', host: a.example, consumes: [application/json],
        securityDefinitions: {k: {type: basic}},
        definitions: {S: {type: string}},
        paths: {/a: {post: {operationId: a, parameters: [{in: body, name: b, schema: {$ref: '#/definitions/S'}}],
        responses: {200: {description: ok, schema: {$ref: '#/definitions/S'}}}}}}}";
    let shown = |text: &str| {
        let (api, diagnostics) = lower(text);
        let api = api.expect("an API");
        let schemes: Vec<_> = api.security_schemes.keys().collect();
        format!("{}{}{schemes:?}", problems(&diagnostics), print::operations(&api))
    };
    let expected = shown(whole);
    assert!(expected.contains("POST /a") && !expected.contains("E0"), "{expected}");
    for pointer in [
        "/consumes",
        "/securityDefinitions",
        "/definitions",
        "/paths",
        "/paths/~1a",
        "/paths/~1a/post",
        "/paths/~1a/post/parameters",
        "/paths/~1a/post/parameters/0",
        "/paths/~1a/post/responses",
        "/paths/~1a/post/responses/200",
    ] {
        assert_eq!(shown(&with_reference(whole, pointer)), expected, "{pointer}");
    }
}

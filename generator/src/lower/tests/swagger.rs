//! Documents of Swagger 2.0.

use expect_test::{Expect, expect};

use super::{lower, print, problems};

#[track_caller]
fn check(document: &str, expected: &Expect) {
    let (api, diagnostics) = lower(&format!("swagger: '2.0'\n{document}"));
    let server =
        api.as_ref().and_then(|api| Some(api.server.as_ref()?.url.clone())).unwrap_or_default();
    let printed = api.map(|api| print::operations(&api)).unwrap_or_default();
    expected.assert_eq(&format!("{server}\n{printed}{}", problems(&diagnostics)));
}

#[test]
fn body_and_responses_have_the_media_types_of_the_operation() {
    check(
        "
host: shelf.example
basePath: /v1
schemes: [http, https]
consumes: [application/json]
produces: [application/json]
paths:
  /books:
    parameters: [{ $ref: '#/parameters/Page' }]
    post:
      produces: [application/json, text/csv]
      parameters:
        - { name: book, in: body, required: true, schema: { $ref: '#/definitions/Book' } }
        - { name: page, in: query, type: string }
      responses:
        200:
          description: added
          schema: { $ref: '#/definitions/Book' }
          examples: { application/json: { title: Emma } }
        404: { $ref: '#/responses/Missing' }
        204: { description: nothing }
    get:
      schemes: [http]
      produces: [application/pdf]
      responses: { 200: { description: a file, schema: { type: file } } }
parameters:
  Page: { name: page, in: query, type: integer, minimum: 1, default: 1 }
responses:
  Missing: { description: no, schema: { type: string } }
definitions:
  Book: { type: object, discriminator: kind, properties: { title: { type: string, x-nullable: true } } }
",
        &expect![[r#"
            https://shelf.example/v1
            POST /books []
              Query page Form exploded: {"type":"string"}
              body required application/json {"$ref":"Book"}
              Code(200) (added) application/json {"$ref":"Book"} e.g. {"title":"Emma"} text/csv {"$ref":"Book"}
              Code(404) (no) application/json {"type":"string"} text/csv {"type":"string"}
              Code(204) (nothing)
            GET /books []
              server http://shelf.example/v1
              Query page Form exploded: {"type":"integer","default":1,"minimum":1}
              Code(200) (a file) application/pdf {"type":"string","contentMediaType":"application/octet-stream"}
        "#]],
    );
}

#[test]
fn collection_formats_are_styles() {
    check(
        "
paths:
  /{ids}:
    get:
      parameters:
        - { name: ids, in: path, required: true, type: array, items: { type: integer } }
        - { name: csv, in: query, type: array, items: { type: string } }
        - { name: ssv, in: query, type: array, items: { type: string }, collectionFormat: ssv }
        - { name: pipes, in: query, type: array, items: { type: string }, collectionFormat: pipes }
        - { name: multi, in: query, type: array, items: { type: string }, collectionFormat: multi }
        - { name: tsv, in: query, type: array, items: { type: string }, collectionFormat: tsv }
        - { name: X-H, in: header, type: array, items: { type: string } }
",
        &expect![[r#"

            GET /{ids} []
              Path ids required Simple: {"type":"array","items":{"type":"integer"}}
              Query csv Form: {"type":"array","items":{"type":"string"}}
              Query ssv SpaceDelimited: {"type":"array","items":{"type":"string"}}
              Query pipes PipeDelimited: {"type":"array","items":{"type":"string"}}
              Query multi Form exploded: {"type":"array","items":{"type":"string"}}
              Query tsv TabDelimited: {"type":"array","items":{"type":"string"}}
              Header X-H Simple: {"type":"array","items":{"type":"string"}}
        "#]],
    );
}

#[test]
fn form_fields_are_one_body() {
    check(
        "
consumes: [multipart/form-data]
paths:
  /a:
    post:
      consumes: [application/x-www-form-urlencoded]
      parameters:
        - { name: a, in: formData, type: string, required: true, description: first }
        - { name: b, in: formData, type: array, items: { type: string } }
        - { name: c, in: formData, type: array, items: { type: string }, collectionFormat: multi }
    put:
      parameters:
        - { name: f, in: formData, type: file }
        - { name: a, in: formData, type: integer }
",
        &expect![[r#"

            POST /a []
              body required application/x-www-form-urlencoded {"type":"object","properties":{"a":{"type":"string","description":"first"},"b":{"type":"array","items":{"type":"string"}},"c":{"type":"array","items":{"type":"string"}}},"required":["a"]}
            PUT /a []
              body multipart/form-data {"type":"object","properties":{"f":{"type":"string","contentMediaType":"application/octet-stream"},"a":{"type":"integer"}}}
        "#]],
    );
}

#[test]
fn security_definitions_are_schemes() {
    let (api, _) = lower(
        "
swagger: 2.0
paths: { /a: { get: {} } }
securityDefinitions:
  plain: { type: basic }
  key: { type: apiKey, in: header, name: X-Key }
  token: { type: oauth2, flow: accessCode, authorizationUrl: 'https://a', tokenUrl: 'https://b', scopes: {} }
security: [{ key: [] }]
",
    );
    let api = api.expect("it is read");
    let kinds: Vec<_> =
        api.security_schemes.values().map(|scheme| format!("{:?}", scheme.kind)).collect();
    expect![[r#"
        Basic
        ApiKey(Header, "X-Key")
        OAuth2(None)"#]]
    .assert_eq(&kinds.join("\n"));
    assert_eq!(api.operations[0].security[0][0].name, "key");
}

#[test]
fn what_cannot_be_read_costs_its_operation() {
    check(
        "
paths:
  /a: { get: { parameters: [{ $ref: '#/parameters/None' }] } }
  /b: { get: { responses: { 200: { $ref: '#/responses/None' } } } }
  /c: { post: { parameters: [{ name: x, in: body, schema: { $ref: '#/definitions/None' } }] } }
  /d: { get: 1 }
  /e: { $ref: '#/paths/None' }
  /f: { get: { parameters: 3, responses: [] } }
",
        &expect![[r#"

            GET /a []
            GET /b []
            POST /c []
              body application/json {}
            GET /f []
            warning E0203 at `/paths/~1d/get`: GET /d is left out: the operation is a number, not a mapping
            warning E0205 at `/paths/~1e/$ref`: /e is left out: `#/paths/None` points to nothing
              help: add what it points to, or correct the reference
            warning E0205 at `/paths/~1a/get/parameters/0/$ref`: `#/parameters/None` points to nothing; the parameter is left out
              help: correct it, or remove it from the operation
            warning E0205 at `/paths/~1b/get/responses/200/$ref`: an answer of GET /b is not described: `#/responses/None` points to nothing
              help: correct it; until then any answer is taken as it comes
            warning E0203 at `/paths/~1f/get/parameters`: `parameters` of the operation is a number, not a list; it is left out (and 1 more of this kind)
              help: write a value of that type, or remove the field
            warning E0205 at `/paths/~1c/post/parameters/0/schema/$ref`: `#/definitions/None` points to nothing; anything is accepted there
              help: add what it points to, or correct the reference
        "#]],
    );
}

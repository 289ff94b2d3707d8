//! What becomes of operations.

use expect_test::expect;

use super::check_operations;

#[test]
fn own_parameter_replaces_shared_one_in_its_place() {
    check_operations(
        "
paths:
  /a/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
      - { name: q, in: query }
    get:
      parameters:
        - { name: new, in: query, style: spaceDelimited }
        - { name: id, in: path, schema: { type: integer } }
        - { name: id, in: query }
        - { name: id, in: query, required: true }
",
        &expect![[r#"
            GET /a/{id} []
              Path id required Simple: {"type":"integer"}
              Query q Form exploded
              Query new SpaceDelimited
              Query id Form exploded
        "#]],
    );
}

#[test]
fn path_and_its_parameters_are_made_to_agree() {
    check_operations(
        "
paths:
  /a/{id}/{part}.{kind}:
    get:
      parameters: [{ name: stray, in: path, required: true }, { name: part, in: path }]
",
        &expect![[r#"
            GET /a/{id}/{part}.{kind} []
              Path part required Simple
              Path id required Simple: {"type":"string"}
              Path kind required Simple: {"type":"string"}
            warning E0207 at `/paths/~1a~1{id}~1{part}.{kind}/get/parameters/0`: the path parameter `stray` of GET /a/{id}/{part}.{kind} is not in the path; it is left out
              help: put it into the path in braces, or remove it
            warning E0207 at `/paths/~1a~1{id}~1{part}.{kind}`: the variable `id` of GET /a/{id}/{part}.{kind} is not declared; it is taken as a required string (and 1 more of this kind)
              help: declare it under `parameters` with `in: path` and `required: true`
        "#]],
    );
}

#[test]
fn variables_that_say_more_than_a_name_have_their_parameters() {
    check_operations(
        "
paths:
  /a/{id:[0-9]+}/{proxy+}:
    get:
      parameters: [{ name: proxy, in: path, required: true, schema: { type: string, maxLength: 9 } }, { name: id, in: path, required: true, schema: { type: integer } }]
",
        &expect![[r#"
            GET /a/{id:[0-9]+}/{proxy+} []
              Path proxy+ required Simple: {"type":"string","maxLength":9}
              Path id:[0-9]+ required Simple: {"type":"integer"}
        "#]],
    );
}

#[test]
fn styles_have_the_default_of_their_place() {
    check_operations(
        "
paths:
  /a/{p}:
    get:
      parameters:
        - { name: p, in: path, style: matrix, explode: true }
        - { name: q, in: query }
        - { name: d, in: query, style: deepObject, explode: 'true' }
        - { name: H, in: header, style: form }
        - { name: k, in: cookie, style: cookie }
        - { name: c, in: cookie }
        - { name: j, in: query, content: { application/json: { schema: { type: object } } } }
        - { name: accept, in: header }
        - { name: Authorization, in: header }
        - { name: Host, in: header, required: true }
        - { name: Cookie, in: header }
",
        &expect![[r#"
            GET /a/{p} []
              Path p required Matrix exploded
              Query q Form exploded
              Query d DeepObject exploded
              Header H Simple
              Cookie k Cookie exploded
              Cookie c Form exploded
              Query j Json: {"type":"object"}
              Header Cookie Simple
            warning E0212 at `/paths/~1a~1{p}/get/parameters/3/style`: the style `form` is not allowed in this place; the default is taken
              help: remove `style`, or take one that the location allows
        "#]],
    );
}

#[test]
fn references_to_parameters_bodies_and_responses_are_followed() {
    check_operations(
        "
paths:
  /a:
    $ref: '#/components/pathItems/A'
    summary: beside
components:
  pathItems:
    A:
      post:
        parameters: [{ $ref: '#/components/parameters/P', description: mine }]
        requestBody: { $ref: '#/components/requestBodies/B' }
        responses: { 200: { $ref: '#/components/responses/R' }, 4xx: { description: no } }
  parameters: { P: { $ref: '#/components/parameters/Q' }, Q: { name: q, in: query, example: 3 } }
  requestBodies: { B: { required: true, content: { text/plain: {} } } }
  responses:
    R:
      description: fine
      content:
        application/json:
          examples: { empty: {}, one: { $ref: '#/components/examples/E' } }
          schema: { $ref: '#/components/schemas/S' }
  examples: { E: { value: { a: 1 } } }
  schemas: { S: { type: object } }
",
        &expect![[r#"
            POST /a []
              Query q Form exploded (mine) e.g. 3
              body required text/plain
              Code(200) (fine) application/json {"$ref":"S"} e.g. {"a":1}
              Range(4) (no)
        "#]],
    );
}

#[test]
fn security_is_the_documents_unless_the_operation_has_one() {
    check_operations(
        "
security: [{ key: [] }]
paths:
  /a:
    get: {}
    put: { security: [] }
    post: { security: [{}, { key: [], other: [] }] }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
",
        &expect![[r#"
            GET /a [["key"]]
            PUT /a []
            POST /a [[], ["key", "other"]]
            warning E0205 at `/paths/~1a/post/security/1/other`: the security scheme `other` is not declared
              help: declare it under `components.securitySchemes`
        "#]],
    );
}

#[test]
fn own_server_is_kept_where_it_differs() {
    check_operations(
        "
servers: [{ url: 'https://{where}.example/{v}', variables: { where: { default: eu }, v: { default: 1 } } }]
paths:
  /a:
    servers: [{ url: https://up.example }]
    get: { servers: [{ url: https://eu.example/1 }] }
    put: {}
",
        &expect![[r#"
            GET /a []
              server https://eu.example/1
            PUT /a []
              server https://up.example
        "#]],
    );
}

#[test]
fn broken_operation_is_left_out_and_the_others_stay() {
    check_operations(
        "
paths:
  /a:
    get: { responses: { 200: { $ref: '#/components/responses/Gone' } } }
    put: { parameters: [{ name: q, in: querystring }] }
    post: { parameters: [{ in: query }] }
    patch: { requestBody: { $ref: './body.yaml' } }
    delete: nothing
    options: { parameters: [{ $ref: '#/components/parameters/A' }] }
    head: { responses: { 200: { content: { application/json: { schema: { items: { $ref: '#/components/schemas/B' } } } } } } }
    trace: { tags: all, deprecated: maybe, responses: { ok: {} } }
  /b: { $ref: '#/paths/~1c' }
components:
  parameters: { A: { $ref: '#/components/parameters/A' } }
  schemas:
    B: { properties: { c: { $ref: '#/components/schemas/C' } } }
    C: { $ref: '#/components/schemas/D' }
    D: { $ref: '#/components/schemas/C', description: around }
",
        &expect![[r#"
            GET /a []
            POST /a []
            OPTIONS /a []
            HEAD /a []
              Code(200) () application/json {"items":{"$ref":"B"}}
            TRACE /a []
            warning E0212 at `/paths/~1a/put/parameters/0`: PUT /a is left out: the parameter `q` in `querystring` has no `content`
              help: describe the query string by `content`, as OpenAPI 3.2 wants it
            warning E0205 at `/paths/~1a/patch/requestBody/$ref`: PATCH /a is left out: `./body.yaml` cannot be followed: there is no such file
              help: references to files are relative to the file that has them and stay in the folder of the document; `references` of [openapi.NAME] allows other folders
            warning E0203 at `/paths/~1a/delete`: DELETE /a is left out: the operation is a string, not a mapping
            warning E0205 at `/paths/~1b/$ref`: /b is left out: `#/paths/~1c` points to nothing
              help: add what it points to, or correct the reference
            warning E0205 at `/paths/~1a/get/responses/200/$ref`: an answer of GET /a is not described: `#/components/responses/Gone` points to nothing
              help: correct it; until then any answer is taken as it comes
            warning E0212 at `/paths/~1a/post/parameters/0`: a parameter has no `name`; the parameter is left out (and 1 more of this kind)
              help: correct it, or remove it from the operation
            warning E0203 at `/paths/~1a/trace/tags`: `tags` of the operation is a string, not a list; it is left out (and 1 more of this kind)
              help: write a value of that type, or remove the field
            warning E0203 at `/paths/~1a/trace/responses/ok`: `ok` is no status of a response; the response is left out
              help: write a status such as `200`, a range such as `2XX`, or `default`
            warning E0206 at `/components/schemas/C`: references of schemas form a loop; anything is accepted there
              help: let one of the references lead to a definition
        "#]],
    );
}

#[test]
fn methods_of_version_3_2_are_operations() {
    check_operations(
        "
paths:
  /a:
    query: {}
    additionalOperations: { COPY: {} }
  x-note: 1
  b: { get: {} }
",
        &expect![[r#"
            QUERY /a []
            COPY /a []
            warning E0203 at `/paths/b`: `b` is no path: it does not start with `/`
              help: start the path with `/`
        "#]],
    );
}

#[test]
fn server_that_the_declaration_names_is_called() {
    let text = "openapi: 3.2.0
servers:
  - { url: 'https://shelf.example', description: Production }
  - { url: 'https://{region}.test.example', name: sandbox, variables: { region: { default: eu } } }
paths:
  /a: { get: { responses: {} } }
  /b: { servers: [{ url: 'https://shelf.example' }], get: { responses: {} } }
";
    let mut sources = crate::source::SourceMap::default();
    let file = sources.add("openapi.yaml", text);
    let mut diagnostics = crate::diagnostic::Diagnostics::default();
    let bundle = crate::input::openapi::Bundle::read(&sources, file, &[], &mut diagnostics);
    let bundle = bundle.expect("a tree");
    let mut check = |wanted: Option<&str>, expected: [Option<&str>; 2]| {
        let api = crate::lower::document("shop", &bundle, wanted, &mut diagnostics);
        let api = api.expect("operations");
        let url = |server: &Option<crate::model::ApiServer>| {
            server.as_ref().map(|server| server.url.clone())
        };
        let found = [url(&api.server), url(&api.operations[1].server)];
        assert_eq!(found.each_ref().map(Option::as_deref), expected, "{wanted:?}");
    };
    let (shelf, test) = ("https://shelf.example", "https://{region}.test.example");
    check(None, [Some(shelf), None]);
    check(Some("nowhere"), [Some(shelf), None]);
    check(Some(shelf), [Some(shelf), None]);
    // An operation that names the first one keeps it.
    for name in ["sandbox", test] {
        check(Some(name), [Some(test), Some(shelf)]);
    }
}

//! Documents whose parts stand in odd places.

use expect_test::expect;

use super::{check, check_files, generate};

#[test]
fn references_of_every_kind() {
    check_files(
        &[
            (
                "openapi.yaml",
                r##"openapi: 3.2.0
$self: https://example.com/api/openapi.yaml
paths:
  /a/{b c}:
    $ref: "parts/items.yaml#/paths/~1a~1%7Bb%20c%7D"
  /e:
    get:
      operationId: e
      parameters:
      - $ref: "#/paths/~1f/get/parameters/0"
      - { name: s, in: query, schema: { $ref: "#/components/schemas/A~1B%25", description: over, maxLength: 2 } }
  /f:
    get:
      operationId: f
      parameters:
      - { name: q, in: query, schema: { $ref: "https://example.com/api/openapi.yaml#/components/schemas/Q" } }
components:
  schemas:
    A/B%: { type: string }
    Q: { type: integer }
"##,
            ),
            (
                "parts/items.yaml",
                r##"paths:
  "/a/{b c}":
    get:
      operationId: a
      parameters:
      - { name: "b c", in: path, required: true, schema: { $ref: "../schemas.yaml#/P" } }
"##,
            ),
            ("schemas.yaml", "P: { type: integer, minimum: 3 }\n"),
        ],
        &[
            ("a", r#"{"b_c":3}"#),
            ("a", r#"{"b_c":2}"#),
            ("e", r#"{"q":1,"s":"ab"}"#),
            ("e", r#"{"q":1,"s":"abc"}"#),
            ("f", r#"{"q":"x"}"#),
        ],
        &expect![[r#"
            GET /base/a/3
            refused: argument `b_c`: 2 is less than the minimum 3
            GET /base/e?q=1&s=ab
            refused: argument `s`: "abc" has 3 characters, more than 2
            refused: argument `q`: expected an integer, not "x"
        "#]],
    );
}

#[test]
fn defaults_and_conflicts_of_schemas() {
    check(
        r#"paths:
  /a:
    get:
      operationId: a
      parameters:
      - { name: wrong, in: query, schema: { type: integer, default: many } }
      - { name: never, in: query, schema: { allOf: [{ type: string }, { type: integer }] } }
      - { name: both, in: query, schema: { allOf: [{ minimum: 1 }, { type: integer, maximum: 3 }, { maximum: 5 }] } }
      - { name: nullable, in: query, schema: { type: string, nullable: true, enum: [a, b] } }
      - { name: word, in: query, schema: { type: string, pattern: "^{[a-z]+}$" } }
      - { name: "no", in: query, schema: { enum: [1, "1", null, true] } }
      - { name: big, in: query, schema: { type: integer, maximum: 18446744073709551615 } }
"#,
        &[
            ("a", "{}"),
            (
                "a",
                r#"{"both":3,"nullable":"a","word":"{abc}","no":"1","big":18446744073709551615}"#,
            ),
            ("a", r#"{"big":18446744073709551616}"#),
            ("a", r#"{"big":"7"}"#),
            ("a", r#"{"big":1.5}"#),
            ("a", r#"{"no":2}"#),
            ("a", r#"{"never":"x"}"#),
            ("a", r#"{"both":4}"#),
            ("a", r#"{"word":"abc"}"#),
            ("a", r#"{"nullable":null,"no":1}"#),
            ("a", r#"{"nullable":"c"}"#),
        ],
        &expect![[r#"
            GET /base/a
            GET /base/a?both=3&nullable=a&word=%7Babc%7D&no=1&big=18446744073709551615
            refused: argument `big`: 1.8446744073709552e+19 is more than the maximum 18446744073709551615
            refused: argument `big`: expected an integer, not "7"
            refused: argument `big`: expected an integer, not 1.5
            refused: argument `no`: 2 is not accepted, only 1, "1", true
            refused: argument `never`: expected an integer, not "x"
            refused: argument `both`: 4 is more than the maximum 3
            refused: argument `word`: "abc" does not match the pattern ^\{[a-z]+\}$
            GET /base/a?no=1
            refused: argument `nullable`: "c" is not accepted, only "a", "b"
        "#]],
    );
}

#[test]
fn paths_that_are_odd() {
    check(
        r#"paths:
  /a/:
    get: { operationId: slash }
  /a?fixed=1&x=y:
    get: { operationId: query, parameters: [{ name: q, in: query, schema: { type: string } }] }
  "/a b/ü/%2F":
    get: { operationId: letters }
  /files/{name}.{ext}:
    get: { operationId: two, parameters: [{ name: name, in: path, required: true, schema: { type: string } }] }
  /jobs/{id}:cancel:
    post: { operationId: verb, parameters: [{ name: id, in: path, required: true, schema: { type: string } }] }
  /{a}/{a}:
    get: { operationId: twice }
  //double:
    get: { operationId: double }
  /x-../..:
    get: { operationId: dots }
webhooks: { w: { post: { operationId: hook } } }
"#,
        &[
            ("slash", "{}"),
            ("query", r#"{"q":"z"}"#),
            ("letters", "{}"),
            ("two", r#"{"name":"a.b","ext":"c"}"#),
            ("verb", r#"{"id":"job-1:x"}"#),
            ("twice", r#"{"a":"b"}"#),
            ("double", "{}"),
            ("dots", "{}"),
            ("hook", "{}"),
        ],
        &expect![[r#"
            warning: the variable `ext` of GET /files/{name}.{ext} is not declared; it is taken as a required string (and 1 more of this kind)
            GET /base/a/
            GET /base/a?fixed=1&x=y&q=z
            GET /base/a%20b/%C3%BC/%2F
            GET /base/files/a%2Eb.c
            POST /base/jobs/job-1%3Ax:cancel
            GET /base/b/b
            GET /base//double
            refused: Error building request for GET /x-../..: the path has a segment of dots only
            no tool hook among dots, double, letters, query, slash, twice, two, verb
        "#]],
    );
}

#[test]
fn servers_of_documents() {
    let mut shown = String::new();
    for servers in [
        "servers: [{ url: 'https://{region}.x.test/{v}', variables: { region: { default: eu, enum: [eu, us] }, v: { default: v1 } } }]",
        "servers: [{ url: /api/v3 }]",
        "servers: [{ url: './v1' }, { url: 'https://other.test' }]",
        "servers: [{ url: '//host.test/x' }]",
        "servers: []",
        "servers: [{ url: 'https://x.test/{undeclared}' }]",
    ] {
        let text = format!("openapi: 3.1.0\n{servers}\npaths: {{ /a: {{ get: {{}} }} }}\n");
        let generated = generate(&[("openapi.yaml", &text)]);
        let upstream = generated.plan.upstreams.first().expect("an upstream");
        shown.push_str(&format!("{:?} {:?}\n", upstream.base_url, upstream.variables));
    }
    expect![[r#"
        "https://${SHOP_SERVER_REGION:-eu}.x.test/${SHOP_SERVER_V:-v1}" [("SHOP_SERVER_REGION", ["eu", "us"])]
        "" []
        "" []
        "https://host.test/x" []
        "" []
        "https://x.test/${SHOP_SERVER_UNDECLARED}" []
    "#]].assert_eq(&shown);
}

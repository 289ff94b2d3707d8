//! Bodies of every media type.

use expect_test::expect;

use super::{check, check_files};

#[test]
fn members_of_json_are_absent_null_or_there() {
    check(
        r##"paths:
  /a:
    patch:
      operationId: a
      requestBody:
        required: true
        content:
          application/merge-patch+json:
            schema:
              allOf:
              - { $ref: "#/components/schemas/Base" }
              - { type: object, required: [id, at], properties: { name: { type: [string, "null"] }, at: { type: string, readOnly: true } } }
components:
  schemas:
    Base:
      type: object
      required: [kind]
      properties:
        id: { type: integer, format: int64 }
        kind: { const: thing }
        size: { type: number, default: 5 }
        any: {}
"##,
        &[
            ("a", r#"{"id":9007199254740993,"name":null}"#),
            ("a", r#"{"id":1,"any":{"b":1.0,"a":[null]},"size":1e400}"#),
            ("a", r#"{"id":1.0,"size":0.10,"any":{"b":1.0,"a":[null]}}"#),
            ("a", r#"{"id":1,"at":"x"}"#),
            ("a", r#"{"name":"é"}"#),
        ],
        &expect![[r#"
            PATCH /base/a
              content-type: application/merge-patch+json
              | {"id":9007199254740993,"kind":"thing","name":null}
            refused: argument `size`: 1e400 does not fit a 64-bit number
            PATCH /base/a
              content-type: application/merge-patch+json
              | {"id":1,"kind":"thing","size":0.10,"any":{"b":1.0,"a":[null]}}
            refused: unknown argument `at`; the tool takes `id`, `size`, `any`, `name`
            refused: missing required argument `id`
        "#]],
    );
}

#[test]
fn forms_with_lists_and_objects() {
    check(
        r#"paths:
  /a:
    post:
      operationId: a
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties:
                s: { type: string }
                l: { type: array, items: { type: string } }
                c: { type: array, items: { type: string } }
                p: { type: array, items: { type: string } }
                o: { type: object }
                d: { type: object }
                j: { type: array, items: { type: integer } }
                n: { type: [string, "null"] }
            encoding:
              c: { style: form, explode: false }
              p: { style: pipeDelimited, explode: false }
              d: { style: deepObject, explode: true }
              j: { contentType: application/json }
"#,
        &[
            (
                "a",
                r#"{"s":"a b+c&d=é","l":["1","2"],"c":["1","2,3"],"p":["1","2|3"],"o":{"k":"v w"},"d":{"k":{"m":"v"}},"j":[1,2],"n":null}"#,
            ),
            ("a", "{}"),
        ],
        &expect![[r#"
            POST /base/a
              content-type: application/x-www-form-urlencoded
              | s=a%20b%2Bc%26d%3D%C3%A9&l=1&l=2&c=1,2%2C3&p=1%7C2%7C3&o=%7B%22k%22%3A%22v%20w%22%7D&d%5Bk%5D%5Bm%5D=v&j=1&j=2
            POST /base/a
        "#]],
    );
}

#[test]
fn multipart_with_files_lists_and_encodings() {
    check(
        r#"paths:
  /a:
    post:
      operationId: a
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties:
                file: { type: string, format: binary }
                more: { type: array, items: { type: string, contentMediaType: image/png } }
                meta: { type: object }
                tags: { type: array, items: { type: string } }
                styled: { type: object }
                note: { type: string }
                count: { type: integer }
            encoding:
              more: { contentType: "image/png, image/jpeg", headers: { X-Fixed: { schema: { const: "1" } }, X-Free: { schema: { type: string } } } }
              note: { contentType: text/markdown }
              styled: { style: deepObject, explode: true }
"#,
        &[
            (
                "a",
                r#"{"file":"aGk=","more":["data:image/jpeg;base64,aGk=","aGk="],"meta":{"a":[1]},"tags":["x","y z"],"styled":{"k":"v"},"note":"*é*","count":3}"#,
            ),
            ("a", r#"{"file":"data:text/plain,hi%20there"}"#),
            ("a", "{}"),
        ],
        &expect![[r#"
            POST /base/a
              content-type: multipart/form-data; boundary=mcpwright-part-00000000
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="file"; filename="file"
              | Content-Type: application/octet-stream
              | 
              | hi
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="more"; filename="more.jpg"
              | Content-Type: image/jpeg
              | X-Fixed: 1
              | 
              | hi
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="more"; filename="more.png"
              | Content-Type: image/png
              | X-Fixed: 1
              | 
              | hi
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="meta"
              | Content-Type: application/json
              | 
              | {"a":[1]}
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="tags"
              | 
              | x
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="tags"
              | 
              | y z
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="styled[k]"
              | 
              | v
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="note"
              | Content-Type: text/markdown
              | 
              | *é*
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="count"
              | 
              | 3
              | --mcpwright-part-00000000--
            POST /base/a
              content-type: multipart/form-data; boundary=mcpwright-part-00000000
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="file"; filename="file.txt"
              | Content-Type: text/plain
              | 
              | hi there
              | --mcpwright-part-00000000--
            refused: missing required argument `file`
        "#]],
    );
}

#[test]
fn several_media_types_and_other_bodies() {
    check(
        r#"paths:
  /several: { post: { operationId: several, requestBody: { content: { text/xml: {}, application/x-www-form-urlencoded: { schema: { type: object, properties: { a: { type: string } } } }, application/vnd.api+json: { schema: { type: object, properties: { a: { type: string } } } } } } } }
  /xml: { post: { operationId: xml, requestBody: { required: true, content: { application/xml: { schema: { type: object, properties: { a: { type: string } } } } } } } }
  /text: { put: { operationId: text, requestBody: { content: { "text/plain; charset=utf-8": { schema: { type: string } } } } } }
  /bytes: { put: { operationId: bytes, requestBody: { content: { "*/*": { schema: { type: string, format: binary } } } } } }
  /lines: { post: { operationId: lines, requestBody: { content: { application/jsonl: { itemSchema: { type: object } } } } } }
  /list: { post: { operationId: list, requestBody: { content: { application/json: { schema: { type: array, items: { type: integer } } } } } } }
  /scalar: { post: { operationId: scalar, requestBody: { required: true, content: { application/json: { schema: { type: string } } } } } }
  /empty: { post: { operationId: empty, requestBody: { required: true, content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } } } }
  /delete: { delete: { operationId: remove, requestBody: { content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } } } }
  /none: { post: { operationId: none, requestBody: { content: {} } } }
"#,
        &[
            ("several", r#"{"a":"b"}"#),
            ("xml", r#"{"body":"<a/>"}"#),
            ("text", r#"{"body":"a\nb"}"#),
            ("bytes", r#"{"body":"aGk="}"#),
            ("bytes", r#"{"body":"data:text/csv,a%2Cb"}"#),
            ("lines", r#"{"body":[{"a":1},{"b":"\n"}]}"#),
            ("list", r#"{"body":[1,2]}"#),
            ("scalar", r#"{"body":"x"}"#),
            ("empty", "{}"),
            ("remove", r#"{"a":"b"}"#),
            ("remove", "{}"),
            ("none", "{}"),
        ],
        &expect![[r#"
            POST /base/several
              content-type: application/vnd.api+json
              | {"a":"b"}
            POST /base/xml
              content-type: application/xml
              | <a/>
            PUT /base/text
              content-type: text/plain; charset=utf-8
              | a
              | b
            PUT /base/bytes
              content-type: application/octet-stream
              | hi
            PUT /base/bytes
              content-type: text/csv
              | a,b
            POST /base/lines
              content-type: application/jsonl
              | {"a":1}
              | {"b":"\n"}
            POST /base/list
              content-type: application/json
              | [1,2]
            POST /base/scalar
              content-type: application/json
              | "x"
            POST /base/empty
              content-type: application/json
              | {}
            DELETE /base/delete
              content-type: application/json
              | {"a":"b"}
            DELETE /base/delete
            POST /base/none
        "#]],
    );
}

#[test]
fn other_properties_and_unions() {
    check(
        r##"paths:
  /map: { post: { operationId: map, requestBody: { content: { application/json: { schema: { type: object, additionalProperties: { type: integer } } } } } } }
  /extra: { post: { operationId: extra, requestBody: { content: { application/json: { schema: { type: object, properties: { a: { type: string } }, additionalProperties: { type: integer } } } } } } }
  /union: { post: { operationId: union, requestBody: { required: true, content: { application/json: { schema: { oneOf: [{ $ref: "#/components/schemas/A" }, { $ref: "#/components/schemas/B" }] } } } } } }
  /heirs: { post: { operationId: heirs, requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } } } }
  /nullable: { post: { operationId: nullable, requestBody: { content: { application/json: { schema: { oneOf: [{ $ref: "#/components/schemas/A" }, { type: "null" }] } } } } } }
components:
  schemas:
    A: { type: object, required: [a], properties: { a: { type: string } } }
    B: { type: object, required: [b], properties: { b: { type: string } } }
    Pet: { type: object, required: [kind], properties: { kind: { type: string } }, discriminator: { propertyName: kind } }
    Cat: { allOf: [{ $ref: "#/components/schemas/Pet" }, { properties: { lives: { type: integer } } }] }
"##,
        &[
            ("map", r#"{"body":{"x":1}}"#),
            ("extra", r#"{"a":"b","additional_properties":{"x":1}}"#),
            ("extra", r#"{"additional_properties":{"a":1}}"#),
            ("union", r#"{"body":{"b":"x"}}"#),
            ("union", r#"{"body":{"c":"x"}}"#),
            ("heirs", r#"{"body":{"kind":"Cat","lives":9}}"#),
            ("heirs", r#"{"body":{"kind":"Dog","other":true}}"#),
            ("nullable", r#"{"a":"x"}"#),
        ],
        &expect![[r#"
            POST /base/map
              content-type: application/json
              | {"x":1}
            POST /base/extra
              content-type: application/json
              | {"a":"b","x":1}
            refused: Error building request for POST /extra: argument `additional_properties` has the member `a`, which is the argument `a`
            POST /base/union
              content-type: application/json
              | {"b":"x"}
            refused: argument `body`: {"c":"x"} fits none of the 2 accepted forms
            POST /base/heirs
              content-type: application/json
              | {"kind":"Cat","lives":9}
            POST /base/heirs
              content-type: application/json
              | {"kind":"Dog","other":true}
            POST /base/nullable
              content-type: application/json
              | {"a":"x"}
        "#]],
    );
}

#[test]
fn swagger_2() {
    check_files(
        &[(
            "openapi.yaml",
            r##"swagger: "2.0"
info: { title: t, version: "1" }
host: example.com
basePath: /v2
schemes: [https]
consumes: [application/json]
paths:
  /a/{id}:
    parameters: [{ name: id, in: path, required: true, type: array, items: { type: string }, collectionFormat: pipes }]
    get:
      operationId: a
      parameters:
      - { name: csv, in: query, type: array, items: { type: string } }
      - { name: multi, in: query, type: array, items: { type: string }, collectionFormat: multi }
      - { name: tsv, in: query, type: array, items: { type: string }, collectionFormat: tsv }
      - { name: ssv, in: query, type: array, items: { type: string }, collectionFormat: ssv }
      - { name: X-L, in: header, type: array, items: { type: string }, collectionFormat: csv }
  /form:
    post:
      operationId: form
      consumes: [application/x-www-form-urlencoded]
      parameters:
      - { name: s, in: formData, type: string, required: true }
      - { name: l, in: formData, type: array, items: { type: string }, collectionFormat: csv }
      - { name: m, in: formData, type: array, items: { type: string }, collectionFormat: multi }
  /upload:
    post:
      operationId: upload
      consumes: [multipart/form-data]
      parameters:
      - { name: file, in: formData, type: file, required: true }
      - { name: note, in: formData, type: string, allowEmptyValue: true }
  /body:
    post:
      operationId: body
      parameters: [{ name: it, in: body, required: true, schema: { $ref: "#/definitions/It" } }]
definitions:
  It: { type: object, properties: { a: { type: string } } }
"##,
        )],
        &[
            (
                "a",
                r#"{"id":["x","y"],"csv":["1","2,3"],"multi":["1","2"],"tsv":["1","2"],"ssv":["1","2"],"X-L":["a","b"]}"#,
            ),
            ("form", r#"{"s":"a b","l":["1","2"],"m":["1","2"]}"#),
            ("upload", r#"{"file":"aGk=","note":""}"#),
            ("body", r#"{"a":"b"}"#),
        ],
        &expect![[r#"
            GET /base/a/x%7Cy?csv=1,2%2C3&multi=1&multi=2&tsv=1%092&ssv=1%202
              x-l: a,b
            POST /base/form
              content-type: application/x-www-form-urlencoded
              | s=a%20b&l=1,2&m=1&m=2
            POST /base/upload
              content-type: multipart/form-data; boundary=mcpwright-part-00000000
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="file"; filename="file"
              | Content-Type: application/octet-stream
              | 
              | hi
              | --mcpwright-part-00000000
              | Content-Disposition: form-data; name="note"
              | 
              | 
              | --mcpwright-part-00000000--
            POST /base/body
              content-type: application/json
              | {"a":"b"}
        "#]],
    );
}

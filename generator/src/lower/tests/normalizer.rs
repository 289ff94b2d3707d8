//! What becomes of the words of older dialects: everything is JSON Schema 2020-12 afterwards. A row for
//! each, with what is counted and said about it.

use expect_test::expect;

use super::check_schema_of;

#[test]
fn nullable_and_its_like() {
    // `nullable` beside a type.
    check_schema_of(
        "3.0.3",
        "{ type: string, nullable: true }",
        "",
        &expect![[r#"
        {"type":"string|null"}
        1 × `nullable`
    "#]],
    );
    // `nullable` beside an enum.
    check_schema_of(
        "3.0.3",
        "{ type: string, nullable: true, enum: [a] }",
        "",
        &expect![[r#"
        {"type":"string|null","enum":["a",null]}
        1 × `nullable`
    "#]],
    );
    // `nullable` beside a reference.
    check_schema_of(
        "3.0.3",
        "{ nullable: true, allOf: [{ $ref: '#/components/schemas/A' }] }",
        "A: { type: object }",
        &expect![[r#"
            {"anyOf":[{"allOf":[{"$ref":"A"}]},{"type":"null"}]}
            1 × `nullable`
            1 × `nullable` beside a composition
        "#]],
    );
    // `nullable` without a type.
    check_schema_of(
        "3.0.3",
        "{ nullable: true, minLength: 1 }",
        "",
        &expect![[r#"
            {"minLength":1}
            1 × `nullable`
        "#]],
    );
    // `nullable: false`.
    check_schema_of(
        "3.0.3",
        "{ type: string, nullable: false }",
        "",
        &expect![[r#"
        {"type":"string"}
    "#]],
    );
    // Null in an enum.
    check_schema_of(
        "3.0.3",
        "{ type: string, enum: [a, null] }",
        "",
        &expect![[r#"
        {"type":"string|null","enum":["a",null]}
        1 × `null` in an `enum` whose type has none
    "#]],
    );
    // `x-nullable`.
    check_schema_of(
        "3.0.3",
        "{ type: string, x-nullable: true }",
        "",
        &expect![[r#"
        {"type":"string|null"}
        1 × `x-nullable`
        1 × `nullable`
    "#]],
    );
}

#[test]
fn bounds_and_numbers() {
    // Boolean bounds.
    check_schema_of(
        "3.0.3",
        "{ type: number, minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false }",
        "",
        &expect![[r#"
            {"type":"number","maximum":9,"exclusiveMinimum":1}
            1 × boolean exclusive bound
        "#]],
    );
    // Boolean bounds in 3.1.
    check_schema_of(
        "3.1.0",
        "{ type: number, minimum: 1, exclusiveMinimum: true }",
        "",
        &expect![[r#"
            {"type":"number","exclusiveMinimum":1}
            1 × boolean exclusive bound
        "#]],
    );
    // A boolean bound alone.
    check_schema_of(
        "3.0.3",
        "{ type: number, exclusiveMinimum: true }",
        "",
        &expect![[r#"
        {"type":"number"}
        1 × exclusive bound without a bound
        warning E0210 at `/paths/~1a/get/parameters/0/schema`: an exclusive bound is `true` and the bound itself is missing; it is left out
          help: write the number as the exclusive bound, or add the bound
    "#]],
    );
    // Numbers written otherwise.
    check_schema_of(
        "3.0.3",
        "{ type: array, maxItems: 2.0, items: { type: number, minimum: '0' } }",
        "",
        &expect![[r#"
            {"type":"array","maxItems":2,"items":{"type":"number","minimum":0}}
            1 × fraction where a whole number is expected
            1 × text where a number is expected
        "#]],
    );
}

#[test]
fn examples_and_identifiers() {
    // `example`.
    check_schema_of(
        "3.0.3",
        "{ type: string, example: a }",
        "",
        &expect![[r#"
        {"type":"string","examples":["a"]}
    "#]],
    );
    // `definitions`.
    check_schema_of(
        "3.1.0",
        "{ $ref: '#/components/schemas/A' }",
        "A: { definitions: { B: { type: string } }, properties: { b: { $ref: '#/components/schemas/A/definitions/B' } } }",
        &expect![[r#"
            {"$ref":"A"}
        "#]],
    );
    // `id` of draft 4.
    check_schema_of(
        "3.0.3",
        "{ id: 'https://shelf.example/a', type: string }",
        "",
        &expect![[r#"
        {"type":"string"}
        1 × `id` of a schema ignored
    "#]],
    );
    // `$id`.
    check_schema_of(
        "3.1.0",
        "{ $ref: '#/components/schemas/A' }",
        "A: { $id: 'https://shelf.example/a', $defs: { B: { type: string } }, properties: { b: { $ref: '#/$defs/B' } } }",
        &expect![[r#"
            {"$ref":"A"}
        "#]],
    );
    // A name that the schema has and the document does not: `#` is the schema with the `$id`. One that
    // only the document has is found too.
    check_schema_of(
        "3.1.0",
        "{ $id: 'urn:a', $defs: { B: { type: integer } }, allOf: [{ $ref: '#/$defs/B' }, { $ref: '#/components/schemas/B' }, { $ref: 'urn:a#/$defs/B' }] }",
        "B: { type: string }",
        &expect![[r#"
            {"allOf":[{"$ref":"B"},{"$ref":"B"},{"$ref":"B"}]}
            1 × reference of a part that is found in the document
        "#]],
    );
    // `$id` in an example.
    check_schema_of(
        "3.1.0",
        "{ type: object, example: { $id: 'https://shelf.example/a', $ref: nowhere } }",
        "",
        &expect![[r#"
            {"type":"object","examples":[{"$id":"https://shelf.example/a","$ref":"nowhere"}]}
        "#]],
    );
}

#[test]
fn lists_and_objects() {
    // A list of `items`.
    check_schema_of(
        "3.1.0",
        "{ type: array, items: [{ type: string }, { type: integer }], additionalItems: { type: boolean } }",
        "",
        &expect![[r#"
            {"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":{"type":"boolean"}}
            1 × `items` that is a list
        "#]],
    );
    // A closed list of `items`.
    check_schema_of(
        "3.1.0",
        "{ type: array, items: [{ type: string }], additionalItems: false }",
        "",
        &expect![[r#"
            {"type":"array","prefixItems":[{"type":"string"}],"items":false}
            1 × `items` that is a list
        "#]],
    );
    // Boolean schemas.
    check_schema_of(
        "3.1.0",
        "{ type: object, properties: { a: true, b: false } }",
        "",
        &expect![[r#"
            {"type":"object","properties":{"a":{},"b":false}}
        "#]],
    );
    // An object without properties.
    check_schema_of(
        "3.0.3",
        "{ type: object }",
        "",
        &expect![[r#"
        {"type":"object"}
    "#]],
    );
    // A required name without a property.
    check_schema_of(
        "3.0.3",
        "{ type: object, properties: { a: {} }, required: [a, b] }",
        "",
        &expect![[r#"
            {"type":"object","properties":{"a":{}},"required":["a","b"]}
            1 × required property that is not declared
            warning E0210 at `/paths/~1a/get/parameters/0/schema`: `b` is required and not among the properties
              help: declare the property, or remove it from `required`
        "#]],
    );
}

#[test]
fn contents_of_texts() {
    // `format: binary`.
    check_schema_of(
        "3.0.3",
        "{ type: string, format: binary }",
        "",
        &expect![[r#"
        {"type":"string","contentMediaType":"application/octet-stream"}
        1 × `format: binary`
    "#]],
    );
    // `format: byte`.
    check_schema_of(
        "3.0.3",
        "{ type: string, format: byte }",
        "",
        &expect![[r#"
        {"type":"string","contentEncoding":"base64"}
        1 × `format: byte`
    "#]],
    );
}

#[test]
fn references_and_choices() {
    // `discriminator`.
    check_schema_of(
        "3.0.3",
        "{ oneOf: [{ $ref: '#/components/schemas/A' }], discriminator: { propertyName: kind, mapping: { a: '#/components/schemas/A' } } }",
        "A: { type: object, properties: { kind: { type: string } }, required: [kind] }",
        &expect![[r#"
            {"oneOf":[{"$ref":"A"}],"discriminator":{"by":"kind","mapping":{"a":"A"}}}
        "#]],
    );
    // Beside a reference in 3.1.
    check_schema_of(
        "3.1.0",
        "{ $ref: '#/components/schemas/A', description: here, maxLength: 3 }",
        "A: { type: string }",
        &expect![[r#"
            {"$ref":"A","description":"here","maxLength":3}
        "#]],
    );
    // Beside a reference in 3.0: kept as in 3.1, since documents mean what they write there, and a
    // limit more refuses nothing that such a document allows on purpose.
    check_schema_of(
        "3.0.3",
        "{ $ref: '#/components/schemas/A', description: here, maxLength: 3 }",
        "A: { type: string }",
        &expect![[r#"
            {"$ref":"A","description":"here"}
            1 × keyword beside a `$ref` ignored, as OpenAPI 3.0 says
        "#]],
    );
    // `readOnly` and `writeOnly`.
    check_schema_of(
        "3.0.3",
        "{ type: object, required: [a, b], properties: { a: { readOnly: true }, b: { writeOnly: true } } }",
        "",
        &expect![[r#"
            {"type":"object","properties":{"a":{"readOnly":true},"b":{"writeOnly":true}},"required":["a","b"]}
        "#]],
    );
}

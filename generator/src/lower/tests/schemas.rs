//! What becomes of keywords of all dialects.

use expect_test::expect;

use super::{check_schema, check_schema_of};

#[test]
fn nullable_becomes_a_type() {
    check_schema(
        "{ type: string, nullable: true, enum: [a, b] }",
        "",
        &expect![[r#"
        {"type":"string|null","enum":["a","b",null]}
        1 × `nullable`
    "#]],
    );
    check_schema(
        "{ type: string, nullable: false }",
        "",
        &expect![[r#"
        {"type":"string"}
    "#]],
    );
    check_schema(
        "{ type: [string, 'null'] }",
        "",
        &expect![[r#"
        {"type":"string|null"}
    "#]],
    );
    check_schema(
        "{ type: string, x-nullable: true }",
        "",
        &expect![[r#"
        {"type":"string|null"}
        1 × `x-nullable`
        1 × `nullable`
    "#]],
    );
    check_schema(
        "{ nullable: true }",
        "",
        &expect![[r#"
        {}
        1 × `nullable`
    "#]],
    );
}

#[test]
fn nullable_beside_a_composition_becomes_an_alternative() {
    check_schema(
        "{ allOf: [{ $ref: '#/components/schemas/A' }], nullable: true, description: maybe }",
        "A: { type: object }",
        &expect![[r#"
            {"description":"maybe","anyOf":[{"allOf":[{"$ref":"A"}]},{"type":"null"}]}
            1 × `nullable`
            1 × `nullable` beside a composition
        "#]],
    );
    check_schema(
        "{ $ref: '#/components/schemas/A', nullable: true }",
        "A: { type: object }",
        &expect![[r#"
            {"anyOf":[{"$ref":"A"},{"type":"null"}]}
            1 × `nullable`
            1 × `nullable` beside a composition
        "#]],
    );
}

#[test]
fn null_in_an_enum_allows_null() {
    check_schema(
        "{ type: string, enum: [a, null, a] }",
        "",
        &expect![[r#"
        {"type":"string|null","enum":["a",null]}
        1 × value twice in an `enum`
        1 × `null` in an `enum` whose type has none
    "#]],
    );
}

#[test]
fn exclusive_bounds_become_numbers() {
    check_schema(
        "{ type: integer, minimum: 0, exclusiveMinimum: true }",
        "",
        &expect![[r#"
        {"type":"integer","exclusiveMinimum":0}
        1 × boolean exclusive bound
    "#]],
    );
    check_schema(
        "{ type: integer, exclusiveMaximum: 9 }",
        "",
        &expect![[r#"
        {"type":"integer","exclusiveMaximum":9}
    "#]],
    );
    check_schema(
        "{ type: integer, exclusiveMaximum: true }",
        "",
        &expect![[r#"
        {"type":"integer"}
        1 × exclusive bound without a bound
        warning E0210 at `/paths/~1a/get/parameters/0/schema`: an exclusive bound is `true` and the bound itself is missing; it is left out
          help: write the number as the exclusive bound, or add the bound
    "#]],
    );
    check_schema(
        "{ type: integer, minimum: 1, exclusiveMinimum: false, maximum: '18446744073709551615' }",
        "",
        &expect![[r#"
            {"type":"integer","minimum":1,"maximum":18446744073709551615}
            1 × text where a number is expected
        "#]],
    );
}

#[test]
fn list_of_items_becomes_a_prefix() {
    check_schema(
        "{ type: array, items: [{ type: string }, { type: integer }], additionalItems: false, \
         maxItems: 2.0 }",
        "",
        &expect![[r#"
            {"type":"array","maxItems":2,"prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}
            1 × fraction where a whole number is expected
            1 × `items` that is a list
        "#]],
    );
}

#[test]
fn formats_of_contents_become_contents() {
    check_schema(
        "{ type: string, format: binary }",
        "",
        &expect![[r#"
        {"type":"string","contentMediaType":"application/octet-stream"}
        1 × `format: binary`
    "#]],
    );
    check_schema(
        "{ type: string, format: byte }",
        "",
        &expect![[r#"
        {"type":"string","contentEncoding":"base64"}
        1 × `format: byte`
    "#]],
    );
    check_schema(
        "{ type: file }",
        "",
        &expect![[r#"
        {"type":"string","contentMediaType":"application/octet-stream"}
        1 × `type: file`
        1 × `format: binary`
    "#]],
    );
}

#[test]
fn examples_and_odd_keywords_are_kept_or_counted() {
    check_schema(
        "{ example: { $ref: nowhere }, xml: {}, id: x, x-a: 1, colour: red, required: true, \
         minLength: -1, maxLength: long, dependencies: { a: [b], c: { type: object } } }",
        "",
        &expect![[r#"
            {"examples":[{"$ref":"nowhere"}],"dependentSchemas":{"c":{"type":"object"}},"dependentRequired":{"a":["b"]}}
            1 × `id` of a schema ignored
            1 × extension of a schema ignored
            1 × unknown schema keyword ignored
            1 × boolean `required` of a schema ignored
            2 × field of the wrong type
            1 × `dependencies` of an older draft
            warning E0203 at `/paths/~1a/get/parameters/0/schema/minLength`: `minLength` of a schema is a number, not a whole number from zero; it is left out (and 1 more of this kind)
              help: write a value of that type, or remove the field
        "#]],
    );
}

#[test]
fn boolean_schemas_are_any_and_never() {
    check_schema(
        "{ properties: { a: true, b: false }, additionalProperties: false, not: {} }",
        "",
        &expect![[r#"
            {"properties":{"a":{},"b":false},"additionalProperties":false,"not":{}}
        "#]],
    );
}

#[test]
fn unknown_types_accept_anything() {
    check_schema(
        "{ type: int }",
        "",
        &expect![[r#"
        {}
        1 × unknown type of a schema
        warning E0210 at `/paths/~1a/get/parameters/0/schema/type`: `int` is no type; anything is accepted there
          help: write `integer`
    "#]],
    );
    check_schema(
        "just text",
        "",
        &expect![[r#"
        {}
        1 × field of the wrong type
        warning E0203 at `/paths/~1a/get/parameters/0/schema`: a schema is a string, not a mapping; it is left out
          help: write a value of that type, or remove the field
    "#]],
    );
}

#[test]
fn siblings_of_a_reference_stay_beside_it() {
    check_schema(
        "{ $ref: '#/components/schemas/A', description: mine, default: 1 }",
        "A: { type: integer, description: theirs }",
        &expect![[r#"
            {"$ref":"A","description":"mine","default":1}
        "#]],
    );
    check_schema_of(
        "3.1.0",
        "{ $ref: '#/components/schemas/A', type: object }",
        "A: { properties: { b: {} } }",
        &expect![[r#"
            {"$ref":"A","type":"object"}
            1 × `$ref` with other keywords beside it
        "#]],
    );
}

#[test]
fn what_stands_beside_a_reference_depends_on_the_version() {
    let schema = "{ $ref: '#/components/schemas/A', description: mine, title: Mine, nullable: true, \
                  readOnly: true, required: [b], properties: { b: {} }, x-mine: 1 }";
    let all = "A: { type: object }";
    check_schema_of(
        "3.0.3",
        schema,
        all,
        &expect![[r#"
        {"title":"Mine","description":"mine","anyOf":[{"$ref":"A"},{"type":"null"}]}
        3 × keyword beside a `$ref` ignored, as OpenAPI 3.0 says
        1 × extension of a schema ignored
        1 × `nullable`
        1 × `nullable` beside a composition
    "#]],
    );
    check_schema_of(
        "3.1.0",
        schema,
        all,
        &expect![[r#"
        {"title":"Mine","description":"mine","readOnly":true,"anyOf":[{"$ref":"A","properties":{"b":{}},"required":["b"]},{"type":"null"}]}
        1 × extension of a schema ignored
        1 × `$ref` with other keywords beside it
        1 × `nullable`
        1 × `nullable` beside a composition
    "#]],
    );
}

#[test]
fn definitions_that_are_only_references_are_passed_over() {
    check_schema(
        "{ items: { $ref: '#/components/schemas/A' }, not: { $ref: '#/components/schemas/C' } }",
        "A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/E/allOf/0' }, \
         E: { allOf: [{ type: string }] }, C: { $ref: '#/components/schemas/D', description: more }, D: { type: integer }",
        &expect![[r#"
            {"items":{"$ref":"A"},"not":{"$ref":"C"}}
        "#]],
    );
}

#[test]
fn references_lead_anywhere_in_the_document() {
    check_schema(
        "{ $ref: '#/components/schemas/A%7E1B/properties/b' }",
        "'A~1B': {}, A/B: { properties: { b: { type: string } } }",
        &expect![[r#"
            {"$ref":"b"}
        "#]],
    );
    check_schema(
        "{ $ref: '#/components/schemas/A/properties/b' }",
        "A: { $ref: '#/components/schemas/B' }, B: { properties: { b: { type: string } } }",
        &expect![[r#"
            {"$ref":"b"}
        "#]],
    );
    check_schema(
        "{ $ref: '#there' }",
        "A: { example: { $anchor: there }, properties: { b: { $anchor: there, type: number } } }",
        &expect![[r#"
            {"$ref":"there"}
        "#]],
    );
}

#[test]
fn cycles_become_edges() {
    check_schema(
        "{ $ref: '#/components/schemas/Tree' }",
        "Tree: { properties: { children: { items: { $ref: '#/components/schemas/Tree' } } } }",
        &expect![[r#"
            {"$ref":"Tree"}
        "#]],
    );
    check_schema(
        "{ $recursiveAnchor: true, items: { anyOf: [{ $recursiveRef: '#' }, { type: string }] } }",
        "",
        &expect![[r#"
            {"items":{"anyOf":[{"$ref":{"items":{"anyOf":[{"$ref":"…"},{"type":"string"}]}}},{"type":"string"}]}}
            1 × `$recursiveRef`
        "#]],
    );
}

#[test]
fn discriminator_finds_names_and_references() {
    check_schema(
        "{ oneOf: [{ $ref: '#/components/schemas/Cat' }], discriminator: { propertyName: kind, \
         mapping: { cat: Cat, tom: '#/components/schemas/Cat', dog: Dog } } }",
        "Cat: { type: object, properties: { kind: { const: cat } }, required: [kind, name] }",
        &expect![[r#"
            {"oneOf":[{"$ref":"Cat"}],"discriminator":{"by":"kind","mapping":{"cat":"Cat","tom":"Cat"}}}
            1 × discriminator value that leads to nothing
        "#]],
    );
}

#[test]
fn discriminator_has_a_default() {
    check_schema_of(
        "3.2.0",
        "{ oneOf: [{ $ref: '#/components/schemas/Cat' }], discriminator: { propertyName: kind, \
         defaultMapping: Other } }",
        "Cat: { type: object }, Other: { type: object }",
        &expect![[r#"
            {"oneOf":[{"$ref":"Cat"}],"discriminator":{"by":"kind","mapping":{},"default":"Other"}}
        "#]],
    );
}

#[test]
fn member_of_a_union_that_is_only_nullable_is_null() {
    check_schema(
        "{ anyOf: [{ $ref: '#/components/schemas/A' }, { nullable: true }] }",
        "A: { type: object }",
        &expect![[r#"
            {"anyOf":[{"$ref":"A"},{"type":"null"}]}
            1 × `nullable`
            1 × member of a union that is only `nullable`, read as null
        "#]],
    );
    // A description says nothing of values.
    check_schema(
        "{ oneOf: [{ type: string }, { nullable: true, description: or nothing }] }",
        "",
        &expect![[r#"
            {"oneOf":[{"type":"string"},{"type":"null"}]}
            1 × `nullable`
            1 × member of a union that is only `nullable`, read as null
        "#]],
    );
    check_schema(
        "{ allOf: [{ type: string }, { nullable: true }] }",
        "",
        &expect![[r#"
        {"allOf":[{"type":"string"},{}]}
        1 × `nullable`
    "#]],
    );
}

#[test]
fn values_of_an_enum_take_its_type() {
    check_schema(
        "{ enum: [1, 2.50, true, a, null, '1'], type: string }",
        "",
        &expect![[r#"
        {"type":"string|null","enum":["1","2.50","true","a",null]}
        3 × value of an `enum` that is not of its type
        1 × `null` in an `enum` whose type has none
    "#]],
    );
    check_schema(
        "{ type: integer, enum: ['1', '2', '3.5', b] }",
        "",
        &expect![[r#"
        {"type":"integer","enum":[1,2,"3.5","b"]}
        2 × value of an `enum` that is not of its type
    "#]],
    );
    check_schema(
        "{ type: [boolean, 'null'], enum: ['true', 'null'] }",
        "",
        &expect![[r#"
        {"type":"boolean|null","enum":[true,"null"]}
        1 × value of an `enum` that is not of its type
    "#]],
    );
    check_schema(
        "{ type: [string, integer], enum: [1, a] }",
        "",
        &expect![[r#"
        {"type":"string|integer","enum":[1,"a"]}
    "#]],
    );
    check_schema(
        "{ enum: [1, a] }",
        "",
        &expect![[r#"
        {"enum":[1,"a"]}
    "#]],
    );
}

#[test]
fn patterns_are_those_of_ecmascript() {
    check_schema(
        "{ type: object, properties: { a: { type: string, pattern: '*.txt' }, b: { type: string, \
         pattern: '^{id}$' } }, patternProperties: { '^x{': { type: string }, '[': {} } }",
        "",
        &expect![[r#"
            {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string","pattern":"^\\{id\\}$"}},"patternProperties":{"^x\\{":{"type":"string"}}}
            2 × pattern that is no regular expression, not enforced
        "#]],
    );
}

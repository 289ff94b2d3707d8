//! Schemas that stand for their heirs, from documents in words.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;
use crate::diagnostic::Diagnostics;
use crate::input::openapi::Bundle;
use crate::model::Api;
use crate::source::SourceMap;

fn lower(schema: &str, components: &str) -> Api {
    let document = format!(
        "openapi: 3.0.3\npaths: {{ /a: {{ get: {{ parameters: [{{ name: p, in: query, schema: \
         {schema} }}] }} }} }}\ncomponents: {{ schemas: {{ {components} }} }}\n"
    );
    let mut sources = SourceMap::default();
    let file = sources.add("openapi.yaml", document);
    let mut diagnostics = Diagnostics::default();
    let bundle = Bundle::read(&sources, file, &[], &mut diagnostics).expect("a tree");
    crate::lower::document("shop", &bundle, None, &mut diagnostics).expect("OpenAPI")
}

/// The listed schema of an argument, its definitions and what was counted.
#[track_caller]
fn check_schema(schema: &str, components: &str, expected: &Expect) {
    let api = lower(schema, components);
    let root = api.operations[0].parameters[0].schema.expect("a schema");
    let rendered = render(&api.schemas, Direction::Input, &[root]).expect("it is small");
    let mut shown = format!("{}\n", rendered.roots[0]);
    for (name, definition) in &rendered.definitions {
        let _ = writeln!(shown, "{name}: {definition}");
    }
    for (kind, count) in &api.census {
        let _ = writeln!(shown, "{count} × {kind}");
    }
    expected.assert_eq(&shown);
}

const PET: &str = "{ $ref: '#/components/schemas/Pet' }";

#[test]
fn base_with_a_discriminator_is_a_union_of_its_heirs() {
    check_schema(
        PET,
        "Pet: { type: object, required: [petType], properties: { petType: { type: string } }, \
         discriminator: { propertyName: petType, mapping: { dog: Dog } } }, Cat: { allOf: [{ $ref: \
         '#/components/schemas/Pet' }, { properties: { lives: { type: integer } } }] }, Dog: { \
         allOf: [{ $ref: '#/components/schemas/Pet' }] }, Puppy: { allOf: [{ $ref: \
         '#/components/schemas/Dog' }, { properties: { age: { type: integer } } }] }, Toy: { \
         properties: { pet: { $ref: '#/components/schemas/Pet' } } }",
        &expect![[r##"
            {"$ref":"#/$defs/Pet"}
            Pet: {"type":"object","anyOf":[{"$ref":"#/$defs/Dog","properties":{"petType":{"enum":["dog"]}}},{"$ref":"#/$defs/Cat","properties":{"petType":{"enum":["Cat"]}}},{"$ref":"#/$defs/Puppy","properties":{"petType":{"enum":["Puppy"]}}},{"$ref":"#/$defs/PetBase"}]}
            Dog: {"allOf":[{"$ref":"#/$defs/PetBase"}]}
            Cat: {"allOf":[{"$ref":"#/$defs/PetBase"},{"properties":{"lives":{"type":"integer"}}}]}
            Puppy: {"allOf":[{"$ref":"#/$defs/Dog"},{"properties":{"age":{"type":"integer"}}}]}
            PetBase: {"type":"object","properties":{"petType":{"type":"string"}},"required":["petType"]}
        "##]],
    );
}

#[test]
fn heirs_that_have_heirs_are_members_of_both() {
    check_schema(
        PET,
        "Pet: { type: object, properties: { kind: { type: string }, friend: { $ref: \
         '#/components/schemas/Cat' } }, discriminator: { propertyName: kind } }, Cat: { allOf: [{ \
         $ref: '#/components/schemas/Pet' }], discriminator: { propertyName: kind } }, Lion: { \
         allOf: [{ allOf: [{ $ref: '#/components/schemas/Cat' }] }] }",
        &expect![[r##"
            {"$ref":"#/$defs/Pet"}
            Pet: {"type":"object","anyOf":[{"$ref":"#/$defs/CatBase","properties":{"kind":{"enum":["Cat"]}},"required":["kind"]},{"$ref":"#/$defs/Lion","properties":{"kind":{"enum":["Lion"]}},"required":["kind"]},{"$ref":"#/$defs/PetBase","required":["kind"]}]}
            CatBase: {"allOf":[{"$ref":"#/$defs/PetBase"}]}
            Lion: {"allOf":[{"allOf":[{"$ref":"#/$defs/CatBase"}]}]}
            PetBase: {"type":"object","properties":{"kind":{"type":"string"},"friend":{"$ref":"#/$defs/Cat"}}}
            Cat: {"anyOf":[{"$ref":"#/$defs/Lion","properties":{"kind":{"enum":["Lion"]}},"required":["kind"]},{"$ref":"#/$defs/CatBase","required":["kind"]}]}
        "##]],
    );
}

#[test]
fn base_whose_listed_values_all_mean_heirs_is_no_member() {
    check_schema(
        PET,
        "Pet: { type: object, properties: { kind: { enum: [Cat, dog] } }, discriminator: { \
         propertyName: kind, mapping: { dog: '#/components/schemas/Dog' } } }, Cat: { allOf: [{ \
         $ref: '#/components/schemas/Pet' }] }, Dog: { allOf: [{ $ref: '#/components/schemas/Pet' \
         }] }, Fish: { allOf: [{ $ref: '#/components/schemas/Pet' }] }",
        &expect![[r#"
            {"type":"object","anyOf":[{"allOf":[{"type":"object","properties":{"kind":{"enum":["Cat","dog"]}}}],"properties":{"kind":{"enum":["dog"]}},"required":["kind"]},{"allOf":[{"type":"object","properties":{"kind":{"enum":["Cat","dog"]}}}],"properties":{"kind":{"enum":["Cat"]}},"required":["kind"]}]}
            1 × heir of a schema that no value of its discriminator means
        "#]],
    );
    check_schema(
        PET,
        "Pet: { type: object, properties: { kind: { enum: [a, b, other] } }, discriminator: { \
         propertyName: kind } }, Cat: { allOf: [{ $ref: '#/components/schemas/Pet' }, { properties: \
         { kind: { const: a } } }] }, Dog: { allOf: [{ $ref: '#/components/schemas/Pet' }, { \
         properties: { kind: { enum: [b] } } }] }",
        &expect![[r#"
            {"type":"object","anyOf":[{"allOf":[{"type":"object","properties":{"kind":{"enum":["a","b","other"]}}},{"properties":{"kind":{"const":"a"}}}],"required":["kind"]},{"allOf":[{"type":"object","properties":{"kind":{"enum":["a","b","other"]}}},{"properties":{"kind":{"enum":["b"]}}}],"required":["kind"]},{"type":"object","properties":{"kind":{"enum":["other"]}},"required":["kind"]}]}
        "#]],
    );
}

#[test]
fn heirs_that_cannot_be_read_cost_the_others_nothing() {
    check_schema(
        PET,
        "Pet: { type: object, properties: { kind: { type: string } }, discriminator: { \
         propertyName: kind, mapping: { x: Other } } }, Cat: { allOf: [{ $ref: \
         '#/components/schemas/Pet' }, { $ref: '#/components/schemas/Nothing' }] }, Dog: { allOf: \
         [{ $ref: '#/components/schemas/Pet' }] }, Other: { type: object }",
        &expect![[r#"
            {"type":"object","anyOf":[{"allOf":[{"type":"object","properties":{"kind":{"type":"string"}}},{}],"properties":{"kind":{"enum":["Cat"]}},"required":["kind"]},{"allOf":[{"type":"object","properties":{"kind":{"type":"string"}}}],"properties":{"kind":{"enum":["Dog"]}},"required":["kind"]},{"type":"object","properties":{"kind":{"type":"string"}},"required":["kind"]}]}
            1 × schema that is not there
            1 × schema that a discriminator means and that is no readable heir
        "#]],
    );
}

#[test]
fn discriminators_beside_unions_and_without_heirs_stay() {
    check_schema(
        PET,
        "Pet: { oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' \
         }], discriminator: { propertyName: kind } }, Cat: { properties: { kind: { type: string } } \
         }, Dog: { properties: { kind: { type: string } } }, Lynx: { allOf: [{ $ref: \
         '#/components/schemas/Pet' }] }",
        &expect![[r#"
            {"anyOf":[{"properties":{"kind":{"type":"string","enum":["Cat"]}},"required":["kind"]},{"properties":{"kind":{"type":"string","enum":["Dog"]}},"required":["kind"]}]}
        "#]],
    );
    check_schema(
        PET,
        "Pet: { type: object, properties: { kind: { type: string } }, discriminator: { \
         propertyName: kind } }",
        &expect![[r#"
            {"type":"object","properties":{"kind":{"type":"string"}}}
        "#]],
    );
}

#[test]
fn heirs_are_omitted_where_there_is_no_room() {
    let mut components = "Pet: { type: object, properties: { kind: { type: string } }, \
                          discriminator: { propertyName: kind } }"
        .to_owned();
    for number in 0..400 {
        let _ = write!(
            components,
            ", Pet{number}: {{ allOf: [{{ $ref: '#/components/schemas/Pet' }}, {{ properties: {{ \
             long_enough_for_the_limit_{number}: {{ type: string }} }} }}] }}"
        );
    }
    let api = lower(PET, &components);
    let root = api.operations[0].parameters[0].schema.expect("a schema");
    let rendered = render(&api.schemas, Direction::Input, &[root]).expect("the base is small");
    assert_eq!(rendered.heirs, Some(Heirs::Omitted));
    expect![[r#"{"type":"object","properties":{"kind":{"type":"string"}}}"#]]
        .assert_eq(&rendered.roots[0].to_string());
}

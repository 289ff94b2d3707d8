//! Types of schemas, from documents in words.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;
use crate::diagnostic::Diagnostics;
use crate::input::openapi::Bundle;
use crate::model::schema::Access;
use crate::plan::types::{Absent, Shape, TypeItem};
use crate::source::SourceMap;

/// The type of a schema, and the items that it needs.
fn check_as(access: Access, schema: &str, components: &str, expected: &Expect) {
    let document = format!(
        "openapi: 3.1.0\npaths: {{ /a: {{ get: {{ parameters: [{{ name: p, in: query, schema: \
         {schema} }}] }} }} }}\ncomponents: {{ schemas: {{ {components} }} }}\n"
    );
    let mut sources = SourceMap::default();
    let file = sources.add("openapi.yaml", document);
    let mut diagnostics = Diagnostics::default();
    let bundle = Bundle::read(&sources, file, &[], &mut diagnostics).expect("a tree");
    let api = crate::lower::document("shop", &bundle, None, &mut diagnostics).expect("OpenAPI");
    let root = api.operations[0].parameters[0].schema.expect("a schema");
    let uses = match access {
        Access::Request => Uses { requests: vec![root], ..Uses::default() },
        Access::Response => Uses { responses: vec![root], ..Uses::default() },
    };
    let mut table = TypeTable::default();
    let mut census = Census::default();
    let mut models = Models::new(&api.schemas, &uses, "shop", &mut table, &mut census);
    let place = Place { wanted: "Root".to_owned(), words: "the root".to_owned() };
    let ty = models.of(&[root], access, &place);
    table.keep_used(0, std::slice::from_ref(&ty));
    let mut shown = format!("{}\n", short(&ty));
    table.finish().iter().for_each(|item| show(item, &mut shown));
    for (what, number) in census.report(0).widened {
        let _ = writeln!(shown, "{number} × {what}");
    }
    expected.assert_eq(&shown);
}

fn check(schema: &str, components: &str, expected: &Expect) {
    check_as(Access::Response, schema, components, expected);
}

fn short(ty: &RustType) -> String {
    match ty {
        RustType::Model(name) => name.clone(),
        RustType::List(inner) => format!("[{}]", short(inner)),
        RustType::Optional(inner) => format!("{}?", short(inner)),
        RustType::Map(inner) => format!("{{{}}}", short(inner)),
        RustType::Boxed(inner) => format!("Box {}", short(inner)),
        RustType::Tuple(items) => {
            format!("({})", items.iter().map(short).collect::<Vec<_>>().join(", "))
        }
        RustType::Sized(width) => format!("{width:?}"),
        plain => format!("{plain:?}"),
    }
}

fn show(item: &TypeItem, shown: &mut String) {
    let words: Vec<String> = match &item.shape {
        Shape::Struct(fields) => fields
            .iter()
            .map(|field| {
                let mark = match field.absent {
                    Absent::Apart => " apart",
                    Absent::Rest => " rest",
                    _ => "",
                };
                format!("{}: {}{mark}", field.name, short(&field.ty))
            })
            .collect(),
        Shape::Texts(variants) => variants.iter().map(|it| it.name.clone()).collect(),
        Shape::OpenTexts { variants, other } => {
            let names = variants.iter().map(|it| it.name.clone());
            names.chain([format!("{other}(…)")]).collect()
        }
        Shape::Integers(variants) => variants.iter().map(|it| it.name.clone()).collect(),
        Shape::Union(variants) => {
            variants.iter().map(|(name, ty)| format!("{name}({})", short(ty))).collect()
        }
        Shape::Tagged(tagged) => {
            let variants = tagged.variants.iter();
            let variants =
                variants.map(|it| format!("{}={}({})", it.tags.join("|"), it.name, short(&it.ty)));
            let others = tagged.others.iter().map(|(name, ty)| format!("{name}({})", short(ty)));
            let by = std::iter::once(format!("by {}", tagged.property));
            by.chain(variants).chain(others).collect()
        }
    };
    let _ = writeln!(shown, "{}: {}", item.name, words.join(", "));
}

#[test]
fn presence_and_null_are_told_apart() {
    check(
        "{ type: object, required: [a, b, z], properties: { a: { type: string }, b: { type: \
         [string, 'null'] }, c: { type: string }, d: { anyOf: [{ type: integer }, { type: 'null' \
         }] }, e: {}, f: { $ref: '#/components/schemas/Maybe' } } }",
        "Maybe: { type: [array, 'null'], items: { type: [number, 'null'] } }",
        &expect![[r#"
            Root
            Root: a: Text, b: Text?, c: Text?, d: Integer?? apart, e: Value? apart, f: [Number?]?? apart, z: Value
            1 × other parts of typed values that no Rust type says, kept as JSON
        "#]],
    );
}

#[test]
fn parts_of_all_of_are_one_struct() {
    check(
        "{ $ref: '#/components/schemas/Staff' }",
        "Person: { type: object, required: [name], properties: { name: { type: string }, level: { \
         enum: [a, b, c] } } }, Staff: { allOf: [{ $ref: '#/components/schemas/Person' }, { type: \
         object, required: [level], properties: { level: { enum: [b, c, d] }, boss: { allOf: [{ \
         $ref: '#/components/schemas/Person' }], description: Of them. } } }] }",
        &expect![[r#"
            Staff
            Staff: name: Text, level: StaffLevel, boss: Person?
            StaffLevel: B, C, Unknown(…)
            Person: name: Text, level: PersonLevel?
            PersonLevel: A, B, C, Unknown(…)
        "#]],
    );
    // What contradicts itself has no type.
    check(
        "{ allOf: [{ type: string }, { type: integer }] }",
        "",
        &expect![[r#"
        Value
        1 × other parts of typed values that no Rust type says, kept as JSON
    "#]],
    );
}

#[test]
fn enums_are_open_where_results_have_them() {
    let schema = "{ type: object, properties: { a: { $ref: '#/components/schemas/E' }, one: { \
                  enum: [x] }, numbers: { enum: [1, 2], format: int32 }, mixed: { enum: [1, a] }, \
                  listed: { oneOf: [{ const: up, title: Up }, { const: down }, { type: 'null' }] } } }";
    let components = "E: { type: string, enum: [Unknown, '', '+1', null] }";
    check(
        schema,
        components,
        &expect![[r#"
        Root
        Root: a: E?? apart, one: Text?, numbers: I32?, mixed: Value? apart, listed: RootListed?? apart
        E: Unknown, Empty, Plus1, Unknown2(…)
        RootListed: Up, Down, Unknown(…)
        1 × other parts of typed values that no Rust type says, kept as JSON
    "#]],
    );
    check_as(
        Access::Request,
        schema,
        components,
        &expect![[r#"
        Root
        Root: a: E?? apart, one: Text?, numbers: I32?, mixed: Value? apart, listed: RootListed?? apart
        E: Unknown, Empty, Plus1
        RootListed: Up, Down
        1 × other parts of typed values that no Rust type says, kept as JSON
    "#]],
    );
}

#[test]
fn discriminators_tag_enums() {
    let components = "Cat: { type: object, properties: { kind: { type: string }, next: { $ref: \
                      '#/components/schemas/Pet' } } }, Dog: { type: object, properties: { kind: { \
                      enum: [dog, puppy] } } }, Pet: { oneOf: [{ $ref: '#/components/schemas/Cat' \
                      }, { $ref: '#/components/schemas/Dog' }], discriminator: { propertyName: \
                      kind } }";
    check(
        "{ $ref: '#/components/schemas/Pet' }",
        components,
        &expect![[r#"
        Pet
        Cat: kind: Text?, next: Box Pet?
        Dog: kind: DogKind?
        Pet: by kind, Cat=Cat(Box Cat), dog|puppy=Dog(Dog), Unknown(Value)
        DogKind: Dog, Puppy, Unknown(…)
    "#]],
    );
    check_as(
        Access::Request,
        "{ $ref: '#/components/schemas/Pet' }",
        components,
        &expect![[r#"
        Pet
        Cat: kind: Text?, next: Box Pet?
        Dog: kind: DogKind?
        Pet: by kind, Cat=Cat(Box Cat), dog|puppy=Dog(Dog)
        DogKind: Dog, Puppy
    "#]],
    );
    // Writing would lose a tag that is no property of the member.
    check(
        "{ oneOf: [{ type: object, title: A, properties: { a: {} } }, { type: object, title: B, \
         properties: { b: {} } }], discriminator: { propertyName: kind } }",
        "",
        &expect![[r#"
            Value
            1 × unions of typed values whose members nothing tells apart, kept as JSON
        "#]],
    );
}

#[test]
fn heirs_of_a_schema_are_an_enum() {
    check(
        "{ $ref: '#/components/schemas/Base' }",
        "Base: { type: object, required: [kind], properties: { kind: { type: string } }, \
         discriminator: { propertyName: kind, mapping: { a: A, b: B } } }, A: { allOf: [{ $ref: \
         '#/components/schemas/Base' }, { properties: { x: { type: integer } } }] }, B: { allOf: \
         [{ $ref: '#/components/schemas/Base' }] }",
        &expect![[r#"
            Base
            A: kind: Text, x: Integer?
            BaseBase: kind: Text
            Base: by kind, a=A(A), b|Base=BaseBase(BaseBase), Unknown(Value)
        "#]],
    );
}

#[test]
fn constants_tag_objects_beside_other_things() {
    check(
        "{ anyOf: [{ type: string }, { type: object, title: A, required: [k], properties: { k: { \
         const: 1 } } }, { type: object, title: B, required: [k], properties: { k: { const: 2 }, \
         x: { type: string } } }] }",
        "",
        &expect![[r#"
            Root
            RootA: k: Integer
            RootB: k: Integer, x: Text?
            RootObject: by k, 1=RootA(RootA), 2=RootB(RootB), Unknown(Value)
            Root: Object(RootObject), Text(Text)
        "#]],
    );
}

#[test]
fn what_stands_beside_a_union_is_in_each_member() {
    check(
        "{ type: object, required: [id], properties: { id: { type: integer, format: uint32 } }, \
         oneOf: [{ title: A, required: [a], properties: { a: { type: string } } }, { title: B, \
         required: [b], properties: { b: { type: string } } }] }",
        "",
        &expect![[r#"
            Root
            RootA: a: Text, id: U32
            RootB: b: Text, id: U32
            Root: A(RootA), B(RootB)
        "#]],
    );
    // Members that only say which properties go together are left to the check.
    check(
        "{ type: object, properties: { a: { type: string }, b: { type: string } }, anyOf: [{ \
         required: [a] }, { required: [b] }] }",
        "",
        &expect![[r#"
            Root
            Root: a: Text?, b: Text?
        "#]],
    );
}

#[test]
fn unions_that_nothing_tells_apart_are_values() {
    let one = "type: object, properties: { a: { type: string } }";
    let other = "type: object, properties: { b: { type: string } }";
    let union = |one: &str, other: &str| format!("{{ anyOf: [{{ {one} }}, {{ {other} }}] }}");
    check(
        &union(one, other),
        "",
        &expect![[r#"
        Value
        1 × unions of typed values whose members nothing tells apart, kept as JSON
    "#]],
    );
    let list = |of: &str| format!("type: array, items: {{ {of} }}");
    check(
        &union(&list(one), &list(other)),
        "",
        &expect![[r#"
        Value
        1 × unions of typed values whose members nothing tells apart, kept as JSON
    "#]],
    );
    check(
        &union(&list(one), one),
        "",
        &expect![[r#"
        Root
        RootVariant1Item: a: Text?
        RootVariant2: a: Text?
        Root: Variant2(RootVariant2), Variant1ItemList([RootVariant1Item])
    "#]],
    );
    check(
        &union("type: string", "type: string, enum: [a, b]"),
        "",
        &expect![[r#"
        RootVariant2
        RootVariant2: A, B, Unknown(…)
    "#]],
    );
}

#[test]
fn cycles_are_boxed_and_end() {
    check(
        "{ $ref: '#/components/schemas/A' }",
        "A: { type: object, required: [b], properties: { b: { $ref: '#/components/schemas/B' }, l: \
         { type: array, items: { $ref: '#/components/schemas/A' } } } }, B: { anyOf: [{ $ref: \
         '#/components/schemas/A' }, { type: 'null' }] }",
        &expect![[r#"
            A
            A: b: Box A?, l: [A]?
        "#]],
    );
    check(
        "{ $ref: '#/components/schemas/Json' }",
        "Json: { anyOf: [{ type: string }, { type: array, items: { $ref: \
         '#/components/schemas/Json' } }] }",
        &expect![[r#"
            Value
            1 × other parts of typed values that no Rust type says, kept as JSON
            1 × unions of typed values whose members nothing tells apart, kept as JSON
        "#]],
    );
    check(
        "{ $ref: '#/components/schemas/L' }",
        "L: { allOf: [{ $ref: '#/components/schemas/M' }], type: object, properties: { x: { type: \
         string } } }, M: { allOf: [{ $ref: '#/components/schemas/L' }] }",
        &expect![[r#"
            L
            L: x: Text?
        "#]],
    );
}

#[test]
fn each_direction_has_its_properties() {
    let schema = "{ type: object, properties: { user: { $ref: '#/components/schemas/User' }, tag: { \
                  $ref: '#/components/schemas/Tag' } } }";
    let components = "User: { type: object, required: [id, secret], properties: { id: { type: \
                      integer, readOnly: true }, secret: { type: string, writeOnly: true } } }, \
                      Tag: { type: object, properties: { name: { type: string } } }";
    check(
        schema,
        components,
        &expect![[r#"
        Root
        Root: user: User?, tag: Tag?
        User: id: Integer
        Tag: name: Text?
    "#]],
    );
    check_as(
        Access::Request,
        schema,
        components,
        &expect![[r#"
        Root
        Root: user: UserRequest?, tag: Tag?
        UserRequest: secret: Text
        Tag: name: Text?
    "#]],
    );
}

#[test]
fn other_properties_are_kept_where_the_schema_says_so() {
    check(
        "{ type: object, properties: { a: { type: string } }, additionalProperties: { type: array, \
         items: { type: object, properties: { n: { type: integer } } } } }",
        "",
        &expect![[r#"
            Root
            Root: a: Text?, additional_properties: {[RootValueItem]} rest
            RootValueItem: n: Integer?
        "#]],
    );
    check(
        "{ type: object, additionalProperties: { type: integer } }",
        "",
        &expect![[r#"
        {Integer}
    "#]],
    );
    check(
        "{ type: object }",
        "",
        &expect![[r#"
        {Value}
    "#]],
    );
    check(
        "{ type: array, prefixItems: [{ type: string }], items: false }",
        "",
        &expect![[r#"
        [Value]
    "#]],
    );
}

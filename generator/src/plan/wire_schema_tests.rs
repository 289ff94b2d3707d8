//! Stage tests of the schemas in listings.

use expect_test::{Expect, expect};
use indexmap::IndexMap;

use super::*;
use crate::model::schema::JsonType;

fn text() -> Schema {
    Schema { types: vec![JsonType::String], ..Schema::default() }
}

fn object(properties: &[(&str, SchemaId)], required: &[&str]) -> Schema {
    let properties: IndexMap<_, _> =
        properties.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect();
    Schema {
        types: vec![JsonType::Object],
        properties,
        required: required.iter().map(|name| (*name).to_owned()).collect(),
        ..Schema::default()
    }
}

fn check(schemas: &Schemas, direction: Direction, roots: &[SchemaId], expected: &Expect) {
    let rendered = render(schemas, direction, roots).expect("within bounds");
    let text: String = rendered.roots.iter().map(|root| format!("{root}\n")).collect();
    expected.assert_eq(&format!("{text}{}\n", Json::Object(rendered.definitions)));
}

#[test]
fn read_only_properties_leave_inputs_also_from_required() {
    let mut schemas = Schemas::default();
    let shared = schemas.push(Schema { read_only: true, ..text() });
    let id = schemas.push(Schema { reference: Some(shared), ..Schema::default() });
    let secret = schemas.push(Schema { write_only: true, ..text() });
    let root = schemas.push(object(&[("id", id), ("secret", secret)], &["id", "secret"]));
    check(
        &schemas,
        Direction::Input,
        &[root],
        &expect![[r#"
            {"type":"object","properties":{"secret":{"type":"string"}},"required":["secret"]}
            {}
        "#]],
    );
    check(
        &schemas,
        Direction::Output,
        &[root],
        &expect![[r#"
            {"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}
            {}
        "#]],
    );
}

#[test]
fn cycle_keeps_a_definition() {
    let mut schemas = Schemas::default();
    let tree = schemas.push(Schema::default());
    let reference = schemas.push(Schema { reference: Some(tree), ..Schema::default() });
    let list = schemas.push(Schema {
        types: vec![JsonType::Array],
        items: Some(reference),
        ..Schema::default()
    });
    let named = Schema { name: Some("Tree".to_owned()), ..object(&[("children", list)], &[]) };
    schemas.set(tree, named);
    check(
        &schemas,
        Direction::Input,
        &[reference],
        &expect![[r##"
            {"$ref":"#/$defs/Tree"}
            {"Tree":{"type":"object","properties":{"children":{"type":"array","items":{"$ref":"#/$defs/Tree"}}}}}
        "##]],
    );
}

#[test]
fn reference_used_often_keeps_a_definition_where_that_is_smaller() {
    let mut schemas = Schemas::default();
    let money = schemas.push(Schema {
        name: Some("Money".to_owned()),
        description: Some("An amount in the smallest unit of its currency.".to_owned()),
        ..text()
    });
    let uses: Vec<_> = (0..3)
        .map(|_| schemas.push(Schema { reference: Some(money), ..Schema::default() }))
        .collect();
    check(
        &schemas,
        Direction::Input,
        &uses[..1],
        &expect![[r#"
            {"type":"string","description":"An amount in the smallest unit of its currency."}
            {}
        "#]],
    );
    check(
        &schemas,
        Direction::Input,
        &uses,
        &expect![[r##"
            {"$ref":"#/$defs/Money"}
            {"$ref":"#/$defs/Money"}
            {"$ref":"#/$defs/Money"}
            {"Money":{"type":"string","description":"An amount in the smallest unit of its currency."}}
        "##]],
    );
}

#[test]
fn description_beside_a_reference_wins_over_that_of_the_target() {
    let mut schemas = Schemas::default();
    let target = schemas.push(Schema { description: Some("general".to_owned()), ..text() });
    let id = schemas.push(Schema {
        reference: Some(target),
        description: Some("special".to_owned()),
        ..Schema::default()
    });
    check(
        &schemas,
        Direction::Input,
        &[id],
        &expect![[r#"
            {"type":"string","description":"special"}
            {}
        "#]],
    );
}

#[test]
fn schema_bomb_ends_with_definitions() {
    let mut schemas = Schemas::default();
    let mut level = schemas.push(text());
    for number in 0..20 {
        let properties: Vec<_> = (0..10)
            .map(|_| schemas.push(Schema { reference: Some(level), ..Schema::default() }))
            .collect();
        let names: Vec<String> = (0..10).map(|property| format!("p{property}")).collect();
        let pairs: Vec<_> =
            names.iter().map(String::as_str).zip(properties.iter().copied()).collect();
        let name = Some(format!("Level{number}"));
        level = schemas.push(Schema { name, ..object(&pairs, &[]) });
    }
    let root = schemas.push(Schema { reference: Some(level), ..Schema::default() });
    let rendered = render(&schemas, Direction::Input, &[root]).expect("definitions are small");
    assert_eq!(rendered.definitions.len(), 21);
}

#[test]
fn one_of_is_written_as_any_of_and_junk_is_dropped() {
    let mut schemas = Schemas::default();
    let branch = schemas.push(text());
    let keywords = [("$id".to_owned(), "x".into()), ("minContains".to_owned(), "x".into())];
    let root = schemas.push(Schema {
        one_of: vec![branch],
        multiple_of: Some(0.into()),
        title: Some("T".to_owned()),
        keywords: keywords.into_iter().collect(),
        ..Schema::default()
    });
    check(
        &schemas,
        Direction::Input,
        &[root],
        &expect![[r#"
            {"anyOf":[{"type":"string"}]}
            {}
        "#]],
    );
}

#[test]
fn closed_objects_stay_closed() {
    let mut schemas = Schemas::default();
    let never = schemas.push(Schema { never: true, ..Schema::default() });
    let name = schemas.push(text());
    let closed = Schema { additional_properties: Some(never), ..object(&[("name", name)], &[]) };
    let closed = schemas.push(Schema { name: Some("Closed".to_owned()), ..closed });
    let twice: Vec<_> = (0..2)
        .map(|_| schemas.push(Schema { reference: Some(closed), ..Schema::default() }))
        .collect();
    for direction in [Direction::Input, Direction::Output] {
        check(
            &schemas,
            direction,
            &twice,
            &expect![[r##"
                {"$ref":"#/$defs/Closed"}
                {"$ref":"#/$defs/Closed"}
                {"Closed":{"type":"object","properties":{"name":{"type":"string"}},"additionalProperties":false}}
            "##]],
        );
    }
}

#[test]
fn members_say_the_values_that_only_the_discriminator_says() {
    let mut schemas = Schemas::default();
    let plain = schemas.push(text());
    let several = schemas.push(Schema {
        enumeration: Some(vec!["dog".into(), "puppy".into(), "cow".into()]),
        ..text()
    });
    let fixed = schemas.push(Schema { constant: Some("bird".into()), ..Schema::default() });
    let named = |name: &str, schema: Schema| Schema { name: Some(name.to_owned()), ..schema };
    let cat = schemas.push(named("Cat", object(&[("kind", plain)], &[])));
    let dog = schemas.push(named("Dog", object(&[("kind", several)], &["kind"])));
    let bird = schemas.push(named("Bird", object(&[("kind", fixed)], &["kind"])));
    let fish = schemas.push(named("Fish", object(&[("fins", plain)], &[])));
    let mapping = [("dog", dog), ("puppy", dog)];
    let discriminator = crate::model::schema::Discriminator {
        property: "kind".to_owned(),
        mapping: mapping.into_iter().map(|(tag, id)| (tag.to_owned(), id)).collect(),
        default: None,
        base: None,
    };
    let union = schemas.push(Schema {
        one_of: vec![cat, dog, bird, fish],
        discriminator: Some(discriminator),
        ..Schema::default()
    });
    check(
        &schemas,
        Direction::Input,
        &[union],
        &expect![[r#"
        {"anyOf":[{"type":"object","properties":{"kind":{"type":"string","enum":["Cat"]}},"required":["kind"]},{"type":"object","properties":{"kind":{"type":"string","enum":["dog","puppy"]}},"required":["kind"]},{"type":"object","properties":{"kind":{"const":"bird"}},"required":["kind"]},{"type":"object","properties":{"fins":{"type":"string"}}}]}
        {}
    "#]],
    );
    // What comes from an upstream is not refused for a value that the document does not know.
    check(
        &schemas,
        Direction::Output,
        &[union],
        &expect![[r#"
            {"anyOf":[{"type":"object","properties":{"kind":{"type":"string"}}},{"type":"object","properties":{"kind":{"type":"string","enum":["dog","puppy","cow"]}},"required":["kind"]},{"type":"object","properties":{"kind":{"const":"bird"}},"required":["kind"]},{"type":"object","properties":{"fins":{"type":"string"}}}]}
            {}
        "#]],
    );
}

//! Messages, and schemas that compile although a part of them is broken.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{Schema, Step};

fn check(schema: &Value, value: &Value, expected: &Expect) {
    let schema = Schema::compile(schema).expect("a schema");
    let violations = schema.violations(value);
    assert_eq!(violations.is_empty(), schema.allows(value));
    let lines = violations.into_iter().map(|violation| {
        let path: String = violation
            .path
            .iter()
            .map(|step| match step {
                Step::Property(name) => format!(".{name}"),
                Step::Item(index) => format!("[{index}]"),
            })
            .collect();
        format!("{path}: {}\n", violation.message)
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn every_violation_names_place_rule_and_near_miss() {
    let schema = json!({
        "type": "object",
        "properties": {
            "direction": { "enum": ["asc", "desc"] },
            "items": { "type": "array", "items": { "$ref": "#/$defs/Item" } },
        },
        "$defs": { "Item": {
            "type": "object",
            "properties": { "price": { "type": "number", "minimum": 0 }, "name": { "type": "string" } },
            "required": ["name"],
            "additionalProperties": false,
        } },
    });
    check(
        &schema,
        &json!({ "direction": "dsc", "items": [{ "name": "a" }, { "prise": -1, "price": -1, "name": "b" }, {}] }),
        &expect![[r#"
            .direction: "dsc" is not accepted, only "asc", "desc"; did you mean "desc"?
            .items[1].price: -1 is less than the minimum 0
            .items[1]: unknown property `prise`; did you mean `price`?
            .items[2]: the property `name` is missing
        "#]],
    );
}

#[test]
fn branch_that_comes_nearest_is_told() {
    let schema = json!({ "anyOf": [
        { "type": "string" },
        { "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } },
    ] });
    check(
        &schema,
        &json!({ "id": "x" }),
        &expect![[r#"
        .id: expected an integer, not "x"
    "#]],
    );
    check(
        &schema,
        &json!(3),
        &expect![
            "
        : 3 fits none of the 2 accepted forms
    "
        ],
    );
}

#[test]
fn pattern_that_no_engine_understands_limits_nothing() {
    let schema = json!({ "properties": {
        "a": { "type": "string", "pattern": "(?<bad" },
        "pattern": { "type": "string", "pattern": "^x(?!y)" },
    } });
    check(
        &schema,
        &json!({ "a": "x", "pattern": "xy" }),
        &expect![[r#"
        .pattern: "xy" does not match the pattern ^x(?!y)
    "#]],
    );
}

#[cfg(all(feature = "jiff", feature = "uuid"))]
#[test]
fn formats_are_rules_for_declared_types_alone() {
    let schema = json!({
        "type": "object",
        "properties": {
            "at": { "type": "string", "format": "date-time" },
            "days": { "type": "array", "items": { "type": "string", "format": "date" } },
            "by": { "anyOf": [{ "type": "string", "format": "uuid" }, { "type": "null" }] },
            "note": { "$ref": "#/$defs/Note" },
            "mail": { "type": "string", "format": "email" },
        },
        "$defs": { "Note": { "type": "string", "contentEncoding": "base64" } },
    });
    let wrong = json!({
        "at": "2026-03-01", "days": ["2026-03-01", "today"], "by": "me", "note": "!", "mail": "?",
    });
    assert!(Schema::compile(&schema).is_some_and(|schema| schema.allows(&wrong)));
    let schema = Schema::of_types(&schema).expect("a schema");
    let told: Vec<String> = schema.violations(&wrong).into_iter().map(|it| it.message).collect();
    let expected = [
        "expected a date and time with its offset, such as 2026-03-01T09:30:00Z, not \"2026-03-01\"",
        "expected a UUID, such as 67e55044-10b1-426f-9247-bb680e5fe0c8, not \"me\"",
        "expected a date, such as 2026-03-01, not \"today\"",
        "expected bytes in base64, such as aGVsbG8=, not \"!\"",
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for message in expected {
        assert!(told.iter().any(|it| it == message), "{message}: {told:?}");
    }
    let right = json!({
        "at": "2026-03-01T09:30:00Z", "days": [], "by": null, "note": "aGVsbG8=", "mail": "?",
    });
    assert!(schema.allows(&right) && schema.violations(&right).is_empty());
}

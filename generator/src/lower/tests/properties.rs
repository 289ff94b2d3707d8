//! What holds for every document, however odd.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::lower;

/// Keys that have a meaning somewhere, so that odd values reach every part of this stage.
const KEYS: &[&str] = &[
    "$ref",
    "name",
    "in",
    "schema",
    "content",
    "a/b",
    "parameters",
    "requestBody",
    "responses",
    "200",
    "security",
    "servers",
    "url",
    "variables",
    "type",
    "nullable",
    "items",
    "properties",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "enum",
    "const",
    "required",
    "exclusiveMinimum",
    "minimum",
    "discriminator",
    "mapping",
    "propertyName",
    "additionalItems",
    "$recursiveAnchor",
    "$recursiveRef",
    "$dynamicRef",
    "$anchor",
    "format",
    "examples",
    "example",
    "value",
    "style",
    "explode",
    "encoding",
    "tags",
    "x-a",
    "itemSchema",
    "dependencies",
    "patternProperties",
];

/// Texts that have a meaning somewhere.
const TEXTS: &[&str] = &[
    "#/components/schemas/A",
    "#/components/schemas/B/items",
    "#/components/parameters/A",
    "#",
    "",
    "#/paths/~1a~1{b}/get",
    "#x",
    "%zz",
    "http://host/a",
    "string",
    "object",
    "file",
    "path",
    "query",
    "header",
    "cookie",
    "b",
    "form",
    "matrix",
    "binary",
    "{b}",
    "9e999",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..40_i64).prop_map(Value::from),
        Just(json!(2.5)),
        proptest::sample::select(TEXTS).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let key = proptest::sample::select(KEYS);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((key, inner), 0..6).prop_map(|entries| {
                let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value));
                Value::Object(entries.collect::<Map<_, _>>())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_document_makes_this_stage_panic(
        operation in value(), item in value(), a in value(), b in value(), security in value(),
    ) {
        let document = json!({
            "openapi": "3.0.0",
            "security": security,
            "servers": a,
            "paths": {
                "/a/{b}": { "parameters": item, "get": operation, "put": { "parameters": [a, b] } },
                "/c": { "post": { "requestBody": { "content": { "a/b": { "schema": a } } } } },
                "/d": item,
            },
            "components": {
                "schemas": { "A": a, "B": b },
                "parameters": { "A": b },
                "securitySchemes": item,
            },
        });
        let (api, diagnostics) = lower(&document.to_string());
        prop_assert_eq!(api.is_none(), diagnostics.has_errors());
        if let Some(api) = api {
            let cycles = api.schemas.cycles();
            for id in api.schemas.ids() {
                let target = api.schemas.target(id);
                prop_assert!(cycles.component(target) <= cycles.component(id));
            }
        }
    }
}

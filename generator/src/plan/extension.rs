//! What the `x-` keys of a document say about its tools.
//!
//! `x-mcp-name`, `x-mcp-title`, `x-mcp-description`, `x-mcp-annotations` and `x-mcp-exclude` are
//! ours; the same words below `x-mcp`, `x-mcp: false`, and `x-speakeasy-mcp` are in use elsewhere.

use serde_json::Map;

use crate::model::{Json, Operation};

/// The objects that hold several of the words.
const TABLES: [&str; 2] = ["x-mcp", "x-speakeasy-mcp"];

/// A text about an operation: its `name`, `title` or `description`.
pub(super) fn text<'o>(operation: &'o Operation, word: &str) -> Option<&'o str> {
    let own = operation.extensions.get(&format!("x-mcp-{word}")).and_then(Json::as_str);
    own.or_else(|| tables(operation).find_map(|table| table.get(word)?.as_str()))
}

/// The hints about an operation, with the names of the protocol.
pub(super) fn annotations(operation: &Operation) -> Option<&Map<String, Json>> {
    let own = operation.extensions.get("x-mcp-annotations").and_then(Json::as_object);
    own.or_else(|| tables(operation).find_map(|table| table.get("annotations")?.as_object()))
}

/// Whether the document keeps an operation from being a tool.
pub(super) fn excludes(operation: &Operation) -> bool {
    let is = |value: Option<&Json>, expected: bool| value == Some(&Json::Bool(expected));
    if let Some(own) = operation.extensions.get("x-mcp-exclude").and_then(Json::as_bool) {
        return own;
    }
    is(operation.extensions.get("x-mcp"), false)
        || tables(operation).any(|table| {
            is(table.get("exclude"), true)
                || is(table.get("disabled"), true)
                || is(table.get("enabled"), false)
        })
}

fn tables(operation: &Operation) -> impl Iterator<Item = &Map<String, Json>> {
    TABLES.into_iter().filter_map(|key| operation.extensions.get(key)?.as_object())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::test_support::operation;

    fn with(extensions: Json) -> Operation {
        let mut operation = operation("GET", "/x", None);
        let Json::Object(extensions) = extensions else { panic!("an object") };
        operation.extensions = extensions.into_iter().collect();
        operation
    }

    #[test]
    fn words_are_found_in_every_spelling() {
        for extensions in [
            json!({ "x-mcp-name": "a" }),
            json!({ "x-mcp": { "name": "a" } }),
            json!({ "x-speakeasy-mcp": { "name": "a" } }),
            json!({ "x-mcp-name": "a", "x-mcp": { "name": "b" } }),
        ] {
            assert_eq!(text(&with(extensions.clone()), "name"), Some("a"), "{extensions}");
        }
        let hints = json!({ "x-mcp": { "annotations": { "readOnlyHint": true } } });
        assert!(annotations(&with(hints)).is_some_and(|hints| hints.contains_key("readOnlyHint")));
    }

    #[test]
    fn operations_are_excluded_in_every_spelling() {
        for (extensions, expected) in [
            (json!({ "x-mcp-exclude": true }), true),
            (json!({ "x-mcp-exclude": false, "x-mcp": false }), false),
            (json!({ "x-mcp": false }), true),
            (json!({ "x-mcp": true }), false),
            (json!({ "x-mcp": { "enabled": false } }), true),
            (json!({ "x-speakeasy-mcp": { "disabled": true } }), true),
            (json!({ "x-mcp": { "name": "a" } }), false),
        ] {
            assert_eq!(excludes(&with(extensions.clone())), expected, "{extensions}");
        }
    }
}

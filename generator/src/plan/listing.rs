//! The entry of a tool in `tools/list`, as compact JSON.
//!
//! A title is always there, since some clients hide tools without one: that of `mcp.toml` or
//! `x-mcp-title`, that of the annotations, a short summary of the document where a description
//! stands beside it, else the name in words. Hints follow from the method: GET, HEAD, OPTIONS and
//! TRACE only read, PUT and DELETE may be repeated, DELETE destroys, every call leaves the server.

use heck::ToTitleCase;
use serde_json::{Map, json};

use super::output::Promise;
use super::wire_schema::put;
use super::{about, extension};
use crate::model::{Annotations, Icon, Json, Operation, OperationSettings};

/// Longest summary that is used as a title, in characters.
const TITLE_LIMIT: usize = 80;

/// What an entry is made of.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a str,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) input_schema: &'a Json,
    pub(super) promise: &'a Promise,
    pub(super) annotations: Annotations,
    pub(super) icons: &'a [Icon],
    /// `_meta`; empty: none.
    pub(super) meta: Map<String, Json>,
    /// `execution.taskSupport` on wires up to 2025-11-25.
    pub(super) task_support: Option<&'static str>,
}

/// The entry on the 2026-07-28 wire, and that on older ones where it differs.
pub(super) fn render(entry: &Entry<'_>) -> (String, Option<String>) {
    let schema = entry.promise.schema.as_ref();
    let modern = one(entry, schema, None);
    let wrapped = entry.promise.legacy_schema();
    let differs = wrapped.is_some() || entry.task_support.is_some();
    let legacy = differs.then(|| one(entry, wrapped.as_ref().or(schema), entry.task_support));
    (modern, legacy)
}

fn one(entry: &Entry<'_>, output_schema: Option<&Json>, task_support: Option<&str>) -> String {
    let mut out = Map::new();
    put(&mut out, "name", entry.name);
    put(&mut out, "title", entry.title.as_str());
    if let Some(description) = &entry.description {
        put(&mut out, "description", description.as_str());
    }
    put(&mut out, "inputSchema", entry.input_schema.clone());
    if let Some(schema) = output_schema {
        put(&mut out, "outputSchema", schema.clone());
    }
    let hints = hints(&entry.annotations);
    if !hints.is_empty() {
        put(&mut out, "annotations", hints);
    }
    if let Some(support) = task_support {
        put(&mut out, "execution", json!({ "taskSupport": support }));
    }
    about::ending(&mut out, entry.icons, entry.meta.clone());
    Json::Object(out).to_string()
}

/// Hints as clients read them.
pub(super) fn hints(annotations: &Annotations) -> Map<String, Json> {
    let mut out = Map::new();
    if let Some(title) = &annotations.title {
        put(&mut out, "title", title.as_str());
    }
    for (key, hint) in [
        ("readOnlyHint", annotations.read_only),
        ("destructiveHint", annotations.destructive),
        ("idempotentHint", annotations.idempotent),
        ("openWorldHint", annotations.open_world),
    ] {
        if let Some(hint) = hint {
            put(&mut out, key, hint);
        }
    }
    out
}

/// A name in words: `get_book` and `getBook` are "Get Book".
pub(super) fn title_of_name(name: &str) -> String {
    let words = name.to_title_case();
    if words.is_empty() { name.to_owned() } else { words }
}

/// The title of a forwarded operation.
pub(super) fn title(
    name: &str,
    operation: &Operation,
    settings: Option<&OperationSettings>,
    annotations: &Annotations,
) -> String {
    let summary = || {
        let summary = operation.summary.as_deref().map(str::trim)?;
        let short = !summary.is_empty()
            && summary.chars().count() <= TITLE_LIMIT
            && !summary.contains(['\n', '\r']);
        let beside = operation.description.as_deref().is_some_and(|text| !text.trim().is_empty());
        (short && beside).then(|| summary.trim_end_matches('.').to_owned())
    };
    settings
        .and_then(|settings| settings.title.clone())
        .or_else(|| text(operation, "title"))
        .or_else(|| annotations.title.clone())
        .or_else(summary)
        .unwrap_or_else(|| title_of_name(name))
}

/// The description of a forwarded operation as it is written: that of `mcp.toml`, of
/// `x-mcp-description`, else what the document says: that the operation is deprecated, its summary,
/// its description, and what its body says of several properties at once.
pub(super) fn description(
    operation: &Operation,
    settings: Option<&OperationSettings>,
    conditions: &[String],
) -> Option<String> {
    settings
        .and_then(|settings| settings.description.clone())
        .or_else(|| text(operation, "description"))
        .or_else(|| from_document(operation, conditions))
}

/// Many clients show a model the description alone, and operations that differ in their summary may
/// begin their descriptions alike.
fn from_document(operation: &Operation, conditions: &[String]) -> Option<String> {
    let written = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let mut text = match (written(&operation.summary), written(&operation.description)) {
        (Some(summary), Some(description)) if !begins_with(&description, &summary) => {
            format!("{}\n\n{}", summary.trim(), description.trim())
        }
        (summary, description) => description.or(summary)?.trim().to_owned(),
    };
    if operation.deprecated {
        text.insert_str(0, "Deprecated. ");
    }
    for condition in conditions {
        text.push_str("\n\n");
        text.push_str(condition);
    }
    Some(text)
}

/// Whether a description says at its beginning what the summary says.
fn begins_with(description: &str, summary: &str) -> bool {
    let letters = |text: &str| {
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    letters(description).starts_with(&letters(summary))
}

/// The hints of a forwarded operation: from the method, then `x-mcp-annotations`, then `mcp.toml`.
pub(super) fn annotations(
    operation: &Operation,
    settings: Option<&OperationSettings>,
) -> Annotations {
    let mut found = Annotations { open_world: Some(true), ..of_method(&operation.method) };
    if let Some(extension) = extension::annotations(operation) {
        let hint = |key: &str| extension.get(key).and_then(Json::as_bool);
        overlay(
            &mut found,
            &Annotations {
                title: extension.get("title").and_then(Json::as_str).map(str::to_owned),
                read_only: hint("readOnlyHint"),
                destructive: hint("destructiveHint"),
                idempotent: hint("idempotentHint"),
                open_world: hint("openWorldHint"),
            },
        );
    }
    if let Some(settings) = settings {
        overlay(&mut found, &settings.annotations);
    }
    found
}

/// The hints of a route that a handler answers: from the method, then those that are given.
pub(super) fn route_annotations(method: &str, given: &Annotations) -> Annotations {
    let mut found = of_method(method);
    overlay(&mut found, given);
    found
}

fn of_method(method: &str) -> Annotations {
    let reads = matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY");
    Annotations {
        title: None,
        read_only: reads.then_some(true),
        destructive: (method == "DELETE").then_some(true),
        idempotent: matches!(method, "PUT" | "DELETE").then_some(true),
        open_world: None,
    }
}

fn overlay(found: &mut Annotations, over: &Annotations) {
    if over.title.is_some() {
        found.title.clone_from(&over.title);
    }
    found.read_only = over.read_only.or(found.read_only);
    found.destructive = over.destructive.or(found.destructive);
    found.idempotent = over.idempotent.or(found.idempotent);
    found.open_world = over.open_world.or(found.open_world);
}

/// A text among the `x-` keys of an operation.
fn text(operation: &Operation, word: &str) -> Option<String> {
    extension::text(operation, word).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::plan::test_support::operation;

    #[test]
    fn hints_follow_from_the_method_unless_the_declaration_says_otherwise() {
        let check = |method: &str, expected: [Option<bool>; 3]| {
            let found = annotations(&operation(method, "/x", None), None);
            assert_eq!([found.read_only, found.idempotent, found.destructive], expected);
        };
        check("GET", [Some(true), None, None]);
        check("PUT", [None, Some(true), None]);
        check("DELETE", [None, Some(true), Some(true)]);
        check("POST", [None, None, None]);
        let mut search = operation("POST", "/search", None);
        let extension = json!({ "readOnlyHint": true, "destructiveHint": false });
        search.extensions.insert("x-mcp-annotations".to_owned(), extension);
        let settings = OperationSettings {
            annotations: Annotations { destructive: Some(true), ..Annotations::default() },
            ..OperationSettings::default()
        };
        let found = annotations(&search, Some(&settings));
        assert_eq!((found.read_only, found.destructive), (Some(true), Some(true)));
    }

    #[test]
    fn summary_is_the_title_where_a_description_stands_beside_it() {
        let mut operation = operation("GET", "/x", None);
        let check = |operation: &Operation, expected: &str| {
            assert_eq!(title("getBook", operation, None, &Annotations::default()), expected);
        };
        operation.summary = Some("Fetch one book.".to_owned());
        check(&operation, "Get Book");
        operation.description = Some("Everything about it.".to_owned());
        check(&operation, "Fetch one book");
    }

    #[test]
    fn description_begins_with_the_summary() {
        let mut operation = operation("GET", "/x", None);
        let check = |operation: &Operation, conditions: &[String], expected: &str| {
            assert_eq!(description(operation, None, conditions).as_deref(), Some(expected));
        };
        operation.summary = Some("Get a branch.".to_owned());
        check(&operation, &[], "Get a branch.");
        operation.description = Some(" Get a *branch* by its name.\n".to_owned());
        check(&operation, &[], "Get a *branch* by its name.");
        operation.description = Some("Branches are free of charge.".to_owned());
        check(&operation, &[], "Get a branch.\n\nBranches are free of charge.");
        operation.deprecated = true;
        let conditions = ["`a` needs `b`.".to_owned()];
        let expected =
            "Deprecated. Get a branch.\n\nBranches are free of charge.\n\n`a` needs `b`.";
        check(&operation, &conditions, expected);
        let settings = OperationSettings {
            description: Some("Mine.".to_owned()),
            ..OperationSettings::default()
        };
        assert_eq!(description(&operation, Some(&settings), &conditions).as_deref(), Some("Mine."));
    }

    #[test]
    fn entry_is_one_line_of_json() {
        let promise = Promise::of(json!({ "type": "integer" }), false);
        let entry = Entry {
            name: "add",
            title: "Add".to_owned(),
            description: Some("two\nlines".to_owned()),
            input_schema: &json!({ "type": "object" }),
            promise: &promise,
            annotations: Annotations::default(),
            icons: &[],
            meta: Map::from_iter([("fastmcp".to_owned(), json!({ "tags": ["a", "b"] }))]),
            task_support: None,
        };
        let (modern, legacy) = render(&entry);
        expect![[r#"{"name":"add","title":"Add","description":"two\nlines","inputSchema":{"type":"object"},"outputSchema":{"type":"integer"},"_meta":{"fastmcp":{"tags":["a","b"]}}}"#]]
            .assert_eq(&modern);
        expect![[r#"{"name":"add","title":"Add","description":"two\nlines","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"result":{"type":"integer"}},"required":["result"],"x-fastmcp-wrap-result":true},"_meta":{"fastmcp":{"tags":["a","b"]}}}"#]]
            .assert_eq(&legacy.expect("differs"));
    }
}

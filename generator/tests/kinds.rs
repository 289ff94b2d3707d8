//! What can be declared of one kind of component can be declared of all, or there is a reason why not.

use std::collections::BTreeSet;

use mcpwright_generator::input::manifest::schema;

/// The kinds by their tables; templates are resources with variables.
const KINDS: [&str; 3] = ["tool", "resource", "prompt"];

/// Keys, the kinds that lack them, and why.
const LACKING: &[(&[&str], &[&str], &str)] = &[
    (&["returns"], &["prompt"], "a prompt gives messages, whatever it is called with"),
    (&["annotations"], &["prompt"], "the protocol has hints about prompts nowhere"),
    (&["task"], &["resource", "prompt"], "the protocol makes tasks of calls of tools alone"),
    (
        &["input_schema", "output_schema", "examples"],
        &["resource", "prompt"],
        "clients are shown the schemas of tools alone: a URI has variables, a prompt texts",
    ),
    (&["header"], &["resource", "prompt"], "`x-mcp-header` is a keyword of input schemas"),
    (
        &["uri", "mime_type"],
        &["tool", "prompt"],
        "resources are known by URIs and have media types",
    ),
    (
        &["kind", "text", "file", "path", "url", "pattern", "recursive"],
        &["tool", "prompt"],
        "where the contents of a resource come from",
    ),
    (&["security"], &["tool", "prompt"], "it is about the variables of URIs"),
    (&["cache"], &["tool", "prompt"], "the protocol says of lists and contents how long they keep"),
    (&["messages"], &["tool", "resource"], "what a prompt is made of"),
];

fn keys(kind: &str) -> BTreeSet<String> {
    let schema = schema();
    let properties = schema["properties"][kind]["items"]["properties"].as_object();
    properties.unwrap_or_else(|| panic!("no [[{kind}]]")).keys().cloned().collect()
}

#[test]
fn every_kind_has_every_key_or_a_reason() {
    let all: BTreeSet<String> = KINDS.into_iter().flat_map(keys).collect();
    for kind in KINDS {
        let keys = keys(kind);
        for key in &all {
            let reason = LACKING
                .iter()
                .find(|(names, kinds, _)| names.contains(&key.as_str()) && kinds.contains(&kind));
            assert_eq!(
                reason.is_none(),
                keys.contains(key),
                "[[{kind}]] `{key}`: {:?}",
                reason.map(|(.., why)| why)
            );
        }
    }
}

//! No schema that clients are shown refers to something that is not in it.

#![expect(clippy::disallowed_methods, reason = "tests read the files of the repository")]

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The prerendered lists below a folder.
fn lists(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            lists(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "jsonl") {
            found.push(path);
        }
    }
}

/// All references inside of a value.
fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn references_of_listed_schemas_lead_somewhere() {
    let mut files = Vec::new();
    lists(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated"), &mut files);
    let mut count = 0;
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a list");
        for line in text.lines().filter(|line| !line.is_empty()) {
            let entry: Value = serde_json::from_str(line).expect("an entry is JSON");
            for key in ["inputSchema", "outputSchema"] {
                let schema = &entry[key];
                let mut found = Vec::new();
                references(schema, &mut found);
                for reference in found {
                    let target = reference.strip_prefix('#').and_then(|it| schema.pointer(it));
                    assert!(target.is_some(), "{file:?}: {} {key}: {reference}", entry["name"]);
                    count += 1;
                }
            }
        }
    }
    assert!(files.len() > 5 && count > 5, "{count} references in {files:?}");
}

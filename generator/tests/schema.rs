//! The JSON Schema of `mcp.toml`: the committed file is up to date, and it accepts and refuses what the
//! reader does.

#![expect(clippy::disallowed_methods, reason = "tests read the files of the repository")]

use std::path::{Path, PathBuf};

use expect_test::expect_file;
use mcpwright_generator::input::manifest::{schema, schema_text};
use serde_json::Value;

/// How manifests of this repository, and the files that they include, are called.
const MANIFESTS: &[&str] =
    &["mcp.toml", "routes.toml", "types.toml", "resources.toml", "prompts.toml"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files with this name below a folder.
fn named(folder: &Path, names: &[&str], found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            named(&path, names, found);
        } else if names.iter().any(|name| path.ends_with(name)) {
            found.push(path);
        }
    }
}

fn read(path: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(path).ok()?;
    toml::from_str(&text).ok()
}

#[test]
fn committed_schema_is_that_of_the_reader() {
    expect_file!["../../docs/mcp.schema.json"].assert_eq(&schema_text());
}

#[test]
fn committed_manifests_are_valid() {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let mut files = Vec::new();
    named(&root().join("specs"), MANIFESTS, &mut files);
    named(&root().join("tests/transcripts"), &["mcp.toml"], &mut files);
    named(&root().join("tests/declared"), &["mcp.toml"], &mut files);
    for kind in ["accepted", "skipped"] {
        let cases = root().join("generator/tests/cases").join(kind);
        named(&cases, &["mcp.toml", "routes.toml"], &mut files);
    }
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let manifest = read(&file).unwrap_or_else(|| panic!("{file:?} is no TOML"));
        let problems: Vec<String> = validator
            .iter_errors(&manifest)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{}: {problems:#?}", file.display());
    }
}

/// What the reader refuses because of a key or its type, the schema refuses too.
#[test]
fn manifests_with_unknown_keys_and_wrong_types_are_refused() {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let mut files = Vec::new();
    named(&root().join("generator/tests/cases/refused"), &["mcp.toml"], &mut files);
    let mut refused = 0;
    for file in files {
        let expected = std::fs::read_to_string(file.with_file_name("expected.txt"));
        let expected = expected.expect("every case has one");
        // Types of models and of the grammar are more than a schema of the file says.
        let is_shape = ["[E0301]", "[E0304]"].iter().any(|code| expected.contains(code));
        // The schema does not tell an included file, which has lists only, from the one that includes it.
        if !is_shape || file.parent().is_some_and(|case| case.ends_with("included_settings")) {
            continue;
        }
        let mut of_case = Vec::new();
        named(file.parent().expect("a folder"), &["mcp.toml", "routes.toml"], &mut of_case);
        let all_valid =
            of_case.iter().filter_map(|file| read(file)).all(|it| validator.is_valid(&it));
        assert!(!all_valid, "{} is accepted", file.display());
        refused += 1;
    }
    assert!(refused > 10, "only {refused} cases were looked at");
}

#[test]
fn manifests_of_this_repository_name_the_schema() {
    let mut files = Vec::new();
    named(&root().join("specs"), MANIFESTS, &mut files);
    for file in files {
        let text = std::fs::read_to_string(&file).expect("it can be read");
        let first = text.lines().next().unwrap_or_default();
        let path = first.strip_prefix("#:schema ").unwrap_or_else(|| panic!("{file:?}: {first}"));
        let schema = file.parent().expect("a folder").join(path);
        assert!(schema.ends_with("docs/mcp.schema.json") && schema.is_file(), "{file:?}: {path}");
    }
}

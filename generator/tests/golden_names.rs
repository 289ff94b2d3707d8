//! `names = "fastmcp"` gives the names that FastMCP gives: compared with what was recorded of it
//! for real documents.
//!
//! Documents and recordings are looked up in a folder `shared` above this package; where they are
//! absent, the test says so and checks nothing.

#![expect(clippy::disallowed_methods, reason = "tests read documents")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mcpwright_generator::diagnostic::Diagnostics;
use mcpwright_generator::input::openapi::Bundle;
use mcpwright_generator::lower;
use mcpwright_generator::model::{Declaration, Document, DocumentSettings, NameRule};
use mcpwright_generator::plan::{self, Target};
use mcpwright_generator::source::SourceMap;

fn shared(name: &str) -> Option<PathBuf> {
    let start = Path::new(env!("CARGO_MANIFEST_DIR"));
    start.ancestors().map(|folder| folder.join("shared").join(name)).find(|path| path.is_dir())
}

/// The names that FastMCP gave, by method and path.
fn recorded(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).expect("a recording");
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let calls = lines.map(|line| {
        let call: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let field = |key: &str| call[key].as_str().expect("a text").to_owned();
        (format!("{} {}", field("method"), field("path")), field("tool"))
    });
    calls.collect()
}

/// The names that we give, by method and path.
fn planned(path: &Path) -> BTreeMap<String, String> {
    let mut sources = SourceMap::default();
    let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name");
    let file = sources.add(name, std::fs::read_to_string(path).expect("a document"));
    let mut diagnostics = Diagnostics::default();
    let bundle = Bundle::read(&sources, file, &[], &mut diagnostics).expect("a tree");
    let mut api = lower::document("api", &bundle, None, &mut diagnostics).expect("a document");
    for operation in &mut api.operations {
        // No name depends on these, and to plan them takes most of the time.
        operation.parameters.clear();
        operation.responses.clear();
        operation.body = None;
    }
    let settings =
        DocumentSettings { names: Some(NameRule::Fastmcp), ..DocumentSettings::default() };
    let document = Document { name: "api".to_owned(), api, settings };
    let declaration =
        Declaration { name: "api".to_owned(), documents: vec![document], ..Declaration::default() };
    let planned = plan::plan(&declaration, None, &mut diagnostics);
    let (planned, _) = planned.unwrap_or_else(|| panic!("{name}: {diagnostics:#?}"));
    let tools = planned.tools().filter_map(|tool| match &tool.target {
        Target::Operation(it) => {
            Some((format!("{} {}", it.method, it.template), tool.name.clone()))
        }
        Target::Handler(_) => None,
    });
    tools.collect()
}

#[test]
fn names_are_those_of_fastmcp() {
    let (Some(specs), Some(golden)) = (shared("specs"), shared("golden")) else {
        eprintln!("skipped: no folder shared/specs with shared/golden above this package");
        return;
    };
    let mut recordings: Vec<PathBuf> = std::fs::read_dir(golden)
        .expect("the folder can be read")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    recordings.sort();
    let (mut compared, mut differences) = (0, Vec::new());
    for recording in &recordings {
        let name = recording.file_stem().expect("a name").to_string_lossy().into_owned();
        let documents = [specs.join(&name), specs.join("nasty").join(&name)];
        let Some(document) = documents.iter().find(|path| path.is_file()) else {
            eprintln!("skipped: {name} is not among the documents");
            continue;
        };
        let ours = planned(document);
        for (route, expected) in recorded(recording) {
            compared += 1;
            let found = ours.get(&route).map_or("nothing", String::as_str);
            if found != expected {
                differences.push(format!("{name}: {route}: {found}, not {expected}"));
            }
        }
        let distinct: BTreeSet<&String> = ours.values().collect();
        assert_eq!(distinct.len(), ours.len(), "{name}: a name is there twice");
    }
    eprintln!("{compared} names of {} recordings compared", recordings.len());
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

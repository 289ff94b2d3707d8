//! Real documents, where a folder of them lies beside the repository.

use std::path::{Path, PathBuf};

use super::{Format, SourceMap, parse};
use crate::diagnostic::Diagnostics;

/// The folder `shared/specs` of the nearest folder above the package that has one.
fn specs() -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().map(|folder| folder.join("shared/specs")).find(|folder| folder.is_dir())
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn real_documents_are_read_without_a_problem() {
    let Some(folder) = specs() else {
        eprintln!("skipped: no folder shared/specs above the package");
        return;
    };
    let mut paths = Vec::new();
    files_below(&folder, &mut paths);
    let mut read = 0;
    for path in paths {
        let name = path.display().to_string();
        let Some("json" | "yaml" | "yml" | "toml") = path.extension().and_then(|it| it.to_str())
        else {
            continue;
        };
        let text = std::fs::read_to_string(&path).expect("text");
        let theirs = serde_json::from_str::<serde_json::Value>(&text).ok();
        let mut sources = SourceMap::default();
        let file = sources.add(name.as_str(), text);
        let mut diagnostics = Diagnostics::default();
        let ours = parse(&sources, file, Format::of(&name), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{name}: {diagnostics:#?}");
        let ours = ours.expect("a tree where there are no problems");
        if let Some(theirs) = theirs {
            assert!(ours.to_json() == theirs, "{name} is read differently by serde_json");
        }
        read += 1;
    }
    assert!(read > 0, "{} holds no documents", folder.display());
}

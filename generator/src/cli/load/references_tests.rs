//! Documents of several files on disk.

use std::fs;
use std::path::Path;

use super::{Input, Options, load};
use crate::cli::target::Target;

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn read(folder: &Path, input: &str) -> Input {
    let target = Target::resolve(&folder.join(input), None, None).expect("a target");
    load(&target[0], Options::default())
}

/// The names of the files that were read, seen from `folder`.
fn names(input: &Input, folder: &Path) -> Vec<String> {
    let real = folder.display().to_string();
    let name = |file| input.sources.name(file).replace(&format!("{real}/"), "");
    input.sources.files().map(name).collect()
}

/// Why a file was not read.
fn why(input: &Input, folder: &Path, name: &str) -> Option<String> {
    let below = format!("{}/{name}", folder.display());
    let found = input.sources.why_absent(name).or_else(|| input.sources.why_absent(&below));
    found.map(str::to_owned)
}

#[test]
fn files_are_read_that_refer_to_each_other() {
    let folder = project(&[
        ("api/openapi.yaml", "paths: { /a: { $ref: 'paths/a.yaml' } }"),
        ("api/paths/a.yaml", "get: { parameters: [{ $ref: '../parts/p%20q.json#/P' }] }"),
        ("api/parts/p q.json", r#"{"P": {"schema": {"$ref": "../paths/a.yaml#/x"}}}"#),
        ("api/parts/unused.yaml", "a: 1"),
    ]);
    let input = read(folder.path(), "api/openapi.yaml");
    let expected = ["api/openapi.yaml", "api/paths/a.yaml", "api/parts/p q.json"];
    assert_eq!(names(&input, folder.path()), expected);
    assert_eq!(input.paths.len(), 3);
    assert!(input.diagnostics.is_empty());
}

#[test]
fn references_that_lead_away_are_not_read() {
    let folder = project(&[
        (
            "api/openapi.yaml",
            "paths:
  /a: { $ref: '../secret.yaml' }
  /b: { $ref: 'file:///etc/passwd' }
  /c: { $ref: '/etc/passwd' }
  /d: { $ref: 'https://shelf.example/d.yaml' }
  /e: { $ref: 'none.yaml' }
  /f: { $ref: 'sample.cs' }
  /g: { $ref: 'link.yaml' }
",
        ),
        ("secret.yaml", "get: {}"),
        ("api/sample.cs", "class A {}"),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        folder.path().join("secret.yaml"),
        folder.path().join("api/link.yaml"),
    )
    .expect("a link");
    let input = read(folder.path(), "api/openapi.yaml");
    assert_eq!(names(&input, folder.path()), ["api/openapi.yaml"]);
    let outside = Some("it lies outside of the folder of the document".to_owned());
    for (name, reason) in [
        ("secret.yaml", outside.clone()),
        ("file:///etc/passwd", Some("it is no file beside the document".to_owned())),
        ("https://shelf.example/d.yaml", Some("it is on another host".to_owned())),
        ("api/none.yaml", Some("there is no such file".to_owned())),
        ("api/sample.cs", Some("it is neither JSON nor YAML".to_owned())),
    ] {
        assert_eq!(why(&input, folder.path(), name), reason, "{name}");
    }
    assert!(input.sources.why_absent("/etc/passwd").is_some());
    #[cfg(unix)]
    assert_eq!(why(&input, folder.path(), "api/link.yaml"), outside);
    // The one that may come is watched.
    assert!(input.paths.iter().any(|path| path.ends_with("none.yaml")));
}

#[test]
fn manifest_allows_other_folders_and_brings_overlays() {
    let folder = project(&[
        (
            "shop/mcp.toml",
            "[openapi.shop]\nspec = \"api/openapi.yaml\"\noverlays = [\"more.yaml\"]\n\
             references = [\"../common\"]\n",
        ),
        ("shop/api/openapi.yaml", "paths: { /a: { $ref: '../../common/a.yaml' } }"),
        ("shop/more.yaml", "actions: [{ update: { $ref: 'b.yaml' } }]"),
        ("shop/api/b.yaml", "get: {}"),
        ("common/a.yaml", "get: { $ref: '../private/c.yaml' }"),
        ("private/c.yaml", "{}"),
    ]);
    let input = read(folder.path(), "shop/mcp.toml");
    let mut found = names(&input, folder.path());
    found.sort();
    let expected = [
        "common/a.yaml",
        "shop/api/b.yaml",
        "shop/api/openapi.yaml",
        "shop/mcp.toml",
        "shop/more.yaml",
    ];
    assert_eq!(found, expected);
    assert_eq!(input.overlays.len(), 1);
    assert!(why(&input, folder.path(), "private/c.yaml").is_some());
}

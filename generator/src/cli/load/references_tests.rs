//! Documents of several files on disk.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

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

/// A server of files on this machine: its address, and the paths that were asked for.
fn serve() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let host = format!("http://{}", listener.local_addr().expect("an address"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let recorder = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let path = lines.next().unwrap_or_default();
            let path = path.split(' ').nth(1).unwrap_or_default().to_owned();
            while lines.next().is_some_and(|line| !line.is_empty()) {}
            recorder.lock().expect("no panic").push(path.clone());
            let answer = |status: &str, headers: &str, body: &[u8]| {
                let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n\r\n");
                [head.as_bytes(), body].concat()
            };
            let bytes = match path.as_str() {
                "/a.yaml" => answer(
                    "200 OK",
                    "content-type: text/plain",
                    b"get: { parameters: [{ $ref: 'parts/p.json#/P' }] }",
                ),
                "/parts/p.json" => answer(
                    "200 OK",
                    "content-type: text/plain",
                    br#"{"P": {"name": "p", "in": "query"}}"#,
                ),
                "/moved.yaml" => answer("302 Found", "location: /a.yaml", b""),
                "/circle.yaml" => answer("302 Found", "location: /circle.yaml", b""),
                "/file.yaml" => answer("302 Found", "location: file:///etc/passwd", b""),
                "/large.yaml" => {
                    answer("200 OK", &format!("content-length: {}", super::LARGEST + 1), b"a: 1")
                }
                "/latin.yaml" => answer("200 OK", "content-type: text/plain", b"a: \xE9"),
                _ => answer("404 Not Found", "content-length: 0", b""),
            };
            // Who asked may have gone.
            drop(stream.write_all(&bytes));
        }
    });
    (host, seen)
}

#[test]
fn other_hosts_are_asked_where_the_command_line_allows_it_only() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: there is no `curl` to fetch files with");
        return;
    }
    let (host, seen) = serve();
    let names = ["a", "moved", "circle", "file", "large", "latin", "none"];
    let paths: Vec<String> =
        names.iter().map(|name| format!("  /{name}: {{ $ref: '{host}/{name}.yaml' }}\n")).collect();
    let folder = project(&[("openapi.yaml", &format!("paths:\n{}", paths.concat()))]);
    let path = folder.path().join("openapi.yaml");

    let input = read(folder.path(), "openapi.yaml");
    for name in names {
        let why = input.sources.why_absent(&format!("{host}/{name}.yaml"));
        assert_eq!(why, Some("it is on another host"), "{name}");
    }
    super::load_file(&path).expect("a build script reads the document");
    assert!(seen.lock().expect("no panic").is_empty(), "nobody is asked");

    let target = Target::resolve(&path, None, None).expect("a target");
    let input = load(&target[0], Options { remote: true });
    let mut read: Vec<&str> = input
        .sources
        .files()
        .filter_map(|file| input.sources.name(file).strip_prefix(&host))
        .collect();
    read.sort_unstable();
    assert_eq!(read, ["/a.yaml", "/moved.yaml", "/parts/p.json"]);
    for (name, expected) in [
        ("circle", "redirects"),
        ("file", "rotocol"),
        ("large", "size"),
        ("latin", "it is not UTF-8"),
        ("none", "404"),
    ] {
        let why = input.sources.why_absent(&format!("{host}/{name}.yaml")).unwrap_or_default();
        assert!(why.contains(expected), "{name}: {why}");
    }
    assert!(input.diagnostics.is_empty(), "what nothing needs is no problem");
}

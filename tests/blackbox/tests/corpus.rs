//! Real OpenAPI documents become crates that compile without a warning.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use blackbox::{programs, repository};

/// Documents, and how many tools each has.
const DOCUMENTS: &[(&str, usize)] = &[
    ("petstore.yaml", 20),
    ("museum.yaml", 8),
    ("frigate.yaml", 179),
    ("prefect.json", 179),
    ("oxide-nexus.json", 193),
    ("github.json", 1223),
];

#[test]
fn real_documents_become_crates_without_warnings() {
    let workspace = repository::target().join("corpus");
    if workspace.exists() {
        fs::remove_dir_all(&workspace).expect("the last run can be removed");
    }
    fs::create_dir_all(workspace.join("generated")).expect("a folder can be made");
    let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"generated/*\"]\n";
    fs::write(workspace.join("Cargo.toml"), manifest).expect("a file can be written");
    let lock = repository::root().join("Cargo.lock");
    fs::copy(lock, workspace.join("Cargo.lock")).expect("a file can be copied");

    let generator = programs::program("xtask");
    let mut report = String::new();
    let mut generated = 0;
    for (name, tools) in DOCUMENTS {
        let Some(document) = repository::shared_document(name) else { continue };
        let start = Instant::now();
        let folder = generate(&generator, &document, &workspace);
        let seconds = start.elapsed().as_secs_f64();
        let found = listed_tools(&folder);
        assert_eq!(found, *tools, "{name} has {found} tools");
        let (rust, data) = sizes(&folder);
        let _ = writeln!(
            report,
            "{name}: {found} tools, {} KB of Rust, {} KB of data, generated in {seconds:.2} s",
            rust / 1000,
            data / 1000
        );
        generated += 1;
    }
    if generated == 0 {
        return;
    }
    let start = Instant::now();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--workspace", "--quiet", "--target-dir"])
        .arg(repository::target())
        .current_dir(&workspace)
        .output()
        .expect("cargo runs");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "generated crates do not compile:\n{messages}");
    assert!(!messages.contains("--> generated/"), "generated crates have warnings:\n{messages}");
    eprintln!("{report}checked together in {:.1} s", start.elapsed().as_secs_f64());
}

fn generate(generator: &Path, document: &Path, workspace: &Path) -> PathBuf {
    let name = document.file_stem().expect("a name").to_string_lossy().into_owned();
    let folder = workspace.join("generated").join(format!("{name}-mcp"));
    // The lock is written beside the document, which is not ours: a copy stands in for it.
    let inputs = workspace.join("inputs").join(&name);
    fs::create_dir_all(&inputs).expect("a folder can be made");
    let copy = inputs.join(document.file_name().expect("a name"));
    fs::copy(document, &copy).expect("a file can be copied");
    let output = Command::new(generator)
        .arg("gen")
        .arg(&copy)
        .args(["--name", &name, "--out"])
        .arg(&folder)
        .arg("--runtime")
        .arg(repository::root().join("runtime"))
        .current_dir(workspace)
        .output()
        .expect("the generator starts");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} is refused:\n{messages}");
    folder
}

fn listed_tools(folder: &Path) -> usize {
    let listings = files(folder).into_iter().filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".tools.jsonl"))
    });
    listings.map(|path| fs::read_to_string(path).expect("a listing").lines().count()).sum()
}

/// Bytes of Rust and of everything else.
fn sizes(folder: &Path) -> (u64, u64) {
    files(folder).iter().fold((0, 0), |(rust, data), path| {
        let size = path.metadata().map_or(0, |metadata| metadata.len());
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if is_rust { (rust + size, data) } else { (rust, data + size) }
    })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

//! Real clients of others, installed once into the folder that builds share.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::repository;

/// A file of `tests/clients`.
#[must_use]
pub fn script(name: &str) -> PathBuf {
    repository::root().join("tests/clients").join(name)
}

/// The interpreter of a virtual environment with these packages, made once.
///
/// `None`, loudly, where that is impossible and may be.
#[must_use]
pub fn python(requirements: &str) -> Option<PathBuf> {
    let pinned = script("python").join(requirements);
    let folder = repository::target().join("clients").join(requirements.trim_end_matches(".txt"));
    let python = folder.join("bin/python");
    prepare(&folder, &[&pinned], |folder| {
        run("python3", &["-m", "venv", &folder.to_string_lossy()], folder)?;
        let arguments =
            ["-m", "pip", "install", "--quiet", "--requirement", &pinned.to_string_lossy()];
        run(&python.to_string_lossy(), &arguments, folder)
    })?;
    Some(python)
}

/// A folder with the TypeScript programs and the packages that they import, made once.
#[must_use]
pub fn typescript() -> Option<PathBuf> {
    let programs = ["common.mjs", "client.mjs", "client_v1.mjs", "operations.mjs"];
    let mut names = vec!["package.json", "package-lock.json"];
    names.extend(programs);
    node_folder("typescript", &names, &["ci", "--ignore-scripts"])
}

/// A folder with the command line of the inspector, the Node that it needs, and our program around
/// them, made once.
#[must_use]
pub fn inspector() -> Option<PathBuf> {
    // Node comes as a package here, which its script has to put in its place: package.json allows it.
    node_folder("inspector", &["package.json", "operations.mjs"], &["install", "--no-package-lock"])
}

fn node_folder(name: &str, files: &[&str], npm: &[&str]) -> Option<PathBuf> {
    let source = script(name);
    let folder = repository::target().join("clients").join(name);
    let inputs: Vec<_> = files.iter().map(|file| source.join(file)).collect();
    let inputs: Vec<_> = inputs.iter().map(PathBuf::as_path).collect();
    prepare(&folder, &inputs, |folder| {
        for file in files {
            fs::copy(source.join(file), folder.join(file)).map_err(|error| error.to_string())?;
        }
        let arguments: Vec<_> = npm.iter().chain(&["--no-audit", "--no-fund"]).copied().collect();
        run("npm", &arguments, folder)
    })?;
    Some(folder)
}

/// Makes a folder unless it was made from the same inputs before. Two tests that want the same
/// folder wait for each other.
///
/// Gives `None`, loudly, where a tool is missing; where nothing may be skipped that is a failure.
fn prepare(
    folder: &Path,
    inputs: &[&Path],
    make: impl FnOnce(&Path) -> Result<(), String>,
) -> Option<()> {
    fs::create_dir_all(folder).expect("a folder can be made");
    let lock = fs::File::create(folder.with_extension("lock")).expect("a file can be made");
    lock.lock().expect("a file can be locked");
    let wanted: String =
        inputs.iter().map(|input| fs::read_to_string(input).expect("an input")).collect();
    let stamp = folder.join("made-from");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Some(());
    }
    if let Err(problem) = make(folder) {
        assert!(!repository::in_ci(), "a real client cannot be installed: {problem}");
        eprintln!("skipped: a real client cannot be installed: {problem}");
        return None;
    }
    fs::write(stamp, wanted).expect("a file can be written");
    Some(())
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> Result<(), String> {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output: Output = output.map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

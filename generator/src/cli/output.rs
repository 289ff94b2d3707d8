//! A crate folder on disk: reading it, and replacing it as a whole.
//!
//! A run that is killed leaves either the old crate or the new one, or what the next run needs to
//! get there. What was not generated is never deleted.

mod swap;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use self::swap::Swap;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::files::Files;

/// What Cargo leaves in a crate folder. It stays there when the crate is replaced.
const KEPT: [&str; 2] = ["target", "Cargo.lock"];

/// The ends of names of generated files that cannot hold a comment.
const DATA: [&str; 6] = [
    ".tools.jsonl",
    ".tools.legacy.jsonl",
    ".mock.jsonl",
    "/resources.jsonl",
    "/resources.templates.jsonl",
    "/prompts.jsonl",
];

/// How many foreign files one message names.
const NAMED: usize = 5;

/// The files of a crate folder, without what Cargo leaves there; `None` where it does not exist.
/// Changes nothing, leftovers of a killed run included.
///
/// # Errors
///
/// E0101 when a file cannot be read, E0501 when there is a file where the folder should be.
pub fn read(folder: &Path) -> Result<Option<Files>, Diagnostics> {
    if !exists(folder) {
        return Ok(None);
    }
    if folder.is_file() {
        let message = format!("`{}` is a file, and a crate is a folder", folder.display());
        let help = "choose another folder with `--out`, or move the file away";
        return Err(one(Diagnostic::error(Code::E0501, message).help(help)));
    }
    let mut files = Files::default();
    for path in paths(folder)? {
        let bytes = fs::read(folder.join(&path)).map_err(|error| unreadable(&path, &error))?;
        files.insert(shown(&path), bytes);
    }
    Ok(Some(files))
}

/// Whether the folder holds a crate that was generated: its `Cargo.toml` has a table
/// `[package.metadata.mcpwright]`.
#[must_use]
pub fn is_generated(folder: &Path) -> bool {
    let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else { return false };
    let Ok(manifest) = toml::from_str::<toml::Table>(&manifest) else { return false };
    let package = manifest.get("package").and_then(|package| package.get("metadata"));
    package.and_then(|metadata| metadata.get("mcpwright")).is_some_and(toml::Value::is_table)
}

/// Makes the folder hold these files, and nothing else but `target` and `Cargo.lock`.
///
/// The files are written beside the folder first and take its place in one step, where the system
/// can do that, else in steps that [`recover`] completes after a crash. Runs at the same time wait
/// for each other.
///
/// # Errors
///
/// E0502 when the folder holds something that was not generated; nothing is touched then. E0501
/// when something cannot be written; the folder then holds what it held.
pub fn replace(folder: &Path, files: &Files) -> Result<(), Diagnostics> {
    let swap = Swap::of(folder)?;
    let _turn = swap.wait_for_turn()?;
    swap.recover()?;
    refuse_foreign(swap.folder(), files)?;
    let staging = swap.staging();
    let written = write_tree(&staging, files);
    if let Err(problem) = written {
        // The next run would remove it too; the first problem is the one to report.
        let _ = fs::remove_dir_all(&staging);
        return Err(problem);
    }
    swap.put_in_place()
}

/// Completes or takes back what a killed run of [`replace`] left beside the folder.
///
/// # Errors
///
/// E0501 when something cannot be moved or removed.
pub fn recover(folder: &Path) -> Result<(), Diagnostics> {
    let swap = Swap::of(folder)?;
    let _turn = swap.wait_for_turn()?;
    swap.recover()
}

/// The files that would be lost if the folder were replaced by `files`.
fn refuse_foreign(folder: &Path, files: &Files) -> Result<(), Diagnostics> {
    if !exists(folder) {
        return Ok(());
    }
    let paths = paths(folder)?;
    if paths.is_empty() {
        return Ok(());
    }
    if !is_generated(folder) {
        let message = format!("`{}` is not a generated crate", folder.display());
        let help = "choose another folder with `--out`, or empty this one; a generated crate has \
                    [package.metadata.mcpwright] in its Cargo.toml";
        return Err(one(Diagnostic::error(Code::E0502, message).help(help)));
    }
    let foreign: Vec<_> = paths
        .iter()
        .filter(|path| !files.contains(&shown(path)) && !was_generated(folder, path))
        .map(|path| format!("`{}`", shown(path)))
        .collect();
    let mut names = foreign.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match foreign.len() {
        0 => return Ok(()),
        count if count > NAMED => names.push_str(&format!(" and {} more", count - NAMED)),
        _ => {}
    }
    let message = format!("`{}` holds files that were not generated: {names}", folder.display());
    let help = "the folder is replaced as a whole; move them out of it, hand-written code belongs \
                into a crate of its own";
    Err(one(Diagnostic::error(Code::E0502, message).help(help)))
}

/// Whether a file that is not generated any more is one that was. Rust files say so in their
/// first line.
fn was_generated(folder: &Path, path: &Path) -> bool {
    let name = shown(path);
    if name == "Cargo.toml" || name == "README.md" {
        return true;
    }
    if !name.starts_with("src/") || !folder.join(path).is_file() {
        return false;
    }
    // Contents of resources are of every kind.
    if DATA.iter().any(|end| name.ends_with(end)) || name.starts_with("src/resources/") {
        return true;
    }
    let text = fs::read(folder.join(path)).unwrap_or_default();
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    name.ends_with(".rs") && String::from_utf8_lossy(first).starts_with("// @generated ")
}

/// Everything in the folder that is not a folder, as paths relative to it, in order, without what
/// is [`KEPT`]. Links are not followed.
fn paths(folder: &Path) -> Result<Vec<PathBuf>, Diagnostics> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inner) = open.pop() {
        let path = folder.join(&inner);
        let entries = fs::read_dir(&path).map_err(|error| unreadable(&path, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&path, &error))?;
            let kind = entry.file_type().map_err(|error| unreadable(&entry.path(), &error))?;
            let name = inner.join(entry.file_name());
            if KEPT.iter().any(|kept| name == Path::new(kept)) {
                continue;
            }
            if kind.is_dir() {
                open.push(name);
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes all files into a new folder, down to the disk.
fn write_tree(folder: &Path, files: &Files) -> Result<(), Diagnostics> {
    let mut folders = vec![folder.to_owned()];
    create_folder(folder)?;
    for (name, contents) in files.iter() {
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !inside || name.is_empty() || KEPT.iter().any(|kept| Path::new(name).starts_with(kept)) {
            let message = format!("`{name}` is not a path for a generated file");
            return Err(one(Diagnostic::error(Code::E0501, message)));
        }
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        if !folders.iter().any(|folder| folder == parent) {
            create_folder(parent)?;
            folders.push(parent.to_owned());
        }
        let write = || {
            let mut file = File::create(&path)?;
            file.write_all(contents)?;
            file.sync_all()
        };
        write().map_err(|error| unwritable(&path, &error))?;
    }
    folders.iter().for_each(|folder| sync_folder(folder));
    Ok(())
}

fn create_folder(folder: &Path) -> Result<(), Diagnostics> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))
}

/// Makes names in a folder last through a crash of the system, where it can be asked to.
fn sync_folder(folder: &Path) {
    // Not every system and file system can; the names are right without it until power fails.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// Whether something has this name; a broken link has.
fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// A path of a file of a crate with `/`.
fn shown(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostics {
    one(Diagnostic::error(Code::E0101, format!("cannot read `{}`: {error}", path.display())))
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostics {
    let message = format!("cannot write `{}`: {error}", path.display());
    one(Diagnostic::error(Code::E0501, message).help("nothing was changed"))
}

fn one(problem: Diagnostic) -> Diagnostics {
    let mut problems = Diagnostics::default();
    problems.push(problem);
    problems
}

//! Reads the files that a target stands for.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::target::Target;
use super::workspace::shown;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, SourceMap};

/// Largest input file, in bytes.
const LARGEST: u64 = 64 << 20;

/// The files of a target.
#[derive(Debug, Default)]
pub(super) struct Input {
    pub(super) sources: SourceMap,
    pub(super) manifest: Option<FileId>,
    /// The documents by the names of their tables.
    pub(super) documents: Vec<(String, FileId)>,
    pub(super) lock: Option<FileId>,
    /// Files that cannot be read.
    pub(super) diagnostics: Diagnostics,
}

/// Reads everything that `target` needs. Problems are in [`Input::diagnostics`].
pub(super) fn load(target: &Target) -> Input {
    let mut input = Input::default();
    match (&target.manifest, &target.document) {
        (Some(manifest), document) => {
            input.load_manifest(manifest, document.as_deref(), &target.name);
        }
        (None, Some(document)) => {
            if let Some(file) = input.add(document) {
                input.documents.push((target.name.clone(), file));
            }
        }
        (None, None) => {}
    }
    let lock = target.lock_path();
    if lock.exists() {
        input.lock = input.add(&lock);
    }
    input
}

impl Input {
    fn add(&mut self, path: &Path) -> Option<FileId> {
        match read(path) {
            Ok(text) => Some(self.sources.add(shown(path), text)),
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                None
            }
        }
    }

    fn load_manifest(&mut self, path: &Path, document: Option<&Path>, name: &str) {
        let Some(file) = self.add(path) else { return };
        self.manifest = Some(file);
        let folder = path.parent().unwrap_or_else(|| Path::new("")).to_owned();
        let mut named = BTreeSet::new();
        for (table, spec) in documents_of(self.sources.text(file)) {
            let path = folder.join(spec);
            named.insert(super::workspace::clean(&path));
            if let Some(file) = self.add(&path) {
                self.documents.push((table, file));
            }
        }
        let _ = (document, name);
    }
}

fn documents_of(manifest: &str) -> Vec<(String, PathBuf)> {
    let _ = manifest;
    Vec::new()
}

/// Reads a text file.
fn read(path: &Path) -> Result<String, Box<Diagnostic>> {
    let name = shown(path);
    let cannot = |why: &str, help: &str| {
        let message = format!("cannot read {name}: {why}");
        Box::new(Diagnostic::error(Code::E0101, message).help(help))
    };
    if path.is_dir() {
        return Err(cannot("it is a folder", "name the file in it"));
    }
    let file = std::fs::File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => cannot("there is no such file", "check the path"),
        _ => cannot(&error.to_string(), "check the permissions of the file"),
    })?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| cannot(&error.to_string(), "check the file"))?;
    if bytes.len() as u64 > LARGEST {
        return Err(cannot(
            &format!("it is larger than {} MiB", LARGEST >> 20),
            "split the document, or leave out what the server does not need",
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        cannot(&format!("byte {at} is not UTF-8"), "save the file as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn files_that_cannot_be_read_say_what_to_do() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let latin = folder.path().join("latin.yaml");
        std::fs::write(&latin, b"title: caf\xe9\n").expect("a file");
        let message = |path: &std::path::Path| {
            let diagnostic = read(path).expect_err("a problem");
            assert!(diagnostic.help.is_some());
            diagnostic.message
        };
        assert!(message(&latin).ends_with("byte 10 is not UTF-8"));
        assert!(message(folder.path()).ends_with("it is a folder"));
        assert!(message(&folder.path().join("none")).ends_with("there is no such file"));
    }

    #[test]
    fn huge_file_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let huge = folder.path().join("huge.json");
        let file = std::fs::File::create(&huge).expect("a file");
        file.set_len(super::LARGEST + 1).expect("a sparse file");
        let diagnostic = read(&huge).expect_err("a problem");
        assert!(diagnostic.message.ends_with("it is larger than 64 MiB"));
    }
}

//! Reads the files that a document refers to, as far as they may be read.
//!
//! Whoever wrote a document must not choose which files of this machine are read: references lead
//! to files below its folder, that of the manifest, or one that the manifest names, and over the
//! network only where the command line allows it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Input, LARGEST, read};
use crate::cli::workspace;
use crate::diagnostic::Diagnostics;
use crate::input::openapi::{is_absolute, locate, may_refer_to_files, references};
use crate::source::{self, FileId, Format, percent_decode};

/// Seconds for one file from the network.
const PATIENCE: &str = "30";

/// Where references may lead.
#[derive(Debug)]
pub(super) struct Allowed<'a> {
    /// The folders below which files may lie.
    pub(super) folders: Vec<&'a Path>,
    /// Over the network too.
    pub(super) remote: bool,
}

impl Input {
    /// Reads what a document refers to, and what those files refer to. `overlays` become a part
    /// of the document, so their references are seen from it.
    ///
    /// What is not read is remembered with the reason: a reference that nothing uses is no problem.
    pub(super) fn load_references(
        &mut self,
        document: (FileId, &Path),
        overlays: &[FileId],
        allowed: &Allowed<'_>,
    ) {
        let folders: Vec<PathBuf> =
            allowed.folders.iter().filter_map(|folder| real(folder).ok()).collect();
        let (document, path) = document;
        let seen_from = |file: FileId| (file, document, path.to_owned());
        let mut pending: Vec<_> = overlays.iter().copied().map(seen_from).collect();
        pending.push(seen_from(document));
        let mut met = BTreeSet::new();
        while let Some((file, base, path)) = pending.pop() {
            for reference in self.references_of(file) {
                let name = locate(self.sources.name(base), &reference);
                if !met.insert(name.clone()) || self.sources.find(&name).is_some() {
                    continue;
                }
                let target = if is_absolute(&name) {
                    PathBuf::from(&name)
                } else {
                    let folder = path.parent().unwrap_or_else(|| Path::new(""));
                    let path = reference.split_once('?').map_or(&*reference, |(path, _)| path);
                    workspace::clean(&folder.join(percent_decode(path)))
                };
                match self.fetch(&name, &target, &folders, allowed.remote) {
                    Ok(text) => {
                        let found = self.sources.add(name, text);
                        pending.push((found, found, target));
                    }
                    Err(why) => self.sources.add_absent(name, why),
                }
            }
        }
    }

    /// The files that a file refers to. What is wrong with it is said by the stage that reads it.
    fn references_of(&self, file: FileId) -> Vec<String> {
        let text = self.sources.text(file);
        if !may_refer_to_files(text) {
            return Vec::new();
        }
        let mut passed_over = Diagnostics::default();
        let format = Format::of(self.sources.name(file));
        let tree = source::parse(&self.sources, file, format, &mut passed_over);
        let found = tree.as_ref().map(references).unwrap_or_default();
        found.into_iter().map(str::to_owned).collect()
    }

    fn fetch(
        &mut self,
        name: &str,
        path: &Path,
        folders: &[PathBuf],
        remote: bool,
    ) -> Result<String, String> {
        if name.starts_with("https://") || name.starts_with("http://") {
            return if remote { download(name) } else { Err("it is on another host".to_owned()) };
        }
        if is_absolute(name) || name.starts_with("//") {
            return Err("it is no file beside the document".to_owned());
        }
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        if !["", "json", "yaml", "yml"].iter().any(|known| extension == *known) {
            return Err("it is neither JSON nor YAML".to_owned());
        }
        let real = match real(path) {
            Ok(real) => real,
            Err(error) => {
                // A file that may come is watched, wherever it would be.
                self.paths.push(path.to_owned());
                return Err(match error.kind() {
                    std::io::ErrorKind::NotFound => source::NO_SUCH_FILE.to_owned(),
                    _ => error.to_string(),
                });
            }
        };
        if !folders.iter().any(|folder| real.starts_with(folder)) {
            return Err("it lies outside of the folder of the document".to_owned());
        }
        self.paths.push(path.to_owned());
        read(path).map_err(|problem| {
            let why = problem.message.rsplit_once(": ");
            why.map_or_else(|| problem.message.clone(), |(_, why)| why.to_owned())
        })
    }
}

/// The path without links, so that none leads out of a folder.
fn real(path: &Path) -> std::io::Result<PathBuf> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    path.canonicalize()
}

/// Fetches a file with `curl`, which knows the proxies and certificates of this machine.
fn download(url: &str) -> Result<String, String> {
    let largest = LARGEST.to_string();
    let output = Command::new("curl")
        .args(["--fail", "--silent", "--show-error", "--location", "--max-redirs", "5"])
        .args([
            "--proto",
            "=http,https",
            "--proto-redir",
            "=http,https",
            "--max-time",
            PATIENCE,
            "--max-filesize",
            &largest,
        ])
        .args(["--", url])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`curl` cannot be started: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(said.lines().next().unwrap_or("it cannot be fetched").to_owned());
    }
    // Not every `curl` looks at the size of what comes without a length.
    if output.stdout.len() as u64 > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    String::from_utf8(output.stdout).map_err(|_| "it is not UTF-8".to_owned())
}

//! The documents of a folder.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// A document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its path below the folder: `nasty/callbacks.json`.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl Document {
    /// The recorded calls of the document below a folder: `FOLDER/nasty/callbacks.json.jsonl`, else
    /// `FOLDER/callbacks.json.jsonl`.
    #[must_use]
    pub fn recording(&self, folder: &Path) -> Option<PathBuf> {
        let file = self.path.file_name()?.to_str()?;
        let names = [self.name.as_str(), file].into_iter();
        names.map(|name| folder.join(format!("{name}.jsonl"))).find(|path| path.is_file())
    }
}

/// The documents of a folder, sorted: every JSON and YAML file of it and of its folders that says
/// that it is an OpenAPI or Swagger description. The other files of a folder are parts of these.
///
/// # Errors
///
/// Fails where the folder cannot be read.
pub fn find(folder: &Path) -> Result<Vec<Document>> {
    let mut paths = files(folder)?;
    for sub in folders(folder)? {
        paths.extend(files(&sub)?);
    }
    paths.sort();
    let documents = paths.into_iter().filter(|path| is_description(path));
    Ok(documents
        .map(|path| {
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            Document { name, path }
        })
        .collect())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("cannot read the folder {}", folder.display()))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    Ok(entries(folder)?.into_iter().filter(|path| path.is_dir()).collect())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let is_text = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        path.is_file() && matches!(extension, Some("json" | "yaml" | "yml"))
    };
    Ok(entries(folder)?.into_iter().filter(is_text).collect())
}

/// Whether the text has the key of a description at its root. It need not be well-formed: a
/// document that is refused is to be seen.
fn is_description(path: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(path) else { return true };
    text.lines().any(|line| {
        let line = line.trim_start_matches(['{', ' ', '\t', '"', '\'', '\u{feff}']);
        let key = line.strip_prefix("openapi").or_else(|| line.strip_prefix("swagger"));
        key.is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_are_found_by_path_before_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(&path, "").expect("a file");
            path
        };
        let recording = |name: &str| {
            let path = Path::new("/documents").join(name);
            Document { name: name.to_owned(), path }.recording(folder.path())
        };
        let by_path = write("a/openapi.yaml.jsonl");
        assert_eq!(recording("a/openapi.yaml"), Some(by_path.clone()));
        assert_eq!(recording("b/openapi.yaml"), None);
        let by_name = write("openapi.yaml.jsonl");
        assert_eq!(recording("a/openapi.yaml"), Some(by_path));
        assert_eq!(recording("b/openapi.yaml"), Some(by_name));
    }
}

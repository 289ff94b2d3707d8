//! From what the user typed to what is generated: which manifest, which document, which name.

use std::path::{Path, PathBuf};

use super::Failure;
use super::workspace::Workspace;

/// The manifest that curates the documents of its folder.
pub(super) const MANIFEST: &str = "mcp.toml";
/// Documents that stand for their folder, in the order in which they are looked for.
const DOCUMENTS: [&str; 3] = ["openapi.json", "openapi.yaml", "openapi.yml"];

/// One server to generate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Target {
    /// Short name of the server: `bookshop`.
    pub(super) name: String,
    /// The mcp.toml, where there is one.
    pub(super) manifest: Option<PathBuf>,
    /// The document that was named, or the one of a folder without a manifest.
    pub(super) document: Option<PathBuf>,
    /// What the command that writes the output again names.
    pub(super) input: PathBuf,
}

impl Target {
    /// The targets of one input: one, or those of every folder below it.
    ///
    /// # Errors
    ///
    /// Fails with wrong usage where the input cannot be one.
    pub(super) fn resolve(
        input: &Path,
        config: Option<&Path>,
        name: Option<&str>,
    ) -> Result<Vec<Self>, Failure> {
        let mut targets = if input.is_dir() {
            Self::of_folder(input, config)?
        } else {
            vec![Self::of_file(input, config)?]
        };
        if let Some(name) = name {
            let [target] = targets.as_mut_slice() else {
                return Err(Failure::usage(format!(
                    "--name takes one input, and {} holds {}",
                    input.display(),
                    targets.len()
                )));
            };
            name.clone_into(&mut target.name);
        }
        Ok(targets)
    }

    /// The targets of every folder of `specs/`, sorted by name.
    ///
    /// # Errors
    ///
    /// Fails where there is no `specs/` with an input in it.
    pub(super) fn all(current: &Path) -> Result<Vec<Self>, Failure> {
        let root = Workspace::find(current).map_or_else(|| current.to_owned(), |found| found.root);
        let specs = root.join("specs");
        if !specs.is_dir() {
            return Err(Failure::usage(format!(
                "no INPUT is given, and there is no folder {}; name an OpenAPI file or a mcp.toml",
                specs.display()
            )));
        }
        Self::of_subfolders(&specs)
    }

    fn of_folder(folder: &Path, config: Option<&Path>) -> Result<Vec<Self>, Failure> {
        match Self::in_folder(folder, config)? {
            Some(target) => Ok(vec![target]),
            None => Self::of_subfolders(folder),
        }
    }

    fn of_subfolders(folder: &Path) -> Result<Vec<Self>, Failure> {
        let entries = std::fs::read_dir(folder).map_err(|error| {
            Failure::failed(format!("cannot read {}: {error}", folder.display()))
        })?;
        let mut folders: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        folders.sort();
        let mut targets = Vec::new();
        for folder in &folders {
            targets.extend(Self::in_folder(folder, None)?);
        }
        if targets.is_empty() {
            return Err(Failure::usage(format!(
                "{} holds neither {MANIFEST} nor {}, and no folder in it does",
                folder.display(),
                DOCUMENTS.join(", ")
            )));
        }
        Ok(targets)
    }

    fn in_folder(folder: &Path, config: Option<&Path>) -> Result<Option<Self>, Failure> {
        let manifest = config.map_or_else(|| folder.join(MANIFEST), Path::to_owned);
        if config.is_some() || manifest.is_file() {
            let name = folder_name(folder)?;
            return Ok(Some(Self {
                name,
                manifest: Some(manifest),
                document: None,
                input: folder.to_owned(),
            }));
        }
        let documents: Vec<PathBuf> = documents_in(folder).collect();
        match documents.as_slice() {
            [] => Ok(None),
            [document] => Ok(Some(Self {
                name: folder_name(folder)?,
                manifest: None,
                document: Some(document.clone()),
                input: folder.to_owned(),
            })),
            [first, second, ..] => Err(Failure::usage(format!(
                "both {} and {} are there; name one of them",
                first.display(),
                second.display()
            ))),
        }
    }

    fn of_file(input: &Path, config: Option<&Path>) -> Result<Self, Failure> {
        let folder = input.parent().unwrap_or_else(|| Path::new(""));
        let extension = input.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("toml") if config.is_some() => Err(Failure::usage(
                "--config belongs to an OpenAPI file, and the input is a TOML file itself",
            )),
            Some("toml") => Ok(Self {
                name: folder_name(folder)?,
                manifest: Some(input.to_owned()),
                document: None,
                input: if input.ends_with(MANIFEST) {
                    folder_input(folder)
                } else {
                    input.to_owned()
                },
            }),
            Some("json" | "yaml" | "yml") => Self::of_document(input, folder, config),
            _ => Err(Failure::usage(format!(
                "{} is not an input: give an OpenAPI file (.json, .yaml, .yml), a {MANIFEST}, or a \
                 folder that has one",
                input.display()
            ))),
        }
    }

    fn of_document(input: &Path, folder: &Path, config: Option<&Path>) -> Result<Self, Failure> {
        let beside = folder.join(MANIFEST);
        let manifest = match config {
            Some(config) => Some(config.to_owned()),
            // What it says is told by itself, whatever is declared beside it.
            None if is_of_fastmcp(input) => None,
            None => beside.is_file().then_some(beside),
        };
        let stem = input.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let stands_for_folder = manifest.is_some() || is_folder_document(input);
        let name = if stands_for_folder { folder_name(folder)? } else { stem.to_owned() };
        let input_shown = if stands_for_folder && config.is_none() {
            folder_input(folder)
        } else {
            input.to_owned()
        };
        Ok(Self { name, manifest, document: Some(input.to_owned()), input: input_shown })
    }

    /// The document that stands for a folder, where there is one.
    pub(super) fn document_in(folder: &Path) -> Option<PathBuf> {
        documents_in(folder).next()
    }

    /// Where the name lock lies: beside the manifest, else beside the document. A document that
    /// shares its folder with others has a lock of its own name, unless it had the folder for
    /// itself when its names were given.
    pub(super) fn lock_path(&self) -> PathBuf {
        if let Some(manifest) = &self.manifest {
            return manifest.with_file_name("mcp.lock");
        }
        let document = self.document.as_deref().unwrap_or(&self.input);
        let shared = document.with_file_name("mcp.lock");
        if is_folder_document(document) {
            return shared;
        }
        let stem = document.file_stem().unwrap_or_default().to_string_lossy();
        let own = document.with_file_name(format!("{stem}.mcp.lock"));
        let is_of_another = || match std::fs::read_to_string(&shared) {
            Ok(text) => !text.contains(&format!("document = \"{}\"\n", self.name)),
            Err(_) => has_neighbours(document),
        };
        if own.exists() || is_of_another() { own } else { shared }
    }
}

/// Whether this is a fastmcp.json, or a `NAME.fastmcp.json`.
fn is_of_fastmcp(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("fastmcp.json"))
}

fn documents_in(folder: &Path) -> impl Iterator<Item = PathBuf> {
    DOCUMENTS.iter().map(|name| folder.join(name)).filter(|path| path.is_file())
}

fn is_folder_document(path: &Path) -> bool {
    path.file_name().is_some_and(|name| DOCUMENTS.iter().any(|document| name == *document))
}

/// Whether other documents lie in the folder of this one.
fn has_neighbours(document: &Path) -> bool {
    let folder = document.parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(entries) = std::fs::read_dir(folder.unwrap_or_else(|| Path::new("."))) else {
        return false;
    };
    let documents = entries.flatten().filter(|entry| {
        let path = entry.path();
        path.extension().is_some_and(|found| ["json", "yaml", "yml"].iter().any(|e| found == *e))
    });
    documents.count() > 1
}

fn folder_input(folder: &Path) -> PathBuf {
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() }
}

fn folder_name(folder: &Path) -> Result<String, Failure> {
    let absolute = std::path::absolute(folder_input(folder)).ok();
    let cleaned = absolute.map(|path| super::workspace::clean(&path));
    let name = cleaned.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| {
        Failure::usage(format!("{} gives no name; add --name NAME", folder.display()))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Failure, Target};

    fn project() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in [
            ("Cargo.toml", "[workspace]\n"),
            ("specs/bookshop/mcp.toml", ""),
            ("specs/bookshop/openapi.yaml", ""),
            ("specs/petstore/openapi.json", ""),
            ("specs/empty/notes.txt", ""),
            ("loose/petstore.yaml", ""),
            ("loose/museum.yaml", ""),
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            fs::write(path, text).expect("a file");
        }
        root
    }

    fn resolve(root: &Path, input: &str) -> Target {
        Target::resolve(&root.join(input), None, None).expect("a target").remove(0)
    }

    #[test]
    fn document_beside_a_manifest_uses_it() {
        let root = project();
        let target = resolve(root.path(), "specs/bookshop/openapi.yaml");
        assert_eq!(target.name, "bookshop");
        assert_eq!(target.manifest, Some(root.path().join("specs/bookshop/mcp.toml")));
        assert_eq!(target.input, root.path().join("specs/bookshop"));
    }

    #[test]
    fn folder_and_its_document_are_the_same_target() {
        let root = project();
        let folder = resolve(root.path(), "specs/petstore");
        assert_eq!(folder, resolve(root.path(), "specs/petstore/openapi.json"));
        assert_eq!(folder.name, "petstore");
        assert_eq!(folder.lock_path(), root.path().join("specs/petstore/mcp.lock"));
    }

    #[test]
    fn documents_that_share_a_folder_have_locks_of_their_own() {
        let root = project();
        let target = resolve(root.path(), "loose/petstore.yaml");
        assert_eq!(target.name, "petstore");
        assert_eq!(target.lock_path(), root.path().join("loose/petstore.mcp.lock"));
    }

    #[test]
    fn lock_stays_where_it_is_when_another_document_comes() {
        let root = project();
        let folder = root.path().join("single");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("zoo.yaml"), "").expect("a file");
        let lock = folder.join("mcp.lock");
        assert_eq!(resolve(root.path(), "single/zoo.yaml").lock_path(), lock);
        fs::write(&lock, "[[operation]]\ndocument = \"zoo\"\n").expect("a file");
        fs::write(folder.join("farm.yaml"), "").expect("a file");
        assert_eq!(resolve(root.path(), "single/zoo.yaml").lock_path(), lock);
        let other = resolve(root.path(), "single/farm.yaml").lock_path();
        assert_eq!(other, folder.join("farm.mcp.lock"));
    }

    #[test]
    fn no_input_means_every_folder_of_specs() {
        let root = project();
        let targets = Target::all(root.path()).expect("targets");
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        assert_eq!(names, ["bookshop", "petstore"]);
        let below = Target::resolve(&root.path().join("specs"), None, None).expect("targets");
        assert_eq!(below.len(), 2);
    }

    #[test]
    fn inputs_that_cannot_be_one_are_wrong_usage() {
        let root = project();
        for input in ["specs/empty", "specs/empty/notes.txt"] {
            let result = Target::resolve(&root.path().join(input), None, None);
            assert!(matches!(result, Err(Failure::Usage(_))), "{input}: {result:?}");
        }
        let result = Target::resolve(&root.path().join("specs"), None, Some("shop"));
        assert!(matches!(result, Err(Failure::Usage(_))), "{result:?}");
    }
}

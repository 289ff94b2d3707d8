//! Reads the files that a target stands for.

mod include;
mod references;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use self::references::Allowed;
use super::target::Target;
use super::workspace::{self, shown};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input;
use crate::input::manifest::{Manifest, Placed};
use crate::source::{self, FileId, Node, SourceMap, Span};

/// Largest input file, in bytes.
const LARGEST: u64 = 64 << 20;

/// The files of a target.
#[derive(Debug, Default)]
pub(crate) struct Input {
    pub(crate) sources: SourceMap,
    pub(crate) manifest: Option<FileId>,
    /// The files that the manifest includes.
    pub(crate) included: Vec<FileId>,
    /// The documents by the names of their tables.
    pub(crate) documents: Vec<(String, FileId)>,
    /// The overlays by the names of the tables whose documents they change.
    pub(crate) overlays: Vec<(String, FileId)>,
    /// The other files that the manifest names, by the paths that it names them with.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) lock: Option<FileId>,
    /// The paths of all files that were read, or tried, and of the folders in which files were searched.
    pub(crate) paths: Vec<PathBuf>,
    /// Files that cannot be read.
    pub(crate) diagnostics: Diagnostics,
}

/// Reads everything that the server of this file or folder needs. The text of an error says what
/// is wrong with `input`.
pub(crate) fn load_file(input: &Path) -> Result<Input, String> {
    let targets = Target::resolve(input, None, None).map_err(super::Failure::into_message)?;
    match targets.as_slice() {
        [target] => Ok(load(target, Options::default())),
        _ => Err(format!("{} holds {} servers: name one", input.display(), targets.len())),
    }
}

/// What the command line says about reading.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    /// References may lead to other hosts.
    pub(super) remote: bool,
}

/// Reads everything that `target` needs. Problems are in [`Input::diagnostics`].
pub(super) fn load(target: &Target, options: Options) -> Input {
    let mut input = Input::default();
    match (&target.manifest, &target.document) {
        (Some(manifest), document) => {
            input.load_manifest(manifest, document.as_deref(), &target.name, options);
        }
        (None, Some(document)) => {
            if let Some(file) = input.add(document) {
                input.documents.push((target.name.clone(), file));
                let folders = vec![folder_of(document)];
                let allowed = Allowed { folders, remote: options.remote };
                input.load_references((file, document), &[], &allowed);
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
        self.add_named(path, None)
    }

    /// Adds a file; `span` is the place that names it.
    fn add_named(&mut self, path: &Path, span: Option<Span>) -> Option<FileId> {
        self.paths.push(path.to_owned());
        match read(path) {
            Ok(text) => Some(self.sources.add(shown(path), text)),
            Err(diagnostic) => {
                self.diagnostics.push(match span {
                    Some(span) => diagnostic.at(span, ""),
                    None => *diagnostic,
                });
                None
            }
        }
    }

    /// Reads the files that the manifest includes, and what becomes part of the server: contents of
    /// resources, schemas, icons.
    fn load_named_files(&mut self, (manifest, path): (FileId, &Path), folder: &Path) {
        // What is wrong with the manifest is said by the stage that reads it.
        let mut passed_over = Diagnostics::default();
        let parsed = input::manifest::parse(&self.sources, manifest, &[], &mut passed_over);
        let mut known = BTreeSet::new();
        for entry in parsed.iter().flat_map(|manifest| &manifest.include) {
            for file in self.included_files(entry, path, folder) {
                // A file that two entries name is one all the same.
                if known.insert(comparable(&file)) {
                    let added = self.add_named(&file, Some(entry.span));
                    self.included.extend(added);
                }
            }
        }
        let parsed =
            input::manifest::parse(&self.sources, manifest, &self.included, &mut passed_over);
        for (name, span) in parsed.iter().flat_map(Manifest::files) {
            if self.files.contains_key(name) {
                continue;
            }
            let path = if is_url(name) { PathBuf::from(name) } else { folder.join(name) };
            self.paths.push(path.clone());
            match read_bytes(&path) {
                Ok(bytes) => drop(self.files.insert(name.to_owned(), bytes)),
                Err(diagnostic) => self.diagnostics.push(diagnostic.at(span, "")),
            }
        }
    }

    /// The files that an entry of `include` names.
    fn included_files(
        &mut self,
        entry: &Placed<String>,
        manifest: &Path,
        folder: &Path,
    ) -> Vec<PathBuf> {
        if !include::is_pattern(&entry.value) {
            return vec![folder.join(&entry.value)];
        }
        // A file that comes later may match too.
        self.paths.push(include::folder_of_pattern(folder, &entry.value));
        include::expand(&entry.value, manifest, folder).unwrap_or_else(|fault| {
            self.diagnostics.push(fault.at(entry.span, ""));
            Vec::new()
        })
    }

    fn load_manifest(&mut self, path: &Path, named: Option<&Path>, name: &str, options: Options) {
        let Some(file) = self.add(path) else { return };
        self.manifest = Some(file);
        let folder = folder_of(path);
        self.load_named_files((file, path), folder);
        let mut tables = tables_of(self.sources.text(file), file);
        if tables.is_empty() && named.is_some() {
            tables.push(Table { name: name.to_owned(), ..Table::default() });
        }
        let beside = Target::document_in(folder);
        let mut used = BTreeSet::new();
        for table in tables {
            let span = table.spec.as_ref().map(|(_, span)| *span);
            let document = match (&table.spec, named, &beside) {
                (Some((spec, _)), ..) if is_url(spec) => PathBuf::from(spec),
                (Some((spec, _)), ..) => folder.join(spec),
                (None, Some(named), _) => named.to_owned(),
                (None, None, Some(beside)) => beside.clone(),
                // The manifest is told that it names no document.
                (None, None, None) => continue,
            };
            used.insert(comparable(&document));
            let Some(file) = self.add_named(&document, span) else { continue };
            self.documents.push((table.name.clone(), file));
            let mut overlays = Vec::new();
            for (overlay, span) in &table.overlays {
                let path =
                    if is_url(overlay) { PathBuf::from(overlay) } else { folder.join(overlay) };
                overlays.extend(self.add_named(&path, Some(*span)));
            }
            let more: Vec<PathBuf> =
                table.references.iter().map(|allowed| folder.join(allowed)).collect();
            let mut folders = vec![folder_of(&document), folder];
            folders.extend(more.iter().map(PathBuf::as_path));
            let allowed = Allowed { folders, remote: options.remote };
            self.load_references((file, &document), &overlays, &allowed);
            self.overlays.extend(overlays.into_iter().map(|file| (table.name.clone(), file)));
        }
        if let Some(named) = named.filter(|named| !used.contains(&comparable(named))) {
            let document = workspace::relative_path(folder, named).unwrap_or_else(|| shown(named));
            let stem = named.file_stem().unwrap_or_default().to_string_lossy();
            let message = format!("{} does not use {}", shown(path), shown(named));
            let help = format!("add to it: [openapi.{stem}] spec = \"{document}\"");
            self.diagnostics.push(Diagnostic::error(Code::E0303, message).help(help));
        }
    }
}

fn comparable(path: &Path) -> PathBuf {
    workspace::clean(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or_else(|| Path::new(""))
}

/// The files that a table `[openapi.NAME]` names, each with its place.
#[derive(Debug, Default)]
struct Table {
    name: String,
    spec: Option<(String, Span)>,
    overlays: Vec<(String, Span)>,
    /// Folders to which references may lead.
    references: Vec<String>,
}

/// The tables `[openapi.NAME]` of a manifest. What is wrong with the manifest is said by the stage
/// that reads it, so problems are passed over here.
fn tables_of(text: &str, file: FileId) -> Vec<Table> {
    let mut passed_over = Diagnostics::default();
    let root = source::toml::parse(text, file, &mut passed_over);
    let tables = root.as_ref().and_then(|root| root.get("openapi")).and_then(Node::as_object);
    let placed = |node: &Node<'_>| Some((node.as_str()?.to_owned(), node.span));
    let table = |(name, table): &(source::Key<'_>, Node<'_>)| {
        let list = |key| table.get(key).and_then(Node::as_array).unwrap_or_default();
        Table {
            name: name.name.to_string(),
            spec: table.get("spec").and_then(placed),
            overlays: list("overlays").iter().filter_map(placed).collect(),
            references: list("references")
                .iter()
                .filter_map(Node::as_str)
                .map(str::to_owned)
                .collect(),
        }
    };
    tables.into_iter().flatten().map(table).collect()
}

/// Whether this names something on the network.
fn is_url(name: &str) -> bool {
    name.contains("://") || name.starts_with("http:/") || name.starts_with("https:/")
}

/// Why a file cannot be read.
fn cannot_read(path: &Path, why: &str, help: &str) -> Box<Diagnostic> {
    let given = path.to_string_lossy();
    let name = if is_url(&given) { given.into_owned() } else { shown(path) };
    let message = format!("cannot read {name}: {why}");
    Box::new(Diagnostic::error(Code::E0101, message).help(help))
}

/// Reads a text file.
fn read(path: &Path) -> Result<String, Box<Diagnostic>> {
    let bytes = read_bytes(path)?;
    // With a byte order mark, or with the zeros that letters of ASCII have there.
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] = bytes.as_slice() {
        return Err(cannot_read(path, "it is UTF-16, not UTF-8", "save the file as UTF-8"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        cannot_read(path, &format!("byte {at} is not UTF-8"), "save the file as UTF-8")
    })
}

/// Reads a file.
fn read_bytes(path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    let cannot = |why: &str, help: &str| cannot_read(path, why, help);
    if is_url(&path.to_string_lossy()) {
        return Err(cannot("documents are not fetched", "download it and name the file"));
    }
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
    Ok(bytes)
}

#[cfg(test)]
#[path = "load/references_tests.rs"]
mod references_tests;

#[cfg(test)]
mod tests {
    use super::{Options, load, read, tables_of};
    use crate::cli::target::Target;
    use crate::source::FileId;

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
        for bytes in [b"\xff\xfe{\0}\0".as_slice(), b"{\0}\0", b"\0{\0}"] {
            std::fs::write(&latin, bytes).expect("a file");
            assert!(message(&latin).ends_with("it is UTF-16, not UTF-8"));
        }
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

    #[test]
    fn manifest_names_its_documents() {
        let text = "[openapi.shop]\nspec = \"shop.yaml\"\noverlays = [\"a.yaml\"]\n[openapi.bank]\n\
                    timeout = 3\n";
        let found = tables_of(text, FileId(0));
        let specs: Vec<_> = found
            .iter()
            .map(|it| (it.name.as_str(), it.spec.as_ref().map(|(spec, _)| spec.as_str())))
            .collect();
        assert_eq!(specs, [("shop", Some("shop.yaml")), ("bank", None)]);
        assert_eq!(found[0].overlays[0].0, "a.yaml");
        assert!(tables_of("[openapi", FileId(0)).is_empty());
    }

    #[test]
    fn document_that_the_manifest_does_not_use_is_an_error() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in [
            ("mcp.toml", "[openapi.shop]\nspec = \"shop.yaml\"\n"),
            ("shop.yaml", "openapi: 3.1.0\n"),
            ("bank.yaml", "openapi: 3.1.0\n"),
        ] {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        let input = |name: &str| {
            let target = Target::resolve(&folder.path().join(name), None, None).expect("a target");
            load(&target[0], Options::default())
        };
        assert!(input("shop.yaml").diagnostics.is_empty());
        assert_eq!(input("shop.yaml").documents.len(), 1);
        assert!(input("bank.yaml").diagnostics.has_errors());
    }
}

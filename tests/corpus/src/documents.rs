//! The documents of a folder, and how many operations each has.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use mcpwright_generator::diagnostic::Diagnostics;
use mcpwright_generator::source::{self, Format, Node, SourceMap};
use percent_encoding::percent_decode_str;

use crate::request::ANYTHING;

/// The fixed methods of a path item, up to OpenAPI 3.2.
const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// A document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its path below the folder: `nasty/callbacks.json`.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
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

/// The operations of a document, counted on its text alone, apart from how the generator reads it.
/// Path items that stand in other files are followed. `None`: it cannot be parsed.
#[must_use]
pub fn operations(path: &Path) -> Option<usize> {
    with_tree(path, |root| {
        let items = root.get("paths").and_then(Node::as_object).unwrap_or_default();
        let items = items.iter().filter(|(key, _)| key.name.starts_with('/'));
        items.map(|(_, item)| of_item(root, path, item, 0)).sum()
    })
}

fn of_item(root: &Node<'_>, path: &Path, item: &Node<'_>, depth: usize) -> usize {
    let entries = item.as_object().unwrap_or_default();
    let own = entries.iter().filter(|(key, _)| METHODS.contains(&&*key.name)).count();
    let additional = item.get("additionalOperations").and_then(Node::as_object);
    let own = own + additional.map_or(0, <[_]>::len);
    let Some(reference) = item.get("$ref").and_then(Node::as_str).filter(|_| depth < 8) else {
        return own;
    };
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let referred = if file.is_empty() {
        root.pointer(pointer).map(|item| of_item(root, path, item, depth + 1))
    } else {
        let other = path.parent().unwrap_or_else(|| Path::new("")).join(file);
        with_tree(&other, |tree| {
            tree.pointer(pointer).map_or(0, |item| of_item(tree, &other, item, depth + 1))
        })
    };
    own + referred.unwrap_or_default()
}

/// The media types of the successful responses of each operation, by method and path; `*/*` where there
/// are none.
pub type Success = HashMap<(String, String), BTreeSet<String>>;

/// What the responses of operations are made of, read on the text of the document alone. Parts in other
/// files are passed over.
#[must_use]
pub fn success(path: &Path) -> Success {
    let of_document = |root: &Node<'_>| {
        let mut found = Success::new();
        for (path, item) in root.get("paths").and_then(Node::as_object).unwrap_or_default() {
            for (method, operation) in referred(root, item).as_object().unwrap_or_default() {
                if METHODS.contains(&&*method.name) {
                    let route = (method.name.to_uppercase(), path.name.to_string());
                    found.insert(route, success_of(root, operation));
                }
            }
        }
        found
    };
    with_tree(path, of_document).unwrap_or_default()
}

fn success_of(root: &Node<'_>, operation: &Node<'_>) -> BTreeSet<String> {
    let responses = operation.get("responses").and_then(Node::as_object).unwrap_or_default();
    let is_success = |status: &str| status.len() == 3 && status.starts_with('2');
    let responses = responses.iter().filter(|(status, _)| is_success(&status.name));
    let mut found = BTreeSet::new();
    for (_, response) in responses {
        let content = referred(root, response).get("content").and_then(Node::as_object);
        let names = content.unwrap_or_default().iter();
        found.extend(names.map(|(name, _)| name.name.to_string()));
    }
    if found.is_empty() {
        found.insert(ANYTHING.to_owned());
    }
    found
}

/// What a local reference leads to, else the node itself.
fn referred<'n>(root: &'n Node<'n>, node: &'n Node<'n>) -> &'n Node<'n> {
    let mut node = node;
    for _ in 0..8 {
        let reference = node.get("$ref").and_then(Node::as_str);
        let pointer = reference.and_then(|reference| reference.strip_prefix('#'));
        let decoded = pointer.map(|it| percent_decode_str(it).decode_utf8_lossy());
        match decoded.and_then(|pointer| root.pointer(&pointer)) {
            Some(target) => node = target,
            None => break,
        }
    }
    node
}

fn with_tree<T>(path: &Path, look: impl FnOnce(&Node<'_>) -> T) -> Option<T> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut sources = SourceMap::default();
    let file = sources.add(path.display().to_string(), text);
    let format = Format::of(sources.name(file));
    let mut problems = Diagnostics::default();
    source::parse(&sources, file, format, &mut problems).map(|root| look(&root))
}

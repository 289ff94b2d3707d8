//! A document and the files that it refers to, as plain JSON, and where its references lead: apart
//! from how the generator follows them.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use mcpwright_generator::diagnostic::Diagnostics;
use mcpwright_generator::source::{self, Format, Node, SourceMap, percent_decode};
use serde_json::Value;

/// Longest chain of references that is followed.
const CHAIN: usize = 16;

/// A document and every file that it or one of these refers to.
#[derive(Debug)]
pub struct Files {
    document: PathBuf,
    trees: BTreeMap<PathBuf, Value>,
}

/// A value in one of the files.
#[derive(Clone, Copy, Debug)]
pub struct Place<'f> {
    files: &'f Files,
    file: &'f Path,
    value: &'f Value,
}

impl Files {
    /// Reads them. `None`: the document itself cannot be parsed.
    #[must_use]
    pub fn read(document: &Path) -> Option<Self> {
        let document = plain(document);
        let mut trees = BTreeMap::from([(document.clone(), parse(&document)?)]);
        let mut unread = vec![document.clone()];
        while let Some(path) = unread.pop() {
            let mut names = Vec::new();
            collect_files(&trees[&path], &mut names);
            for other in names.iter().map(|name| beside(&path, name)) {
                if !trees.contains_key(&other)
                    && let Some(tree) = parse(&other)
                {
                    trees.insert(other.clone(), tree);
                    unread.push(other);
                }
            }
        }
        Some(Self { document, trees })
    }

    /// The whole document.
    #[must_use]
    pub fn root(&self) -> Place<'_> {
        Place { files: self, file: &self.document, value: &self.trees[&self.document] }
    }
}

impl<'f> Place<'f> {
    /// The value of a key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        Some(Self { value: self.value.get(key)?, ..self })
    }

    /// The text.
    #[must_use]
    pub fn as_str(self) -> Option<&'f str> {
        self.value.as_str()
    }

    /// The text of a key; empty where there is none.
    #[must_use]
    pub fn text(self, key: &str) -> &'f str {
        self.get(key).and_then(Self::as_str).unwrap_or_default()
    }

    /// Whether it is `true`.
    #[must_use]
    pub fn is_true(self) -> bool {
        self.value.as_bool() == Some(true)
    }

    /// The members of a mapping.
    pub fn members(self) -> impl Iterator<Item = (&'f str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(move |(name, value)| (name.as_str(), Self { value, ..self }))
    }

    /// The items of a list.
    pub fn items(self) -> impl Iterator<Item = Self> {
        self.value.as_array().into_iter().flatten().map(move |value| Self { value, ..self })
    }

    /// The place itself and those that its `$ref` leads to, the nearest first.
    #[must_use]
    pub fn chain(self) -> Vec<Self> {
        let next = |place: &Self| place.target(place.get("$ref")?.as_str()?);
        std::iter::successors(Some(self), next).take(CHAIN).collect()
    }

    /// Where a chain of references ends.
    #[must_use]
    pub fn followed(self) -> Self {
        self.chain().pop().unwrap_or(self)
    }

    fn target(self, reference: &str) -> Option<Self> {
        let (name, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let path = if name.is_empty() { self.file.to_owned() } else { beside(self.file, name) };
        let (file, tree) = self.files.trees.get_key_value(&path)?;
        Some(Self { file, value: tree.pointer(&percent_decode(pointer))?, ..self })
    }
}

/// The files that the references of a tree name.
fn collect_files(value: &Value, names: &mut Vec<String>) {
    if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
        let name = reference.split('#').next().unwrap_or_default();
        if !name.is_empty() && !name.contains("://") {
            names.push(name.to_owned());
        }
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_files(item, names)),
        Value::Object(members) => members.values().for_each(|value| collect_files(value, names)),
        _ => {}
    }
}

fn beside(file: &Path, name: &str) -> PathBuf {
    plain(&file.parent().unwrap_or_else(|| Path::new("")).join(percent_decode(name)))
}

/// The path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, component| {
        match component {
            Component::CurDir => {}
            Component::ParentDir if path.file_name().is_some() => drop(path.pop()),
            other => path.push(other),
        }
        path
    })
}

fn parse(path: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut sources = SourceMap::default();
    let file = sources.add(path.display().to_string(), text);
    let format = Format::of(sources.name(file));
    let mut problems = Diagnostics::default();
    source::parse(&sources, file, format, &mut problems).as_ref().map(Node::to_json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_through_files_and_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(&path, text).expect("a file");
            path
        };
        let document = write("a.yaml", "x: { $ref: 'b/c d.yaml#/y~1z' }\nend: { found: 1 }\n");
        write("b/c d.yaml", "y/z: { $ref: ./e.yaml }\n");
        write("b/e.yaml", "$ref: '../a.yaml#/end'\n");
        let files = Files::read(&document).expect("it parses");
        let place = files.root().get("x").expect("a key");
        assert_eq!(place.followed().value, &serde_json::json!({ "found": 1 }));
        assert_eq!(place.chain().len(), 4);
    }

    #[test]
    fn loops_and_references_to_nothing_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let document = folder.path().join("a.yaml");
        let text = "x: { $ref: '#/x' }\ny: { $ref: 'none.yaml#/y' }\n";
        std::fs::write(&document, text).expect("a file");
        let files = Files::read(&document).expect("it parses");
        for key in ["x", "y"] {
            assert!(files.root().get(key).expect("a key").followed().get("$ref").is_some());
        }
    }
}

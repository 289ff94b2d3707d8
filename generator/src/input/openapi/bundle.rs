//! A document with the files that it refers to.
//!
//! Files come in as texts of the [`SourceMap`], read by whoever may read: a reference is followed
//! only to a file that is there. Which files a text refers to is told here too, so that the reader
//! and the stages mean the same.

use std::collections::BTreeMap;

use super::notes::pointer_to;
use crate::diagnostic::Diagnostics;
use crate::source::{self, FileId, Format, Node, SourceMap, Span, Value};

/// The tree of a document and the trees of the files that it refers to.
#[derive(Debug)]
pub struct Bundle<'s> {
    sources: &'s SourceMap,
    root: FileId,
    trees: BTreeMap<FileId, Node<'s>>,
    /// Files whose references are those of the document: its overlays.
    guests: Vec<FileId>,
}

impl<'s> Bundle<'s> {
    /// Reads a document, applies its overlays in their order, and reads the files that it refers
    /// to as far as they are among `sources`.
    ///
    /// Problems of syntax go to `diagnostics`, what overlays cannot do to `notes`. `None` where
    /// the document has no tree.
    pub fn read(
        sources: &'s SourceMap,
        file: FileId,
        overlays: &[FileId],
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let parse = |file: FileId, diagnostics: &mut Diagnostics| {
            source::parse(sources, file, Format::of(sources.name(file)), diagnostics)
        };
        let mut root = parse(file, diagnostics)?;
        let mut bundle =
            Self { sources, root: file, trees: BTreeMap::new(), guests: overlays.to_vec() };
        for overlay in overlays {
            if let Some(tree) = parse(*overlay, diagnostics) {
                super::overlay::apply(&tree, &mut root, diagnostics);
                bundle.trees.insert(*overlay, tree);
            }
        }
        bundle.trees.insert(file, root);
        let mut pending = vec![file];
        while let Some(from) = pending.pop() {
            let texts = std::iter::once(from).chain(bundle.guests.iter().copied());
            if !texts.into_iter().any(|file| may_refer_to_files(sources.text(file))) {
                continue;
            }
            let named = bundle.trees.get(&from).map(references).unwrap_or_default();
            let mut met = Vec::new();
            for reference in named {
                let found = sources.find(&locate(sources.name(from), reference));
                met.extend(found.filter(|found| !bundle.trees.contains_key(found)));
            }
            for next in met {
                if bundle.trees.contains_key(&next) {
                    continue;
                }
                if let Some(tree) = parse(next, diagnostics) {
                    bundle.trees.insert(next, tree);
                    pending.push(next);
                }
            }
        }
        Some(bundle)
    }

    /// The document, with its overlays applied.
    ///
    /// # Panics
    ///
    /// Never: there is no bundle without its document.
    #[must_use]
    pub fn root(&self) -> &Node<'s> {
        self.trees.get(&self.root).expect("a bundle has its document")
    }

    /// The file of the document.
    #[must_use]
    pub const fn file(&self) -> FileId {
        self.root
    }

    /// The name of the document, as messages show it.
    #[must_use]
    pub fn name(&self) -> &'s str {
        self.sources.name(self.root)
    }

    /// All trees, that of the document among them.
    pub fn trees(&self) -> impl Iterator<Item = (FileId, &Node<'s>)> {
        let trees = self.trees.iter().map(|(file, tree)| (*file, tree));
        trees.filter(|(file, _)| !self.guests.contains(file))
    }

    /// The file to which the local references of this file lead: an overlay becomes a part of the
    /// document.
    #[must_use]
    pub fn home(&self, file: FileId) -> FileId {
        if self.guests.contains(&file) { self.root } else { file }
    }

    /// The tree of a file.
    #[must_use]
    pub fn tree(&self, file: FileId) -> Option<&Node<'s>> {
        self.trees.get(&file)
    }

    /// The file that a reference in `from` names.
    ///
    /// # Errors
    ///
    /// Says why the file is not there, as a clause that can follow its name.
    pub fn find(&self, from: FileId, reference: &str) -> Result<FileId, &str> {
        let name = locate(self.sources.name(self.home(from)), reference);
        match self.sources.find(&name) {
            Some(file) if self.trees.contains_key(&file) => Ok(file),
            Some(_) => Err("it cannot be read"),
            None => Err(self.sources.why_absent(&name).unwrap_or(source::NO_SUCH_FILE)),
        }
    }

    /// The JSON pointer of a place in its own file.
    #[must_use]
    pub fn pointer(&self, span: Span) -> String {
        self.trees.get(&span.file).map(|tree| pointer_to(tree, span)).unwrap_or_default()
    }
}

/// Whether a text may have a reference to another file. A quick look that only errs in this
/// direction; [`references`] says which ones.
#[must_use]
pub fn may_refer_to_files(text: &str) -> bool {
    let around = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ':');
    let mut references = text.split("$ref").skip(1);
    references.any(|rest| !rest.trim_start_matches(around).starts_with('#'))
}

/// The files that a tree refers to, as they are written without their fragment, each once.
#[must_use]
pub fn references<'d>(root: &'d Node<'_>) -> Vec<&'d str> {
    let mut found = Vec::new();
    // Parts that are kept in an extension are no data where a reference leads to them.
    let mut extensions = Vec::new();
    let mut see = |node: &'d Node<'_>, extensions: &mut Vec<&'d str>| {
        let mut add = |reference: &'d str| {
            let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
            if !file.is_empty() && !found.contains(&file) {
                found.push(file);
            } else if fragment.starts_with("/x-") && !extensions.contains(&fragment) {
                extensions.push(fragment);
            }
        };
        if let Some(reference) = node.get("$ref").and_then(Node::as_str) {
            add(reference);
        }
        let mapping = node.get("discriminator").and_then(|node| node.get("mapping"));
        for (_, value) in mapping.and_then(Node::as_object).unwrap_or_default() {
            // Anything else is the name of a schema.
            if let Some(reference) = value.as_str().filter(|text| is_document(text)) {
                add(reference);
            }
        }
    };
    visit(root, &mut |node| see(node, &mut extensions));
    let mut next = 0;
    while let Some(fragment) = extensions.get(next) {
        if let Some(part) = root.pointer(&source::percent_decode(fragment)) {
            visit(part, &mut |node| see(node, &mut extensions));
        }
        next += 1;
    }
    found
}

fn is_document(reference: &str) -> bool {
    let file = reference.split_once('#').map_or(reference, |(file, _)| file);
    file.contains('/') || [".json", ".yaml", ".yml"].iter().any(|ending| file.ends_with(ending))
}

/// Calls `see` with every mapping of a document that is not data: not in an example, a default, a
/// constant, an enumeration or an extension.
pub fn visit<'d, 's>(node: &'d Node<'s>, see: &mut impl FnMut(&'d Node<'s>)) {
    visit_as(node, false, see);
}

/// `names`: the keys of this mapping are names, and none of them is a keyword.
fn visit_as<'d, 's>(node: &'d Node<'s>, names: bool, see: &mut impl FnMut(&'d Node<'s>)) {
    match &node.value {
        Value::Object(entries) => {
            // Names are no keywords, but all of them may be somewhere else.
            if !names || node.get("$ref").is_some_and(|node| node.as_str().is_some()) {
                see(node);
            }
            for (key, value) in entries {
                let key = &*key.name;
                if names {
                    visit_as(value, false, see);
                } else if !is_data(key) && (key != "examples" || value.as_array().is_none()) {
                    visit_as(value, has_names(key), see);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit_as(item, false, see)),
        _ => {}
    }
}

fn is_data(key: &str) -> bool {
    key.starts_with("x-")
        || matches!(key, "example" | "default" | "const" | "enum" | "value" | "dataValue")
}

/// Whether the keys below this keyword are names. `examples` are a list in schemas, and elsewhere
/// named examples whose values are data.
fn has_names(key: &str) -> bool {
    matches!(
        key,
        "$defs"
            | "callbacks"
            | "content"
            | "definitions"
            | "dependentSchemas"
            | "encoding"
            | "examples"
            | "headers"
            | "links"
            | "mediaTypes"
            | "pathItems"
            | "paths"
            | "patternProperties"
            | "properties"
            | "requestBodies"
            | "responses"
            | "schemas"
            | "securitySchemes"
            | "variables"
            | "webhooks"
    )
}

/// The name of the file that `reference` means in the file called `base` (RFC 3986, 5.2, for names
/// that are paths or URLs). Percent-escapes are decoded in paths, a query is no part of one.
#[must_use]
pub fn locate(base: &str, reference: &str) -> String {
    if is_absolute(reference) {
        return reference.to_owned();
    }
    let (origin, path) = split_origin(base);
    if let Some((scheme, _)) = origin.split_once("://").filter(|_| reference.starts_with("//")) {
        return format!("{scheme}:{reference}");
    }
    let reference = if origin.is_empty() {
        source::percent_decode(reference.split_once('?').map_or(reference, |(path, _)| path))
    } else {
        reference.to_owned()
    };
    if reference.starts_with('/') {
        return format!("{origin}{}", without_dots(&reference));
    }
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_rooted = path.starts_with('/') || !origin.is_empty();
    let joined =
        if folder.is_empty() && !is_rooted { reference } else { format!("{folder}/{reference}") };
    format!("{origin}{}", without_dots(&joined))
}

/// Whether a reference has a scheme, as URLs have.
#[must_use]
pub fn is_absolute(reference: &str) -> bool {
    let scheme = reference.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
    // One letter is a drive of Windows.
    scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

/// Scheme and host of a URL, and the rest; a path has no origin.
fn split_origin(name: &str) -> (&str, &str) {
    let Some((scheme, rest)) = name.split_once("://").filter(|_| is_absolute(name)) else {
        return ("", name);
    };
    let end = scheme.len() + 3 + rest.find('/').unwrap_or(rest.len());
    name.split_at_checked(end).unwrap_or((name, ""))
}

/// The path without `.` and `..`, as far as they can be resolved.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for (index, segment) in path.split('/').enumerate() {
        match segment {
            "." => {}
            "" if index > 0 && !kept.is_empty() => {}
            ".." if kept.last().is_some_and(|last| !matches!(*last, "" | "..")) => {
                kept.pop();
            }
            // Above the root there is nothing.
            ".." if kept.last() == Some(&"") => {}
            segment => kept.push(segment),
        }
    }
    kept.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_seen_from_the_file_that_has_them() {
        for (base, reference, expected) in [
            ("specs/shop/openapi.yaml", "paths/books.yaml", "specs/shop/paths/books.yaml"),
            ("specs/shop/paths/books.yaml", "../parts/a.yaml", "specs/shop/parts/a.yaml"),
            ("specs/shop/paths/books.yaml", "./b.yaml", "specs/shop/paths/b.yaml"),
            ("openapi.yaml", "../common.yaml", "../common.yaml"),
            ("../a/openapi.yaml", "../b/c.yaml", "../b/c.yaml"),
            ("/abs/a.yaml", "b.yaml", "/abs/b.yaml"),
            ("/a.yaml", "b.yaml", "/b.yaml"),
            ("/a.yaml", "../../b.yaml", "/b.yaml"),
            ("a/b.yaml", "c%20%7Bd%7D.yaml?x=1", "a/c {d}.yaml"),
            ("a/b.yaml", "https://x.example/c.yaml", "https://x.example/c.yaml"),
            ("https://x.example/a/b.yaml", "c.yaml", "https://x.example/a/c.yaml"),
            ("https://x.example/a/b.yaml?v=/1", "../c.yaml", "https://x.example/c.yaml"),
            ("https://x.example", "c.yaml", "https://x.example/c.yaml"),
            ("https://x.example/a/b", "/c", "https://x.example/c"),
            ("https://x.example/a/b", "//y.example/c", "https://y.example/c"),
        ] {
            assert_eq!(locate(base, reference), expected, "{reference} in {base}");
        }
    }

    #[test]
    fn references_in_data_are_none() {
        let text = r##"
            paths:
              /a: { $ref: "paths/a.yaml" }
              $ref: "more.yaml"
              /b: { $ref: "#/x-parts/get" }
              /example: { get: { parameters: [{ $ref: "p.yaml#/P" }] } }
            components:
              schemas:
                S:
                  properties:
                    default: { $ref: "default.yaml" }
                    $ref: { type: string }
                  default: { $ref: "no.yaml" }
                  discriminator: { mapping: { cat: Cat, dog: "dog.yaml#/Dog" } }
              examples:
                one: { $ref: "one.json" }
                two: { value: { $ref: "no.yaml" } }
            x-samples: { $ref: "no.cs" }
            x-parts: { get: { $ref: "get.yaml" }, put: { $ref: "no.yaml" } }
        "##;
        let mut sources = SourceMap::default();
        let file = sources.add("a.yaml", text);
        let mut diagnostics = Diagnostics::default();
        let root = source::yaml::parse(sources.text(file), file, &mut diagnostics).expect("a tree");
        let expected = [
            "more.yaml",
            "paths/a.yaml",
            "p.yaml",
            "dog.yaml",
            "default.yaml",
            "one.json",
            "get.yaml",
        ];
        assert_eq!(references(&root), expected);
        assert!(may_refer_to_files(text));
    }

    #[test]
    fn document_without_other_files_is_told_by_a_glance() {
        assert!(!may_refer_to_files(r##"{"$ref": "#/a", "$ref":"#/b"} $ref: '#/c'"##));
        assert!(may_refer_to_files("{\"$ref\" : \"a.json\"}"));
        assert!(may_refer_to_files("$ref:\n  a.json"));
    }
}

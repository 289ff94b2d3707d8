//! `mcp.lock`: the names that were allocated, so that none changes because something else came,
//! went or moved.
//!
//! The format, version 1, is TOML: `version = 1`, then one `[[operation]]` for each operation that
//! is or was a component, sorted by document, path and method:
//!
//! | key | |
//! |---|---|
//! | `document` | name of its `[openapi.NAME]` table |
//! | `method`, `path` | what identifies it first |
//! | `id` | its `operationId`, what identifies it if its path changed; absent without one |
//! | `tool` | name of the tool or the resource, without the namespace |
//! | `rule` | what chose the name, if not the rule of this project: `mcp.toml`, `x-mcp-name`, `fastmcp`; the name is chosen anew once that is gone |
//! | `rust` | its Rust name in snake case; constant and type are made of it |
//! | `module` | Rust module of the tool; absent where it is a resource |
//! | `arguments` | `location:name on the wire` to the name for clients, where they differ |
//! | `removed` | `true`: no component any more; its name is not given to another operation |
//!
//! After these comes one `[[component]]` for each declared component, sorted by kind, name and
//! version. A lock without any, as older generators wrote it, names nothing of them:
//!
//! | key | |
//! |---|---|
//! | `kind` | `tool`, `resource` (templates too) or `prompt` |
//! | `name` | its name for clients |
//! | `version` | absent without one |
//! | `rust` | its Rust name in snake case; constant and types are made of it |
//! | `method` | the method of `Handlers` that answers it; absent where none does |
//! | `completion` | the one that completes its arguments; absent where none does |

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use super::versions;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

/// The version that is written.
pub const VERSION: u32 = 1;

/// The allocated names of a server.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lock {
    /// Sorted by document, path, method and id.
    pub operations: Vec<Entry>,
    /// Sorted by kind, name and version.
    pub components: Vec<ComponentEntry>,
}

/// The names of one operation.
#[derive(Clone, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Name of the `[openapi.NAME]` table.
    pub document: String,
    /// The path template.
    pub path: String,
    /// Method in upper case.
    pub method: String,
    /// `operationId`; empty without one.
    #[serde(default)]
    pub id: String,
    /// Name of the tool, without the namespace.
    pub tool: String,
    /// What chose the name; empty for the rule of this project.
    #[serde(default)]
    pub rule: String,
    /// Rust name in snake case.
    pub rust: String,
    /// Rust module; empty for resources.
    #[serde(default)]
    pub module: String,
    /// `location:wire` to the name for clients.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
    /// No tool any more.
    #[serde(default)]
    pub removed: bool,
}

/// The names of one declared component.
#[derive(Clone, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(deny_unknown_fields)]
pub struct ComponentEntry {
    /// `tool`, `resource` or `prompt`.
    pub kind: String,
    /// What tells it from others of its kind: the name of a tool or a prompt, the URI of a resource.
    pub id: String,
    /// Its version; empty without one.
    #[serde(default)]
    pub version: String,
    /// Rust name in snake case.
    pub rust: String,
    /// Method of `Handlers`; empty without one.
    #[serde(default)]
    pub method: String,
    /// Method of `Handlers` for its arguments; empty without one.
    #[serde(default)]
    pub completion: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    version: u32,
    #[serde(default)]
    operation: Vec<Entry>,
    #[serde(default)]
    component: Vec<ComponentEntry>,
}

impl Lock {
    /// Reads a lock. `None` where it cannot be read, with a diagnostic that says why.
    pub fn parse(text: &str, file: FileId, diagnostics: &mut Diagnostics) -> Option<Self> {
        let help = "restore it from version control, or delete it and let `gen` allocate all \
                    names anew";
        let whole = Span { file, start: 0, end: 0 };
        match toml::from_str::<Raw>(text) {
            Ok(raw) if raw.version == VERSION => {
                let (mut operations, mut components) = (raw.operation, raw.component);
                operations.sort();
                components.sort();
                Some(Self { operations, components })
            }
            Ok(raw) => {
                let message = format!(
                    "the name lock is of version {}, this generator reads version {VERSION}",
                    raw.version
                );
                let help = "use the generator that wrote it, or a newer one";
                diagnostics.push(Diagnostic::error(Code::E0404, message).at(whole, "").help(help));
                None
            }
            Err(error) => {
                let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                let span = error.span().map_or(whole, |range| Span {
                    file,
                    start: offset(range.start),
                    end: offset(range.end),
                });
                let message = format!("the name lock cannot be read: {}", error.message());
                let problem = Diagnostic::error(Code::E0404, message);
                diagnostics.push(problem.at(span, "").help(help));
                None
            }
        }
    }

    /// The text of the file.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::from(
            "# The names that were allocated for tools. Commit this file with the declaration:\n\
             # it keeps names as they are. To rename a tool, edit mcp.toml.\n",
        );
        let _ = writeln!(text, "version = {VERSION}");
        let mut sorted: Vec<&Entry> = self.operations.iter().collect();
        sorted.sort();
        for entry in sorted {
            text.push_str("\n[[operation]]\n");
            for (key, value) in [
                ("document", &entry.document),
                ("method", &entry.method),
                ("path", &entry.path),
                ("id", &entry.id),
                ("tool", &entry.tool),
                ("rule", &entry.rule),
                ("rust", &entry.rust),
                ("module", &entry.module),
            ] {
                if !value.is_empty() {
                    let _ = writeln!(text, "{key} = {}", quoted(value));
                }
            }
            if !entry.arguments.is_empty() {
                let pairs: Vec<String> = entry
                    .arguments
                    .iter()
                    .map(|(wire, name)| format!("{} = {}", quoted(wire), quoted(name)))
                    .collect();
                let _ = writeln!(text, "arguments = {{ {} }}", pairs.join(", "));
            }
            if entry.removed {
                text.push_str("removed = true\n");
            }
        }
        let mut sorted: Vec<&ComponentEntry> = self.components.iter().collect();
        sorted.sort();
        for entry in sorted {
            text.push_str("\n[[component]]\n");
            for (key, value) in [
                ("kind", &entry.kind),
                ("id", &entry.id),
                ("version", &entry.version),
                ("rust", &entry.rust),
                ("method", &entry.method),
                ("completion", &entry.completion),
            ] {
                if !value.is_empty() {
                    let _ = writeln!(text, "{key} = {}", quoted(value));
                }
            }
        }
        text
    }

    /// The entry of each declared component. A component that has another version now is the one that
    /// it was, unless there were several: then a version is in its name.
    pub(super) fn components(&self, keys: &[ComponentKey<'_>]) -> Vec<Option<&ComponentEntry>> {
        let by_key: BTreeMap<ComponentKey<'_>, &ComponentEntry> =
            self.components.iter().map(|entry| (entry.key(), entry)).collect();
        let mut found: Vec<Option<&ComponentEntry>> =
            keys.iter().map(|key| by_key.get(key).copied()).collect();
        let mut lowest_first: Vec<usize> = (0..keys.len()).collect();
        lowest_first
            .sort_by(|left, right| versions::compare(keys[*left].version, keys[*right].version));
        let mut moved = BTreeSet::new();
        for index in lowest_first.into_iter().filter(|index| !by_key.contains_key(&keys[*index])) {
            let ComponentKey { kind, id, .. } = keys[index];
            let is_version = |it: &&ComponentEntry| it.kind == kind && it.id == id;
            let mut entries = self.components.iter().filter(is_version);
            let (Some(entry), None) = (entries.next(), entries.next()) else { continue };
            if !keys.contains(&entry.key()) && moved.insert(entry.key()) {
                found[index] = Some(entry);
            }
        }
        found
    }

    /// The entry of each operation: by method and path, else by an id whose path is gone.
    /// `operations`: document, method, path and id.
    pub(super) fn matches(&self, operations: &[Key<'_>]) -> Vec<Option<&Entry>> {
        let by_path: BTreeMap<_, _> = self
            .operations
            .iter()
            .map(|entry| {
                ((entry.document.as_str(), entry.method.as_str(), entry.path.as_str()), entry)
            })
            .collect();
        let mut found: Vec<Option<&Entry>> = operations
            .iter()
            .map(|key| by_path.get(&(key.document, key.method, key.path)).copied())
            .collect();
        let used: BTreeSet<*const Entry> =
            found.iter().flatten().map(|entry| std::ptr::from_ref(*entry)).collect();
        let mut by_id: BTreeMap<(&str, &str), Option<&Entry>> = BTreeMap::new();
        for entry in &self.operations {
            if !entry.id.is_empty() && !used.contains(&std::ptr::from_ref(entry)) {
                by_id
                    .entry((&entry.document, &entry.id))
                    // Two with one id say nothing.
                    .and_modify(|slot| *slot = None)
                    .or_insert(Some(entry));
            }
        }
        let mut ids: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for key in operations {
            *ids.entry((key.document, key.id)).or_default() += 1;
        }
        for (key, found) in operations.iter().zip(&mut found) {
            if found.is_none() && ids.get(&(key.document, key.id)) == Some(&1) {
                *found = by_id.get(&(key.document, key.id)).copied().flatten();
            }
        }
        found
    }
}

impl ComponentEntry {
    fn key(&self) -> ComponentKey<'_> {
        ComponentKey { kind: &self.kind, id: &self.id, version: &self.version }
    }
}

/// What identifies a declared component.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct ComponentKey<'a> {
    pub(super) kind: &'a str,
    pub(super) id: &'a str,
    /// Empty without one.
    pub(super) version: &'a str,
}

/// What identifies an operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'a> {
    pub(super) document: &'a str,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) id: &'a str,
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            letter if (letter as u32) < 0x20 || letter == '\u{7f}' => {
                let _ = write!(out, "\\u{:04X}", letter as u32);
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn entry(path: &str, id: &str, tool: &str) -> Entry {
        Entry {
            document: "shop".to_owned(),
            path: path.to_owned(),
            method: "GET".to_owned(),
            id: id.to_owned(),
            tool: tool.to_owned(),
            rust: tool.to_owned(),
            module: "books".to_owned(),
            ..Entry::default()
        }
    }

    fn component(name: &str, version: &str) -> ComponentEntry {
        ComponentEntry {
            kind: "tool".to_owned(),
            id: name.to_owned(),
            version: version.to_owned(),
            rust: name.to_owned(),
            method: name.to_owned(),
            completion: String::new(),
        }
    }

    #[test]
    fn component_with_another_version_is_the_one_that_it_was() {
        let found = |locked: &[&str], now: &[&str]| -> Vec<Option<String>> {
            let components = locked.iter().map(|version| component("b", version)).collect();
            let lock = Lock { components, ..Lock::default() };
            let keys = now.iter().map(|version| ComponentKey { kind: "tool", id: "b", version });
            let found = lock.components(&keys.collect::<Vec<_>>());
            found.into_iter().map(|entry| entry.map(|entry| entry.version.clone())).collect()
        };
        let was = |version: &str| Some(version.to_owned());
        assert_eq!(found(&["1"], &["1.1"]), [was("1")]);
        assert_eq!(found(&[""], &["2", "1"]), [None, was("")], "the lower one");
        assert_eq!(found(&["1"], &["2", "1"]), [None, was("1")]);
        assert_eq!(found(&["1", "2"], &["3", "1"]), [None, was("1")], "its name says a version");
    }

    #[test]
    fn lock_is_written_sorted_and_read_back() {
        let mut second = entry("/b", "", "b");
        second.arguments.insert("query:a[\"b\"]".to_owned(), "a_b".to_owned());
        second.removed = true;
        let operations = vec![second, entry("/a", "getA", "a")];
        let lock = Lock { operations, components: vec![component("b", "2"), component("b", "")] };
        let text = lock.render();
        expect![[r##"
            # The names that were allocated for tools. Commit this file with the declaration:
            # it keeps names as they are. To rename a tool, edit mcp.toml.
            version = 1

            [[operation]]
            document = "shop"
            method = "GET"
            path = "/a"
            id = "getA"
            tool = "a"
            rust = "a"
            module = "books"

            [[operation]]
            document = "shop"
            method = "GET"
            path = "/b"
            tool = "b"
            rust = "b"
            module = "books"
            arguments = { "query:a[\"b\"]" = "a_b" }
            removed = true

            [[component]]
            kind = "tool"
            id = "b"
            rust = "b"
            method = "b"

            [[component]]
            kind = "tool"
            id = "b"
            version = "2"
            rust = "b"
            method = "b"
        "##]]
        .assert_eq(&text);
        let mut diagnostics = Diagnostics::default();
        let read = Lock::parse(&text, FileId(0), &mut diagnostics).expect("reads its own text");
        assert_eq!(read.render(), text);
    }

    #[test]
    fn operation_is_found_by_path_then_by_id() {
        let operations = vec![entry("/a", "getA", "a"), entry("/b", "getB", "b")];
        let lock = Lock { operations, ..Lock::default() };
        let key = |path, id| Key { document: "shop", method: "GET", path, id };
        let found = lock.matches(&[key("/a", "renamed"), key("/moved", "getB"), key("/c", "getA")]);
        let tools: Vec<_> =
            found.iter().map(|entry| entry.map(|entry| entry.tool.as_str())).collect();
        assert_eq!(tools, [Some("a"), Some("b"), None]);
    }

    #[test]
    fn damaged_lock_is_refused_with_its_place() {
        for text in ["version = 2", "version = 1\nother = 3", "<<<<<<< HEAD", ""] {
            let mut diagnostics = Diagnostics::default();
            assert_eq!(Lock::parse(text, FileId(0), &mut diagnostics), None);
            let codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
            assert_eq!(codes, [Code::E0404], "{text}");
        }
    }
}

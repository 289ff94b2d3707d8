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

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

/// The version that is written.
pub const VERSION: u32 = 1;

/// The allocated names of a server.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lock {
    /// Sorted by document, path, method and id.
    pub operations: Vec<Entry>,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    version: u32,
    #[serde(default)]
    operation: Vec<Entry>,
}

impl Lock {
    /// Reads a lock. `None` where it cannot be read, with a diagnostic that says why.
    pub fn parse(text: &str, file: FileId, diagnostics: &mut Diagnostics) -> Option<Self> {
        let help = "restore it from version control, or delete it and let `gen` allocate all \
                    names anew";
        let whole = Span { file, start: 0, end: 0 };
        match toml::from_str::<Raw>(text) {
            Ok(raw) if raw.version == VERSION => {
                let mut operations = raw.operation;
                operations.sort();
                Some(Self { operations })
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
        text
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
        let used: std::collections::BTreeSet<*const Entry> =
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

    #[test]
    fn lock_is_written_sorted_and_read_back() {
        let mut second = entry("/b", "", "b");
        second.arguments.insert("query:a[\"b\"]".to_owned(), "a_b".to_owned());
        second.removed = true;
        let lock = Lock { operations: vec![second, entry("/a", "getA", "a")] };
        let text = lock.render();
        expect![[r#"
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
        "#]]
        .assert_eq(&text);
        let mut diagnostics = Diagnostics::default();
        let read = Lock::parse(&text, FileId(0), &mut diagnostics).expect("reads its own text");
        assert_eq!(read.render(), text);
    }

    #[test]
    fn operation_is_found_by_path_then_by_id() {
        let lock = Lock { operations: vec![entry("/a", "getA", "a"), entry("/b", "getB", "b")] };
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

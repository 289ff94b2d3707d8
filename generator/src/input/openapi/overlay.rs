//! Overlays (Overlay Specification 1.0 and 1.1): changes to a document that keep it as its vendor
//! wrote it. They are applied to the tree, so whatever they bring has its place in their own file.

use serde_json::Value as Json;
use serde_json_path::JsonPath;

use super::notes::pointer_to;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Node, Span, Value};

/// Applies the actions of an overlay one after the other.
///
/// An action whose target selects nothing is a warning, one that cannot be applied an error.
pub(super) fn apply<'s>(overlay: &Node<'s>, root: &mut Node<'s>, diagnostics: &mut Diagnostics) {
    let mut work = Work { json: root.to_json(), root, overlay, diagnostics };
    let Some(version) = overlay.get("overlay").and_then(|node| node.as_str().or(node.as_number()))
    else {
        let help = "an overlay starts with a version line such as `overlay: 1.0.0`";
        work.error(overlay.span, "this is no overlay: it has no `overlay` key", help);
        return;
    };
    if !version.starts_with("1.") {
        let help = "overlays of version 1 are read";
        work.error(overlay.span, &format!("overlays of version {version} are not read"), help);
        return;
    }
    let Some(actions) = overlay.get("actions").and_then(Node::as_array) else {
        let help = "add what it changes under `actions`";
        work.error(overlay.span, "the overlay has no list `actions`", help);
        return;
    };
    for action in actions {
        work.act(action);
    }
}

struct Work<'w, 's> {
    root: &'w mut Node<'s>,
    /// The tree as JSON, for queries; changed together with it.
    json: Json,
    overlay: &'w Node<'s>,
    diagnostics: &'w mut Diagnostics,
}

impl<'s> Work<'_, 's> {
    fn act(&mut self, action: &Node<'s>) {
        let Some(target) = action.get("target") else {
            let help = "name what it changes: target: $.paths['/books'].get";
            return self.error(action.span, "the action has no `target`", help);
        };
        let Some(found) = self.query(target) else { return };
        if found.is_empty() {
            let message = format!(
                "the target `{}` selects nothing, so the action changes nothing",
                target.as_str().unwrap_or_default()
            );
            let diagnostic = Diagnostic::warning(Code::E0213, message)
                .at(target.span, "")
                .pointer(pointer_to(self.overlay, target.span))
                .help(
                    "compare it with the document; keys with other characters than letters are \
                       written as ['key']",
                );
            self.diagnostics.push(diagnostic);
            return;
        }
        if action.get("remove").and_then(Node::as_bool) == Some(true) {
            // The last comes first, so that the places of the others stay what they are.
            let mut found = found;
            found.sort_by_cached_key(|pointer| std::cmp::Reverse(place_in_document(pointer)));
            for pointer in &found {
                self.remove(pointer, target.span);
            }
            return;
        }
        match (action.get("update"), action.get("copy")) {
            (Some(update), _) => self.update(&found, update, update.span),
            (None, Some(copy)) => self.copy(&found, copy),
            (None, None) => {
                let help = "add `update`, `copy` or `remove: true`";
                self.error(action.span, "the action says nothing to do", help);
            }
        }
    }

    /// The places that a query selects, in the order of its selectors, each once.
    fn query(&mut self, node: &Node<'_>) -> Option<Vec<String>> {
        let Some(text) = node.as_str() else {
            let help = "write it as text, such as $.info";
            self.error(node.span, "this is no JSONPath", help);
            return None;
        };
        match JsonPath::parse(text) {
            Ok(path) => {
                let found = path.query_located(&self.json);
                let mut pointers: Vec<String> = Vec::new();
                for pointer in found.locations().map(|place| place.to_json_pointer()) {
                    if !pointers.contains(&pointer) {
                        pointers.push(pointer);
                    }
                }
                Some(pointers)
            }
            Err(error) => {
                let message = format!("`{text}` is no JSONPath: {error}");
                let help = "RFC 9535 has the syntax; an example is $.paths['/books'].get";
                self.error(node.span, &message, help);
                None
            }
        }
    }

    fn update(&mut self, pointers: &[String], update: &Node<'s>, span: Span) {
        for pointer in pointers {
            let Some(place) = self.root.pointer_mut(pointer) else { continue };
            if let Err(message) = merge(place, update) {
                let help = "objects are merged, lists are added to lists, other values replaced";
                return self.error(span, &message, help);
            }
            if let Some(json) = self.json.pointer_mut(pointer) {
                *json = place.to_json();
            }
        }
    }

    fn copy(&mut self, pointers: &[String], copy: &Node<'s>) {
        let Some(sources) = self.query(copy) else { return };
        let [source] = sources.as_slice() else {
            let message = format!("`copy` selects {} values, not one", sources.len());
            return self.error(copy.span, &message, "select a single value");
        };
        let Some(source) = self.root.pointer(source).cloned() else { return };
        self.update(pointers, &source, copy.span);
    }

    fn remove(&mut self, pointer: &str, span: Span) {
        let Some((parent, token)) = pointer.rsplit_once('/') else {
            return self.error(span, "the whole document cannot be removed", "select a part of it");
        };
        let key = token.replace("~1", "/").replace("~0", "~");
        match self.root.pointer_mut(parent).map(|node| &mut node.value) {
            Some(Value::Object(entries)) => entries.retain(|(found, _)| found.name != key),
            Some(Value::Array(items)) => {
                if let Some(index) = key.parse().ok().filter(|index| *index < items.len()) {
                    items.remove(index);
                }
            }
            _ => {}
        }
        match self.json.pointer_mut(parent) {
            Some(Json::Object(entries)) => drop(entries.shift_remove(&key)),
            Some(Json::Array(items)) => {
                if let Some(index) = key.parse().ok().filter(|index| *index < items.len()) {
                    items.remove(index);
                }
            }
            _ => {}
        }
    }

    fn error(&mut self, span: Span, message: &str, help: &str) {
        let diagnostic = Diagnostic::error(Code::E0213, message)
            .at(span, "")
            .pointer(pointer_to(self.overlay, span))
            .help(help);
        self.diagnostics.push(diagnostic);
    }
}

/// A pointer as something to sort by: items of a list by their number.
fn place_in_document(pointer: &str) -> Vec<(Option<usize>, String)> {
    pointer.split('/').map(|token| (token.parse().ok(), token.to_owned())).collect()
}

/// Merges an update into a value; its place is that of the update where it is replaced.
fn merge<'s>(target: &mut Node<'s>, update: &Node<'s>) -> Result<(), String> {
    match (&mut target.value, &update.value) {
        (Value::Object(entries), Value::Object(updates)) => {
            for (key, value) in updates {
                match entries.iter_mut().find(|(found, _)| found.name == key.name) {
                    Some((_, found)) => merge(found, value)
                        .map_err(|problem| format!("{problem} (at `{}`)", key.name))?,
                    None => entries.push((key.clone(), value.clone())),
                }
            }
            Ok(())
        }
        (Value::Array(items), Value::Array(more)) => {
            items.extend(more.iter().cloned());
            Ok(())
        }
        (Value::Array(items), _) => {
            items.push(update.clone());
            Ok(())
        }
        // A field that is left empty is no value yet.
        (Value::Null, _) => {
            *target = update.clone();
            Ok(())
        }
        (Value::Object(_), Value::Null) => Ok(()),
        (Value::Object(_), _) | (_, Value::Object(_) | Value::Array(_)) => {
            Err(format!("{} cannot be merged with {}", update.kind(), target.kind()))
        }
        _ => {
            *target = update.clone();
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceMap, yaml};

    const DOCUMENT: &str = "
openapi: 3.1.0
info: { title: Shelf }
tags: [{ name: a }]
paths:
  /books: { get: { tags: [books, old], parameters: [{ name: q, in: query }] } }
  /a/b: { get: { tags: [old] } }
";

    /// The document after an overlay with these actions, and the problems.
    #[track_caller]
    fn check(actions: &str, expected: &[(&str, Json)], problems: &[&str]) {
        let mut sources = SourceMap::default();
        let document = sources.add("openapi.yaml", DOCUMENT);
        let overlay = sources.add("overlay.yaml", format!("overlay: 1.1.0\nactions:\n{actions}"));
        let mut diagnostics = Diagnostics::default();
        let mut root = yaml::parse(sources.text(document), document, &mut diagnostics).expect("it");
        let tree = yaml::parse(sources.text(overlay), overlay, &mut diagnostics).expect("a tree");
        apply(&tree, &mut root, &mut diagnostics);
        for (pointer, value) in expected {
            let found = root.pointer(pointer).map_or(Json::Null, Node::to_json);
            assert_eq!(found, *value, "{pointer}");
        }
        let found: Vec<_> = diagnostics.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(found, problems);
    }

    #[test]
    fn objects_are_merged_and_lists_grow() {
        check(
            "
- target: $
  update: { info: { version: '2' }, tags: [{ name: b }] }
- target: $.tags
  update: { name: c }
- target: $.paths.*.get
  update: { x-safe: true }
- target: $.info.title
  update: Library
",
            &[
                ("/info", serde_json::json!({ "title": "Library", "version": "2" })),
                ("/tags/1/name", "b".into()),
                ("/tags/2/name", "c".into()),
                ("/paths/~1books/get/x-safe", true.into()),
                ("/paths/~1a~1b/get/x-safe", true.into()),
            ],
            &[],
        );
    }

    #[test]
    fn parts_are_removed_wherever_they_are_selected() {
        check(
            "
- target: $.paths.*.get.tags[?@ == 'old']
  remove: true
- target: $.paths['/a/b']
  remove: true
- target: $.paths['/books'].get.parameters[?@.name == 'q']
  remove: true
",
            &[
                ("/paths/~1books/get/tags", serde_json::json!(["books"])),
                ("/paths/~1books/get/parameters", serde_json::json!([])),
                ("/paths/~1a~1b", Json::Null),
            ],
            &[],
        );
    }

    #[test]
    fn parts_are_removed_in_whatever_order_they_are_selected() {
        let twelve = (0..12).map(|number| format!("'{number}'")).collect::<Vec<_>>().join(", ");
        check(
            &format!(
                "
- target: $.paths['/books'].get.tags
  update: [{twelve}]
- target: $.paths['/books'].get.tags[?@ == '10', ?@ == '2', ?@ == '0', 0]
  remove: true
- target: $.paths['/a/b']['get', 'get'].tags
  remove: true
- target: $.paths['/a/b']..['get', 'tags']
  remove: true
"
            ),
            &[
                (
                    "/paths/~1books/get/tags",
                    serde_json::json!(["old", "1", "3", "4", "5", "6", "7", "8", "9", "11"]),
                ),
                ("/paths/~1a~1b", serde_json::json!({})),
            ],
            &[],
        );
    }

    #[test]
    fn path_is_moved_by_copying_and_removing_it() {
        check(
            "
- target: $.paths
  update: { /new: {} }
- target: $.paths['/new']
  copy: $.paths['/books']
- target: $.paths['/books']
  remove: true
",
            &[("/paths/~1new/get/tags/0", "books".into()), ("/paths/~1books", Json::Null)],
            &[],
        );
    }

    #[test]
    fn actions_that_cannot_be_applied_say_why() {
        check(
            "
- target: $.paths['/none']
  update: {}
- target: $.info
  update: 3
- target: $.info.title
  update: { a: 1 }
- target: $.info
- update: {}
- target: '$['
  remove: true
- target: $
  remove: true
- target: $.info
  copy: $.paths.*
",
            &[("/info/title", "Shelf".into())],
            &[
                "the target `$.paths['/none']` selects nothing, so the action changes nothing",
                "a number cannot be merged with a mapping",
                "a mapping cannot be merged with a string",
                "the action says nothing to do",
                "the action has no `target`",
                "`$[` is no JSONPath: at position 1, parser error",
                "the whole document cannot be removed",
                "`copy` selects 2 values, not one",
            ],
        );
    }
}

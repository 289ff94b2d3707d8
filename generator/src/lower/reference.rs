//! `$ref`: from a reference to the node that it means, on the tree.
//!
//! Any place of the document can be a target, whatever stands there (RFC 6901, RFC 3986 3.5).

use std::collections::HashMap;
use std::ptr;

use crate::diagnostic::Code;
use crate::input::openapi::Fault;
use crate::source::{Node, Span, Value};

/// How many references are followed one after the other before they count as a loop.
const HOPS: usize = 100;

/// Mappings with more entries than this are indexed on the first search.
const SMALL: usize = 16;

/// Finds the targets of references.
#[derive(Debug)]
pub(super) struct Resolver<'d> {
    root: &'d Node<'d>,
    targets: HashMap<&'d str, Option<&'d Node<'d>>>,
    indexes: HashMap<*const Node<'d>, HashMap<&'d str, &'d Node<'d>>>,
    anchors: Option<HashMap<&'d str, &'d Node<'d>>>,
}

/// What a node stands for after its references were followed.
#[derive(Debug)]
pub(super) struct Followed<'d> {
    /// The node at the end.
    pub(super) node: &'d Node<'d>,
    /// The outermost `description` or `summary` beside a reference, which overrides that of the
    /// target.
    pub(super) description: Option<&'d str>,
}

impl<'d> Resolver<'d> {
    pub(super) fn new(root: &'d Node<'d>) -> Self {
        Self { root, targets: HashMap::new(), indexes: HashMap::new(), anchors: None }
    }

    /// The value of a key, by index in large mappings.
    pub(super) fn get(&mut self, node: &'d Node<'d>, key: &str) -> Option<&'d Node<'d>> {
        let entries = node.as_object()?;
        if entries.len() <= SMALL {
            return node.get(key);
        }
        let build = || entries.iter().map(|(key, node)| (&*key.name, node)).collect();
        self.indexes.entry(ptr::from_ref(node)).or_insert_with(build).get(key).copied()
    }

    /// The schema of that name under `components.schemas`.
    pub(super) fn component_schema(&mut self, name: &str) -> Option<&'d Node<'d>> {
        let schemas = self.root.get("components")?.get("schemas")?;
        self.get(schemas, name)
    }

    /// The node that a reference means, which may be a reference again.
    pub(super) fn target(&mut self, reference: &'d str, span: Span) -> Result<&'d Node<'d>, Fault> {
        let Some(fragment) = reference.strip_prefix('#') else {
            let message = format!("`{reference}` leads to another file or host");
            return Err(Fault::new(Code::E0209, span, message)
                .help("bundle everything into one document first, then generate from that"));
        };
        let known = self.targets.get(reference).copied();
        let target = known.unwrap_or_else(|| {
            let mut hops = HOPS;
            let found = self.find(fragment, &mut hops);
            self.targets.insert(reference, found);
            found
        });
        target.ok_or_else(|| {
            Fault::new(Code::E0205, span, format!("`{reference}` points to nothing"))
                .help("add what it points to, or correct the reference")
        })
    }

    /// The node that stands at the end of a chain of references; the node itself if it is none.
    pub(super) fn follow(&mut self, node: &'d Node<'d>) -> Result<Followed<'d>, Fault> {
        let mut followed = Followed { node, description: None };
        for _ in 0..HOPS {
            let Some(reference) = reference_of(followed.node) else { return Ok(followed) };
            let text = |key| followed.node.get(key).and_then(Node::as_str);
            followed.description =
                followed.description.or_else(|| text("description").or_else(|| text("summary")));
            let place = followed.node.get("$ref").unwrap_or(followed.node);
            followed.node = self.target(reference, place.span)?;
        }
        Err(Fault::new(Code::E0206, node.span, "its references form a loop")
            .help("let one of the references lead to a definition"))
    }

    fn find(&mut self, fragment: &str, hops: &mut usize) -> Option<&'d Node<'d>> {
        if fragment.is_empty() {
            return Some(self.root);
        }
        let Some(pointer) = fragment.strip_prefix('/') else {
            return self.anchor(&percent_decode(fragment));
        };
        let mut node = self.root;
        for token in pointer.split('/') {
            node = self.step(node, token, hops)?;
        }
        Some(node)
    }

    /// One step down. Pointers that lead through a reference follow it; `hops` is how many more
    /// references the whole search may follow.
    fn step(&mut self, node: &'d Node<'d>, token: &str, hops: &mut usize) -> Option<&'d Node<'d>> {
        let decoded = unescape(&percent_decode(token));
        let found = match &node.value {
            Value::Object(_) => {
                self.get(node, &decoded).or_else(|| self.get(node, &unescape(token)))
            }
            Value::Array(items) => decoded.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        let fragment = reference_of(node)?.strip_prefix('#')?;
        *hops = hops.checked_sub(1)?;
        let target = self.find(fragment, hops)?;
        self.step(target, token, hops)
    }

    fn anchor(&mut self, name: &str) -> Option<&'d Node<'d>> {
        let root = self.root;
        let anchors = self.anchors.get_or_insert_with(|| {
            let mut anchors = HashMap::new();
            collect_anchors(root, &mut anchors);
            anchors
        });
        anchors.get(name).copied()
    }
}

/// The reference, if the node is one.
pub(super) fn reference_of<'d>(node: &'d Node<'d>) -> Option<&'d str> {
    node.get("$ref")?.as_str()
}

/// Collects the `$anchor`s of the tree. Examples and other data are no place for anchors.
fn collect_anchors<'d>(node: &'d Node<'d>, anchors: &mut HashMap<&'d str, &'d Node<'d>>) {
    if let Some(name) = node.get("$anchor").and_then(Node::as_str) {
        anchors.entry(name).or_insert(node);
    }
    for (key, value) in node.as_object().unwrap_or_default() {
        let data = matches!(&*key.name, "example" | "examples" | "default" | "const" | "enum");
        if !data && !key.name.starts_with("x-") {
            collect_anchors(value, anchors);
        }
    }
    for item in node.as_array().unwrap_or_default() {
        collect_anchors(item, anchors);
    }
}

/// The name that a reference gives its target: its last segment, where that is a name and not a
/// place such as `schema` or `0`.
pub(super) fn target_name(reference: &str) -> Option<String> {
    let mut segments = reference.rsplit('/');
    let last = segments.next()?;
    let parent = segments.next()?;
    matches!(parent, "schemas" | "$defs" | "definitions" | "properties")
        .then(|| unescape(&percent_decode(last)))
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// Decodes `%xx` (RFC 3986 2.1). What is no valid escape stays.
fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escape = (*first == b'%').then(|| tail.get(..2)).flatten();
        let digits = escape.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let value = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_escapes_are_decoded_and_broken_ones_stay() {
        assert_eq!(percent_decode("%7Bid%7D"), "{id}");
        assert_eq!(percent_decode("100%"), "100%");
        assert_eq!(percent_decode("%zz%c3%a9"), "%zzé");
        assert_eq!(percent_decode("%ff"), "%ff");
    }

    #[test]
    fn only_names_name_a_target() {
        assert_eq!(target_name("#/components/schemas/Book"), Some("Book".to_owned()));
        assert_eq!(target_name("#/components/schemas/a~1b"), Some("a/b".to_owned()));
        assert_eq!(target_name("#/paths/~1books/get/responses/200/content/a~1b/schema"), None);
        assert_eq!(target_name("#"), None);
    }
}

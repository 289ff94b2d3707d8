//! `$ref`: from a reference to the node that it means, on the tree.
//!
//! Any place of the document and of the files that came with it can be a target, whatever stands
//! there (RFC 6901, RFC 3986 3.5).

use std::collections::HashMap;
use std::ptr;

use super::bundle::{Bundle, visit};
use super::notes::Fault;
use crate::diagnostic::Code;
use crate::source::{FileId, Key, NO_SUCH_FILE, Node, Span, Value, percent_decode};

/// How many references are followed one after the other before they count as a loop.
const HOPS: usize = 100;

/// Mappings with more entries than this are indexed on the first search.
const SMALL: usize = 16;

/// Finds the targets of references.
#[derive(Debug)]
pub struct Resolver<'d> {
    bundle: &'d Bundle<'d>,
    /// The document as it is lowered: that of the bundle, or what became of it.
    root: &'d Node<'d>,
    /// What fragments of trees lead to.
    targets: HashMap<(*const Node<'d>, &'d str), Option<&'d Node<'d>>>,
    indexes: HashMap<*const Node<'d>, HashMap<&'d str, &'d Node<'d>>>,
    anchors: HashMap<*const Node<'d>, HashMap<&'d str, &'d Node<'d>>>,
    identities: Option<Identities<'d>>,
    /// References that were found in the document and not in the file that has them.
    elsewhere: usize,
}

/// What calls itself something, by `$self` or `$id`.
#[derive(Debug, Default)]
struct Identities<'d> {
    names: HashMap<&'d str, &'d Node<'d>>,
    /// The schemas among them: fragments in one are seen from it (JSON Schema 2020-12, core, 8.2.1).
    schemas: Vec<&'d Node<'d>>,
}

/// What a node stands for after its references were followed.
#[derive(Debug)]
pub struct Followed<'d> {
    /// The node at the end.
    pub node: &'d Node<'d>,
    /// The outermost `description` or `summary` beside a reference, which overrides that of the
    /// target.
    pub description: Option<&'d str>,
}

impl<'d> Resolver<'d> {
    /// Finds targets in the files of a bundle. `root` stands for the tree of its document.
    #[must_use]
    pub fn new(bundle: &'d Bundle<'d>, root: &'d Node<'d>) -> Self {
        Self {
            bundle,
            root,
            targets: HashMap::new(),
            indexes: HashMap::new(),
            anchors: HashMap::new(),
            identities: None,
            elsewhere: 0,
        }
    }

    /// The value of a key, by index in large mappings.
    pub fn get(&mut self, node: &'d Node<'d>, key: &str) -> Option<&'d Node<'d>> {
        let entries = node.as_object()?;
        if entries.len() <= SMALL {
            return node.get(key);
        }
        let build = || entries.iter().map(|(key, node)| (&*key.name, node)).collect();
        self.indexes.entry(ptr::from_ref(node)).or_insert_with(build).get(key).copied()
    }

    /// The schema of that name under `components.schemas`, or `definitions` of Swagger.
    pub fn component_schema(&mut self, name: &str) -> Option<&'d Node<'d>> {
        let schemas = self.schemas_of(self.root)?;
        let parts = self.chain(schemas).ok()?;
        parts.into_iter().find_map(|part| self.get(part, name))
    }

    /// `components.schemas`, or `definitions` of Swagger.
    fn schemas_of(&mut self, tree: &'d Node<'d>) -> Option<&'d Node<'d>> {
        let mut hops = HOPS;
        let found = self.find(tree, "/components/schemas", &mut hops);
        found.or_else(|| tree.get("definitions"))
    }

    /// The schemas under `components.schemas`, or `definitions` of Swagger, of all files.
    pub fn named_schemas(&mut self) -> Vec<(&'d str, &'d Node<'d>)> {
        let mut found = Vec::new();
        let bundle = self.bundle;
        for (file, _) in bundle.trees() {
            let schemas = self.schemas_of(self.tree_of(file));
            let chain = schemas.and_then(|schemas| self.chain(schemas).ok()).unwrap_or_default();
            found.extend(merged(&chain).into_iter().map(|(key, node)| (&*key.name, node)));
        }
        found
    }

    /// How many references were found in the document and not in the file that has them.
    pub fn found_elsewhere(&self) -> usize {
        self.elsewhere
    }

    /// The node that a reference means, which may be a reference again. `span` is its place: what
    /// it means depends on the file that has it.
    pub fn target(&mut self, reference: &'d str, span: Span) -> Result<&'d Node<'d>, Fault> {
        let mut hops = HOPS;
        let (tree, fragment) = self.tree(reference, span)?;
        let key = (ptr::from_ref(tree), fragment);
        let known = self.targets.get(&key).copied();
        let target = known.unwrap_or_else(|| {
            let mut found = self.find(tree, fragment, &mut hops);
            if found.is_none() && reference.starts_with('#') && !ptr::eq(tree, self.root) {
                // Parts of a document that were one file once still refer to it, and so do schemas
                // that were given an `$id` in passing.
                let own = self.tree_of(self.bundle.home(span.file));
                found = self.find(own, fragment, &mut hops);
                if found.is_none() && !ptr::eq(own, self.root) {
                    found = self.find(self.root, fragment, &mut hops);
                }
                self.elsewhere += usize::from(found.is_some());
            }
            self.targets.insert(key, found);
            found
        });
        target.ok_or_else(|| {
            Fault::new(Code::E0205, span, format!("`{reference}` points to nothing"))
                .help("add what it points to, or correct the reference")
        })
    }

    /// The tree that a reference leads to, and the fragment in it.
    fn tree(&mut self, reference: &'d str, span: Span) -> Result<(&'d Node<'d>, &'d str), Fault> {
        let (name, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if name.is_empty() {
            if let Some(schema) = self.schema_around(span) {
                return Ok((schema, fragment));
            }
            return Ok((self.tree_of(self.bundle.home(span.file)), fragment));
        }
        if let Some(found) = self.identity(name) {
            return Ok((found, fragment));
        }
        let bundle = self.bundle;
        let file = bundle.find(span.file, name).map_err(|why| unreachable_file(name, why, span))?;
        Ok((self.tree_of(file), fragment))
    }

    fn tree_of(&self, file: FileId) -> &'d Node<'d> {
        let other = self.bundle.tree(file).filter(|_| file != self.bundle.file());
        other.unwrap_or(self.root)
    }

    /// What calls itself so, by `$self` or `$id`.
    fn identity(&mut self, name: &str) -> Option<&'d Node<'d>> {
        self.identities().names.get(name).copied()
    }

    /// The innermost schema with an `$id` around a place.
    fn schema_around(&mut self, place: Span) -> Option<&'d Node<'d>> {
        let is_around = |node: &&&Node<'_>| {
            let span = node.span;
            span.file == place.file && span.start <= place.start && place.end <= span.end
        };
        let around = self.identities().schemas.iter().filter(is_around);
        around.min_by_key(|node| node.span.end - node.span.start).copied()
    }

    fn identities(&mut self) -> &Identities<'d> {
        let (bundle, root) = (self.bundle, self.root);
        self.identities.get_or_insert_with(|| {
            let mut identities = Identities::default();
            for (file, tree) in bundle.trees() {
                let tree = if file == bundle.file() { root } else { tree };
                visit(tree, &mut |node| {
                    for key in ["$self", "$id"] {
                        if let Some(name) = node.get(key).and_then(Node::as_str) {
                            let name = name.trim_end_matches('#');
                            identities.names.entry(name).or_insert(node);
                            // `$id: '#name'` of older drafts is an anchor.
                            if key == "$id" && !name.starts_with('#') && !name.is_empty() {
                                identities.schemas.push(node);
                            }
                        }
                    }
                });
            }
            identities
        })
    }

    /// The node that stands at the end of a chain of references; the node itself if it is none.
    pub fn follow(&mut self, node: &'d Node<'d>) -> Result<Followed<'d>, Fault> {
        let mut followed = Followed { node, description: None };
        for hop in self.chain(node)? {
            if reference_of(hop).is_some() {
                let text = |key| hop.get(key).and_then(Node::as_str);
                let own = text("description").or_else(|| text("summary"));
                followed.description = followed.description.or(own);
            }
            followed.node = hop;
        }
        Ok(followed)
    }

    /// A node and those that it leads to by references, one after the other; the last one is none.
    ///
    /// # Errors
    ///
    /// The fault of a reference that cannot be followed, or of a loop.
    pub fn chain(&mut self, node: &'d Node<'d>) -> Result<Vec<&'d Node<'d>>, Fault> {
        let mut chain = vec![node];
        let mut last = node;
        while let Some(reference) = reference_of(last) {
            if chain.len() > HOPS {
                return Err(Fault::new(Code::E0206, node.span, "its references form a loop")
                    .help("let one of the references lead to a definition"));
            }
            let place = last.get("$ref").unwrap_or(last);
            last = self.target(reference, place.span)?;
            chain.push(last);
        }
        Ok(chain)
    }

    fn find(
        &mut self,
        tree: &'d Node<'d>,
        fragment: &str,
        hops: &mut usize,
    ) -> Option<&'d Node<'d>> {
        if fragment.is_empty() {
            return Some(tree);
        }
        let Some(pointer) = fragment.strip_prefix('/') else {
            return self.anchor(tree, &percent_decode(fragment));
        };
        let mut node = tree;
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
        let reference = reference_of(node)?;
        *hops = hops.checked_sub(1)?;
        let (tree, fragment) = self.tree(reference, node.span).ok()?;
        let target = self.find(tree, fragment, hops)?;
        self.step(target, token, hops)
    }

    fn anchor(&mut self, tree: &'d Node<'d>, name: &str) -> Option<&'d Node<'d>> {
        let anchors = self.anchors.entry(ptr::from_ref(tree)).or_insert_with(|| {
            let mut anchors = HashMap::new();
            visit(tree, &mut |node| {
                if let Some(name) = node.get("$anchor").and_then(Node::as_str) {
                    anchors.entry(name).or_insert(node);
                }
            });
            anchors
        });
        anchors.get(name).copied()
    }
}

/// The entries of mappings that lead to each other by references: those of the nearest one where
/// several have the same key, and without these references.
#[must_use]
pub fn merged<'d>(chain: &[&'d Node<'d>]) -> Vec<&'d (Key<'d>, Node<'d>)> {
    let mut entries: Vec<&'d (Key<'d>, Node<'d>)> = Vec::new();
    for part in chain {
        let nearer = entries.len();
        let is_reference = reference_of(part).is_some();
        for entry in part.as_object().unwrap_or_default() {
            let name = &entry.0.name;
            let is_passed_over = is_reference && name == "$ref"
                || entries.iter().take(nearer).any(|(key, _)| key.name == *name);
            if !is_passed_over {
                entries.push(entry);
            }
        }
    }
    entries
}

/// The reference, if the node is one.
pub fn reference_of<'d>(node: &'d Node<'d>) -> Option<&'d str> {
    node.get("$ref")?.as_str()
}

/// The fault of a reference to a file that is not there.
fn unreachable_file(name: &str, why: &str, span: Span) -> Fault {
    let message = format!("`{name}` cannot be followed: {why}");
    let help = if name.starts_with("http:") || name.starts_with("https:") {
        "bundle everything into one document, or allow the command line to fetch it with \
         --allow-remote-references"
    } else {
        "references to files are relative to the file that has them and stay in the folder of the \
         document; `references` of [openapi.NAME] allows other folders"
    };
    let code = if why == NO_SUCH_FILE { Code::E0205 } else { Code::E0209 };
    Fault::new(code, span, message).help(help)
}

/// The name that a reference gives its target: its last segment, where that is a name and not a
/// place such as `schema` or `0`, else the name of the file that it leads to.
#[must_use]
pub fn target_name(reference: &str) -> Option<String> {
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let mut segments = fragment.rsplit('/');
    let last = segments.next().unwrap_or_default();
    let is_below_names = matches!(
        segments.next(),
        Some("schemas" | "$defs" | "definitions" | "properties" | "patternProperties")
    );
    if is_below_names || !is_place(last) {
        return Some(unescape(&percent_decode(last)));
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    Some(percent_decode(stem)).filter(|stem| !stem.is_empty())
}

/// Whether a segment of a pointer tells where a schema stands and not what it is.
fn is_place(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_digit())
        || matches!(
            segment,
            "schema"
                | "itemSchema"
                | "items"
                | "additionalItems"
                | "additionalProperties"
                | "unevaluatedItems"
                | "unevaluatedProperties"
                | "contains"
                | "contentSchema"
                | "propertyNames"
                | "not"
                | "if"
                | "then"
                | "else"
        )
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
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
        assert_eq!(target_name("#node"), Some("node".to_owned()));
        assert_eq!(target_name("#/components/schemas/schema"), Some("schema".to_owned()));
        assert_eq!(target_name("./s.yaml#/QueueMetrics"), Some("QueueMetrics".to_owned()));
        assert_eq!(target_name("s.yaml#/all/QueueMetrics"), Some("QueueMetrics".to_owned()));
        assert_eq!(target_name("book.yaml#/get/parameters/0/schema"), Some("book".to_owned()));
        assert_eq!(target_name("book.yaml#/allOf/1"), Some("book".to_owned()));
        assert_eq!(target_name("../schemas/Menu%20Item.yaml"), Some("Menu Item".to_owned()));
        assert_eq!(target_name("all.yaml#/components/schemas/A"), Some("A".to_owned()));
    }
}

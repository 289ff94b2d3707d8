//! Schemas: every dialect becomes one arena of JSON Schema 2020-12 nodes.
//!
//! One arena node for each schema of the document, however often it is referenced; references are
//! edges, so cycles end by themselves. Nothing here recurses: schemas are reserved when they are
//! met and lowered one by one.

mod dialect;
mod heirs;
mod keyword;
mod pattern;
mod scalar;

use std::collections::{HashMap, HashSet, VecDeque};
use std::ptr;

use indexmap::IndexMap;

use self::keyword::Draft;
use crate::diagnostic::Code;
use crate::input::openapi::{Fault, Note, Notes, Reader, reference_of, target_name};
use crate::model::schema::{Discriminator, JsonType};
use crate::model::{Schema, SchemaId, Schemas};
use crate::source::{Node, Value};

/// The schemas of a document while it is lowered.
#[derive(Debug, Default)]
pub(super) struct Arena<'d> {
    schemas: Schemas,
    ids: HashMap<*const Node<'d>, SchemaId>,
    names: HashMap<SchemaId, String>,
    pending: VecDeque<Pending<'d>>,
    /// The schema around the one that is read which has `$recursiveAnchor`.
    recursive_anchor: Option<SchemaId>,
    faults: Vec<(SchemaId, Fault)>,
    /// The schemas that say `nullable: true` and nothing else.
    only_nullable: HashSet<SchemaId>,
    any_string: Option<SchemaId>,
    /// The schemas with a discriminator and without a union, each with what inherits from it.
    bases: IndexMap<SchemaId, Vec<SchemaId>>,
    /// Whether the document is of a version that knows nothing beside a `$ref` (OpenAPI 3.0.3,
    /// Reference Object).
    ignores_siblings: bool,
    /// Made when it is first needed.
    hierarchy: Option<heirs::Hierarchy<'d>>,
}

/// A schema that was met and not yet read.
#[derive(Debug)]
struct Pending<'d> {
    id: SchemaId,
    node: &'d Node<'d>,
    recursive_anchor: Option<SchemaId>,
}

impl<'d> Arena<'d> {
    /// For a document of that version.
    pub(super) fn new(version: &str) -> Self {
        let is_older = version.starts_with("3.0") || version.starts_with('2');
        Self { ignores_siblings: is_older, ..Self::default() }
    }

    /// The place of a schema in the arena. It is filled in by [`Arena::lower_pending`].
    pub(super) fn reserve(&mut self, node: &'d Node<'d>) -> SchemaId {
        let key = ptr::from_ref(node);
        if let Some(id) = self.ids.get(&key) {
            return *id;
        }
        let id = self.schemas.push(Schema::default());
        self.ids.insert(key, id);
        self.pending.push_back(Pending { id, node, recursive_anchor: self.recursive_anchor });
        id
    }

    /// The schema of parameters that nobody declared.
    pub(super) fn any_string(&mut self) -> SchemaId {
        let schemas = &mut self.schemas;
        let text = || Schema { types: vec![JsonType::String], ..Schema::default() };
        *self.any_string.get_or_insert_with(|| schemas.push(text()))
    }

    /// Adds a schema that stands nowhere in the document.
    fn add(&mut self, schema: Schema) -> SchemaId {
        self.schemas.push(schema)
    }

    /// Lowers all schemas that are reserved, and those that they lead to.
    pub(super) fn lower_pending(&mut self, reader: &mut Reader<'d>) {
        while let Some(Pending { id, node, recursive_anchor }) = self.pending.pop_front() {
            let anchors = node.get("$recursiveAnchor").and_then(Node::as_bool) == Some(true);
            self.recursive_anchor = if anchors { Some(id) } else { recursive_anchor };
            let schema = match &node.value {
                Value::Object(entries) => {
                    let mut draft = Draft::new(id, node.span);
                    let ignores_siblings = self.ignores_siblings && reference_of(node).is_some();
                    for (key, value) in entries {
                        if ignores_siblings && !stays_beside_reference(&key.name) {
                            reader
                                .notes
                                .count("keyword beside a `$ref` ignored, as OpenAPI 3.0 says");
                            continue;
                        }
                        draft.read(key, value, self, reader);
                    }
                    self.complete(draft, node, reader)
                }
                Value::Bool(valid) => {
                    Schema { span: Some(node.span), never: !valid, ..Schema::default() }
                }
                Value::Null => {
                    reader.notes.count("empty schema");
                    Schema { span: Some(node.span), ..Schema::default() }
                }
                _ => {
                    reader.notes.wrong_type("a schema", node, "a mapping");
                    Schema { span: Some(node.span), ..Schema::default() }
                }
            };
            self.schemas.set(id, schema);
        }
        self.make_nulls(&mut reader.notes);
        self.check_required(&mut reader.notes);
        self.open_loops(&mut reader.notes);
    }

    /// `nullable: true` alone allows everything, beside which a union would say nothing: as a member
    /// of one it means null.
    fn make_nulls(&mut self, notes: &mut Notes) {
        if self.only_nullable.is_empty() {
            return;
        }
        let null = self.add(Schema { types: vec![JsonType::Null], ..Schema::default() });
        let only_nullable = std::mem::take(&mut self.only_nullable);
        for id in self.schemas.ids() {
            let schema = &mut self.schemas[id];
            for union in [&mut schema.any_of, &mut schema.one_of] {
                if union.iter().all(|member| only_nullable.contains(member)) {
                    continue;
                }
                for member in union.iter_mut().filter(|member| only_nullable.contains(*member)) {
                    *member = null;
                    notes.count("member of a union that is only `nullable`, read as null");
                }
            }
        }
    }

    /// Follows what only the document can say, then removes what only dialects have.
    fn complete(
        &mut self,
        mut draft: Draft<'d>,
        node: &'d Node<'d>,
        reader: &mut Reader<'d>,
    ) -> Schema {
        if draft.recursive_reference {
            draft.schema.reference = self.recursive_anchor;
        }
        // What a reference leads to stands elsewhere.
        self.recursive_anchor = None;
        if let Some((reference, span)) = draft.reference {
            match reader.resolver.target(reference, span) {
                Ok(target) => {
                    let id = self.reserve(target);
                    if let Some(name) = target_name(reference) {
                        self.names.entry(id).or_insert(name);
                    }
                    draft.schema.reference = Some(id);
                }
                Err(fault) => self.accept_anything(draft.id, fault, &mut reader.notes),
            }
        }
        if let Some(fault) = draft.fault.take() {
            self.accept_anything(draft.id, fault, &mut reader.notes);
        }
        if let Some(discriminator) = draft.discriminator {
            draft.schema.discriminator = self.lower_discriminator(discriminator, reader);
            if draft.schema.discriminator.is_some() && !heirs::has_union(node) {
                self.reserve_heirs(draft.id, node, &mut reader.resolver);
            }
        }
        draft.normalise(self, &mut reader.notes)
    }

    /// Lets a part of a schema that cannot be read accept anything. Where references may lead is a
    /// rule of whoever runs this and no slip of the document, so breaking it makes the schema
    /// unusable.
    fn accept_anything(&mut self, id: SchemaId, fault: Fault, notes: &mut Notes) {
        let (kind, help) = match fault.code {
            Code::E0205 => {
                ("schema that is not there", "add what it points to, or correct the reference")
            }
            Code::E0206 => (
                "schema of references that form a loop",
                "let one of the references lead to a definition",
            ),
            Code::E0208 => ("schema that is not supported", "use `$ref`"),
            _ => return self.faults.push((id, fault)),
        };
        let message = format!("{}; anything is accepted there", fault.message);
        notes.warn(Note { kind, code: fault.code, message, span: fault.span, help });
    }

    fn lower_discriminator(
        &mut self,
        node: &'d Node<'d>,
        reader: &mut Reader<'d>,
    ) -> Option<Discriminator> {
        let property = node.get("propertyName").and_then(Node::as_str).or_else(|| node.as_str());
        let Some(property) = property else {
            reader.notes.missing("`propertyName` of the discriminator", node, "it is left out");
            return None;
        };
        let mut discriminator = Discriminator {
            property: property.to_owned(),
            mapping: IndexMap::new(),
            default: None,
            base: None,
        };
        let mapping = node.get("mapping").and_then(Node::as_object).unwrap_or_default();
        for (key, value) in mapping {
            if let Some(id) = self.discriminated(value, reader) {
                discriminator.mapping.insert(key.name.to_string(), id);
            }
        }
        if let Some(default) = node.get("defaultMapping") {
            discriminator.default = self.discriminated(default, reader);
        }
        Some(discriminator)
    }

    /// The schema that a value of a discriminator means: the name of one, or a reference to it.
    fn discriminated(&mut self, value: &'d Node<'d>, reader: &mut Reader<'d>) -> Option<SchemaId> {
        let Some(target) = value.as_str() else {
            reader.notes.wrong_type("a value of the discriminator's mapping", value, "a string");
            return None;
        };
        let (found, name) = match reader.resolver.component_schema(target) {
            Some(found) => (Some(found), Some(target.to_owned())),
            None => (reader.resolver.target(target, value.span).ok(), target_name(target)),
        };
        let Some(found) = found else {
            reader.notes.count("discriminator value that leads to nothing");
            return None;
        };
        let id = self.reserve(found);
        if let Some(name) = name {
            self.names.entry(id).or_insert(name);
        }
        Some(id)
    }

    /// Required names may be declared by another part of a composition; where there is none, they
    /// are often a misspelling.
    fn check_required(&self, notes: &mut Notes) {
        let mut lacking = Vec::new();
        for id in self.schemas.ids() {
            let schema = &self.schemas[id];
            let is_alone = schema.reference.is_none()
                && schema.all_of.is_empty()
                && schema.any_of.is_empty()
                && schema.one_of.is_empty()
                && !schema.properties.is_empty();
            let unknown = schema.required.iter().find(|it| !schema.properties.contains_key(*it));
            lacking.extend(unknown.filter(|_| is_alone).zip(schema.span).map(|it| (id, it)));
        }
        if lacking.is_empty() {
            return;
        }
        let mut parts = HashSet::new();
        for id in self.schemas.ids() {
            let schema = &self.schemas[id];
            let members = schema.all_of.iter().chain(&schema.any_of).chain(&schema.one_of);
            parts.extend(members.map(|member| self.schemas.target(*member)));
        }
        for (_, (name, span)) in lacking.into_iter().filter(|(id, _)| !parts.contains(id)) {
            notes.warn(Note {
                kind: "required property that is not declared",
                code: Code::E0210,
                message: format!("`{name}` is required and not among the properties"),
                span,
                help: "declare the property, or remove it from `required`",
            });
        }
    }

    /// Opens chains of references that lead back to themselves.
    fn open_loops(&mut self, notes: &mut Notes) {
        let mut state = vec![0_usize; self.schemas.len()];
        for (round, start) in self.schemas.ids().enumerate() {
            let round = round + 1;
            let mut id = start;
            while let Some(seen) = state.get_mut(id.0 as usize) {
                if *seen == round {
                    self.schemas[id].reference = None;
                    if let Some(span) = self.schemas[id].span {
                        let message = "references of schemas form a loop";
                        self.accept_anything(id, Fault::new(Code::E0206, span, message), notes);
                    }
                    break;
                }
                if *seen != 0 {
                    break;
                }
                *seen = round;
                let Some(next) = self.schemas[id].reference else { break };
                id = next;
            }
        }
    }

    /// The schemas that are broken or lead to a broken one, each with the reason.
    pub(super) fn broken(&self) -> HashMap<SchemaId, &Fault> {
        let mut broken = HashMap::new();
        if self.faults.is_empty() {
            return broken;
        }
        let mut users = vec![Vec::new(); self.schemas.len()];
        for id in self.schemas.ids() {
            for edge in self.schemas[id].edges() {
                if let Some(users) = users.get_mut(edge.0 as usize) {
                    users.push(id);
                }
            }
        }
        let mut reached = VecDeque::new();
        for (id, fault) in &self.faults {
            reached.push_back((*id, fault));
        }
        while let Some((id, fault)) = reached.pop_front() {
            if broken.contains_key(&id) {
                continue;
            }
            broken.insert(id, fault);
            for user in users.get(id.0 as usize).into_iter().flatten() {
                reached.push_back((*user, fault));
            }
        }
        broken
    }

    /// The schemas, with the names of those that are targets of references. References lead to what
    /// definitions that are only references stand for.
    pub(super) fn finish(mut self) -> Schemas {
        let mut schemas = self.schemas;
        for id in schemas.ids() {
            let Some(target) = schemas[id].reference else { continue };
            let end = schemas.resolve(target);
            if end != target {
                schemas[id].reference = Some(end);
                if let Some(name) = self.names.get(&target).cloned() {
                    self.names.entry(end).or_insert(name);
                }
            }
        }
        for id in schemas.ids() {
            if let Some(name) = self.names.get(&id) {
                schemas[id].name = Some(name.clone());
            }
        }
        schemas
    }
}

/// Whether a keyword means something beside a `$ref` in a version that knows nothing there: what
/// people read, and what says that there may be no value.
fn stays_beside_reference(name: &str) -> bool {
    name.starts_with("x-")
        || matches!(
            name,
            "$ref"
                | "title"
                | "summary"
                | "description"
                | "deprecated"
                | "default"
                | "example"
                | "examples"
                | "nullable"
        )
}

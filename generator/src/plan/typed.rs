//! Rust types from the schemas of a document, for the operations that ask for them: of their
//! results, and of the arguments that are more than scalars.
//!
//! A type is never narrower than its schema, so that no reply is refused that the document allows,
//! and what a type reads it writes again: what cannot be said that way is a `Value`, and counted.

mod form;
mod item;
mod member;
mod reach;
mod tag;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(super) use self::form::Form;
use self::reach::Reach;
use super::census::Census;
use super::hash;
use super::names::rust;
use super::type_table::TypeTable;
use super::types::RustType;
use crate::model::schema::Access;
use crate::model::{Schema, SchemaId, Schemas};

/// Deepest nesting of types in each other without a name between them.
const DEPTH: usize = 24;
/// Longest name that is made of where something stands.
const NAME: usize = 60;

/// How values are counted whose members nothing tells apart.
const UNIONS: &str = "unions of typed values whose members nothing tells apart, kept as JSON";
/// How values are counted that are described in a way that no Rust type says.
const OTHERS: &str = "other parts of typed values that no Rust type says, kept as JSON";

/// Schemas that hold together, seen in one direction: what gives one type.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Key {
    /// The schemas, references followed.
    roots: Vec<SchemaId>,
    /// The schemas of which one member of a union was chosen, which is among the roots.
    chosen: Vec<SchemaId>,
    /// Without what the upstream alone writes.
    is_request: bool,
}

/// Where a type stands: what it is called after where it has no name, and how that is said.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The wanted name: `GetBookResponse`.
    pub(super) wanted: String,
    /// In words, as Markdown: ``the result of `get_book` ``.
    pub(super) words: String,
}

impl Place {
    /// Something inside this place.
    pub(super) fn inside(&self, name: &str, words: String) -> Self {
        let part = rust::type_name(&rust::snake(name, "value"));
        let mut wanted = format!("{}{part}", self.wanted);
        if wanted.len() > NAME {
            let kept: String = wanted.chars().take(NAME - 9).collect();
            wanted = format!("{kept}H{}", hash::short(&wanted));
        }
        Self { wanted, words }
    }
}

/// The types of one document, while they are collected.
pub(super) struct Models<'d, 't> {
    schemas: &'d Schemas,
    table: &'t mut TypeTable,
    census: &'t mut Census,
    reach: Reach,
    /// The types that have names.
    known: BTreeMap<Key, RustType>,
    /// Unions that are being planned: one that leads to itself without a struct between has no type.
    open: BTreeSet<Key>,
    /// Structs whose fields are to be planned.
    pending: VecDeque<item::Pending>,
}

/// What the types of a document are for.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// Schemas of arguments.
    pub(super) requests: Vec<SchemaId>,
    /// Schemas of results.
    pub(super) responses: Vec<SchemaId>,
}

impl<'d, 't> Models<'d, 't> {
    /// Gives every named schema that the uses lead to a name of its own. `document`: the name of the
    /// document, which stands before a name that somebody else has.
    pub(super) fn new(
        schemas: &'d Schemas,
        uses: &Uses,
        document: &str,
        table: &'t mut TypeTable,
        census: &'t mut Census,
    ) -> Self {
        let reach = Reach::new(schemas, uses, document, table);
        Self {
            schemas,
            table,
            census,
            reach,
            known: BTreeMap::new(),
            open: BTreeSet::new(),
            pending: VecDeque::new(),
        }
    }

    /// The type of what fits all of these schemas.
    pub(super) fn of(&mut self, roots: &[SchemaId], access: Access, place: &Place) -> RustType {
        let ty = self.at(roots, access == Access::Request, place, 0);
        self.fill_pending();
        ty
    }

    /// The type of a result that fits one of these schemas, each with what it is called.
    pub(super) fn any_of(&mut self, schemas: &[(String, SchemaId)], place: &Place) -> RustType {
        let ty = self.of_members(schemas, place);
        self.fill_pending();
        ty
    }

    fn at(
        &mut self,
        roots: &[SchemaId],
        is_request: bool,
        place: &Place,
        depth: usize,
    ) -> RustType {
        let (roots, nullable) = self.canonical(roots);
        let key =
            Key { is_request: self.reach.is_split(is_request, &roots), chosen: Vec::new(), roots };
        let ty = self.of_key(&key, place, depth);
        optional(ty, nullable)
    }

    /// The type of a key; optional where its values can be null.
    fn of_key(&mut self, key: &Key, place: &Place, depth: usize) -> RustType {
        if let Some(known) = self.known.get(key) {
            return known.clone();
        }
        if depth > DEPTH || self.open.contains(key) {
            self.census.widened(OTHERS, 1);
            return RustType::Value;
        }
        let access = if key.is_request { Access::Request } else { Access::Response };
        let form = Form::new(self.schemas, &key.roots, &key.chosen, access);
        // What is inside a schema with a name is called after it, wherever it was met first.
        let own_place =
            self.own_name(key).map(|name| Place { words: format!("`{name}`"), wanted: name });
        let place = own_place.as_ref().unwrap_or(place);
        let ty = self.of_form(key, &form, place, depth);
        if ty == RustType::Value {
            if form.says_something() {
                self.census.widened(if form.unions.is_empty() { OTHERS } else { UNIONS }, 1);
            }
            return ty;
        }
        let ty = optional(ty, form.nullable == Some(true));
        if ty.names_model() {
            self.known.insert(key.clone(), ty.clone());
        }
        ty
    }

    /// The schemas at the end of what only leads to them, and whether null is a value beside theirs.
    fn canonical(&self, roots: &[SchemaId]) -> (Vec<SchemaId>, bool) {
        let mut found = Vec::new();
        let mut nullable = !roots.is_empty();
        for root in roots {
            let (id, with_null) = self.followed(*root);
            let says_something = roots.len() == 1 || !self.schemas[id].is_any();
            nullable &= with_null || !says_something;
            if says_something && !found.contains(&id) {
                found.push(id);
            }
        }
        (found, nullable)
    }

    /// The schema that a schema stands for where it says nothing itself: a reference, an `allOf` of
    /// one, a union of one with null.
    fn followed(&self, id: SchemaId) -> (SchemaId, bool) {
        let (mut id, mut nullable) = (id, false);
        for _ in 0..self.schemas.len() {
            let schema = &self.schemas[id];
            let Some(next) = sole(self.schemas, schema) else { break };
            nullable |= schema.any_of.len() + schema.one_of.len() > 1;
            id = next;
        }
        (id, nullable)
    }
}

/// The schema that a schema leads to, where it says nothing itself.
fn sole(schemas: &Schemas, schema: &Schema) -> Option<SchemaId> {
    if !schema.has_no_rules() {
        return None;
    }
    let mut edges = schema.edges();
    let first = edges.next()?;
    let Some(second) = edges.next() else {
        let leads = schema.reference.is_some()
            || !schema.all_of.is_empty()
            || !schema.any_of.is_empty()
            || !schema.one_of.is_empty();
        return leads.then_some(first);
    };
    let is_union = schema.any_of.len() == 2 || schema.one_of.len() == 2;
    if !is_union || edges.next().is_some() {
        return None;
    }
    match (form::is_null(schemas, first), form::is_null(schemas, second)) {
        (false, true) => Some(first),
        (true, false) => Some(second),
        _ => None,
    }
}

/// A type of values that can be null too. What can be anything can be null.
fn optional(ty: RustType, nullable: bool) -> RustType {
    match ty {
        RustType::Optional(_) | RustType::Value | RustType::Unit => ty,
        ty if nullable => RustType::Optional(Box::new(ty)),
        ty => ty,
    }
}

#[cfg(test)]
mod tests;

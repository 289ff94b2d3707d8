//! Heirs of a schema: where a schema with a `discriminator` has no union, a value of it is one of the
//! schemas that have it in their `allOf` (OpenAPI 3.1.1, 4.8.24.3 and 4.8.25). Such a schema becomes
//! the union that is meant, and its heirs get a copy of it that is none.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ptr;

use super::Arena;
use crate::input::openapi::{Notes, Resolver, reference_of};
use crate::model::schema::Discriminator;
use crate::model::{Json, Schema, SchemaId, Schemas};
use crate::source::{Node, Value};

/// Most compositions in each other that are searched for what a schema inherits from.
const DEPTH: usize = 16;

/// The named schemas of a document, and which of them have another in their `allOf`.
#[derive(Debug)]
pub(super) struct Hierarchy<'d> {
    named: Vec<(&'d str, &'d Node<'d>)>,
    /// For what they inherit from, their places in `named`.
    heirs: HashMap<*const Node<'d>, Vec<usize>>,
}

impl<'d> Hierarchy<'d> {
    fn new(resolver: &mut Resolver<'d>) -> Self {
        let mut hierarchy = Self { named: Vec::new(), heirs: HashMap::new() };
        let named = resolver.named_schemas();
        let own: HashSet<_> = named.iter().map(|(_, node)| ptr::from_ref(*node)).collect();
        for (name, node) in named {
            // A name may stand for a schema elsewhere, such as in a file of its own.
            let Ok(followed) = resolver.follow(node) else { continue };
            let is_alias = !ptr::eq(followed.node, node);
            if is_alias && own.contains(&ptr::from_ref(followed.node)) {
                continue;
            }
            let at = hierarchy.named.len();
            hierarchy.named.push((name, followed.node));
            hierarchy.inherit(at, followed.node, 0, resolver);
        }
        hierarchy
    }

    fn inherit(
        &mut self,
        at: usize,
        node: &'d Node<'d>,
        depth: usize,
        resolver: &mut Resolver<'d>,
    ) {
        for part in node.get("allOf").and_then(Node::as_array).unwrap_or_default() {
            if reference_of(part).is_none() {
                if depth < DEPTH {
                    self.inherit(at, part, depth + 1, resolver);
                }
            } else if let Ok(followed) = resolver.follow(part) {
                self.heirs.entry(ptr::from_ref(followed.node)).or_default().push(at);
            }
        }
    }

    /// The schemas that inherit from this one, directly or not, in the order of the document.
    fn of(&self, node: &'d Node<'d>) -> impl Iterator<Item = (&'d str, &'d Node<'d>)> + '_ {
        let mut found = BTreeSet::new();
        let mut todo = vec![node];
        while let Some(next) = todo.pop() {
            for at in self.heirs.get(&ptr::from_ref(next)).into_iter().flatten() {
                if let Some((_, heir)) = self.named.get(*at)
                    && found.insert(*at)
                {
                    todo.push(heir);
                }
            }
        }
        found.into_iter().filter_map(|at| self.named.get(at).copied())
    }
}

/// A schema and what inherits from it.
#[derive(Debug)]
struct Family {
    base: SchemaId,
    heirs: Vec<SchemaId>,
    /// The values that mean the base itself; `None` where it has all that mean no heir.
    own_values: Option<Vec<String>>,
}

impl<'d> Arena<'d> {
    /// Reserves the named schemas that inherit from one with a discriminator and without a union.
    pub(super) fn reserve_heirs(
        &mut self,
        id: SchemaId,
        node: &'d Node<'d>,
        resolver: &mut Resolver<'d>,
    ) {
        let hierarchy = self.hierarchy.take().unwrap_or_else(|| Hierarchy::new(resolver));
        let mut heirs = Vec::new();
        for (name, heir) in hierarchy.of(node) {
            let heir = self.reserve(heir);
            self.names.entry(heir).or_insert_with(|| name.to_owned());
            heirs.push(heir);
        }
        self.bases.insert(id, heirs);
        self.hierarchy = Some(hierarchy);
    }

    /// Turns schemas that are meant as one of their heirs into unions of those.
    pub(in crate::lower) fn offer_heirs(&mut self, notes: &mut Notes) {
        let bases = std::mem::take(&mut self.bases);
        let broken: HashSet<SchemaId> = match bases.is_empty() {
            true => HashSet::new(),
            false => self.broken().into_keys().collect(),
        };
        let mut families = Vec::new();
        for (base, named) in bases {
            families.extend(self.family(base, &named, &broken, notes));
        }
        // Heirs refer to the copies, also those that are the base of others.
        let mut copies = HashMap::new();
        for family in &families {
            copies.insert(family.base, self.copy(family.base));
        }
        for family in &families {
            if let Some(copy) = copies.get(&family.base) {
                for heir in &family.heirs {
                    self.inherit_from(*heir, family.base, *copy);
                }
            }
        }
        for family in families {
            self.make_union(family, &copies);
        }
    }

    /// The heirs of a schema that one of its values can mean. `named`: those that have a name in the
    /// document.
    fn family(
        &self,
        base: SchemaId,
        named: &[SchemaId],
        broken: &HashSet<SchemaId>,
        notes: &mut Notes,
    ) -> Option<Family> {
        let schema = &self.schemas[base];
        // What may be null beside a composition has become a union too.
        let is_union = !schema.any_of.is_empty() || !schema.one_of.is_empty();
        let discriminator = schema.discriminator.as_ref().filter(|_| !is_union)?;
        let listed = listed(&self.schemas, base, &discriminator.property);
        let mapped = |id: SchemaId| {
            let targets = discriminator.mapping.iter();
            targets.filter(move |(_, target)| self.schemas.resolve(**target) == id)
        };
        let mut heirs: Vec<SchemaId> = Vec::new();
        let targets = discriminator.mapping.values().map(|target| self.schemas.resolve(*target));
        for heir in targets.chain(named.iter().copied()) {
            if heir == base || heirs.contains(&heir) {
                continue;
            }
            if broken.contains(&heir) || !inherited(&self.schemas, heir).contains(&base) {
                notes.count("schema that a discriminator means and that is no readable heir");
            } else if mapped(heir).next().is_none() && !self.is_meant(heir, discriminator, &listed)
            {
                notes.count("heir of a schema that no value of its discriminator means");
            } else {
                heirs.push(heir);
            }
        }
        let mut own: Vec<String> = mapped(base).map(|(value, _)| value.clone()).collect();
        let own_values = listed.map(|listed| {
            let is_own = |value: &String| {
                let means = |heir: &SchemaId| self.means(*heir, discriminator, value);
                !discriminator.mapping.contains_key(value) && !heirs.iter().any(means)
            };
            own.extend(listed.into_iter().filter(is_own));
            own
        });
        (!heirs.is_empty()).then_some(Family { base, heirs, own_values })
    }

    /// Whether a value that the base knows can mean an heir that no mapping names.
    fn is_meant(
        &self,
        heir: SchemaId,
        discriminator: &Discriminator,
        listed: &Option<Vec<String>>,
    ) -> bool {
        let Some(listed) = listed else { return true };
        listed.iter().any(|value| self.means(heir, discriminator, value))
    }

    /// Whether a value means an heir that no mapping names: its name, or one that its own property has
    /// in the place of it.
    fn means(&self, heir: SchemaId, discriminator: &Discriminator, value: &String) -> bool {
        if self.names.get(&heir) == Some(value) {
            return true;
        }
        let one = listed(&self.schemas, heir, &discriminator.property);
        one.is_some_and(|listed| listed.len() == 1 && listed.contains(value))
    }

    /// The schema that heirs have in their `allOf`, in the place of the union.
    fn copy(&mut self, base: SchemaId) -> SchemaId {
        let copy = self.add(Schema { discriminator: None, ..self.schemas[base].clone() });
        if let Some(name) = self.names.get(&base) {
            self.names.insert(copy, format!("{name}Base"));
        }
        copy
    }

    /// Lets an heir refer to the copy of what it inherits from.
    fn inherit_from(&mut self, heir: SchemaId, base: SchemaId, copy: SchemaId) {
        for id in inherited(&self.schemas, heir) {
            let schema = &mut self.schemas[id];
            for part in schema.reference.iter_mut().chain(&mut schema.all_of) {
                if *part == base {
                    *part = copy;
                }
            }
        }
    }

    fn make_union(&mut self, family: Family, copies: &HashMap<SchemaId, SchemaId>) {
        let Family { base, heirs, own_values } = family;
        let Some(copy) = copies.get(&base).copied() else { return };
        let Some(mut discriminator) = self.schemas[base].discriminator.take() else { return };
        // An heir that has heirs itself is meant as it is, not as one of those.
        let alone = |id: SchemaId| copies.get(&id).copied().unwrap_or(id);
        for target in discriminator.mapping.values_mut().chain(&mut discriminator.default) {
            *target = alone(self.schemas.resolve(*target));
        }
        for heir in heirs.iter().filter(|heir| copies.contains_key(heir)) {
            // The copy is called otherwise, which would be read as its value.
            let is_mapped = discriminator.mapping.values().any(|target| *target == alone(*heir));
            if let Some(name) = self.names.get(heir).filter(|_| !is_mapped) {
                discriminator.mapping.entry(name.clone()).or_insert(alone(*heir));
            }
        }
        let has_base = own_values.as_ref().is_none_or(|values| !values.is_empty());
        let name = self.names.get(&base).cloned();
        for value in own_values.unwrap_or_else(|| name.into_iter().collect()) {
            discriminator.mapping.entry(value).or_insert(copy);
        }
        discriminator.base = Some(copy);
        let members = heirs.into_iter().map(alone).chain(has_base.then_some(copy));
        let members: Vec<SchemaId> = members
            .map(|id| self.add(Schema { reference: Some(id), ..Schema::default() }))
            .collect();
        let schema = &self.schemas[base];
        let union = Schema {
            span: schema.span,
            types: schema.types.clone(),
            title: schema.title.clone(),
            description: schema.description.clone(),
            default: schema.default.clone(),
            examples: schema.examples.clone(),
            deprecated: schema.deprecated,
            read_only: schema.read_only,
            write_only: schema.write_only,
            any_of: members,
            discriminator: Some(discriminator),
            ..Schema::default()
        };
        self.schemas.set(base, union);
    }
}

/// Whether a schema says itself which other schemas a value can be.
pub(super) fn has_union(node: &Node<'_>) -> bool {
    ["anyOf", "oneOf"].iter().any(|key| {
        node.get(key)
            .is_some_and(|union| matches!(&union.value, Value::Array(all) if !all.is_empty()))
    })
}

/// The texts that a property of a schema can have, where they are listed.
fn listed(schemas: &Schemas, id: SchemaId, property: &str) -> Option<Vec<String>> {
    let mut found: Option<Vec<String>> = None;
    for owner in inherited(schemas, id) {
        let Some(property) = schemas[owner].properties.get(property) else { continue };
        for part in inherited(schemas, *property) {
            let schema = &schemas[part];
            let constant = schema.constant.as_ref().map(std::slice::from_ref);
            for values in schema.enumeration.as_deref().into_iter().chain(constant) {
                let texts = values.iter().filter_map(Json::as_str);
                found = Some(match found {
                    None => texts.map(str::to_owned).collect(),
                    Some(before) => {
                        let both: Vec<&str> = texts.collect();
                        before.into_iter().filter(|text| both.contains(&text.as_str())).collect()
                    }
                });
            }
        }
    }
    found.filter(|values| !values.is_empty())
}

/// What a schema leads to by references and `allOf`, itself among it.
fn inherited(schemas: &Schemas, id: SchemaId) -> BTreeSet<SchemaId> {
    let mut found = BTreeSet::new();
    let mut todo = vec![id];
    while let Some(next) = todo.pop() {
        if found.insert(next) {
            let schema = &schemas[next];
            todo.extend(schema.reference.iter().chain(&schema.all_of));
        }
    }
    found
}

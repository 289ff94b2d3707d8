//! What the types of a document are for: which schemas are seen from results, which look different
//! in each direction, and the names of those that have one.

use std::collections::BTreeMap;

use super::Uses;
use crate::model::{Schema, SchemaId, Schemas};
use crate::plan::names::rust;
use crate::plan::type_table::TypeTable;

/// What is behind the name of a type whose values are sent, where what is received looks different.
const REQUEST: &str = "Request";

/// What schemas are for.
#[derive(Debug)]
pub(super) struct Reach {
    /// Seen from a result.
    received: Vec<bool>,
    /// Leads to a property that only one direction has.
    split: Vec<bool>,
    /// The names of schemas, by schema and whether it is that of a request.
    names: BTreeMap<(SchemaId, bool), String>,
}

impl Reach {
    pub(super) fn new(
        schemas: &Schemas,
        uses: &Uses,
        document: &str,
        table: &mut TypeTable,
    ) -> Self {
        let received = reached(schemas, &uses.responses);
        let sent = reached(schemas, &uses.requests);
        let split = split(schemas);
        let mut reach = Self { received, split, names: BTreeMap::new() };
        for id in schemas.ids() {
            let Some(name) = schemas[id].name.as_deref() else { continue };
            let (is_received, is_sent) = (at(&reach.received, id), at(&sent, id));
            let is_split = at(&reach.split, id);
            if is_received || is_sent && !is_split {
                reach.names.insert((id, false), allocate(name, "", document, table));
            }
            if is_sent && is_split {
                reach.names.insert((id, true), allocate(name, REQUEST, document, table));
            }
        }
        reach
    }

    /// Whether what is sent looks different from what is received.
    pub(super) fn is_split(&self, is_request: bool, roots: &[SchemaId]) -> bool {
        is_request && roots.iter().any(|root| at(&self.split, *root))
    }

    /// Whether one of the schemas is seen from a result, so that its values may be others than the
    /// document knows.
    pub(super) fn is_received(&self, roots: &[SchemaId]) -> bool {
        roots.iter().any(|root| at(&self.received, *root))
    }

    /// The name of a schema, which one type gets.
    pub(super) fn name(&self, id: SchemaId, is_request: bool) -> Option<&str> {
        self.names.get(&(id, is_request)).map(String::as_str)
    }
}

fn at(flags: &[bool], id: SchemaId) -> bool {
    flags.get(id.0 as usize).copied().unwrap_or_default()
}

/// The name of a schema, else with that of its document before it, else with a number.
fn allocate(name: &str, suffix: &str, document: &str, table: &mut TypeTable) -> String {
    let wanted = format!("{}{suffix}", rust::type_name(&rust::snake(name, "model")));
    if rust::model(&wanted).is_some_and(|it| it == wanted) && table.reserve(&wanted) {
        return wanted;
    }
    let document = rust::type_name(&rust::snake(document, "document"));
    table.allocate(&format!("{document}{wanted}"))
}

/// The schemas that a value can have inside itself.
fn parts(schema: &Schema) -> impl Iterator<Item = SchemaId> + '_ {
    let mapping =
        schema.discriminator.iter().flat_map(|it| it.mapping.values().chain(&it.default).copied());
    schema.edges().chain(mapping)
}

fn reached(schemas: &Schemas, roots: &[SchemaId]) -> Vec<bool> {
    let mut seen = vec![false; schemas.len()];
    let mut todo = roots.to_vec();
    while let Some(id) = todo.pop() {
        if let Some(seen) = seen.get_mut(id.0 as usize)
            && !std::mem::replace(seen, true)
        {
            todo.extend(parts(&schemas[id]));
        }
    }
    seen
}

/// The schemas that lead to one that only one direction sees.
fn split(schemas: &Schemas) -> Vec<bool> {
    let mut users = vec![Vec::new(); schemas.len()];
    let mut todo = Vec::new();
    for id in schemas.ids() {
        if schemas[id].read_only || schemas[id].write_only {
            todo.push(id);
        }
        for part in parts(&schemas[id]) {
            if let Some(users) = users.get_mut(part.0 as usize) {
                users.push(id);
            }
        }
    }
    let mut split = vec![false; schemas.len()];
    while let Some(id) = todo.pop() {
        if let (Some(flag), Some(users)) = (split.get_mut(id.0 as usize), users.get(id.0 as usize))
            && !std::mem::replace(flag, true)
        {
            todo.extend(users);
        }
    }
    split
}

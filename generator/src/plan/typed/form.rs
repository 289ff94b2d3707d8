//! What is known of the values of schemas that hold together: references followed, `allOf`
//! intersected, unions with null read as nullable values.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::model::schema::{Access, JsonType};
use crate::model::{Json, Schema, SchemaId, Schemas};

/// Most schemas that are looked at for one form; compositions of compositions multiply.
const STEPS: usize = 4096;

/// What is known of values.
#[derive(Clone, Debug, Default)]
pub(in crate::plan) struct Form {
    /// The accepted types except `null`; `None`: any.
    pub(super) types: Option<BTreeSet<JsonType>>,
    /// Whether `null` is accepted; `None`: nothing says so.
    pub(super) nullable: Option<bool>,
    /// The accepted values except `null`, where they are listed.
    pub(in crate::plan) values: Option<Vec<Json>>,
    pub(super) format: Option<String>,
    pub(super) minimum: Option<serde_json::Number>,
    pub(super) maximum: Option<serde_json::Number>,
    /// The schemas of items.
    pub(super) items: Vec<SchemaId>,
    /// The schemas of the first items, and whether each list has all of them and no others.
    pub(super) first: Vec<SchemaId>,
    pub(super) is_tuple: bool,
    /// The properties that exist in this direction, each with the schemas that all hold.
    pub(in crate::plan) properties: IndexMap<String, Vec<SchemaId>>,
    pub(in crate::plan) required: BTreeSet<String>,
    pub(super) others: Others,
    /// Unions of several members.
    pub(super) unions: Vec<Union>,
    /// Nothing can be said: it contradicts itself, or is too large.
    pub(super) is_lost: bool,
}

/// The properties beside those that have names.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Others {
    /// Nothing is said of them.
    #[default]
    Unsaid,
    /// There are none.
    None,
    /// Those that fit these schemas; without one, any.
    Some(Vec<SchemaId>),
}

/// A union of several members, without null.
#[derive(Clone, Debug)]
pub(super) struct Union {
    /// The schema that has it.
    pub(super) owner: SchemaId,
    pub(super) members: Vec<SchemaId>,
}

impl Form {
    /// The form of what fits all of `roots`. Of the schemas in `chosen`, a member of their union is
    /// among the roots.
    pub(in crate::plan) fn new(
        schemas: &Schemas,
        roots: &[SchemaId],
        chosen: &[SchemaId],
        access: Access,
    ) -> Self {
        let mut reader =
            Reader { schemas, chosen, access, seen: BTreeSet::new(), form: Self::default() };
        roots.iter().for_each(|root| reader.absorb(*root));
        let mut form = reader.form;
        if let Some(values) = &form.values {
            form.is_lost |= values.is_empty() && form.nullable != Some(true);
        }
        form
    }

    /// Whether it is more than any value.
    pub(super) fn says_something(&self) -> bool {
        self.types.is_some()
            || self.values.is_some()
            || self.is_object()
            || !self.items.is_empty()
            || !self.unions.is_empty()
            || self.is_lost
    }

    /// Whether it names properties, so that it is meant as an object.
    pub(super) fn is_object(&self) -> bool {
        !self.properties.is_empty() || matches!(self.others, Others::Some(_))
    }

    /// Whether it says anything beside its unions and the kind of its values.
    pub(super) fn has_structure(&self) -> bool {
        self.is_object()
            || !self.required.is_empty()
            || !self.items.is_empty()
            || self.values.is_some()
    }
}

struct Reader<'s> {
    schemas: &'s Schemas,
    chosen: &'s [SchemaId],
    access: Access,
    seen: BTreeSet<SchemaId>,
    form: Form,
}

impl Reader<'_> {
    fn absorb(&mut self, id: SchemaId) {
        if self.seen.len() >= STEPS {
            self.form.is_lost = true;
            return;
        }
        // What is there twice says the same twice, also where it leads to itself.
        if !self.seen.insert(id) {
            return;
        }
        let schema = &self.schemas[id];
        let form = &mut self.form;
        form.is_lost |= schema.never;
        form.restrict_types(&schema.types);
        for values in schema.enumeration.iter().map(Vec::as_slice).chain(constant(schema)) {
            form.restrict_values(values);
        }
        keep(&mut form.format, schema.format.as_ref());
        keep(&mut form.minimum, schema.minimum.as_ref());
        keep(&mut form.maximum, schema.maximum.as_ref());
        self.absorb_list(schema);
        self.absorb_object(schema);
        if let Some(target) = schema.reference {
            self.absorb(target);
        }
        schema.all_of.iter().for_each(|member| self.absorb(*member));
        if !self.chosen.contains(&id) {
            self.absorb_union(id, &schema.any_of);
            self.absorb_union(id, &schema.one_of);
        }
    }

    fn absorb_list(&mut self, schema: &Schema) {
        let form = &mut self.form;
        if schema.prefix_items.is_empty() {
            form.items.extend(schema.items);
            return;
        }
        let length = Some(schema.prefix_items.len() as u64);
        let is_closed = schema.items.is_some_and(|items| self.schemas[items].never)
            || schema.max_items == length;
        form.is_tuple = form.first.is_empty() && is_closed && schema.min_items == length;
        form.first.extend(&schema.prefix_items);
    }

    fn absorb_object(&mut self, schema: &Schema) {
        let form = &mut self.form;
        for (name, property) in &schema.properties {
            if self.schemas.is_visible(*property, self.access) {
                let all = form.properties.entry(name.clone()).or_default();
                if !all.contains(property) {
                    all.push(*property);
                }
            }
        }
        let is_hidden = |name: &&String| {
            let property = schema.properties.get(*name);
            property.is_some_and(|property| !self.schemas.is_visible(*property, self.access))
        };
        form.required.extend(schema.required.iter().filter(|name| !is_hidden(name)).cloned());
        if schema.applicator_maps.contains_key("patternProperties") {
            form.others = Others::Some(Vec::new());
        }
        let Some(others) = schema.additional_properties else { return };
        form.others = match (std::mem::take(&mut form.others), &self.schemas[others]) {
            // What a part of a composition excludes, another part may name.
            (Others::Unsaid, others) if others.never => Others::None,
            (before, others) if others.never => before,
            (Others::Some(before), _) if before.is_empty() => Others::Some(before),
            (Others::Some(mut before), _) => {
                before.push(others);
                Others::Some(before)
            }
            (_, schema) if schema.is_any() => Others::Some(Vec::new()),
            _ => Others::Some(vec![others]),
        };
    }

    /// A union of one member and null is that member; one that only says which properties go
    /// together is left to the check.
    fn absorb_union(&mut self, owner: SchemaId, union: &[SchemaId]) {
        if union.is_empty() {
            return;
        }
        let members: Vec<SchemaId> =
            union.iter().copied().filter(|member| !is_null(self.schemas, *member)).collect();
        if members.len() < union.len() {
            self.form.nullable.get_or_insert(true);
        }
        if let Some(values) = listed_values(self.schemas, union) {
            self.form.restrict_values(&values);
            return;
        }
        match members.as_slice() {
            [] => self.form.restrict_types(&[JsonType::Null]),
            [one] if members.len() < union.len() => {
                let nullable = self.form.nullable;
                self.absorb(*one);
                self.form.nullable = nullable;
            }
            [one] => self.absorb(*one),
            several if several.iter().all(|id| is_condition(&self.schemas[*id])) => {}
            _ => self.form.unions.push(Union { owner, members }),
        }
    }
}

impl Form {
    fn restrict_null(&mut self, allowed: bool) {
        self.nullable = Some(self.nullable.unwrap_or(true) && allowed);
    }

    fn restrict_types(&mut self, types: &[JsonType]) {
        if types.is_empty() {
            return;
        }
        self.restrict_null(types.contains(&JsonType::Null));
        let new = types.iter().copied().filter(|ty| *ty != JsonType::Null);
        self.types = Some(match self.types.take() {
            None => new.collect(),
            Some(old) => {
                let has = |ty: JsonType| old.contains(&ty);
                let kept = new.filter_map(|ty| match ty {
                    JsonType::Number if !has(ty) && has(JsonType::Integer) => {
                        Some(JsonType::Integer)
                    }
                    JsonType::Integer if has(JsonType::Number) => Some(ty),
                    _ => has(ty).then_some(ty),
                });
                let kept: BTreeSet<JsonType> = kept.collect();
                self.is_lost |= kept.is_empty() && !old.is_empty();
                kept
            }
        });
    }

    fn restrict_values(&mut self, values: &[Json]) {
        self.restrict_null(values.iter().any(Json::is_null));
        let new = values.iter().filter(|value| !value.is_null());
        self.values = Some(match self.values.take() {
            None => new.cloned().collect(),
            Some(old) => new.filter(|value| old.contains(value)).cloned().collect(),
        });
    }
}

fn constant(schema: &Schema) -> Option<&[Json]> {
    schema.constant.as_ref().map(std::slice::from_ref)
}

/// Whether a schema accepts null and nothing else.
pub(super) fn is_null(schemas: &Schemas, id: SchemaId) -> bool {
    let schema = &schemas[schemas.resolve(id)];
    schema.types == [JsonType::Null]
        || schema.constant.as_ref().is_some_and(Json::is_null)
        || schema.enumeration.as_ref().is_some_and(|values| values.iter().all(Json::is_null))
}

/// The values of a union that lists them one by one, as documents do that describe each.
fn listed_values(schemas: &Schemas, union: &[SchemaId]) -> Option<Vec<Json>> {
    let mut values = Vec::new();
    for member in union {
        let schema = &schemas[schemas.resolve(*member)];
        if schema.edges().next().is_some() {
            return None;
        }
        match (&schema.constant, &schema.enumeration) {
            (Some(value), None) => values.push(value.clone()),
            (None, Some(several)) => values.extend(several.iter().cloned()),
            _ if schema.types == [JsonType::Null] => values.push(Json::Null),
            _ => return None,
        }
    }
    Some(values).filter(|values| !values.iter().all(Json::is_null))
}

/// Whether a member of a union only says which of the properties beside the union are there.
fn is_condition(schema: &Schema) -> bool {
    schema.reference.is_none()
        && schema.properties.is_empty()
        && schema.additional_properties.is_none()
        && schema.items.is_none()
        && schema.prefix_items.is_empty()
        && schema.all_of.is_empty()
        && schema.any_of.is_empty()
        && schema.one_of.is_empty()
        && schema.enumeration.is_none()
        && schema.constant.is_none()
        && (schema.types.is_empty() || schema.types == [JsonType::Object])
        && (!schema.required.is_empty() || schema.not.is_some())
}

fn keep<T: Clone>(slot: &mut Option<T>, new: Option<&T>) {
    if slot.is_none() {
        *slot = new.cloned();
    }
}

//! Whether a body is an object whose properties can be arguments of their own.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::model::schema::JsonType;
use crate::model::{Json, Schema, SchemaId, Schemas};

/// Deepest chain of references and compositions that is followed.
const DEPTH: usize = 32;
/// Most schemas that are merged into one body; compositions of compositions multiply.
const STEPS: usize = 4096;

/// The properties of a body, `$ref` and `allOf` merged.
#[derive(Clone, Debug, Default)]
pub(super) struct Flat {
    /// Each property with all schemas that it has to fit.
    pub(super) properties: IndexMap<String, Vec<SchemaId>>,
    pub(super) required: BTreeSet<String>,
    /// There are conditions between properties that only the upstream checks.
    pub(super) alternatives: bool,
    /// Those of them that can be said in a sentence.
    pub(super) conditions: Vec<Condition>,
    /// Properties beside the named ones are described.
    pub(super) extra: bool,
    /// What the values of these have to fit, all of it.
    pub(super) others: Vec<SchemaId>,
    /// There is more to them, which only the upstream checks.
    pub(super) unchecked: bool,
    /// How many properties were named beside each of `others`.
    named: Vec<usize>,
    /// How many schemas were merged.
    steps: usize,
}

/// What a body says of several properties at once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Condition {
    /// All properties of one of these groups are needed; `exactly`: of one only.
    OneOf { groups: Vec<Vec<String>>, exactly: bool },
    /// The first needs the others.
    Needs(String, Vec<String>),
    /// At least so many are needed.
    AtLeast(u64),
    /// The body may be left out, and needs these where it is not.
    WhenSent(Vec<String>),
}

impl Condition {
    /// It as a sentence, where `name` knows what each of its properties is called.
    pub(super) fn said(&self, name: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let all = |group: &[String]| -> Option<String> {
            let names: Option<Vec<String>> =
                group.iter().map(|property| Some(format!("`{}`", name(property)?))).collect();
            Some(names?.join(" and "))
        };
        match self {
            Self::OneOf { groups, exactly } => {
                let groups: Option<Vec<String>> = groups.iter().map(|group| all(group)).collect();
                let how = if *exactly { "Exactly" } else { "At least" };
                Some(format!("{how} one of these is needed: {}.", groups?.join("; ")))
            }
            Self::Needs(property, others) => {
                Some(format!("{} needs {}.", all(std::slice::from_ref(property))?, all(others)?))
            }
            Self::WhenSent(needed) => {
                // What callers do not see is none of theirs.
                let seen = needed.iter().filter_map(|property| name(property));
                let seen: Vec<String> = seen.map(|name| format!("`{name}`")).collect();
                let verb = if seen.len() > 1 { "are" } else { "is" };
                (!seen.is_empty()).then(|| {
                    format!("With any property of the body, {} {verb} needed.", seen.join(" and "))
                })
            }
            Self::AtLeast(1) => Some("At least one property of the body is needed.".to_owned()),
            Self::AtLeast(count) => {
                Some(format!("At least {count} properties of the body are needed."))
            }
        }
    }
}

/// The properties of a body. `None` where merging would lose something, or there are none.
pub(super) fn flatten(schemas: &Schemas, id: SchemaId) -> Option<Flat> {
    let mut flat = Flat::default();
    merge(schemas, id, 0, &mut flat)?;
    // What one part of a composition names is beside the names of another.
    flat.unchecked |= flat.named.iter().any(|named| *named < flat.properties.len());
    (!flat.properties.is_empty()).then_some(flat)
}

fn merge(schemas: &Schemas, id: SchemaId, depth: usize, flat: &mut Flat) -> Option<()> {
    let node = &schemas[id];
    let object = node.types.is_empty() || node.types.contains(&JsonType::Object);
    let closed = node.enumeration.is_some() || node.constant.is_some();
    flat.steps += 1;
    if depth > DEPTH || flat.steps > STEPS || node.never || !object || closed {
        return None;
    }
    if let Some(target) = node.reference {
        merge(schemas, target, depth + 1, flat)?;
    }
    for (name, property) in &node.properties {
        let own = flat.properties.entry(name.clone()).or_default();
        if !own.contains(property) {
            own.push(*property);
        }
    }
    flat.required.extend(node.required.iter().cloned());
    for member in &node.all_of {
        merge(schemas, *member, depth + 1, flat)?;
    }
    for (union, exactly) in [(&node.any_of, false), (&node.one_of, true)] {
        merge_union(schemas, union, exactly, depth + 1, flat)?;
    }
    say_conditions(node, flat);
    flat.alternatives |= node.not.is_some()
        || !node.applicators.is_empty()
        || node.applicator_maps.contains_key("dependentSchemas")
        || node.min_properties.is_some()
        || node.max_properties.is_some()
        || node.keywords.contains_key("dependentRequired");
    let additional = node.additional_properties.filter(|id| {
        let additional = &schemas[*id];
        !additional.never && says_something(additional)
    });
    let has_patterns = node.applicator_maps.contains_key("patternProperties");
    flat.extra |= additional.is_some() || has_patterns;
    flat.unchecked |= has_patterns;
    if let Some(additional) = additional.filter(|_| !has_patterns) {
        flat.others.push(additional);
        flat.named.push(node.properties.len());
    }
    Some(())
}

/// A union can be merged where it only says `null`, or only which properties go together.
fn merge_union(
    schemas: &Schemas,
    union: &[SchemaId],
    exactly: bool,
    depth: usize,
    flat: &mut Flat,
) -> Option<()> {
    let is_null = |id: &SchemaId| schemas[*id].types == [JsonType::Null];
    let branches: Vec<SchemaId> = union.iter().copied().filter(|id| !is_null(id)).collect();
    match branches.as_slice() {
        [] => Some(()),
        [one] => merge(schemas, *one, depth, flat),
        several => {
            let conditions = several.iter().all(|id| {
                let node = &schemas[*id];
                node.reference.is_none()
                    && node.properties.is_empty()
                    && node.all_of.is_empty()
                    && node.any_of.is_empty()
                    && node.one_of.is_empty()
                    && (node.types.is_empty() || node.types == [JsonType::Object])
            });
            flat.alternatives = true;
            let groups: Vec<_> = several.iter().map(|id| schemas[*id].required.clone()).collect();
            if branches.len() == union.len() && groups.iter().all(|group| !group.is_empty()) {
                flat.conditions.push(Condition::OneOf { groups, exactly });
            }
            conditions.then_some(())
        }
    }
}

/// Notes what a schema says of several properties by keywords of its own.
fn say_conditions(node: &Schema, flat: &mut Flat) {
    let needs = node.keywords.get("dependentRequired").and_then(Json::as_object);
    for (property, others) in needs.into_iter().flatten() {
        let others = others.as_array().into_iter().flatten().filter_map(Json::as_str);
        let others: Vec<String> = others.map(str::to_owned).collect();
        if !others.is_empty() {
            flat.conditions.push(Condition::Needs(property.clone(), others));
        }
    }
    if let Some(count) = node.min_properties.filter(|count| *count > node.required.len() as u64) {
        flat.conditions.push(Condition::AtLeast(count));
    }
}

/// Whether a schema of additional properties is more than `true`.
fn says_something(schema: &Schema) -> bool {
    !schema.types.is_empty()
        || schema.reference.is_some()
        || !schema.any_of.is_empty()
        || !schema.one_of.is_empty()
        || !schema.all_of.is_empty()
}

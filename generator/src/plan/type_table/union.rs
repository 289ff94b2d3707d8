//! Unions: an enum with a variant for each type, where it is certain which one a value is meant for.

use std::collections::{BTreeMap, BTreeSet};

use super::{RustType, Shape, TypeTable};
use crate::model::Json;

/// Most members that the name of a union lists.
const NAMED: usize = 4;

/// A member of a union.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Part {
    /// Its type.
    pub(in crate::plan) ty: RustType,
    /// What its objects look like, where they are objects with known properties.
    pub(in crate::plan) outline: Option<Outline>,
}

/// What tells objects apart.
#[derive(Clone, Debug, Default)]
pub(in crate::plan) struct Outline {
    /// All properties.
    pub(in crate::plan) properties: BTreeSet<String>,
    /// Those that every object has.
    pub(in crate::plan) required: BTreeSet<String>,
    /// Those with a few possible values.
    pub(in crate::plan) constants: BTreeMap<String, Vec<Json>>,
}

impl TypeTable {
    /// The type of a union; `wanted`: its name, where the names of its members would be too many.
    ///
    /// A value is the first variant that it fits, so a member must not fit what is meant for a later
    /// one: of objects, because a constant differs, or because an earlier one needs a property that
    /// the later one does not have. Where that is not certain the union is a `Value`.
    pub(in crate::plan) fn union(&mut self, wanted: &str, parts: Vec<Part>) -> RustType {
        let mut optional = false;
        let mut unique: Vec<Part> = Vec::new();
        for Part { mut ty, outline } in parts {
            while let RustType::Optional(inner) = ty {
                optional = true;
                ty = *inner;
            }
            if ty == RustType::Unit {
                optional = true;
            } else if !unique.iter().any(|it| it.ty == ty) {
                unique.push(Part { ty, outline });
            }
        }
        let ty = self.of_parts(wanted, unique);
        if optional && ty != RustType::Value { RustType::Optional(Box::new(ty)) } else { ty }
    }

    fn of_parts(&mut self, wanted: &str, mut parts: Vec<Part>) -> RustType {
        if let [one] = parts.as_slice() {
            return one.ty.clone();
        }
        let names: Vec<Option<String>> = parts.iter().map(|it| variant_name(&it.ty)).collect();
        let Some(names) = names.into_iter().collect::<Option<Vec<String>>>() else {
            return RustType::Value;
        };
        let distinct: BTreeSet<&String> = names.iter().collect();
        if distinct.len() < names.len() || names.is_empty() {
            return RustType::Value;
        }
        let docs = format!("{}.", listed(&names));
        let name = if names.len() <= NAMED { names.join("Or") } else { wanted.to_owned() };
        // Stable, so that members stay in the order of the declaration where it does not matter.
        parts.sort_by_key(|part| self.rank(part));
        let is_certain = parts.iter().enumerate().all(|(at, later)| {
            let mut earlier = parts[..at].iter();
            earlier.all(|earlier| is_apart(earlier, later))
        });
        if !is_certain {
            return RustType::Value;
        }
        let variant = |part: Part| Some((variant_name(&part.ty)?, part.ty));
        let variants = parts.into_iter().filter_map(variant).collect();
        self.add(&name, &docs, Shape::Union(variants))
    }

    /// What says more about a value is asked first: an integer is a number too, and a word of an
    /// enum a text.
    fn rank(&self, part: &Part) -> (u8, std::cmp::Reverse<usize>) {
        let required = part.outline.as_ref().map_or(0, |outline| outline.required.len());
        let kind = match &part.ty {
            RustType::Number | RustType::Text => 2,
            RustType::Map(_) => 3,
            RustType::Model(_) if part.outline.is_none() => 0,
            _ => 1,
        };
        (kind, std::cmp::Reverse(required))
    }
}

/// `Cat`, `Dog` or `Text`, for a doc comment.
fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => names.concat(),
    }
}

/// Whether what is meant for the later one does not fit the earlier one.
fn is_apart(earlier: &Part, later: &Part) -> bool {
    match (&earlier.outline, &later.outline) {
        (Some(earlier), Some(later)) => {
            let needs_more = earlier.required.iter().any(|name| !later.properties.contains(name));
            needs_more || differs(earlier, later)
        }
        (Some(earlier), None) if matches!(later.ty, RustType::Map(_)) => {
            !earlier.required.is_empty()
        }
        // An enum of words and one of other words, lists of this and that: none loses anything.
        _ => true,
    }
}

/// Whether a property that both have takes other values.
fn differs(left: &Outline, right: &Outline) -> bool {
    left.constants.iter().any(|(name, values)| {
        right.constants.get(name).is_some_and(|other| !values.iter().any(|it| other.contains(it)))
    })
}

/// The variant of a type; `None` where JSON says too little about it.
fn variant_name(ty: &RustType) -> Option<String> {
    Some(match ty {
        RustType::Text => "Text".to_owned(),
        RustType::Integer => "Integer".to_owned(),
        RustType::Number => "Number".to_owned(),
        RustType::Flag => "Flag".to_owned(),
        RustType::Model(name) => name.clone(),
        RustType::List(item) => format!("{}List", variant_name(item)?),
        RustType::Map(value) if **value == RustType::Value => "Map".to_owned(),
        RustType::Map(value) => format!("{}Map", variant_name(value)?),
        RustType::Boxed(inner) => variant_name(inner)?,
        RustType::Tuple(_) => "Tuple".to_owned(),
        _ => return None,
    })
}

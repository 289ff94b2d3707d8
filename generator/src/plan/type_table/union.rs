//! Unions: an enum with a variant for each type, where it is certain which one a value is meant for.

use std::collections::{BTreeMap, BTreeSet};

use super::{RustType, Shape, TypeTable};
use crate::model::Json;

/// Most members that the name of a union lists.
const NAMED: usize = 4;
/// Longest such name of a union that has a place to be called after.
const JOINED: usize = 40;

/// Deepest nesting of unions that is looked at.
const DEPTH: usize = 8;

/// What a union is called.
#[derive(Clone, Copy, Debug)]
pub(in crate::plan) enum Name<'n> {
    /// A name that was reserved, and its documentation.
    Given(&'n str, &'n str),
    /// The name that it gets where the names of its members would be too many.
    Wanted(&'n str),
    /// The same, and the beginning of the names of members that have none of their own.
    Place(&'n str),
}

impl Name<'_> {
    /// The name of a member without that of the union before it.
    fn short(&self, member: &str) -> String {
        let rest = match self {
            Self::Given(name, _) | Self::Place(name) => member.strip_prefix(name),
            Self::Wanted(_) => None,
        };
        let is_name = |rest: &&str| rest.starts_with(|first: char| first.is_ascii_uppercase());
        rest.filter(is_name).filter(|rest| *rest != "Self").unwrap_or(member).to_owned()
    }
}

/// What JSON writes. Of a scalar that is read as another one nothing is lost.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Form {
    /// A text, a number or a boolean.
    Scalar,
    /// A list.
    List,
    /// An object.
    Object,
}

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
        self.union_called(&Name::Wanted(wanted), parts)
    }

    /// [`union`](Self::union), its name given or wanted.
    pub(in crate::plan) fn union_called(&mut self, name: &Name<'_>, parts: Vec<Part>) -> RustType {
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
        let ty = self.of_parts(name, unique);
        if optional && ty != RustType::Value { RustType::Optional(Box::new(ty)) } else { ty }
    }

    fn of_parts(&mut self, called: &Name<'_>, mut parts: Vec<Part>) -> RustType {
        self.collapse_texts(&mut parts);
        if let [one] = parts.as_slice() {
            return one.ty.clone();
        }
        let names: Vec<Option<String>> = parts.iter().map(|it| variant_name(&it.ty)).collect();
        let Some(names) = names.into_iter().collect::<Option<Vec<String>>>() else {
            return RustType::Value;
        };
        let distinct: BTreeSet<String> = names.iter().map(|name| called.short(name)).collect();
        if distinct.len() < names.len() || names.is_empty() {
            return RustType::Value;
        }
        let docs = format!("{}.", listed(&names));
        // Stable, so that members stay in the order of the declaration where it does not matter.
        parts.sort_by_key(|part| self.rank(part));
        let is_certain = parts.iter().enumerate().all(|(at, later)| {
            let mut earlier = parts[..at].iter();
            earlier.all(|earlier| self.is_apart(earlier, later))
        });
        if !is_certain {
            return RustType::Value;
        }
        let variant = |part: Part| Some((called.short(&variant_name(&part.ty)?), part.ty));
        let shape = Shape::Union(parts.into_iter().filter_map(variant).collect());
        match called {
            Name::Given(name, docs) => {
                self.push((*name).to_owned(), (*docs).to_owned(), shape);
                RustType::Model((*name).to_owned())
            }
            Name::Wanted(wanted) | Name::Place(wanted) => {
                let joined = names.join("Or");
                let is_short = match called {
                    Name::Place(_) => {
                        joined.len() <= JOINED && names.iter().all(|it| called.short(it) == *it)
                    }
                    _ => true,
                };
                let is_joined = names.len() <= NAMED && is_short;
                self.add(if is_joined { &joined } else { wanted }, &docs, shape)
            }
        }
    }

    /// Where an enum keeps any other text too, it is the only one of texts: it takes the place of
    /// plain text, and two of them are plain text.
    fn collapse_texts(&self, parts: &mut Vec<Part>) {
        let is_open = |ty: &RustType| match ty {
            RustType::Model(name) => {
                matches!(self.get(name).map(|it| &it.shape), Some(Shape::OpenTexts { .. }))
            }
            _ => false,
        };
        let open = parts.iter().filter(|part| is_open(&part.ty)).count();
        if open == 0 {
            return;
        }
        let is_text = |ty: &RustType| *ty == RustType::Text || is_open(ty);
        let last = parts.iter().rposition(|part| is_text(&part.ty)).unwrap_or_default();
        if open > 1
            && let Some(part) = parts.get_mut(last)
        {
            part.ty = RustType::Text;
        }
        let mut at = 0;
        parts.retain(|part| {
            at += 1;
            let kept = if open > 1 { at - 1 == last } else { is_open(&part.ty) };
            kept || !is_text(&part.ty)
        });
    }

    /// Whether what is meant for the later one does not fit the earlier one.
    fn is_apart(&self, earlier: &Part, later: &Part) -> bool {
        match (&earlier.outline, &later.outline) {
            (Some(earlier), Some(later)) => {
                let needs_more =
                    earlier.required.iter().any(|name| !later.properties.contains(name));
                needs_more || differs(earlier, later)
            }
            (Some(earlier), None) if matches!(later.ty, RustType::Map(_)) => {
                !earlier.required.is_empty()
            }
            _ => !self.is_blurred(&earlier.ty, &later.ty) && self.is_other(&earlier.ty, &later.ty),
        }
    }

    /// Whether texts of one can be meant for the other: any text is a path, and many are base64.
    fn is_blurred(&self, earlier: &RustType, later: &RustType) -> bool {
        let is_open = |ty: &RustType| matches!(ty, RustType::Formatted(it) if !it.is_told());
        match (earlier, later) {
            (RustType::List(earlier), RustType::List(later))
            | (RustType::Map(earlier), RustType::Map(later)) => self.is_blurred(earlier, later),
            (one, other) => {
                is_open(one) && self.is_text(other, 0) || is_open(other) && self.is_text(one, 0)
            }
        }
    }

    /// Whether JSON may write the type as a text.
    fn is_text(&self, ty: &RustType, depth: usize) -> bool {
        match ty {
            RustType::Text | RustType::Formatted(_) | RustType::Value => true,
            RustType::Optional(inner) | RustType::Boxed(inner) => self.is_text(inner, depth),
            RustType::Model(name) => match self.get(name).map(|item| &item.shape) {
                Some(Shape::Texts(_) | Shape::OpenTexts { .. }) => true,
                Some(Shape::Union(variants)) => {
                    depth >= DEPTH || variants.iter().any(|(_, ty)| self.is_text(ty, depth + 1))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether JSON writes them differently, or nothing is lost where one is read as the other.
    fn is_other(&self, earlier: &RustType, later: &RustType) -> bool {
        match (earlier, later) {
            (RustType::List(earlier), RustType::List(later))
            | (RustType::Map(earlier), RustType::Map(later)) => self.is_other(earlier, later),
            _ => {
                let (left, right) = (self.forms(earlier, 0), self.forms(later, 0));
                let shared = left.intersection(&right);
                shared.max().is_none_or(|most| *most == Form::Scalar)
                    || [earlier, later].into_iter().all(is_tuple_of_scalars)
            }
        }
    }

    /// What a value of the type can be in JSON.
    fn forms(&self, ty: &RustType, depth: usize) -> BTreeSet<Form> {
        match ty {
            RustType::Optional(inner) | RustType::Boxed(inner) => self.forms(inner, depth + 1),
            RustType::List(_) | RustType::Tuple(_) => BTreeSet::from([Form::List]),
            RustType::Map(_) => BTreeSet::from([Form::Object]),
            RustType::Value => BTreeSet::from([Form::Scalar, Form::List, Form::Object]),
            RustType::Model(name) => match self.get(name).map(|item| &item.shape) {
                Some(Shape::Texts(_) | Shape::OpenTexts { .. } | Shape::Integers(_)) => {
                    BTreeSet::from([Form::Scalar])
                }
                Some(Shape::Union(variants)) if depth < DEPTH => {
                    variants.iter().flat_map(|(_, ty)| self.forms(ty, depth + 1)).collect()
                }
                Some(Shape::Union(_)) => self.forms(&RustType::Value, depth),
                Some(Shape::Struct(_) | Shape::Tagged(_)) | None => BTreeSet::from([Form::Object]),
            },
            _ => BTreeSet::from([Form::Scalar]),
        }
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

/// Lists of fixed and of any length, of scalars only.
fn is_tuple_of_scalars(ty: &RustType) -> bool {
    let is_scalar = |ty: &RustType| {
        use RustType::{Flag, Integer, Number, Sized, Text};
        matches!(ty, Text | Integer | Sized(_) | Number | Flag)
    };
    match ty {
        RustType::Tuple(items) => items.iter().all(is_scalar),
        RustType::List(item) => is_scalar(item),
        _ => false,
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
        RustType::Integer | RustType::Sized(_) => "Integer".to_owned(),
        RustType::Number => "Number".to_owned(),
        RustType::Flag => "Flag".to_owned(),
        RustType::Model(name) => name.clone(),
        RustType::Formatted(format) => format!("{format:?}"),
        RustType::List(item) => format!("{}List", variant_name(item)?),
        RustType::Map(value) if **value == RustType::Value => "Map".to_owned(),
        RustType::Map(value) => format!("{}Map", variant_name(value)?),
        RustType::Boxed(inner) => variant_name(inner)?,
        RustType::Tuple(_) => "Tuple".to_owned(),
        _ => return None,
    })
}

//! The items of the module `models` while they are collected: each has a name of its own, and what
//! is the same is there once.

mod boxes;
mod expression;
mod union;

use std::collections::{BTreeMap, BTreeSet};

use super::names::rust;
use super::types::{Absent, Expression, Field, RustType, Shape, TypeItem, Variant};
use crate::model::Json;

pub(super) use self::union::{Name, Outline, Part};

/// The items so far. A default of a field is [`Expression::Json`] until all items are known.
#[derive(Debug, Default)]
pub(super) struct TypeTable {
    items: Vec<TypeItem>,
    taken: BTreeSet<String>,
    /// Where each item is, by its name.
    index: BTreeMap<String, usize>,
    /// The items that were added under a wanted name, whatever they are called now.
    wanted: BTreeMap<String, Vec<usize>>,
}

impl TypeTable {
    /// Keeps a name for an item that comes; `false` where another one has it.
    pub(super) fn reserve(&mut self, name: &str) -> bool {
        self.taken.insert(name.to_owned())
    }

    /// Adds a struct under a name that was reserved, its fields to come: what they need is added
    /// behind it.
    pub(super) fn begin(&mut self, name: String, docs: String) -> usize {
        self.push(name, docs, Shape::Struct(Vec::new()))
    }

    /// A name that no other item has, kept for one that comes: the wanted one, or one with a number.
    pub(super) fn allocate(&mut self, wanted: &str) -> String {
        rust::unique_model(wanted, &mut self.taken)
    }

    /// Adds an item under a name that was reserved.
    pub(super) fn push(&mut self, name: String, docs: String, shape: Shape) -> usize {
        let at = self.items.len();
        self.index.insert(name.clone(), at);
        self.wanted.entry(name.clone()).or_default().push(at);
        self.items.push(TypeItem { name, docs, shape });
        at
    }

    /// Gives a struct its fields, or an item another shape.
    pub(super) fn fill(&mut self, at: usize, shape: Shape) {
        self.items[at].shape = shape;
    }

    /// The item of this shape and this wanted name, which is added where it is not there.
    pub(super) fn add(&mut self, wanted: &str, docs: &str, shape: Shape) -> RustType {
        let mut same =
            self.wanted.get(wanted).into_iter().flatten().filter_map(|at| self.items.get(*at));
        if let Some(item) = same.find(|item| item.shape == shape) {
            return RustType::Model(item.name.clone());
        }
        let name = self.allocate(wanted);
        let at = self.push(name.clone(), docs.to_owned(), shape);
        if name != wanted {
            self.wanted.entry(wanted.to_owned()).or_default().push(at);
        }
        RustType::Model(name)
    }

    /// The type of these scalars: an enum where they are texts or integers, optional where `null` is
    /// among them.
    pub(super) fn literal(&mut self, wanted: &str, docs: &str, values: &[Json]) -> RustType {
        let present: Vec<&Json> = values.iter().filter(|value| !value.is_null()).collect();
        let ty = match shape_of_values(&present) {
            Some(shape) => self.add(wanted, docs, shape),
            None if present.is_empty() => return RustType::Unit,
            None if present.iter().all(|value| value.is_boolean()) => RustType::Flag,
            None if present.iter().all(|value| value.is_number()) => RustType::Number,
            None => return RustType::Value,
        };
        if present.len() < values.len() { RustType::Optional(Box::new(ty)) } else { ty }
    }

    fn get(&self, name: &str) -> Option<&TypeItem> {
        self.items.get(*self.index.get(name)?)
    }

    /// How many items there are.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Drops the items from `start` on that none of these types leads to.
    pub(super) fn keep_used(&mut self, start: usize, used: &[RustType]) {
        let mut kept: Vec<bool> = (0..self.items.len()).map(|at| at < start).collect();
        let mut todo: Vec<&RustType> = used.iter().collect();
        while let Some(ty) = todo.pop() {
            match ty {
                RustType::List(inner)
                | RustType::Optional(inner)
                | RustType::Map(inner)
                | RustType::Boxed(inner) => todo.push(inner),
                RustType::Tuple(items) => todo.extend(items),
                RustType::Model(name) => {
                    let at = self.index.get(name).copied().unwrap_or_default();
                    if let (Some(kept), Some(item)) = (kept.get_mut(at), self.items.get(at))
                        && !std::mem::replace(kept, true)
                    {
                        todo.extend(item.shape.types());
                    }
                }
                _ => {}
            }
        }
        let mut kept = kept.into_iter();
        self.items.retain(|_| kept.next().unwrap_or_default());
        self.index = self.items.iter().enumerate().map(|(at, it)| (it.name.clone(), at)).collect();
        // What is dropped is found by nobody.
        self.wanted.clear();
    }

    /// The items, with a `Box` wherever one would hold itself, and with their defaults.
    pub(super) fn finish(mut self) -> Vec<TypeItem> {
        boxes::insert(&mut self.items);
        let mut items = self.items.clone();
        for item in &mut items {
            let Shape::Struct(fields) = &mut item.shape else { continue };
            for field in fields {
                if let Absent::Value(Expression::Json(text)) = &field.absent {
                    field.absent = self.default(&field.ty, text);
                }
            }
        }
        items
    }

    /// What stands in for a field: its default, from JSON that was held against its type.
    fn default(&self, ty: &RustType, json: &str) -> Absent {
        let json: Json = serde_json::from_str(json).unwrap_or_default();
        match self.expression(ty, &json) {
            Some(Expression::None) => Absent::None,
            Some(value) if value.is_type_default() => Absent::TypeDefault,
            Some(value) => Absent::Value(value),
            None => Absent::Refused,
        }
    }
}

/// A field whose default, where it has one, is not made yet.
pub(super) fn field(name: String, wire: &str, docs: String, ty: RustType) -> Field {
    Field { name, wire: wire.to_owned(), docs, ty, absent: Absent::Refused }
}

/// The enum of all texts, or of all integers.
pub(super) fn shape_of_values(values: &[&Json]) -> Option<Shape> {
    if values.is_empty() {
        return None;
    }
    let texts: Option<Vec<&str>> = values.iter().map(|value| value.as_str()).collect();
    if let Some(texts) = texts {
        let names = rust::variants(texts.iter().copied());
        let variant = |(name, value): (String, &str)| Variant { name, value: value.to_owned() };
        return Some(Shape::Texts(names.into_iter().zip(texts).map(variant).collect()));
    }
    let integers: Vec<i64> = values.iter().map(|value| value.as_i64()).collect::<Option<_>>()?;
    let texts: Vec<String> = integers.iter().map(i64::to_string).collect();
    let names = rust::variants(texts.iter().map(String::as_str));
    let variant = |(name, value)| Variant { name, value };
    Some(Shape::Integers(names.into_iter().zip(integers).map(variant).collect()))
}

#[cfg(test)]
#[path = "type_table_tests.rs"]
mod tests;

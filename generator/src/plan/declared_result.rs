//! Whether the Rust type of a result can hold what its schema does not allow.

use std::collections::BTreeSet;

use super::declared_type::{Place, TUPLE, Types};
use super::types::RustType;
use crate::model::{ArgumentType, DeclaredArgument, ModelShape};

impl Types<'_> {
    /// Whether every value of the type that a handler gives back is one that the schema allows, so
    /// that nothing has to be checked when it does.
    pub(super) fn keeps_to_schema(&mut self, ty: &ArgumentType, owner: &str) -> bool {
        self.keeps(ty, &Place::new(owner, "result"), &mut BTreeSet::new())
    }

    fn keeps(&mut self, ty: &ArgumentType, place: &Place, seen: &mut BTreeSet<String>) -> bool {
        match ty {
            ArgumentType::List(item) => self.keeps(item, place, seen),
            // A list may hold an item twice.
            ArgumentType::Set(_) => false,
            // A `dict` is a `Value`, and that it is an object is in the hands of whoever makes it: the
            // check would cost every server with a free answer the whole of JSON Schema.
            ArgumentType::Dict(value) => self.keeps(value, place, seen),
            ArgumentType::Tuple { items, open } => {
                let is_typed = if *open { items.len() == 1 } else { items.len() <= TUPLE };
                is_typed && items.iter().all(|item| self.keeps(item, place, seen))
            }
            ArgumentType::Literal(_) => match self.rust_type(ty, place) {
                RustType::Optional(inner) => matches!(*inner, RustType::Model(_)),
                ty => matches!(ty, RustType::Model(_) | RustType::Unit),
            },
            ArgumentType::Union(parts) => {
                self.rust_type(ty, place) != RustType::Value
                    && parts.iter().all(|part| self.keeps(part, place, seen))
            }
            ArgumentType::Model(name) => self.model_keeps(name, seen),
            _ => true,
        }
    }

    fn model_keeps(&mut self, name: &str, seen: &mut BTreeSet<String>) -> bool {
        if !seen.insert(name.to_owned()) {
            return true;
        }
        match self.shape(name) {
            Some(ModelShape::Fields(fields)) => fields.iter().all(|field| {
                !is_limited(field) && self.keeps(&field.ty, &Place::new(name, &field.name), seen)
            }),
            Some(ModelShape::Values(_)) => self.is_item(name),
            None => false,
        }
    }
}

fn is_limited(field: &DeclaredArgument) -> bool {
    let numbers = [
        &field.minimum,
        &field.maximum,
        &field.exclusive_minimum,
        &field.exclusive_maximum,
        &field.multiple_of,
    ];
    numbers.into_iter().any(Option::is_some)
        || field.min_length.is_some()
        || field.max_length.is_some()
        || field.pattern.is_some()
}

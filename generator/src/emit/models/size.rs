//! How large the types may be in memory: whether an enum needs a word about its size.

use std::collections::HashMap;

use crate::plan::{RustType, Shape, TypeItem, Width};

/// From here on clippy says that a variant is large beside the others. What is as large is not looked
/// at any further.
const LARGE: usize = 200;

/// Items inside of items that are looked at; what goes deeper counts as large.
const DEPTH: usize = 8;

/// The items of a module by their names.
#[derive(Debug)]
pub(super) struct Sizes<'t>(HashMap<&'t str, &'t TypeItem>);

impl<'t> Sizes<'t> {
    pub(super) fn new(types: &'t [TypeItem]) -> Self {
        Self(types.iter().map(|item| (item.name.as_str(), item)).collect())
    }

    /// Whether the item is an enum with a variant that may be large.
    pub(super) fn is_large_enum(&self, item: &TypeItem) -> bool {
        matches!(item.shape, Shape::Union(_) | Shape::Tagged(_))
            && item.shape.types().any(|ty| self.most(ty, 0) >= LARGE)
    }

    /// The bytes of a type on a machine of 64 bits, padding included, at most.
    fn most(&self, ty: &RustType, depth: usize) -> usize {
        match ty {
            RustType::Unit => 0,
            RustType::Flag | RustType::Integer | RustType::Number | RustType::Boxed(_) => 8,
            RustType::Sized(Width::I32 | Width::U32 | Width::U64) => 8,
            RustType::Formatted(_)
            | RustType::Text
            | RustType::Bytes
            | RustType::List(_)
            | RustType::Map(_) => 24,
            // As large as a map that keeps its order.
            RustType::Value => 72,
            RustType::Optional(inner) => self.most(inner, depth) + 8,
            RustType::Tuple(items) => self.sum(items.iter(), depth),
            RustType::Model(name) => match self.0.get(name.as_str()) {
                Some(item) if depth < DEPTH => self.of_item(item, depth + 1),
                _ => LARGE,
            },
            RustType::ToolResult | RustType::ResourceResult | RustType::PromptResult => LARGE,
        }
    }

    fn of_item(&self, item: &TypeItem, depth: usize) -> usize {
        match &item.shape {
            Shape::Struct(_) => self.sum(item.shape.types(), depth),
            Shape::Texts(_) | Shape::Integers(_) => 8,
            Shape::OpenTexts { .. } => 32,
            Shape::Union(_) | Shape::Tagged(_) => {
                let mut largest = 0;
                for ty in item.shape.types() {
                    largest = self.most(ty, depth).max(largest);
                    if largest >= LARGE {
                        break;
                    }
                }
                largest + 8
            }
        }
    }

    fn sum<'i>(&self, types: impl Iterator<Item = &'i RustType>, depth: usize) -> usize {
        let mut sum = 0;
        for ty in types {
            sum += self.most(ty, depth);
            if sum >= LARGE {
                break;
            }
        }
        sum
    }
}

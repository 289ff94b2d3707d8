//! Where a type holds itself, a `Box` lets it have a size. Lists and maps have one anyway.

use std::collections::BTreeMap;

use super::{RustType, Shape, TypeItem};
use crate::model::schema::Cycles;

/// Puts a `Box` around each item that would hold itself: where an item holds one of those that lead
/// back to it.
pub(super) fn insert(items: &mut [TypeItem]) {
    let index: BTreeMap<String, usize> =
        items.iter().enumerate().map(|(at, item)| (item.name.clone(), at)).collect();
    let held = items
        .iter()
        .map(|item| {
            let mut names = Vec::new();
            item.shape.types().for_each(|ty| collect_held(ty, &mut names));
            names.into_iter().filter_map(|name| index.get(name).copied()).collect()
        })
        .collect();
    let cycles = Cycles::of(held);
    for (at, item) in items.iter_mut().enumerate() {
        let closes = |name: &str| index.get(name).is_some_and(|to| cycles.joins(at, *to));
        match &mut item.shape {
            Shape::Struct(fields) => fields.iter_mut().for_each(|it| enclose(&mut it.ty, &closes)),
            Shape::Union(variants) => variants.iter_mut().for_each(|(_, ty)| enclose(ty, &closes)),
            Shape::Tagged(tagged) => {
                let others = tagged.others.iter_mut().map(|(_, ty)| ty);
                let types = tagged.variants.iter_mut().map(|variant| &mut variant.ty);
                types.chain(others).for_each(|ty| enclose(ty, &closes));
            }
            Shape::Texts(_) | Shape::OpenTexts { .. } | Shape::Integers(_) => {}
        }
    }
}

/// The items that a value of the type has inside itself.
fn collect_held<'t>(ty: &'t RustType, names: &mut Vec<&'t str>) {
    match ty {
        RustType::Model(name) => names.push(name),
        RustType::Optional(inner) => collect_held(inner, names),
        RustType::Tuple(items) => items.iter().for_each(|item| collect_held(item, names)),
        _ => {}
    }
}

fn enclose(ty: &mut RustType, closes: &impl Fn(&str) -> bool) {
    match ty {
        RustType::Model(name) if closes(name) => {
            *ty = RustType::Boxed(Box::new(ty.clone()));
        }
        RustType::Optional(inner) => enclose(inner, closes),
        RustType::Tuple(items) => items.iter_mut().for_each(|item| enclose(item, closes)),
        _ => {}
    }
}

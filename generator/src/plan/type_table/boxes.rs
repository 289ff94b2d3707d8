//! Where a type holds itself, a `Box` lets it have a size. Lists and maps have one anyway.

use std::collections::BTreeMap;

use super::{RustType, Shape, TypeItem};

/// Puts a `Box` around each item that would hold itself.
pub(super) fn insert(items: &mut [TypeItem]) {
    let index: BTreeMap<String, usize> =
        items.iter().enumerate().map(|(at, item)| (item.name.clone(), at)).collect();
    let held: Vec<Vec<usize>> = items
        .iter()
        .map(|item| {
            let mut names = Vec::new();
            item.shape.types().for_each(|ty| collect_held(ty, &mut names));
            names.into_iter().filter_map(|name| index.get(name).copied()).collect()
        })
        .collect();
    for (at, item) in items.iter_mut().enumerate() {
        let closes = |name: &str| index.get(name).is_some_and(|to| leads(&held, *to, at));
        match &mut item.shape {
            Shape::Struct(fields) => fields.iter_mut().for_each(|it| enclose(&mut it.ty, &closes)),
            Shape::Union(variants) => variants.iter_mut().for_each(|(_, ty)| enclose(ty, &closes)),
            Shape::Texts(_) | Shape::Integers(_) => {}
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

/// Whether one item holds another one, or is it.
fn leads(held: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; held.len()];
    let mut todo = vec![from];
    while let Some(at) = todo.pop() {
        if at == to {
            return true;
        }
        if !std::mem::replace(&mut seen[at], true) {
            todo.extend(&held[at]);
        }
    }
    false
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

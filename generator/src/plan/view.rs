//! A schema seen as one flat value: references followed, `allOf` intersected, a union with `null`
//! read as a nullable type. What a check before the call can know about a value.

use crate::model::schema::JsonType;
use crate::model::{Json, SchemaId, Schemas};

/// Deepest chain of references and compositions that is followed.
const DEPTH: usize = 32;
/// Most schemas that are looked at for one view; compositions of compositions multiply.
const STEPS: usize = 4096;

/// What is known about the values of a schema.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// The accepted types except `null`; `None`: any.
    pub(super) types: Option<Vec<JsonType>>,
    /// Whether `null` is accepted; `None`: nothing says so.
    pub(super) nullable: Option<bool>,
    /// The accepted values except `null`, where they are listed.
    pub(super) values: Option<Vec<Json>>,
    pub(super) format: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) content_media_type: Option<String>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) pattern: Option<String>,
    pub(super) minimum: Option<serde_json::Number>,
    pub(super) maximum: Option<serde_json::Number>,
    pub(super) exclusive_minimum: Option<serde_json::Number>,
    pub(super) exclusive_maximum: Option<serde_json::Number>,
    pub(super) multiple_of: Option<serde_json::Number>,
    pub(super) items: Option<SchemaId>,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) unique_items: bool,
    /// It names properties, so that it is meant as an object.
    pub(super) has_properties: bool,
    /// A union of different things, or too deep: only `types` can be relied on.
    pub(super) opaque: bool,
}

/// The view of a schema.
pub(super) fn view(schemas: &Schemas, id: SchemaId) -> View {
    let mut view = View::default();
    view.absorb(schemas, id, 0, &mut { STEPS });
    view
}

impl View {
    /// The one type of the value, if there is one. Properties make an object, items a list.
    pub(super) fn single_type(&self) -> Option<JsonType> {
        match self.types.as_deref() {
            Some([one]) => Some(*one),
            Some(_) => None,
            None if self.has_properties => Some(JsonType::Object),
            None if self.items.is_some() => Some(JsonType::Array),
            None => self.type_of_values(),
        }
    }

    fn type_of_values(&self) -> Option<JsonType> {
        let values = self.values.as_ref()?;
        let first = json_type(values.first()?);
        values.iter().all(|value| json_type(value) == first).then_some(first)
    }

    /// The only value that is accepted, if there is one and it is a scalar.
    pub(super) fn constant(&self) -> Option<&Json> {
        match self.values.as_deref() {
            Some([value]) if self.nullable != Some(true) => {
                (!value.is_object() && !value.is_array()).then_some(value)
            }
            _ => None,
        }
    }

    fn absorb(&mut self, schemas: &Schemas, id: SchemaId, depth: usize, steps: &mut usize) {
        if depth > DEPTH || *steps == 0 {
            self.opaque = true;
            return;
        }
        *steps -= 1;
        let node = &schemas[id];
        if node.never {
            self.opaque = true;
        }
        if let Some(target) = node.reference {
            self.absorb(schemas, target, depth + 1, steps);
        }
        if !node.types.is_empty() {
            self.restrict_null(node.types.contains(&JsonType::Null));
            self.restrict_types(&node.types);
        }
        if let Some(values) = &node.enumeration {
            self.restrict_values(values);
        }
        if let Some(value) = &node.constant {
            self.restrict_values(std::slice::from_ref(value));
        }
        keep(&mut self.format, node.format.as_ref());
        keep(&mut self.content_encoding, node.content_encoding.as_ref());
        keep(&mut self.content_media_type, node.content_media_type.as_ref());
        keep(&mut self.pattern, node.pattern.as_ref());
        keep(&mut self.items, node.items.as_ref());
        self.min_length = self.min_length.max(node.min_length);
        self.max_length = smaller(self.max_length, node.max_length);
        self.min_items = self.min_items.max(node.min_items);
        self.max_items = smaller(self.max_items, node.max_items);
        tighten(&mut self.minimum, node.minimum.as_ref(), |new, old| new > old);
        tighten(&mut self.maximum, node.maximum.as_ref(), |new, old| new < old);
        tighten(&mut self.exclusive_minimum, node.exclusive_minimum.as_ref(), |new, old| new > old);
        tighten(&mut self.exclusive_maximum, node.exclusive_maximum.as_ref(), |new, old| new < old);
        keep(&mut self.multiple_of, node.multiple_of.as_ref());
        self.unique_items |= node.unique_items;
        self.has_properties |= !node.properties.is_empty();
        for member in &node.all_of {
            self.absorb(schemas, *member, depth + 1, steps);
        }
        for union in [&node.any_of, &node.one_of] {
            if !union.is_empty() {
                self.absorb_union(schemas, union, depth + 1, steps);
            }
        }
    }

    /// A union of one type and `null` is that type; one of several shapes of a single type is
    /// that type without limits; any other tells nothing.
    fn absorb_union(
        &mut self,
        schemas: &Schemas,
        union: &[SchemaId],
        depth: usize,
        steps: &mut usize,
    ) {
        let mut null = false;
        let mut branches = Vec::new();
        for branch in union {
            let mut view = Self::default();
            view.absorb(schemas, *branch, depth, steps);
            null |= view.nullable == Some(true);
            if !view.is_null() {
                branches.push((*branch, view));
            }
        }
        match branches.as_slice() {
            [] => {}
            [(branch, _)] => {
                let before = self.nullable;
                self.absorb(schemas, *branch, depth, steps);
                self.nullable = before;
            }
            [(_, first), rest @ ..] => {
                let shared = first.single_type();
                match shared {
                    Some(shared)
                        if rest.iter().all(|(_, view)| view.single_type() == Some(shared)) =>
                    {
                        self.restrict_types(&[shared]);
                    }
                    // Branches that say nothing of the type only constrain what stands beside.
                    _ if branches.iter().all(|(_, view)| view.types.is_none())
                        && self.types.is_some() => {}
                    _ => self.opaque = true,
                }
            }
        }
        let says = null || branches.iter().all(|(_, view)| view.nullable.is_some());
        if says {
            self.restrict_null(null);
        }
    }

    fn is_null(&self) -> bool {
        self.nullable == Some(true)
            && (self.types.as_ref().is_some_and(Vec::is_empty)
                || self.values.as_ref().is_some_and(Vec::is_empty))
    }

    fn restrict_null(&mut self, allowed: bool) {
        self.nullable = Some(self.nullable.unwrap_or(true) && allowed);
    }

    fn restrict_types(&mut self, types: &[JsonType]) {
        let new = types.iter().copied().filter(|ty| *ty != JsonType::Null);
        self.types = Some(match self.types.take() {
            None => new.collect(),
            Some(old) => new
                .filter_map(|ty| match ty {
                    JsonType::Number if !old.contains(&ty) && old.contains(&JsonType::Integer) => {
                        Some(JsonType::Integer)
                    }
                    JsonType::Integer if old.contains(&JsonType::Number) => Some(ty),
                    _ => old.contains(&ty).then_some(ty),
                })
                .collect(),
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

/// The JSON type of a value; integers are told from other numbers.
pub(super) fn json_type(value: &Json) -> JsonType {
    match value {
        Json::Null => JsonType::Null,
        Json::Bool(_) => JsonType::Boolean,
        Json::Number(number) if number.is_f64() => JsonType::Number,
        Json::Number(_) => JsonType::Integer,
        Json::String(_) => JsonType::String,
        Json::Array(_) => JsonType::Array,
        Json::Object(_) => JsonType::Object,
    }
}

fn keep<T: Clone>(slot: &mut Option<T>, new: Option<&T>) {
    if slot.is_none() {
        *slot = new.cloned();
    }
}

fn smaller(left: Option<u64>, right: Option<u64>) -> Option<u64> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        _ => left.or(right),
    }
}

fn tighten(
    slot: &mut Option<serde_json::Number>,
    new: Option<&serde_json::Number>,
    tighter: fn(f64, f64) -> bool,
) {
    let Some(new) = new else { return };
    let replace = match (slot.as_ref().and_then(serde_json::Number::as_f64), new.as_f64()) {
        (Some(old), Some(new)) => tighter(new, old),
        _ => slot.is_none(),
    };
    if replace {
        *slot = Some(new.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Schema;

    fn typed(ty: JsonType) -> Schema {
        Schema { types: vec![ty], ..Schema::default() }
    }

    #[test]
    fn union_with_null_is_a_nullable_type() {
        let mut schemas = Schemas::default();
        let text = schemas.push(typed(JsonType::String));
        let null = schemas.push(typed(JsonType::Null));
        let union = schemas.push(Schema { any_of: vec![text, null], ..Schema::default() });
        let view = view(&schemas, union);
        assert_eq!(view.single_type(), Some(JsonType::String));
        assert_eq!(view.nullable, Some(true));
    }

    #[test]
    fn all_of_keeps_the_tighter_bound() {
        let mut schemas = Schemas::default();
        let wide = schemas.push(Schema { minimum: Some(1.into()), ..typed(JsonType::Number) });
        let narrow = schemas.push(Schema { minimum: Some(5.into()), ..typed(JsonType::Integer) });
        let both = schemas.push(Schema { all_of: vec![wide, narrow], ..Schema::default() });
        let view = view(&schemas, both);
        assert_eq!(view.single_type(), Some(JsonType::Integer));
        assert_eq!(view.minimum, Some(5.into()));
    }

    #[test]
    fn all_of_keeps_the_types_that_are_in_both() {
        let mut schemas = Schemas::default();
        let mut both = |left: &[JsonType], right: &[JsonType]| {
            let typed = |types: &[JsonType]| Schema { types: types.to_vec(), ..Schema::default() };
            let all_of = vec![schemas.push(typed(left)), schemas.push(typed(right))];
            let id = schemas.push(Schema { all_of, ..Schema::default() });
            view(&schemas, id).types.expect("types")
        };
        let (integer, number) = (JsonType::Integer, JsonType::Number);
        assert_eq!(both(&[integer, number], &[number]), [number]);
        assert_eq!(both(&[number], &[integer, number]), [integer, number]);
        assert_eq!(both(&[integer], &[number, JsonType::String]), [integer]);
        assert_eq!(both(&[number], &[integer]), [integer]);
    }

    #[test]
    fn union_of_different_types_is_opaque() {
        let mut schemas = Schemas::default();
        let text = schemas.push(typed(JsonType::String));
        let number = schemas.push(typed(JsonType::Number));
        let union = schemas.push(Schema { one_of: vec![text, number], ..Schema::default() });
        assert!(view(&schemas, union).opaque);
    }

    #[test]
    fn reference_cycle_ends() {
        let mut schemas = Schemas::default();
        let id = schemas.push(Schema::default());
        schemas.set(id, Schema { all_of: vec![id], ..Schema::default() });
        assert!(view(&schemas, id).opaque);
    }
}

//! From a schema to the [`Kind`] of an argument and the [`Rules`] that are checked before the call.
//!
//! A kind that is too wide costs a check that the upstream makes anyway; one that is too narrow
//! would refuse a call that is fine. Whatever is not plain is therefore [`Kind::Any`].

use super::view::{View, view};
use super::{Kind, Rules};
use crate::model::schema::JsonType;
use crate::model::{Json, SchemaId, Schemas};

/// The bound in the table of an integer that is a `u64` and has none in its schema.
pub(super) const MOST_UNSIGNED: u64 = u64::MAX;

/// What an argument accepts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Accepted {
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    /// Its limits; the pattern is apart until the module gives it a constant.
    pub(super) rules: Rules,
    /// The pattern as the document has it.
    pub(super) pattern: Option<String>,
    /// The only accepted value.
    pub(super) constant: Option<Json>,
    /// The kind follows from `items` or `properties`: the schema names no type.
    pub(super) implied: bool,
    /// Integers, or lists of them, that may be beyond an `i64` and never below zero.
    pub(super) unsigned: bool,
}

impl Accepted {
    /// Anything.
    pub(super) fn anything() -> Self {
        Self::plain(Kind::Any, true)
    }

    /// Any value of a kind.
    pub(super) fn plain(kind: Kind, nullable: bool) -> Self {
        Self {
            kind,
            nullable,
            rules: Rules::default(),
            pattern: None,
            constant: None,
            implied: false,
            unsigned: false,
        }
    }
}

/// What a schema accepts. `files`: texts with the media type of bytes are files, as in
/// `multipart/form-data`.
pub(super) fn accepted(schemas: &Schemas, id: SchemaId, files: bool) -> Accepted {
    let seen = view(schemas, id);
    let nullable = seen.nullable.unwrap_or(seen.types.is_none());
    let kind = kind_of(schemas, &seen, files);
    let unsigned = match kind {
        Kind::Integer => range(&seen) == Range::Unsigned,
        Kind::Integers => {
            seen.items.is_some_and(|items| range(&view(schemas, items)) == Range::Unsigned)
        }
        _ => false,
    };
    let (mut rules, pattern) = rules_of(schemas, &seen, kind);
    if unsigned {
        rules.maximum.get_or_insert(MOST_UNSIGNED.into());
    }
    let implied = seen.types.is_none() && seen.values.is_none();
    let constant = seen.constant().cloned();
    Accepted { kind, nullable, rules, pattern, constant, implied, unsigned }
}

fn kind_of(schemas: &Schemas, seen: &View, files: bool) -> Kind {
    if seen.opaque {
        return Kind::Any;
    }
    match seen.single_type() {
        Some(JsonType::String) if files && is_file(seen) => Kind::File,
        Some(JsonType::String) => Kind::Text,
        Some(JsonType::Integer) if range(seen) == Range::Any => Kind::Any,
        Some(JsonType::Integer) => Kind::Integer,
        Some(JsonType::Number) => Kind::Number,
        Some(JsonType::Boolean) => Kind::Flag,
        Some(JsonType::Object) => Kind::Object,
        Some(JsonType::Array) => list_kind(schemas, seen, files),
        Some(JsonType::Null) | None => Kind::Any,
    }
}

fn list_kind(schemas: &Schemas, seen: &View, files: bool) -> Kind {
    let Some(items) = seen.items else { return Kind::List };
    let item = view(schemas, items);
    if item.opaque || item.nullable == Some(true) {
        return Kind::List;
    }
    match item.single_type() {
        Some(JsonType::String) if files && is_file(&item) => Kind::Files,
        Some(JsonType::String) => Kind::Texts,
        Some(JsonType::Integer) if range(&item) == Range::Any => Kind::List,
        Some(JsonType::Integer) => Kind::Integers,
        Some(JsonType::Number) => Kind::Numbers,
        Some(JsonType::Boolean) => Kind::Flags,
        _ => Kind::List,
    }
}

/// The integers that a document allows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Range {
    Signed,
    /// None below zero, and some beyond an `i64`.
    Unsigned,
    /// Some that no type of Rust holds with the others, or that are read as any value.
    Any,
}

fn range(seen: &View) -> Range {
    // What is barely beyond is the largest `i64` as JavaScript writes it; the largest floats say that
    // there is no bound.
    let is_beyond = |bound: &serde_json::Number| {
        bound.as_f64().is_some_and(|bound| (9.3e18..1e30).contains(&bound.abs()))
    };
    let is_unsigned = [&seen.minimum, &seen.exclusive_minimum]
        .into_iter()
        .flatten()
        .any(|bound| bound.as_f64().is_some_and(|bound| bound >= 0.0));
    let bounds = [&seen.minimum, &seen.maximum, &seen.exclusive_minimum, &seen.exclusive_maximum];
    let mut beyond = bounds.into_iter().flatten().filter(|bound| is_beyond(bound)).peekable();
    let is_bounded = seen.maximum.as_ref().is_some_and(serde_json::Number::is_i64);
    let is_named = !is_bounded && matches!(seen.format.as_deref(), Some("uint64" | "uint"));
    match (is_unsigned, is_named || beyond.peek().is_some()) {
        (_, false) => Range::Signed,
        (true, true) if beyond.all(serde_json::Number::is_u64) => Range::Unsigned,
        // Without a bound the format does not refuse what is below zero.
        (_, true) => Range::Any,
    }
}

/// Bytes as such; base64 inside a text is a text.
fn is_file(seen: &View) -> bool {
    seen.format.as_deref() == Some("binary")
        || seen.content_encoding.is_none()
            && seen.content_media_type.as_deref().is_some_and(|media_type| {
                !media_type.starts_with("text/") && !super::media::is_json(media_type)
            })
}

fn rules_of(schemas: &Schemas, seen: &View, kind: Kind) -> (Rules, Option<String>) {
    let item;
    let value = match kind {
        Kind::Texts | Kind::Integers | Kind::Numbers | Kind::Flags => {
            let Some(items) = seen.items else { return (Rules::default(), None) };
            item = view(schemas, items);
            &item
        }
        _ => seen,
    };
    let mut rules = Rules::default();
    let mut pattern = None;
    match kind {
        Kind::Text | Kind::Texts => {
            rules.min_length = value.min_length.map(saturate);
            rules.max_length = value.max_length.map(saturate);
            pattern.clone_from(&value.pattern);
        }
        Kind::Integer | Kind::Integers | Kind::Number | Kind::Numbers => {
            rules.minimum.clone_from(&value.minimum);
            rules.maximum.clone_from(&value.maximum);
            rules.above.clone_from(&value.exclusive_minimum);
            rules.below.clone_from(&value.exclusive_maximum);
            rules.multiple_of = value.multiple_of.clone().filter(positive);
        }
        _ => {}
    }
    if matches!(
        kind,
        Kind::Texts | Kind::Integers | Kind::Numbers | Kind::Flags | Kind::List | Kind::Files
    ) {
        rules.min_items = seen.min_items.map(saturate);
        rules.max_items = seen.max_items.map(saturate);
        rules.unique_items = seen.unique_items;
    }
    let scalars = matches!(kind, Kind::List | Kind::Object | Kind::File | Kind::Files);
    if !scalars && !value.opaque {
        rules.one_of = value.values.clone().unwrap_or_default();
    }
    (rules, pattern)
}

/// `multipleOf` of zero or less is no limit (JSON Schema 2020-12 validation, 6.2.1).
pub(super) fn positive(number: &serde_json::Number) -> bool {
    number.as_f64().is_some_and(|number| number > 0.0)
}

pub(super) fn saturate(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Schema;

    fn check(build: impl FnOnce(&mut Schemas) -> Schema, kind: Kind, nullable: bool) -> Accepted {
        let mut schemas = Schemas::default();
        let schema = build(&mut schemas);
        let id = schemas.push(schema);
        let found = accepted(&schemas, id, false);
        assert_eq!((found.kind, found.nullable), (kind, nullable));
        found
    }

    fn typed(types: &[JsonType]) -> Schema {
        Schema { types: types.to_vec(), ..Schema::default() }
    }

    #[test]
    fn type_array_with_null_is_nullable() {
        check(|_| typed(&[JsonType::String, JsonType::Null]), Kind::Text, true);
        check(|_| typed(&[JsonType::String, JsonType::Integer]), Kind::Any, false);
        check(|_| Schema::default(), Kind::Any, true);
    }

    #[test]
    fn list_takes_the_limits_of_its_items() {
        let found = check(
            |schemas| {
                let item = Schema { max_length: Some(9), ..typed(&[JsonType::String]) };
                let items = Some(schemas.push(item));
                Schema { items, max_items: Some(3), ..typed(&[JsonType::Array]) }
            },
            Kind::Texts,
            false,
        );
        assert_eq!((found.rules.max_length, found.rules.max_items), (Some(9), Some(3)));
    }

    #[test]
    fn enumeration_without_a_type_has_that_of_its_values() {
        let values = vec!["a".into(), "b".into(), Json::Null];
        let found =
            check(|_| Schema { enumeration: Some(values), ..Schema::default() }, Kind::Text, true);
        assert_eq!(found.rules.one_of, ["a", "b"]);
    }

    #[test]
    fn single_value_is_a_constant() {
        let found = check(
            |_| Schema { constant: Some("v1".into()), ..Schema::default() },
            Kind::Text,
            false,
        );
        assert_eq!(found.constant, Some("v1".into()));
    }

    #[test]
    fn bytes_are_files_only_in_forms() {
        let mut schemas = Schemas::default();
        let schema = Schema {
            content_media_type: Some("application/octet-stream".to_owned()),
            ..typed(&[JsonType::String])
        };
        let id = schemas.push(schema);
        assert_eq!(accepted(&schemas, id, true).kind, Kind::File);
        assert_eq!(accepted(&schemas, id, false).kind, Kind::Text);
    }
}

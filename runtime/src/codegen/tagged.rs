//! What the types of documents need beside serde's own derives.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads a field that is there: absent, which is `None`, stays apart from null.
///
/// # Errors
///
/// What the type of the field says about the value.
pub fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// An object of which a property says what it is.
#[derive(Debug)]
pub struct TaggedValue {
    property: &'static str,
    tag: String,
    value: Value,
}

impl TaggedValue {
    /// Reads an object.
    ///
    /// # Errors
    ///
    /// It is something else.
    pub fn new<'de, D: Deserializer<'de>>(
        deserializer: D,
        property: &'static str,
    ) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if !value.is_object() {
            return Err(Error::custom(format_args!("expected an object with `{property}`")));
        }
        let tag = match value.get(property) {
            Some(Value::String(text)) => text.clone(),
            Some(scalar @ (Value::Number(_) | Value::Bool(_))) => scalar.to_string(),
            _ => String::new(),
        };
        Ok(Self { property, tag, value })
    }

    /// What the property says: its text, a number or boolean as JSON writes it, nothing for anything
    /// else.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The object, the property included, as the type that it is.
    ///
    /// # Errors
    ///
    /// What the type says about the object.
    pub fn read<T: DeserializeOwned, E: Error>(self) -> Result<T, E> {
        serde_json::from_value(self.value).map_err(Error::custom)
    }

    /// The error of an object that is nothing that is known.
    #[must_use]
    pub fn refused<E: Error>(&self) -> E {
        match self.value.get(self.property) {
            Some(value) => Error::custom(format_args!("`{}` cannot be {value}", self.property)),
            None => Error::missing_field(self.property),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use expect_test::{Expect, expect};

    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Note {
        #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        text: Option<Option<String>>,
        #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        any: Option<Value>,
    }

    #[test]
    fn null_and_absent_stay_apart() {
        for json in [r#"{"text":null,"any":null}"#, "{}", r#"{"text":"a","any":[1]}"#] {
            let note: Note = serde_json::from_str(json).expect("it is a note");
            assert_eq!(serde_json::to_string(&note).ok().as_deref(), Some(json));
        }
        let note: Note = serde_json::from_str(r#"{"text":null}"#).expect("it is a note");
        assert_eq!(note, Note { text: Some(None), any: None });
    }

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "it is printed")]
    struct Cat {
        kind: String,
        lives: i64,
    }

    #[derive(Debug)]
    #[expect(dead_code, reason = "it is printed")]
    enum Pet {
        Cat(Cat),
        One(Value),
    }

    impl<'de> Deserialize<'de> for Pet {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let tagged = TaggedValue::new(deserializer, "kind")?;
            match tagged.tag() {
                "cat" => tagged.read().map(Self::Cat),
                "1" => tagged.read().map(Self::One),
                _ => Err(tagged.refused()),
            }
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes values")]
    fn check(json: &str, expected: Expect) {
        fn shown(value: impl Debug) -> String {
            format!("{value:?}")
        }
        let read: Result<Pet, _> = serde_json::from_str(json);
        expected.assert_eq(&read.map_or_else(|error| error.to_string(), shown));
    }

    #[test]
    fn objects_are_read_as_what_they_say_that_they_are() {
        check(r#"{"lives":7,"kind":"cat"}"#, expect![[r#"Cat(Cat { kind: "cat", lives: 7 })"#]]);
        check(r#"{"kind":1}"#, expect![[r#"One(Object {"kind": Number(1)})"#]]);
        check(r#"{"kind":"cat"}"#, expect!["missing field `lives`"]);
        check(r#"{"kind":"cow"}"#, expect![[r#"`kind` cannot be "cow""#]]);
        check("{}", expect!["missing field `kind`"]);
        check("[]", expect!["expected an object with `kind`"]);
    }
}

//! Arguments that come as texts, read into a type that serde knows: the values of URIs and of
//! prompts.

use serde::Deserializer;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer, Visitor};
use serde_json::{Error, Map, Value};

/// Reads an object whose values are texts: a text where the type wants one, else the JSON that the
/// text holds; a list of what stands between commas where it holds none.
///
/// # Errors
/// What the type does not take.
pub(crate) fn from_texts<A: DeserializeOwned>(object: &str) -> Result<A, Error> {
    let members: Map<String, Value> = serde_json::from_str(object)?;
    let members = members.into_iter().map(|(name, value)| (name, Given::Text(value)));
    A::deserialize(MapDeserializer::new(members))
}

/// The arguments of a tool: members of `object` as they are, those of `texts` as texts.
///
/// # Errors
/// What the type does not take.
#[cfg(feature = "schema")]
pub(crate) fn with_texts<A: DeserializeOwned>(object: &str, texts: &str) -> Result<A, Error> {
    let members: Map<String, Value> = serde_json::from_str(object)?;
    let texts: Map<String, Value> = serde_json::from_str(texts)?;
    let members = members.into_iter().map(|(name, value)| (name, Given::Value(value)));
    let texts = texts.into_iter().map(|(name, value)| (name, Given::Text(value)));
    A::deserialize(MapDeserializer::new(members.chain(texts)))
}

/// One value as it was given.
enum Given {
    /// As a text, or as a list of texts.
    Text(Value),
    /// As what it is.
    #[cfg_attr(
        not(feature = "schema"),
        expect(dead_code, reason = "tools are added with the feature alone")
    )]
    Value(Value),
}

impl Given {
    /// What the text holds, where it is no text that is wanted.
    fn inside(self) -> Value {
        match self {
            Self::Text(Value::String(text)) => {
                serde_json::from_str(&text).unwrap_or(Value::String(text))
            }
            other => other.whole(),
        }
    }

    /// The value itself.
    fn whole(self) -> Value {
        match self {
            Self::Text(value) | Self::Value(value) => value,
        }
    }
}

impl IntoDeserializer<'_, Error> for Given {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! read_inside {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.inside().$method(visitor)
        }
    )*};
}

macro_rules! read_as_given {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.whole().$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Given {
    type Error = Error;

    read_inside! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128 deserialize_f32 deserialize_f64 deserialize_unit deserialize_map
    }

    read_as_given! {
        deserialize_any deserialize_str deserialize_string deserialize_char deserialize_bytes
        deserialize_byte_buf deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if matches!(self, Self::Text(Value::Null) | Self::Value(Value::Null)) {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let given = match self {
            Self::Value(value) => return value.deserialize_seq(visitor),
            // A parameter of a query for each item.
            Self::Text(Value::Array(items)) => {
                let items: Vec<Self> = items.into_iter().map(Self::Text).collect();
                return visitor.visit_seq(SeqDeserializer::new(items.into_iter()));
            }
            given @ Self::Text(_) => given,
        };
        match given.inside() {
            Value::Array(items) => Value::Array(items).deserialize_seq(visitor),
            Value::String(text) if text.is_empty() => {
                visitor.visit_seq(SeqDeserializer::new(std::iter::empty::<Self>()))
            }
            Value::String(text) => {
                let items: Vec<Self> =
                    text.split(',').map(|item| Self::Text(item.into())).collect();
                visitor.visit_seq(SeqDeserializer::new(items.into_iter()))
            }
            // One item that is no text: `?id=7` for a list of numbers.
            item => visitor.visit_seq(SeqDeserializer::new(std::iter::once(Self::Text(item)))),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.inside().deserialize_unit_struct(name, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.inside().deserialize_struct(name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Text(Value::String(text)) if variants.contains(&&*text) => {
                Value::String(text).deserialize_enum(name, variants, visitor)
            }
            other => other.inside().deserialize_enum(name, variants, visitor),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::from_texts;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Unit {
        Metric,
        Imperial,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Size {
        width: u8,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Wanted {
        text: String,
        number: i64,
        flag: Option<bool>,
        unit: Unit,
        names: Vec<String>,
        numbers: Vec<u8>,
        size: Option<Size>,
    }

    #[test]
    fn a_text_is_what_the_type_wants() {
        let object = r#"{"text":"7","number":"-7","flag":"true","unit":"metric","names":"a,b",
            "numbers":"1,2","size":"{\"width\":3}"}"#;
        let wanted: Wanted = from_texts(object).expect("all of it fits");
        let expected = Wanted {
            text: "7".to_owned(),
            number: -7,
            flag: Some(true),
            unit: Unit::Metric,
            names: vec!["a".to_owned(), "b".to_owned()],
            numbers: vec![1, 2],
            size: Some(Size { width: 3 }),
        };
        assert_eq!(wanted, expected);
        let object = r#"{"text":"","number":1,"unit":"imperial","names":"","numbers":"[1]"}"#;
        let wanted: Wanted = from_texts(object).expect("all of it fits");
        assert_eq!((wanted.names.len(), wanted.numbers, wanted.flag), (0, vec![1], None));
        let single: Vec<u8> =
            from_texts::<std::collections::BTreeMap<String, Vec<u8>>>(r#"{"ids":"7"}"#)
                .expect("one number is a list of one")
                .remove("ids")
                .unwrap_or_default();
        assert_eq!(single, [7]);
        let object =
            r#"{"text":"","number":1,"unit":"metric","names":["a,b","7"],"numbers":["1","2"]}"#;
        let wanted: Wanted = from_texts(object).expect("all of it fits");
        assert_eq!(
            (wanted.names, wanted.numbers),
            (vec!["a,b".to_owned(), "7".to_owned()], vec![1, 2])
        );
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let error =
            from_texts::<Wanted>(r#"{"text":"7","number":"seven"}"#).expect_err("no number");
        assert!(error.to_string().contains("seven"), "{error}");
    }
}

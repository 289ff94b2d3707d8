//! Rust types whose form on the wire is not the one that serde gives them, alone and inside of
//! others.
//!
//! Fields of generated types name [`serialize`] and [`deserialize`] by `#[serde(with = …)]`.

use std::collections::BTreeMap;
use std::fmt::{self, Display as _};
use std::marker::PhantomData;
use std::path::PathBuf;

use serde::de::{self, DeserializeOwned, Deserializer, Visitor};
use serde::ser::{Error as _, SerializeTuple as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Format, bytes};

/// A value with a form on the wire: what [`Format`] says of texts, and what serde says of others.
pub trait Wire: Sized {
    /// Reads the value from its form.
    ///
    /// # Errors
    ///
    /// What was read is not of the form.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// Writes the value in its form, the canonical one where there are several.
    ///
    /// # Errors
    ///
    /// The value has no such form: a path that is not Unicode.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Types of generated code that serde writes as they are to be.
pub trait Plain: Serialize + DeserializeOwned {}

impl<T: Plain> Wire for T {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

macro_rules! plain {
    ($($type:ty),*) => {$(impl Plain for $type {})*};
}

plain! { String, i64, f64, bool, Value, () }

/// A type that holds itself.
impl<T: Plain> Plain for Box<T> {}

/// For `#[serde(with = …)]`.
///
/// # Errors
///
/// Those of [`Wire::write`].
pub fn serialize<T: Wire, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.write(serializer)
}

/// For `#[serde(with = …)]`.
///
/// # Errors
///
/// Those of [`Wire::read`].
pub fn deserialize<'de, T: Wire, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read(deserializer)
}

/// A value that serde writes and reads in its form on the wire.
#[derive(Clone, Copy, Debug)]
pub struct OnWire<T>(pub T);

impl<T: Wire> Serialize for OnWire<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl<'de, T: Wire> Deserialize<'de> for OnWire<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

/// The same for a value that is borrowed.
pub(crate) struct Borrowed<'a, T>(pub(crate) &'a T);

impl<T: Wire> Serialize for Borrowed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// Reads a text of a format.
fn text<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    format: Format,
    parse: fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    struct Text<T> {
        format: Format,
        parse: fn(&str) -> Option<T>,
        value: PhantomData<T>,
    }
    impl<T> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.format.fmt(formatter)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            let wrong = || E::invalid_value(de::Unexpected::Str(text), &self);
            (self.parse)(text).ok_or_else(wrong)
        }
    }
    deserializer.deserialize_str(Text { format, parse, value: PhantomData })
}

impl Wire for Vec<u8> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, Format::Base64, bytes::decode)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&bytes::encode(self))
    }
}

impl Wire for PathBuf {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.to_str().ok_or_else(|| S::Error::custom("the path is not Unicode"))?;
        serializer.serialize_str(text)
    }
}

#[cfg(any(feature = "jiff", feature = "uuid"))]
macro_rules! texts {
    ($($type:ty, $format:ident, $parse:path;)*) => {$(
        impl Wire for $type {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                text(deserializer, Format::$format, $parse)
            }

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

#[cfg(feature = "jiff")]
texts! {
    jiff::Timestamp, DateTime, super::time::timestamp;
    jiff::civil::Date, Date, super::time::date;
    jiff::civil::Time, Time, super::time::time_of_day;
    jiff::SignedDuration, Duration, super::time::duration;
}

#[cfg(feature = "uuid")]
texts! { uuid::Uuid, Uuid, super::uuid::uuid; }

impl<T: Wire> Wire for Option<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Option::<OnWire<T>>::deserialize(deserializer)?;
        Ok(read.map(|it| it.0))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Borrowed).serialize(serializer)
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Vec::<OnWire<T>>::deserialize(deserializer)?;
        Ok(read.into_iter().map(|it| it.0).collect())
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Borrowed))
    }
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = BTreeMap::<String, OnWire<T>>::deserialize(deserializer)?;
        Ok(read.into_iter().map(|(key, it)| (key, it.0)).collect())
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(key, it)| (key, Borrowed(it))))
    }
}

macro_rules! tuples {
    ($(($length:literal: $($item:ident)+))*) => {$(
        #[expect(non_snake_case, reason = "a value is called like its type")]
        impl<$($item: Wire),+> Wire for ($($item,)+) {
            fn read<'de, De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
                let ($(OnWire($item),)+) = <($(OnWire<$item>,)+)>::deserialize(deserializer)?;
                Ok(($($item,)+))
            }

            fn write<Se: Serializer>(&self, serializer: Se) -> Result<Se::Ok, Se::Error> {
                let ($($item,)+) = self;
                let mut tuple = serializer.serialize_tuple($length)?;
                $(tuple.serialize_element(&Borrowed($item))?;)+
                tuple.end()
            }
        }
    )*};
}

// As long as serde reads them.
tuples! {
    (1: A) (2: A B) (3: A B C) (4: A B C D) (5: A B C D E) (6: A B C D E F) (7: A B C D E F G)
    (8: A B C D E F G H) (9: A B C D E F G H I) (10: A B C D E F G H I J)
    (11: A B C D E F G H I J K) (12: A B C D E F G H I J K L) (13: A B C D E F G H I J K L M)
    (14: A B C D E F G H I J K L M N) (15: A B C D E F G H I J K L M N O)
    (16: A B C D E F G H I J K L M N O P)
}

//! Handing checked values to argument structs.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{Rule, Violation};
use super::number::Number;
use super::{ArgumentErrors, Values};
use crate::format::wire::{OnWire, Wire};
use crate::operation::Argument;

/// Reads the fields of an argument struct, each by its index in the table.
///
/// Reading a scalar or a list of scalars cannot fail: [`parse`](super::parse) has checked every
/// value. A method that does not fit the kind of its argument, which generated code never calls,
/// gives the empty value of its type.
#[derive(Debug)]
pub struct Reader<'a> {
    table: &'static [Argument],
    values: &'a Values<'a>,
}

impl<'a> Reader<'a> {
    /// A reader of the values that were parsed with this table.
    #[must_use]
    pub fn new(table: &'static [Argument], values: &'a Values<'a>) -> Self {
        debug_assert_eq!(table.len(), values.texts.len(), "the values belong to another table");
        Self { table, values }
    }

    /// The value, `None` where it is absent or null.
    fn some<T>(&self, index: usize, read: impl FnOnce(&str) -> T) -> Option<T> {
        self.values.get(index).filter(|text| *text != "null").map(read)
    }

    /// The value, absent and null kept apart.
    fn patch<T>(&self, index: usize, read: impl FnOnce(&str) -> T) -> Option<Option<T>> {
        let text = self.values.get(index)?;
        Some((text != "null").then(|| read(text)))
    }
}

/// What is wrong, without the line and the column of a text that nobody has written so.
fn without_position(error: &serde_json::Error) -> String {
    let mut words = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    if words.ends_with(&position) {
        words.truncate(words.len() - position.len());
    }
    words
}

fn integer(text: &str) -> i64 {
    text.parse().unwrap_or_default()
}

fn number(text: &str) -> f64 {
    Number::parse(text).map(Number::as_f64).unwrap_or_default()
}

fn flag(text: &str) -> bool {
    text == "true"
}

fn json<T: DeserializeOwned + Default>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_default()
}

macro_rules! methods {
    ($($what:literal, $type:ty, $read:expr => $plain:ident $optional:ident $nullable:ident $patch:ident;)*) => {
        impl Reader<'_> {$(
            #[doc = concat!("A required ", $what, ".")]
            #[inline(never)]
            #[must_use]
            pub fn $plain(&mut self, index: usize) -> $type {
                self.some(index, $read).unwrap_or_default()
            }

            #[doc = concat!("A ", $what, " that may be absent.")]
            #[inline(never)]
            #[must_use]
            pub fn $optional(&mut self, index: usize) -> Option<$type> {
                self.some(index, $read)
            }

            #[doc = concat!("A required ", $what, " that may be null.")]
            #[inline(never)]
            #[must_use]
            pub fn $nullable(&mut self, index: usize) -> Option<$type> {
                self.some(index, $read)
            }

            #[doc = concat!("A ", $what, " that may be absent (`None`) or null (`Some(None)`).")]
            #[inline(never)]
            #[must_use]
            pub fn $patch(&mut self, index: usize) -> Option<Option<$type>> {
                self.patch(index, $read)
            }
        )*}
    };
}

methods! {
    "text", String, json => text optional_text nullable_text patch_text;
    "integer", i64, integer => integer optional_integer nullable_integer patch_integer;
    "number", f64, number => number optional_number nullable_number patch_number;
    "flag", bool, flag => flag optional_flag nullable_flag patch_flag;
    "list of texts", Vec<String>, json => texts optional_texts nullable_texts patch_texts;
    "list of integers", Vec<i64>, json => integers optional_integers nullable_integers patch_integers;
    "list of numbers", Vec<f64>, json => numbers optional_numbers nullable_numbers patch_numbers;
    "list of flags", Vec<bool>, json => flags optional_flags nullable_flags patch_flags;
}

impl Reader<'_> {
    /// A required value of any shape; null is `Value::Null`.
    #[inline(never)]
    #[must_use]
    pub fn value(&mut self, index: usize) -> Value {
        self.optional_value(index).unwrap_or_default()
    }

    /// A value of any shape that may be absent; null is `Some(Value::Null)`.
    #[inline(never)]
    #[must_use]
    pub fn optional_value(&mut self, index: usize) -> Option<Value> {
        self.values.get(index).map(json)
    }
}

impl Reader<'_> {
    /// A required value of a declared type.
    ///
    /// # Errors
    ///
    /// The type does not hold the value.
    pub fn typed<T: DeserializeOwned>(&mut self, index: usize) -> Result<T, ArgumentErrors> {
        self.read(index, self.values.get(index).unwrap_or("null"))
    }

    /// A value of a declared type that may be absent.
    ///
    /// # Errors
    ///
    /// The type does not hold the value.
    pub fn optional_typed<T: DeserializeOwned>(
        &mut self,
        index: usize,
    ) -> Result<Option<T>, ArgumentErrors> {
        self.nullable_typed(index)
    }

    /// A required value of a declared type that may be null.
    ///
    /// # Errors
    ///
    /// The type does not hold the value.
    pub fn nullable_typed<T: DeserializeOwned>(
        &mut self,
        index: usize,
    ) -> Result<Option<T>, ArgumentErrors> {
        let text = self.values.get(index).filter(|text| *text != "null");
        text.map(|text| self.read(index, text)).transpose()
    }

    /// A value of a declared type that may be absent (`None`) or null (`Some(None)`).
    ///
    /// # Errors
    ///
    /// The type does not hold the value.
    pub fn patch_typed<T: DeserializeOwned>(
        &mut self,
        index: usize,
    ) -> Result<Option<Option<T>>, ArgumentErrors> {
        if self.values.get(index).is_none() {
            return Ok(None);
        }
        self.nullable_typed(index).map(Some)
    }

    /// A required value of a type with a form of its own on the wire.
    ///
    /// # Errors
    ///
    /// The value is not of the form.
    pub fn wire<T: Wire>(&mut self, index: usize) -> Result<T, ArgumentErrors> {
        self.typed::<OnWire<T>>(index).map(|value| value.0)
    }

    /// A required value of a type with a form of its own that may be null.
    ///
    /// # Errors
    ///
    /// The value is not of the form.
    pub fn nullable_wire<T: Wire>(&mut self, index: usize) -> Result<Option<T>, ArgumentErrors> {
        let value = self.nullable_typed::<OnWire<T>>(index)?;
        Ok(value.map(|value| value.0))
    }

    fn read<T: DeserializeOwned>(&self, index: usize, text: &str) -> Result<T, ArgumentErrors> {
        super::typed::from_text(text).map_err(|error| {
            let name = self.table.get(index).map_or("", |argument| argument.name);
            let violation =
                Violation::of_value(None, Rule::Schema, text, &without_position(&error));
            ArgumentErrors::one(violation.of_argument(index, name))
        })
    }
}

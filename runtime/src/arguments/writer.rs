//! Writing argument structs as the JSON object that a caller would send.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::format::wire::{Borrowed, Wire};
use crate::operation::Argument;

/// Writes the fields of an argument struct, each by its index in the table.
///
/// A number that JSON cannot hold (NaN, infinity) is written as a text, so that
/// [`parse`](super::parse) in its strict mode refuses it by the name of the argument.
#[derive(Debug)]
pub struct Writer {
    table: &'static [Argument],
    json: String,
}

impl Writer {
    /// A writer of arguments of this table.
    #[must_use]
    pub fn new(table: &'static [Argument]) -> Self {
        Self { table, json: String::from("{") }
    }

    /// The JSON object.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.json.push('}');
        self.json
    }

    /// Writes one member. An index beyond the table, which generated code never gives, writes
    /// nothing.
    fn member(&mut self, index: usize, write: impl FnOnce(&mut String)) {
        let Some(argument) = self.table.get(index) else { return };
        if self.json.len() > 1 {
            self.json.push(',');
        }
        write_text(&mut self.json, argument.name);
        self.json.push(':');
        write(&mut self.json);
    }
}

/// Formats into a `String`, which cannot fail.
fn write_display(json: &mut String, value: impl std::fmt::Display) {
    let _infallible = write!(json, "{value}");
}

fn write_text(json: &mut String, value: &str) {
    // `Display` of a JSON value is its compact text.
    write_display(json, Value::from(value));
}

fn write_number(json: &mut String, value: f64) {
    if value.is_finite() {
        write_display(json, Value::from(value));
    } else {
        write_text(json, &value.to_string());
    }
}

fn write_list<T>(json: &mut String, items: &[T], write: impl Fn(&mut String, &T)) {
    json.push('[');
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            json.push(',');
        }
        write(json, item);
    }
    json.push(']');
}

macro_rules! methods {
    ($($what:literal, $type:ty, $write:expr => $plain:ident $optional:ident $nullable:ident $patch:ident;)*) => {
        impl Writer {$(
            #[doc = concat!("Writes a ", $what, ".")]
            #[inline(never)]
            pub fn $plain(&mut self, index: usize, value: $type) {
                self.member(index, |json| $write(json, value));
            }

            #[doc = concat!("Writes a ", $what, " where there is one.")]
            #[inline(never)]
            pub fn $optional(&mut self, index: usize, value: Option<$type>) {
                if let Some(value) = value {
                    self.$plain(index, value);
                }
            }

            #[doc = concat!("Writes a ", $what, ", or null.")]
            #[inline(never)]
            pub fn $nullable(&mut self, index: usize, value: Option<$type>) {
                match value {
                    Some(value) => self.$plain(index, value),
                    None => self.member(index, |json| json.push_str("null")),
                }
            }

            #[doc = concat!("Writes a ", $what, ", null (`Some(None)`), or nothing (`None`).")]
            #[inline(never)]
            pub fn $patch(&mut self, index: usize, value: Option<Option<$type>>) {
                if let Some(value) = value {
                    self.$nullable(index, value);
                }
            }
        )*}
    };
}

methods! {
    "text", &str, write_text => text optional_text nullable_text patch_text;
    "integer", i64, write_display => integer optional_integer nullable_integer patch_integer;
    "number", f64, write_number => number optional_number nullable_number patch_number;
    "flag", bool, write_display => flag optional_flag nullable_flag patch_flag;
    "list of texts", &[String],
        |json: &mut String, items| write_list(json, items, |json, item: &String| write_text(json, item))
        => texts optional_texts nullable_texts patch_texts;
    "list of integers", &[i64],
        |json: &mut String, items| write_list(json, items, |json, item| write_display(json, item))
        => integers optional_integers nullable_integers patch_integers;
    "list of numbers", &[f64],
        |json: &mut String, items| write_list(json, items, |json, item| write_number(json, *item))
        => numbers optional_numbers nullable_numbers patch_numbers;
    "list of flags", &[bool],
        |json: &mut String, items| write_list(json, items, |json, item| write_display(json, item))
        => flags optional_flags nullable_flags patch_flags;
}

impl Writer {
    /// Writes a value of any shape.
    #[inline(never)]
    pub fn value(&mut self, index: usize, value: &Value) {
        self.member(index, |json| write_display(json, value));
    }

    /// Writes a value of any shape where there is one.
    #[inline(never)]
    pub fn optional_value(&mut self, index: usize, value: Option<&Value>) {
        if let Some(value) = value {
            self.value(index, value);
        }
    }
}

impl Writer {
    /// Writes a value of a declared type.
    pub fn typed<T: Serialize>(&mut self, index: usize, value: &T) {
        // A map whose keys are no texts cannot be written, and no declared type has one; nor can a path
        // that is not Unicode, for which null is refused by the name of the argument.
        let text = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
        self.member(index, |json| json.push_str(&text));
    }

    /// Writes a value of a declared type where there is one.
    pub fn optional_typed<T: Serialize>(&mut self, index: usize, value: Option<&T>) {
        if let Some(value) = value {
            self.typed(index, value);
        }
    }

    /// Writes a value of a declared type, or null.
    pub fn nullable_typed<T: Serialize>(&mut self, index: usize, value: Option<&T>) {
        match value {
            Some(value) => self.typed(index, value),
            None => self.member(index, |json| json.push_str("null")),
        }
    }

    /// Writes a value of a declared type, null (`Some(None)`), or nothing (`None`).
    pub fn patch_typed<T: Serialize>(&mut self, index: usize, value: Option<Option<&T>>) {
        if let Some(value) = value {
            self.nullable_typed(index, value);
        }
    }

    /// Writes a value of a type with a form of its own on the wire.
    pub fn wire<T: Wire>(&mut self, index: usize, value: &T) {
        self.typed(index, &Borrowed(value));
    }

    /// Writes a value of a type with a form of its own, or null.
    pub fn nullable_wire<T: Wire>(&mut self, index: usize, value: Option<&T>) {
        self.nullable_typed(index, value.map(Borrowed).as_ref());
    }
}

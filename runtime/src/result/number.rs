//! Values as JSON, which has neither NaN nor infinities. `serde_json` writes null for them; a client would
//! read that nothing is there, so they are an error that says where they are.

use std::fmt::{self, Display};

use serde::ser::{self, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::HandlerError;

/// A value as JSON text; `what`: how the error calls it.
///
/// # Errors
/// It cannot be written, or has a number that JSON lacks.
pub(crate) fn to_json<T: Serialize + ?Sized>(
    value: &T,
    what: &str,
) -> Result<Box<RawValue>, HandlerError> {
    let json = to_raw_value(value).map_err(|error| {
        HandlerError::internal(format!("{what} cannot be written as JSON")).with_source(error)
    })?;
    // What has no null has no such number either, so most values are looked at once.
    if memchr::memmem::find(json.get().as_bytes(), b"null").is_some()
        && let Err(Stop::Found { number, path }) = value.serialize(Finder { path: Path::Root })
    {
        let place = if path.is_empty() { String::new() } else { format!(" (at `{path}`)") };
        let message = format!("{what} cannot be written as JSON, which has no {number}{place}");
        return Err(HandlerError::internal(message));
    }
    Ok(json)
}

/// Where a value is, seen from the outermost one.
#[derive(Clone, Copy)]
enum Path<'p> {
    Root,
    Key(&'p Self, &'p str),
    Item(&'p Self, usize),
}

impl Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(Self::Root, key) => formatter.write_str(key),
            Self::Key(outer, key) => write!(formatter, "{outer}.{key}"),
            Self::Item(outer, index) => write!(formatter, "{outer}[{index}]"),
        }
    }
}

/// Why a value is not looked at any further.
#[derive(Debug)]
enum Stop {
    Found {
        number: &'static str,
        path: String,
    },
    /// It is told where the value is written.
    Failed,
}

impl Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("stopped")
    }
}

impl std::error::Error for Stop {}

impl ser::Error for Stop {
    fn custom<T: Display>(_: T) -> Self {
        Self::Failed
    }
}

/// Writes nothing, and stops at the first number that JSON lacks.
#[derive(Clone, Copy)]
struct Finder<'p> {
    path: Path<'p>,
}

/// The members of a value.
struct Members<'p> {
    path: Path<'p>,
    index: usize,
    key: String,
}

impl<'p> Finder<'p> {
    const fn members(self) -> Members<'p> {
        Members { path: self.path, index: 0, key: String::new() }
    }
}

impl Members<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        value.serialize(Finder { path: Path::Item(&self.path, self.index) })?;
        self.index += 1;
        Ok(())
    }

    fn member<T: Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<(), Stop> {
        value.serialize(Finder { path: Path::Key(&self.path, key) })
    }
}

macro_rules! passes {
    ($($method:ident $type:ty),* $(,)?) => {$(
        fn $method(self, _: $type) -> Result<(), Stop> {
            Ok(())
        }
    )*};
}

impl<'p> Serializer for Finder<'p> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Members<'p>;
    type SerializeTuple = Members<'p>;
    type SerializeTupleStruct = Members<'p>;
    type SerializeTupleVariant = Members<'p>;
    type SerializeMap = Members<'p>;
    type SerializeStruct = Members<'p>;
    type SerializeStructVariant = Members<'p>;

    passes! {
        serialize_bool bool, serialize_i8 i8, serialize_i16 i16, serialize_i32 i32,
        serialize_i64 i64, serialize_i128 i128, serialize_u8 u8, serialize_u16 u16,
        serialize_u32 u32, serialize_u64 u64, serialize_u128 u128, serialize_char char,
        serialize_str &str, serialize_bytes &[u8], serialize_unit_struct &'static str,
    }

    fn serialize_f32(self, number: f32) -> Result<(), Stop> {
        self.serialize_f64(f64::from(number))
    }

    fn serialize_f64(self, number: f64) -> Result<(), Stop> {
        if number.is_finite() {
            return Ok(());
        }
        let number = if number.is_nan() { "NaN" } else { "infinity" };
        Err(Stop::Found { number, path: self.path.to_string() })
    }

    fn serialize_none(self) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        self.members().member(variant, value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'p>, Stop> {
        Ok(self.members())
    }

    fn serialize_tuple(self, _: usize) -> Result<Members<'p>, Stop> {
        Ok(self.members())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Members<'p>, Stop> {
        Ok(self.members())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Members<'p>, Stop> {
        Ok(self.members())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'p>, Stop> {
        Ok(self.members())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'p>, Stop> {
        Ok(self.members())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Members<'p>, Stop> {
        Ok(self.members())
    }
}

macro_rules! items {
    ($($trait:ident $method:ident),* $(,)?) => {$(
        impl ser::$trait for Members<'_> {
            type Ok = ();
            type Error = Stop;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
                self.item(value)
            }

            fn end(self) -> Result<(), Stop> {
                Ok(())
            }
        }
    )*};
}

items! {
    SerializeSeq serialize_element, SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field,
}

macro_rules! fields {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Members<'_> {
            type Ok = ();
            type Error = Stop;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Stop> {
                self.member(key, value)
            }

            fn end(self) -> Result<(), Stop> {
                Ok(())
            }
        }
    )*};
}

fields! { SerializeStruct, SerializeStructVariant }

impl ser::SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Stop;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Stop> {
        let key = serde_json::to_string(key).map_err(|_| Stop::Failed)?;
        key.trim_matches('"').clone_into(&mut self.key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        self.member(&self.key, value)
    }

    fn end(self) -> Result<(), Stop> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;
    use serde_json::json;

    use super::to_json;

    #[derive(Serialize)]
    struct Analysis {
        count: u8,
        means: Vec<Option<f64>>,
        by_name: BTreeMap<String, (f32, f64)>,
        shape: Shape,
    }

    #[derive(Serialize)]
    enum Shape {
        Point,
        Circle(f64),
        Box { height: f64 },
    }

    fn analysis(mean: f64, height: f32, shape: Shape) -> Analysis {
        let by_name = BTreeMap::from([("left".to_owned(), (height, 1.0))]);
        Analysis { count: 1, means: vec![None, Some(mean)], by_name, shape }
    }

    #[track_caller]
    fn check(value: &impl Serialize, expected: &str) {
        let error = to_json(value, "the result").expect_err("JSON has no such number");
        let start = "the result cannot be written as JSON, which has no ";
        assert_eq!(error.message(), format!("{start}{expected}"));
    }

    #[test]
    fn a_number_that_json_lacks_is_told_with_its_place() {
        check(&f64::NAN, "NaN");
        check(&[1.0, f64::INFINITY], "infinity (at `[1]`)");
        check(&Some(f32::NEG_INFINITY), "infinity");
        check(&analysis(f64::NAN, 1.0, Shape::Point), "NaN (at `means[1]`)");
        check(&analysis(1.0, f32::INFINITY, Shape::Point), "infinity (at `by_name.left[0]`)");
        check(&analysis(1.0, 1.0, Shape::Circle(f64::NAN)), "NaN (at `shape.Circle`)");
        check(&analysis(1.0, 1.0, Shape::Box { height: f64::NAN }), "NaN (at `shape.height`)");
    }

    #[test]
    fn null_stays_null() {
        for value in [json!(null), json!({ "a": [null, "null", 1.5] })] {
            let text = to_json(&value, "the result").expect("it is JSON");
            assert_eq!(text.get(), value.to_string());
        }
        let fine = to_json(&analysis(1.5, 0.5, Shape::Point), "the result").expect("it is JSON");
        let expected =
            r#"{"count":1,"means":[null,1.5],"by_name":{"left":[0.5,1.0]},"shape":"Point"}"#;
        assert_eq!(fine.get(), expected);
    }
}

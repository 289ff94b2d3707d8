//! JSON as values of Rust types.

use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

/// Largest number up to which every integer is a 64-bit float (2^53).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a value. An integer may be written with a point or an exponent (JSON Schema 2020-12, core,
/// 4.2.3), which serde does not take.
///
/// # Errors
///
/// What the type says about the value as it was written.
pub(crate) fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| {
        let mut value: Value = serde_json::from_str(text)?;
        if !plain(&mut value) {
            return Err(error);
        }
        serde_json::from_value(value).map_err(|_| error)
    })
}

/// Writes integers without a point; whether there were any to write. The depth is bounded by the
/// parser.
fn plain(value: &mut Value) -> bool {
    match value {
        Value::Number(number) => {
            let whole = number.as_f64().filter(|it| number.is_f64() && is_integer(*it));
            if let Some(whole) = whole {
                #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and fits")]
                let integer = whole as i64;
                *number = Number::from(integer);
            }
            whole.is_some()
        }
        // Each is to be written, also behind one that was.
        Value::Array(items) => {
            items.iter_mut().filter_map(|item| plain(item).then_some(())).count() > 0
        }
        Value::Object(members) => {
            members.values_mut().filter_map(|item| plain(item).then_some(())).count() > 0
        }
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

fn is_integer(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= EXACT
}

#[cfg(test)]
mod tests {
    use super::from_text;

    #[test]
    fn integers_may_have_a_point() {
        assert_eq!(from_text::<(i64, f64)>("[1.0, 1.5]").ok(), Some((1, 1.5)));
        assert_eq!(from_text::<Vec<i64>>("[1e2, -0.0, 3]").ok(), Some(vec![100, 0, 3]));
        assert!(from_text::<i64>("1.5").is_err());
        assert!(from_text::<i64>("1e40").is_err());
    }
}

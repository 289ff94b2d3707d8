//! What a plain scalar means: the core schema of YAML 1.2.2, section 10.3.

use std::borrow::Cow;

use crate::source::Value;

/// The value of a plain scalar.
pub(super) fn resolve(text: Cow<'_, str>) -> Value<'_> {
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if is_number(&text) {
        return Value::Number(text);
    }
    // YAML 1.1 and 1.2 agree about hexadecimal, and JSON has none: the decimal digits stand in.
    let hexadecimal = text.strip_prefix("0x").filter(|rest| !rest.starts_with('+'));
    match hexadecimal.and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
        Some(value) => Value::Number(Cow::Owned(value.to_string())),
        None => Value::String(text),
    }
}

/// Whether this is an infinity or not-a-number of YAML.
pub(super) fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, apart from integers with
/// leading zeros.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = !whole.is_empty() || fraction.is_some_and(|fraction| !fraction.is_empty());
    let leading_zero = fraction.is_none() && whole.len() > 1 && whole.starts_with('0');
    has_digits
        && !leading_zero
        && digits(whole)
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}

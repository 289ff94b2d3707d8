//! JSON numbers, read exactly: integers stay integers however they are written.

use std::cmp::Ordering;

use crate::operation::Bound;

/// Most digits of an `i128`.
const MOST_DIGITS: usize = 39;

/// The value of a JSON number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// An integer, also one written `1.0` or `1e2`.
    Integer(i128),
    /// An integer beyond 128 bits, or a number that is no integer.
    Float(f64),
}

impl Number {
    /// Reads the text of a JSON number. `None` where the text is none, or is beyond an `f64`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !is_number(text) {
            return None;
        }
        if let Some(integer) = integer(text) {
            return Some(Self::Integer(integer));
        }
        text.parse::<f64>().ok().filter(|value| value.is_finite()).map(Self::Float)
    }

    /// Compares the value with a bound, without rounding an integer.
    pub(super) fn compare(self, bound: Bound) -> Option<Ordering> {
        match (self, bound) {
            (Self::Integer(value), Bound::Integer(bound)) => Some(value.cmp(&bound)),
            (Self::Integer(value), Bound::Number(bound)) => compare_mixed(value, bound),
            (Self::Float(value), Bound::Integer(bound)) => {
                compare_mixed(bound, value).map(Ordering::reverse)
            }
            (Self::Float(value), Bound::Number(bound)) => value.partial_cmp(&bound),
        }
    }

    /// Whether the value is a multiple of the bound. Nothing is a multiple of zero, and a bound of
    /// zero limits nothing.
    pub(super) fn is_multiple_of(self, bound: Bound) -> bool {
        if let (Self::Integer(value), Bound::Integer(bound)) = (self, bound) {
            return value.checked_rem(bound).is_none_or(|rest| rest == 0);
        }
        let divisor = match bound {
            Bound::Integer(bound) => bound as f64,
            Bound::Number(bound) => bound,
        };
        let quotient = self.as_f64() / divisor;
        // Decimal fractions are not exact in binary: 0.3 / 0.1 is not quite 3.
        let slack = quotient.abs().max(1.0) * 1e-12;
        !quotient.is_finite() || (quotient - quotient.round()).abs() <= slack
    }

    /// The nearest `f64`.
    pub(super) const fn as_f64(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// One text for all ways to write the number.
    pub(super) fn canonical(self) -> String {
        match self {
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
        }
    }
}

/// Compares an integer with a float without rounding the integer.
fn compare_mixed(value: i128, bound: f64) -> Option<Ordering> {
    if bound.is_nan() {
        return None;
    }
    // The cast saturates, and what saturates is beyond every integer that it is compared with.
    let whole = bound.trunc() as i128;
    if bound >= i128::MAX as f64 {
        return Some(Ordering::Less);
    }
    Some(value.cmp(&whole).then_with(|| 0.0_f64.total_cmp(&(bound.fract() + 0.0))))
}

/// Whether the text has the grammar of a JSON number (RFC 8259, section 6).
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent
            .is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// The integer that a JSON number stands for, if it is one and fits.
fn integer(text: &str) -> Option<i128> {
    if !text.contains(['.', 'e', 'E']) {
        return text.parse().ok();
    }
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut digits = format!("{whole}{fraction}");
    if digits.bytes().all(|byte| matches!(byte, b'0' | b'-')) {
        return Some(0);
    }
    let mut shift = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    while shift < 0 {
        digits.pop().filter(|digit| *digit == '0')?;
        shift += 1;
    }
    let zeros = usize::try_from(shift).ok().filter(|zeros| *zeros <= MOST_DIGITS)?;
    digits.extend(std::iter::repeat_n('0', zeros));
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Number;
    use crate::operation::Bound;

    #[test]
    fn integers_are_read_exactly_however_they_are_written() {
        for (text, expected) in [
            ("1", 1),
            ("1.0", 1),
            ("1e2", 100),
            ("1.50E1", 15),
            ("-0", 0),
            ("-0.0e9", 0),
            ("1200e-2", 12),
            ("9007199254740993", 9_007_199_254_740_993),
            ("18446744073709551615", 18_446_744_073_709_551_615),
        ] {
            assert_eq!(Number::parse(text), Some(Number::Integer(expected)), "{text}");
        }
        assert_eq!(Number::parse("12e-1"), Some(Number::Float(1.2)));
    }

    #[test]
    fn what_is_no_json_number_is_none() {
        for text in
            ["", "-", "01", "1.", ".5", "+1", "1e", "NaN", "inf", "0x1", "1_0", "1e400", " 1"]
        {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn integers_are_compared_with_fractions_without_rounding() {
        let value = Number::Integer(9_007_199_254_740_993);
        assert!(value.compare(Bound::Number(9_007_199_254_740_992.0)).is_some_and(|o| o.is_gt()));
        assert!(Number::Integer(1).compare(Bound::Number(1.5)).is_some_and(|o| o.is_lt()));
        assert!(Number::Integer(-1).compare(Bound::Number(-1.5)).is_some_and(|o| o.is_gt()));
        assert!(Number::Integer(0).compare(Bound::Number(-0.0)).is_some_and(|o| o.is_eq()));
        assert!(Number::Integer(5).compare(Bound::Number(1e300)).is_some_and(|o| o.is_lt()));
    }

    #[test]
    fn multiples_of_decimal_fractions_are_recognised() {
        assert!(Number::Float(0.3).is_multiple_of(Bound::Number(0.1)));
        assert!(!Number::Float(0.35).is_multiple_of(Bound::Number(0.1)));
        assert!(Number::Integer(10).is_multiple_of(Bound::Integer(5)));
        assert!(!Number::Integer(11).is_multiple_of(Bound::Integer(5)));
    }
}

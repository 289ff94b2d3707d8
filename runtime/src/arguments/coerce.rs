//! Turning a value into the form that its table entry declares.
//!
//! The lenient rules are those of an author who writes `"10"` for 10; nothing is guessed beyond
//! them. In strict mode only the JSON types themselves are accepted, an integer written `1.0` or
//! `1e2` among them (JSON Schema 2020-12, core, 4.2.3).

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::number::Number;
use crate::operation::{Bound, Kind, Rules};

/// The scalar types of a table entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scalar {
    Text,
    Integer,
    Number,
    Flag,
}

impl Scalar {
    /// The kind of an argument that is one.
    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::Text => Kind::Text,
            Self::Integer => Kind::Integer,
            Self::Number => Kind::Number,
            Self::Flag => Kind::Flag,
        }
    }

    /// The type in words.
    pub(super) const fn described(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Flag => "true or false",
        }
    }
}

/// Why a value has no form of the declared type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mismatch {
    /// Another type.
    Type,
    /// An integer beyond 64 bits.
    Wide,
    /// A number beyond what a 64-bit float holds.
    Huge,
    /// A string with half of a surrogate pair.
    Surrogate,
}

/// The largest integer that an argument takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Width {
    /// `i64::MAX`
    Signed,
    /// `u64::MAX`
    Unsigned,
}

impl Width {
    /// That of a table entry: an upper bound beyond 64 signed bits says that they are not meant.
    pub(super) const fn of(rules: &Rules) -> Self {
        match rules.maximum {
            Some(Bound::Integer(bound)) if bound > i64::MAX as i128 => Self::Unsigned,
            _ => Self::Signed,
        }
    }

    fn holds(self, value: i128) -> bool {
        i64::try_from(value).is_ok() || self == Self::Unsigned && u64::try_from(value).is_ok()
    }
}

/// The JSON text of a scalar in its declared form.
pub(super) fn scalar(
    scalar: Scalar,
    width: Width,
    json: &str,
    strict: bool,
) -> Result<Cow<'_, str>, Mismatch> {
    match scalar {
        Scalar::Text if json.starts_with('"') => {
            text(json).map(|_| Cow::Borrowed(json)).ok_or(Mismatch::Surrogate)
        }
        Scalar::Text => Err(Mismatch::Type),
        Scalar::Flag => flag(json, strict),
        Scalar::Integer => with_unquoted(json, strict, |json| integer(json, width)),
        Scalar::Number => with_unquoted(json, strict, number),
    }
}

/// The content of a JSON string. `None` where an escape is half of a surrogate pair.
pub(super) fn text(json: &str) -> Option<Cow<'_, str>> {
    // Without escapes the content is what stands between the quotes.
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        return serde_json::from_str::<String>(json).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}

fn flag(json: &str, strict: bool) -> Result<Cow<'_, str>, Mismatch> {
    if matches!(json, "true" | "false") {
        return Ok(Cow::Borrowed(json));
    }
    if strict {
        return Err(Mismatch::Type);
    }
    let word = if json.starts_with('"') { text(json).ok_or(Mismatch::Type)? } else { json.into() };
    match word.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(Cow::Borrowed("true")),
        "false" | "0" | "no" | "off" => Ok(Cow::Borrowed("false")),
        _ => Err(Mismatch::Type),
    }
}

/// Reads a number, also one inside quotes where that is allowed.
fn with_unquoted(
    json: &str,
    strict: bool,
    read: impl Fn(&str) -> Result<Cow<'_, str>, Mismatch>,
) -> Result<Cow<'_, str>, Mismatch> {
    if strict || !json.starts_with('"') {
        return read(json);
    }
    let inner = text(json).ok_or(Mismatch::Type)?;
    let owned = read(inner.trim())?.into_owned();
    Ok(Cow::Owned(owned))
}

fn integer(json: &str, width: Width) -> Result<Cow<'_, str>, Mismatch> {
    match Number::parse(json) {
        Some(Number::Integer(value)) if width.holds(value) => {
            // Already in the plain form, unless it is `-0`, has a point or an exponent.
            if json == "-0" || json.contains(['.', 'e', 'E']) {
                return Ok(Cow::Owned(value.to_string()));
            }
            Ok(Cow::Borrowed(json))
        }
        Some(Number::Integer(_)) => Err(Mismatch::Wide),
        Some(Number::Float(value)) if value.abs() >= 1e38 => Err(Mismatch::Wide),
        None if starts_like_number(json) => Err(Mismatch::Wide),
        Some(Number::Float(_)) | None => Err(Mismatch::Type),
    }
}

fn number(json: &str) -> Result<Cow<'_, str>, Mismatch> {
    match Number::parse(json) {
        Some(_) => Ok(Cow::Borrowed(json)),
        None if starts_like_number(json) => Err(Mismatch::Huge),
        None => Err(Mismatch::Type),
    }
}

/// Whether a text that [`Number::parse`] refuses is a number all the same, one that is too large.
fn starts_like_number(json: &str) -> bool {
    serde_json::from_str::<&RawValue>(json).is_ok()
        && json.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

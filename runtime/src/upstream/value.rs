//! Taking JSON text apart for the encoders, in the order in which it was written.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Everything but the unreserved characters of RFC 3986, 2.3.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value with the shapes that parameter styles tell apart.
#[derive(Debug)]
pub(super) enum Parts {
    /// Null: there is nothing to write.
    Nothing,
    /// A string, number or boolean.
    Scalar(String),
    /// The items of a list that are not null.
    List(Vec<String>),
    /// The members of an object that are not null.
    Object(Vec<(String, String)>),
}

impl Parts {
    /// Takes a checked value apart. Lists and objects inside of it stay JSON text.
    pub(super) fn of(json: &str) -> Self {
        if json == "null" {
            return Self::Nothing;
        }
        if json.starts_with('[') {
            let present = items(json).into_iter().filter(|item| item.get() != "null");
            return Self::List(present.map(|item| plain(item.get())).collect());
        }
        if json.starts_with('{') {
            let present = members(json).into_iter().filter(|(_, value)| value.get() != "null");
            return Self::Object(present.map(|(name, value)| (name, plain(value.get()))).collect());
        }
        Self::Scalar(plain(json))
    }

    /// Whether every text, names of members among them, is such.
    pub(super) fn all(&self, is_such: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Nothing => true,
            Self::Scalar(text) => is_such(text),
            Self::List(items) => items.iter().all(|item| is_such(item)),
            Self::Object(members) => {
                members.iter().all(|(name, value)| is_such(name) && is_such(value))
            }
        }
    }

    /// The same with every text encoded.
    pub(super) fn map(self, encode: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Nothing => Self::Nothing,
            Self::Scalar(text) => Self::Scalar(encode(&text)),
            Self::List(items) => Self::List(items.iter().map(|item| encode(item)).collect()),
            Self::Object(members) => Self::Object(
                members.iter().map(|(name, value)| (encode(name), encode(value))).collect(),
            ),
        }
    }
}

/// A string without its quotes; any other value as its JSON text.
pub(super) fn plain(json: &str) -> String {
    if json.starts_with('"')
        && let Ok(text) = serde_json::from_str(json)
    {
        return text;
    }
    json.to_owned()
}

/// Percent-encodes everything that is not unreserved.
pub(super) fn percent(text: &str) -> String {
    utf8_percent_encode(text, VALUE).to_string()
}

/// Percent-encodes what is not in `set`; what is percent-encoded already stays as it is (RFC 6570,
/// 3.2.3).
pub(super) fn percent_reserved(text: &str, set: &'static AsciiSet) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.extend(utf8_percent_encode(before, set));
        let digits = after.get(..2).filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        out.push_str(if digits.is_some() { "%" } else { "%25" });
        out.push_str(digits.unwrap_or_default());
        rest = digits.and_then(|_| after.get(2..)).unwrap_or(after);
    }
    out.extend(utf8_percent_encode(rest, set));
    out
}

/// Valid JSON without the white space between its tokens, in the order in which it came.
///
/// Results depend on it: a line break inside of a message would end it on standard output.
pub(super) fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut start, mut in_text, mut escaped) = (0, false, false);
    for (at, byte) in json.bytes().enumerate() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
        } else if byte == b'"' {
            in_text = true;
        } else if byte.is_ascii_whitespace() {
            out.push_str(json.get(start..at).unwrap_or_default());
            start = at + 1;
        }
    }
    out.push_str(json.get(start..).unwrap_or_default());
    out
}

/// The items of a JSON list; none where it is no list.
pub(super) fn items(json: &str) -> Vec<&RawValue> {
    serde_json::from_str(json).unwrap_or_default()
}

/// The members of a JSON object in their order; none where it is no object.
pub(super) fn members(json: &str) -> Vec<(String, &RawValue)> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }

    serde_json::Deserializer::from_str(json).deserialize_map(Members).unwrap_or_default()
}

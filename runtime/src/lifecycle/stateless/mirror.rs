//! The headers that mirror values of the body (SEP-2243): their encoding, and whether they agree.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;

use crate::lifecycle::decision::Mirror;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::{canonical, envelope};

const BEGIN: &str = "=?base64?";
const END: &str = "?=";

/// Checks a header whose value is written as it is.
///
/// # Errors
/// [`ErrorKind::HeaderMismatch`]
pub(crate) fn check_plain(
    header: &str,
    value: Mirror<'_>,
    body: &[u8],
) -> Result<(), ProtocolError> {
    match value {
        Mirror::Once(value) if value == body => Ok(()),
        Mirror::Once(value) => Err(different(header, value, body)),
        Mirror::Absent => Err(missing(header)),
        Mirror::Repeated => Err(repeated(header)),
    }
}

/// Checks a header whose value may be encoded.
///
/// # Errors
/// [`ErrorKind::HeaderMismatch`]
pub(crate) fn check_encoded(
    header: &str,
    value: Mirror<'_>,
    body: &[u8],
) -> Result<(), ProtocolError> {
    let Mirror::Once(value) = value else { return check_plain(header, value, body) };
    check_plain(header, Mirror::Once(&decoded(header, value)?), body)
}

/// Checks the header `Mcp-Param-…` of an argument with `x-mcp-header`. An argument that is absent
/// or null has no header; strings and booleans are compared as text, numbers by value. Arrays and
/// objects cannot be mirrored: they have no header, and whoever checks the arguments refuses them.
///
/// # Errors
/// [`ErrorKind::HeaderMismatch`]
pub(crate) fn check_param(
    header: &str,
    value: Mirror<'_>,
    argument: Option<&RawValue>,
) -> Result<(), ProtocolError> {
    let argument = argument.filter(|argument| !matches!(argument.get(), "null"));
    let argument = argument.filter(|argument| !argument.get().starts_with(['[', '{']));
    let (argument, value) = match (argument, value) {
        (None, Mirror::Absent) => return Ok(()),
        (None, Mirror::Once(_)) => {
            return Err(mismatch(format!(
                "{header} header came without a value in the arguments that it could mirror"
            )));
        }
        (_, Mirror::Repeated) => return Err(repeated(header)),
        (Some(_), Mirror::Absent) => return Err(missing(header)),
        (Some(argument), Mirror::Once(value)) => (argument, decoded(header, value)?),
    };
    let agrees = match envelope::string(argument) {
        Some(text) => *value == *text.as_bytes(),
        None if argument.get().starts_with(['t', 'f']) => *value == *argument.get().as_bytes(),
        None => same_number(&value, argument.get()),
    };
    if agrees { Ok(()) } else { Err(different(header, &value, argument.get().as_bytes())) }
}

/// Whether a text is a JSON number of this value: 42.0 is 42.
fn same_number(text: &[u8], number: &str) -> bool {
    let raw: Option<&RawValue> = serde_json::from_slice(text).ok();
    let is_number =
        |raw: &&RawValue| raw.get().starts_with(|c: char| c == '-' || c.is_ascii_digit());
    raw.filter(is_number).is_some_and(|raw| {
        raw.get().len() == text.len() && canonical::text(raw.get()) == canonical::text(number)
    })
}

/// The value of a header: as it is, or base64 between `=?base64?` and `?=`. `None` for what is
/// between the two and no base64 with its padding.
pub(crate) fn decode(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    let inside = value.strip_prefix(BEGIN.as_bytes());
    match inside.and_then(|rest| rest.strip_suffix(END.as_bytes())) {
        Some(encoded) => STANDARD.decode(encoded).ok().map(Cow::Owned),
        None => Some(Cow::Borrowed(value)),
    }
}

/// The header for a value, which [`decode`] undoes: as it is where that is plain ASCII without
/// white space at its ends, else in base64.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn encode(value: &str) -> Cow<'_, str> {
    let printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let looks_encoded = value.starts_with(BEGIN) && value.ends_with(END);
    let plain = printable && value.trim_matches(' ') == value && !looks_encoded;
    if plain {
        return Cow::Borrowed(value);
    }
    Cow::Owned([BEGIN, &STANDARD.encode(value), END].concat())
}

fn decoded<'a>(header: &str, value: &'a [u8]) -> Result<Cow<'a, [u8]>, ProtocolError> {
    decode(value).ok_or_else(|| mismatch(format!("{header} header is not valid base64")))
}

fn different(header: &str, value: &[u8], body: &[u8]) -> ProtocolError {
    mismatch(format!(
        "{header} header value '{}' does not match body value '{}'",
        shown(value),
        shown(body)
    ))
}

fn missing(header: &str) -> ProtocolError {
    mismatch(format!("{header} header is missing"))
}

fn repeated(header: &str) -> ProtocolError {
    mismatch(format!("{header} header may come once"))
}

/// The beginning of a value, for a message.
pub(crate) fn shown(value: &[u8]) -> String {
    String::from_utf8_lossy(value).chars().take(100).collect()
}

fn mismatch(detail: impl AsRef<str>) -> ProtocolError {
    ProtocolError::new(ErrorKind::HeaderMismatch, ["Header mismatch: ", detail.as_ref()].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use serde_json::value::RawValue;

    use super::{check_encoded, check_param, decode, encode};
    use crate::lifecycle::decision::Mirror;

    #[test]
    fn base64_of_a_header_is_strict() {
        assert_eq!(decode(b"=?base64?SGVsbG8=?=").as_deref(), Some(b"Hello".as_slice()));
        assert_eq!(decode(b"SGVsbG8=").as_deref(), Some(b"SGVsbG8=".as_slice()));
        assert_eq!(decode(b"=?base64?SGVsbG8=").as_deref(), Some(b"=?base64?SGVsbG8=".as_slice()));
        assert_eq!(decode(b"=?base64?=").as_deref(), Some(b"=?base64?=".as_slice()));
        assert_eq!(decode(b"=?base64??=").as_deref(), Some(b"".as_slice()));
        assert_eq!(decode(b"=?base64?SGVsbG8?="), None, "padding is required");
        assert_eq!(decode(b"=?base64?SGVs!!!bG8=?="), None, "the alphabet is checked");
        assert_eq!(decode(b"=?base64?SGVsbG9=?="), None, "trailing bits are zero");
        assert_eq!(decode(b"=?BASE64?!?=").as_deref(), Some(b"=?BASE64?!?=".as_slice()));
    }

    #[test]
    fn what_is_not_plain_is_encoded() {
        for plain in ["", "a b", "us-west1", "=?base64?x", "~!", "a,b"] {
            assert_eq!(encode(plain), plain);
        }
        for other in [" a", "a ", "a\tb", "\u{7f}", "é", "a\nb", "=?base64?x?="] {
            assert!(encode(other).starts_with("=?base64?"), "{other:?}");
        }
    }

    #[test]
    fn an_encoded_header_is_compared_decoded() {
        let check = |value: &'static str, body: &str| {
            check_encoded("Mcp-Name", Mirror::Once(value.as_bytes()), body.as_bytes()).is_ok()
        };
        assert!(check("Hello", "Hello") && check("=?base64?SGVsbG8=?=", "Hello"));
        assert!(!check("hello", "Hello") && !check("=?base64?SGVsbG8?=", "Hello"));
        assert!(check_encoded("Mcp-Name", Mirror::Absent, b"").is_err());
    }

    /// The message of the refusal, or `ok`.
    #[track_caller]
    fn param(value: Option<&str>, argument: Option<&str>) -> String {
        let argument = argument.map(|text| RawValue::from_string(text.to_owned()).expect("JSON"));
        let value = value.map_or(Mirror::Absent, |value| Mirror::Once(value.as_bytes()));
        match check_param("Mcp-Param-X", value, argument.as_deref()) {
            Ok(()) => "ok".to_owned(),
            Err(error) => {
                assert_eq!(error.kind.code(), -32020);
                error.message.into_owned()
            }
        }
    }

    #[test]
    fn an_argument_without_a_value_has_no_header() {
        for argument in [None, Some("null"), Some("[1]"), Some(r#"{"a":1}"#)] {
            assert_eq!(param(None, argument), "ok");
            assert!(param(Some("null"), argument).contains("came without a value"));
            assert!(param(Some(""), argument).contains("came without a value"));
        }
    }

    #[test]
    fn an_argument_with_a_value_has_one_header() {
        for argument in ["\"\"", "\"a\"", "0", "false"] {
            assert_eq!(
                param(None, Some(argument)),
                "Header mismatch: Mcp-Param-X header is missing"
            );
        }
        for argument in [None, Some("null"), Some("1")] {
            let argument =
                argument.map(|text| RawValue::from_string(text.to_owned()).expect("JSON"));
            let refused = check_param("Mcp-Param-X", Mirror::Repeated, argument.as_deref());
            assert!(refused.expect_err("one is enough").message.contains("may come once"));
        }
    }

    #[test]
    fn strings_are_compared_as_they_are() {
        assert_eq!(param(Some("us-west1"), Some("\"us-west1\"")), "ok");
        assert_eq!(param(Some(""), Some("\"\"")), "ok");
        assert_eq!(param(Some("=?base64?w6k=?="), Some("\"\\u00e9\"")), "ok");
        assert_eq!(param(Some("=?base64?YQ==?="), Some("\"a\"")), "ok", "encoded without need");
        assert_eq!(param(Some("42"), Some("\"42\"")), "ok");
        assert!(param(Some("US-WEST1"), Some("\"us-west1\"")).contains("does not match"));
        assert!(param(Some("42.0"), Some("\"42\"")).contains("does not match"));
        assert!(param(Some("=?base64?YQ?="), Some("\"a\"")).contains("not valid base64"));
        assert!(param(Some("YQ=="), Some("\"a\"")).contains("does not match"));
    }

    #[test]
    fn booleans_have_one_spelling() {
        assert_eq!(param(Some("true"), Some("true")), "ok");
        assert_eq!(param(Some("false"), Some("false")), "ok");
        for other in ["True", "1", "false", ""] {
            assert!(param(Some(other), Some("true")).contains("does not match"), "{other}");
        }
    }

    #[test]
    fn integers_are_compared_by_value() {
        for header in ["42", "42.0", "4.2e1", "=?base64?NDI=?="] {
            assert_eq!(param(Some(header), Some("42")), "ok", "{header}");
            assert_eq!(param(Some(header), Some("42.00")), "ok", "{header}");
        }
        assert_eq!(param(Some("-9007199254740991"), Some("-9007199254740991")), "ok");
        assert_eq!(param(Some("0"), Some("-0")), "ok");
        for header in ["43", "042", "+42", "0x2a", "42 ", "4 2", "42,0", "", "-", "\"42\"", "[42]"]
        {
            assert!(param(Some(header), Some("42")).contains("does not match"), "{header}");
        }
        let (large, larger) = ("9007199254740993", "9007199254740992");
        assert!(param(Some(large), Some(larger)).contains("does not match"), "exactly");
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(value in any::<String>()) {
            let header = encode(&value);
            assert!(header.bytes().all(|byte| matches!(byte, b' '..=b'~')));
            assert_eq!(header.trim(), header);
            assert_eq!(decode(header.as_bytes()).as_deref(), Some(value.as_bytes()));
        }
    }
}

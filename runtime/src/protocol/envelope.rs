//! The JSON-RPC envelope, read in one pass and borrowed from the text.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::protocol::depth;
use crate::protocol::error::{ErrorKind, ProtocolError};

/// One JSON-RPC message.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    /// The id as JSON text, a string or a number; absent on notifications.
    pub(crate) id: Option<&'a str>,
    /// What the message is.
    pub(crate) body: Body<'a>,
}

/// The kinds of messages that clients send.
#[derive(Debug)]
pub(crate) enum Body<'a> {
    /// A request, or a notification where the message has no id.
    Method {
        /// Name of the method.
        name: Cow<'a, str>,
        /// Its parameters, unread.
        params: Option<&'a RawValue>,
    },
    /// The answer to a request of the server: a result, or an error.
    Response(Result<&'a RawValue, &'a RawValue>),
}

/// A refused message, with the id where it could be read.
#[derive(Debug)]
pub(crate) struct Refused<'a> {
    /// The id as JSON text.
    pub(crate) id: Option<&'a str>,
    /// Why.
    pub(crate) error: ProtocolError,
}

impl<'a> Refused<'a> {
    const fn new(id: Option<&'a str>, error: ProtocolError) -> Self {
        Self { id, error }
    }
}

#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    error: Option<&'a RawValue>,
}

/// Keeps `null` apart from an absent member.
pub(crate) fn present<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Checks that `bytes` are UTF-8 and nest at most `depth_limit` deep.
///
/// # Errors
/// [`ErrorKind::Parse`] for other bytes, [`ErrorKind::InvalidRequest`] for deeper nesting.
pub(crate) fn text(bytes: &[u8], depth_limit: usize) -> Result<&str, ProtocolError> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(ProtocolError::new(ErrorKind::Parse, "Parse error: the body is not UTF-8"));
    };
    if !depth::within(bytes, depth_limit) {
        return Err(ProtocolError::new(
            ErrorKind::InvalidRequest,
            format!("Invalid request: nested deeper than {depth_limit} levels"),
        ));
    }
    Ok(text)
}

/// Whether the text is an array: a batch.
pub(crate) fn is_batch(text: &str) -> bool {
    first_byte(text) == Some(b'[')
}

/// The messages of a batch, unread.
///
/// # Errors
/// [`ErrorKind::Parse`] for what is no JSON, [`ErrorKind::InvalidRequest`] for an empty batch.
pub(crate) fn parse_batch(text: &str) -> Result<Vec<&RawValue>, ProtocolError> {
    let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| refusal(&error))?;
    if items.is_empty() {
        return Err(ProtocolError::new(
            ErrorKind::InvalidRequest,
            "Invalid request: the batch is empty",
        ));
    }
    Ok(items)
}

/// Reads one message.
///
/// # Errors
/// [`ErrorKind::Parse`] for what is no JSON, [`ErrorKind::InvalidRequest`] for what is no JSON-RPC
/// 2.0 message with an id that is a string or a number.
pub(crate) fn parse(text: &str) -> Result<Message<'_>, Refused<'_>> {
    if first_byte(text) != Some(b'{') {
        // A struct could also be read from an array, so arrays must not get that far.
        let error = match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => invalid("Invalid request: the message is not a JSON object"),
            Err(error) => refusal(&error),
        };
        return Err(Refused::new(None, error));
    }
    let members: Members<'_> =
        serde_json::from_str(text).map_err(|error| Refused::new(None, refusal(&error)))?;
    let id = match members.id.map(RawValue::get) {
        None => None,
        Some(id) if matches!(first_byte(id), Some(b'"' | b'-' | b'0'..=b'9')) => Some(id),
        Some(_) => {
            return Err(Refused::new(
                None,
                invalid("Invalid request: the id is neither a string nor a number"),
            ));
        }
    };
    if members.jsonrpc.is_none_or(|version| string(version).as_deref() != Some("2.0")) {
        return Err(Refused::new(id, invalid("Invalid request: `jsonrpc` is not \"2.0\"")));
    }
    let body = match (members.method, members.result, members.error) {
        (Some(method), ..) => match string(method) {
            Some(name) => Body::Method { name, params: members.params },
            None => {
                return Err(Refused::new(id, invalid("Invalid request: `method` is not a string")));
            }
        },
        (None, Some(result), _) if id.is_some() => Body::Response(Ok(result)),
        (None, None, Some(error)) if id.is_some() => Body::Response(Err(error)),
        (None, ..) => {
            return Err(Refused::new(id, invalid("Invalid request: `method` is missing")));
        }
    };
    Ok(Message { id, body })
}

/// The value of a JSON string; `None` for any other value.
pub(crate) fn string(raw: &RawValue) -> Option<Cow<'_, str>> {
    let text = raw.get();
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(text).ok().map(Cow::Owned)
}

/// Whether the value is a JSON object.
pub(crate) fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

fn first_byte(text: &str) -> Option<u8> {
    text.bytes().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

fn invalid(message: &'static str) -> ProtocolError {
    ProtocolError::new(ErrorKind::InvalidRequest, message)
}

fn refusal(error: &serde_json::Error) -> ProtocolError {
    match error.classify() {
        Category::Data => {
            ProtocolError::new(ErrorKind::InvalidRequest, format!("Invalid request: {error}"))
        }
        Category::Syntax | Category::Eof | Category::Io => {
            ProtocolError::new(ErrorKind::Parse, format!("Parse error: {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::{Body, parse};

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes values")]
    fn check(text: &str, expected: Expect) {
        let shown = match parse(text) {
            Ok(message) => {
                let id = message.id.unwrap_or("none");
                match message.body {
                    Body::Method { name, params } => {
                        let params = params.map_or("none", |params| params.get());
                        format!("id {id}, method {name}, params {params}")
                    }
                    Body::Response(_) => format!("id {id}, response"),
                }
            }
            Err(refused) => format!(
                "id {}, {} {}",
                refused.id.unwrap_or("none"),
                refused.error.kind.code(),
                refused.error.message
            ),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn requests_notifications_and_responses() {
        check(
            r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":[1, 2]}}"#,
            expect![[r#"id 1, method a, params {"x":[1, 2]}"#]],
        );
        check(
            r#"{"jsonrpc":"2.0","method":"tools\u002flist"}"#,
            expect!["id none, method tools/list, params none"],
        );
        check(
            r#" {"id":"\u00e9","result":{},"jsonrpc":"2.0"}"#,
            expect![[r#"id "\u00e9", response"#]],
        );
    }

    #[test]
    fn ids_are_strings_or_numbers() {
        for id in ["0", "-1", "1.5", "18446744073709551616", "\"\"", "\"a\\n\""] {
            let text = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
            assert_eq!(parse(&text).expect("the id is fine").id, Some(id));
        }
        for id in ["null", "true", "[1]", "{}"] {
            let text = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
            check(
                &text,
                expect!["id none, -32600 Invalid request: the id is neither a string nor a number"],
            );
        }
    }

    #[test]
    fn a_refusal_keeps_the_id_where_it_can_be_read() {
        check(
            r#"{"jsonrpc":"2.0","id":7,"method":1}"#,
            expect!["id 7, -32600 Invalid request: `method` is not a string"],
        );
        check(
            r#"{"jsonrpc":"1.0","id":7,"method":"a"}"#,
            expect![[r#"id 7, -32600 Invalid request: `jsonrpc` is not "2.0""#]],
        );
        check(
            r#"{"jsonrpc":"2.0","id":7}"#,
            expect!["id 7, -32600 Invalid request: `method` is missing"],
        );
    }

    #[test]
    fn what_is_no_json_is_a_parse_error() {
        check(
            "",
            expect!["id none, -32700 Parse error: EOF while parsing a value at line 1 column 0"],
        );
        check(
            "{\"a\":",
            expect!["id none, -32700 Parse error: EOF while parsing a value at line 1 column 5"],
        );
        check(
            "[1,2]",
            expect!["id none, -32600 Invalid request: the message is not a JSON object"],
        );
        check("nope", expect!["id none, -32700 Parse error: expected ident at line 1 column 2"]);
    }
}

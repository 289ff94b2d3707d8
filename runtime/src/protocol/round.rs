//! Rounds of a call on the 2026-07-28 wire: the result that asks, and the answers that come back.

use std::collections::BTreeMap;

use bytes::{BufMut, BytesMut};
use serde_json::value::RawValue;

use crate::protocol::envelope;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::{escape, response};

/// Appends the response that asks: questions as key, method and parameters in JSON text.
pub(crate) fn encode<'a>(
    buffer: &mut BytesMut,
    id: &[u8],
    questions: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
    state: &str,
    info: &str,
) {
    buffer.put_slice(br#"{"jsonrpc":"2.0","id":"#);
    buffer.put_slice(id);
    buffer.put_slice(br#","result":{"resultType":"input_required","inputRequests":"#);
    requests(buffer, questions);
    buffer.put_slice(br#","requestState":"#);
    escape::string(buffer, state);
    response::server_info(buffer, info);
    buffer.put_slice(b"}}");
}

/// Appends `inputRequests`: an object of questions by key.
pub(crate) fn requests<'a>(
    buffer: &mut BytesMut,
    questions: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
) {
    buffer.put_u8(b'{');
    for (index, (key, method, params)) in questions.enumerate() {
        if index > 0 {
            buffer.put_u8(b',');
        }
        escape::string(buffer, key);
        buffer.put_slice(br#":{"method":"#);
        escape::string(buffer, method);
        buffer.put_slice(br#","params":"#);
        buffer.put_slice(params.as_bytes());
        buffer.put_u8(b'}');
    }
    buffer.put_u8(b'}');
}

/// Reads `inputResponses`.
///
/// # Errors
/// [`ErrorKind::InvalidParams`] where it is no object of objects.
pub(crate) fn answers(raw: &RawValue) -> Result<BTreeMap<String, Box<RawValue>>, ProtocolError> {
    let invalid = |why: &str| {
        ProtocolError::new(
            ErrorKind::InvalidParams,
            format!("Invalid params: `inputResponses` is no object of answers{why}"),
        )
    };
    if !envelope::is_object(raw) {
        return Err(invalid(""));
    }
    let answers: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(raw.get()).map_err(|error| invalid(&format!(": {error}")))?;
    if let Some((key, _)) = answers.iter().find(|(_, answer)| !envelope::is_object(answer)) {
        let shown: String = key.chars().take(100).collect();
        return Err(invalid(&format!(": `{shown}` is no object")));
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use expect_test::expect;
    use serde_json::value::RawValue;

    use super::{answers, encode};

    #[test]
    fn a_round_asks_by_key() {
        let mut buffer = BytesMut::new();
        let questions = [("who", "elicitation/create", r#"{"message":"?"}"#)].into_iter();
        encode(&mut buffer, b"7", questions, "sealed", r#"{"name":"s","version":"1"}"#);
        expect![[
            r#"{"jsonrpc":"2.0","id":7,"result":{"resultType":"input_required","inputRequests":{"who":{"method":"elicitation/create","params":{"message":"?"}}},"requestState":"sealed","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#
        ]]
        .assert_eq(std::str::from_utf8(&buffer).expect("UTF-8"));
    }

    #[test]
    fn answers_are_objects() {
        let read = |text: &str| {
            let raw = RawValue::from_string(text.to_owned()).expect("valid JSON");
            answers(&raw).map(|answers| answers.len()).map_err(|error| error.kind.code())
        };
        assert_eq!(read(r#"{"a":{},"b":{"action":"accept"}}"#), Ok(2));
        for text in ["null", "[]", r#"{"a":1}"#, r#"{"a":{},"b":null}"#] {
            assert_eq!(read(text), Err(-32602), "{text}");
        }
    }
}

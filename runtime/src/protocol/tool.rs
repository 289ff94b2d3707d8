//! `tools/call`: the result, on either wire.

use bytes::{BufMut, BytesMut};

use crate::operation::Output;
use crate::protocol::content::{self, put_line};
use crate::protocol::{Wire, response};
use crate::result::ToolResult;

/// Appends the response to a tool call.
pub(crate) fn encode_result(
    buffer: &mut BytesMut,
    wire: Wire,
    id: &[u8],
    output: Output,
    result: &ToolResult,
    info: &str,
) {
    response::open(buffer, id, wire);
    buffer.put_slice(br#""content":"#);
    content::blocks(buffer, wire, &result.content);
    let wrapped = encode_structured(buffer, wire, output, result);
    buffer.put_slice(if result.is_error {
        br#","isError":true"#
    } else {
        br#","isError":false"#.as_slice()
    });
    let wrapped = wrapped.then_some(r#""fastmcp":{"wrap_result":true}"#);
    response::meta(buffer, wire, info, &result.meta, wrapped);
    buffer.put_slice(b"}}");
}

/// Appends `structuredContent` where the wire can carry it; returns whether it was wrapped.
fn encode_structured(
    buffer: &mut BytesMut,
    wire: Wire,
    output: Output,
    result: &ToolResult,
) -> bool {
    let Some(structured) = result.structured.as_deref().filter(|_| wire.structured) else {
        return false;
    };
    let text = structured.get();
    let wrap = match output {
        // Before 2026-07-28 structured content is an object.
        Output::Wrapped => !wire.stateless && !result.is_error,
        Output::Undeclared => !wire.stateless && !text.starts_with('{'),
        // An output schema of an object promises one.
        Output::Object if !text.starts_with('{') => return false,
        Output::Object => false,
    };
    if result.is_error && !text.starts_with('{') {
        return false;
    }
    buffer.put_slice(br#","structuredContent":"#);
    if wrap {
        buffer.put_slice(br#"{"result":"#);
    }
    put_line(buffer, text);
    if wrap {
        buffer.put_u8(b'}');
    }
    wrap
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use expect_test::{Expect, expect};
    use serde_json::value::RawValue;

    use super::encode_result;
    use crate::operation::Output;
    use crate::protocol::Wire;
    use crate::result::{Content, ToolResult};

    const MODERN: Wire = Wire { stateless: true, structured: true, audio: true };
    const LEGACY: Wire = Wire { stateless: false, structured: true, audio: true };
    const OLDEST: Wire = Wire { stateless: false, structured: false, audio: false };

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes values")]
    fn check(wire: Wire, output: Output, text: &str, structured: &str, expected: Expect) {
        let result = ToolResult {
            content: vec![Content::Text(text.to_owned())],
            structured: Some(RawValue::from_string(structured.to_owned()).expect("valid JSON")),
            ..ToolResult::default()
        };
        let mut buffer = BytesMut::new();
        encode_result(&mut buffer, wire, b"1", output, &result, r#"{"name":"s","version":"1"}"#);
        serde_json::from_slice::<serde_json::Value>(&buffer).expect("the result is JSON");
        expected.assert_eq(std::str::from_utf8(&buffer).expect("the result is UTF-8"));
    }

    #[test]
    fn wrapped_values_are_bare_on_the_stateless_wire_only() {
        check(
            MODERN,
            Output::Wrapped,
            "3",
            "3",
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[{"type":"text","text":"3"}],"structuredContent":3,"isError":false,"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#
            ]],
        );
        check(
            LEGACY,
            Output::Wrapped,
            "3",
            "3",
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"3"}],"structuredContent":{"result":3},"isError":false,"_meta":{"fastmcp":{"wrap_result":true}}}}"#
            ]],
        );
        check(
            OLDEST,
            Output::Wrapped,
            "3",
            "3",
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"3"}],"isError":false}}"#
            ]],
        );
    }

    #[test]
    fn a_response_is_one_line() {
        check(
            MODERN,
            Output::Object,
            "x",
            "{\r\n\"a\": \"\\n\"}",
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[{"type":"text","text":"x"}],"structuredContent":{  "a": "\n"},"isError":false,"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#
            ]],
        );
    }

    #[test]
    fn undeclared_output_is_wrapped_where_it_is_no_object() {
        check(
            LEGACY,
            Output::Undeclared,
            "{\"a\":1}",
            "{\"a\":1}",
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"a\":1}"}],"structuredContent":{"a":1},"isError":false}}"#
            ]],
        );
        check(
            LEGACY,
            Output::Undeclared,
            "3",
            "3",
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"3"}],"structuredContent":{"result":3},"isError":false,"_meta":{"fastmcp":{"wrap_result":true}}}}"#
            ]],
        );
    }

    #[test]
    fn sound_is_a_note_where_the_wire_has_no_audio() {
        let result = ToolResult {
            content: vec![Content::Audio { data: "AA==".into(), mime_type: "audio/wav".into() }],
            ..ToolResult::default()
        };
        let mut buffer = BytesMut::new();
        encode_result(&mut buffer, OLDEST, b"1", Output::Undeclared, &result, "{}");
        let text = std::str::from_utf8(&buffer).expect("the result is UTF-8");
        assert!(text.contains(r#""type":"text""#) && text.contains("audio/wav"), "{text}");
    }
}

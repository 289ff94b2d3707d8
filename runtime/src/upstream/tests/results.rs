//! Replies as tool results.

use bytes::Bytes;
use expect_test::{Expect, expect};
use serde_json::json;

use crate::operation::{Operation, Output};
use crate::upstream::Reply;

fn check(output: Output, media_type: &str, body: &[u8], expected: &Expect) {
    let operation = Operation { tool: "get", output, ..Operation::DEFAULT };
    let body = Bytes::copy_from_slice(body);
    let reply = Reply { status: 200, media_type: media_type.to_owned(), body, note: None };
    expected.assert_eq(&match reply.into_tool_result(&operation) {
        Ok(result) => {
            let structured = result.structured.map(|value| value.get().to_owned());
            format!("{:?} | {}", result.content, structured.as_deref().unwrap_or("-"))
        }
        Err(error) => format!("error: {error}"),
    });
}

#[test]
fn json_becomes_text_and_structured_content() {
    let json = "application/json; charset=utf-8";
    check(
        Output::Undeclared,
        json,
        b"{\r\n  \"a \\\" b\": 1\n}\n",
        &expect![[r#"[Text("{\"a \\\" b\":1}")] | {"a \" b":1}"#]],
    );
    check(Output::Undeclared, json, b"[1]", &expect![[r#"[Text("[1]")] | [1]"#]]);
    check(Output::Wrapped, json, b"[1]", &expect![[r#"[Text("[1]")] | [1]"#]]);
    check(Output::Wrapped, json, b"null", &expect![[r#"[Text("null")] | null"#]]);
    check(
        Output::Object,
        "application/hal+json",
        b"\xEF\xBB\xBF{}",
        &expect![[r#"[Text("{}")] | {}"#]],
    );
    check(Output::Object, "", b"{}", &expect![[r#"[Text("{}")] | {}"#]]);
    check(Output::Object, json, b"", &expect!["[] | -"]);
    check(
        Output::Object,
        json,
        b"[1]",
        &expect!["error: the upstream answered with JSON that is no object, which `get` promises"],
    );
    check(
        Output::Undeclared,
        json,
        b"{oops",
        &expect![
            "error: the upstream answered application/json; charset=utf-8 with a body that is not valid JSON: key must be a string at line 1 column 2"
        ],
    );
}

#[test]
fn what_is_not_json_is_named_where_json_is_promised() {
    check(
        Output::Object,
        "text/html",
        b"<!doctype html><p>",
        &expect!["error: the upstream answered with text/html where `get` expects JSON"],
    );
    check(
        Output::Object,
        "text/plain",
        b"try later\n",
        &expect![
            "error: the upstream answered with text/plain where `get` expects JSON: try later"
        ],
    );
    check(
        Output::Object,
        "",
        b"oops",
        &expect![
            "error: the upstream answered with no content type where `get` expects JSON: oops"
        ],
    );
}

#[test]
fn other_media_types_become_blocks_of_their_kind() {
    check(Output::Undeclared, "text/csv", b"a,b\n", &expect![[r#"[Text("a,b\n")] | -"#]]);
    check(
        Output::Undeclared,
        "text/plain; charset=ISO-8859-1",
        b"\xE9",
        &expect![[r#"[Text("é")] | -"#]],
    );
    check(
        Output::Undeclared,
        "text/plain",
        b"\xE9",
        &expect!["error: the upstream answered text/plain with bytes that are not UTF-8"],
    );
    check(Output::Undeclared, "application/xml", b"<a/>", &expect![[r#"[Text("<a/>")] | -"#]]);
    check(
        Output::Undeclared,
        "Image/PNG",
        b"\x89P",
        &expect![[r#"[Image { data: "iVA=", mime_type: "image/png" }] | -"#]],
    );
    check(
        Output::Undeclared,
        "audio/wav",
        b"RI",
        &expect![[r#"[Audio { data: "Ukk=", mime_type: "audio/wav" }] | -"#]],
    );
    check(
        Output::Undeclared,
        "application/zip",
        b"PK",
        &expect![[
            r#"[Resource { uri: "resource://get", mime_type: "application/zip", contents: Blob("UEs=") }] | -"#
        ]],
    );
    check(
        Output::Undeclared,
        "",
        b"\xFF",
        &expect![[
            r#"[Resource { uri: "resource://get", mime_type: "application/octet-stream", contents: Blob("/w==") }] | -"#
        ]],
    );
}

#[test]
fn an_html_page_is_no_answer_where_only_json_is_accepted() {
    for (accept, is_page_taken) in [
        ("application/json, application/problem+json;q=0.5", false),
        ("application/json, text/html", true),
        ("*/*", true),
    ] {
        let operation = Operation { tool: "get", accept, ..Operation::DEFAULT };
        let reply = Reply {
            status: 200,
            media_type: "text/html; charset=utf-8".to_owned(),
            body: Bytes::from_static(b"<html>Log in</html>"),
            note: None,
        };
        assert_eq!(reply.into_tool_result(&operation).is_ok(), is_page_taken, "{accept}");
    }
}

#[test]
fn sequences_are_read_as_the_list_of_their_items() {
    let read = |status: u16, media_type: &str, body: &'static [u8]| {
        let media_type = media_type.to_owned();
        let reply = Reply { status, media_type, body: Bytes::from_static(body), note: None };
        reply.parse::<serde_json::Value>()
    };
    let lines = read(200, "application/x-ndjson", b"{\"a\":1}\n2\n");
    assert_eq!(lines.expect("lines"), json!([{ "a": 1 }, 2]));
    let records = read(200, "application/json-seq", b"\x1e1\n\x1e2\n");
    assert_eq!(records.expect("records"), json!([1, 2]));
    let events = read(200, "text/event-stream", b"data: 1\n\nevent: end\ndata: x\n\n");
    assert_eq!(events.expect("events"), json!([1, { "event": "end", "data": "x" }]));
    assert_eq!(read(200, "application/jsonl", b"").expect("no line"), json!([]));
    // Without content there is no sequence either.
    assert_eq!(read(204, "application/jsonl", b"").expect("nothing"), json!(null));
    let text = Reply {
        status: 200,
        media_type: "application/jsonl".to_owned(),
        body: Bytes::from_static(b"1\nx\n"),
        note: None,
    };
    let error = text.parse::<Vec<u8>>().expect_err("no number");
    assert!(error.to_string().contains("not as its document says"), "{error}");
}

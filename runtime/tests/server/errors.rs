//! The table of protocol errors with their HTTP statuses, and the order of the checks.

use expect_test::{Expect, expect};

use crate::fixture::{STATELESS, listen, mirrored, modern, post, request, send, server};

async fn check(headers: &[(&str, &str)], body: &str, expected: Expect) {
    let address = listen(&server(&STATELESS).0).await;
    let answer = post(address, headers, body).await;
    expected.assert_eq(&format!("{} {}", answer.status, answer.body));
}

const VERSION: (&str, &str) = ("MCP-Protocol-Version", "2026-07-28");

#[tokio::test]
async fn bodies_that_are_no_message() {
    check(&[], "{", expect![[r#"400 {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error: EOF while parsing an object at line 1 column 1"}}"#]]).await;
    check(&[], "", expect![[r#"400 {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error: EOF while parsing a value at line 1 column 0"}}"#]]).await;
    check(&[], "[]", expect![[r#"400 {"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request: the batch is empty"}}"#]]).await;
    check(&[VERSION], "[1]", expect![[r#"400 {"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request: batches exist in protocol version 2025-03-26 only; send one message at a time"}}"#]]).await;
    check(&[], r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, expect![[r#"400 {"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request: the id is neither a string nor a number"}}"#]]).await;
    check(&[], r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params: `params` is not an object"}}"#]]).await;
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{}{}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    check(&[], &deep, expect![[r#"400 {"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request: nested deeper than 128 levels"}}"#]]).await;
    let address = listen(&server(&STATELESS).0).await;
    let answer = send(address, &request("POST", "/mcp", &[], b"{\"a\":\"\xff\"}")).await;
    expect![[r#"400 {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error: the body is not UTF-8"}}"#]]
        .assert_eq(&format!("{} {}", answer.status, answer.body));
}

#[tokio::test]
async fn required_meta_is_checked_before_headers() {
    check(&[VERSION], r#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params: missing _meta field io.modelcontextprotocol/protocolVersion"}}"#]]).await;
    check(&[], r#"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/clientCapabilities":{}}}}"#, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params: missing _meta field io.modelcontextprotocol/protocolVersion"}}"#]]).await;
    check(&[], r#"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params: missing _meta field io.modelcontextprotocol/clientCapabilities"}}"#]]).await;
    check(&[], r#"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":[]}}}"#, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params: _meta field io.modelcontextprotocol/clientCapabilities is not an object"}}"#]]).await;
}

#[tokio::test]
async fn headers_mirror_the_body() {
    let discover = modern("1", "server/discover", "");
    let call = modern("1", "tools/call", r#""name":"who""#);
    check(&[], &discover, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch: MCP-Protocol-Version header is missing"}}"#]]).await;
    check(&[("MCP-Protocol-Version", "2025-11-25")], &discover, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch: MCP-Protocol-Version header value '2025-11-25' does not match body value '2026-07-28'"}}"#]]).await;
    check(&[VERSION], &discover, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch: Mcp-Method header is missing"}}"#]]).await;
    check(&mirrored("SERVER/DISCOVER", ""), &discover, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch: Mcp-Method header value 'SERVER/DISCOVER' does not match body value 'server/discover'"}}"#]]).await;
    check(&mirrored("tools/call", ""), &call, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch: Mcp-Name header is missing"}}"#]]).await;
    check(&mirrored("tools/call", "add"), &call, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch: Mcp-Name header value 'add' does not match body value 'who'"}}"#]]).await;
    check(&mirrored("tools/call", "=?base64?d2hv!?="), &call, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch: Mcp-Name header is not valid base64"}}"#]]).await;
    for repeated in mirrored("tools/call", "who") {
        let [version, method, name] = mirrored("tools/call", "who");
        let address = listen(&server(&STATELESS).0).await;
        let answer = post(address, &[version, method, name, repeated], &call).await;
        assert_eq!(answer.status, 400, "{repeated:?}");
        let expected = format!(
            r#"{{"jsonrpc":"2.0","id":1,"error":{{"code":-32020,"message":"Header mismatch: {} header may come once"}}}}"#,
            repeated.0
        );
        assert_eq!(answer.body, expected);
    }
    let address = listen(&server(&STATELESS).0).await;
    for name in ["=?base64?d2hv?=", "  who  "] {
        assert_eq!(post(address, &mirrored("tools/call", name), &call).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn versions_that_are_not_served() {
    let body = modern("1", "server/discover", "").replace("2026-07-28", "v999.0.0");
    check(&[("MCP-Protocol-Version", "v999.0.0")], &body, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"Unsupported protocol version","data":{"supported":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],"requested":"v999.0.0"}}}"#]]).await;
    check(&[VERSION], &body, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch: MCP-Protocol-Version header value '2026-07-28' does not match body value 'v999.0.0'"}}"#]]).await;
    let body = modern("1", "server/discover", "").replace("2026-07-28", "2025-11-25");
    check(&[("MCP-Protocol-Version", "2025-11-25")], &body, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"Unsupported protocol version in `_meta`: this one is served after `initialize`","data":{"supported":["2026-07-28"],"requested":"2025-11-25"}}}"#]]).await;
    check(&[("MCP-Protocol-Version", "2")], r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"Unsupported protocol version","data":{"supported":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],"requested":"2"}}}"#]]).await;
}

#[tokio::test]
async fn unknown_methods_are_404_on_the_stateless_wire_only() {
    for method in
        ["initialize", "ping", "logging/setLevel", "resources/subscribe", "unknown/method"]
    {
        let address = listen(&server(&STATELESS).0).await;
        let answer = post(address, &mirrored(method, ""), &modern("1", method, "")).await;
        assert_eq!(answer.status, 404, "{method}");
        assert!(answer.body.contains(r#""id":1,"error":{"code":-32601"#), "{}", answer.body);
    }
    check(&[], r#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#, expect![[r#"200 {"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found: server/discover"}}"#]]).await;
}

#[tokio::test]
async fn parameters_are_checked_last() {
    let call = |params: &str| modern("1", "tools/call", params);
    check(&mirrored("tools/call", "ad"), &call(r#""name":"ad""#), expect![[r#"200 {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool: 'ad'; did you mean 'add'?"}}"#]]).await;
    check(&mirrored("tools/call", ""), &call(""), expect![[r#"200 {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params: `name` of the tool is missing or is not a string"}}"#]]).await;
    check(&mirrored("tools/call", "add"), &call(r#""name":"add","arguments":[]"#), expect![[r#"200 {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params: `arguments` is not an object"}}"#]]).await;
    check(&mirrored("tools/list", ""), &modern("1", "tools/list", r#""cursor":"x""#), expect![[r#"200 {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params: unknown cursor; the list has one page, ask for it without a cursor"}}"#]]).await;
}

#[tokio::test]
async fn responses_and_notifications_of_clients() {
    let response = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
    check(&[VERSION], response, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params: missing _meta field io.modelcontextprotocol/protocolVersion"}}"#]]).await;
    check(&[], response, expect!["202 "]).await;
    check(&[VERSION, VERSION], r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, expect![[r#"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"Invalid request: MCP-Protocol-Version may come once"}}"#]]).await;
    check(&[VERSION], r#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#, expect!["202 "])
        .await;
    check(&[], r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, expect!["202 "]).await;
}

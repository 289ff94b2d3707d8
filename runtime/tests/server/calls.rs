//! Calls and lists in both generations, on a connection in memory.

use std::time::Duration;

use expect_test::{Expect, expect};
use mcpwright::Declaration;
use mcpwright::transport::memory::{Connection, connect};

use crate::fixture::{EMPTY, MASKED, STATELESS, legacy, modern, server};

async fn initialized(declaration: &'static Declaration, version: &str) -> Connection {
    let connection = connect(&server(declaration).0);
    let params = format!(
        r#""protocolVersion":"{version}","capabilities":{{}},"clientInfo":{{"name":"ada","version":"1"}}"#
    );
    connection.send(&legacy("0", "initialize", &params)).await.expect("initialize is answered");
    let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(connection.send(note).await, None);
    connection
}

async fn check(connection: &Connection, message: String, expected: Expect) {
    let answer = connection.send(&message).await.unwrap_or_else(|| "no answer".to_owned());
    expected.assert_eq(&answer);
}

#[tokio::test]
async fn the_stateless_generation_discovers_lists_and_calls() {
    let connection = connect(&server(&STATELESS).0);
    check(&connection, modern("1", "server/discover", ""), expect![[r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","supportedVersions":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],"capabilities":{"tools":{"listChanged":true},"logging":{}},"ttlMs":0,"cacheScope":"private","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#]]).await;
    check(&connection, modern("\"l\"", "tools/list", ""), expect![[r#"{"jsonrpc":"2.0","id":"l","result":{"resultType":"complete","tools":[{"name":"add","inputSchema":{"type":"object"},"outputSchema":{"type":"integer"}},{"name":"boom","inputSchema":{"type":"object"}},{"name":"caller","inputSchema":{"type":"object"}},{"name":"fail","inputSchema":{"type":"object"}},{"name":"hang","inputSchema":{"type":"object"}},{"name":"who","inputSchema":{"type":"object"}}],"ttlMs":0,"cacheScope":"private","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#]]).await;
    check(&connection, modern("2", "tools/call", r#""name":"add","arguments":{"a":1,"b":"2"}"#), expect![[r#"{"jsonrpc":"2.0","id":2,"result":{"resultType":"complete","content":[{"type":"text","text":"3"}],"structuredContent":3,"isError":false,"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#]]).await;
    check(&connection, modern("3", "tools/call", r#""name":"who""#), expect![[r#"{"jsonrpc":"2.0","id":3,"result":{"resultType":"complete","content":[{"type":"text","text":"nobody 2026-07-28 3"}],"isError":false,"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#]]).await;
}

#[tokio::test]
async fn the_legacy_generation_initializes_lists_and_calls() {
    let connection = connect(&server(&STATELESS).0);
    check(
        &connection,
        legacy("0", "ping", ""),
        expect![[r#"{"jsonrpc":"2.0","id":0,"result":{}}"#]],
    )
    .await;
    check(&connection, legacy("1", "initialize", r#""protocolVersion":"1999-01-01""#), expect![[r#"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true},"logging":{}},"serverInfo":{"name":"s","version":"1"}}}"#]]).await;
    let connection = initialized(&STATELESS, "2025-06-18").await;
    check(&connection, legacy("2", "tools/list", ""), expect![[r#"{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"add","inputSchema":{"type":"object"},"outputSchema":{"type":"object"}},{"name":"boom","inputSchema":{"type":"object"}},{"name":"caller","inputSchema":{"type":"object"}},{"name":"fail","inputSchema":{"type":"object"}},{"name":"hang","inputSchema":{"type":"object"}},{"name":"who","inputSchema":{"type":"object"}}]}}"#]]).await;
    check(&connection, legacy("3", "tools/call", r#""name":"add","arguments":{"a":1,"b":2}"#), expect![[r#"{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"3"}],"structuredContent":{"result":3},"isError":false,"_meta":{"fastmcp":{"wrap_result":true}}}}"#]]).await;
    check(&connection, legacy("\"x\"", "tools/call", r#""name":"who""#), expect![[r#"{"jsonrpc":"2.0","id":"x","result":{"content":[{"type":"text","text":"ada 2025-06-18 \"x\""}],"isError":false}}"#]]).await;
    check(&connection, modern("5", "tools/call", r#""name":"who""#), expect![[r#"{"jsonrpc":"2.0","id":5,"result":{"resultType":"complete","content":[{"type":"text","text":"nobody 2026-07-28 5"}],"isError":false,"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#]]).await;
}

#[tokio::test]
async fn the_oldest_versions_get_no_structured_content() {
    let connection = initialized(&STATELESS, "2024-11-05").await;
    check(&connection, legacy("3", "tools/call", r#""name":"add","arguments":{"a":1,"b":2}"#), expect![[r#"{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"3"}],"isError":false}}"#]]).await;
}

#[tokio::test]
async fn batches_exist_in_one_version_only() {
    let batch = format!(
        r#"[{}, {{"jsonrpc":"2.0","method":"notifications/initialized"}},{},{},1]"#,
        legacy("1", "ping", ""),
        legacy("2", "initialize", ""),
        legacy("3", "tools/call", r#""name":"who""#),
    );
    let connection = initialized(&STATELESS, "2025-03-26").await;
    check(&connection, batch.clone(), expect![[r#"[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"error":{"code":-32600,"message":"Invalid request: `initialize` comes alone, not in a batch"}},{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"ada 2025-03-26 3"}],"isError":false}},{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request: the message is not a JSON object"}}]"#]]).await;
    let connection = initialized(&STATELESS, "2025-06-18").await;
    check(&connection, batch, expect![[r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request: batches exist in protocol version 2025-03-26 only; send one message at a time"}}"#]]).await;
}

#[tokio::test]
async fn failures_of_tools_are_results() {
    let connection = initialized(&STATELESS, "2025-11-25").await;
    check(&connection, legacy("1", "tools/call", r#""name":"fail""#), expect![[r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Error calling tool 'fail': the disk is full"}],"isError":true}}"#]]).await;
    check(&connection, legacy("2", "tools/call", r#""name":"boom""#), expect![[r#"{"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"Error calling tool 'boom'"}],"isError":true}}"#]]).await;
    check(&connection, legacy("3", "tools/call", r#""name":"add","arguments":{"a":9223372036854775807,"b":1}"#), expect![[r#"{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"the sum is too large"}],"isError":true}}"#]]).await;
    let missing = connection
        .send(&legacy("4", "tools/call", r#""name":"add","arguments":{"a":1}"#))
        .await
        .expect("a request is answered");
    assert!(missing.contains(r#""isError":true"#) && missing.contains('b'), "{missing}");
    check(
        &connection,
        legacy("5", "ping", ""),
        expect![[r#"{"jsonrpc":"2.0","id":5,"result":{}}"#]],
    )
    .await;
}

#[tokio::test]
async fn masked_details_stay_inside() {
    let connection = initialized(&MASKED, "2025-11-25").await;
    check(&connection, legacy("1", "tools/call", r#""name":"fail""#), expect![[r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Error calling tool 'fail'"}],"isError":true}}"#]]).await;
    check(&connection, legacy("3", "tools/call", r#""name":"add","arguments":{"a":9223372036854775807,"b":1}"#), expect![[r#"{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"the sum is too large"}],"isError":true}}"#]]).await;
}

/// Bad arguments are the caller's fault, so they are told where the faults of handlers are masked.
#[tokio::test]
async fn what_is_wrong_with_arguments_is_told_where_failures_are_masked() {
    let connection = initialized(&MASKED, "2025-11-25").await;
    let call = legacy("1", "tools/call", r#""name":"add","arguments":{"a":"x","b":1}"#);
    let told = connection.send(&call).await.expect("a request is answered");
    assert!(told.contains(r#""isError":true"#) && told.contains("argument `a`"), "{told}");
    let call = legacy("2", "tools/call", r#""name":"fail""#);
    let masked = connection.send(&call).await.expect("a request is answered");
    assert!(masked.contains(r#""text":"Error calling tool 'fail'""#), "{masked}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_fails() {
    let connection = initialized(&STATELESS, "2025-11-25").await;
    let started = tokio::time::Instant::now();
    check(&connection, legacy("1", "tools/call", r#""name":"hang""#), expect![[r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Tool 'hang' timed out after 3600s"}],"isError":true}}"#]]).await;
    assert!(started.elapsed() >= Duration::from_secs(3600));
}

#[tokio::test]
async fn a_cancelled_call_is_dropped_and_not_answered() {
    let (server, hanging) = server(&STATELESS);
    let connection = connect(&server);
    let cancelled =
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a"}}"#;
    let call = modern("\"a\"", "tools/call", r#""name":"hang""#);
    let (answer, ()) = tokio::join!(connection.send(&call), async {
        hanging.wait_for(1).await;
        assert_eq!(connection.send(cancelled).await, None);
    });
    assert_eq!(answer, None);
    hanging.wait_for(0).await;
}

#[tokio::test]
async fn a_server_without_tools_has_no_methods_for_them() {
    let connection = connect(&server(&EMPTY).0);
    check(&connection, modern("1", "tools/list", ""), expect![[r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found: tools/list"}}"#]]).await;
    let discovered = connection.send(&modern("2", "server/discover", "")).await.unwrap_or_default();
    assert!(discovered.contains(r#""capabilities":{"logging":{}}"#), "{discovered}");
}

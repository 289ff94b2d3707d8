//! The framing of stdio, on streams in memory.

use std::time::Duration;

use expect_test::expect;
use mcpwright::codegen::{Declaration, Limits};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, duplex};

use crate::fixture::{NARROW, STATELESS, legacy, modern, server};
use crate::talkative::{TALKATIVE, talkative};

async fn exchange(input: &[u8]) -> String {
    let (mut client, stream) = duplex(1 << 20);
    let (reader, writer) = tokio::io::split(stream);
    let server = server(&STATELESS).0;
    client.write_all(input).await.expect("the server reads");
    client.shutdown().await.expect("the end can be sent");
    mcpwright::transport::stdio::serve_on(&server, BufReader::new(reader), writer)
        .await
        .expect("the streams work");
    let mut output = String::new();
    client.read_to_string(&mut output).await.expect("the output is UTF-8");
    output
}

#[tokio::test]
async fn bad_lines_are_answered_and_the_rest_goes_on() {
    let input = format!("nope\r\n\n\"text\"\n}}\n{}", legacy("1", "ping", ""));
    let output = exchange(input.as_bytes()).await;
    expect![[r#"
        {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error: expected ident at line 1 column 2"}}
        {"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request: the message is not a JSON object"}}
        {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error: expected value at line 1 column 1"}}
        {"jsonrpc":"2.0","id":1,"result":{}}
    "#]]
    .assert_eq(&output);
}

#[tokio::test]
async fn long_lines_and_other_bytes_are_refused() {
    let mut input = vec![b'x'; 5000];
    input.extend_from_slice(b"\n\xff\n");
    input.extend_from_slice(legacy("1", "ping", "").as_bytes());
    let output = exchange(&input).await;
    expect![[r#"
        {"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request: the line is longer than 4096 bytes"}}
        {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error: the body is not UTF-8"}}
        {"jsonrpc":"2.0","id":1,"result":{}}
    "#]]
    .assert_eq(&output);
}

#[tokio::test]
async fn a_request_before_the_handshake_needs_meta() {
    let output = exchange(legacy("1", "tools/list", "").as_bytes()).await;
    expect![[r#"
        {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params: missing _meta field io.modelcontextprotocol/protocolVersion"}}
    "#]]
    .assert_eq(&output);
}

#[tokio::test]
async fn calls_in_flight_are_answered_after_the_end_of_the_input() {
    let mut input = String::new();
    for id in 0..200 {
        input.push_str(&modern(
            &id.to_string(),
            "tools/call",
            r#""name":"add","arguments":{"a":1,"b":2}"#,
        ));
        input.push('\n');
    }
    let output = exchange(input.as_bytes()).await;
    assert_eq!(
        output.lines().filter(|line| line.contains(r#""structuredContent":3"#)).count(),
        200
    );
}

#[tokio::test]
async fn requests_wait_where_too_many_are_in_flight() {
    let (mut client, stream) = duplex(1 << 20);
    let (reader, writer) = tokio::io::split(stream);
    let server = server(&NARROW).0;
    for id in 0..20 {
        let call =
            modern(&id.to_string(), "tools/call", r#""name":"add","arguments":{"a":1,"b":2}"#);
        client.write_all(format!("{call}\n").as_bytes()).await.expect("the server reads");
    }
    client.shutdown().await.expect("the end can be sent");
    mcpwright::transport::stdio::serve_on(&server, BufReader::new(reader), writer)
        .await
        .expect("the streams work");
    let mut output = String::new();
    client.read_to_string(&mut output).await.expect("the output is UTF-8");
    assert_eq!(output.lines().filter(|line| line.contains(r#""structuredContent":3"#)).count(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_nobody_waits_for_any_more_is_dropped() {
    let hang = r#""name":"hang""#;
    let hello = r#""protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"c","version":"1"}"#;
    let greeting = legacy("0", "initialize", hello) + "\n";
    let inputs = [
        modern("1", "tools/call", hang),
        greeting.clone() + &legacy("1", "tools/call", hang),
        format!("{greeting}[{},{}]", legacy("1", "ping", ""), legacy("2", "tools/call", hang)),
    ];
    for input in inputs {
        for is_gone in [false, true] {
            let (mut client, stream) = duplex(1 << 20);
            let (reader, writer) = tokio::io::split(stream);
            let (server, hanging) = server(&STATELESS);
            client.write_all(format!("{input}\n").as_bytes()).await.expect("the server reads");
            let serving = server.clone();
            let serving = tokio::spawn(async move {
                mcpwright::transport::stdio::serve_on(&serving, BufReader::new(reader), writer)
                    .await
            });
            hanging.wait_for(1).await;
            // The input alone ends, or the client with both ends.
            let client = if is_gone {
                drop(client);
                None
            } else {
                client.shutdown().await.expect("the end can be sent");
                Some(client)
            };
            let begun = tokio::time::Instant::now();
            serving.await.expect("it does not panic").expect("it does not fail");
            hanging.wait_for(0).await;
            assert!(begun.elapsed().as_secs() < 10, "{input}: {:?}", begun.elapsed());
            assert_eq!(server.usage(), mcpwright::Usage::default(), "{input}");
            drop(client);
        }
    }
}

#[tokio::test]
async fn answers_and_cancellations_do_not_wait_behind_requests() {
    static ONE_AT_A_TIME: Declaration =
        Declaration { limits: Limits { in_flight: 1, ..Limits::DEFAULT }, ..TALKATIVE };
    let (client, stream) = duplex(1 << 20);
    let (reader, writer) = tokio::io::split(stream);
    let server = talkative(&ONE_AT_A_TIME).0;
    tokio::spawn(async move {
        mcpwright::transport::stdio::serve_on(&server, BufReader::new(reader), writer).await
    });
    let (output, mut input) = tokio::io::split(client);
    let mut lines = BufReader::new(output).lines();
    let mut exchange = async |messages: &[&str]| {
        let text: String = messages.iter().map(|message| format!("{message}\n")).collect();
        input.write_all(text.as_bytes()).await.expect("the server reads");
        let line = tokio::time::timeout(Duration::from_secs(20), lines.next_line()).await;
        line.expect("the server says something").expect("it writes UTF-8").expect("a line")
    };
    let hello = r#""protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"c","version":"1"}"#;
    exchange(&[&legacy("0", "initialize", hello)]).await;
    let confirm = |id| legacy(id, "tools/call", r#""name":"confirm""#);
    let report = |id| legacy(id, "tools/call", r#""name":"report""#);

    // The first call has the only place, the second waits for it, the first for the answer.
    let asked = exchange(&[&confirm("1"), &report("2")]).await;
    assert!(asked.contains("elicitation/create"), "{asked}");
    let asked: serde_json::Value = serde_json::from_str(&asked).expect("JSON");
    let accepted = serde_json::json!({
        "jsonrpc": "2.0", "id": asked["id"],
        "result": { "action": "accept", "content": { "ok": true } },
    });
    let first = exchange(&[&accepted.to_string()]).await;
    assert!(first.contains(r#""id":1"#) && first.contains("confirmed"), "{first}");
    let second = exchange(&[]).await;
    assert!(second.contains(r#""id":2"#) && second.contains("reported"), "{second}");

    let asked = exchange(&[&confirm("3"), &report("4")]).await;
    assert!(asked.contains("elicitation/create"), "{asked}");
    let cancelled =
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3}}"#;
    let fourth = exchange(&[cancelled]).await;
    assert!(fourth.contains(r#""id":4"#) && fourth.contains("reported"), "{fourth}");
}

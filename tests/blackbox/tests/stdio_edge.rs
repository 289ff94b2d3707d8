//! What a server on standard input and output does with input that no good client sends, and how
//! it ends.

use std::path::PathBuf;

use blackbox::http::{initialize, modern};
use blackbox::{programs, stdio};
use serde_json::{Value, json};

fn program() -> PathBuf {
    programs::program("bookshop-mcp")
}

fn start() -> stdio::Server {
    stdio::Server::start(&program(), &["--mock"])
}

fn discover(id: i64) -> Value {
    modern(&json!(id), "server/discover", json!({}))
}

/// Sends a line, expects this error without a readable id, and that the server lives on.
#[track_caller]
fn check_refused(line: &[u8], code: i64) {
    let mut server = start();
    server.send_bytes(line);
    let answer = server.receive();
    assert_eq!(answer["error"]["code"], code, "{answer}");
    assert!(answer["id"].is_null(), "{answer}");
    let answer = server.ask(&discover(7));
    assert_eq!(answer["id"], 7, "{answer}");
    assert!(answer["result"].is_object(), "{answer}");
}

#[test]
fn truncated_json_is_a_parse_error() {
    check_refused(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\"\n", -32700);
}

#[test]
fn text_that_is_no_json_is_a_parse_error() {
    check_refused(b"hello?\n", -32700);
}

#[test]
fn bytes_that_are_no_utf8_are_a_parse_error() {
    check_refused(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\xfe\"}\n", -32700);
}

#[test]
fn nesting_beyond_the_limit_is_an_invalid_request() {
    let deep = format!("{{\"x\":{}{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    check_refused(deep.as_bytes(), -32600);
}

#[test]
fn value_that_is_no_message_is_an_invalid_request() {
    for line in ["7\n", "\"text\"\n", "null\n", "{}\n"] {
        check_refused(line.as_bytes(), -32600);
    }
}

#[test]
fn line_beyond_the_limit_is_refused_and_skipped() {
    let mut line = vec![b'a'; (4 << 20) + 10];
    line.push(b'\n');
    let mut server = start();
    server.send_bytes(&line);
    let answer = server.receive();
    assert!(answer["error"]["code"].is_i64(), "{answer}");
    assert_eq!(server.ask(&discover(7))["id"], 7);
}

#[test]
fn blank_lines_and_carriage_returns_are_tolerated() {
    let mut server = start();
    server.send_bytes(b"\n\r\n   \n");
    server.send_bytes(format!("{}\r\n", discover(1)).as_bytes());
    assert_eq!(server.receive()["id"], 1);
}

#[test]
fn ids_are_given_back_as_they_came() {
    let mut server = start();
    for id in
        [json!(0), json!(-5), json!(9_007_199_254_740_993_i64), json!(""), json!("a\"b\u{1f980}")]
    {
        let answer = server.ask(&modern(&id, "server/discover", json!({})));
        assert_eq!(answer["id"], id, "{answer}");
        assert!(answer["result"].is_object(), "{answer}");
    }
}

#[test]
fn ids_that_the_protocol_forbids_are_refused() {
    for id in [json!(null), json!(true), json!([1]), json!({ "a": 1 })] {
        let mut server = start();
        let answer = server.ask(&modern(&id, "server/discover", json!({})));
        assert_eq!(answer["error"]["code"], -32600, "{id}: {answer}");
    }
}

#[test]
fn unknown_method_is_an_error_and_an_unknown_notification_is_silence() {
    let mut server = start();
    server.send(&json!({ "jsonrpc": "2.0", "method": "notifications/unheard_of" }));
    let answer = server.ask(&modern(&json!(1), "tools/unheard_of", json!({})));
    assert_eq!(answer["id"], 1, "a notification was answered: {answer}");
    assert_eq!(answer["error"]["code"], -32601, "{answer}");
}

#[test]
fn both_generations_work_in_one_process() {
    let mut server = start();
    let answer = server.ask(&initialize(&json!("hand")));
    assert_eq!(answer["result"]["protocolVersion"], "2025-11-25", "{answer}");
    server.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    let answer = server.ask(&json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }));
    assert_eq!(answer["result"]["tools"].as_array().map(Vec::len), Some(16), "{answer}");
    assert!(answer["result"].get("resultType").is_none(), "{answer}");
    let answer = server.ask(&modern(&json!(3), "tools/list", json!({})));
    assert_eq!(answer["result"]["resultType"], "complete", "{answer}");
}

#[test]
fn end_of_input_ends_the_server_after_its_answers() {
    let mut server = start();
    for id in 1..=20 {
        server.send(&modern(
            &json!(id),
            "tools/call",
            json!({ "name": "get_book", "arguments": { "isbn": "9780441172719" } }),
        ));
    }
    server.close_input();
    let ended = server.end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert_eq!(ended.rest.len(), 20, "every request is answered: {:?}", ended.rest);
}

#[test]
fn signals_end_the_server_with_exit_code_0() {
    for signal in ["TERM", "INT"] {
        let mut server = start();
        assert_eq!(server.ask(&discover(1))["id"], 1);
        server.signal(signal);
        let ended = server.end();
        assert_eq!(ended.status.code(), Some(0), "{signal}: {}\n{}", ended.status, ended.log);
    }
}

#[test]
fn standard_output_belongs_to_the_protocol_whatever_is_logged() {
    let mut server = stdio::Server::start(&program(), &["--mock", "--log-level", "trace"]);
    server.send_bytes(b"no json\n");
    server.send(&discover(1));
    server.send(&modern(
        &json!(2),
        "tools/call",
        json!({ "name": "get_book", "arguments": { "isbn": "9780441172719" } }),
    ));
    server.close_input();
    let ended = server.end();
    assert_eq!(ended.rest.len(), 3, "{:?}", ended.rest);
    for line in &ended.rest {
        let message: Value = serde_json::from_str(line).expect("only JSON");
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
    }
    assert!(!ended.log.is_empty(), "logs go to standard error");
}

#[test]
fn wrong_usage_ends_with_exit_code_2() {
    let server = stdio::Server::start(&program(), &["--no-such-flag"]);
    let ended = server.end();
    assert_eq!(ended.status.code(), Some(2), "{}", ended.log);
    assert!(ended.rest.is_empty(), "{:?}", ended.rest);
}

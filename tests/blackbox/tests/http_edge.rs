//! What a server on HTTP does with requests that no good client sends, and how it ends.

use blackbox::http::{LEGACY, MODERN, Server, initialize, modern, request_bytes};
use blackbox::programs;
use serde_json::{Value, json};

fn start() -> Server {
    Server::start(&programs::program("bookshop-mcp"), &["--mock"])
}

fn get_book(id: i64) -> Value {
    let call = json!({ "name": "get_book", "arguments": { "isbn": "9780441172719" } });
    modern(&json!(id), "tools/call", call)
}

const CALL: [(&str, &str); 3] =
    [("MCP-Protocol-Version", MODERN), ("Mcp-Method", "tools/call"), ("Mcp-Name", "get_book")];

/// The server still answers a good request.
#[track_caller]
fn check_alive(server: &Server) {
    let answer = server.post(&CALL, get_book(1).to_string().as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["result"]["structuredContent"]["title"], "Dune", "{answer:?}");
}

#[test]
fn bodies_that_cannot_be_read_are_parse_errors() {
    let server = start();
    let bodies: [&[u8]; 4] = [b"", b"{\"jsonrpc\":\"2.0\",\"id\":1", b"hello", b"{\"a\":\"\xff\"}"];
    for body in bodies {
        let answer = server.post(&CALL, body);
        assert_eq!((answer.status, answer.error_code()), (400, Some(-32700)), "{answer:?}");
    }
    check_alive(&server);
}

#[test]
fn values_that_are_no_message_are_invalid_requests() {
    let server = start();
    for body in [
        "7",
        "\"text\"",
        "null",
        "{}",
        "[]",
        "[{}]",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
    ] {
        let answer = server.post(&CALL, body.as_bytes());
        assert_eq!((answer.status, answer.error_code()), (400, Some(-32600)), "{body}: {answer:?}");
    }
    check_alive(&server);
}

#[test]
fn nesting_beyond_the_limit_is_an_invalid_request() {
    let server = start();
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    let answer = server.post(&CALL, deep.as_bytes());
    assert_eq!((answer.status, answer.error_code()), (400, Some(-32600)), "{answer:?}");
    check_alive(&server);
}

#[test]
fn body_beyond_the_limit_is_refused_before_it_is_read() {
    let server = start();
    let host = server.address.to_string();
    let headers = [("Content-Type", "application/json"), ("Accept", "application/json")];
    let announced = String::from_utf8(request_bytes("POST", "/mcp", &host, &headers, b""));
    let announced =
        announced.expect("ASCII").replace("Content-Length: 0", "Content-Length: 99999999999");
    let answer = server.raw(announced.as_bytes());
    assert_eq!(answer.status, 413, "{answer:?}");
    let answer = server.post(&CALL, &vec![b' '; (4 << 20) + 1]);
    assert_eq!(answer.status, 413, "{answer:?}");
    check_alive(&server);
}

#[test]
fn body_that_ends_early_does_not_harm_the_server() {
    let server = start();
    let host = server.address.to_string();
    let whole = request_bytes("POST", "/mcp", &host, &CALL, get_book(1).to_string().as_bytes());
    for length in [1, 20, whole.len() / 2, whole.len() - 1] {
        let answer = server.cut_off(&whole[..length]);
        assert!(answer.is_none_or(|answer| answer.status >= 400), "{length} bytes are accepted");
    }
    check_alive(&server);
}

#[test]
fn content_type_has_to_be_json() {
    let server = start();
    let body = get_book(1).to_string();
    let accept = ("Accept", "application/json, text/event-stream");
    let post = |kind: Option<&str>| {
        let mut headers = vec![accept];
        headers.extend(CALL);
        headers.extend(kind.map(|kind| ("Content-Type", kind)));
        server.request("POST", &headers, body.as_bytes())
    };
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("json")]
    {
        assert_eq!(post(kind).status, 415, "{kind:?}");
    }
    for kind in
        ["application/json", "application/json;charset=utf-8", "Application/JSON ; charset=UTF-8"]
    {
        assert_eq!(post(Some(kind)).status, 200, "{kind}");
    }
}

#[test]
fn accept_decides_what_can_be_answered() {
    let server = start();
    let body = get_book(1).to_string();
    let post = |accept: Option<&str>| {
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(CALL);
        headers.extend(accept.map(|accept| ("Accept", accept)));
        server.request("POST", &headers, body.as_bytes()).status
    };
    for accept in [
        None,
        Some("*/*"),
        Some("application/json"),
        Some("text/event-stream, application/json;q=0.5"),
    ] {
        assert_eq!(post(accept), 200, "{accept:?}");
    }
    assert_eq!(post(Some("text/html")), 406);
}

#[test]
fn foreign_host_and_origin_are_forbidden() {
    let server = start();
    let body = get_book(1).to_string();
    let port = server.address.port();
    let mut headers = vec![
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
    ];
    headers.extend(CALL);
    let ask = |host: &str, origin: Option<&str>| {
        let mut headers = headers.clone();
        headers.extend(origin.map(|origin| ("Origin", origin)));
        server.raw(&request_bytes("POST", "/mcp", host, &headers, body.as_bytes())).status
    };
    let good = format!("127.0.0.1:{port}");
    for host in [&good, &format!("localhost:{port}"), "localhost", &format!("[::1]:{port}")] {
        assert_eq!(ask(host, None), 200, "{host}");
    }
    let evil =
        ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "169.254.169.254"];
    for host in evil {
        assert_eq!(ask(host, None), 403, "{host}");
    }
    for origin in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080"] {
        assert_eq!(ask(&good, Some(origin)), 200, "{origin}");
    }
    for origin in
        ["https://evil.example", "null", "http://localhost.evil.example", "file://", "localhost"]
    {
        assert_eq!(ask(&good, Some(origin)), 403, "{origin}");
    }
}

#[test]
fn host_header_missing_or_repeated_is_refused() {
    let server = start();
    let host = server.address.to_string();
    let mut headers = vec![
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
    ];
    headers.extend(CALL);
    let body = get_book(1).to_string();
    let bytes = request_bytes("POST", "/mcp", &host, &headers, body.as_bytes());
    let text = String::from_utf8(bytes).expect("ASCII");
    let line = format!("Host: {host}\r\n");
    for hosts in [String::new(), format!("{line}Host: evil.example\r\n")] {
        let answer = server.cut_off(text.replacen(&line, &hosts, 1).as_bytes());
        let status = answer.map(|answer| answer.status);
        assert!(matches!(status, Some(400 | 403) | None), "{hosts:?}: {status:?}");
    }
    check_alive(&server);
}

#[test]
fn mirrored_headers_have_to_agree_with_the_body() {
    let server = start();
    let body = get_book(1).to_string();
    let wrong: [&[(&str, &str)]; 6] = [
        &[CALL[1], CALL[2]],
        &[CALL[0], CALL[2]],
        &[CALL[0], CALL[1]],
        &[("MCP-Protocol-Version", LEGACY), CALL[1], CALL[2]],
        &[CALL[0], ("Mcp-Method", "tools/list"), CALL[2]],
        &[CALL[0], CALL[1], ("Mcp-Name", "list_books")],
    ];
    for headers in wrong {
        let answer = server.post(headers, body.as_bytes());
        assert_eq!(
            (answer.status, answer.error_code()),
            (400, Some(-32020)),
            "{headers:?}: {answer:?}"
        );
        assert_eq!(answer.json()["id"], 1, "{answer:?}");
    }
    for repeated in CALL {
        let headers = [CALL[0], CALL[1], CALL[2], repeated];
        let answer = server.post(&headers, body.as_bytes());
        assert_eq!((answer.status, answer.error_code()), (400, Some(-32020)), "{answer:?}");
        assert_eq!(answer.json()["id"], 1, "{answer:?}");
    }
}

#[test]
fn name_header_may_be_wrapped_in_base64() {
    let server = start();
    let body = get_book(1).to_string();
    let wrapped = [CALL[0], CALL[1], ("Mcp-Name", "=?base64?Z2V0X2Jvb2s=?=")];
    assert_eq!(server.post(&wrapped, body.as_bytes()).status, 200);
    let broken = [CALL[0], CALL[1], ("Mcp-Name", "=?base64?Z2V0X2Jvb2s?=")];
    assert_eq!(server.post(&broken, body.as_bytes()).error_code(), Some(-32020));
}

#[test]
fn overlong_headers_are_refused() {
    let server = start();
    let long = "a".repeat(80 << 10);
    let mut headers = vec![("X-Long", long.as_str())];
    headers.extend(CALL);
    let answer = server.post(&headers, get_book(1).to_string().as_bytes());
    assert_eq!(answer.status, 431, "{}", answer.status);
    let host = server.address.to_string();
    let path = format!("/mcp?{}", &long[..40 << 10]);
    let headers = [("Content-Type", "application/json"), ("X-Long", &long[..40 << 10])];
    let answer = server.raw(&request_bytes("POST", &path, &host, &headers, b"{}"));
    assert_eq!(answer.status, 431, "{}", answer.status);
    check_alive(&server);
}

#[test]
fn unknown_versions_are_named_with_the_known_ones() {
    let server = start();
    let mut message = get_book(1);
    message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("1900-01-01");
    let headers = [("MCP-Protocol-Version", "1900-01-01"), CALL[1], CALL[2]];
    let answer = server.post(&headers, message.to_string().as_bytes());
    assert_eq!((answer.status, answer.error_code()), (400, Some(-32022)), "{answer:?}");
    let supported = &answer.json()["error"]["data"]["supported"];
    assert!(supported.as_array().is_some_and(|list| list.contains(&json!(MODERN))), "{answer:?}");
}

#[test]
fn meta_fields_are_required() {
    let server = start();
    for key in
        ["io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientCapabilities"]
    {
        let mut message = get_book(1);
        message["params"]["_meta"].as_object_mut().expect("an object").remove(key);
        let answer = server.post(&CALL, message.to_string().as_bytes());
        assert_eq!((answer.status, answer.error_code()), (400, Some(-32602)), "{key}: {answer:?}");
    }
}

#[test]
fn unknown_method_and_path_are_not_found() {
    let server = start();
    let answer = server.modern(&json!(1), "tools/unheard_of", json!({}));
    assert_eq!((answer.status, answer.error_code()), (404, Some(-32601)), "{answer:?}");
    let answer = server.modern(&json!(1), "ping", json!({}));
    assert_eq!((answer.status, answer.error_code()), (404, Some(-32601)), "{answer:?}");
    let host = server.address.to_string();
    let answer = server.raw(&request_bytes("POST", "/elsewhere", &host, &CALL, b"{}"));
    assert_eq!(answer.status, 404, "{answer:?}");
}

#[test]
fn methods_other_than_the_known_ones_are_not_allowed() {
    let server = start();
    for method in ["PUT", "PATCH", "HEAD"] {
        assert_eq!(server.request(method, &[], b"").status, 405, "{method}");
    }
}

#[test]
fn ids_are_given_back_as_they_came() {
    let server = start();
    for id in
        [json!(0), json!(-5), json!(9_007_199_254_740_993_i64), json!(""), json!("a\"b\u{1f980}")]
    {
        let answer = server.modern(&id, "server/discover", json!({}));
        assert_eq!((answer.status, &answer.json()["id"]), (200, &id), "{answer:?}");
    }
    for id in [json!(null), json!(true), json!([1]), json!({ "a": 1 })] {
        let answer = server.modern(&id, "server/discover", json!({}));
        assert_eq!((answer.status, answer.error_code()), (400, Some(-32600)), "{id}: {answer:?}");
    }
}

#[test]
fn session_of_the_handshake_is_required_and_ends() {
    let server = start();
    let answer = server.post(&[], initialize(&json!(1)).to_string().as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    let session = answer.header("mcp-session-id").expect("a session").to_owned();
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }).to_string();
    let version = ("MCP-Protocol-Version", LEGACY);
    let with = [version, ("Mcp-Session-Id", session.as_str())];

    let answer = server.post(&with, list.as_bytes());
    assert_eq!(answer.json()["result"]["tools"].as_array().map(Vec::len), Some(16), "{answer:?}");
    assert_eq!(server.post(&[version], list.as_bytes()).status, 400, "no session");
    let unknown = [version, ("Mcp-Session-Id", "0000")];
    assert_eq!(server.post(&unknown, list.as_bytes()).status, 404, "unknown session");
    let note = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string();
    assert_eq!(server.post(&with, note.as_bytes()).status, 202);
    let ended = server.request("DELETE", &with, b"").status;
    assert!(matches!(ended, 200 | 204), "{ended}");
    assert_eq!(server.post(&with, list.as_bytes()).status, 404, "ended session");
}

#[test]
fn unknown_tool_and_bad_arguments_are_told_apart() {
    let server = start();
    let answer = server.modern(&json!(1), "tools/call", json!({ "name": "nope", "arguments": {} }));
    assert_eq!(answer.json()["error"]["code"], -32602, "{answer:?}");
    for (arguments, word) in [
        (json!({}), "isbn"),
        (json!({ "isbn": "9780441172719", "feilds": ["title"] }), "fields"),
        (json!({ "isbn": null }), "isbn"),
        (json!({ "isbn": "9780441172719", "fields": "title" }), "fields"),
    ] {
        let call = json!({ "name": "get_book", "arguments": arguments });
        let answer = server.modern(&json!(1), "tools/call", call);
        let result = &answer.json()["result"];
        assert_eq!(result["isError"], true, "{arguments}: {answer:?}");
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        assert!(text.contains(word), "{arguments}: {text}");
    }
    let answer = server.modern(
        &json!(1),
        "tools/call",
        json!({ "name": "list_categories", "arguments": [] }),
    );
    assert_eq!(answer.json()["error"]["code"], -32602, "{answer:?}");
}

#[test]
fn signals_end_the_server_with_exit_code_0() {
    for signal in ["TERM", "INT"] {
        let mut server = start();
        check_alive(&server);
        server.signal(signal);
        let status = server.wait();
        assert_eq!(status.code(), Some(0), "{signal}: {status}\n{}", server.log());
        assert_eq!(server.output(), "", "standard output is not a log");
    }
}

#[test]
fn bind_outside_loopback_needs_a_word() {
    let program = programs::program("bookshop-mcp");
    let arguments = ["--mock", "--transport", "http", "--host", "0.0.0.0", "--port", "0"];
    let ended = blackbox::stdio::Server::start(&program, &arguments).end();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    assert!(ended.log.contains("--allow-unauthenticated"), "{}", ended.log);
}

#[test]
fn port_in_use_is_said_plainly() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let program = programs::program("bookshop-mcp");
    let arguments = ["--mock", "--transport", "http", "--port", &port];
    let ended = blackbox::stdio::Server::start(&program, &arguments).end();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    assert!(ended.log.contains(&port), "{}", ended.log);
}

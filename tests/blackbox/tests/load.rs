//! Many bad requests, and clients that do not read: nothing is kept for them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use blackbox::http::{LEGACY, MODERN, Server, modern, request_bytes};
use blackbox::programs::{self, PATIENCE};
use serde_json::{Value, json};

/// Kibibytes that a server may grow by while it refuses what it is sent.
const GROWTH: u64 = 4096;

fn start() -> Server {
    Server::start(&programs::program("bookshop-mcp"), &["--mock"])
}

fn book() -> Value {
    let call = json!({ "name": "get_book", "arguments": { "isbn": "9780441172719" } });
    modern(&json!(1), "tools/call", call)
}

const CALL: [(&str, &str); 3] =
    [("MCP-Protocol-Version", MODERN), ("Mcp-Method", "tools/call"), ("Mcp-Name", "get_book")];

/// A request on a connection that stays open.
fn kept_alive(host: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut all = vec![
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
    ];
    all.extend(headers);
    let bytes = request_bytes("POST", "/mcp", host, &all, body.as_bytes());
    String::from_utf8(bytes).expect("ASCII").replace("Connection: close\r\n", "")
}

/// What nobody may get through with, and the status that it is refused with.
fn probes(host: &str) -> Vec<(String, &'static str)> {
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let version = ("MCP-Protocol-Version", LEGACY);
    let guessed = "0123456789abcdef0123456789abcdef";
    vec![
        (kept_alive(host, &[version, ("Mcp-Session-Id", guessed)], list), "404"),
        (kept_alive(host, &[version], list), "400"),
        (kept_alive(host, &[], "{\"jsonrpc\""), "400"),
        (kept_alive("evil.example", &CALL, &book().to_string()), "403"),
        (kept_alive(host, &CALL[..2], &book().to_string()), "400"),
    ]
}

/// Sends each of the probes so many times, many in one go, and checks that each is refused.
fn probe(server: &Server, times: usize) {
    const IN_ONE_GO: usize = 20;
    let host = server.address.to_string();
    for (probe, status) in probes(&host) {
        for _ in 0..times / IN_ONE_GO {
            let mut stream = TcpStream::connect(server.address).expect("the server listens");
            stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
            let last = probe.replacen("\r\n", "\r\nConnection: close\r\n", 1);
            let all = probe.repeat(IN_ONE_GO - 1) + &last;
            stream.write_all(all.as_bytes()).expect("the server reads");
            let mut answers = String::new();
            stream.read_to_string(&mut answers).expect("answers");
            let refused = answers.matches(&format!("HTTP/1.1 {status} ")).count();
            assert_eq!(refused, IN_ONE_GO, "{probe}: {answers}");
        }
    }
}

#[test]
fn ten_thousand_refused_probes_leave_nothing_behind() {
    let server = start();
    probe(&server, 400);
    let before = server.memory();
    probe(&server, 2000);
    if let (Some(before), Some(after)) = (before, server.memory()) {
        assert!(after < before + GROWTH, "{before} KiB before, {after} KiB after");
    } else {
        eprintln!("skipped: the memory of a process cannot be read here");
    }
    assert_eq!(server.post(&CALL, book().to_string().as_bytes()).status, 200);
}

#[test]
fn client_that_never_reads_holds_up_nobody() {
    let server = start();
    let host = server.address.to_string();
    let request = kept_alive(&host, &CALL, &book().to_string());
    let deaf: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).expect("the server listens");
            // The server stops reading when nobody takes its answers: no more can be written then.
            let timeout = Some(Duration::from_millis(20));
            stream.set_write_timeout(timeout).expect("a timeout can be set");
            for _ in 0..200 {
                if stream.write_all(request.as_bytes()).is_err() {
                    break;
                }
            }
            stream
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(server.post(&CALL, book().to_string().as_bytes()).status, 200);
    }
    drop(deaf);
    assert_eq!(server.post(&CALL, book().to_string().as_bytes()).status, 200);
}

#[test]
fn session_ids_of_any_shape_are_unknown() {
    let server = start();
    let long = "a".repeat(10_000);
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
    for session in ["", "0", "../../etc/passwd", "' OR 1=1 --", "%00", "a b", long.as_str()] {
        let headers = [("MCP-Protocol-Version", LEGACY), ("Mcp-Session-Id", session)];
        let status = server.post(&headers, list.as_bytes()).status;
        assert!(matches!(status, 400 | 404), "{status} for {session:.40}");
    }
    let twice = [("Mcp-Session-Id", "a"), ("Mcp-Session-Id", "b")];
    let status = server.post(&twice, list.as_bytes()).status;
    assert!(matches!(status, 400 | 404), "{status} for two sessions");
}

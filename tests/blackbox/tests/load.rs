//! Many bad requests, and clients that do not read: nothing is kept for them.

use std::future::pending;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use blackbox::exchange::Exchange;
use blackbox::http::{LEGACY, MODERN, Server, initialize, modern, request_bytes};
use blackbox::programs::{self, PATIENCE};
use mcpwright::{Options, Usage};
use serde_json::{Value, json};

/// Kibibytes that a server may grow by while it refuses what it is sent.
const GROWTH: u64 = 4096;

/// Kibibytes that a server may keep for a client that does not read.
const KEPT: u64 = 512;

fn start() -> Server {
    Server::start(&programs::program("bookshop-mcp"), &["--mock"])
}

/// The same server inside this process, where it tells what it holds.
struct Inside {
    address: SocketAddr,
    server: mcpwright::Server,
    _runtime: tokio::runtime::Runtime,
}

impl Inside {
    fn start() -> Self {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let options = Options { mock: true, ..Options::default() };
        let server = bookshop_mcp::server().options(options);
        let serving = server.clone();
        runtime.spawn(async move {
            mcpwright::transport::http::serve(&serving, listener, "/mcp", pending()).await
        });
        Self { address, server, _runtime: runtime }
    }

    #[track_caller]
    fn wait_for(&self, wanted: impl Fn(Usage) -> bool) {
        let start = Instant::now();
        while !wanted(self.server.usage()) {
            assert!(start.elapsed() < PATIENCE, "it still holds {:?}", self.server.usage());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[track_caller]
    fn holds_nothing(&self) {
        self.wait_for(|usage| usage == Usage::default());
    }
}

/// A request on a connection of its own.
fn send(address: SocketAddr, method: &str, headers: &[(&str, &str)], body: &Value) -> Exchange {
    let mut all = vec![
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
    ];
    all.extend(headers);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let host = address.to_string();
    Exchange::open(address, &request_bytes(method, "/mcp", &host, &all, body.as_bytes()))
}

fn status(address: SocketAddr, method: &str, headers: &[(&str, &str)], body: &Value) -> u16 {
    send(address, method, headers, body).head().expect("an answer").status
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
fn probe(address: SocketAddr, times: usize) {
    const IN_ONE_GO: usize = 20;
    let host = address.to_string();
    for (probe, status) in probes(&host) {
        for _ in 0..times / IN_ONE_GO {
            let mut stream = TcpStream::connect(address).expect("the server listens");
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
    probe(server.address, 400);
    let before = server.memory();
    probe(server.address, 2000);
    if let (Some(before), Some(after)) = (before, server.memory()) {
        assert!(after < before + GROWTH, "{before} KiB before, {after} KiB after");
    } else {
        eprintln!("skipped: the memory of a process cannot be read here");
    }
    assert_eq!(server.post(&CALL, book().to_string().as_bytes()).status, 200);
}

#[test]
fn refused_probes_hold_nothing() {
    let inside = Inside::start();
    inside.holds_nothing();
    probe(inside.address, 200);
    inside.holds_nothing();
    assert_eq!(status(inside.address, "POST", &CALL, &book()), 200);
    inside.holds_nothing();
}

/// Clients that send many requests in one go and read no answer.
fn deaf(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    let request = kept_alive(&address.to_string(), &CALL, &book().to_string());
    let one = || {
        let mut stream = TcpStream::connect(address).expect("the server listens");
        // The server stops reading when nobody takes its answers: no more can be written then.
        let timeout = Some(Duration::from_millis(200));
        stream.set_write_timeout(timeout).expect("a timeout can be set");
        let many = request.repeat(100);
        let is_full = (0..200).any(|_| stream.write_all(many.as_bytes()).is_err());
        assert!(is_full, "the server reads on although nobody takes its answers");
        stream
    };
    (0..count).map(|_| one()).collect()
}

#[test]
fn client_that_never_reads_holds_up_nobody() {
    const COUNT: usize = 3;
    let server = start();
    let before = server.memory();
    let clients = deaf(server.address, COUNT);
    for _ in 0..20 {
        assert_eq!(server.post(&CALL, book().to_string().as_bytes()).status, 200);
    }
    if let (Some(before), Some(after)) = (before, server.memory()) {
        let kept = KEPT * u64::try_from(COUNT).expect("a small number");
        assert!(after < before + kept + GROWTH, "{before} KiB before, {after} KiB after");
    } else {
        eprintln!("skipped: the memory of a process cannot be read here");
    }
    drop(clients);
    assert_eq!(server.post(&CALL, book().to_string().as_bytes()).status, 200);

    let inside = Inside::start();
    let clients = deaf(inside.address, 1);
    assert_eq!(status(inside.address, "POST", &CALL, &book()), 200);
    drop(clients);
    inside.holds_nothing();
}

#[test]
fn session_ids_of_any_shape_are_unknown() {
    let inside = Inside::start();
    let long = "a".repeat(10_000);
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    for session in ["", "0", "../../etc/passwd", "' OR 1=1 --", "%00", "a b", long.as_str()] {
        let headers = [("MCP-Protocol-Version", LEGACY), ("Mcp-Session-Id", session)];
        let status = status(inside.address, "POST", &headers, &list);
        assert!(matches!(status, 400 | 404), "{status} for {session:.40}");
    }
    let twice = [("Mcp-Session-Id", "a"), ("Mcp-Session-Id", "b")];
    let status = status(inside.address, "POST", &twice, &list);
    assert!(matches!(status, 400 | 404), "{status} for two sessions");
    inside.holds_nothing();
}

#[test]
fn sessions_streams_and_subscriptions_are_counted_and_given_back() {
    const COUNT: usize = 200;
    let inside = Inside::start();
    let open = |_| {
        let mut hello = send(inside.address, "POST", &[], &initialize(&json!(0)));
        let head = hello.head().expect("an answer");
        head.header("mcp-session-id").expect("a session").to_owned()
    };
    let sessions: Vec<String> = (0..COUNT).map(open).collect();
    inside.wait_for(|usage| (usage.sessions, usage.listeners) == (COUNT, COUNT));
    let get = |id: &String| {
        let mut stream = send(inside.address, "GET", &[("Mcp-Session-Id", id)], &Value::Null);
        assert_eq!(stream.head().expect("an answer").status, 200);
        stream
    };
    let streams: Vec<Exchange> = sessions.iter().map(get).collect();
    assert_eq!(inside.server.usage().streams, COUNT);
    let listen = json!({ "notifications": { "toolsListChanged": true } });
    let listen = modern(&json!(1), "subscriptions/listen", listen);
    let headers = [("MCP-Protocol-Version", MODERN), ("Mcp-Method", "subscriptions/listen")];
    let mut subscription = send(inside.address, "POST", &headers, &listen);
    assert_eq!(subscription.head().expect("an answer").status, 200);
    let usage = inside.server.usage();
    assert_eq!((usage.streams, usage.listeners, usage.calls), (COUNT + 1, COUNT + 1, 0));

    drop(subscription);
    drop(streams);
    inside.wait_for(|usage| usage.streams == 0);
    assert_eq!(inside.server.usage().sessions, COUNT, "a session outlives its stream");
    for id in &sessions {
        let ended = status(inside.address, "DELETE", &[("Mcp-Session-Id", id)], &Value::Null);
        assert_eq!(ended, 204);
    }
    inside.holds_nothing();
}

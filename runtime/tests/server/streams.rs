//! Streams of server-sent events: many of them, and clients that stop reading.

use std::net::SocketAddr;
use std::time::Duration;

use mcpwright::codegen::{Declaration, Limits};
use mcpwright::{Server, Usage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fixture::{legacy, listen, mirrored, modern, post, request};
use crate::talkative::{TALKATIVE, talkative};

/// Streams that are opened where the system lets a process have so many connections.
const MANY: usize = 5000;

/// Kibibytes that may wait for a client which does not read: events of a session are kept for it.
const MOST_KEPT: u64 = 40 << 10;

/// Kibibytes that one stream may take, of server and client together.
const SIZE: u64 = 48;

static SERVER: Declaration = TALKATIVE;

/// Raises the number of files that this process may open as far as it goes; the number.
fn files() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // What it does not allow stays as it is.
    let _ = setrlimit(Resource::Nofile, limit);
    let current = getrlimit(Resource::Nofile).current;
    current.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX))
}

/// Resident memory in kibibytes, on systems that tell.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Sends a request and gives the connection, when something was answered.
async fn open(address: SocketAddr, headers: &[(&str, &str)], body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let bytes = request("POST", "/mcp", headers, body.as_bytes());
    stream.write_all(&bytes).await.expect("the server reads");
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.expect("the server answers");
    assert_eq!(&start, b"HTTP/1.1 200");
    stream
}

async fn wait_for(server: &Server, what: &str, is_reached: impl Fn(Usage) -> bool) {
    let reached = async {
        while !is_reached(server.usage()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let reached = tokio::time::timeout(Duration::from_secs(60), reached).await;
    assert!(reached.is_ok(), "{what}: {:?}", server.usage());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_streams_are_bounded_counted_and_closed() {
    // Each stream is a connection with two ends in this process.
    let count = MANY.min(files().saturating_sub(200) / 2);
    if count < MANY {
        eprintln!("skipped in part: {count} streams of {MANY}, more files cannot be opened here");
    }
    let limits = Limits { streams: count, ..TALKATIVE.limits };
    let declaration: &'static Declaration =
        Box::leak(Box::new(Declaration { limits, ..TALKATIVE }));
    let server = talkative(declaration).0;
    let address = listen(&server).await;
    let body = modern("1", "subscriptions/listen", r#""notifications":{"toolsListChanged":true}"#);
    let headers = mirrored("subscriptions/listen", "");
    let before = memory();
    let mut streams = Vec::with_capacity(count);
    for _ in 0..count {
        streams.push(open(address, &headers, &body).await);
    }
    let usage = server.usage();
    assert_eq!((usage.streams, usage.listeners, usage.calls), (count, count, 0));
    match before.zip(memory()) {
        Some((before, after)) => {
            let each = after.saturating_sub(before) / u64::try_from(count).expect("a small number");
            assert!(each < SIZE, "{each} KiB for each stream");
        }
        None => eprintln!("skipped: the memory of a process cannot be read here"),
    }
    let refused = post(address, &headers, &body).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert_eq!(server.usage().streams, count, "what is refused takes no place");
    let list = post(address, &mirrored("tools/list", ""), &modern("2", "tools/list", "")).await;
    assert_eq!(list.status, 200, "others are served all the same");
    server.components().tools_changed();
    for stream in &mut streams {
        let mut event = Vec::new();
        while !event.windows(12).any(|part| part == b"list_changed") {
            let mut part = [0; 1024];
            let read = stream.read(&mut part).await.expect("the stream is open");
            assert!(read > 0, "the stream ends");
            event.extend_from_slice(&part[..read]);
        }
    }
    drop(streams);
    wait_for(&server, "nothing is left", |usage| usage == Usage::default()).await;
    drop(open(address, &headers, &body).await);
}

#[tokio::test]
async fn streams_of_calls_are_counted() {
    let (server, floods) = talkative(&SERVER);
    let address = listen(&server).await;
    let params = r#""name":"flood","_meta":{"io.modelcontextprotocol/logLevel":"info","io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;
    let stateless =
        open(address, &mirrored("tools/call", "flood"), &legacy("1", "tools/call", params)).await;
    let usage = server.usage();
    assert_eq!((usage.calls, usage.streams, floods.count()), (1, 1, 1));
    drop(stateless);
    wait_for(&server, "the call has ended", |usage| usage == Usage::default()).await;
    assert_eq!(floods.count(), 0);
}

/// Waits until a client that does not read has as much as the connection holds.
async fn stall(server: &Server) {
    assert_eq!(server.usage().streams, 1);
    let before = memory();
    // Nothing is waited for but the clock.
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(60)).await;
    tokio::time::resume();
    if let Some((before, after)) = before.zip(memory()) {
        assert!(after < before + MOST_KEPT, "{before} KiB before, {after} KiB after");
    }
}

#[tokio::test]
async fn a_call_whose_client_stops_reading_is_dropped_without_a_handshake() {
    let (server, floods) = talkative(&SERVER);
    let address = listen(&server).await;
    let params = r#""name":"flood","_meta":{"io.modelcontextprotocol/logLevel":"info","io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;
    let stalled =
        open(address, &mirrored("tools/call", "flood"), &legacy("1", "tools/call", params)).await;
    stall(&server).await;
    wait_for(&server, "the call has ended", |usage| usage == Usage::default()).await;
    assert_eq!(floods.count(), 0);
    drop(stalled);
}

#[tokio::test]
async fn a_call_whose_client_stops_reading_goes_on_in_a_session_until_that_ends() {
    let (server, floods) = talkative(&SERVER);
    let address = listen(&server).await;
    let hello = r#""protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}"#;
    let opened = post(address, &[], &legacy("0", "initialize", hello)).await;
    let id = opened.header("mcp-session-id").expect("a session is opened").to_owned();
    let session = [("Mcp-Session-Id", id.as_str())];
    let flood = legacy("1", "tools/call", r#""name":"flood""#);
    let stalled = open(address, &session, &flood).await;
    stall(&server).await;
    wait_for(&server, "the stream has ended", |usage| usage.streams == 0).await;
    assert_eq!(floods.count(), 1, "the client may come back");
    let ended = crate::fixture::send(address, &request("DELETE", "/mcp", &session, b"")).await;
    assert_eq!(ended.status, 204);
    wait_for(&server, "nothing is left", |usage| usage == Usage::default()).await;
    assert_eq!(floods.count(), 0);
    drop(stalled);
}

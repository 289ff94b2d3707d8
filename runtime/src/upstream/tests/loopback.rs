//! The client against a server on this machine.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::arguments::{self, Mode};
use crate::operation::{Argument, Body, BodyFormat, Kind, Method, Operation, Segment};
use crate::result::ToolError;
use crate::upstream::{Options, Reply, UpstreamError, Upstreams};

use super::{NOWHERE, declaration};

/// What the server has seen.
#[derive(Default)]
pub(super) struct Seen {
    /// Request lines and headers, in lower case.
    pub(super) heads: Vec<String>,
    pub(super) bodies: Vec<Vec<u8>>,
    pub(super) connections: usize,
    /// Connections that the client closed while the server was silent.
    abandoned: usize,
}

pub(super) type Shared = Arc<Mutex<Seen>>;

/// Starts a server that answers by path, and the upstreams of a client for it.
pub(super) async fn start() -> (Upstreams, Shared) {
    let (address, seen) = listen().await;
    let options =
        Options { base_urls: vec![(None, format!("http://{address}/base"))], mock: false };
    let upstreams = Upstreams::start_in(declaration(&NOWHERE, &[]), &options, &|_| None)
        .expect("the configuration is complete");
    (upstreams, seen)
}

/// Starts the server alone.
pub(super) async fn listen() -> (SocketAddr, Shared) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let seen = Shared::default();
    let shared = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            shared.lock().expect("no panic").connections += 1;
            tokio::spawn(serve(stream, Arc::clone(&shared)));
        }
    });
    (address, seen)
}

async fn serve(mut stream: TcpStream, seen: Shared) {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            match stream.read_buf(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().expect("a length"));
        while buffer.len() < end + length {
            stream.read_buf(&mut buffer).await.expect("the body");
        }
        let body: Vec<u8> = buffer.drain(..end + length).skip(end).collect();
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        {
            let mut seen = seen.lock().expect("no panic");
            seen.heads.push(head);
            seen.bodies.push(body);
        }
        if path == "/base/silent" {
            let closed = stream.read_u8().await.is_err();
            seen.lock().expect("no panic").abandoned += usize::from(closed);
            return;
        }
        if path == "/base/endless" {
            let start = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                         transfer-encoding: chunked\r\n\r\n";
            let events = "13\r\ndata: 1\n\ndata: 2\n\nd\r\n";
            stream
                .write_all(format!("{start}{events}").as_bytes())
                .await
                .expect("the client reads");
            let _closed = stream.read_u8().await;
            return;
        }
        let answer = match path.as_str() {
            "/base/gzip" => gzip(&GZIPPED),
            "/base/gzip-broken" => gzip(&GZIPPED[..20]),
            path => answer(path).into_bytes(),
        };
        stream.write_all(&answer).await.expect("the client reads");
    }
}

/// `{"ok":true}`, compressed.
const GZIPPED: [u8; 31] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 207, 86, 178, 42, 41, 42, 77, 173, 5, 0, 144,
    95, 212, 167, 11, 0, 0, 0,
];

fn gzip(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn answer(path: &str) -> String {
    let with = |status: &str, headers: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
    };
    match path {
        "/base/here" => with("302 Found", "location: /base/ok\r\n", ""),
        "/base/loop" => with("302 Found", "location: /base/loop\r\n", ""),
        "/base/away" => with("302 Found", "location: http://localhost:1/x\r\n", ""),
        "/base/busy" => with("429 Too Many Requests", "retry-after: 7\r\n", "slow down"),
        "/base/large" => with("200 OK", "content-type: text/plain\r\n", &"x".repeat(1001)),
        "/base/chunked" => format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n",
            format!("190\r\n{}\r\n", "x".repeat(400)).repeat(3)
        ),
        "/base/events" => with(
            "200 OK",
            "content-type: text/event-stream\r\n",
            "data: {\"n\": 1}\n\nevent: end\ndata: bye\n\n",
        ),
        "/base/flood" => with(
            "200 OK",
            "content-type: application/x-ndjson\r\n",
            &format!("{{\"n\":1}}\n{}", "2".repeat(2000)),
        ),
        "/base/resting" => with("503 Resting", "retry-after: 30\r\n", ""),
        "/base/broken" => with("500 Oops", "content-type: text/plain\r\n", &"y".repeat(2000)),
        "/base/problem" => with(
            "409 Conflict",
            "content-type: application/problem+json\r\n",
            r#"{"title":"Taken","detail":"The ISBN exists"}"#,
        ),
        _ => with("200 OK", "content-type: application/json\r\n", r#"{"ok":true}"#),
    }
}

pub(super) fn at(path: &'static str) -> &'static Operation {
    Box::leak(Box::new(Operation {
        tool: "call",
        path: vec![Segment::Literal(path)].leak(),
        accept: "application/json",
        timeout: Some(Duration::from_millis(if matches!(path, "/silent" | "/endless") {
            200
        } else {
            10_000
        })),
        upstream: &NOWHERE,
        ..Operation::DEFAULT
    }))
}

async fn call(
    upstreams: &Upstreams,
    operation: &'static Operation,
) -> Result<Reply, UpstreamError> {
    let values = arguments::parse(&[], None, Mode::default()).expect("no arguments");
    upstreams.client(&NOWHERE).call(operation, &values).expect("a request").await
}

async fn check_error(path: &'static str, expected: &str, public: bool) {
    let (upstreams, _) = start().await;
    let error = call(&upstreams, at(path)).await.expect_err("the call fails");
    let error = ToolError::from(error);
    assert_eq!(error.message(), expected);
    assert_eq!(error.is_public(), public, "{expected}");
}

#[tokio::test]
async fn compressed_replies_are_read() {
    let (upstreams, seen) = start().await;
    let reply = call(&upstreams, at("/gzip")).await.expect("a reply");
    assert_eq!(
        reply.parse::<serde_json::Value>().expect("JSON"),
        serde_json::json!({ "ok": true })
    );
    let head = seen.lock().expect("no panic").heads[0].clone();
    assert!(head.contains("\r\naccept-encoding: gzip\r\n"), "{head}");
    call(&upstreams, at("/gzip-broken")).await.expect_err("half of it is missing");
}

#[tokio::test]
async fn only_what_the_operation_says_is_sent() {
    let (upstreams, seen) = start().await;
    let operation: &'static Operation = Box::leak(Box::new(Operation {
        method: Method::Post,
        path: &[Segment::Literal("/things/"), Segment::Argument(0)],
        arguments: vec![
            Argument::path("id", Kind::Text),
            Argument::header("X-Trace", Kind::Text),
            Argument::property("name", Kind::Text),
        ]
        .leak(),
        body: Body::new(BodyFormat::Json, "application/json"),
        accept: "application/json",
        upstream: &NOWHERE,
        ..Operation::DEFAULT
    }));
    let json = r#"{"id":"a/b","X-Trace":"t","name":"n"}"#;
    let values = arguments::parse(operation.arguments, Some(json), Mode::default())
        .expect("right arguments");
    let reply = upstreams.client(&NOWHERE).call(operation, &values).expect("a request");
    assert_eq!(&*reply.await.expect("a reply").body, br#"{"ok":true}"#);
    let seen = seen.lock().expect("no panic");
    let mut lines: Vec<&str> =
        seen.heads[0].lines().filter(|line| !line.starts_with("host: ")).collect();
    lines[1..].sort_unstable();
    let agent = concat!("user-agent: mcpwright/", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        lines,
        [
            "post /base/things/a%2fb http/1.1",
            "",
            "accept-encoding: gzip",
            "accept: application/json",
            "content-length: 12",
            "content-type: application/json",
            agent,
            "x-trace: t",
        ]
    );
}

#[tokio::test]
async fn calls_share_one_connection() {
    let (upstreams, seen) = start().await;
    for _ in 0..3 {
        call(&upstreams, at("/ok")).await.expect("a reply");
    }
    assert_eq!(seen.lock().expect("no panic").connections, 1);
}

#[tokio::test]
async fn redirects_are_followed_on_the_same_host_only() {
    let (upstreams, seen) = start().await;
    let reply = call(&upstreams, at("/here")).await.expect("a reply");
    assert_eq!(reply.status, 200);
    let error = call(&upstreams, at("/away")).await.expect_err("another host");
    assert_eq!(
        error.to_string(),
        "HTTP error 302: Found - redirect to http://localhost:1/x not followed"
    );
    seen.lock().expect("no panic").heads.clear();
    call(&upstreams, at("/loop")).await.expect_err("too many redirects");
    assert_eq!(seen.lock().expect("no panic").heads.len(), 11, "one request and ten redirects");
}

#[tokio::test]
async fn responses_beyond_the_limit_are_refused_while_they_come() {
    let text = "the upstream's response is larger than the limit of 1000 bytes; ask for less, for \
                example with a filter or a smaller page";
    check_error("/large", text, false).await;
    check_error("/chunked", text, false).await;
}

#[tokio::test]
async fn errors_are_told_in_fastmcps_words() {
    let busy = "Rate limited by upstream API, please retry later (after 7 seconds)";
    check_error("/busy", busy, true).await;
    check_error("/problem", "HTTP error 409: Conflict - Taken: The ISBN exists", false).await;
    let cut = format!("HTTP error 500: Internal Server Error - {}…", "y".repeat(1000));
    check_error("/broken", &cut, false).await;
    let resting = "HTTP error 503: Service Unavailable (retry after 30 seconds)";
    check_error("/resting", resting, false).await;
    check_error("/silent", "Upstream request timed out, please retry", true).await;
}

#[tokio::test]
async fn an_unreachable_upstream_is_an_error_without_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let options =
        Options { base_urls: vec![(None, format!("http://{address}/?key=secret"))], mock: false };
    let upstreams = Upstreams::start_in(declaration(&NOWHERE, &[]), &options, &|_| None)
        .expect("the configuration is complete");
    let error = call(&upstreams, at("/ok")).await.expect_err("nobody listens");
    assert_eq!(error.to_string(), "Request error: the upstream cannot be reached");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

#[tokio::test]
async fn dropping_the_call_closes_its_connection() {
    let (upstreams, seen) = start().await;
    let slow = Box::leak(Box::new(Operation {
        timeout: Some(Duration::from_secs(60)),
        path: &[Segment::Literal("/silent")],
        ..Operation::DEFAULT
    }));
    let values = arguments::parse(&[], None, Mode::default()).expect("no arguments");
    let future = upstreams.client(&NOWHERE).call(slow, &values).expect("a request");
    let task = tokio::spawn(future);
    let give_up = Instant::now() + Duration::from_secs(10);
    while seen.lock().expect("no panic").heads.is_empty() {
        assert!(Instant::now() < give_up, "the request does not arrive");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    task.abort();
    while seen.lock().expect("no panic").abandoned == 0 {
        assert!(Instant::now() < give_up, "the connection stays open");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

//! Components that come and go, over HTTP: sessions, streams of changes, and servers without
//! sessions.

use std::net::SocketAddr;
use std::time::Duration;

use mcpwright::components::{ComponentKind, Criteria, Resource};
use mcpwright::{Context, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fixture::{
    STATEFUL, STATELESS, Who, legacy, listen, mirrored, modern, post, request, server,
};

const INITIALIZE: &str =
    r#""protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}"#;

/// A server whose tool `who` hides the tool `fail` from its session.
fn hiding(declaration: &'static mcpwright::Declaration) -> Server {
    server(declaration).0.on(|context: Context, _: Who| async move {
        context.disable_components(&Criteria::new().names(["fail"]))
    })
}

async fn begin(address: SocketAddr) -> String {
    let opened = post(address, &[], &legacy("0", "initialize", INITIALIZE)).await;
    opened.header("mcp-session-id").expect("a session is opened").to_owned()
}

/// The stream on which a session is told what the server says of its own accord.
async fn watch(address: SocketAddr, session: &str) -> TcpStream {
    let headers = [("Mcp-Session-Id", session), ("Accept", "text/event-stream")];
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let bytes = request("GET", "/mcp", &headers, b"");
    stream.write_all(&bytes).await.expect("the server reads");
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.expect("the server answers");
    assert_eq!(&start, b"HTTP/1.1 200");
    stream
}

/// Reads until this was told.
async fn told(stream: &mut TcpStream, what: &str) {
    let mut text = String::new();
    let reading = async {
        while !text.contains(what) {
            let mut part = [0; 1024];
            let read = stream.read(&mut part).await.expect("the stream is open");
            assert!(read > 0, "the stream ends: {text}");
            text.push_str(&String::from_utf8_lossy(&part[..read]));
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(20), reading).await;
    assert!(in_time.is_ok(), "{what} is not told");
}

/// What comes of a stream within a moment.
async fn leftover(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut part = [0; 1024];
    while let Ok(Ok(read)) =
        tokio::time::timeout(Duration::from_millis(200), stream.read(&mut part)).await
        && read > 0
    {
        text.extend_from_slice(&part[..read]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn what_a_session_hides_is_hidden_from_it_alone() {
    let address = listen(&hiding(&STATEFUL)).await;
    let (mine, other) = (begin(address).await, begin(address).await);
    let (mut my_stream, mut other_stream) =
        (watch(address, &mine).await, watch(address, &other).await);
    let ask = async |session: &str, method: &str, params: &str| {
        post(address, &[("Mcp-Session-Id", session)], &legacy("1", method, params)).await.body
    };
    let hidden = ask(&mine, "tools/call", r#""name":"who""#).await;
    assert!(hidden.contains(r#""isError":false"#), "{hidden}");
    told(&mut my_stream, "notifications/tools/list_changed").await;
    assert!(!ask(&mine, "tools/list", "").await.contains(r#""name":"fail""#));
    let refused = ask(&mine, "tools/call", r#""name":"fail""#).await;
    assert!(refused.contains("Unknown tool: 'fail'"), "{refused}");

    assert!(ask(&other, "tools/list", "").await.contains(r#""name":"fail""#));
    assert!(ask(&other, "tools/call", r#""name":"fail""#).await.contains("the disk is full"));
    let modern_list = modern("2", "tools/list", "");
    let stateless = post(address, &mirrored("tools/list", ""), &modern_list).await;
    assert!(stateless.body.contains(r#""name":"fail""#), "{}", stateless.body);
    let told_other = leftover(&mut other_stream).await;
    assert!(!told_other.contains("list_changed"), "{told_other}");
    // What ends with its session is gone: the next one begins anew.
    let next = begin(address).await;
    assert!(ask(&next, "tools/list", "").await.contains(r#""name":"fail""#));
}

#[tokio::test]
async fn all_sessions_are_told_what_changes_for_all() {
    let server = hiding(&STATEFUL);
    let address = listen(&server).await;
    let sessions = [begin(address).await, begin(address).await];
    let mut streams = Vec::new();
    for session in &sessions {
        streams.push(watch(address, session).await);
    }
    let note = Resource::text("note://a", "a", "Added.");
    server.components().add(note).expect("added");
    for stream in &mut streams {
        told(stream, "notifications/resources/list_changed").await;
    }
    server.components().disable(&Criteria::new().kinds([ComponentKind::Tool]).names(["fail"]));
    for (stream, session) in streams.iter_mut().zip(&sessions) {
        told(stream, "notifications/tools/list_changed").await;
        let headers = [("Mcp-Session-Id", session.as_str())];
        let list = post(address, &headers, &legacy("1", "tools/list", "")).await;
        assert!(!list.body.contains(r#""name":"fail""#), "{}", list.body);
        let read = legacy("2", "resources/read", r#""uri":"note://a""#);
        assert!(post(address, &headers, &read).await.body.contains("Added."));
    }
}

#[tokio::test]
async fn without_sessions_a_handler_is_told_so() {
    let address = listen(&hiding(&STATELESS)).await;
    let call = r#""name":"who""#;
    let old = post(address, &[], &legacy("1", "tools/call", call)).await;
    assert!(old.body.contains("for a session, and this server keeps none"), "{}", old.body);
    let call = modern("1", "tools/call", call);
    let new = post(address, &mirrored("tools/call", "who"), &call).await;
    assert!(new.body.contains("and clients of 2026-07-28 have none"), "{}", new.body);
    let list = post(address, &[], &legacy("2", "tools/list", "")).await;
    assert!(list.body.contains(r#""name":"fail""#), "{}", list.body);
}

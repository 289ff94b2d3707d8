//! What belongs to HTTP: guards, limits, layers, nesting, disconnects, shutdown.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::{
    NARROW, STATELESS, legacy, listen, mirrored, modern, post, read_answer, request, send, server,
};

const CALL: &str = r#""name":"add","arguments":{"a":1,"b":2}"#;

#[tokio::test]
async fn foreign_hosts_and_origins_are_refused() {
    let address = listen(&server(&STATELESS).0).await;
    let body = legacy("1", "ping", "");
    for headers in [("Host", "evil.example.com"), ("Origin", "http://evil.example.com")] {
        let answer = post(address, &[headers], &body).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(answer.body.starts_with(r#"{"jsonrpc":"2.0","error":{"code":-32600"#));
    }
    let local = [("Host", "127.0.0.1:8000"), ("Origin", "http://localhost:3000")];
    assert_eq!(post(address, &local, &body).await.status, 200);
}

#[tokio::test]
async fn media_types_are_checked_leniently() {
    let address = listen(&server(&STATELESS).0).await;
    let body = legacy("1", "ping", "");
    assert_eq!(post(address, &[("Content-Type", "text/plain")], &body).await.status, 415);
    assert_eq!(post(address, &[("Accept", "text/html")], &body).await.status, 406);
    for accept in ["", "*/*", "application/json;q=0.9"] {
        assert_eq!(post(address, &[("Accept", accept)], &body).await.status, 200, "{accept}");
    }
    let events = post(address, &[("Accept", "text/event-stream")], &body).await;
    assert_eq!(events.header("content-type"), Some("text/event-stream"));
    assert_eq!(
        events.body,
        "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n"
    );
}

#[tokio::test]
async fn large_bodies_are_refused_with_and_without_a_length() {
    let address = listen(&server(&STATELESS).0).await;
    let large = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{}"}}"#, "x".repeat(5000));
    assert_eq!(post(address, &[], &large).await.status, 413);
    let chunked = format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    let headers = [("Content-Length", ""), ("Transfer-Encoding", "chunked")];
    let answer = send(address, &request("POST", "/mcp", &headers, chunked.as_bytes())).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn large_heads_are_refused_wherever_they_are_large() {
    let address = listen(&server(&STATELESS).0).await;
    let body = legacy("1", "ping", "");
    let post = async |path: &str, value: &str| {
        let headers = [("X-Long", value)];
        send(address, &request("POST", path, &headers, body.as_bytes())).await.status
    };
    let long = |length: usize| "x".repeat(length);
    assert_eq!(post("/mcp", &long(80_000)).await, 431);
    assert_eq!(post(&format!("/mcp?{}", long(40_000)), &long(40_000)).await, 431);
    assert_eq!(post(&format!("/mcp?{}", long(30_000)), &long(30_000)).await, 200);
}

#[tokio::test]
async fn bodies_may_come_late_and_in_pieces() {
    let address = listen(&server(&STATELESS).0).await;
    let call = legacy("1", "tools/call", CALL);
    let whole = request("POST", "/mcp", &[], call.as_bytes());
    let mut chunked =
        request("POST", "/mcp", &[("Content-Length", ""), ("Transfer-Encoding", "chunked")], b"");
    for piece in call.as_bytes().chunks(30) {
        chunked.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        chunked.extend_from_slice(piece);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    for bytes in [whole, chunked] {
        for size in [40, 100, bytes.len()] {
            let mut stream = TcpStream::connect(address).await.expect("the server listens");
            for piece in bytes.chunks(size) {
                stream.write_all(piece).await.expect("the server reads");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let answer = read_answer(&mut stream).await;
            assert_eq!(answer.status, 200, "pieces of {size}: {}", answer.body);
            assert!(answer.body.contains(r#""text":"3""#), "pieces of {size}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn requests_that_come_at_once_are_answered_in_order() {
    let address = listen(&server(&STATELESS).0).await;
    let mut bytes = Vec::new();
    for id in 0..100 {
        let connection = if id == 99 { "close" } else { "keep-alive" };
        let call = legacy(&id.to_string(), "tools/call", CALL);
        bytes.extend(request("POST", "/mcp", &[("Connection", connection)], call.as_bytes()));
    }
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(&bytes).await.expect("the server reads");
    let answers = read_answer(&mut stream).await.body;
    let places: Vec<_> = (0..100).map(|id| answers.find(&format!("\"id\":{id},"))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
}

#[tokio::test]
async fn idle_connections_do_not_delay_the_shutdown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the listener is bound");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = server(&STATELESS).0;
    let serving = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        mcpwright::transport::http::serve(&server, listener, "/mcp", stopped).await
    });
    let mut used = TcpStream::connect(address).await.expect("the server listens");
    let headers = [("Connection", "keep-alive")];
    let ping = request("POST", "/mcp", &headers, legacy("1", "ping", "").as_bytes());
    used.write_all(&ping).await.expect("the server reads");
    let mut start = [0; 12];
    used.read_exact(&mut start).await.expect("the server answers");
    assert_eq!(&start, b"HTTP/1.1 200");
    stop.send(()).expect("the server is running");
    let ended = tokio::time::timeout(Duration::from_millis(1500), serving).await;
    ended.expect("the server ends at once").expect("it does not panic").expect("it does not fail");
}

#[tokio::test]
async fn other_methods_and_paths() {
    let (server, _) = server(&STATELESS);
    let address =
        listen(&server.routes(Router::new().route("/health", get(|| async { "fine" })))).await;
    let refused = send(address, &request("GET", "/mcp", &[], b"")).await;
    assert_eq!((refused.status, refused.header("allow")), (405, Some("POST")));
    assert_eq!(send(address, &request("GET", "/health", &[], b"")).await.body, "fine");
    assert_eq!(send(address, &request("GET", "/other", &[], b"")).await.status, 404);
}

#[tokio::test]
async fn a_layer_sees_every_request() {
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let layer = from_fn(move |request, next: Next| {
        counter.fetch_add(1, Ordering::SeqCst);
        next.run(request)
    });
    let address = listen(&server(&STATELESS).0.http_layer(layer)).await;
    assert_eq!(post(address, &[], &legacy("1", "tools/call", CALL)).await.status, 200);
    assert_eq!(send(address, &request("GET", "/other", &[], b"")).await.status, 404);
    assert_eq!(seen.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn servers_nest_in_an_application_under_any_prefix() {
    let first = server(&STATELESS).0;
    let application = Router::new()
        .nest("/one", first.router())
        .nest("/two/deep", server(&STATELESS).0.router())
        .route("/", get(|| async { "home" }));
    let address = listen(&server(&STATELESS).0.routes(application)).await;
    for path in ["/one/mcp", "/two/deep/mcp", "/mcp"] {
        let call = modern("1", "tools/call", CALL);
        let headers = mirrored("tools/call", "add");
        let answer = send(address, &request("POST", path, &headers, call.as_bytes())).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.contains(r#""structuredContent":3"#), "{}", answer.body);
    }
    assert_eq!(send(address, &request("GET", "/", &[], b"")).await.body, "home");
}

#[tokio::test]
async fn a_disconnect_drops_a_stateless_call_and_not_a_legacy_one() {
    let (server, hanging) = server(&STATELESS);
    let address = listen(&server).await;
    let hang = r#""name":"hang""#;
    let stateless = request(
        "POST",
        "/mcp",
        &mirrored("tools/call", "hang"),
        modern("1", "tools/call", hang).as_bytes(),
    );
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(&stateless).await.expect("the server reads");
    hanging.wait_for(1).await;
    drop(stream);
    hanging.wait_for(0).await;

    let legacy = request("POST", "/mcp", &[], legacy("1", "tools/call", hang).as_bytes());
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(&legacy).await.expect("the server reads");
    hanging.wait_for(1).await;
    drop(stream);
    assert_eq!(post(address, &[], &crate::fixture::legacy("2", "ping", "")).await.status, 200);
    assert_eq!(hanging.count(), 1, "the call goes on");
}

#[tokio::test]
async fn requests_beyond_the_limit_are_told_to_wait() {
    let (server, hanging) = server(&NARROW);
    let address = listen(&server).await;
    let hang =
        request("POST", "/mcp", &[], legacy("1", "tools/call", r#""name":"hang""#).as_bytes());
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(&hang).await.expect("the server reads");
    hanging.wait_for(1).await;
    let answer = post(address, &[], &legacy("2", "tools/call", CALL)).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert_eq!(post(address, &[], &legacy("3", "ping", "")).await.status, 200);
}

#[tokio::test]
async fn a_panic_leaves_connection_and_server_alive() {
    let address = listen(&server(&STATELESS).0).await;
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let boom = legacy("1", "tools/call", r#""name":"boom""#);
    let keep_alive = [("Connection", "keep-alive")];
    stream
        .write_all(&request("POST", "/mcp", &keep_alive, boom.as_bytes()))
        .await
        .expect("the server reads");
    stream
        .write_all(&request("POST", "/mcp", &[], legacy("2", "tools/call", CALL).as_bytes()))
        .await
        .expect("the server reads");
    let both = read_answer(&mut stream).await;
    assert!(
        both.body.contains("Error calling tool 'boom'") && !both.body.contains("secret"),
        "{}",
        both.body
    );
    assert!(both.body.contains(r#""text":"3""#), "{}", both.body);
}

#[tokio::test]
async fn shutdown_answers_what_is_ready_and_ends() {
    let (server, hanging) = server(&STATELESS);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the listener is bound");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        mcpwright::transport::http::serve(&server, listener, "/mcp", stopped).await
    });
    let idle = TcpStream::connect(address).await.expect("the server listens");
    let hang =
        request("POST", "/mcp", &[], legacy("1", "tools/call", r#""name":"hang""#).as_bytes());
    let mut busy = TcpStream::connect(address).await.expect("the server listens");
    busy.write_all(&hang).await.expect("the server reads");
    hanging.wait_for(1).await;
    stop.send(()).expect("the server is running");
    let ended = tokio::time::timeout(Duration::from_secs(10), serving).await;
    ended.expect("the server ends").expect("it does not panic").expect("it does not fail");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    drop(idle);
}

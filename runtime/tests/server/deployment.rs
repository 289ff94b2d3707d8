//! `json_response`, `cors` and the limits of a deployment.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mcpwright::codegen::{Declaration, Deployment, Limits};
use mcpwright::{Context, transport};

use tokio::net::TcpListener;

use crate::fixture::{self, PLAIN, STATELESS, Who, listen, mirrored, modern, post, request, send};
use crate::talkative::{TALKATIVE, talkative};

static STREAMING: Declaration = TALKATIVE;
static PLAIN_JSON: Declaration = Declaration {
    deployment: Deployment { json_response: true, ..Deployment::DEFAULT },
    ..TALKATIVE
};
static LISTED: Declaration = Declaration {
    deployment: Deployment { allowed_origins: &["https://app.example.com"], ..Deployment::DEFAULT },
    ..TALKATIVE
};
static UNSHARED: Declaration =
    Declaration { deployment: Deployment { cors: false, ..LISTED.deployment }, ..TALKATIVE };

const HELLO: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"c","version":"1"}}}"#;
const REPORT: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"report","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"progressToken":1}}}"#;

#[tokio::test]
async fn json_response_leaves_out_what_comes_before_the_answer() {
    let call = mirrored("tools/call", "report");
    let streamed = post(listen(&talkative(&STREAMING).0).await, &call, REPORT).await;
    assert_eq!(streamed.header("content-type"), Some("text/event-stream"));
    assert!(streamed.body.contains("notifications/progress"), "{}", streamed.body);

    let address = listen(&talkative(&PLAIN_JSON).0).await;
    let whole = post(address, &call, REPORT).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, Some("application/json")));
    assert!(whole.body.starts_with(r#"{"jsonrpc":"2.0","id":1,"result":"#), "{}", whole.body);
    assert!(whole.body.contains("reported"), "{}", whole.body);
}

#[tokio::test]
async fn json_response_asks_nobody_who_would_have_to_be_asked_on_a_stream() {
    let address = listen(&talkative(&PLAIN_JSON).0).await;
    let opened = post(address, &[], HELLO).await;
    let id = opened.header("mcp-session-id").expect("a session is opened").to_owned();
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"confirm"}}"#;
    let answer = post(address, &[("Mcp-Session-Id", &id)], call).await;
    assert!(answer.body.contains("its connection takes results only"), "{}", answer.body);
    assert!(answer.body.contains(r#""isError":true"#), "{}", answer.body);
}

#[tokio::test]
async fn json_response_streams_subscriptions_all_the_same() {
    let address = listen(&talkative(&PLAIN_JSON).0).await;
    let listen = modern("1", "subscriptions/listen", r#""notifications":{}"#);
    let headers = [("Accept", "application/json")];
    let all = [&headers[..], &mirrored("subscriptions/listen", "")[..2]].concat();
    assert_eq!(post(address, &all, &listen).await.status, 406, "it has no other form");
}

#[tokio::test]
async fn a_page_asks_before_its_request_what_it_may_send() {
    let address = listen(&talkative(&LISTED).0).await;
    let preflight = async |origin: &str, wanted: &str| {
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", wanted),
        ];
        send(address, &request("OPTIONS", "/mcp", &headers, b"")).await
    };
    let app = "https://app.example.com";
    let answer = preflight(app, "content-type, mcp-method, mcp-param-region").await;
    assert_eq!(answer.status, 204, "{}", answer.head);
    assert_eq!(answer.header("access-control-allow-origin"), Some(app));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST, DELETE"));
    let allowed = answer.header("access-control-allow-headers");
    assert_eq!(allowed, Some("content-type, mcp-method, mcp-param-region"));
    assert!(answer.header("access-control-max-age").is_some(), "{}", answer.head);
    assert_eq!(answer.header("vary"), Some("origin"));
    // Where it does not say what it wants, it is told what every client sends.
    let usual = preflight(app, "").await;
    let allowed = usual.header("access-control-allow-headers").unwrap_or_default().to_owned();
    for name in ["mcp-session-id", "mcp-protocol-version", "last-event-id", "authorization"] {
        assert!(allowed.contains(name), "{name} in {allowed}");
    }
    let local = "http://localhost:5173";
    let from_here = preflight(local, "").await;
    assert_eq!(from_here.header("access-control-allow-origin"), Some(local));
    let foreign = preflight("https://evil.example", "").await;
    assert_eq!(foreign.status, 403);
    assert_eq!(foreign.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_page_reads_answers_refusals_and_the_session() {
    let address = listen(&talkative(&LISTED).0).await;
    let origin = ("Origin", "https://app.example.com");
    let hello = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}"#;
    for (status, body) in
        [(200, hello), (400, "{"), (400, r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)]
    {
        let answer = post(address, &[origin], body).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin.1), "{body}");
        let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
        for name in ["mcp-session-id", "mcp-protocol-version", "www-authenticate", "retry-after"] {
            assert!(exposed.contains(name), "{name} in {exposed}");
        }
    }
    let nobody = post(address, &[], hello).await;
    assert_eq!(nobody.header("access-control-allow-origin"), None, "no page has asked");
}

#[tokio::test]
async fn without_cors_a_page_is_served_and_reads_nothing() {
    let address = listen(&talkative(&UNSHARED).0).await;
    let origin = ("Origin", "https://app.example.com");
    let call = [&mirrored("tools/call", "report")[..], &[origin]].concat();
    let answer = post(address, &call, REPORT).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, None));
    let headers = [origin, ("Access-Control-Request-Method", "POST")];
    let preflight = send(address, &request("OPTIONS", "/mcp", &headers, b"")).await;
    assert_eq!(preflight.header("access-control-allow-origin"), None);
    assert_eq!(preflight.header("access-control-allow-methods"), None);
}

#[tokio::test]
async fn sessions_that_nobody_uses_make_room_without_being_asked_for() {
    static SHORT: Declaration = Declaration {
        limits: Limits { session_idle: Duration::from_millis(50), ..Limits::DEFAULT },
        ..TALKATIVE
    };
    let server = talkative(&SHORT).0;
    let address = listen(&server).await;
    for _ in 0..3 {
        assert_eq!(post(address, &[], HELLO).await.status, 200);
    }
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(post(address, &[], HELLO).await.status, 200);
    assert_eq!(server.usage().sessions, 1);
}

#[test]
fn a_blocking_call_that_is_given_up_before_it_begins_never_does() {
    static QUICK: Declaration = Declaration {
        limits: Limits { tool_time: Duration::from_millis(50), ..Limits::DEFAULT },
        ..PLAIN
    };
    let begun = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&begun);
    let server = fixture::server(&QUICK).0.on_blocking(move |_: Context, _: Who| {
        counter.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(400));
        Ok("done")
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let connection = transport::memory::connect(&server);
        let call = |id| modern(id, "tools/call", r#""name":"who""#);
        let (one, two) = (call("1"), call("2"));
        let answers = tokio::join!(connection.send(&one), connection.send(&two));
        for answer in [answers.0, answers.1] {
            let answer = answer.expect("an answer");
            assert!(answer.contains("timed out"), "{answer}");
        }
        // The only thread takes what waits for it in order.
        tokio::task::spawn_blocking(|| ()).await.expect("it does not panic");
    });
    assert_eq!(begun.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_end_of_the_server_waits_for_answers_in_flight() {
    let (begin, begun) = tokio::sync::oneshot::channel::<()>();
    let begin = std::sync::Mutex::new(Some(begin));
    let server = fixture::server(&STATELESS).0.on(move |_: Context, _: Who| {
        let begin = begin.lock().expect("a lock").take();
        async move {
            drop(begin);
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok("done")
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the listener is bound");
    let serving = tokio::spawn(async move {
        let begun = async { drop(begun.await) };
        transport::http::serve(&server, listener, "/mcp", begun).await
    });
    let call = modern("1", "tools/call", r#""name":"who""#);
    let answer = post(address, &mirrored("tools/call", "who"), &call).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("done"), "{}", answer.body);
    serving.await.expect("it does not panic").expect("it does not fail");
}

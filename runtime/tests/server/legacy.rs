//! Sessions of HTTP clients up to 2025-11-25.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::fixture::{
    STATEFUL, STATELESS, legacy, listen, mirrored, modern, post, read_answer, request, send, server,
};

const INITIALIZE: &str =
    r#""protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"ada","version":"1"}"#;

#[tokio::test]
async fn a_session_lives_from_initialize_to_delete() {
    let address = listen(&server(&STATEFUL).0).await;
    let opened = post(address, &[], &legacy("0", "initialize", INITIALIZE)).await;
    assert_eq!(opened.status, 200);
    let id = opened.header("mcp-session-id").expect("a session is opened").to_owned();
    assert!(id.bytes().all(|byte| byte.is_ascii_graphic()));
    let session = [("Mcp-Session-Id", id.as_str()), ("MCP-Protocol-Version", "2025-06-18")];
    let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(post(address, &session, note).await.status, 202);
    let who = post(address, &session, &legacy("1", "tools/call", r#""name":"who""#)).await;
    assert!(who.body.contains("ada 2025-06-18 1"), "{}", who.body);

    assert_eq!(send(address, &request("DELETE", "/mcp", &session, b"")).await.status, 204);
    assert_eq!(send(address, &request("DELETE", "/mcp", &session, b"")).await.status, 404);
    let gone = post(address, &session, &legacy("2", "tools/list", "")).await;
    assert_eq!(gone.status, 404);
    assert!(gone.body.contains(r#""id":2,"error":{"code":-32001"#), "{}", gone.body);
}

#[tokio::test]
async fn requests_without_a_session_are_refused_where_sessions_are_kept() {
    let address = listen(&server(&STATEFUL).0).await;
    let answer = post(address, &[], &legacy("1", "tools/list", "")).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("initialize"), "{}", answer.body);
    let stateless =
        post(address, &mirrored("tools/list", ""), &modern("1", "tools/list", "")).await;
    assert_eq!(stateless.status, 200);
    assert_eq!(stateless.header("mcp-session-id"), None);
}

#[tokio::test]
async fn a_stateless_deployment_mints_no_session() {
    let address = listen(&server(&STATELESS).0).await;
    let opened = post(address, &[], &legacy("0", "initialize", INITIALIZE)).await;
    assert_eq!((opened.status, opened.header("mcp-session-id")), (200, None));
    assert_eq!(post(address, &[], &legacy("1", "tools/list", "")).await.status, 200);
    assert_eq!(send(address, &request("DELETE", "/mcp", &[], b"")).await.status, 405);
    let batch = format!("[{}]", legacy("1", "ping", ""));
    assert_eq!(post(address, &[], &batch).await.body, r#"[{"jsonrpc":"2.0","id":1,"result":{}}]"#);
}

#[tokio::test]
async fn a_session_cancels_its_calls() {
    let (server, hanging) = server(&STATEFUL);
    let address = listen(&server).await;
    let opened = post(address, &[], &legacy("0", "initialize", INITIALIZE)).await;
    let id = opened.header("mcp-session-id").expect("a session is opened").to_owned();
    let session = [("Mcp-Session-Id", id.as_str())];
    let hang = legacy("7", "tools/call", r#""name":"hang""#);
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream
        .write_all(&request("POST", "/mcp", &session, hang.as_bytes()))
        .await
        .expect("the server reads");
    hanging.wait_for(1).await;
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#;
    assert_eq!(post(address, &session, cancel).await.status, 202);
    hanging.wait_for(0).await;
    assert_eq!(read_answer(&mut stream).await.status, 202);
}

#[tokio::test]
async fn a_session_id_is_good_for_its_session_alone() {
    let (server, hanging) = server(&STATEFUL);
    let address = listen(&server).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let opened = post(address, &[], &legacy("0", "initialize", INITIALIZE)).await;
        ids.push(opened.header("mcp-session-id").expect("a session is opened").to_owned());
    }
    let [first, second] = [[("Mcp-Session-Id", ids[0].as_str())], [("Mcp-Session-Id", &ids[1])]];
    assert_eq!(server.usage().sessions, 2);

    // The same request id is another request in another session.
    let hang = legacy("7", "tools/call", r#""name":"hang""#);
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let bytes = request("POST", "/mcp", &first, hang.as_bytes());
    stream.write_all(&bytes).await.expect("the server reads");
    hanging.wait_for(1).await;
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#;
    assert_eq!(post(address, &second, cancel).await.status, 202);
    assert_eq!(post(address, &second, &legacy("8", "ping", "")).await.status, 200);
    assert_eq!(hanging.count(), 1, "the call of the other session goes on");

    assert_eq!(send(address, &request("DELETE", "/mcp", &first, b"")).await.status, 204);
    hanging.wait_for(0).await;
    // Whoever replays the id of a session that has ended gets nowhere, by any method.
    for id in [ids[0].as_str(), "0123456789abcdef0123456789abcdef"] {
        let stolen = [("Mcp-Session-Id", id)];
        for body in [legacy("1", "tools/list", ""), cancel.to_owned()] {
            let answer = post(address, &stolen, &body).await;
            assert_eq!(answer.status, 404, "{body}");
            assert!(answer.body.contains(r#""code":-32001"#), "{}", answer.body);
        }
        for method in ["GET", "DELETE"] {
            let headers = [stolen[0], ("Accept", "text/event-stream")];
            let answer = send(address, &request(method, "/mcp", &headers, b"")).await;
            assert_eq!(answer.status, 404, "{method}");
        }
        let resumed = [stolen[0], ("Accept", "text/event-stream"), ("Last-Event-ID", "1-1")];
        assert_eq!(send(address, &request("GET", "/mcp", &resumed, b"")).await.status, 404);
    }
    // A new handshake gives a new id, also to one who brings an old one.
    let again = post(address, &first, &legacy("0", "initialize", INITIALIZE)).await;
    let fresh = again.header("mcp-session-id").expect("a session is opened");
    assert!(again.status == 200 && !ids.iter().any(|id| id == fresh), "{}", again.head);
    assert_eq!(post(address, &second, &legacy("9", "ping", "")).await.status, 200);
    assert_eq!(server.usage().sessions, 2);
}

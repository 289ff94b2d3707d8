//! Callers that the application around the server has recognized, and what belongs to them.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use mcpwright::testing::Client;
use mcpwright::{Principal, Server};
use serde_json::json;

use crate::fixture::{
    Answer, STATEFUL, STATELESS, legacy, listen, mirrored, modern, post, request, send, server,
};

const CALL: &str = r#""name":"caller","arguments":{}"#;

/// A server whose layer believes the header `X-User`.
fn recognizing(server: Server) -> Server {
    server.http_layer(from_fn(async |mut request: Request, next: Next| {
        let user = request.headers().get("x-user").and_then(|user| user.to_str().ok());
        if let Some(user) = user.map(Into::into) {
            request.extensions_mut().insert(Principal::Named(user));
        }
        next.run(request).await
    }))
}

#[tokio::test]
async fn a_session_is_there_for_the_one_who_began_it() {
    let server = recognizing(server(&STATEFUL).0);
    let address = listen(&server).await;
    let initialize = legacy(
        "1",
        "initialize",
        r#""protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}"#,
    );
    let begun = post(address, &[("X-User", "alice")], &initialize).await;
    let session = begun.header("mcp-session-id").expect("a session was begun").to_owned();
    let call = legacy("2", "tools/call", CALL);
    let send_as = async |user: &str, method: &str, body: &str| -> Answer {
        let headers = [
            ("X-User", user),
            ("Mcp-Session-Id", &session),
            ("Accept", "application/json, text/event-stream"),
        ];
        send(address, &request(method, "/mcp", &headers, body.as_bytes())).await
    };
    for thief in ["bob", ""] {
        for (method, body) in [("POST", &*call), ("GET", ""), ("DELETE", "")] {
            let answer = send_as(thief, method, body).await;
            assert_eq!(answer.status, 404, "{thief:?} {method}: {}", answer.body);
        }
    }
    assert_eq!(server.usage().sessions, 1);
    let answer = send_as("alice", "POST", &call).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains(r#"Some(\"alice\") Some(Http) Some(32)"#), "{}", answer.body);
    assert_eq!(send_as("alice", "DELETE", "").await.status, 204);
    assert_eq!(send_as("alice", "POST", &call).await.status, 404, "it has ended");
    assert_eq!(server.usage().sessions, 0);
}

#[tokio::test]
async fn a_handler_sees_who_calls_and_the_headers_that_may_be_passed_on() {
    let address = listen(&recognizing(server(&STATELESS).0)).await;
    let call = modern("1", "tools/call", CALL);
    let mut headers = mirrored("tools/call", "caller").to_vec();
    headers.extend([
        ("X-User", "alice"),
        ("Authorization", "Bearer secret"),
        ("Cookie", "a=b"),
        ("Proxy-Authorization", "Basic secret"),
        ("X-Request-Id", "7"),
    ]);
    let answer = post(address, &headers, &call).await;
    assert!(
        answer.body.contains(
            r#"Some(\"alice\") Some(Http) None [mcp-method mcp-name mcp-protocol-version x-request-id x-user] Some(\"Bearer secret\")"#
        ),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn without_http_there_are_no_headers() {
    let server = server(&STATELESS).0;
    let said = async |client: Client| {
        let result = client.call_tool("caller", json!({})).await.expect("it answers");
        result["content"][0]["text"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(said(Client::connect(&server).await).await, "None None None [] None");
    let alice = Client::builder().principal(Principal::Named("alice".into()));
    assert_eq!(said(alice.connect(&server).await).await, r#"Some("alice") None None [] None"#);
    let later = Client::with_handshake(&server, "2025-11-25").await;
    assert_eq!(said(later).await, "None None None [] None");
}

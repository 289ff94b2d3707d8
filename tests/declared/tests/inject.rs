//! Arguments that callers do not give: they are not shown, and what a caller sends under their names is
//! dropped.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use declared::{Handlers, server};
use http::StatusCode;
use mcpwright::testing::Client;
use mcpwright::{Principal, Server};
use serde_json::{Value, json};
use tower::ServiceExt as _;

fn plain() -> Server {
    server::server(Handlers::default())
}

/// A client of the server whom an application has recognized.
async fn alice() -> Client {
    Client::builder().principal(Principal::Named("alice".into())).connect(&plain()).await
}

/// A request over HTTP, by somebody whom a layer has recognized.
async fn send(method: &str, name: &str, params: Value, headers: &[(&str, &str)]) -> Value {
    let server = plain().http_layer(from_fn(async |mut request: Request, next: Next| {
        request.extensions_mut().insert(Principal::Named("bob".into()));
        next.run(request).await
    }));
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut request = Request::post("/mcp")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", method)
        .header("mcp-name", name);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_string())).expect("a request");
    let answer = server.router().oneshot(request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    serde_json::from_slice(&body).expect("JSON")
}

async fn call(arguments: Value, headers: &[(&str, &str)]) -> Value {
    let params = json!({ "name": "whoami", "arguments": arguments });
    send("tools/call", "whoami", params, headers).await["result"].take()
}

#[tokio::test]
async fn arguments_that_are_injected_are_not_listed() {
    let client = alice().await;
    let tools = client.list_tools().await.expect("a list");
    let tool = tools.iter().find(|tool| tool["name"] == "whoami").expect("it is there");
    let schema = &tool["inputSchema"];
    let names: Vec<_> = schema["properties"].as_object().expect("properties").keys().collect();
    assert_eq!(names, ["greeting"]);
    assert_eq!(schema["required"], json!(["greeting"]));
    let prompts = client.list_prompts().await.expect("a list");
    let prompt = prompts.iter().find(|prompt| prompt["name"] == "greet").expect("it is there");
    assert_eq!(prompt["arguments"], json!([{ "name": "tone", "required": true }]));
}

#[tokio::test]
async fn forged_values_are_dropped() {
    let forged = json!({
        "greeting": "hello", "user": "root", "shard": 9, "region": "mars", "limit": 1_000_000,
        "folder": "/",
    });
    let result = call(forged, &[("X-Shard", "3"), ("x-region", "rome")]).await;
    let expected = json!({
        "greeting": "hello", "user": "bob", "shard": 3, "region": "rome", "limit": 20,
        "folder": env!("CARGO_MANIFEST_DIR"),
    });
    assert_eq!(result["structuredContent"], expected);
}

#[tokio::test]
async fn what_is_not_there_takes_its_default_or_is_missing() {
    let result = call(json!({ "greeting": "hello" }), &[("X-Shard", "3")]).await;
    assert_eq!(result["structuredContent"]["region"], "nowhere");
    let result = call(json!({ "greeting": "hello" }), &[]).await;
    assert_eq!(result["isError"], true);
    let expected = "this needs the header `x-shard`, and the request has none";
    assert_eq!(result["content"][0]["text"], expected);
    let client = Client::connect(&plain()).await;
    let error = client.get_prompt("greet_by_hand", json!({})).await.expect_err("nobody calls");
    assert_eq!(error.code, -32602);
    let expected = "Invalid params: this needs to know who calls, and nobody in particular does";
    assert_eq!(error.message, expected);
}

#[tokio::test]
async fn limits_hold_for_what_is_injected() {
    for wrong in ["10", "three", "3.5"] {
        let result = call(json!({ "greeting": "hello" }), &[("X-Shard", wrong)]).await;
        assert_eq!(result["isError"], true, "{wrong}");
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        assert!(text.contains("`shard`"), "{text}");
    }
}

#[tokio::test]
async fn session_is_that_of_the_handshake() {
    let result = send("tools/call", "session", json!({ "name": "session" }), &[]).await;
    let text = &result["result"]["content"][0]["text"];
    assert_eq!(text, "this needs a session, and the client has none");
}

#[tokio::test]
async fn templates_and_prompts_are_injected_too() {
    let uri = "tenant://start";
    let params = json!({ "uri": uri });
    let read = send("resources/read", uri, params.clone(), &[("X-Tenant", "acme")]).await;
    assert_eq!(read["result"]["contents"][0]["text"], "start of acme");
    let missing = alice().await.read_resource(uri).await.expect_err("there are no headers");
    assert_eq!(missing.code, -32602);
    assert!(missing.message.contains("x-tenant"), "{missing}");
    let client = alice().await;
    let forged = json!({ "tone": "kind", "user": "root" });
    let greeting = client.get_prompt("greet", forged).await.expect("messages");
    assert_eq!(greeting["messages"][0]["content"]["text"], "Greet alice in a kind tone.");
    let greeting = client.get_prompt("greet_by_hand", json!({})).await.expect("messages");
    assert_eq!(greeting["messages"][0]["content"]["text"], "Greet alice.");
}

//! Routes over MCP and over plain HTTP: what is injected is in no part of a request, and templates refuse
//! the same values both ways.

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

/// Sends a request to the routes, as somebody whom a layer has recognized.
async fn send(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> (StatusCode, Value) {
    let server = plain().http_layer(from_fn(async |mut request: Request, next: Next| {
        request.extensions_mut().insert(Principal::Named("bob".into()));
        next.run(request).await
    }));
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let request = request.header("content-type", "application/json").body(body);
    let answer = server.router().oneshot(request.expect("a request")).await.expect("an answer");
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn get(path: &str, headers: &[(&str, &str)]) -> (StatusCode, Value) {
    send("GET", path, headers, &Value::Null).await
}

async fn alice() -> Client {
    Client::builder().principal(Principal::Named("alice".into())).connect(&plain()).await
}

#[tokio::test]
async fn requests_cannot_say_what_is_injected() {
    let forged = json!({ "item": "tea", "note": "for free", "user": "root", "shard": 8 });
    let path = "/orders?shard=7&user=root&note=for+free";
    let (status, order) = send("POST", path, &[("X-Shard", "3")], &forged).await;
    assert_eq!(status, StatusCode::OK, "{order}");
    assert_eq!(order, json!({ "shard": 3, "item": "tea", "note": "by hand", "user": "bob" }));
}

#[tokio::test]
async fn what_the_request_lacks_is_said() {
    let item = json!({ "item": "tea" });
    let (status, refused) = send("POST", "/orders", &[], &item).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let why = "this needs the header `x-shard`, and the request has none";
    assert_eq!(refused, json!({ "detail": why }));
    let (status, refused) = send("POST", "/orders", &[("X-Shard", "10")], &item).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(refused["detail"].as_str().is_some_and(|it| it.contains("`shard`")), "{refused}");
    // On other transports there are no headers.
    let result = alice().await.call_tool("order", item).await.expect("a result");
    assert_eq!(result["isError"], true);
    assert_eq!(result["content"][0]["text"], why);
}

#[tokio::test]
async fn descriptions_do_not_show_what_is_injected() {
    let (_, document) = get("/openapi.json", &[]).await;
    let order = &document["paths"]["/orders"]["post"];
    assert_eq!(order["parameters"], Value::Null);
    let body = &order["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["properties"].as_object().map(serde_json::Map::len), Some(1), "{body}");
    assert_eq!(body["required"], json!(["item"]));
    // Nothing of this request could be wrong.
    assert_eq!(document["paths"]["/whom"]["get"]["responses"]["422"], Value::Null);
    let client = alice().await;
    let tools = client.list_tools().await.expect("a list");
    let order = tools.iter().find(|tool| tool["name"] == "order").expect("it is there");
    let names: Vec<_> =
        order["inputSchema"]["properties"].as_object().expect("it has some").keys().collect();
    assert_eq!(names, ["item"]);
}

#[tokio::test]
async fn resources_and_templates_of_routes_are_injected_too() {
    let (_, whom) = get("/whom", &[]).await;
    assert_eq!(whom, "bob");
    let read = alice().await.read_resource("declared://whom").await.expect("contents");
    assert_eq!(read[0]["text"], "\"alice\"");
    let (_, page) = get("/pages/a/b", &[("X-Tenant", "acme")]).await;
    assert_eq!(page, "a/b of acme");
    let missing = alice().await.read_resource("declared://pages/a/b").await.expect_err("no header");
    assert!(missing.message.contains("x-tenant"), "{missing}");
}

/// Values that a template refuses, as they stand in a path.
const CLIMBING: &[&str] = &[
    "../secret",
    "%2e%2e/secret",
    "%252e%252e/secret",
    "a/../../secret",
    "..%2fsecret",
    "%2fetc/passwd",
];

#[tokio::test]
async fn templates_of_routes_refuse_paths_both_ways() {
    let client = alice().await;
    for value in CLIMBING {
        let error = client.read_resource(&format!("declared://pages/{value}")).await;
        let error = error.expect_err("it is refused");
        assert!(error.message.starts_with("Resource not found"), "{value}: {error}");
        let (status, answer) = get(&format!("/pages/{value}"), &[("X-Tenant", "acme")]).await;
        assert_eq!(
            (status, &answer["detail"]),
            (StatusCode::NOT_FOUND, &json!("Not Found")),
            "{value}"
        );
    }
}

#[tokio::test]
async fn security_of_a_route_is_that_of_its_template() {
    let client = alice().await;
    let read = client.read_resource("declared://anything/a/..%2f..%2fb").await.expect("contents");
    assert_eq!(read[0]["text"], "\"a/../../b\"");
    let (status, answer) = get("/anything/a/..%2f..%2fb", &[]).await;
    assert_eq!((status, answer), (StatusCode::OK, json!("a/../../b")));
    // The rest is refused all the same.
    let (status, _) = get("/anything/%2fetc", &[]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let refused = client.read_resource("declared://anything/%2fetc").await;
    refused.expect_err("an absolute path");
}

#[tokio::test]
async fn routes_that_are_no_templates_take_any_path() {
    let (status, answer) = get("/files/..%2fb", &[]).await;
    assert_eq!((status, answer), (StatusCode::OK, json!("../b")));
}

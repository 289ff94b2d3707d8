//! Routes: the same handlers over REST and MCP.

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{call, clients, server};

/// A request to the server without a socket: its status, and its body as JSON.
async fn rest(method: &str, path: &str) -> (u16, Value) {
    let request = Request::builder().method(method).uri(path).header("host", "localhost");
    let request = request.body(Body::empty()).expect("a request");
    let answer = server().router().oneshot(request).await.expect("an answer");
    let status = answer.status();
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    (status.as_u16(), serde_json::from_slice(&body).expect("JSON"))
}

const OK: u16 = StatusCode::OK.as_u16();

#[tokio::test]
async fn get_user_is_a_route_and_a_tool() {
    let expected = json!({ "id": 7, "name": "Alice" });
    assert_eq!(rest("GET", "/users/7").await, (OK, expected.clone()));
    let (status, refused) = rest("GET", "/users/seven").await;
    assert_eq!((status, &refused["detail"][0]["type"]), (422, &json!("int_parsing")));
    for client in clients(&server()).await {
        let result = call(&client, "get_user", json!({ "user_id": 7 })).await;
        assert_eq!(result["structuredContent"], expected);
    }
}

#[tokio::test]
async fn create_user_takes_its_parameters_from_the_query() {
    let expected = json!({ "id": 1, "name": "Ada", "email": "ada@example.com" });
    let path = "/users?name=Ada&email=ada%40example.com";
    assert_eq!(rest("POST", path).await, (OK, expected.clone()));
    let (status, refused) = rest("POST", "/users?name=Ada").await;
    assert_eq!((status, &refused["detail"][0]["loc"]), (422, &json!(["query", "email"])));
    for client in clients(&server()).await {
        let arguments = json!({ "name": "Ada", "email": "ada@example.com" });
        let result = call(&client, "create_user", arguments).await;
        assert_eq!(result["structuredContent"], expected);
    }
}

#[tokio::test]
async fn route_maps_make_resources_templates_and_nothing_of_routes() {
    assert_eq!(rest("GET", "/products/1").await, (OK, json!({ "id": 1, "name": "Product" })));
    let missing = json!({ "detail": "There is no product 2." });
    assert_eq!(rest("GET", "/products/2").await, (404, missing));
    assert_eq!(rest("GET", "/admin/users").await, (OK, json!(["Ada"])));
    for client in clients(&server()).await {
        let text = async |uri: &str| {
            let contents = client.read_resource(uri).await.expect("it is there");
            assert_eq!(contents[0]["mimeType"], "application/json");
            let text = contents[0]["text"].as_str().expect("a text");
            serde_json::from_str::<Value>(text).expect("JSON")
        };
        let product = json!({ "id": 1, "name": "Product" });
        assert_eq!(text("ported://products").await, json!([product]));
        assert_eq!(text("ported://products/1").await, product);
        let error = client.read_resource("ported://products/2").await.expect_err("there is none");
        let code = if client.version() == crate::HANDSHAKE { -32002 } else { -32602 };
        assert_eq!((error.code, &*error.message), (code, "There is no product 2."));
        let error = client.read_resource("ported://products/two").await.expect_err("no number");
        assert!(error.message.contains("`product_id`"), "{error}");
        let tools = client.list_tools().await.expect("a list");
        for name in ["list_products", "get_product", "list_admins", "status", "health_check"] {
            assert!(!tools.iter().any(|tool| tool["name"] == name), "{name} is a tool");
        }
    }
}

#[tokio::test]
async fn custom_routes_are_served_beside_the_endpoint() {
    assert_eq!(rest("GET", "/health").await, (OK, json!({ "status": "healthy" })));
    assert_eq!(rest("GET", "/api/status").await, (OK, json!({ "status": "ok" })));
    let (status, document) = rest("GET", "/openapi.json").await;
    assert_eq!(status, OK);
    let paths = document["paths"].as_object().expect("paths");
    for path in ["/users/{user_id}", "/users", "/products", "/health", "/admin/users"] {
        assert!(paths.contains_key(path), "{path}");
    }
}

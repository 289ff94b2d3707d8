//! What the README shows.

use mcpwright::testing::Client;
use ported_examples::Examples;
use serde_json::json;

#[tokio::test]
async fn it_greets() {
    let server = ported_mcp::server(Examples::default());
    let client = Client::connect(&server).await;
    let result = client.call_tool("greet", json!({ "name": "World" })).await.expect("a result");
    assert_eq!(result["structuredContent"], "Hello, World!");
}

//! Tools: types, limits, defaults, results, what lists say of them.

use mcpwright::Principal;
use mcpwright::testing::Client;
use ported_examples::Pages;
use serde_json::json;

use crate::{call, clients, failure, named, server, text, value};

#[tokio::test]
async fn add() {
    for client in clients(&server()).await {
        let result = call(&client, "add", json!({ "a": 5, "b": 3 })).await;
        assert_eq!((text(&result), value(&client, &result)), ("8", &json!(8)));
        // A text that is a number is one.
        let result = call(&client, "add", json!({ "a": "5", "b": 3.0 })).await;
        assert_eq!(text(&result), "8");
        let refused = failure(&client, "add", json!({ "a": "five" })).await;
        assert!(refused.contains("argument `a`") && refused.contains("`b`"), "{refused}");
        let tools = client.list_tools().await.expect("a list");
        let schema = &named(&tools, "add")["inputSchema"];
        assert_eq!(schema["properties"]["a"], json!({ "type": "integer" }));
        assert_eq!(schema["required"], json!(["a", "b"]));
    }
}

#[tokio::test]
async fn greet() {
    for client in clients(&server()).await {
        let result = call(&client, "greet", json!({ "name": "World" })).await;
        assert_eq!(text(&result), "Hello, World!");
        assert_eq!(value(&client, &result), "Hello, World!");
    }
}

#[tokio::test]
async fn search_products() {
    for client in clients(&server()).await {
        let result = call(&client, "search_products", json!({ "query": "a" })).await;
        let general =
            |id: i64, name: &str| json!({ "id": id, "name": name, "category": "general" });
        assert_eq!(
            value(&client, &result),
            &json!([general(1, "Product A"), general(2, "Product B")])
        );
        // A list is one text block of JSON.
        assert_eq!(result["content"].as_array().map(Vec::len), Some(1));
        let arguments = json!({ "query": "a", "category": "tools", "max_results": 1 });
        let result = call(&client, "search_products", arguments).await;
        let expected = json!([{ "id": 1, "name": "Product A", "category": "tools" }]);
        assert_eq!(value(&client, &result), &expected);
        let arguments = json!({ "query": "a", "max_results": 101 });
        let refused = failure(&client, "search_products", arguments).await;
        assert!(refused.contains("argument `max_results`") && refused.contains("100"), "{refused}");
        let tools = client.list_tools().await.expect("a list");
        let tool = named(&tools, "search_products");
        let hints = json!({ "readOnlyHint": true, "openWorldHint": false });
        assert_eq!(tool["annotations"], hints);
        assert_eq!(tool["_meta"]["fastmcp"]["tags"], json!(["catalog", "search"]));
        let properties = &tool["inputSchema"]["properties"];
        assert_eq!(properties["query"]["description"], "What to look for.");
        assert_eq!(properties["max_results"]["maximum"], 100);
        assert_eq!(properties["category"]["default"], json!(null));
        assert_eq!(tool["inputSchema"]["required"], json!(["query"]));
    }
}

#[tokio::test]
async fn custom_name() {
    for client in clients(&server()).await {
        let result = call(&client, "custom_name", json!({ "x": 7 })).await;
        assert_eq!(text(&result), "7");
    }
}

#[tokio::test]
async fn my_tool() {
    for client in clients(&server()).await {
        let result = call(&client, "my_tool", json!({ "x": 7 })).await;
        assert_eq!(text(&result), "7: default");
        // What is hidden there is no argument here, and who gives it is told.
        let arguments = json!({ "x": 7, "internal_param": "mine" });
        let refused = failure(&client, "my_tool", arguments).await;
        assert!(refused.contains("internal_param"), "{refused}");
        let tools = client.list_tools().await.expect("a list");
        let tool = named(&tools, "my_tool");
        assert_eq!(tool["title"], "Tool with everything");
        assert_eq!(tool["annotations"]["title"], "Tool Title");
        assert_eq!(tool["annotations"]["destructiveHint"], false);
        assert_eq!(tool["_meta"]["version"], "2.0");
    }
}

#[tokio::test]
async fn report() {
    for client in clients(&server()).await {
        let result = call(&client, "report", json!({})).await;
        assert_eq!(text(&result), "All is well.");
        assert_eq!(result["structuredContent"], json!({ "data": "value", "count": 42 }));
        // What has full control of its result promises no schema.
        let tools = client.list_tools().await.expect("a list");
        assert_eq!(named(&tools, "report").get("outputSchema"), None);
    }
}

#[tokio::test]
async fn analyze_data() {
    for client in clients(&server()).await {
        let arguments = json!({ "data": [0.3, 0.6, 0.9] });
        let result = call(&client, "analyze_data", arguments).await;
        let expected = json!({ "count": 2, "average": 0.75, "values": [0.6, 0.9] });
        assert_eq!(result["structuredContent"], expected);
        let arguments = json!({ "data": [0.3], "threshold": 1 });
        let result = call(&client, "analyze_data", arguments).await;
        let expected = json!({ "count": 0, "average": 0.0, "values": [] });
        assert_eq!(result["structuredContent"], expected);
        let tools = client.list_tools().await.expect("a list");
        let promised = &named(&tools, "analyze_data")["outputSchema"];
        assert_eq!(promised["properties"]["count"], json!({ "type": "integer" }));
        assert_eq!(promised["required"], json!(["count", "average", "values"]));
    }
}

#[tokio::test]
async fn process_value() {
    for client in clients(&server()).await {
        let arguments = json!({ "value": 50, "email": "ada@example.com" });
        let result = call(&client, "process_value", arguments).await;
        assert_eq!(result["structuredContent"], json!({ "processed": 50 }));
        // Everything that is wrong is said at once.
        let arguments = json!({ "value": -1, "email": "nobody" });
        let refused = failure(&client, "process_value", arguments).await;
        assert!(refused.contains("argument `value`"), "{refused}");
        assert!(refused.contains("argument `email`"), "{refused}");
    }
}

#[tokio::test]
async fn fetch_data_shares_what_the_server_was_started_with() {
    let server = server();
    for client in clients(&server).await {
        for _ in 0..2 {
            let arguments = json!({ "url": "https://pages.example/a" });
            let result = call(&client, "fetch_data", arguments).await;
            assert_eq!(result["structuredContent"], json!({ "page": "a" }));
            assert_eq!(Pages::count(), 1);
        }
        let arguments = json!({ "url": "https://pages.example/b" });
        assert_eq!(failure(&client, "fetch_data", arguments).await, "there is no such page");
    }
    drop(server);
    assert_eq!(Pages::count(), 0);
}

#[tokio::test]
async fn analyze_pricing() {
    for client in clients(&server()).await {
        let result = call(&client, "analyze_pricing", json!({ "category": "books" })).await;
        let expected = json!({ "category": "books", "avg_price": 49.99 });
        assert_eq!(result["structuredContent"], expected);
    }
}

#[tokio::test]
async fn secure_operation_knows_its_caller() {
    let server = server();
    for client in clients(&server).await {
        let refused = failure(&client, "secure_operation", json!({})).await;
        assert_eq!(refused, "This is for those who have said who they are.");
    }
    let ada = Client::builder().principal(Principal::Named("ada".into()));
    for client in crate::clients_of(&server, ada).await {
        let result = call(&client, "secure_operation", json!({})).await;
        assert_eq!(text(&result), "Welcome, ada.");
    }
}

#[tokio::test]
async fn composed_servers_have_the_names_that_clients_see() {
    for client in clients(&server()).await {
        let result = call(&client, "weather_get_forecast", json!({ "city": "London" })).await;
        assert_eq!(result["structuredContent"]["city"], "London");
        let result = call(&client, "db_query_users", json!({ "email": "a@example.com" })).await;
        assert_eq!(result["structuredContent"]["active"], true);
        let result = call(&client, "calendar_add_event", json!({ "title": "Tea" })).await;
        assert_eq!(result["structuredContent"], json!({ "event": "Tea", "added": true }));
    }
}

#[tokio::test]
async fn tags_and_switches_leave_tools_out() {
    for client in clients(&server()).await {
        let tools = client.list_tools().await.expect("a list");
        for hidden in ["old_add", "reset_counters"] {
            assert!(!tools.iter().any(|tool| tool["name"] == hidden), "{hidden} is listed");
            let error = client.call_tool(hidden, json!({})).await.expect_err("it is not there");
            assert_eq!(error.code, -32602, "{error}");
        }
    }
}

#[tokio::test]
async fn list_is_what_clients_show() {
    for client in clients(&server()).await {
        let tools = client.list_tools().await.expect("a list");
        for tool in &tools {
            assert!(tool["title"].is_string(), "{tool}");
            assert!(tool["description"].is_string(), "{tool}");
            assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        }
    }
}

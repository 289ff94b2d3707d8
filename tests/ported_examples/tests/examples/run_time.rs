//! Components that come and go while the server runs.

use mcpwright::Context;
use mcpwright::components::{ComponentKind, Criteria, Tool};
use serde_json::{Map, Value, json};

use crate::{call, clients, server, text};

/// The names of the tools that a client is shown.
async fn names(client: &mcpwright::testing::Client) -> Vec<String> {
    let tools = client.list_tools().await.expect("the tools are listed");
    tools.iter().filter_map(|tool| tool["name"].as_str().map(str::to_owned)).collect()
}

/// A tool that is made of a function, with words of its own.
fn shout() -> Tool {
    Tool::new("shout", |_: Context, arguments: Map<String, Value>| async move {
        let said = arguments.get("said").and_then(Value::as_str).unwrap_or_default();
        Ok(said.to_uppercase())
    })
    .description("Says it louder.")
    .tags(["added"])
    .input_schema(json!({
        "type": "object",
        "properties": { "said": { "type": "string" } },
        "required": ["said"],
    }))
}

#[tokio::test]
async fn add_tool_and_remove_tool() {
    let server = server();
    let components = server.components();
    components.add(shout()).expect("it can be added");
    for client in clients(&server).await {
        assert!(names(&client).await.contains(&"shout".to_owned()));
        let result = call(&client, "shout", json!({ "said": "hello" })).await;
        assert_eq!(text(&result), "HELLO");
    }
    components.remove(ComponentKind::Tool, "shout").expect("it is there");
    for client in clients(&server).await {
        assert!(!names(&client).await.contains(&"shout".to_owned()));
        client.call_tool("shout", json!({ "said": "hello" })).await.expect_err("it is gone");
    }
}

#[tokio::test]
async fn enable_and_disable() {
    let server = server();
    let components = server.components();
    components.add(shout()).expect("it can be added");
    // What was declared, and what was added.
    let chosen = [
        Criteria::new().names(["add"]).kinds([ComponentKind::Tool]),
        Criteria::new().tags(["added"]),
    ];
    for (criteria, name) in chosen.iter().zip(["add", "shout"]) {
        components.disable(criteria);
        for client in clients(&server).await {
            assert!(!names(&client).await.contains(&name.to_owned()));
            client.call_tool(name, json!({})).await.expect_err("it is disabled");
        }
        components.enable(criteria);
        for client in clients(&server).await {
            assert!(names(&client).await.contains(&name.to_owned()));
        }
    }
}

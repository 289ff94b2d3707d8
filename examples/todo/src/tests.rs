//! The list through MCP, before and after a restart. REST and its description are checked by
//! `cargo xtask test --only todo`.

use mcpwright::testing::Client;
use serde_json::json;

use crate::handlers::Todos;
use crate::store::Store;

#[tokio::test]
async fn the_list_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("todo.sqlite3");
    let start = || todo_mcp::server(Todos::new(Store::open(&file).expect("a database")));
    let client = Client::connect(&start()).await;
    let arguments = json!({ "title": "Water the plants", "priority": "high" });
    let made = client.call_tool("create_todo", arguments).await.expect("a result");
    let id = made["structuredContent"]["id"].clone();
    let client = Client::connect(&start()).await;
    let arguments = json!({ "id": id, "done": true });
    let changed = client.call_tool("update_todo", arguments).await.expect("a result");
    let expected = json!({
        "id": id, "title": "Water the plants", "notes": "", "priority": "high", "due": null,
        "done": true,
    });
    assert_eq!(changed["structuredContent"], expected);
    let found = client.call_tool("list_todos", json!({ "search": "PLANT" })).await;
    assert_eq!(found.expect("a result")["structuredContent"], json!([expected]));
    let gone = client.call_tool("delete_todo", json!({ "id": id })).await.expect("a result");
    assert_ne!(gone["isError"], true);
    let missing = client.call_tool("get_todo", json!({ "id": id })).await.expect("a result");
    assert_eq!(missing["isError"], true);
    assert_eq!(missing["content"][0]["text"], format!("There is no todo {id}."));
}

#[tokio::test]
async fn the_route_of_operators_is_no_tool() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&folder.path().join("todo.sqlite3")).expect("a database");
    let client = Client::connect(&todo_mcp::server(Todos::new(store))).await;
    let tools = client.list_tools().await.expect("a list");
    let names: Vec<_> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(names, ["list_todos", "create_todo", "get_todo", "update_todo", "delete_todo"]);
}

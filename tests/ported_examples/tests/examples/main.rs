//! Each example through the testing kit, in both generations of the protocol. The README says which
//! example is which test.

mod context;
mod prompts;
mod readme;
mod resources;
mod routes;
mod run_time;
mod tools;

use mcpwright::Server;
use mcpwright::testing::{Client, ClientBuilder};
use ported_examples::Examples;
use serde_json::Value;

/// The last version with a handshake.
const HANDSHAKE: &str = "2025-11-25";

fn server() -> Server {
    ported_examples::server(Examples::default())
}

/// A client of each generation.
async fn clients(server: &Server) -> [Client; 2] {
    clients_of(server, Client::builder()).await
}

/// The same with these abilities.
async fn clients_of(server: &Server, builder: ClientBuilder) -> [Client; 2] {
    [builder.clone().connect(server).await, builder.with_handshake(server, HANDSHAKE).await]
}

/// The result of a call, which is the same in both generations but for what wraps values.
async fn call(client: &Client, tool: &str, arguments: Value) -> Value {
    let result = client.call_tool(tool, arguments).await.expect("the tool is there");
    assert_ne!(result["isError"], true, "{result}");
    result
}

/// The structured content; with a handshake it is an object always, so values are wrapped.
fn value<'r>(client: &Client, result: &'r Value) -> &'r Value {
    let structured = &result["structuredContent"];
    if client.version() == HANDSHAKE { &structured["result"] } else { structured }
}

/// The text of the first block.
fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_default()
}

/// The text of a call that is refused or has failed.
async fn failure(client: &Client, tool: &str, arguments: Value) -> String {
    let result = client.call_tool(tool, arguments).await.expect("the model reads it");
    assert_eq!(result["isError"], true, "{result}");
    text(&result).to_owned()
}

/// An entry of a list by its name.
fn named<'l>(list: &'l [Value], name: &str) -> &'l Value {
    list.iter().find(|entry| entry["name"] == name).expect("it is listed")
}

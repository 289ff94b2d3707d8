//! What one session sees, and what clients are told.

use std::sync::Arc;
use std::time::Duration;

use mcpwright::Context;
use mcpwright::components::{ComponentKind, Criteria, Tool};
use mcpwright::testing::Client;
use mcpwright::transport::memory::{Connection, connect};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fixture::{
    DECLARED, Does, GENERATIONS, added, call, client, id, is_absent, names, server,
};

/// What a tool is told to do with the components of its session.
#[derive(Deserialize)]
struct Ask {
    what: String,
    #[serde(default)]
    name: String,
}

/// A server with a tool that changes what its session sees.
fn with_switch() -> mcpwright::Server {
    let server = server(&DECLARED);
    let switch = Tool::new("switch", |context: Context, ask: Ask| async move {
        let criteria = Criteria::new().names([ask.name]);
        match &*ask.what {
            "enable" => context.enable_components(&criteria),
            "disable" => context.disable_components(&criteria),
            _ => context.reset_visibility(),
        }
    });
    let schema = json!({
        "type": "object", "properties": { "what": {}, "name": {} }, "required": ["what"],
    });
    server.components().add(switch.input_schema(schema)).expect("added");
    server
}

async fn switch(client: &Client, what: &str, name: &str) -> Value {
    let arguments = json!({ "what": what, "name": name });
    client.call_tool("switch", arguments).await.expect("the tool is there")
}

fn methods(client: &Client) -> Vec<String> {
    let told = client.notifications();
    told.iter().filter_map(|it| Some(it["method"].as_str()?.to_owned())).collect()
}

#[tokio::test]
async fn a_session_changes_what_it_sees_and_nobody_else_does() {
    for kind in ComponentKind::ALL {
        let server = with_switch();
        server.components().add(added(kind, "extra", Does::Say("x"))).expect("added");
        server.components().disable(&Criteria::new().names(["extra"]));
        let mine = client(&server, GENERATIONS[1]).await;
        let others = [
            client(&server, GENERATIONS[1]).await,
            client(&server, "2025-06-18").await,
            client(&server, GENERATIONS[0]).await,
        ];
        let seen = async |client: &Client| {
            let mut seen = names(client, kind).await;
            seen.retain(|name| name != "switch");
            seen
        };
        // What the session says is above what is said for all.
        assert_eq!(switch(&mine, "enable", "extra").await["isError"], false, "{kind}");
        switch(&mine, "disable", "fixed").await;
        assert_eq!(seen(&mine).await, ["extra"], "{kind}");
        assert!(call(&mine, kind, "extra").await.is_ok(), "{kind}");
        assert!(is_absent(&call(&mine, kind, "fixed").await), "{kind}");
        for other in &others {
            assert_eq!(seen(other).await, ["fixed"], "{kind} {}", other.version());
            assert!(is_absent(&call(other, kind, "extra").await), "{kind}");
            assert!(call(other, kind, "fixed").await.is_ok(), "{kind}");
            assert_eq!(methods(other), [""; 0], "{kind}: they are told nothing");
        }
        switch(&mine, "reset", "").await;
        assert_eq!(seen(&mine).await, ["fixed"], "{kind}");
        assert!(is_absent(&call(&mine, kind, "extra").await), "{kind}");
    }
}

#[tokio::test]
async fn without_a_session_nothing_is_enabled_for_one() {
    let server = with_switch();
    let client = client(&server, GENERATIONS[0]).await;
    for what in ["enable", "disable", "reset"] {
        let refused = switch(&client, what, "fixed").await;
        assert_eq!(refused["isError"], true, "{what}");
        assert_eq!(
            refused["content"][0]["text"],
            "components are enabled and disabled for a session, and clients of 2026-07-28 have none"
        );
    }
    assert_eq!(names(&client, ComponentKind::Prompt).await, ["fixed"]);
}

/// The method that tells of a change of the list of this kind.
fn told_of(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Tool => "notifications/tools/list_changed",
        ComponentKind::Resource | ComponentKind::Template => "notifications/resources/list_changed",
        ComponentKind::Prompt => "notifications/prompts/list_changed",
    }
}

async fn next(connection: &Connection) -> Value {
    let message = tokio::time::timeout(Duration::from_secs(20), connection.receive()).await;
    serde_json::from_str(&message.expect("something is told")).expect("a message is JSON")
}

async fn is_silent(connection: &Connection) -> bool {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(Duration::from_millis(20), connection.receive()).await.is_err()
}

/// A connection that has shaken hands.
async fn shaken(server: &mcpwright::Server) -> Connection {
    let connection = connect(server);
    let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "t", "version": "1" },
    } });
    connection.send(&hello.to_string()).await.expect("an answer");
    connection
}

#[tokio::test]
async fn sessions_are_told_what_changes() {
    for kind in ComponentKind::ALL {
        let server = with_switch();
        let components = server.components();
        components.add(added(kind, "early", Does::Say("x"))).expect("added");
        let connection = shaken(&server).await;
        assert!(is_silent(&connection).await, "{kind}: nothing is told of what was there before");
        let told = async |what: &str| {
            assert_eq!(next(&connection).await["method"], told_of(kind), "{kind} {what}");
            assert!(is_silent(&connection).await, "{kind} {what}: once, and of this kind alone");
        };
        components.add(added(kind, "late", Does::Say("x"))).expect("added");
        told("added").await;
        components.disable(&Criteria::new().names(["late"]).kinds([kind]));
        told("disabled").await;
        components.disable(&Criteria::new().names(["late"]));
        assert!(is_silent(&connection).await, "{kind}: nothing has changed");
        components.enable(&Criteria::new().names(["late"]).kinds([kind]));
        components.enable(&Criteria::all());
        told("enabled").await;
        components.remove(kind, &id(kind, "late")).expect("it is there");
        told("removed").await;
    }
}

/// A change that a handler makes during its call, for all or for its session.
#[tokio::test]
async fn a_handler_changes_components_and_its_client_is_told() {
    for (version, kind) in GENERATIONS.into_iter().zip([ComponentKind::Prompt; 2]) {
        let server = with_switch();
        let adder = Tool::new("adder", |context: Context, _: serde_json::Value| async move {
            let prompt = added(ComponentKind::Prompt, "made", Does::Say("made"));
            context.components().add(prompt)?;
            Ok(context.list_prompts().len())
        });
        server.components().add(adder).expect("added");
        let client = client(&server, version).await;
        let result = client.call_tool("adder", json!({})).await.expect("it is there");
        assert_eq!(result["content"][0]["text"], "2", "the handler sees it at once");
        assert!(call(&client, kind, "made").await.is_ok());
    }
    let server = with_switch();
    let mine = shaken(&server).await;
    let other = shaken(&server).await;
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "switch", "arguments": { "what": "disable", "name": "fixed" },
    } });
    mine.send(&call.to_string()).await.expect("an answer");
    let mut told = [next(&mine).await, next(&mine).await, next(&mine).await];
    told.sort_by_key(|message| message["method"].to_string());
    let told: Vec<_> = told.iter().map(|message| message["method"].clone()).collect();
    let expected = [ComponentKind::Prompt, ComponentKind::Resource, ComponentKind::Tool];
    assert_eq!(told, expected.map(told_of));
    assert!(is_silent(&mine).await && is_silent(&other).await);
}

#[tokio::test]
async fn listeners_are_told_what_changes() {
    for kind in ComponentKind::ALL {
        let server = with_switch();
        let components = server.components();
        let connection = Arc::new(connect(&server));
        let listen = json!({ "jsonrpc": "2.0", "id": 7, "method": "subscriptions/listen", "params": {
            "notifications": {
                "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true,
            },
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        } });
        let listening = {
            let connection = Arc::clone(&connection);
            tokio::spawn(async move { connection.send(&listen.to_string()).await })
        };
        let acknowledged = next(&connection).await;
        assert_eq!(acknowledged["method"], "notifications/subscriptions/acknowledged");
        components.add(added(kind, "late", Does::Say("x"))).expect("added");
        let told = next(&connection).await;
        assert_eq!(told["method"], told_of(kind), "{kind}");
        assert_eq!(told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], 7);
        components.disable(&Criteria::new().names(["late"]));
        assert_eq!(next(&connection).await["method"], told_of(kind), "{kind}");
        listening.abort();
    }
}

/// A handler reads and renders what the client of its call sees.
#[tokio::test]
async fn a_handler_uses_what_its_client_sees() {
    let server = with_switch();
    let reader = Tool::new("reader", |context: Context, _: serde_json::Value| async move {
        let read = context.read_resource("fixed://r").await.is_ok();
        let rendered = context.get_prompt("fixed", &json!({ "word": "x" })).await.is_ok();
        Ok(format!("{read} {rendered} {}", context.list_resources().len()))
    });
    server.components().add(reader).expect("added");
    let mine = client(&server, GENERATIONS[1]).await;
    let read = async || mine.call_tool("reader", json!({})).await.expect("it is there");
    assert_eq!(read().await["content"][0]["text"], "true true 1");
    switch(&mine, "disable", "fixed").await;
    assert_eq!(read().await["content"][0]["text"], "false false 0");
    switch(&mine, "enable", "fixed").await;
    server.components().add(added(ComponentKind::Resource, "more", Does::Say("x"))).expect("added");
    assert_eq!(read().await["content"][0]["text"], "true true 2");
}

//! What handlers do by their context: logs, progress, reading, asking; errors.

use mcpwright::LogLevel;
use mcpwright::testing::{Client, ClientBuilder};
use serde_json::{Value, json};

use crate::{HANDSHAKE, call, clients, clients_of, failure, server};

/// A client whose model says one thing, and that hears everything.
fn sampling() -> ClientBuilder {
    Client::builder().log_level(LogLevel::Debug).on_sampling(|params| {
        assert_eq!(params["systemPrompt"], "You sum up in few words.");
        assert_eq!(params["maxTokens"], 50);
        let asked = params["messages"][0]["content"]["text"].as_str().unwrap_or_default();
        assert!(asked.starts_with("Sum this up in ten words: "), "{asked}");
        let content = json!({ "type": "text", "text": "all about it" });
        json!({ "role": "assistant", "model": "m", "content": content })
    })
}

/// The parameters of the notifications of one kind.
fn heard(client: &Client, method: &str) -> Vec<Value> {
    let of_kind = |it: &Value| it["method"] == method;
    let heard = client.notifications().into_iter().filter(of_kind);
    heard.map(|mut it| it["params"].take()).collect()
}

#[tokio::test]
async fn process_data() {
    for client in clients_of(&server(), sampling()).await {
        let arguments = json!({ "data_uri": "resource://greeting" });
        let result = call(&client, "process_data", arguments).await;
        let expected = json!({ "length": 21, "summary": "all about it" });
        assert_eq!(result["structuredContent"], expected);
        let logs = heard(&client, "notifications/message");
        assert_eq!(logs[0]["level"], "info");
        assert_eq!(logs[0]["data"], "Reading resource://greeting");
        let progress = heard(&client, "notifications/progress");
        let last = progress.last().expect("progress was reported");
        assert_eq!((&last["progress"], &last["total"]), (&json!(100.0), &json!(100.0)));
        // On the 2026-07-28 wire the handler runs again when the answer is there.
        assert_eq!(client.rounds(), if client.version() == HANDSHAKE { 1 } else { 2 });
        let missing = json!({ "data_uri": "resource://nothing" });
        let text = failure(&client, "process_data", missing).await;
        assert_eq!(text, "Resource not found");
    }
}

#[tokio::test]
async fn generate_summary() {
    for client in clients_of(&server(), sampling()).await {
        let arguments = json!({ "content": "A long text." });
        let result = call(&client, "generate_summary", arguments).await;
        let expected = json!({ "original_length": 12, "summary": "all about it" });
        assert_eq!(result["structuredContent"], expected);
    }
    // A client without a model is told so before anything runs.
    for client in clients(&server()).await {
        let asked = client.call_tool("generate_summary", json!({ "content": "A." })).await;
        match asked {
            Ok(result) => {
                assert_eq!((client.version(), &result["isError"]), (HANDSHAKE, &json!(true)))
            }
            Err(error) => assert_eq!((client.version(), error.code), ("2026-07-28", -32021)),
        }
    }
}

#[tokio::test]
async fn confirm_delete() {
    let answer = |answer: Value| {
        Client::builder().on_elicitation(move |params| {
            assert_eq!(params["message"], "Delete a.txt?");
            let asked = &params["requestedSchema"]["properties"]["confirmed"]["type"];
            assert_eq!(asked, "boolean");
            answer.clone()
        })
    };
    let kept = json!({ "deleted": null, "reason": "The user did not agree." });
    for (action, expected) in [
        (
            json!({ "action": "accept", "content": { "confirmed": true } }),
            json!({ "deleted": "a.txt" }),
        ),
        (json!({ "action": "accept", "content": { "confirmed": false } }), kept.clone()),
        (json!({ "action": "decline" }), kept.clone()),
        (json!({ "action": "cancel" }), kept),
    ] {
        for client in clients_of(&server(), answer(action.clone())).await {
            let result = call(&client, "confirm_delete", json!({ "file_path": "a.txt" })).await;
            assert_eq!(result["structuredContent"], expected);
        }
    }
}

#[tokio::test]
async fn risky_operation() {
    for client in clients_of(&server(), sampling()).await {
        let result = call(&client, "risky_operation", json!({ "data": "fine" })).await;
        assert_eq!(result["structuredContent"], json!({ "success": true, "result": "fine" }));
        let result = call(&client, "risky_operation", json!({ "data": "handled" })).await;
        assert_eq!(result["structuredContent"]["success"], false);
        let logs = heard(&client, "notifications/message");
        assert_eq!(logs.last().map(|log| &log["level"]), Some(&json!("error")));
    }
}

#[tokio::test]
async fn masked_errors_keep_what_is_not_meant_for_callers() {
    for client in clients(&server()).await {
        let text = failure(&client, "risky_operation", json!({ "data": "public" })).await;
        assert_eq!(text, "The data is not good enough.");
        let text = failure(&client, "risky_operation", json!({ "data": "internal" })).await;
        assert_eq!(text, "Error calling tool 'risky_operation'");
    }
}

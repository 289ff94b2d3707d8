//! Prompts.

use mcpwright::testing::Client;
use serde_json::{Value, json};

use crate::{clients, named, server};

/// The messages of a prompt: who says what.
async fn said(client: &Client, prompt: &str, arguments: Value) -> Vec<(String, String)> {
    let result = client.get_prompt(prompt, arguments).await.expect("it renders");
    let messages = result["messages"].as_array().expect("messages");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    messages.iter().map(|it| (text(&it["role"]), text(&it["content"]["text"]))).collect()
}

fn user(text: &str) -> (String, String) {
    ("user".to_owned(), text.to_owned())
}

#[tokio::test]
async fn ask_about_topic() {
    for client in clients(&server()).await {
        let said = said(&client, "ask_about_topic", json!({ "topic": "tides" })).await;
        assert_eq!(said, [user("Can you explain what 'tides' means?")]);
        let error = client.get_prompt("ask_about_topic", json!({})).await.expect_err("no topic");
        assert_eq!(error.code, -32602);
        assert!(error.message.contains("topic"), "{error}");
    }
}

#[tokio::test]
async fn analyze_data_request() {
    for client in clients(&server()).await {
        let said = said(&client, "analyze_data_request", json!({ "data_uri": "data://7" })).await;
        assert_eq!(said, [user("Please make a 'summary' analysis of the data at data://7.")]);
        let prompts = client.list_prompts().await.expect("a list");
        let prompt = named(&prompts, "analyze_data_request");
        let arguments = json!([
            {
                "name": "data_uri",
                "title": "Data Uri",
                "description": "The URI of the resource.",
                "required": true,
            },
            {
                "name": "analysis_type",
                "title": "Analysis Type",
                "description": "The kind of the analysis.",
                "required": false,
            },
        ]);
        let listed = prompt["arguments"].as_array().expect("arguments");
        for (listed, expected) in listed.iter().zip(arguments.as_array().into_iter().flatten()) {
            assert_eq!(listed["name"], expected["name"]);
            assert_eq!(listed["description"], expected["description"]);
            assert_eq!(listed["required"] == true, expected["required"] == true);
        }
        assert_eq!(listed.len(), 2);
        assert_eq!(prompt["_meta"]["fastmcp"]["tags"], json!(["analysis", "data"]));
    }
}

#[tokio::test]
async fn roleplay_scenario() {
    for client in clients(&server()).await {
        let arguments = json!({ "character": "a ferryman", "situation": "fog" });
        let said = said(&client, "roleplay_scenario", arguments).await;
        let first = "Let's play. You are a ferryman, and this is the scene: fog";
        let second = ("assistant".to_owned(), "I am ready. What happens next?".to_owned());
        assert_eq!(said, [user(first), second]);
    }
}

#[tokio::test]
async fn analysis_prompt() {
    for client in clients(&server()).await {
        let prompts = client.list_prompts().await.expect("a list");
        let prompt = named(&prompts, "analysis_prompt");
        assert_eq!(prompt["title"], "Data Analysis Prompt");
        assert_eq!(prompt["_meta"]["complexity"], "high");
        let said = said(&client, "analysis_prompt", json!({ "dataset": "sales" })).await;
        assert_eq!(said, [user("Which patterns are there in sales?")]);
    }
}

#[tokio::test]
async fn list_data_points() {
    for client in clients(&server()).await {
        let arguments = json!({ "data_points": "[1.5, 2, 3.25]" });
        let said = said(&client, "list_data_points", arguments).await;
        assert_eq!(said, [user("Please look at these numbers: 1.5, 2, 3.25")]);
    }
}

#[tokio::test]
async fn analyze_data() {
    for client in clients(&server()).await {
        let arguments = json!({
            "numbers": "[1, 2, 6]",
            "metadata": r#"{"unit": "mm"}"#,
            "threshold": "2.5",
        });
        let said = said(&client, "analyze_data", arguments).await;
        assert_eq!(said, [user("Average 3, above the threshold: true (unit = mm)")]);
        // Arguments are texts on the wire; what they have to be is in their descriptions.
        let arguments = json!({ "numbers": "one", "metadata": "{}", "threshold": "0" });
        let error = client.get_prompt("analyze_data", arguments).await.expect_err("no numbers");
        assert!(error.message.contains("`numbers`"), "{error}");
        let prompts = client.list_prompts().await.expect("a list");
        let described = &named(&prompts, "analyze_data")["arguments"][0]["description"];
        assert!(described.as_str().is_some_and(|text| text.contains("JSON")), "{described}");
    }
}

#[tokio::test]
async fn generate_report_request() {
    for client in clients(&server()).await {
        let arguments = json!({ "report_type": "sales" });
        let said = said(&client, "generate_report_request", arguments).await;
        let [(role, text)] = said.as_slice() else { panic!("one message: {said:?}") };
        assert_eq!(role, "user");
        let id = text.strip_prefix("Please write a sales report. Request: ");
        assert!(id.is_some_and(|id| id.parse::<u64>().is_ok()), "{text}");
    }
}

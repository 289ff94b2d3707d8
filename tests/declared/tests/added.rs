//! What is added while the server runs is listed and answered as if it had been declared.

use declared::{Handlers, server};
use mcpwright::components::{ComponentKind, Icon, Prompt, Resource, Template, Tool};
use mcpwright::testing::Client;
use mcpwright::{Context, PromptMessage, PromptResult, Server};
use serde_json::{Map, Value, json};

type Arguments = Map<String, Value>;

fn text(arguments: &Arguments, name: &str) -> String {
    arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A server of whose components some were removed and added again.
fn exchanged() -> Server {
    let server = server::server(Handlers::default());
    let components = server.components();
    for (kind, id) in [
        (ComponentKind::Tool, "count_words"),
        (ComponentKind::Resource, "words://all"),
        (ComponentKind::Template, "words://{word}/meaning"),
        (ComponentKind::Prompt, "rhyme"),
    ] {
        components.remove(kind, id).expect("it is declared");
    }
    let count = Tool::new("count_words", |_: Context, arguments: Arguments| async move {
        Ok(text(&arguments, "text").split_whitespace().count())
    })
    .description("Counts the words of a text.")
    .input_schema(json!({
        "type": "object",
        "properties": {
            "text": { "type": "string", "description": "The text.", "minLength": 1 }
        },
        "required": ["text"],
        "additionalProperties": false,
    }))
    .output_schema(json!({ "type": "integer" }))
    .tags(["words", "text"])
    .icons([Icon::new("https://declared.example/words.png").sizes(["16x16", "any"])])
    .meta("owner", "library")
    .version("2.0")
    .read_only(true)
    .idempotent(true);
    let all = Resource::text("words://all", "all_words", "tide")
        .description("Every word.")
        .mime_type("text/plain")
        .tags(["words"])
        .version(1);
    let meaning = Template::new(
        "words://{word}/meaning",
        "meaning-of-a.word",
        |_: Context, arguments: Arguments| async move {
            Ok(format!("what {} means", text(&arguments, "word")))
        },
    )
    .title("What a word means")
    .mime_type("text/plain")
    .meta("owner", "library");
    let rhyme = Prompt::new("rhyme", |_: Context, arguments: Arguments| async move {
        let tone = arguments.get("tone").and_then(Value::as_str).unwrap_or("cheerful");
        let message = format!("Find a {tone} rhyme for {}.", text(&arguments, "word"));
        Ok(PromptResult::new(vec![PromptMessage::user(message)]))
    })
    .description("Asks for a rhyme.")
    .argument("word", "The word.")
    .optional_argument("tone", "")
    .tags(["words"]);
    components.add(count).expect("a tool");
    components.add(all).expect("a resource");
    components.add(meaning).expect("a template");
    components.add(rhyme).expect("a prompt");
    server
}

/// Clients of both generations of the protocol, by what they speak.
async fn clients(server: &Server) -> [Client; 2] {
    [Client::connect(server).await, Client::with_handshake(server, "2025-11-25").await]
}

/// Whatever a client is shown of the components, in the order of their names.
async fn lists(client: &Client) -> Vec<Value> {
    let mut found = client.list_tools().await.expect("tools");
    found.extend(client.list_resources().await.expect("resources"));
    found.extend(client.list_resource_templates().await.expect("templates"));
    found.extend(client.list_prompts().await.expect("prompts"));
    found.sort_by_key(|entry| entry["name"].to_string());
    found
}

#[tokio::test]
async fn lists_are_the_same() {
    let declared = clients(&server::server(Handlers::default())).await;
    let added = clients(&exchanged()).await;
    for (declared, added) in declared.iter().zip(&added) {
        let (declared, added) = (lists(declared).await, lists(added).await);
        assert_eq!(declared.len(), added.len());
        for (declared, added) in declared.iter().zip(&added) {
            assert_eq!(declared, added);
        }
    }
}

#[tokio::test]
async fn answers_are_the_same() {
    let declared = clients(&server::server(Handlers::default())).await;
    let added = clients(&exchanged()).await;
    for (declared, added) in declared.iter().zip(&added) {
        let arguments = json!({ "text": "time and tide" });
        let answer = added.call_tool("count_words", arguments.clone()).await.expect("an answer");
        assert_eq!(answer["content"][0]["text"], "3");
        let expected = declared.call_tool("count_words", arguments).await.expect("an answer");
        assert_eq!(answer, expected);
        for uri in ["words://all", "words://tide/meaning"] {
            let answer = added.read_resource(uri).await.expect("an answer");
            let text = answer[0]["text"].as_str().unwrap_or_default();
            assert!(text.contains("tide"), "{uri}: {answer}");
            assert_eq!(answer, declared.read_resource(uri).await.expect("an answer"));
        }
        let arguments = json!({ "word": "tide" });
        let answer = added.get_prompt("rhyme", arguments.clone()).await.expect("an answer");
        assert_eq!(answer["messages"][0]["content"]["text"], "Find a cheerful rhyme for tide.");
        assert_eq!(answer, declared.get_prompt("rhyme", arguments).await.expect("an answer"));
    }
}

//! Every component is called, read or rendered once, in both generations.

use mcpwright::testing::{Client, ClientBuilder};
use serde_json::{Value, json};

use crate::handlers::Garden;

const HANDSHAKE: &str = "2025-11-25";

async fn clients() -> [Client; 2] {
    let agreeing: ClientBuilder = Client::builder()
        .on_elicitation(|_| json!({ "action": "accept", "content": { "ripe": true } }));
    let server = everything_mcp::server(Garden);
    [agreeing.clone().connect(&server).await, agreeing.with_handshake(&server, HANDSHAKE).await]
}

/// The result of a call that succeeds.
async fn call(client: &Client, tool: &str, arguments: Value) -> Value {
    let result = client.call_tool(tool, arguments).await.expect("the tool is there");
    assert_ne!(result["isError"], true, "{result}");
    result
}

async fn read(client: &Client, uri: &str) -> Value {
    client.read_resource(uri).await.unwrap_or_else(|error| panic!("{uri}: {error}"))[0].clone()
}

/// Members of entries by name.
fn named<'l>(list: &'l [Value], name: &str) -> &'l Value {
    list.iter().find(|entry| entry["name"] == name).expect("it is listed")
}

#[tokio::test]
async fn tools() {
    for client in clients().await {
        let result = call(&client, "plan_bed", json!({ "plant": "Bean", "count": "4" })).await;
        let bed = json!({ "plant": "Bean", "plants": 4, "metres": 2.0, "sun": "full" });
        assert_eq!(result["structuredContent"], bed);
        let result = call(&client, "water", json!({ "zone": "north", "pressure": 9 })).await;
        assert_eq!(result["content"][0]["text"], "north has 10 litres more, at 3 bar");
        let result = call(&client, "import_plan", json!({ "beds": ["a", "b"] })).await;
        assert_eq!(result["structuredContent"], json!({ "beds": 2 }));
        let result = call(&client, "harvest", json!({ "bed": "a" })).await;
        assert_eq!(result["content"][0]["text"], "It is harvested.");
        let tools = client.list_tools().await.expect("a list");
        let tool = named(&tools, "plan_bed");
        assert_eq!(tool["title"], "Plan a bed");
        assert_eq!(tool["_meta"]["fastmcp"], json!({ "tags": ["plan"], "version": "2.0" }));
        assert_eq!(tool["_meta"]["garden.example/season"], "spring");
        assert_eq!(tool["inputSchema"]["properties"]["per_row"]["deprecated"], true);
        assert!(!tools.iter().any(|tool| tool["name"] == "prune" || tool["name"] == "graft"));
    }
}

#[tokio::test]
async fn every_type_goes_in_and_comes_out() {
    let value = json!({
        "int": 1, "float": 1.5, "str": "a", "bool": true, "bytes": "AAE=",
        "datetime": "2026-01-02T03:04:05Z", "date": "2026-01-02", "time": "03:04:05",
        "timedelta": "PT5M", "uuid": "67e55044-10b1-426f-9247-bb680e5fe0c8", "path": "a/b",
        "any": { "x": [1] }, "nothing": null, "list": [1, 2], "anything": [1, "a"],
        "set": ["a", "b"], "pair": [1, "a"], "numbers": [1.0, 2.5], "dict": { "x": 1 },
        "counts": { "x": 1 }, "literal": "two",
        "model": { "plant": "Bean", "plants": 1, "metres": 1.0, "sun": "half", "height": 0.75 },
        "enum": "none", "union": "a", "optional": "b", "default": ["c"],
    });
    for client in clients().await {
        let result = call(&client, "echo", json!({ "value": value })).await;
        assert_eq!(result["structuredContent"], value);
    }
}

#[tokio::test]
async fn resources() {
    for client in clients().await {
        assert_eq!(read(&client, "garden://motto").await["text"], "Slow and steady.");
        let leaf = read(&client, "garden://leaf").await;
        assert_eq!(leaf["mimeType"], "image/png");
        assert!(leaf["blob"].as_str().is_some_and(|blob| blob.starts_with("iVBOR")), "{leaf}");
        assert_eq!(read(&client, "garden://weather").await["text"], r#"{"sky":"clear"}"#);
        let beds = read(&client, "garden://beds/Pea?limit=1").await;
        let beds: Value =
            serde_json::from_str(beds["text"].as_str().expect("a text")).expect("JSON");
        assert_eq!(beds[0]["plant"], "Pea");
        assert_eq!(beds.as_array().map(Vec::len), Some(1));
        let notes = read(&client, "garden://notes/2026/march.md").await;
        assert_eq!(notes["text"], "Nothing is written at 2026/march.md.");
        let completed = client.complete("garden://beds/{plant}{?limit}", "plant", "be").await;
        assert_eq!(completed.as_deref(), Ok(&["Bean".to_owned(), "Beet".to_owned()][..]));
        let completed = client.complete("garden://notes/{path*}", "path", "2026/a").await;
        assert_eq!(completed.as_deref(), Ok(&["2026/april.md".to_owned()][..]));
        let resources = client.list_resources().await.expect("a list");
        let motto = named(&resources, "motto");
        assert_eq!(motto["annotations"]["audience"], json!(["user", "assistant"]));
        assert_eq!(motto["size"], 16);
    }
}

#[tokio::test]
async fn prompts() {
    for client in clients().await {
        let prompt = client.get_prompt("advise", json!({ "month": "May" })).await;
        let messages = &prompt.expect("it renders")["messages"];
        assert_eq!(messages[0]["content"]["text"], "Name 3 plants for May.");
        assert_eq!(messages[1]["role"], "assistant");
        let bed = r#"{"plant":"Bean","plants":3,"metres":1,"sun":"full"}"#;
        let prompt = client.get_prompt("review_bed", json!({ "bed": bed })).await;
        let messages = &prompt.expect("it renders")["messages"];
        assert_eq!(messages[0]["content"]["text"], "Review 3 plants of Bean.");
        assert_eq!(messages[1]["content"]["resource"]["text"], r#"{"sky":"clear"}"#);
        let completed = client.complete("review_bed", "gardener", "g").await;
        assert_eq!(completed.as_deref(), Ok(&["Grace".to_owned()][..]));
    }
}

#[tokio::test]
async fn routes() {
    for client in clients().await {
        let plant = read(&client, "everything://plants/Bean?detail=true").await;
        assert_eq!(plant["text"], r#"{"name":"Bean","sun":"full"}"#);
        let result = call(&client, "add_plant", json!({ "name": "Pea" })).await;
        assert_eq!(result["structuredContent"], json!({ "name": "Pea", "sun": "full" }));
        let bed = json!({ "plant": "Pea", "plants": 1, "metres": 0.5, "sun": "half" });
        let mut arguments = bed.clone();
        arguments["id"] = json!(7);
        let result = call(&client, "put_bed", arguments).await;
        assert_eq!(result["structuredContent"], bed);
        let result = call(&client, "tag_bed", json!({ "id": 7, "body": ["a", "b"] })).await;
        assert_eq!(result["content"][0]["text"], "2");
        let tools = client.list_tools().await.expect("a list");
        assert!(!tools.iter().any(|tool| tool["name"] == "remove_bed"));
        assert_eq!(named(&tools, "almanac_moons")["title"], "Moons of a year");
    }
}

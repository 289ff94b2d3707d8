//! Every component is called, read or rendered once, in both generations.

use mcpwright::testing::{Client, ClientBuilder};
use serde_json::{Value, json};

use crate::handlers::Garden;

const HANDSHAKE: &str = "2025-11-25";

async fn clients() -> [Client; 2] {
    let agreeing: ClientBuilder = Client::builder()
        .on_elicitation(|_| json!({ "action": "accept", "content": { "ripe": true } }))
        .on_sampling(|_| json!({}));
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
        let result = call(&client, "water", json!({ "zone": "north" })).await;
        assert_eq!(result["content"][0]["text"], "north has 10 litres more");
        // What callers say under the name of such an argument is dropped.
        let result = call(&client, "whoami", json!({ "gardener": "Eve", "limit": 1000 })).await;
        let text = &result["content"][0]["text"];
        assert_eq!(text, "nobody in home, visit none, 12 tools, 3 at once");
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
        "stamps": ["AAE=", ""], "visits": { "Ada": "2026-01-02T03:04:05Z" },
        "planting": [
            "2026-01-02", { "plant": "Bean", "plants": 1, "metres": 1.0, "sun": "half" },
        ],
        "when": "tomorrow", "due": "PT1H", "sown": null, "watered": "07:30:00.5",
        "seen": "2026-01-02T03:04:05.25Z", "key": "00000000-0000-0000-0000-000000000000",
        "seal": "", "home": "", "last": "2026-01-02T03:04:05Z",
    });
    for client in clients().await {
        let result = call(&client, "echo", json!({ "value": value })).await;
        assert_eq!(result["structuredContent"], value);
    }
}

/// Without what has a default, and each text in another form than the one that is written.
#[tokio::test]
async fn texts_that_stand_for_values_come_out_in_one_form() {
    let mut value = json!({
        "int": 1, "float": 1.5, "str": "a", "bool": true, "bytes": "AAE",
        "datetime": "2026-01-02 04:04:05+01:00", "date": "2026-01-02", "time": "03:04",
        "timedelta": "P1DT90M", "uuid": "67E5504410B1426F9247BB680E5FE0C8", "path": "a/b",
        "any": null, "nothing": null, "list": [], "anything": [], "set": [], "pair": [1, "a"],
        "numbers": [], "dict": {}, "counts": {}, "literal": "two",
        "model": { "plant": "Bean", "plants": 1, "metres": 1.0, "sun": "half", "height": 0.75 },
        "enum": "none", "union": 1, "stamps": ["-_-_"], "visits": {}, "when": "P1W",
        "planting": [
            "2026-01-02", { "plant": "Bean", "plants": 1, "metres": 1.0, "sun": "half" },
        ],
    });
    let written = json!({
        "bytes": "AAE=", "datetime": "2026-01-02T03:04:05Z", "time": "03:04:00",
        "timedelta": "PT25H30M", "uuid": "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "stamps": ["+/+/"], "when": "PT168H", "default": [], "due": "PT36H", "sown": "2026-03-01",
        "watered": "07:30:00", "seen": "2026-03-01T08:30:00Z",
        "key": "67e55044-10b1-426f-9247-bb680e5fe0c8", "seal": "c2VhbA==", "home": "shed/left",
    });
    for client in clients().await {
        let result = call(&client, "echo", json!({ "value": value })).await;
        let Value::Object(mut expected) = value.clone() else { panic!("it is an object") };
        expected.extend(written.as_object().cloned().expect("it is an object"));
        assert_eq!(result["structuredContent"], Value::Object(expected));
    }
    value["timedelta"] = json!("P1M");
    value["visits"] = json!({ "Ada": "2026-01-02T03:04:05" });
    value["stamps"] = json!(["AAE=", "?"]);
    for client in clients().await {
        let result = client.call_tool("echo", json!({ "value": value })).await.expect("an answer");
        assert_eq!(result["isError"], true);
        let told = result["content"][0]["text"].as_str().expect("a text");
        for line in [
            "argument `value`.timedelta: expected a duration of weeks, days and less, such as \
             P1DT2H30M, not \"P1M\"",
            "argument `value`.visits.Ada: expected a date and time with its offset, such as \
             2026-03-01T09:30:00Z, not \"2026-01-02T03:04:05\"",
            "argument `value`.stamps[1]: expected bytes in base64, such as aGVsbG8=, not \"?\"",
        ] {
            assert!(told.contains(line), "{line}: {told}");
        }
    }
}

#[tokio::test]
async fn arguments_that_stand_for_values() {
    let seed = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    for client in clients().await {
        let arguments = json!({
            "seed": seed, "at": "2026-03-01T09:30:00Z", "rests": ["2026-03-03"], "first": "PT24H",
            "earlier": { "ploughed": "2026-02-01T00:00:00+01:00" },
        });
        let result = call(&client, "sow", arguments).await;
        let times = r#"["2026-01-31T23:00:00Z","2026-03-02T09:30:00Z","2026-03-04T09:30:00Z"]"#;
        assert_eq!(result["content"][0]["text"], times);
        let arguments =
            json!({ "seed": seed, "at": "2026-03-01T09:30:00Z", "until": "2026-03-01" });
        let result = call(&client, "sow", arguments).await;
        assert_eq!(result["content"][0]["text"], "[]");
        let wrong = json!({
            "seed": "bean", "at": 1_772_357_400, "rests": ["2026-02-30"], "label": "*", "gate": "x",
        });
        let result = client.call_tool("sow", wrong).await.expect("an answer");
        let told = "4 problems with the arguments:\n\
            - argument `seed`: expected a UUID, such as 67e55044-10b1-426f-9247-bb680e5fe0c8, not \
              \"bean\"\n\
            - argument `at`: expected a date and time with its offset, such as \
              2026-03-01T09:30:00Z, not 1772357400\n\
            - argument `label`: expected bytes in base64, such as aGVsbG8=, not \"*\"\n\
            - argument `rests`[0]: expected a date, such as 2026-03-01, not \"2026-02-30\"";
        assert_eq!(result["content"][0]["text"], told);
        let result = call(&client, "draw_label", json!({ "bed": "hello" })).await;
        assert_eq!(result["content"][0]["text"], "aGVsbG8=");
        let tools = client.list_tools().await.expect("a list");
        let listed = &named(&tools, "sow")["inputSchema"]["properties"];
        assert_eq!(listed["every"]["format"], "duration");
        assert_eq!(listed["label"]["contentEncoding"], "base64");
        let output = named(&tools, "draw_label")["outputSchema"].to_string();
        assert!(output.contains(r#""contentEncoding":"base64""#), "{output}");
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
        let plants = read(&client, "garden://plants?tags=herb&months=3,4&tags=fruit").await;
        assert_eq!(plants["text"], "[Herb, Fruit] in [3, 4]");
        assert_eq!(read(&client, "garden://plants").await["text"], "[] in []");
        for (query, told) in [("tags=stone", "tags"), ("months=3,13", "months")] {
            let uri = format!("garden://plants?{query}");
            let error = client.read_resource(&uri).await.expect_err("it does not fit");
            assert!(error.message.contains(&format!("argument `{told}`")), "{}", error.message);
        }
        let completed = client.complete("garden://plants{?tags*,months}", "tags", "f").await;
        assert_eq!(completed.as_deref(), Ok(&["fruit".to_owned(), "flower".to_owned()][..]));
        let day = read(&client, "garden://days/2026-03-01").await;
        assert_eq!(day["text"], "2026-02-28T00:00:00Z");
        assert_eq!(read(&client, "garden://stamp").await["blob"], "AP8=");
        assert_eq!(read(&client, "garden://harvest").await["text"], "told");
        let error = client.read_resource("garden://days/monday").await.expect_err("it is no date");
        assert!(error.message.contains("argument `day`: expected a date"), "{}", error.message);
        let notes = read(&client, "garden://notes/2026/march.md").await;
        assert_eq!(notes["text"], "Nothing is written at 2026/march.md for nobody.");
        for uri in
            ["garden://notes/../../secret", "shed://../todo/mcp.toml", "shed://%2Fetc%2Fpasswd"]
        {
            let error = client.read_resource(uri).await.expect_err("it is outside");
            assert_eq!(error.message, "Resource not found", "{uri}");
        }
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
        assert_eq!(messages[0]["content"]["text"], "Review 3 plants of Bean by 2026-03-01.");
        let arguments = json!({ "bed": bed, "day": "tomorrow" });
        let error = client.get_prompt("review_bed", arguments).await.expect_err("it is no date");
        let told =
            "Invalid params: argument `day`: expected a date, such as 2026-03-01, not \"tomorrow\"";
        assert_eq!(error.message, told);
        assert_eq!(messages[1]["content"]["resource"]["text"], r#"{"sky":"clear"}"#);
        // What is inside of an argument is read and held to its limits as in tools.
        let bed = r#"{"plant":"Bean","plants":"3","metres":1,"sun":"full"}"#;
        let prompt = client.get_prompt("review_bed", json!({ "bed": bed })).await;
        let text = &prompt.expect("it renders")["messages"][0]["content"]["text"];
        assert_eq!(text, "Review 3 plants of Bean by 2026-03-01.");
        let bed = r#"{"plant":"Bean","plants":-3,"metres":1,"sun":"full"}"#;
        let error = client.get_prompt("review_bed", json!({ "bed": bed })).await;
        let told = "Invalid params: argument `bed`.plants: -3 is less than the minimum 0";
        assert_eq!(error.expect_err("there are no such beds").message, told);
        let arguments = json!({ "first": "Bean", "second": "Pea" });
        let prompt = client.get_prompt("compare", arguments).await.expect("it renders");
        let text = &prompt["messages"][0]["content"]["text"];
        assert_eq!(text, "Which is better, Bean or Pea?");
        let completed = client.complete("review_bed", "gardener", "g").await;
        assert_eq!(completed.as_deref(), Ok(&["Grace".to_owned()][..]));
    }
}

/// `requires`: in all kinds, before anything of a handler runs.
#[tokio::test]
async fn clients_that_cannot_be_asked() {
    let server = everything_mcp::server(Garden);
    for client in [Client::connect(&server).await, Client::with_handshake(&server, HANDSHAKE).await]
    {
        let refused = client.read_resource("garden://harvest").await.expect_err("it is refused");
        assert_eq!(refused.code, -32021, "{refused}");
        let arguments = json!({ "first": "Bean", "second": "Pea" });
        let refused = client.get_prompt("compare", arguments).await.expect_err("it is refused");
        let required = json!({ "requiredCapabilities": { "sampling": {} } });
        assert_eq!((refused.code, refused.data), (-32021, required));
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
        let visit = json!({
            "id": "67e55044-10b1-426f-9247-bb680e5fe0c8", "since": "2026-03-01T09:30:00Z",
            "days": ["2026-03-01"],
        });
        let result = call(&client, "get_visit", visit.clone()).await;
        assert_eq!(result["structuredContent"], visit);
        let result = call(&client, "tag_bed", json!({ "id": 7, "body": ["a", "b"] })).await;
        assert_eq!(result["content"][0]["text"], "2");
        let tools = client.list_tools().await.expect("a list");
        assert!(!tools.iter().any(|tool| tool["name"] == "remove_bed"));
        assert_eq!(named(&tools, "almanac_moons")["title"], "Moons of a year");
    }
}

//! What added components take and give.

use std::sync::Arc;
use std::time::Duration;

use mcpwright::codegen::{Capability, Declaration, ResourceSecurity, Task};
use mcpwright::components::{Prompt, Template, Tool};
use mcpwright::testing::Client;
use mcpwright::{Context, Json, Principal, ToolResult};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fixture::{EMPTY, GENERATIONS, PLAIN, client, server};

static STRICT: Declaration = Declaration {
    strict_input_validation: true,
    modules: &[],
    tools: &[],
    resources: &[],
    templates: &[],
    prompts: &[],
    ..PLAIN
};

#[derive(Deserialize)]
struct Add {
    a: i64,
    #[serde(default)]
    b: i64,
}

fn add() -> Tool {
    Tool::new("add", |_: Context, add: Add| async move { Ok(add.a + add.b) })
        .input_schema(json!({
            "type": "object",
            "properties": { "a": { "type": "integer", "maximum": 9 }, "b": { "type": "integer" } },
            "required": ["a"],
            "additionalProperties": false,
        }))
        .output_schema(json!({ "type": "integer" }))
}

async fn text(client: &Client, tool: &str, arguments: Value) -> String {
    let result = client.call_tool(tool, arguments).await.expect("a result");
    result["content"][0]["text"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn arguments_are_held_against_the_schema() {
    for version in GENERATIONS {
        for (declaration, is_strict) in [(&EMPTY, false), (&STRICT, true)] {
            let server = server(declaration);
            server.components().add(add()).expect("added");
            let client = client(&server, version).await;
            assert_eq!(text(&client, "add", json!({ "a": 1, "b": 2 })).await, "3");
            assert_eq!(text(&client, "add", json!({ "a": 1 })).await, "1", "b is optional");
            let lax = text(&client, "add", json!({ "a": "1" })).await;
            if is_strict {
                assert_eq!(lax, "argument `a`: expected an integer, not \"1\"");
            } else {
                assert_eq!(lax, "1");
            }
            let wrong =
                client.call_tool("add", json!({ "a": 10, "c": 1 })).await.expect("a result");
            assert_eq!(wrong["isError"], true);
            let told = wrong["content"][0]["text"].as_str().unwrap_or_default();
            assert!(told.contains("argument `a`") && told.contains("`c`"), "{told}");
            let missing = text(&client, "add", json!({})).await;
            assert!(missing.contains("`a` is missing"), "{missing}");
        }
    }
}

#[tokio::test]
async fn a_tool_without_a_schema_takes_no_arguments() {
    let server = server(&EMPTY);
    let now = Tool::new("now", |_: Context, _: Value| async { Ok("now") });
    server.components().add(now).expect("added");
    let client = client(&server, GENERATIONS[0]).await;
    assert_eq!(text(&client, "now", json!({})).await, "now");
    assert!(text(&client, "now", json!({ "x": 1 })).await.contains("`x`"));
    let deep: Value =
        serde_json::from_str(&format!("{}{}", "[".repeat(120), "]".repeat(120))).expect("JSON");
    assert!(!text(&client, "now", json!({ "x": deep })).await.is_empty());
}

#[tokio::test]
async fn a_handler_may_take_less_than_the_schema_allows() {
    let server = server(&EMPTY);
    let tool = Tool::new("small", |_: Context, add: Add| async move { Ok(add.a) });
    server.components().add(tool.input_schema(json!({ "type": "object" }))).expect("added");
    let client = client(&server, GENERATIONS[0]).await;
    let told = text(&client, "small", json!({ "a": "x" })).await;
    assert!(told.starts_with("the arguments do not fit: "), "{told}");
}

#[tokio::test]
async fn results_are_structured_as_the_wire_wants_them() {
    let server = server(&EMPTY);
    let components = server.components();
    components.add(add()).expect("added");
    let pair = Tool::new("pair", |_: Context, _: Value| async { Ok(Json(json!({ "x": 1 }))) });
    components.add(pair.output_schema(json!({ "type": "object" }))).expect("added");
    let whole = Tool::new("whole", |_: Context, _: Value| async {
        Ok(ToolResult::text("all").with_meta("k", 1))
    });
    components.add(whole).expect("added");
    let modern = client(&server, GENERATIONS[0]).await;
    let legacy = client(&server, GENERATIONS[1]).await;
    let one = json!({ "a": 1 });
    let result = modern.call_tool("add", one.clone()).await.expect("a result");
    assert_eq!(result["structuredContent"], 1);
    let result = legacy.call_tool("add", one).await.expect("a result");
    assert_eq!(result["structuredContent"], json!({ "result": 1 }));
    for client in [&modern, &legacy] {
        let result = client.call_tool("pair", json!({})).await.expect("a result");
        assert_eq!(result["structuredContent"], json!({ "x": 1 }));
        let result = client.call_tool("whole", json!({})).await.expect("a result");
        assert_eq!(
            (&result["content"][0]["text"], &result["_meta"]["k"]),
            (&json!("all"), &json!(1))
        );
    }
    let schema = |tools: &[Value]| tools[0]["outputSchema"].clone();
    assert_eq!(schema(&modern.list_tools().await.expect("tools")), json!({ "type": "integer" }));
    let wrapped = schema(&legacy.list_tools().await.expect("tools"));
    assert_eq!(wrapped["properties"]["result"], json!({ "type": "integer" }));
    assert_eq!(wrapped["x-fastmcp-wrap-result"], true);
}

#[tokio::test]
async fn blocking_and_panicking_handlers_are_as_those_of_declared_tools() {
    for version in GENERATIONS {
        let server = server(&EMPTY);
        let components = server.components();
        let slow = Tool::blocking("slow", |_: Context, _: Value| {
            std::thread::sleep(Duration::from_millis(1));
            Ok("slept")
        });
        components.add(slow).expect("added");
        let boom = Tool::new("boom", |_: Context, _: Value| async {
            if true {
                panic!("a secret");
            }
            Ok(())
        });
        components.add(boom).expect("added");
        let client = client(&server, version).await;
        assert_eq!(text(&client, "slow", json!({})).await, "slept");
        assert_eq!(text(&client, "boom", json!({})).await, "Error calling tool 'boom'");
        assert_eq!(text(&client, "slow", json!({})).await, "slept", "the server lives on");
    }
}

/// A task outlives its request and works with what that had, whoever sends others meanwhile.
#[tokio::test]
async fn a_task_goes_on_with_what_its_request_had() {
    let server = server(&EMPTY);
    let go = Arc::new(tokio::sync::Notify::new());
    let gate = Arc::clone(&go);
    let long = Tool::new("long", move |context: Context, _: Value| {
        let gate = Arc::clone(&gate);
        async move {
            gate.notified().await;
            let meta = context.request_meta();
            Ok(format!("{:?} {}", context.principal().id(), meta["a.example/of"]))
        }
    });
    server.components().add(long.task(Task::REQUIRED)).expect("added");
    let named = |name: &str| Client::builder().tasks().principal(Principal::Named(name.into()));
    let (alice, bob) = (named("alice").connect(&server).await, named("bob").connect(&server).await);
    let begin = async |client: &Client, name: &str| {
        let params = json!({ "name": "long", "_meta": { "a.example/of": name } });
        let begun = client.request("tools/call", params).await.expect("a task");
        begun["taskId"].as_str().expect("a task has an id").to_owned()
    };
    let first = begin(&alice, "alice").await;
    let second = begin(&bob, "bob").await;
    go.notify_waiters();
    for (client, id, name) in [(&alice, first, "alice"), (&bob, second, "bob")] {
        let mut task = Value::Null;
        for _ in 0..100 {
            go.notify_waiters();
            task = client.request("tasks/get", json!({ "taskId": id })).await.expect("it is kept");
            if task["status"] == "completed" {
                break;
            }
            tokio::task::yield_now().await;
        }
        let text = &task["result"]["content"][0]["text"];
        assert_eq!(text, &json!(format!("Some({name:?}) {name:?}")), "{task}");
    }
}

#[tokio::test]
async fn tools_become_tasks_and_need_capabilities() {
    let server = server(&EMPTY);
    let components = server.components();
    let long = Tool::new("long", |_: Context, _: Value| async { Ok("done") });
    components.add(long.task(Task::REQUIRED)).expect("added");
    let asking = Tool::new("asking", |_: Context, _: Value| async { Ok("asked") });
    components.add(asking.requires([Capability::Sampling])).expect("added");
    let with = Client::builder().tasks().on_sampling(|_| json!({})).connect(&server).await;
    let without = client(&server, GENERATIONS[0]).await;
    let created = with.call_tool("long", json!({})).await.expect("a task");
    let id = created["taskId"].as_str().expect("a task has an id").to_owned();
    let mut task = Value::Null;
    for _ in 0..100 {
        task = with.request("tasks/get", json!({ "taskId": id })).await.expect("it is kept");
        if task["status"] == "completed" {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(task["result"]["content"][0]["text"], "done", "{task}");
    assert!(without.call_tool("long", json!({})).await.is_err());
    assert_eq!(text(&with, "asking", json!({})).await, "asked");
    let refused = without.call_tool("asking", json!({})).await.expect_err("it cannot be asked");
    assert_eq!(refused.data["requiredCapabilities"], json!({ "sampling": {} }));
    let legacy = client(&server, GENERATIONS[1]).await;
    let tools = legacy.list_tools().await.expect("tools");
    assert_eq!(tools[0]["execution"]["taskSupport"], "required");
    assert!(text(&legacy, "asking", json!({})).await.contains("capability sampling"));
}

#[derive(Deserialize)]
struct Day {
    city: String,
    day: Option<u8>,
    #[serde(default)]
    units: Vec<String>,
}

#[tokio::test]
async fn variables_are_what_the_handler_wants() {
    for version in GENERATIONS {
        let server = server(&EMPTY);
        let weather =
            Template::new("w://{city}{?day,units}", "w", |_: Context, it: Day| async move {
                Ok(format!("{} {:?} {}", it.city, it.day, it.units.join("+")))
            });
        server.components().add(weather).expect("added");
        let client = client(&server, version).await;
        let read =
            async |uri: &str| client.read_resource(uri).await.map(|it| it[0]["text"].clone());
        assert_eq!(read("w://Bath").await, Ok(json!("Bath None ")));
        assert_eq!(read("w://7?day=3&units=C,m%2Fs").await, Ok(json!("7 Some(3) C+m/s")));
        let refused = read("w://Bath?day=soon").await.expect_err("no number");
        assert!([-32602, -32002].contains(&refused.code), "{refused}");
        assert!(refused.message.starts_with("Resource not found: "), "{refused}");
        assert!(read("w://").await.is_err() && read("w://a/b").await.is_err());
    }
}

#[tokio::test]
async fn no_handler_is_given_a_path_out_of_its_folder() {
    let server = server(&EMPTY);
    let file = |uri: &str, name: &str| {
        Template::new(uri, name, |_: Context, it: Value| async move {
            Ok(it["path"].as_str().unwrap_or_default().to_owned())
        })
    };
    let components = server.components();
    components.add(file("file://{path*}", "guarded")).expect("added");
    let free = ResourceSecurity { exempt: &[0], ..ResourceSecurity::DEFAULT };
    components.add(file("free://{path*}", "free").security(free)).expect("added");
    let client = client(&server, GENERATIONS[0]).await;
    assert!(client.read_resource("file://a/../b").await.is_ok());
    for hostile in ["..", "../etc/passwd", "%2e%2e/x", "%252e%252e/x", "/etc/passwd", "a%00b"] {
        let refused = client.read_resource(&format!("file://{hostile}")).await;
        assert_eq!(refused.map_err(|error| error.message), Err("Resource not found".to_owned()));
        assert!(client.read_resource(&format!("free://{hostile}")).await.is_ok(), "{hostile}");
    }
}

#[derive(Deserialize)]
struct Greet {
    name: String,
    times: Option<u8>,
}

#[tokio::test]
async fn arguments_of_prompts_are_what_the_handler_wants() {
    for version in GENERATIONS {
        let server = server(&EMPTY);
        let greet = Prompt::new("greet", |_: Context, it: Greet| async move {
            Ok(format!("{} {}", it.name, it.times.unwrap_or(1)))
        })
        .description("Greets.")
        .argument("name", "Who.")
        .optional_argument("times", "");
        server.components().add(greet).expect("added");
        let client = client(&server, version).await;
        let listed = client.list_prompts().await.expect("prompts");
        let arguments = json!([
            { "name": "name", "description": "Who.", "required": true },
            { "name": "times", "required": false },
        ]);
        assert_eq!(listed[0]["arguments"], arguments);
        let get = async |given: Value| match client.get_prompt("greet", given).await {
            Ok(result) => {
                assert_eq!(result["description"], "Greets.");
                result["messages"][0]["content"]["text"].as_str().unwrap_or_default().to_owned()
            }
            Err(error) => format!("{} {}", error.code, error.message),
        };
        assert_eq!(get(json!({ "name": "7", "times": "3" })).await, "7 3");
        assert_eq!(get(json!({ "name": "Ada" })).await, "Ada 1");
        assert_eq!(
            get(json!({ "whom": "Ada" })).await,
            "-32602 Invalid params: missing required argument `name`; unknown argument `whom`; the \
             prompt takes `name`, `times`"
        );
        let refused = get(json!({ "name": "Ada", "times": "often" })).await;
        assert!(refused.starts_with("-32602 Invalid params: "), "{refused}");
    }
}

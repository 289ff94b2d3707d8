//! Arguments of added components that callers do not give, and those that clients repeat in headers.

use axum::body::{Body, to_bytes};
use http::Request;
use mcpwright::components::{Inject, Prompt, Template, Tool};
use mcpwright::testing::Client;
use mcpwright::{Context, Principal, Server};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::fixture::{EMPTY, server};

#[derive(Deserialize, Serialize)]
struct Given {
    greeting: String,
    shard: u8,
    user: String,
    region: String,
}

#[derive(Deserialize)]
struct Page {
    page: String,
    tenant: String,
}

#[derive(Deserialize)]
struct Greet {
    tone: String,
    user: String,
}

fn greeting_schema() -> Value {
    json!({
        "type": "object",
        "properties": { "greeting": { "type": "string", "x-mcp-header": "Greeting" } },
        "required": ["greeting"],
        "additionalProperties": false,
    })
}

fn filled() -> Server {
    let server = server(&EMPTY);
    let components = server.components();
    let whoami = Tool::new("whoami", |_: Context, given: Given| async move { Ok(json!(given)) })
        .input_schema(greeting_schema())
        .inject("shard", Inject::header("X-Shard"))
        .inject("user", Inject::principal().or("nobody"))
        .inject("region", Inject::header("x-region").or("nowhere"));
    let page = Template::new("tenant://{page}", "tenant", |_: Context, page: Page| async move {
        Ok(format!("{} of {}", page.page, page.tenant))
    })
    .inject("tenant", Inject::header("X-Tenant"));
    let greet = Prompt::new("greet", |_: Context, greet: Greet| async move {
        Ok(format!("Greet {} in a {} tone.", greet.user, greet.tone))
    })
    .argument("tone", "How it sounds.")
    .inject("user", Inject::principal());
    components.add(whoami).expect("a tool");
    components.add(page).expect("a template");
    components.add(greet).expect("a prompt");
    server
}

/// A request of 2026-07-28 over HTTP; the answer without its envelope, or its error.
async fn send(method: &str, name: &str, mut params: Value, headers: &[(&str, &str)]) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut request = Request::post("/mcp")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", method)
        .header("mcp-name", name);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_string())).expect("a request");
    let answer = filled().router().oneshot(request).await.expect("an answer");
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    let mut answer: Value = serde_json::from_slice(&body).expect("JSON");
    let part = if answer.get("error").is_some() { "error" } else { "result" };
    answer[part].take()
}

async fn call(arguments: Value, headers: &[(&str, &str)]) -> Value {
    let params = json!({ "name": "whoami", "arguments": arguments });
    send("tools/call", "whoami", params, headers).await
}

async fn alice() -> Client {
    Client::builder().principal(Principal::Named("alice".into())).connect(&filled()).await
}

#[tokio::test]
async fn forged_values_are_dropped_and_texts_become_what_the_type_wants() {
    let forged = json!({ "greeting": "hello", "user": "root", "shard": 9, "region": "mars" });
    let headers = [("Mcp-Param-Greeting", "hello"), ("X-Shard", "3"), ("x-region", "rome")];
    let result = call(forged, &headers).await;
    let expected = json!({ "greeting": "hello", "shard": 3, "user": "nobody", "region": "rome" });
    assert_eq!(result["structuredContent"], expected, "{result}");
}

#[tokio::test]
async fn what_the_request_lacks_is_said() {
    let greeting = json!({ "greeting": "hello" });
    let result = call(greeting, &[("Mcp-Param-Greeting", "hello")]).await;
    assert_eq!(result["isError"], true, "{result}");
    let text = &result["content"][0]["text"];
    assert_eq!(text, "this needs the header `x-shard`, and the request has none");
    let error = alice().await.read_resource("tenant://start").await.expect_err("no headers");
    assert_eq!(error.code, -32602);
    assert!(error.message.contains("x-tenant"), "{error}");
    let client = Client::connect(&filled()).await;
    let error = client.get_prompt("greet", json!({ "tone": "kind" })).await.expect_err("nobody");
    assert_eq!(error.code, -32602);
    assert!(error.message.contains("who calls"), "{error}");
}

#[tokio::test]
async fn injected_arguments_are_not_listed() {
    let client = alice().await;
    let tools = client.list_tools().await.expect("a list");
    assert_eq!(tools[0]["inputSchema"], greeting_schema());
    let prompts = client.list_prompts().await.expect("a list");
    let tone = json!([{ "name": "tone", "description": "How it sounds.", "required": true }]);
    assert_eq!(prompts[0]["arguments"], tone);
}

#[tokio::test]
async fn templates_and_prompts_are_injected_too() {
    let params = json!({ "uri": "tenant://start" });
    let read = send("resources/read", "tenant://start", params, &[("X-Tenant", "acme")]).await;
    assert_eq!(read["contents"][0]["text"], "start of acme", "{read}");
    let forged = json!({ "tone": "kind", "user": "root" });
    let greeting = alice().await.get_prompt("greet", forged).await.expect("messages");
    assert_eq!(greeting["messages"][0]["content"]["text"], "Greet alice in a kind tone.");
}

#[tokio::test]
async fn headers_that_repeat_arguments_are_held_against_them() {
    let greeting = || json!({ "greeting": "hello" });
    let shard = ("X-Shard", "3");
    for wrong in [vec![shard], vec![shard, ("Mcp-Param-Greeting", "goodbye")]] {
        let error = call(greeting(), &wrong).await;
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.to_lowercase().contains("mcp-param-greeting"), "{error}");
    }
    let right = call(greeting(), &[shard, ("Mcp-Param-Greeting", "hello")]).await;
    assert_eq!(right["structuredContent"]["greeting"], "hello", "{right}");
}

#[test]
fn what_cannot_be_injected_or_repeated_is_refused() {
    let tool = || Tool::new("t", |_: Context, _: Value| async { Ok(()) });
    let with = |schema: Value| {
        tool().input_schema(json!({ "type": "object", "properties": { "a": schema } }))
    };
    let components = server(&EMPTY).components();
    let add = |tool: Tool| components.add(tool).expect_err("it is refused").to_string();
    let given = add(with(json!({ "type": "string" })).inject("a", Inject::principal()));
    assert_eq!(given, "`tool:t@` injects `a`, which callers give");
    let header = add(tool().inject("a", Inject::header("X Y")));
    assert!(header.ends_with("from `x y`, which is not the name of a header"), "{header}");
    let list = add(with(json!({ "type": "array", "x-mcp-header": "A" })));
    assert!(list.contains("only strings, integers and booleans"), "{list}");
    let variable = Template::new("a://{x}", "t", |_: Context, _: Value| async { Ok("x") });
    let variable = components.add(variable.inject("x", Inject::session()));
    let variable = variable.expect_err("it is refused").to_string();
    assert_eq!(variable, "`template:a://{x}@` injects `x`, which callers give");
    let argument = Prompt::new("p", |_: Context, _: Value| async { Ok("x") }).argument("x", "");
    let argument = components.add(argument.inject("x", Inject::session()));
    let argument = argument.expect_err("it is refused").to_string();
    assert_eq!(argument, "`prompt:p@` injects `x`, which callers give");
}

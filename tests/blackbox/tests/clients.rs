//! Real clients list and call the tools of the bookshop, on standard input and output and on HTTP,
//! in every protocol generation that they speak.

use std::path::Path;
use std::process::Command;

use blackbox::installed::{python, script, typescript};
use blackbox::{http, programs};
use rmcp::model::{CallToolRequestParams, ContentBlock, ProtocolVersion};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt as _, RoleClient, RunningService};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use serde_json::{Value, json};

const MODERN: &str = http::MODERN;
const LEGACY: &str = http::LEGACY;

/// What every client is asked to call; [`judge`] says what has to come back.
fn calls() -> Value {
    json!([
        { "name": "get_book", "arguments": { "isbn": "9780441172719", "fields": ["title"] } },
        { "name": "list_categories", "arguments": {} },
        { "name": "get_cover", "arguments": { "isbn": "9780441172719", "width": 32 } },
        { "name": "get_book", "arguments": {} },
        { "name": "no_such_tool", "arguments": {} },
    ])
}

/// Checks the report of a client; `protocol` is what it has to have negotiated.
fn judge(client: &str, protocol: &str, report: &Value) {
    let say = |what: &str| format!("{client}, {protocol}: {what}: {report:#}");
    assert_eq!(report["protocol"], protocol, "{}", say("protocol"));
    let tools = report["tools"].as_array().expect("a list of tools");
    assert_eq!(tools.len(), 16, "{}", say("tools"));
    for tool in tools {
        assert_eq!(tool["input"]["type"], "object", "{}", say("input schema"));
    }
    let result = |index: usize| &report["results"][index];

    let book = &result(0)["structured"];
    assert_eq!(result(0)["error"], false, "{}", say("get_book"));
    assert_eq!(book["title"], "Dune", "{}", say("get_book"));
    let text = result(0)["content"][0]["text"].as_str().unwrap_or_default();
    let text: Value = serde_json::from_str(text).unwrap_or_default();
    assert_eq!(&text, book, "{}", say("text and structured content agree"));

    let categories = &result(1)["structured"];
    let list = if protocol == MODERN { categories } else { &categories["result"] };
    assert_eq!(list[0]["name"], "Fiction", "{}", say("list_categories"));

    assert_eq!(result(2)["content"][0]["type"], "image", "{}", say("get_cover"));
    assert_eq!(result(2)["content"][0]["mime_type"], "image/png", "{}", say("get_cover"));

    assert_eq!(result(3)["error"], true, "{}", say("a missing argument is a result"));
    let text = result(3)["content"][0]["text"].as_str().unwrap_or_default();
    assert!(text.contains("isbn"), "{}", say("the missing argument is named"));

    let code = &result(4)["protocol_error"]["code"];
    assert_eq!(code, -32602, "{}", say("an unknown tool is a protocol error"));
}

#[test]
fn python_client_lists_and_calls_in_both_generations() {
    let Some(python) = python("requirements.txt") else { return };
    check_program(
        "mcp 2.x",
        &[&python, &script("python/client.py")],
        &["legacy", "modern", "auto"],
    );
}

#[test]
fn python_client_1_lists_and_calls() {
    let Some(python) = python("requirements-v1.txt") else { return };
    check_program("mcp 1.x", &[&python, &script("python/client_v1.py")], &["legacy"]);
}

#[test]
fn typescript_client_lists_and_calls_in_both_generations() {
    let Some(folder) = typescript() else { return };
    let program = [Path::new("node"), &folder.join("client.mjs")];
    check_program("@modelcontextprotocol/client", &program, &["legacy", "modern", "auto"]);
}

#[test]
fn typescript_client_1_lists_and_calls() {
    let Some(folder) = typescript() else { return };
    let program = [Path::new("node"), &folder.join("client_v1.mjs")];
    check_program("@modelcontextprotocol/sdk", &program, &["legacy"]);
}

#[test]
fn rmcp_lists_and_calls_on_stdio() {
    runtime().block_on(async {
        for (mode, protocol) in rmcp_modes() {
            let mut command = tokio::process::Command::new(programs::program("bookshop-mcp"));
            command.arg("--mock");
            let transport = TokioChildProcess::new(command).expect("the server starts");
            let client = ().serve_with_lifecycle(transport, mode).await.expect("a connection");
            judge("rmcp on stdio", protocol, &rmcp_report(&client).await);
            client.cancel().await.expect("the connection ends");
        }
    });
}

#[test]
fn rmcp_lists_and_calls_on_http() {
    let server = http::Server::start(&programs::program("bookshop-mcp"), &["--mock"]);
    runtime().block_on(async {
        for (mode, protocol) in rmcp_modes() {
            let transport = StreamableHttpClientTransport::from_uri(server.url());
            let client = ().serve_with_lifecycle(transport, mode).await.expect("a connection");
            judge("rmcp on HTTP", protocol, &rmcp_report(&client).await);
            client.cancel().await.expect("the connection ends");
        }
    });
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().expect("a runtime")
}

fn rmcp_modes() -> [(ClientLifecycleMode, &'static str); 3] {
    let modern = || vec![ProtocolVersion::V_2026_07_28];
    let auto = ClientLifecycleMode::Auto { preferred_versions: modern(), legacy_version: None };
    [
        (ClientLifecycleMode::Initialize, LEGACY),
        (ClientLifecycleMode::Discover { preferred_versions: modern() }, MODERN),
        (auto, MODERN),
    ]
}

/// The same report as the programs under `tests/clients` print.
async fn rmcp_report(client: &RunningService<RoleClient, ()>) -> Value {
    let tools = client.list_all_tools().await.expect("a list of tools");
    let tools: Vec<_> = tools
        .iter()
        .map(|tool| json!({ "name": tool.name, "input": tool.input_schema, "output": tool.output_schema }))
        .collect();
    let mut results = Vec::new();
    for call in calls().as_array().expect("a list") {
        let name = call["name"].as_str().expect("a name").to_owned();
        let arguments = call["arguments"].as_object().expect("an object").clone();
        let parameters = CallToolRequestParams::new(name).with_arguments(arguments);
        results.push(match client.call_tool(parameters).await {
            Ok(result) => {
                let content: Vec<_> = result.content.iter().map(rmcp_block).collect();
                json!({
                    "error": result.is_error.unwrap_or_default(),
                    "content": content,
                    "structured": result.structured_content,
                })
            }
            Err(rmcp::ServiceError::McpError(error)) => {
                json!({ "protocol_error": { "code": error.code.0, "message": error.message } })
            }
            Err(error) => panic!("the call fails: {error}"),
        });
    }
    let protocol = client.peer_info().map(|info| info.protocol_version.to_string());
    json!({ "protocol": protocol, "tools": tools, "results": results })
}

fn rmcp_block(block: &ContentBlock) -> Value {
    let block = serde_json::to_value(block).expect("content is JSON");
    json!({ "type": block["type"], "text": block["text"], "mime_type": block["mimeType"] })
}

/// Runs a program of `tests/clients` on both transports in the generations that it speaks.
fn check_program(name: &str, program: &[&Path], generations: &[&str]) {
    let server_program = programs::program("bookshop-mcp");
    let server = http::Server::start(&server_program, &["--mock"]);
    let stdio = json!([server_program, "--mock"]).to_string();
    for generation in generations {
        let protocol = if *generation == "legacy" { LEGACY } else { MODERN };
        for target in [["--http", server.url().as_str()], ["--stdio", &stdio]] {
            let output = Command::new(program[0])
                .args(&program[1..])
                .args(["--generation", generation, "--calls", &calls().to_string()])
                .args(target)
                .output()
                .expect("the client starts");
            let errors = String::from_utf8_lossy(&output.stderr);
            let what = format!("{name} {generation} {}", target[0]);
            assert!(output.status.success(), "{what} fails:\n{errors}\n{}", server.log());
            let report = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|error| panic!("{what}: {error}:\n{errors}"));
            judge(&what, protocol, &report);
        }
    }
}

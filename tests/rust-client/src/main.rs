//! What a client does with a server, operation by operation, with `rmcp` 3.x. Takes the arguments
//! and prints the report of the programs under `tests/clients`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, ClientRequest, ElicitRequestParams,
    ElicitResult, ElicitationAction, ErrorData, GetPromptRequestParams, Implementation,
    ProgressNotificationParam, ProtocolVersion, ReadResourceRequestParams, Request,
};
use rmcp::service::{
    ClientLifecycleMode, ClientServiceExt as _, NotificationContext, PeerRequestOptions,
    RequestContext, RoleClient, RunningService,
};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{ClientHandler, ServiceError};
use serde_json::{Map, Value, json};

const PATIENCE: Duration = Duration::from_secs(20);

/// Answers what it is asked, and notes the progress that it is told.
#[derive(Clone, Debug, Default)]
struct Client {
    progress: Arc<Mutex<Vec<f64>>>,
}

impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        let capabilities = serde_json::from_value(json!({ "elicitation": {} }));
        let capabilities: ClientCapabilities = capabilities.unwrap_or_default();
        ClientConfig::new(capabilities, Implementation::new("interop", "1.0.0"))
    }

    async fn create_elicitation(
        &self,
        _request: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let answer = json!({ "username": "ada", "email": "ada@example.com" });
        Ok(ElicitResult::new(ElicitationAction::Accept).with_content(answer))
    }

    async fn on_progress(
        &self,
        report: ProgressNotificationParam,
        _context: NotificationContext<RoleClient>,
    ) {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).push(report.progress);
    }
}

type Connection = RunningService<RoleClient, Client>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "the report is the result of the program")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let pairs = arguments.chunks(2).filter_map(|pair| match pair {
        [name, value] => Some((name.as_str(), value.as_str())),
        _ => None,
    });
    let connection = connect(&pairs.collect()).await?;
    let mut outcomes = Map::new();
    for name in ["list", "call", "read", "get", "complete", "elicit", "progress", "cancel"] {
        let outcome = match tokio::time::timeout(PATIENCE, operation(&connection, name)).await {
            Ok(Ok(())) => "ok".to_owned(),
            Ok(Err(error)) => format!("{error:#}"),
            Err(_) => "no answer".to_owned(),
        };
        outcomes.insert(name.to_owned(), outcome.into());
    }
    let protocol = connection.peer_info().map(|info| info.protocol_version.to_string());
    println!("{}", json!({ "protocol": protocol, "operations": outcomes }));
    connection.cancel().await?;
    Ok(())
}

async fn connect(options: &BTreeMap<&str, &str>) -> Result<Connection> {
    let mode = match options.get("--generation") {
        Some(&"legacy") => ClientLifecycleMode::Initialize,
        Some(&"modern") => ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        },
        other => bail!("--generation is legacy or modern, not {other:?}"),
    };
    if let Some(url) = options.get("--http") {
        let transport = StreamableHttpClientTransport::from_uri(*url);
        return Ok(Client::default().serve_with_lifecycle(transport, mode).await?);
    }
    let command = options.get("--stdio").context("--http or --stdio says where the server is")?;
    let words: Vec<String> = serde_json::from_str(command)?;
    let (program, arguments) = words.split_first().context("a command has a program")?;
    let mut command = tokio::process::Command::new(program);
    command.args(arguments);
    let transport = TokioChildProcess::new(command)?;
    Ok(Client::default().serve_with_lifecycle(transport, mode).await?)
}

async fn operation(connection: &Connection, name: &str) -> Result<()> {
    match name {
        "list" => list(connection).await,
        "call" => simple_call(connection).await,
        "read" => {
            let uri = "test://template/123/data";
            let result = connection.read_resource(ReadResourceRequestParams::new(uri)).await?;
            let text = json_of(&result)["contents"][0]["text"].as_str().map(str::to_owned);
            let content: Value = serde_json::from_str(&text.context("text")?)?;
            expect(content["id"] == "123", &content)
        }
        "get" => {
            let mut request = GetPromptRequestParams::new("test_prompt_with_arguments");
            request.arguments = Some(object(json!({ "arg1": "one", "arg2": "two" })));
            let result = json_of(&connection.get_prompt(request).await?);
            let text = result["messages"][0]["content"]["text"].as_str().unwrap_or_default();
            expect(text.contains("arg1='one'") && text.contains("arg2='two'"), &result)
        }
        "complete" => {
            let prompt = "test_prompt_with_arguments";
            connection.complete_prompt_simple(prompt, "arg1", "t").await?;
            Ok(())
        }
        "elicit" => {
            let arguments = json!({ "message": "Who are you?" });
            let text = text_of(connection, "test_elicitation", arguments).await?;
            expect(text.contains("action=accept") && text.contains("ada@example.com"), &text)
        }
        "progress" => progress(connection).await,
        "cancel" => cancel(connection).await,
        other => bail!("there is no operation `{other}`"),
    }
}

async fn list(connection: &Connection) -> Result<()> {
    let tools = connection.list_all_tools().await?;
    let resources = json_of(&connection.list_all_resources().await?);
    let templates = json_of(&connection.list_all_resource_templates().await?);
    let prompts = connection.list_all_prompts().await?;
    let has = |list: &Value, key: &str, wanted: &str| {
        list.as_array().is_some_and(|list| list.iter().any(|it| it[key] == wanted))
    };
    expect(tools.iter().any(|it| it.name == "test_simple_text"), &tools)?;
    expect(has(&resources, "uri", "test://static-text"), &resources)?;
    expect(has(&templates, "uriTemplate", "test://template/{id}/data"), &templates)?;
    expect(prompts.iter().any(|it| it.name == "test_prompt_with_arguments"), &prompts)
}

async fn simple_call(connection: &Connection) -> Result<()> {
    let text = text_of(connection, "test_simple_text", json!({})).await?;
    expect(text == "This is a simple text response for testing.", &text)
}

/// The request carries a token of its own accord, so that reports of progress come.
async fn progress(connection: &Connection) -> Result<()> {
    text_of(connection, "test_tool_with_progress", json!({})).await?;
    // The last report and the result may be handled at the same time.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let seen = connection.service().progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
    expect(seen == [0.0, 50.0, 100.0], &seen)
}

async fn cancel(connection: &Connection) -> Result<()> {
    let arguments = object(json!({ "seconds": 60, "label": "long" }));
    let call = CallToolRequestParams::new("slow_compute").with_arguments(arguments);
    let request = ClientRequest::CallToolRequest(Request::new(call));
    let options = PeerRequestOptions::no_options();
    let mut handle = connection.send_cancellable_request(request, options).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    ensure!(handle.rx.try_recv().is_err(), "the call is over before it is cancelled");
    handle.cancel(Some("no longer wanted".to_owned())).await?;
    simple_call(connection).await
}

async fn text_of(connection: &Connection, name: &'static str, arguments: Value) -> Result<String> {
    let call = CallToolRequestParams::new(name).with_arguments(object(arguments));
    let result = connection.call_tool(call).await.map_err(|error| match error {
        ServiceError::McpError(error) => anyhow::anyhow!("{} {}", error.code.0, error.message),
        error => error.into(),
    })?;
    let result = json_of(&result);
    expect(result["isError"] != true, &result)?;
    let content = result["content"].as_array().context("content")?;
    Ok(content.iter().filter_map(|block| block["text"].as_str()).collect())
}

fn json_of(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn expect(holds: bool, found: &impl Debug) -> Result<()> {
    ensure!(holds, "not as expected: {found:?}");
    Ok(())
}

//! The same components through the testing kit in every version of the protocol: a handler cannot tell
//! which one called it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use conformance::server;
use mcpwright::store::{Entry, MemoryStore, Revision, Store, StoreFuture};
use mcpwright::testing::{Client, ClientBuilder};
use mcpwright::{LogLevel, Server};
use serde_json::{Value, json};

const HANDSHAKES: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

/// A client of each version, all of which answer in the same way.
async fn clients(server: &Server, builder: &dyn Fn() -> ClientBuilder) -> Vec<Client> {
    let mut clients = vec![builder().connect(server).await];
    for version in HANDSHAKES {
        clients.push(builder().with_handshake(server, version).await);
    }
    clients
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn components_are_listed_called_read_rendered_and_completed() {
    for client in clients(&server(), &Client::builder).await {
        let version = client.version().to_owned();
        let tools = client.list_tools().await.expect("there are tools");
        assert_eq!(tools.first().map(|tool| &tool["name"]), Some(&json!("test_simple_text")));
        let result = client.call_tool("greet", json!({ "name": "Ada" })).await.expect("it greets");
        assert_eq!(text(&result), "Hello, Ada!", "{version}");
        let uri = "test://template/7/data";
        let contents = client.read_resource(uri).await.expect("the template matches");
        assert_eq!(contents[0]["uri"], uri, "{version}");
        assert_eq!(contents[0]["mimeType"], "application/json", "{version}");
        let binary = client.read_resource("test://static-binary").await.expect("it is there");
        assert!(binary[0]["blob"].is_string(), "{version}");
        let arguments = json!({ "arg1": "a", "arg2": "b" });
        let prompt = client.get_prompt("test_prompt_with_arguments", arguments).await;
        let said = &prompt.expect("it renders")["messages"][0]["content"]["text"];
        assert_eq!(said, "Prompt with arguments: arg1='a', arg2='b'", "{version}");
        let completed = client.complete("test_prompt_with_arguments", "arg1", "PA").await;
        assert_eq!(completed.as_deref(), Ok(&["paris", "park", "party"].map(str::to_owned)[..]));
        assert_eq!(client.list_prompts().await.map(|prompts| prompts.len()), Ok(5));
        assert_eq!(client.list_resources().await.map(|resources| resources.len()), Ok(3));
        assert_eq!(client.list_resource_templates().await.map(|known| known.len()), Ok(1));
    }
}

#[tokio::test]
async fn what_is_not_there_is_an_error_with_the_code_of_its_generation() {
    for client in clients(&server(), &Client::builder).await {
        let is_stateless = client.version() == "2026-07-28";
        let error = client.read_resource("test://nothing").await.expect_err("there is none");
        assert_eq!(error.code, if is_stateless { -32602 } else { -32002 });
        assert_eq!(error.data, json!({ "uri": "test://nothing" }));
        for (method, params) in [
            ("tools/call", json!({ "name": "nothing" })),
            ("prompts/get", json!({ "name": "nothing" })),
            ("prompts/get", json!({ "name": "test_prompt_with_arguments" })),
            ("completion/complete", json!({})),
        ] {
            let error = client.request(method, params).await.expect_err("it is refused");
            assert_eq!(error.code, -32602, "{method}: {error}");
        }
    }
}

fn answering() -> ClientBuilder {
    let sampled = json!({
        "role": "assistant",
        "model": "m",
        "content": { "type": "text", "text": "Paris" },
    });
    Client::builder()
        .on_elicitation(|params| {
            let schema = &params["requestedSchema"]["properties"];
            let name = schema.as_object().and_then(|known| known.keys().next()).cloned();
            let value = match name.as_deref() {
                Some("ok" | "confirm") => json!(true),
                _ => json!("Ada"),
            };
            json!({ "action": "accept", "content": { name.unwrap_or_default(): value } })
        })
        .on_sampling(move |_| sampled.clone())
        .roots(["file:///a", "file:///b"])
}

#[tokio::test]
async fn a_handler_asks_its_client_in_either_generation() {
    for client in clients(&server(), &answering).await {
        let version = client.version().to_owned();
        let is_stateless = version == "2026-07-28";
        let call = async |name: &str| {
            let result = client.call_tool(name, json!({})).await.expect("it answers");
            (text(&result).to_owned(), client.rounds())
        };
        let rounds = |asked: usize| if is_stateless { asked + 1 } else { 1 };
        let (said, took) = call("test_input_required_result_elicitation").await;
        assert_eq!((&*said, took), ("Hello, Ada!", rounds(1)), "{version}");
        let (said, took) = call("test_input_required_result_sampling").await;
        assert_eq!((&*said, took), ("Paris", rounds(1)), "{version}");
        let (said, took) = call("test_input_required_result_list_roots").await;
        assert_eq!((&*said, took), ("2 roots", rounds(1)), "{version}");
        // What is asked at once takes one round, what is asked in turn takes several.
        let (said, took) = call("test_input_required_result_multiple_inputs").await;
        assert_eq!((&*said, took), ("Paris Ada (2 roots)", rounds(1)), "{version}");
        let (said, took) = call("test_input_required_result_multi_round").await;
        assert_eq!((&*said, took), ("Ada likes Ada.", rounds(2)), "{version}");
        let prompt = client.get_prompt("test_input_required_result_prompt", json!({})).await;
        let said = &prompt.expect("it renders")["messages"][0]["content"]["text"];
        assert_eq!(said, "Keep this in mind: Ada", "{version}");
    }
}

#[tokio::test]
async fn a_client_that_cannot_be_asked_is_told_so() {
    for client in clients(&server(), &Client::builder).await {
        let asked = client.call_tool("test_input_required_result_elicitation", json!({})).await;
        if client.version() == "2026-07-28" {
            let error = asked.expect_err("the capability is missing");
            assert_eq!(error.code, -32021);
            assert_eq!(error.data, json!({ "requiredCapabilities": { "elicitation": {} } }));
        } else {
            let result = asked.expect("the model reads it");
            assert_eq!(result["isError"], true);
            assert_eq!(text(&result), "the client lacks the capability elicitation");
        }
    }
}

#[tokio::test]
async fn answers_that_do_not_fit_are_refused() {
    let malformed = || Client::builder().on_elicitation(|_| json!({ "action": "perhaps" }));
    for client in clients(&server(), &malformed).await {
        let asked = client.call_tool("test_input_required_result_elicitation", json!({})).await;
        match asked {
            Ok(result) => assert_eq!(result["isError"], true, "{}", client.version()),
            Err(error) => {
                assert_eq!((client.version(), error.code), ("2026-07-28", -32602));
            }
        }
    }
}

#[tokio::test]
async fn state_is_good_for_one_call_alone() {
    let client = answering().connect(&server()).await;
    let tool = "test_input_required_result_request_state";
    let asked = |params: Value| {
        let mut params = params;
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
        });
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
    };
    let connection = mcpwright::transport::memory::connect(&server());
    let send = async |params: Value| -> Value {
        let answer = connection.send(&asked(params)).await.expect("a request is answered");
        serde_json::from_str(&answer).expect("an answer is JSON")
    };
    let first = send(json!({ "name": tool })).await;
    let state = &first["result"]["requestState"];
    let answers = json!({ "confirm": { "action": "accept", "content": { "ok": true } } });
    let again = json!({ "name": tool, "requestState": state, "inputResponses": answers });
    assert_eq!(send(again.clone()).await["result"]["content"][0]["text"], "state-ok");
    for (key, value) in [
        ("name", json!("test_input_required_result_tampered_state")),
        ("requestState", json!("AAAA")),
        ("requestState", json!(7)),
        ("inputResponses", json!([])),
        ("inputResponses", Value::Null),
    ] {
        let mut changed = again.clone();
        changed[key] = value;
        assert_eq!(send(changed.clone()).await["error"]["code"], -32602, "{changed}");
    }
    let form =
        |message: &str| json!({ "name": "test_elicitation", "arguments": { "message": message } });
    let asked = send(form("Delete a?")).await;
    let mut other = form("Delete b?");
    other["requestState"] = asked["result"]["requestState"].clone();
    assert_eq!(send(other).await["error"]["code"], -32602, "the state is for other arguments");
    // Another process, or another server, has another key.
    let other = client.request("tools/call", again).await.expect_err("the key is another");
    assert_eq!(other.code, -32602);
}

#[tokio::test]
async fn logs_and_progress_come_before_the_answer_where_they_are_wanted() {
    let listening = || Client::builder().log_level(LogLevel::Info);
    for client in clients(&server(), &listening).await {
        client.call_tool("test_tool_with_logging", json!({})).await.expect("it answers");
        client.call_tool("test_tool_with_progress", json!({})).await.expect("it answers");
        let said = client.notifications();
        let logs: Vec<&Value> = said
            .iter()
            .filter(|message| message["method"] == "notifications/message")
            .map(|message| &message["params"]["data"])
            .collect();
        assert_eq!(
            logs,
            ["Tool execution started", "Tool processing data", "Tool execution completed"],
            "{}",
            client.version()
        );
        let progress: Vec<f64> = said
            .iter()
            .filter(|message| message["method"] == "notifications/progress")
            .filter_map(|message| message["params"]["progress"].as_f64())
            .collect();
        assert_eq!(progress, [0.0, 50.0, 100.0], "{}", client.version());
    }
    let quiet = Client::connect(&server()).await;
    quiet.call_tool("test_tool_with_logging", json!({})).await.expect("it answers");
    let logs = quiet.notifications();
    assert!(logs.iter().all(|message| message["method"] != "notifications/message"), "{logs:?}");
}

#[tokio::test]
async fn a_task_goes_on_after_its_call() {
    let server = server();
    let client = answering().tasks().connect(&server).await;
    let created = client.call_tool("confirm_delete", json!({ "filename": "a.txt" })).await;
    let created = created.expect("the client takes tasks");
    assert_eq!(created["resultType"], "task");
    let id = json!({ "taskId": created["taskId"] });
    let asking = wait_for(&client, &id, "input_required").await;
    assert!(asking["inputRequests"]["confirm"].is_object(), "{asking}");
    let mut answer = id.clone();
    answer["inputResponses"] =
        json!({ "confirm": { "action": "accept", "content": { "confirm": true } } });
    client.request("tasks/update", answer).await.expect("the answer is taken");
    let done = wait_for(&client, &id, "completed").await;
    assert_eq!(text(&done["result"]), "Deleted a.txt.");
    let slow = client.call_tool("slow_compute", json!({ "seconds": 50, "label": "x" })).await;
    let slow = json!({ "taskId": slow.expect("a task")["taskId"] });
    assert_eq!(server.usage().tasks, 1);
    client.request("tasks/cancel", slow.clone()).await.expect("it can be cancelled");
    wait_for(&client, &slow, "cancelled").await;
    client.request("tasks/cancel", slow).await.expect("a second time changes nothing");
    while server.usage().tasks > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let unknown = client.request("tasks/get", json!({ "taskId": "0" })).await;
    assert_eq!(unknown.map_err(|error| error.code), Err(-32602));
    let without = Client::connect(&server).await;
    let refused = without.call_tool("failing_job", json!({})).await.expect_err("it needs tasks");
    assert_eq!(refused.code, -32021);
}

async fn wait_for(client: &Client, id: &Value, status: &str) -> Value {
    for _ in 0..500 {
        let task = client.request("tasks/get", id.clone()).await.expect("the task is known");
        if task["status"] == status {
            return task;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the task never becomes {status}");
}

#[tokio::test]
async fn tasks_of_2025_11_25_are_asked_for_and_their_result_is_fetched() {
    let client = answering().with_handshake(&server(), "2025-11-25").await;
    let listed = client.list_tools().await.expect("there are tools");
    let tool = listed.iter().find(|tool| tool["name"] == "confirm_delete").expect("it is listed");
    assert_eq!(tool["execution"], json!({ "taskSupport": "required" }));
    let params = json!({ "name": "confirm_delete", "arguments": { "filename": "b.txt" } });
    let refused = client.request("tools/call", params.clone()).await.expect_err("it is a task");
    assert_eq!(refused.code, -32601);
    let mut params = params;
    params["task"] = json!({ "ttl": 60_000 });
    let created = client.request("tools/call", params).await.expect("it becomes a task");
    let id = json!({ "taskId": created["task"]["taskId"] });
    let result = client.request("tasks/result", id.clone()).await.expect("it ends");
    assert_eq!(text(&result), "Deleted b.txt.");
    let related = &result["_meta"]["io.modelcontextprotocol/related-task"]["taskId"];
    assert_eq!(related, &id["taskId"]);
    let known = client.request("tasks/list", json!({})).await.expect("they are listed");
    assert_eq!(known["tasks"][0]["status"], "completed");
    let ended = client.request("tasks/cancel", id).await.expect_err("it has ended");
    assert_eq!(ended.code, -32602);
}

/// A store that takes its time to say that it has written.
#[derive(Debug)]
struct Slow(MemoryStore);

const LATE: Duration = Duration::from_millis(30);

impl Store for Slow {
    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Entry>> {
        self.0.get(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> StoreFuture<'a, Revision> {
        self.0.put(key, value, ttl)
    }

    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, bool> {
        self.0.delete(key)
    }

    fn compare_and_swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<Revision>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> StoreFuture<'a, Option<Revision>> {
        Box::pin(async move {
            let revision = self.0.compare_and_swap(key, expected, value, ttl).await;
            tokio::time::sleep(LATE).await;
            revision
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn what_a_task_asks_is_asked_once_although_the_news_of_it_come_late() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let builder = Client::builder().on_elicitation(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        // Whoever answers takes longer than the store.
        std::thread::sleep(LATE * 2);
        json!({ "action": "accept", "content": { "confirm": true } })
    });
    let server = server().store(Arc::new(Slow(MemoryStore::default())));
    let client = builder.with_handshake(&server, "2025-11-25").await;
    let call = json!({ "name": "confirm_delete", "task": {} });
    let created = client.request("tools/call", call).await.expect("it becomes a task");
    let id = json!({ "taskId": created["task"]["taskId"] });
    let result = client.request("tasks/result", id).await.expect("it ends");
    assert_eq!(text(&result), "Deleted file.txt.");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn changes_reach_those_who_listen() {
    let server = server();
    let client = Client::with_handshake(&server, "2025-11-25").await;
    let uri = "test://watched-resource";
    client.request("resources/subscribe", json!({ "uri": uri })).await.expect("it is known");
    let unknown = client.request("resources/subscribe", json!({ "uri": "test://no" })).await;
    assert_eq!(unknown.map_err(|error| error.code), Err(-32002));
    server.components().tools_changed();
    server.components().resource_updated(uri);
    server.components().resource_updated("test://other");
    client.call_tool("test_tool_with_logging", json!({})).await.expect("it answers");
    let methods: Vec<String> = client
        .notifications()
        .iter()
        .filter_map(|message| Some(message["method"].as_str()?.to_owned()))
        .filter(|method| method != "notifications/message")
        .collect();
    assert_eq!(methods, ["notifications/tools/list_changed", "notifications/resources/updated"]);
    assert_eq!(server.usage().listeners, 1);
    drop(client);
    assert_eq!(server.usage().listeners, 0);
}

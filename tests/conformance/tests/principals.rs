//! Tasks and the state of questions belong to the principal that began them.

use std::time::Duration;

use conformance::server;
use mcpwright::transport::memory::{Connection, connect_as};
use mcpwright::{Principal, Server};
use serde_json::{Value, json};

fn connection(server: &Server, user: &str) -> Connection {
    connect_as(server, Principal::Named(user.into()))
}

/// A request of 2026-07-28 from a client that can be asked and takes tasks.
async fn send(connection: &Connection, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {
            "elicitation": { "form": {} },
            "extensions": { "io.modelcontextprotocol/tasks": {} },
        },
    });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let answer = connection.send(&message.to_string()).await.expect("a request is answered");
    serde_json::from_str(&answer).expect("the answer is JSON")
}

#[tokio::test]
async fn the_state_of_a_question_is_of_no_use_to_somebody_else() {
    let server = server();
    let (alice, bob) = (connection(&server, "alice"), connection(&server, "bob"));
    let call = json!({ "name": "test_input_required_result_elicitation", "arguments": {} });
    let asked = send(&alice, "tools/call", call.clone()).await;
    assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    let mut retry = call;
    retry["requestState"] = asked["result"]["requestState"].clone();
    assert!(retry["requestState"].is_string(), "{asked}");
    let key = asked["result"]["inputRequests"].as_object().and_then(|asked| asked.keys().next());
    let answer = json!({ "action": "accept", "content": { "name": "Ada" } });
    retry["inputResponses"] = json!({ key.expect("a question was asked"): answer });
    let stolen = send(&bob, "tools/call", retry.clone()).await;
    assert_eq!(stolen["error"]["code"], -32602, "{stolen}");
    let own = send(&alice, "tools/call", retry).await;
    assert_eq!(own["result"]["content"][0]["text"], "Hello, Ada!", "{own}");
}

#[tokio::test]
async fn the_task_of_one_is_unknown_to_others() {
    let server = server();
    let (alice, bob) = (connection(&server, "alice"), connection(&server, "bob"));
    let call = json!({ "name": "slow_compute", "arguments": { "seconds": 30 } });
    let begun = send(&alice, "tools/call", call).await;
    let id = begun["result"]["taskId"].clone();
    assert!(id.is_string(), "{begun}");
    for method in ["tasks/get", "tasks/cancel", "tasks/update"] {
        let params = json!({ "taskId": id, "inputResponses": {} });
        let refused = send(&bob, method, params).await;
        assert_eq!(refused["error"]["code"], -32602, "{method}: {refused}");
    }
    let seen = send(&alice, "tasks/get", json!({ "taskId": id })).await;
    assert_eq!(seen["result"]["status"], "working", "{seen}");
    let cancelled = send(&alice, "tasks/cancel", json!({ "taskId": id })).await;
    assert!(cancelled.get("error").is_none(), "{cancelled}");
    let ended = async {
        while server.usage().tasks != 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the task has ended");
}

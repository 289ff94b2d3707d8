//! The state that a client carries from round to round: whom it is for, what for, and how long.

use std::time::Duration;

use mcpwright::codegen::{Declaration, RequestState, Setting};
use mcpwright::transport::memory::connect;
use serde_json::{Value, json};

use crate::talkative::{TALKATIVE, talkative};

const FIRST: Setting = Setting("the first secret, long enough to seal with");
const SECOND: Setting = Setting("the second secret, also of enough bytes");

const SEALED: RequestState =
    RequestState { secrets: &[FIRST], audience: "shop", ttl: Duration::from_secs(600) };

static SHOP: Declaration = Declaration { request_state: SEALED, ..TALKATIVE };
/// Another name, the same audience.
static REPLICA: Declaration = Declaration { name: "replica", request_state: SEALED, ..TALKATIVE };
static BANK: Declaration =
    Declaration { request_state: RequestState { audience: "bank", ..SEALED }, ..TALKATIVE };
/// Without an audience the name is one.
const BY_NAME: Declaration =
    Declaration { request_state: RequestState { audience: "", ..SEALED }, ..TALKATIVE };
static NAMED: Declaration = BY_NAME;
static RENAMED: Declaration = Declaration { name: "renamed", ..BY_NAME };
static ROTATED: Declaration = Declaration {
    request_state: RequestState { secrets: &[SECOND, FIRST], ..SEALED },
    ..TALKATIVE
};
static HURRIED: Declaration =
    Declaration { request_state: RequestState { ttl: Duration::ZERO, ..SEALED }, ..TALKATIVE };

async fn call(declaration: &'static Declaration, params: Value) -> Value {
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
    });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let connection = connect(&talkative(declaration).0);
    let answer = connection.send(&call.to_string()).await.expect("a request is answered");
    serde_json::from_str(&answer).expect("an answer is JSON")
}

/// Asks for a state.
async fn state(declaration: &'static Declaration, params: Value) -> Value {
    let answer = call(declaration, params).await;
    assert_eq!(answer["result"]["resultType"], "input_required", "{answer}");
    answer["result"]["requestState"].clone()
}

fn params(tool: &str) -> Value {
    json!({ "name": tool, "arguments": {} })
}

/// Comes back with a state, and whether it is taken.
async fn is_taken(declaration: &'static Declaration, mut params: Value, state: &Value) -> bool {
    params["requestState"] = state.clone();
    params["inputResponses"] =
        json!({ "confirm": { "action": "accept", "content": { "ok": true } } });
    let answer = call(declaration, params).await;
    if answer["result"]["content"][0]["text"] == "confirmed" {
        return true;
    }
    let error = json!({ "code": -32602, "message": "Invalid params: invalid requestState" });
    assert_eq!(answer["error"], error, "every refusal reads the same");
    false
}

#[tokio::test]
async fn state_is_good_for_its_audience() {
    let sealed = state(&SHOP, params("confirm")).await;
    assert!(is_taken(&SHOP, params("confirm"), &sealed).await, "by the process that comes next");
    assert!(is_taken(&REPLICA, params("confirm"), &sealed).await, "by a replica");
    assert!(!is_taken(&BANK, params("confirm"), &sealed).await, "not by another server");
    assert!(!is_taken(&NAMED, params("confirm"), &sealed).await);
    let named = state(&NAMED, params("confirm")).await;
    assert!(is_taken(&NAMED, params("confirm"), &named).await);
    assert!(!is_taken(&RENAMED, params("confirm"), &named).await, "the name is the audience");
}

#[tokio::test]
async fn state_is_good_for_one_component_and_its_arguments() {
    let sealed = state(&SHOP, params("confirm")).await;
    assert!(!is_taken(&SHOP, params("other"), &sealed).await, "another tool");
    let absent = json!({ "name": "confirm" });
    assert!(is_taken(&SHOP, absent, &sealed).await, "no arguments are no arguments");
}

#[tokio::test]
async fn state_outlives_the_change_of_a_secret() {
    let old = state(&SHOP, params("confirm")).await;
    assert!(is_taken(&ROTATED, params("confirm"), &old).await, "the old secret still opens");
    let new = state(&ROTATED, params("confirm")).await;
    assert!(!is_taken(&SHOP, params("confirm"), &new).await, "the new one seals");
}

#[tokio::test]
async fn state_expires() {
    let late = state(&HURRIED, params("confirm")).await;
    assert!(!is_taken(&HURRIED, params("confirm"), &late).await);
    assert!(!is_taken(&SHOP, params("confirm"), &late).await, "the end is in the state");
}

#[tokio::test]
async fn state_that_was_touched_is_refused() {
    let sealed = state(&SHOP, params("confirm")).await;
    let text = sealed.as_str().expect("a text");
    for index in [0, 1, 30, text.len() / 2, text.len() - 1] {
        let mut bytes = text.as_bytes().to_vec();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let touched = Value::from(String::from_utf8(bytes).expect("ASCII"));
        assert!(!is_taken(&SHOP, params("confirm"), &touched).await, "byte {index}");
    }
    for other in [json!(""), json!("AQ"), json!(1), json!([]), json!({})] {
        assert!(!is_taken(&SHOP, params("confirm"), &other).await, "{other}");
    }
}

//! A handler that panics is an error of its call alone: the server lives on, and what the panic
//! said stays inside.

use std::time::Duration;

use blackbox::http::modern;
use calculator_mcp::Handlers;
use calculator_mcp::tools::declared::AddArgs;
use mcpwright::transport::memory;
use mcpwright::{Context, ToolError};
use serde_json::{Value, json};

struct Careless;

impl Handlers for Careless {
    async fn add(&self, _context: Context, arguments: AddArgs) -> Result<i64, ToolError> {
        if arguments.b == 0 {
            panic!("the secret is 4711");
        }
        if arguments.b == 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            panic!("the secret is 4711, later");
        }
        Ok(arguments.a + arguments.b)
    }
}

fn call(connection: &memory::Connection, runtime: &tokio::runtime::Runtime, b: i64) -> Value {
    let call = json!({ "name": "add", "arguments": { "a": 1, "b": b } });
    let message = modern(&json!(b), "tools/call", call).to_string();
    let answer = runtime.block_on(connection.send(&message)).expect("an answer");
    serde_json::from_str(&answer).expect("JSON")
}

#[test]
fn panicking_handler_is_an_error_result_and_the_server_lives_on() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let server = calculator_mcp::server(Careless);
    let connection = memory::connect(&server);
    for b in [0, 1] {
        let answer = call(&connection, &runtime, b);
        assert_eq!(answer["id"], b, "{answer}");
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        assert!(!answer.to_string().contains("4711"), "{answer}");
    }
    let answer = call(&connection, &runtime, 2);
    assert_eq!(answer["result"]["structuredContent"], 3, "{answer}");
}

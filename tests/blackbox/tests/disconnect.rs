//! A call that nobody waits for any more: its handler is dropped where the protocol says that the
//! client has cancelled, and runs on where it says that it may come back.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use blackbox::exchange::Exchange;
use blackbox::http::{LEGACY, MODERN, initialize, modern, request_bytes};
use blackbox::programs::PATIENCE;
use calculator_mcp::Handlers;
use calculator_mcp::tools::declared::AddArgs;
use mcpwright::transport::{http, memory};
use mcpwright::{Context, Server, ToolError};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// How many handlers run, and how many have been dropped.
#[derive(Clone, Debug, Default)]
struct Counts {
    begun: Arc<AtomicUsize>,
    dropped: Arc<AtomicUsize>,
}

struct Guard(Counts);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// Its calls never end by themselves.
struct Endless(Counts);

impl Handlers for Endless {
    async fn add(&self, _context: Context, _arguments: AddArgs) -> Result<i64, ToolError> {
        let _guard = Guard(self.0.clone());
        self.0.begun.fetch_add(1, Ordering::SeqCst);
        pending().await
    }
}

impl Counts {
    fn server(&self) -> Server {
        calculator_mcp::server(Endless(self.clone()))
    }

    #[track_caller]
    fn wait_for(&self, begun: usize, dropped: usize) {
        let start = Instant::now();
        while self.now() != (begun, dropped) {
            assert!(start.elapsed() < PATIENCE, "begun and dropped: {:?}", self.now());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn now(&self) -> (usize, usize) {
        (self.begun.load(Ordering::SeqCst), self.dropped.load(Ordering::SeqCst))
    }
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().expect("a runtime")
}

fn listen(runtime: &Runtime, server: Server) -> SocketAddr {
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(async move { http::serve(&server, listener, "/mcp", pending()).await });
    address
}

fn post(address: SocketAddr, headers: &[(&str, &str)], message: &Value) -> Exchange {
    let mut all = vec![
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
    ];
    all.extend(headers);
    let host = address.to_string();
    Exchange::open(
        address,
        &request_bytes("POST", "/mcp", &host, &all, message.to_string().as_bytes()),
    )
}

fn call() -> Value {
    json!({ "name": "add", "arguments": { "a": 1, "b": 2 } })
}

fn legacy_call(id: i64) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": call() })
}

fn cancelled(id: i64) -> Value {
    let params = json!({ "requestId": id });
    json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params })
}

#[test]
fn stateless_client_that_hangs_up_has_cancelled() {
    let (runtime, counts) = (runtime(), Counts::default());
    let address = listen(&runtime, counts.server());
    let headers =
        [("MCP-Protocol-Version", MODERN), ("Mcp-Method", "tools/call"), ("Mcp-Name", "add")];
    for round in 1..=3 {
        let exchange = post(address, &headers, &modern(&json!(1), "tools/call", call()));
        counts.wait_for(round, round - 1);
        exchange.hang_up();
        counts.wait_for(round, round);
    }
}

#[test]
fn client_with_a_session_that_hangs_up_may_come_back_and_cancels_in_words() {
    let (runtime, counts) = (runtime(), Counts::default());
    let address = listen(&runtime, counts.server());
    let mut hello = post(address, &[], &initialize(&json!("hello")));
    let head = hello.head().expect("an answer");
    let session = head.header("mcp-session-id").expect("a session").to_owned();
    let headers = [("MCP-Protocol-Version", LEGACY), ("Mcp-Session-Id", session.as_str())];

    let exchange = post(address, &headers, &legacy_call(1));
    counts.wait_for(1, 0);
    exchange.hang_up();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(counts.now(), (1, 0), "hanging up is no cancellation here");

    let accepted = post(address, &headers, &cancelled(1)).head().expect("an answer");
    assert_eq!(accepted.status, 202);
    counts.wait_for(1, 1);
}

#[test]
fn connection_in_memory_cancels_in_words_in_both_generations() {
    let (runtime, counts) = (runtime(), Counts::default());
    let connection = Arc::new(memory::connect(&counts.server()));
    runtime.block_on(connection.send(&initialize(&json!("hello")).to_string()));
    let messages = [legacy_call(1), modern(&json!(2), "tools/call", call())];
    for (index, message) in messages.into_iter().enumerate() {
        let id = message["id"].as_i64().expect("an id");
        let sending = Arc::clone(&connection);
        let answer = runtime.spawn(async move { sending.send(&message.to_string()).await });
        counts.wait_for(index + 1, index);
        runtime.block_on(connection.send(&cancelled(id).to_string()));
        counts.wait_for(index + 1, index + 1);
        let answer = runtime.block_on(answer).expect("the task ends");
        assert_eq!(answer, None, "a cancelled request is not answered");
    }
}

/// A client may go away without a word, while its call runs.
#[test]
fn program_on_standard_input_does_not_outlive_its_client() {
    let program = blackbox::programs::program("conformance");
    for generation in [MODERN, LEGACY] {
        let mut server = blackbox::stdio::Server::start(&program, &["--transport", "stdio"]);
        // It takes a minute.
        let slow = json!({ "name": "slow_compute", "arguments": { "seconds": 60 } });
        if generation == MODERN {
            server.send(&modern(&json!(1), "tools/call", slow));
        } else {
            assert_eq!(server.ask(&initialize(&json!(0)))["id"], 0);
            let params = slow;
            server.send(
                &json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }),
            );
        }
        server.close_input();
        let ended = server.end();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
        assert!(ended.rest.is_empty(), "{:?}", ended.rest);
    }
}

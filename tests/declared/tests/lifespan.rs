//! What lives as long as the server: made once, before the first request, and dropped after the last.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use declared::{Handlers, server};
use mcpwright::testing::Client;
use serde_json::json;

#[tokio::test]
async fn state_is_made_once_and_dropped_with_the_server() {
    let handlers = Handlers::default();
    let counts = Arc::clone(&handlers.counts);
    let server = server::server(handlers);
    for version in ["2026-07-28", "2025-06-18"] {
        let client = match version {
            "2026-07-28" => Client::connect(&server).await,
            version => Client::with_handshake(&server, version).await,
        };
        for tool in ["opened", "opened_blocking", "opened"] {
            let result = client.call_tool(tool, json!({})).await.expect("a result");
            assert!(result["structuredContent"].to_string().contains('1'), "{result}");
        }
    }
    assert_eq!(counts.opened.load(Ordering::Relaxed), 1);
    assert_eq!(counts.closed.load(Ordering::Relaxed), 0);
    drop(server);
    tokio::task::yield_now().await;
    assert_eq!(counts.closed.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn failing_start_is_an_error_of_the_call_in_tests() {
    let server = server::server(Handlers { is_broken: true, ..Handlers::default() });
    let client = Client::connect(&server).await;
    let result = client.call_tool("opened", json!({})).await.expect("a result");
    assert_eq!(result["isError"], true);
    let text = result["content"][0]["text"].as_str().unwrap_or_default();
    assert!(text.contains("the pool has no address"), "{text}");
}

#[test]
fn failing_start_ends_the_program_with_its_text() {
    let run = |is_broken: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_declared"));
        if is_broken {
            command.env("BROKEN", "1");
        }
        command.stdin(Stdio::null()).output().expect("the program runs")
    };
    let broken = run(true);
    assert_eq!(broken.status.code(), Some(1));
    let text = String::from_utf8_lossy(&broken.stderr);
    assert!(text.contains("the lifespan cannot start: the pool has no address"), "{text}");
    assert!(broken.stdout.is_empty(), "standard output belongs to the protocol");
    assert_eq!(run(false).status.code(), Some(0));
}

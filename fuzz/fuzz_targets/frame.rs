//! Bytes as what a client sends: one message a line, through decoding, dispatch, the reading of
//! arguments and a handler, on a connection in memory.

#![no_main]

use std::sync::LazyLock;

use calculator_mcp::{AddArgs, Handlers};
use libfuzzer_sys::{Corpus, fuzz_target};
use mcpwright::transport::memory;
use mcpwright::{Context, Server, ToolError};
use tokio::runtime::{Builder, Runtime};

struct Calculator;

impl Handlers for Calculator {
    async fn add(&self, _context: Context, arguments: AddArgs) -> Result<i64, ToolError> {
        Ok(arguments.a.wrapping_add(arguments.b))
    }
}

static SERVER: LazyLock<Server> = LazyLock::new(|| calculator_mcp::server(Calculator));
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("a runtime"));

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    RUNTIME.block_on(async {
        let connection = memory::connect(&SERVER);
        for message in text.lines() {
            if let Some(answer) = connection.send(message).await {
                assert!(answer.starts_with('{') || answer.starts_with('['), "{answer}");
                assert!(!answer.contains('\n'), "{answer}");
            }
        }
    });
    Corpus::Keep
});

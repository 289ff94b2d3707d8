//! What the log says about requests, and what it keeps to itself.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use expect_test::{Expect, expect};
use mcpwright::codegen::{ArgumentErrors, Arguments, DeclaredTool, Output, Reader, Tool, Writer};
use mcpwright::transport::memory::connect;
use mcpwright::{Context, Declaration, Server};
use tracing::Level;

use crate::fixture::{PLAIN, STATELESS, modern, server};

static VAGUE: DeclaredTool =
    DeclaredTool { name: "vague", output: Output::Object, ..DeclaredTool::DEFAULT };
static PROMISING: Declaration = Declaration { tools: &[Tool::Declared(&VAGUE)], ..PLAIN };

struct Vague;

impl Arguments for Vague {
    const TOOL: Tool = Tool::Declared(&VAGUE);
    fn read(_: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
        Ok(Self)
    }
    fn write(&self, _: &mut Writer) {}
}

#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log of these messages, without the durations.
async fn check(server: &Server, level: Level, messages: &[String], expected: Expect) {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let connection = connect(server);
    for message in messages {
        connection.send(message).await.expect("the request is answered");
    }
    drop(guard);
    let bytes = lines.0.lock().expect("no writer panics").clone();
    let text = String::from_utf8(bytes).expect("the log is text");
    let shown: Vec<&str> = text
        .lines()
        .map(|line| line.split_once(" duration=").map_or(line, |(before, _)| before))
        .collect();
    expected.assert_eq(&shown.join("\n"));
}

#[tokio::test]
async fn requests_are_logged_without_what_they_carry() {
    let call = |params: &str| modern("1", "tools/call", params);
    let messages = [
        modern("1", "tools/list", ""),
        modern("1", "un\\nknown", ""),
        call(r#""name":"add","arguments":{"a":70001,"b":2}"#),
        call(r#""name":"add","arguments":{"a":"secret","b":2}"#),
        call(r#""name":"nope""#),
        call(r#""name":"fail""#),
    ];
    let server = server(&STATELESS).0;
    check(
        &server,
        Level::DEBUG,
        &messages,
        expect![[r#"
            DEBUG request method=tools/list outcome=done
            DEBUG request method=un\nknown outcome=error -32601
            DEBUG request method=tools/call name="add" outcome=done
            DEBUG request method=tools/call name="add" outcome=arguments refused
            DEBUG request method=tools/call outcome=error -32602
            DEBUG request method=tools/call name="fail" outcome=failed
             WARN call failed method="tools/call" name="fail" error=the disk is full causes=sda1"#]],
    )
    .await;
    check(
        &server,
        Level::INFO,
        &messages,
        expect![[r#" WARN call failed method="tools/call" name="fail" error=the disk is full causes=sda1"#]],
    )
    .await;
}

#[tokio::test]
async fn a_result_that_breaks_its_schema_is_a_warning() {
    let server = Server::new(&PROMISING).on(|_: Context, _: Vague| async move { Ok("text") });
    let messages = [modern("1", "tools/call", r#""name":"vague""#)];
    check(
        &server,
        Level::INFO,
        &messages,
        expect![[
            r#" WARN the handler gave no object, which the tool's output schema wants tool="vague""#
        ]],
    )
    .await;
}

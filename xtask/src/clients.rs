//! `cargo xtask clients`: real clients do everything that they can with our server, on every
//! transport that they have.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use blackbox::installed;
use serde_json::{Value, json};

use crate::command::build;
use crate::running::{Server, free_port};

/// What a client is asked to do, in the order of the table.
const OPERATIONS: [&str; 8] =
    ["list", "call", "read", "get", "complete", "elicit", "progress", "cancel"];

/// Arguments of `clients`.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Arguments {
    /// Run the clients whose name contains this
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

/// A way to the server, and the generation that is spoken on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Way {
    flag: &'static str,
    generation: &'static str,
}

const fn way(flag: &'static str, generation: &'static str) -> Way {
    Way { flag, generation }
}

/// Every way that a client may know.
const WAYS: [Way; 5] = [
    way("--stdio", "legacy"),
    way("--stdio", "modern"),
    way("--http", "legacy"),
    way("--http", "modern"),
    way("--sse", "legacy"),
];

/// A client, and the ways that it does not have, with the reason.
struct Client {
    name: &'static str,
    command: Vec<PathBuf>,
    lacks: fn(Way) -> Option<&'static str>,
}

/// A line of the table.
struct Row {
    client: &'static str,
    way: Way,
    cells: Vec<Cell>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Cell {
    Fine,
    /// Not a thing that this client can do, with the reason.
    Unsupported(String),
    Failed(String),
}

/// Installs the clients, starts the servers, prints the table.
///
/// # Errors
///
/// Fails when a client that could be installed does not do what it can.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let program = build("conformance", &[])?;
    let http = start(&program, "http")?;
    let sse = start(&program, "sse")?;
    let target = |way: Way| match way.flag {
        "--stdio" => json!([program, "--transport", "stdio"]).to_string(),
        "--http" => format!("http://{}/mcp", http.address),
        _ => format!("http://{}/sse", sse.address),
    };
    let mut rows = Vec::new();
    let wanted =
        |client: &Client| arguments.only.as_ref().is_none_or(|it| client.name.contains(it));
    for client in clients()?.into_iter().filter(wanted) {
        for way in WAYS {
            let cells = match (client.lacks)(way) {
                Some(reason) => vec![Cell::Unsupported(reason.to_owned()); OPERATIONS.len()],
                None => client.run(way, &target(way)),
            };
            rows.push(Row { client: client.name, way, cells });
        }
    }
    ensure!(!rows.is_empty(), "there is no such client, or none could be installed");
    let failures = print(&rows);
    ensure!(failures == 0, "{failures} operations failed");
    Ok(())
}

fn start(program: &Path, transport: &str) -> Result<Server> {
    let port = free_port()?;
    let flags = ["--transport", transport, "--port", &port.to_string(), "--log-level", "warn"];
    Server::start(program, &flags, port)
}

/// The clients that are installed here or can be.
fn clients() -> Result<Vec<Client>> {
    let mut clients = Vec::new();
    let python = [
        ("mcp 2.x", "mcp", "requirements.txt"),
        ("fastmcp 4.x", "fastmcp", "requirements-fastmcp.txt"),
    ];
    for (name, library, requirements) in python {
        let Some(python) = installed::python(requirements) else { continue };
        let script = installed::script("python/operations.py");
        let command = vec![python, script, "--library".into(), library.into()];
        clients.push(Client { name, command, lacks: |_| None });
    }
    if let Some(folder) = installed::typescript() {
        let script = folder.join("operations.mjs");
        let command = |library: &str| -> Vec<PathBuf> {
            vec!["node".into(), script.clone(), "--library".into(), library.into()]
        };
        clients.push(Client {
            name: "@modelcontextprotocol/sdk 1.x",
            command: command("sdk"),
            lacks: |way| (way.generation == "modern").then_some("it speaks the handshake only"),
        });
        clients.push(Client {
            name: "@modelcontextprotocol/client 2.x",
            command: command("client"),
            lacks: |_| None,
        });
    }
    clients.push(Client {
        name: "rmcp 3.x",
        command: vec![build("rust-client", &[])?],
        lacks: |way| (way.flag == "--sse").then_some("it has no HTTP+SSE"),
    });
    if let Some(folder) = installed::inspector() {
        clients.push(Client {
            name: "@modelcontextprotocol/inspector 2.x",
            command: vec!["node".into(), folder.join("operations.mjs")],
            lacks: |_| None,
        });
    }
    Ok(clients)
}

impl Client {
    fn run(&self, way: Way, target: &str) -> Vec<Cell> {
        match self.report(way, target) {
            Ok(report) => OPERATIONS.iter().map(|name| cell(&report["operations"][name])).collect(),
            Err(error) => vec![Cell::Failed(format!("{error:#}")); OPERATIONS.len()],
        }
    }

    fn report(&self, way: Way, target: &str) -> Result<Value> {
        let (program, arguments) = self.command.split_first().context("a client is a program")?;
        let output = Command::new(program)
            .args(arguments)
            .args(["--generation", way.generation, way.flag, target])
            .output()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "it ends with {}: {errors}", output.status);
        serde_json::from_slice(&output.stdout).with_context(|| format!("no report: {errors}"))
    }
}

fn cell(outcome: &Value) -> Cell {
    match outcome {
        Value::String(text) if text == "ok" => Cell::Fine,
        Value::Object(reason) if reason.contains_key("unsupported") => {
            let reason = reason.get("unsupported").and_then(Value::as_str).unwrap_or_default();
            Cell::Unsupported(reason.to_owned())
        }
        Value::String(text) => Cell::Failed(text.clone()),
        other => Cell::Failed(format!("not reported: {other}")),
    }
}

/// Prints the table and, below it, a line for whatever is not fine. Gives the number of failures.
#[expect(clippy::print_stdout, reason = "the table is the result of the command")]
fn print(rows: &[Row]) -> usize {
    let width = rows.iter().map(|row| row.client.len()).max().unwrap_or_default();
    let operations = OPERATIONS.map(|name| format!("{name:<9}")).join("");
    println!("{:<width$}  {:<7}  {:<10}  {operations}", "client", "on", "generation");
    let mut notes: Vec<String> = Vec::new();
    let mut failures = 0;
    for Row { client, way, cells } in rows {
        let mut line = String::new();
        for (cell, operation) in cells.iter().zip(OPERATIONS) {
            let word = match cell {
                Cell::Fine => "ok",
                Cell::Unsupported(reason) => {
                    notes.push(format!(
                        "{client}: {operation} on {}: not supported by that client: {reason}",
                        way.flag.trim_start_matches('-')
                    ));
                    "-"
                }
                Cell::Failed(reason) => {
                    failures += 1;
                    notes.push(format!(
                        "FAILED {client}: {operation} on {}, {}: {reason}",
                        way.flag.trim_start_matches('-'),
                        way.generation
                    ));
                    "FAILED"
                }
            };
            line.push_str(&format!("{word:<9}"));
        }
        let on = way.flag.trim_start_matches('-');
        println!("{client:<width$}  {on:<7}  {:<10}  {}", way.generation, line.trim_end());
    }
    notes.sort();
    notes.dedup();
    for note in notes {
        println!("{note}");
    }
    failures
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Cell, cell};

    #[test]
    fn what_is_not_reported_has_failed() {
        assert_eq!(cell(&json!("ok")), Cell::Fine);
        let unsupported = json!({ "unsupported": "why" });
        assert_eq!(cell(&unsupported), Cell::Unsupported("why".to_owned()));
        assert!(matches!(cell(&json!("timeout")), Cell::Failed(_)));
        assert!(matches!(cell(&json!(null)), Cell::Failed(_)));
    }
}

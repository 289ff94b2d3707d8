//! The example `todo` as others meet it: schemathesis holds its REST API against its own description,
//! the Python client `mcp` calls the same routes, and what both have made survives a restart.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use blackbox::installed;
use serde_json::{Value, json};

use crate::command::build;
use crate::running::{Server, free_port};

/// Cases for each operation, in each phase of schemathesis.
const CASES: &str = "50";
/// Cases follow from it, so that a failure can be repeated.
const SEED: &str = "20260728";

/// The programs of others that this check needs.
#[derive(Debug)]
pub(crate) struct Tools {
    schemathesis: PathBuf,
    python: PathBuf,
}

impl Tools {
    /// Installs them below `target/`; `None`, loudly, where that is impossible.
    pub(crate) fn install() -> Option<Self> {
        let schemathesis = installed::python("requirements-schemathesis.txt")?;
        Some(Self {
            schemathesis: schemathesis.with_file_name("schemathesis"),
            python: installed::python("requirements.txt")?,
        })
    }
}

/// Runs the check.
///
/// # Errors
///
/// Fails when the server does not answer as it says, or forgets what it was told.
pub(crate) fn run(tools: &Tools) -> Result<()> {
    let program = build("todo", &[])?;
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("todo.sqlite3");
    let made = {
        let server = start(&program, &database)?;
        check_rest(tools, &server, folder.path())?;
        check_mcp(tools, &server)?
    };
    let server = start(&program, &database)?;
    let found =
        call(tools, &server, &json!([{ "name": "get_todo", "arguments": { "id": made } }]))?;
    ensure!(
        found[0]["structured"]["title"] == "Water the plants",
        "the server has forgotten what it was told before its restart: {found}"
    );
    Ok(())
}

fn start(program: &Path, database: &Path) -> Result<Server> {
    let port = free_port()?;
    let flags = ["--transport", "http", "--port", &port.to_string(), "--log-level", "warn"];
    let environment = [("TODO_DATABASE", database)];
    Server::start_in(program, &flags, &environment, port)
}

/// Requests made from the description, valid and invalid ones, alone and one after the other.
fn check_rest(tools: &Tools, server: &Server, folder: &Path) -> Result<()> {
    let status = Command::new(&tools.schemathesis)
        .arg("run")
        .arg(format!("http://{}/openapi.json", server.address))
        .args(["--checks", "all", "--max-examples", CASES, "--seed", SEED, "--no-color"])
        // It keeps files of its own where it runs.
        .current_dir(folder)
        .status()
        .with_context(|| format!("cannot run {}", tools.schemathesis.display()))?;
    ensure!(status.success(), "schemathesis has found failures: see above");
    Ok(())
}

/// Calls the routes as tools. Gives the id of the todo that was made.
fn check_mcp(tools: &Tools, server: &Server) -> Result<Value> {
    let new = json!({ "title": "Water the plants", "priority": "high" });
    let made = call(tools, server, &json!([{ "name": "create_todo", "arguments": new }]))?;
    let id = made[0]["structured"]["id"].clone();
    ensure!(id.is_i64(), "create_todo has made nothing: {made}");
    let calls = json!([
        { "name": "update_todo", "arguments": { "id": id, "done": true } },
        { "name": "list_todos", "arguments": { "done": true, "search": "plants" } },
        { "name": "get_todo", "arguments": { "id": 9_007_199_254_740_991_i64 } },
        { "name": "create_todo", "arguments": { "title": "" } },
        { "name": "health" },
    ]);
    let results = call(tools, server, &calls)?;
    ensure!(results[0]["structured"]["done"] == true, "update_todo: {}", results[0]);
    let listed =
        results[1]["structured"]["result"].as_array().or(results[1]["structured"].as_array());
    ensure!(
        listed.is_some_and(|listed| listed.iter().any(|todo| todo["id"] == id)),
        "list_todos: {}",
        results[1]
    );
    ensure!(results[2]["error"] == true, "get_todo finds what is not there: {}", results[2]);
    ensure!(results[3]["error"] == true, "create_todo takes an empty title: {}", results[3]);
    ensure!(
        results[4]["protocol_error"].is_object(),
        "`health` is excluded, and a tool all the same: {}",
        results[4]
    );
    Ok(id)
}

fn call(tools: &Tools, server: &Server, calls: &Value) -> Result<Value> {
    let output = Command::new(&tools.python)
        .arg(installed::script("python/client.py"))
        .args(["--http", &format!("http://{}/mcp", server.address)])
        .args(["--generation", "auto", "--calls", &calls.to_string()])
        .output()
        .with_context(|| format!("cannot run {}", tools.python.display()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the client ends with {}: {errors}", output.status);
    let mut report: Value = serde_json::from_slice(&output.stdout).context("no report")?;
    Ok(report["results"].take())
}

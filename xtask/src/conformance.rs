//! `cargo xtask conformance`: the official conformance suite of MCP against our server.
//!
//! The suite ends with success where a check was left out or only warned, and where a scenario
//! checked nothing. So its exit code is not asked: what it wrote is read and judged here.

mod results;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::command::{answers, build, root};
use crate::running::{Server, free_port};
use results::{Results, Table};

/// The suite, pinned. It needs Node 22, which npx brings as well.
const SUITE: [&str; 6] = [
    "-y",
    "-p",
    "node@22",
    "-p",
    "@modelcontextprotocol/conformance@0.2.0-alpha.12",
    "conformance",
];

/// The revisions that the suite has requirements of, and how many checks a complete run passes. Beside
/// the 196 of the second there is one that this version of the suite always skips.
const REVISIONS: [(&str, usize); 2] = [("2025-11-25", 83), ("2026-07-28", 196)];

/// Arguments of `conformance`.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Arguments {
    /// Run the requirements of this revision only
    #[arg(long, value_name = "REVISION", value_parser = REVISIONS.map(|(revision, _)| revision))]
    requirements: Option<String>,
    /// Run this scenario only
    #[arg(long, value_name = "SCENARIO")]
    only: Option<String>,
    /// Test a server that runs already, instead of starting ours
    #[arg(long)]
    url: Option<String>,
}

/// Whether there is what brings the suite.
pub(crate) fn is_available() -> bool {
    answers("npx", &["--version"])
}

/// Starts the server, runs the suite, prints the table.
///
/// # Errors
///
/// Fails when the suite cannot be run, and when anything of it did not pass.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    ensure!(is_available(), "npx is not installed; on Debian: `apt-get install nodejs npm`");
    let (url, _server) = match &arguments.url {
        Some(url) => (url.clone(), None),
        None => {
            let server = start()?;
            (format!("http://{}/mcp", server.address), Some(server))
        }
    };
    let chosen = |revision: &str| arguments.requirements.as_deref().is_none_or(|it| it == revision);
    let mut table = Table::default();
    for (revision, passes) in REVISIONS.into_iter().filter(|(revision, _)| chosen(revision)) {
        let folder = root().join("target/conformance").join(revision);
        let output = run_suite(&url, revision, arguments.only.as_deref(), &folder)?;
        let results = Results::read(&folder)?;
        if arguments.only.is_none() && results.is_empty() {
            bail!("the suite ran no scenario for {revision}:\n{output}");
        }
        // One scenario has no total to reach.
        let least = arguments.only.is_none().then_some(passes);
        table.add(revision, results, least);
    }
    ensure!(!table.is_empty(), "the suite ran nothing: the scenario is not one of that revision");
    let problems = table.print();
    ensure!(problems == 0, "{problems} problems; see target/conformance");
    Ok(())
}

fn start() -> Result<Server> {
    let program = build("conformance", &[])?;
    let port = free_port()?;
    let flags = ["--transport", "http", "--port", &port.to_string(), "--log-level", "warn"];
    Server::start(&program, &flags, port)
}

/// Runs the suite once and gives what it printed. That scenarios failed is no error here.
fn run_suite(url: &str, revision: &str, only: Option<&str>, folder: &Path) -> Result<String> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    let mut command = Command::new("npx");
    command.args(SUITE).args(["server", "--url", url]).arg("--output-dir").arg(folder);
    match only {
        Some(scenario) => command.args(["--scenario", scenario, "--spec-version", revision]),
        None => command.args(["--requirements", revision]),
    };
    let output =
        command.current_dir(root()).stdin(Stdio::null()).output().context("cannot run npx")?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (said(&output.stdout), said(&output.stderr));
    if !folder.is_dir() {
        bail!("the suite did not run ({}):\n{out}\n{err}", output.status);
    }
    Ok(format!("{out}\n{err}"))
}

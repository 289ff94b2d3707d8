//! `cargo xtask test`: everything that CI checks, in one command.
//!
//! A check whose tool is missing is skipped, and that is said where nobody overlooks it. The tests
//! run last, so that their summary is the end of the output.

use std::process::Command;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::command::{answers, cargo, cargo_command, root};
use crate::{clients, conformance, todo};

/// Arguments of `test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run these checks only, separated by commas
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Check>,
}

/// The checks, in the order in which they run: the quick ones first, the tests last.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Check {
    /// rustfmt
    Fmt,
    /// Spelling, with typos
    Typos,
    /// Licences, bans, sources and advisories of the dependencies, with cargo-deny
    Deny,
    /// Committed crates are what the generator writes
    Gen,
    /// Clippy on all targets, warnings are errors
    Clippy,
    /// Documentation, warnings are errors
    Doc,
    /// Examples in the documentation
    Doctest,
    /// Fuzz targets compile
    Fuzz,
    /// The official conformance suite of MCP
    Conformance,
    /// Real clients, on every transport that they have
    Clients,
    /// The routes of the example `todo`, with schemathesis and a client of MCP
    Todo,
    /// All tests
    Tests,
}

/// What became of a check.
#[derive(Debug, Eq, PartialEq)]
enum Outcome {
    Passed,
    Failed,
    /// With the reason, and what to install.
    Skipped(&'static str),
}

/// Runs the checks, all of them also after one has failed.
///
/// # Errors
///
/// Fails when a check failed.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let chosen = |check: &Check| arguments.only.is_empty() || arguments.only.contains(check);
    let mut failed = Vec::new();
    let mut skipped = Vec::new();
    for check in Check::value_variants().iter().filter(|check| chosen(check)) {
        if *check == Check::Tests {
            say_so_far(&skipped, &failed);
        }
        eprintln!("\n── {}", check.name());
        match check.run() {
            Outcome::Passed => {}
            Outcome::Failed => failed.push(check.name()),
            Outcome::Skipped(reason) => {
                eprintln!("SKIPPED {}: {reason}", check.name());
                skipped.push((check.name(), reason));
            }
        }
    }
    if !chosen(&Check::Tests) {
        say_so_far(&skipped, &[]);
    }
    if failed.is_empty() {
        return Ok(());
    }
    bail!("failed: {}", failed.join(", "))
}

fn say_so_far(skipped: &[(String, &'static str)], failed: &[String]) {
    if !skipped.is_empty() || !failed.is_empty() {
        eprintln!("\n── so far");
    }
    for (name, reason) in skipped {
        eprintln!("SKIPPED {name}: {reason}");
    }
    for name in failed {
        eprintln!("FAILED {name}: see above");
    }
}

impl Check {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn run(self) -> Outcome {
        match self {
            Self::Fmt => cargo_passes(&["fmt", "--all", "--check"]),
            Self::Typos => typos(),
            Self::Deny => deny(),
            Self::Gen => generated(),
            Self::Clippy => cargo_passes(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ]),
            Self::Doc => passes(
                cargo_command(&["doc", "--workspace", "--all-features", "--no-deps", "--quiet"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ),
            Self::Doctest => {
                cargo_passes(&["test", "--workspace", "--all-features", "--doc", "--quiet"])
            }
            Self::Fuzz => fuzz(),
            Self::Conformance => conformance(),
            Self::Clients => clients(),
            Self::Todo => todo(),
            Self::Tests => tests(),
        }
    }
}

fn typos() -> Outcome {
    if !answers("typos", &["--version"]) {
        return Outcome::Skipped("typos is not installed: `pip install typos`");
    }
    passes(Command::new("typos").current_dir(root()))
}

fn deny() -> Outcome {
    if !answers(cargo(), &["deny", "--version"]) {
        return Outcome::Skipped(
            "cargo-deny is not installed: `cargo install --locked cargo-deny`",
        );
    }
    let offline = cargo_passes(&["deny", "--all-features", "check", "bans", "licenses", "sources"]);
    if offline != Outcome::Passed {
        return offline;
    }
    if !answers(cargo(), &["deny", "fetch", "db"]) {
        eprintln!("SKIPPED advisories: the database of advisories cannot be fetched");
        return Outcome::Passed;
    }
    cargo_passes(&["deny", "--all-features", "check", "--disable-fetch", "advisories"])
}

/// `gen --check` for every folder of `specs/`, by this very program.
fn generated() -> Outcome {
    if !root().join("specs").is_dir() {
        return Outcome::Skipped("there is no folder specs/");
    }
    let Ok(program) = std::env::current_exe() else {
        return Outcome::Failed;
    };
    passes(Command::new(program).args(["gen", "--check"]).current_dir(root()))
}

/// Fuzz targets are a workspace of their own; building them as plain programs needs no nightly.
fn fuzz() -> Outcome {
    if !root().join("fuzz/Cargo.toml").is_file() {
        return Outcome::Skipped("there is no folder fuzz/");
    }
    cargo_passes(&[
        "check",
        "--quiet",
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--target-dir",
        "target",
    ])
}

/// The suite against our server, for every revision that it has requirements of.
fn conformance() -> Outcome {
    if !conformance::is_available() {
        return Outcome::Skipped("npx is not installed; on Debian: `apt-get install nodejs npm`");
    }
    with_our_server(|| conformance::run(&conformance::Arguments::default()))
}

fn clients() -> Outcome {
    with_our_server(|| clients::run(&clients::Arguments::default()))
}

fn todo() -> Outcome {
    if !root().join("examples/todo/Cargo.toml").is_file() {
        return Outcome::Skipped("there is no folder examples/todo");
    }
    let Some(tools) = todo::Tools::install() else {
        return Outcome::Skipped("schemathesis cannot be installed: it needs python3 and PyPI");
    };
    outcome(todo::run(&tools))
}

fn with_our_server(check: impl FnOnce() -> Result<()>) -> Outcome {
    if !root().join("tests/conformance/Cargo.toml").is_file() {
        return Outcome::Skipped("there is no folder tests/conformance");
    }
    outcome(check())
}

fn outcome(result: Result<()>) -> Outcome {
    match result {
        Ok(()) => Outcome::Passed,
        Err(error) => {
            eprintln!("{error:#}");
            Outcome::Failed
        }
    }
}

fn tests() -> Outcome {
    if answers(cargo(), &["nextest", "--version"]) {
        return cargo_passes(&[
            "nextest",
            "run",
            "--workspace",
            "--all-features",
            "--no-fail-fast",
        ]);
    }
    eprintln!(
        "cargo-nextest is not installed: the tests run under `cargo test`, one crate at a time"
    );
    cargo_passes(&[
        "test",
        "--workspace",
        "--all-features",
        "--all-targets",
        "--no-fail-fast",
        "--quiet",
    ])
}

fn cargo_passes(arguments: &[&str]) -> Outcome {
    passes(&mut cargo_command(arguments))
}

fn passes(command: &mut Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Outcome::Passed,
        Ok(_) => Outcome::Failed,
        Err(error) => {
            eprintln!("cannot run {}: {error}", command.get_program().display());
            Outcome::Failed
        }
    }
}

#[cfg(test)]
mod tests_of_the_list {
    use clap::ValueEnum as _;

    use super::Check;

    #[test]
    fn tests_run_last() {
        assert_eq!(Check::value_variants().last(), Some(&Check::Tests));
    }
}

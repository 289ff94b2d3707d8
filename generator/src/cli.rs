//! The commands `gen`, `init`, `inspect` and `schema`: arguments, disk, terminal, processes, exit codes.
//!
//! Everything else of this crate is pure; what touches the world is here and in the build script
//! support. A consumer's xtask is three lines around [`main`].

#![expect(
    clippy::disallowed_methods,
    reason = "the command line is the part of the generator that reads files and variables"
)]

mod again;
mod announce;
mod components;
mod example;
mod generate;
pub mod http;
mod init;
mod inspect;
pub(crate) mod load;
pub mod output;
mod progress;
pub mod render;
mod runtime_source;
mod serve;
mod table;
mod target;
mod workspace;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::Generated;
use crate::emit::RuntimeDependency;

/// The commands that a consumer's xtask has.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Generate server crates from OpenAPI documents and mcp.toml files
    Gen(generate::Arguments),
    /// Set up `cargo xtask` in another project
    Init(init::Arguments),
    /// Show what an input becomes: components, tokens, what was left out
    Inspect(inspect::Arguments),
    /// Print the JSON Schema of mcp.toml, for editors
    Schema,
    /// Wait for a server and print how to reach it
    #[command(hide = true)]
    Announce,
}

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Turns OpenAPI documents and TOML declarations into MCP server crates",
    version
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// What `gen` makes of an input, in memory: nothing is written or printed.
///
/// # Errors
///
/// Fails where `gen` does, with the text that it prints.
pub fn generate_in_memory(
    input: &std::path::Path,
    runtime: RuntimeDependency,
) -> Result<Generated, String> {
    generate::quietly(input, runtime).map(|outcome| outcome.generated)
}

/// Reads the arguments of the process, runs the command, and gives its exit code: 0 fine,
/// 1 failed, 2 wrong usage.
#[must_use]
pub fn main() -> ExitCode {
    CommandLine::parse().command.run()
}

impl Command {
    /// Runs the command, with its messages on standard error and its results on standard output.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let outcome = match self {
            Self::Gen(arguments) => generate::run(arguments),
            Self::Init(arguments) => init::run(&arguments),
            Self::Inspect(arguments) => inspect::run(&arguments),
            Self::Schema => say(&crate::input::manifest::schema_text()),
            Self::Announce => announce::run(),
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(Failure::Reported) => ExitCode::FAILURE,
            Err(Failure::Failed(message)) => {
                eprintln!("error: {message}");
                ExitCode::FAILURE
            }
            Err(Failure::Usage(message)) => {
                eprintln!("error: {message}");
                ExitCode::from(2)
            }
        }
    }
}

/// Why a command did not succeed.
#[derive(Debug)]
enum Failure {
    /// The command was called in a way that makes no sense.
    Usage(String),
    /// Something did not work; the message is still to be printed.
    Failed(String),
    /// Something did not work, and the messages about it are printed.
    Reported,
}

impl Failure {
    fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// What is still to be printed.
    fn into_message(self) -> String {
        match self {
            Self::Usage(message) | Self::Failed(message) => message,
            Self::Reported => String::new(),
        }
    }

    fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }
}

/// Writes a result to standard output.
///
/// # Errors
///
/// Fails when nobody reads it: `cargo xtask inspect … | head` ends there without a word.
fn say(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Failure::Reported,
        _ => Failure::failed(format!("cannot write to standard output: {error}")),
    })
}

//! `cargo xtask …`: the generator's commands, and the chores of this repository.

mod bench;
mod checks;
mod clients;
mod command;
mod conformance;
mod corpus;
#[cfg(test)]
mod documentation;
mod load;
mod running;
mod todo;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// The generator makes many small values, for which glibc takes a third of its time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Commands of this repository")]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Generator(mcpwright_generator::cli::Command),
    /// Run everything that CI checks
    Test(checks::Arguments),
    /// Run the official conformance suite of MCP against the conformance server
    Conformance(conformance::Arguments),
    /// Let real clients do everything that they can with the conformance server
    Clients(clients::Arguments),
    /// Compare a generated server with an HTTP route that returns fixed bytes
    Bench(bench::Arguments),
    /// Generate real documents, and compare their requests with recorded ones
    Corpus(corpus::Arguments),
}

fn main() -> ExitCode {
    let outcome = match CommandLine::parse().command {
        Command::Generator(command) => return command.run(),
        Command::Test(arguments) => checks::run(&arguments),
        Command::Conformance(arguments) => conformance::run(&arguments),
        Command::Clients(arguments) => clients::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Corpus(arguments) => corpus::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! The examples as a program, whose files are in the folder in which it is started.

use std::process::ExitCode;

use ported_examples::{Examples, server};

fn main() -> ExitCode {
    ported_mcp::main(server(Examples { folder: ".".into() }))
}

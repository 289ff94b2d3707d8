//! The server of the conformance suite as a program: `conformance-server --transport http --port N`.

use std::process::ExitCode;

fn main() -> ExitCode {
    conformance_mcp::main(conformance::server())
}

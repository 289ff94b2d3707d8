//! The MCP server `calculator`.

mod handlers;

use std::process::ExitCode;

use crate::handlers::Calculator;

fn main() -> ExitCode {
    let server = calculator_mcp::server(Calculator);
    calculator_mcp::main(server)
}

//! The MCP server `calculator`.

mod handlers;

use std::process::ExitCode;

use crate::handlers::MyHandlers;

fn main() -> ExitCode {
    let server = calculator_mcp::server(MyHandlers);
    calculator_mcp::main(server)
}

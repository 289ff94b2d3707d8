//! The MCP server `todo`.

mod handlers;

use std::process::ExitCode;

use crate::handlers::MyHandlers;

fn main() -> ExitCode {
    let server = todo_mcp::server(MyHandlers);
    todo_mcp::main(server)
}

//! The MCP server `weather`.

mod handlers;

use std::process::ExitCode;

use crate::handlers::MyHandlers;

fn main() -> ExitCode {
    let server = weather_mcp::server(MyHandlers);
    weather_mcp::main(server)
}

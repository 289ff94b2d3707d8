//! The MCP server `weather`.

mod handlers;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use crate::handlers::Station;

fn main() -> ExitCode {
    let server = weather_mcp::server(Station);
    weather_mcp::main(server)
}

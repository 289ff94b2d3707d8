//! The server that the official conformance suite of MCP tests, declared in `specs/conformance`: what
//! its handlers do is what the suite's scenarios expect of a server.

mod asking;
mod handlers;
mod media;

use mcpwright::Server;

pub use crate::handlers::Fixture;

/// The server, to be run on any transport.
#[must_use]
pub fn server() -> Server {
    conformance_mcp::server(Fixture)
}

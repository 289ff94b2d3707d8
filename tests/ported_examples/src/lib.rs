//! Examples of FastMCP's documentation, rebuilt: `specs/ported` declares them, this crate has their
//! handlers, and `tests/examples` says what each does. The README tells which example is where.

mod handlers;
mod pages;

use mcpwright::Server;

pub use crate::handlers::Examples;
pub use crate::pages::Pages;

/// The server, whose files are below `examples.folder` and whose calls share one [`Pages`].
#[must_use]
pub fn server(examples: Examples) -> Server {
    ported_mcp::server(examples).lifespan(|| async { Ok(Pages::open()) })
}

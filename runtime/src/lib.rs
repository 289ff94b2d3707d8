//! The runtime of MCP servers made by mcpwright: what a generated crate links.
//!
//! A generated crate hands its tables ([`Declaration`]) to a [`Server`]; the server answers both
//! protocol generations on stdio, Streamable HTTP and in memory.

pub mod arguments;
pub mod declaration;
pub mod operation;
pub mod result;
#[cfg(feature = "upstream")]
pub mod upstream;

pub use crate::declaration::Declaration;

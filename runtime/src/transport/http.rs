//! Streamable HTTP: the MCP endpoint as the first thing on a hyper connection, an axum router for
//! every other path.

mod additions;
mod answer;
mod connection;
mod endpoint;
mod guard;
mod headers;
mod listen;
mod turns;

pub use self::listen::serve;

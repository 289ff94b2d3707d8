//! Streamable HTTP: the MCP endpoint as the first thing on a hyper connection, an axum router for
//! every other path.

mod additions;
mod answer;
mod connection;
mod cors;
mod endpoint;
mod events;
mod guard;
mod headers;
mod legacy_sse;
mod listen;
mod rest;
mod streams;
mod turns;

pub use self::listen::{serve, serve_with_sse};

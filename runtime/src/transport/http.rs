//! Streamable HTTP: the MCP endpoint as the first thing on a hyper connection, an axum router for
//! every other path.

mod answer;
mod endpoint;
mod extension;
mod guard;
mod headers;
mod listen;

pub(crate) use self::extension::Extension;
pub use self::listen::serve;

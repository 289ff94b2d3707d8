//! The runtime of MCP servers made by mcpwright: what a generated crate links.
//!
//! A generated crate hands its tables ([`Declaration`]) to a [`Server`]; the server answers both
//! protocol generations on stdio, Streamable HTTP and in memory.

pub mod arguments;
pub mod cli;
mod clock;
#[doc(hidden)]
pub mod codegen;
pub mod components;
pub mod context;
pub mod declaration;
pub mod elicitation;
#[cfg(feature = "files")]
mod files;
mod format;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod handler;
mod lifecycle;
#[cfg(any(feature = "files", feature = "upstream"))]
mod media_type;
pub mod operation;
mod protocol;
pub mod result;
pub mod roots;
pub mod sampling;
#[cfg(feature = "schema")]
pub mod schema;
mod server;
mod setting;
pub mod store;
mod task;
pub mod testing;
pub mod transport;
#[cfg(feature = "upstream")]
pub mod upstream;
pub mod uri_template;
mod visibility;

/// Dates, times and durations of declared types, in the version that generated code uses.
#[cfg(feature = "jiff")]
pub use jiff;
/// UUIDs of declared types, in the version that generated code uses.
#[cfg(feature = "uuid")]
pub use uuid;

/// Any JSON value: what the type `Any` and a bare `dict` are.
pub use serde_json::Value;

pub use crate::context::{Context, LogLevel, Principal};
pub use crate::declaration::{Capability, Declaration};
pub use crate::result::{
    Annotations, Completing, Completion, CompletionError, Content, HandlerError, IntoPromptResult,
    IntoResourceResult, IntoToolResult, Json, Meta, PromptError, PromptMessage, PromptResult,
    ResourceContent, ResourceContents, ResourceError, ResourceLink, ResourceResult, Role,
    ToolError, ToolResult,
};
pub use crate::server::{CompletionTarget, Components, Options, Server, Usage};

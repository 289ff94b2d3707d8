//! The JSON-RPC and MCP wire: parsing of messages and encoding of answers, for both generations.
//!
//! Nothing here decides which generation a request belongs to (that is [`crate::lifecycle`]) and
//! nothing knows sockets, tasks or handlers: bytes in, bytes out.

pub(crate) mod ask;
pub(crate) mod canonical;
pub(crate) mod change;
pub(crate) mod completion;
pub(crate) mod content;
pub(crate) mod cursor;
pub(crate) mod depth;
pub(crate) mod envelope;
pub(crate) mod error;
pub(crate) mod escape;
pub(crate) mod level;
pub(crate) mod meta;
pub(crate) mod params;
pub(crate) mod prompt;
pub(crate) mod resource;
pub(crate) mod response;
pub(crate) mod round;
pub(crate) mod time;
pub(crate) mod tool;

/// What the wire of one request can carry. [`crate::lifecycle`] derives it from the version.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Wire {
    /// The 2026-07-28 wire: results carry `resultType` and the server's name.
    pub(crate) stateless: bool,
    /// `structuredContent`, links to resources and `_meta` of parts exist: since 2025-06-18.
    pub(crate) structured: bool,
    /// `audio` content exists.
    pub(crate) audio: bool,
}

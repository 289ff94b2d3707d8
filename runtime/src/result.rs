//! Results of tools: content blocks, structured content, and errors that the model should read.

mod into;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use serde_json::value::RawValue;

pub use self::into::{IntoToolResult, Json};

/// What a tool answers.
#[derive(Clone, Debug, Default)]
pub struct ToolResult {
    /// Content blocks, in order.
    pub content: Vec<Content>,
    /// The structured content as JSON text. For tools with [`Output::Wrapped`] it is the bare
    /// value; the encoder wraps it on the wires that want an object.
    ///
    /// [`Output::Wrapped`]: crate::operation::Output::Wrapped
    pub structured: Option<Box<RawValue>>,
    /// The call failed; the content says why.
    pub is_error: bool,
}

/// One content block (MCP 2026-07-28, `ContentBlock`).
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Text.
    Text(String),
    /// An image.
    Image {
        /// Base64 of the bytes.
        data: String,
        /// Media type, `image/png`.
        mime_type: String,
    },
    /// Sound.
    Audio {
        /// Base64 of the bytes.
        data: String,
        /// Media type, `audio/wav`.
        mime_type: String,
    },
    /// A resource inside the result.
    Resource {
        /// URI of the resource.
        uri: String,
        /// Media type.
        mime_type: String,
        /// Its content.
        contents: ResourceContents,
    },
}

/// Content of an embedded resource.
#[derive(Clone, Debug, PartialEq)]
pub enum ResourceContents {
    /// Text.
    Text(String),
    /// Base64 of bytes.
    Blob(String),
}

/// A failed tool call: a message for the model and a chain of causes for the log.
///
/// The message reaches the client unless the server masks error details and the error is not
/// [`ToolError::public`]. The source never does; it goes to `tracing`.
#[derive(Debug)]
pub struct ToolError {
    message: Cow<'static, str>,
    public: bool,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl ToolError {
    /// An error whose message is meant for the caller, also when details are masked.
    #[must_use]
    pub fn public(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), public: true, source: None }
    }

    /// An error whose message is hidden when details are masked.
    #[must_use]
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), public: false, source: None }
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The outermost message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether the message passes when details are masked.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.public
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for ToolError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

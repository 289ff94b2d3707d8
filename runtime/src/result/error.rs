//! Errors of handlers.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use serde_json::Value;

/// An error of a handler: a message for the caller and a chain of causes for the log.
///
/// The message reaches the client unless the server masks error details and the error is not
/// [`HandlerError::public`]. The source never does; it goes to `tracing`.
///
/// A failed tool is a result that the model reads. Where the client itself has to react, an error
/// with a code ([`HandlerError::with_code`]) is an error of JSON-RPC.
#[derive(Debug)]
pub struct HandlerError(Box<Parts>);

/// In a box, so that results which are mostly values stay small.
#[derive(Debug)]
struct Parts {
    message: Cow<'static, str>,
    public: bool,
    code: Option<i32>,
    status: Option<u16>,
    data: Option<Value>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The error of a tool.
pub type ToolError = HandlerError;
/// The error of a resource or a resource template.
pub type ResourceError = HandlerError;
/// The error of a prompt.
pub type PromptError = HandlerError;
/// The error of a completion.
pub type CompletionError = HandlerError;

impl HandlerError {
    /// An error whose message is meant for the caller, also when details are masked.
    #[must_use]
    pub fn public(message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Parts {
            message: message.into(),
            public: true,
            code: None,
            status: None,
            data: None,
            source: None,
        }))
    }

    /// An error whose message is hidden when details are masked.
    #[must_use]
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::public(message);
        error.0.public = false;
        error
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Makes it an error of JSON-RPC with this code, also where it comes from a tool. Codes from
    /// -32768 to -32000 belong to JSON-RPC and MCP; -32602 is for parameters that do not fit.
    /// Where a version lacks a code, the client reads the nearest one: -32002 is -32602 in 2026-07-28, and
    /// -32042 (pages that the user has to open first) is -32603 in all but 2025-11-25.
    #[must_use]
    pub fn with_code(mut self, code: i32) -> Self {
        self.0.code = Some(code);
        self
    }

    /// Adds `data` of the error of JSON-RPC. It has an effect with a code only.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.0.data = Some(data);
        self
    }

    /// The HTTP status that a route answers with. Without one it is 400 for a
    /// [`HandlerError::public`] error and 500 for any other; what is no status of an error counts as
    /// none. It has no effect on MCP.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status).filter(|status| (400..=599).contains(status));
        self
    }

    /// The outermost message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether the message passes when details are masked.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.0.public
    }

    /// The code, where it is an error of JSON-RPC.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.0.code
    }

    /// The HTTP status that a route answers with.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// `data` of the error of JSON-RPC.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.0.data.as_ref()
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl Error for HandlerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

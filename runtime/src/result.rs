//! What handlers give: results of the four kinds, content blocks, and errors with a public message
//! and a private cause.

mod completion;
mod content;
mod error;
mod into;
pub(crate) mod number;
mod prompt;
pub(crate) mod resource;
mod tool;

/// Additional data for programs: the members of a `_meta` object.
pub type Meta = serde_json::Map<String, serde_json::Value>;

pub use self::completion::{Completing, Completion};
pub use self::content::{Annotations, Content, ResourceContents, ResourceLink};
pub use self::error::{CompletionError, HandlerError, PromptError, ResourceError, ToolError};
pub use self::into::{IntoPromptResult, IntoResourceResult, IntoToolResult, Json};
pub use self::prompt::{PromptMessage, PromptResult};
pub use self::resource::{ResourceContent, ResourceResult};
pub use self::tool::ToolResult;
pub use crate::declaration::Role;

//! What a tool answers.

use serde_json::value::RawValue;

use super::{Content, Meta};

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
    /// `_meta` of the result.
    pub meta: Meta,
}

impl ToolResult {
    /// One text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::blocks([Content::Text(text.into())])
    }

    /// These content blocks.
    #[must_use]
    pub fn blocks(content: impl IntoIterator<Item = Content>) -> Self {
        Self { content: content.into_iter().collect(), ..Self::default() }
    }

    /// A failed call that says why.
    #[must_use]
    pub fn failed(text: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::text(text) }
    }

    /// The texts of its blocks, one after the other.
    #[must_use]
    pub fn texts(&self) -> String {
        let texts: Vec<&str> = self.content.iter().filter_map(Content::as_text).collect();
        texts.join("\n")
    }

    /// Adds a member to `_meta`.
    #[must_use]
    pub fn with_meta(
        mut self,
        key: impl Into<String>,
        value: impl Into<serde_json::Value>,
    ) -> Self {
        self.meta.insert(key.into(), value.into());
        self
    }
}

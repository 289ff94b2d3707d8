//! What a prompt answers.

use super::{Content, Meta};
use crate::declaration::Role;

/// What a prompt answers.
#[derive(Clone, Debug, Default)]
pub struct PromptResult {
    /// The messages, in order.
    pub messages: Vec<PromptMessage>,
    /// Description; empty: that of the prompt.
    pub description: String,
    /// `_meta` of the result.
    pub meta: Meta,
}

/// A message of a prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptMessage {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: Content,
}

impl PromptMessage {
    /// Something that the user says: a text or any content block.
    #[must_use]
    pub fn user(content: impl Into<Content>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// Something that the model says: a text or any content block.
    #[must_use]
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }
}

impl PromptResult {
    /// These messages.
    #[must_use]
    pub fn new(messages: impl IntoIterator<Item = PromptMessage>) -> Self {
        Self { messages: messages.into_iter().collect(), ..Self::default() }
    }

    /// One message of the user.
    #[must_use]
    pub fn user(content: impl Into<Content>) -> Self {
        Self::new([PromptMessage::user(content)])
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

//! Prompts declared in TOML.

use super::{About, Capability, DeclaredArgument};

/// A `[[prompt]]`.
#[derive(Clone, Debug)]
pub struct DeclaredPrompt {
    /// What lists say about it.
    pub about: About,
    /// Its arguments, in the order of the file.
    pub arguments: Vec<DeclaredArgument>,
    /// Its messages, templates of minijinja; `None`: a handler renders it.
    pub messages: Option<Vec<Message>>,
    /// Seconds for rendering it.
    pub timeout: Option<f64>,
    /// What a client must offer.
    pub requires: Vec<Capability>,
    /// The handler blocks its thread.
    pub blocking: bool,
}

/// A message of a prompt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// The model says it, rather than the user.
    pub by_assistant: bool,
    /// The template.
    pub text: String,
}

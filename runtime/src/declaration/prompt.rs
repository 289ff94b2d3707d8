//! Prompts.

use std::time::Duration;

use super::{Capability, Completer, Injection};
use crate::operation::Argument;

/// A prompt.
#[derive(Debug)]
pub struct Prompt {
    /// Name of the prompt.
    pub name: &'static str,
    /// Description, which its result repeats; empty: none.
    pub description: &'static str,
    /// Its arguments. On the wire each is a text; one of another kind is written as JSON.
    pub arguments: &'static [Argument],
    /// The schema of its arguments as JSON text, where their table does not say everything; empty: it
    /// does.
    pub schema: &'static str,
    /// The arguments that callers do not give.
    pub inject: &'static [Injection],
    /// Where its messages come from.
    pub source: PromptSource,
    /// What completes its arguments.
    pub completers: &'static [Completer],
    /// What a client must offer for it to be rendered.
    pub requires: &'static [Capability],
    /// Time for rendering it, instead of [`Limits::tool_time`](super::Limits::tool_time).
    pub timeout: Option<Duration>,
    /// Its tags.
    pub tags: &'static [&'static str],
    /// Its version; empty: none.
    pub version: &'static str,
}

impl Prompt {
    /// A prompt that a handler renders.
    pub const DEFAULT: Self = Self {
        name: "",
        description: "",
        arguments: &[],
        schema: "",
        inject: &[],
        source: PromptSource::Handler,
        completers: &[],
        requires: &[],
        timeout: None,
        tags: &[],
        version: "",
    };
}

/// Where the messages of a prompt come from.
#[derive(Clone, Copy, Debug)]
pub enum PromptSource {
    /// A hand-written handler.
    Handler,
    /// Texts with variables.
    Messages(&'static [Message]),
}

/// A message of a declared prompt.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// A minijinja template over the arguments. The generator has checked that it parses, names no
    /// other variable, and renders with sample values.
    pub text: &'static str,
}

/// Who says a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// The user.
    User,
    /// The model.
    Assistant,
}

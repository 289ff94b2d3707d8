//! Completion of arguments of prompts and resource templates.

/// What completes one argument.
#[derive(Clone, Copy, Debug)]
pub struct Completer {
    /// Name of the argument.
    pub argument: &'static str,
    /// Where the suggestions come from.
    pub completions: Completions,
}

/// Where suggestions come from.
#[derive(Clone, Copy, Debug)]
pub enum Completions {
    /// Those of the list that begin with what was typed, whatever the case.
    Values(&'static [&'static str]),
    /// A hand-written handler.
    Handler,
}

//! What is wrong with the arguments of a call, in words for the model.

use std::error::Error;
use std::fmt;

/// Characters of a value that a message shows.
const SHOWN: usize = 60;
/// Violations that are told; more would help nobody and cost a hostile caller nothing.
pub(super) const MOST_MESSAGES: usize = 50;
/// Similarity (Jaro-Winkler) from which a text is suggested for another one.
pub(super) const NEAR: f64 = 0.8;
/// Bytes of a text that is compared with others for a suggestion.
const COMPARED: usize = 100;

/// Everything that is wrong with the arguments of one call. `Display` is what the model reads.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ArgumentErrors {
    messages: Vec<String>,
}

impl ArgumentErrors {
    pub(super) const fn new(messages: Vec<String>) -> Self {
        Self { messages }
    }

    pub(super) fn one(message: impl Into<String>) -> Self {
        Self { messages: vec![message.into()] }
    }

    /// One message per violation, in the order in which they were found.
    #[must_use]
    pub fn messages(&self) -> &[String] {
        &self.messages
    }
}

impl fmt::Display for ArgumentErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.messages.as_slice() {
            [only] => formatter.write_str(only),
            several => {
                write!(formatter, "{} problems with the arguments:", several.len())?;
                several.iter().try_for_each(|message| write!(formatter, "\n- {message}"))
            }
        }
    }
}

impl Error for ArgumentErrors {}

/// A value as a message shows it: its JSON text, cut where it is long.
pub(super) fn shown(json: &str) -> String {
    match json.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &json[..end]),
        None => json.to_owned(),
    }
}

/// Whether a text is short enough to look for others like it.
pub(super) const fn is_comparable(text: &str) -> bool {
    text.len() <= COMPARED
}

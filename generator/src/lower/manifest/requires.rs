//! `requires`: what a client must offer.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::input::manifest::Placed;
use crate::model::Capability;
use crate::source::Span;

/// The words of `requires`.
const CAPABILITIES: &[(&str, Capability)] = &[
    ("elicitation", Capability::Elicitation),
    ("elicitation.url", Capability::ElicitationUrl),
    ("sampling", Capability::Sampling),
    ("sampling.tools", Capability::SamplingTools),
    ("roots", Capability::Roots),
];

/// The capabilities of a component; a word that is none is reported.
pub(super) fn lower(words: &[Placed<String>], diagnostics: &mut Diagnostics) -> Vec<Capability> {
    words.iter().filter_map(|word| capability(&word.value, word.span, diagnostics)).collect()
}

fn capability(word: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<Capability> {
    let found = CAPABILITIES.iter().find(|(known, _)| *known == word);
    if found.is_none() {
        let words: Vec<&str> = CAPABILITIES.iter().map(|(known, _)| *known).collect();
        let help = match near(word, words.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("clients have {}", words.join(", ")),
        };
        let message = format!("`{word}` is not something that a client offers");
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(span, "").help(help));
    }
    found.map(|(_, capability)| *capability)
}

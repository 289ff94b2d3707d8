//! The environment variables that nobody chose: each stands for one thing, or a secret would go to
//! the wrong host.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Span;

/// The variables so far.
#[derive(Debug, Default)]
pub(super) struct Variables {
    made: BTreeMap<String, Made>,
}

/// What a variable stands for.
#[derive(Debug)]
pub(super) struct Made {
    /// The document that it belongs to.
    pub(super) document: String,
    /// In words, once for each thing: `the security scheme "key" of [openapi.shop]`.
    pub(super) what: String,
    /// Its place in the document, if it has one.
    pub(super) span: Option<Span>,
    /// How to give it another variable.
    pub(super) help: String,
}

impl Variables {
    /// Takes the name for a thing; the same thing may come again. One that a thing of another document has
    /// is an error, since what it holds would reach two hosts. Two things of one document may share it,
    /// with a warning: nothing of a document alone keeps it from being generated.
    pub(super) fn take(&mut self, name: &str, made: Made, diagnostics: &mut Diagnostics) {
        let Some(first) = self.made.get(name) else {
            self.made.insert(name.to_owned(), made);
            return;
        };
        if first.what == made.what {
            return;
        }
        let message = format!(
            "{} and {} would both be read from the environment variable {name}",
            first.what, made.what
        );
        let problem = if first.document == made.document {
            Diagnostic::warning(Code::E0405, message)
        } else {
            Diagnostic::error(Code::E0405, message)
        };
        let mut problem = problem.help(made.help);
        if let Some(span) = made.span {
            problem = problem.at(span, "");
        }
        if let Some(span) = first.span {
            problem = problem.also(span, "the first of them");
        }
        diagnostics.push(problem);
    }
}

//! What is shared while a document is read: where its references lead, and what is noted about it.

use super::notes::Notes;
use super::reference::Resolver;

/// A document that is being read.
#[derive(Debug)]
pub struct Reader<'d> {
    /// Where its references lead.
    pub resolver: Resolver<'d>,
    /// What is noted about it.
    pub notes: Notes,
}

impl<'d> Reader<'d> {
    /// Nothing is noted yet.
    #[must_use]
    pub fn new(resolver: Resolver<'d>) -> Self {
        Self { resolver, notes: Notes::default() }
    }
}

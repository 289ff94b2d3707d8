//! What became of the input, in numbers: what was left out, widened or read with tolerance.

use indexmap::IndexMap;

use super::Report;
use crate::model::Api;

type Counts = IndexMap<String, usize>;

/// The counts so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Census {
    operations: usize,
    left_out: Counts,
    widened: Counts,
    unenforced: Counts,
    skipped: Counts,
    tolerated: Counts,
}

impl Census {
    /// Takes over what was counted while a document was read.
    pub(super) fn add_document(&mut self, api: &Api) {
        self.operations += api.operations.len() + api.skipped.values().sum::<usize>();
        for (counts, more) in
            [(&mut self.left_out, &api.skipped), (&mut self.tolerated, &api.census)]
        {
            for (what, number) in more {
                *counts.entry(what.clone()).or_default() += number;
            }
        }
    }

    /// Counts a part that is not carried over.
    pub(super) fn add(&mut self, what: &str) {
        count(&mut self.skipped, what, 1);
    }

    /// Counts a rule that is listed, or was given, and not checked.
    pub(super) fn unenforced(&mut self, what: &str) {
        count(&mut self.unenforced, what, 1);
    }

    /// Counts values whose type is wider than what was declared.
    pub(super) fn widened(&mut self, what: &str, number: usize) {
        count(&mut self.widened, what, number);
    }

    /// How many there were of one part that is not carried over.
    #[cfg(test)]
    pub(super) fn get(&self, what: &str) -> usize {
        self.skipped.get(what).copied().unwrap_or_default()
    }

    /// The numbers, sorted by what they count. `kept` operations became components.
    pub(super) fn report(self, kept: usize) -> Report {
        let left_out = sorted(self.left_out);
        let gone: usize = left_out.iter().map(|(_, number)| number).sum();
        Report {
            operations: self.operations,
            kept,
            excluded: self.operations.saturating_sub(kept + gone),
            left_out,
            widened: sorted(self.widened),
            unenforced: sorted(self.unenforced),
            skipped: sorted(self.skipped),
            tolerated: sorted(self.tolerated),
        }
    }
}

fn count(counts: &mut Counts, what: &str, number: usize) {
    if number > 0 {
        *counts.entry(what.to_owned()).or_default() += number;
    }
}

fn sorted(counts: Counts) -> Vec<(String, usize)> {
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort();
    list
}

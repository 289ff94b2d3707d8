//! What was left out, widened or read with tolerance, counted by what it was.

use indexmap::IndexMap;

/// The counts so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Census {
    counts: IndexMap<String, usize>,
}

impl Census {
    /// Counts one.
    pub(super) fn add(&mut self, what: &str) {
        self.add_many(what, 1);
    }

    /// Counts several.
    pub(super) fn add_many(&mut self, what: &str, number: usize) {
        *self.counts.entry(what.to_owned()).or_default() += number;
    }

    /// How many there were of one thing.
    #[cfg(test)]
    pub(super) fn get(&self, what: &str) -> usize {
        self.counts.get(what).copied().unwrap_or_default()
    }

    /// The counts, sorted by what they count.
    pub(super) fn into_sorted(self) -> Vec<(String, usize)> {
        let mut list: Vec<_> = self.counts.into_iter().collect();
        list.sort();
        list
    }
}

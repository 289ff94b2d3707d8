//! Completion of arguments (`completion/complete`).

use std::collections::BTreeMap;

/// What is to be completed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completing {
    /// Name of the argument.
    pub argument: String,
    /// What was typed so far.
    pub value: String,
    /// The arguments that have values already, where the client tells them.
    pub context: BTreeMap<String, String>,
}

/// Suggestions for an argument, the best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The suggestions. Clients are given the first 100.
    pub values: Vec<String>,
    /// How many there are, where that is known and more than are given.
    pub total: Option<u64>,
}

impl Completion {
    /// Those of `values` that begin with what was typed, whatever the case.
    pub fn matching<V: Into<String> + AsRef<str>>(
        values: impl IntoIterator<Item = V>,
        typed: &str,
    ) -> Self {
        let typed = typed.to_lowercase();
        let begins = |value: &V| value.as_ref().to_lowercase().starts_with(&typed);
        Self::from_iter(values.into_iter().filter(begins))
    }
}

impl<V: Into<String>> FromIterator<V> for Completion {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        Self { values: values.into_iter().map(Into::into).collect(), total: None }
    }
}

impl<V: Into<String>> From<Vec<V>> for Completion {
    fn from(values: Vec<V>) -> Self {
        values.into_iter().collect()
    }
}

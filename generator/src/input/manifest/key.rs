//! What tables of a manifest may hold: each key once, with what it takes and what it is for. A file is
//! read by these descriptions, and the JSON Schema of the file is made of them.

use super::words::Word;

/// The keys of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    own: &'static [Key],
    shared: &'static [Key],
    reserved: &'static [&'static str],
    required: &'static [&'static str],
    words: &'static [&'static [Word]],
}

/// A key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// The key.
    pub(super) name: &'static str,
    /// What it takes.
    pub(super) value: Value,
    /// What it is for, in one sentence without its stop.
    pub(super) docs: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    /// A text that is fixed when the server is generated.
    Text,
    /// A text in which `${NAME}` is replaced when the server starts.
    Start,
    /// A boolean.
    Flag,
    /// A number.
    Number,
    /// A whole number from the first to the second.
    Count(u64, u64),
    /// A time in seconds.
    Seconds,
    /// A regular expression.
    Pattern,
    /// A list of texts.
    Texts,
    /// A list of texts in which `${NAME}` is replaced.
    Starts,
    /// One of some words.
    Words(&'static dyn Words),
    /// Anything.
    Any,
    /// A table of anything.
    Object,
    /// A list.
    List(&'static Self),
    /// A table with keys of the user's.
    Map(&'static Self),
    /// A table with fixed keys.
    Table(&'static Keys),
    /// One of these.
    OneOf(&'static [Self]),
}

/// The words of a choice, whatever they mean.
pub(super) trait Words: std::fmt::Debug {
    /// The words.
    fn words(&self) -> Vec<&'static str>;
}

impl<T: std::fmt::Debug> Words for &'static [(&'static str, T)] {
    fn words(&self) -> Vec<&'static str> {
        self.iter().map(|(word, _)| *word).collect()
    }
}

impl Key {
    pub(super) const fn new(name: &'static str, value: Value, docs: &'static str) -> Self {
        Self { name, value, docs }
    }
}

impl Keys {
    pub(super) const fn of(own: &'static [Key]) -> Self {
        Self { own, shared: &[], reserved: &[], required: &[], words: &[] }
    }

    /// The same with keys that other tables have too.
    pub(super) const fn and(mut self, shared: &'static [Key]) -> Self {
        self.shared = shared;
        self
    }

    /// The same with keys that must be there.
    pub(super) const fn require(mut self, required: &'static [&'static str]) -> Self {
        self.required = required;
        self
    }

    /// The same with keys that a later version will read.
    pub(super) const fn reserve(mut self, reserved: &'static [&'static str]) -> Self {
        self.reserved = reserved;
        self
    }

    /// The same with what other tools call its keys.
    pub(super) const fn called(mut self, words: &'static [&'static [Word]]) -> Self {
        self.words = words;
        self
    }

    /// All keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.shared.iter().chain(self.own)
    }

    /// The names of all keys.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.iter().map(|key| key.name)
    }

    /// The key with this name.
    pub(super) fn find(&self, name: &str) -> Option<&'static Key> {
        self.iter().find(|key| key.name == name)
    }

    /// What other tools call its keys.
    pub(super) fn words(&self) -> impl Iterator<Item = &'static Word> + use<> {
        self.words.iter().copied().flatten()
    }

    /// The word of another tool that is spelled so.
    pub(super) fn word(&self, other: &str) -> Option<&'static Word> {
        self.words().find(|word| word.other == other)
    }

    /// The keys that must be there.
    pub(super) const fn required(&self) -> &'static [&'static str] {
        self.required
    }

    /// Whether a later version will read it.
    pub(super) fn is_reserved(&self, name: &str) -> bool {
        self.reserved.contains(&name)
    }
}

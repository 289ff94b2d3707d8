//! Reading the keys of one table: types, ranges, and what to say about a key that is not known.

use serde_json::Value as Json;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Key, Node, Span, Value};

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// Where it stands.
    pub span: Span,
    /// The value.
    pub value: T,
}

/// A table that is being read. What was not asked for when it ends is reported.
pub(super) struct Table<'n, 's> {
    name: String,
    span: Span,
    entries: &'n [(Key<'s>, Node<'s>)],
    known: Vec<&'static str>,
    reserved: &'static [&'static str],
    renamed: &'static [(&'static str, &'static str)],
}

impl<'n, 's> Table<'n, 's> {
    /// Starts to read a table that messages call `name`; anything else is reported.
    pub(super) fn new(
        name: impl Into<String>,
        node: &'n Node<'s>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let name = name.into();
        let entries = node.as_object().unwrap_or_else(|| {
            let message = format!("{name} must be a table, but it is {}", node.kind());
            diagnostics.push(Diagnostic::error(Code::E0302, message).at(node.span, ""));
            &[]
        });
        Self { name, span: node.span, entries, known: Vec::new(), reserved: &[], renamed: &[] }
    }

    /// Keys that are there but not implemented yet.
    pub(super) const fn reserved(mut self, keys: &'static [&'static str]) -> Self {
        self.reserved = keys;
        self
    }

    /// What other programs call keys of this table, and what to write.
    pub(super) const fn renamed(mut self, keys: &'static [(&'static str, &'static str)]) -> Self {
        self.renamed = keys;
        self
    }

    pub(super) const fn span(&self) -> Span {
        self.span
    }

    /// All keys, for tables whose keys are names.
    pub(super) fn all(&self) -> &'n [(Key<'s>, Node<'s>)] {
        self.entries
    }

    pub(super) fn node(&mut self, key: &'static str) -> Option<&'n Node<'s>> {
        self.known.push(key);
        self.entries.iter().find(|(found, _)| found.name == key).map(|(_, node)| node)
    }

    fn wrong(&self, key: &str, node: &Node<'_>, expected: &str, diagnostics: &mut Diagnostics) {
        let name = &self.name;
        let message = format!("{name} {key} must be {expected}, but it is {}", node.kind());
        diagnostics.push(Diagnostic::error(Code::E0302, message).at(node.span, ""));
    }

    fn range(&self, key: &str, node: &Node<'_>, rule: &str, diagnostics: &mut Diagnostics) {
        let message = format!("{} {key} must be {rule}", self.name);
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(node.span, ""));
    }

    /// A text for people or models: anything goes.
    pub(super) fn prose(&mut self, key: &'static str, d: &mut Diagnostics) -> Option<String> {
        let node = self.node(key)?;
        let Some(text) = node.as_str() else {
            self.wrong(key, node, "a string", d);
            return None;
        };
        Some(text.to_owned())
    }

    /// A text that is fixed at generation.
    pub(super) fn text(
        &mut self,
        key: &'static str,
        d: &mut Diagnostics,
    ) -> Option<Spanned<String>> {
        let node = self.node(key)?;
        let Some(text) = node.as_str() else {
            self.wrong(key, node, "a string", d);
            return None;
        };
        if text.contains("${") {
            let message = format!("{} {key} is fixed at generation and cannot hold `${{…}}`", self.name);
            d.push(
                Diagnostic::error(Code::E0307, message)
                    .at(node.span, "")
                    .help("base_url, headers and credentials are read from the environment at start"),
            );
            return None;
        }
        Some(Spanned { span: node.span, value: text.to_owned() })
    }

    /// One of some words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
        d: &mut Diagnostics,
    ) -> Option<T> {
        let text = self.text(key, d)?;
        let found = choices.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let words: Vec<String> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
            let message = format!("{} {key} cannot be `{}`", self.name, text.value);
            d.push(
                Diagnostic::error(Code::E0307, message)
                    .at(text.span, "")
                    .help(format!("it is one of {}", words.join(", "))),
            );
        }
        found.map(|(_, choice)| *choice)
    }

    pub(super) fn flag(&mut self, key: &'static str, d: &mut Diagnostics) -> Option<bool> {
        let node = self.node(key)?;
        let flag = node.as_bool();
        if flag.is_none() {
            self.wrong(key, node, "true or false", d);
        }
        flag
    }

    /// A whole number in a range.
    pub(super) fn integer(
        &mut self,
        key: &'static str,
        range: std::ops::RangeInclusive<u64>,
        d: &mut Diagnostics,
    ) -> Option<u64> {
        let node = self.node(key)?;
        let Some(text) = node.as_number() else {
            self.wrong(key, node, "an integer", d);
            return None;
        };
        let number = crate::source::number(text);
        let integer = number.as_ref().and_then(serde_json::Number::as_u64);
        let fits = integer.filter(|integer| range.contains(integer));
        if fits.is_none() {
            let whole = number.is_some_and(|number| number.is_i64() || number.is_u64());
            if whole {
                let rule = if *range.end() == u64::MAX {
                    format!("at least {}", range.start())
                } else {
                    format!("between {} and {}", range.start(), range.end())
                };
                self.range(key, node, &rule, d);
            } else {
                self.range(key, node, "an integer", d);
            }
        }
        fits
    }

    /// Any number.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        d: &mut Diagnostics,
    ) -> Option<serde_json::Number> {
        let node = self.node(key)?;
        let number = node.as_number().and_then(crate::source::number);
        if number.is_none() {
            self.wrong(key, node, "a number", d);
        }
        number
    }

    /// Seconds, more than none.
    pub(super) fn seconds(&mut self, key: &'static str, d: &mut Diagnostics) -> Option<f64> {
        let node = self.node(key)?;
        let Some(text) = node.as_number() else {
            self.wrong(key, node, "a number of seconds", d);
            return None;
        };
        let seconds = crate::source::number(text).and_then(|number| number.as_f64());
        let fits = seconds.filter(|seconds| *seconds > 0.0 && *seconds <= 1.0e9);
        if fits.is_none() {
            self.range(key, node, "more than 0 seconds", d);
        }
        fits
    }

    pub(super) fn texts(&mut self, key: &'static str, d: &mut Diagnostics) -> Vec<String> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let Some(items) = node.as_array() else {
            self.wrong(key, node, "a list of strings", d);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => self.wrong(key, item, "a list of strings", d),
            }
        }
        texts
    }

    pub(super) fn json(&mut self, key: &'static str) -> Option<Json> {
        self.node(key).map(Node::to_json)
    }

    pub(super) fn jsons(&mut self, key: &'static str, d: &mut Diagnostics) -> Vec<Json> {
        let Some(node) = self.node(key) else { return Vec::new() };
        match node.as_array() {
            Some(items) => items.iter().map(Node::to_json).collect(),
            None => {
                self.wrong(key, node, "a list", d);
                Vec::new()
            }
        }
    }

    /// The tables of an array of tables.
    pub(super) fn tables(&mut self, key: &'static str, d: &mut Diagnostics) -> &'n [Node<'s>] {
        let Some(node) = self.node(key) else { return &[] };
        node.as_array().unwrap_or_else(|| {
            self.wrong(key, node, &format!("a list of tables, written [[{key}]]"), d);
            &[]
        })
    }

    /// A text that is missing.
    pub(super) fn missing(&self, key: &str, help: impl Into<String>, d: &mut Diagnostics) {
        let message = format!("{} needs `{key}`", self.name);
        d.push(Diagnostic::error(Code::E0303, message).at(self.span, "").help(help));
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self, d: &mut Diagnostics) {
        for (key, _) in self.entries {
            let name = key.name.as_ref();
            if self.known.contains(&name) {
                continue;
            }
            if self.reserved.contains(&name) {
                let message = format!("{} {name} is reserved for a later version", self.name);
                d.push(
                    Diagnostic::error(Code::E0304, message)
                        .at(key.span, "")
                        .help("leave it out: this version would not do what it says"),
                );
                continue;
            }
            let message = format!("{} has no key `{name}`", self.name);
            let problem = Diagnostic::error(Code::E0301, message).at(key.span, "");
            let renamed = self.renamed.iter().find(|(other, _)| *other == name);
            let known = self.known.iter().chain(self.reserved).copied();
            let near = known
                .map(|known| (strsim::jaro_winkler(name, known), known))
                .filter(|(likeness, _)| *likeness > 0.8)
                .max_by(|left, right| left.0.total_cmp(&right.0));
            let mut keys = self.known.clone();
            keys.sort_unstable();
            keys.dedup();
            d.push(problem.help(match (renamed, near) {
                (Some((_, ours)), _) => (*ours).to_owned(),
                (None, Some((_, near))) => format!("did you mean `{near}`?"),
                (None, None) => format!("its keys are {}", keys.join(", ")),
            }));
        }
    }
}

/// Whether every `${…}` of a text is `${NAME}` or `${NAME:-default}`.
pub(super) fn is_setting(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${") {
        let Some((inside, after)) = after.split_once('}') else { return false };
        let name = inside.split_once(":-").map_or(inside, |(name, _)| name);
        let mut letters = name.bytes();
        let starts = letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
        if !starts || !letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_') {
            return false;
        }
        rest = after;
    }
    true
}

/// A text that is completed from the environment at start.
pub(super) fn setting(what: &str, node: &Node<'_>, d: &mut Diagnostics) -> Option<String> {
    let Value::String(text) = &node.value else {
        let message = format!("{what} must be a string, but it is {}", node.kind());
        d.push(Diagnostic::error(Code::E0302, message).at(node.span, ""));
        return None;
    };
    if is_setting(text) {
        return Some(text.to_string());
    }
    let message = format!("{what} holds a `${{` that is not `${{NAME}}` or `${{NAME:-default}}`");
    d.push(Diagnostic::error(Code::E0307, message).at(node.span, ""));
    None
}

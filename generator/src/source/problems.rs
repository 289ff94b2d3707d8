//! What the readers share: spans, duplicate keys, JSON pointers of problems, shortened quotes.

use std::collections::HashMap;

use super::{FileId, Key, Node, Span, Value, join_pointer};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// The mark that some editors put before the text of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// How many problems of one file are collected before its reader gives up.
pub(super) const LIMIT: usize = 100;

/// How many places beside the first one are shown where a problem is there many times.
const SHOWN_PLACES: usize = 2;

/// Up to this many keys are compared with each other, more are hashed.
const FEW_KEYS: usize = 16;

/// A range of bytes as a span. Files end far below 4 GiB.
pub(super) fn span(file: FileId, start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { file, start: offset(start), end: offset(end.max(start)) }
}

/// The text behind a byte order mark, and where it begins.
pub(super) fn without_mark(text: &str) -> (&str, usize) {
    let rest = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    (rest, text.len() - rest.len())
}

/// The problem of a file without content.
pub(super) fn empty_file(file: FileId) -> Diagnostic {
    Diagnostic::error(Code::E0107, "this file is empty")
        .at(span(file, 0, 0), "")
        .help("was it saved, or downloaded completely?")
}

/// The problem of a document that is nested too deeply.
pub(super) fn too_deep(span: Span) -> Diagnostic {
    let limit = super::DEPTH_LIMIT;
    Diagnostic::error(Code::E0106, format!("lists and mappings are nested more than {limit} deep"))
        .at(span, format!("level {}", limit + 1))
}

/// Keys that their mappings have more than once: the last value counts, as it does for most readers
/// of JSON and YAML.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    count: usize,
    first: Option<(String, Span, Span)>,
    others: Vec<Span>,
}

impl Repeated {
    /// Keeps the last value of each key, in the place of the first.
    pub(super) fn drop_from(&mut self, entries: &mut Vec<(Key<'_>, Node<'_>)>) {
        let firsts = duplicates(entries);
        if firsts.is_empty() {
            return;
        }
        for (repeated, first) in &firsts {
            if let (Some((again, _)), Some((key, _))) =
                (entries.get(*repeated), entries.get(*first))
            {
                self.note(&again.name, again.span, key.span);
            }
            entries.swap(*repeated, *first);
        }
        let mut index = 0;
        let mut repeated = firsts.iter().map(|(repeated, _)| *repeated).peekable();
        entries.retain(|_| {
            let drop = repeated.next_if_eq(&index).is_some();
            index += 1;
            !drop
        });
    }

    fn note(&mut self, name: &str, again: Span, before: Span) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some((excerpt(name), again, before));
        } else if self.others.len() < SHOWN_PLACES {
            self.others.push(again);
        }
    }

    /// One warning for all of them.
    pub(super) fn warning(self) -> Option<Diagnostic> {
        let (name, again, before) = self.first?;
        let more = match self.count {
            1 => String::new(),
            count => format!(" (and {} more of this kind)", count - 1),
        };
        let message =
            format!("the key `{name}` is given twice in one mapping; the last one counts{more}");
        let warning = Diagnostic::warning(Code::E0105, message)
            .at(again, "given again here")
            .also(before, "given first here")
            .help("remove or rename one of the two");
        Some(
            self.others.into_iter().fold(warning, |warning, place| warning.also(place, "here too")),
        )
    }
}

/// Pairs of indices: a repeated key in ascending order, and the first one of its name.
fn duplicates(entries: &[(Key<'_>, Node<'_>)]) -> Vec<(usize, usize)> {
    let names = entries.iter().map(|(key, _)| key.name.as_ref()).enumerate();
    if entries.len() <= FEW_KEYS {
        let first = |name: &str| entries.iter().position(|(key, _)| key.name == name);
        return names
            .filter_map(|(index, name)| Some((index, first(name)?)))
            .filter(|(index, first)| index != first)
            .collect();
    }
    let mut seen = HashMap::with_capacity(entries.len());
    names
        .filter_map(|(index, name)| {
            let first = *seen.entry(name).or_insert(index);
            (first != index).then_some((index, first))
        })
        .collect()
}

/// The problem of a key that a mapping has twice.
pub(super) fn duplicate_key(name: &str, again: Span, first: Option<Span>) -> Diagnostic {
    let message = format!("the key `{}` is given twice in one mapping", excerpt(name));
    let problem = Diagnostic::error(Code::E0105, message)
        .at(again, "given again here")
        .help("remove or rename one of the two");
    match first {
        Some(first) => problem.also(first, "given first here"),
        None => problem,
    }
}

/// Text for a message: on one line, and cut where it is long.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).map(visible).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

/// A character for a message: itself where it can be seen.
pub(super) fn visible(char: char) -> String {
    match char {
        '"' | '\'' | '\\' => char.to_string(),
        _ => char.escape_debug().to_string(),
    }
}

/// Hands the problems of a reader on, each with the JSON pointer of its place.
pub(super) fn hand_over(
    problems: Vec<Diagnostic>,
    root: Option<&Node<'_>>,
    diagnostics: &mut Diagnostics,
) {
    for mut problem in problems {
        if let (Some(root), Some(label)) = (root, &problem.primary) {
            problem.pointer = Some(pointer_to(root, label.span.start)).filter(|it| !it.is_empty());
        }
        diagnostics.push(problem);
    }
}

/// The JSON pointer of the innermost value around a place.
fn pointer_to(root: &Node<'_>, place: u32) -> String {
    let mut pointer = String::new();
    let mut node = root;
    loop {
        let inside = |node: &Node<'_>| (node.span.start..node.span.end).contains(&place);
        let next = match &node.value {
            Value::Object(entries) => entries
                .iter()
                .find(|(_, value)| inside(value))
                .map(|(key, value)| (join_pointer(&pointer, &key.name), value)),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .find(|(_, item)| inside(item))
                .map(|(index, item)| (join_pointer(&pointer, &index.to_string()), item)),
            _ => None,
        };
        match next {
            Some((longer, inner)) => (pointer, node) = (longer, inner),
            None => return pointer,
        }
    }
}

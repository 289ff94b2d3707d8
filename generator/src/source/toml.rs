//! TOML to a tree with spans, on the parser of the `toml` crate.
//!
//! Dates and times are strings. Keys stand in the order of the document.

use std::borrow::Cow;
use std::ops::Range;

use toml::de::{DeInteger, DeTable, DeValue};

use super::problems::{self, LIMIT};
use super::{FileId, Key, Node, Span, Value};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Reads a TOML text. Problems are E0104 to E0107.
///
/// The root is a mapping that spans the whole text. A table written with a header spans its
/// header, as does the first of an array of tables for the array.
pub fn parse<'s>(text: &'s str, file: FileId, diagnostics: &mut Diagnostics) -> Option<Node<'s>> {
    let (rest, start) = problems::without_mark(text);
    if rest.trim().is_empty() {
        diagnostics.push(problems::empty_file(file));
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(rest);
    let mut reader = Reader { start, file, problems: Vec::new() };
    let entries = reader.entries(table.into_inner());
    let span = problems::span(file, start, text.len());
    let root = Node { span, value: Value::Object(entries) };
    let mut complete = true;
    // The parser puts a not-a-number where it could not read a value.
    let broken: Vec<Span> = errors.iter().filter_map(|it| Some(reader.span(&it.span()?))).collect();
    let reported = |problem: &Diagnostic| {
        problem.primary.as_ref().is_some_and(|label| broken.contains(&label.span))
    };
    reader.problems.retain(|problem| !reported(problem));
    for error in errors.iter().take(LIMIT) {
        let place = error.span().unwrap_or(rest.len()..rest.len());
        let span = reader.span(&place);
        let problem = if error.message() == "duplicate key" {
            let name = rest.get(place.clone()).unwrap_or_default();
            problems::duplicate_key(name, span, first_of(&root, rest, &place, &reader))
        } else {
            complete = false;
            syntax_error(error.message(), rest.get(place).unwrap_or_default(), span)
        };
        reader.problems.push(problem);
    }
    reader.problems.sort_by_key(|problem| problem.primary.as_ref().map(|label| label.span));
    let root = complete.then_some(root);
    problems::hand_over(reader.problems, root.as_ref(), diagnostics);
    root
}

struct Reader {
    /// Where the text without its byte order mark begins.
    start: usize,
    file: FileId,
    problems: Vec<Diagnostic>,
}

impl Reader {
    fn entries<'s>(&mut self, table: DeTable<'s>) -> Vec<(Key<'s>, Node<'s>)> {
        let mut entries: Vec<_> = table
            .into_iter()
            .map(|(name, value)| {
                let key = Key { span: self.span(&name.span()), name: name.into_inner() };
                let span = self.span(&value.span());
                let value = self.value(value.into_inner(), span);
                (key, Node { span, value })
            })
            .collect();
        entries.sort_by_key(|(key, _)| key.span);
        entries
    }

    fn value<'s>(&mut self, value: DeValue<'s>, span: Span) -> Value<'s> {
        match value {
            DeValue::String(text) => Value::String(text),
            DeValue::Integer(integer) => Value::Number(self.integer(&integer, span)),
            DeValue::Float(float) => {
                let text = float.as_str();
                if !text.parse::<f64>().is_ok_and(f64::is_finite) {
                    self.report(span, format!("`{text}` is not a finite number"));
                }
                Value::Number(Cow::Owned(text.to_owned()))
            }
            DeValue::Boolean(value) => Value::Bool(value),
            DeValue::Datetime(time) => Value::String(Cow::Owned(time.to_string())),
            DeValue::Array(items) => Value::Array(
                items
                    .into_iter()
                    .map(|item| {
                        let span = self.span(&item.span());
                        Node { span, value: self.value(item.into_inner(), span) }
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Value::Object(self.entries(table)),
        }
    }

    /// The decimal digits of an integer, which may be written in another base.
    fn integer<'s>(&mut self, integer: &DeInteger<'s>, span: Span) -> Cow<'s, str> {
        match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(value) => Cow::Owned(value.to_string()),
            Err(_) => {
                self.report(span, format!("`{integer}` is not an integer of 64 bits"));
                Cow::Owned(integer.to_string())
            }
        }
    }

    fn report(&mut self, span: Span, message: String) {
        if self.problems.len() < LIMIT {
            self.problems.push(Diagnostic::error(Code::E0104, message).at(span, ""));
        }
    }

    fn span(&self, range: &Range<usize>) -> Span {
        problems::span(self.file, self.start + range.start, self.start + range.end)
    }
}

/// A syntax error, in other words than the parser's where those would mislead.
fn syntax_error(message: &str, found: &str, span: Span) -> Diagnostic {
    if message.contains("recurs") {
        return Diagnostic::error(Code::E0106, "lists and tables are nested too deeply")
            .at(span, "beyond the limit")
            .help("nothing that can be said here needs more than a few levels");
    }
    // The parser guesses from the first letter which word was meant: `nope` is a broken `nan`.
    let word = message.starts_with("invalid ") && found.starts_with(char::is_alphabetic);
    let problem = if word {
        let message = format!("`{}` is not a value", problems::excerpt(found));
        Diagnostic::error(Code::E0104, message).help("put text in quotes")
    } else {
        Diagnostic::error(Code::E0104, message)
    };
    problem.at(span, "")
}

/// Where a duplicate key was given first, if that can be told.
fn first_of(root: &Node<'_>, text: &str, again: &Range<usize>, reader: &Reader) -> Option<Span> {
    let before = text.get(..again.start)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(line_start..)?.lines().next()?.trim();
    if line.starts_with('[') {
        // The later header of a table takes the place of the first one in the tree.
        let header = line.get(..=line.rfind(']')?)?;
        let mut start = 0;
        return before.get(..line_start)?.split_inclusive('\n').find_map(|line| {
            let found = start..start + header.len();
            start += line.len();
            line.starts_with(header).then(|| reader.span(&found))
        });
    }
    if before.trim_end_matches([' ', '\t']).ends_with('.') {
        return None;
    }
    let again = reader.span(again);
    let mut latest = None;
    latest_key(root, text, reader, again, &mut latest);
    latest
}

/// The last key before `again` that is written as it is.
fn latest_key(
    node: &Node<'_>,
    text: &str,
    reader: &Reader,
    again: Span,
    latest: &mut Option<Span>,
) {
    let written = |span: Span| {
        let place = |at: u32| (at as usize).checked_sub(reader.start);
        text.get(place(span.start)?..place(span.end)?)
    };
    match &node.value {
        Value::Object(entries) => {
            for (key, value) in entries {
                if key.span < again && written(key.span) == written(again) {
                    *latest = (*latest).max(Some(key.span));
                }
                latest_key(value, text, reader, again, latest);
            }
        }
        Value::Array(items) => {
            for item in items {
                latest_key(item, text, reader, again, latest);
            }
        }
        _ => {}
    }
}

//! URI templates of resources: which URIs they match, with which values, and the URI for given
//! values.
//!
//! A [`Part::Segment`] takes one or more characters without a slash, as many as fit; a
//! [`Part::Rest`] one or more of any, as few as fit. In a [`Part::Literal`], characters that are
//! not reserved in URIs also match percent-encoded.

mod parse;
pub mod security;

use std::borrow::Cow;

use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};

pub(crate) use self::parse::{Pattern, parse};
use crate::declaration::Part;

/// The longest URI that is looked at, in bytes; longer ones match no template.
pub const MAX_URI: usize = 64 << 10;

/// The values of a URI that matches.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Matched {
    values: Vec<Value>,
}

/// The value of one argument.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Value {
    argument: usize,
    text: String,
    /// What stands between its commas, where it has any; of a [`Part::Each`] all that is given.
    items: Vec<String>,
    /// It is that of a [`Part::Each`].
    is_list: bool,
}

impl Matched {
    /// The value of the argument with this index; missing only for parameters of the query. Of a
    /// [`Part::Each`] the items with commas between them.
    #[must_use]
    pub fn value(&self, index: usize) -> Option<&str> {
        self.find(index).map(|value| value.text.as_str())
    }

    /// The items of the argument with this index as a list: what stands between commas, where a comma
    /// that belongs to an item is percent-encoded (RFC 6570, 3.2.1). Without commas there is one item,
    /// of an empty value none.
    #[must_use]
    pub fn items(&self, index: usize) -> Option<Vec<&str>> {
        let value = self.find(index)?;
        Some(match value.items.as_slice() {
            [] if value.text.is_empty() => Vec::new(),
            [] => vec![&*value.text],
            items => items.iter().map(String::as_str).collect(),
        })
    }

    /// Whether the argument with this index has a parameter for each item.
    pub(crate) fn is_list(&self, index: usize) -> bool {
        self.find(index).is_some_and(|value| value.is_list)
    }

    fn find(&self, index: usize) -> Option<&Value> {
        self.values.iter().find(|value| value.argument == index)
    }

    /// Takes a value as it stands in the URI; `None` where it cannot be decoded, or where the argument
    /// has another one already.
    fn add(&mut self, argument: usize, raw: &str, decode: Decode) -> Option<()> {
        let text = decode(raw)?;
        if let Some(known) = self.find(argument) {
            return (known.text == text).then_some(());
        }
        let items = if raw.contains(',') {
            raw.split(',').map(decode).collect::<Option<Vec<String>>>()?
        } else {
            Vec::new()
        };
        self.values.push(Value { argument, text, items, is_list: false });
        Some(())
    }
}

/// How values are read: those of a path, or those of a query.
type Decode = fn(&str) -> Option<String>;

/// The values of `uri`, or `None` where it does not match the template.
///
/// Values are percent-decoded once, so `%252F` gives `%2F`; a value that is not UTF-8 then does not
/// match. A value of [`Part::Segment`] has no slash in the URI, but may have one when decoded
/// (`%2F`), and any value may be `..` or hold one: whoever makes paths of values has to check them.
///
/// The query is taken off unless a literal has a `?`; its other parameters are ignored, the first
/// of several with one name counts unless it is that of a [`Part::Each`], and `+` is a space, as in
/// forms. The fragment is taken off
/// unless a literal has a `#`. Takes time in proportion to the length of the URI times the number
/// of parts.
#[must_use]
pub fn matches(parts: &[Part], uri: &str) -> Option<Matched> {
    match_parts(parts, uri)
}

/// [`matches()`], whoever owns the texts of the parts.
fn match_parts<S, L>(parts: &[Part<S, L>], uri: &str) -> Option<Matched>
where
    S: AsRef<str>,
    L: AsRef<[(S, usize)]>,
{
    if uri.len() > MAX_URI {
        return None;
    }
    let mut path = uri;
    let mut query = "";
    if !has_literal(parts, '#') {
        path = path.split_once('#').map_or(path, |(path, _)| path);
    }
    if !has_literal(parts, '?') {
        (path, query) = path.split_once('?').unwrap_or((path, ""));
    }
    let mut matched = Matched::default();
    match_path(parts, path, &mut matched)?;
    for part in parts {
        match part {
            Part::Query(names) => match_query(names.as_ref(), query, &mut matched)?,
            Part::Each(name, argument) => {
                match_each(name.as_ref(), *argument, query, &mut matched)?
            }
            Part::Literal(_) | Part::Segment(_) | Part::Rest(_) => {}
        }
    }
    Some(matched)
}

fn has_literal<S: AsRef<str>, L>(parts: &[Part<S, L>], wanted: char) -> bool {
    parts.iter().any(|part| matches!(part, Part::Literal(text) if text.as_ref().contains(wanted)))
}

fn match_path<S: AsRef<str>, L>(
    parts: &[Part<S, L>],
    path: &str,
    matched: &mut Matched,
) -> Option<()> {
    let bytes = path.as_bytes();
    // Most URIs that do not match differ here, before there is anything to set up.
    let (start, parts) = match parts.split_first() {
        Some((Part::Literal(text), rest)) => (literal_end(text.as_ref(), bytes, 0)?, rest),
        _ => (0, parts),
    };
    let ends = reachable(parts, bytes, start)?;
    let mut at = start;
    for (index, part) in parts.iter().enumerate() {
        let after = ends.get(index + 1)?;
        let (argument, end) = match part {
            Part::Query(_) | Part::Each(..) => continue,
            Part::Literal(text) => {
                at = literal_end(text.as_ref(), bytes, at)?;
                continue;
            }
            Part::Segment(argument) => {
                let rest = bytes.get(at..)?;
                let slash = memchr::memchr(b'/', rest).map_or(bytes.len(), |slash| at + slash);
                (argument, (at + 1..=slash).rev().find(|end| reached(after, start, *end))?)
            }
            Part::Rest(argument) => {
                (argument, (at + 1..=bytes.len()).find(|end| reached(after, start, *end))?)
            }
        };
        matched.add(*argument, path.get(at..end)?, decode)?;
        at = end;
    }
    (at == bytes.len()).then_some(())
}

/// For every part, and for the end after the last one, the positions from `start` on from which
/// all that follows matches. `None` where that is not so for the first part.
fn reachable<S: AsRef<str>, L>(
    parts: &[Part<S, L>],
    bytes: &[u8],
    start: usize,
) -> Option<Vec<Vec<bool>>> {
    let length = bytes.len().checked_sub(start)? + 1;
    let mut all = vec![Vec::new(); parts.len() + 1];
    let mut after = vec![false; length];
    *after.last_mut()? = true;
    for (index, part) in parts.iter().enumerate().rev() {
        let mut here = vec![false; length];
        match part {
            Part::Query(_) | Part::Each(..) => here.clone_from(&after),
            Part::Literal(text) => {
                for at in 0..length {
                    let end = literal_end(text.as_ref(), bytes, start + at);
                    let fits = end.is_some_and(|end| reached(&after, start, end));
                    set(&mut here, at, fits && !splits_escape(bytes, start + at));
                }
            }
            Part::Segment(_) | Part::Rest(_) => {
                let mut fits = false;
                for at in (0..length - 1).rev() {
                    let slash = bytes.get(start + at) == Some(&b'/');
                    fits = (fits || reached(&after, 0, at + 1))
                        && !(slash && matches!(part, Part::Segment(_)));
                    set(&mut here, at, fits && !splits_escape(bytes, start + at));
                }
            }
        }
        if let Some(slot) = all.get_mut(index + 1) {
            *slot = std::mem::replace(&mut after, here);
        }
    }
    let possible = after.first() == Some(&true);
    *all.first_mut()? = after;
    possible.then_some(all)
}

fn reached(positions: &[bool], start: usize, at: usize) -> bool {
    at.checked_sub(start).and_then(|at| positions.get(at)) == Some(&true)
}

fn set(positions: &mut [bool], at: usize, value: bool) {
    if let Some(position) = positions.get_mut(at) {
        *position = value;
    }
}

/// Whether a part that begins at `at` would begin inside `%XX`.
fn splits_escape(bytes: &[u8], at: usize) -> bool {
    let escape_at = |start: Option<usize>| start.is_some_and(|at| escaped(bytes, at).is_some());
    escape_at(at.checked_sub(1)) || escape_at(at.checked_sub(2))
}

/// The byte that `%XX` at `at` stands for.
fn escaped(bytes: &[u8], at: usize) -> Option<u8> {
    let [b'%', high, low] = *bytes.get(at..at.checked_add(3)?)? else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// Where the literal ends that begins at `at`.
fn literal_end(literal: &str, bytes: &[u8], mut at: usize) -> Option<usize> {
    for expected in literal.bytes() {
        if bytes.get(at) == Some(&expected) {
            at += 1;
        } else if !is_reserved(expected) && escaped(bytes, at) == Some(expected) {
            at += 3;
        } else {
            return None;
        }
    }
    Some(at)
}

/// Characters that mean something else when they are percent-encoded (RFC 3986, section 2.2).
const fn is_reserved(byte: u8) -> bool {
    matches!(
        byte,
        b':' | b'/'
            | b'?'
            | b'#'
            | b'['
            | b']'
            | b'@'
            | b'!'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b';'
            | b'='
            | b'%'
    )
}

fn match_query<S: AsRef<str>>(
    names: &[(S, usize)],
    query: &str,
    matched: &mut Matched,
) -> Option<()> {
    let mut found = vec![false; names.len()];
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(name) = form_decode(name) else { continue };
        let Some(place) = names.iter().position(|(known, _)| known.as_ref() == name) else {
            continue;
        };
        let (Some(found), Some((_, index))) = (found.get_mut(place), names.get(place)) else {
            continue;
        };
        if !std::mem::replace(found, true) {
            matched.add(*index, value, form_decode)?;
        }
    }
    Some(())
}

fn match_each(name: &str, argument: usize, query: &str, matched: &mut Matched) -> Option<()> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let named = pairs.filter(|(known, _)| form_decode(known).is_some_and(|known| known == name));
    let items = named.map(|(_, raw)| form_decode(raw)).collect::<Option<Vec<String>>>()?;
    if !items.is_empty() {
        matched.values.push(Value { argument, text: items.join(","), items, is_list: true });
    }
    Some(())
}

fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned)
}

fn form_decode(text: &str) -> Option<String> {
    decode(&text.replace('+', " "))
}

/// What a value must not hold as it is: all but the unreserved characters (RFC 3986, section 2.3).
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The value of a [`Part::Rest`] at the end of the path.
const PATH: &AsciiSet = &VALUE.remove(b'/');

/// What is no character of a URI.
const LITERAL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A value that is written into a URI.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Given<'a> {
    /// A text.
    Text(&'a str),
    /// A list: parameters of the query of one name where a [`Part::Each`] takes it, else its items with
    /// commas between them.
    List(&'a [&'a str]),
}

impl<'a> From<&'a str> for Given<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [&'a str]> for Given<'a> {
    fn from(items: &'a [&'a str]) -> Self {
        Self::List(items)
    }
}

impl<'a> Given<'a> {
    fn items(&self) -> &[&'a str] {
        match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(items) => items,
        }
    }

    /// Appends it, commas between the items; what `set` has is percent-encoded.
    fn write(&self, uri: &mut String, set: &'static AsciiSet) {
        for (at, item) in self.items().iter().enumerate() {
            uri.push_str(if at == 0 { "" } else { "," });
            uri.extend(utf8_percent_encode(item, set));
        }
    }
}

/// The URI for `values`, by the index of their argument. A missing one is left out, which gives a
/// URI that matches where only parameters of the query are missing; so is a list without items.
///
/// [`matches()`] gives back the same values where none in the path is empty and, between any two
/// parts that take values from the path, a literal has a character that is reserved in URIs, as
/// `/` is. Slashes in a value of [`Part::Rest`] are written as they are where the path ends with it.
#[must_use]
pub fn expand<'a, V: Copy + Into<Given<'a>>>(parts: &[Part], values: &[Option<V>]) -> String {
    let value = |index: &usize| -> Option<Given<'a>> {
        let given = values.get(*index).copied().flatten().map(Into::into);
        given.filter(|given| !given.items().is_empty())
    };
    let mut uri = String::new();
    let mut joint = '?';
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(text) => uri.extend(utf8_percent_encode(text, LITERAL)),
            Part::Segment(index) => {
                value(index).into_iter().for_each(|it| it.write(&mut uri, VALUE))
            }
            Part::Rest(index) => {
                let mut following = parts.iter().skip(at + 1);
                let is_last = following.all(|part| matches!(part, Part::Query(_) | Part::Each(..)));
                let set = if is_last { PATH } else { VALUE };
                value(index).into_iter().for_each(|it| it.write(&mut uri, set));
            }
            Part::Query(names) => {
                for (name, index) in *names {
                    let Some(value) = value(index) else { continue };
                    uri.push(std::mem::replace(&mut joint, '&'));
                    uri.extend(utf8_percent_encode(name, VALUE));
                    uri.push('=');
                    value.write(&mut uri, VALUE);
                }
            }
            Part::Each(name, index) => {
                for item in value(index).iter().flat_map(Given::items) {
                    uri.push(std::mem::replace(&mut joint, '&'));
                    uri.extend(utf8_percent_encode(name, VALUE));
                    uri.push('=');
                    uri.extend(utf8_percent_encode(item, VALUE));
                }
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests;

//! Queries, forms and cookies, pair by pair.

use mcpwright::operation::{Argument, Style};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{
    DEEP_OBJECTS, DELIMITERS, JSON_PARAMETERS, JSON_TEXT, NESTED_FIELDS, NESTED_VALUES, Rules,
    SPACES,
};
use crate::oracle::{self, Pair};

/// Explains two queries or forms, pair by pair, the equal ones first.
pub(super) fn explain(
    ours: &str,
    theirs: &str,
    given: &[(&'static Argument, &Value)],
    rules: &mut Rules,
) -> Option<()> {
    let spaced = theirs.replace('+', "%20");
    if ours == theirs {
        return Some(());
    }
    if spaced != theirs {
        rules.insert(SPACES);
    }
    let (mut ours, mut theirs) = (raw(ours), raw(&spaced));
    let sent: Vec<Pair> = ours.iter().cloned().map(decoded).collect();
    ours.retain(|pair| match theirs.iter().position(|other| other == pair) {
        Some(at) => {
            theirs.remove(at);
            false
        }
        None => true,
    });
    let mut ours: Vec<Pair> = ours.into_iter().map(decoded).collect();
    let mut theirs: Vec<Pair> = theirs.into_iter().map(decoded).collect();
    for (argument, value) in given {
        let expected = oracle::pairs(argument, value);
        if !expected.iter().all(|pair| sent.contains(pair)) {
            return None;
        }
        let own = take(&mut ours, |pair| expected.contains(pair));
        let has_own = |name: &str| given.iter().any(|(argument, _)| argument.wire == name);
        let other = take(&mut theirs, |(name, _)| {
            is_of(argument, name) || spreads(argument, value, name) && !has_own(name)
        });
        if own.is_empty() && other.is_empty() {
            continue;
        }
        // What only we send is no matter of writing, but that of an empty value may be.
        (!other.is_empty() || is_empty(value)).then_some(())?;
        let texts = |pairs: &[Pair]| pairs.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
        let are_plain = other.iter().all(|(_, text)| is_plain(value, text));
        let are_json =
            || other.iter().all(|(_, text)| is_plain(value, text) || is_json(value, text));
        rules.insert(match argument.style {
            Style::DeepObject if are_plain || own == other => DEEP_OBJECTS,
            Style::DeepObject if are_json() => NESTED_FIELDS,
            Style::Json if are_plain => JSON_PARAMETERS,
            _ if same_json(&texts(&own), &texts(&other)) => JSON_TEXT,
            // Once decoded the two are the same: only the delimiter was encoded.
            _ if own == other => DELIMITERS,
            _ if are_plain => NESTED_VALUES,
            _ => return None,
        });
    }
    (ours.is_empty() && theirs.is_empty()).then_some(())
}

/// Whether a pair of the other client has the name of an argument, alone or before a bracket.
fn is_of(argument: &Argument, name: &str) -> bool {
    let rest = name.strip_prefix(argument.wire);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

/// Whether the other client may write a member of an argument as a pair with this name.
fn spreads(argument: &Argument, value: &Value, name: &str) -> bool {
    (argument.explode || argument.style == Style::Json) && value.get(name).is_some()
}

/// Whether a text is what the other client makes of a value, or of one in it, without a style: what
/// Python does.
fn is_plain(value: &Value, text: &str) -> bool {
    let inner: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    };
    inner.into_iter().chain([value]).any(|value| oracle::python(value) == text)
}

/// Whether a value spread over pairs gives none.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Whether a text is a value in JSON.
fn is_json(value: &Value, text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|json| json == *value)
}

/// Whether texts are the same lists and objects in JSON, one by one.
pub(super) fn same_json(ours: &[String], theirs: &[String]) -> bool {
    let parse = |text: &String| {
        let value = serde_json::from_str::<Value>(text).ok();
        value.filter(|value| value.is_array() || value.is_object())
    };
    ours.len() == theirs.len()
        && ours.iter().zip(theirs).all(|(one, two)| {
            parse(one).is_some_and(|value| one != two && parse(two) == Some(value))
        })
}

/// The other client writes cookies as Python does, with neither style nor encoding.
pub(super) fn explain_cookies(
    ours: &str,
    theirs: &str,
    given: &[(&'static Argument, &Value)],
) -> Option<()> {
    let split = |text: &str| -> Vec<Pair> {
        text.split("; ")
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    };
    let mut theirs = split(theirs);
    let mut ours: Vec<Pair> = split(ours).into_iter().map(decoded).collect();
    let sent = ours.clone();
    for (argument, value) in given {
        take(&mut theirs, |(name, text)| name == argument.wire && *text == oracle::python(value));
        let expected = oracle::pairs(argument, value);
        if !expected.iter().all(|pair| sent.contains(pair)) {
            return None;
        }
        take(&mut ours, |pair| expected.contains(pair));
    }
    (ours.is_empty() && theirs.is_empty()).then_some(())
}

fn raw(query: &str) -> Vec<Pair> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn decoded((name, value): Pair) -> Pair {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    (decode(&name), decode(&value))
}

/// Takes what fits out of a list.
pub(super) fn take<T>(list: &mut Vec<T>, fits: impl Fn(&T) -> bool) -> Vec<T> {
    let (taken, kept) = std::mem::take(list).into_iter().partition(fits);
    *list = kept;
    taken
}

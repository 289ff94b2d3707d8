//! One pass over the arguments of a call: which value belongs to which entry of the table.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::{MOST_MESSAGES, NEAR, is_comparable, shown};
use super::{ArgumentErrors, MAX_DEPTH, Mode, Values, check};
use crate::operation::Argument;

/// Reads and checks the arguments of a call.
///
/// `raw` is the JSON text of the arguments; `None` means the same as `{}`. Values are borrowed from
/// it unless coercion changes them. Absent arguments get their default, hidden ones have it always,
/// whatever the caller gives under their name.
///
/// # Errors
///
/// All violations at once: unknown names, names given twice, missing arguments, values of another
/// type or beyond a limit. Text that is no JSON object is one violation.
pub fn parse<'a>(
    table: &'static [Argument],
    raw: Option<&'a str>,
    mode: Mode,
) -> Result<Values<'a>, ArgumentErrors> {
    let mut collected = Collected { table, found: vec![None; table.len()], messages: Vec::new() };
    if let Some(raw) = raw {
        let mut deserializer = serde_json::Deserializer::from_str(raw);
        deserializer
            .deserialize_any(&mut collected)
            .and_then(|()| deserializer.end())
            .map_err(|error| ArgumentErrors::one(not_an_object(raw, &error)))?;
    }
    let Collected { found, mut messages, .. } = collected;
    let texts = table
        .iter()
        .zip(found)
        .map(|(argument, given)| value(argument, given, mode, &mut messages))
        .collect();
    if messages.is_empty() { Ok(Values { texts }) } else { Err(ArgumentErrors::new(messages)) }
}

fn not_an_object(raw: &str, error: &serde_json::Error) -> String {
    if raw.trim_start().starts_with('{') {
        format!("the arguments are not valid JSON: {error}")
    } else {
        format!("the arguments must be a JSON object, not {}", shown(raw.trim()))
    }
}

/// The value of one argument: what was given and is right, else the default.
fn value<'a>(
    argument: &'static Argument,
    given: Option<&'a RawValue>,
    mode: Mode,
    messages: &mut Vec<String>,
) -> Option<Cow<'a, str>> {
    let default = (!argument.default.is_empty()).then_some(Cow::Borrowed(argument.default));
    let Some(given) = given.filter(|_| !argument.hidden) else {
        if default.is_none() && argument.required && !argument.hidden {
            messages.push(format!("missing required argument `{}`", argument.name));
        }
        return default;
    };
    let depth = mode.depth.min(MAX_DEPTH);
    if is_deeper_than(given.get(), depth) {
        messages.push(format!(
            "argument `{}`: nested deeper than the limit of {depth} levels",
            argument.name
        ));
        return None;
    }
    match check::value(argument, given.get(), mode.strict) {
        Ok(text) => Some(text),
        Err(found) => {
            messages.extend(
                found.into_iter().map(|text| format!("argument `{}`{text}", argument.name)),
            );
            None
        }
    }
}

/// Whether lists and objects are nested deeper than this. The text is valid JSON.
fn is_deeper_than(json: &str, limit: usize) -> bool {
    if !json.starts_with(['[', '{']) {
        return false;
    }
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// What the pass over the object has found.
struct Collected<'a> {
    table: &'static [Argument],
    found: Vec<Option<&'a RawValue>>,
    messages: Vec<String>,
}

impl<'a> Visitor<'a> for &mut Collected<'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name { table: self.table })? {
            let given: &'a RawValue = map.next_value()?;
            match name {
                Found::Entry(index) => {
                    let place = self
                        .found
                        .get_mut(index)
                        .ok_or_else(|| A::Error::custom("argument outside of the table"))?;
                    if place.replace(given).is_some()
                        && let Some(argument) = self.table.get(index)
                    {
                        self.messages.push(format!("argument `{}` is given twice", argument.name));
                    }
                }
                Found::Unknown(name) if self.messages.len() < MOST_MESSAGES => {
                    self.messages.push(unknown(self.table, &name));
                }
                // The call fails anyway, and the first names say what is wrong.
                Found::Unknown(_) => {}
            }
        }
        Ok(())
    }
}

fn unknown(table: &'static [Argument], name: &str) -> String {
    let listed = || table.iter().filter(|argument| !argument.hidden);
    let nearest = listed()
        .filter(|_| is_comparable(name))
        .map(|argument| {
            let (wanted, given) = (argument.name.to_lowercase(), name.to_lowercase());
            (strsim::jaro_winkler(&wanted, &given), argument.name)
        })
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .filter(|(similarity, _)| *similarity >= NEAR);
    let name = shown(name);
    match nearest {
        Some((_, near)) => format!("unknown argument `{name}`; did you mean `{near}`?"),
        None if listed().next().is_none() => {
            format!("unknown argument `{name}`; the tool takes no arguments")
        }
        None => {
            let names: Vec<String> =
                listed().take(20).map(|argument| format!("`{}`", argument.name)).collect();
            let more = if listed().count() > names.len() { ", …" } else { "" };
            format!("unknown argument `{name}`; the tool takes {}{more}", names.join(", "))
        }
    }
}

/// A name in the arguments object, looked up while it is still borrowed.
enum Found {
    Entry(usize),
    Unknown(String),
}

struct Name {
    table: &'static [Argument],
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Found;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Found;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of an argument")
    }

    fn visit_str<E>(self, name: &str) -> Result<Found, E> {
        let index = self.table.iter().position(|argument| argument.name == name);
        Ok(index.map_or_else(|| Found::Unknown(name.to_owned()), Found::Entry))
    }
}

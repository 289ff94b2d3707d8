//! One pass over the arguments of a call: which value belongs to which entry of the table.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::{MOST_MESSAGES, NEAR, Rule, Violation, is_comparable, shown};
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
    let mut collected = Collected { table, found: vec![None; table.len()], violations: Vec::new() };
    if let Some(raw) = raw {
        let mut deserializer = serde_json::Deserializer::from_str(raw);
        deserializer
            .deserialize_any(&mut collected)
            .and_then(|()| deserializer.end())
            .map_err(|error| ArgumentErrors::one(not_an_object(raw, &error)))?;
    }
    let Collected { found, mut violations, .. } = collected;
    let texts = table
        .iter()
        .zip(found)
        .enumerate()
        .map(|(index, (argument, given))| value(index, argument, given, mode, &mut violations))
        .collect();
    if violations.is_empty() { Ok(Values { texts }) } else { Err(ArgumentErrors::new(violations)) }
}

fn not_an_object(raw: &str, error: &serde_json::Error) -> Violation {
    let message = if raw.trim_start().starts_with('{') {
        format!("the arguments are not valid JSON: {error}")
    } else {
        format!("the arguments must be a JSON object, not {}", shown(raw.trim()))
    };
    Violation::of_all(Rule::Shape, message)
}

/// The value of one argument: what was given and is right, else the default.
fn value<'a>(
    index: usize,
    argument: &'static Argument,
    given: Option<&'a RawValue>,
    mode: Mode,
    violations: &mut Vec<Violation>,
) -> Option<Cow<'a, str>> {
    let default = (!argument.default.is_empty()).then_some(Cow::Borrowed(argument.default));
    let Some(given) = given.filter(|_| !argument.hidden) else {
        if default.is_none() && argument.required && !argument.hidden {
            let message = format!("missing required argument `{}`", argument.name);
            let violation = Violation::of_all(Rule::Required, message);
            violations.push(Violation { argument: Some(index), ..violation });
        }
        return default;
    };
    let depth = mode.depth.min(MAX_DEPTH);
    if is_deeper_than(given.get(), depth) {
        let message = format!("nested deeper than the limit of {depth} levels");
        let violation = Violation::of_value(None, Rule::Depth, given.get(), &message);
        violations.push(violation.of_argument(index, argument.name));
        return None;
    }
    match check::value(argument, given.get(), mode.strict) {
        Ok(text) => Some(text),
        Err(found) => {
            violations.extend(found.into_iter().map(|it| it.of_argument(index, argument.name)));
            None
        }
    }
}

/// Whether lists and objects are nested deeper than this. The text is valid JSON.
pub(super) fn is_deeper_than(json: &str, limit: usize) -> bool {
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
    violations: Vec<Violation>,
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
                        let message = format!("argument `{}` is given twice", argument.name);
                        self.violations.push(Violation::of_all(Rule::Shape, message));
                    }
                }
                Found::Unknown(name) if self.violations.len() < MOST_MESSAGES => {
                    let message = unknown(self.table, &name);
                    self.violations.push(Violation::of_all(Rule::Shape, message));
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

//! From a request to the arguments of its route: one JSON object, as a client of MCP would send it.

use std::collections::BTreeMap;

use http::header::COOKIE;
use http::request::Parts;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::detail::{self, Detail};
use crate::operation::{Argument, Kind, Place};
use crate::uri_template::Matched;

/// What arguments are taken from.
pub(super) struct Request<'a> {
    /// Query, headers and cookies.
    pub(super) head: &'a Parts,
    /// The variables of the path, by the index of their argument.
    pub(super) matched: &'a Matched,
    /// The body.
    pub(super) body: &'a [u8],
    /// The body is declared as JSON.
    pub(super) is_json: bool,
    /// Only JSON itself is read as a number or a boolean.
    pub(super) strict: bool,
}

/// Takes the arguments of a table from a request, as the text of one JSON object. Whether they are
/// all there, and what they have to be, is checked later. What the table does not name is passed over,
/// as with FastAPI. A body that cannot be read is one problem.
pub(super) fn arguments(
    table: &'static [Argument],
    request: &Request<'_>,
) -> Result<String, Box<Detail>> {
    let query = request.head.uri.query().unwrap_or_default();
    let query: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let body = body(table, request)?;
    let mut members: Vec<String> = Vec::new();
    for (index, argument) in table.iter().enumerate() {
        let texts = || match argument.place {
            Place::Path => request.matched.value(index).map(str::to_owned).into_iter().collect(),
            Place::Query => {
                let named = query.iter().filter(|(name, _)| name == argument.wire);
                named.map(|(_, value)| value.clone().into_owned()).collect()
            }
            Place::Header => header(request.head, argument.wire),
            Place::Cookie => cookie(request.head, argument.wire),
            _ => Vec::new(),
        };
        let value = match (argument.place, &body) {
            (Place::Property, Body::Object(members)) => {
                members.get(argument.wire).map(|raw| raw.get().to_owned())
            }
            (Place::Body, Body::Value(text)) => Some((*text).to_owned()),
            (Place::Property | Place::Body, _) => None,
            _ => written(argument.kind, &texts(), request.strict),
        };
        if let Some(value) = value {
            members.push([&Value::from(argument.name).to_string(), ":", &value].concat());
        }
    }
    Ok(["{", &members.join(","), "}"].concat())
}

/// The values of a header, each line by itself.
fn header(head: &Parts, name: &str) -> Vec<String> {
    let values = head.headers.get_all(name).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
}

/// The value of a cookie (RFC 6265, section 4.2.1).
fn cookie(head: &Parts, wanted: &str) -> Vec<String> {
    let lines = head.headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(name, _)| name.trim() == wanted)
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        .collect()
}

/// Texts as the JSON of an argument: a list where it is one, else a single value. `None` where there
/// are no texts.
fn written(kind: Kind, texts: &[String], strict: bool) -> Option<String> {
    let item = match kind {
        Kind::Texts | Kind::Files => Kind::Text,
        Kind::Integers => Kind::Integer,
        Kind::Numbers => Kind::Number,
        Kind::Flags => Kind::Flag,
        // The last one counts where a name is repeated.
        kind => return texts.last().map(|text| scalar(kind, text, strict)),
    };
    let items: Vec<String> = texts.iter().map(|text| scalar(item, text, strict)).collect();
    (!items.is_empty()).then(|| ["[", &items.join(","), "]"].concat())
}

/// A text stays one, and is read as what is declared when it is checked. In strict mode nothing is read
/// from texts there, so that JSON is recognized here, where everything is a text.
fn scalar(kind: Kind, text: &str, strict: bool) -> String {
    let is_value = match kind {
        Kind::Integer | Kind::Number => serde_json::from_str::<serde_json::Number>(text).is_ok(),
        Kind::Flag => matches!(text, "true" | "false"),
        _ => false,
    };
    if strict && is_value { text.to_owned() } else { Value::from(text).to_string() }
}

/// A body that was read.
enum Body<'a> {
    /// The route takes none, or none was sent.
    None,
    /// The properties of an object.
    Object(BTreeMap<String, &'a RawValue>),
    /// One value as JSON text.
    Value(&'a str),
}

fn body<'a>(table: &'static [Argument], request: &Request<'a>) -> Result<Body<'a>, Box<Detail>> {
    let of = |place: Place| table.iter().filter(move |argument| argument.place == place);
    let is_flat = of(Place::Property).next().is_some();
    let mut whole = of(Place::Body);
    let first = whole.next();
    if !is_flat && first.is_none() {
        return Ok(Body::None);
    }
    let mut required = of(Place::Property).chain(first);
    let is_required = required.any(|argument| argument.required);
    let text = std::str::from_utf8(request.body).map_err(|error| {
        let at = error.valid_up_to();
        detail::no_json(at, &format!("byte {at} is not UTF-8"))
    })?;
    if text.trim().is_empty() {
        let missing = || detail::missing(json!(["body"]));
        return if is_required { Err(missing()) } else { Ok(Body::None) };
    }
    if !request.is_json {
        return Err(detail::no_object(Value::from(text)));
    }
    let value: &RawValue = serde_json::from_str(text)
        .map_err(|error| detail::no_json(offset(text, &error), &error.to_string()))?;
    if !is_flat {
        return Ok(Body::Value(value.get()));
    }
    serde_json::from_str(value.get())
        .map(Body::Object)
        .map_err(|_| detail::no_object(serde_json::from_str(value.get()).unwrap_or_default()))
}

/// Where the parser has stopped, in characters from the beginning.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let before = error.line().saturating_sub(1);
    let lines: usize =
        text.split_inclusive('\n').take(before).map(|line| line.chars().count()).sum();
    lines + error.column().saturating_sub(1)
}

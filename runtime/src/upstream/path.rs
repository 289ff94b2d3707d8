//! Writing the path of a request: its template with the values in place.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::fields::Writing;
use super::value::{Parts, percent_reserved};
use crate::arguments::Values;
use crate::operation::{Argument, Operation, Segment, Style};

/// In a path the dot is encoded too, so that no value makes a segment of dots.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// What `allowReserved` leaves as it is: the reserved characters that have no meaning in a path.
const RESERVED: &AsciiSet = &VALUE
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// How often a value may be encoded before it is refused.
const MOST_LAYERS: usize = 32;

/// The path of a request, and the query that the template itself has.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Target {
    /// Starts with `/`.
    pub(super) path: String,
    /// Without `?`.
    pub(super) query: String,
}

/// Fills in the template.
///
/// # Errors
///
/// A value that is missing, that leaves its segment empty, or that a server could read as a step to
/// another path.
pub(super) fn write(operation: &Operation, values: &Values<'_>) -> Result<Target, String> {
    let (mut path, mut query) = (String::new(), None::<String>);
    // The last argument of a segment that has nothing in it so far.
    let mut empty = None;
    for segment in operation.path {
        match segment {
            Segment::Literal(text) => {
                // A fragment never reaches the server.
                let (text, ended) =
                    text.split_once('#').map_or((*text, false), |(text, _)| (text, true));
                refuse_empty_segment(empty, text)?;
                match (&mut query, text.split_once('?')) {
                    (Some(query), _) => query.push_str(text),
                    (None, Some((before, after))) => {
                        path.push_str(before);
                        query = Some(after.to_owned());
                    }
                    (None, None) => path.push_str(text),
                }
                if ended {
                    break;
                }
            }
            Segment::Argument(index) => {
                let index = usize::from(*index);
                let argument = operation
                    .arguments
                    .get(index)
                    .ok_or("the path names an argument that the table lacks")?;
                let json = values
                    .get(index)
                    .ok_or_else(|| format!("missing path argument `{}`", argument.name))?;
                let text = encode(argument, json)?;
                let target = query.as_mut().unwrap_or(&mut path);
                let starts = target.is_empty() || target.ends_with('/') || empty.is_some();
                empty = (text.is_empty() && starts).then_some(argument);
                target.push_str(&text);
                continue;
            }
        }
        empty = None;
    }
    refuse_empty_segment(empty, "")?;
    // What has no path at all is the base URL itself.
    if !path.starts_with('/') && !operation.path.is_empty() {
        path.insert(0, '/');
    }
    if path.split('/').any(is_dot_segment) {
        return Err("the path has a segment of dots only".to_owned());
    }
    Ok(Target { path, query: query.unwrap_or_default() })
}

/// An empty segment names the collection instead of one of its items: `DELETE /users/`.
fn refuse_empty_segment(empty: Option<&Argument>, next: &str) -> Result<(), String> {
    match empty {
        Some(argument) if next.is_empty() || next.starts_with(['/', '?']) => {
            Err(format!("argument `{}` is part of the path and must not be empty", argument.name))
        }
        _ => Ok(()),
    }
}

/// One value in the style of its argument (OpenAPI 3.1.1, 4.8.12.3; RFC 6570).
fn encode(argument: &Argument, json: &str) -> Result<String, String> {
    let percent = |text: &str| {
        if argument.allow_reserved {
            percent_reserved(text, RESERVED)
        } else {
            utf8_percent_encode(text, VALUE).to_string()
        }
    };
    let parts = match argument.style {
        Style::Json => Parts::Scalar(json.to_owned()),
        _ => Parts::of(json),
    };
    let texts: Vec<&str> = match &parts {
        Parts::Nothing => Vec::new(),
        Parts::Scalar(text) => vec![text],
        Parts::List(items) => items.iter().map(String::as_str).collect(),
        Parts::Object(members) => {
            members.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect()
        }
    };
    if texts.is_empty() {
        return Err(format!(
            "argument `{}` is part of the path and must not be empty",
            argument.name
        ));
    }
    if texts.iter().any(|text| climbs(text)) {
        return Err(format!(
            "argument `{}` is part of the path and must not contain the segments `.` or `..`",
            argument.name
        ));
    }
    let name = percent(argument.wire);
    let parts = parts.map(percent);
    let explode = argument.explode;
    Ok(match argument.style {
        Style::Label => match parts {
            Parts::List(items) if explode => format!(".{}", items.join(".")),
            Parts::Object(members) if explode => format!(".{}", pairs(&members, "=", ".")),
            parts => format!(".{}", commas(parts)),
        },
        Style::Matrix => match parts {
            Parts::List(items) if explode => items.iter().map(|item| matrix(&name, item)).collect(),
            Parts::Object(members) if explode => {
                members.iter().map(|(name, value)| matrix(name, value)).collect()
            }
            parts => matrix(&name, &commas(parts)),
        },
        style => match parts {
            Parts::Object(members) if explode => pairs(&members, "=", ","),
            parts => joined(parts, Writing::in_url(&str::to_owned).delimiter(style)),
        },
    })
}

/// `;name=value`, and `;name` where the value is empty (RFC 6570, 3.2.7).
fn matrix(name: &str, value: &str) -> String {
    if value.is_empty() { format!(";{name}") } else { format!(";{name}={value}") }
}

/// Members, with a text between name and value, and one between members.
pub(super) fn pairs(members: &[(String, String)], equals: &str, and: &str) -> String {
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("{name}{equals}{value}")).collect();
    members.join(and)
}

/// The form that is not exploded: everything separated by commas.
pub(super) fn commas(parts: Parts) -> String {
    joined(parts, ",")
}

/// The form that is not exploded, everything separated by a delimiter.
pub(super) fn joined(parts: Parts, delimiter: &str) -> String {
    match parts {
        Parts::Nothing => String::new(),
        Parts::Scalar(text) => text,
        Parts::List(items) => items.join(delimiter),
        Parts::Object(members) => pairs(&members, delimiter, delimiter),
    }
}

/// Whether a server that decodes once too often could read dot segments in the text.
fn climbs(text: &str) -> bool {
    let mut text = text.to_owned();
    for _ in 0..MOST_LAYERS {
        if text.split(['/', '\\']).any(|segment| {
            // A server may cut path parameters off before it looks at the segment.
            matches!(segment.split(';').next(), Some("." | ".."))
        }) {
            return true;
        }
        let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if decoded == text {
            return false;
        }
        text = decoded;
    }
    true
}

/// Whether URL parsers take the segment for a step.
fn is_dot_segment(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    matches!(plain.as_str(), "." | "..")
}

//! Writing the query string, and forms, which have the same shape.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::path::commas;
use super::value::{Parts, items, members, percent, plain};
use crate::arguments::Values;
use crate::operation::{Argument, Operation, Place, Style};

/// What `allowReserved` leaves as it is. `#` would end the query, `&` the parameter, `+` reads as a
/// space, and brackets are no characters of a query (RFC 3986, 3.4): those stay encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// The query of a request, in the order of the table.
pub(super) fn write(operation: &Operation, values: &Values<'_>) -> String {
    let mut query = String::new();
    for (index, argument) in operation.arguments.iter().enumerate() {
        if argument.place == Place::Query
            && let Some(json) = values.get(index)
        {
            encode(argument, json, &mut query);
        }
    }
    query
}

/// Appends `name=value`.
pub(super) fn push(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    query.push_str(value);
}

/// Appends one argument in its style (OpenAPI 3.1.1, 4.8.12.3).
///
/// Null, an empty list and an empty object write nothing.
pub(super) fn encode(argument: &Argument, json: &str, query: &mut String) {
    let encode = |text: &str| {
        if argument.allow_reserved {
            utf8_percent_encode(text, RESERVED).to_string()
        } else {
            percent(text)
        }
    };
    let name = percent(argument.wire);
    match argument.style {
        Style::Json => return push(query, &name, &encode(json)),
        Style::DeepObject => return deep(query, &name, json, &encode),
        _ => {}
    }
    let delimiter = match argument.style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "%7C",
        _ => ",",
    };
    match Parts::of(json).map(encode) {
        Parts::Nothing => {}
        Parts::Scalar(text) => push(query, &name, &text),
        Parts::List(items) if argument.explode => {
            items.iter().for_each(|item| push(query, &name, item));
        }
        Parts::Object(members) if argument.explode => {
            members.iter().for_each(|(name, value)| push(query, name, value));
        }
        Parts::List(items) if items.is_empty() => {}
        Parts::Object(members) if members.is_empty() => {}
        parts if delimiter == "," => push(query, &name, &commas(parts)),
        Parts::List(items) => push(query, &name, &items.join(delimiter)),
        Parts::Object(members) => {
            let texts: Vec<String> = members.into_iter().flat_map(<[String; 2]>::from).collect();
            push(query, &name, &texts.join(delimiter));
        }
    }
}

/// `name[key]=value`, and deeper: `items[0][price]=1`. The depth is that of checked arguments.
fn deep(query: &mut String, name: &str, json: &str, encode: &dyn Fn(&str) -> String) {
    if json.starts_with('{') {
        for (key, value) in members(json) {
            deep(query, &format!("{name}%5B{}%5D", percent(&key)), value.get(), encode);
        }
    } else if json.starts_with('[') {
        for (index, item) in items(json).into_iter().enumerate() {
            deep(query, &format!("{name}%5B{index}%5D"), item.get(), encode);
        }
    } else if json != "null" {
        push(query, name, &encode(&plain(json)));
    }
}

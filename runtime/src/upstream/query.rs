//! Writing the query string, and urlencoded forms, which have the same shape.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use super::fields::{Writing, each};
use super::value::{members, percent, percent_reserved, plain};
use crate::arguments::Values;
use crate::operation::{Argument, Operation, Place, Style};

/// What `allowReserved` leaves as it is. `#` would end the query, `&` the parameter, `+` reads as a
/// space, and brackets are no characters of a query (RFC 3986, 3.4): those stay encoded, as the
/// OpenAPI text asks of whoever allows reserved characters.
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
        if !matches!(argument.place, Place::Query | Place::QueryString) {
            continue;
        }
        let Some(json) = values.get(index) else { continue };
        match argument.place {
            Place::QueryString => whole(argument, json, &mut query),
            _ => encode(argument, json, &mut query),
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

/// Appends one argument in its style.
pub(super) fn encode(argument: &Argument, json: &str, query: &mut String) {
    let encode: &dyn Fn(&str) -> String =
        if argument.allow_reserved { &|text| percent_reserved(text, RESERVED) } else { &percent };
    let mut sink = |name: &str, value: &str| push(query, name, value);
    each(argument, &percent(argument.wire), json, &Writing::in_url(encode), &mut sink);
}

/// Appends an argument that is the whole query: the members of a form, or one text of another media
/// type (OpenAPI 3.2, 4.12.1).
fn whole(argument: &Argument, json: &str, query: &mut String) {
    if json == "null" {
        return;
    }
    if argument.style == Style::Json {
        append(query, &percent(json));
    } else if json.starts_with('{') {
        every_member(argument, json, query);
    } else {
        append(query, &percent(&plain(json)));
    }
}

/// Appends the members of an object as fields of their own, each by its content.
pub(super) fn every_member(argument: &Argument, json: &str, query: &mut String) {
    let writing = Writing::in_url(&percent);
    for (name, value) in members(json) {
        let mut sink = |name: &str, value: &str| push(query, name, value);
        each(argument, &percent(&name), value.get(), &writing, &mut sink);
    }
}

fn append(query: &mut String, text: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(text);
}

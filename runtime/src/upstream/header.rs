//! Writing header and cookie arguments.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::fields::{Writing, each};
use super::path::{joined, pairs};
use super::value::{Parts, plain};
use crate::arguments::Values;
use crate::operation::{Argument, Operation, Place, RESERVED_HEADERS, Style};

/// Adds the header arguments and the `Cookie` header.
///
/// # Errors
///
/// A header that arguments must not set, and a value that no header can hold, such as a line break.
pub(super) fn write(
    operation: &Operation,
    values: &Values<'_>,
    headers: &mut HeaderMap,
) -> Result<(), String> {
    let mut cookies = Vec::new();
    for (index, argument) in operation.arguments.iter().enumerate() {
        let Some(json) = values.get(index) else { continue };
        match argument.place {
            Place::Header => {
                if let Some(text) = encode(argument, json) {
                    headers.insert(allowed(argument)?, value(argument, &text)?);
                }
            }
            Place::Cookie => encode_cookie(argument, json, &mut cookies)?,
            _ => {}
        }
    }
    if !cookies.is_empty() {
        push_cookies(headers, &cookies)?;
    }
    Ok(())
}

/// Adds cookies to those that are there.
pub(super) fn push_cookies(headers: &mut HeaderMap, cookies: &[String]) -> Result<(), String> {
    let mut all = cookies.join("; ");
    if let Some(earlier) = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()) {
        all = format!("{earlier}; {all}");
    }
    let value = HeaderValue::from_str(&all).map_err(|_| "the cookies cannot be sent".to_owned())?;
    headers.insert(header::COOKIE, value);
    Ok(())
}

fn allowed(argument: &Argument) -> Result<HeaderName, String> {
    HeaderName::from_bytes(argument.wire.as_bytes())
        .ok()
        .filter(|name| !RESERVED_HEADERS.contains(&name.as_str()))
        .ok_or_else(|| {
            format!(
                "argument `{}` would set the header `{}`, which arguments must not set",
                argument.name, argument.wire
            )
        })
}

fn value(argument: &Argument, text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(text.as_bytes()).map_err(|_| {
        format!(
            "argument `{}` is sent in a header and must not contain line breaks or other control \
             characters",
            argument.name
        )
    })
}

/// Style `simple`, and those of Swagger 2.0 with other delimiters. Header values are not percent-encoded (OpenAPI 3.1.1, 4.8.12.3).
fn encode(argument: &Argument, json: &str) -> Option<String> {
    match argument.style {
        Style::Json => return Some(json.to_owned()),
        Style::Content => return (json != "null").then(|| plain(json)),
        _ => {}
    }
    match Parts::of(json) {
        Parts::Nothing => None,
        Parts::List(items) if items.is_empty() => None,
        Parts::Object(members) if members.is_empty() => None,
        Parts::Object(members) if argument.explode => Some(pairs(&members, "=", ",")),
        parts => Some(joined(parts, Writing::plain().delimiter(argument.style))),
    }
}

/// Styles `form` and `cookie`; what is exploded becomes cookies of its own.
fn encode_cookie(argument: &Argument, json: &str, cookies: &mut Vec<String>) -> Result<(), String> {
    let is_raw = argument.style == Style::Cookie;
    if is_raw && !Parts::of(json).all(|text| cookie_text(text) == text.replace('%', "%25")) {
        return Err(format!(
            "argument `{}` is sent in a cookie as it is: percent-encode what a cookie must not \
             hold, such as white space, quotes, `,`, `;` and `\\`",
            argument.name
        ));
    }
    let encode: &dyn Fn(&str) -> String = if is_raw { &str::to_owned } else { &cookie_text };
    let name = cookie_text(argument.wire);
    let mut sink = |name: &str, value: &str| cookies.push(format!("{name}={value}"));
    each(argument, &name, json, &Writing::in_url(encode), &mut sink);
    Ok(())
}

/// Percent-encodes what is no `cookie-octet` (RFC 6265, 4.1.1), and the percent sign itself.
pub(super) fn cookie_text(text: &str) -> String {
    use std::fmt::Write as _;

    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\' | b'%') {
            encoded.push(char::from(byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

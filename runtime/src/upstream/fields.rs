//! Named fields: what queries, forms, multipart bodies and cookies have in common. Which fields an
//! argument becomes is decided here, once for all of them (OpenAPI 3.1.1, 4.8.12.3 and Appendix C).

use std::borrow::Cow;

use super::value::{Parts, items, members, plain};
use crate::operation::{Argument, Style};

/// How the texts of a field are written in one of the places.
pub(super) struct Writing<'e> {
    /// Names and values.
    pub(super) encode: &'e dyn Fn(&str) -> String,
    /// Between the values of `spaceDelimited`.
    pub(super) space: &'static str,
    /// Between the values of `pipeDelimited`.
    pub(super) pipe: &'static str,
    /// Between the values of `tsv`.
    pub(super) tab: &'static str,
    /// Around the keys of `deepObject`.
    pub(super) brackets: [&'static str; 2],
}

impl<'e> Writing<'e> {
    /// Texts are encoded, and what separates them too, as in a URL.
    pub(super) const fn in_url(encode: &'e dyn Fn(&str) -> String) -> Self {
        Self { encode, space: "%20", pipe: "%7C", tab: "%09", brackets: ["%5B", "%5D"] }
    }

    /// What stands between the items of a list that is not exploded.
    pub(super) const fn delimiter(&self, style: Style) -> &'static str {
        match style {
            Style::SpaceDelimited => self.space,
            Style::PipeDelimited => self.pipe,
            Style::TabDelimited => self.tab,
            _ => ",",
        }
    }

    /// Texts are written as they are.
    pub(super) const fn plain() -> Self {
        Self { encode: &str::to_owned, space: " ", pipe: "|", tab: "\t", brackets: ["[", "]"] }
    }
}

/// Gives each field of an argument to `sink`, name and value written. `name` is the written name of
/// the argument.
///
/// Null, an empty list and an empty object are undefined in the sense of RFC 6570 and give nothing,
/// and so do nulls among items and members.
pub(super) fn each(
    argument: &Argument,
    name: &str,
    json: &str,
    writing: &Writing<'_>,
    sink: &mut dyn FnMut(&str, &str),
) {
    match argument.style {
        Style::Json if json == "null" => return,
        Style::Json => return sink(name, &(writing.encode)(json)),
        Style::Content => return by_content(argument, name, json, writing, sink),
        Style::DeepObject => return deep(name, json, writing, sink),
        _ => {}
    }
    let delimiter = writing.delimiter(argument.style);
    match Parts::of(json).map(writing.encode) {
        Parts::Nothing => {}
        Parts::Scalar(text) => sink(name, &text),
        Parts::List(items) if argument.explode => items.iter().for_each(|item| sink(name, item)),
        Parts::Object(members) if argument.explode => {
            members.iter().for_each(|(name, value)| sink(name, value));
        }
        Parts::List(items) if items.is_empty() => {}
        Parts::Object(members) if members.is_empty() => {}
        Parts::List(items) => sink(name, &items.join(delimiter)),
        Parts::Object(members) => {
            let texts: Vec<String> = members.into_iter().flat_map(<[String; 2]>::from).collect();
            sink(name, &texts.join(delimiter));
        }
    }
}

/// The value of a field in its media type: JSON as it is, else a text without its quotes.
pub(super) fn in_media_type<'j>(argument: &Argument, json: &'j str) -> Cow<'j, str> {
    if is_json(argument.media_type) { Cow::Borrowed(json) } else { Cow::Owned(plain(json)) }
}

/// Whether a media type, its parameters aside, is JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    ["application/json", "text/json"].iter().any(|json| essence.eq_ignore_ascii_case(json))
        || essence.to_ascii_lowercase().ends_with("+json")
}

/// The values that a list repeats a name for; nulls are none.
pub(super) fn repeated(json: &str) -> Vec<&str> {
    if json.starts_with('[') {
        items(json).into_iter().map(|item| item.get()).filter(|item| *item != "null").collect()
    } else if json == "null" {
        Vec::new()
    } else {
        vec![json]
    }
}

fn by_content(
    argument: &Argument,
    name: &str,
    json: &str,
    writing: &Writing<'_>,
    sink: &mut dyn FnMut(&str, &str),
) {
    for item in repeated(json) {
        sink(name, &(writing.encode)(&in_media_type(argument, item)));
    }
}

/// `name[key]=value`, and deeper: `items[0][price]=1`. The depth is that of checked arguments.
fn deep(name: &str, json: &str, writing: &Writing<'_>, sink: &mut dyn FnMut(&str, &str)) {
    let [open, close] = writing.brackets;
    if json.starts_with('{') {
        for (key, value) in members(json) {
            let key = (writing.encode)(&key);
            deep(&format!("{name}{open}{key}{close}"), value.get(), writing, sink);
        }
    } else if json.starts_with('[') {
        for (index, item) in items(json).into_iter().enumerate() {
            deep(&format!("{name}{open}{index}{close}"), item.get(), writing, sink);
        }
    } else if json != "null" {
        sink(name, &(writing.encode)(&plain(json)));
    }
}

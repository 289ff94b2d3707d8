//! Writing the request body.

use std::path::Path;

use super::fields::{Writing, each, in_media_type, repeated};
use super::file::{self, Content};
use super::multipart::{Multipart, Part};
use super::query;
use super::value::{compact, items, members, plain};
use crate::arguments::Values;
use crate::operation::{Argument, Body, BodyFormat, Kind, Operation, Place, Style};

/// A body and its `Content-Type`.
#[derive(Debug)]
pub(super) struct Written {
    /// Media type, with the boundary of a multipart body.
    pub(super) media_type: String,
    /// The bytes.
    pub(super) bytes: Vec<u8>,
}

/// A body whose files may still have to be read.
#[derive(Debug)]
pub(super) struct Draft {
    media_type: String,
    content: DraftContent,
}

#[derive(Debug)]
enum DraftContent {
    Whole(Content),
    Multipart(Multipart),
}

/// An argument that was given, and its JSON text.
type Given<'v> = (&'static Argument, &'v str);

impl Draft {
    /// Whether no file has to be read.
    pub(super) fn is_here(&self) -> bool {
        match &self.content {
            DraftContent::Whole(content) => content.is_here(),
            DraftContent::Multipart(multipart) => multipart.is_here(),
        }
    }

    /// Reads the files.
    ///
    /// # Errors
    ///
    /// The first that cannot be read.
    pub(super) async fn load(&mut self) -> Result<(), String> {
        match &mut self.content {
            DraftContent::Whole(content) => content.load().await,
            DraftContent::Multipart(multipart) => multipart.load().await,
        }
    }

    /// The body, once its files are here.
    pub(super) fn finish(self) -> Written {
        match self.content {
            DraftContent::Whole(Content::Here(bytes)) => {
                Written { media_type: self.media_type, bytes }
            }
            DraftContent::Whole(Content::OnDisk(_)) => {
                Written { media_type: self.media_type, bytes: Vec::new() }
            }
            DraftContent::Multipart(multipart) => {
                let (boundary, bytes) = multipart.finish();
                let base = self.media_type.split(';').next().unwrap_or_default().trim();
                Written { media_type: format!("{base}; boundary={boundary}"), bytes }
            }
        }
    }
}

/// The body of a request; `None` where there is nothing to send and none is required. `root` is the
/// folder of `file:` URIs.
///
/// # Errors
///
/// A file that is none, and properties that are given twice.
pub(super) fn write(
    operation: &'static Operation,
    values: &Values<'_>,
    root: Option<&Path>,
) -> Result<Option<Draft>, String> {
    let body = &operation.body;
    if body.format == BodyFormat::None {
        return Ok(None);
    }
    let given: Vec<Given<'_>> = operation
        .arguments
        .iter()
        .enumerate()
        .filter(|(_, argument)| {
            matches!(argument.place, Place::Property | Place::Properties | Place::Body)
        })
        .filter_map(|(index, argument)| Some((argument, values.get(index)?)))
        .collect();
    if given.is_empty() && !body.required {
        return Ok(None);
    }
    refuse_twice(operation, &given)?;
    let mut draft = Draft {
        media_type: media_type(body),
        content: DraftContent::Whole(Content::Here(Vec::new())),
    };
    let here = |text: String| DraftContent::Whole(Content::Here(text.into_bytes()));
    draft.content = match body.format {
        BodyFormat::None => return Ok(None),
        BodyFormat::Json => here(json(&given)),
        BodyFormat::JsonLines => here(sequence(&given, "")),
        BodyFormat::JsonSequence => here(sequence(&given, "\u{1e}")),
        BodyFormat::Form => match form(&given) {
            // As without a body, which is what many documents mean by an empty form.
            form if form.is_empty() && !body.required => return Ok(None),
            form => here(form),
        },
        BodyFormat::Text => here(first(&given).map(|(_, json)| plain(json)).unwrap_or_default()),
        BodyFormat::Multipart => {
            let mut multipart = Multipart::default();
            for (argument, json) in given {
                parts(argument, json, root, &mut multipart)?;
            }
            // There is no multipart body without a part (RFC 2046, 5.1.1).
            if multipart.is_empty() {
                return Ok(None);
            }
            DraftContent::Multipart(multipart)
        }
        BodyFormat::Bytes => match first(&given) {
            Some((argument, json)) => {
                let file = file::read(argument, &plain(json), root)?;
                if let Some(declared) = file.media_type
                    && body.media_type.contains('*')
                {
                    draft.media_type = declared;
                }
                DraftContent::Whole(file.content)
            }
            None => draft.content,
        },
    };
    Ok(Some(draft))
}

fn first<'v>(given: &[Given<'v>]) -> Option<Given<'v>> {
    given.first().copied().filter(|(_, json)| *json != "null")
}

/// The media type that is declared; a range names none that could be sent.
fn media_type(body: &Body) -> String {
    if !body.media_type.is_empty() && !body.media_type.contains('*') {
        return body.media_type.to_owned();
    }
    let fallback = match body.format {
        BodyFormat::Json => "application/json",
        BodyFormat::JsonLines => "application/jsonl",
        BodyFormat::JsonSequence => "application/json-seq",
        BodyFormat::Form => "application/x-www-form-urlencoded",
        BodyFormat::Multipart => "multipart/form-data",
        BodyFormat::Text => "text/plain; charset=utf-8",
        BodyFormat::Bytes | BodyFormat::None => "application/octet-stream",
    };
    fallback.to_owned()
}

/// A property with an argument of its own has one value, not a second one among the other members.
fn refuse_twice(operation: &Operation, given: &[Given<'_>]) -> Result<(), String> {
    for (argument, json) in given.iter().filter(|(it, _)| it.place == Place::Properties) {
        for (name, _) in members(json) {
            let is_named = |other: &&Argument| other.place == Place::Property && other.wire == name;
            if let Some(other) = operation.arguments.iter().find(is_named) {
                return Err(format!(
                    "argument `{}` has the member `{name}`, which is the argument `{}`",
                    argument.name, other.name
                ));
            }
        }
    }
    Ok(())
}

/// The whole as it came, or an object of the properties that were given, each as the JSON text that
/// came: absent stays absent, null null.
fn json(given: &[Given<'_>]) -> String {
    let mut object = String::from("{");
    let mut push = |name: &str, json: &str| {
        if object.len() > 1 {
            object.push(',');
        }
        object.push_str(&serde_json::Value::from(name).to_string());
        object.push(':');
        object.push_str(json);
    };
    for (argument, json) in given {
        match argument.place {
            Place::Body => return (*json).to_owned(),
            Place::Properties => {
                members(json).iter().for_each(|(name, value)| push(name, value.get()));
            }
            _ => push(argument.wire, json),
        }
    }
    object.push('}');
    object
}

/// One line of JSON for each item, begun with a text. What is no list is one item.
fn sequence(given: &[Given<'_>], begin: &str) -> String {
    let Some((_, json)) = first(given) else { return String::new() };
    let items = if json.starts_with('[') {
        items(json).into_iter().map(|item| item.get()).collect()
    } else {
        vec![json]
    };
    items.into_iter().map(|item| format!("{begin}{}\n", compact(item))).collect()
}

/// `application/x-www-form-urlencoded`.
fn form(given: &[Given<'_>]) -> String {
    let mut form = String::new();
    for (argument, json) in given {
        match argument.place {
            Place::Property => query::encode(argument, json, &mut form),
            _ => query::every_member(argument, json, &mut form),
        }
    }
    form
}

/// The parts of one argument.
fn parts(
    argument: &'static Argument,
    json: &str,
    root: Option<&Path>,
    multipart: &mut Multipart,
) -> Result<(), String> {
    if matches!(argument.kind, Kind::File | Kind::Files) {
        return repeated(json)
            .into_iter()
            .try_for_each(|item| file_part(argument, &plain(item), root, multipart));
    }
    match (argument.place, argument.style) {
        (Place::Body | Place::Properties, _) if json.starts_with('{') => {
            for (name, value) in members(json) {
                repeated(value.get()).into_iter().for_each(|item| {
                    text_part(argument, &name, item, multipart);
                });
            }
        }
        (_, Style::Content) => repeated(json)
            .into_iter()
            .for_each(|item| text_part(argument, argument.wire, item, multipart)),
        _ => {
            let mut sink = |name: &str, value: &str| {
                multipart.push(Part::text(name, "", argument.part_headers, value));
            };
            each(argument, argument.wire, json, &Writing::plain(), &mut sink);
        }
    }
    Ok(())
}

fn text_part(argument: &Argument, name: &str, json: &str, multipart: &mut Multipart) {
    let media_type = match argument.media_type {
        "" if json.starts_with(['{', '[']) => "application/json",
        declared if declared.contains([',', '*']) => "",
        declared => declared,
    };
    let text = in_media_type(argument, json);
    multipart.push(Part::text(name, media_type, argument.part_headers, &text));
}

fn file_part(
    argument: &'static Argument,
    text: &str,
    root: Option<&Path>,
    multipart: &mut Multipart,
) -> Result<(), String> {
    let file = file::read(argument, text, root)?;
    let media_type = match (argument.media_type, file.media_type) {
        ("" | "*/*", Some(given)) => given,
        ("" | "*/*", None) => "application/octet-stream".to_owned(),
        (declared, Some(given)) if declared.contains(['*', ',']) => given,
        (declared, _) => first_concrete(declared),
    };
    let name = file.name.unwrap_or_else(|| file::name_for(argument, &media_type));
    multipart.push(Part::file(
        argument.wire,
        &name,
        &media_type,
        argument.part_headers,
        file.content,
    ));
    Ok(())
}

/// The first media type of a list that is no range; otherwise bytes of no known type.
fn first_concrete(declared: &str) -> String {
    declared
        .split(',')
        .map(str::trim)
        .find(|media_type| !media_type.contains('*'))
        .unwrap_or("application/octet-stream")
        .to_owned()
}

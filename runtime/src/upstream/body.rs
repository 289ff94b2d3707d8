//! Writing the request body.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::multipart::Multipart;
use super::query;
use super::value::{items, members, percent, plain};
use crate::arguments::Values;
use crate::operation::{Argument, BodyFormat, Kind, Operation, Place, Style};

/// Standard alphabet, with or without padding.
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
/// The alphabet for URLs, with or without padding.
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// A body and its `Content-Type`.
#[derive(Debug)]
pub(super) struct Written {
    /// Media type, with the boundary of a multipart body.
    pub(super) media_type: String,
    /// The bytes.
    pub(super) bytes: Vec<u8>,
}

/// The body of a request; `None` where there is nothing to send and none is required.
///
/// # Errors
///
/// A file that is neither base64 nor a `data:` URI.
pub(super) fn write(operation: &Operation, values: &Values<'_>) -> Result<Option<Written>, String> {
    let body = &operation.body;
    if body.format == BodyFormat::None {
        return Ok(None);
    }
    let given: Vec<(&Argument, &str)> = operation
        .arguments
        .iter()
        .enumerate()
        .filter(|(_, argument)| matches!(argument.place, Place::Property | Place::Body))
        .filter_map(|(index, argument)| Some((argument, values.get(index)?)))
        .collect();
    if given.is_empty() && !body.required {
        return Ok(None);
    }
    let whole = given.iter().find(|(argument, _)| argument.place == Place::Body).copied();
    let mut media_type = body.media_type.to_owned();
    let bytes = match body.format {
        BodyFormat::None => return Ok(None),
        BodyFormat::Json => match whole {
            Some((_, json)) => json.as_bytes().to_vec(),
            None => object(&given).into_bytes(),
        },
        BodyFormat::Form => form(&given).into_bytes(),
        BodyFormat::Multipart => {
            let mut multipart = Multipart::default();
            for (argument, json) in &given {
                parts(argument, json, &mut multipart)?;
            }
            let (boundary, bytes) = multipart.finish();
            let base = media_type.split(';').next().unwrap_or_default().trim();
            media_type = format!("{base}; boundary={boundary}");
            bytes
        }
        BodyFormat::Text => {
            first(&given).map(|(_, json)| plain(json).into_bytes()).unwrap_or_default()
        }
        BodyFormat::Bytes => match first(&given) {
            Some((argument, json)) => {
                let file = file(argument, &plain(json))?;
                if let Some(declared) = file.media_type
                    && media_type.contains('*')
                {
                    media_type = declared;
                }
                file.bytes
            }
            None => Vec::new(),
        },
    };
    if media_type.is_empty() || media_type.contains('*') {
        media_type = fallback(body.format).to_owned();
    }
    Ok(Some(Written { media_type, bytes }))
}

fn first<'v>(given: &[(&'v Argument, &'v str)]) -> Option<(&'v Argument, &'v str)> {
    given.first().copied().filter(|(_, json)| *json != "null")
}

const fn fallback(format: BodyFormat) -> &'static str {
    match format {
        BodyFormat::Json => "application/json",
        BodyFormat::Form => "application/x-www-form-urlencoded",
        BodyFormat::Multipart => "multipart/form-data",
        BodyFormat::Text => "text/plain; charset=utf-8",
        BodyFormat::Bytes | BodyFormat::None => "application/octet-stream",
    }
}

/// The properties that were given, each as the JSON text that came: absent stays absent, null null.
fn object(given: &[(&Argument, &str)]) -> String {
    let members: Vec<String> = given
        .iter()
        .map(|(argument, json)| format!("{}:{json}", serde_json::Value::from(argument.wire)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// `application/x-www-form-urlencoded`. Objects without a style of their own are JSON text, as the
/// default encoding of OpenAPI says (3.1, 4.8.15.1).
fn form(given: &[(&Argument, &str)]) -> String {
    let mut form = String::new();
    for (argument, json) in given {
        if argument.place == Place::Body {
            for (name, value) in members(json) {
                default_field(&mut form, &name, value.get());
            }
        } else if argument.style == Style::Form && json.starts_with('{') {
            default_field(&mut form, argument.wire, json);
        } else {
            query::encode(argument, json, &mut form);
        }
    }
    form
}

fn default_field(form: &mut String, name: &str, json: &str) {
    let name = percent(name);
    if json.starts_with('[') {
        for item in items(json).into_iter().filter(|item| item.get() != "null") {
            query::push(form, &name, &percent(&plain(item.get())));
        }
    } else if json != "null" {
        query::push(form, &name, &percent(&plain(json)));
    }
}

/// The parts of one argument; a list repeats its name. Null writes nothing.
fn parts(argument: &Argument, json: &str, multipart: &mut Multipart) -> Result<(), String> {
    if json == "null" {
        return Ok(());
    }
    if argument.place == Place::Body && json.starts_with('{') {
        for (name, value) in members(json) {
            for item in repeated(value.get()) {
                text_part(&name, item, "", multipart);
            }
        }
        return Ok(());
    }
    let is_file = matches!(argument.kind, Kind::File | Kind::Files);
    let json_list = argument.style == Style::Json
        || argument.media_type == "application/json"
        || argument.media_type.ends_with("+json");
    for item in if json_list { vec![json] } else { repeated(json) } {
        if is_file {
            let file = file(argument, &plain(item))?;
            let media_type = match (argument.media_type, file.media_type) {
                ("" | "*/*", Some(given)) => given,
                ("" | "*/*", None) => "application/octet-stream".to_owned(),
                (declared, Some(given)) if declared.contains(['*', ',']) => given,
                (declared, _) => first_concrete(declared),
            };
            multipart.file(argument.wire, &media_type, &file.bytes);
        } else {
            text_part(argument.wire, item, argument.media_type, multipart);
        }
    }
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

fn repeated(json: &str) -> Vec<&str> {
    if json.starts_with('[') {
        items(json).into_iter().map(|item| item.get()).filter(|item| *item != "null").collect()
    } else if json == "null" {
        Vec::new()
    } else {
        vec![json]
    }
}

fn text_part(name: &str, json: &str, declared: &str, multipart: &mut Multipart) {
    let is_json = declared.ends_with("json");
    let media_type = match declared {
        "" if json.starts_with(['{', '[']) => "application/json",
        declared => declared,
    };
    let text = if is_json { json.to_owned() } else { plain(json) };
    multipart.field(name, media_type, &text);
}

/// The content of a file argument.
struct File {
    media_type: Option<String>,
    bytes: Vec<u8>,
}

/// Decodes base64, or a `data:` URI (RFC 2397).
fn file(argument: &Argument, text: &str) -> Result<File, String> {
    let wrong = || {
        format!(
            "argument `{}` is a file: give its content as base64 or as a `data:` URI",
            argument.name
        )
    };
    let is_data = text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    if !is_data {
        return Ok(File { media_type: None, bytes: base64(text).ok_or_else(wrong)? });
    }
    let (head, content) = text.get(5..).and_then(|rest| rest.split_once(',')).ok_or_else(wrong)?;
    let (media_type, is_base64) = match head.strip_suffix(";base64") {
        Some(media_type) => (media_type, true),
        None => (head, false),
    };
    let decoded: Vec<u8> = percent_encoding::percent_decode_str(content).collect();
    let bytes = if is_base64 {
        std::str::from_utf8(&decoded).ok().and_then(base64).ok_or_else(wrong)?
    } else {
        decoded
    };
    // A control character in the media type would end the part's header.
    let usable = !media_type.is_empty() && media_type.bytes().all(|byte| byte.is_ascii_graphic());
    Ok(File { media_type: usable.then(|| media_type.to_owned()), bytes })
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(&text).or_else(|_| URL_SAFE.decode(&text)).ok()
}

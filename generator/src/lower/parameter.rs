//! Parameters and media types.

use indexmap::IndexMap;

use super::Lowering;
use crate::diagnostic::Code;
use crate::input::openapi::{self as raw, Content, Fault, Field, Note};
use crate::model::{Encoding, Json, Location, MediaType, Parameter, SchemaId, Style};
use crate::source::{Node, Span};

/// Header parameters that shall be ignored (OpenAPI 3.1, Parameter Object).
const IGNORED_HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];

/// Headers that frame a message or name its host: the runtime sends no argument in them, so such
/// an argument could only ever fail.
const CLIENT_HEADERS: [&str; 11] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// How the value of a parameter is written, and what it is.
struct Value {
    style: Style,
    /// Of `content` that is not JSON.
    media_type: Option<String>,
    schema: Option<SchemaId>,
    example: Option<Json>,
}

impl<'d> Lowering<'d> {
    /// Lowers a parameter. `None` for those that are not sent, which are counted, and for those that
    /// cannot be read and that requests do without, which are warned of.
    pub(super) fn lower_parameter(
        &mut self,
        node: &'d Node<'d>,
    ) -> Result<Option<Parameter>, Fault> {
        let followed = match self.reader.resolver.follow(node) {
            Ok(followed) => followed,
            Err(fault) if fault.code == Code::E0209 => return Err(fault),
            Err(fault) => return Ok(self.leave_out_parameter(&fault)),
        };
        if followed.node.as_object().is_none() {
            let message = format!("a parameter is {}, not a mapping", followed.node.kind());
            return Err(Fault::new(Code::E0212, followed.node.span, message));
        }
        let raw = raw::Parameter::parse(followed.node, &mut self.reader)?;
        let (name, location) = match self.name_and_location(&raw) {
            Ok(found) => found,
            Err(fault) if raw.required => return Err(fault),
            Err(fault) => return Ok(self.leave_out_parameter(&fault)),
        };
        if location == Location::Header {
            let header = name.to_ascii_lowercase();
            if IGNORED_HEADERS.contains(&header.as_str()) {
                self.reader.notes.count("header parameter ignored as the standard says");
                return Ok(None);
            }
            if CLIENT_HEADERS.contains(&header.as_str()) {
                self.reader.notes.count("header parameter that only the HTTP client sets");
                return Ok(None);
            }
        }
        let mut required = raw.required;
        if location == Location::Path && !required {
            self.reader.notes.count("path parameter that is not declared as required");
            required = true;
        }
        if location == Location::Querystring && raw.content.is_none() {
            let message = format!("the parameter `{name}` in `querystring` has no `content`");
            return Err(Fault::new(Code::E0212, raw.span, message)
                .help("describe the query string by `content`, as OpenAPI 3.2 wants it"));
        }
        let Value { style, media_type, schema, example } =
            self.lower_parameter_value(&raw, location)?;
        let description = followed.description.or(raw.description);
        Ok(Some(Parameter {
            span: raw.span,
            name: name.to_owned(),
            location,
            description: description.map(str::to_owned),
            required,
            deprecated: raw.deprecated,
            style,
            explode: raw.explode.unwrap_or(matches!(style, Style::Form | Style::Cookie)),
            allow_reserved: raw.allow_reserved,
            media_type,
            schema,
            example,
        }))
    }

    fn leave_out_parameter(&mut self, fault: &Fault) -> Option<Parameter> {
        self.reader.notes.warn(Note {
            kind: "parameter left out",
            code: fault.code,
            message: format!("{}; the parameter is left out", fault.message),
            span: fault.span,
            help: "correct it, or remove it from the operation",
        });
        None
    }

    fn name_and_location(
        &mut self,
        raw: &raw::Parameter<'d>,
    ) -> Result<(&'d str, Location), Fault> {
        let (Some(name), Some(place)) = (raw.name, raw.location) else {
            let field = if raw.name.is_none() { "name" } else { "in" };
            let message = format!("a parameter has no `{field}`");
            return Err(Fault::new(Code::E0212, raw.span, message).help("add the field"));
        };
        if let Some(location) = location(place) {
            return Ok((name, location));
        }
        let small = place.to_ascii_lowercase();
        let location = location(&small).ok_or_else(|| unsupported_place(name, place, raw.span))?;
        self.reader.notes.warn(Note {
            kind: "place of a parameter that is not written in small letters",
            code: Code::E0212,
            message: format!("`in: {place}` of the parameter `{name}` is read as `{small}`"),
            span: raw.span,
            help: "write it in small letters",
        });
        Ok((name, location))
    }

    fn lower_parameter_value(
        &mut self,
        raw: &raw::Parameter<'d>,
        location: Location,
    ) -> Result<Value, Fault> {
        let style = self.lower_style(raw.style, location);
        let example = self.lower_example(raw.example, raw.examples);
        if let Some(media) = raw.content.as_deref().and_then(<[_]>::first) {
            let style = if is_json(media.name()) { Style::Json } else { Style::Content };
            let media_type = (style == Style::Content).then(|| media.name().to_owned());
            let media = self.lower_media_type(*media, true)?;
            let example = example.or(media.example);
            return Ok(Value { style, media_type, schema: media.schema, example });
        }
        let schema = raw.schema.map(|schema| self.arena.reserve(schema));
        if schema.is_none() {
            self.reader.notes.count("parameter without a schema");
        }
        Ok(Value { style, media_type: None, schema, example })
    }

    /// The style, or the default of the location where there is none that is allowed there.
    fn lower_style(&mut self, written: Option<(&'d str, Span)>, location: Location) -> Style {
        let default = match location {
            Location::Path | Location::Header => Style::Simple,
            Location::Query | Location::Querystring | Location::Cookie => Style::Form,
        };
        let Some((text, span)) = written else { return default };
        let style = match (style(text), location) {
            (Some(style @ (Style::Simple | Style::Label | Style::Matrix)), Location::Path)
            | (Some(style @ Style::Simple), Location::Header)
            | (
                Some(
                    style @ (Style::Form
                    | Style::SpaceDelimited
                    | Style::PipeDelimited
                    | Style::DeepObject),
                ),
                Location::Query,
            )
            | (Some(style @ (Style::Form | Style::Cookie)), Location::Cookie) => Some(style),
            _ => collection_format(text),
        };
        style.unwrap_or_else(|| {
            self.reader.notes.warn(Note {
                kind: "parameter style that is not allowed there",
                code: Code::E0212,
                message: format!(
                    "the style `{text}` is not allowed in this place; the default is taken"
                ),
                span,
                help: "remove `style`, or take one that the location allows",
            });
            default
        })
    }

    /// Lowers `content`.
    pub(super) fn lower_content(
        &mut self,
        content: &Content<'d>,
        request: bool,
    ) -> Result<Vec<MediaType>, Fault> {
        content.iter().map(|media| self.lower_media_type(*media, request)).collect()
    }

    fn lower_media_type(&mut self, media: Field<'d>, request: bool) -> Result<MediaType, Fault> {
        let raw = raw::MediaType::parse(media.node, &mut self.reader)?;
        if raw.item_schema.is_some() && raw.schema.is_none() {
            self.reader.notes.count(if request {
                "request body with `itemSchema`, items not checked"
            } else {
                "response with `itemSchema`, read as unstructured"
            });
        }
        if request {
            check_media_type(media.name(), media.key.span)?;
        }
        let mut encodings = IndexMap::new();
        for (property, encoding) in &raw.encodings {
            check_media_type(encoding.content_type.unwrap_or_default(), media.node.span)?;
            let style = encoding.style.map(|style| self.lower_style(Some(style), Location::Query));
            let encoding = Encoding {
                content_type: encoding.content_type.map(str::to_owned),
                style,
                explode: encoding.explode,
                allow_reserved: encoding.allow_reserved,
                headers: self.lower_part_headers(encoding.headers)?,
            };
            encodings.insert((*property).to_owned(), encoding);
        }
        Ok(MediaType {
            name: media.name().to_owned(),
            schema: raw.schema.map(|schema| self.arena.reserve(schema)),
            item_schema: raw.item_schema.map(|schema| self.arena.reserve(schema)),
            example: self.lower_example(raw.example, raw.examples),
            encodings,
        })
    }

    /// The headers of a part whose values the document fixes. Nobody could give the others a value.
    fn lower_part_headers(
        &mut self,
        headers: Option<&'d Node<'d>>,
    ) -> Result<Vec<(String, String)>, Fault> {
        let mut fixed = Vec::new();
        let Some(headers) = headers else { return Ok(fixed) };
        for field in raw::entries(headers, "headers", &mut self.reader)? {
            let name = field.name();
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            match self.fixed_value(field.node).filter(|value| is_header(name, value)) {
                Some(value) => fixed.push((name.to_owned(), value)),
                None => self.reader.notes.count("headers of form parts without a fixed value"),
            }
        }
        Ok(fixed)
    }

    /// The only value of a header, else its default.
    fn fixed_value(&mut self, header: &'d Node<'d>) -> Option<String> {
        let header = self.reader.resolver.follow(header).ok()?.node;
        let schema = self.reader.resolver.follow(header.get("schema")?).ok()?.node;
        let only = schema.get("enum").and_then(Node::as_array).filter(|values| values.len() == 1);
        let value = schema
            .get("const")
            .or_else(|| only.and_then(<[_]>::first))
            .or_else(|| schema.get("default"))?;
        match value.to_json() {
            Json::String(text) => Some(text),
            value @ (Json::Number(_) | Json::Bool(_)) => Some(value.to_string()),
            _ => None,
        }
    }

    /// The example: `example`, else the first of `examples` that has a value.
    fn lower_example(
        &mut self,
        example: Option<&'d Node<'d>>,
        examples: Option<&'d Node<'d>>,
    ) -> Option<Json> {
        if let Some(example) = example {
            return Some(example.to_json());
        }
        let entries = examples?.as_object().unwrap_or_default();
        for (_, entry) in entries {
            match self.reader.resolver.follow(entry) {
                Ok(followed) => {
                    let example = followed.node;
                    if let Some(value) = example.get("value").or_else(|| example.get("dataValue")) {
                        return Some(value.to_json());
                    }
                    self.reader.notes.count("example without a value");
                }
                Err(_) => self.reader.notes.count("example that points to nothing"),
            }
        }
        None
    }
}

pub(super) fn location(text: &str) -> Option<Location> {
    match text {
        "path" => Some(Location::Path),
        "query" => Some(Location::Query),
        "querystring" => Some(Location::Querystring),
        "header" => Some(Location::Header),
        "cookie" => Some(Location::Cookie),
        _ => None,
    }
}

fn unsupported_place(name: &str, place: &str, span: Span) -> Fault {
    let (code, help) = match place {
        "body" | "formData" => (Code::E0212, "parameters of Swagger 2.0 become `requestBody`"),
        _ => (Code::E0212, "`in` is one of `path`, `query`, `header`, `cookie`"),
    };
    Fault::new(code, span, format!("the parameter `{name}` is in `{place}`")).help(help)
}

/// `collectionFormat` of Swagger 2.0, which any place allows.
fn collection_format(text: &str) -> Option<Style> {
    Some(match text {
        "ssv" => Style::SpaceDelimited,
        "pipes" => Style::PipeDelimited,
        "tsv" => Style::TabDelimited,
        _ => return None,
    })
}

fn style(text: &str) -> Option<Style> {
    Some(match text {
        "simple" => Style::Simple,
        "label" => Style::Label,
        "matrix" => Style::Matrix,
        "form" => Style::Form,
        "spaceDelimited" => Style::SpaceDelimited,
        "pipeDelimited" => Style::PipeDelimited,
        "deepObject" => Style::DeepObject,
        "cookie" => Style::Cookie,
        _ => return None,
    })
}

/// Whether name and value can be a header.
fn is_header(name: &str, value: &str) -> bool {
    is_token(name) && is_header_text(value)
}

/// Whether a name can be that of a header, or a method (RFC 9110, 5.6.2).
pub(super) fn is_token(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_part)
}

fn is_header_text(value: &str) -> bool {
    value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Refuses a media type that would end the line that it is written to.
fn check_media_type(media_type: &str, span: Span) -> Result<(), Fault> {
    if is_header_text(media_type) {
        return Ok(());
    }
    let message = format!("{media_type:?} is no media type");
    Err(Fault::new(Code::E0212, span, message).help("write it as in `application/json`"))
}

/// Whether a media type is JSON: `application/json`, `application/problem+json; charset=utf-8`.
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}

//! Parameters, request bodies and responses with their media types.

use super::fields::{Field, entries};
use super::notes::Fault;
use super::reader::Reader;
use crate::source::{Node, Span};

/// A parameter. A `$ref` is followed before one is read.
#[derive(Clone, Debug)]
pub struct Parameter<'d> {
    /// Where it stands.
    pub span: Span,
    /// `name`
    pub name: Option<&'d str>,
    /// `in`
    pub location: Option<&'d str>,
    /// `description`
    pub description: Option<&'d str>,
    /// `required`
    pub required: bool,
    /// `deprecated`
    pub deprecated: bool,
    /// `style`
    pub style: Option<(&'d str, Span)>,
    /// `explode`
    pub explode: Option<bool>,
    /// `allowReserved`
    pub allow_reserved: bool,
    /// `schema`
    pub schema: Option<&'d Node<'d>>,
    /// `content`
    pub content: Option<Content<'d>>,
    /// `example`
    pub example: Option<&'d Node<'d>>,
    /// `examples`
    pub examples: Option<&'d Node<'d>>,
}

/// `content`: media types with what is said about them, in the order of the document.
pub type Content<'d> = Vec<Field<'d>>;

impl<'d> Parameter<'d> {
    /// Reads a parameter.
    ///
    /// # Errors
    ///
    /// The fault of a reference that cannot be followed.
    pub fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Self, Fault> {
        let mut parameter = Self {
            span: node.span,
            name: None,
            location: None,
            description: None,
            required: false,
            deprecated: false,
            style: None,
            explode: None,
            allow_reserved: false,
            schema: None,
            content: None,
            example: None,
            examples: None,
        };
        for field in entries(node, "parameter", reader)? {
            match field.name() {
                "name" => parameter.name = field.text(reader),
                "in" => parameter.location = field.text(reader),
                "description" => parameter.description = field.text(reader),
                "required" => parameter.required = field.flag(reader).unwrap_or_default(),
                "deprecated" => parameter.deprecated = field.flag(reader).unwrap_or_default(),
                "style" => {
                    parameter.style = field.text(reader).map(|style| (style, field.node.span));
                }
                "explode" => parameter.explode = field.flag(reader),
                "allowReserved" => {
                    parameter.allow_reserved = field.flag(reader).unwrap_or_default();
                }
                "schema" => parameter.schema = Some(field.node),
                "content" => parameter.content = Some(content(field, reader)?),
                "example" => parameter.example = Some(field.node),
                "examples" => parameter.examples = Some(field.node),
                "allowEmptyValue" => {}
                _ => field.unknown(reader),
            }
        }
        Ok(parameter)
    }
}

fn content<'d>(field: Field<'d>, reader: &mut Reader<'d>) -> Result<Content<'d>, Fault> {
    let mut content = entries(field.node, "content", reader)?;
    content.retain(|media| !media.name().starts_with("x-"));
    Ok(content)
}

/// A request body. A `$ref` is followed before one is read.
#[derive(Clone, Debug)]
pub struct RequestBody<'d> {
    /// Where it stands.
    pub span: Span,
    /// `description`
    pub description: Option<&'d str>,
    /// `required`
    pub required: bool,
    /// `content`
    pub content: Content<'d>,
}

impl<'d> RequestBody<'d> {
    /// Reads a request body.
    ///
    /// # Errors
    ///
    /// The fault of a reference that cannot be followed.
    pub fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Self, Fault> {
        let mut body =
            Self { span: node.span, description: None, required: false, content: Vec::new() };
        for field in entries(node, "request body", reader)? {
            match field.name() {
                "description" => body.description = field.text(reader),
                "required" => body.required = field.flag(reader).unwrap_or_default(),
                "content" => body.content = content(field, reader)?,
                _ => field.unknown(reader),
            }
        }
        Ok(body)
    }
}

/// A response. A `$ref` is followed before one is read.
#[derive(Clone, Debug)]
pub struct Response<'d> {
    /// Where it stands.
    pub span: Span,
    /// `description`, else `summary`.
    pub description: Option<&'d str>,
    /// `content`
    pub content: Content<'d>,
}

impl<'d> Response<'d> {
    /// Reads a response.
    ///
    /// # Errors
    ///
    /// The fault of a reference that cannot be followed.
    pub fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Self, Fault> {
        let mut response = Self { span: node.span, description: None, content: Vec::new() };
        let mut summary = None;
        for field in entries(node, "response", reader)? {
            match field.name() {
                "description" => response.description = field.text(reader),
                "summary" => summary = field.text(reader),
                "content" => response.content = content(field, reader)?,
                "links" => field.ignored(reader),
                "headers" => reader.notes.count("response headers ignored"),
                _ => field.unknown(reader),
            }
        }
        response.description = response.description.or(summary);
        Ok(response)
    }
}

/// What stands under a media type. A `$ref` is followed before one is read.
#[derive(Clone, Debug, Default)]
pub struct MediaType<'d> {
    /// `schema`
    pub schema: Option<&'d Node<'d>>,
    /// `itemSchema`
    pub item_schema: Option<&'d Node<'d>>,
    /// `example`
    pub example: Option<&'d Node<'d>>,
    /// `examples`
    pub examples: Option<&'d Node<'d>>,
    /// `encoding`, by property.
    pub encodings: Vec<(&'d str, Encoding<'d>)>,
}

impl<'d> MediaType<'d> {
    /// Reads what stands under a media type.
    ///
    /// # Errors
    ///
    /// The fault of a reference that cannot be followed.
    pub fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Self, Fault> {
        let mut media = Self::default();
        for field in entries(node, "media type", reader)? {
            match field.name() {
                "schema" => media.schema = Some(field.node),
                "itemSchema" => media.item_schema = Some(field.node),
                "example" => media.example = Some(field.node),
                "examples" => media.examples = Some(field.node),
                "encoding" => {
                    for property in entries(field.node, "encoding", reader)? {
                        let encoding = Encoding::parse(property.node, reader)?;
                        media.encodings.push((property.name(), encoding));
                    }
                }
                "prefixEncoding" | "itemEncoding" => {
                    reader.notes.count("encoding by position ignored")
                }
                _ => field.unknown(reader),
            }
        }
        Ok(media)
    }
}

/// The encoding of one property of a form.
#[derive(Clone, Copy, Debug, Default)]
pub struct Encoding<'d> {
    /// `contentType`
    pub content_type: Option<&'d str>,
    /// `style`
    pub style: Option<(&'d str, Span)>,
    /// `explode`
    pub explode: Option<bool>,
    /// `allowReserved`
    pub allow_reserved: bool,
    /// `headers`
    pub headers: Option<&'d Node<'d>>,
}

impl<'d> Encoding<'d> {
    fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Self, Fault> {
        let mut encoding = Self::default();
        for field in entries(node, "encoding of a property", reader)? {
            match field.name() {
                "contentType" => encoding.content_type = field.text(reader),
                "style" => {
                    encoding.style = field.text(reader).map(|style| (style, field.node.span));
                }
                "explode" => encoding.explode = field.flag(reader),
                "allowReserved" => encoding.allow_reserved = field.flag(reader).unwrap_or_default(),
                "headers" => encoding.headers = Some(field.node),
                "encoding" | "prefixEncoding" | "itemEncoding" => {
                    reader.notes.count("encoding by position ignored");
                }
                _ => field.unknown(reader),
            }
        }
        Ok(encoding)
    }
}

//! What a resource answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::{Content, Meta, ResourceContents, ResourceError, ToolResult, number};

/// Media types of contents that have no other: of texts, of bytes, of values.
pub(crate) const TEXT: &str = "text/plain";
pub(crate) const BYTES: &str = "application/octet-stream";
pub(crate) const JSON: &str = "application/json";

/// What a resource answers: one or more contents.
#[derive(Clone, Debug, Default)]
pub struct ResourceResult {
    /// The contents, in order.
    pub contents: Vec<ResourceContent>,
    /// `_meta` of the result.
    pub meta: Meta,
}

/// One of the contents of a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceContent {
    /// Its URI; empty: the one that was read.
    pub uri: String,
    /// Its media type; empty: the one that was declared, else `text/plain` for texts and
    /// `application/octet-stream` for bytes.
    pub mime_type: String,
    /// Text or bytes.
    pub contents: ResourceContents,
    /// `_meta` of this content.
    pub meta: Meta,
}

impl ResourceContent {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(ResourceContents::Text(text.into()))
    }

    /// Bytes.
    #[must_use]
    pub fn bytes(bytes: impl AsRef<[u8]>) -> Self {
        Self::new(ResourceContents::Blob(STANDARD.encode(bytes)))
    }

    fn new(contents: ResourceContents) -> Self {
        Self { uri: String::new(), mime_type: String::new(), contents, meta: Meta::new() }
    }

    /// The same with this media type.
    #[must_use]
    pub fn with_mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = mime_type.into();
        self
    }

    /// The same under this URI: one of several resources that were read at once.
    #[must_use]
    pub fn with_uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = uri.into();
        self
    }
}

impl ResourceResult {
    /// One text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::from(ResourceContent::text(text))
    }

    /// One sequence of bytes.
    #[must_use]
    pub fn bytes(bytes: impl AsRef<[u8]>) -> Self {
        Self::from(ResourceContent::bytes(bytes))
    }

    /// A value as JSON, with the media type `application/json` where none is declared.
    ///
    /// # Errors
    /// The value cannot be written as JSON, or has a number that JSON lacks.
    pub fn json(value: &impl Serialize) -> Result<Self, ResourceError> {
        let text: Box<str> = number::to_json(value, "the contents")?.into();
        Ok(Self::from(ResourceContent::text(text).with_mime_type(JSON)))
    }
}

/// What a tool answers, read as a resource: its structured content as JSON, else its blocks one by one.
impl TryFrom<ToolResult> for ResourceResult {
    type Error = ResourceError;

    /// # Errors
    /// The call has failed: its texts say why.
    fn try_from(result: ToolResult) -> Result<Self, ResourceError> {
        if result.is_error {
            return Err(ResourceError::public(result.texts()));
        }
        let contents = match result.structured {
            Some(structured) => {
                let text: Box<str> = structured.into();
                vec![ResourceContent::text(text).with_mime_type(JSON)]
            }
            None => result.content.into_iter().map(ResourceContent::from).collect(),
        };
        Ok(Self { contents, meta: result.meta })
    }
}

impl From<Content> for ResourceContent {
    fn from(content: Content) -> Self {
        match content {
            Content::Text(text) => Self::text(text),
            Content::Image { data, mime_type } | Content::Audio { data, mime_type } => {
                Self::new(ResourceContents::Blob(data)).with_mime_type(mime_type)
            }
            // It is what was read, so it has the URI that was read.
            Content::Resource { mime_type, contents, .. } => {
                Self::new(contents).with_mime_type(mime_type)
            }
            Content::Link(link) => Self::text(link.uri),
            Content::Annotated { content, meta, .. } => Self { meta, ..Self::from(*content) },
        }
    }
}

impl From<ResourceContent> for ResourceResult {
    fn from(content: ResourceContent) -> Self {
        Self { contents: vec![content], meta: Meta::new() }
    }
}

//! Content blocks (MCP 2026-07-28, `ContentBlock`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Meta;
use crate::declaration::Role;

/// One content block.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Text.
    Text(String),
    /// An image.
    Image {
        /// Base64 of the bytes.
        data: String,
        /// Media type, `image/png`.
        mime_type: String,
    },
    /// Sound.
    Audio {
        /// Base64 of the bytes.
        data: String,
        /// Media type, `audio/wav`.
        mime_type: String,
    },
    /// A resource inside the result.
    Resource {
        /// URI of the resource.
        uri: String,
        /// Media type; empty: not told.
        mime_type: String,
        /// Its content.
        contents: ResourceContents,
    },
    /// A resource that can be read.
    Link(Box<ResourceLink>),
    /// Another block, with hints for the client.
    Annotated {
        /// The block.
        content: Box<Content>,
        /// For whom it is, and how much it matters.
        annotations: Annotations,
        /// `_meta` of the block.
        meta: Meta,
    },
}

impl Content {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An image of these bytes.
    #[must_use]
    pub fn image(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self::Image { data: STANDARD.encode(bytes), mime_type: mime_type.into() }
    }

    /// Sound of these bytes.
    #[must_use]
    pub fn audio(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self::Audio { data: STANDARD.encode(bytes), mime_type: mime_type.into() }
    }

    /// A resource with a text inside the result.
    #[must_use]
    pub fn resource(
        uri: impl Into<String>,
        mime_type: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self::Resource {
            uri: uri.into(),
            mime_type: mime_type.into(),
            contents: ResourceContents::Text(text.into()),
        }
    }

    /// A resource with these bytes inside the result: a file of any type.
    #[must_use]
    pub fn blob(
        uri: impl Into<String>,
        mime_type: impl Into<String>,
        bytes: impl AsRef<[u8]>,
    ) -> Self {
        Self::Resource {
            uri: uri.into(),
            mime_type: mime_type.into(),
            contents: ResourceContents::Blob(STANDARD.encode(bytes)),
        }
    }

    /// The text of a text block.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Annotated { content, .. } => content.as_text(),
            _ => None,
        }
    }

    /// The block with hints for the client.
    #[must_use]
    pub fn annotated(self, annotations: Annotations) -> Self {
        Self::Annotated { content: Box::new(self), annotations, meta: Meta::new() }
    }
}

/// Content of an embedded resource.
#[derive(Clone, Debug, PartialEq)]
pub enum ResourceContents {
    /// Text.
    Text(String),
    /// Base64 of bytes.
    Blob(String),
}

/// A link to a resource (MCP 2025-06-18 and later, `ResourceLink`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResourceLink {
    /// URI of the resource.
    pub uri: String,
    /// Its name.
    pub name: String,
    /// Its title; empty: none.
    pub title: String,
    /// Its description; empty: none.
    pub description: String,
    /// Its media type; empty: not told.
    pub mime_type: String,
    /// Its size in bytes.
    pub size: Option<u64>,
}

/// Hints for the client (MCP 2026-07-28, `Annotations`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Annotations {
    /// For whom it is; empty: not told.
    pub audience: Vec<Role>,
    /// How much it matters, from 0 to 1.
    pub priority: Option<f64>,
    /// When it was changed, as an ISO 8601 text; empty: not told.
    pub last_modified: String,
}

//! `resources/read`: the result, on either wire.

use bytes::{BufMut, BytesMut};

use crate::declaration::Cache;
use crate::protocol::{Wire, content, response};
use crate::result::{ResourceContents, ResourceResult, resource};

/// What was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Read<'a> {
    /// Its URI.
    pub(crate) uri: &'a str,
    /// The declared media type; empty: that of the contents.
    pub(crate) mime_type: &'a str,
    /// How long the client may keep it.
    pub(crate) cache: Cache,
}

/// Appends the response to a read.
pub(crate) fn encode_result(
    buffer: &mut BytesMut,
    wire: Wire,
    id: &[u8],
    read: Read<'_>,
    result: &ResourceResult,
    info: &str,
) {
    response::open(buffer, id, wire);
    buffer.put_slice(br#""contents":["#);
    for (index, one) in result.contents.iter().enumerate() {
        if index > 0 {
            buffer.put_u8(b',');
        }
        let uri = if one.uri.is_empty() { read.uri } else { &one.uri };
        // The declared type is that of the URI that was read, and more than what the way of making
        // contents suggests.
        let (first, second) = if one.uri.is_empty() {
            (read.mime_type, &*one.mime_type)
        } else {
            (&*one.mime_type, read.mime_type)
        };
        let mime_type = [first, second, usual(&one.contents)]
            .into_iter()
            .find(|mime_type| !mime_type.is_empty())
            .unwrap_or_default();
        content::resource_contents(buffer, uri, mime_type, &one.contents, Some(&one.meta));
    }
    buffer.put_u8(b']');
    if wire.stateless {
        response::cache_hints(buffer, read.cache);
    }
    response::meta(buffer, wire, info, &result.meta, None);
    buffer.put_slice(b"}}");
}

const fn usual(contents: &ResourceContents) -> &'static str {
    match contents {
        ResourceContents::Text(_) => resource::TEXT,
        ResourceContents::Blob(_) => resource::BYTES,
    }
}

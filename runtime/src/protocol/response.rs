//! Result responses: the envelope, the lists, and what a server says about itself.

use std::borrow::Cow;

use bytes::{BufMut, BytesMut};

use crate::declaration::Cache;
use crate::protocol::{Wire, content, escape, meta};
use crate::result::Meta;

/// Appends everything up to the first member of the result.
pub(crate) fn open(buffer: &mut BytesMut, id: &[u8], wire: Wire) {
    buffer.put_slice(br#"{"jsonrpc":"2.0","id":"#);
    buffer.put_slice(id);
    buffer.put_slice(if wire.stateless {
        br#","result":{"resultType":"complete","#
    } else {
        br#","result":{"#.as_slice()
    });
}

/// The result of a method of 2026-07-28 up to the first member of its `_meta`.
pub(crate) fn open_with_meta(buffer: &mut BytesMut, id: &[u8]) {
    buffer.put_slice(br#"{"jsonrpc":"2.0","id":"#);
    buffer.put_slice(id);
    buffer.put_slice(br#","result":{"resultType":"complete","_meta":{"#);
}

/// Appends `_meta` with the server's name, the whole of it on the 2026-07-28 wire.
pub(crate) fn server_info(buffer: &mut BytesMut, info: &str) {
    buffer.put_slice(br#","_meta":{""#);
    buffer.put_slice(meta::SERVER_INFO.as_bytes());
    buffer.put_slice(br#"":"#);
    buffer.put_slice(info.as_bytes());
    buffer.put_u8(b'}');
}

/// Appends `_meta` of a result: the server's name on the 2026-07-28 wire, what the handler added, and
/// a member as JSON text that only the wires before have.
pub(crate) fn meta(
    buffer: &mut BytesMut,
    wire: Wire,
    info: &str,
    added: &Meta,
    legacy: Option<&str>,
) {
    if added.is_empty() {
        // Nearly all results.
        if wire.stateless {
            server_info(buffer, info);
        } else if let Some(member) = legacy {
            buffer.put_slice(br#","_meta":{"#);
            buffer.put_slice(member.as_bytes());
            buffer.put_u8(b'}');
        }
        return;
    }
    buffer.put_slice(br#","_meta":"#);
    content::json(buffer, added);
    buffer.truncate(buffer.len() - 1);
    if wire.stateless {
        buffer.put_slice(b",\"");
        buffer.put_slice(meta::SERVER_INFO.as_bytes());
        buffer.put_slice(b"\":");
        buffer.put_slice(info.as_bytes());
    } else if let Some(member) = legacy {
        buffer.put_u8(b',');
        buffer.put_slice(member.as_bytes());
    }
    buffer.put_u8(b'}');
}

/// The answer to a request whose result has no members.
pub(crate) fn empty(id: &str) -> BytesMut {
    let mut buffer = BytesMut::with_capacity(48 + id.len());
    buffer.put_slice(br#"{"jsonrpc":"2.0","id":"#);
    buffer.put_slice(id.as_bytes());
    buffer.put_slice(br#","result":{}}"#);
    buffer
}

/// The answer to a list request: `members` is what [`list_members`] made.
pub(crate) fn list(id: &str, wire: Wire, members: &[u8]) -> BytesMut {
    let mut buffer = BytesMut::with_capacity(80 + id.len() + members.len());
    open(&mut buffer, id.as_bytes(), wire);
    buffer.put_slice(members);
    buffer.put_slice(b"}}");
    buffer
}

/// The members of a list result: the entries under `key`, and what the wire adds to a list.
pub(crate) fn list_members<'a>(
    key: &str,
    entries: impl Iterator<Item = &'a str>,
    next: Option<&str>,
    wire: Wire,
    cache: Cache,
    info: &str,
) -> BytesMut {
    let mut buffer = BytesMut::new();
    buffer.put_u8(b'"');
    buffer.put_slice(key.as_bytes());
    buffer.put_slice(b"\":[");
    for (index, entry) in entries.enumerate() {
        if index > 0 {
            buffer.put_u8(b',');
        }
        buffer.put_slice(entry.as_bytes());
    }
    buffer.put_u8(b']');
    content::member(&mut buffer, "nextCursor", next.unwrap_or_default());
    if wire.stateless {
        cache_hints(&mut buffer, cache);
        server_info(&mut buffer, info);
    }
    buffer
}

/// Appends the cache hints (SEP-2549).
pub(crate) fn cache_hints(buffer: &mut BytesMut, cache: Cache) {
    buffer.put_slice(br#","ttlMs":"#);
    let milliseconds = u64::try_from(cache.ttl.as_millis()).unwrap_or(u64::MAX);
    buffer.put_slice(itoa::Buffer::new().format(milliseconds).as_bytes());
    buffer.put_slice(if cache.public {
        br#","cacheScope":"public""#
    } else {
        br#","cacheScope":"private""#.as_slice()
    });
}

/// What `initialize` and `server/discover` say about the server.
#[derive(Clone, Debug)]
pub(crate) struct About<'a> {
    /// `serverInfo` as JSON text.
    pub(crate) info: &'a str,
    /// `capabilities` as JSON text.
    pub(crate) capabilities: Cow<'a, str>,
    /// Instructions for the model; empty: none.
    pub(crate) instructions: &'a str,
    /// How long clients may keep it.
    pub(crate) cache: Cache,
}

impl About<'_> {
    fn encode_instructions(&self, buffer: &mut BytesMut) {
        if !self.instructions.is_empty() {
            buffer.put_slice(br#","instructions":"#);
            escape::string(buffer, self.instructions);
        }
    }

    /// The answer to `initialize`.
    pub(crate) fn initialize(&self, id: &str, wire: Wire, version: &str) -> BytesMut {
        let mut buffer = BytesMut::with_capacity(256);
        open(&mut buffer, id.as_bytes(), wire);
        buffer.put_slice(br#""protocolVersion":"#);
        escape::string(&mut buffer, version);
        buffer.put_slice(br#","capabilities":"#);
        buffer.put_slice(self.capabilities.as_bytes());
        buffer.put_slice(br#","serverInfo":"#);
        buffer.put_slice(self.info.as_bytes());
        self.encode_instructions(&mut buffer);
        buffer.put_slice(b"}}");
        buffer
    }

    /// The answer to `server/discover`; `versions` is a JSON array.
    pub(crate) fn discover(&self, id: &str, wire: Wire, versions: &str) -> BytesMut {
        let mut buffer = BytesMut::with_capacity(384);
        open(&mut buffer, id.as_bytes(), wire);
        buffer.put_slice(br#""supportedVersions":"#);
        buffer.put_slice(versions.as_bytes());
        buffer.put_slice(br#","capabilities":"#);
        buffer.put_slice(self.capabilities.as_bytes());
        self.encode_instructions(&mut buffer);
        cache_hints(&mut buffer, self.cache);
        server_info(&mut buffer, self.info);
        buffer.put_slice(b"}}");
        buffer
    }
}

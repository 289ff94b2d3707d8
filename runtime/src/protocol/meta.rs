//! `_meta` of a request: the keys that carry version, client and capabilities since 2026-07-28.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Version of the protocol that a request is written in.
pub(crate) const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// What the client can be asked for.
pub(crate) const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// Name and version of the client.
pub(crate) const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
/// Name and version of the server, on every result.
pub(crate) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// The subscription that a notification belongs to.
pub(crate) const SUBSCRIPTION_ID: &str = "io.modelcontextprotocol/subscriptionId";
/// The least level of log messages that a request wants.
pub(crate) const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";
/// What reports of progress name.
pub(crate) const PROGRESS_TOKEN: &str = "progressToken";
/// What `FastMCP` says of components, and the version of one that a request asks for.
pub(crate) const FASTMCP: &str = "fastmcp";

/// The members of `_meta` that are read; unknown ones are skipped.
#[derive(Debug, Default)]
pub(crate) struct Meta<'a> {
    /// [`PROTOCOL_VERSION`]
    pub(crate) protocol_version: Option<&'a RawValue>,
    /// [`CLIENT_CAPABILITIES`]
    pub(crate) client_capabilities: Option<&'a RawValue>,
    /// [`CLIENT_INFO`]
    pub(crate) client_info: Option<&'a RawValue>,
    /// [`LOG_LEVEL`]
    pub(crate) log_level: Option<&'a RawValue>,
    /// [`PROGRESS_TOKEN`]
    pub(crate) progress_token: Option<&'a RawValue>,
    /// [`FASTMCP`]
    pub(crate) fastmcp: Option<&'a RawValue>,
}

// Written by hand because a derived struct would also be read from an array.
impl<'de: 'a, 'a> Deserialize<'de> for Meta<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MetaVisitor)
    }
}

struct MetaVisitor;

impl<'de> Visitor<'de> for MetaVisitor {
    type Value = Meta<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object for `_meta`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut meta = Meta::default();
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::ProtocolVersion => meta.protocol_version = Some(map.next_value()?),
                Key::ClientCapabilities => meta.client_capabilities = Some(map.next_value()?),
                Key::ClientInfo => meta.client_info = Some(map.next_value()?),
                Key::LogLevel => meta.log_level = Some(map.next_value()?),
                Key::ProgressToken => meta.progress_token = Some(map.next_value()?),
                Key::FastMcp => meta.fastmcp = Some(map.next_value()?),
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(meta)
    }
}

enum Key {
    ProtocolVersion,
    ClientCapabilities,
    ClientInfo,
    LogLevel,
    ProgressToken,
    FastMcp,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key of `_meta`")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        Ok(match key {
            PROTOCOL_VERSION => Key::ProtocolVersion,
            CLIENT_CAPABILITIES => Key::ClientCapabilities,
            CLIENT_INFO => Key::ClientInfo,
            LOG_LEVEL => Key::LogLevel,
            PROGRESS_TOKEN => Key::ProgressToken,
            FASTMCP => Key::FastMcp,
            _ => Key::Other,
        })
    }
}

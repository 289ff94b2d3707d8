//! The rules of 2026-07-28: what every request brings in `_meta`, and the headers that mirror it.

pub(crate) mod mirror;
pub(crate) mod seal;
pub(crate) mod state;

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::BytesMut;
use serde_json::value::RawValue;

use crate::lifecycle::Version;
use crate::lifecycle::decision::{Carrier, Facts, Headers, version_text};
use crate::lifecycle::stateless::mirror::shown;
use crate::protocol::envelope;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::escape;
use crate::protocol::meta::{self, Meta};

/// Checks the required `_meta` keys, then the version header, then that the version is served.
///
/// # Errors
/// [`ErrorKind::InvalidMeta`], [`ErrorKind::HeaderMismatch`], [`ErrorKind::UnsupportedVersion`],
/// in this order.
pub(crate) fn check(
    meta: &Meta<'_>,
    version: &RawValue,
    facts: &Facts<'_>,
) -> Result<(), ProtocolError> {
    let version = version_text(version)?;
    match meta.client_capabilities {
        None => return Err(missing(meta::CLIENT_CAPABILITIES)),
        Some(capabilities) if !envelope::is_object(capabilities) => {
            return Err(malformed(meta::CLIENT_CAPABILITIES, "an object"));
        }
        Some(_) => {}
    }
    if let Carrier::Http(headers) = &facts.carrier {
        mirror::check_plain("MCP-Protocol-Version", headers.version, version.as_bytes())?;
    }
    match Version::parse(version.as_bytes()) {
        Some(version) if version.is_stateless() => Ok(()),
        Some(_) => Err(ProtocolError::new(
            ErrorKind::UnsupportedVersion,
            "Unsupported protocol version in `_meta`: this one is served after `initialize`",
        )
        .with_data(versions(Version::STATELESS, &version))),
        None => Err(unsupported(&version)),
    }
}

/// Checks the headers that mirror method and name. `name` is the name in the body, where the
/// method has one.
///
/// # Errors
/// [`ErrorKind::HeaderMismatch`]
pub(crate) fn check_headers(
    headers: &Headers<'_>,
    method: &str,
    name: Option<&str>,
) -> Result<(), ProtocolError> {
    mirror::check_plain("Mcp-Method", headers.method, method.as_bytes())?;
    let Some(name) = name else { return Ok(()) };
    mirror::check_encoded("Mcp-Name", headers.name, name.as_bytes())
}

/// Checks the headers that mirror arguments; `mirrored`: each header without `Mcp-Param-`, in lower case,
/// and the keys that lead to its argument.
///
/// # Errors
/// [`ErrorKind::HeaderMismatch`]
pub(crate) fn check_params<'m, K: AsRef<str> + 'm>(
    headers: &Headers<'_>,
    mirrored: impl IntoIterator<Item = (&'m str, &'m [K])>,
    arguments: Option<&RawValue>,
) -> Result<(), ProtocolError> {
    for (header, path) in mirrored {
        let header = ["mcp-param-", header].concat();
        mirror::check_param(&header, headers.value(&header), at(arguments, path))?;
    }
    Ok(())
}

/// The value that these keys lead to.
fn at<'a>(value: Option<&'a RawValue>, path: &[impl AsRef<str>]) -> Option<&'a RawValue> {
    let Some((key, rest)) = path.split_first() else { return value };
    let members: BTreeMap<Cow<'a, str>, &'a RawValue> = serde_json::from_str(value?.get()).ok()?;
    at(members.get(key.as_ref()).copied(), rest)
}

/// A required key of `_meta` is missing.
pub(crate) fn missing(key: &'static str) -> ProtocolError {
    ProtocolError::new(ErrorKind::InvalidMeta, format!("Invalid params: missing _meta field {key}"))
}

/// A required key of `_meta` has another type.
pub(crate) fn malformed(key: &'static str, expected: &'static str) -> ProtocolError {
    ProtocolError::new(
        ErrorKind::InvalidMeta,
        format!("Invalid params: _meta field {key} is not {expected}"),
    )
}

/// A version that is not served at all.
pub(crate) fn unsupported(requested: &str) -> ProtocolError {
    ProtocolError::new(ErrorKind::UnsupportedVersion, "Unsupported protocol version")
        .with_data(versions(Version::ALL, requested))
}

fn versions(supported: &str, requested: &str) -> String {
    let mut quoted = BytesMut::new();
    escape::string(&mut quoted, &shown(requested.as_bytes()));
    let quoted = String::from_utf8_lossy(&quoted);
    format!(r#"{{"supported":{supported},"requested":{quoted}}}"#)
}

//! The rules of 2026-07-28: what every request brings in `_meta`, and the headers that mirror it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::BytesMut;
use serde_json::value::RawValue;

use crate::lifecycle::Version;
use crate::lifecycle::decision::{Facts, Headers, Mirror, version_text};
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
    if let Facts::Http(headers) = facts {
        check_mirror("MCP-Protocol-Version", headers.version, version.as_bytes())?;
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
    check_mirror("Mcp-Method", headers.method, method.as_bytes())?;
    let Some(name) = name else { return Ok(()) };
    let Mirror::Once(value) = headers.name else {
        return check_mirror("Mcp-Name", headers.name, name.as_bytes());
    };
    let Some(decoded) = decode(value) else {
        return Err(mismatch("Mcp-Name header is not valid base64"));
    };
    check_mirror("Mcp-Name", Mirror::Once(&decoded), name.as_bytes())
}

fn check_mirror(header: &'static str, value: Mirror<'_>, body: &[u8]) -> Result<(), ProtocolError> {
    match value {
        Mirror::Once(value) if value == body => Ok(()),
        Mirror::Once(value) => Err(mismatch(format!(
            "{header} header value '{}' does not match body value '{}'",
            shown(value),
            shown(body)
        ))),
        Mirror::Absent => Err(mismatch(format!("{header} header is missing"))),
        Mirror::Repeated => Err(mismatch(format!("{header} header may come once"))),
    }
}

/// The value of a mirrored header: as it is, or base64 between `=?base64?` and `?=`.
fn decode(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    match value.strip_prefix(b"=?base64?").and_then(|rest| rest.strip_suffix(b"?=")) {
        Some(encoded) => STANDARD.decode(encoded).ok().map(Cow::Owned),
        None => Some(Cow::Borrowed(value)),
    }
}

fn shown(value: &[u8]) -> String {
    String::from_utf8_lossy(value).chars().take(100).collect()
}

fn mismatch(detail: impl Into<String>) -> ProtocolError {
    ProtocolError::new(ErrorKind::HeaderMismatch, ["Header mismatch: ", &detail.into()].concat())
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

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn base64_of_a_header_is_strict() {
        assert_eq!(decode(b"=?base64?SGVsbG8=?=").as_deref(), Some(b"Hello".as_slice()));
        assert_eq!(decode(b"SGVsbG8=").as_deref(), Some(b"SGVsbG8=".as_slice()));
        assert_eq!(decode(b"=?base64?SGVsbG8=").as_deref(), Some(b"=?base64?SGVsbG8=".as_slice()));
        assert_eq!(decode(b"=?base64?SGVsbG8?="), None, "padding is required");
        assert_eq!(decode(b"=?base64?SGVs!!!bG8=?="), None, "the alphabet is checked");
        assert_eq!(decode(b"=?base64?SGVsbG9=?="), None, "trailing bits are zero");
    }
}

//! What a client can be asked, and the refusals where it cannot.

use bytes::Bytes;
use serde_json::Value;

use crate::declaration::Capability;
use crate::protocol::ask;
use crate::protocol::error::{ErrorKind, ProtocolError};

/// The extension by which clients take tasks.
pub(crate) const TASKS: &str = "io.modelcontextprotocol/tasks";

/// Whether these capabilities, a JSON text, take tasks by the extension of 2026-07-28.
pub(crate) fn takes_tasks(capabilities: Option<&[u8]>) -> bool {
    let capabilities: Option<Value> =
        capabilities.and_then(|capabilities| serde_json::from_slice(capabilities).ok());
    capabilities.is_some_and(|capabilities| {
        let settings = capabilities.get("extensions").and_then(|known| known.get(TASKS));
        settings.is_some_and(Value::is_object)
    })
}

/// The first of these capabilities that is not among those of a client, a JSON text.
pub(crate) fn lacking(capabilities: Option<&[u8]>, requires: &[Capability]) -> Option<Capability> {
    requires.iter().copied().find(|it| !ask::offered(capabilities, *it))
}

/// Refuses a client that lacks one of these capabilities.
///
/// # Errors
/// The first that is missing.
pub(crate) fn check(
    requires: &[Capability],
    capabilities: impl FnOnce() -> Option<Bytes>,
) -> Result<(), ProtocolError> {
    if requires.is_empty() {
        return Ok(());
    }
    lacking(capabilities().as_deref(), requires).map_or(Ok(()), |it| Err(missing(it)))
}

/// The refusal of a client that lacks this capability.
pub(crate) fn missing(capability: Capability) -> ProtocolError {
    ProtocolError::new(
        ErrorKind::MissingCapability,
        format!("Missing required client capability: {}", ask::name(capability)),
    )
    .with_data(format!(r#"{{"requiredCapabilities":{}}}"#, ask::required(capability)))
}

/// The refusal of a client that takes no tasks.
pub(crate) fn tasks_missing() -> ProtocolError {
    ProtocolError::new(
        ErrorKind::MissingCapability,
        format!("Missing required client capability: extension {TASKS}"),
    )
    .with_data(format!(r#"{{"requiredCapabilities":{{"extensions":{{"{TASKS}":{{}}}}}}}}"#))
}

#[cfg(test)]
mod tests {
    use super::takes_tasks;

    #[test]
    fn tasks_are_an_extension() {
        let text = br#"{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#;
        assert!(takes_tasks(Some(text)));
        assert!(!takes_tasks(Some(br#"{"tasks":{}}"#)));
    }
}

//! The parameters of all methods in one borrowed struct, read in one pass with `_meta`.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::protocol::envelope::present;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::meta::Meta;

/// What methods take; members that a method does not know are skipped.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Params<'a> {
    /// `_meta`
    #[serde(borrow, default, rename = "_meta")]
    pub(crate) meta: Option<Meta<'a>>,
    /// `name` of `tools/call` and `prompts/get`.
    #[serde(borrow, default)]
    pub(crate) name: Option<&'a RawValue>,
    /// `arguments` of `tools/call` and `prompts/get`.
    #[serde(borrow, default)]
    pub(crate) arguments: Option<&'a RawValue>,
    /// `uri` of the methods for one resource.
    #[serde(borrow, default)]
    pub(crate) uri: Option<&'a RawValue>,
    /// `inputResponses` of a call that goes on.
    #[serde(borrow, default, rename = "inputResponses", deserialize_with = "present")]
    pub(crate) input_responses: Option<&'a RawValue>,
    /// `requestState` of a call that goes on.
    #[serde(borrow, default, rename = "requestState")]
    pub(crate) request_state: Option<&'a RawValue>,
    /// `task` of `tools/call` in 2025-11-25.
    #[serde(borrow, default)]
    pub(crate) task: Option<&'a RawValue>,
    /// `taskId` of the methods for tasks.
    #[serde(borrow, default, rename = "taskId")]
    pub(crate) task_id: Option<&'a RawValue>,
    /// `level` of `logging/setLevel`.
    #[serde(borrow, default)]
    pub(crate) level: Option<&'a RawValue>,
    /// `notifications` of `subscriptions/listen`.
    #[serde(borrow, default)]
    pub(crate) notifications: Option<&'a RawValue>,
    /// `capabilities` of `initialize`.
    #[serde(borrow, default)]
    pub(crate) capabilities: Option<&'a RawValue>,
    /// `cursor` of the lists.
    #[serde(borrow, default)]
    pub(crate) cursor: Option<&'a RawValue>,
    /// `protocolVersion` of `initialize`.
    #[serde(borrow, default, rename = "protocolVersion")]
    pub(crate) protocol_version: Option<&'a RawValue>,
    /// `clientInfo` of `initialize`.
    #[serde(borrow, default, rename = "clientInfo")]
    pub(crate) client_info: Option<&'a RawValue>,
    /// `requestId` of `notifications/cancelled`.
    #[serde(borrow, default, rename = "requestId")]
    pub(crate) request_id: Option<&'a RawValue>,
}

/// `_meta` of parameters, a JSON text.
pub(crate) fn raw_meta(params: &str) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct OfMeta<'a> {
        #[serde(borrow, default, rename = "_meta")]
        meta: Option<&'a RawValue>,
    }
    serde_json::from_str::<OfMeta<'_>>(params).ok()?.meta
}

/// Reads the parameters; none are the same as an empty object.
///
/// # Errors
/// [`ErrorKind::InvalidMeta`] where they are no object, or `_meta` is none.
pub(crate) fn parse(raw: Option<&RawValue>) -> Result<Params<'_>, ProtocolError> {
    let Some(raw) = raw else { return Ok(Params::default()) };
    let text = raw.get();
    if !text.starts_with('{') {
        return Err(ProtocolError::new(
            ErrorKind::InvalidMeta,
            "Invalid params: `params` is not an object",
        ));
    }
    serde_json::from_str(text).map_err(|error| {
        ProtocolError::new(ErrorKind::InvalidMeta, format!("Invalid params: {error}"))
    })
}

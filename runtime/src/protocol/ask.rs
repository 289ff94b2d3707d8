//! Requests to the client, in both generations: what each needs, and how a wire writes it.

use std::borrow::Cow;
use std::fmt;

use bytes::BytesMut;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::declaration::Capability;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::{Wire, envelope};

/// How a wire writes requests to the client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct AskForm {
    /// What content it can carry.
    pub(crate) wire: Wire,
    /// Since 2025-11-25: modes of elicitation, defaults, several choices, tools in sampling.
    pub(crate) rich: bool,
}

/// A request to the client.
pub(crate) trait Ask: Send + Sync {
    /// What the handler gets.
    type Answer: Send;

    /// Its method.
    const METHOD: &'static str;

    /// What the client must have offered.
    fn needs(&self) -> Capability;

    /// What its author has to mend before it can be sent.
    ///
    /// # Errors
    /// The message for the log.
    fn check(&self) -> Result<(), Cow<'static, str>> {
        Ok(())
    }

    /// `params` as JSON text. `id` is unique among the requests of the server.
    fn params(&self, form: AskForm, id: &str) -> String;

    /// Reads the result that the client sent.
    ///
    /// # Errors
    /// It is not what was asked for.
    fn answer(&self, form: AskForm, result: &RawValue) -> Result<Self::Answer, AnswerError>;
}

#[derive(Deserialize)]
struct Capabilities<'a> {
    #[serde(borrow, default)]
    elicitation: Option<&'a RawValue>,
    #[serde(borrow, default)]
    sampling: Option<&'a RawValue>,
    #[serde(borrow, default)]
    roots: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Modes<'a> {
    #[serde(borrow, default)]
    form: Option<&'a RawValue>,
    #[serde(borrow, default)]
    url: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tools: Option<&'a RawValue>,
}

/// The capability as `requiredCapabilities` names it.
pub(crate) const fn required(capability: Capability) -> &'static str {
    match capability {
        Capability::Elicitation => r#"{"elicitation":{}}"#,
        Capability::ElicitationUrl => r#"{"elicitation":{"url":{}}}"#,
        Capability::Sampling => r#"{"sampling":{}}"#,
        Capability::SamplingTools => r#"{"sampling":{"tools":{}}}"#,
        Capability::Roots => r#"{"roots":{}}"#,
    }
}

/// The name of the capability for people.
pub(crate) const fn name(capability: Capability) -> &'static str {
    match capability {
        Capability::Elicitation => "elicitation",
        Capability::ElicitationUrl => "elicitation.url",
        Capability::Sampling => "sampling",
        Capability::SamplingTools => "sampling.tools",
        Capability::Roots => "roots",
    }
}

/// Whether the capability is among those that a client declared, a JSON text. Elicitation without a mode
/// is elicitation by forms.
pub(crate) fn offered(capabilities: Option<&[u8]>, capability: Capability) -> bool {
    let declared = capabilities.and_then(|text| serde_json::from_slice::<&RawValue>(text).ok());
    let Some(found) = object::<Capabilities<'_>>(declared) else { return false };
    let (owner, wanted): (_, fn(&Modes<'_>) -> bool) = match capability {
        Capability::Elicitation => {
            (found.elicitation, |modes| is_object(modes.form) || modes.url.is_none())
        }
        Capability::ElicitationUrl => (found.elicitation, |modes| is_object(modes.url)),
        Capability::Sampling => (found.sampling, |_| true),
        Capability::SamplingTools => (found.sampling, |modes| is_object(modes.tools)),
        Capability::Roots => (found.roots, |_| true),
    };
    object(owner).is_some_and(|modes| wanted(&modes))
}

/// Reads an object; a derived struct would also be read from an array.
fn object<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    let raw = raw.filter(|raw| envelope::is_object(raw))?;
    serde_json::from_str(raw.get()).ok()
}

fn is_object(raw: Option<&RawValue>) -> bool {
    raw.is_some_and(envelope::is_object)
}

/// Reads the object that a client sent as its result.
///
/// # Errors
/// It is no such object.
pub(crate) fn read<'a, T: Deserialize<'a>>(result: &'a RawValue) -> Result<T, AnswerError> {
    if !envelope::is_object(result) {
        return Err(AnswerError::new("the result is not an object"));
    }
    serde_json::from_str(result.get()).map_err(|error| AnswerError::new(error.to_string()))
}

/// What a client answered is not what it was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AnswerError {
    message: Cow<'static, str>,
}

impl AnswerError {
    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into() }
    }

    /// The error for the client; `method` is what it was asked.
    pub(crate) fn to_protocol(&self, method: &str) -> ProtocolError {
        ProtocolError::new(
            ErrorKind::InvalidParams,
            format!("Invalid params: the answer to {method} is malformed: {}", self.message),
        )
    }
}

impl fmt::Display for AnswerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for AnswerError {}

/// The text that was written into a buffer.
pub(crate) fn text(buffer: &BytesMut) -> String {
    String::from_utf8_lossy(buffer).into_owned()
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::value::RawValue;

    use super::{AskForm, offered, required};
    use crate::declaration::Capability;
    use crate::protocol::Wire;

    pub(crate) const STATELESS: AskForm =
        AskForm { wire: Wire { stateless: true, structured: true, audio: true }, rich: true };
    pub(crate) const V2025_11: AskForm =
        AskForm { wire: Wire { stateless: false, structured: true, audio: true }, rich: true };
    pub(crate) const V2025_06: AskForm =
        AskForm { wire: Wire { stateless: false, structured: true, audio: true }, rich: false };
    pub(crate) const V2024: AskForm =
        AskForm { wire: Wire { stateless: false, structured: false, audio: false }, rich: false };

    pub(crate) fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect("valid JSON")
    }

    #[test]
    fn capabilities_are_offered_as_objects() {
        use Capability::{Elicitation, ElicitationUrl, Roots, Sampling, SamplingTools};
        let all = [Elicitation, ElicitationUrl, Sampling, SamplingTools, Roots];
        for (declared, expected) in [
            ("{}", &[][..]),
            ("[{}]", &[]),
            (r#"{"elicitation":{}}"#, &[Elicitation]),
            (r#"{"elicitation":{"applyDefaults":true}}"#, &[Elicitation]),
            (r#"{"elicitation":{"url":{}}}"#, &[ElicitationUrl]),
            (r#"{"elicitation":{"form":{},"url":{}}}"#, &[Elicitation, ElicitationUrl]),
            (r#"{"elicitation":null,"sampling":false,"roots":[]}"#, &[]),
            (r#"{"sampling":{"context":{}}}"#, &[Sampling]),
            (r#"{"sampling":{"tools":{}}}"#, &[Sampling, SamplingTools]),
            (r#"{"sampling":{"tools":null}}"#, &[Sampling]),
            (r#"{"roots":{"listChanged":true},"tools":1}"#, &[Roots]),
        ] {
            let found: Vec<_> =
                all.into_iter().filter(|one| offered(Some(declared.as_bytes()), *one)).collect();
            assert_eq!(found, expected, "{declared}");
        }
        for one in all {
            assert!(offered(Some(required(one).as_bytes()), one));
        }
    }
}

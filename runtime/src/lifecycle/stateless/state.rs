//! What a call that asks its client carries from round to round, sealed in `requestState`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::lifecycle::stateless::seal::Seal;
use crate::protocol::canonical;
use crate::protocol::error::{ErrorKind, ProtocolError};

/// Everything that earlier rounds have settled.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct State {
    /// When the state was sealed, in seconds since 1970.
    #[serde(rename = "i")]
    pub(crate) issued: u64,
    /// When it stops being accepted, in seconds since 1970.
    #[serde(rename = "e")]
    pub(crate) expires: u64,
    /// How many times the client was asked.
    #[serde(rename = "r")]
    pub(crate) round: u32,
    /// What the client answered, by key.
    #[serde(rename = "a", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) answers: BTreeMap<String, Box<RawValue>>,
    /// What side effects gave that must not happen again, by key.
    #[serde(rename = "o", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) once: BTreeMap<String, Box<RawValue>>,
}

impl State {
    /// The text for `requestState`.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where the system has no randomness to give.
    pub(crate) fn seal(&self, seal: &Seal, binding: &[u8]) -> Result<String, ProtocolError> {
        let payload = serde_json::to_vec(self).map_err(|error| internal(&error))?;
        seal.seal(&payload, binding).map_err(|error| internal(&error))
    }

    /// The state in a `requestState` that was sealed for `binding` and has not expired at `now`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParams`], the same whatever is wrong.
    pub(crate) fn open(
        seal: &Seal,
        text: &str,
        binding: &[u8],
        now: u64,
    ) -> Result<Self, ProtocolError> {
        let payload = seal.open(text, binding);
        let state: Option<Self> = payload.and_then(|payload| serde_json::from_slice(&payload).ok());
        state.filter(|state| now < state.expires).ok_or_else(|| {
            ProtocolError::new(ErrorKind::InvalidParams, "Invalid params: invalid requestState")
        })
    }
}

fn internal(error: &(dyn std::error::Error + 'static)) -> ProtocolError {
    tracing::error!(error, "the state of a call cannot be sealed");
    ProtocolError::new(ErrorKind::Internal, "Internal error")
}

/// What a state is good for: one method of one component of one server, with these arguments, for
/// this principal. Two bindings are equal where all of that is; arguments are compared as JSON
/// values, and none are the same as an empty object.
pub(crate) fn binding(
    audience: &str,
    method: &str,
    component: &str,
    arguments: Option<&RawValue>,
    principal: Option<&str>,
) -> Vec<u8> {
    let arguments = canonical::text(arguments.map_or("{}", RawValue::get));
    let mut binding = Vec::with_capacity(64 + audience.len() + component.len() + arguments.len());
    for part in [Some(audience), Some(method), Some(component), Some(&arguments), principal] {
        binding.push(u8::from(part.is_some()));
        let part = part.unwrap_or_default();
        binding.extend_from_slice(&(part.len() as u64).to_le_bytes());
        binding.extend_from_slice(part.as_bytes());
    }
    binding
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::proptest;
    use serde_json::value::RawValue;

    use super::{State, binding};
    use crate::lifecycle::stateless::seal::Seal;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect("valid JSON")
    }

    fn ring() -> Seal {
        Seal::from_secrets(&[&[7; 32]]).expect("the secret is long enough")
    }

    fn state() -> State {
        State {
            issued: 1000,
            expires: 1600,
            round: 2,
            answers: BTreeMap::from([("who".to_owned(), raw(r#"{"action":"decline"}"#))]),
            once: BTreeMap::from([("charge".to_owned(), raw("\"receipt 7\""))]),
        }
    }

    #[test]
    fn a_state_comes_back_until_it_expires() {
        let ring = ring();
        let text = state().seal(&ring, b"b").expect("the system has randomness");
        let open = |binding: &[u8], now| State::open(&ring, &text, binding, now);
        let back = open(b"b", 1599).expect("it was sealed here");
        assert_eq!((back.issued, back.expires, back.round), (1000, 1600, 2));
        assert_eq!(back.answers["who"].get(), r#"{"action":"decline"}"#);
        assert_eq!(back.once["charge"].get(), "\"receipt 7\"");
        let expired = open(b"b", 1600).expect_err("it has expired");
        let elsewhere = open(b"c", 1599).expect_err("it was sealed for something else");
        let junk = State::open(&ring, "junk", b"b", 1599).expect_err("it was not sealed");
        let texts = [expired, elsewhere, junk].map(|error| (error.kind.code(), error.message));
        assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
        assert_eq!(texts[0].0, -32602);
    }

    #[test]
    fn the_encoding_is_compact() {
        let state = State { issued: 1, expires: 2, round: 0, ..State::default() };
        let text = serde_json::to_string(&state).expect("a state is JSON");
        assert_eq!(text, r#"{"i":1,"e":2,"r":0}"#);
    }

    #[test]
    fn a_binding_tells_everything_apart() {
        let arguments = raw(r#"{"a":1}"#);
        let arguments = Some(&*arguments);
        let all = [
            binding("s", "m", "c", None, None),
            binding("s2", "m", "c", None, None),
            binding("s", "mc", "", None, None),
            binding("s", "", "mc", None, None),
            binding("sm", "", "c", None, None),
            binding("s", "m", "c", arguments, None),
            binding("s", "m", "c", None, Some("")),
            binding("s", "m", "c", None, Some("p")),
            binding("s", "m", "c", arguments, Some("p")),
        ];
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn a_binding_does_not_depend_on_how_arguments_are_written() {
        let of = |text: &str| binding("s", "m", "c", Some(&raw(text)), None);
        assert_eq!(of(r#"{"a":1,"b":[1,2]}"#), of("{ \"b\" : [1, 2],\n \"\\u0061\":1.0 }"));
        assert_ne!(of(r#"{"a":[1,2]}"#), of(r#"{"a":[2,1]}"#));
        assert_eq!(of("{}"), binding("s", "m", "c", None, None));
    }

    proptest! {
        #[test]
        fn other_parts_are_another_binding(one in "[a-c]{0,3}", two in "[a-c]{0,3}", three in "[a-c]{0,3}") {
            let together = [one.as_str(), &two, &three].concat();
            let split = binding(&one, &two, &three, None, None);
            assert_eq!(split == binding(&together, "", "", None, None), two.is_empty() && three.is_empty());
        }
    }
}

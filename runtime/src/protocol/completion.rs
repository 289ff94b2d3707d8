//! `completion/complete`: the request and the result.

use std::collections::BTreeMap;

use bytes::{BufMut, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::{Wire, content, response};
use crate::result::{Completing, Completion, Meta};

/// Suggestions that an answer can carry.
const MOST_VALUES: usize = 100;

/// Whose argument is completed.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "type")]
pub(crate) enum Reference {
    /// A prompt.
    #[serde(rename = "ref/prompt")]
    Prompt {
        /// Its name.
        name: String,
    },
    /// A resource template.
    #[serde(rename = "ref/resource")]
    Resource {
        /// Its text, or a URI that it matches.
        uri: String,
    },
}

/// What a client wants to have completed.
#[derive(Debug)]
pub(crate) struct Request {
    /// Whose argument.
    pub(crate) reference: Reference,
    /// Which argument, and what is there of it.
    pub(crate) completing: Completing,
}

/// Reads the parameters.
///
/// # Errors
/// [`ErrorKind::InvalidParams`], saying what is missing.
pub(crate) fn parse(params: Option<&RawValue>) -> Result<Request, ProtocolError> {
    #[derive(Deserialize)]
    struct Params {
        r#ref: Reference,
        argument: Argument,
        #[serde(default)]
        context: Option<Context>,
    }
    #[derive(Deserialize)]
    struct Argument {
        name: String,
        value: String,
    }
    #[derive(Deserialize)]
    struct Context {
        #[serde(default)]
        arguments: BTreeMap<String, String>,
    }
    let text = params.map_or("{}", RawValue::get);
    let params: Params = serde_json::from_str(text).map_err(|error| {
        ProtocolError::new(ErrorKind::InvalidParams, format!("Invalid params: {error}"))
    })?;
    Ok(Request {
        reference: params.r#ref,
        completing: Completing {
            argument: params.argument.name,
            value: params.argument.value,
            context: params.context.map(|context| context.arguments).unwrap_or_default(),
        },
    })
}

/// Appends the response to a completion.
pub(crate) fn encode_result(
    buffer: &mut BytesMut,
    wire: Wire,
    id: &[u8],
    completion: &Completion,
    info: &str,
) {
    response::open(buffer, id, wire);
    buffer.put_slice(br#""completion":{"values":"#);
    let given = completion.values.get(..MOST_VALUES).unwrap_or(&completion.values);
    content::json(buffer, &given);
    let count = u64::try_from(completion.values.len()).unwrap_or(u64::MAX);
    let total = completion.total.unwrap_or(count).max(count);
    buffer.put_slice(br#","total":"#);
    buffer.put_slice(itoa::Buffer::new().format(total).as_bytes());
    let has_more = total > u64::try_from(given.len()).unwrap_or(u64::MAX);
    buffer.put_slice(if has_more {
        br#","hasMore":true}"#
    } else {
        br#","hasMore":false}"#.as_slice()
    });
    response::meta(buffer, wire, info, &Meta::new(), None);
    buffer.put_slice(b"}}");
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::{encode_result, parse};
    use crate::protocol::Wire;
    use crate::result::Completion;

    #[test]
    fn an_answer_has_a_hundred_values_at_most() {
        let wire = Wire { stateless: false, structured: true, audio: true };
        let completion = Completion::from_iter((0..250).map(|number| number.to_string()));
        let mut buffer = BytesMut::new();
        encode_result(&mut buffer, wire, b"1", &completion, "{}");
        let answer: serde_json::Value = serde_json::from_slice(&buffer).expect("JSON");
        let completion = &answer["result"]["completion"];
        assert_eq!(completion["values"].as_array().map(Vec::len), Some(100));
        assert_eq!((&completion["total"], &completion["hasMore"]), (&250.into(), &true.into()));
    }

    #[test]
    fn what_is_missing_is_named() {
        let text = r#"{"ref":{"type":"ref/prompt","name":"p"}}"#;
        let raw = serde_json::value::RawValue::from_string(text.to_owned()).expect("valid JSON");
        let error = parse(Some(&raw)).expect_err("there is no argument");
        assert!(error.message.contains("argument"), "{}", error.message);
        assert!(parse(None).is_err());
    }
}

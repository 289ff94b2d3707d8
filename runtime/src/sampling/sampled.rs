//! What the model answered.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::message::{SamplingContent, SamplingMessage};
use crate::protocol::ask::{self, AnswerError};
use crate::result::Role;

/// The answer of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// Whose message it is: the assistant's.
    pub role: Role,
    /// What it says.
    pub content: Vec<SamplingContent>,
    /// Name of the model.
    pub model: String,
    /// Why it stopped: `endTurn`, `stopSequence`, `maxTokens`, `toolUse`, or what its provider
    /// says.
    pub stop_reason: Option<String>,
}

impl Sampled {
    /// All text of the answer; empty where there is none.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|block| match block {
            SamplingContent::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// The answer as a message, to go on with the conversation.
    #[must_use]
    pub fn into_message(self) -> SamplingMessage {
        SamplingMessage { role: self.role, content: self.content }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    role: WireRole,
    content: Value,
    model: String,
    #[serde(default)]
    stop_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireRole {
    User,
    Assistant,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    Image {
        data: String,
        #[serde(rename = "mimeType")]
        mime_type: String,
    },
    Audio {
        data: String,
        #[serde(rename = "mimeType")]
        mime_type: String,
    },
    ToolUse {
        id: String,
        name: String,
        #[serde(default)]
        input: Map<String, Value>,
    },
}

pub(super) fn read(result: &RawValue) -> Result<Sampled, AnswerError> {
    let answer: Answer = ask::read(result)?;
    let blocks = match answer.content {
        Value::Array(blocks) => blocks,
        block => vec![block],
    };
    let content = blocks.into_iter().map(read_block).collect::<Result<_, _>>()?;
    let role = match answer.role {
        WireRole::User => Role::User,
        WireRole::Assistant => Role::Assistant,
    };
    Ok(Sampled { role, content, model: answer.model, stop_reason: answer.stop_reason })
}

fn read_block(block: Value) -> Result<SamplingContent, AnswerError> {
    // A tagged enum would also be read from an array.
    let block = if block.is_object() { serde_json::from_value(block).ok() } else { None };
    Ok(match block {
        Some(Block::Text { text }) => SamplingContent::Text(text),
        Some(Block::Image { data, mime_type }) => SamplingContent::Image { data, mime_type },
        Some(Block::Audio { data, mime_type }) => SamplingContent::Audio { data, mime_type },
        Some(Block::ToolUse { id, name, input }) => SamplingContent::ToolUse { id, name, input },
        None => {
            return Err(AnswerError::new(
                "`content` is not made of blocks of text, image, audio and tool_use",
            ));
        }
    })
}

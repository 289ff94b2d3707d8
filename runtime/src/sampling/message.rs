//! Messages for the model, and the rules that they keep.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bytes::{BufMut, BytesMut};
use serde_json::{Map, Value};

use crate::protocol::ask::AskForm;
use crate::protocol::content::{self, json, role};
use crate::protocol::escape;
use crate::result::{Content, Role};

/// A message of a conversation with a model.
#[derive(Clone, Debug, PartialEq)]
pub struct SamplingMessage {
    /// Whose message it is.
    pub role: Role,
    /// What it says. Before 2025-11-25 a message has one block, so several become messages of
    /// their own there.
    pub content: Vec<SamplingContent>,
}

/// A block of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum SamplingContent {
    /// Text.
    Text(String),
    /// An image.
    Image {
        /// Base64 of the bytes.
        data: String,
        /// Media type, `image/png`.
        mime_type: String,
    },
    /// Sound.
    Audio {
        /// Base64 of the bytes.
        data: String,
        /// Media type, `audio/wav`.
        mime_type: String,
    },
    /// The model wants to use a tool.
    ToolUse {
        /// Tells this use apart from others.
        id: String,
        /// Name of the tool.
        name: String,
        /// The arguments.
        input: Map<String, Value>,
    },
    /// What a tool gave.
    ToolResult {
        /// The use that it answers.
        tool_use_id: String,
        /// Its content.
        content: Vec<Content>,
        /// Its structured content.
        structured: Option<Map<String, Value>>,
        /// The tool failed; the content says why.
        is_error: bool,
    },
}

impl SamplingContent {
    const fn is_use(&self) -> bool {
        matches!(self, Self::ToolUse { .. })
    }

    const fn is_result(&self) -> bool {
        matches!(self, Self::ToolResult { .. })
    }
}

impl From<&str> for SamplingContent {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for SamplingContent {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl SamplingMessage {
    /// A message of the user.
    #[must_use]
    pub fn user(content: impl IntoIterator<Item = SamplingContent>) -> Self {
        Self { role: Role::User, content: content.into_iter().collect() }
    }

    /// A message of the model.
    #[must_use]
    pub fn assistant(content: impl IntoIterator<Item = SamplingContent>) -> Self {
        Self { role: Role::Assistant, content: content.into_iter().collect() }
    }

    pub(super) fn uses_tools(&self) -> bool {
        self.content.iter().any(|block| block.is_use() || block.is_result())
    }
}

/// What the author of the messages has to mend: every use of a tool is answered, by the next
/// message, which has nothing but answers.
pub(super) fn check(messages: &[SamplingMessage]) -> Result<(), Cow<'static, str>> {
    if messages.is_empty() {
        return Err("there is no message for the model".into());
    }
    let mut open = BTreeSet::new();
    for message in messages {
        if message.content.is_empty() {
            return Err("a message for the model has no content".into());
        }
        let is_user = message.role == Role::User;
        let results = message.content.iter().filter(|block| block.is_result()).count();
        if results > 0 && (!is_user || results < message.content.len()) {
            return Err(
                "results of tools stand in a message of the user that has nothing else".into()
            );
        }
        if is_user && message.content.iter().any(SamplingContent::is_use) {
            return Err("uses of tools stand in messages of the assistant".into());
        }
        for block in &message.content {
            if let SamplingContent::ToolResult { tool_use_id, .. } = block
                && !open.remove(tool_use_id)
            {
                return Err(
                    format!("the result for `{tool_use_id}` answers no use of a tool").into()
                );
            }
        }
        if let Some(id) = open.first() {
            return Err(
                format!("the use of a tool `{id}` is not answered by the next message").into()
            );
        }
        for block in &message.content {
            if let SamplingContent::ToolUse { id, .. } = block
                && !open.insert(id)
            {
                return Err(format!("two uses of tools have the id `{id}`").into());
            }
        }
    }
    match open.first() {
        Some(id) => Err(format!("the use of a tool `{id}` is not answered").into()),
        None => Ok(()),
    }
}

/// Appends the messages as an array.
pub(super) fn write(buffer: &mut BytesMut, form: AskForm, messages: &[SamplingMessage]) {
    buffer.put_u8(b'[');
    let mut first = true;
    for message in messages {
        let together = if form.rich { message.content.len() } else { 1 };
        for blocks in message.content.chunks(together.max(1)) {
            if !std::mem::take(&mut first) {
                buffer.put_u8(b',');
            }
            buffer.put_slice(br#"{"role":"#);
            escape::string(buffer, role(message.role));
            buffer.put_slice(br#","content":"#);
            match blocks {
                [block] => write_block(buffer, form, block),
                blocks => {
                    buffer.put_u8(b'[');
                    for (index, block) in blocks.iter().enumerate() {
                        if index > 0 {
                            buffer.put_u8(b',');
                        }
                        write_block(buffer, form, block);
                    }
                    buffer.put_u8(b']');
                }
            }
            buffer.put_u8(b'}');
        }
    }
    buffer.put_u8(b']');
}

fn write_block(buffer: &mut BytesMut, form: AskForm, block: &SamplingContent) {
    match block {
        SamplingContent::Text(text) => {
            content::block(buffer, form.wire, &Content::Text(text.clone()));
        }
        SamplingContent::Image { data, mime_type } => {
            let (data, mime_type) = (data.clone(), mime_type.clone());
            content::block(buffer, form.wire, &Content::Image { data, mime_type });
        }
        SamplingContent::Audio { data, mime_type } => {
            let (data, mime_type) = (data.clone(), mime_type.clone());
            content::block(buffer, form.wire, &Content::Audio { data, mime_type });
        }
        SamplingContent::ToolUse { id, name, input } => {
            buffer.put_slice(br#"{"type":"tool_use","id":"#);
            escape::string(buffer, id);
            buffer.put_slice(br#","name":"#);
            escape::string(buffer, name);
            buffer.put_slice(br#","input":"#);
            json(buffer, input);
            buffer.put_u8(b'}');
        }
        SamplingContent::ToolResult { tool_use_id, content, structured, is_error } => {
            buffer.put_slice(br#"{"type":"tool_result","toolUseId":"#);
            escape::string(buffer, tool_use_id);
            buffer.put_slice(br#","content":"#);
            content::blocks(buffer, form.wire, content);
            if let Some(structured) = structured {
                buffer.put_slice(br#","structuredContent":"#);
                json(buffer, structured);
            }
            if *is_error {
                buffer.put_slice(br#","isError":true"#);
            }
            buffer.put_u8(b'}');
        }
    }
}

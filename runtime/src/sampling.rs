//! Asking the model of the client.

mod message;
mod sampled;

use std::borrow::Cow;

use bytes::{BufMut, BytesMut};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

pub use self::message::{SamplingContent, SamplingMessage};
pub use self::sampled::Sampled;
use crate::declaration::Capability;
pub use crate::protocol::ask::AnswerError;
use crate::protocol::ask::{self, Ask, AskForm};
use crate::protocol::content::{json, member};
use crate::protocol::escape;

/// What the model is asked.
///
/// ```
/// use mcpwright::sampling::Sampling;
///
/// let ask = Sampling::new(200)
///     .system_prompt("You write haiku.")
///     .user("One about borrow checkers.")
///     .temperature(0.7);
/// ```
#[derive(Clone, Debug)]
pub struct Sampling {
    max_tokens: u32,
    messages: Vec<SamplingMessage>,
    system_prompt: String,
    preferences: Option<ModelPreferences>,
    temperature: Option<f64>,
    stop_sequences: Vec<String>,
    metadata: Map<String, Value>,
    tools: Vec<SamplingTool>,
    tool_choice: Option<ToolChoice>,
}

/// Which model would be best. The client decides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelPreferences {
    /// Names of models or parts of them, the most wanted first.
    pub hints: Vec<String>,
    /// How much low cost matters, from 0 to 1.
    pub cost: Option<f64>,
    /// How much speed matters, from 0 to 1.
    pub speed: Option<f64>,
    /// How much intelligence matters, from 0 to 1.
    pub intelligence: Option<f64>,
}

/// A tool that the model may want to use. The handler calls it and asks again with the result.
#[derive(Clone, Debug, PartialEq)]
pub struct SamplingTool {
    /// Its name.
    pub name: String,
    /// What it does; empty: not told.
    pub description: String,
    /// JSON Schema of its arguments.
    pub input_schema: Value,
}

/// Whether the model uses tools.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ToolChoice {
    /// As it likes.
    Auto,
    /// It has to use one.
    Required,
    /// It must not use any.
    None,
}

impl ToolChoice {
    const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Required => "required",
            Self::None => "none",
        }
    }
}

impl Sampling {
    /// Asks for at most `max_tokens` tokens.
    #[must_use]
    pub fn new(max_tokens: u32) -> Self {
        Self {
            max_tokens,
            messages: Vec::new(),
            system_prompt: String::new(),
            preferences: None,
            temperature: None,
            stop_sequences: Vec::new(),
            metadata: Map::new(),
            tools: Vec::new(),
            tool_choice: None,
        }
    }

    /// Adds a message of the user.
    #[must_use]
    pub fn user(self, content: impl Into<SamplingContent>) -> Self {
        self.message(SamplingMessage::user([content.into()]))
    }

    /// Adds a message of the model.
    #[must_use]
    pub fn assistant(self, content: impl Into<SamplingContent>) -> Self {
        self.message(SamplingMessage::assistant([content.into()]))
    }

    /// Adds a message.
    #[must_use]
    pub fn message(mut self, message: SamplingMessage) -> Self {
        self.messages.push(message);
        self
    }

    /// What the model is told before the messages.
    #[must_use]
    pub fn system_prompt(mut self, text: impl Into<String>) -> Self {
        self.system_prompt = text.into();
        self
    }

    /// Which model would be best.
    #[must_use]
    pub fn preferences(mut self, preferences: ModelPreferences) -> Self {
        self.preferences = Some(preferences);
        self
    }

    /// How much chance there is in the answer.
    #[must_use]
    pub const fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Adds a text that ends the answer.
    #[must_use]
    pub fn stop_sequence(mut self, text: impl Into<String>) -> Self {
        self.stop_sequences.push(text.into());
        self
    }

    /// Adds something for the provider of the model.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Adds a tool that the model may want to use.
    #[must_use]
    pub fn tool(mut self, tool: SamplingTool) -> Self {
        self.tools.push(tool);
        self
    }

    /// Whether the model uses tools.
    #[must_use]
    pub const fn tool_choice(mut self, choice: ToolChoice) -> Self {
        self.tool_choice = Some(choice);
        self
    }

    fn uses_tools(&self) -> bool {
        !self.tools.is_empty()
            || self.tool_choice.is_some()
            || self.messages.iter().any(SamplingMessage::uses_tools)
    }
}

impl Ask for Sampling {
    type Answer = Sampled;

    const METHOD: &'static str = "sampling/createMessage";

    fn needs(&self) -> Capability {
        if self.uses_tools() { Capability::SamplingTools } else { Capability::Sampling }
    }

    fn check(&self) -> Result<(), Cow<'static, str>> {
        if self.max_tokens == 0 {
            return Err("the model is asked for no tokens".into());
        }
        if self.temperature.is_some_and(|temperature| !temperature.is_finite()) {
            return Err("the temperature is not a number".into());
        }
        let preferences = self.preferences.iter();
        let mut weights =
            preferences.flat_map(|found| [found.cost, found.speed, found.intelligence]);
        if weights.any(|weight| weight.is_some_and(|weight| !(0.0..=1.0).contains(&weight))) {
            return Err("a priority of the model preferences is not between 0 and 1".into());
        }
        if let Some(tool) = self.tools.iter().find(|tool| !tool.input_schema.is_object()) {
            return Err(format!("the input schema of the tool `{}` is no object", tool.name).into());
        }
        message::check(&self.messages)
    }

    fn params(&self, form: AskForm, _id: &str) -> String {
        let mut buffer = BytesMut::new();
        buffer.put_slice(br#"{"messages":"#);
        message::write(&mut buffer, form, &self.messages);
        number(&mut buffer, "maxTokens", &self.max_tokens);
        member(&mut buffer, "systemPrompt", &self.system_prompt);
        if let Some(preferences) = &self.preferences {
            write_preferences(&mut buffer, preferences);
        }
        if let Some(temperature) = &self.temperature {
            number(&mut buffer, "temperature", temperature);
        }
        if !self.stop_sequences.is_empty() {
            buffer.put_slice(br#","stopSequences":"#);
            json(&mut buffer, &self.stop_sequences);
        }
        if !self.metadata.is_empty() {
            buffer.put_slice(br#","metadata":"#);
            json(&mut buffer, &self.metadata);
        }
        if form.rich {
            write_tools(&mut buffer, &self.tools);
            if let Some(choice) = self.tool_choice {
                buffer.put_slice(br#","toolChoice":{"mode":"#);
                escape::string(&mut buffer, choice.name());
                buffer.put_u8(b'}');
            }
        }
        buffer.put_u8(b'}');
        ask::text(&buffer)
    }

    fn answer(&self, _form: AskForm, result: &RawValue) -> Result<Sampled, AnswerError> {
        sampled::read(result)
    }
}

fn write_preferences(buffer: &mut BytesMut, preferences: &ModelPreferences) {
    buffer.put_slice(br#","modelPreferences":{"hints":["#);
    for (index, hint) in preferences.hints.iter().enumerate() {
        buffer.put_slice(if index > 0 { br#",{"name":"# } else { br#"{"name":"#.as_slice() });
        escape::string(buffer, hint);
        buffer.put_u8(b'}');
    }
    buffer.put_u8(b']');
    for (key, weight) in [
        ("costPriority", preferences.cost),
        ("speedPriority", preferences.speed),
        ("intelligencePriority", preferences.intelligence),
    ] {
        if let Some(weight) = &weight {
            number(buffer, key, weight);
        }
    }
    buffer.put_u8(b'}');
}

fn write_tools(buffer: &mut BytesMut, tools: &[SamplingTool]) {
    if tools.is_empty() {
        return;
    }
    buffer.put_slice(br#","tools":["#);
    for (index, tool) in tools.iter().enumerate() {
        buffer.put_slice(if index > 0 { br#",{"name":"# } else { br#"{"name":"#.as_slice() });
        escape::string(buffer, &tool.name);
        member(buffer, "description", &tool.description);
        buffer.put_slice(br#","inputSchema":"#);
        json(buffer, &tool.input_schema);
        buffer.put_u8(b'}');
    }
    buffer.put_u8(b']');
}

fn number(buffer: &mut BytesMut, key: &str, value: &impl serde::Serialize) {
    buffer.put_u8(b',');
    escape::string(buffer, key);
    buffer.put_u8(b':');
    json(buffer, value);
}

#[cfg(test)]
mod tests;

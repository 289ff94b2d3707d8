//! Asking the user of the client: a [`Form`] to fill in, or a URL to open.
//!
//! A form is flat: each field is a text, a number, a yes or no, or a choice. What the user sends
//! back is checked against it, so a handler gets what it asked for or learns that the user said
//! no.

mod answer;
mod field;
mod raw;
mod render;

use std::borrow::Cow;
use std::fmt;

use bytes::{BufMut, BytesMut};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

pub use self::field::{Boolean, Choice, Choices, Field, FieldKind, Format, Integer, Number, Text};
use crate::declaration::Capability;
pub use crate::protocol::ask::AnswerError;
use crate::protocol::ask::{self, Ask, AskForm};
use crate::protocol::{content, escape};
use crate::result::HandlerError;

/// What the user is asked for.
///
/// ```
/// use mcpwright::elicitation::{Field, Form};
///
/// let form = Form::new()
///     .field("name", Field::text().title("Your name").max_length(80))
///     .field("size", Field::titled_choice([("s", "Small"), ("l", "Large")]).default("s"))
///     .field("guests", Field::integer().minimum(1).optional());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Form {
    fields: Vec<(String, field::AnyField)>,
    /// The schema that the form was made of, where that was written by hand.
    raw: Option<Value>,
}

impl Form {
    /// A form without fields: the user says yes or no to the message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field, which is required unless it is [`Field::optional`]. A field with the same name
    /// is replaced.
    #[must_use]
    pub fn field<K: FieldKind>(mut self, name: impl Into<String>, field: Field<K>) -> Self {
        let (name, field) = (name.into(), field.erase());
        self.raw = None;
        match self.fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = field,
            None => self.fields.push((name, field)),
        }
        self
    }

    /// A form from a JSON Schema written by hand, which is sent as it is where the client can read
    /// it.
    ///
    /// # Errors
    /// The schema is not what the protocol allows: an object whose properties are texts, numbers,
    /// booleans and choices, with their keywords and no others.
    pub fn raw(schema: Value) -> Result<Self, FormError> {
        raw::read(schema)
    }
}

/// A schema that is no form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FormError {
    message: String,
}

impl fmt::Display for FormError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for FormError {}

/// What the user did with a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Elicited {
    /// Filled it in. The values fit the form; fields that were left out have their default, if
    /// they have one.
    Accepted(Map<String, Value>),
    /// Said no.
    Declined,
    /// Dismissed the question without an answer.
    Cancelled,
}

impl Elicited {
    /// The values as a type; `None` where the user did not give any.
    ///
    /// # Errors
    /// The type does not fit the form.
    pub fn accepted<T: DeserializeOwned>(self) -> Result<Option<T>, HandlerError> {
        let Self::Accepted(values) = self else { return Ok(None) };
        serde_json::from_value(Value::Object(values)).map(Some).map_err(|error| {
            HandlerError::internal("the values of a form do not fit the type they are read as")
                .with_source(error)
        })
    }
}

/// A form and the message above it.
#[derive(Clone, Debug)]
pub struct FormElicitation {
    message: String,
    form: Form,
}

impl FormElicitation {
    /// Asks for what `form` has; `message` says why. Not for secrets: the values pass through the
    /// client, see [`UrlElicitation`].
    #[must_use]
    pub fn new(message: impl Into<String>, form: Form) -> Self {
        Self { message: message.into(), form }
    }
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
}

impl Ask for FormElicitation {
    type Answer = Elicited;

    const METHOD: &'static str = "elicitation/create";

    fn needs(&self) -> Capability {
        Capability::Elicitation
    }

    fn check(&self) -> Result<(), Cow<'static, str>> {
        self.form.fields.iter().try_for_each(|(name, field)| field.check(name)).map_err(Into::into)
    }

    fn params(&self, form: AskForm, _id: &str) -> String {
        let mut buffer = BytesMut::new();
        buffer.put_slice(if form.rich {
            br#"{"mode":"form","message":"#
        } else {
            br#"{"message":"#.as_slice()
        });
        escape::string(&mut buffer, &self.message);
        buffer.put_slice(br#","requestedSchema":"#);
        render::schema(&mut buffer, &self.form, form.rich);
        buffer.put_u8(b'}');
        ask::text(&buffer)
    }

    fn answer(&self, form: AskForm, result: &RawValue) -> Result<Elicited, AnswerError> {
        let answer: Answer<'_> = ask::read(result)?;
        match &*answer.action {
            "accept" => {
                answer::check(&self.form, answer.content, form.rich).map(Elicited::Accepted)
            }
            "decline" => Ok(Elicited::Declined),
            "cancel" => Ok(Elicited::Cancelled),
            _ => Err(unknown_action()),
        }
    }
}

/// A page that the user opens in a browser: for what must not pass through the client, such as
/// credentials and payments.
///
/// Whoever serves the page has to make sure that the one who opens it is the one who was asked,
/// and the URL must not let in whoever has it.
#[derive(Clone, Debug)]
pub struct UrlElicitation {
    message: String,
    url: String,
}

/// What the user did with a URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UrlElicited {
    /// Agreed to open it. Whether anything was done there, only the page knows.
    Accepted,
    /// Said no.
    Declined,
    /// Dismissed the question without an answer.
    Cancelled,
}

impl UrlElicitation {
    /// Asks to open `url`; `message` says why.
    #[must_use]
    pub fn new(message: impl Into<String>, url: impl Into<String>) -> Self {
        Self { message: message.into(), url: url.into() }
    }
}

impl Ask for UrlElicitation {
    type Answer = UrlElicited;

    const METHOD: &'static str = "elicitation/create";

    fn needs(&self) -> Capability {
        Capability::ElicitationUrl
    }

    fn check(&self) -> Result<(), Cow<'static, str>> {
        match url::Url::parse(&self.url) {
            Ok(url) if matches!(url.scheme(), "https" | "http") => Ok(()),
            _ => Err(format!("`{}` is not a URL that a browser opens", self.url).into()),
        }
    }

    fn params(&self, form: AskForm, id: &str) -> String {
        let mut buffer = BytesMut::new();
        buffer.put_slice(br#"{"mode":"url","message":"#);
        escape::string(&mut buffer, &self.message);
        buffer.put_slice(br#","url":"#);
        escape::string(&mut buffer, &self.url);
        if !form.wire.stateless {
            content::member(&mut buffer, "elicitationId", id);
        }
        buffer.put_u8(b'}');
        ask::text(&buffer)
    }

    fn answer(&self, _form: AskForm, result: &RawValue) -> Result<UrlElicited, AnswerError> {
        let answer: Answer<'_> = ask::read(result)?;
        match &*answer.action {
            "accept" => Ok(UrlElicited::Accepted),
            "decline" => Ok(UrlElicited::Declined),
            "cancel" => Ok(UrlElicited::Cancelled),
            _ => Err(unknown_action()),
        }
    }
}

fn unknown_action() -> AnswerError {
    AnswerError::new("`action` is not one of accept, decline, cancel")
}

#[cfg(test)]
mod tests;

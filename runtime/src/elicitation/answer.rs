//! What the user sent back, checked against the form.

use serde_json::value::RawValue;
use serde_json::{Map, Number as JsonNumber, Value};

use super::Form;
use super::field::{AnyField, Choice, Choices, Format, Integer, Kind, Number, Text};
use crate::protocol::ask::AnswerError;
use crate::protocol::time;

/// The values of a form, with defaults for those that were left out. Members that are no fields
/// are dropped.
pub(super) fn check(
    form: &Form,
    content: Option<&RawValue>,
    rich: bool,
) -> Result<Map<String, Value>, AnswerError> {
    let mut given: Map<String, Value> = match content {
        None => Map::new(),
        Some(raw) => serde_json::from_str(raw.get())
            .map_err(|_| AnswerError::new("`content` is not an object"))?,
    };
    let mut values = Map::new();
    for (name, field) in &form.fields {
        let value = match given.remove(name).filter(|value| !value.is_null()) {
            Some(value) => field.kind.read(value, rich).map_err(|wanted| wrong(name, &wanted))?,
            None => match field.kind.default() {
                Some(default) => default,
                None if field.label.optional => continue,
                None => return Err(AnswerError::new(format!("`content.{name}` is missing"))),
            },
        };
        values.insert(name.clone(), value);
    }
    Ok(values)
}

fn wrong(name: &str, wanted: &str) -> AnswerError {
    AnswerError::new(format!("`content.{name}` is not {wanted}"))
}

impl AnyField {
    /// What the author of the form has to mend.
    pub(super) fn check(&self, name: &str) -> Result<(), String> {
        if let Kind::Choice(Choice { options, .. }) | Kind::Choices(Choices { options, .. }) =
            &self.kind
            && options.values.is_empty()
        {
            return Err(format!("the field `{name}` has nothing to choose from"));
        }
        let Some(default) = self.kind.default() else { return Ok(()) };
        self.kind
            .read(default, true)
            .map(drop)
            .map_err(|wanted| format!("the default of the field `{name}` is not {wanted}"))
    }
}

impl Kind {
    fn default(&self) -> Option<Value> {
        match self {
            Self::Text(text) => text.default.clone().map(Value::from),
            Self::Integer(integer) => integer.default.map(Value::from),
            Self::Number(number) => number.default.map(Value::from),
            Self::Boolean(boolean) => boolean.default.map(Value::from),
            Self::Choice(choice) => choice.default.clone().map(Value::from),
            Self::Choices(choices) => choices.default.clone().map(Value::from),
        }
    }

    /// The value that a handler gets; the error says what the value is not.
    fn read(&self, value: Value, rich: bool) -> Result<Value, String> {
        match self {
            Self::Text(text) => text.read(value),
            Self::Integer(integer) => integer.read(&value),
            Self::Number(number) => number.read(value),
            Self::Boolean(_) if value.is_boolean() => Ok(value),
            Self::Boolean(_) => Err("a boolean".to_owned()),
            Self::Choice(choice) => match value.as_str() {
                Some(text) if choice.options.has(text) => Ok(value),
                _ => Err("one of the values to choose from".to_owned()),
            },
            Self::Choices(choices) => choices.read(value, rich),
        }
    }
}

impl Text {
    fn read(&self, value: Value) -> Result<Value, String> {
        let Value::String(text) = &value else { return Err("a text".to_owned()) };
        let length = text.chars().count() as u64;
        if let Some(least) = self.min_length.filter(|least| length < *least) {
            return Err(format!("a text of at least {least} characters"));
        }
        if let Some(most) = self.max_length.filter(|most| length > *most) {
            return Err(format!("a text of at most {most} characters"));
        }
        match self.format {
            Some(Format::Email) if !is_email(text) => Err("an email address".to_owned()),
            Some(Format::Uri) if url::Url::parse(text).is_err() => Err("a URI".to_owned()),
            Some(Format::Date) if !time::is_date(text) => Err("a date".to_owned()),
            Some(Format::DateTime) if !time::is_date_time(text) => {
                Err("a date with a time and an offset".to_owned())
            }
            _ => Ok(value),
        }
    }
}

/// Whether mail could be sent there; that it arrives, only sending can show.
fn is_email(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

impl Integer {
    fn read(&self, value: &Value) -> Result<Value, String> {
        // 5.0 is an integer in JSON Schema, and 2^53 where its neighbours cannot be told apart.
        let whole = |number: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
            (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0)
                .then_some(number as i64)
        };
        let number = value.as_i64().or_else(|| value.as_f64().and_then(whole));
        let Some(number) = number else { return Err("an integer".to_owned()) };
        within(number, self.minimum, self.maximum)?;
        Ok(number.into())
    }
}

impl Number {
    fn read(&self, value: Value) -> Result<Value, String> {
        let Some(number) = value.as_number().and_then(JsonNumber::as_f64) else {
            return Err("a number".to_owned());
        };
        within(number, self.minimum, self.maximum)?;
        Ok(value)
    }
}

fn within<N: Copy + PartialOrd + std::fmt::Display>(
    number: N,
    minimum: Option<N>,
    maximum: Option<N>,
) -> Result<(), String> {
    if let Some(least) = minimum.filter(|least| number < *least) {
        return Err(format!("a number of at least {least}"));
    }
    match maximum.filter(|most| number > *most) {
        Some(most) => Err(format!("a number of at most {most}")),
        None => Ok(()),
    }
}

impl Choices {
    fn read(&self, value: Value, rich: bool) -> Result<Value, String> {
        let value = match value {
            // The wire has no arrays in forms.
            Value::String(text) if !rich => text
                .split(self.options.separator())
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .collect(),
            other => other,
        };
        let Value::Array(items) = &value else { return Err("an array".to_owned()) };
        let known = |item: &Value| item.as_str().is_some_and(|text| self.options.has(text));
        if !items.iter().all(known) {
            return Err("an array of the values to choose from".to_owned());
        }
        let count = items.len() as u64;
        if let Some(least) = self.min_items.filter(|least| count < *least) {
            return Err(format!("an array of at least {least} items"));
        }
        match self.max_items.filter(|most| count > *most) {
            Some(most) => Err(format!("an array of at most {most} items")),
            None => Ok(value),
        }
    }
}

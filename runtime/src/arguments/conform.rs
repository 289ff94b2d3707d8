//! Holding checked arguments against the schema of their tool, where the table says that it does not
//! say everything.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::error::{Place, Rule, Violation};
use super::{ArgumentErrors, MAX_DEPTH, Mode, Values, nested, parse};
use crate::operation::{Argument, Bound, Kind};
use crate::schema::{self, Broken, JsonType, Schema, Step};

impl Values<'_> {
    /// Whether a value was given that the table alone does not decide.
    #[must_use]
    pub fn need_schema(&self, table: &'static [Argument]) -> bool {
        let mut given = table.iter().zip(&self.texts);
        given.any(|(argument, text)| argument.schema && !argument.hidden && text.is_some())
    }

    /// Holds the arguments against the listed schema of their tool.
    ///
    /// # Errors
    ///
    /// All violations at once, each with the name of its argument.
    pub fn conform(
        &self,
        table: &'static [Argument],
        schema: &Schema,
    ) -> Result<(), ArgumentErrors> {
        let violations = schema.violations(&self.object(table)?);
        if violations.is_empty() {
            return Ok(());
        }
        let violations = violations.iter().map(|violation| told(table, violation)).collect();
        Err(ArgumentErrors::new(violations))
    }
}

impl Values<'_> {
    /// Holds the arguments against a schema, and unless `strict` also what they can be written as.
    ///
    /// # Errors
    ///
    /// Those of [`Values::conform`].
    pub fn coerce_to(
        &mut self,
        table: &'static [Argument],
        schema: &Schema,
        strict: bool,
    ) -> Result<(), ArgumentErrors> {
        let found = self.conform(table, schema);
        if found.is_ok() || strict {
            return found;
        }
        self.coerce(table, schema);
        self.conform(table, schema)
    }

    /// Writes what is inside of the arguments as the schema declares it, where it can be.
    pub fn coerce(&mut self, table: &'static [Argument], schema: &Schema) {
        let Ok(given) = self.object(table) else { return };
        let mut coerced = given.clone();
        nested::coerce(schema.text(), &mut coerced);
        for (argument, text) in table.iter().zip(&mut self.texts) {
            let value = coerced.get(argument.name);
            if value != given.get(argument.name) {
                *text = value.map(|value| Cow::Owned(value.to_string()));
            }
        }
    }

    /// The arguments as one object, without what is hidden.
    fn object(&self, table: &'static [Argument]) -> Result<Value, ArgumentErrors> {
        let mut arguments = Map::new();
        for (argument, text) in table.iter().zip(&self.texts) {
            if let Some(text) = text.as_deref().filter(|_| !argument.hidden) {
                let value = serde_json::from_str::<Value>(text).map_err(|error| {
                    let message = format!("argument `{}`: {error}", argument.name);
                    ArgumentErrors::one(Violation::of_all(Rule::Sound, message))
                })?;
                arguments.insert(argument.name.to_owned(), value);
            }
        }
        Ok(Value::Object(arguments))
    }
}

/// Holds the arguments of a tool without a table, a JSON object, against its schema; unless the mode
/// is strict, also what they can be written as.
///
/// # Errors
///
/// All violations at once.
pub(crate) fn conform_whole<'a>(
    text: &'a str,
    schema: &Schema,
    mode: Mode,
) -> Result<Cow<'a, str>, ArgumentErrors> {
    let depth = mode.depth.min(MAX_DEPTH);
    if parse::is_deeper_than(text, depth) {
        let message = format!("the arguments are nested deeper than the limit of {depth} levels");
        return Err(ArgumentErrors::one(Violation::of_all(Rule::Depth, message)));
    }
    let given: Value = serde_json::from_str(text).map_err(|error| {
        let message = format!("the arguments are not valid JSON: {error}");
        ArgumentErrors::one(Violation::of_all(Rule::Sound, message))
    })?;
    if schema.allows(&given) {
        return Ok(Cow::Borrowed(text));
    }
    let mut coerced = given;
    if !mode.strict {
        nested::coerce(schema.text(), &mut coerced);
    }
    let violations = schema.violations(&coerced);
    if violations.is_empty() {
        return Ok(Cow::Owned(coerced.to_string()));
    }
    Err(ArgumentErrors::new(violations.iter().map(|violation| told(&[], violation)).collect()))
}

fn told(table: &[Argument], violation: &schema::Violation) -> Violation {
    let mut steps = violation.path.iter();
    let Some(Step::Property(name)) = steps.next() else {
        return Violation::of_all(Rule::Schema, violation.message.as_str());
    };
    let inner: String = steps
        .map(|step| match step {
            Step::Property(name) => format!(".{name}"),
            Step::Item(index) => format!("[{index}]"),
        })
        .collect();
    let message = format!("argument `{name}`{inner}: {}", violation.message);
    let argument = table.iter().position(|argument| argument.name == name);
    let steps = violation.path.iter().skip(1);
    let mut path: Vec<Place> = steps
        .map(|step| match step {
            Step::Property(name) => Place::Property(name.clone()),
            Step::Item(index) => Place::Item(*index),
        })
        .collect();
    if let Broken::Missing(name) = &violation.broken {
        path.push(Place::Property(name.clone()));
    }
    let given = violation.given.clone();
    Violation { argument, path, given, rule: rule(&violation.broken), message }
}

/// A rule of a schema as one of a table, where tables have it.
fn rule(broken: &Broken) -> Rule {
    let saturated = |limit: u64| u32::try_from(limit).unwrap_or(u32::MAX);
    match broken {
        Broken::Missing(_) => Rule::Required,
        Broken::Type(ty) => match ty {
            JsonType::String => Rule::Type(Kind::Text),
            JsonType::Integer => Rule::Type(Kind::Integer),
            JsonType::Number => Rule::Type(Kind::Number),
            JsonType::Boolean => Rule::Type(Kind::Flag),
            JsonType::Array => Rule::Type(Kind::List),
            JsonType::Object => Rule::Type(Kind::Object),
            JsonType::Null => Rule::Schema,
        },
        Broken::OneOf(values) => Rule::OneOf(values.iter().map(Value::to_string).collect()),
        Broken::Bound(keyword, limit) => {
            let integer = limit.as_i64().map(|limit| Bound::Integer(limit.into()));
            let Some(bound) = integer.or_else(|| limit.as_f64().map(Bound::Number)) else {
                return Rule::Schema;
            };
            match *keyword {
                "minimum" => Rule::AtLeast(bound),
                "maximum" => Rule::AtMost(bound),
                "exclusiveMinimum" => Rule::Above(bound),
                "exclusiveMaximum" => Rule::Below(bound),
                _ => Rule::MultipleOf(bound),
            }
        }
        Broken::Length(keyword, limit, count) => match *keyword {
            "minLength" => Rule::MinLength(saturated(*limit)),
            "maxLength" => Rule::MaxLength(saturated(*limit)),
            "minItems" => Rule::MinItems(saturated(*limit), *count),
            _ => Rule::MaxItems(saturated(*limit), *count),
        },
        Broken::Pattern(pattern) => Rule::Pattern(pattern.clone()),
        Broken::Format(format) => Rule::Format(*format),
        Broken::Other => Rule::Schema,
    }
}

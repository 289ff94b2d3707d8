//! Formats of texts as rules: what a declared type cannot be read from is refused with the rest.

use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::{Map, Value};

use crate::format::Format;

/// The options, and formats are rules.
pub(super) fn asserted(options: ValidationOptions<'static>) -> ValidationOptions<'static> {
    options.with_keyword("format", format).with_keyword("contentEncoding", encoding)
}

fn format<'a>(_: &'a Map<String, Value>, value: &'a Value, _: Location) -> Compiled<'a> {
    Ok(Box::new(Formatted::new("format", value)))
}

fn encoding<'a>(_: &'a Map<String, Value>, value: &'a Value, _: Location) -> Compiled<'a> {
    Ok(Box::new(Formatted::new("contentEncoding", value)))
}

type Compiled<'a> = Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>>;

/// The rule of one schema, where it is one.
struct Formatted(Option<Format>);

impl Formatted {
    fn new(keyword: &str, value: &Value) -> Self {
        Self(value.as_str().and_then(|value| Format::of_keyword(keyword, value)))
    }
}

impl<'i> Keyword<'i> for Formatted {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        match self.0 {
            Some(format) if !self.is_valid(instance) => {
                Err(ValidationError::custom(format.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        let (Some(format), Some(text)) = (self.0, instance.as_str()) else { return true };
        format.allows(text)
    }
}

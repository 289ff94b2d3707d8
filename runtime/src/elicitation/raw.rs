//! Forms written by hand as a JSON Schema.

use serde_json::{Map, Value};

use super::field::{
    AnyField, Boolean, Choice, Choices, Format, Integer, Kind, Label, Number, Options, Text,
};
use super::{Form, FormError};

pub(super) fn read(schema: Value) -> Result<Form, FormError> {
    let fields = fields(&schema).map_err(|message| FormError { message })?;
    Ok(Form { fields, raw: Some(schema) })
}

fn fields(schema: &Value) -> Result<Vec<(String, AnyField)>, String> {
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return Err("the schema of a form has `\"type\": \"object\"`".to_owned());
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return Err("the schema of a form has `properties`, an object".to_owned());
    };
    let required = match schema.get("required") {
        None => Vec::new(),
        Some(required) => texts(required).ok_or("`required` is an array of names of properties")?,
    };
    if let Some(name) = required.iter().find(|name| !properties.contains_key(*name)) {
        return Err(format!("`required` names `{name}`, which is not among the properties"));
    }
    properties
        .iter()
        .map(|(name, property)| {
            let mut field = property
                .as_object()
                .ok_or_else(|| "it is not an object".to_owned())
                .and_then(field)
                .map_err(|error| format!("the property `{name}` cannot be in a form: {error}"))?;
            field.label.optional = !required.contains(name);
            field
                .check(name)
                .map_err(|error| format!("the property `{name}` cannot be in a form: {error}"))?;
            Ok((name.clone(), field))
        })
        .collect()
}

fn field(property: &Map<String, Value>) -> Result<AnyField, String> {
    let mut reader = Reader { property, known: vec!["type"] };
    let label = Label {
        title: reader.get("title", text)?.unwrap_or_default(),
        description: reader.get("description", text)?.unwrap_or_default(),
        optional: false,
    };
    let kind = match property.get("type").and_then(Value::as_str) {
        Some("string") if property.contains_key("enum") || property.contains_key("oneOf") => {
            Kind::Choice(reader.choice()?)
        }
        Some("string") => Kind::Text(Text {
            min_length: reader.get("minLength", Value::as_u64)?,
            max_length: reader.get("maxLength", Value::as_u64)?,
            format: reader.get("format", format)?,
            default: reader.get("default", text)?,
        }),
        Some("integer") => Kind::Integer(Integer {
            minimum: reader.get("minimum", Value::as_i64)?,
            maximum: reader.get("maximum", Value::as_i64)?,
            default: reader.get("default", Value::as_i64)?,
        }),
        Some("number") => Kind::Number(Number {
            minimum: reader.get("minimum", Value::as_f64)?,
            maximum: reader.get("maximum", Value::as_f64)?,
            default: reader.get("default", Value::as_f64)?,
        }),
        Some("boolean") => {
            Kind::Boolean(Boolean { default: reader.get("default", Value::as_bool)? })
        }
        Some("array") => Kind::Choices(Choices {
            options: reader.get("items", items)?.ok_or("an array has `items` with an enum")?,
            min_items: reader.get("minItems", Value::as_u64)?,
            max_items: reader.get("maxItems", Value::as_u64)?,
            default: reader.get("default", texts)?,
        }),
        _ => {
            return Err("its `type` is one of string, integer, number, boolean and, for a choice \
                        of several values, array"
                .to_owned());
        }
    };
    match property.keys().find(|key| !reader.known.contains(&key.as_str())) {
        Some(key) => Err(format!("the protocol has no `{key}` there")),
        None => Ok(AnyField { label, kind }),
    }
}

/// Reads the keywords of a property, and remembers which there may be.
struct Reader<'a> {
    property: &'a Map<String, Value>,
    known: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    fn get<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, String> {
        self.known.push(key);
        let Some(value) = self.property.get(key) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| format!("`{key}` has a value that it cannot have"))
    }

    fn choice(&mut self) -> Result<Choice, String> {
        let titled = self.get("oneOf", titled)?;
        let values = self.get("enum", texts)?;
        let names = self.get("enumNames", texts)?;
        let options = match (titled, values, names) {
            (Some(options), None, None) => options,
            (None, Some(values), None) => Options { values, ..Options::default() },
            (None, Some(values), Some(titles)) if titles.len() == values.len() => {
                Options { values, titles, enum_names: true }
            }
            (None, Some(_), Some(_)) => {
                return Err("`enumNames` has one name for each value of `enum`".to_owned());
            }
            _ => return Err("a choice has either `enum` or `oneOf`".to_owned()),
        };
        Ok(Choice { options, default: self.get("default", text)? })
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(text).collect()
}

fn format(value: &Value) -> Option<Format> {
    let known = [Format::Email, Format::Uri, Format::Date, Format::DateTime];
    known.into_iter().find(|format| value.as_str() == Some(format.name()))
}

/// `[{"const": …, "title": …}]`
fn titled(value: &Value) -> Option<Options> {
    let mut options = Options::default();
    for option in value.as_array()? {
        options.values.push(text(option.get("const")?)?);
        options.titles.push(text(option.get("title")?)?);
    }
    Some(options)
}

/// `items` of a choice of several values.
fn items(value: &Value) -> Option<Options> {
    let items = value.as_object()?;
    match (items.get("enum"), items.get("anyOf"), items.len()) {
        (Some(values), None, 2) if items.get("type").and_then(Value::as_str) == Some("string") => {
            Some(Options { values: texts(values)?, ..Options::default() })
        }
        (None, Some(pairs), 1) => titled(pairs),
        _ => None,
    }
}

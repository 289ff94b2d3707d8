//! Whether the table entry of an argument says all that its listed schema says. Where it does not,
//! values are held against the schema too.
//!
//! The schema is read as it stands in the listing, apart from how the entry was made, so that the two
//! cannot err together.

use serde_json::{Map, Number, Value};

use super::kind::MOST_UNSIGNED;
use super::{Argument, Kind, Rules};

/// Keywords that refuse no value.
const ANNOTATIONS: [&str; 9] = [
    "title",
    "description",
    "default",
    "deprecated",
    "examples",
    "format",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
];

/// What an entry says, and what a schema says that an entry could.
#[derive(Clone, Debug, Default, PartialEq)]
struct Said {
    kind: Option<Kind>,
    nullable: bool,
    rules: Rules,
    pattern: Option<String>,
}

/// Whether the entry with this pattern accepts exactly what the schema accepts.
pub(super) fn is_covered(argument: &Argument, pattern: Option<&str>, listed: &Value) -> bool {
    let kind = match argument.kind {
        // The content of a file is a text.
        Kind::File => Kind::Text,
        Kind::Files => Kind::Texts,
        kind => kind,
    };
    let Some(wanted) = listed.as_object().and_then(read) else { return false };
    let mut said = Said {
        kind: Some(kind),
        nullable: argument.nullable || kind == Kind::Any,
        // A format is an annotation in the schema, whether or not the entry makes it a rule.
        rules: Rules { pattern: None, format: None, ..argument.rules.clone() },
        pattern: pattern.map(str::to_owned),
    };
    // The bound of a type of Rust is no rule of the document.
    if said.rules.maximum.as_ref().and_then(Number::as_u64) == Some(MOST_UNSIGNED) {
        said.rules.maximum.clone_from(&wanted.rules.maximum);
    }
    said == wanted
}

/// What a schema says; `None` where no entry could say it.
fn read(schema: &Map<String, Value>) -> Option<Said> {
    let said: Vec<(&str, &Value)> = schema
        .iter()
        .map(|(keyword, value)| (keyword.as_str(), value))
        .filter(|(keyword, _)| !ANNOTATIONS.contains(keyword))
        .collect();
    match said.as_slice() {
        [] => return Some(Said { kind: Some(Kind::Any), nullable: true, ..Said::default() }),
        [("anyOf", branches)] => return nullable_union(branches.as_array()?),
        _ => {}
    }
    let (ty, null) = type_of(schema.get("type"), schema.get("enum"))?;
    let mut found = Said { nullable: null, ..Said::default() };
    let (kind, allowed): (_, &[&str]) = match ty {
        "string" => (Kind::Text, &["minLength", "maxLength", "pattern", "enum", "const"]),
        "integer" => (Kind::Integer, NUMBERS),
        "number" => (Kind::Number, NUMBERS),
        "boolean" => (Kind::Flag, &["enum", "const"]),
        "array" => (Kind::List, &["items", "minItems", "maxItems", "uniqueItems"]),
        "object" => (Kind::Object, &[]),
        _ => return None,
    };
    found.kind = Some(kind);
    for (keyword, value) in said {
        if keyword == "type" {
            continue;
        }
        if !allowed.contains(&keyword) {
            return None;
        }
        found.assert(keyword, value)?;
    }
    Some(found)
}

const NUMBERS: &[&str] =
    &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "enum", "const"];

/// `T` and whether `null` is allowed beside it; from the values where there is no `type`.
fn type_of<'s>(ty: Option<&'s Value>, values: Option<&Value>) -> Option<(&'s str, bool)> {
    match ty {
        Some(Value::String(one)) => Some((one, false)),
        Some(Value::Array(types)) => match types.as_slice() {
            [Value::String(one), Value::String(null)] if null == "null" => Some((one, true)),
            _ => None,
        },
        Some(_) => None,
        None => {
            let values = values?.as_array()?;
            let present: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
            let all = |is: fn(&Value) -> bool| present.iter().all(|value| is(value));
            let ty = match present.first()? {
                Value::String(_) if all(Value::is_string) => "string",
                Value::Bool(_) if all(Value::is_boolean) => "boolean",
                Value::Number(_) if all(|value| value.is_i64() || value.is_u64()) => "integer",
                Value::Number(_) if all(Value::is_f64) => "number",
                _ => return None,
            };
            Some((ty, present.len() < values.len()))
        }
    }
}

/// A union of one schema and `null`.
fn nullable_union(branches: &[Value]) -> Option<Said> {
    let is_null = |branch: &&Value| {
        let members = branch.as_object();
        members.is_some_and(|members| {
            members.get("type").and_then(Value::as_str) == Some("null")
                && members.keys().all(|key| key == "type" || ANNOTATIONS.contains(&key.as_str()))
        })
    };
    let (nulls, others): (Vec<&Value>, Vec<&Value>) = branches.iter().partition(is_null);
    let [one] = others.as_slice() else { return None };
    let inner = read(one.as_object()?)?;
    (!nulls.is_empty()).then_some(Said { nullable: true, ..inner })
}

impl Said {
    /// Takes over one keyword.
    fn assert(&mut self, keyword: &str, value: &Value) -> Option<()> {
        let number = || value.as_number().cloned();
        let count = || value.as_u64().map(super::kind::saturate);
        match keyword {
            "minLength" => self.rules.min_length = Some(count()?),
            "maxLength" => self.rules.max_length = Some(count()?),
            "minItems" => self.rules.min_items = Some(count()?),
            "maxItems" => self.rules.max_items = Some(count()?),
            "pattern" => self.pattern = Some(value.as_str()?.to_owned()),
            "minimum" => self.rules.minimum = Some(number()?),
            "maximum" => self.rules.maximum = Some(number()?),
            "exclusiveMinimum" => self.rules.above = Some(number()?),
            "exclusiveMaximum" => self.rules.below = Some(number()?),
            "multipleOf" => self.rules.multiple_of = Some(number()?),
            "uniqueItems" => self.rules.unique_items = value.as_bool()?,
            "enum" => {
                let values = value.as_array()?;
                self.nullable &= values.iter().any(Value::is_null);
                let present = values.iter().filter(|value| !value.is_null());
                self.rules.one_of = present.cloned().collect();
                // Without a value nothing but null is accepted, which a table cannot say.
                (!self.rules.one_of.is_empty()).then_some(())?;
            }
            "const" => {
                self.nullable = false;
                self.rules.one_of = vec![value.clone()];
            }
            "items" => self.items(value.as_object()?)?,
            _ => return None,
        }
        Some(())
    }

    /// Items that an entry can describe: anything, or one scalar type that is not nullable.
    fn items(&mut self, items: &Map<String, Value>) -> Option<()> {
        let item = read(items)?;
        self.kind = Some(match item.kind? {
            Kind::Any => return Some(()),
            Kind::Text => Kind::Texts,
            Kind::Integer => Kind::Integers,
            Kind::Number => Kind::Numbers,
            Kind::Flag => Kind::Flags,
            _ => return None,
        });
        if item.nullable {
            return None;
        }
        let Rules { min_items, max_items, unique_items, .. } = self.rules;
        self.rules = Rules { min_items, max_items, unique_items, ..item.rules };
        self.pattern = item.pattern;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(schema: &Value, expected: Option<(Kind, bool)>) {
        let found = schema.as_object().and_then(read);
        let found = found.map(|said| (said.kind.expect("a kind"), said.nullable));
        assert_eq!(found, expected, "{schema}");
    }

    #[test]
    fn scalars_and_lists_of_scalars_are_said_by_tables() {
        check(&json!({}), Some((Kind::Any, true)));
        check(&json!({ "description": "x", "format": "date" }), Some((Kind::Any, true)));
        check(&json!({ "type": "string", "maxLength": 3 }), Some((Kind::Text, false)));
        check(&json!({ "type": ["integer", "null"] }), Some((Kind::Integer, true)));
        check(&json!({ "type": ["string", "null"], "enum": ["a"] }), Some((Kind::Text, false)));
        check(&json!({ "enum": ["a", null] }), Some((Kind::Text, true)));
        check(
            &json!({ "anyOf": [{ "type": "number" }, { "type": "null" }] }),
            Some((Kind::Number, true)),
        );
        check(
            &json!({ "type": "array", "items": { "type": "string" } }),
            Some((Kind::Texts, false)),
        );
        check(&json!({ "type": "array", "items": {} }), Some((Kind::List, false)));
        check(&json!({ "type": "object" }), Some((Kind::Object, false)));
    }

    #[test]
    fn everything_else_needs_the_schema() {
        for schema in [
            json!({ "type": "object", "properties": { "a": {} } }),
            json!({ "type": "object", "minProperties": 1 }),
            json!({ "type": ["string", "integer"] }),
            json!({ "type": "array", "items": { "type": "object" } , "minItems": 1, "contains": {} }),
            json!({ "type": "array", "items": { "type": ["string", "null"] } }),
            json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] }),
            json!({ "$ref": "#/$defs/A" }),
            json!({ "allOf": [{ "type": "string" }] }),
            json!({ "enum": ["a", 1] }),
            json!({ "type": "integer", "minLength": 1 }),
        ] {
            check(&schema, None);
        }
    }

    #[test]
    fn limits_have_to_be_the_same() {
        let mut argument = super::super::test_support::argument(Kind::Text);
        assert!(is_covered(&argument, None, &json!({ "type": "string" })));
        assert!(!is_covered(&argument, None, &json!({ "type": "string", "minLength": 1 })));
        assert!(!is_covered(&argument, None, &json!({ "type": "string", "pattern": "a(?!b)" })));
        argument.rules.min_length = Some(1);
        assert!(is_covered(&argument, None, &json!({ "type": "string", "minLength": 1 })));
        assert!(is_covered(
            &argument,
            Some("a"),
            &json!({ "type": "string", "minLength": 1, "pattern": "a" })
        ));
    }
}

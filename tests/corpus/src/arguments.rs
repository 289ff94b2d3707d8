//! Recorded arguments of another client, as our operations take them.

use base64::Engine as _;
use mcpwright::operation::{Kind, Operation, Place};
use serde_json::{Map, Value};

use crate::described::{Described, Unsent};

/// The arguments of a recorded call.
#[derive(Debug, Default)]
pub struct Translated<'g> {
    /// Those that have a place here, under the names that they have here.
    pub arguments: Map<String, Value>,
    /// Those that are in no request of ours, as the text of the document has it.
    pub unsent: Vec<Given<'g>>,
    /// A body that is no object, where the text has properties.
    pub body: Option<&'g Value>,
    /// The names of those that have no place.
    pub stray: Vec<&'g str>,
}

/// An argument that is in no request of ours.
#[derive(Debug)]
pub struct Given<'g> {
    /// Why.
    pub why: Unsent,
    /// What it sets; a header in lower case.
    pub name: String,
    /// The value.
    pub value: &'g Value,
}

/// Recorded arguments under the names that they have here.
///
/// Names are the same, except where characters had to be replaced, where only one side needed a
/// suffix for the location, and where a body is one argument on one side only.
#[must_use]
pub fn translate<'g>(
    operation: &Operation,
    path: &str,
    described: &Described,
    given: &'g Map<String, Value>,
) -> Translated<'g> {
    let mut translated = Translated::default();
    let arguments = &mut translated.arguments;
    let mut rest = Vec::new();
    for (name, value) in given {
        // Beside `id__path`, the plain `id` is a property of the body.
        let is_of_body = ["path", "query", "header", "cookie"]
            .iter()
            .any(|place| given.contains_key(&format!("{name}__{place}")));
        let here = match is_of_body {
            true => property(operation, name),
            false => find(operation, name),
        };
        if let Some(here) = here {
            arguments.insert(here.to_owned(), value.clone());
        } else if let Some((why, name)) = described.unsent(path, operation.body.media_type, name) {
            translated.unsent.push(Given { why, name, value });
        } else {
            rest.push((name, value));
        }
    }
    let whole = operation.arguments.iter().find(|argument| argument.place == Place::Body);
    let has_properties = operation.arguments.iter().any(|it| it.place == Place::Property);
    let mut members = Map::new();
    let alone = rest.len() == 1;
    for (name, value) in rest {
        match (whole, value) {
            // The body is one argument on both sides, under another name.
            (Some(whole), value) if alone && !arguments.contains_key(whole.name) => {
                arguments.insert(whole.name.to_owned(), value.clone());
            }
            // The body is one argument here only.
            (Some(_), value) => {
                members.insert(name.clone(), value.clone());
            }
            // The body is one argument there only.
            (None, Value::Object(body)) => {
                for (name, value) in body {
                    match property(operation, name) {
                        Some(here) => {
                            arguments.insert(here.to_owned(), value.clone());
                        }
                        None => translated.stray.push(name),
                    }
                }
            }
            (None, body) if name == "body" && has_properties => translated.body = Some(body),
            (None, _) => translated.stray.push(name),
        }
    }
    if let Some(whole) = whole.filter(|_| !members.is_empty()) {
        arguments.insert(whole.name.to_owned(), Value::Object(members));
    }
    translated
}

/// The members of objects in the order of the properties of their schema, which is the order in which
/// they were given: recordings are sorted by name.
#[must_use]
pub fn in_order(value: &Value, schema: &Value, root: &Value) -> Value {
    let schema = target(schema, root);
    match value {
        Value::Array(items) => {
            items.iter().map(|item| in_order(item, &schema["items"], root)).collect()
        }
        Value::Object(members) => {
            let parts = ["allOf", "anyOf"].map(|key| schema[key].as_array());
            let parts = parts.into_iter().flatten().flatten().map(|part| target(part, root));
            let properties = std::iter::once(schema).chain(parts);
            let known = properties.filter_map(|part| part["properties"].as_object()).flatten();
            let mut ordered = Map::new();
            for (name, schema) in known {
                if let Some(value) = members.get(name) {
                    ordered.insert(name.clone(), in_order(value, schema, root));
                }
            }
            for (name, value) in members {
                if !ordered.contains_key(name) {
                    ordered.insert(name.clone(), value.clone());
                }
            }
            Value::Object(ordered)
        }
        other => other.clone(),
    }
}

/// The schema that a chain of references leads to.
fn target<'s>(mut schema: &'s Value, root: &'s Value) -> &'s Value {
    for _ in 0..16 {
        let target = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        match target.and_then(|pointer| root.pointer(pointer)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

/// Recorded files are their content; ours are given as base64 of it.
#[must_use]
pub fn with_files(operation: &Operation, arguments: &Map<String, Value>) -> Map<String, Value> {
    let encode = |value: &Value| match value.as_str() {
        Some(text) => Value::from(base64::engine::general_purpose::STANDARD.encode(text)),
        None => value.clone(),
    };
    let mut sent = arguments.clone();
    let files =
        operation.arguments.iter().filter(|one| matches!(one.kind, Kind::File | Kind::Files));
    for argument in files {
        if let Some(value) = sent.get_mut(argument.name) {
            *value = match &*value {
                Value::Array(items) => items.iter().map(encode).collect(),
                one => encode(one),
            };
        }
    }
    sent
}

/// Our name of an argument that was recorded as `name`. What is hidden here is found too: a caller may
/// give it, and what is sent is the value of the table.
fn find(operation: &Operation, name: &str) -> Option<&'static str> {
    let all = || operation.arguments.iter();
    let suffixed = name.rsplit_once("__").and_then(|(wire, location)| {
        let place = match location {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            "cookie" => Place::Cookie,
            _ => return None,
        };
        all().find(|argument| argument.place == place && argument.wire == wire)
    });
    let body = || property(operation, name);
    let wire = || all().find(|argument| argument.wire == name && argument.place != Place::Body);
    suffixed.map(|argument| argument.name).or_else(body).or_else(|| Some(wire()?.name))
}

/// Our name of a property of the body.
fn property(operation: &Operation, wire: &str) -> Option<&'static str> {
    let mut all = operation.arguments.iter();
    let found = all.find(|argument| argument.place == Place::Property && argument.wire == wire);
    found.map(|argument| argument.name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use mcpwright::operation::Argument;
    use serde_json::json;

    use super::*;

    fn check(
        table: &'static [Argument],
        given: &Value,
        arguments: &Value,
        unsent: &[&str],
        stray: &[&str],
    ) {
        let operation = Operation { arguments: table, ..Operation::DEFAULT };
        let header = ("header".to_owned(), "Accept".to_owned());
        let described = Described {
            parameters: BTreeSet::from([header]),
            read_only: BTreeSet::from(["created".to_owned()]),
            ..Described::default()
        };
        let given = given.as_object().expect("an object");
        let translated = translate(&operation, "/{id}", &described, given);
        assert_eq!(Value::Object(translated.arguments), *arguments);
        let names: Vec<_> = translated.unsent.iter().map(|given| given.name.as_str()).collect();
        assert_eq!((names.as_slice(), translated.stray.as_slice()), (unsent, stray));
        let is_body = given.get("body").is_some_and(Value::is_string);
        assert_eq!(translated.body.is_some(), is_body);
    }

    const WHOLE: &[Argument] =
        &[Argument::path("id", Kind::Text), Argument::body("whole", Kind::Any)];
    const PROPERTIES: &[Argument] =
        &[Argument::path("id_path", Kind::Text).wire("id"), Argument::property("id", Kind::Text)];

    #[test]
    fn a_name_that_a_parameter_shares_is_of_the_body() {
        let given = json!({ "id__path": "1", "id": "2", "x": "3" });
        let expected = json!({ "id": "1", "whole": { "id": "2", "x": "3" } });
        check(WHOLE, &given, &expected, &[], &[]);
    }

    #[test]
    fn what_the_text_has_in_no_request_is_no_part_of_a_whole_body() {
        let given = json!({ "Accept": "a", "created": 1, "id": "1", "order": { "x": 1 } });
        let expected = json!({ "id": "1", "whole": { "x": 1 } });
        check(WHOLE, &given, &expected, &["accept", "created"], &[]);
        check(WHOLE, &json!({ "Accept": "a", "id": "1" }), &json!({ "id": "1" }), &["accept"], &[]);
    }

    #[test]
    fn whole_body_has_the_properties_that_were_given_one_by_one() {
        let given = json!({ "id": "1", "x": 1, "y": 2 });
        check(WHOLE, &given, &json!({ "id": "1", "whole": { "x": 1, "y": 2 } }), &[], &[]);
    }

    #[test]
    fn what_has_no_place_is_stray() {
        let given = json!({ "id": "1", "id__path": "2", "Content-Type": "a", "order": { "x": 1 } });
        let expected = json!({ "id": "1", "id_path": "2" });
        check(PROPERTIES, &given, &expected, &[], &["Content-Type", "x"]);
    }

    #[test]
    fn body_that_is_no_object_has_no_properties() {
        check(PROPERTIES, &json!({ "body": "x" }), &json!({}), &[], &[]);
    }
}

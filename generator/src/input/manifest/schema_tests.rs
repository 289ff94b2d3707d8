//! Reader and schema agree about every key: what one takes, the other takes.

use serde_json::{Value as Json, json};

use super::super::KEYS;
use super::super::key::{Keys, Value};
use super::schema;
use crate::diagnostic::{Code, Diagnostics};
use crate::input::manifest;
use crate::source::SourceMap;

/// Values of every shape.
fn palette() -> Vec<Json> {
    vec![
        json!("text"),
        json!(""),
        json!(3),
        json!(-1),
        json!(2.5),
        json!(true),
        json!([]),
        json!(["text"]),
        json!([3]),
        json!([[]]),
        json!({}),
        json!({ "other": 1 }),
        json!({ "other": "text" }),
        json!([{}]),
        json!(1e30),
    ]
}

/// A value that a key takes, for keys that have to be there.
fn sample(value: &Value) -> Json {
    match value {
        Value::Flag => json!(true),
        Value::Number | Value::Seconds => json!(1),
        Value::Count(least, _) => json!(least),
        Value::Texts | Value::Starts | Value::List(_) => json!([]),
        Value::Words(words) => json!(words.words().first()),
        Value::Object | Value::Map(_) | Value::Table(_) => json!({}),
        Value::OneOf(values) => values.first().map_or(Json::Null, sample),
        Value::Text | Value::Start | Value::Pattern | Value::Any => json!("Int"),
    }
}

/// The tables of the file, each as the way from its value to the whole file.
fn visit(keys: &Keys, wrap: &dyn Fn(Json) -> Json, check: &mut dyn FnMut(&str, Json, &Value)) {
    for key in keys.iter() {
        let with = |value: Json| {
            let mut table = serde_json::Map::new();
            for name in keys.required().iter().filter(|name| **name != key.name) {
                let required = keys.find(name).expect("a key of the table");
                table.insert((*name).to_owned(), sample(&required.value));
            }
            table.insert(key.name.to_owned(), value);
            wrap(Json::Object(table))
        };
        for value in palette() {
            check(key.name, with(value), &key.value);
        }
        inside(&key.value, &with, check);
    }
}

fn inside(value: &Value, wrap: &dyn Fn(Json) -> Json, check: &mut dyn FnMut(&str, Json, &Value)) {
    match value {
        Value::Table(keys) => visit(keys, wrap, check),
        Value::List(item) => inside(item, &|value| wrap(json!([value])), check),
        Value::Map(item) => inside(item, &|value| wrap(json!({ "Name": value })), check),
        Value::OneOf(values) => values.iter().for_each(|value| inside(value, wrap, check)),
        _ => {}
    }
}

/// A value as TOML in one line.
fn inline(value: &Json) -> String {
    match value {
        Json::Array(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Json::Object(members) => {
            let members = members.iter().map(|(name, it)| format!("{name} = {}", inline(it)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// The codes of what the reader says.
fn reported(text: &str) -> Vec<Code> {
    let mut sources = SourceMap::default();
    let file = sources.add("mcp.toml".to_owned(), text.to_owned());
    let mut diagnostics = Diagnostics::default();
    let _unused = manifest::parse(&sources, file, &[], &mut diagnostics);
    diagnostics.iter().map(|found| found.code).collect()
}

#[test]
fn reader_and_schema_take_the_same() {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let mut checked = 0;
    visit(&KEYS, &|file| file, &mut |key, file, _| {
        let members = file.as_object().expect("a table").iter();
        let text: String =
            members.map(|(name, value)| format!("{name} = {}\n", inline(value))).collect();
        let codes = reported(&text);
        let is_valid = validator.is_valid(&file);
        let wrong_shape = [Code::E0301, Code::E0302].iter().any(|code| codes.contains(code));
        assert!(is_valid || !codes.is_empty(), "`{key}`: only the schema refuses\n{text}");
        assert!(!is_valid || !wrong_shape, "`{key}`: only the reader refuses {codes:?}\n{text}");
        checked += 1;
    });
    assert!(checked > 2000, "only {checked} files were checked");
}

#[test]
fn every_key_says_what_it_is_for() {
    visit(&KEYS, &|file| file, &mut |key, _, _| assert!(!key.is_empty()));
    let text = schema().to_string();
    assert!(!text.contains(r#""description":".""#), "a key has no description");
}

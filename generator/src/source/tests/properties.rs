//! Properties that hold for any text.

use proptest::prelude::*;

use super::{Format, SourceMap, nested, parse, show};
use crate::diagnostic::Diagnostics;

const FORMATS: [Format; 3] = [Format::Json, Format::Yaml, Format::Toml];

/// The value that a text stands for, if it is without problems.
fn value(format: Format, text: &str) -> Option<serde_json::Value> {
    let mut sources = SourceMap::default();
    let file = sources.add("file", text);
    let mut diagnostics = Diagnostics::default();
    let node = parse(&sources, file, format, &mut diagnostics);
    if diagnostics.has_errors() { None } else { node.map(|node| node.to_json()) }
}

/// JSON values as people write them, with text that YAML could take for something else.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let word = prop_oneof![
        "[a-z~#:&*!|>%@`'\"\\\\ -]{0,6}",
        "\\PC{0,4}",
        Just("no".to_owned()),
        Just("0755".to_owned()),
        Just("<<".to_owned()),
        Just("2024-01-01".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1e9..1e9f64).prop_map(Into::into),
        word.clone().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((word.clone(), inner), 0..6)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Documents near the edge of each format.
fn document() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "'",
        "\\",
        "\\u",
        "d83d",
        "\n",
        "\r\n",
        "\t",
        "  ",
        "- ",
        "a",
        "b: ",
        "a = ",
        "[a]",
        "[[a]]",
        "[a.b]",
        ".",
        "&x ",
        "*x",
        "<<: ",
        "<<: *x",
        "!t ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "# c\n",
        "|\n",
        ">-\n",
        "?",
        "1",
        "-0",
        "1e5",
        "0x1",
        "inf",
        ".nan",
        "true",
        "null",
        "\u{feff}",
        "é",
        "\u{2028}",
        "\0",
        "\u{7f}",
        "\"\"\"",
        "'''",
        "{a = 1}",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// A correct document with a few places changed.
fn mutated() -> impl Strategy<Value = String> {
    let text = json().prop_map(|value| serde_json::to_string_pretty(&value).expect("plain JSON"));
    (text, prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 0..4)).prop_map(
        |(text, changes)| {
            let mut chars: Vec<char> = text.chars().collect();
            for (place, char) in changes {
                let place = place.index(chars.len());
                chars[place] = char;
            }
            chars.into_iter().collect()
        },
    )
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in prop_oneof![any::<String>(), document(), mutated()]) {
        for format in FORMATS {
            // Showing also checks that spans lie on characters of the text.
            show(format, &text);
        }
    }

    #[test]
    fn json_is_read_as_serde_json_reads_it(value in json()) {
        let text = serde_json::to_string_pretty(&value).expect("plain JSON");
        prop_assert_eq!(self::value(Format::Json, &text), Some(value));
    }

    #[test]
    fn json_text_is_accepted_exactly_where_serde_json_accepts_it(
        text in prop_oneof![document(), mutated()],
    ) {
        // Numbers beyond f64 are the one difference.
        let ours = self::value(Format::Json, &text);
        let theirs = serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}'));
        match (ours, theirs) {
            (Some(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (None, Ok(theirs)) => prop_assert!(false, "{} is refused", theirs),
            (Some(_), Err(error)) => {
                prop_assert!(error.to_string().contains("out of range"), "{}", error);
            }
            (None, Err(_)) => {}
        }
    }

    #[test]
    fn json_read_as_yaml_is_the_same(value in json()) {
        let text = serde_json::to_string(&value).expect("plain JSON");
        prop_assert_eq!(self::value(Format::Yaml, &text), self::value(Format::Json, &text));
    }
}

#[test]
fn block_yaml_and_json_of_one_document_are_the_same() {
    let yaml = "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses:\n        200: {description: ok}\n      parameters:\n      - name: q\n        required: true\n        schema: {maximum: 10, default: null}\n";
    let json = r#"{"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": {"description": "ok"}},
        "parameters": [{"name": "q", "required": true, "schema": {"maximum": 10, "default": null}}]}}}}"#;
    assert!(value(Format::Json, json).is_some());
    assert_eq!(value(Format::Yaml, yaml), value(Format::Json, json));
}

#[test]
fn deep_nesting_of_any_kind_overflows_no_stack() {
    let deep = 20_000;
    for text in [
        nested(deep),
        "{\"a\":".repeat(deep),
        "- ".repeat(deep),
        "a = ".to_owned() + &"{a=".repeat(deep),
        "a.".repeat(deep) + "b = 1",
        format!("[{}b]\nc = 1", "a.".repeat(deep)),
        "&a [".repeat(deep),
        "? ".repeat(deep),
    ] {
        for format in FORMATS {
            show(format, &text);
        }
    }
}

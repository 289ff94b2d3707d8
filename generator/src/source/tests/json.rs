use expect_test::{Expect, expect};

use super::nested;
use crate::source::Format;

#[expect(clippy::needless_pass_by_value, reason = "expectations are written in place")]
fn check(text: &str, expected: Expect) {
    super::check(Format::Json, text, &expected);
}

#[test]
fn every_kind_of_value_is_read() {
    check(
        r#" {"a": [null, true, false, -0.5e+3, 12345678901234567890], "b": {}, "c": [], "": ""} "#,
        expect![[r#"{"a":[null,true,false,-500.0,12345678901234567890],"b":{},"c":[],"":""}"#]],
    );
}

#[test]
fn escapes_are_resolved() {
    check(
        r#""\" \\ \/ \b\f\n\r\t \u00e9 \ud83d\ude00""#,
        expect![[r#""\" \\ / \b\f\n\r\t é 😀""#]],
    );
}

#[test]
fn byte_order_mark_is_passed_over() {
    check(
        "\u{feff}{\"a\": 1, }",
        expect![[r#"
        {"a":1}
        error E0102: a comma stands before `}`
          1:9 "," remove this"#]],
    );
}

#[test]
fn empty_file_is_reported() {
    check(
        "",
        expect![[r#"
            nothing
            error E0107: this file is empty
              1:1 ""
              help: was it saved, or downloaded completely?"#]],
    );
    check(
        " \n",
        expect![[r#"
            nothing
            error E0107: this file is empty
              1:1 ""
              help: was it saved, or downloaded completely?"#]],
    );
}

#[test]
fn all_commas_too_many_and_missing_are_reported_at_once() {
    check(
        "{\"a\": [1, 2, ], \"b\": 1 \"c\": [{} {}],\n}",
        expect![[r#"
            {"a":[1,2],"b":1,"c":[{},{}]}
            error E0102: a comma stands before `]`
              1:12 "," remove this
              at /a
            error E0102: expected `,` or `}` after this value, found `"`
              1:24 "\""
            error E0102: expected `,` or `]` after this value, found `{`
              1:33 "{"
              at /c/1
            error E0102: a comma stands before `}`
              1:36 "," remove this"#]],
    );
}

#[test]
fn duplicate_key_shows_both_places_and_keeps_the_last_value() {
    check(
        r#"{"paths": [{"get": 1, "put": 2, "get": 3}]}"#,
        expect![[r#"
            {"paths":[{"get":3,"put":2}]}
            warning E0105: the key `get` is given twice in one mapping; the last one counts
              1:33 "\"get\"" given again here
              1:13 "\"get\"" given first here
              at /paths/0
              help: remove or rename one of the two"#]],
    );
}

#[test]
fn duplicate_key_is_found_among_many() {
    let keys: Vec<_> = (0..40).map(|key| format!("\"{}\":0", key % 39)).collect();
    check(
        &format!("{{{}}}", keys.join(",")),
        expect![[r#"
            {"0":0,"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"10":0,"11":0,"12":0,"13":0,"14":0,"15":0,"16":0,"17":0,"18":0,"19":0,"20":0,"21":0,"22":0,"23":0,"24":0,"25":0,"26":0,"27":0,"28":0,"29":0,"30":0,"31":0,"32":0,"33":0,"34":0,"35":0,"36":0,"37":0,"38":0}
            warning E0105: the key `0` is given twice in one mapping; the last one counts
              1:265 "\"0\"" given again here
              1:2 "\"0\"" given first here
              help: remove or rename one of the two"#]],
    );
}

#[test]
fn what_other_languages_allow_is_refused_with_advice() {
    check(
        "{'a': 1}",
        expect![[r#"
            nothing
            error E0102: expected a key in double quotes, found `'`
              1:2 "'""#]],
    );
    check(
        "[None]",
        expect![[r#"
            nothing
            error E0102: expected a value, found `None`
              1:2 "None"
              help: write `null`"#]],
    );
    check(
        "[1 // one\n]",
        expect![[r#"
            nothing
            error E0102: expected `,` or `]` after this value, found `/`
              1:4 "/"
              help: JSON has no comments; remove this one, or save the document as YAML"#]],
    );
    check(
        "[/* one */ 1]",
        expect![[r#"
            nothing
            error E0102: expected a value, found `/`
              1:2 "/"
              help: JSON has no comments; remove this one, or save the document as YAML"#]],
    );
    check(
        "{a: 1}",
        expect![[r#"
            nothing
            error E0102: expected a key in double quotes, found `a`
              1:2 "a""#]],
    );
    check(
        "[NaN]",
        expect![[r#"
            nothing
            error E0102: expected a value, found `NaN`
              1:2 "NaN"
              help: JSON has finite numbers only"#]],
    );
    check(
        "['a']",
        expect![[r#"
            nothing
            error E0102: expected a value, found `'`
              1:2 "'"
              help: JSON strings stand in double quotes: "…""#]],
    );
}

#[test]
fn numbers_follow_the_rfc() {
    for text in ["[01]", "[+1]", "[.5]", "[1.]", "[1e]", "[-]", "[1.5.2]", "[0x10]"] {
        assert!(super::show(Format::Json, text).starts_with("nothing\nerror E0102"), "{text}");
    }
    check(
        "[007]",
        expect![[r#"
            nothing
            error E0102: a number begins with a needless `0`
              1:2 "007"
              help: remove the zero, or put the number in double quotes"#]],
    );
    check(
        "[1.x]",
        expect![[r#"
            nothing
            error E0102: expected a digit after the decimal point, found `x`
              1:4 "x"
              1:2 "1." of this number"#]],
    );
}

#[test]
fn broken_strings_are_refused() {
    check(
        "[\"a\nb\"]",
        expect![[r#"
        nothing
        error E0102: a string does not end on its line
          1:2 "\"a" no closing `"`
          help: a line break in a string is written \n"#]],
    );
    check(
        "[\"a\tb\"]",
        expect![[r#"
            nothing
            error E0102: a control character (U+0009) stands in a string
              1:4 "\t"
              help: write \t"#]],
    );
    check(
        "[\"a\u{1}b\"]",
        expect![[r#"
            nothing
            error E0102: a control character (U+0001) stands in a string
              1:4 "\u{1}"
              help: write \u0001"#]],
    );
    check(
        r#"["\x"]"#,
        expect![[r#"
            nothing
            error E0102: a string has the unknown escape `\x`
              1:3 "\\x"
              help: a backslash itself is written \\"#]],
    );
    check(
        r#"["\u12"]"#,
        expect![[r#"
            nothing
            error E0102: expected four hexadecimal digits after `\u`
              1:3 "\\u""#]],
    );
    check(
        r#"["\ud800"]"#,
        expect![[r#"
        nothing
        error E0102: a `\u` escape is half of a surrogate pair
          1:3 "\\ud800" not a character
          help: write both halves, or the character itself"#]],
    );
    check(
        r#"["\ud800\u0041"]"#,
        expect![[r#"
        nothing
        error E0102: a `\u` escape is half of a surrogate pair
          1:3 "\\ud800\\u0041" not a character
          help: write both halves, or the character itself"#]],
    );
    check(
        r#"["\udc00"]"#,
        expect![[r#"
        nothing
        error E0102: a `\u` escape is half of a surrogate pair
          1:3 "\\udc00" not a character
          help: write both halves, or the character itself"#]],
    );
    check(
        "[\"a",
        expect![[r#"
        nothing
        error E0102: the file ends within a string
          1:2 "\"" it begins here
          help: was the file downloaded completely?"#]],
    );
    check(
        "[\"\\",
        expect![[r#"
        nothing
        error E0102: the file ends within a string
          1:2 "\"" it begins here
          help: was the file downloaded completely?"#]],
    );
}

#[test]
fn truncated_file_names_the_open_bracket() {
    check(
        "{\"a\": [1,",
        expect![[r#"
        nothing
        error E0102: the file ends within this list
          1:10 "" expected `]` before this
          1:7 "[" it begins here
          help: was the file downloaded completely?"#]],
    );
    check(
        "{\"a\": 1",
        expect![[r#"
        nothing
        error E0102: the file ends within this mapping
          1:8 "" expected `}` before this
          1:1 "{" it begins here
          help: was the file downloaded completely?"#]],
    );
    check(
        "{\"a\"",
        expect![[r#"
            nothing
            error E0102: expected `:` after this key, found the end of the file
              1:5 ""
              1:2 "\"a\"" the key"#]],
    );
    check(
        "{",
        expect![[r#"
        nothing
        error E0102: the file ends within this mapping
          1:2 "" expected `}` before this
          1:1 "{" it begins here
          help: was the file downloaded completely?"#]],
    );
}

#[test]
fn text_after_the_document_is_refused() {
    check(
        "{} {}",
        expect![[r#"
            nothing
            error E0102: expected the end of the file after the document, found `{`
              1:4 "{"
              help: a JSON file holds one value"#]],
    );
}

#[test]
fn depth_is_limited() {
    assert!(!super::show(Format::Json, &nested(256)).contains("error"));
    check(
        &nested(257),
        expect![[r#"
        nothing
        error E0106: lists and mappings are nested more than 256 deep
          1:257 "[" level 257"#]],
    );
    assert!(super::show(Format::Json, &nested(100_000)).contains("E0106"));
}

#[test]
fn message_does_not_repeat_a_long_word() {
    check(
        &format!("[{}]", "x".repeat(70)),
        expect![[r#"
            nothing
            error E0102: expected a value, found `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
              1:2 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              help: text stands in double quotes: "…""#]],
    );
}

#[test]
fn reading_stops_after_a_hundred_problems() {
    let shown = super::show(Format::Json, &format!("[{}1]", "\"a\" ".repeat(1000)));
    assert_eq!(shown.matches("error").count(), 100);
    let many = format!("{{{}}}", vec!["\"a\":1"; 5000].join(","));
    let shown = super::show(Format::Json, &many);
    assert_eq!(shown.matches("warning").count(), 1);
    assert!(shown.contains("(and 4998 more of this kind)"), "{shown}");
}

#[test]
fn yaml_is_told_from_broken_json() {
    check(
        "openapi: 3.1.0\ninfo: {}\n",
        expect![[r#"
        nothing
        error E0102: this is YAML, not JSON
          1:1 ""
          help: name the file .yaml"#]],
    );
    check(
        "# a comment\npaths:\n  /a: {}\n",
        expect![[r#"
        nothing
        error E0102: this is YAML, not JSON
          1:1 ""
          help: name the file .yaml"#]],
    );
    check(
        "openapi\n",
        expect![[r#"
        nothing
        error E0102: expected a value, found `openapi`
          1:1 "openapi"
          help: text stands in double quotes: "…""#]],
    );
}

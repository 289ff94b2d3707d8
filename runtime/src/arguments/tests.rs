//! Tests of checking, coercion, and the way from a struct to JSON and back.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{Mode, Reader, Writer, parse};
use crate::operation::{Argument, Bound, Kind, Pattern};

static ISBN: Pattern = Pattern::new("^97[89]-?[0-9]+$");

static BOOK: &[Argument] = &[
    Argument::value("title", Kind::Text).required().min_length(2).max_length(5),
    Argument::value("isbn", Kind::Text).pattern(&ISBN),
    Argument::value("days", Kind::Integer)
        .at_least(Bound::Integer(1))
        .at_most(Bound::Integer(7))
        .default("3"),
    Argument::value("price", Kind::Number)
        .above(Bound::Number(0.5))
        .below(Bound::Integer(100))
        .multiple_of(Bound::Number(0.25)),
    Argument::value("sold", Kind::Flag).nullable(),
    Argument::value("tags", Kind::Texts).min_items(1).max_items(3).unique_items(),
    Argument::value("order", Kind::Text).one_of(&["asc", "desc"]),
    Argument::value("level", Kind::Any).one_of_json(&["1", "null", r#"{"a":[1,2]}"#]),
    Argument::value("ids", Kind::Integers).at_least(Bound::Integer(0)),
    Argument::value("extra", Kind::Object),
    Argument::value("tenant", Kind::Text).hidden(r#""acme""#),
    Argument::value("anything", Kind::List),
];

fn run(json: &str, strict: bool) -> String {
    match parse(BOOK, Some(json), Mode { strict, depth: 4 }) {
        Ok(values) => {
            let given = BOOK.iter().enumerate().filter_map(|(index, argument)| {
                Some(format!("{}={}", argument.name, values.get(index)?))
            });
            given.collect::<Vec<_>>().join(" ")
        }
        Err(errors) => errors.to_string(),
    }
}

/// The outcome in lenient mode.
fn check(json: &str, expected: &Expect) {
    expected.assert_eq(&run(json, false));
}

/// The outcome in strict mode.
fn check_strict(json: &str, expected: &Expect) {
    expected.assert_eq(&run(json, true));
}

#[test]
fn defaults_are_filled_in_and_hidden_arguments_are_not_taken() {
    check(r#"{"title":"Emma"}"#, &expect![[r#"title="Emma" days=3 tenant="acme""#]]);
    check(
        r#"{"title":"Emma","tenant":"evil","days":5}"#,
        &expect![[r#"title="Emma" days=5 tenant="acme""#]],
    );
}

#[test]
fn all_violations_are_told_at_once() {
    check(
        r#"{"titel":"x","isbn":"12","days":9,"price":0.5,"tags":[],"order":"dsc","ids":[1,-2,"x"]}"#,
        &expect![[r#"
            9 problems with the arguments:
            - unknown argument `titel`; did you mean `title`?
            - missing required argument `title`
            - argument `isbn`: "12" does not match the pattern ^97[89]-?[0-9]+$
            - argument `days`: 9 is more than the maximum 7
            - argument `price`: 0.5 is not greater than 0.5
            - argument `tags`: 0 items are fewer than 1
            - argument `order`: "dsc" is not accepted, only "asc", "desc"; did you mean "desc"?
            - argument `ids`[1]: -2 is less than the minimum 0
            - argument `ids`[2]: expected an integer, not "x""#]],
    );
}

#[test]
fn shape_of_the_arguments() {
    assert_eq!(
        parse(BOOK, None, Mode::default()).expect_err("title is required").to_string(),
        "missing required argument `title`"
    );
    assert!(parse(&[], None, Mode::default()).is_ok());
    check("[1]", &expect!["the arguments must be a JSON object, not [1]"]);
    check("null", &expect!["the arguments must be a JSON object, not null"]);
    check(r#"{"title":"Emma","title":"Ada"}"#, &expect!["argument `title` is given twice"]);
    check(r#"{"t\u0069tle":"Em\u006da"}"#, &expect![[r#"title="Em\u006da" days=3 tenant="acme""#]]);
    assert!(run(r#"{"title":"#, false).starts_with("the arguments are not valid JSON: "));
    assert!(run(r#"{"title":"Emma"} x"#, false).starts_with("the arguments are not valid JSON: "));
}

#[test]
fn values_are_coerced_unless_strict() {
    let json = r#"{"title":"Emma","days":"4","price":" 2.5 ","sold":"True","ids":["1",2.0,3e0]}"#;
    check(json, &expect![[r#"title="Emma" days=4 price=2.5 sold=true ids=[1,2,3] tenant="acme""#]]);
    check_strict(
        json,
        &expect![[r#"
        4 problems with the arguments:
        - argument `days`: expected an integer, not "4"
        - argument `price`: expected a number, not " 2.5 "
        - argument `sold`: expected true or false, not "True"
        - argument `ids`[0]: expected an integer, not "1""#]],
    );
    check_strict(
        r#"{"title":"Emma","days":4.0,"ids":[1e1,-0]}"#,
        &expect![[r#"title="Emma" days=4 ids=[10,0] tenant="acme""#]],
    );
}

#[test]
fn integers_beyond_64_signed_bits_need_a_bound_that_allows_them() {
    static TABLE: &[Argument] = &[
        Argument::value("signed", Kind::Integer),
        Argument::value("unsigned", Kind::Integer).at_most(Bound::Integer(u64::MAX as i128)),
    ];
    let run = |json: &str| match parse(TABLE, Some(json), Mode::default()) {
        Ok(values) => values.get(1).unwrap_or_default().to_owned(),
        Err(errors) => errors.to_string(),
    };
    assert_eq!(run(r#"{"unsigned":18446744073709551615}"#), "18446744073709551615");
    assert_eq!(run(r#"{"unsigned":"18446744073709551615"}"#), "18446744073709551615");
    assert_eq!(
        run(r#"{"unsigned":18446744073709551616}"#),
        "argument `unsigned`: 18446744073709551616 does not fit a 64-bit integer"
    );
    assert_eq!(
        run(r#"{"signed":9223372036854775808}"#),
        "argument `signed`: 9223372036854775808 does not fit a 64-bit integer"
    );
}

#[test]
fn each_rule_has_a_message() {
    check(
        r#"{"title":"é"}"#,
        &expect![[r#"argument `title`: "é" has 1 characters, fewer than 2"#]],
    );
    check(
        r#"{"title":"Middlemarch"}"#,
        &expect![[r#"argument `title`: "Middlemarch" has 11 characters, more than 5"#]],
    );
    check(r#"{"title":7}"#, &expect!["argument `title`: expected a string, not 7"]);
    check(
        r#"{"title":null}"#,
        &expect!["argument `title`: null is not accepted, expected a string"],
    );
    check(
        r#"{"title":"Emma","isbn":null}"#,
        &expect![
            "argument `isbn`: null is not accepted, expected a string; leave the argument out instead"
        ],
    );
    check(
        r#"{"title":"Emma","price":0.3}"#,
        &expect![[r#"
        2 problems with the arguments:
        - argument `price`: 0.3 is not greater than 0.5
        - argument `price`: 0.3 is not a multiple of 0.25"#]],
    );
    check(
        r#"{"title":"Emma","price":100}"#,
        &expect!["argument `price`: 100 is not less than 100"],
    );
    check(
        r#"{"title":"Emma","days":2.5}"#,
        &expect!["argument `days`: expected an integer, not 2.5"],
    );
    check(
        r#"{"title":"Emma","days":"two"}"#,
        &expect![[r#"argument `days`: expected an integer, not "two""#]],
    );
    check(
        r#"{"title":"Emma","ids":[9223372036854775808]}"#,
        &expect!["argument `ids`[0]: 9223372036854775808 does not fit a 64-bit integer"],
    );
    check(
        r#"{"title":"Emma","price":1e400}"#,
        &expect!["argument `price`: 1e400 does not fit a 64-bit number"],
    );
    check(
        r#"{"title":"Emma","tags":["a","b","\u0061"]}"#,
        &expect![[
            r#"argument `tags`[2]: "\u0061" stands at [0] already, and the items must differ"#
        ]],
    );
    check(
        r#"{"title":"Emma","tags":["a","b","c","d"]}"#,
        &expect!["argument `tags`: 4 items are more than 3"],
    );
    check(
        r#"{"title":"Emma","tags":"a"}"#,
        &expect![[r#"argument `tags`: expected a list, not "a""#]],
    );
    check(
        r#"{"title":"Emma","extra":[1]}"#,
        &expect!["argument `extra`: expected an object, not [1]"],
    );
    check(
        r#"{"title":"Emma","extra":{"a":"\ud800"}}"#,
        &expect!["argument `extra`: unexpected end of hex escape at line 1 column 13"],
    );
    check(
        r#"{"title":"Em\ud800"}"#,
        &expect!["argument `title`: the string holds half of a surrogate pair"],
    );
    check(
        r#"{"title":"Emma","anything":[[[[[1]]]]]}"#,
        &expect!["argument `anything`: nested deeper than the limit of 4 levels"],
    );
    check(
        r#"{"title":"Emma","zzz":1}"#,
        &expect![
            "unknown argument `zzz`; the tool takes `title`, `isbn`, `days`, `price`, `sold`, `tags`, `order`, `level`, `ids`, `extra`, `anything`"
        ],
    );
}

#[test]
fn accepted_values_are_compared_as_json() {
    for level in ["1", "1.0", "10e-1", "null", r#"{ "a": [1.0, 2] }"#] {
        let outcome = run(&format!(r#"{{"title":"Emma","level":{level}}}"#), true);
        assert!(outcome.contains("level="), "{level}: {outcome}");
    }
    for level in ["2", r#""1""#, r#"{"a":[2,1]}"#] {
        let outcome = run(&format!(r#"{{"title":"Emma","level":{level}}}"#), true);
        assert!(outcome.contains("is not accepted"), "{level}: {outcome}");
    }
    check(
        r#"{"title":"Emma","order":"\u0061sc"}"#,
        &expect![[r#"title="Emma" days=3 order="\u0061sc" tenant="acme""#]],
    );
}

static EVERY: &[Argument] = &[
    Argument::value("text", Kind::Text).required(),
    Argument::value("integer", Kind::Integer).required().nullable(),
    Argument::value("number", Kind::Number),
    Argument::value("flag", Kind::Flag).nullable(),
    Argument::value("texts", Kind::Texts).nullable(),
    Argument::value("integers", Kind::Integers).required(),
    Argument::value("numbers", Kind::Numbers),
    Argument::value("flags", Kind::Flags),
    Argument::value("value", Kind::Any).required(),
    Argument::value("other", Kind::Object),
];

#[test]
fn what_is_written_is_read_back() {
    let mut writer = Writer::new(EVERY);
    writer.text(0, "a\"\n\u{1F600}");
    writer.nullable_integer(1, None);
    writer.optional_number(2, Some(-0.125));
    writer.patch_flag(3, Some(None));
    writer.patch_texts(4, Some(Some(&["x".to_owned()])));
    writer.integers(5, &[i64::MIN, 0, i64::MAX]);
    writer.optional_numbers(6, None);
    writer.optional_flags(7, Some(&[true, false]));
    writer.value(8, &Value::Null);
    writer.optional_value(9, Some(&json!({ "k": [1] })));
    let json = writer.finish();
    let mode = Mode { strict: true, ..Mode::default() };
    let values = parse(EVERY, Some(&json), mode).expect("what is written is right");
    let mut reader = Reader::new(EVERY, &values);
    assert_eq!(reader.text(0), "a\"\n\u{1F600}");
    assert_eq!(reader.nullable_integer(1), None);
    assert_eq!(reader.optional_number(2), Some(-0.125));
    assert_eq!(reader.patch_flag(3), Some(None));
    assert_eq!(reader.patch_texts(4), Some(Some(vec!["x".to_owned()])));
    assert_eq!(reader.integers(5), [i64::MIN, 0, i64::MAX]);
    assert_eq!(reader.optional_numbers(6), None);
    assert_eq!(reader.patch_numbers(6), None);
    assert_eq!(reader.flags(7), [true, false]);
    assert_eq!(reader.value(8), Value::Null);
    assert_eq!(reader.optional_value(9), Some(json!({ "k": [1] })));
}

#[test]
fn numbers_that_json_cannot_hold_are_refused_by_name() {
    let mut writer = Writer::new(EVERY);
    writer.text(0, "");
    writer.integer(1, 1);
    writer.number(2, f64::NAN);
    writer.integers(5, &[]);
    writer.value(8, &Value::Null);
    let json = writer.finish();
    for strict in [true, false] {
        let errors = parse(EVERY, Some(&json), Mode { strict, ..Mode::default() })
            .expect_err("NaN is no number");
        expect![[r#"argument `number`: expected a number, not "NaN""#]]
            .assert_eq(&errors.to_string());
    }
}

proptest::proptest! {
    #[test]
    fn nothing_panics(json in "\\PC*", depth in 0_usize..300) {
        let _outcome = parse(BOOK, Some(&json), Mode { strict: false, depth });
    }

    #[test]
    fn every_number_is_read_or_refused(number in "-?[0-9]{1,45}(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,20})?") {
        let json = format!(r#"{{"text":"","integer":{number},"integers":[{number}],"value":{number}}}"#);
        if let Ok(values) = parse(EVERY, Some(&json), Mode::default()) {
            let text = values.get(1).unwrap_or_default();
            proptest::prop_assert!(text.parse::<i64>().is_ok(), "{}", text);
        }
    }
}

#[test]
fn hostile_arguments_cost_little_and_are_told_briefly() {
    let names: Vec<String> = (0..100_000).map(|index| format!(r#""name{index}":1"#)).collect();
    let outcome = run(&format!("{{{}}}", names.join(",")), false);
    assert!(outcome.lines().count() < 60, "{}", outcome.lines().count());
    let outcome = run(&format!(r#"{{"ids":[{}]}}"#, vec!["null"; 100_000].join(",")), false);
    assert!(outcome.lines().count() < 60, "{}", outcome.lines().count());
    static UNIQUE: &[Argument] = &[Argument::value("all", Kind::List).unique_items()];
    let items: Vec<String> = (0..200_000).map(|index| format!(r#"{{"id":{index}}}"#)).collect();
    let json = format!(r#"{{"all":[{},{{"id":7.0}}]}}"#, items.join(","));
    let errors = parse(UNIQUE, Some(&json), Mode::default()).expect_err("one item is repeated");
    assert_eq!(
        errors.to_string(),
        r#"argument `all`[200000]: {"id":7.0} stands at [7] already, and the items must differ"#
    );
}

use expect_test::{Expect, expect};

use crate::source::Format;

#[expect(clippy::needless_pass_by_value, reason = "expectations are written in place")]
fn check(text: &str, expected: Expect) {
    super::check(Format::Toml, text, &expected);
}

#[test]
fn every_kind_of_value_is_read_in_the_order_of_the_document() {
    check(
        "z = 1\na = [1_000, 0xff, 0o17, -2, +3]\nf = 1_0.5e3\nb = true\ns = 'x'\nd = 2024-01-01\nt = { y = 1, x = 2 }\n",
        expect![[
            r#"{"z":1,"a":[1000,255,15,-2,3],"f":10500.0,"b":true,"s":"x","d":"2024-01-01","t":{"y":1,"x":2}}"#
        ]],
    );
}

#[test]
fn tables_and_arrays_of_tables_nest() {
    check(
        "[server]\nname = 'a'\n[[tool]]\nname = 'one'\nargs.b = 'int'\nargs.a = 'str'\n[[tool]]\nname = 'two'\n[tool.meta]\nx = 1\n[openapi.books]\nspec = 'b.json'\n",
        expect![[
            r#"{"server":{"name":"a"},"tool":[{"name":"one","args":{"b":"int","a":"str"}},{"name":"two","meta":{"x":1}}],"openapi":{"books":{"spec":"b.json"}}}"#
        ]],
    );
}

#[test]
fn duplicate_keys_show_both_places_and_keep_the_first_value() {
    check(
        "[a]\nx = 1\n[b]\nx = 2\ny = 3\nx = 4\n",
        expect![[r#"
        {"a":{"x":1},"b":{"x":2,"y":3}}
        error E0105: the key `x` is given twice in one mapping
          6:1 "x" given again here
          4:1 "x" given first here
          help: remove or rename one of the two"#]],
    );
    check(
        "[a.b]\nx = 1\n[c]\n[a.b]\ny = 2\n",
        expect![[r#"
        {"a":{"b":{"x":1,"y":2}},"c":{}}
        error E0105: the key `b` is given twice in one mapping
          4:4 "b" given again here
          1:1 "[a.b]" given first here
          help: remove or rename one of the two"#]],
    );
    check(
        "t = { a = 1, a = 2 }\n",
        expect![[r#"
        {"t":{"a":1}}
        error E0105: the key `a` is given twice in one mapping
          1:14 "a" given again here
          1:7 "a" given first here
          at /t
          help: remove or rename one of the two"#]],
    );
}

#[test]
fn all_syntax_errors_are_reported_at_once() {
    check(
        "a = \nb = nope\nc = 1\n[d\n",
        expect![[r#"
            nothing
            error E0104: string values must be quoted, expected literal string
              1:5 ""
            error E0104: `nope` is not a value
              2:5 "nope"
              help: put text in quotes
            error E0104: unclosed table, expected `]`
              4:3 """#]],
    );
}

#[test]
fn numbers_that_json_cannot_hold_are_refused() {
    check(
        "a = inf\nb = -nan\nc = 99999999999999999999\nd = 1e999\n",
        expect![[r#"
            {"a":"inf","b":"-nan","c":1e+20,"d":"1e999"}
            error E0104: `inf` is not a finite number
              1:5 "inf"
              at /a
            error E0104: `-nan` is not a finite number
              2:5 "-nan"
              at /b
            error E0104: `99999999999999999999` is not an integer of 64 bits
              3:5 "99999999999999999999"
              at /c
            error E0104: `1e999` is not a finite number
              4:5 "1e999"
              at /d"#]],
    );
}

#[test]
fn empty_file_is_reported_and_comments_are_not_empty() {
    check(
        "\n",
        expect![[r#"
            nothing
            error E0107: this file is empty
              1:1 ""
              help: was it saved, or downloaded completely?"#]],
    );
    check("# nothing yet\n", expect!["{}"]);
}

#[test]
fn byte_order_mark_is_passed_over() {
    check(
        "\u{feff}a = 1\na = 2\n",
        expect![[r#"
        {"a":1}
        error E0105: the key `a` is given twice in one mapping
          2:1 "a" given again here
          1:2 "a" given first here
          help: remove or rename one of the two"#]],
    );
}

#[test]
fn nesting_is_bounded() {
    let shown = super::show(Format::Toml, &format!("a = {}", super::nested(5000)));
    assert!(shown.starts_with("nothing\nerror E0106"), "{}", &shown[..200]);
}

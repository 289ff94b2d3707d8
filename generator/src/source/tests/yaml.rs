use expect_test::{Expect, expect};

use super::nested;
use crate::source::Format;

#[expect(clippy::needless_pass_by_value, reason = "expectations are written in place")]
fn check(text: &str, expected: Expect) {
    super::check(Format::Yaml, text, &expected);
}

#[test]
fn keys_that_are_numbers_or_words_are_text() {
    check(
        "200: a\n4XX: b\ntrue: c\n~: d\n1.0: e\n'404': f\n",
        expect![[r#"{"200":"a","4XX":"b","true":"c","null":"d","1.0":"e","404":"f"}"#]],
    );
}

#[test]
fn words_of_yaml_1_1_are_text() {
    check(
        "[no, yes, on, off, y, n, No, tRUE]",
        expect![[r#"["no","yes","on","off","y","n","No","tRUE"]"#]],
    );
}

#[test]
fn words_of_the_core_schema_have_meaning() {
    check("[true, True, FALSE, null, ~, NULL, ]\n", expect!["[true,true,false,null,null,null]"]);
    check("a:\nb: ''\n", expect![[r#"{"a":null,"b":""}"#]]);
}

#[test]
fn numbers_keep_their_value() {
    check(
        "[1, -2, +3, 1.0, .5, 6., 1e3, -1.5E-2, 0, 0.10, 0x1F]",
        expect!["[1,-2,3,1.0,0.5,6.0,1000.0,-0.015,0,0.1,31]"],
    );
}

#[test]
fn dates_octals_and_versions_are_text() {
    check(
        "[2024-01-01, 0755, 0o17, 1_000, 1.2.3, 12:30, 1e, '1', .]",
        expect![[r#"["2024-01-01","0755","0o17","1_000","1.2.3","12:30","1e","1","."]"#]],
    );
}

#[test]
fn infinite_numbers_are_text_with_a_warning() {
    check(
        "maximum: .inf\nminimum: -.Inf\ndefault: .nan\n",
        expect![[r#"
            {"maximum":".inf","minimum":"-.Inf","default":".nan"}
            warning E0103: `.inf` is not a number of JSON and is read as text
              1:10 ".inf"
              at /maximum
              help: put it in quotes if it is meant as text
            warning E0103: `-.Inf` is not a number of JSON and is read as text
              2:10 "-.Inf"
              at /minimum
              help: put it in quotes if it is meant as text
            warning E0103: `.nan` is not a number of JSON and is read as text
              3:10 ".nan"
              at /default
              help: put it in quotes if it is meant as text"#]],
    );
}

#[test]
fn merge_keys_are_applied_below_own_keys() {
    check(
        "base: &base {a: 1, b: 1}\nmore: &more {b: 2, c: 2}\nall:\n  b: 0\n  <<: [*base, *more]\n  d: 4\n",
        expect![[r#"{"base":{"a":1,"b":1},"more":{"b":2,"c":2},"all":{"b":0,"a":1,"c":2,"d":4}}"#]],
    );
    check(
        "a: {<<: 1}\nb: {'<<': 1}\n",
        expect![[r#"
        {"a":{},"b":{"<<":1}}
        error E0103: `<<` takes a mapping, found a number
          1:9 "1" this cannot be merged
          at /a"#]],
    );
}

#[test]
fn aliases_stand_for_the_anchored_value() {
    check(
        "a: &x [1, 2]\nb: *x\nc: &x text\nd: *x\n*x : e\n",
        expect![[r#"{"a":[1,2],"b":[1,2],"c":"text","d":"text","text":"e"}"#]],
    );
}

#[test]
fn alias_without_anchor_is_refused() {
    check(
        "a: *missing\nb: *lost\n",
        expect![[r#"
            {"a":null,"b":null}
            error E0103: the alias `*missing` has no anchor before it
              1:4 "*missing"
              at /a
              help: mark the value it stands for with `&missing`
            error E0103: the alias `*lost` has no anchor before it
              2:4 "*lost"
              at /b
              help: mark the value it stands for with `&lost`"#]],
    );
}

#[test]
fn alias_in_its_own_value_is_refused() {
    check(
        "a: &a\n  b: *a\n",
        expect![[r#"
        nothing
        error E0106: an alias stands inside its own value
          2:6 "*a" this would never end
          help: write `$ref` where a schema contains itself"#]],
    );
}

#[test]
fn aliases_that_multiply_are_bounded() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let shown = super::show(Format::Yaml, &text);
    assert!(shown.starts_with("nothing\nerror E0106: aliases make this document too large"));
}

#[test]
fn aliases_do_not_get_around_the_depth_limit() {
    let text = format!("a: &a {}\nb: {}*a{}\n", nested(200), "[".repeat(100), "]".repeat(100));
    assert!(super::show(Format::Yaml, &text).contains("error E0106: lists and mappings"));
}

#[test]
fn depth_is_limited() {
    assert!(!super::show(Format::Yaml, &nested(256)).contains("error"));
    check(
        &nested(257),
        expect![[r#"
        nothing
        error E0106: lists and mappings are nested more than 256 deep
          1:257 "[" level 257"#]],
    );
    let block: String = (0..400).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(super::show(Format::Yaml, &block).contains("error E0106: lists and mappings"));
    let mixed = format!("{}{}", "- ".repeat(200), nested(200));
    assert!(super::show(Format::Yaml, &mixed).contains("error E0106: lists and mappings"));
}

#[test]
fn duplicate_key_shows_both_places_and_keeps_the_last_value() {
    check(
        "paths:\n  /a/b:\n    get: 1\n    put: 2\n    get: 3\n",
        expect![[r#"
            {"paths":{"/a/b":{"get":3,"put":2}}}
            warning E0105: the key `get` is given twice in one mapping; the last one counts
              5:5 "get" given again here
              3:5 "get" given first here
              at /paths/~1a~1b
              help: remove or rename one of the two"#]],
    );
    check(
        "200: a\n'200': b\n",
        expect![[r#"
            {"200":"b"}
            warning E0105: the key `200` is given twice in one mapping; the last one counts
              2:1 "'200'" given again here
              1:1 "200" given first here
              help: remove or rename one of the two"#]],
    );
}

#[test]
fn second_document_is_refused() {
    check(
        "a: 1\n---\nb: 2\n",
        expect![[r#"
        {"a":1}
        error E0103: the file holds more than one document
          2:1 "---" a second document begins here
          help: keep one document in each file"#]],
    );
    check("---\na: 1\n...\n", expect![[r#"{"a":1}"#]]);
}

#[test]
fn file_without_a_value_is_empty() {
    check(
        "",
        expect![[r#"
            nothing
            error E0107: this file is empty
              1:1 ""
              help: was it saved, or downloaded completely?"#]],
    );
    check(
        "# only a comment\n",
        expect![[r#"
            nothing
            error E0107: this file is empty
              1:1 ""
              help: was it saved, or downloaded completely?"#]],
    );
    check(
        "---\n",
        expect![[r#"
            nothing
            error E0107: this file is empty
              1:1 ""
              help: was it saved, or downloaded completely?"#]],
    );
}

#[test]
fn byte_order_mark_and_carriage_returns_are_passed_over() {
    check(
        "\u{feff}a: 1\r\nb: x\r\na: 2\r\n",
        expect![[r#"
            {"a":2,"b":"x"}
            warning E0105: the key `a` is given twice in one mapping; the last one counts
              3:1 "a" given again here
              1:2 "a" given first here
              help: remove or rename one of the two"#]],
    );
}

#[test]
fn tabs_indent_no_keys_but_may_stand_in_block_text() {
    check(
        "a:\n\tb: 1\n",
        expect![[r#"
            nothing
            error E0103: a tab is used for indentation
              2:2 "b"
              help: indent with spaces"#]],
    );
    check("a: |\n  x\n  \ty\n", expect![[r#"{"a":"x\n\ty\n"}"#]]);
}

#[test]
fn syntax_errors_name_place_and_advice() {
    check(
        "a: b: c\n",
        expect![[r#"
            nothing
            error E0103: `:` cannot stand here
              1:5 ":"
              help: put text that contains `: ` in quotes, and indent keys like their neighbours"#]],
    );
    check(
        "a: 1\n b: 2\n",
        expect![[r#"
            nothing
            error E0103: `:` cannot stand here
              2:3 ":"
              help: put text that contains `: ` in quotes, and indent keys like their neighbours"#]],
    );
    check(
        "a: \"x\n",
        expect![[r#"
            nothing
            error E0103: a quoted text goes on in a line that is not indented further than what it stands in
              2:1 ""
              1:4 "\"" opened here
              help: close the quote before this line, or indent the line"#]],
    );
    check(
        "a: [1, 2\nb: 3\n",
        expect![[r#"
            nothing
            error E0103: `:` cannot stand here
              2:2 ":"
              1:4 "[" opened here
              help: is a `]` or `}` missing before it?"#]],
    );
    check(
        "a: @x\n",
        expect![[r#"
            nothing
            error E0103: text cannot begin with `@`
              1:4 "@"
              help: put it in quotes"#]],
    );
    check(
        "{a: 1}: b\n",
        expect![[r#"
        nothing
        error E0103: a list or mapping is used as a key
          1:1 "{a: 1}" expected text
          help: a value that begins with `{` needs quotes"#]],
    );
    check(
        "a: {{ name }}\n",
        expect![[r#"
        nothing
        error E0103: a list or mapping is used as a key
          1:5 "{ name }" expected text
          help: a value that begins with `{` needs quotes"#]],
    );
}

#[test]
fn tags_of_the_core_schema_are_followed_and_others_ignored_aloud() {
    check("[!!str 200, !!int '3', ! 5, !!float 1.5]", expect![[r#"["200",3,"5",1.5]"#]]);
    check(
        "a: !secret x\nb: !!binary aGk=\nc: !thing {d: 1}\n",
        expect![[r#"
        {"a":"x","b":"aGk=","c":{"d":1}}
        warning E0103: the tag `!secret` has no meaning here and is ignored
          1:12 "x" the tagged value
          at /a
        warning E0103: the tag `!!binary` has no meaning here and is ignored
          2:13 "aGk=" the tagged value
          at /b
        warning E0103: the tag `!thing` has no meaning here and is ignored
          3:11 "{" the tagged value
          at /c"#]],
    );
}

#[test]
fn tag_of_a_mapping_points_at_its_first_character() {
    check(
        "!t # c\néb: 1",
        expect![[r#"
        {"éb":1}
        warning E0103: the tag `!t` has no meaning here and is ignored
          2:1 "é" the tagged value"#]],
    );
}

#[test]
fn long_keys_are_read() {
    let key = "k".repeat(5000);
    assert_eq!(super::show(Format::Yaml, &format!("{key}: 1")), format!("{{\"{key}\":1}}"));
    let json = format!("{{\"{key}\": 1}}");
    assert_eq!(super::show(Format::Yaml, &json), format!("{{\"{key}\":1}}"));
}

#[test]
fn block_collection_ends_with_its_last_value() {
    let mut sources = crate::source::SourceMap::default();
    let text = "a:\n  b: 1\n  c: |\n    x\n\n# comment\nd: [1]\n";
    let file = sources.add("file.yaml", text);
    let mut diagnostics = crate::diagnostic::Diagnostics::default();
    let root =
        crate::source::parse(&sources, file, Format::Yaml, &mut diagnostics).expect("a tree");
    let shown = |pointer: &str| {
        let span = root.pointer(pointer).expect("it is there").span;
        &text[span.start as usize..span.end as usize]
    };
    expect![[r#"
        [
            "b: 1\n  c: |\n    x",
            "1",
            "x",
            "[1]",
            "1",
        ]
    "#]]
    .assert_debug_eq(&["/a", "/a/b", "/a/c", "/d", "/d/0"].map(shown));
}

use expect_test::{Expect, expect};

use super::{Look, render};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Format, SourceMap, Span, parse};

const LOOK: Look = Look { color: false, width: 100, per_code: 2 };

/// What a reader says about a document.
#[expect(clippy::needless_pass_by_value, reason = "expectations are written in place")]
fn check(name: &str, text: &str, expected: Expect) {
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let mut diagnostics = Diagnostics::default();
    parse(&sources, file, Format::of(name), &mut diagnostics);
    expected.assert_eq(&render(&diagnostics, &sources, &LOOK));
}

const fn span(file: FileId, start: u32, end: u32) -> Span {
    Span { file, start, end }
}

#[test]
fn near_places_share_an_excerpt() {
    check(
        "api.yaml",
        "paths:\n  /a:\n    get: 1\n    put: 2\n    post: 3\n    trace: 4\n    get: 5\n",
        expect![[r#"
            warning[E0105]: the key `get` is given twice in one mapping; the last one counts
             --> api.yaml:7:5
              |
            3 |     get: 1
              |     --- given first here
            ...
            7 |     get: 5
              |     ^^^ given again here
              |
              = note: at /paths/~1a
              = help: remove or rename one of the two

            warning: 1 warning
        "#]],
    );
}

#[test]
fn far_places_have_excerpts_of_their_own() {
    let lines: String = (0..1000).map(|line| format!("key{line}: 1\n")).collect();
    check(
        "api.yaml",
        &format!("{lines}key7: 2\n"),
        expect![[r#"
            warning[E0105]: the key `key7` is given twice in one mapping; the last one counts
                --> api.yaml:1001:1
                 |
            1001 | key7: 2
                 | ^^^^ given again here
                ::: api.yaml:8:1
                 |
               8 | key7: 1
                 | ---- given first here
                 |
                 = help: remove or rename one of the two

            warning: 1 warning
        "#]],
    );
}

#[test]
fn end_of_the_file_is_a_place() {
    check(
        "api.json",
        "{\"a\": [1,\n",
        expect![[r#"
            error[E0102]: the file ends within this list
             --> api.json:2:1
              |
            1 | {"a": [1,
              |       -  ^ expected `]` before this
              |       |
              |       it begins here
              |
              = help: was the file downloaded completely?

            error: 1 error
        "#]],
    );
    check(
        "api.json",
        "",
        expect![[r#"
            error[E0107]: this file is empty
             --> api.json:1:1
              |
            1 |
              | ^
              |
              = help: was it saved, or downloaded completely?

            error: 1 error
        "#]],
    );
}

#[test]
fn long_lines_are_cut_around_the_place() {
    let text = "x".repeat(10_000_000);
    let document = format!("{{\"long\": \"{text}\", \"a\": 1, \"b\": \"{text}\", \"a\": 2}}");
    check(
        "api.json",
        &document,
        expect![[r#"
            error[E0106]: a string is longer than 1048576 bytes
             --> api.json:1:10
              |
            1 | {"long": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
              |          ^ it begins here
              |
              = help: a description ends in every list that a client reads: move the data elsewhere

            warning[E0105]: the key `a` is given twice in one mapping; the last one counts
             --> api.json:1:20000031
              |
            1 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "a": 2}
              |                                                              ^^^ given again here
             ::: api.json:1:10000014
              |
            1 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "a": 1, "b": "xxxxxxxxxxxxxxxxxx...
              |                                                              --- given first here
              |
              = help: remove or rename one of the two

            error: 1 error and 1 warning
        "#]],
    );
}

#[test]
fn characters_that_deceive_are_escaped_and_carets_stay_right() {
    check(
        "a\u{1b}[31m.yaml",
        "a: \"\u{202e}é\u{1b}[2J\u{9b}\" @\u{7f}\r\n",
        expect![[r#"
            error[E0103]: text cannot begin with `\u{1b}`
             --> a\u{1b}[31m.yaml:1:7
              |
            1 | a: "\u{202e}é\u{1b}[2J\u{9b}" @\u{7f}
              |              ^^^^^^
              |
              = help: put it in quotes

            error: 1 error
        "#]],
    );
}

#[test]
fn errors_come_first_and_repetitions_are_counted() {
    let mut sources = SourceMap::default();
    let one = sources.add("one.json", "[1,\n2,\n3,\n4]\n");
    let two = sources.add("two.json", "[1]\n");
    let mut diagnostics = Diagnostics::default();
    for place in [10, 1, 4, 7, 4] {
        let keyword = Diagnostic::warning(Code::E0210, "a keyword is read with tolerance");
        diagnostics.push(keyword.at(span(one, place, place + 1), "this").pointer("/a~1b"));
    }
    let error = Diagnostic::error(Code::E0203, "a value has the wrong type");
    diagnostics.push(error.at(span(two, 1, 2), "here").also(span(one, 1, 2), "as there"));
    diagnostics.push(Diagnostic::error(Code::E0101, "cannot read `x`").help("line\nand line"));
    expect![[r#"
        error[E0101]: cannot read `x`
         |
         = help: line
                 and line

        error[E0203]: a value has the wrong type
         --> two.json:1:2
          |
        1 | [1]
          |  ^ here
         ::: one.json:1:2
          |
        1 | [1,
          |  - as there

        warning[E0210]: a keyword is read with tolerance
         --> one.json:1:2
          |
        1 | [1,
          |  ^ this
          |
          = note: at /a~1b

        warning[E0210]: a keyword is read with tolerance
         --> one.json:2:1
          |
        2 | 2,
          | ^ this
          |
          = note: at /a~1b

        … and 2 more warnings E0210: A schema keyword is read with tolerance.
          see all of them, once there are no errors: cargo xtask inspect INPUT

        error: 2 errors and 4 warnings
    "#]]
    .assert_eq(&render(&diagnostics, &sources, &LOOK));
}

#[test]
fn errors_are_never_cut() {
    let mut diagnostics = Diagnostics::default();
    for name in ["a", "b", "c", "d", "e"] {
        diagnostics.push(Diagnostic::error(Code::E0101, format!("cannot read `{name}`")));
    }
    let text = render(&diagnostics, &SourceMap::default(), &LOOK);
    assert_eq!(text.matches("error[E0101]").count(), 5, "{text}");
    assert!(!text.contains("more"), "{text}");
}

#[test]
fn warnings_that_are_not_shown_say_where_they_are() {
    let mut diagnostics = Diagnostics::default();
    for name in ["a", "b", "c"] {
        diagnostics.push(Diagnostic::warning(Code::E0210, format!("`{name}` is read")));
    }
    let text = render(&diagnostics, &SourceMap::default(), &LOOK);
    assert!(text.contains("… and 1 more warning E0210"), "{text}");
    assert!(text.contains("\n  see all of them: cargo xtask inspect INPUT\n"), "{text}");
}

#[test]
fn nothing_is_said_about_nothing() {
    assert_eq!(render(&Diagnostics::default(), &SourceMap::default(), &LOOK), "");
}

#[test]
fn colours_are_used_only_where_asked_for() {
    let mut sources = SourceMap::default();
    let file = sources.add("x.json", "[1]\n");
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(Diagnostic::error(Code::E0203, "wrong").at(span(file, 1, 2), "here"));
    let plain = render(&diagnostics, &sources, &LOOK);
    assert!(!plain.contains('\u{1b}'));
    let colored = render(&diagnostics, &sources, &Look { color: true, ..LOOK });
    assert!(colored.contains('\u{1b}'));
    assert_eq!(colored.lines().count(), plain.lines().count());
}

#[test]
fn any_span_is_shown_somehow() {
    let mut sources = SourceMap::default();
    let file = sources.add("x", "aé\r\n\n\tb");
    for start in 0..10 {
        for end in 0..10 {
            let mut diagnostics = Diagnostics::default();
            let problem = Diagnostic::error(Code::E0203, "x").at(span(file, start, end), "here");
            diagnostics.push(problem.also(span(file, end, start), "there"));
            let shown = render(&diagnostics, &sources, &LOOK);
            assert!(shown.contains("--> x:") && shown.contains("here") && shown.contains("there"));
        }
    }
}

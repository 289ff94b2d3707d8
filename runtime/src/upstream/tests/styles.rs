//! The style examples tables of OpenAPI, byte by byte: 3.0.4, 4.7.12.5 and 3.1.1, 4.8.12.5, which
//! are one, and 3.2.0, 4.12.8, which adds the style `cookie`. `n/a` of the tables stands for what
//! the text leaves open; what is sent then is below the tables.

use crate::operation::{Argument, Kind, Operation, Segment, Style};

use super::{operation, request};

const EMPTY: &str = r#""""#;
const TEXT: &str = r#""blue""#;
const LIST: &str = r#"["blue","black","brown"]"#;
const OBJECT: &str = r#"{"R":100,"G":200,"B":150}"#;

fn query(argument: Argument, json: &str) -> String {
    let operation = operation(&[Segment::Literal("/c")], vec![argument], Operation::DEFAULT);
    let request = request(operation, &format!(r#"{{"color":{json}}}"#)).expect("a request");
    request.url.query().unwrap_or_default().to_owned()
}

/// The path in which the argument stands behind a letter, so that it may be empty.
fn path(argument: Argument, json: &str) -> String {
    let operation = operation(
        &[Segment::Literal("/c"), Segment::Argument(0)],
        vec![argument],
        Operation::DEFAULT,
    );
    let request = request(operation, &format!(r#"{{"color":{json}}}"#)).expect("a request");
    request.url.path().strip_prefix("/v1/c").expect("the prefix stays").to_owned()
}

fn header(argument: Argument, name: &str, json: &str) -> String {
    let operation = operation(&[Segment::Literal("/c")], vec![argument], Operation::DEFAULT);
    let request = request(operation, &format!(r#"{{"color":{json}}}"#)).expect("a request");
    let value = request.headers.get(name).map(|value| value.as_bytes().to_vec());
    String::from_utf8(value.unwrap_or_default()).expect("text")
}

/// One row of a table: style, `explode`, and the cells for empty, string, array and object.
type Row = (Style, bool, [Option<&'static str>; 4]);

fn check(rows: &[Row], write: impl Fn(Style, bool, &str) -> String) {
    for (style, explode, cells) in rows {
        for (json, expected) in [EMPTY, TEXT, LIST, OBJECT].into_iter().zip(cells) {
            if let Some(expected) = expected {
                let written = write(*style, *explode, json);
                assert_eq!(written, *expected, "{style:?} explode={explode} {json}");
            }
        }
    }
}

#[test]
fn path_parameters_are_as_in_the_table() {
    let rows: &[Row] = &[
        (
            Style::Matrix,
            false,
            [
                Some(";color"),
                Some(";color=blue"),
                Some(";color=blue,black,brown"),
                Some(";color=R,100,G,200,B,150"),
            ],
        ),
        (
            Style::Matrix,
            true,
            [
                Some(";color"),
                Some(";color=blue"),
                Some(";color=blue;color=black;color=brown"),
                Some(";R=100;G=200;B=150"),
            ],
        ),
        (
            Style::Label,
            false,
            [Some("."), Some(".blue"), Some(".blue,black,brown"), Some(".R,100,G,200,B,150")],
        ),
        (
            Style::Label,
            true,
            [Some("."), Some(".blue"), Some(".blue.black.brown"), Some(".R=100.G=200.B=150")],
        ),
        (
            Style::Simple,
            false,
            [Some(""), Some("blue"), Some("blue,black,brown"), Some("R,100,G,200,B,150")],
        ),
        (
            Style::Simple,
            true,
            [Some(""), Some("blue"), Some("blue,black,brown"), Some("R=100,G=200,B=150")],
        ),
    ];
    check(rows, |style, explode, json| {
        path(Argument::path("color", Kind::Any).style(style).explode(explode), json)
    });
}

#[test]
fn query_parameters_are_as_in_the_table() {
    let rows: &[Row] = &[
        (
            Style::Form,
            false,
            [
                Some("color="),
                Some("color=blue"),
                Some("color=blue,black,brown"),
                Some("color=R,100,G,200,B,150"),
            ],
        ),
        (
            Style::Form,
            true,
            [
                Some("color="),
                Some("color=blue"),
                Some("color=blue&color=black&color=brown"),
                Some("R=100&G=200&B=150"),
            ],
        ),
        (
            Style::SpaceDelimited,
            false,
            [
                None,
                None,
                Some("color=blue%20black%20brown"),
                Some("color=R%20100%20G%20200%20B%20150"),
            ],
        ),
        (Style::SpaceDelimited, true, [None; 4]),
        (
            Style::PipeDelimited,
            false,
            [
                None,
                None,
                Some("color=blue%7Cblack%7Cbrown"),
                Some("color=R%7C100%7CG%7C200%7CB%7C150"),
            ],
        ),
        (Style::PipeDelimited, true, [None; 4]),
        (
            Style::TabDelimited,
            false,
            [
                None,
                None,
                Some("color=blue%09black%09brown"),
                Some("color=R%09100%09G%09200%09B%09150"),
            ],
        ),
        (Style::DeepObject, false, [None; 4]),
        (
            Style::DeepObject,
            true,
            [None, None, None, Some("color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150")],
        ),
    ];
    check(rows, |style, explode, json| {
        query(Argument::query("color", Kind::Any).style(style).explode(explode), json)
    });
}

#[test]
fn header_parameters_are_as_in_the_table() {
    let rows: &[Row] = &[
        (
            Style::Simple,
            false,
            [Some(""), Some("blue"), Some("blue,black,brown"), Some("R,100,G,200,B,150")],
        ),
        (
            Style::Simple,
            true,
            [Some(""), Some("blue"), Some("blue,black,brown"), Some("R=100,G=200,B=150")],
        ),
    ];
    check(rows, |style, explode, json| {
        let argument = Argument::header("color", Kind::Any).wire("X-Color");
        header(argument.style(style).explode(explode), "x-color", json)
    });
}

#[test]
fn cookie_parameters_are_as_in_the_table() {
    let rows: &[Row] = &[
        // `&` of an exploded form is no separator of cookies (3.1.1, Appendix D).
        (Style::Form, true, [Some("color="), Some("color=blue"), None, None]),
        (
            Style::Form,
            false,
            [
                Some("color="),
                Some("color=blue"),
                Some("color=blue,black,brown"),
                Some("color=R,100,G,200,B,150"),
            ],
        ),
        (
            Style::Cookie,
            false,
            [
                Some("color="),
                Some("color=blue"),
                Some("color=blue,black,brown"),
                Some("color=R,100,G,200,B,150"),
            ],
        ),
        (
            Style::Cookie,
            true,
            [
                Some("color="),
                Some("color=blue"),
                Some("color=blue; color=black; color=brown"),
                Some("R=100; G=200; B=150"),
            ],
        ),
    ];
    check(rows, |style, explode, json| {
        header(Argument::cookie("color", Kind::Any).style(style).explode(explode), "cookie", json)
    });
}

#[test]
fn what_the_tables_leave_open() {
    for (style, explode, json, expected) in [
        (Style::SpaceDelimited, true, LIST, "color=blue&color=black&color=brown"),
        (Style::PipeDelimited, true, OBJECT, "R=100&G=200&B=150"),
        (Style::PipeDelimited, false, TEXT, "color=blue"),
        (Style::DeepObject, false, OBJECT, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        (Style::DeepObject, true, TEXT, "color=blue"),
        (Style::DeepObject, true, EMPTY, "color="),
        (Style::DeepObject, true, LIST, "color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown"),
        (
            Style::DeepObject,
            true,
            r#"{"items":[{"price":1,"tags":{"a":null,"b":"x y"}}],"none":[],"empty":{}}"#,
            "color%5Bitems%5D%5B0%5D%5Bprice%5D=1&color%5Bitems%5D%5B0%5D%5Btags%5D%5Bb%5D=x%20y",
        ),
        (Style::Json, false, r#"{"a":1}"#, "color=%7B%22a%22%3A1%7D"),
        (Style::Json, false, TEXT, "color=%22blue%22"),
        (Style::Content, false, TEXT, "color=blue"),
        (Style::Form, true, "true", "color=true"),
        (Style::Form, true, r#"["a&b","é"]"#, "color=a%26b&color=%C3%A9"),
        (Style::Form, false, r#"["a,b"]"#, "color=a%2Cb"),
        (Style::Form, true, r#"{"a":{"b":1},"c":[2]}"#, "a=%7B%22b%22%3A1%7D&c=%5B2%5D"),
    ] {
        let argument = Argument::query("color", Kind::Any).style(style).explode(explode);
        assert_eq!(query(argument, json), expected, "{style:?} explode={explode} {json}");
    }
}

#[test]
fn null_and_what_is_empty_are_undefined() {
    for style in [
        Style::Form,
        Style::SpaceDelimited,
        Style::PipeDelimited,
        Style::DeepObject,
        Style::Json,
        Style::Content,
    ] {
        for explode in [false, true] {
            let argument = || Argument::query("color", Kind::Any).style(style).explode(explode);
            assert_eq!(query(argument(), "null"), "", "{style:?} explode={explode}");
            let cookie = Argument::cookie("color", Kind::Any).style(style).explode(explode);
            assert_eq!(header(cookie, "cookie", "null"), "", "{style:?} explode={explode}");
            if style != Style::Json {
                assert_eq!(query(argument(), "[]"), "", "{style:?} explode={explode}");
                assert_eq!(query(argument(), "[null]"), "", "{style:?} explode={explode}");
            }
            if !matches!(style, Style::Json | Style::Content) {
                assert_eq!(query(argument(), "{}"), "", "{style:?} explode={explode}");
                assert_eq!(query(argument(), r#"{"a":null}"#), "", "{style:?} explode={explode}");
            }
        }
    }
    for json in ["null", "[]", "{}", "[null]"] {
        assert_eq!(header(Argument::header("color", Kind::Any), "color", json), "");
        for style in [Style::Simple, Style::Label, Style::Matrix] {
            let argument = Argument::path("color", Kind::Any).nullable().style(style);
            let path = &[Segment::Literal("/c"), Segment::Argument(0)];
            let operation = operation(path, vec![argument], Operation::DEFAULT);
            let error = request(operation, &format!(r#"{{"color":{json}}}"#)).expect_err(json);
            assert!(error.to_string().contains("must not be empty"), "{error}");
        }
    }
}

#[test]
fn reserved_characters_are_sent_where_they_are_allowed() {
    let argument = || Argument::query("color", Kind::Text).allow_reserved();
    assert_eq!(query(argument(), r#""/a:b?c=d&e#f+g h%""#), "color=/a:b?c=d%26e%23f%2Bg%20h%25");
    // What is percent-encoded already stays so (RFC 6570, 3.2.3).
    assert_eq!(query(argument(), r#""a%2Fb%zz%4""#), "color=a%2Fb%25zz%254");
    let argument = Argument::path("color", Kind::Text).allow_reserved();
    assert_eq!(path(argument, r#""a:b/c?d#e%2F""#), "a:b%2Fc%3Fd%23e%2F");
}

#[test]
fn text_in_paths_and_headers_is_encoded_as_the_place_wants_it() {
    let argument = Argument::path("color", Kind::Text);
    assert_eq!(path(argument, r#""a/b.c?d#e%2F""#), "a%2Fb%2Ec%3Fd%23e%252F");
    let argument = Argument::path("color", Kind::Any).style(Style::Json);
    assert_eq!(path(argument, r#"{"a":1}"#), "%7B%22a%22%3A1%7D");
    let argument = Argument::header("color", Kind::Text).wire("X-Color");
    assert_eq!(header(argument, "x-color", r#""50% of/é""#), "50% of/é");
    let argument = Argument::header("color", Kind::Any).style(Style::Content);
    assert_eq!(header(argument, "color", r#"{"a":1}"#), r#"{"a":1}"#);
}

#[test]
fn cookies_keep_their_separators_out_of_their_values() {
    let argument = || Argument::cookie("color", Kind::Any);
    assert_eq!(header(argument(), "cookie", r#""a; b=1\r\n""#), "color=a%3B%20b=1%0D%0A");
    assert_eq!(header(argument(), "cookie", LIST), "color=blue; color=black; color=brown");
    assert_eq!(header(argument(), "cookie", OBJECT), "R=100; G=200; B=150");
    let raw = || argument().style(Style::Cookie);
    assert_eq!(header(raw(), "cookie", r#""a%2Cb/c""#), "color=a%2Cb/c");
    for json in [r#""a; b=1""#, r#""a,b""#, r#""a\r\nb""#, r#""é""#, r#"{"a;b":1}"#] {
        let operation = operation(&[Segment::Literal("/c")], vec![raw()], Operation::DEFAULT);
        let error = request(operation, &format!(r#"{{"color":{json}}}"#)).expect_err(json);
        assert!(error.to_string().contains("percent-encode what a cookie"), "{error}");
    }
}

#[test]
fn one_argument_can_be_the_whole_query() {
    let argument = || Argument::query_string("color", Kind::Any);
    assert_eq!(
        query(argument(), r#"{"a b":"x&y","l":["1","2"],"o":{"k":null},"n":null}"#),
        "a%20b=x%26y&l=1&l=2&o=%7B%22k%22%3Anull%7D"
    );
    let json = argument().style(Style::Json);
    assert_eq!(query(json, r#"{"numbers":[1,2]}"#), "%7B%22numbers%22%3A%5B1%2C2%5D%7D");
    assert_eq!(query(argument(), r#""$.a.b[1:1]""#), "%24.a.b%5B1%3A1%5D");
    assert_eq!(query(argument(), "null"), "");
}

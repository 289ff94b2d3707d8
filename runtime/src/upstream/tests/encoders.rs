//! The style examples of OpenAPI 3.1.1, 4.8.12.4, byte by byte.

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

fn path(style: Style, explode: bool, json: &str) -> String {
    let argument = Argument::path("color", Kind::Any).style(style).explode(explode);
    let operation = operation(
        &[Segment::Literal("/"), Segment::Argument(0)],
        vec![argument],
        Operation::DEFAULT,
    );
    let request = request(operation, &format!(r#"{{"color":{json}}}"#)).expect("a request");
    request.url.path().strip_prefix("/v1/").expect("the prefix stays").to_owned()
}

fn header(argument: Argument, name: &str, json: &str) -> String {
    let operation = operation(&[Segment::Literal("/c")], vec![argument], Operation::DEFAULT);
    let request = request(operation, &format!(r#"{{"color":{json}}}"#)).expect("a request");
    let value = request.headers.get(name).map(|value| value.as_bytes().to_vec());
    String::from_utf8(value.unwrap_or_default()).expect("text")
}

#[test]
fn query_arguments_follow_the_style_table() {
    for (style, explode, json, expected) in [
        (Style::Form, false, EMPTY, "color="),
        (Style::Form, true, EMPTY, "color="),
        (Style::Form, false, TEXT, "color=blue"),
        (Style::Form, true, TEXT, "color=blue"),
        (Style::Form, false, LIST, "color=blue,black,brown"),
        (Style::Form, true, LIST, "color=blue&color=black&color=brown"),
        (Style::Form, false, OBJECT, "color=R,100,G,200,B,150"),
        (Style::Form, true, OBJECT, "R=100&G=200&B=150"),
        (Style::SpaceDelimited, false, LIST, "color=blue%20black%20brown"),
        (Style::SpaceDelimited, false, OBJECT, "color=R%20100%20G%20200%20B%20150"),
        (Style::PipeDelimited, false, LIST, "color=blue%7Cblack%7Cbrown"),
        (Style::PipeDelimited, false, OBJECT, "color=R%7C100%7CG%7C200%7CB%7C150"),
        (Style::DeepObject, true, OBJECT, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        (Style::DeepObject, true, LIST, "color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown"),
        (
            Style::DeepObject,
            true,
            r#"{"items":[{"price":1,"tags":{"a":null,"b":"x y"}}]}"#,
            "color%5Bitems%5D%5B0%5D%5Bprice%5D=1&color%5Bitems%5D%5B0%5D%5Btags%5D%5Bb%5D=x%20y",
        ),
        (Style::Json, false, r#"{"a":1}"#, "color=%7B%22a%22%3A1%7D"),
        (Style::Json, false, TEXT, "color=%22blue%22"),
        (Style::Form, true, "[]", ""),
        (Style::Form, false, "[]", ""),
        (Style::Form, true, "{}", ""),
        (Style::Form, true, "null", ""),
        (Style::Form, true, "true", "color=true"),
        (Style::Form, true, r#"["a&b","é"]"#, "color=a%26b&color=%C3%A9"),
        (Style::Form, false, r#"["a,b"]"#, "color=a%2Cb"),
    ] {
        let argument = Argument::query("color", Kind::Any).style(style).explode(explode);
        assert_eq!(query(argument, json), expected, "{style:?} explode={explode} {json}");
    }
}

#[test]
fn reserved_characters_are_sent_where_they_are_allowed() {
    let argument = Argument::query("color", Kind::Text).allow_reserved();
    assert_eq!(query(argument, r#""/a:b?c=d&e#f+g h%""#), "color=/a:b?c=d%26e%23f%2Bg%20h%25");
}

#[test]
fn path_arguments_follow_the_style_table() {
    for (style, explode, json, expected) in [
        (Style::Simple, false, TEXT, "blue"),
        (Style::Simple, false, LIST, "blue,black,brown"),
        (Style::Simple, true, LIST, "blue,black,brown"),
        (Style::Simple, false, OBJECT, "R,100,G,200,B,150"),
        (Style::Simple, true, OBJECT, "R=100,G=200,B=150"),
        (Style::Label, false, TEXT, ".blue"),
        (Style::Label, false, LIST, ".blue,black,brown"),
        (Style::Label, true, LIST, ".blue.black.brown"),
        (Style::Label, false, OBJECT, ".R,100,G,200,B,150"),
        (Style::Label, true, OBJECT, ".R=100.G=200.B=150"),
        (Style::Matrix, false, TEXT, ";color=blue"),
        (Style::Matrix, false, LIST, ";color=blue,black,brown"),
        (Style::Matrix, true, LIST, ";color=blue;color=black;color=brown"),
        (Style::Matrix, false, OBJECT, ";color=R,100,G,200,B,150"),
        (Style::Matrix, true, OBJECT, ";R=100;G=200;B=150"),
        (Style::Simple, false, r#""a/b.c?d#e%2F""#, "a%2Fb%2Ec%3Fd%23e%252F"),
        (Style::Json, false, r#"{"a":1}"#, "%7B%22a%22%3A1%7D"),
    ] {
        assert_eq!(path(style, explode, json), expected, "{style:?} explode={explode} {json}");
    }
}

#[test]
fn header_arguments_are_not_percent_encoded() {
    for (explode, json, expected) in [
        (false, TEXT, "blue"),
        (false, LIST, "blue,black,brown"),
        (true, LIST, "blue,black,brown"),
        (false, OBJECT, "R,100,G,200,B,150"),
        (true, OBJECT, "R=100,G=200,B=150"),
        (false, r#""50% of/é""#, "50% of/é"),
    ] {
        let argument = Argument::header("color", Kind::Any).explode(explode).wire("X-Color");
        assert_eq!(header(argument, "x-color", json), expected, "explode={explode} {json}");
    }
}

#[test]
fn cookies_are_pairs_without_separators_in_their_values() {
    for (explode, json, expected) in [
        (true, TEXT, "color=blue"),
        (false, LIST, "color=blue,black,brown"),
        (true, LIST, "color=blue; color=black; color=brown"),
        (false, OBJECT, "color=R,100,G,200,B,150"),
        (true, OBJECT, "R=100; G=200; B=150"),
        (true, r#""a; b=1\r\n""#, "color=a%3B%20b=1%0D%0A"),
    ] {
        let argument = Argument::cookie("color", Kind::Any).explode(explode);
        assert_eq!(header(argument, "cookie", json), expected, "explode={explode} {json}");
    }
}

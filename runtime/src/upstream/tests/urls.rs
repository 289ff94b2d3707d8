//! No value changes the host or leaves the prefix of the base URL.

use crate::operation::{Argument, Kind, Operation, Segment, Style};
use crate::upstream::url::Base;

use super::{operation, request};

static PATH: &[Segment] = &[
    Segment::Literal("/jobs/"),
    Segment::Argument(0),
    Segment::Literal("/runs/"),
    Segment::Argument(1),
];

fn check_refused(value: &str, expected: &str) {
    let arguments = vec![Argument::path("id", Kind::Text), Argument::path("run", Kind::Text)];
    let operation = operation(PATH, arguments, Operation::DEFAULT);
    let json = serde_json::json!({ "id": value, "run": "1" }).to_string();
    let error = request(operation, &json).expect_err(value).to_string();
    assert!(error.starts_with("Error building request for GET /jobs/{id}/runs/{run}: "), "{error}");
    assert!(error.contains(expected), "{error}");
}

#[test]
fn dot_segments_are_refused_through_nested_encodings() {
    for value in
        [".", "..", "%2e%2e", "%252E.", "../../admin", "a/../b", "a\\..\\b", "..;x=1", "x/%2e%2e"]
    {
        check_refused(value, "must not contain the segments");
    }
    let nested = (0..40).fold("%2e".to_owned(), |text, _| text.replace('%', "%25"));
    check_refused(&nested, "must not contain the segments");
    check_refused("", "must not be empty");
}

#[test]
fn dots_of_two_values_do_not_make_a_segment() {
    let arguments = vec![
        Argument::path("a", Kind::Any).style(Style::Label),
        Argument::path("b", Kind::Any).style(Style::Label),
    ];
    let path = &[Segment::Literal("/"), Segment::Argument(0), Segment::Argument(1)];
    let operation = operation(path, arguments, Operation::DEFAULT);
    let url = request(operation, r#"{"a":"x","b":"y"}"#).expect("a request").url;
    assert_eq!(url.as_str(), "https://api.test/v1/.x.y");
    request(operation, r#"{"a":[],"b":[]}"#).expect_err("nothing but the dots of the style");
}

#[test]
fn colons_are_not_read_as_a_scheme() {
    let arguments = vec![Argument::path("id", Kind::Text)];
    let path = &[Segment::Argument(0)];
    let operation = operation(path, arguments, Operation::DEFAULT);
    let url = request(operation, r#"{"id":"job-1:cancel"}"#).expect("a request").url;
    assert_eq!(url.as_str(), "https://api.test/v1/job-1%3Acancel");
}

#[test]
fn base_urls_are_joined_with_or_without_a_slash() {
    for (base, expected) in [
        ("https://x.test", "https://x.test/a?q=1"),
        ("https://x.test/", "https://x.test/a?q=1"),
        ("https://x.test/v1/", "https://x.test/v1/a?q=1"),
        ("http://x.test:8080/v1?key=2#f", "http://x.test:8080/v1/a?key=2&q=1"),
    ] {
        let url = Base::parse(base).expect("a base").join("/a", &["", "q=1"]).expect("a URL");
        assert_eq!(url.as_str(), expected);
    }
    for base in ["", "/v1", "api.test", "ftp://x.test", "mailto:x@y.test", "https://"] {
        Base::parse(base).expect_err(base);
    }
}

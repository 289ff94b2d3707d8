//! What each rule explains, and what it does not.

use std::collections::{BTreeMap, BTreeSet};

use mcpwright::operation::{Argument, Body as OperationBody, BodyFormat, Kind, Operation, Style};
use serde_json::{Value, json};

use super::*;
use crate::request::ANYTHING;

const FORM: &str = "application/x-www-form-urlencoded";

/// A call and its two requests.
struct Case {
    arguments: &'static [Argument],
    body: OperationBody,
    given: Value,
    unsent: Vec<(Unsent, &'static str, Value)>,
    ours: Request,
    theirs: Request,
}

impl Case {
    fn new(arguments: &'static [Argument], given: Value) -> Self {
        let request = Request { accept: ANYTHING.to_owned(), ..Request::default() };
        let (ours, theirs) = (request.clone(), request);
        Self { arguments, body: OperationBody::NONE, given, unsent: Vec::new(), ours, theirs }
    }

    fn unsent(mut self, why: Unsent, name: &'static str, value: Value) -> Self {
        self.unsent.push((why, name, value));
        self
    }

    fn body(mut self, body: OperationBody, ours: Body, theirs: Body) -> Self {
        let media_type = Some(body.media_type.to_owned());
        self.body = body;
        for (request, body) in [(&mut self.ours, ours), (&mut self.theirs, theirs)] {
            request.content_type.clone_from(&media_type);
            request.body = body;
        }
        self
    }

    fn form(arguments: &'static [Argument], given: Value, ours: &str, theirs: &str) -> Self {
        let body = OperationBody::new(BodyFormat::Form, FORM);
        let text = |text: &str| Body::Text(text.to_owned());
        Self::new(arguments, given).body(body, text(ours), text(theirs))
    }

    fn query(arguments: &'static [Argument], given: Value, ours: &str, theirs: &str) -> Self {
        let mut case = Self::new(arguments, given);
        (case.ours.query, case.theirs.query) = (ours.to_owned(), theirs.to_owned());
        case
    }

    fn with<T>(&self, error: Option<&str>, look: impl FnOnce(&Call<'_>) -> T) -> T {
        let operation = Box::leak(Box::new(Operation {
            arguments: self.arguments,
            body: OperationBody { ..self.body },
            ..Operation::DEFAULT
        }));
        let given = self.unsent.iter().map(|(why, name, value)| Given {
            why: *why,
            name: (*name).to_owned(),
            value,
        });
        look(&Call {
            operation,
            route: &("GET".to_owned(), "/a".to_owned()),
            described: &Described {
                body: BTreeMap::from([("application/json".to_owned(), BTreeSet::new())]),
                ..Described::default()
            },
            arguments: self.given.as_object().expect("an object"),
            unsent: &given.collect::<Vec<_>>(),
            error,
        })
    }

    #[track_caller]
    fn check(&self, expected: Option<&[&'static str]>) {
        let found = self.with(None, |call| of_requests(call, &self.ours, &self.theirs));
        let expected = expected.map(|rules| rules.iter().copied().collect::<Rules>());
        assert_eq!(found, expected);
    }
}

const CONTENT: &[Argument] = &[Argument::property("a", Kind::Any).style(Style::Content)];
const DEEP: &[Argument] = &[
    Argument::property("a", Kind::Any).style(Style::DeepObject).explode(true),
    Argument::property("b", Kind::Any).style(Style::Content),
];

#[test]
fn json_text_of_a_form_may_have_spaces_and_escapes() {
    let given = json!({ "a": { "x": "é", "y": [1, 2] } });
    let ours = "a=%7B%22x%22%3A%22%C3%A9%22%2C%22y%22%3A%5B1%2C2%5D%7D";
    let theirs = "a=%7B%22x%22%3A+%22%5Cu00e9%22%2C+%22y%22%3A+%5B1%2C+2%5D%7D";
    Case::form(CONTENT, given.clone(), ours, theirs).check(Some(&["B11", "Q1"]));
    let other = "a=%7B%22x%22%3A+%22%5Cu00e8%22%2C+%22y%22%3A+%5B1%2C+2%5D%7D";
    Case::form(CONTENT, given.clone(), ours, other).check(None);
    Case::form(CONTENT, given, "a=%7B%7D", theirs).check(None);
}

#[test]
fn members_of_a_whole_form_are_its_fields() {
    const WHOLE: &[Argument] = &[Argument::body("body", Kind::Object)];
    let given = json!({ "body": { "a": { "x": 1 }, "b": "c d" } });
    let ours = "a=%7B%22x%22%3A1%7D&b=c%20d";
    let theirs = "b=c+d&a=%7B%22x%22%3A+1%7D";
    Case::form(WHOLE, given.clone(), ours, theirs).check(Some(&["B11", "Q1"]));
    Case::form(WHOLE, given, ours, "b=c+d").check(None);
}

#[test]
fn brackets_of_a_form_may_be_json_text_there() {
    let given = json!({ "a": { "b": { "x": 1 } }, "b": "c" });
    let ours = "a%5Bb%5D%5Bx%5D=1&b=c";
    let theirs = "a=%7B%22b%22%3A%7B%22x%22%3A1%7D%7D&b=c";
    Case::form(DEEP, given.clone(), ours, theirs).check(Some(&["B5"]));
    let other = "a=%7B%22b%22%3A%7B%22x%22%3A2%7D%7D&b=c";
    Case::form(DEEP, given.clone(), ours, other).check(None);
    Case::form(DEEP, given, ours, "a=x&b=c").check(None);
}

#[test]
fn json_parameters_may_be_plain_there() {
    const QUERY: &[Argument] = &[Argument::query("a", Kind::Any).style(Style::Json)];
    let check = |theirs: &str, expected: Option<&[&'static str]>| {
        let ours = "a=%7B%22x%22%3A%5B1%5D%7D";
        Case::query(QUERY, json!({ "a": { "x": [1] } }), ours, theirs).check(expected);
    };
    check("x=%5B1%5D", Some(&["Q9"]));
    check("a=%7B%27x%27%3A%20%5B1%5D%7D", Some(&["Q9"]));
    check("x=2", None);
    check("a=anything", None);
    check("", None);
    Case::query(QUERY, json!({ "a": {} }), "a=%7B%7D", "").check(Some(&["Q9"]));
}

#[test]
fn null_gives_no_pair() {
    const QUERY: &[Argument] = &[
        Argument::query("a", Kind::Any).style(Style::Json),
        Argument::query("b", Kind::Text),
        Argument::query("c", Kind::Text),
    ];
    let given = json!({ "a": null, "b": "1", "c": "2" });
    Case::query(QUERY, given, "b=1&c=2", "c=2&b=1").check(Some(&[]));
}

#[test]
fn required_form_without_fields_has_a_type_here_alone() {
    let case = |body: OperationBody| {
        let mut case = Case::new(&[], json!({})).body(body, Body::None, Body::None);
        case.theirs.content_type = None;
        case
    };
    case(OperationBody::new(BodyFormat::Form, FORM).required()).check(Some(&["B7"]));
    case(OperationBody::new(BodyFormat::Form, FORM)).check(None);
    case(OperationBody::new(BodyFormat::Json, "application/json").required()).check(None);
}

#[test]
fn range_of_media_types_is_sent_there_alone() {
    let check = |theirs: &str, media_type: &str, expected: Option<&[&'static str]>| {
        let body = OperationBody::new(BodyFormat::Bytes, "application/octet-stream");
        let text = |text: &str| Body::Text(text.to_owned());
        let mut case = Case::new(&[], json!({})).body(body, text("hi"), text(theirs));
        case.theirs.content_type = Some(media_type.to_owned());
        case.check(expected);
    };
    check("hi", "image/*", Some(&["B12"]));
    check("ho", "image/*", None);
    check("hi", "image/png", None);
}

#[test]
fn ignored_headers_are_sent_there_alone() {
    let case = |value: &str| {
        let given = json!("x");
        let mut case = Case::new(&[], json!({})).unsent(Unsent::Header, "authorization", given);
        case.theirs.headers.insert("authorization".to_owned(), value.to_owned());
        case
    };
    case("x").check(Some(&["Q12"]));
    case("y").check(None);
    let mut content =
        Case::new(&[], json!({})).unsent(Unsent::Header, "content-type", json!("a/b"));
    content.theirs.content_type = Some("a/b".to_owned());
    content.check(Some(&["Q12"]));
    content.theirs.content_type = Some("c/d".to_owned());
    content.check(None);
}

#[test]
fn read_only_properties_are_sent_there_alone() {
    let check = |theirs: Value, expected: Option<&[&'static str]>| {
        let body = OperationBody::new(BodyFormat::Json, "application/json");
        Case::new(CONTENT, json!({ "a": 1 }))
            .unsent(Unsent::ReadOnly, "id", json!(7))
            .body(body, Body::Json(json!({ "a": 1 })), Body::Json(theirs))
            .check(expected);
    };
    check(json!({ "a": 1, "id": 7 }), Some(&["B13"]));
    check(json!({ "a": 1, "id": 8 }), None);
    check(json!({ "a": 1, "id": 7, "b": 2 }), None);
}

#[test]
fn another_media_type_has_to_be_declared() {
    let body = OperationBody::new(BodyFormat::Json, "application/json");
    let mut case = Case::new(CONTENT, json!({ "a": 1 })).body(
        body,
        Body::Json(json!({ "a": 1 })),
        Body::Text("a=1".to_owned()),
    );
    case.theirs.content_type = Some(FORM.to_owned());
    case.check(None);
}

#[test]
fn header_text_explains_what_could_not_be_encoded() {
    const HEADER: &[Argument] = &[Argument::header("x", Kind::Text)];
    let check = |value: &str, error: &str, expected: bool| {
        let case = Case::new(HEADER, json!({ "x": value }));
        let found = case.with(Some(error), of_request);
        assert_eq!(found, expected.then(|| Rules::from(["Q8"])), "{value} {error}");
    };
    let whole = "Error calling tool 'a': Error building request for GET /a: UnicodeEncodeError: é";
    check("é", whole, true);
    check("e", whole, false);
    // Recordings cut what is long.
    check("é", "Error calling tool 'a': Error building request for GET /", true);
    check("é", "Error calling tool 'a': Error building request for GET /a: ValueError: é", false);
    check("é", "Error calling tool 'a': something else", false);
}

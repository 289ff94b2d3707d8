//! Headers, credentials and bodies of requests.

use expect_test::{Expect, expect};

use crate::arguments::{self, Mode};
use crate::operation::{
    Argument, Body, BodyFormat, Credential, Kind, Method, Operation, SecurityScheme, Segment,
    Setting, Style, TokenEndpoint, TokenGrant,
};
use crate::upstream::{Options, Upstreams};

use super::{NOWHERE, declaration, operation, request};

static ROOT: &[Segment] = &[Segment::Literal("/x")];

fn post(body: Body) -> Operation {
    Operation { method: Method::Post, body, ..Operation::DEFAULT }
}

/// Content type and body of a request.
fn check(operation: &'static Operation, json: &str, expected: &Expect) {
    let request = request(operation, json).expect("a request");
    let media_type = request
        .headers
        .get("content-type")
        .map_or("none", |value| value.to_str().expect("an ASCII media type"));
    let body = String::from_utf8_lossy(&request.body).replace('\r', "");
    expected.assert_eq(&format!("{media_type}\n{body}"));
}

#[test]
fn absent_null_and_given_properties_are_kept_apart() {
    let arguments = vec![
        Argument::property("title", Kind::Text).nullable(),
        Argument::property("count", Kind::Integer).wire("n\"um"),
        Argument::property("extra", Kind::Any),
    ];
    let operation =
        operation(ROOT, arguments, post(Body::new(BodyFormat::Json, "application/json")));
    check(
        operation,
        r#"{"title":null}"#,
        &expect![[r#"
        application/json
        {"title":null}"#]],
    );
    check(
        operation,
        r#"{"extra":{"a": 1e3},"count":1.0}"#,
        &expect![[r#"
        application/json
        {"n\"um":1,"extra":{"a": 1e3}}"#]],
    );
    check(
        operation,
        "{}",
        &expect![[r#"
        none
    "#]],
    );
}

#[test]
fn a_required_object_is_sent_empty() {
    let arguments = vec![Argument::property("title", Kind::Text)];
    let body = Body::new(BodyFormat::Json, "application/merge-patch+json").required();
    check(
        operation(ROOT, arguments, post(body)),
        "{}",
        &expect![[r#"
        application/merge-patch+json
        {}"#]],
    );
}

#[test]
fn a_form_without_a_field_is_no_body_unless_one_is_required() {
    let form = |body: Body| operation(ROOT, vec![Argument::body("body", Kind::Any)], post(body));
    let urlencoded = Body::new(BodyFormat::Form, "application/x-www-form-urlencoded");
    for body in [urlencoded, Body::new(BodyFormat::Multipart, "multipart/form-data").required()] {
        for json in ["{}", r#"{"body":{}}"#, r#"{"body":{"a":null}}"#] {
            let request = request(form(body), json).expect("a request");
            assert!(!request.headers.contains_key("content-type"), "{json}");
        }
    }
    let request = request(form(urlencoded.required()), "{}").expect("a request");
    assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
}

#[test]
fn a_whole_body_is_sent_as_it_came() {
    let arguments = vec![Argument::body("body", Kind::Any)];
    let body = Body::new(BodyFormat::Json, "application/json");
    check(
        operation(ROOT, arguments, post(body)),
        r#"{"body":[1, {"b":2,"a":12345678901234567890}]}"#,
        &expect![[r#"
        application/json
        [1, {"b":2,"a":12345678901234567890}]"#]],
    );
    let body = Body::new(BodyFormat::Text, "text/plain");
    let operation = operation(ROOT, vec![Argument::body("body", Kind::Text)], post(body));
    check(
        operation,
        r#"{"body":"caf\u00e9\n"}"#,
        &expect![[r#"
        text/plain
        café
    "#]],
    );
}

#[test]
fn forms_use_the_style_of_each_field() {
    let arguments = vec![
        Argument::property("name", Kind::Text),
        Argument::property("tags", Kind::Texts),
        Argument::property("meta", Kind::Object).style(Style::DeepObject),
        Argument::property("plain", Kind::Object),
    ];
    let body = Body::new(BodyFormat::Form, "application/x-www-form-urlencoded");
    check(
        operation(ROOT, arguments, post(body)),
        r#"{"plain":{"a":1},"meta":{"k":{"d":true}},"tags":["a","b"],"name":"x y&z"}"#,
        &expect![[r#"
            application/x-www-form-urlencoded
            name=x%20y%26z&tags=a&tags=b&meta%5Bk%5D%5Bd%5D=true&plain=%7B%22a%22%3A1%7D"#]],
    );
}

#[test]
fn multipart_bodies_hold_texts_files_lists_and_json() {
    let arguments = vec![
        Argument::property("order\"id", Kind::Integer),
        Argument::property("tags", Kind::Texts),
        Argument::property("meta", Kind::Object),
        Argument::property("file", Kind::File),
        Argument::property("pages", Kind::Files).media_type("image/png"),
    ];
    let body = Body::new(BodyFormat::Multipart, "multipart/form-data");
    let operation = operation(ROOT, arguments, post(body));
    check(
        operation,
        r#"{"order\"id":7,"tags":["a","b"],"meta":{"k":1},"file":"data:text/csv;base64,aSxq","pages":["aGk="]}"#,
        &expect![[r#"
            multipart/form-data; boundary=mcpwright-part-00000000
            --mcpwright-part-00000000
            Content-Disposition: form-data; name="order%22id"

            7
            --mcpwright-part-00000000
            Content-Disposition: form-data; name="tags"

            a
            --mcpwright-part-00000000
            Content-Disposition: form-data; name="tags"

            b
            --mcpwright-part-00000000
            Content-Disposition: form-data; name="meta"
            Content-Type: application/json

            {"k":1}
            --mcpwright-part-00000000
            Content-Disposition: form-data; name="file"; filename="file.csv"
            Content-Type: text/csv

            i,j
            --mcpwright-part-00000000
            Content-Disposition: form-data; name="pages"; filename="pages.png"
            Content-Type: image/png

            hi
            --mcpwright-part-00000000--
        "#]],
    );
    let error = request(operation, r#"{"file":"not base64!"}"#).expect_err("no file");
    expect!["Error building request for POST /x: argument `file` is a file: give its content as base64 or as a `data:` URI"]
        .assert_eq(&error.to_string());
    let request = request(operation, r#"{"tags":["mcpwright-part-00000000"]}"#).expect("a request");
    let media_type = request.headers.get("content-type").expect("a media type");
    assert_eq!(media_type, "multipart/form-data; boundary=mcpwright-part-00000001");
    let filled: Vec<String> =
        (0..50_000).map(|number| format!("mcpwright-part-{number:08}")).collect();
    let filled = serde_json::json!({ "tags": [filled.concat()] }).to_string();
    let request = self::request(operation, &filled).expect("a request");
    assert!(request.headers["content-type"].as_bytes().ends_with(b"mcpwright-part-00050000"));
}

#[test]
fn bytes_come_from_base64() {
    let body = Body::new(BodyFormat::Bytes, "*/*");
    let operation = operation(ROOT, vec![Argument::body("file", Kind::File)], post(body));
    check(
        operation,
        r#"{"file":"data:image/png,%89x"}"#,
        &expect![[r#"
        image/png
        �x"#]],
    );
    check(
        operation,
        r#"{"file":"aGk"}"#,
        &expect![[r#"
        application/octet-stream
        hi"#]],
    );
}

#[test]
fn headers_that_frame_the_request_are_refused() {
    for wire in ["Host", "content-length", "Authorization", "bad name", ""] {
        let operation =
            operation(ROOT, vec![Argument::header("h", Kind::Text).wire(wire)], Operation::DEFAULT);
        let error = request(operation, r#"{"h":"x"}"#).expect_err(wire).to_string();
        assert!(error.contains("must not set"), "{error}");
        request(operation, "{}").expect("nothing is set where nothing is given");
    }
    let operation = operation(ROOT, vec![Argument::header("x-a", Kind::Text)], Operation::DEFAULT);
    let error = request(operation, r#"{"x-a":"a\r\nHost: evil"}"#).expect_err("two headers");
    assert!(error.to_string().contains("must not contain line breaks"), "{error}");
}

static KEY: SecurityScheme = SecurityScheme {
    name: "Key",
    credential: Credential::Query("api_key"),
    secret: Setting("${SHOP_KEY}"),
    ..SecurityScheme::NONE
};
static LOGIN: SecurityScheme = SecurityScheme {
    name: "Login",
    credential: Credential::Basic,
    secret: Setting("${SHOP_LOGIN}"),
    ..SecurityScheme::NONE
};
static SESSION: SecurityScheme = SecurityScheme {
    name: "Session",
    credential: Credential::Cookie("sid"),
    secret: Setting("${SHOP_SESSION}"),
    ..SecurityScheme::NONE
};
static SECURED: Operation = Operation {
    tool: "secured",
    path: ROOT_PATH,
    arguments: &[],
    security: &[&[&KEY, &SESSION], &[&LOGIN]],
    upstream: &NOWHERE,
    ..Operation::DEFAULT
};
const ROOT_PATH: &[Segment] = &[Segment::Literal("/x")];

/// What a call of [`SECURED`] sends where these variables are set.
fn check_credentials(variables: &[(&str, &str)], expected: &Expect) {
    let environment = |name: &str| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let declaration = declaration(&NOWHERE, &[&SECURED]);
    let sent = match Upstreams::start_in(declaration, &Options::default(), &environment) {
        Ok(upstreams) => {
            let values = arguments::parse(&[], None, Mode::default()).expect("no arguments");
            let request = upstreams.client(&NOWHERE).inner.request(&SECURED, &values, None);
            let request = request.expect("a request");
            let header = |name| {
                let value = request.headers.get(name).and_then(|value| value.to_str().ok());
                value.unwrap_or("-").to_owned()
            };
            format!("{} {} {}", request.url, header("authorization"), header("cookie"))
        }
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&sent);
}

#[test]
fn the_first_complete_alternative_is_sent() {
    check_credentials(
        &[("SHOP_KEY", "k&1"), ("SHOP_SESSION", "s"), ("SHOP_LOGIN", "u:p")],
        &expect!["https://api.test/v1/x?api_key=k%261 - sid=s"],
    );
    check_credentials(
        &[("SHOP_KEY", "k"), ("SHOP_LOGIN", "u:p")],
        &expect!["https://api.test/v1/x Basic dTpw -"],
    );
    check_credentials(&[("SHOP_LOGIN", "")], &expect!["https://api.test/v1/x - -"]);
    check_credentials(
        &[("SHOP_KEY", "k")],
        &expect![[r#"
            the server cannot reach its upstreams as it is configured:
            - upstream `shop`: `secured` cannot be called without credentials: set SHOP_SESSION (security scheme `Session`), or SHOP_LOGIN (security scheme `Login`); a variable that is set to nothing calls without them"#]],
    );
}

/// What a server with these operations says at its start, without any variable.
fn check_start(operations: &[&'static Operation], expected: &Expect) {
    let started =
        Upstreams::start_in(declaration(&NOWHERE, operations), &Options::default(), &|_| None);
    let problems = match started {
        Ok(_) => "starts".to_owned(),
        Err(error) => error.problems().join("\n"),
    };
    expected.assert_eq(&problems);
}

static OPEN: Operation = Operation { tool: "open", path: ROOT_PATH, ..SECURED_BASE };
const SECURED_BASE: Operation =
    Operation { security: &[&[], &[&KEY]], upstream: &NOWHERE, ..Operation::DEFAULT };
static FREE: Operation = Operation { tool: "free", security: &[], ..SECURED_BASE };
static OTHER: Operation = Operation { tool: "other", security: &[&[&KEY]], ..SECURED_BASE };
static FETCHED: SecurityScheme = SecurityScheme {
    name: "Fetched",
    credential: Credential::Bearer,
    secret: Setting("${SHOP_FETCHED}"),
    grant: Some(&TokenGrant {
        endpoint: TokenEndpoint::Url(Setting("https://login.test/token")),
        client_id: Setting("${SHOP_FETCHED_CLIENT_ID}"),
        client_secret: Setting("${SHOP_FETCHED_CLIENT_SECRET}"),
        scopes: &[],
        audience: Setting(""),
    }),
};
static LAST: Operation = Operation { tool: "last", security: &[&[&FETCHED]], ..SECURED_BASE };

#[test]
fn a_server_starts_when_every_operation_can_be_called() {
    check_start(&[&OPEN, &FREE], &expect!["starts"]);
    check_start(
        &[&FREE, &SECURED, &OTHER, &OTHER, &LAST],
        &expect![[r#"
            upstream `shop`: `secured` cannot be called without credentials: set SHOP_KEY (security scheme `Key`) and SHOP_SESSION (security scheme `Session`), or SHOP_LOGIN (security scheme `Login`); a variable that is set to nothing calls without them
            upstream `shop`: `other`, `other` cannot be called without credentials: set SHOP_KEY (security scheme `Key`); a variable that is set to nothing calls without them
            upstream `shop`: `last` cannot be called without credentials: set SHOP_FETCHED_CLIENT_ID and SHOP_FETCHED_CLIENT_SECRET, or a token in SHOP_FETCHED (security scheme `Fetched`); a variable that is set to nothing calls without them"#]],
    );
}

#[test]
fn credentials_are_sent_where_they_are_set_although_none_are_needed() {
    let environment = |name: &str| (name == "SHOP_KEY").then(|| "k".to_owned());
    let declaration = declaration(&NOWHERE, &[&OPEN]);
    let upstreams = Upstreams::start_in(declaration, &Options::default(), &environment)
        .expect("the configuration is complete");
    let values = arguments::parse(&[], None, Mode::default()).expect("no arguments");
    let request =
        upstreams.client(&NOWHERE).inner.request(&OPEN, &values, None).expect("a request");
    assert_eq!(request.url.as_str(), "https://api.test/v1/x?api_key=k");
}

#[test]
fn arguments_say_who_asks_and_bring_their_cookies() {
    let arguments = vec![
        Argument::header("User-Agent", Kind::Text),
        Argument::header("Cookie", Kind::Text),
        Argument::cookie("theme", Kind::Text),
    ];
    let operation = operation(ROOT, arguments, Operation::DEFAULT);
    let sent = |json: &str| {
        let request = request(operation, json).expect("a request");
        ["user-agent", "cookie"].map(|name| {
            let value = request.headers.get(name);
            value.map(|value| value.to_str().expect("ASCII").to_owned()).unwrap_or_default()
        })
    };
    let own = concat!("mcpwright/", env!("CARGO_PKG_VERSION"));
    assert_eq!(sent("{}"), [own, ""]);
    assert_eq!(
        sent(r#"{"User-Agent":"me/1","Cookie":"sid=7","theme":"dark"}"#),
        ["me/1", "sid=7; theme=dark"]
    );
}

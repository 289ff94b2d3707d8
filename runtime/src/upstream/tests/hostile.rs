//! Whatever a caller writes into an argument of any place and style, it stays a value: host, prefix,
//! the number of headers and the number of requests do not change.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::arguments::{self, Mode};
use crate::operation::{Argument, Body, BodyFormat, Kind, Method, Operation, Segment, Style};
use crate::upstream::client::Request;
use crate::upstream::{Options, UpstreamError, Upstreams};

use super::{NOWHERE, declaration, loopback, operation};

/// Texts that have done harm somewhere.
const HOSTILE: &[&str] = &[
    "..",
    "../..",
    "%2e%2e",
    "%252e%252e/",
    "..%2f..%2fadmin",
    "..;/",
    "/",
    "//evil.test",
    "\\\\evil.test\\x",
    "?admin=1",
    "#fragment",
    "a&b=c",
    "@evil.test",
    "user:pass@evil.test:1/",
    "http://evil.test/",
    "a\r\nHost: evil.test",
    "a\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    "a\nX-Injected: 1",
    "\u{0}",
    "%00%0d%0aX-Injected:%201",
    "a; session=1",
    "\u{ff0e}\u{ff0e}/\u{2024}\u{2024}/\u{3002}",
    "\u{2028}\u{85}\u{feff}",
    "\u{10a}\u{10d}",
    "\"; filename=\"x\"\r\nContent-Type: text/html\r\n\r\n--mcpwright-part-00000000--",
    "",
    " ",
];

/// One way to place a value: the table, and where the arguments stand.
struct Place {
    what: String,
    operation: &'static Operation,
}

const PATH: &[Segment] =
    &[Segment::Literal("/jobs/"), Segment::Argument(0), Segment::Literal("/runs")];
const FIXED: &[Segment] = &[Segment::Literal("/jobs/1/runs")];

/// Every place with every style that it knows, and every kind of body.
fn places() -> Vec<Place> {
    let mut places = Vec::new();
    let mut add = |what: String, path, argument: Argument, body| {
        let reserved = argument.allow_reserved;
        let method = Method::Post;
        let table = Operation { method, body, ..Operation::DEFAULT };
        places.push(Place {
            what: format!("{what} reserved={reserved}"),
            operation: operation(path, vec![argument], table),
        });
    };
    for explode in [false, true] {
        for style in [Style::Simple, Style::Label, Style::Matrix, Style::Json] {
            let argument = || Argument::path("v", Kind::Any).style(style).explode(explode);
            add(format!("path {style:?} {explode}"), PATH, argument(), Body::NONE);
            add(format!("path {style:?} {explode}"), PATH, argument().allow_reserved(), Body::NONE);
        }
        for style in [
            Style::Form,
            Style::SpaceDelimited,
            Style::PipeDelimited,
            Style::DeepObject,
            Style::Json,
            Style::Content,
        ] {
            let argument = || Argument::query("v", Kind::Any).style(style).explode(explode);
            add(format!("query {style:?} {explode}"), FIXED, argument(), Body::NONE);
            let reserved = argument().allow_reserved();
            add(format!("query {style:?} {explode}"), FIXED, reserved, Body::NONE);
            for format in [BodyFormat::Form, BodyFormat::Multipart] {
                let argument = Argument::property("v", Kind::Any).style(style).explode(explode);
                add(
                    format!("{format:?} {style:?} {explode}"),
                    FIXED,
                    argument,
                    Body::new(format, ""),
                );
            }
        }
        for style in [Style::Simple, Style::Json, Style::Content] {
            let argument = Argument::header("v", Kind::Any).style(style).explode(explode);
            add(format!("header {style:?} {explode}"), FIXED, argument, Body::NONE);
        }
        for style in [Style::Form, Style::Cookie, Style::Json] {
            let argument = Argument::cookie("v", Kind::Any).style(style).explode(explode);
            add(format!("cookie {style:?} {explode}"), FIXED, argument, Body::NONE);
        }
    }
    for style in [Style::Content, Style::Json] {
        let argument = Argument::query_string("v", Kind::Any).style(style);
        add(format!("query string {style:?}"), FIXED, argument, Body::NONE);
    }
    for format in [
        BodyFormat::Json,
        BodyFormat::JsonLines,
        BodyFormat::JsonSequence,
        BodyFormat::Form,
        BodyFormat::Multipart,
        BodyFormat::Text,
        BodyFormat::Bytes,
    ] {
        add(format!("{format:?}"), FIXED, Argument::body("v", Kind::Any), Body::new(format, ""));
        let argument = Argument::properties("v", Kind::Any);
        add(format!("{format:?} members"), FIXED, argument, Body::new(format, ""));
    }
    let file = || Argument::property("v", Kind::File);
    add("file".to_owned(), FIXED, file(), Body::new(BodyFormat::Multipart, ""));
    let typed = file().media_type("image/*, application/pdf");
    add("typed file".to_owned(), FIXED, typed, Body::new(BodyFormat::Multipart, ""));
    places
}

/// The places, and a client for all of them: making one costs more than a thousand requests.
fn setup() -> &'static (Vec<Place>, Upstreams) {
    static SETUP: OnceLock<(Vec<Place>, Upstreams)> = OnceLock::new();
    SETUP.get_or_init(|| {
        let places = places();
        let upstreams = upstreams(&places, &Options::default());
        (places, upstreams)
    })
}

fn upstreams(places: &[Place], options: &Options) -> Upstreams {
    let operations: Vec<&'static Operation> = places.iter().map(|place| place.operation).collect();
    Upstreams::start_in(declaration(&NOWHERE, &operations), options, &|_| None)
        .expect("the configuration is complete")
}

/// The request for this value; `None` where the arguments are refused before.
fn request(place: &Place, value: &Value) -> Option<Result<Request, UpstreamError>> {
    let json = json!({ "v": value }).to_string();
    let values = arguments::parse(place.operation.arguments, Some(&json), Mode::default()).ok()?;
    Some(setup().1.client(&NOWHERE).inner.request(place.operation, &values, None))
}

/// The shapes in which a text can come.
fn shapes(text: &str) -> Vec<Value> {
    vec![
        json!(text),
        json!([text, text]),
        json!({ text: "x" }),
        json!({ "k": text }),
        json!({ "k": [{ text: text }] }),
        json!(format!("data:{text};name={text},{text}")),
        json!(format!("data:text/plain;{text};base64,aGk=")),
        json!(format!("file:{text}")),
        json!(format!("file:///{text}")),
    ]
}

/// What must be the same whatever the value is.
fn check(place: &Place, value: &Value, request: &Request) -> Result<(), TestCaseError> {
    let url = &request.url;
    let context = format!("{} {value}: {url}", place.what);
    prop_assert_eq!(url.scheme(), "https", "{}", context);
    prop_assert_eq!(url.host_str(), Some("api.test"), "{}", context);
    prop_assert_eq!(url.port(), None, "{}", context);
    prop_assert_eq!((url.username(), url.password()), ("", None), "{}", context);
    prop_assert_eq!(url.fragment(), None, "{}", context);
    let segments: Vec<&str> = url.path().split('/').collect();
    prop_assert_eq!(segments.len(), 5, "{}", context);
    prop_assert_eq!(&segments[..3], &["", "v1", "jobs"][..], "{}", context);
    prop_assert_eq!(segments[4], "runs", "{}", context);
    if !place.what.starts_with("query") {
        prop_assert_eq!(url.query(), None, "{}", context);
    }
    let allowed = ["accept", "user-agent", "content-type", "v", "cookie"];
    let names: BTreeSet<&str> = request.headers.keys().map(http::HeaderName::as_str).collect();
    prop_assert_eq!(names.len(), request.headers.len(), "one value each: {}", context);
    for name in names {
        prop_assert!(allowed.contains(&name), "{} {}", name, context);
    }
    for value in request.headers.values() {
        let controls = value.as_bytes().iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
        prop_assert!(!controls, "{}", context);
    }
    Ok(())
}

#[test]
fn known_attacks_change_nothing_but_the_value() {
    let (mut built, mut refused) = (0, 0);
    for place in &setup().0 {
        for text in HOSTILE {
            for value in shapes(text) {
                match request(place, &value) {
                    Some(Ok(request)) => {
                        built += 1;
                        check(place, &value, &request).expect("nothing else changes");
                    }
                    Some(Err(_)) => refused += 1,
                    None => {}
                }
            }
        }
    }
    assert!(built > 5_000 && refused > 500, "{built} built, {refused} refused");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn other_texts_change_nothing_but_the_value(
        text in prop_oneof![
            any::<String>(),
            "[./%\\\\2eEfF0dDaA?#@:;&=\r\n\u{0}\"]{1,16}",
            prop::collection::vec(prop::sample::select(HOSTILE), 1..4).prop_map(|texts| texts.concat()),
        ],
        shape in 0_usize..9,
    ) {
        let value = shapes(&text).swap_remove(shape);
        for place in &setup().0 {
            if let Some(Ok(request)) = request(place, &value) {
                check(place, &value, &request)?;
            }
        }
    }
}

/// On the wire, where a line break too many would be a header or a request.
#[tokio::test]
async fn one_call_is_one_request_with_the_same_headers() {
    let (address, seen) = loopback::listen().await;
    let options =
        Options { base_urls: vec![(None, format!("http://{address}/base"))], mock: false };
    let places = places();
    let upstreams = upstreams(&places, &options);
    let mut sent = 0;
    for place in &places {
        for text in HOSTILE {
            let json = json!({ "v": text }).to_string();
            let Ok(values) =
                arguments::parse(place.operation.arguments, Some(&json), Mode::default())
            else {
                continue;
            };
            let Ok(call) = upstreams.client(&NOWHERE).call(place.operation, &values) else {
                continue;
            };
            call.await.expect("a reply");
            sent += 1;
            let seen = seen.lock().expect("no panic");
            let head = seen.heads.last().expect("a request");
            assert_eq!(seen.heads.len(), sent, "{} {text:?}", place.what);
            assert!(head.starts_with("post /base/jobs/"), "{head}");
            let lines = head.trim_end().lines().skip(1);
            let names: Vec<&str> =
                lines.map(|line| line.split(": ").next().unwrap_or_default()).collect();
            let unique: BTreeSet<&str> = names.iter().copied().collect();
            assert_eq!(names.len(), unique.len(), "{head}");
            let known = [
                "accept",
                "accept-encoding",
                "user-agent",
                "host",
                "content-type",
                "content-length",
                "cookie",
            ];
            for name in unique {
                let name = name.trim_end_matches(':');
                assert!(known.contains(&name) || name == "v", "{name}: {head}");
            }
            let host = format!("host: {address}");
            assert!(head.lines().any(|line| line == host), "{head}");
        }
    }
    assert!(sent > 500, "{sent}");
}

//! Operations that are read as resources and templates, from the generated crate to the upstream.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use build_script::shelf;
use mcpwright::testing::Client;
use mcpwright::{Context, Options, ResourceError};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// A request that reached the upstream.
#[derive(Clone, Debug)]
struct Seen {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

/// An upstream that remembers what it was asked: `/missing` in a path is not there, a cover is an
/// image, everything else JSON.
#[derive(Clone, Default)]
struct Upstream {
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Upstream {
    /// Starts it, and a client of the server in front of it.
    async fn start(handshake: bool) -> (Self, Client) {
        let upstream = Self::default();
        let listener =
            tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let base = format!("http://{}/base", listener.local_addr().expect("an address"));
        let recorder = upstream.clone();
        let answer = move |method: Method, uri: Uri, headers: HeaderMap| {
            let path = uri.path().to_owned();
            recorder.lock().push(Seen { method, uri, headers });
            async move {
                let (status, media_type, body) = if path.contains("missing") {
                    (StatusCode::NOT_FOUND, "text/plain", "no such book")
                } else if path.ends_with("/cover") {
                    (StatusCode::OK, "image/png", "PNG")
                } else if path.ends_with("/shelf") {
                    (StatusCode::OK, "text/markdown; charset=utf-8", "# Shelf")
                } else {
                    (StatusCode::OK, "application/json; charset=utf-8", r#"{"ok":true}"#)
                };
                (status, [("content-type", media_type)], body)
            }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        let options = Options { base_urls: vec![(None, base)], ..Options::default() };
        let server = shelf::server().options(options);
        let client = if handshake {
            Client::with_handshake(&server, "2025-06-18").await
        } else {
            Client::connect(&server).await
        };
        (upstream, client)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The only request since the last time.
    fn take_one(&self) -> Seen {
        let mut seen = std::mem::take(&mut *self.lock());
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }
}

fn of<'v>(entries: &'v [Value], key: &str) -> Vec<&'v str> {
    entries.iter().filter_map(|entry| entry[key].as_str()).collect()
}

#[tokio::test]
async fn operations_are_listed_with_readable_uris() {
    let client = Client::connect(&shelf::server()).await;
    let resources = client.list_resources().await.expect("a list");
    assert_eq!(
        of(&resources, "uri"),
        ["shelf://help", "shelf:///", "shelf://tenants/shelf", "shelf://books"]
    );
    let templates = client.list_resource_templates().await.expect("a list");
    assert_eq!(
        of(&templates, "uriTemplate"),
        [
            "shelf://books{?q,filter_language,order,sold}",
            "shelf://books/newest{?language}",
            "shelf://books/{isbn}{?fields}",
            "shelf://books/{isbn}/cover",
        ]
    );
    let tools = client.list_tools().await.expect("a list");
    assert_eq!(of(&tools, "name"), ["addBook"]);
    let cover = json!({
        "uriTemplate": "shelf://books/{isbn}/cover",
        "name": "getCover",
        "title": "Cover of a book",
        "description": "Template for /books/{isbn}/cover",
        "mimeType": "image/png",
        "_meta": { "fastmcp": { "tags": ["read"] } },
    });
    assert_eq!(templates.last(), Some(&cover));
}

#[tokio::test]
async fn reading_a_uri_is_one_request() {
    let (upstream, client) = Upstream::start(false).await;
    for (uri, expected) in [
        ("shelf:///", "/base/"),
        ("shelf://books", "/base/books"),
        ("shelf://books?q=a%20b&sold=true", "/base/books?q=a%20b&sold=true"),
        (
            "shelf://books?filter_language=de,en&order=title",
            "/base/books?filter%5Blanguage%5D=de&filter%5Blanguage%5D=en&order=title",
        ),
        ("shelf://books/42", "/base/books/42"),
        ("shelf://books/42?fields=a%2Cb,c", "/base/books/42?fields=a%2Cb,c"),
        ("shelf://books/newest?language=de", "/base/books/newest?language=de"),
        ("shelf://tenants/shelf", "/base/tenants/a%2Fb/shelf"),
    ] {
        client.read_resource(uri).await.unwrap_or_else(|error| panic!("{uri}: {error}"));
        let seen = upstream.take_one();
        assert_eq!(seen.method, Method::GET);
        assert_eq!(seen.uri.to_string(), expected, "{uri}");
        assert_eq!(seen.headers["x-key"], "sesame");
    }
    client.read_resource("shelf://books/42").await.expect("a book");
    assert_eq!(upstream.take_one().headers["accept-currency"], "EUR");
    client.read_resource("shelf://books/42/cover").await.expect("a cover");
    assert_eq!(upstream.take_one().headers["tenant"], "main");
}

#[tokio::test]
async fn contents_are_of_the_media_type_of_the_upstream() {
    let (_upstream, client) = Upstream::start(true).await;
    for (uri, expected) in [
        (
            "shelf://books/1",
            json!({ "uri": "shelf://books/1", "mimeType": "application/json", "text": r#"{"ok":true}"# }),
        ),
        (
            "shelf://books/1/cover",
            json!({ "uri": "shelf://books/1/cover", "mimeType": "image/png", "blob": "UE5H" }),
        ),
        (
            "shelf://tenants/shelf",
            json!({ "uri": "shelf://tenants/shelf", "mimeType": "text/markdown", "text": "# Shelf" }),
        ),
    ] {
        let read = client.read_resource(uri).await.expect("contents");
        assert_eq!(read, json!([expected]), "{uri}");
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_does_not_fit_are_told_apart() {
    let (upstream, client) = Upstream::start(true).await;
    let (_, modern) = Upstream::start(false).await;
    for (client, code) in [(&client, -32002), (&modern, -32602)] {
        for (uri, why) in [
            ("shelf://books/missing/cover", "no such book"),
            ("shelf://books/x", "isbn"),
            ("shelf://books/newest", "language"),
            ("shelf://books?order=size", "order"),
            ("shelf://nothing", "not found"),
        ] {
            let error = client.read_resource(uri).await.expect_err("a refusal");
            assert_eq!(error.code, code, "{uri}: {error}");
            assert!(error.to_string().contains(why), "{uri}: {error}");
        }
    }
    assert_eq!(upstream.lock().len(), 1, "only the missing book is asked for");
}

#[tokio::test]
async fn mock_answers_resources_too() {
    let options = Options { mock: true, ..Options::default() };
    let client = Client::connect(&shelf::server().options(options)).await;
    let read = client.read_resource("shelf://books").await.expect("contents");
    assert_eq!(read[0]["text"], r#"[{"isbn":"1"}]"#);
    assert_eq!(read[0]["mimeType"], "application/vnd.shelf+json");
}

#[tokio::test]
async fn values_that_are_known_complete_variables() {
    let client = Client::connect(&shelf::server()).await;
    let template = "shelf://books{?q,filter_language,order,sold}";
    let found = client.complete(template, "order", "p").await.expect("suggestions");
    assert_eq!(found, ["price"]);
}

#[tokio::test]
async fn handlers_override_what_operations_read() {
    use shelf::resources::{GetBookTemplate, ListBooksResource};
    let server = shelf::server()
        .on_resource(|_: Context, book: GetBookTemplate| async move {
            Ok::<_, ResourceError>(book.isbn)
        })
        .on_resource(|_: Context, _: ListBooksResource| async move {
            Ok::<_, ResourceError>("none".to_owned())
        });
    let client = Client::connect(&server).await;
    for (uri, expected) in [("shelf://books/7", "7"), ("shelf://books", "none")] {
        let read = client.read_resource(uri).await.expect("contents");
        assert_eq!(read[0]["text"], expected);
    }
}

/// Texts that have done harm somewhere.
const HOSTILE: &[&str] = &[
    "..",
    "../..",
    "%2e%2e",
    "%252e%252e",
    "..%2f..%2fadmin",
    "%2F",
    "/",
    "//evil.test",
    "\\evil",
    "?admin=1",
    "%3Fadmin=1",
    "#x",
    "%23x",
    "@evil.test",
    "%40evil.test",
    "u:p@evil.test:1",
    "http://evil.test/",
    "a%0D%0AHost:%20evil.test",
    "a\r\nX-Injected: 1",
    "%0D%0A%0D%0AGET%20/evil",
    "%00",
    "\u{0}",
    "\u{ff0e}\u{ff0e}",
    "%EF%BC%8E%EF%BC%8E",
    "\u{2024}\u{2024}",
    "\u{3002}",
    "%",
    "%zz",
    "%FF",
    ",",
    "[\"..\"]",
    "{}",
    "",
    " ",
];

/// Whatever stands in a URI stays a value: host, prefix, the number of headers and the number of
/// requests do not change.
#[test]
fn hostile_uris_change_nothing_but_values() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("an executor");
    let (upstream, client) = runtime.block_on(Upstream::start(false));
    runtime.block_on(client.read_resource("shelf://books/1/cover")).expect("a cover");
    let usual = upstream.take_one().headers;
    let host = usual["host"].clone();
    let check = |uri: String| {
        let outcome = runtime.block_on(client.read_resource(&uri));
        let seen = std::mem::take(&mut *upstream.lock());
        prop_assert!(seen.len() <= 1, "{}: {:?}", uri, seen);
        prop_assert!(outcome.is_err() || seen.len() == 1 || uri == "shelf://help", "{}", uri);
        let Some(seen) = seen.first() else { return Ok(false) };
        prop_assert_eq!(&seen.headers["host"], &host, "{}", uri);
        prop_assert!(!seen.headers.contains_key("x-injected"), "{}", uri);
        prop_assert!(seen.headers.len() <= usual.len(), "{}: {:?}", uri, seen.headers);
        let path = seen.uri.path();
        prop_assert!(path.starts_with("/base/"), "{}: {}", uri, path);
        let segments: Vec<&str> = path.trim_start_matches("/base/").split('/').collect();
        let is_known = matches!(
            segments.as_slice(),
            [""] | ["books"] | ["books", _] | ["books", _, "cover"] | ["tenants", "a%2Fb", "shelf"]
        );
        prop_assert!(is_known, "{}: {}", uri, path);
        let is_dots = |segment: &&str| {
            let plain = segment.to_ascii_lowercase().replace("%2e", ".");
            plain == "." || plain == ".."
        };
        prop_assert!(!segments.iter().any(is_dots), "{}: {}", uri, path);
        Ok(true)
    };
    let mut sent = 0;
    for text in HOSTILE {
        for uri in [
            format!("shelf://books/{text}/cover"),
            format!("shelf://books/{text}"),
            format!("shelf://books/1?fields={text}"),
            format!("shelf://books?q={text}&filter_language=de"),
            format!("shelf://books/newest?language={text}"),
            format!("shelf://{text}"),
        ] {
            sent += usize::from(check(uri).expect("nothing else changes"));
        }
    }
    assert!(sent > 60, "{sent} requests");
    let text = prop_oneof![
        any::<String>(),
        "[./%\\\\2eEfF0dDaA?#@:;&=,\r\n\u{0}\"]{1,16}",
        prop::collection::vec(prop::sample::select(HOSTILE), 1..4).prop_map(|all| all.concat()),
    ];
    let mut runner = TestRunner::new(ProptestConfig::with_cases(256));
    runner
        .run(&text, |text| {
            check(format!("shelf://books/{text}/cover"))?;
            check(format!("shelf://books?q={text}"))?;
            Ok(())
        })
        .expect("nothing else changes");
}

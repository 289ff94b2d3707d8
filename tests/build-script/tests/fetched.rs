//! Resources that are read from a URL, from the generated crate to whoever answers.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use build_script::asked;
use mcpwright::testing::{Client, RpcError};
use mcpwright::{Context, Options, ResourceError};
use serde_json::{Value, json};

struct Handlers;

impl asked::Handlers for Handlers {
    async fn search(
        &self,
        _: Context,
        arguments: asked::resources::Search,
    ) -> Result<String, ResourceError> {
        Ok(arguments.query)
    }

    async fn raw(
        &self,
        _: Context,
        arguments: asked::resources::Raw,
    ) -> Result<mcpwright::ResourceResult, ResourceError> {
        Ok(mcpwright::ResourceResult::text(arguments.path))
    }

    async fn tree(
        &self,
        _: Context,
        arguments: asked::resources::Tree,
    ) -> Result<mcpwright::ResourceResult, ResourceError> {
        Ok(mcpwright::ResourceResult::text(format!("{} {}", arguments.root, arguments.path)))
    }
}

/// What a server over `status` and `body` says, and what was asked.
async fn read(
    uri: &str,
    status: StatusCode,
    body: &'static str,
) -> (Result<Value, RpcError>, String) {
    let seen = Arc::new(Mutex::new(String::new()));
    let recorder = Arc::clone(&seen);
    let answer = move |uri: Uri, headers: HeaderMap| {
        let accept = headers["accept"].to_str().unwrap_or_default().to_owned();
        let line = format!("{uri} {accept}");
        *recorder.lock().unwrap_or_else(PoisonError::into_inner) = line;
        async move { (status, [("content-type", "application/json; charset=utf-8")], body) }
    };
    let listener =
        tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let url = |name: &str, path: &str| (Some(name.to_owned()), format!("{base}{path}"));
    let base_urls = vec![url("news_feed", "/feed/?key=secret"), url("feed_weather", "/rain.json")];
    let server = asked::server(Handlers).options(Options { base_urls, ..Options::default() });
    let result = Client::connect(&server).await.read_resource(uri).await;
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (result, seen)
}

#[tokio::test]
async fn url_is_requested_as_it_is_declared() {
    let (result, seen) = read("feed://news", StatusCode::OK, r#"{"news":[]}"#).await;
    assert_eq!(seen, "/feed/?key=secret application/json");
    let text = r#"{"news":[]}"#;
    let expected = json!([{ "uri": "feed://news", "mimeType": "application/json", "text": text }]);
    assert_eq!(result, Ok(expected));
    let (result, seen) = read("feed://weather", StatusCode::OK, r#"{"rain":1}"#).await;
    assert_eq!(seen, "/rain.json */*");
    assert_eq!(result.expect("the contents")[0]["text"], r#"{"rain":1}"#);
}

#[tokio::test]
async fn status_is_told_apart() {
    for status in [StatusCode::NOT_FOUND, StatusCode::GONE] {
        let (result, _) = read("feed://news", status, "").await;
        let error = result.expect_err("there is nothing");
        assert_eq!(error.code, -32602, "{error}");
    }
    let (result, _) = read("feed://news", StatusCode::SERVICE_UNAVAILABLE, "").await;
    let error = result.expect_err("nobody is there");
    assert_eq!(error.code, -32603, "{error}");
    assert!(error.message.contains("503"), "{error}");
}

#[tokio::test]
async fn security_of_the_declaration_reaches_the_server() {
    let server = asked::server(Handlers);
    let client = Client::connect(&server).await;
    for (uri, is_read) in [
        // What the server allows for all: NUL, and anything in `query`.
        ("search://%2e%2e", true),
        ("raw://../x", true),
        ("tree://../a/b", true),
        ("tree://a/../../b", false),
        ("tree://a//b", true),
        ("tree://a/%00", false),
    ] {
        assert_eq!(client.read_resource(uri).await.is_ok(), is_read, "{uri}");
    }
}

//! What goes on of the request that a caller made.

use std::net::SocketAddr;
use std::sync::Arc;

use expect_test::{Expect, expect};
use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::arguments::{self, Mode};
use crate::operation::{
    CallerAuthorization, Credential, Forward, Operation, SecurityScheme, Segment, Setting,
    TokenEndpoint, TokenGrant, UpstreamSpec,
};
use crate::upstream::{CallOptions, Options, Upstreams};

use super::{declaration, tokens};

static GRANT: TokenGrant = TokenGrant {
    endpoint: TokenEndpoint::Url(Setting("/token")),
    client_id: Setting("${SHOP_ID}"),
    client_secret: Setting("${SHOP_SECRET}"),
    scopes: &["read"],
    audience: Setting("shop"),
};
const SHOP: UpstreamSpec = UpstreamSpec {
    name: "shop",
    base_url: Setting("https://api.test"),
    headers: &[("X-Team", Setting("ours"))],
    ..UpstreamSpec::NONE
};
static SILENT: UpstreamSpec = SHOP;
static PASSING: UpstreamSpec = UpstreamSpec {
    forward: Forward {
        headers: &["x-request-id", "x-team"],
        cookies: &["sid"],
        authorization: CallerAuthorization::Passthrough,
    },
    ..SHOP
};
static EXCHANGING: UpstreamSpec = UpstreamSpec {
    forward: Forward { authorization: CallerAuthorization::Exchange(&GRANT), ..Forward::NOTHING },
    ..SHOP
};
static BEARER: SecurityScheme = SecurityScheme {
    name: "bearer",
    credential: Credential::Bearer,
    secret: Setting("${SHOP_TOKEN:-}"),
    ..SecurityScheme::NONE
};
static KEY: SecurityScheme = SecurityScheme {
    name: "key",
    credential: Credential::Header("X-Key"),
    secret: Setting("${SHOP_KEY}"),
    ..SecurityScheme::NONE
};

/// Alternatives, each of which is sent whole.
type Security = &'static [&'static [&'static SecurityScheme]];

static BY_BEARER: Security = &[&[&BEARER]];
static BY_BEARER_OR_KEY: Security = &[&[&BEARER], &[&KEY]];
static BY_BEARER_OR_NOTHING: Security = &[&[&BEARER], &[]];

fn operation(upstream: &'static UpstreamSpec, security: Security) -> &'static Operation {
    let path = &[Segment::Literal("/books")];
    let operation = Operation { tool: "list", path, security, upstream, ..Operation::DEFAULT };
    Box::leak(Box::new(operation))
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
}

fn environment(name: &str) -> Option<String> {
    match name {
        "SHOP_ID" => Some("id".to_owned()),
        "SHOP_SECRET" => Some("s3cret".to_owned()),
        "SHOP_TOKEN" | "SHOP_KEY" => Some("the-servers".to_owned()),
        _ => None,
    }
}

/// The headers of the request of a caller with these headers.
fn check(operation: &'static Operation, caller: Option<&HeaderMap>, expected: &Expect) {
    let declaration = declaration(operation.upstream, &[operation]);
    let upstreams = Upstreams::start_in(declaration, &Options::default(), &environment)
        .expect("the configuration is complete");
    let values = arguments::parse(&[], None, Mode::default()).expect("no arguments");
    let client = upstreams.client(operation.upstream);
    let sent = match client.inner.request(operation, &values, caller) {
        Ok(request) => {
            let mut lines: Vec<String> = request
                .headers
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "accept" | "user-agent"))
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")))
                .collect();
            lines.sort();
            lines.join("\n")
        }
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&sent);
}

const CALLER: &[(&str, &str)] = &[
    ("authorization", "Bearer callers"),
    ("cookie", "a=b; sid=7; c"),
    ("host", "mcp.test"),
    ("x-request-id", "42"),
    ("x-team", "theirs"),
    ("x-other", "secret"),
];

#[test]
fn nothing_goes_on_that_is_not_declared() {
    check(
        operation(&SILENT, BY_BEARER),
        Some(&headers(CALLER)),
        &expect![[r#"
            authorization: Bearer the-servers
            x-team: ours"#]],
    );
}

#[test]
fn what_is_declared_goes_on_and_replaces_nothing() {
    check(
        operation(&PASSING, BY_BEARER),
        Some(&headers(CALLER)),
        &expect![[r#"
            authorization: Bearer callers
            cookie: sid=7
            x-request-id: 42
            x-team: ours"#]],
    );
    check(operation(&PASSING, &[]), None, &expect!["x-team: ours"]);
}

#[test]
fn a_caller_without_credentials_never_acts_as_the_server() {
    let refused = expect![
        "`list` is called with the caller's own credentials: send `Authorization: Bearer …` with the HTTP requests to this server"
    ];
    for caller in [None, Some(HeaderMap::new())] {
        check(operation(&PASSING, BY_BEARER), caller.as_ref(), &refused);
        check(operation(&EXCHANGING, BY_BEARER), caller.as_ref(), &refused);
    }
    // Two values are none: which of them was meant cannot be told.
    let mut twice = headers(CALLER);
    twice.append("authorization", HeaderValue::from_static("Bearer another"));
    check(operation(&PASSING, BY_BEARER), Some(&twice), &refused);
    let basic = headers(&[("authorization", "Basic dTpw")]);
    check(operation(&EXCHANGING, BY_BEARER), Some(&basic), &refused);
    // Where the operation takes a secret of the server too, or nothing, it is called so.
    check(
        operation(&PASSING, BY_BEARER_OR_KEY),
        None,
        &expect![[r#"
            x-key: the-servers
            x-team: ours"#]],
    );
    check(operation(&PASSING, BY_BEARER_OR_NOTHING), None, &expect!["x-team: ours"]);
}

#[test]
fn what_an_exchange_needs_is_asked_for_at_start() {
    let declaration = declaration(&EXCHANGING, &[operation(&EXCHANGING, BY_BEARER)]);
    let error = Upstreams::start_in(declaration, &Options::default(), &|_| None)
        .expect_err("the login is missing");
    expect!["upstream `shop`: the exchange of callers' tokens: set SHOP_ID and SHOP_SECRET"]
        .assert_eq(&error.problems().join("\n"));
}

fn exchanging(address: SocketAddr, operation: &'static Operation) -> Upstreams {
    let options = Options { base_urls: vec![(None, format!("http://{address}"))], mock: false };
    Upstreams::start_in(declaration(&EXCHANGING, &[operation]), &options, &environment)
        .expect("the configuration is complete")
}

async fn call(
    upstreams: &Upstreams,
    operation: &'static Operation,
    token: &'static str,
) -> Result<(), String> {
    let values = arguments::parse(&[], None, Mode::default()).expect("no arguments");
    let headers = headers(&[("authorization", token)]);
    let options = CallOptions { headers: Some(&headers), observer: None };
    let call = upstreams.client(&EXCHANGING).call_for(operation, &values, options);
    call.expect("a request").await.map(|_| ()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn the_token_of_each_caller_is_exchanged_once() {
    let grant = |token: &str| format!(r#"{{"access_token":"{token}","expires_in":3600}}"#);
    let (first, second, third) = (grant("for-alice"), grant("for-bob"), grant("again"));
    let (address, state) = tokens::listen(&[(200, &first), (200, &second), (200, &third)]).await;
    let operation = operation(&EXCHANGING, BY_BEARER);
    let upstreams = Arc::new(exchanging(address, operation));
    let alices: Vec<_> = (0..10)
        .map(|_| {
            let upstreams = Arc::clone(&upstreams);
            tokio::spawn(async move { call(&upstreams, operation, "Bearer alice").await })
        })
        .collect();
    for call in alices {
        call.await.expect("no panic").expect("a reply");
    }
    call(&upstreams, operation, "bearer  bob").await.expect("a reply");
    call(&upstreams, operation, "Bearer alice").await.expect("a reply");
    let seen = tokens::seen(&state);
    let count = |line: &str| seen.iter().filter(|seen| *seen == line).count();
    assert_eq!(count("/token Basic aWQ6czNjcmV0"), 2, "{seen:?}");
    assert_eq!(count("/books Bearer for-alice"), 11, "{seen:?}");
    assert_eq!(count("/books Bearer for-bob"), 1, "{seen:?}");
    let forms: Vec<String> = {
        let state = state.lock().expect("no panic");
        let tokens = state.seen.iter().filter(|[path, ..]| path == "/token");
        tokens.map(|[.., body]| body.clone()).collect()
    };
    assert_eq!(
        forms[0],
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=alice&\
         subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token&scope=read&\
         audience=shop"
    );
    // One that the upstream takes back is exchanged again.
    state.lock().expect("no panic").accepted = "again".to_owned();
    call(&upstreams, operation, "Bearer alice").await.expect("a reply");
}

#[tokio::test]
async fn a_refused_exchange_is_told_without_the_token() {
    let refused = r#"{"error":"invalid_grant","error_description":"who is alice-token?"}"#;
    let (address, _) = tokens::listen(&[(400, refused)]).await;
    let operation = operation(&EXCHANGING, BY_BEARER);
    let error = call(&exchanging(address, operation), operation, "Bearer alice-token").await;
    expect![[r#"
        no token in exchange for the caller's: the token endpoint answered 400: invalid_grant: who is …?"#]]
    .assert_eq(&error.expect_err("refused"));
}

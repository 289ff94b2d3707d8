//! What is reported at start, and replies under `--mock`.

use std::time::Duration;

use expect_test::{Expect, expect};

use crate::arguments::{self, Mode};
use crate::declaration::{Declaration, Module};
use crate::operation::{
    CallerAuthorization, Forward, Operation, Setting, TokenEndpoint, TokenGrant, UpstreamSpec,
};
use crate::upstream::{Options, Upstreams};

use super::declaration;

static SHOP: UpstreamSpec = UpstreamSpec {
    name: "shop",
    base_url: Setting("https://${SHOP_HOST}/v1"),
    base_url_variable: "SHOP_BASE_URL",
    timeout: Duration::from_secs(5),
    headers: &[("X-Tenant", Setting("${SHOP_TENANT}")), ("X-Plan", Setting("${PLAN:-free}"))],
    variables: &[("SHOP_HOST", &["decl.test", "other.test"])],
    ..UpstreamSpec::NONE
};
static BARE: UpstreamSpec =
    UpstreamSpec { name: "bare", base_url: Setting("/v1"), ..UpstreamSpec::NONE };

fn options(base_urls: &[(Option<&str>, &str)]) -> Options {
    let owned = |(name, url): &(Option<&str>, &str)| (name.map(str::to_owned), (*url).to_owned());
    Options { base_urls: base_urls.iter().map(owned).collect(), mock: false }
}

fn check(spec: &'static UpstreamSpec, options: &Options, expected: &Expect) {
    let error = Upstreams::start_in(declaration(spec, &[]), options, &|_| None)
        .expect_err("the configuration is not complete");
    expected.assert_eq(&error.problems().join("\n"));
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    check(
        &SHOP,
        &Options::default(),
        &expect![[r#"
        upstream `shop`: the environment variable SHOP_HOST, part of the base URL, is not set; give --base-url shop=https://… or set SHOP_BASE_URL, or use --mock to try the server without it
        upstream `shop`: the environment variable SHOP_TENANT, for the header `X-Tenant`, is not set"#]],
    );
    check(
        &BARE,
        &Options::default(),
        &expect![[r#"
        upstream `bare`: the base URL `/v1` is not absolute; give --base-url bare=https://…, or --mock to try the server without it"#]],
    );
    check(
        &BARE,
        &options(&[(Some("shop"), "https://x.test"), (None, "localhost:80")]),
        &expect![[r#"
        --base-url shop=https://x.test: no upstream `shop`; the server has `bare`
        upstream `bare`: the base URL `localhost:80` is neither http:// nor https://; give --base-url bare=https://…, or --mock to try the server without it"#]],
    );
}

static LOGIN: UpstreamSpec = UpstreamSpec {
    name: "login",
    base_url: Setting("https://shop.test"),
    forward: Forward {
        authorization: CallerAuthorization::Exchange(&TokenGrant {
            endpoint: TokenEndpoint::Url(Setting("ftp://${LOGIN_HOST}")),
            client_id: Setting("id"),
            client_secret: Setting("secret"),
            scopes: &[],
            audience: Setting(""),
        }),
        ..Forward::NOTHING
    },
    ..UpstreamSpec::NONE
};

#[test]
fn problem_of_a_url_does_not_show_what_the_environment_has() {
    let environment = |name: &str| (name == "LOGIN_HOST").then(|| "s3cret".to_owned());
    let error = Upstreams::start_in(declaration(&LOGIN, &[]), &Options::default(), &environment)
        .expect_err("tokens come over HTTP");
    expect!["upstream `login`: the exchange of callers' tokens: the URL of its tokens, `ftp://${LOGIN_HOST}`, is neither http:// nor https://"].assert_eq(&error.problems().join("\n"));
}

#[test]
fn the_flag_wins_over_the_environment_and_that_over_the_declaration() {
    let base = |options: &Options, variables: &[(&str, &str)]| {
        let environment = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let upstreams = Upstreams::start_in(declaration(&SHOP, &[]), options, &environment)
            .expect("the configuration is complete");
        let base = upstreams.client(&SHOP).inner.base.clone().expect("a base URL");
        base.join("/x", &[]).expect("a URL").to_string()
    };
    let variables =
        [("SHOP_BASE_URL", "https://env.test"), ("SHOP_HOST", "decl.test"), ("SHOP_TENANT", "t")];
    assert_eq!(base(&options(&[(None, "http://flag.test")]), &variables), "http://flag.test/x");
    assert_eq!(base(&Options::default(), &variables), "https://env.test/x");
    assert_eq!(base(&Options::default(), &variables[1..]), "https://decl.test/v1/x");
}

/// The URL of a call of an operation with this server, and what is wrong at start.
fn url_of(
    base_url: &'static str,
    server: &'static str,
    options: &Options,
    variables: &[(&str, &str)],
) -> Result<String, String> {
    let environment = |name: &str| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let spec = UpstreamSpec {
        name: "files",
        base_url: Setting(base_url),
        base_url_variable: "FILES_BASE_URL",
        variables: &[("FILES_SERVER_REGION", &["eu", "us"])],
        ..UpstreamSpec::NONE
    };
    let spec: &'static UpstreamSpec = Box::leak(Box::new(spec));
    let operation = Operation {
        tool: "upload",
        path: &[crate::operation::Segment::Literal("/x")],
        upstream: spec,
        server: Setting(server),
        ..Operation::DEFAULT
    };
    let operation: &'static Operation = Box::leak(Box::new(operation));
    let upstreams = Upstreams::start_in(declaration(spec, &[operation]), options, &environment)
        .map_err(|error| error.problems().join("\n"))?;
    let values = arguments::parse(&[], None, Mode::default()).expect("there are no arguments");
    let request = upstreams.client(spec).inner.request(operation, &values, None);
    request.map(|request| request.url.to_string()).map_err(|error| error.to_string())
}

#[test]
fn operation_goes_to_its_own_server_unless_one_is_given_for_all() {
    let none = Options::default();
    let url = |server, options: &Options, variables: &[(&str, &str)]| {
        url_of("https://api.test/v1", server, options, variables)
    };
    let region = "https://${FILES_SERVER_REGION:-eu}.upload.test/v2";
    assert_eq!(url("", &none, &[]).as_deref(), Ok("https://api.test/v1/x"));
    assert_eq!(url(region, &none, &[]).as_deref(), Ok("https://eu.upload.test/v2/x"));
    let us = [("FILES_SERVER_REGION", "us")];
    assert_eq!(url(region, &none, &us).as_deref(), Ok("https://us.upload.test/v2/x"));
    let given = options(&[(None, "http://localhost:1/api")]);
    assert_eq!(url(region, &given, &[]).as_deref(), Ok("http://localhost:1/api/x"));
    let variable = [("FILES_BASE_URL", "http://localhost:2")];
    assert_eq!(url(region, &none, &variable).as_deref(), Ok("http://localhost:2/x"));
    // A relative server stays beside what is given.
    assert_eq!(url("/v2", &none, &[]).as_deref(), Ok("https://api.test/v2/x"));
    assert_eq!(url("/v2", &given, &[]).as_deref(), Ok("http://localhost:1/v2/x"));
    assert_eq!(url_of("", region, &none, &[]).as_deref(), Ok("https://eu.upload.test/v2/x"));
}

#[test]
fn servers_that_cannot_be_are_named_at_start() {
    let none = Options::default();
    let check = |base: &'static str, server, variables: &[(&str, &str)], expected: &Expect| {
        expected.assert_eq(&url_of(base, server, &none, variables).expect_err("a problem"));
    };
    check(
        "https://api.test",
        "https://${REGION}.test",
        &[("FILES_SERVER_REGION", "mars")],
        &expect![[r#"
            upstream `files`: FILES_SERVER_REGION is `mars`, and the server takes eu, us
            upstream `files`: the server of the tool `upload`: the environment variable REGION is not set"#]],
    );
    check(
        "https://api.test",
        "//evil.test/v2",
        &[],
        &expect![[
            r#"upstream `files`: the server of the tool `upload`: `//evil.test/v2` would leave the host of the base URL"#
        ]],
    );
    check(
        "",
        "/v2",
        &[],
        &expect![[
            r#"upstream `files`: there is no base URL; give --base-url files=https://… or set FILES_BASE_URL, or use --mock to try the server without it"#
        ]],
    );
}

static MODULE: Module = Module {
    name: "all",
    mock: concat!(
        r#"{"tool":"get","status":200,"media_type":"application/json","json":{"a": 1}}"#,
        "\n",
        r#"{"tool":"gone","status":404,"media_type":"text/plain","text":"gone\n"}"#,
        "\n",
        r#"{"tool":"image","status":200,"media_type":"image/png","base64":"iVBO"}"#,
        "\n",
    ),
    ..Module::DEFAULT
};

#[tokio::test]
async fn mock_replies_need_no_configuration() {
    static GET: Operation = Operation { tool: "get", upstream: &SHOP, ..Operation::DEFAULT };
    static GONE: Operation = Operation { tool: "gone", upstream: &SHOP, ..Operation::DEFAULT };
    static IMAGE: Operation = Operation { tool: "image", upstream: &SHOP, ..Operation::DEFAULT };
    static NONE: Operation = Operation { tool: "none", upstream: &SHOP, ..Operation::DEFAULT };
    static MODULES: &[&Module] = &[&MODULE];
    static UPSTREAMS: &[&UpstreamSpec] = &[&SHOP];
    static DECLARATION: Declaration = Declaration {
        name: "test",
        modules: MODULES,
        upstreams: UPSTREAMS,
        ..Declaration::DEFAULT
    };
    let options = Options { mock: true, ..Options::default() };
    let upstreams =
        Upstreams::start_in(&DECLARATION, &options, &|_| None).expect("a mock needs nothing");
    let call = async |operation: &'static Operation| {
        let values = arguments::parse(&[], None, Mode::default()).expect("no arguments");
        let reply = upstreams.client(&SHOP).call(operation, &values).expect("a request").await;
        match reply {
            Ok(reply) => format!("{} {} {}", reply.status, reply.media_type, reply.body.len()),
            Err(error) => error.to_string(),
        }
    };
    assert_eq!(call(&GET).await, "200 application/json 8");
    assert_eq!(call(&GONE).await, "HTTP error 404: Not Found - gone");
    assert_eq!(call(&IMAGE).await, "200 image/png 3");
    assert_eq!(call(&NONE).await, "there is no mock reply for `none`");
}

#[test]
fn an_upstream_of_another_server_cannot_be_called() {
    static OTHER: Operation = Operation { tool: "other", upstream: &BARE, ..Operation::DEFAULT };
    let options = Options { mock: true, ..Options::default() };
    let upstreams = Upstreams::start_in(declaration(&SHOP, &[]), &options, &|_| None)
        .expect("a mock needs nothing");
    let values = arguments::parse(&[], None, Mode::default()).expect("no arguments");
    let error = upstreams.client(&BARE).call(&OTHER, &values).err().expect("no such upstream");
    assert_eq!(error.to_string(), "the upstream `bare` is not part of this server");
}

//! Tokens for the server itself, against a token endpoint on this machine.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::arguments::{self, Mode};
use crate::operation::{
    Credential, Operation, SecurityScheme, Segment, Setting, TokenEndpoint, TokenGrant,
    UpstreamSpec,
};
use crate::upstream::{Options, Upstreams};

use super::declaration;

/// What the server has seen, and what it answers.
#[derive(Default)]
pub(super) struct State {
    /// Path, `Authorization` and body of each request.
    pub(super) seen: Vec<[String; 3]>,
    /// Answers of the token endpoint, the last of which stays.
    tokens: VecDeque<(u16, String)>,
    /// The only token that the upstream accepts; empty: any.
    pub(super) accepted: String,
}

pub(super) type Shared = Arc<Mutex<State>>;

pub(super) async fn listen(tokens: &[(u16, &str)]) -> (SocketAddr, Shared) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let tokens = tokens.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
    let state = Arc::new(Mutex::new(State { tokens, ..State::default() }));
    let shared = Arc::clone(&state);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, address, Arc::clone(&shared)));
        }
    });
    (address, state)
}

async fn serve(mut stream: TcpStream, address: SocketAddr, state: Shared) {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            match stream.read_buf(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        let header = |name: &str| {
            let line = head.lines().find(|line| line.to_lowercase().starts_with(name));
            line.and_then(|line| line.split_once(": ")).map_or("", |(_, value)| value).to_owned()
        };
        let length: usize = header("content-length").parse().unwrap_or_default();
        while buffer.len() < end + length {
            stream.read_buf(&mut buffer).await.expect("the body");
        }
        let body: Vec<u8> = buffer.drain(..end + length).skip(end).collect();
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let authorization = header("authorization");
        let (status, answer, pause) = {
            let mut state = state.lock().expect("no panic");
            let body = String::from_utf8(body).expect("text");
            state.seen.push([path.clone(), authorization.clone(), body]);
            match path.as_str() {
                "/metadata" => {
                    let url = format!("http://{address}/token");
                    (200, serde_json::json!({ "token_endpoint": url }).to_string(), false)
                }
                "/token" => {
                    let (status, body) = state.tokens.front().cloned().expect("an answer");
                    if state.tokens.len() > 1 {
                        state.tokens.pop_front();
                    }
                    (status, body, true)
                }
                _ if state.accepted.is_empty() || authorization.ends_with(&state.accepted) => {
                    (200, "{}".to_owned(), false)
                }
                _ => (401, "{}".to_owned(), false),
            }
        };
        if pause {
            // Time for others to come and wait.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let answer = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: \
             {}\r\n\r\n{answer}",
            answer.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

static SHOP: UpstreamSpec = UpstreamSpec { name: "shop", ..UpstreamSpec::NONE };
static GRANT: TokenGrant = TokenGrant {
    endpoint: TokenEndpoint::Url(Setting("/token")),
    client_id: Setting("${SHOP_ID}"),
    client_secret: Setting("${SHOP_SECRET}"),
    scopes: &["read:books", "write:books"],
    audience: Setting(""),
};
static DISCOVERED: TokenGrant = TokenGrant {
    endpoint: TokenEndpoint::Metadata(Setting("/metadata")),
    client_id: Setting("${SHOP_ID}"),
    client_secret: Setting("${SHOP_SECRET}"),
    scopes: &[],
    audience: Setting("https://api.test"),
};
static OAUTH: SecurityScheme = SecurityScheme {
    name: "oauth",
    credential: Credential::Bearer,
    secret: Setting("${SHOP_OAUTH}"),
    grant: Some(&GRANT),
};
static OPEN_ID: SecurityScheme = SecurityScheme {
    name: "openId",
    credential: Credential::Bearer,
    secret: Setting("${SHOP_OPEN_ID}"),
    grant: Some(&DISCOVERED),
};
static BOOKS: &[Segment] = &[Segment::Literal("/books")];
static LIST: Operation = Operation {
    tool: "list",
    path: BOOKS,
    security: &[&[&OAUTH]],
    upstream: &SHOP,
    ..Operation::DEFAULT
};
static DISCOVER: Operation = Operation {
    tool: "discover",
    path: BOOKS,
    security: &[&[&OPEN_ID]],
    upstream: &SHOP,
    ..Operation::DEFAULT
};

fn start(address: SocketAddr, operation: &'static Operation) -> Upstreams {
    let options = Options { base_urls: vec![(None, format!("http://{address}"))], mock: false };
    let environment = |name: &str| match name {
        "SHOP_ID" => Some("the id".to_owned()),
        "SHOP_SECRET" => Some("s3cr&t".to_owned()),
        _ => None,
    };
    Upstreams::start_in(declaration(&SHOP, &[operation]), &options, &environment)
        .expect("the configuration is complete")
}

async fn call(upstreams: &Upstreams, operation: &'static Operation) -> Result<(), String> {
    let values = arguments::parse(&[], None, Mode::default()).expect("no arguments");
    let call = upstreams.client(&SHOP).call(operation, &values).expect("a request");
    call.await.map(|_| ()).map_err(|error| error.to_string())
}

/// Path and `Authorization` of each request.
pub(super) fn seen(state: &Shared) -> Vec<String> {
    let state = state.lock().expect("no panic");
    state.seen.iter().map(|[path, authorization, _]| format!("{path} {authorization}")).collect()
}

#[tokio::test]
async fn a_token_is_fetched_once_for_all_calls() {
    let granted = r#"{"access_token":"t1","token_type":"Bearer","expires_in":3600}"#;
    let (address, state) = listen(&[(200, granted)]).await;
    let upstreams = Arc::new(start(address, &LIST));
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let upstreams = Arc::clone(&upstreams);
            tokio::spawn(async move { call(&upstreams, &LIST).await })
        })
        .collect();
    for call in calls {
        call.await.expect("no panic").expect("a reply");
    }
    call(&upstreams, &LIST).await.expect("a reply");
    let seen = seen(&state);
    let tokens: Vec<_> = seen.iter().filter(|line| line.starts_with("/token")).collect();
    assert_eq!(tokens, ["/token Basic dGhlJTIwaWQ6czNjciUyNnQ="]);
    assert_eq!(seen.iter().filter(|line| *line == "/books Bearer t1").count(), 21);
    let state = state.lock().expect("no panic");
    let [_, _, body] = state.seen.iter().find(|[path, ..]| path == "/token").expect("a request");
    assert_eq!(body, "grant_type=client_credentials&scope=read%3Abooks%20write%3Abooks");
}

#[tokio::test]
async fn a_token_that_ends_or_is_refused_is_fetched_again() {
    let short = r#"{"access_token":"t1","expires_in":"0"}"#;
    let long = r#"{"access_token":"t2"}"#;
    let (address, state) =
        listen(&[(200, short), (200, long), (200, long.replace("t2", "t3").as_str())]).await;
    let upstreams = start(address, &LIST);
    for _ in 0..3 {
        call(&upstreams, &LIST).await.expect("a reply");
    }
    state.lock().expect("no panic").accepted = "t3".to_owned();
    call(&upstreams, &LIST).await.expect("a reply");
    let lines: Vec<String> = seen(&state)
        .into_iter()
        .map(|line| line.replace("Basic dGhlJTIwaWQ6czNjciUyNnQ=", "login"))
        .collect();
    assert_eq!(
        lines,
        [
            "/token login",
            "/books Bearer t1",
            "/token login",
            "/books Bearer t2",
            "/books Bearer t2",
            "/books Bearer t2",
            "/token login",
            "/books Bearer t3",
        ]
    );
    // What is refused with a new token too is told.
    state.lock().expect("no panic").accepted = "t4".to_owned();
    let error = call(&upstreams, &LIST).await.expect_err("refused");
    assert!(error.starts_with("HTTP error 401"), "{error}");
}

#[tokio::test]
async fn the_endpoint_is_found_and_the_login_sent_where_it_is_wanted() {
    let refused = r#"{"error":"invalid_client"}"#;
    let granted = r#"{"access_token":"t1","token_type":"bearer","expires_in":3600}"#;
    let (address, state) = listen(&[(401, refused), (200, granted)]).await;
    let upstreams = start(address, &DISCOVER);
    call(&upstreams, &DISCOVER).await.expect("a reply");
    let state = state.lock().expect("no panic");
    let sent: Vec<String> = state.seen.iter().map(|request| request.join(" ")).collect();
    assert_eq!(
        sent,
        [
            "/metadata  ",
            "/token Basic dGhlJTIwaWQ6czNjciUyNnQ= \
             grant_type=client_credentials&audience=https%3A%2F%2Fapi.test",
            "/token  grant_type=client_credentials&audience=https%3A%2F%2Fapi.test&\
             client_id=the%20id&client_secret=s3cr%26t",
            "/books Bearer t1 ",
        ]
    );
}

#[tokio::test]
async fn what_the_endpoint_says_is_told_without_secrets() {
    let refused = r#"{"error":"invalid_scope","error_description":"not for s3cr&t"}"#;
    for (status, body, expected) in [
        (400, refused, "the token endpoint answered 400: invalid_scope: not for …"),
        (500, "oops s3cr&t", "the token endpoint answered 500"),
        (302, "", "the token endpoint answered 302"),
        (200, "{}", "the token endpoint answered without an `access_token`"),
        (
            200,
            r#"{"access_token":"t","token_type":"mac"}"#,
            "the token endpoint gives tokens that are no bearer tokens",
        ),
        (200, r#"{"access_token":"a\nb"}"#, "the token cannot be sent in a header"),
    ] {
        let (address, state) = listen(&[(status, body)]).await;
        let upstreams = Arc::new(start(address, &LIST));
        let expected = format!("no token for the security scheme `oauth`: {expected}");
        // Those that wait for a failure are told it, without asking again one after the other.
        let calls: Vec<_> = (0..5)
            .map(|_| {
                let upstreams = Arc::clone(&upstreams);
                tokio::spawn(async move { call(&upstreams, &LIST).await })
            })
            .collect();
        for call in calls {
            let error = call.await.expect("no panic").expect_err("no token");
            assert_eq!(error, expected);
        }
        assert_eq!(seen(&state).len(), 1, "{body}");
    }
}

//! Tokens for the server itself (RFC 6749, 4.4) and for its callers (RFC 8693): fetched when a call
//! first needs one, kept until shortly before they expire, fetched once however many calls wait.
//!
//! A client of our own: one form is posted and three fields are read, and a crate for all of OAuth
//! would bring a second HTTP stack for it.

use std::sync::RwLock;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::BytesMut;
use http::header::{self, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::UpstreamError;
use super::query;
use super::value::percent;

/// Time for one request to the token endpoint, part of the time of the call.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const MOST_BYTES: usize = 64 << 10;
/// How long before its end a token is no longer used, unless that is more than a tenth of its life.
const MARGIN: Duration = Duration::from_secs(30);
/// Characters of a message of the token endpoint that are shown.
const SHOWN: usize = 200;

/// Where the endpoint comes from.
#[derive(Clone, Debug)]
pub(super) enum Endpoint {
    Known(Url),
    /// Read from the metadata at this URL.
    Metadata(Url),
}

/// What is sent to the endpoint.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) grant: Grant,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) scope: String,
    pub(super) audience: String,
}

/// For whom a token is asked.
#[derive(Clone)]
pub(super) enum Grant {
    /// The server itself.
    ClientCredentials,
    /// The caller with this token.
    Exchange(String),
}

/// The tokens of one security scheme, or of one caller.
pub(super) struct TokenSource {
    scheme: &'static str,
    endpoint: Endpoint,
    client: reqwest::Client,
    login: Login,
    current: RwLock<Option<Token>>,
    /// Held by the one call that fetches.
    fetching: Mutex<Fetching>,
}

impl std::fmt::Debug for TokenSource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TokenSource").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Token {
    /// `Bearer …`
    header: HeaderValue,
    good_until: Option<Instant>,
}

#[derive(Default)]
struct Fetching {
    /// The endpoint, once it is known.
    url: Option<Url>,
    /// The endpoint wants the login in the body instead of the header.
    in_body: bool,
    /// The last failure: what calls that waited for it are told too.
    failed: Option<(Instant, String)>,
}

#[derive(Deserialize)]
struct Metadata {
    token_endpoint: String,
}

/// An answer with a token. The lifetime is a number, of some servers in a text.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    token_type: String,
    #[serde(default)]
    expires_in: Value,
}

/// An answer without one (RFC 6749, 5.2).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    error: String,
    error_description: String,
}

impl TokenSource {
    pub(super) fn new(
        scheme: &'static str,
        endpoint: Endpoint,
        client: reqwest::Client,
        login: Login,
    ) -> Self {
        Self {
            scheme,
            endpoint,
            client,
            login,
            current: RwLock::new(None),
            fetching: Mutex::new(Fetching::default()),
        }
    }

    /// The `Authorization` header, another than `refused`, which the upstream did not accept.
    ///
    /// # Errors
    ///
    /// What the endpoint says, without any secret.
    pub(super) async fn header(
        &self,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, UpstreamError> {
        if let Some(header) = self.current(refused) {
            return Ok(header);
        }
        let came = Instant::now();
        let mut fetching = self.fetching.lock().await;
        // Another call may have fetched it, or failed to, while this one waited.
        if let Some(header) = self.current(refused) {
            return Ok(header);
        }
        if let Some((when, why)) = &fetching.failed
            && *when >= came
        {
            return Err(UpstreamError::Unavailable(why.clone()));
        }
        match self.fetch(&mut fetching).await {
            Ok(token) => {
                let header = token.header.clone();
                *self.current.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
                    Some(token);
                fetching.failed = None;
                Ok(header)
            }
            Err(why) => {
                let mut why = without(&self.login.client_secret, &why);
                if let Grant::Exchange(token) = &self.login.grant {
                    why = without(token, &why);
                }
                let why = match &self.login.grant {
                    Grant::ClientCredentials => {
                        format!("no token for the security scheme `{}`: {why}", self.scheme)
                    }
                    Grant::Exchange(_) => format!("no token in exchange for the caller's: {why}"),
                };
                fetching.failed = Some((Instant::now(), why.clone()));
                Err(UpstreamError::Unavailable(why))
            }
        }
    }

    fn current(&self, refused: Option<&HeaderValue>) -> Option<HeaderValue> {
        let current = self.current.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let token = current.as_ref()?;
        let is_good = token.good_until.is_none_or(|end| Instant::now() < end)
            && refused != Some(&token.header);
        is_good.then(|| token.header.clone())
    }

    async fn fetch(&self, fetching: &mut Fetching) -> Result<Token, String> {
        let url = match (&fetching.url, &self.endpoint) {
            (Some(url), _) | (None, Endpoint::Known(url)) => url.clone(),
            (None, Endpoint::Metadata(url)) => self.discover(url).await?,
        };
        fetching.url = Some(url.clone());
        let (mut status, mut body) = self.ask(&url, fetching.in_body).await?;
        let mut refusal = refusal(&body);
        // Servers have to take the login in the header, and some take it in the body only.
        if !fetching.in_body && matches!(status, 400 | 401) && refusal.error == "invalid_client" {
            (status, body) = self.ask(&url, true).await?;
            refusal = self::refusal(&body);
            fetching.in_body = (200..=299).contains(&status);
        }
        if !(200..=299).contains(&status) {
            let Refused { error, error_description } = refusal;
            let said: Vec<String> =
                [error, error_description].into_iter().filter(|text| !text.is_empty()).collect();
            let said = said.join(": ").chars().take(SHOWN).collect::<String>();
            let colon = if said.is_empty() { "" } else { ": " };
            return Err(format!("the token endpoint answered {status}{colon}{said}"));
        }
        token(&body)
    }

    async fn discover(&self, metadata: &Url) -> Result<Url, String> {
        let (status, body) = self.send(self.client.get(metadata.clone())).await?;
        if status != 200 {
            return Err(format!("the metadata of the token endpoint answered {status}"));
        }
        let found: Metadata = serde_json::from_slice(&body)
            .map_err(|_| "the metadata names no `token_endpoint`".to_owned())?;
        let url = Url::parse(&found.token_endpoint)
            .map_err(|_| "the `token_endpoint` of the metadata is no URL".to_owned())?;
        // The secret must not leave an encrypted connection because of what was read on it.
        if url.scheme() == "https" || (url.scheme() == "http" && metadata.scheme() == "http") {
            Ok(url)
        } else {
            Err("the `token_endpoint` of the metadata is not reached over HTTPS".to_owned())
        }
    }

    async fn ask(&self, url: &Url, in_body: bool) -> Result<(u16, BytesMut), String> {
        let Login { grant, client_id, client_secret, scope, audience } = &self.login;
        let mut form = String::new();
        let mut field = |name: &str, value: &str| {
            if !value.is_empty() {
                query::push(&mut form, name, &percent(value));
            }
        };
        match grant {
            Grant::ClientCredentials => field("grant_type", "client_credentials"),
            Grant::Exchange(token) => {
                field("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
                field("subject_token", token);
                field("subject_token_type", "urn:ietf:params:oauth:token-type:access_token");
            }
        }
        field("scope", scope);
        field("audience", audience);
        if in_body {
            field("client_id", client_id);
            field("client_secret", client_secret);
        }
        let mut request = self
            .client
            .post(url.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        if !in_body {
            let login = format!("{}:{}", percent(client_id), percent(client_secret));
            request =
                request.header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(login)));
        }
        self.send(request).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<(u16, BytesMut), String> {
        let failed = |error: reqwest::Error| {
            // The text of the error may have the URL, and that a secret.
            tracing::warn!(scheme = self.scheme, error = %error.without_url(), "token endpoint");
            "the token endpoint cannot be reached".to_owned()
        };
        let request = request.header(header::ACCEPT, "application/json").timeout(TIMEOUT);
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err("the answer of the token endpoint is too large".to_owned());
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, body))
    }
}

/// A server may repeat what it was sent.
fn without(secret: &str, text: &str) -> String {
    if secret.is_empty() { text.to_owned() } else { text.replace(secret, "…") }
}

fn refusal(body: &[u8]) -> Refused {
    serde_json::from_slice(body).unwrap_or_default()
}

fn token(body: &[u8]) -> Result<Token, String> {
    let granted: Granted = serde_json::from_slice(body)
        .map_err(|_| "the token endpoint answered without an `access_token`".to_owned())?;
    if !granted.token_type.is_empty() && !granted.token_type.eq_ignore_ascii_case("bearer") {
        return Err("the token endpoint gives tokens that are no bearer tokens".to_owned());
    }
    let mut header = HeaderValue::from_str(&format!("Bearer {}", granted.access_token))
        .map_err(|_| "the token cannot be sent in a header".to_owned())?;
    header.set_sensitive(true);
    let seconds = match &granted.expires_in {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let life = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let good_until = life.and_then(|life| {
        let margin = MARGIN.min(life / 10);
        Instant::now().checked_add(life.saturating_sub(margin))
    });
    Ok(Token { header, good_until })
}

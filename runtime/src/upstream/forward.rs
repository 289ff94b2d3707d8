//! What of the caller's own request goes on to the upstream: what is declared, and nothing else.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};

use super::header::push_cookies;
use super::token::{Endpoint, Grant, Login, TokenSource};
use crate::operation::Forward;

/// Callers whose exchanged tokens are kept. One more than that is exchanged again when they come back.
const MOST_CALLERS: usize = 4096;

/// Copies the declared headers and cookies. What the request has already stays.
pub(super) fn copy(
    forward: &Forward,
    caller: &HeaderMap,
    headers: &mut HeaderMap,
) -> Result<(), String> {
    for name in forward.headers {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
        if headers.contains_key(&name) {
            continue;
        }
        for value in caller.get_all(&name) {
            headers.append(name.clone(), value.clone());
        }
    }
    let cookies: Vec<String> = caller
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| forward.cookies.contains(name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if cookies.is_empty() { Ok(()) } else { push_cookies(headers, &cookies) }
}

/// The one `Authorization` header of the caller.
pub(super) fn authorization(caller: Option<&HeaderMap>) -> Option<&HeaderValue> {
    let mut values = caller?.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

/// Exchanges the tokens of callers for tokens of the upstream (RFC 8693), each once until it ends.
pub(super) struct Exchange {
    endpoint: Endpoint,
    client: reqwest::Client,
    login: Login,
    tokens: Mutex<Known>,
}

/// The tokens of callers, by a digest of theirs, and the digests in the order in which they came.
#[derive(Default)]
struct Known {
    by_caller: HashMap<[u8; 32], Arc<TokenSource>>,
    order: VecDeque<[u8; 32]>,
}

impl Exchange {
    pub(super) fn new(endpoint: Endpoint, client: reqwest::Client, login: Login) -> Self {
        Self { endpoint, client, login, tokens: Mutex::default() }
    }

    /// The tokens for the caller with this `Authorization` header; `None` where it holds no bearer
    /// token.
    pub(super) fn tokens(&self, authorization: &HeaderValue) -> Option<Arc<TokenSource>> {
        let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
        let token = token.trim();
        if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
            return None;
        }
        let digest: [u8; 32] = Sha256::digest(token).into();
        let mut known = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(source) = known.by_caller.get(&digest) {
            return Some(Arc::clone(source));
        }
        if known.order.len() >= MOST_CALLERS
            && let Some(oldest) = known.order.pop_front()
        {
            known.by_caller.remove(&oldest);
        }
        let login = Login { grant: Grant::Exchange(token.to_owned()), ..self.login.clone() };
        let source =
            TokenSource::new("Authorization", self.endpoint.clone(), self.client.clone(), login);
        let source = Arc::new(source);
        known.by_caller.insert(digest, Arc::clone(&source));
        known.order.push_back(digest);
        Some(source)
    }
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Exchange").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

//! The HTTP clients: which connections are made, and which redirects are followed.

use std::time::Duration;

use reqwest::redirect;

use super::url::Base;

/// Time to reach an upstream, part of the time of the call.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Redirects that are followed.
const MOST_REDIRECTS: usize = 10;

/// The client of one upstream.
///
/// Proxies of the environment (`HTTPS_PROXY`, `NO_PROXY`) are used, never for this machine itself.
/// Redirects are followed where scheme, host and port stay the same; another one is an error of the
/// call, so that neither arguments nor credentials go elsewhere.
///
/// Over plain HTTP no certificates are needed: none are read for this machine, which makes the start
/// faster, and a system without any, such as an empty container, can still call its neighbours.
/// `bases` are all places that its requests may go to.
pub(super) fn http_client(bases: &[&Base]) -> Result<reqwest::Client, reqwest::Error> {
    client(bases, http_builder)
}

/// The client for a token endpoint. No redirect is followed: the login is for this address only.
pub(super) fn token_client(base: &Base) -> Result<reqwest::Client, reqwest::Error> {
    client(&[base], || http_builder().redirect(redirect::Policy::none()))
}

fn client(
    bases: &[&Base],
    fresh: impl Fn() -> reqwest::ClientBuilder,
) -> Result<reqwest::Client, reqwest::Error> {
    let all = |holds: fn(&Base) -> bool| !bases.is_empty() && bases.iter().all(|base| holds(base));
    let (is_loopback, is_plain) = (all(Base::is_loopback), all(Base::is_plain));
    if is_loopback && is_plain {
        return fresh().no_proxy().tls_certs_only([]).build();
    }
    let builder = || if is_loopback { fresh().no_proxy() } else { fresh() };
    match builder().build() {
        Err(_) if is_plain => builder().tls_certs_only([]).build(),
        built => built,
    }
}

fn http_builder() -> reqwest::ClientBuilder {
    let policy = redirect::Policy::custom(|attempt| {
        let stays = attempt.previous().last().is_some_and(|from| {
            from.origin() == attempt.url().origin() && attempt.previous().len() <= MOST_REDIRECTS
        });
        if stays { attempt.follow() } else { attempt.stop() }
    });
    reqwest::Client::builder()
        .redirect(policy)
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
}

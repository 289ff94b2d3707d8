//! The base URL of an upstream, and joining requests to it.

use url::Url;

/// A base URL that requests can be joined to.
#[derive(Clone, Debug)]
pub(super) struct Base {
    url: Url,
    /// Everything before the path of a request: scheme, authority, and a path without a slash at
    /// its end.
    prefix: String,
    /// The same with the slash that it was written with.
    whole: String,
}

impl Base {
    /// Reads a base URL.
    ///
    /// # Errors
    ///
    /// Says what the URL lacks.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("there is no base URL".to_owned());
        }
        let mut url =
            Url::parse(text).map_err(|_| format!("the base URL `{text}` is not absolute"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(format!("the base URL `{text}` is neither http:// nor https://"));
        }
        url.set_fragment(None);
        let mut bare = url.clone();
        bare.set_query(None);
        let whole = bare.as_str().to_owned();
        let prefix = whole.trim_end_matches('/').to_owned();
        Ok(Self { url, prefix, whole })
    }

    /// The whole URL.
    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    /// A URL that may be relative to this one, as those of a document.
    ///
    /// # Errors
    ///
    /// It is neither absolute nor relative.
    pub(super) fn relative(&self, text: &str) -> Result<Url, String> {
        // A base without a slash at its end is a folder all the same.
        let mut folder = self.url.clone();
        folder.set_path(&format!("{}/", self.url.path().trim_end_matches('/')));
        folder.join(text.trim()).map_err(|error| error.to_string())
    }

    /// A base URL that is written relative to this one (RFC 3986, 5.2).
    ///
    /// # Errors
    ///
    /// The result would be another host.
    pub(super) fn beside(&self, text: &str) -> Result<Self, String> {
        let joined = self.url.join(text).map_err(|error| format!("`{text}` is no URL: {error}"))?;
        if joined.origin() != self.url.origin() {
            return Err(format!("`{text}` would leave the host of the base URL"));
        }
        Self::parse(joined.as_str())
    }

    /// Whether the host is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// Whether requests go without TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// The URL of a request. `path` starts with a slash and is encoded, `query` is encoded.
    ///
    /// # Errors
    ///
    /// The result would be another host or outside of the prefix, which the encoders prevent.
    pub(super) fn join(&self, path: &str, queries: &[&str]) -> Result<Url, String> {
        let queries: Vec<&str> = self
            .url
            .query()
            .into_iter()
            .chain(queries.iter().copied())
            .filter(|query| !query.is_empty())
            .collect();
        // What has no path of its own is the base URL as it is.
        let start = if path.is_empty() { self.whole.as_str() } else { self.prefix.as_str() };
        let mut text = format!("{start}{path}");
        if !queries.is_empty() {
            text.push('?');
            text.push_str(&queries.join("&"));
        }
        let url = Url::parse(&text).map_err(|error| format!("the URL is not valid: {error}"))?;
        let same_place = url.origin() == self.url.origin()
            && url.username() == self.url.username()
            && url.password() == self.url.password();
        let base_path = self.url.path().trim_end_matches('/');
        let inside = url.path().strip_prefix(base_path).is_some_and(|rest| {
            rest.starts_with('/') && rest.matches('/').count() == path.matches('/').count()
        });
        let inside = inside || path.is_empty() && url.path() == self.url.path();
        if same_place && inside {
            Ok(url)
        } else {
            Err("the URL would leave the upstream's base URL".to_owned())
        }
    }
}

//! The APIs behind a server as constant data: where they are, and what they are sent to be let in.

use std::time::Duration;

use super::Setting;

/// One API behind a server: an `[openapi.NAME]` table and its document.
#[derive(Debug)]
pub struct UpstreamSpec {
    /// Name of the table, used by `--base-url NAME=URL` and in messages.
    pub name: &'static str,
    /// Base URL of the requests; empty where neither the document nor `mcp.toml` has one.
    pub base_url: Setting,
    /// Environment variable that overrides the base URL.
    pub base_url_variable: &'static str,
    /// Time for one call.
    pub timeout: Duration,
    /// Headers sent with every request.
    pub headers: &'static [(&'static str, Setting)],
    /// The folder that `file:` URIs in file arguments may name files below. Empty: none is read.
    pub file_root: Setting,
    /// Environment variables that are part of a URL, each with the values that it takes.
    pub variables: &'static [(&'static str, &'static [&'static str])],
    /// What happens when a result is not what its tool promises.
    pub validate_output: Validation,
    /// What of the caller's own HTTP request goes with the requests.
    pub forward: Forward,
}

/// `[openapi.NAME.forward]`: what of the caller's HTTP request goes on to the API. Nothing else does.
#[derive(Clone, Copy, Debug)]
pub struct Forward {
    /// Headers, by their names in lower case; one that the request has already is not replaced.
    pub headers: &'static [&'static str],
    /// Cookies, by their names.
    pub cookies: &'static [&'static str],
    /// What becomes of `Authorization`.
    pub authorization: CallerAuthorization,
}

impl Forward {
    /// Nothing.
    pub const NOTHING: Self =
        Self { headers: &[], cookies: &[], authorization: CallerAuthorization::Never };
}

/// What becomes of the caller's `Authorization` header.
#[derive(Clone, Copy, Debug)]
pub enum CallerAuthorization {
    /// It stays here.
    Never,
    /// It is sent as it came, in place of the secrets of all schemes that use this header.
    Passthrough,
    /// Its bearer token is exchanged for another (RFC 8693), which is sent in its place.
    Exchange(&'static TokenGrant),
}

/// What happens when a result does not fit the output schema of its tool.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Validation {
    /// The call fails.
    Strict,
    /// The log says so, and the result goes on.
    Warn,
    /// Results are not looked at.
    Off,
}

impl UpstreamSpec {
    /// No API: what [`Operation::DEFAULT`](super::Operation::DEFAULT) points to.
    pub const NONE: Self = Self {
        name: "",
        base_url: Setting(""),
        base_url_variable: "",
        timeout: Duration::from_secs(30),
        headers: &[],
        file_root: Setting(""),
        variables: &[],
        validate_output: Validation::Warn,
        forward: Forward::NOTHING,
    };
}

/// The Rust type of an upstream, for `context.upstream::<Bookshop>()`.
pub trait Upstream {
    /// The API that the type stands for.
    const SPEC: &'static UpstreamSpec;
}

/// A way to authenticate to an upstream: one entry of `components.securitySchemes`.
#[derive(Debug)]
pub struct SecurityScheme {
    /// Name of the scheme in the document.
    pub name: &'static str,
    /// What is sent.
    pub credential: Credential,
    /// Where the secret comes from, usually `${BOOKSHOP_API_KEY}`.
    pub secret: Setting,
    /// How the secret, then a token, is fetched where `secret` names none.
    pub grant: Option<&'static TokenGrant>,
}

impl SecurityScheme {
    /// No scheme: the base of the generated constants.
    pub const NONE: Self =
        Self { name: "", credential: Credential::Bearer, secret: Setting(""), grant: None };
}

/// How tokens are asked for: those of the server itself by the client credentials grant (RFC 6749, 4.4),
/// those for its callers by the exchange of theirs (RFC 8693).
#[derive(Debug)]
pub struct TokenGrant {
    /// Where the token is asked for.
    pub endpoint: TokenEndpoint,
    /// The client's name, usually `${BOOKSHOP_LOGIN_CLIENT_ID}`.
    pub client_id: Setting,
    /// The client's secret.
    pub client_secret: Setting,
    /// The scopes to ask for.
    pub scopes: &'static [&'static str],
    /// The `audience` to ask for, which some servers want; empty: none.
    pub audience: Setting,
}

/// Where tokens are asked for. A relative URL is joined to the base URL of the upstream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenEndpoint {
    /// At this URL: `tokenUrl`.
    Url(Setting),
    /// At the `token_endpoint` of the metadata at this URL: `openIdConnectUrl`, `oauth2MetadataUrl`.
    Metadata(Setting),
}

/// How a secret is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Credential {
    /// In this header.
    Header(&'static str),
    /// In this query parameter.
    Query(&'static str),
    /// In this cookie.
    Cookie(&'static str),
    /// `Authorization: Basic`, the secret being `user:password`.
    Basic,
    /// `Authorization: Bearer`
    Bearer,
}

//! Credentials: which of them are set, and putting them on a request.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::connection::token_client;
use super::forward::Exchange;
use super::header::{cookie_text, push_cookies};
use super::query;
use super::token::{Endpoint, Grant, Login, TokenSource};
use super::url::Base;
use super::value::percent;
use crate::operation::{
    CallerAuthorization, Credential, Operation, SecurityScheme, TokenEndpoint, TokenGrant,
    UpstreamSpec,
};
use crate::setting::resolve;

/// The secrets of one upstream. Their text is never shown.
pub(super) struct Credentials {
    /// Whether calls need any: not under `--mock`.
    used: bool,
    secrets: Vec<(&'static SecurityScheme, Secret)>,
    /// What becomes of the caller's `Authorization` header.
    caller: Caller,
}

/// What becomes of the caller's `Authorization` header.
pub(super) enum Caller {
    Never,
    Passthrough,
    Exchange(Box<Exchange>),
}

/// A token that has to be there before a request can be sent.
#[derive(Clone, Debug)]
pub(super) enum Pending {
    /// Of the scheme at this index.
    Scheme(usize),
    /// Of the caller.
    Caller(Arc<TokenSource>),
}

enum Secret {
    Set(String),
    /// A token is fetched when a call needs it.
    Token(Box<TokenSource>),
    /// The caller's `Authorization` header.
    Caller,
    /// Set to nothing: calls go without it.
    Empty,
    /// What has to be set, in words: `SHOP_KEY`.
    Missing(String),
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.secrets.iter().map(|(scheme, _)| scheme.name);
        formatter.debug_list().entries(names).finish()
    }
}

impl Credentials {
    /// No credentials, and none needed.
    pub(super) const fn none() -> Self {
        Self { used: false, secrets: Vec::new(), caller: Caller::Never }
    }

    /// Reads the secrets that the operations of an upstream name.
    ///
    /// Every operation that needs credentials has to have one complete alternative: what is not set
    /// is a problem that names the variables and the operations.
    pub(super) fn read(
        operations: impl Iterator<Item = &'static Operation>,
        sources: &Sources<'_>,
        problems: &mut Vec<String>,
    ) -> Self {
        let caller = sources.caller(problems);
        let mut credentials = Self { used: true, secrets: Vec::new(), caller };
        // The operations by what they lack, in the order in which they come.
        let mut lacking: Vec<(String, Vec<&'static str>)> = Vec::new();
        for operation in operations {
            for scheme in operation.security.iter().copied().flatten().copied() {
                if credentials.secret(scheme).is_none() {
                    let secret = if credentials.is_callers(scheme) {
                        Secret::Caller
                    } else {
                        sources.read(scheme, problems)
                    };
                    credentials.secrets.push((scheme, secret));
                }
            }
            if let Err(missing) = credentials.choose(operation, true) {
                match lacking.iter_mut().find(|(known, _)| *known == missing) {
                    Some((_, tools)) => tools.push(operation.tool),
                    None => lacking.push((missing, vec![operation.tool])),
                }
            }
        }
        for (missing, tools) in lacking {
            let more = match tools.len() {
                0..=3 => String::new(),
                many => format!(" and {} more", many - 3),
            };
            let tools: Vec<String> = tools.iter().take(3).map(|tool| format!("`{tool}`")).collect();
            problems.push(format!(
                "upstream `{}`: {}{more} cannot be called without credentials: set \
                 {missing}; a variable that is set to nothing calls without them",
                sources.spec.name,
                tools.join(", ")
            ));
        }
        credentials
    }

    /// Whether the scheme uses the header that is the caller's.
    fn is_callers(&self, scheme: &SecurityScheme) -> bool {
        let is_authorization = match scheme.credential {
            Credential::Basic | Credential::Bearer => true,
            Credential::Header(name) => name.eq_ignore_ascii_case("authorization"),
            Credential::Query(_) | Credential::Cookie(_) => false,
        };
        is_authorization && !matches!(self.caller, Caller::Never)
    }

    fn secret(&self, scheme: &SecurityScheme) -> Option<&Secret> {
        self.secrets
            .iter()
            .find(|(known, _)| std::ptr::eq(*known, scheme))
            .map(|(_, secret)| secret)
    }

    /// The first alternative whose secrets are all set; none where the operation needs none, or
    /// where secrets are set to nothing. An error says what has to be set.
    fn choose(
        &self,
        operation: &Operation,
        has_caller: bool,
    ) -> Result<&'static [&'static SecurityScheme], String> {
        if !self.used || operation.security.is_empty() {
            return Ok(&[]);
        }
        let is = |scheme: &SecurityScheme, wanted: &dyn Fn(&Secret) -> bool| {
            self.secret(scheme).is_some_and(wanted)
        };
        let is_set = |secret: &Secret| match secret {
            Secret::Set(_) | Secret::Token(_) => true,
            Secret::Caller => has_caller,
            Secret::Empty | Secret::Missing(_) => false,
        };
        let is_missing = |secret: &Secret| match secret {
            Secret::Missing(_) => true,
            Secret::Caller => !has_caller,
            Secret::Set(_) | Secret::Token(_) | Secret::Empty => false,
        };
        // An empty alternative allows calls without credentials; those that are set are sent still.
        let set = operation.security.iter().find(|alternative| {
            !alternative.is_empty() && alternative.iter().all(|scheme| is(scheme, &is_set))
        });
        if let Some(alternative) = set {
            return Ok(alternative);
        }
        let waived = operation.security.iter().any(|alternative| {
            alternative.iter().all(|scheme| is(scheme, &|secret| !is_missing(secret)))
        });
        if waived {
            return Ok(&[]);
        }
        let alternatives: Vec<String> = operation
            .security
            .iter()
            .map(|alternative| {
                let missing = alternative.iter().filter_map(|scheme| match self.secret(scheme) {
                    Some(Secret::Missing(what)) => Some(what.as_str()),
                    Some(Secret::Caller) if !has_caller => Some(CALLERS),
                    _ => None,
                });
                missing.collect::<Vec<_>>().join(" and ")
            })
            .collect();
        Err(alternatives.join(", or "))
    }

    /// The tokens of which one has to be fetched, by what [`Credentials::apply`] gave.
    pub(super) fn tokens<'a>(&'a self, pending: &'a Pending) -> Option<&'a TokenSource> {
        match pending {
            Pending::Caller(source) => Some(source),
            Pending::Scheme(index) => match self.secrets.get(*index) {
                Some((_, Secret::Token(source))) => Some(source),
                _ => None,
            },
        }
    }

    /// Puts the credentials of an operation on its request; `caller` is the `Authorization` header of
    /// whoever called. What is given has to be fetched still, with [`Credentials::tokens`].
    ///
    /// # Errors
    ///
    /// No alternative is complete, or a secret cannot be sent where its scheme wants it.
    pub(super) fn apply(
        &self,
        operation: &Operation,
        caller: Option<&HeaderValue>,
        headers: &mut HeaderMap,
        query: &mut String,
    ) -> Result<Option<Pending>, String> {
        let mut token = None;
        match (&self.caller, caller) {
            (Caller::Passthrough, Some(authorization)) => {
                headers.insert(header::AUTHORIZATION, authorization.clone());
            }
            (Caller::Exchange(exchange), Some(authorization)) => {
                token = exchange.tokens(authorization).map(Pending::Caller);
            }
            _ => {}
        }
        // A header that cannot be exchanged is as good as none.
        let has_caller = token.is_some() || headers.contains_key(header::AUTHORIZATION);
        let chosen = self.choose(operation, has_caller).map_err(|missing| {
            let tool = operation.tool;
            if missing == CALLERS {
                return format!(
                    "`{tool}` is called with the caller's own credentials: send \
                     `Authorization: Bearer …` with the HTTP requests to this server"
                );
            }
            format!(
                "`{tool}` needs credentials that the server does not have; whoever runs it has to \
                 set {missing}"
            )
        })?;
        for scheme in chosen {
            let secret = match self.secret(scheme) {
                Some(Secret::Set(secret)) => secret,
                Some(Secret::Token(_)) => {
                    let mut schemes = self.secrets.iter();
                    token = schemes
                        .position(|(known, _)| std::ptr::eq(*known, *scheme))
                        .map(Pending::Scheme);
                    continue;
                }
                _ => continue,
            };
            let unusable =
                || format!("the secret of the security scheme `{}` cannot be sent", scheme.name);
            let mut set = |name: HeaderName, text: &str| {
                let mut value = HeaderValue::from_str(text).map_err(|_| unusable())?;
                value.set_sensitive(true);
                headers.insert(name, value);
                Ok::<(), String>(())
            };
            match scheme.credential {
                Credential::Header(name) => {
                    set(HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?, secret)?;
                }
                Credential::Query(name) => query::push(query, &percent(name), &percent(secret)),
                Credential::Cookie(name) => {
                    push_cookies(headers, &[format!("{name}={}", cookie_text(secret))])?;
                }
                Credential::Basic => {
                    set(header::AUTHORIZATION, &format!("Basic {}", STANDARD.encode(secret)))?;
                }
                Credential::Bearer => set(header::AUTHORIZATION, &format!("Bearer {secret}"))?,
            }
        }
        Ok(token)
    }
}

/// What is missing where the caller has sent nothing, in words.
const CALLERS: &str = "the caller's `Authorization` header";

/// Where secrets come from.
pub(super) struct Sources<'e> {
    pub(super) spec: &'static UpstreamSpec,
    pub(super) environment: &'e dyn Fn(&str) -> Option<String>,
    /// What relative URLs of token endpoints are joined to.
    pub(super) base: Option<&'e Base>,
}

impl Sources<'_> {
    /// What becomes of the `Authorization` header of callers.
    fn caller(&self, problems: &mut Vec<String>) -> Caller {
        let grant = match self.spec.forward.authorization {
            CallerAuthorization::Never => return Caller::Never,
            CallerAuthorization::Passthrough => return Caller::Passthrough,
            CallerAuthorization::Exchange(grant) => grant,
        };
        let exchange = match self.login(grant) {
            Ok(Some(login)) => self
                .endpoint(grant)
                .map(|(endpoint, client)| Exchange::new(endpoint, client, login)),
            Ok(None) => Err("its `client_id` and `client_secret` are set to nothing".to_owned()),
            Err(missing) => Err(format!("set {missing}")),
        };
        match exchange {
            Ok(exchange) => Caller::Exchange(Box::new(exchange)),
            Err(why) => {
                let name = self.spec.name;
                problems.push(format!("upstream `{name}`: the exchange of callers' tokens: {why}"));
                Caller::Never
            }
        }
    }

    fn read(&self, scheme: &'static SecurityScheme, problems: &mut Vec<String>) -> Secret {
        let missing = match resolve(scheme.secret, self.environment) {
            Ok(text) if text.is_empty() => return Secret::Empty,
            Ok(text) => return Secret::Set(text),
            Err(missing) => missing.join(" and "),
        };
        let Some(grant) = scheme.grant else {
            return Secret::Missing(format!("{missing} (security scheme `{}`)", scheme.name));
        };
        match self.login(grant) {
            Ok(None) => Secret::Empty,
            Ok(Some(login)) => match self.endpoint(grant) {
                Ok((endpoint, client)) => {
                    let source = TokenSource::new(scheme.name, endpoint, client, login);
                    Secret::Token(Box::new(source))
                }
                Err(why) => {
                    problems.push(format!(
                        "upstream `{}`: the security scheme `{}`: {why}",
                        self.spec.name, scheme.name
                    ));
                    Secret::Empty
                }
            },
            Err(login) => Secret::Missing(format!(
                "{login}, or a token in {missing} (security scheme `{}`)",
                scheme.name
            )),
        }
    }

    /// The login of a grant, `None` where it is set to nothing; an error names what is not set.
    fn login(&self, grant: &TokenGrant) -> Result<Option<Login>, String> {
        let mut missing = Vec::new();
        let mut text = |setting| {
            resolve(setting, self.environment).unwrap_or_else(|names| {
                missing.extend(names);
                String::new()
            })
        };
        let login = Login {
            grant: Grant::ClientCredentials,
            client_id: text(grant.client_id),
            client_secret: text(grant.client_secret),
            scope: grant.scopes.join(" "),
            audience: text(grant.audience),
        };
        if missing.is_empty() {
            let is_set = !login.client_id.is_empty() && !login.client_secret.is_empty();
            Ok(is_set.then_some(login))
        } else {
            Err(missing.join(" and "))
        }
    }

    /// Where the tokens of a grant are fetched, and with what.
    fn endpoint(&self, grant: &TokenGrant) -> Result<(Endpoint, reqwest::Client), String> {
        let (setting, what) = match grant.endpoint {
            TokenEndpoint::Url(setting) => (setting, "the URL of its tokens"),
            TokenEndpoint::Metadata(setting) => (setting, "the URL of its metadata"),
        };
        let text = resolve(setting, self.environment).map_err(|missing| {
            format!("the environment variable {}, part of {what}, is not set", missing.join(", "))
        })?;
        let url = match self.base {
            Some(base) => base.relative(&text),
            None => Base::parse(&text).map(|base| base.url().clone()),
        };
        // The setting as it is written: what it resolves to may be secret.
        let written = setting.0;
        let url = url.map_err(|_| format!("{what}, `{written}`, is no URL"))?;
        let base = Base::parse(url.as_str())
            .map_err(|_| format!("{what}, `{written}`, is neither http:// nor https://"))?;
        let client = token_client(&base)
            .map_err(|error| format!("the HTTP client cannot start: {error}"))?;
        let endpoint = match grant.endpoint {
            TokenEndpoint::Url(_) => Endpoint::Known(url),
            TokenEndpoint::Metadata(_) => Endpoint::Metadata(url),
        };
        Ok((endpoint, client))
    }
}

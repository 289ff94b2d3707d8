//! Credentials: which of them are set, and putting them on a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::connection::token_client;
use super::header::{cookie_text, push_cookies};
use super::query;
use super::token::{Endpoint, Login, TokenSource};
use super::url::Base;
use super::value::percent;
use crate::operation::{Credential, Operation, SecurityScheme, TokenEndpoint, TokenGrant};
use crate::setting::resolve;

/// The secrets of one upstream. Their text is never shown.
pub(super) struct Credentials {
    /// Whether calls need any: not under `--mock`.
    used: bool,
    secrets: Vec<(&'static SecurityScheme, Secret)>,
}

enum Secret {
    Set(String),
    /// A token is fetched when a call needs it.
    Token(Box<TokenSource>),
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
        Self { used: false, secrets: Vec::new() }
    }

    /// Reads the secrets that the operations of an upstream name.
    ///
    /// Every operation that needs credentials has to have one complete alternative: what is not set
    /// is a problem that names the variables and the operations.
    pub(super) fn read(
        upstream: &str,
        operations: impl Iterator<Item = &'static Operation>,
        sources: &Sources<'_>,
        problems: &mut Vec<String>,
    ) -> Self {
        let mut credentials = Self { used: true, secrets: Vec::new() };
        // The operations by what they lack, in the order in which they come.
        let mut lacking: Vec<(String, Vec<&'static str>)> = Vec::new();
        for operation in operations {
            for scheme in operation.security.iter().copied().flatten().copied() {
                if credentials.secret(scheme).is_none() {
                    let secret = sources.read(scheme, problems);
                    credentials.secrets.push((scheme, secret));
                }
            }
            if let Err(missing) = credentials.choose(operation) {
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
                "upstream `{upstream}`: {}{more} cannot be called without credentials: set \
                 {missing}; a variable that is set to nothing calls without them",
                tools.join(", ")
            ));
        }
        credentials
    }

    fn secret(&self, scheme: &SecurityScheme) -> Option<&Secret> {
        self.secrets
            .iter()
            .find(|(known, _)| std::ptr::eq(*known, scheme))
            .map(|(_, secret)| secret)
    }

    /// The first alternative whose secrets are all set; none where the operation needs none, or
    /// where secrets are set to nothing. An error says what has to be set.
    fn choose(&self, operation: &Operation) -> Result<&'static [&'static SecurityScheme], String> {
        if !self.used || operation.security.is_empty() {
            return Ok(&[]);
        }
        let is = |scheme: &SecurityScheme, wanted: fn(&Secret) -> bool| {
            self.secret(scheme).is_some_and(wanted)
        };
        // An empty alternative allows calls without credentials; those that are set are sent still.
        let set = operation.security.iter().find(|alternative| {
            !alternative.is_empty()
                && alternative.iter().all(|scheme| {
                    is(scheme, |secret| matches!(secret, Secret::Set(_) | Secret::Token(_)))
                })
        });
        if let Some(alternative) = set {
            return Ok(alternative);
        }
        let waived = operation.security.iter().any(|alternative| {
            alternative
                .iter()
                .all(|scheme| is(scheme, |secret| !matches!(secret, Secret::Missing(_))))
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
                    _ => None,
                });
                missing.collect::<Vec<_>>().join(" and ")
            })
            .collect();
        Err(alternatives.join(", or "))
    }

    /// The tokens of a scheme, by what [`Credentials::apply`] gave.
    pub(super) fn tokens(&self, index: usize) -> Option<&TokenSource> {
        match self.secrets.get(index) {
            Some((_, Secret::Token(source))) => Some(source),
            _ => None,
        }
    }

    /// Puts the credentials of an operation on its request. The index of a scheme whose token has to
    /// be fetched, which is for [`Credentials::tokens`].
    ///
    /// # Errors
    ///
    /// No alternative is complete, or a secret cannot be sent where its scheme wants it.
    pub(super) fn apply(
        &self,
        operation: &Operation,
        headers: &mut HeaderMap,
        query: &mut String,
    ) -> Result<Option<usize>, String> {
        let mut token = None;
        let chosen = self.choose(operation).map_err(|missing| {
            format!(
                "`{}` needs credentials that the server does not have; whoever runs it has to set \
                 {missing}",
                operation.tool
            )
        })?;
        for scheme in chosen {
            let secret = match self.secret(scheme) {
                Some(Secret::Set(secret)) => secret,
                Some(Secret::Token(_)) => {
                    token =
                        self.secrets.iter().position(|(known, _)| std::ptr::eq(*known, *scheme));
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

/// Where secrets come from.
pub(super) struct Sources<'e> {
    pub(super) environment: &'e dyn Fn(&str) -> Option<String>,
    /// What relative URLs of token endpoints are joined to.
    pub(super) base: Option<&'e Base>,
}

impl Sources<'_> {
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
            Ok(Some(login)) => match self.source(scheme, grant, login) {
                Ok(source) => Secret::Token(Box::new(source)),
                Err(why) => {
                    problems.push(format!("the security scheme `{}`: {why}", scheme.name));
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

    fn source(
        &self,
        scheme: &'static SecurityScheme,
        grant: &TokenGrant,
        login: Login,
    ) -> Result<TokenSource, String> {
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
        let url = url.map_err(|_| format!("{what}, `{text}`, is no URL"))?;
        let base = Base::parse(url.as_str())
            .map_err(|_| format!("{what}, `{text}`, is neither http:// nor https://"))?;
        let client = token_client(&base)
            .map_err(|error| format!("the HTTP client cannot start: {error}"))?;
        let endpoint = match grant.endpoint {
            TokenEndpoint::Url(_) => Endpoint::Known(url),
            TokenEndpoint::Metadata(_) => Endpoint::Metadata(url),
        };
        Ok(TokenSource::new(scheme.name, endpoint, client, login))
    }
}

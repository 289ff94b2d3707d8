//! Credentials: which of them are set, and putting them on a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::header::{cookie_text, push_cookies};
use super::query;
use super::setting::resolve;
use super::value::percent;
use crate::operation::{Credential, Operation, SecurityScheme};

/// The secrets of one upstream. Their text is never shown.
pub(super) struct Credentials {
    /// Whether calls need any: not under `--mock`.
    used: bool,
    secrets: Vec<(&'static SecurityScheme, Secret)>,
}

enum Secret {
    Set(String),
    /// Set to nothing: calls go without it.
    Empty,
    Missing(Vec<String>),
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
    /// One alternative is enough, so a variable that is not set is a problem only where no operation
    /// could be called: then the start names all of them. Otherwise the calls that need it say so.
    pub(super) fn read(
        upstream: &str,
        operations: impl Iterator<Item = &'static Operation>,
        environment: &dyn Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Self {
        let mut credentials = Self { used: true, secrets: Vec::new() };
        let (mut callable, mut any) = (false, false);
        for operation in operations {
            any = true;
            for scheme in operation.security.iter().copied().flatten().copied() {
                if credentials.secret(scheme).is_none() {
                    let secret = match resolve(scheme.secret, environment) {
                        Ok(text) if text.is_empty() => Secret::Empty,
                        Ok(text) => Secret::Set(text),
                        Err(missing) => Secret::Missing(missing),
                    };
                    credentials.secrets.push((scheme, secret));
                }
            }
            callable |= credentials.choose(operation).is_ok();
        }
        if any && !callable {
            for (scheme, secret) in &credentials.secrets {
                let Secret::Missing(missing) = secret else { continue };
                for variable in missing {
                    problems.push(format!(
                        "upstream `{upstream}`: the environment variable {variable}, for the \
                         security scheme `{}`, is not set; set it to nothing to call without \
                         credentials",
                        scheme.name
                    ));
                }
            }
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
    /// where secrets are set to nothing.
    fn choose(&self, operation: &Operation) -> Result<&'static [&'static SecurityScheme], String> {
        if !self.used || operation.security.is_empty() {
            return Ok(&[]);
        }
        let is = |scheme: &SecurityScheme, wanted: fn(&Secret) -> bool| {
            self.secret(scheme).is_some_and(wanted)
        };
        let set = operation.security.iter().find(|alternative| {
            alternative.iter().all(|scheme| is(scheme, |secret| matches!(secret, Secret::Set(_))))
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
        let missing: Vec<&str> = operation
            .security
            .iter()
            .copied()
            .flatten()
            .filter_map(|scheme| match self.secret(scheme) {
                Some(Secret::Missing(names)) => Some(names.iter().map(String::as_str)),
                _ => None,
            })
            .flatten()
            .collect();
        Err(format!(
            "`{}` needs credentials that the server does not have; whoever runs it has to set {}",
            operation.tool,
            missing.join(" or ")
        ))
    }

    /// Puts the credentials of an operation on its request.
    ///
    /// # Errors
    ///
    /// No alternative is complete, or a secret cannot be sent where its scheme wants it.
    pub(super) fn apply(
        &self,
        operation: &Operation,
        headers: &mut HeaderMap,
        query: &mut String,
    ) -> Result<(), String> {
        for scheme in self.choose(operation)? {
            let Some(Secret::Set(secret)) = self.secret(scheme) else { continue };
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
        Ok(())
    }
}

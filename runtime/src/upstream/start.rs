//! Reading the configuration of the upstreams at start, and naming everything that is missing.

use std::path::PathBuf;
use std::sync::Arc;

use super::client::{Client, Inner, Wire};
use super::connection::http_client;
use super::credential::{Credentials, Sources};
use super::mock::Mock;
use super::server::{self, Origin, Servers};
use super::url::Base;
use super::{Options, StartError};
use crate::declaration::Declaration;
use crate::operation::{Operation, UpstreamSpec};
use crate::setting::resolve;
use http::header::{HeaderMap, HeaderName, HeaderValue};

/// What requests are joined to under `--mock` where there is no base URL.
const MOCK_BASE: &str = "http://mock.invalid";

/// The clients of all upstreams of a server.
#[derive(Debug)]
pub struct Upstreams {
    clients: Vec<Client>,
    absent: Client,
}

type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

impl Upstreams {
    /// Reads the settings of all upstreams from the environment and makes their clients.
    ///
    /// The base URL comes from `--base-url`, else from the environment variable of the upstream,
    /// else from the declaration. With [`Options::mock`] nothing has to be set and nothing is sent.
    ///
    /// # Errors
    ///
    /// All problems at once: base URLs that are missing, relative, or given for no upstream; every
    /// environment variable that a setting names and that is not set; headers that cannot be sent.
    pub fn start(declaration: &'static Declaration, options: &Options) -> Result<Self, StartError> {
        Self::start_in(declaration, options, &|name| std::env::var(name).ok())
    }

    /// [`Upstreams::start`] in another environment.
    pub(super) fn start_in(
        declaration: &'static Declaration,
        options: &Options,
        environment: Environment<'_>,
    ) -> Result<Self, StartError> {
        let mut problems = Vec::new();
        check_base_urls(declaration, options, &mut problems);
        let mock = options.mock.then(|| Arc::new(Mock::new(declaration)));
        let mut clients = Vec::new();
        for spec in declaration.upstreams {
            let client = match &mock {
                Some(mock) => Some(mocked(declaration, spec, options, environment, mock)),
                None => connected(declaration, spec, options, environment, &mut problems),
            };
            clients.extend(client);
        }
        if problems.is_empty() {
            Ok(Self { clients, absent: Client::absent() })
        } else {
            Err(StartError::new(problems))
        }
    }

    /// The client of an upstream. For one that the server does not have it is a client whose calls
    /// fail with [`UpstreamError::Unavailable`](super::UpstreamError::Unavailable).
    #[must_use]
    pub fn client(&self, spec: &'static UpstreamSpec) -> &Client {
        self.clients.iter().find(|client| client.is_for(spec)).unwrap_or(&self.absent)
    }
}

/// Every `--base-url` has to belong to one upstream.
fn check_base_urls(declaration: &Declaration, options: &Options, problems: &mut Vec<String>) {
    let names: Vec<String> =
        declaration.upstreams.iter().map(|spec| format!("`{}`", spec.name)).collect();
    for (name, url) in &options.base_urls {
        match name {
            Some(name) if !declaration.upstreams.iter().any(|spec| spec.name == name) => {
                let known = if names.is_empty() {
                    "the server has no upstream".to_owned()
                } else {
                    format!("the server has {}", names.join(", "))
                };
                problems.push(format!("--base-url {name}={url}: no upstream `{name}`; {known}"));
            }
            None if declaration.upstreams.len() != 1 => problems.push(format!(
                "--base-url {url}: say for which upstream, as in --base-url NAME={url}; the server \
                 has {}",
                if names.is_empty() { "none".to_owned() } else { names.join(", ") }
            )),
            _ => {}
        }
    }
}

/// The base URL as text, and where it comes from: flag, environment, declaration. Variables that it
/// lacks as an error.
fn base_url(
    spec: &UpstreamSpec,
    options: &Options,
    environment: Environment<'_>,
) -> Result<(String, Origin), Vec<String>> {
    let flag = options
        .base_urls
        .iter()
        .rev()
        .find(|(name, _)| name.as_deref().is_none_or(|name| name == spec.name));
    if let Some((_, url)) = flag {
        return Ok((url.clone(), Origin::Given));
    }
    let variable = Some(spec.base_url_variable).filter(|name| !name.is_empty());
    if let Some(url) = variable.and_then(environment).filter(|url| !url.is_empty()) {
        return Ok((url, Origin::Given));
    }
    resolve(spec.base_url, environment).map(|url| (url, Origin::Declared))
}

fn mocked(
    declaration: &'static Declaration,
    spec: &'static UpstreamSpec,
    options: &Options,
    environment: Environment<'_>,
    mock: &Arc<Mock>,
) -> Client {
    let base = base_url(spec, options, environment)
        .ok()
        .and_then(|(text, _)| Base::parse(&text).ok())
        .or_else(|| Base::parse(MOCK_BASE).ok());
    Client::new(Inner {
        spec,
        base,
        servers: Servers::default(),
        headers: HeaderMap::new(),
        credentials: Credentials::none(),
        wire: Wire::Mock(Arc::clone(mock)),
        file_root: None,
        limit: declaration.limits.upstream_response,
    })
}

fn connected(
    declaration: &'static Declaration,
    spec: &'static UpstreamSpec,
    options: &Options,
    environment: Environment<'_>,
    problems: &mut Vec<String>,
) -> Option<Client> {
    let before = problems.len();
    let name = spec.name;
    let is_its = |operation: &&'static Operation| std::ptr::eq(operation.upstream, spec);
    let operations: Vec<&'static Operation> = declaration.operations().filter(is_its).collect();
    let needs_base = operations.iter().any(|operation| !server::is_absolute(operation.server));
    let mut origin = Origin::Declared;
    server::check_variables(spec, environment, problems);
    let base = match base_url(spec, options, environment) {
        // Every operation has a server of its own.
        Ok((text, _)) if text.is_empty() && !operations.is_empty() && !needs_base => None,
        Ok((text, from)) => Base::parse(&text)
            .inspect(|_| origin = from)
            .map_err(|why| problems.push(format!("upstream `{name}`: {why}; {}", hint(spec))))
            .ok(),
        Err(missing) => {
            for variable in missing {
                problems.push(format!(
                    "upstream `{name}`: the environment variable {variable}, part of the base URL, \
                     is not set; {}",
                    hint(spec)
                ));
            }
            None
        }
    };
    let headers = headers(spec, environment, problems);
    let servers =
        Servers::read(&operations, base.as_ref().map(|base| (base, origin)), environment, problems);
    let sources = Sources { spec, environment, base: base.as_ref() };
    let credentials = Credentials::read(operations.into_iter(), &sources, problems);
    let file_root = file_root(spec, environment, problems);
    if problems.len() > before {
        return None;
    }
    let bases: Vec<&Base> = base.iter().chain(servers.bases()).collect();
    match http_client(&bases) {
        Ok(client) => Some(Client::new(Inner {
            spec,
            base,
            servers,
            headers,
            credentials,
            wire: Wire::Http(client),
            file_root,
            limit: declaration.limits.upstream_response,
        })),
        Err(error) => {
            problems.push(format!("upstream `{name}`: the HTTP client cannot start: {error}"));
            None
        }
    }
}

fn hint(spec: &UpstreamSpec) -> String {
    let flag = format!("give --base-url {}=https://…", spec.name);
    if spec.base_url_variable.is_empty() {
        return format!("{flag}, or --mock to try the server without it");
    }
    format!("{flag} or set {}, or use --mock to try the server without it", spec.base_url_variable)
}

fn headers(
    spec: &UpstreamSpec,
    environment: Environment<'_>,
    problems: &mut Vec<String>,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, setting) in spec.headers {
        let text = match resolve(*setting, environment) {
            Ok(text) => text,
            Err(missing) => {
                for variable in missing {
                    problems.push(format!(
                        "upstream `{}`: the environment variable {variable}, for the header \
                         `{name}`, is not set",
                        spec.name
                    ));
                }
                continue;
            }
        };
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&text)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
            // The value may be a secret, so it is not shown.
            _ => problems.push(format!(
                "upstream `{}`: the header `{name}` cannot be sent: its name or its value has a \
                 character that headers must not have",
                spec.name
            )),
        }
    }
    headers
}

/// The folder of `file:` URIs, its links followed, so that what is below it can be told by its path.
fn file_root(
    spec: &UpstreamSpec,
    environment: Environment<'_>,
    problems: &mut Vec<String>,
) -> Option<PathBuf> {
    let name = spec.name;
    let folder = match resolve(spec.file_root, environment) {
        Ok(folder) if folder.is_empty() => return None,
        Ok(folder) => folder,
        Err(missing) => {
            for variable in missing {
                problems.push(format!(
                    "upstream `{name}`: the environment variable {variable}, for `file_root`, is \
                     not set"
                ));
            }
            return None;
        }
    };
    let root = PathBuf::from(&folder).canonicalize().ok().filter(|root| root.is_dir());
    if root.is_none() {
        problems.push(format!("upstream `{name}`: `file_root` is `{folder}`, which is no folder"));
    }
    root
}

//! The APIs behind the server: Rust names, base URLs, credentials and where their secrets come
//! from.

use std::collections::{BTreeMap, BTreeSet};

use super::census::Census;
use super::names::rust;
use super::variables::{Made, Variables};
use super::{
    CallerAuthorization, Credential, Forward, Place, SecurityScheme, TokenEndpoint, TokenGrant,
    Upstream, server,
};
use crate::diagnostic::Diagnostics;
use crate::model::{
    self, CredentialSettings, Declaration, Document, Location, Operation, RequiredScheme,
    SecurityKind,
};

/// Seconds for an upstream call where nothing else is said.
const TIMEOUT: f64 = 30.0;

/// The upstreams, in the order of their tables. `used` tells the operations of a document that
/// became tools; `taken` holds the constants of tools and gets those of upstreams.
pub(super) fn plan(
    declaration: &Declaration,
    used: &[Vec<&Operation>],
    taken: &mut BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) -> Vec<Upstream> {
    let mut types = BTreeSet::new();
    let mut variables = Variables::default();
    let mut upstreams = Vec::new();
    for (document, operations) in declaration.documents.iter().zip(used) {
        let type_name = rust::unique_type(&document.name, "Api", &mut types);
        let constant = rust::unique_constant(&document.name, "API", taken);
        for (name, made) in server::made_variables(document, operations) {
            variables.take(&name, made, diagnostics);
        }
        let schemes = plan_schemes(declaration, document, operations, taken);
        for scheme in &schemes {
            for (name, made) in scheme_variables(document, scheme) {
                variables.take(&name, made, diagnostics);
            }
        }
        let settings = &document.settings;
        let default = declaration.limits.upstream_time.unwrap_or(TIMEOUT);
        upstreams.push(Upstream {
            name: document.name.clone(),
            type_name,
            constant,
            title: super::docs::one_line(&document.api.title),
            base_url: server::base_url(document, operations, diagnostics),
            base_url_variable: server::base_url_variable(document),
            variables: server::variables(document, operations),
            timeout: settings.timeout.unwrap_or(default),
            headers: settings
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            schemes,
            forward: forward(&settings.forward),
            file_root: settings.file_root.clone().unwrap_or_default(),
            validate_output: settings.validate_output,
        });
    }
    upstreams
}

/// An environment variable's name: `BOOKSHOP`.
pub(super) fn variable(name: &str) -> String {
    rust::constant(&rust::snake(name, "api"))
}

fn plan_schemes(
    declaration: &Declaration,
    document: &Document,
    operations: &[&Operation],
    taken: &mut BTreeSet<String>,
) -> Vec<SecurityScheme> {
    // Each scheme with the scopes that any of the operations requires of it.
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for required in operations.iter().flat_map(|operation| operation.security.iter().flatten()) {
        let scopes = used.entry(required.name.as_str()).or_default();
        scopes.extend(required.scopes.iter().map(String::as_str));
    }
    let several = declaration.documents.len() > 1;
    let mut schemes = Vec::new();
    for (name, scheme) in &document.api.security_schemes {
        let (Some(credential), Some(scopes)) = (credential(&scheme.kind), used.get(name.as_str()))
        else {
            continue;
        };
        let wanted = if several { qualified(document, name) } else { name.clone() };
        let own = document.settings.credentials.get(name);
        let variable = scheme_variable(document, name);
        let secret = match own {
            Some(CredentialSettings::Secret(secret)) => secret.clone(),
            _ => format!("${{{variable}}}"),
        };
        schemes.push(SecurityScheme {
            name: name.clone(),
            constant: rust::unique_constant(&wanted, "SCHEME", taken),
            credential,
            secret,
            grant: grant(&scheme.kind, own, scopes, &variable),
        });
    }
    schemes
}

/// The parameters that the server sends itself with an operation: the headers that are declared for
/// its document, and the keys of its security schemes.
pub(super) fn sent(document: &Document, operation: &Operation) -> Vec<(Place, String)> {
    let headers = document.settings.headers.keys().map(|name| (Place::Header, name.clone()));
    let keys = operation.security.iter().flatten().filter_map(|required| {
        let place = match &document.api.security_schemes.get(&required.name)?.kind {
            SecurityKind::ApiKey(Location::Header, name) => (Place::Header, name.clone()),
            SecurityKind::ApiKey(Location::Query, name) => (Place::Query, name.clone()),
            SecurityKind::ApiKey(Location::Cookie, name) => (Place::Cookie, name.clone()),
            _ => return None,
        };
        Some(place)
    });
    headers.chain(keys).collect()
}

/// The variables of a scheme that the declaration does not name.
fn scheme_variables(
    document: &Document,
    scheme: &SecurityScheme,
) -> impl Iterator<Item = (String, Made)> {
    let (table, name) = (&document.name, &scheme.name);
    let variable = scheme_variable(document, name);
    let grant = scheme.grant.as_ref();
    let settings = std::iter::once(("", &scheme.secret)).chain(
        grant
            .into_iter()
            .flat_map(|it| [("_CLIENT_ID", &it.client_id), ("_CLIENT_SECRET", &it.client_secret)]),
    );
    let own = document.settings.credentials.get(name);
    let is_declared = matches!(own, Some(CredentialSettings::Secret(_)));
    let made = settings.filter_map(move |(suffix, setting)| {
        let environment = format!("{variable}{suffix}");
        (!is_declared && *setting == format!("${{{environment}}}")).then_some(environment)
    });
    let span = document.api.security_schemes.get(name).map(|scheme| scheme.span);
    let what = format!("the security scheme `{name}` of [openapi.{table}]");
    let help = format!("name another one: [openapi.{table}.credentials] \"{name}\" = \"${{…}}\"");
    made.map(move |environment| {
        let document = table.clone();
        (environment, Made { document, what: what.clone(), span, help: help.clone() })
    })
}

/// The environment variable of a scheme's secret.
fn scheme_variable(document: &Document, name: &str) -> String {
    variable(&qualified(document, name))
}

/// The name of a scheme that starts with that of its document, which is not said twice.
fn qualified(document: &Document, name: &str) -> String {
    let prefix = format!("{}_", rust::snake(&document.name, "api"));
    let snake = rust::snake(name, "api");
    let rest = snake.strip_prefix(&prefix).filter(|rest| {
        // Said twice it is where another scheme has the shorter name.
        let schemes = document.api.security_schemes.keys();
        !schemes.into_iter().any(|other| rust::snake(other, "api") == **rest)
    });
    format!("{prefix}{}", rest.unwrap_or(&snake))
}

fn forward(declared: &model::Forward) -> Forward {
    let authorization = match &declared.authorization {
        model::CallerAuthorization::Never => CallerAuthorization::Never,
        model::CallerAuthorization::Passthrough => CallerAuthorization::Passthrough,
        model::CallerAuthorization::Exchange(login) => {
            match grant(&SecurityKind::Bearer, Some(login), &BTreeSet::new(), "") {
                Some(grant) => CallerAuthorization::Exchange(grant),
                None => CallerAuthorization::Never,
            }
        }
    };
    let (headers, cookies) = (declared.headers.clone(), declared.cookies.clone());
    Forward { headers, cookies, authorization }
}

/// How the token of a scheme is fetched: by the document, completed by the declaration. None where
/// the secret itself is declared, or where nothing says from where.
fn grant(
    kind: &SecurityKind,
    own: Option<&CredentialSettings>,
    required: &BTreeSet<&str>,
    variable: &str,
) -> Option<TokenGrant> {
    let endpoint = match kind {
        SecurityKind::OAuth2(endpoint) | SecurityKind::OpenIdConnect(endpoint) => endpoint.clone(),
        SecurityKind::Bearer => None,
        _ => return None,
    };
    let mut grant = TokenGrant {
        endpoint: endpoint.clone().unwrap_or_else(|| TokenEndpoint::Url(String::new())),
        client_id: format!("${{{variable}_CLIENT_ID}}"),
        client_secret: format!("${{{variable}_CLIENT_SECRET}}"),
        scopes: required.iter().map(|scope| (*scope).to_owned()).collect(),
        audience: String::new(),
    };
    match own {
        None => endpoint.map(|_| grant),
        Some(CredentialSettings::Secret(_)) => None,
        Some(CredentialSettings::Login {
            client_id,
            client_secret,
            token_url,
            scopes,
            audience,
        }) => {
            if let Some(url) = token_url {
                grant.endpoint = TokenEndpoint::Url(url.clone());
            }
            grant.client_id = client_id.clone().unwrap_or(grant.client_id);
            grant.client_secret = client_secret.clone().unwrap_or(grant.client_secret);
            grant.scopes = scopes.clone().unwrap_or(grant.scopes);
            grant.audience = audience.clone().unwrap_or_default();
            Some(grant)
        }
    }
}

fn credential(kind: &SecurityKind) -> Option<Credential> {
    Some(match kind {
        SecurityKind::ApiKey(Location::Header, name) => Credential::Header(name.clone()),
        SecurityKind::ApiKey(Location::Query, name) => Credential::Query(name.clone()),
        SecurityKind::ApiKey(Location::Cookie, name) => Credential::Cookie(name.clone()),
        SecurityKind::Basic => Credential::Basic,
        SecurityKind::Bearer | SecurityKind::OAuth2(_) | SecurityKind::OpenIdConnect(_) => {
            Credential::Bearer
        }
        SecurityKind::ApiKey(Location::Path | Location::Querystring, _)
        | SecurityKind::Other(_) => return None,
    })
}

/// The alternatives of an operation as indices; those with a scheme that cannot be sent are left
/// out and counted.
pub(super) fn security(
    operation: &Operation,
    upstream: &Upstream,
    census: &mut Census,
) -> Vec<Vec<usize>> {
    let index = |required: &RequiredScheme| {
        upstream.schemes.iter().position(|scheme| scheme.name == required.name)
    };
    let mut alternatives = Vec::new();
    for alternative in &operation.security {
        match alternative.iter().map(index).collect::<Option<Vec<usize>>>() {
            Some(schemes) => alternatives.push(schemes),
            None => census.add("security alternatives that cannot be sent"),
        }
    }
    // Nothing to send at all is the same as no requirement.
    if alternatives.iter().all(Vec::is_empty) {
        alternatives.clear();
    }
    alternatives
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::test_support::{declaration, operation, span};

    #[test]
    fn name_of_the_document_is_said_once() {
        let mut declaration = declaration(Vec::new());
        let document = &mut declaration.documents[0];
        assert_eq!(scheme_variable(document, "OAuth2"), "SHOP_OAUTH2");
        assert_eq!(scheme_variable(document, "ShopKeeperAuth"), "SHOP_KEEPER_AUTH");
        assert_eq!(scheme_variable(document, "shop"), "SHOP_SHOP");
        assert_eq!(scheme_variable(document, "shopper"), "SHOP_SHOPPER");
        let scheme = crate::model::SecurityScheme { span: span(), kind: SecurityKind::Basic };
        document.api.security_schemes.insert("keeper_auth".to_owned(), scheme);
        assert_eq!(scheme_variable(document, "ShopKeeperAuth"), "SHOP_SHOP_KEEPER_AUTH");
        assert_eq!(scheme_variable(document, "keeper_auth"), "SHOP_KEEPER_AUTH");
    }

    #[test]
    fn secret_comes_from_a_variable_named_for_document_and_scheme() {
        let mut operation = operation("GET", "/x", Some("x"));
        let required = |name: &str, scopes: &[&str]| RequiredScheme {
            name: name.to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        };
        operation.security = vec![
            vec![required("apiKey", &[])],
            vec![required("tls", &[])],
            vec![required("oauth", &["write", "read"])],
        ];
        let mut declaration = declaration(vec![operation.clone()]);
        let api = &mut declaration.documents[0].api;
        api.server = Some(crate::plan::test_support::server("https://api.example/v1/"));
        for (name, kind) in [
            ("apiKey", SecurityKind::ApiKey(Location::Header, "X-Key".to_owned())),
            ("tls", SecurityKind::Other("mutualTLS".to_owned())),
            ("unused", SecurityKind::Basic),
            ("oauth", SecurityKind::OAuth2(Some(TokenEndpoint::Url("/oauth/token".to_owned())))),
        ] {
            let scheme = crate::model::SecurityScheme { span: span(), kind };
            api.security_schemes.insert(name.to_owned(), scheme);
        }
        let mut diagnostics = Diagnostics::default();
        let mut taken = BTreeSet::new();
        let found = plan(&declaration, &[vec![&operation]], &mut taken, &mut diagnostics);
        let upstream = &found[0];
        assert_eq!(upstream.base_url, "https://api.example/v1");
        assert_eq!(upstream.base_url_variable, "SHOP_BASE_URL");
        assert_eq!((upstream.type_name.as_str(), upstream.constant.as_str()), ("Shop", "SHOP"));
        let [scheme, oauth] = upstream.schemes.as_slice() else { panic!("two schemes are used") };
        assert_eq!(scheme.constant, "API_KEY");
        assert_eq!(scheme.secret, "${SHOP_API_KEY}");
        assert_eq!(scheme.grant, None);
        let grant = oauth.grant.as_ref().expect("the document has an endpoint");
        assert_eq!(grant.endpoint, TokenEndpoint::Url("/oauth/token".to_owned()));
        assert_eq!(grant.client_id, "${SHOP_OAUTH_CLIENT_ID}");
        assert_eq!(grant.scopes, ["read", "write"]);
        let mut census = Census::default();
        assert_eq!(security(&operation, upstream, &mut census), [[0], [1]]);
        assert_eq!(census.get("security alternatives that cannot be sent"), 1);
        assert!(diagnostics.is_empty());
    }
}

//! The APIs behind the server: Rust names, base URLs, credentials and where their secrets come
//! from.

use std::collections::BTreeSet;

use super::census::Census;
use super::names::rust;
use super::{Credential, SecurityScheme, Upstream};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Declaration, Document, Location, Operation, SecurityKind};

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
    let mut upstreams = Vec::new();
    for (document, operations) in declaration.documents.iter().zip(used) {
        let type_name = rust::unique_type(&document.name, "Api", &mut types);
        let constant = rust::unique_constant(&document.name, "API", taken);
        let schemes = plan_schemes(declaration, document, operations, taken);
        let settings = &document.settings;
        let default = declaration.limits.upstream_time.unwrap_or(TIMEOUT);
        upstreams.push(Upstream {
            name: document.name.clone(),
            type_name,
            constant,
            title: super::docs::one_line(&document.api.title),
            base_url: base_url(document, diagnostics),
            base_url_variable: format!("{}_BASE_URL", variable(&document.name)),
            timeout: settings.timeout.unwrap_or(default),
            headers: settings
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            schemes,
        });
    }
    upstreams
}

/// An environment variable's name: `BOOKSHOP`.
fn variable(name: &str) -> String {
    rust::constant(&rust::snake(name, "api"))
}

fn base_url(document: &Document, diagnostics: &mut Diagnostics) -> String {
    if let Some(url) = &document.settings.base_url {
        return url.trim_end_matches('/').to_owned();
    }
    let url = document.api.server_url.as_deref().unwrap_or_default();
    if url.starts_with("http://") || url.starts_with("https://") {
        return url.trim_end_matches('/').to_owned();
    }
    let why = if url.is_empty() {
        format!("the document `{}` names no server", document.name)
    } else {
        format!(
            "the server `{url}` of `{}` is relative to where the document came from",
            document.name
        )
    };
    let help = format!(
        "set base_url in [openapi.{}], or give --base-url or {}_BASE_URL at start",
        document.name,
        variable(&document.name)
    );
    diagnostics.push(Diagnostic::warning(Code::E0204, why).pointer("/servers").help(help));
    String::new()
}

fn plan_schemes(
    declaration: &Declaration,
    document: &Document,
    operations: &[&Operation],
    taken: &mut BTreeSet<String>,
) -> Vec<SecurityScheme> {
    let used: BTreeSet<&str> = operations
        .iter()
        .flat_map(|operation| operation.security.iter().flatten().map(String::as_str))
        .collect();
    let several = declaration.documents.len() > 1;
    let mut schemes = Vec::new();
    for (name, scheme) in &document.api.security_schemes {
        let (Some(credential), true) = (credential(&scheme.kind), used.contains(name.as_str()))
        else {
            continue;
        };
        let wanted = if several { format!("{} {name}", document.name) } else { name.clone() };
        let own = document.settings.credentials.get(name).cloned();
        let variable = format!("${{{}_{}}}", variable(&document.name), variable(name));
        schemes.push(SecurityScheme {
            name: name.clone(),
            constant: rust::unique_constant(&wanted, "SCHEME", taken),
            credential,
            secret: own.unwrap_or(variable),
        });
    }
    schemes
}

fn credential(kind: &SecurityKind) -> Option<Credential> {
    Some(match kind {
        SecurityKind::ApiKey(Location::Header, name) => Credential::Header(name.clone()),
        SecurityKind::ApiKey(Location::Query, name) => Credential::Query(name.clone()),
        SecurityKind::ApiKey(Location::Cookie, name) => Credential::Cookie(name.clone()),
        SecurityKind::Basic => Credential::Basic,
        SecurityKind::Bearer | SecurityKind::OAuth2 | SecurityKind::OpenIdConnect => {
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
    let index = |name: &String| upstream.schemes.iter().position(|scheme| scheme.name == *name);
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
    fn secret_comes_from_a_variable_named_for_document_and_scheme() {
        let mut operation = operation("GET", "/x", Some("x"));
        operation.security = vec![vec!["apiKey".to_owned()], vec!["tls".to_owned()]];
        let mut declaration = declaration(vec![operation.clone()]);
        let api = &mut declaration.documents[0].api;
        api.server_url = Some("https://api.example/v1/".to_owned());
        for (name, kind) in [
            ("apiKey", SecurityKind::ApiKey(Location::Header, "X-Key".to_owned())),
            ("tls", SecurityKind::Other("mutualTLS".to_owned())),
            ("unused", SecurityKind::Basic),
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
        let [scheme] = upstream.schemes.as_slice() else { panic!("one scheme is used") };
        assert_eq!(scheme.constant, "API_KEY");
        assert_eq!(scheme.secret, "${SHOP_API_KEY}");
        let mut census = Census::default();
        assert_eq!(security(&operation, upstream, &mut census), [[0]]);
        assert_eq!(census.get("security alternatives that cannot be sent"), 1);
        assert!(diagnostics.is_empty());
    }
}

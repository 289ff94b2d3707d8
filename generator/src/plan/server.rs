//! Where requests go: the base URL of an upstream, and the servers that operations have of their
//! own, as settings that are completed at start.

use std::collections::BTreeMap;

use super::upstream::variable;
use super::variables::Made;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{ApiServer, Document, Operation, ServerVariable};

/// The environment variable that overrides the base URL.
pub(super) fn base_url_variable(document: &Document) -> String {
    format!("{}_BASE_URL", variable(&document.name))
}

/// The environment variable that stands for a variable of a server: `SHOP_SERVER_REGION`.
fn environment(document: &Document, name: &str) -> String {
    format!("{}_SERVER_{}", variable(&document.name), variable(name))
}

/// The base URL of a document's upstream; empty where nothing gives one, which is reported.
/// `operations` are those that became tools.
pub(super) fn base_url(
    document: &Document,
    operations: &[&Operation],
    diagnostics: &mut Diagnostics,
) -> String {
    if let Some(url) = &document.settings.base_url {
        note_own_servers(document, operations, diagnostics);
        // What has no operation is requested as it is.
        return match document.api.operations.is_empty() {
            true => url.clone(),
            false => url.trim_end_matches('/').to_owned(),
        };
    }
    let server = document.api.server.as_ref();
    let url = server.map(|server| (server, shown(document, server)));
    if let Some((server, url)) = &url
        && (url.starts_with("http://") || url.starts_with("https://"))
    {
        return setting(document, server).trim_end_matches('/').to_owned();
    }
    // Nobody asks the document's server where every operation has its own.
    let is_needed = |operation: &&&Operation| operation.server.as_ref().is_none_or(is_relative);
    if !operations.is_empty() && operations.iter().find(is_needed).is_none() {
        return String::new();
    }
    let name = &document.name;
    let why = match &url {
        None => format!("the document `{name}` names no server"),
        Some((_, url)) if url.is_empty() => format!("the document `{name}` names no server"),
        Some((_, url)) => {
            format!("the server `{url}` of `{name}` is relative to where the document came from")
        }
    };
    let help = format!(
        "set base_url in [openapi.{name}], or give --base-url or {} at start",
        base_url_variable(document)
    );
    let diagnostic = Diagnostic::warning(Code::E0204, why).pointer("/servers").help(help);
    diagnostics.push(match server {
        Some(server) => diagnostic.at(server.span, ""),
        None => diagnostic,
    });
    String::new()
}

/// Says which operations `base_url` does not concern.
fn note_own_servers(document: &Document, operations: &[&Operation], diagnostics: &mut Diagnostics) {
    let mut others: BTreeMap<&str, (usize, &ApiServer)> = BTreeMap::new();
    for server in operations.iter().filter_map(|operation| operation.server.as_ref()) {
        if !is_relative(server) && !document.settings.servers.contains_key(&server.url) {
            others.entry(&server.url).or_insert((0, server)).0 += 1;
        }
    }
    for (url, (count, server)) in others {
        let them = if count == 1 { "an operation has" } else { "operations have" };
        let message = format!("`base_url` does not move the server `{url}`, which {them}");
        let help = format!(
            "name it too: [openapi.{}.servers] \"{url}\" = \"https://…\"; --base-url and {} move \
             all servers",
            document.name,
            base_url_variable(document)
        );
        let diagnostic = Diagnostic::warning(Code::E0208, message).at(server.span, "").help(help);
        diagnostics.push(diagnostic);
    }
}

/// The server of an operation as a setting; empty where it is that of the upstream.
pub(super) fn own(document: &Document, operation: &Operation) -> String {
    let Some(server) = &operation.server else { return String::new() };
    let chosen = document.settings.servers.get(&server.url);
    chosen.cloned().unwrap_or_else(|| setting(document, server)).trim_end_matches('/').to_owned()
}

fn is_relative(server: &ApiServer) -> bool {
    !server.url.contains("://") && !server.url.starts_with('{')
}

/// The variables of the servers that take one of a few values, by name in the environment.
pub(super) fn variables(
    document: &Document,
    operations: &[&Operation],
) -> Vec<(String, Vec<String>)> {
    let mut found = BTreeMap::new();
    for (name, variable) in called(document, operations).flat_map(|server| &server.variables) {
        if !variable.values.is_empty() {
            found.insert(environment(document, name), variable.values.clone());
        }
    }
    found.into_iter().collect()
}

/// The variables that stand for the base URL and for variables of servers, unless the declaration
/// names others.
pub(super) fn made_variables(
    document: &Document,
    operations: &[&Operation],
) -> Vec<(String, Made)> {
    let table = &document.name;
    let base_url = Made {
        document: table.clone(),
        what: format!("the base URL of [openapi.{table}]"),
        span: document.api.server.as_ref().map(|server| server.span),
        help: "give one of the tables, or what it shares the variable with, another name"
            .to_owned(),
    };
    let mut made = vec![(base_url_variable(document), base_url)];
    for server in called(document, operations) {
        for (name, declared) in &server.variables {
            if value(document, name, declared).is_some_and(|value| value.contains("${")) {
                continue;
            }
            let what = format!("the server variable `{name}` of [openapi.{table}]");
            let help =
                format!("name another one: [openapi.{table}.variables] \"{name}\" = \"${{…}}\"");
            let it = Made { document: table.clone(), what, span: Some(server.span), help };
            made.push((environment(document, name), it));
        }
    }
    made
}

/// The servers of a document that are called as it has them.
fn called<'d>(
    document: &'d Document,
    operations: &'d [&Operation],
) -> impl Iterator<Item = &'d ApiServer> {
    let shared = document.api.server.iter().filter(|_| document.settings.base_url.is_none());
    let own = operations.iter().filter_map(|operation| operation.server.as_ref());
    shared.chain(own.filter(|server| !document.settings.servers.contains_key(&server.url)))
}

/// The URL of a server, each variable from the environment, else from mcp.toml, else its default.
fn setting(document: &Document, server: &ApiServer) -> String {
    server.url_with(|name, declared| {
        let environment = environment(document, name);
        match value(document, name, declared) {
            // It says itself where it comes from.
            Some(value) if value.contains("${") => value.to_owned(),
            Some(value) => format!("${{{environment}:-{value}}}"),
            None => format!("${{{environment}}}"),
        }
    })
}

/// The URL of a server as it is where the environment says nothing.
fn shown(document: &Document, server: &ApiServer) -> String {
    server.url_with(|name, declared| {
        value(document, name, declared).map_or_else(|| format!("{{{name}}}"), str::to_owned)
    })
}

fn value<'d>(document: &'d Document, name: &str, declared: &'d ServerVariable) -> Option<&'d str> {
    let chosen = document.settings.variables.get(name);
    chosen.or(declared.default.as_ref()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::test_support::{declaration, operation, server};

    fn variable(default: Option<&str>, values: &[&str]) -> ServerVariable {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        ServerVariable { default: default.map(str::to_owned), values }
    }

    fn with_server(url: &str) -> Document {
        let mut declaration = declaration(vec![operation("GET", "/x", None)]);
        let mut document = declaration.documents.remove(0);
        let mut server = server(url);
        server.variables.insert("region".to_owned(), variable(Some("eu"), &["eu", "us"]));
        server.variables.insert("tenant".to_owned(), variable(None, &[]));
        document.api.server = Some(server);
        document
    }

    #[track_caller]
    fn check(document: &Document, expected: &str) {
        let mut diagnostics = Diagnostics::default();
        assert_eq!(base_url(document, &[], &mut diagnostics), expected);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
    }

    #[test]
    fn variables_come_from_the_environment() {
        let mut document = with_server("https://{region}.shelf.example/{tenant}/");
        let expected = "https://${SHOP_SERVER_REGION:-eu}.shelf.example/${SHOP_SERVER_TENANT}";
        check(&document, expected);
        let values = vec!["eu".to_owned(), "us".to_owned()];
        assert_eq!(variables(&document, &[]), [("SHOP_SERVER_REGION".to_owned(), values)]);
        document.settings.variables.insert("region".to_owned(), "us".to_owned());
        document.settings.variables.insert("tenant".to_owned(), "${TENANT}".to_owned());
        check(&document, "https://${SHOP_SERVER_REGION:-us}.shelf.example/${TENANT}");
    }

    #[test]
    fn document_asks_for_no_variable_of_the_environment() {
        check(
            &with_server("https://shelf.example/${HOME}"),
            "https://shelf.example/$${SHOP_SERVER_HOME}",
        );
        check(&with_server("https://shelf.example/${HOME"), "https://shelf.example/${HOME");
    }

    #[test]
    fn operation_has_its_own_server() {
        let mut document = with_server("https://shelf.example");
        let mut upload = operation("PUT", "/x", None);
        assert_eq!(own(&document, &upload), "");
        upload.server = Some(server("https://upload.shelf.example/"));
        assert_eq!(own(&document, &upload), "https://upload.shelf.example");
        document.settings.base_url = Some("https://staging.example".to_owned());
        let mut diagnostics = Diagnostics::default();
        base_url(&document, &[&upload], &mut diagnostics);
        assert_eq!(diagnostics.len(), 1);
        let (from, to) = ("https://upload.shelf.example/", "https://${UPLOAD}");
        document.settings.servers.insert(from.to_owned(), to.to_owned());
        assert_eq!(own(&document, &upload), "https://${UPLOAD}");
        let mut diagnostics = Diagnostics::default();
        base_url(&document, &[&upload], &mut diagnostics);
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn document_without_a_server_says_so_unless_nobody_asks() {
        let document = with_server("/v1");
        let mut upload = operation("PUT", "/x", None);
        let count = |operations: &[&Operation]| {
            let mut diagnostics = Diagnostics::default();
            assert_eq!(base_url(&document, operations, &mut diagnostics), "");
            diagnostics.len()
        };
        assert_eq!(count(&[&upload]), 1);
        upload.server = Some(server("https://upload.shelf.example"));
        assert_eq!(count(&[&upload]), 0);
        upload.server = Some(server("/v2"));
        assert_eq!(count(&[&upload]), 1);
    }
}

//! From `mcp.toml` and its documents to one declaration.

mod about;
mod argument;
mod declared_model;
mod files;
mod header;
mod inject;
mod limits;
mod prompt;
mod raw_schema;
mod requires;
mod resource;
mod route;
mod server;
mod tool;
mod types;
mod uri;

use indexmap::IndexMap;

pub use self::files::Contents;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::input::manifest::{
    AnnotationsTable, CallerAuthorizationTable, ComponentWord, CredentialTable, DocumentTable,
    ForwardTable, LoginTable, Manifest, OperationTable, Placed, ResponseWord, RouteMapTable,
    TypedWord, ValidationWord,
};
use crate::model::{
    Annotations, Api, ApiServer, ArgumentSettings, CallerAuthorization, ChosenName,
    CredentialSettings, Declaration, Document, DocumentSettings, Forward, NameRule, Operation,
    OperationSettings, RouteComponent, RouteMap, SecurityKind, Typed, Validation,
};
use crate::source::Span;

/// The methods that a document usually has.
const METHODS: [&str; 9] =
    ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"];

/// Joins a manifest with its documents.
///
/// `documents` have no settings yet; a table whose document could not be read has none, and the
/// reason was reported. What the manifest names has to be in its document (E0306). `contents` are
/// those of [`Manifest::files`].
pub fn manifest(
    name: &str,
    manifest: &Manifest,
    documents: Vec<Document>,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Option<Declaration> {
    let mut result = Declaration {
        name: name.to_owned(),
        server: server::lower(&manifest.server, contents, diagnostics),
        deployment: server::lower_deployment(&manifest.deployment),
        limits: server::lower_limits(&manifest.limits),
        lifespan: manifest.lifespan.as_ref().map(|it| (it.state.value.clone(), it.state.span)),
        documents,
        ..Declaration::default()
    };
    for table in &manifest.documents {
        let document = result.documents.iter_mut().find(|it| it.name == table.name.value);
        match document {
            Some(document) => {
                document.settings = lower_document(table, &document.api, diagnostics);
            }
            None if table.spec.is_none() => {
                let message = format!("[openapi.{}] has no `spec`", table.name.value);
                diagnostics.push(
                    Diagnostic::error(Code::E0303, message)
                        .at(table.name.span, "")
                        .help("name the document: spec = \"openapi.yaml\""),
                );
            }
            // Its document cannot be read, which was reported; what stands here is checked still.
            None => {
                for map in &table.route_maps {
                    let _unused = lower_route_map(map, None, diagnostics);
                }
            }
        }
    }
    let names = declared_model::names(manifest, diagnostics);
    result.models = declared_model::lower(manifest, &names, diagnostics);
    let tools = manifest.tools.iter();
    result.tools = tools.filter_map(|it| tool::lower(it, &names, contents, diagnostics)).collect();
    add_upstreams(manifest, &mut result, diagnostics);
    let maps = manifest.route_maps.iter();
    let maps: Vec<_> = maps.filter_map(|it| lower_route_map(it, None, diagnostics)).collect();
    route::lower_all(&manifest.routes, &maps, &names, &mut result, contents, diagnostics);
    resource::lower_all(&manifest.resources, &names, &mut result, contents, diagnostics);
    let prompts = manifest.prompts.iter();
    result.prompts = prompts
        .filter_map(|it| prompt::lower(it, &names, &result.models, contents, diagnostics))
        .collect();
    if !manifest.declares_components && result.documents.is_empty() {
        diagnostics.push(Diagnostic::error(Code::E0303, "mcp.toml declares no component").help(
            "name a document with [openapi.NAME] spec = \"…\", or declare a [[tool]], a \
                       [[resource]], a [[prompt]] or a [[route]]",
        ));
    }
    Some(result)
}

/// The upstreams without a document, among the documents.
fn add_upstreams(
    manifest: &Manifest,
    declaration: &mut Declaration,
    diagnostics: &mut Diagnostics,
) {
    for table in &manifest.upstreams {
        let name = &table.name;
        let known = manifest.documents.iter().find(|it| it.name.value == name.value);
        if let Some(known) = known {
            let message = format!("two upstreams are called `{}`", name.value);
            diagnostics.push(
                Diagnostic::error(Code::E0307, message)
                    .at(name.span, "one here")
                    .also(known.name.span, "one here")
                    .help("routes can go to the upstream of a document too; or rename one"),
            );
            continue;
        }
        if !manifest.routes.iter().any(|route| {
            route.upstream.as_ref().is_some_and(|upstream| upstream.value == name.value)
        }) {
            let message = format!("no route goes to the upstream `{}`", name.value);
            let help =
                format!("remove it, or name it in a [[route]]: upstream = \"{}\"", name.value);
            diagnostics.push(Diagnostic::error(Code::E0307, message).at(name.span, "").help(help));
        }
        declaration.documents.push(route::document_of(table));
    }
}

fn name_rule(fastmcp: Option<bool>) -> Option<NameRule> {
    fastmcp.map(|fastmcp| if fastmcp { NameRule::Fastmcp } else { NameRule::Mcpwright })
}

fn lower_annotations(table: &AnnotationsTable) -> Annotations {
    Annotations {
        title: table.title.clone(),
        read_only: table.read_only,
        destructive: table.destructive,
        idempotent: table.idempotent,
        open_world: table.open_world,
    }
}

fn lower_document(
    table: &DocumentTable,
    api: &Api,
    diagnostics: &mut Diagnostics,
) -> DocumentSettings {
    for (scheme, credential) in &table.credentials {
        check_credential(scheme, credential, api, diagnostics);
    }
    check_server(table, api, diagnostics);
    check_variables(table, api, diagnostics);
    check_servers(table, api, diagnostics);
    for (id, _) in &table.tools {
        expect_operation(api, &id.value, id.span, diagnostics);
    }
    let mut operations = IndexMap::new();
    for operation in &table.operations {
        expect_operation(api, &operation.id.value, operation.id.span, diagnostics);
        if let Some(given) = table.tools.iter().find(|(id, _)| id.value == operation.id.value)
            && operation.name.is_some()
        {
            let message = format!("`{}` is given two names", operation.id.value);
            let place = operation.name.as_ref().map_or(operation.id.span, |name| name.span);
            diagnostics.push(
                Diagnostic::error(Code::E0307, message)
                    .at(place, "one here")
                    .also(given.1.span, "one here")
                    .help("keep one of the two"),
            );
        }
        let settings = lower_operation(operation);
        operations.insert(operation.id.value.clone(), settings);
    }
    let plain = |pairs: &[(String, Placed<String>)]| {
        pairs.iter().map(|(key, text)| (key.clone(), text.value.clone())).collect()
    };
    DocumentSettings {
        base_url: table.base_url.clone(),
        variables: plain(&table.variables),
        servers: plain(&table.servers),
        namespace: table.namespace.clone(),
        timeout: table.timeout,
        headers: plain(&table.headers),
        credentials: table
            .credentials
            .iter()
            .map(|(scheme, credential)| (scheme.value.clone(), lower_credential(credential)))
            .collect(),
        forward: lower_forward(table, diagnostics),
        file_root: table.file_root.clone(),
        validate_output: match table.validate_output {
            Some(ValidationWord::Strict) => Validation::Strict,
            Some(ValidationWord::Off) => Validation::Off,
            Some(ValidationWord::Warn) | None => Validation::Warn,
        },
        strict: table.strict == Some(true),
        names: name_rule(table.fastmcp_names),
        typed: lower_typed(table, api, diagnostics),
        tools: table.tools.iter().map(|(id, name)| (id.value.clone(), chosen(name))).collect(),
        operations,
        route_maps: table
            .route_maps
            .iter()
            .filter_map(|map| lower_route_map(map, Some(api), diagnostics))
            .collect(),
    }
}

/// The operations with types of their own, each of which the document has.
fn lower_typed(table: &DocumentTable, api: &Api, diagnostics: &mut Diagnostics) -> Typed {
    match &table.typed {
        None | Some(TypedWord::All(false)) => Typed::None,
        Some(TypedWord::All(true)) => Typed::All,
        Some(TypedWord::Some(ids)) => {
            for id in ids {
                expect_operation(api, &id.value, id.span, diagnostics);
            }
            Typed::Some(ids.iter().map(|id| (id.value.clone(), id.span)).collect())
        }
    }
}

/// A credential belongs to a scheme of the document, a login to one that sends a bearer token from
/// an endpoint that is known.
fn check_credential(
    scheme: &Placed<String>,
    credential: &CredentialTable,
    api: &Api,
    diagnostics: &mut Diagnostics,
) {
    let name = &scheme.value;
    let Some(known) = api.security_schemes.get(name) else {
        let message = format!("{} has no security scheme `{name}`", api.source);
        let names = api.security_schemes.keys().map(String::as_str);
        let help = suggestion(name, names, "its schemes are");
        diagnostics.push(absent(message, scheme.span).help(help));
        return;
    };
    let CredentialTable::Login(login) = credential else { return };
    let endpoint = match &known.kind {
        SecurityKind::OAuth2(endpoint) | SecurityKind::OpenIdConnect(endpoint) => {
            endpoint.is_some()
        }
        SecurityKind::Bearer => false,
        _ => {
            let message = format!("the security scheme `{name}` sends no token that is fetched");
            let help = format!("write its secret as a text: {name} = \"${{…}}\"");
            diagnostics
                .push(Diagnostic::error(Code::E0307, message).at(scheme.span, "").help(help));
            return;
        }
    };
    if !endpoint && login.token_url.is_none() {
        let message = format!("the document does not say where tokens for `{name}` come from");
        let help = "add token_url = \"https://…\" beside client_id and client_secret";
        diagnostics.push(Diagnostic::error(Code::E0303, message).at(scheme.span, "").help(help));
    }
}

fn lower_credential(credential: &CredentialTable) -> CredentialSettings {
    match credential {
        CredentialTable::Secret(secret) => CredentialSettings::Secret(secret.clone()),
        CredentialTable::Login(login) => lower_login(login),
    }
}

fn lower_login(login: &LoginTable) -> CredentialSettings {
    let LoginTable { client_id, client_secret, token_url, scopes, audience } = login.clone();
    CredentialSettings::Login { client_id, client_secret, token_url, scopes, audience }
}

fn lower_forward(table: &DocumentTable, diagnostics: &mut Diagnostics) -> Forward {
    let own = table.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let authorization = match &table.forward.authorization {
        None | Some((CallerAuthorizationTable::Never, _)) => CallerAuthorization::Never,
        Some((forwarded, span)) => {
            if let Some((name, value)) = own {
                let message = format!("`{name}` is sent twice: the server's own and the caller's");
                diagnostics.push(
                    Diagnostic::error(Code::E0307, message)
                        .at(*span, "the caller's")
                        .also(value.span, "the server's own")
                        .help("keep one of the two"),
                );
            }
            match forwarded {
                CallerAuthorizationTable::Exchange(login) => {
                    CallerAuthorization::Exchange(lower_login(login))
                }
                _ => CallerAuthorization::Passthrough,
            }
        }
    };
    let ForwardTable { headers, cookies, .. } = table.forward.clone();
    Forward { headers, cookies, authorization }
}

/// The servers of a document: its own, and those of single operations.
fn servers(api: &Api) -> impl Iterator<Item = &ApiServer> {
    api.server.iter().chain(api.operations.iter().filter_map(|it| it.server.as_ref()))
}

/// Values of server variables: those that the document knows, in the URL as it is.
fn check_variables(table: &DocumentTable, api: &Api, diagnostics: &mut Diagnostics) {
    for (name, value) in &table.variables {
        let declared = servers(api).find_map(|server| server.variables.get(name));
        let is_named = || servers(api).any(|server| server.url.contains(&format!("{{{name}}}")));
        if declared.is_none() && !is_named() {
            let message = format!("{} has no server variable `{name}`", api.source);
            let known = servers(api).flat_map(|server| server.variables.keys());
            let mut known: Vec<&str> = known.map(String::as_str).collect();
            known.sort_unstable();
            known.dedup();
            let help = suggestion(name, known.into_iter(), "its variables are");
            diagnostics.push(absent(message, value.span).help(help));
            continue;
        }
        let text = &value.value;
        let values = declared.map(|variable| variable.values.as_slice()).unwrap_or_default();
        let out_of_values = !values.is_empty() && !values.contains(text);
        if text.contains("${") {
            continue;
        } else if text.contains(['$', '{', '}']) {
            let message = format!("`{text}` cannot be a part of a URL");
            let help = "write the value, or `${NAME}` for one from the environment";
            diagnostics.push(Diagnostic::error(Code::E0307, message).at(value.span, "").help(help));
        } else if out_of_values {
            let message = format!("the server variable `{name}` does not take `{text}`");
            let help = format!("it takes {}", values.join(", "));
            diagnostics.push(Diagnostic::error(Code::E0307, message).at(value.span, "").help(help));
        }
    }
}

/// The server that is called: one of the document, and the only word about it.
fn check_server(table: &DocumentTable, api: &Api, diagnostics: &mut Diagnostics) {
    let Some(wanted) = &table.server else { return };
    if table.base_url.is_some() {
        let message = "`server` chooses one of the document, and `base_url` replaces it";
        diagnostics.push(
            Diagnostic::error(Code::E0307, message).at(wanted.span, "").help("keep one of the two"),
        );
    }
    if api.servers.iter().any(|server| server.is(&wanted.value)) {
        return;
    }
    let message = format!("{} has no server `{}`", api.source, wanted.value);
    let known: Vec<String> = api
        .servers
        .iter()
        .map(|server| {
            let called = server.name.as_deref().or(server.description.as_deref());
            called.map_or_else(
                || format!("`{}`", server.url),
                |called| format!("`{}` ({})", server.url, called.trim()),
            )
        })
        .collect();
    let help = if known.is_empty() {
        "it names none: set base_url".to_owned()
    } else {
        format!("it has {}", known.join(", "))
    };
    diagnostics.push(absent(message, wanted.span).help(help));
}

/// Servers that are replaced: those of single operations.
fn check_servers(table: &DocumentTable, api: &Api, diagnostics: &mut Diagnostics) {
    let own = || api.operations.iter().filter_map(|it| it.server.as_ref());
    for (url, value) in &table.servers {
        if own().any(|server| server.url == *url) {
            continue;
        }
        let message = format!("no operation of {} has the server `{url}` of its own", api.source);
        let mut known: Vec<&str> = own().map(|server| server.url.as_str()).collect();
        known.sort_unstable();
        known.dedup();
        let is_shared = api.server.as_ref().is_some_and(|server| server.url == *url);
        let help = if is_shared {
            "it is the server of the document: set base_url".to_owned()
        } else {
            suggestion(url, known.into_iter(), "servers of operations are")
        };
        diagnostics.push(absent(message, value.span).help(help));
    }
}

fn absent(message: String, span: Span) -> Diagnostic {
    Diagnostic::error(Code::E0306, message).at(span, "")
}

fn chosen(name: &Placed<String>) -> ChosenName {
    ChosenName { name: name.value.clone(), span: name.span }
}

/// Reports an operation that the document does not have: neither its id nor its route.
fn expect_operation(api: &Api, id: &str, span: Span, diagnostics: &mut Diagnostics) {
    let id_of = |it: &'_ Operation| it.operation_id.as_ref().map(|(id, _)| id.clone());
    let route_of = |it: &'_ Operation| format!("{} {}", it.method, it.path);
    let is_meant = |it: &Operation| {
        it.operation_id.as_ref().is_some_and(|(known, _)| known == id) || route_of(it) == id
    };
    // That an operation is left out was said, and costs no more than the operation.
    if api.operations.iter().any(is_meant) || api.left_out.iter().any(|known| known == id) {
        return;
    }
    let message = format!("{} has no operation `{id}`", api.source);
    // A route is compared with routes, so that a misspelt path finds its like.
    let known: Vec<String> = if id.contains(" /") {
        api.operations.iter().map(route_of).collect()
    } else {
        api.operations.iter().map(|it| id_of(it).unwrap_or_else(|| route_of(it))).collect()
    };
    let intro = "operations are named by their operationId or as \"GET /path\", such as";
    let help = suggestion(id, known.iter().map(String::as_str), intro);
    diagnostics.push(absent(message, span).help(help));
}

/// A known word like the given one, else a few of the known words.
fn suggestion<'w>(given: &str, known: impl Iterator<Item = &'w str>, intro: &str) -> String {
    let known: Vec<&str> = known.collect();
    match near(given, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if !known.is_empty() => {
            let some: Vec<String> = known.iter().take(5).map(|word| format!("`{word}`")).collect();
            format!("{intro} {}", some.join(", "))
        }
        None => "the document has none that could be named".to_owned(),
    }
}

/// What a table says about an operation. Whether the operation has its arguments is known when
/// they are planned.
fn lower_operation(table: &OperationTable) -> OperationSettings {
    let mut arguments = IndexMap::new();
    for argument in &table.arguments {
        let settings = ArgumentSettings {
            span: Some(argument.wire.span),
            name: argument.name.as_ref().map(chosen),
            description: argument.description.clone(),
            default: argument.default.as_ref().map(|default| default.value.clone()),
            default_span: argument.default.as_ref().map(|default| default.span),
            hide: argument.hide == Some(true),
            examples: argument.examples.clone(),
        };
        arguments.insert(argument.wire.value.clone(), settings);
    }
    OperationSettings {
        span: Some(table.id.span),
        name: table.name.as_ref().map(chosen),
        title: table.title.clone(),
        description: table.description.clone(),
        annotations: lower_annotations(&table.annotations),
        tags: table.tags.clone(),
        component: table.component.as_ref().map(|it| (lower_component(it.value), it.span)),
        arguments,
        timeout: table.timeout,
        body: table.body.as_ref().map(|body| (body.value.clone(), body.span)),
        typed: table.response.as_ref().map(|it| (it.value == ResponseWord::Typed, it.span)),
    }
}

fn lower_component(word: ComponentWord) -> RouteComponent {
    match word {
        ComponentWord::Tool => RouteComponent::Tool,
        ComponentWord::Resource => RouteComponent::Resource,
        ComponentWord::Template => RouteComponent::Template,
        ComponentWord::Exclude => RouteComponent::Exclude,
    }
}

/// A rule; `None` where what it does could not be read, which was reported. Without the document,
/// only the usual methods are known.
fn lower_route_map(
    table: &RouteMapTable,
    api: Option<&Api>,
    diagnostics: &mut Diagnostics,
) -> Option<RouteMap> {
    let methods: Vec<String> =
        table.methods.iter().map(|method| method.value.to_ascii_uppercase()).collect();
    for (method, placed) in methods.iter().zip(&table.methods) {
        let mut in_document = api.into_iter().flat_map(|api| &api.operations);
        if !METHODS.contains(&method.as_str()) && !in_document.any(|it| it.method == *method) {
            let message = format!("`{}` is not a method", placed.value);
            let help = match near(method, METHODS.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("methods are {}; without `methods` all match", METHODS.join(", ")),
            };
            diagnostics
                .push(Diagnostic::error(Code::E0307, message).at(placed.span, "").help(help));
        }
    }
    let component = table.component.as_ref()?;
    Some(RouteMap {
        methods,
        pattern: table.pattern.clone(),
        tags: table.tags.clone(),
        component: lower_component(component.value),
        span: Some(component.span),
        add_tags: table.add_tags.clone(),
    })
}

//! From `mcp.toml` and its documents to one declaration.

mod types;

use indexmap::IndexMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::{
    AnnotationsTable, ArgumentDeclaration, DeploymentTable, DocumentTable, LimitsTable, Manifest,
    OperationTable, Placed, RouteMapTable, ServerTable, ToolTable,
};
use crate::model::{
    Annotations, Api, ArgumentSettings, Declaration, DeclaredArgument, DeclaredTool, Deployment,
    Document, DocumentSettings, Limits, NameRule, OperationSettings, RouteComponent, RouteMap,
    Server, Transport,
};
use crate::source::Span;

/// Joins a manifest with its documents.
///
/// `documents` have no settings yet; a table whose document could not be read has none, and the
/// reason was reported. What the manifest names has to be in its document (E0306).
pub fn manifest(
    name: &str,
    manifest: &Manifest,
    documents: Vec<Document>,
    diagnostics: &mut Diagnostics,
) -> Option<Declaration> {
    let mut result = Declaration {
        name: name.to_owned(),
        server: lower_server(&manifest.server),
        deployment: lower_deployment(&manifest.deployment),
        limits: lower_limits(&manifest.limits),
        documents,
        tools: Vec::new(),
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
            None => {}
        }
    }
    result.tools = manifest.tools.iter().filter_map(|it| lower_tool(it, diagnostics)).collect();
    if manifest.documents.is_empty() && result.documents.is_empty() && manifest.tools.is_empty() {
        diagnostics.push(
            Diagnostic::error(Code::E0303, "mcp.toml declares no component")
                .help("name a document with [openapi.NAME] spec = \"…\", or declare a [[tool]]"),
        );
    }
    Some(result)
}

fn lower_server(table: &ServerTable) -> Server {
    Server {
        name: table.name.clone(),
        version: table.version.clone(),
        title: table.title.clone(),
        description: table.description.clone(),
        instructions: table.instructions.as_ref().map(|text| text.trim().to_owned()),
        website_url: table.website_url.clone(),
        mask_error_details: table.mask_error_details == Some(true),
        strict_input_validation: table.strict_input_validation == Some(true),
        hide_component_meta: table.component_meta == Some(false),
        names: name_rule(table.fastmcp_names).unwrap_or_default(),
        include_tags: table.include_tags.clone(),
        exclude_tags: table.exclude_tags.clone(),
    }
}

fn name_rule(fastmcp: Option<bool>) -> Option<NameRule> {
    fastmcp.map(|fastmcp| if fastmcp { NameRule::Fastmcp } else { NameRule::Mcpwright })
}

fn lower_deployment(table: &DeploymentTable) -> Deployment {
    Deployment {
        transport: table.http.map(|http| if http { Transport::Http } else { Transport::Stdio }),
        host: table.host.clone(),
        port: table.port,
        path: table.path.clone(),
        log_level: table.log_level.clone(),
        stateless: table.stateless,
        allowed_hosts: table.allowed_hosts.clone(),
        allowed_origins: table.allowed_origins.clone(),
        allow_unauthenticated: table.allow_unauthenticated,
    }
}

fn lower_limits(table: &LimitsTable) -> Limits {
    Limits {
        request_body: table.request_body,
        json_depth: table.json_depth,
        headers: table.headers,
        in_flight: table.in_flight,
        tool_time: table.tool_time,
        upstream_time: table.upstream_time,
        upstream_response: table.upstream_response,
        sessions: table.sessions,
        session_idle: table.session_idle,
    }
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
    for (scheme, secret) in &table.credentials {
        let known = api.security_schemes.keys().map(String::as_str);
        if !api.security_schemes.contains_key(scheme) {
            let message = format!("{} has no security scheme `{scheme}`", api.source);
            let help = suggestion(scheme, known, "its schemes are");
            diagnostics.push(absent(message, secret.span).help(help));
        }
    }
    for (id, name) in &table.tools {
        expect_operation(api, id, name.span, diagnostics);
    }
    let mut operations = IndexMap::new();
    for operation in &table.operations {
        expect_operation(api, &operation.id.value, operation.id.span, diagnostics);
        if let Some(given) = table.tools.iter().find(|(id, _)| *id == operation.id.value)
            && operation.name.is_some()
        {
            let message = format!("`{}` is given two names", operation.id.value);
            diagnostics.push(
                Diagnostic::error(Code::E0307, message)
                    .at(operation.id.span, "has a `name` here")
                    .also(given.1.span, "and a name here")
                    .help("keep one of the two"),
            );
        }
        let settings = lower_operation(operation, api, diagnostics);
        operations.insert(operation.id.value.clone(), settings);
    }
    let plain = |pairs: &[(String, Placed<String>)]| {
        pairs.iter().map(|(key, text)| (key.clone(), text.value.clone())).collect()
    };
    DocumentSettings {
        base_url: table.base_url.clone(),
        namespace: table.namespace.clone(),
        timeout: table.timeout,
        headers: plain(&table.headers),
        credentials: plain(&table.credentials),
        strict: table.strict == Some(true),
        names: name_rule(table.fastmcp_names),
        tools: plain(&table.tools),
        operations,
        route_maps: table
            .route_maps
            .iter()
            .filter_map(|map| lower_route_map(map, diagnostics))
            .collect(),
    }
}

fn absent(message: String, span: Span) -> Diagnostic {
    Diagnostic::error(Code::E0306, message).at(span, "")
}

/// Reports an operation id that the document does not have.
fn expect_operation(api: &Api, id: &str, span: Span, diagnostics: &mut Diagnostics) {
    let known = || api.operations.iter().filter_map(|it| Some(it.operation_id.as_ref()?.0.as_str()));
    if known().any(|known| known == id) {
        return;
    }
    let message = format!("{} has no operation `{id}`", api.source);
    let help = suggestion(id, known(), "operations are named by their operationId, such as");
    diagnostics.push(absent(message, span).help(help));
}

/// A known word like the given one, else a few of the known words.
fn suggestion<'w>(given: &str, known: impl Iterator<Item = &'w str>, intro: &str) -> String {
    let known: Vec<&str> = known.collect();
    let likeness = |word: &&str| strsim::jaro_winkler(given, word);
    let near = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match near {
        Some(near) if likeness(near) > 0.8 => format!("did you mean `{near}`?"),
        Some(_) => {
            let some: Vec<String> = known.iter().take(5).map(|word| format!("`{word}`")).collect();
            format!("{intro} {}", some.join(", "))
        }
        None => "the document has none that could be named".to_owned(),
    }
}

fn lower_operation(
    table: &OperationTable,
    api: &Api,
    diagnostics: &mut Diagnostics,
) -> OperationSettings {
    let _ = api;
    let mut arguments = IndexMap::new();
    for argument in &table.arguments {
        let hide = argument.hide.as_ref().is_some_and(|hide| hide.value);
        if hide && argument.default.is_none() {
            let message = format!("`{}` is hidden and has no default", argument.wire.value);
            let span = argument.hide.as_ref().map_or(argument.wire.span, |hide| hide.span);
            diagnostics.push(
                Diagnostic::error(Code::E0303, message)
                    .at(span, "what should be sent?")
                    .help("add the value that is always sent: default = …"),
            );
        }
        let settings = ArgumentSettings {
            name: argument.name.clone(),
            description: argument.description.clone(),
            default: argument.default.clone(),
            hide,
            examples: argument.examples.clone(),
        };
        arguments.insert(argument.wire.value.clone(), settings);
    }
    OperationSettings {
        span: Some(table.id.span),
        name: table.name.clone(),
        title: table.title.clone(),
        description: table.description.clone(),
        annotations: lower_annotations(&table.annotations),
        tags: table.tags.clone(),
        exclude: table.exclude == Some(true),
        arguments,
        timeout: table.timeout,
    }
}

fn lower_route_map(table: &RouteMapTable, diagnostics: &mut Diagnostics) -> Option<RouteMap> {
    let Some(exclude) = table.exclude else {
        // A value that cannot be read was reported when it was.
        if !diagnostics.has_errors() {
            diagnostics.push(
                Diagnostic::error(Code::E0303, "a route_map does not say what operations become")
                    .at(table.span, "this one")
                    .help("add a line: as = \"tool\" or as = \"exclude\""),
            );
        }
        return None;
    };
    if let Some(pattern) = &table.pattern
        && let Err(error) = regex_lite::Regex::new(&pattern.value)
    {
        let message = format!("the pattern of a route_map cannot be used: {error}");
        diagnostics.push(
            Diagnostic::error(Code::E0307, message)
                .at(pattern.span, "")
                .help("it is a regular expression without look-around and back-references"),
        );
        return None;
    }
    Some(RouteMap {
        methods: table.methods.iter().map(|method| method.to_uppercase()).collect(),
        pattern: table.pattern.as_ref().map(|pattern| pattern.value.clone()),
        tags: table.tags.clone(),
        component: if exclude { RouteComponent::Exclude } else { RouteComponent::Tool },
        add_tags: table.add_tags.clone(),
    })
}

fn lower_tool(table: &ToolTable, diagnostics: &mut Diagnostics) -> Option<DeclaredTool> {
    let arguments: Vec<_> =
        table.arguments.iter().map(|it| lower_argument(it, diagnostics)).collect();
    let returns = table.returns.as_ref().map(|it| types::lower(it, diagnostics));
    Some(DeclaredTool {
        span: table.name.span,
        name: table.name.value.clone(),
        title: table.title.clone(),
        description: table.description.clone(),
        arguments: arguments.into_iter().collect::<Option<_>>()?,
        returns: match returns {
            None => None,
            Some(returns) => Some(returns?),
        },
        annotations: lower_annotations(&table.annotations),
        tags: table.tags.clone(),
        timeout: table.timeout,
    })
}

fn lower_argument(
    table: &ArgumentDeclaration,
    diagnostics: &mut Diagnostics,
) -> Option<DeclaredArgument> {
    let ty = types::lower(&table.ty, diagnostics)?;
    if let Some(pattern) = &table.pattern
        && let Err(error) = regex_lite::Regex::new(&pattern.value)
    {
        let message = format!("the pattern of `{}` cannot be used: {error}", table.name.value);
        diagnostics.push(
            Diagnostic::error(Code::E0307, message)
                .at(pattern.span, "")
                .help("it is a regular expression without look-around and back-references"),
        );
    }
    Some(DeclaredArgument {
        span: table.name.span,
        name: table.name.value.clone(),
        ty,
        default: table.default.clone(),
        description: table.description.clone(),
        title: table.title.clone(),
        examples: table.examples.clone(),
        deprecated: table.deprecated,
        minimum: table.ge.clone(),
        maximum: table.le.clone(),
        exclusive_minimum: table.gt.clone(),
        exclusive_maximum: table.lt.clone(),
        multiple_of: table.multiple_of.clone(),
        min_length: table.min_length,
        max_length: table.max_length,
        pattern: table.pattern.as_ref().map(|pattern| pattern.value.clone()),
    })
}

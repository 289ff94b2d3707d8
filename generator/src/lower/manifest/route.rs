//! `[[route]]`: to an operation of an upstream, or to a tool that is an HTTP operation too.

mod operation;
mod parameter;
mod path;
mod schema;

pub(super) use self::operation::document as document_of;
use super::about;
use super::argument::{self, refuse_completion};
use super::files::Contents;
use super::inject;
use super::resource::{refuse_exempt, security};
use super::types::{self, Names};
use super::{chosen, lower_annotations, lower_component, suggestion};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::{BodyDeclaration, Placed, RouteTable};
use crate::model::{
    ArgumentType, Declaration, DeclaredArgument, DeclaredModel, DeclaredRoute, DeclaredTool,
    Document, Location, ModelShape, OperationSettings, RouteComponent, RouteMap, RoutePart,
    RouteRule, RouteSource, Task, UriPart,
};
use crate::source::Span;

/// A route whose parts are read, before it goes anywhere.
struct Route<'t> {
    table: &'t RouteTable,
    method: &'static str,
    span: Span,
    /// The path without the types of its variables.
    path: String,
    parts: Vec<UriPart>,
    parameters: Vec<(DeclaredArgument, Location)>,
    body: Option<Body>,
    returns: Option<ArgumentType>,
    status: u16,
    tags: Vec<String>,
    /// What it becomes for clients of MCP, and where the declaration says so.
    component: (RouteComponent, Span),
}

/// A body.
enum Body {
    /// The properties of an object.
    Fields(Vec<DeclaredArgument>),
    /// One value.
    Whole(Box<DeclaredArgument>),
}

/// Where a route goes.
enum Target<'t> {
    Handler,
    Upstream(&'t Placed<String>),
}

/// Lowers all routes into the declaration: those of upstreams to operations of its documents, those of
/// handlers to its tools.
pub(super) fn lower_all(
    tables: &[RouteTable],
    maps: &[RouteMap],
    names: &Names,
    declaration: &mut Declaration,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) {
    let rules: Vec<_> = maps.iter().filter_map(RouteRule::new).collect();
    let mut served: Vec<(&'static str, Vec<UriPart>, Span)> = Vec::new();
    let endpoint = declaration.deployment.path.clone().unwrap_or_else(|| "/mcp".to_owned());
    for table in tables {
        let route = lower(table, &rules, names, &declaration.models, diagnostics);
        let target = target(table, diagnostics);
        let about = about::lower(
            &table.about,
            table.handler.clone().or_else(|| Some(unnamed(table))),
            contents,
            diagnostics,
        );
        let (Some(route), Some(target), Some(about)) = (route, target, about) else { continue };
        if table.about.disabled {
            let of_handler =
                matches!(target, Target::Handler).then(|| tool(&route, about, diagnostics));
            declaration.disabled_routes.extend(of_handler);
            continue;
        }
        match target {
            Target::Upstream(name) => {
                let Some(document) = document(&mut declaration.documents, name, diagnostics) else {
                    continue;
                };
                refuse_rest(&route, diagnostics);
                operation::add(&route, &declaration.models, document, diagnostics);
            }
            Target::Handler => {
                path::refuse_taken(&route, &endpoint, &served, diagnostics);
                served.push((route.method, route.parts.clone(), route.span));
                refuse_security(&route, diagnostics);
                declaration.tools.push(tool(&route, about, diagnostics));
            }
        }
    }
}

/// What stands for the name of a route that has neither a name nor a handler.
fn unnamed(table: &RouteTable) -> Placed<String> {
    Placed { value: String::new(), span: table.about.span }
}

fn lower<'t>(
    table: &'t RouteTable,
    rules: &[RouteRule<'_>],
    names: &Names,
    models: &[DeclaredModel],
    diagnostics: &mut Diagnostics,
) -> Option<Route<'t>> {
    let arguments: Vec<_> = table.parameters.iter().map(|(argument, _)| argument.clone()).collect();
    let parameters = argument::lower_all(&arguments, names, diagnostics);
    let body = lower_body(table, names, models, diagnostics);
    let returns = types::lower_optional(table.returns.as_ref(), names, diagnostics);
    let (method, placed) = table.path.as_ref()?;
    let (path, parts) = path::parse(placed, diagnostics)?;
    let parameters = parameter::place(table, parameters?, &parts, placed, diagnostics)?;
    if let Some(body) = &table.body {
        refuse_body(method, body.span, diagnostics);
    }
    let returns = returns?;
    let status = table.status.as_ref().map_or(200, |status| status.value);
    if let (Some(status), Some(ty)) = (&table.status, &table.returns)
        && matches!(status.value, 204 | 205)
        && returns != Some(ArgumentType::None)
    {
        let message = format!("an answer with status {} has no body", status.value);
        diagnostics.push(
            Diagnostic::error(Code::E0307, message)
                .at(status.span, "")
                .also(ty.span, "the body")
                .help("leave `returns` out, or choose another status such as 200"),
        );
    }
    let mut tags = table.about.tags.clone();
    let rule = rules.iter().find(|rule| rule.matches(method, &path, &tags));
    tags.extend(rule.iter().flat_map(|rule| rule.map.add_tags.iter().cloned()));
    let said = table.component.as_ref().map(|it| (lower_component(it.value), it.span));
    let ruled = || rule.map(|rule| (rule.map.component, rule.map.span.unwrap_or(placed.span)));
    let component = said.or_else(ruled).unwrap_or((RouteComponent::Tool, placed.span));
    Some(Route {
        table,
        method,
        span: placed.span,
        path,
        parts,
        parameters,
        body: body?,
        returns,
        status,
        tags,
        component,
    })
}

fn lower_body(
    table: &RouteTable,
    names: &Names,
    models: &[DeclaredModel],
    diagnostics: &mut Diagnostics,
) -> Option<Option<Body>> {
    let Some(body) = &table.body else { return Some(None) };
    Some(Some(match &body.value {
        BodyDeclaration::Fields(fields) => {
            refuse_completion(fields, diagnostics);
            Body::Fields(argument::lower_all(fields, names, diagnostics)?)
        }
        BodyDeclaration::Whole(ty) => {
            let ty = types::lower(ty, names, diagnostics)?;
            match fields_of(&ty, models) {
                Some(fields) => Body::Fields(fields.to_vec()),
                None => Body::Whole(Box::new(DeclaredArgument::required("body", body.span, ty))),
            }
        }
    }))
}

/// The fields of a model: a body that is one is declared by them.
fn fields_of<'m>(ty: &ArgumentType, models: &'m [DeclaredModel]) -> Option<&'m [DeclaredArgument]> {
    let ArgumentType::Model(name) = ty else { return None };
    match &models.iter().find(|model| model.name == *name)?.shape {
        ModelShape::Fields(fields) if !fields.is_empty() => Some(fields),
        ModelShape::Fields(_) | ModelShape::Values(_) => None,
    }
}

fn refuse_body(method: &str, span: Span, diagnostics: &mut Diagnostics) {
    if matches!(method, "GET" | "HEAD" | "OPTIONS") {
        let message = format!("a {method} request has no body");
        let help = "declare what it takes in `params`, or choose another method such as post";
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(span, "").help(help));
    }
}

fn target<'t>(table: &'t RouteTable, diagnostics: &mut Diagnostics) -> Option<Target<'t>> {
    match (&table.handler, &table.upstream) {
        (Some(handler), None) => {
            if let Some(name) = &table.about.name {
                let message = "`name` has no place beside `handler`, which is the name";
                diagnostics.push(
                    Diagnostic::error(Code::E0307, message)
                        .at(name.span, "")
                        .also(handler.span, "the name")
                        .help("leave it out, or call the handler like this"),
                );
            }
            Some(Target::Handler)
        }
        (None, Some(upstream)) => Some(Target::Upstream(upstream)),
        (Some(handler), Some(upstream)) => {
            let message = "a route has both a handler and an upstream";
            diagnostics.push(
                Diagnostic::error(Code::E0307, message)
                    .at(upstream.span, "the upstream")
                    .also(handler.span, "the handler")
                    .help("keep one of the two: a handler can call the upstream itself"),
            );
            None
        }
        (None, None) => {
            let message = "nothing answers a [[route]]: it has no `handler` and no `upstream`";
            diagnostics.push(
                Diagnostic::error(Code::E0303, message)
                    .at(table.about.span, "this one")
                    .help("name the method that answers it, handler = \"get_user\", or the API"),
            );
            None
        }
    }
}

/// The document of the upstream that a route names.
fn document<'d>(
    documents: &'d mut [Document],
    name: &Placed<String>,
    diagnostics: &mut Diagnostics,
) -> Option<&'d mut Document> {
    let Some(index) = documents.iter().position(|document| document.name == name.value) else {
        let known = documents.iter().map(|document| document.name.as_str());
        let message = format!("there is no upstream `{}`", name.value);
        let help = if documents.is_empty() {
            format!("declare it: [upstream.{}] base_url = \"https://…\"", name.value)
        } else {
            suggestion(&name.value, known, "upstreams are")
        };
        diagnostics.push(Diagnostic::error(Code::E0306, message).at(name.span, "").help(help));
        return None;
    };
    documents.get_mut(index)
}

/// What only a handler can do.
fn refuse_rest(route: &Route<'_>, diagnostics: &mut Diagnostics) {
    let mut refuse = |what: &str, span: Span| {
        let message = format!("{what} has no meaning for a route of an upstream");
        let help = "remove it, or answer the route with a handler";
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(span, "").help(help));
    };
    if let Some((first, _)) = route.table.responses.first() {
        refuse("`responses`", first.span);
    }
    if route.table.blocking {
        refuse("`blocking`", route.table.about.span);
    }
    if let Some(first) = route.table.inject.first() {
        refuse("`inject`", first.name.span);
    }
    if let Some(security) = &route.table.security {
        refuse("`security`", security.span);
    }
    if route.parts.iter().any(|part| matches!(part, UriPart::Rest(_))) {
        refuse("a variable for several parts of a path", route.span);
    }
}

/// Reports a `security` that no template asks for, and exceptions that are no variables.
fn refuse_security(route: &Route<'_>, diagnostics: &mut Diagnostics) {
    let Some(security) = &route.table.security else { return };
    if !matches!(route.component.0, RouteComponent::Template | RouteComponent::Resource) {
        let message = "`security` is for routes that are templates for clients of MCP";
        let help = "write as = \"template\", or remove it";
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(security.span, "").help(help));
        return;
    }
    let variables: Vec<&str> =
        route.parameters.iter().map(|(parameter, _)| parameter.name.as_str()).collect();
    refuse_exempt(&security.value, &format!("`{}`", route.path), &variables, diagnostics);
}

/// The tool that answers a route; parameters come first, as in the path, then the body, then what is
/// injected and has no place in a request.
fn tool(
    route: &Route<'_>,
    about: crate::model::About,
    diagnostics: &mut Diagnostics,
) -> DeclaredTool {
    let table = route.table;
    let mut arguments = Vec::new();
    let mut sources = Vec::new();
    let is_property = |name: &str| match &route.body {
        Some(Body::Fields(fields)) => fields.iter().any(|field| field.name == name),
        Some(Body::Whole(whole)) => whole.name == name,
        None => false,
    };
    for (parameter, location) in &route.parameters {
        let mut argument = parameter.clone();
        let wire = match location {
            Location::Header => parameter.name.replace('_', "-").to_ascii_lowercase(),
            _ => parameter.name.clone(),
        };
        if is_property(&argument.name) {
            argument.name = format!("{}__{}", argument.name, location_word(*location));
        }
        arguments.push(argument);
        sources.push(RouteSource { part: RoutePart::Parameter(*location), wire });
    }
    match &route.body {
        Some(Body::Fields(fields)) => {
            for field in fields {
                let source = RouteSource { part: RoutePart::Property, wire: field.name.clone() };
                arguments.push(field.clone());
                sources.push(source);
            }
        }
        Some(Body::Whole(whole)) => {
            arguments.push((**whole).clone());
            sources.push(RouteSource { part: RoutePart::Body, wire: String::new() });
        }
        None => {}
    }
    inject::lower(&table.inject, &mut arguments, diagnostics);
    refuse_injected(route, &arguments, &sources, diagnostics);
    let injected = || RouteSource { part: RoutePart::Injected, wire: String::new() };
    sources.resize_with(arguments.len(), injected);
    for (argument, source) in arguments.iter().zip(&mut sources) {
        if argument.injected.is_some() {
            *source = injected();
        }
    }
    let mut about = about;
    let description = about.description.clone();
    about.description = description.clone().or_else(|| table.summary.clone());
    about.tags.clone_from(&route.tags);
    let declared = DeclaredRoute {
        span: route.span,
        method: route.method.to_owned(),
        path: route.path.clone(),
        parts: route.parts.clone(),
        sources,
        status: route.status,
        responses: table.responses.iter().map(|(it, text)| (it.value, text.clone())).collect(),
        summary: table.summary.clone(),
        description,
        deprecated: table.deprecated,
        security: table.security.as_ref().map(|it| security(&it.value)),
        component: route.component.0,
        said_at: route.component.1,
    };
    DeclaredTool {
        about,
        arguments,
        input_schema: None,
        output_schema: None,
        returns: route.returns.clone(),
        annotations: lower_annotations(&table.annotations),
        timeout: table.timeout,
        requires: Vec::new(),
        task: Task::default(),
        headers: Vec::new(),
        blocking: table.blocking,
        examples: Vec::new(),
        route: Some(Box::new(declared)),
    }
}

/// Reports injected arguments that have a place in requests all the same: variables of the path, and those
/// with an `in`.
fn refuse_injected(
    route: &Route<'_>,
    arguments: &[DeclaredArgument],
    sources: &[RouteSource],
    diagnostics: &mut Diagnostics,
) {
    for (argument, source) in arguments.iter().zip(sources) {
        let Some(inject) = route.table.inject.iter().find(|it| it.name.value == argument.name)
        else {
            continue;
        };
        let given = route.table.parameters.iter().find(|(it, _)| it.name.value == argument.name);
        let place = given.and_then(|(_, place)| place.as_ref());
        let name = &argument.name;
        let (message, span, help) = if source.part == RoutePart::Parameter(Location::Path) {
            let help = "clients write it into the path: inject an argument of another name";
            (format!("`{name}` is injected and a variable of the path"), route.span, help)
        } else if let Some(place) = place {
            let help = "leave `in` out: nothing of a request is read for it";
            (format!("`{name}` is injected, and in no part of a request"), place.span, help)
        } else {
            continue;
        };
        diagnostics.push(
            Diagnostic::error(Code::E0307, message)
                .at(inject.name.span, "")
                .also(span, "here")
                .help(help),
        );
    }
}

const fn location_word(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query | Location::Querystring => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    }
}

/// What the table of a route says about the tool of its operation.
fn settings(route: &Route<'_>) -> OperationSettings {
    let table = route.table;
    OperationSettings {
        span: Some(route.span),
        name: table.about.name.as_ref().map(chosen),
        title: table.about.title.clone(),
        description: table.about.description.clone(),
        annotations: lower_annotations(&table.annotations),
        tags: route.tags.clone(),
        // Said here, so that rules of an `[openapi.NAME]` with other operations do not decide.
        component: Some(route.component),
        timeout: table.timeout,
        ..OperationSettings::default()
    }
}

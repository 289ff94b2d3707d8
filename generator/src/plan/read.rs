//! Operations and routes that are read as resources: the resource, the template, or both, with their URIs.
//!
//! A resource has one URI and is listed; where its operation takes parameters in the query, which
//! may all be left out, a template of the same URI beside it takes them. What only values make a
//! URI is a template.

mod fault;
mod left_out;
mod route;
mod uri;

use std::collections::BTreeSet;

use serde_json::Map;

use super::arguments::Inputs;
use super::component::{
    Completer, Completions, Component, Part, Read, Resource, ResourceSource, choices_in_uri,
};
use super::names::rust;
use super::select::Selected;
use super::wire_schema::put;
use super::{Argument, Operation, Segment, about, listing, media, output};
use crate::model::{Document, Json, NameRule, RouteComponent};
use crate::source::Span;

pub(super) use fault::{Fault, Refused, report};
pub(super) use left_out::{uri_of_operation, uri_of_route};
pub(super) use route::{Source as RouteSource, plan as plan_route};
pub(super) use uri::{Uri, specificity};

/// An operation as resources, before the module gives constants and patterns their places.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) read: Read,
    /// The pattern of each argument.
    pub(super) patterns: Vec<Option<String>>,
    /// What clients see: a resource, a template, or both. Their source is set by the module.
    pub(super) resources: Vec<Resource>,
    /// Where the operation stands.
    pub(super) span: Span,
}

/// What the resources of an operation are made of.
pub(super) struct Source<'a, 'd> {
    pub(super) document: &'d Document,
    pub(super) one: &'a Selected<'d>,
    /// The name without the namespace, and with it.
    pub(super) names: (&'a str, &'a str),
    /// The Rust name in snake case.
    pub(super) rust: &'a str,
    /// Documentation of the operation.
    pub(super) docs: String,
    pub(super) hide_meta: bool,
}

/// Plans the resources of an operation.
///
/// # Errors
///
/// What keeps the operation from being what the declaration says.
pub(super) fn plan(
    source: &Source<'_, '_>,
    inputs: Inputs,
    operation: Operation,
) -> Result<Planned, Fault> {
    let one = source.one;
    if operation.method != "GET" {
        return Err(Fault::Method);
    }
    if !inputs.uncarried.is_empty() {
        return Err(Fault::Uncarried(inputs.uncarried));
    }
    let visible = inputs.arguments.iter().filter(|argument| !argument.hidden);
    let takes_values = check_values(one.component, visible)?;
    let rule = match one.rule {
        NameRule::Mcpwright => uri::Rule::Path(&source.document.name),
        NameRule::Fastmcp => uri::Rule::Name {
            namespace: source.document.settings.namespace.as_deref(),
            local: source.names.0,
        },
    };
    let piece = |segment: &Segment| match segment {
        Segment::Literal(text) => Part::Literal(text.clone()),
        Segment::Argument(index) => Part::Segment(*index),
    };
    let path: Vec<Part> = operation.path.iter().map(piece).collect();
    let whole = uri::plan(&rule, &path, &inputs.arguments)?;
    let mime_type = mime_type(one.operation);
    let read = Read {
        name: source.names.1.to_owned(),
        constant: rust::constant(source.rust),
        type_name: rust::type_name(source.rust),
        docs: source.docs.clone(),
        arguments: inputs.arguments,
        operation,
        timeout: one.settings.and_then(|settings| settings.timeout),
    };
    let mut resources = Vec::new();
    if one.component != RouteComponent::Template {
        resources.push(resource(source, whole.without_query(), &read, &mime_type));
    }
    if takes_values {
        resources.push(resource(source, whole, &read, &mime_type));
    }
    Ok(Planned { read, patterns: inputs.patterns, resources, span: one.operation.span })
}

/// Whether a URI carries values of these arguments, where what it is to be agrees with that.
fn check_values<'a>(
    component: RouteComponent,
    mut arguments: impl Iterator<Item = &'a Argument> + Clone,
) -> Result<bool, Fault> {
    let takes_values = arguments.clone().next().is_some();
    if component == RouteComponent::Template {
        return if takes_values { Ok(true) } else { Err(Fault::NoVariables) };
    }
    match arguments.find(|argument| argument.required) {
        Some(needed) => Err(Fault::NeedsValues(needed.wire.clone())),
        None => Ok(takes_values),
    }
}

fn resource(source: &Source<'_, '_>, uri: Uri, read: &Read, mime_type: &str) -> Resource {
    let is_template = !uri.parts.is_empty();
    let kind = if is_template { "template" } else { "resource" };
    let listing = entry(source, &uri.text, is_template, mime_type);
    let docs = format!("{}\n\n`{}`", read.docs, uri.text.replace('`', "'"));
    Resource {
        component: Component {
            name: read.name.clone(),
            constant: rust::constant(&format!("{}_{kind}", source.rust)),
            type_name: rust::type_name(&format!("{}_{kind}", source.rust)),
            docs,
            listing,
            arguments: if is_template { read.arguments.clone() } else { Vec::new() },
            completers: completers(&uri, &read.arguments),
            completion: None,
            requires: Vec::new(),
            timeout: None,
            tags: source.one.tags.iter().cloned().collect(),
            version: None,
        },
        uri: uri.text,
        mime_type: mime_type.to_owned(),
        parts: uri.parts,
        // The place of the operation is known once all are there.
        source: ResourceSource::Operation(0),
        cache: None,
        security: None,
    }
}

/// The entry in `resources/list` or `resources/templates/list`.
fn entry(source: &Source<'_, '_>, uri: &str, is_template: bool, mime_type: &str) -> String {
    let Source { one, names, .. } = source;
    let (operation, settings) = (one.operation, one.settings);
    let mut out = Map::new();
    put(&mut out, if is_template { "uriTemplate" } else { "uri" }, uri);
    put(&mut out, "name", names.1);
    let annotations = settings.map(|settings| settings.annotations.clone()).unwrap_or_default();
    put(&mut out, "title", listing::title(names.0, operation, settings, &annotations));
    let description = listing::description(operation, settings, &[]).unwrap_or_else(|| {
        let what = if is_template { "Template for" } else { "Represents" };
        format!("{what} {}", operation.path)
    });
    put(&mut out, "description", description);
    if !mime_type.is_empty() {
        put(&mut out, "mimeType", mime_type);
    }
    let hints = listing::hints(&annotations);
    if !hints.is_empty() {
        put(&mut out, "annotations", hints);
    }
    let mut meta = Map::new();
    if !source.hide_meta {
        put(&mut meta, "fastmcp", about::fastmcp(&one.tags, None));
    }
    about::ending(&mut out, &[], meta);
    Json::Object(out).to_string()
}

/// The media type of the response that counts; empty where it names none in particular.
fn mime_type(operation: &crate::model::Operation) -> String {
    let response = output::primary(&operation.responses);
    let content = response.and_then(|response| media::of_response(&response.content));
    let name = content.map(|content| media::essence(&content.name)).unwrap_or_default();
    let is_one =
        name.contains('/') && !name.contains('*') && name.bytes().all(|it| it.is_ascii_graphic());
    if is_one { name } else { String::new() }
}

/// Suggestions for the variables that take one of a few values.
fn completers(uri: &Uri, arguments: &[Argument]) -> Vec<Completer> {
    let completer = |(name, index): &(String, usize)| {
        let completions = Completions::Values(choices_in_uri(arguments.get(*index)?)?);
        Some(Completer { argument: name.clone(), completions })
    };
    uri.variables.iter().filter_map(completer).collect()
}

/// Gives the operation and its resources constants and types that the module has not yet.
pub(super) fn place_names(
    planned: &mut Planned,
    constants: &mut BTreeSet<String>,
    types: &mut BTreeSet<String>,
) {
    let read = &mut planned.read;
    read.constant = rust::unique_constant(&read.constant, "OPERATION", constants);
    read.type_name = rust::unique_type(&read.type_name, "Operation", types);
    for resource in &mut planned.resources {
        place_resource_name(resource, constants, types);
    }
}

/// Gives a resource a constant and a type that the module has not yet.
pub(super) fn place_resource_name(
    resource: &mut Resource,
    constants: &mut BTreeSet<String>,
    types: &mut BTreeSet<String>,
) {
    let component = &mut resource.component;
    component.constant = rust::unique_constant(&component.constant, "READ", constants);
    component.type_name = rust::unique_type(&component.type_name, "Read", types);
}

/// Templates in the order in which they are tried: of two that match one URI, the one with more of
/// it written out comes first, as `OpenAPI` has it for paths (3.1.1, 4.8.8.2). Otherwise in the
/// order of the document.
pub(super) fn sort(planned: &mut [Planned]) {
    planned.sort_by_cached_key(|planned| {
        let template = planned.resources.iter().find(|it| it.is_template());
        template.map(|template| specificity(&template.parts)).unwrap_or_default()
    });
}

/// A template as text with its variables unnamed, so that two that match the same URIs are equal.
/// A query can be left out, so it tells nothing apart.
pub(super) fn shape(resource: &Resource) -> String {
    if resource.parts.is_empty() {
        return resource.uri.clone();
    }
    let piece = |part: &Part| match part {
        Part::Literal(text) => text.clone(),
        Part::Segment(_) => "{}".to_owned(),
        Part::Rest(_) => "{*}".to_owned(),
        Part::Query(_) | Part::Each(..) => String::new(),
    };
    resource.parts.iter().map(piece).collect()
}

//! Routes that are read as resources: their handler is called, and gives the contents.

use serde_json::Map;

use super::uri::{self, Uri};
use super::{Fault, check_values, completers};
use crate::model::{DeclaredRoute, DeclaredTool, Json, NameRule, RouteComponent};
use crate::plan::component::{Component, Resource, ResourceSource};
use crate::plan::names::rust;
use crate::plan::wire_schema::put;
use crate::plan::{Argument, Place, Route, Tool, about, listing};

/// A route with what its tables are called.
#[derive(Clone, Copy)]
pub(in crate::plan) struct Source<'a> {
    /// As it was declared.
    pub(in crate::plan) declared: &'a DeclaredTool,
    /// What is planned for its handler.
    pub(in crate::plan) tool: &'a Tool,
    /// The module of its tables.
    pub(in crate::plan) module: &'a str,
    /// Name of the server, which is the scheme of its URIs.
    pub(in crate::plan) server: &'a str,
    /// How names are made.
    pub(in crate::plan) rule: NameRule,
    /// No `_meta.fastmcp`.
    pub(in crate::plan) hide_meta: bool,
}

/// Plans the resources of a route: a resource, a template, or both.
///
/// # Errors
///
/// What keeps the route from being what the declaration says.
pub(in crate::plan) fn plan(
    source: Source<'_>,
    declared: &DeclaredRoute,
    route: &Route,
) -> Result<Vec<Resource>, Fault> {
    if declared.method != "GET" {
        return Err(Fault::Method);
    }
    let arguments = &source.tool.arguments;
    let is_carried = |it: &&Argument| matches!(it.place, Place::Path | Place::Query);
    let is_needed = |it: &&Argument| it.required && it.injected.is_none();
    let uncarried = arguments.iter().filter(|it| is_needed(it) && !is_carried(it));
    let uncarried: Vec<String> = uncarried.map(|it| it.wire.clone()).collect();
    if !uncarried.is_empty() {
        return Err(Fault::Uncarried(uncarried));
    }
    let takes_values = check_values(declared.component, arguments.iter().filter(is_carried))?;
    let rule = match source.rule {
        NameRule::Mcpwright => uri::Rule::Path(source.server),
        NameRule::Fastmcp => uri::Rule::Name { namespace: None, local: &source.tool.name },
    };
    let whole = uri::plan(&rule, &route.path, arguments)?;
    let mut resources = Vec::new();
    if declared.component != RouteComponent::Template {
        resources.push(resource(source, route, whole.without_query()));
    }
    if takes_values {
        resources.push(resource(source, route, whole));
    }
    Ok(resources)
}

fn resource(source: Source<'_>, route: &Route, uri: Uri) -> Resource {
    let Source { declared, tool, .. } = source;
    let is_template = !uri.parts.is_empty();
    let kind = if is_template { "template" } else { "resource" };
    // What has a type is written as JSON; what has none says itself what it is.
    let mime_type = declared.returns.as_ref().map_or("", |_| "application/json");
    Resource {
        component: Component {
            name: tool.name.clone(),
            constant: rust::constant(&format!("{}_{kind}", tool.constant)),
            type_name: rust::type_name(&format!("{}_{kind}", tool.constant)),
            docs: format!("{}\n\n`{}`", tool.docs, uri.text.replace('`', "'")),
            listing: entry(source, &uri.text, is_template, mime_type),
            arguments: if is_template { tool.arguments.clone() } else { Vec::new() },
            completers: completers(&uri, &tool.arguments),
            completion: None,
            requires: Vec::new(),
            timeout: tool.timeout,
            tags: tool.tags.clone(),
            version: tool.version.clone(),
        },
        uri: uri.text,
        mime_type: mime_type.to_owned(),
        parts: uri.parts,
        security: route.security.clone().filter(|it| is_template && !it.is_default()),
        source: ResourceSource::Route {
            module: source.module.to_owned(),
            constant: route.constant.clone(),
        },
        cache: None,
    }
}

/// The entry in `resources/list` or `resources/templates/list`.
fn entry(source: Source<'_>, uri: &str, is_template: bool, mime_type: &str) -> String {
    let declared = source.declared;
    let about = &declared.about;
    let mut out = Map::new();
    put(&mut out, if is_template { "uriTemplate" } else { "uri" }, uri);
    let route = declared.route.as_deref();
    let summary = route.filter(|it| it.description.is_some()).and_then(|it| it.summary.as_deref());
    out.extend(about::heading(about, declared.annotations.title.as_deref().or(summary)));
    if !mime_type.is_empty() {
        put(&mut out, "mimeType", mime_type);
    }
    let hints = listing::hints(&declared.annotations);
    if !hints.is_empty() {
        put(&mut out, "annotations", hints);
    }
    about::ending(&mut out, &about.icons, about::meta(about, source.hide_meta));
    Json::Object(out).to_string()
}

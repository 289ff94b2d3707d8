//! Resources of `[[resource]]` tables.

use std::collections::BTreeMap;

use serde_json::Map;

use super::about;
use super::component::{
    Completer, Completions, Component, Contents, Part, Resource, ResourceSource, Security,
    choices_in_uri,
};
use super::declared::{self, Arguments};
use super::declared_names::Named;
use super::declared_type::Types;
use super::docs::markdown;
use super::names::rust;
use super::wire_schema::put;
use super::{Argument, Handler, RustType};
use crate::diagnostic::Diagnostics;
use crate::model::{
    self, About, ArgumentType, Complete, DeclaredArgument, DeclaredResource, Json,
    ResourceAnnotations, ResourceSecurity, UriPart,
};

/// A text that is longer, or has several lines, is a file beside the module.
const INLINE: usize = 200;

/// Plans a resource with the patterns of its arguments.
pub(super) fn plan(
    declared: &DeclaredResource,
    named: &Named,
    types: &mut Types<'_>,
    server: &model::Server,
    diagnostics: &mut Diagnostics,
) -> (Resource, Vec<Option<String>>) {
    let hide_meta = server.hide_component_meta;
    let name = named.rust.as_str();
    let planned = declared::arguments(&declared.arguments, name, types, diagnostics);
    let items = item_choices(&planned, types);
    let Arguments { arguments, patterns, .. } = planned;
    let index =
        |name: &String| arguments.iter().position(|it| it.name == *name).unwrap_or_default();
    let part = |part: &UriPart| match part {
        UriPart::Literal(text) => Part::Literal(text.clone()),
        UriPart::Segment(name) => Part::Segment(index(name)),
        UriPart::Rest(name) => Part::Rest(index(name)),
        UriPart::Query(pairs) => {
            Part::Query(pairs.iter().map(|(wire, name)| (wire.clone(), index(name))).collect())
        }
        UriPart::Each(wire, name) => Part::Each(wire.clone(), index(name)),
    };
    let parts =
        if declared.is_template() { declared.parts.iter().map(part).collect() } else { Vec::new() };
    let source = match &declared.source {
        model::ResourceSource::Handler => ResourceSource::Handler(Handler {
            method: rust::value(&named.method),
            returns: match &declared.returns {
                None => RustType::ResourceResult,
                // Bytes are bytes, not text in base64 as in the arguments of tools.
                Some(ArgumentType::Bytes) => RustType::Bytes,
                Some(returns) => types.of_result(returns, name),
            },
            blocking: declared.blocking,
        }),
        // The place of the operation is known where all are.
        model::ResourceSource::Http(_) => ResourceSource::Operation(0),
        model::ResourceSource::File(path) => ResourceSource::File(path.clone()),
        model::ResourceSource::Folder(folder) => ResourceSource::Folder(folder.clone()),
        model::ResourceSource::Text(text) if text.len() <= INLINE && !text.contains('\n') => {
            ResourceSource::Contents(Contents::Text(text.clone()))
        }
        model::ResourceSource::Text(text) => {
            ResourceSource::Contents(Contents::TextFile(format!("{name}.txt"), text.clone()))
        }
        model::ResourceSource::Bytes(bytes) => {
            ResourceSource::Contents(Contents::BytesFile(format!("{name}.bin"), bytes.clone()))
        }
    };
    let mut docs = format!(
        "{}\n\n`{}`",
        markdown(
            declared.about.description.as_deref().unwrap_or("A resource without a description.")
        ),
        declared.uri.replace('`', "'")
    );
    named.add_version(&mut docs);
    let suggested = |it: &Argument| choices_in_uri(it).or_else(|| items.get(&it.name).cloned());
    let (completers, completion) = completers(&declared.arguments, &arguments, suggested, named);
    let mime_type = declared.mime_type.clone().unwrap_or_else(|| usual_type(&source).to_owned());
    let component = Component {
        name: declared.about.name.clone(),
        constant: rust::constant(name),
        type_name: rust::type_name(name),
        docs,
        listing: listing(declared, &mime_type, hide_meta),
        arguments,
        completers,
        completion,
        requires: declared.requires.clone(),
        timeout: declared.timeout,
        tags: declared.about.tags.clone(),
        version: declared.about.version.clone(),
    };
    let resource = Resource {
        component,
        uri: declared.uri.clone(),
        mime_type,
        parts,
        source,
        cache: declared.cache,
        security: security(declared, &server.resource_security),
    };
    (resource, patterns)
}

/// What the variables of a template must not be; `None`: all that the runtime knows of, or nobody
/// makes a path of them.
fn security(declared: &DeclaredResource, of_all: &ResourceSecurity) -> Option<Security> {
    if !declared.is_template() || declared.source != model::ResourceSource::Handler {
        return None;
    }
    let own = declared.security.as_ref().unwrap_or(of_all);
    let security = Security::of(own, &declared.arguments);
    (!security.is_default()).then_some(security)
}

/// What the items of lists are chosen from, by the name of the argument, as they are written in a URI.
fn item_choices(planned: &Arguments, types: &Types<'_>) -> BTreeMap<String, Vec<String>> {
    let choices = planned.properties.iter().filter_map(|(name, schema)| {
        let schema = types.inlined(&types.followed(schema));
        let values = schema.pointer("/items/enum")?.as_array()?.iter();
        let texts = values.map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
        Some((name.clone(), texts.collect()))
    });
    choices.collect()
}

/// What completes arguments, and the method for those that a handler completes. Of what is chosen from
/// a few values, which `choices` knows, these are suggested where the declaration says nothing else.
pub(super) fn completers(
    declared: &[DeclaredArgument],
    planned: &[Argument],
    choices: impl Fn(&Argument) -> Option<Vec<String>>,
    named: &Named,
) -> (Vec<Completer>, Option<String>) {
    let completer = |(declared, planned): (&DeclaredArgument, &Argument)| {
        let completions = match &declared.complete {
            Some(Complete::Values(values)) => Completions::Values(values.clone()),
            Some(Complete::Handler) => Completions::Handler,
            None if planned.injected.is_some() => return None,
            None => Completions::Values(choices(planned)?),
        };
        Some(Completer { argument: declared.name.clone(), completions })
    };
    let completers: Vec<Completer> = declared.iter().zip(planned).filter_map(completer).collect();
    let is_handled = |it: &Completer| matches!(it.completions, Completions::Handler);
    let completion = completers.iter().any(is_handled);
    let completion = completion.then(|| rust::value(&named.completion));
    (completers, completion)
}

/// The media type of what a method gives; empty where only its value tells.
fn usual_type(source: &ResourceSource) -> &'static str {
    let ResourceSource::Handler(handler) = source else { return "" };
    match &handler.returns {
        RustType::ResourceResult => "",
        RustType::Bytes => "application/octet-stream",
        RustType::Text | RustType::Formatted(_) => "text/plain",
        // A text, or null.
        RustType::Optional(inner) if matches!(**inner, RustType::Formatted(_)) => "",
        _ => "application/json",
    }
}

fn listing(declared: &DeclaredResource, mime_type: &str, hide_meta: bool) -> String {
    let about: &About = &declared.about;
    let mut out = Map::new();
    let key = if declared.is_template() { "uriTemplate" } else { "uri" };
    put(&mut out, key, declared.uri.as_str());
    out.extend(about::heading(about, None));
    if !mime_type.is_empty() {
        put(&mut out, "mimeType", mime_type);
    }
    let size = match &declared.source {
        model::ResourceSource::Handler
        | model::ResourceSource::File(_)
        | model::ResourceSource::Folder(_)
        | model::ResourceSource::Http(_) => None,
        model::ResourceSource::Text(text) => Some(text.len()),
        model::ResourceSource::Bytes(bytes) => Some(bytes.len()),
    };
    if let Some(size) = size {
        put(&mut out, "size", size);
    }
    let annotations = annotations(&declared.annotations);
    if !annotations.is_empty() {
        put(&mut out, "annotations", annotations);
    }
    about::ending(&mut out, &about.icons, about::meta(about, hide_meta));
    Json::Object(out).to_string()
}

fn annotations(annotations: &ResourceAnnotations) -> Map<String, Json> {
    let mut out = Map::new();
    if !annotations.audience.is_empty() {
        put(&mut out, "audience", annotations.audience.clone());
    }
    if let Some(priority) = &annotations.priority {
        put(&mut out, "priority", Json::Number(priority.clone()));
    }
    if let Some(time) = &annotations.last_modified {
        put(&mut out, "lastModified", time.as_str());
    }
    for (key, hint) in
        [("readOnlyHint", annotations.read_only), ("idempotentHint", annotations.idempotent)]
    {
        if let Some(hint) = hint {
            put(&mut out, key, hint);
        }
    }
    out
}

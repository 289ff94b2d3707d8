//! Prompts of `[[prompt]]` tables.

use serde_json::{Map, json};

use super::about;
use super::component::{Component, Prompt, PromptSource, choices};
use super::declared::{self, Arguments};
use super::declared_names::Named;
use super::declared_resource::completers;
use super::declared_type::Types;
use super::docs::markdown;
use super::names::rust;
use super::wire_schema::put;
use super::{Argument, Handler, Kind, RustType};
use crate::diagnostic::Diagnostics;
use crate::model::{DeclaredPrompt, Json};

/// Plans a prompt with the patterns of its arguments.
pub(super) fn plan(
    declared: &DeclaredPrompt,
    named: &Named,
    types: &mut Types<'_>,
    hide_meta: bool,
    diagnostics: &mut Diagnostics,
) -> (Prompt, Vec<Option<String>>) {
    let about = &declared.about;
    let name = named.rust.as_str();
    let planned = declared::arguments(&declared.arguments, name, types, diagnostics);
    let listing = listing(declared, &planned, types, hide_meta);
    let schema = declared::schema_beside(&planned, types);
    let Arguments { arguments, patterns, .. } = planned;
    let (completers, completion) = completers(&declared.arguments, &arguments, choices, named);
    let source = match &declared.messages {
        Some(messages) => PromptSource::Messages(messages.clone()),
        None => PromptSource::Handler(Handler {
            method: rust::value(&named.method),
            returns: RustType::PromptResult,
            blocking: declared.blocking,
        }),
    };
    let mut docs =
        markdown(about.description.as_deref().unwrap_or("A prompt without a description."));
    named.add_version(&mut docs);
    let component = Component {
        name: about.name.clone(),
        constant: rust::constant(name),
        type_name: rust::type_name(name),
        docs,
        listing,
        arguments,
        completers,
        completion,
        requires: declared.requires.clone(),
        timeout: declared.timeout,
        tags: about.tags.clone(),
        version: about.version.clone(),
    };
    let description = about.description.clone().unwrap_or_default();
    (Prompt { component, description, schema, source }, patterns)
}

fn listing(
    declared: &DeclaredPrompt,
    planned: &Arguments,
    types: &Types<'_>,
    hide_meta: bool,
) -> String {
    let about = &declared.about;
    let mut out = about::heading(about, None);
    let arguments: Vec<Json> = declared
        .arguments
        .iter()
        .zip(&planned.arguments)
        .filter(|(argument, _)| argument.injected.is_none())
        .map(|(argument, planned_argument)| {
            let mut out = Map::new();
            put(&mut out, "name", argument.name.as_str());
            if let Some(title) = &argument.title {
                put(&mut out, "title", title.as_str());
            }
            let schema =
                planned.properties.get(&argument.name).map(|it| types.listed(types.followed(it)));
            let hint = hint(planned_argument, schema.as_ref());
            let description = match (&argument.description, hint) {
                (Some(text), Some(hint)) => Some(format!("{}\n\n{hint}", text.trim_end())),
                (Some(text), None) => Some(text.clone()),
                (None, hint) => hint,
            };
            if let Some(description) = description {
                put(&mut out, "description", description);
            }
            put(&mut out, "required", argument.default.is_none());
            Json::Object(out)
        })
        .collect();
    if !arguments.is_empty() {
        put(&mut out, "arguments", arguments);
    }
    about::ending(&mut out, &about.icons, about::meta(about, hide_meta));
    Json::Object(out).to_string()
}

/// Values are texts on the wire, so a value of another type says how it is written, as `FastMCP`
/// does, and one of a few which these are.
fn hint(argument: &Argument, schema: Option<&Json>) -> Option<String> {
    if argument.kind == Kind::Text {
        let choices = choices(argument).map(|choices| format!("One of: {}.", choices.join(", ")));
        return choices.or_else(|| Some(format!("Provide {}.", argument.rules.format?)));
    }
    let mut schema = schema?.as_object()?.clone();
    for key in ["title", "description", "default", "examples", "deprecated"] {
        schema.remove(key);
    }
    let schema = Json::Object(schema);
    (schema != json!({}))
        .then(|| format!("Provide as a JSON string matching the following schema: {schema}"))
}

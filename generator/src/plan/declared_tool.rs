//! Tools of `[[tool]]` tables.

use serde_json::Map;

use super::arguments::object_schema;
use super::declared::{self, Arguments};
use super::declared_names::Named;
use super::declared_schema::promise;
use super::declared_type::Types;
use super::declared_value::problem;
use super::docs::markdown;
use super::listing::{self, title_of_name};
use super::names::rust;
use super::output::Promise;
use super::wire_schema::put;
use super::{Argument, Declared, Handler, Kind, Place, Rules, RustType, Target, Tool, about};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{DeclaredTool, Header, Json, Server, Style, TaskSupport};

/// Plans a declared tool of a server with the patterns of its arguments.
pub(super) fn plan(
    declared: &DeclaredTool,
    named: &Named,
    types: &mut Types<'_>,
    server: &Server,
    diagnostics: &mut Diagnostics,
) -> (Tool, Vec<Option<String>>) {
    let about = &declared.about;
    let rust_name = named.rust.as_str();
    let (mut arguments, patterns, schema) = match &declared.input_schema {
        Some(schema) => (vec![whole()], vec![None], schema.clone()),
        None => {
            let planned = declared::arguments(&declared.arguments, rust_name, types, diagnostics);
            check_examples(declared, types, diagnostics);
            let Arguments { arguments, patterns, mut properties, required } = planned;
            annotate_headers(&mut properties, &declared.headers);
            let mut more = Map::new();
            if !declared.examples.is_empty() {
                put(
                    &mut more,
                    "examples",
                    declared.examples.iter().map(|(it, _)| it.clone()).collect::<Vec<_>>(),
                );
            }
            let mut schema = object_schema(properties, required, Map::new());
            if let Json::Object(schema) = &mut schema {
                schema.extend(more);
            }
            (arguments, patterns, types.listed(schema))
        }
    };
    let promise = match (&declared.output_schema, &declared.returns) {
        (Some(schema), _) => {
            let is_object = schema.get("type").and_then(Json::as_str) == Some("object");
            Promise::of(schema.clone(), is_object)
        }
        (None, None) => Promise::NONE,
        (None, Some(returns)) => promise(returns, types),
    };
    let mut annotations = declared.annotations.clone();
    let mut summary = None;
    let mut docs =
        markdown(about.description.as_deref().unwrap_or("A tool without a description."));
    if let Some(route) = &declared.route {
        annotations = listing::route_annotations(&route.method, &annotations);
        summary = route.summary.clone().filter(|_| route.description.is_some());
        docs = format!("{docs}\n\n`{} {}`", route.method, route.path);
    }
    named.add_version(&mut docs);
    let of_all = &server.resource_security;
    let route = declared.route.as_ref();
    let route =
        route.map(|it| Box::new(super::route::plan(it, declared, &mut arguments, &schema, of_all)));
    let title = about.title.clone().or_else(|| annotations.title.clone()).or(summary);
    let (listing, legacy_listing) = listing::render(&listing::Entry {
        name: &about.name,
        title: title.unwrap_or_else(|| title_of_name(&about.name)),
        description: about.description.clone(),
        input_schema: &schema,
        promise: &promise,
        annotations,
        icons: &about.icons,
        meta: about::meta(about, server.hide_component_meta),
        task_support: match declared.task.support {
            TaskSupport::Never => None,
            TaskSupport::Optional => Some("optional"),
            TaskSupport::Required => Some("required"),
        },
    });
    let is_kept = match (&declared.output_schema, &declared.returns) {
        (Some(_), _) => false,
        (None, Some(returns)) => types.keeps_to_schema(returns, rust_name),
        (None, None) => true,
    };
    let output_schema = promise.schema.as_ref().filter(|_| !is_kept).map(Json::to_string);
    let handler = Handler {
        method: rust::value(&named.method),
        returns: match &declared.returns {
            None => RustType::ToolResult,
            Some(returns) => types.of_result(returns, rust_name),
        },
        blocking: declared.blocking,
    };
    let tool = Tool {
        name: about.name.clone(),
        constant: rust::constant(rust_name),
        type_name: format!("{}Args", rust::type_name(rust_name)),
        docs,
        listing,
        legacy_listing,
        arguments,
        output: promise.output,
        target: Target::Handler(Declared {
            handler,
            output_schema,
            schema: declared.input_schema.as_ref().map(Json::to_string),
            requires: declared.requires.clone(),
            headers: declared.headers.clone(),
            task: declared.task,
            route,
        }),
        tags: about.tags.clone(),
        version: about.version.clone(),
        listed: true,
        timeout: declared.timeout,
    };
    (tool, patterns)
}

/// The one argument of a tool whose schema is written by hand.
fn whole() -> Argument {
    Argument {
        name: "arguments".to_owned(),
        wire: "arguments".to_owned(),
        field: "value".to_owned(),
        docs: "The arguments, an object as the input schema describes it.".to_owned(),
        place: Place::Handler,
        style: Style::Form,
        explode: true,
        allow_reserved: false,
        required: true,
        nullable: false,
        default: None,
        filled: false,
        hidden: false,
        injected: None,
        kind: Kind::Object,
        ty: None,
        rules: Rules::default(),
        media_type: String::new(),
        part_headers: Vec::new(),
        schema: false,
    }
}

/// Writes `x-mcp-header` beside the types of the arguments.
fn annotate_headers(properties: &mut Map<String, Json>, headers: &[Header]) {
    for header in headers {
        let property = header.path.first().and_then(|name| properties.get_mut(name));
        if let Some(Json::Object(property)) = property {
            put(property, "x-mcp-header", header.name.as_str());
        }
    }
}

/// An example is what a call could give: all that is required, nothing unknown, no value refused.
fn check_examples(declared: &DeclaredTool, types: &Types<'_>, diagnostics: &mut Diagnostics) {
    for (example, span) in &declared.examples {
        let mut report = |what: String| {
            let message = format!("an example of `{}` {what}", declared.about.name);
            let help = "give the arguments of one call: examples = [{ city = \"Rome\" }]";
            diagnostics.push(Diagnostic::error(Code::E0308, message).at(*span, "").help(help));
        };
        let Some(given) = example.as_object() else {
            report("is not a table".to_owned());
            continue;
        };
        let mut listed = declared.arguments.iter().filter(|it| it.injected.is_none());
        for name in given.keys() {
            if !listed.clone().any(|argument| argument.name == *name) {
                report(format!("has `{name}`, which is no argument"));
            }
        }
        for argument in listed.by_ref() {
            match given.get(&argument.name) {
                None if argument.default.is_none() => {
                    report(format!("lacks `{}`, which is required", argument.name));
                }
                Some(value) => {
                    if let Some(why) = problem(argument, value, types) {
                        report(format!("gives `{}` a value that {why}", argument.name));
                    }
                }
                None => {}
            }
        }
    }
}

#[cfg(test)]
#[path = "declared_tests.rs"]
mod tests;

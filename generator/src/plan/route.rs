//! Routes that handlers answer: what they are besides tools, and their description in the words of
//! OpenAPI 3.1.

use std::collections::BTreeSet;

use serde_json::{Map, json};

use super::arguments::object_schema;
use super::component::Security;
use super::declared_schema::{definition, property, schema};
use super::listing::title_of_name;
use super::wire_schema::put;
use super::{Argument, Part, Place, Style};
use crate::model::{
    ArgumentType, Declaration, DeclaredArgument, DeclaredModel, DeclaredRoute, DeclaredTool, Json,
    Location, ResourceSecurity, RouteComponent, RoutePart, UriPart,
};

/// A route that a handler answers.
#[derive(Clone, Debug)]
pub struct Route {
    /// Rust constant of its table: `GET_USER_ROUTE`.
    pub constant: String,
    /// Method in upper case.
    pub method: String,
    /// The path with the names of its variables.
    pub template: String,
    /// The path in pieces.
    pub path: Vec<Part>,
    /// Status of a successful answer.
    pub status: u16,
    /// What values of its path must not be, where clients of MCP read it by a template.
    pub security: Option<Security>,
    /// The input schema, where the table does not say all of it.
    pub schema: Option<String>,
}

/// Plans the route of a tool. Its arguments learn where their values come from; `schema`: that of all of
/// them, `of_all`: what the variables of all templates must not be.
pub(super) fn plan(
    route: &DeclaredRoute,
    tool: &DeclaredTool,
    arguments: &mut [Argument],
    schema: &Json,
    of_all: &ResourceSecurity,
) -> Route {
    for (argument, source) in arguments.iter_mut().zip(&route.sources) {
        (argument.place, argument.style, argument.explode) = place(source.part);
        if !source.wire.is_empty() {
            argument.wire.clone_from(&source.wire);
        }
    }
    let index = |name: &str| {
        let sources = route.sources.iter();
        let is_meant = |source: &crate::model::RouteSource| {
            source.part == RoutePart::Parameter(Location::Path) && source.wire == name
        };
        sources.clone().position(is_meant).unwrap_or_default()
    };
    let path = route.parts.iter().filter_map(|part| match part {
        UriPart::Literal(text) => Some(Part::Literal(text.clone())),
        UriPart::Segment(name) => Some(Part::Segment(index(name))),
        UriPart::Rest(name) => Some(Part::Rest(index(name))),
        UriPart::Query(_) | UriPart::Each(..) => None,
    });
    Route {
        constant: String::new(),
        method: route.method.clone(),
        template: route.path.clone(),
        path: path.collect(),
        status: route.status,
        security: matches!(route.component, RouteComponent::Template | RouteComponent::Resource)
            .then(|| Security::of(route.security.as_ref().unwrap_or(of_all), &tool.arguments)),
        schema: arguments.iter().any(|argument| argument.schema).then(|| schema.to_string()),
    }
}

/// Where a value is, and how the runtime's table has it by default.
const fn place(part: RoutePart) -> (Place, Style, bool) {
    match part {
        RoutePart::Parameter(Location::Path) => (Place::Path, Style::Simple, false),
        RoutePart::Parameter(Location::Query | Location::Querystring) => {
            (Place::Query, Style::Form, true)
        }
        RoutePart::Parameter(Location::Header) => (Place::Header, Style::Simple, false),
        RoutePart::Parameter(Location::Cookie) => (Place::Cookie, Style::Form, true),
        RoutePart::Property => (Place::Property, Style::Content, true),
        RoutePart::Body => (Place::Body, Style::Content, true),
        RoutePart::Injected => (Place::Handler, Style::Form, true),
    }
}

/// The description of all routes; `None` where there are none. `title`, `version`, `description`: of
/// the server.
pub(super) fn document(
    declaration: &Declaration,
    title: &str,
    version: &str,
    description: Option<&str>,
) -> Option<String> {
    let names = SchemaNames::beside(&declaration.models);
    let mut paths: Map<String, Json> = Map::new();
    let mut describes_errors = false;
    let mut validates = false;
    for tool in &declaration.tools {
        let Some(route) = &tool.route else { continue };
        describes_errors |= !route.responses.is_empty();
        validates |= takes_values(route);
        let path = paths.entry(route.path.clone()).or_insert_with(|| json!({}));
        if let Json::Object(path) = path {
            put(path, &route.method.to_lowercase(), operation(tool, route, &names));
        }
    }
    if paths.is_empty() {
        return None;
    }
    let mut paths = Json::Object(paths);
    let mut schemas = own_schemas(declaration, &mut paths);
    let mut info = Map::new();
    put(&mut info, "title", title);
    put(&mut info, "version", version);
    if let Some(description) = description {
        put(&mut info, "description", description);
    }
    if describes_errors {
        put(&mut schemas, &names.error, error_schema(&names));
    }
    if validates {
        put(&mut schemas, &names.refusal, refusal_schema(&names));
        put(&mut schemas, &names.violation, violation_schema(&names));
    }
    let mut document = Map::new();
    put(&mut document, "openapi", "3.1.0");
    put(&mut document, "info", info);
    put(&mut document, "paths", paths);
    if !schemas.is_empty() {
        put(&mut document, "components", json!({ "schemas": schemas }));
    }
    // A person reads what changes in it.
    serde_json::to_string_pretty(&Json::Object(document)).ok()
}

fn operation(tool: &DeclaredTool, route: &DeclaredRoute, names: &SchemaNames) -> Json {
    let about = &tool.about;
    let mut out = Map::new();
    if !about.tags.is_empty() {
        put(&mut out, "tags", about.tags.clone());
    }
    let title = about.title.as_ref().or(route.summary.as_ref());
    put(&mut out, "summary", title.cloned().unwrap_or_else(|| title_of_name(&about.name)));
    if let Some(description) = &route.description {
        put(&mut out, "description", description.as_str());
    }
    put(&mut out, "operationId", about.name.as_str());
    let all = || tool.arguments.iter().zip(&route.sources);
    let parameters: Vec<Json> = all()
        .filter_map(|(argument, source)| match source.part {
            RoutePart::Parameter(location) => Some(parameter(argument, location, &source.wire)),
            RoutePart::Property | RoutePart::Body | RoutePart::Injected => None,
        })
        .collect();
    if !parameters.is_empty() {
        put(&mut out, "parameters", parameters);
    }
    if let Some(body) = body(tool, route) {
        put(&mut out, "requestBody", body);
    }
    put(&mut out, "responses", responses(tool, route, names));
    if route.deprecated {
        put(&mut out, "deprecated", true);
    }
    Json::Object(out)
}

/// A parameter. What is left out has its default; there is no way to send `None`.
fn parameter(argument: &DeclaredArgument, location: Location, wire: &str) -> Json {
    let mut plain = argument.clone();
    if let ArgumentType::Union(members) = &argument.ty
        && let [only] =
            members.iter().filter(|it| **it != ArgumentType::None).collect::<Vec<_>>().as_slice()
    {
        plain.ty = (*only).clone();
    }
    plain.default = plain.default.filter(|default| !default.is_null());
    plain.description = None;
    plain.deprecated = false;
    let mut out = Map::new();
    put(&mut out, "name", wire);
    let word = match location {
        Location::Path => "path",
        Location::Query | Location::Querystring => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    };
    put(&mut out, "in", word);
    put(&mut out, "required", argument.default.is_none());
    if let Some(description) = &argument.description {
        put(&mut out, "description", description.as_str());
    }
    if argument.deprecated {
        put(&mut out, "deprecated", true);
    }
    put(&mut out, "schema", property(&plain));
    Json::Object(out)
}

fn body(tool: &DeclaredTool, route: &DeclaredRoute) -> Option<Json> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut whole = None;
    for (argument, source) in tool.arguments.iter().zip(&route.sources) {
        match source.part {
            RoutePart::Property => {
                put(&mut properties, &source.wire, property(argument));
                if argument.default.is_none() {
                    required.push(source.wire.clone());
                }
            }
            RoutePart::Body => whole = Some(property(argument)),
            RoutePart::Parameter(_) | RoutePart::Injected => {}
        }
    }
    let is_required = whole.is_some() || !required.is_empty();
    let schema = match whole {
        Some(whole) => whole,
        None if properties.is_empty() => return None,
        None => {
            let mut schema = object_schema(properties, required, Map::new());
            // Other properties are passed over.
            if let Json::Object(schema) = &mut schema {
                schema.remove("additionalProperties");
            }
            schema
        }
    };
    Some(json!({
        "required": is_required,
        "content": { "application/json": { "schema": schema } },
    }))
}

fn responses(tool: &DeclaredTool, route: &DeclaredRoute, names: &SchemaNames) -> Json {
    let mut out = Map::new();
    let has_body = !matches!(route.status, 204 | 205);
    let success = match &tool.returns {
        Some(ty) if has_body => json!({
            "description": "Successful Response",
            "content": { "application/json": { "schema": schema(ty) } },
        }),
        _ => json!({ "description": "Successful Response" }),
    };
    put(&mut out, &route.status.to_string(), success);
    let error = |description: &str, schema: &str| {
        json!({
            "description": description,
            "content": {
                "application/json": {
                    "schema": { "$ref": format!("#/components/schemas/{schema}") },
                },
            },
        })
    };
    let mut described = route.responses.clone();
    described.sort_by_key(|(status, _)| *status);
    for (status, description) in &described {
        put(&mut out, &status.to_string(), error(description, &names.error));
    }
    if takes_values(route) && !described.iter().any(|(status, _)| *status == 422) {
        put(&mut out, "422", error("Validation Error", &names.refusal));
    }
    Json::Object(out)
}

/// Whether a request has values that could be wrong.
fn takes_values(route: &DeclaredRoute) -> bool {
    route.sources.iter().any(|source| source.part != RoutePart::Injected)
}

/// The declared types that the description names, whose references become those of OpenAPI.
fn own_schemas(declaration: &Declaration, paths: &mut Json) -> Map<String, Json> {
    let mut named = BTreeSet::new();
    refer_to_components(paths, &mut named);
    let mut schemas = Map::new();
    while let Some(name) = named.pop_first() {
        let model = declaration.models.iter().find(|model| model.name == name);
        let Some(model) = model.filter(|_| !schemas.contains_key(&name)) else { continue };
        let mut schema = definition(model);
        refer_to_components(&mut schema, &mut named);
        put(&mut schemas, &name, schema);
    }
    schemas
}

/// Rewrites references to `$defs`; `named`: what they name.
fn refer_to_components(schema: &mut Json, named: &mut BTreeSet<String>) {
    match schema {
        Json::Object(members) => {
            for (key, member) in members {
                let name = member.as_str().and_then(|text| text.strip_prefix("#/$defs/"));
                if let Some(name) = name.filter(|_| key == "$ref").map(str::to_owned) {
                    *member = format!("#/components/schemas/{name}").into();
                    named.insert(name);
                } else {
                    refer_to_components(member, named);
                }
            }
        }
        Json::Array(items) => {
            items.iter_mut().for_each(|item| refer_to_components(item, named));
        }
        _ => {}
    }
}

/// What the description calls the schemas that are no declared types: FastAPI's names, or where a
/// declared type has one, that name with a number.
struct SchemaNames {
    /// An error in words.
    error: String,
    /// A request that does not fit.
    refusal: String,
    /// One thing that is wrong with it.
    violation: String,
}

impl SchemaNames {
    fn beside(models: &[DeclaredModel]) -> Self {
        let is_free = |name: &String| !models.iter().any(|model| model.name == *name);
        let free = |wished: &str| {
            let numbered = (2..).map(|number: u32| format!("{wished}{number}"));
            let mut candidates = std::iter::once(wished.to_owned()).chain(numbered);
            candidates.find(is_free).unwrap_or_default()
        };
        Self {
            error: free("Error"),
            refusal: free("HTTPValidationError"),
            violation: free("ValidationError"),
        }
    }
}

fn error_schema(names: &SchemaNames) -> Json {
    json!({
        "type": "object",
        "title": names.error,
        "properties": { "detail": { "type": "string" } },
        "required": ["detail"],
    })
}

fn refusal_schema(names: &SchemaNames) -> Json {
    json!({
        "type": "object",
        "title": names.refusal,
        "properties": {
            "detail": {
                "type": "array",
                "items": { "$ref": format!("#/components/schemas/{}", names.violation) },
            },
        },
    })
}

fn violation_schema(names: &SchemaNames) -> Json {
    json!({
        "type": "object",
        "title": names.violation,
        "properties": {
            "type": { "type": "string" },
            "loc": {
                "type": "array",
                "items": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
            },
            "msg": { "type": "string" },
            "input": {},
            "ctx": { "type": "object" },
        },
        "required": ["type", "loc", "msg"],
    })
}

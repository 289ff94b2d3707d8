//! `[[route]]`: HTTP operations as a FastAPI user declares them.

use super::about::{ABOUT, AboutTable};
use super::argument::{
    ARGUMENTS, ArgumentDeclaration, PARAMETERS, parse_arguments, parse_parameters, parse_type,
};
use super::field::{Field, Placed, Table};
use super::inject::{INJECT, InjectTable, parse_inject};
use super::key::{Key, Keys, Value};
use super::openapi::{
    ANNOTATIONS_KEYS, AnnotationsTable, COMPONENTS, ComponentWord, component, parse_annotations,
};
use super::resource::{SECURITY, SecurityTable, parse_security};
use super::words::components;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::type_expression::TypeExpression;

/// `[[route]]`
#[derive(Clone, Debug)]
pub struct RouteTable {
    /// The keys of every component.
    pub about: AboutTable,
    /// The method in upper case, and the path that its key has. `None` where that was reported.
    pub path: Option<(&'static str, Placed<String>)>,
    /// `params`, in the order of the file, each with its `in`.
    pub parameters: Vec<(ArgumentDeclaration, Option<Placed<ParameterPlace>>)>,
    /// `inject`, in the order of the file.
    pub inject: Vec<InjectTable>,
    /// `security`
    pub security: Option<Placed<SecurityTable>>,
    /// `body`
    pub body: Option<Placed<BodyDeclaration>>,
    /// `returns`
    pub returns: Option<TypeExpression>,
    /// `status`
    pub status: Option<Placed<u16>>,
    /// `responses`: status to description.
    pub responses: Vec<(Placed<u16>, String)>,
    /// `summary`
    pub summary: Option<String>,
    /// `deprecated`
    pub deprecated: bool,
    /// `as`
    pub component: Option<Placed<ComponentWord>>,
    /// `handler`
    pub handler: Option<Placed<String>>,
    /// `upstream`
    pub upstream: Option<Placed<String>>,
    /// `annotations`
    pub annotations: AnnotationsTable,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `blocking`
    pub blocking: bool,
}

/// `in` of a parameter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ParameterPlace {
    /// `path`
    Path,
    /// `query`
    Query,
    /// `header`
    Header,
    /// `cookie`
    Cookie,
}

/// `body`
#[derive(Clone, Debug)]
pub enum BodyDeclaration {
    /// As a table: the properties of an object.
    Fields(Vec<ArgumentDeclaration>),
    /// As a type.
    Whole(TypeExpression),
}

const METHODS: &[(&str, &str)] = &[
    ("get", "GET"),
    ("post", "POST"),
    ("put", "PUT"),
    ("patch", "PATCH"),
    ("delete", "DELETE"),
    ("head", "HEAD"),
    ("options", "OPTIONS"),
];

pub(super) const KEYS: Keys = Keys::of(&[
    Key::new("get", Value::Text, "The path that it answers to GET"),
    Key::new("post", Value::Text, "The path that it answers to POST"),
    Key::new("put", Value::Text, "The path that it answers to PUT"),
    Key::new("patch", Value::Text, "The path that it answers to PATCH"),
    Key::new("delete", Value::Text, "The path that it answers to DELETE"),
    Key::new("head", Value::Text, "The path that it answers to HEAD"),
    Key::new("options", Value::Text, "The path that it answers to OPTIONS"),
    Key::new("params", PARAMETERS, "Parameters of the path, the query, headers and cookies"),
    Key::new("inject", INJECT, "Arguments that callers do not give"),
    Key::new("security", SECURITY, "What the variables of its template must not be"),
    Key::new(
        "body",
        Value::OneOf(&[Value::Text, ARGUMENTS]),
        "A JSON body: a type, or the properties of an object",
    ),
    Key::new("returns", Value::Text, "Type of a successful answer"),
    Key::new("status", Value::Count(200, 299), "Status of a successful answer"),
    Key::new("responses", Value::Map(&Value::Text), "Status of an error to what it means"),
    Key::new("summary", Value::Text, "One line about it"),
    Key::new("as", Value::Words(&COMPONENTS), "What it is for clients of MCP"),
    Key::new("handler", Value::Text, "The method that answers it"),
    Key::new("upstream", Value::Text, "The API that answers it"),
    Key::new("annotations", Value::Table(&ANNOTATIONS_KEYS), "Hints for clients"),
    Key::new("deprecated", Value::Flag, "Going away"),
    Key::new("timeout", Value::Seconds, "Seconds for an answer"),
    Key::new("blocking", Value::Flag, "The method blocks its thread"),
])
.and(ABOUT)
.reserve(&["auth"])
.called(&[components::ABOUT, components::ROUTE]);

pub(super) fn parse_route(table: &Table<'_>, diagnostics: &mut Diagnostics) -> RouteTable {
    let mut route = RouteTable {
        about: AboutTable::new(table),
        path: None,
        parameters: Vec::new(),
        inject: Vec::new(),
        security: None,
        body: None,
        returns: None,
        status: None,
        responses: Vec::new(),
        summary: None,
        deprecated: false,
        component: None,
        handler: None,
        upstream: None,
        annotations: AnnotationsTable::default(),
        timeout: None,
        blocking: false,
    };
    for field in table.known(&KEYS, diagnostics) {
        if route.about.take(&field, diagnostics) {
            continue;
        }
        match field.name() {
            "params" => route.parameters = parse_parameters(&field, diagnostics),
            "inject" => route.inject = parse_inject(&field, diagnostics),
            "security" => route.security = parse_security(&field, diagnostics),
            "body" => route.body = parse_body(&field, diagnostics),
            "returns" => route.returns = parse_type(&field, diagnostics),
            "status" => route.status = status(&field, diagnostics),
            "responses" => route.responses = parse_responses(&field, diagnostics),
            "summary" => route.summary = field.text(diagnostics),
            "deprecated" => route.deprecated = field.flag(diagnostics) == Some(true),
            "as" => route.component = component(&field, diagnostics),
            "handler" => route.handler = field.placed_text(diagnostics),
            "upstream" => route.upstream = field.placed_text(diagnostics),
            "annotations" => route.annotations = parse_annotations(&field, diagnostics),
            "timeout" => route.timeout = field.seconds(diagnostics),
            "blocking" => route.blocking = field.flag(diagnostics) == Some(true),
            name => {
                if let Some((_, method)) = METHODS.iter().find(|(word, _)| *word == name) {
                    take_path(&mut route, method, &field, diagnostics);
                }
            }
        }
    }
    if !METHODS.iter().any(|(word, _)| table.has(word)) {
        diagnostics.push(
            Diagnostic::error(Code::E0303, "a [[route]] has no method and path")
                .at(table.span(), "this one")
                .help("add a line such as: get = \"/users/{user_id}\""),
        );
    }
    route
}

fn take_path(
    route: &mut RouteTable,
    method: &'static str,
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) {
    let Some(path) = field.placed_text(diagnostics) else { return };
    if let Some((_, first)) = &route.path {
        let help = "declare a [[route]] of its own for each method";
        let fault = field.fault(Code::E0307, "is a second method of the route", "this one");
        diagnostics.push(fault.also(first.span, "the first one").help(help));
        return;
    }
    route.path = Some((method, path));
}

fn parse_body(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<Placed<BodyDeclaration>> {
    let span = field.key_span();
    let value = if field.node.as_object().is_some() {
        BodyDeclaration::Fields(parse_arguments(field, diagnostics))
    } else {
        BodyDeclaration::Whole(parse_type(field, diagnostics)?)
    };
    Some(Placed { value, span })
}

fn status(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<Placed<u16>> {
    let status = field.count(diagnostics)?;
    Some(Placed { value: u16::try_from(status).ok()?, span: field.node.span })
}

/// `responses.404 = "…"`
fn parse_responses(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Vec<(Placed<u16>, String)> {
    let mut responses = Vec::new();
    for field in field.table().fields(diagnostics) {
        let status = field.name().parse::<u16>().ok().filter(|it| (400..=599).contains(it));
        let Some(value) = status else {
            let help = "name the status of an error, from 400 to 599: responses.404 = \"No such \
                        user.\"";
            let fault = field.fault(Code::E0307, "is not the status of an error", "");
            diagnostics.push(fault.at(field.key_span(), "").help(help));
            continue;
        };
        let place = Placed { value, span: field.key_span() };
        responses.extend(field.text(diagnostics).map(|text| (place, text)));
    }
    responses
}

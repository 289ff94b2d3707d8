//! Routes of upstreams, as the operations that a document would have.

use indexmap::IndexMap;

use super::schema::Builder;
use super::{Body, Route, schema, settings};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::UpstreamTable;
use crate::model::{
    Api, ApiServer, DeclaredArgument, DeclaredModel, Document, DocumentSettings, Location,
    MediaType, Operation, Parameter, RequestBody, Response, Status, Style,
};

/// The document of an upstream that has none: its operations are the routes that name it.
pub(in crate::lower::manifest) fn document(table: &UpstreamTable) -> Document {
    let server = table.base_url.clone().map(|url| ApiServer {
        span: table.name.span,
        url,
        variables: IndexMap::new(),
    });
    Document {
        name: table.name.value.clone(),
        api: Api { source: "mcp.toml".to_owned(), server, ..Api::default() },
        settings: DocumentSettings {
            base_url: table.base_url.clone(),
            namespace: table.namespace.clone(),
            timeout: table.timeout,
            headers: table
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.value.clone()))
                .collect(),
            ..DocumentSettings::default()
        },
    }
}

/// Adds the operation of a route to a document.
pub(super) fn add(
    route: &Route<'_>,
    models: &[DeclaredModel],
    document: &mut Document,
    diagnostics: &mut Diagnostics,
) {
    let key = format!("{} {}", route.method, route.path);
    let mut operations = document.api.operations.iter();
    if let Some(first) =
        operations.find(|known| known.method == route.method && known.path == route.path)
    {
        diagnostics.push(
            Diagnostic::error(Code::E0307, format!("the upstream has the route {key} already"))
                .at(route.span, "this one")
                .also(first.span, "the first one")
                .help("remove one; an operation of a document is changed in its own table"),
        );
        return;
    }
    let operation = operation(route, &mut Builder::new(&mut document.api.schemas, models));
    document.settings.operations.insert(key, settings(route));
    document.api.operations.push(operation);
}

fn operation(route: &Route<'_>, schemas: &mut Builder<'_>) -> Operation {
    let table = route.table;
    let parameters = route.parameters.iter();
    let parameters = parameters.map(|(it, location)| parameter(it, *location, schemas)).collect();
    let body = route.body.as_ref().map(|body| {
        let (schema, required) = match body {
            Body::Whole(value) => (schema::of_argument(value, schemas), true),
            Body::Fields(fields) => {
                let schema = schema::fields_of(fields, schemas);
                let is_required = !schema.required.is_empty();
                (schemas.push(schema), is_required)
            }
        };
        let content = vec![json(Some(schema))];
        RequestBody { span: route.span, description: None, required, content }
    });
    let content = match &route.returns {
        Some(ty) => vec![json(Some(schema::of_type(ty, schemas)))],
        None => Vec::new(),
    };
    Operation {
        span: route.span,
        pointer: format!(
            "/paths/{}/{}",
            route.path.replace('~', "~0").replace('/', "~1"),
            route.method.to_lowercase()
        ),
        method: route.method.to_owned(),
        path: route.path.clone(),
        operation_id: None,
        tags: table.about.tags.clone(),
        summary: table.summary.clone(),
        description: table.about.description.clone(),
        deprecated: table.deprecated,
        parameters,
        body,
        responses: vec![Response {
            span: route.span,
            status: Status::Code(route.status),
            description: None,
            content,
        }],
        security: Vec::new(),
        server: None,
        extensions: IndexMap::new(),
    }
}

fn json(schema: Option<crate::model::SchemaId>) -> MediaType {
    MediaType {
        name: "application/json".to_owned(),
        schema,
        item_schema: None,
        example: None,
        encodings: IndexMap::new(),
    }
}

fn parameter(
    argument: &DeclaredArgument,
    location: Location,
    schemas: &mut Builder<'_>,
) -> Parameter {
    let form = matches!(location, Location::Query | Location::Cookie);
    Parameter {
        span: argument.span,
        name: match location {
            Location::Header => argument.name.replace('_', "-"),
            _ => argument.name.clone(),
        },
        location,
        description: argument.description.clone(),
        required: argument.default.is_none(),
        deprecated: argument.deprecated,
        style: if form { Style::Form } else { Style::Simple },
        explode: form,
        allow_reserved: false,
        media_type: None,
        schema: Some(schema::of_argument(argument, schemas)),
        example: argument.examples.first().cloned(),
    }
}

//! Model values built by hand, for the tests of this stage.

use indexmap::IndexMap;

use crate::model::{
    Api, ApiServer, ChosenName, Declaration, Document, DocumentSettings, Location, MediaType,
    Operation, Parameter, Response, SchemaId, Status, Style,
};
use crate::source::{FileId, Span};

/// A place for things that stand nowhere.
pub(super) fn span() -> Span {
    Span { file: FileId(0), start: 0, end: 0 }
}

/// A server without variables.
pub(super) fn server(url: &str) -> ApiServer {
    ApiServer { span: span(), url: url.to_owned(), variables: IndexMap::new() }
}

/// An operation without parameters, body and responses.
pub(super) fn operation(method: &str, path: &str, id: Option<&str>) -> Operation {
    Operation {
        span: span(),
        pointer: format!("/paths/{}/{}", path.replace('/', "~1"), method.to_lowercase()),
        method: method.to_owned(),
        path: path.to_owned(),
        operation_id: id.map(|id| (id.to_owned(), span())),
        tags: Vec::new(),
        summary: None,
        description: None,
        deprecated: false,
        parameters: Vec::new(),
        body: None,
        responses: Vec::new(),
        security: Vec::new(),
        server: None,
        extensions: IndexMap::new(),
    }
}

/// A parameter with the defaults of its place.
pub(super) fn parameter(name: &str, location: Location, schema: Option<SchemaId>) -> Parameter {
    let form = matches!(location, Location::Query | Location::Cookie);
    Parameter {
        span: span(),
        name: name.to_owned(),
        location,
        description: None,
        required: location == Location::Path,
        deprecated: false,
        style: if form { Style::Form } else { Style::Simple },
        explode: form,
        allow_reserved: false,
        media_type: None,
        schema,
        example: None,
    }
}

/// A response with a status.
pub(super) fn response(status: u16, content: Vec<MediaType>) -> Response {
    Response { span: span(), status: Status::Code(status), description: None, content }
}

/// Content of one media type.
pub(super) fn content(name: &str, schema: Option<SchemaId>) -> Vec<MediaType> {
    vec![MediaType {
        name: name.to_owned(),
        schema,
        item_schema: None,
        example: None,
        encodings: IndexMap::new(),
    }]
}

/// JSON content.
pub(super) fn json_content(schema: SchemaId) -> Vec<MediaType> {
    content("application/json", Some(schema))
}

/// A name that stands in `mcp.toml`.
pub(super) fn chosen(name: &str) -> ChosenName {
    ChosenName { name: name.to_owned(), span: span() }
}

/// A declaration of one document.
pub(super) fn declaration(operations: Vec<Operation>) -> Declaration {
    let api = Api {
        source: "shop.yaml".to_owned(),
        title: "Shop".to_owned(),
        version: "1.0.0".to_owned(),
        operations,
        ..Api::default()
    };
    let settings = DocumentSettings::default();
    Declaration {
        name: "shop".to_owned(),
        documents: vec![Document { name: "shop".to_owned(), api, settings }],
        ..Declaration::default()
    }
}

/// An optional query argument `a` of a kind, without limits.
pub(super) fn argument(kind: super::Kind) -> super::Argument {
    super::Argument {
        name: "a".to_owned(),
        wire: "a".to_owned(),
        field: "a".to_owned(),
        docs: String::new(),
        place: super::Place::Query,
        style: Style::Form,
        explode: true,
        allow_reserved: false,
        required: false,
        nullable: false,
        default: None,
        filled: false,
        hidden: false,
        injected: None,
        kind,
        ty: None,
        rules: super::Rules::default(),
        media_type: String::new(),
        part_headers: Vec::new(),
        schema: false,
    }
}

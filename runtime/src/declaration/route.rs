//! Routes: HTTP operations that handlers answer beside the MCP endpoint.

use super::{DeclaredTool, Part, ResourceSecurity};
use crate::operation::Method;

/// What a server answers over plain HTTP.
#[derive(Debug)]
pub struct Rest {
    /// The routes, in the order in which they are tried.
    pub routes: &'static [&'static Route],
    /// Their description as JSON text (OpenAPI 3.1), served at [`Rest::DOCUMENT_PATH`].
    pub document: &'static str,
}

impl Rest {
    /// No routes, and nothing to describe.
    pub const NONE: Self = Self { routes: &[], document: "" };

    /// Where the description is served.
    pub const DOCUMENT_PATH: &'static str = "/openapi.json";
}

/// One HTTP operation that a handler answers.
#[derive(Debug)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path in pieces, with the indices of the arguments of [`tool`](Self::tool).
    pub path: &'static [Part],
    /// What is called: the handler is bound to it, and each argument says where its value comes
    /// from.
    pub tool: &'static DeclaredTool,
    /// Status of a successful answer.
    pub status: u16,
    /// What values of its path must not be, where clients of MCP read it by a template; a request with
    /// such a value is answered with 404.
    pub security: Option<ResourceSecurity>,
    /// The input schema as JSON text where the table of the arguments does not say everything;
    /// empty: it does.
    pub schema: &'static str,
}

impl Route {
    /// `GET` of nothing: what generated tables start from.
    pub const DEFAULT: Self = Self {
        method: Method::Get,
        path: &[],
        tool: &DeclaredTool::DEFAULT,
        status: 200,
        security: None,
        schema: "",
    };
}

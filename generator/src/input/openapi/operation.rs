//! Path items and operations.

use super::document::{Server, servers};
use super::fields::{Field, entries};
use super::notes::Notes;
use super::security::{Requirement, requirements};
use crate::source::{Node, Span};

/// A path item, or the part of one that stands beside its `$ref`.
#[derive(Clone, Debug, Default)]
pub struct PathItem<'d> {
    /// Method as it is written on the wire, its place and the operation, in the order of the
    /// document.
    pub operations: Vec<(String, &'d Node<'d>)>,
    /// `parameters`
    pub parameters: &'d [Node<'d>],
    /// `servers`
    pub servers: Vec<Server<'d>>,
    /// `summary`
    pub summary: Option<&'d str>,
    /// `description`
    pub description: Option<&'d str>,
    /// The `x-` keys.
    pub extensions: Vec<(&'d str, &'d Node<'d>)>,
}

/// Whether a key of a path item is a method.
#[must_use]
pub fn is_method(key: &str) -> bool {
    matches!(
        key,
        "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" | "query"
    )
}

impl<'d> PathItem<'d> {
    /// Reads a path item.
    pub fn parse(node: &'d Node<'d>, notes: &mut Notes) -> Self {
        let mut item = Self::default();
        for field in entries(node, "path item", notes) {
            match field.name() {
                method if is_method(method) => {
                    item.operations.push((method.to_ascii_uppercase(), field.node));
                }
                "additionalOperations" => {
                    for operation in entries(field.node, "additional operations", notes) {
                        item.operations.push((operation.name().to_owned(), operation.node));
                    }
                }
                "parameters" => item.parameters = field.list(notes),
                "servers" => item.servers = servers(field.node, notes),
                "summary" => item.summary = field.text(notes),
                "description" => item.description = field.text(notes),
                "$ref" => {}
                extension if extension.starts_with("x-") => {
                    item.extensions.push((extension, field.node));
                }
                _ => field.unknown(notes),
            }
        }
        item
    }
}

/// An operation.
#[derive(Clone, Debug)]
pub struct Operation<'d> {
    /// Where it stands.
    pub span: Span,
    /// `operationId`
    pub operation_id: Option<(&'d str, Span)>,
    /// `tags`
    pub tags: Vec<&'d str>,
    /// `summary`
    pub summary: Option<&'d str>,
    /// `description`
    pub description: Option<&'d str>,
    /// `deprecated`
    pub deprecated: bool,
    /// `parameters`
    pub parameters: &'d [Node<'d>],
    /// `requestBody`
    pub body: Option<&'d Node<'d>>,
    /// `responses`, with their keys.
    pub responses: Vec<Field<'d>>,
    /// `security`; `None`: that of the document.
    pub security: Option<Vec<Requirement<'d>>>,
    /// `servers`
    pub servers: Vec<Server<'d>>,
    /// The `x-` keys.
    pub extensions: Vec<(&'d str, &'d Node<'d>)>,
}

impl<'d> Operation<'d> {
    /// Reads an operation.
    pub fn parse(node: &'d Node<'d>, notes: &mut Notes) -> Self {
        let mut operation = Self {
            span: node.span,
            operation_id: None,
            tags: Vec::new(),
            summary: None,
            description: None,
            deprecated: false,
            parameters: &[],
            body: None,
            responses: Vec::new(),
            security: None,
            servers: Vec::new(),
            extensions: Vec::new(),
        };
        for field in entries(node, "operation", notes) {
            match field.name() {
                "operationId" => {
                    let id = field.text(notes).filter(|id| !id.trim().is_empty());
                    operation.operation_id = id.map(|id| (id, field.node.span));
                }
                "tags" => operation.tags = field.texts(notes),
                "summary" => operation.summary = field.text(notes),
                "description" => operation.description = field.text(notes),
                "deprecated" => operation.deprecated = field.flag(notes).unwrap_or_default(),
                "parameters" => operation.parameters = field.list(notes),
                "requestBody" => operation.body = Some(field.node),
                "responses" => {
                    operation.responses = entries(field.node, "responses", notes)
                        .filter(|response| !response.name().starts_with("x-"))
                        .collect();
                }
                "security" => operation.security = Some(requirements(field.node, notes)),
                "servers" => operation.servers = servers(field.node, notes),
                "callbacks" => field.ignored(notes),
                "externalDocs" => {}
                extension if extension.starts_with("x-") => {
                    operation.extensions.push((extension, field.node));
                }
                _ => field.unknown(notes),
            }
        }
        operation
    }
}

//! Path items and operations.

use super::document::{Server, servers};
use super::fields::{entries, own_entries};
use super::notes::Fault;
use super::reader::Reader;
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
    /// Reads a path item, without what its `$ref` leads to.
    ///
    /// # Errors
    ///
    /// The fault of a reference of one of its parts that cannot be followed.
    pub fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Self, Fault> {
        let mut item = Self::default();
        for field in own_entries(node, "path item", reader) {
            match field.name() {
                method if is_method(method) => {
                    item.operations.push((method.to_ascii_uppercase(), field.node));
                }
                "additionalOperations" => {
                    for operation in entries(field.node, "additional operations", reader)? {
                        item.operations.push((operation.name().to_owned(), operation.node));
                    }
                }
                "parameters" => item.parameters = field.list(reader)?,
                "servers" => item.servers = servers(field.node, reader)?,
                "summary" => item.summary = field.text(reader),
                "description" => item.description = field.text(reader),
                "$ref" => {}
                extension if extension.starts_with("x-") => {
                    item.extensions.push((extension, field.node));
                }
                _ => field.unknown(reader),
            }
        }
        Ok(item)
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
    /// `responses`
    pub responses: Option<&'d Node<'d>>,
    /// `security`; `None`: that of the document.
    pub security: Option<Vec<Requirement<'d>>>,
    /// `servers`
    pub servers: Vec<Server<'d>>,
    /// The `x-` keys.
    pub extensions: Vec<(&'d str, &'d Node<'d>)>,
}

impl<'d> Operation<'d> {
    /// Reads an operation.
    ///
    /// # Errors
    ///
    /// The fault of a reference of the operation or one of its parts that cannot be followed.
    pub fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Self, Fault> {
        let mut operation = Self {
            span: node.span,
            operation_id: None,
            tags: Vec::new(),
            summary: None,
            description: None,
            deprecated: false,
            parameters: &[],
            body: None,
            responses: None,
            security: None,
            servers: Vec::new(),
            extensions: Vec::new(),
        };
        for field in entries(node, "operation", reader)? {
            match field.name() {
                "operationId" => {
                    let id = field.text(reader).filter(|id| !id.trim().is_empty());
                    operation.operation_id = id.map(|id| (id, field.node.span));
                }
                "tags" => operation.tags = field.texts(reader)?,
                "summary" => operation.summary = field.text(reader),
                "description" => operation.description = field.text(reader),
                "deprecated" => operation.deprecated = field.flag(reader).unwrap_or_default(),
                "parameters" => operation.parameters = field.list(reader)?,
                "requestBody" => operation.body = Some(field.node),
                "responses" => operation.responses = Some(field.node),
                "security" => operation.security = Some(requirements(field.node, reader)?),
                "servers" => operation.servers = servers(field.node, reader)?,
                "callbacks" => field.ignored(reader),
                "externalDocs" => {}
                extension if extension.starts_with("x-") => {
                    operation.extensions.push((extension, field.node));
                }
                _ => field.unknown(reader),
            }
        }
        Ok(operation)
    }
}

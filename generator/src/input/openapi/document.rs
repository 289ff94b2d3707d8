//! The document itself, `info`, `servers` and `tags`.

use super::fields::{Field, entries, list};
use super::notes::Notes;
use super::security::{Requirement, requirements};
use crate::source::{Node, Span};

/// The top level of a document.
#[derive(Clone, Debug, Default)]
pub struct Document<'d> {
    /// `info`
    pub info: Info<'d>,
    /// `servers`
    pub servers: Vec<Server<'d>>,
    /// `tags`
    pub tags: Vec<Tag<'d>>,
    /// `security`
    pub security: Vec<Requirement<'d>>,
    /// `paths`
    pub paths: Option<&'d Node<'d>>,
    /// `webhooks`
    pub webhooks: Option<&'d Node<'d>>,
    /// `components.securitySchemes`
    pub security_schemes: Option<&'d Node<'d>>,
    /// The `x-` keys.
    pub extensions: Vec<(&'d str, &'d Node<'d>)>,
}

impl<'d> Document<'d> {
    /// Reads the top level of a document.
    pub fn parse(root: &'d Node<'d>, notes: &mut Notes) -> Self {
        let mut document = Self::default();
        for field in entries(root, "document", notes) {
            match field.name() {
                "info" => document.info = Info::parse(field.node, notes),
                "servers" => document.servers = servers(field.node, notes),
                "tags" => {
                    let tags = field.list(notes).iter();
                    document.tags = tags.filter_map(|tag| Tag::parse(tag, notes)).collect();
                }
                "security" => document.security = requirements(field.node, notes),
                "paths" => document.paths = field.mapping(notes),
                "webhooks" => document.webhooks = field.mapping(notes),
                "components" => document.security_schemes = field.node.get("securitySchemes"),
                extension if extension.starts_with("x-") => {
                    document.extensions.push((extension, field.node));
                }
                // `definitions` are those of Swagger, which references lead to.
                "openapi" | "jsonSchemaDialect" | "$self" | "externalDocs" | "definitions" => {}
                _ => field.unknown(notes),
            }
        }
        document
    }
}

/// `info`
#[derive(Clone, Copy, Debug, Default)]
pub struct Info<'d> {
    /// `title`
    pub title: Option<&'d str>,
    /// `summary`
    pub summary: Option<&'d str>,
    /// `description`
    pub description: Option<&'d str>,
    /// `version`
    pub version: Option<&'d str>,
    /// `termsOfService`
    pub terms_of_service: Option<&'d str>,
    /// `license.name`
    pub license: Option<&'d str>,
}

impl<'d> Info<'d> {
    fn parse(node: &'d Node<'d>, notes: &mut Notes) -> Self {
        let mut info = Self::default();
        for field in entries(node, "info", notes) {
            match field.name() {
                "title" => info.title = field.text(notes),
                "summary" => info.summary = field.text(notes),
                "description" => info.description = field.text(notes),
                "version" => info.version = field.text(notes),
                "termsOfService" => info.terms_of_service = field.text(notes),
                "license" => info.license = field.node.get("name").and_then(Node::as_str),
                "contact" => {}
                _ => field.unknown(notes),
            }
        }
        info
    }
}

/// An entry of `servers`.
#[derive(Clone, Debug)]
pub struct Server<'d> {
    /// Where it stands.
    pub span: Span,
    /// `url`
    pub url: &'d str,
    /// `name`, since 3.2.
    pub name: Option<&'d str>,
    /// `description`
    pub description: Option<&'d str>,
    /// `variables`
    pub variables: Vec<ServerVariable<'d>>,
}

/// An entry of `variables` of a server.
#[derive(Clone, Debug, Default)]
pub struct ServerVariable<'d> {
    /// Its key.
    pub name: &'d str,
    /// `default`
    pub default: Option<&'d str>,
    /// `enum`
    pub values: Vec<&'d str>,
}

/// Reads `servers`.
pub(super) fn servers<'d>(node: &'d Node<'d>, notes: &mut Notes) -> Vec<Server<'d>> {
    let items = list(node, "`servers`", notes).iter();
    items.filter_map(|server| Server::parse(server, notes)).collect()
}

impl<'d> Server<'d> {
    fn parse(node: &'d Node<'d>, notes: &mut Notes) -> Option<Self> {
        let mut url = None;
        let (mut name, mut description) = (None, None);
        let mut variables = Vec::new();
        for field in entries(node, "server", notes) {
            match field.name() {
                "url" => url = field.text(notes),
                "variables" => {
                    for variable in entries(field.node, "server variables", notes) {
                        variables.push(ServerVariable::parse(variable, notes));
                    }
                }
                "name" => name = field.text(notes),
                "description" => description = field.text(notes),
                _ => field.unknown(notes),
            }
        }
        if url.is_none() {
            notes.missing("`url` of the server", node, "the server is left out");
        }
        Some(Self { span: node.span, url: url?, name, description, variables })
    }
}

impl<'d> ServerVariable<'d> {
    fn parse(field: Field<'d>, notes: &mut Notes) -> Self {
        let mut variable = Self { name: field.name(), ..Self::default() };
        for field in entries(field.node, "server variable", notes) {
            match field.name() {
                "default" => variable.default = field.text(notes),
                "enum" => variable.values = field.texts(notes),
                "description" => {}
                _ => field.unknown(notes),
            }
        }
        variable
    }
}

/// An entry of `tags`.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'d> {
    /// `name`
    pub name: &'d str,
    /// `description`, else `summary`.
    pub description: Option<&'d str>,
}

impl<'d> Tag<'d> {
    fn parse(node: &'d Node<'d>, notes: &mut Notes) -> Option<Self> {
        let (mut name, mut description, mut summary) = (None, None, None);
        for field in entries(node, "tag", notes) {
            match field.name() {
                "name" => name = field.text(notes),
                "description" => description = field.text(notes),
                "summary" => summary = field.text(notes),
                "externalDocs" | "parent" | "kind" => {}
                _ => field.unknown(notes),
            }
        }
        if name.is_none() {
            notes.missing("`name` of the tag", node, "the tag is left out");
        }
        Some(Self { name: name?, description: description.or(summary) })
    }
}

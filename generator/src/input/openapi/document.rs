//! The document itself, `info`, `servers` and `tags`.

use super::fields::{Field, entries, list, own_entries};
use super::notes::{Fault, Note};
use super::reader::Reader;
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
    pub fn parse(root: &'d Node<'d>, reader: &mut Reader<'d>) -> Self {
        let mut document = Self::default();
        for field in own_entries(root, "document", reader) {
            if let Err(fault) = document.read(field, reader) {
                reader.notes.warn(Note {
                    kind: "part of the document left out",
                    code: fault.code,
                    message: format!(
                        "`{}` of the document is left out: {}",
                        field.name(),
                        fault.message
                    ),
                    span: fault.span,
                    help: "correct the reference",
                });
            }
        }
        document
    }

    fn read(&mut self, field: Field<'d>, reader: &mut Reader<'d>) -> Result<(), Fault> {
        match field.name() {
            "info" => self.info = Info::parse(field.node, reader)?,
            "servers" => self.servers = servers(field.node, reader)?,
            "tags" => {
                for tag in field.list(reader)? {
                    self.tags.extend(Tag::parse(tag, reader)?);
                }
            }
            "security" => self.security = requirements(field.node, reader)?,
            "paths" => self.paths = field.mapping(reader)?,
            "webhooks" => self.webhooks = field.mapping(reader)?,
            "components" => {
                let components = entries(field.node, "components", reader)?.into_iter();
                let mut schemes = components.filter(|part| part.name() == "securitySchemes");
                self.security_schemes = schemes.next().map(|part| part.node);
            }
            extension if extension.starts_with("x-") => {
                self.extensions.push((extension, field.node));
            }
            // `definitions` are those of Swagger, which references lead to.
            "openapi" | "jsonSchemaDialect" | "$self" | "externalDocs" | "definitions" => {}
            _ => field.unknown(reader),
        }
        Ok(())
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
    fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Self, Fault> {
        let mut info = Self::default();
        for field in entries(node, "info", reader)? {
            match field.name() {
                "title" => info.title = field.text(reader),
                "summary" => info.summary = field.text(reader),
                "description" => info.description = field.text(reader),
                "version" => info.version = field.text(reader),
                "termsOfService" => info.terms_of_service = field.text(reader),
                "license" => {
                    for field in entries(field.node, "license", reader)? {
                        if field.name() == "name" {
                            info.license = field.text(reader);
                        }
                    }
                }
                "contact" => {}
                _ => field.unknown(reader),
            }
        }
        Ok(info)
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
pub(super) fn servers<'d>(
    node: &'d Node<'d>,
    reader: &mut Reader<'d>,
) -> Result<Vec<Server<'d>>, Fault> {
    let mut servers = Vec::new();
    for server in list(node, "`servers`", reader)? {
        servers.extend(Server::parse(server, reader)?);
    }
    Ok(servers)
}

impl<'d> Server<'d> {
    fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Option<Self>, Fault> {
        let mut url = None;
        let (mut name, mut description) = (None, None);
        let mut variables = Vec::new();
        for field in entries(node, "server", reader)? {
            match field.name() {
                "url" => url = field.text(reader),
                "variables" => {
                    for variable in entries(field.node, "server variables", reader)? {
                        variables.push(ServerVariable::parse(variable, reader)?);
                    }
                }
                "name" => name = field.text(reader),
                "description" => description = field.text(reader),
                _ => field.unknown(reader),
            }
        }
        if url.is_none() {
            reader.notes.missing("`url` of the server", node, "the server is left out");
        }
        Ok(url.map(|url| Self { span: node.span, url, name, description, variables }))
    }
}

impl<'d> ServerVariable<'d> {
    fn parse(field: Field<'d>, reader: &mut Reader<'d>) -> Result<Self, Fault> {
        let mut variable = Self { name: field.name(), ..Self::default() };
        for field in entries(field.node, "server variable", reader)? {
            match field.name() {
                "default" => variable.default = field.text(reader),
                "enum" => variable.values = field.texts(reader)?,
                "description" => {}
                _ => field.unknown(reader),
            }
        }
        Ok(variable)
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
    fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Option<Self>, Fault> {
        let (mut name, mut description, mut summary) = (None, None, None);
        for field in entries(node, "tag", reader)? {
            match field.name() {
                "name" => name = field.text(reader),
                "description" => description = field.text(reader),
                "summary" => summary = field.text(reader),
                "externalDocs" | "parent" | "kind" => {}
                _ => field.unknown(reader),
            }
        }
        if name.is_none() {
            reader.notes.missing("`name` of the tag", node, "the tag is left out");
        }
        Ok(name.map(|name| Self { name, description: description.or(summary) }))
    }
}

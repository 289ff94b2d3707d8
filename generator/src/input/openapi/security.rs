//! Security schemes and what requires them.

use super::fields::{entries, list};
use super::notes::Fault;
use super::reader::Reader;
use crate::source::{Node, Span};

/// One alternative of `security`: the names of the schemes that are needed together.
#[derive(Clone, Debug)]
pub struct Requirement<'d> {
    /// The names, each with its place.
    pub schemes: Vec<(&'d str, Span)>,
    /// The scopes that each of them has to grant.
    pub scopes: Vec<Vec<&'d str>>,
}

/// Reads `security`.
pub(super) fn requirements<'d>(
    node: &'d Node<'d>,
    reader: &mut Reader<'d>,
) -> Result<Vec<Requirement<'d>>, Fault> {
    let mut requirements = Vec::new();
    for item in list(node, "`security`", reader)? {
        let item = reader.resolver.follow(item)?.node;
        let Some(entries) = item.as_object() else {
            reader.notes.wrong_type("an item of `security`", item, "a mapping");
            continue;
        };
        let schemes = entries.iter().map(|(key, _)| (&*key.name, key.span)).collect();
        let scopes = entries.iter().map(|(_, scopes)| {
            let scopes = scopes.as_array().unwrap_or_default();
            scopes.iter().filter_map(Node::as_str).collect()
        });
        requirements.push(Requirement { schemes, scopes: scopes.collect() });
    }
    Ok(requirements)
}

/// An entry of `components.securitySchemes`. A `$ref` is followed before one is read.
#[derive(Clone, Debug)]
pub struct SecurityScheme<'d> {
    /// Where it stands.
    pub span: Span,
    /// `type`
    pub kind: Option<&'d str>,
    /// `name`
    pub name: Option<&'d str>,
    /// `in`
    pub location: Option<&'d str>,
    /// `scheme`
    pub scheme: Option<&'d str>,
    /// `tokenUrl` of the flow `clientCredentials`.
    pub token_url: Option<&'d str>,
    /// `openIdConnectUrl`, or `oauth2MetadataUrl` (3.2).
    pub metadata_url: Option<&'d str>,
}

impl<'d> SecurityScheme<'d> {
    /// Reads a security scheme.
    ///
    /// # Errors
    ///
    /// The fault of a reference that cannot be followed.
    pub fn parse(node: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Self, Fault> {
        let mut scheme = Self {
            span: node.span,
            kind: None,
            name: None,
            location: None,
            scheme: None,
            token_url: None,
            metadata_url: None,
        };
        for field in entries(node, "security scheme", reader)? {
            match field.name() {
                "type" => scheme.kind = field.text(reader),
                "name" => scheme.name = field.text(reader),
                "in" => scheme.location = field.text(reader),
                "scheme" => scheme.scheme = field.text(reader),
                "flows" => {
                    for flow in entries(field.node, "flows", reader)? {
                        if flow.name() == "clientCredentials" {
                            scheme.token_url = token_url(flow.node, reader)?;
                        }
                    }
                }
                "openIdConnectUrl" | "oauth2MetadataUrl" => {
                    scheme.metadata_url = field.text(reader).filter(|url| !url.trim().is_empty());
                }
                "description" | "bearerFormat" | "deprecated" => {}
                _ => field.unknown(reader),
            }
        }
        Ok(scheme)
    }
}

fn token_url<'d>(flow: &'d Node<'d>, reader: &mut Reader<'d>) -> Result<Option<&'d str>, Fault> {
    let mut fields = entries(flow, "flow", reader)?.into_iter();
    let url = fields.find(|field| field.name() == "tokenUrl").and_then(|it| it.text(reader));
    Ok(url.filter(|url| !url.trim().is_empty()))
}

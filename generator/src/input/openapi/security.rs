//! Security schemes and what requires them.

use super::fields::{entries, list};
use super::notes::Notes;
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
pub(super) fn requirements<'d>(node: &'d Node<'d>, notes: &mut Notes) -> Vec<Requirement<'d>> {
    let mut requirements = Vec::new();
    for item in list(node, "`security`", notes) {
        if item.as_object().is_none() {
            notes.wrong_type("an item of `security`", item, "a mapping");
            continue;
        }
        let entries = item.as_object().unwrap_or_default();
        let schemes = entries.iter().map(|(key, _)| (&*key.name, key.span)).collect();
        let scopes = entries.iter().map(|(_, scopes)| {
            let scopes = scopes.as_array().unwrap_or_default();
            scopes.iter().filter_map(Node::as_str).collect()
        });
        requirements.push(Requirement { schemes, scopes: scopes.collect() });
    }
    requirements
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
    pub fn parse(node: &'d Node<'d>, notes: &mut Notes) -> Self {
        let mut scheme = Self {
            span: node.span,
            kind: None,
            name: None,
            location: None,
            scheme: None,
            token_url: None,
            metadata_url: None,
        };
        for field in entries(node, "security scheme", notes) {
            match field.name() {
                "type" => scheme.kind = field.text(notes),
                "name" => scheme.name = field.text(notes),
                "in" => scheme.location = field.text(notes),
                "scheme" => scheme.scheme = field.text(notes),
                "flows" => {
                    let flow = field.node.get("clientCredentials");
                    let url = flow.and_then(|flow| flow.get("tokenUrl")).and_then(Node::as_str);
                    scheme.token_url = url.filter(|url| !url.trim().is_empty());
                }
                "openIdConnectUrl" | "oauth2MetadataUrl" => {
                    scheme.metadata_url = field.text(notes).filter(|url| !url.trim().is_empty());
                }
                "description" | "bearerFormat" | "deprecated" => {}
                _ => field.unknown(notes),
            }
        }
        scheme
    }
}

//! Security schemes and what requires them.

use super::fields::{entries, list};
use super::notes::Notes;
use crate::source::{Node, Span};

/// One alternative of `security`: the names of the schemes that are needed together.
#[derive(Clone, Debug)]
pub struct Requirement<'d> {
    /// The names, each with its place.
    pub schemes: Vec<(&'d str, Span)>,
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
        requirements.push(Requirement { schemes });
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
}

impl<'d> SecurityScheme<'d> {
    /// Reads a security scheme.
    pub fn parse(node: &'d Node<'d>, notes: &mut Notes) -> Self {
        let mut scheme =
            Self { span: node.span, kind: None, name: None, location: None, scheme: None };
        for field in entries(node, "security scheme", notes) {
            match field.name() {
                "type" => scheme.kind = field.text(notes),
                "name" => scheme.name = field.text(notes),
                "in" => scheme.location = field.text(notes),
                "scheme" => scheme.scheme = field.text(notes),
                "description" | "bearerFormat" | "flows" | "openIdConnectUrl"
                | "oauth2MetadataUrl" | "deprecated" => {}
                _ => field.unknown(notes),
            }
        }
        scheme
    }
}

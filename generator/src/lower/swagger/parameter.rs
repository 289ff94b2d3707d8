//! Parameters of Swagger 2.0: their type stands beside their name, and `collectionFormat` is
//! `style` and `explode`.

use super::{Found, flag, named, object, text};
use crate::source::{Key, Node};

/// Fields of a parameter that are no keywords of its schema.
const OWN: [&str; 7] =
    ["name", "in", "description", "required", "allowEmptyValue", "schema", "collectionFormat"];

impl<'d> Found<'d> {
    /// A parameter of the path, the query or a header.
    pub(super) fn convert(&self) -> Node<'d> {
        let Some(entries) = self.0.as_object() else { return self.0.clone() };
        // One that could not be followed is left to whoever says why.
        if self.0.get("$ref").is_some() {
            return self.0.clone();
        }
        let is_kept = |(key, _): &&(Key<'d>, Node<'d>)| {
            matches!(&*key.name, "name" | "in" | "description" | "required" | "allowEmptyValue")
                || key.name.starts_with("x-")
        };
        let mut kept: Vec<_> = entries.iter().filter(is_kept).cloned().collect();
        kept.push((named("schema", self.0.span), self.schema()));
        kept.extend(self.style());
        object(self.0.span, kept)
    }

    /// The schema that stands in the parameter itself.
    pub(super) fn schema(&self) -> Node<'d> {
        if let Some(schema) = self.0.get("schema") {
            return schema.clone();
        }
        let entries = self.0.as_object().unwrap_or_default();
        let is_keyword = |(key, _): &&(Key<'d>, Node<'d>)| {
            !OWN.contains(&&*key.name) && (!key.name.starts_with("x-") || key.name == "x-nullable")
        };
        object(self.0.span, entries.iter().filter(is_keyword).cloned().collect())
    }

    /// `style` and `explode` of a list.
    pub(super) fn style(&self) -> Vec<(Key<'d>, Node<'d>)> {
        if self.field("type") != Some("array") {
            return Vec::new();
        }
        let span = self.0.get("collectionFormat").unwrap_or(self.0).span;
        let style = match self.field("collectionFormat").unwrap_or("csv") {
            "csv" => None,
            "multi" => return vec![(named("explode", span), flag(true, span))],
            // Styles of OpenAPI 3 have other names, and stand in fewer places.
            known @ ("ssv" | "pipes" | "tsv") => Some(known),
            _ => Some("unknown"),
        };
        let mut fields = vec![(named("explode", span), flag(false, span))];
        fields.extend(style.map(|style| (named("style", span), text(style, span))));
        fields
    }
}

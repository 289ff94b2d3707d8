//! Routes declared in TOML, and the rules that choose what they become.

use regex_lite::Regex;

use super::{Location, ResourceSecurity, RouteComponent, RouteMap, UriPart};
use crate::source::Span;

/// A `[[route]]` that a handler answers: what it is besides a tool.
#[derive(Clone, Debug)]
pub struct DeclaredRoute {
    /// Where its path stands.
    pub span: Span,
    /// Its method in upper case.
    pub method: String,
    /// Its path, the names of variables in braces.
    pub path: String,
    /// The path in pieces, with the names of arguments.
    pub parts: Vec<UriPart>,
    /// Where the arguments of the tool come from, in their order.
    pub sources: Vec<RouteSource>,
    /// Status of a successful answer.
    pub status: u16,
    /// The errors that are described: status and description.
    pub responses: Vec<(u16, String)>,
    /// One line about it.
    pub summary: Option<String>,
    /// `description`, where it was given.
    pub description: Option<String>,
    /// Going away.
    pub deprecated: bool,
    /// What the variables of its template must not be; `None`: as of all templates.
    pub security: Option<ResourceSecurity>,
    /// What it is for clients of MCP.
    pub component: RouteComponent,
    /// Where the declaration says so.
    pub said_at: Span,
}

/// Where an argument of a route comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RouteSource {
    /// The part of the request.
    pub part: RoutePart,
    /// Its name there; empty for a whole body.
    pub wire: String,
}

/// A part of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RoutePart {
    /// A parameter.
    Parameter(Location),
    /// A property of the body.
    Property,
    /// The body.
    Body,
    /// None: the value is injected.
    Injected,
}

/// A rule whose pattern is compiled.
#[derive(Debug)]
pub struct RouteRule<'m> {
    /// The rule.
    pub map: &'m RouteMap,
    pattern: Option<Regex>,
}

impl<'m> RouteRule<'m> {
    /// Compiles the pattern; `None` for one that was refused when mcp.toml was read.
    #[must_use]
    pub fn new(map: &'m RouteMap) -> Option<Self> {
        let pattern = match map.pattern.as_deref().map(Regex::new) {
            None => None,
            Some(pattern) => Some(pattern.ok()?),
        };
        Some(Self { map, pattern })
    }

    /// Whether an operation is one of those that the rule is for.
    #[must_use]
    pub fn matches(&self, method: &str, path: &str, tags: &[String]) -> bool {
        let methods = &self.map.methods;
        (methods.is_empty() || methods.iter().any(|known| known == method))
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(path))
            && self.map.tags.iter().all(|tag| tags.contains(tag))
    }
}

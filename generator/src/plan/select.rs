//! Which operations become components, and of which kind: route maps, settings, extensions and tags.

use std::collections::BTreeSet;

use super::extension;
use crate::model::{
    About, ChosenName, Declaration, DeclaredTool, Document, NameRule, Operation, OperationSettings,
    RouteComponent, RouteRule, Typed,
};
use crate::source::Span;

/// An operation that becomes a component.
#[derive(Clone, Debug)]
pub(super) struct Selected<'d> {
    /// Index of its document.
    pub(super) document: usize,
    pub(super) operation: &'d Operation,
    pub(super) settings: Option<&'d OperationSettings>,
    /// What it becomes; not [`RouteComponent::Exclude`].
    pub(super) component: RouteComponent,
    /// Where the declaration says so.
    pub(super) said_at: Option<Span>,
    /// A name that was chosen by hand.
    pub(super) explicit: Option<Explicit<'d>>,
    /// The rule for its name otherwise.
    pub(super) rule: NameRule,
    /// Its tags, those of route maps and settings among them.
    pub(super) tags: BTreeSet<String>,
    /// Whether its arguments and its result have types of their own.
    pub(super) typed: Asked,
}

/// Whether somebody asked for the types of an operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    /// Nobody did.
    No,
    /// With all of its document.
    Along,
    /// By name, at this place.
    ByName(Span),
}

/// A name that was chosen by hand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Explicit<'d> {
    /// In `mcp.toml`.
    Manifest(&'d ChosenName),
    /// By `x-mcp-name` of the operation.
    Extension(&'d str),
}

impl<'d> Explicit<'d> {
    /// The name, without the namespace.
    pub(super) fn name(self) -> &'d str {
        match self {
            Self::Manifest(chosen) => &chosen.name,
            Self::Extension(name) => name,
        }
    }

    /// How `mcp.lock` says what chose the name.
    pub(super) const fn rule(self) -> &'static str {
        match self {
            Self::Manifest(_) => "mcp.toml",
            Self::Extension(_) => EXTENSION,
        }
    }
}

/// The key of an operation that names its tool.
const EXTENSION: &str = "x-mcp-name";

/// The operations that become components, in the order of the documents.
pub(super) fn select(declaration: &Declaration) -> Vec<Selected<'_>> {
    choose(declaration, true)
}

/// The operations that would be read as resources, did the tags of the server let them through.
pub(super) fn left_out(declaration: &Declaration) -> Vec<Selected<'_>> {
    let mut found = choose(declaration, false);
    found.retain(|one| one.component == RouteComponent::Resource);
    found
}

/// The operations that are no [`RouteComponent::Exclude`], and which the tags of the server let
/// through, or do not.
fn choose(declaration: &Declaration, passing: bool) -> Vec<Selected<'_>> {
    let server = &declaration.server;
    let mut selected = Vec::new();
    for (index, document) in declaration.documents.iter().enumerate() {
        let maps: Vec<_> = document.settings.route_maps.iter().filter_map(RouteRule::new).collect();
        for operation in &document.api.operations {
            let settings = settings(document, operation);
            let (method, path) = (operation.method.as_str(), operation.path.as_str());
            let map = maps.iter().find(|map| map.matches(method, path, &operation.tags));
            let (component, said_at) = component(operation, settings, map);
            let mut tags: BTreeSet<String> = operation.tags.iter().cloned().collect();
            tags.extend(map.iter().flat_map(|map| map.map.add_tags.iter().cloned()));
            tags.extend(settings.iter().flat_map(|settings| settings.tags.iter().cloned()));
            if component == RouteComponent::Exclude
                || passes(&tags, &server.include_tags, &server.exclude_tags) != passing
            {
                continue;
            }
            selected.push(Selected {
                document: index,
                operation,
                settings,
                component,
                said_at,
                explicit: explicit(document, operation, settings),
                rule: document.settings.names.unwrap_or(server.names),
                typed: typed(document, operation, settings),
                tags,
            });
        }
    }
    selected
}

/// What an operation becomes, and where the declaration says so: in its own table, else, unless the
/// document excludes it, in the first rule that matches.
fn component(
    operation: &Operation,
    settings: Option<&OperationSettings>,
    map: Option<&RouteRule<'_>>,
) -> (RouteComponent, Option<Span>) {
    if let Some((component, span)) = settings.and_then(|settings| settings.component) {
        return (component, Some(span));
    }
    if extension::excludes(operation) {
        return (RouteComponent::Exclude, None);
    }
    map.map_or_else(Default::default, |map| (map.map.component, map.map.span))
}

/// The declared tools that the tags of the server let through, and all routes: what is no tool for
/// clients of MCP is still answered over HTTP.
pub(super) fn declared_tools(declaration: &Declaration) -> Vec<&DeclaredTool> {
    let is_there =
        |tool: &&DeclaredTool| tool.route.is_some() || is_selected(declaration, &tool.about);
    declaration.tools.iter().filter(is_there).collect()
}

/// Whether clients of MCP see the tool.
pub(super) fn is_listed(declaration: &Declaration, tool: &DeclaredTool) -> bool {
    let is_tool = tool.route.as_ref().is_none_or(|it| it.component == RouteComponent::Tool);
    is_tool && is_selected(declaration, &tool.about)
}

/// The routes of handlers that are no component because of `enabled = false` or the tags of the server.
pub(super) fn left_out_routes(declaration: &Declaration) -> impl Iterator<Item = &DeclaredTool> {
    let filtered = declaration.tools.iter().filter(|tool| !is_selected(declaration, &tool.about));
    declaration.disabled_routes.iter().chain(filtered)
}

/// Whether the tags of the server let a declared component through.
pub(super) fn is_selected(declaration: &Declaration, about: &About) -> bool {
    let server = &declaration.server;
    let tags = about.tags.iter().cloned().collect();
    passes(&tags, &server.include_tags, &server.exclude_tags)
}

/// Whether a component with these tags is kept.
fn passes(tags: &BTreeSet<String>, include: &[String], exclude: &[String]) -> bool {
    let any = |list: &[String]| list.iter().any(|tag| tags.contains(tag));
    (include.is_empty() || any(include)) && !any(exclude)
}

/// What a table of `mcp.toml` calls an operation: its id, or `GET /books/{isbn}`.
fn lookup<'d, T>(table: &'d indexmap::IndexMap<String, T>, operation: &Operation) -> Option<&'d T> {
    let by_id = operation.operation_id.as_ref().and_then(|(id, _)| table.get(id));
    let by_path = || table.get(&format!("{} {}", operation.method, operation.path));
    // The path is the more precise of the two where an id is there twice.
    by_path().or(by_id)
}

fn settings<'d>(document: &'d Document, operation: &Operation) -> Option<&'d OperationSettings> {
    lookup(&document.settings.operations, operation)
}

/// What the table of an operation says about its types, else that of its document.
fn typed(
    document: &Document,
    operation: &Operation,
    settings: Option<&OperationSettings>,
) -> Asked {
    match settings.and_then(|settings| settings.typed) {
        Some((true, span)) => return Asked::ByName(span),
        Some((false, _)) => return Asked::No,
        None => {}
    }
    match &document.settings.typed {
        Typed::None => Asked::No,
        Typed::All => Asked::Along,
        Typed::Some(ids) => lookup(ids, operation).map_or(Asked::No, |span| Asked::ByName(*span)),
    }
}

fn explicit<'d>(
    document: &'d Document,
    operation: &'d Operation,
    settings: Option<&'d OperationSettings>,
) -> Option<Explicit<'d>> {
    let declared = settings
        .and_then(|settings| settings.name.as_ref())
        .or_else(|| lookup(&document.settings.tools, operation));
    let wished = || extension::text(operation, "name").map(Explicit::Extension);
    declared.map(Explicit::Manifest).or_else(wished)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RouteMap;
    use crate::plan::test_support::{chosen, declaration, operation};

    fn paths(declaration: &Declaration) -> Vec<&str> {
        select(declaration).iter().map(|selected| selected.operation.path.as_str()).collect()
    }

    fn three() -> Declaration {
        let mut admin = operation("DELETE", "/admin/x", Some("admin"));
        admin.tags = vec!["admin".to_owned()];
        let mut books = operation("GET", "/books", Some("books"));
        books.tags = vec!["books".to_owned()];
        declaration(vec![admin, books, operation("GET", "/health", None)])
    }

    #[test]
    fn first_route_map_that_matches_decides() {
        let mut declaration = three();
        let map = |pattern: &str, component| RouteMap {
            pattern: Some(pattern.to_owned()),
            component,
            ..RouteMap::default()
        };
        declaration.documents[0].settings.route_maps = vec![
            map("^/books$", RouteComponent::Tool),
            map("^/(books|health)", RouteComponent::Exclude),
        ];
        assert_eq!(paths(&declaration), ["/admin/x", "/books"]);
    }

    #[test]
    fn table_of_an_operation_wins_over_document_and_rules() {
        let mut declaration = three();
        let document = &mut declaration.documents[0];
        let exclude = serde_json::Value::Bool(true);
        document.api.operations[1].extensions.insert("x-mcp-exclude".to_owned(), exclude);
        document.settings.route_maps =
            vec![RouteMap { component: RouteComponent::Exclude, ..RouteMap::default() }];
        assert!(select(&declaration).is_empty());
        for id in ["books", "GET /health"] {
            let component = Some((RouteComponent::Resource, crate::plan::test_support::span()));
            let settings = OperationSettings { component, ..OperationSettings::default() };
            declaration.documents[0].settings.operations.insert(id.to_owned(), settings);
        }
        let found: Vec<_> = select(&declaration).iter().map(|one| one.component).collect();
        assert_eq!(found, [RouteComponent::Resource; 2]);
    }

    #[test]
    fn filter_that_matches_nothing_leaves_nothing() {
        let mut declaration = three();
        declaration.server.include_tags = vec!["absent".to_owned()];
        assert!(paths(&declaration).is_empty());
        declaration.server.include_tags = Vec::new();
        declaration.server.exclude_tags = vec!["admin".to_owned()];
        assert_eq!(paths(&declaration), ["/books", "/health"]);
    }

    #[test]
    fn operation_without_id_is_called_by_method_and_path() {
        let mut declaration = three();
        let name = chosen("health");
        declaration.documents[0].settings.tools.insert("GET /health".to_owned(), name.clone());
        let selected = select(&declaration);
        assert_eq!(selected[2].explicit, Some(Explicit::Manifest(&name)));
    }
}

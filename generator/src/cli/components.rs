//! All components of a server as the commands show them.

use crate::plan::{self, Component};

/// A component, whatever its kind.
pub(super) struct Row<'p> {
    /// `tool`, `resource`, `template`, `prompt`, or `route` for what is only served over HTTP.
    pub(super) kind: &'static str,
    /// Its name; of a resource, its URI.
    pub(super) name: &'p str,
    /// What is behind it.
    pub(super) from: String,
    /// How many arguments a caller can give.
    pub(super) arguments: usize,
    /// Its entry in a list.
    pub(super) listing: &'p str,
    /// Its documentation.
    pub(super) docs: &'p str,
    /// The operation behind it, where there is one.
    pub(super) operation: Option<&'p plan::Operation>,
    /// The method that answers it, where it is written by hand.
    pub(super) handler: Option<&'p plan::Handler>,
}

/// All components, in the order of lists.
pub(super) fn rows(server: &plan::Crate) -> Vec<Row<'_>> {
    let tools = server.tools().map(|tool| Row {
        kind: if tool.listed { "tool" } else { "route" },
        name: &tool.name,
        from: behind(tool),
        arguments: tool.arguments.iter().filter(|it| !it.hidden).count(),
        listing: &tool.listing,
        docs: &tool.docs,
        operation: match &tool.target {
            plan::Target::Operation(operation) => Some(operation),
            plan::Target::Handler(_) => None,
        },
        handler: tool.handler(),
    });
    let resources = server.resources.all.iter().map(|it| {
        let operation = server.resources.operation(it).map(|read| &read.operation);
        let row = other(&it.component, it.handler(), "contents");
        Row {
            kind: if it.is_template() { "template" } else { "resource" },
            name: &it.uri,
            from: operation.map_or_else(|| row.from.clone(), route),
            operation,
            ..row
        }
    });
    let prompts = server
        .prompts
        .all
        .iter()
        .map(|it| Row { kind: "prompt", ..other(&it.component, it.handler(), "messages") });
    tools.chain(resources).chain(prompts).collect()
}

fn other<'p>(
    component: &'p Component,
    handler: Option<&'p plan::Handler>,
    declared: &str,
) -> Row<'p> {
    Row {
        kind: "",
        name: &component.name,
        from: handler.map_or_else(|| declared.to_owned(), method),
        arguments: component.arguments.iter().filter(|it| !it.hidden).count(),
        listing: &component.listing,
        docs: &component.docs,
        operation: None,
        handler,
    }
}

/// What answers a tool: a route of an upstream, or a method.
fn behind(tool: &plan::Tool) -> String {
    match &tool.target {
        plan::Target::Operation(operation) => route(operation),
        plan::Target::Handler(declared) => match &declared.route {
            Some(route) => format!("{} {}", route.method, route.template),
            None => method(&declared.handler),
        },
    }
}

fn route(operation: &plan::Operation) -> String {
    format!("{} {}", operation.method, operation.template)
}

fn method(handler: &plan::Handler) -> String {
    format!("fn {}", handler.method)
}

/// `2 tools, 1 prompt`
pub(super) fn counts(rows: &[Row<'_>]) -> String {
    let words = [
        ("tool", "tools"),
        ("resource", "resources"),
        ("template", "templates"),
        ("prompt", "prompts"),
        ("route", "routes"),
    ];
    let counted = words.iter().filter_map(|(kind, several)| {
        let count = rows.iter().filter(|row| row.kind == *kind).count();
        let word = if count == 1 { kind } else { several };
        (count > 0).then(|| format!("{} {word}", super::table::thousands(count)))
    });
    counted.collect::<Vec<_>>().join(", ")
}

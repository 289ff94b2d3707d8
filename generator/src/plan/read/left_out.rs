//! The URIs of resources that are left out: nobody reads them, through a template neither.

use std::collections::BTreeMap;

use super::uri::{self, Rule};
use crate::diagnostic::Diagnostics;
use crate::model::{Declaration, DeclaredTool, NameRule, RouteComponent, UriPart};
use crate::plan::arguments;
use crate::plan::census::Census;
use crate::plan::names::tool;
use crate::plan::select::{Explicit, Selected};
use crate::plan::upstream;
use crate::plan::{Argument, Part, Segment};

/// The URI of an operation as a resource; `None` where only values make it one.
pub(in crate::plan) fn uri_of_operation(
    declaration: &Declaration,
    one: &Selected<'_>,
) -> Option<String> {
    let document = &declaration.documents[one.document];
    let operation = one.operation;
    let source = arguments::Source {
        schemas: &document.api.schemas,
        operation,
        settings: one.settings,
        locked: &BTreeMap::new(),
        in_uri: true,
        own: upstream::sent(document, operation),
    };
    // What is to be said of its arguments is said where it is a component.
    let inputs = arguments::plan(&source, &mut Census::default(), &mut Diagnostics::default());
    let local = one.explicit.map(Explicit::name).map(str::to_owned);
    let local = local.unwrap_or_else(|| tool::base(one.rule, operation));
    let rule = match one.rule {
        NameRule::Mcpwright => Rule::Path(&document.name),
        NameRule::Fastmcp => {
            Rule::Name { namespace: document.settings.namespace.as_deref(), local: &local }
        }
    };
    let piece = |segment: &Segment| match segment {
        Segment::Literal(text) => Part::Literal(text.clone()),
        Segment::Argument(index) => Part::Segment(*index),
    };
    let path: Vec<Part> = inputs.path.iter().map(piece).collect();
    fixed(&operation.method, &rule, &path, &inputs.arguments)
}

/// The URI of a route as a resource; `None` where it is none, or only values make it one. `server`:
/// its name.
pub(in crate::plan) fn uri_of_route(
    declaration: &Declaration,
    server: &str,
    declared: &DeclaredTool,
) -> Option<String> {
    let route = declared.route.as_deref().filter(|it| it.component == RouteComponent::Resource)?;
    let piece = |part: &UriPart| match part {
        UriPart::Literal(text) => Some(Part::Literal(text.clone())),
        UriPart::Segment(_) | UriPart::Rest(_) | UriPart::Query(_) | UriPart::Each(..) => None,
    };
    let path: Vec<Part> = route.parts.iter().map(piece).collect::<Option<_>>()?;
    let rule = match declaration.server.names {
        NameRule::Mcpwright => Rule::Path(server),
        NameRule::Fastmcp => Rule::Name { namespace: None, local: &declared.about.name },
    };
    fixed(&route.method, &rule, &path, &[])
}

fn fixed(method: &str, rule: &Rule<'_>, path: &[Part], arguments: &[Argument]) -> Option<String> {
    let uri = uri::plan(rule, path, arguments).ok().filter(|_| method == "GET")?.without_query();
    uri.parts.is_empty().then_some(uri.text)
}

//! Rules of route maps that are for no operation: a slip in their pattern, or of a document that has
//! changed.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Declaration, Document, RouteRule};

/// Warns of the rules that match no operation of their document.
pub(super) fn report(declaration: &Declaration, diagnostics: &mut Diagnostics) {
    for document in &declaration.documents {
        if document.api.operations.is_empty() {
            continue;
        }
        for rule in document.settings.route_maps.iter().filter_map(RouteRule::new) {
            if matches_any(&rule, document) {
                continue;
            }
            let message = format!(
                "this rule matches no operation of `{}`, so it changes nothing",
                document.name
            );
            let problem = Diagnostic::warning(Code::E0306, message).help(
                "compare it with the methods, paths and tags that `inspect` shows; a pattern is \
                 searched for in the path: `^/books`",
            );
            diagnostics.push(match rule.map.span {
                Some(span) => problem.at(span, ""),
                None => problem,
            });
        }
    }
}

fn matches_any(rule: &RouteRule<'_>, document: &Document) -> bool {
    let mut operations = document.api.operations.iter();
    let matched = operations.any(|it| rule.matches(&it.method, &it.path, &it.tags));
    // Those that could not be read were reported, and may be what is meant.
    let mut left_out = document.api.left_out.iter().filter_map(|route| route.split_once(' '));
    matched || left_out.any(|(method, path)| rule.matches(method, path, &rule.map.tags))
}

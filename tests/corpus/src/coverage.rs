//! What became of each operation that the text of a document has.

use std::collections::BTreeSet;

use mcpwright_generator::Generated;
use mcpwright_generator::diagnostic::Diagnostic;
use mcpwright_generator::plan::{Operation, Place, Target, Tool};

use crate::described::{Operations, Route};

/// What became of them.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Coverage {
    /// How many became a tool.
    pub kept: usize,
    /// Those that were left out, each with the reason.
    pub skipped: Vec<String>,
    /// Those that are neither.
    pub lost: Vec<String>,
    /// Those that became a tool without what the text says of their requests.
    pub emptied: Vec<String>,
}

/// Compares what was generated with the text of its document.
#[must_use]
pub fn of(described: &Operations, generated: &Generated) -> Coverage {
    let mut coverage = Coverage::default();
    let mut kept = BTreeSet::new();
    for (tool, operation) in forwarded(generated) {
        let route = (operation.method.clone(), operation.template.clone());
        if let Some(what) = missing(&route, tool, operation, described, generated) {
            coverage.emptied.push(format!("{} {}: {what}", route.0, route.1));
        }
        kept.insert(route);
        coverage.kept += 1;
    }
    let faults: Vec<(&Diagnostic, &str, &str)> = faults(generated).collect();
    for route in described.keys().filter(|route| !kept.contains(*route)) {
        let name = format!("{} {}", route.0, route.1);
        let is_of = |subject: &str| subject == name || subject == route.1;
        match faults.iter().find(|(_, subject, _)| is_of(subject)) {
            Some((fault, _, why)) => {
                coverage.skipped.push(format!("{} {name} is left out: {why}", fault.code.as_str()));
            }
            None => coverage.lost.push(name),
        }
    }
    // A path that leads to nothing has no operations that could be counted.
    let paths = faults.iter().filter(|(_, subject, _)| {
        subject.starts_with('/') && described.keys().all(|(_, path)| path != subject)
    });
    coverage.skipped.extend(paths.map(|(fault, subject, why)| {
        format!("{} {subject} is left out: {why}", fault.code.as_str())
    }));
    coverage
}

/// The tools that forward an operation.
fn forwarded(generated: &Generated) -> impl Iterator<Item = (&Tool, &Operation)> {
    generated.plan.tools().filter_map(|tool| match &tool.target {
        Target::Operation(operation) => Some((tool, &**operation)),
        _ => None,
    })
}

/// What was left out, by the words of its warning: `GET /a`, a whole path `/a`, or a part of the
/// document; and why.
fn faults(generated: &Generated) -> impl Iterator<Item = (&Diagnostic, &str, &str)> {
    generated.warnings.iter().filter_map(|warning| {
        let (subject, why) = warning.message.split_once(" is left out: ")?;
        Some((warning, subject, why))
    })
}

/// What the arguments of a tool lack that the text has in the requests of its operation.
fn missing(
    (method, path): &Route,
    tool: &Tool,
    operation: &Operation,
    described: &Operations,
    generated: &Generated,
) -> Option<String> {
    let has = |place: Place, name: &str| {
        let mut arguments = tool.arguments.iter().filter(|argument| argument.place == place);
        arguments.any(|argument| match place {
            Place::Header => argument.wire.eq_ignore_ascii_case(name),
            _ => argument.wire == name,
        })
    };
    if let Some(variable) = variables(path).find(|variable| !has(Place::Path, variable)) {
        return Some(format!("no argument fills `{variable}`"));
    }
    let route = format!("{method} {path}");
    if generated.warnings.iter().any(|warning| warning.message.contains(&route)) {
        return None;
    }
    let described = described.get(&(method.clone(), path.clone()))?;
    if !described.body.is_empty() && operation.body.is_none() {
        return Some("its body is gone".to_owned());
    }
    let mut parameters = described.parameters.iter().filter_map(|(location, name)| {
        let place = match location.as_str() {
            "query" => Place::Query,
            "header" => Place::Header,
            "cookie" => Place::Cookie,
            _ => return None,
        };
        (described.unsent(path, "", name).is_none() && !has(place, name))
            .then_some((location, name))
    });
    let (location, name) = parameters.next()?;
    Some(format!("the {location} parameter `{name}` is gone"))
}

/// The variables of a path template, without its fragment.
fn variables(path: &str) -> impl Iterator<Item = &str> {
    let path = path.split('#').next().unwrap_or_default();
    let names = path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    names.map(|(name, _)| name).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use mcpwright_generator::emit::RuntimeDependency;

    use super::*;
    use crate::described;
    use crate::documents::Document;
    use crate::generation::{self, Outcome};

    /// Generates one text, and compares it with another.
    fn check(generated: &str, text: &str, expected: &Coverage) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shop.yaml");
        let head = "openapi: 3.1.0\nservers: [{ url: https://example.com }]\n";
        let write = |text: &str| std::fs::write(&path, format!("{head}{text}")).expect("a file");
        write(generated);
        let document = Document { name: "shop.yaml".to_owned(), path: path.clone() };
        let runtime = RuntimeDependency::Version("0.1.0".to_owned());
        let (Outcome::Generated(generated), _) = generation::generate(&document, runtime) else {
            panic!("it is not generated");
        };
        write(text);
        let described = described::operations(&path).expect("it parses");
        assert_eq!(of(&described, &generated), *expected);
    }

    #[test]
    fn what_is_left_out_is_counted_wherever_its_fault_is() {
        let text = "paths:
  /a:
    get: { parameters: [{ $ref: '#/components/parameters/A' }] }
    put: {}
  /b: { $ref: '#/nothing', get: {}, put: {} }
  /c: { $ref: '#/nothing' }
components: { parameters: { A: { name: a, in: nowhere, required: true } } }
";
        let why = "`#/nothing` points to nothing";
        let gone = ["GET /b", "PUT /b", "/c"];
        let gone = gone.map(|name| format!("E0205 {name} is left out: {why}"));
        let mut skipped =
            vec!["E0212 GET /a is left out: the parameter `a` is in `nowhere`".to_owned()];
        skipped.extend(gone);
        check(text, text, &Coverage { kept: 1, skipped, ..Coverage::default() });
    }

    #[test]
    fn operations_without_a_trace_are_lost() {
        let expected = Coverage { kept: 1, lost: vec!["PUT /a".to_owned()], ..Coverage::default() };
        check("paths: { /a: { get: {} } }", "paths: { /a: { get: {}, put: {} } }", &expected);
    }

    #[test]
    fn parts_of_requests_that_are_gone_empty_an_operation() {
        let bare = "paths: { '/a/{x}': { get: {}, put: {} }, /b: { get: {} } }";
        let text = "paths:
  /a/{x}:
    get: { parameters: [{ name: x, in: path }, { name: q, in: query }] }
    put: { requestBody: { content: { application/json: {} } } }
  /b: { get: { parameters: [{ name: Accept, in: header }] } }
";
        let emptied = vec!["PUT /a/{x}: its body is gone".to_owned()];
        let quiet = bare.replace(
            "'/a/{x}': { get: {},",
            "'/a/{x}': { parameters: [{ name: x, in: path, required: true, schema: {} }], get: {},",
        );
        let mut all = vec!["GET /a/{x}: the query parameter `q` is gone".to_owned()];
        all.extend(emptied);
        check(&quiet, text, &Coverage { kept: 3, emptied: all, ..Coverage::default() });
        check(text, text, &Coverage { kept: 3, ..Coverage::default() });
    }
}

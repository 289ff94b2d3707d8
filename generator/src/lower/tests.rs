//! Small documents through this stage.

mod containers;
mod normalizer;
mod operations;
mod print;
mod properties;
mod reading;
mod refused;
mod schemas;
mod swagger;

use expect_test::Expect;

use crate::diagnostic::{Diagnostics, Severity};
use crate::input::openapi::Bundle;
use crate::model::Api;
use crate::source::SourceMap;

/// Lowers a document; gives what came out and the problems.
fn lower(text: &str) -> (Option<Api>, Diagnostics) {
    let mut sources = SourceMap::default();
    let file = sources.add("openapi.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let bundle = Bundle::read(&sources, file, &[], &mut diagnostics).expect("a tree");
    assert!(diagnostics.is_empty(), "the document is clean: {diagnostics:?}");
    let api = super::document("shop", &bundle, None, &mut diagnostics);
    (api, diagnostics)
}

fn problems(diagnostics: &Diagnostics) -> String {
    let mut text = String::new();
    for problem in diagnostics {
        let severity = match problem.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let pointer = problem.pointer.as_deref().unwrap_or("nowhere");
        let code = problem.code.as_str();
        text.push_str(&format!("{severity} {code} at `{pointer}`: {}\n", problem.message));
        if let Some(help) = &problem.help {
            text.push_str(&format!("  help: {help}\n"));
        }
    }
    text
}

/// Compares the operations and the problems of a document.
#[track_caller]
fn check_operations(document: &str, expected: &Expect) {
    let (api, diagnostics) = lower(&format!("openapi: 3.1.0\n{document}"));
    let printed = api.map(|api| print::operations(&api)).unwrap_or_default();
    expected.assert_eq(&format!("{printed}{}", problems(&diagnostics)));
}

/// Compares what becomes of a schema, which may refer to `components.schemas`.
#[track_caller]
fn check_schema(schema: &str, components: &str, expected: &Expect) {
    check_schema_of("3.0.3", schema, components, expected);
}

/// The same in a document of this version.
#[track_caller]
fn check_schema_of(version: &str, schema: &str, components: &str, expected: &Expect) {
    let document = format!(
        "openapi: {version}\npaths: {{ /a: {{ get: {{ parameters: [{{ name: p, in: query, schema: \
         {schema} }}] }} }} }}\ncomponents: {{ schemas: {{ {components} }} }}\n"
    );
    let (api, diagnostics) = lower(&document);
    let mut printed = String::new();
    if let Some(api) = api {
        let parameter = api.operations.first().and_then(|operation| operation.parameters.first());
        let id = parameter.and_then(|parameter| parameter.schema).expect("the schema");
        printed.push_str(&print::schema(&api.schemas, id));
        for (kind, count) in &api.census {
            printed.push_str(&format!("{count} × {kind}\n"));
        }
    }
    expected.assert_eq(&format!("{printed}{}", problems(&diagnostics)));
}

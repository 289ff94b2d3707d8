//! `inspect` and `version`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::options::Format;
use crate::declaration::{Declaration, Tool};
use crate::operation::{Operation, Segment};
use crate::server::entries;

/// Prints the components on standard output.
pub(super) fn print(declaration: &'static Declaration, format: Format) -> ExitCode {
    write_out(&match format {
        Format::Text => render_text(declaration),
        Format::Json => render_json(declaration),
        Format::Mcp => render_list(declaration),
    })
}

/// Prints name and version on standard output.
pub(super) fn print_version(declaration: &Declaration) -> ExitCode {
    write_out(&format!("{} {}\n", declaration.name, declaration.version))
}

fn write_out(text: &str) -> ExitCode {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn render_list(declaration: &'static Declaration) -> String {
    let entries: Vec<&str> = entries(declaration, true).collect();
    format!("{{\"tools\":[{}]}}\n", entries.join(",\n"))
}

fn render_json(declaration: &'static Declaration) -> String {
    let components: Vec<Value> = in_list_order(declaration)
        .into_iter()
        .map(|tool| match tool {
            Tool::Forwarded(operation) => {
                let mut component = json!({
                    "kind": "tool",
                    "name": operation.tool,
                    "method": operation.method.as_str(),
                    "path": path(operation),
                    "upstream": operation.upstream.name,
                });
                if !operation.id.is_empty() {
                    component["operation_id"] = operation.id.into();
                }
                component
            }
            Tool::Declared(tool) => json!({ "kind": "tool", "name": tool.name }),
        })
        .collect();
    format!("{:#}\n", json!({ "components": components }))
}

fn render_text(declaration: &'static Declaration) -> String {
    let mut rows = vec![["KIND", "NAME", "METHOD", "PATH"].map(str::to_owned)];
    rows.extend(in_list_order(declaration).into_iter().map(|tool| match tool {
        Tool::Forwarded(operation) => [
            "tool".to_owned(),
            operation.tool.to_owned(),
            operation.method.as_str().to_owned(),
            path(operation),
        ],
        Tool::Declared(tool) => {
            ["tool".to_owned(), tool.name.to_owned(), "-".to_owned(), "-".to_owned()]
        }
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths = [0, 1, 2].map(|column| width(column).unwrap_or(0));
    let mut text = String::new();
    for [kind, name, method, path] in &rows {
        let [first, second, third] = widths;
        let row = format!("{kind:first$}  {name:second$}  {method:third$}  {path}");
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// The tools in the order in which clients see them listed.
fn in_list_order(declaration: &'static Declaration) -> Vec<&'static Tool> {
    #[derive(Deserialize)]
    struct Entry<'a> {
        #[serde(borrow)]
        name: Cow<'a, str>,
    }

    let listed: HashMap<Cow<'_, str>, usize> = entries(declaration, true)
        .enumerate()
        .filter_map(|(place, entry)| {
            Some((serde_json::from_str::<Entry<'_>>(entry).ok()?.name, place))
        })
        .collect();
    let mut tools: Vec<&Tool> = declaration.tools.iter().collect();
    // What is in no list, which generated code has not, comes last.
    tools.sort_by_key(|tool| listed.get(tool.name()).copied().unwrap_or(usize::MAX));
    tools
}

/// The path template as the document writes it.
fn path(operation: &Operation) -> String {
    operation.path.iter().fold(String::new(), |mut path, segment| {
        match segment {
            Segment::Literal(text) => path.push_str(text),
            Segment::Argument(index) => {
                let argument = operation.arguments.get(usize::from(*index));
                path.push('{');
                path.push_str(argument.map_or("", |argument| argument.wire));
                path.push('}');
            }
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::{render_json, render_text};
    use crate::declaration::{Declaration, DeclaredTool, Listing, Module, Tool};

    static ALPHA: DeclaredTool = DeclaredTool { name: "alpha", ..DeclaredTool::DEFAULT };
    static BETA: DeclaredTool = DeclaredTool { name: "beta", ..DeclaredTool::DEFAULT };
    static SERVER: Declaration = Declaration {
        name: "s",
        version: "1",
        info: "{}",
        instructions: "",
        modules: &[&Module {
            name: "all",
            tools: Listing::new("{\"name\":\"beta\"}\n{\"name\":\"alpha\"}\n"),
            ..Module::DEFAULT
        }],
        tools: &[Tool::Declared(&ALPHA), Tool::Declared(&BETA)],
        revision: crate::codegen::REVISION,
        ..Declaration::DEFAULT
    };

    #[test]
    fn tools_come_in_the_order_of_the_list() {
        expect![[r#"
            KIND  NAME   METHOD  PATH
            tool  beta   -       -
            tool  alpha  -       -
        "#]]
        .assert_eq(&render_text(&SERVER));
        let json = render_json(&SERVER);
        assert!(json.find("beta") < json.find("alpha"), "{json}");
    }
}

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
use crate::visibility::ComponentKind;

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
    let entries: Vec<&str> = entries(declaration, ComponentKind::Tool, true).collect();
    format!("{{\"tools\":[{}]}}\n", entries.join(",\n"))
}

/// A component, and the operation behind it, where there is one.
struct Component {
    kind: &'static str,
    /// The member of JSON that holds the id.
    key: &'static str,
    id: &'static str,
    operation: Option<&'static Operation>,
}

fn render_json(declaration: &'static Declaration) -> String {
    let components: Vec<Value> = components(declaration)
        .into_iter()
        .map(|component| {
            let mut shown = json!({ "kind": component.kind });
            shown[component.key] = component.id.into();
            if let Some(operation) = component.operation {
                shown["method"] = operation.method.as_str().into();
                shown["path"] = path(operation).into();
                shown["upstream"] = operation.upstream.name.into();
                if !operation.id.is_empty() {
                    shown["operation_id"] = operation.id.into();
                }
            }
            shown
        })
        .collect();
    format!("{:#}\n", json!({ "components": components }))
}

fn render_text(declaration: &'static Declaration) -> String {
    let mut rows = vec![["KIND", "NAME", "METHOD", "PATH"].map(str::to_owned)];
    rows.extend(components(declaration).into_iter().map(|component| {
        let method = component.operation.map_or("-", |operation| operation.method.as_str());
        let path = component.operation.map_or_else(|| "-".to_owned(), path);
        [component.kind.to_owned(), component.id.to_owned(), method.to_owned(), path]
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

/// All components, each kind in the order in which clients see it listed.
fn components(declaration: &'static Declaration) -> Vec<Component> {
    let tools = declaration.tools.iter().map(|tool| {
        let operation = match tool {
            Tool::Forwarded(operation) => Some(*operation),
            Tool::Declared(_) => None,
        };
        Component { kind: "tool", key: "name", id: tool.name(), operation }
    });
    let resources = declaration.resources.iter().map(|resource| Component {
        kind: "resource",
        key: "uri",
        id: resource.uri,
        operation: resource.source.operation(),
    });
    let templates = declaration.templates.iter().map(|template| Component {
        kind: "template",
        key: "uri",
        id: template.uri_template,
        operation: template.source.operation(),
    });
    let prompts = declaration.prompts.iter().map(|prompt| Component {
        kind: "prompt",
        key: "name",
        id: prompt.name,
        operation: None,
    });
    let mut components = in_list_order(declaration, ComponentKind::Tool, tools);
    components.extend(in_list_order(declaration, ComponentKind::Resource, resources));
    components.extend(in_list_order(declaration, ComponentKind::Template, templates));
    components.extend(in_list_order(declaration, ComponentKind::Prompt, prompts));
    components
}

fn in_list_order(
    declaration: &'static Declaration,
    kind: ComponentKind,
    components: impl Iterator<Item = Component>,
) -> Vec<Component> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry<'a> {
        #[serde(borrow)]
        name: Option<Cow<'a, str>>,
        #[serde(borrow)]
        uri: Option<Cow<'a, str>>,
        #[serde(borrow)]
        uri_template: Option<Cow<'a, str>>,
    }

    let listed: HashMap<Cow<'_, str>, usize> = entries(declaration, kind, true)
        .enumerate()
        .filter_map(|(place, entry)| {
            let entry = serde_json::from_str::<Entry<'_>>(entry).ok()?;
            Some((entry.uri_template.or(entry.uri).or(entry.name)?, place))
        })
        .collect();
    let mut components: Vec<Component> = components.collect();
    // What is in no list, which generated code has not, comes last.
    components.sort_by_key(|component| listed.get(component.id).copied().unwrap_or(usize::MAX));
    components
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

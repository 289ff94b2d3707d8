//! fastmcp.json: how `FastMCP` starts a Python program. It is no declaration; what of it a declaration
//! can say is told in the words of `mcp.toml`.

use super::field::{Field, Table};
use super::key::{Key, Keys, Value};
use super::settings::{DeploymentTable, LEVELS, TRANSPORTS, TransportWord};
use super::words::{self, settings};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Node;

const FILE: &str = "fastmcp.json";

const KEYS: Keys = Keys::of(&[
    Key::new("$schema", Value::Text, "The schema of the file"),
    Key::new("source", Value::Table(&SOURCE_KEYS), "The Python program"),
    Key::new("environment", Value::Table(&ENVIRONMENT_KEYS), "What the program needs"),
    Key::new("deployment", Value::Table(&DEPLOYMENT_KEYS), "How the program is started"),
]);

const SOURCE_KEYS: Keys = Keys::of(&[
    Key::new("type", Value::Words(&SOURCES), "Where the program is"),
    Key::new("path", Value::Text, "Its file"),
    Key::new("entrypoint", Value::Text, "The server in it"),
]);

const ENVIRONMENT_KEYS: Keys = Keys::of(&[
    Key::new("type", Value::Words(&ENVIRONMENTS), "What makes the environment"),
    Key::new("python", Value::Text, "Version of Python"),
    Key::new("dependencies", Value::Texts, "Packages"),
    Key::new("requirements", Value::Text, "File with packages"),
    Key::new("project", Value::Text, "Folder of a project"),
    Key::new("editable", Value::OneOf(&[Value::Text, Value::Texts]), "Folders of packages"),
]);

const DEPLOYMENT_KEYS: Keys = Keys::of(&[
    Key::new("transport", Value::Words(&TRANSPORTS), "How the server is reached"),
    Key::new("host", Value::Text, "Address to listen on"),
    Key::new("port", Value::Count(0, u16::MAX as u64), "Port to listen on"),
    Key::new("path", Value::Text, "Path of the MCP endpoint"),
    Key::new("log_level", Value::Words(&LEVELS), "What is logged"),
    Key::new("cwd", Value::Text, "Folder of the process"),
    Key::new("env", Value::Map(&Value::Text), "Variables of the process"),
    Key::new("args", Value::Texts, "Arguments of the process"),
]);

const SOURCES: &[(&str, ())] = &[("filesystem", ())];
const ENVIRONMENTS: &[(&str, ())] = &[("uv", ())];

/// Whether a document of this name is a fastmcp.json: by its name, by the schema that it names, or by
/// what it has.
#[must_use]
pub fn is_configuration(root: &Node<'_>, name: &str) -> bool {
    let has = |key| root.get(key).is_some_and(|node| node.as_object().is_some());
    let schema = root.get("$schema").and_then(Node::as_str).unwrap_or_default();
    let is_described = root.get("openapi").is_some() || root.get("swagger").is_some();
    let is_named = name.to_ascii_lowercase().ends_with(FILE);
    let is_shaped = has("source") && !has("paths");
    root.as_object().is_some()
        && !is_described
        && (is_named
            || schema.contains(FILE)
            || is_shaped
            || (has("deployment") && has("environment")))
}

/// Says what of a fastmcp.json carries over to `mcp.toml`, and what cannot. It declares no component, so
/// there is always an error, E0214.
pub fn report(root: &Node<'_>, diagnostics: &mut Diagnostics) {
    let mut deployment = DeploymentTable::default();
    let mut program = None;
    let mut place = root.span;
    for field in given(&Table::new(root, FILE, ""), &KEYS, diagnostics) {
        match field.name() {
            "source" => {
                place = field.key_span();
                program = source(&field, diagnostics);
            }
            "environment" => {
                drop(given(&inner(&field), &ENVIRONMENT_KEYS, diagnostics));
                diagnostics
                    .push(passed_over(&field, "has no meaning here").help(settings::NO_PYTHON));
            }
            "deployment" => read_deployment(&field, &mut deployment, diagnostics),
            _ => {}
        }
    }
    let message = match program {
        Some(path) => format!("`{path}` is a Python program, and no declaration"),
        None => format!("{FILE} says how a Python program is started: it is no declaration"),
    };
    let mut help =
        "declare in mcp.toml what the program has: docs/from-fastmcp.md shows decorators and \
                    declarations side by side"
            .to_owned();
    let settings = settings_of(&deployment);
    if !settings.is_empty() {
        help.push_str("; this carries over:\n\n[deployment]\n");
        help.push_str(&settings.join("\n"));
    }
    let error = Diagnostic::error(Code::E0214, message);
    diagnostics.push(error.at(place, "its tools, resources and prompts are there").help(help));
}

/// The keys that are not null. Unknown ones are reported.
fn given<'n>(
    table: &Table<'n>,
    keys: &'static Keys,
    diagnostics: &mut Diagnostics,
) -> Vec<Field<'n>> {
    let mut fields = table.known(keys, diagnostics);
    fields.retain(|field| !field.node.is_null());
    fields
}

/// The value as a table, called as JSON calls it.
fn inner<'n>(field: &Field<'n>) -> Table<'n> {
    Table::new(field.node, &format!("`{}`", field.name()), &format!("/{}", field.name()))
}

fn passed_over(field: &Field<'_>, what: &str) -> Diagnostic {
    let found = field.fault(Code::E0214, what, "");
    Diagnostic { severity: crate::diagnostic::Severity::Warning, ..found.at(field.key_span(), "") }
}

/// The file of the program.
fn source(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let mut path = None;
    let table = inner(field);
    for field in given(&table, &SOURCE_KEYS, diagnostics) {
        match field.name() {
            "type" => drop(field.choice(SOURCES, diagnostics)),
            "path" => path = field.text(diagnostics),
            _ => drop(field.text(diagnostics)),
        }
    }
    if field.node.as_object().is_some() && !table.has("path") {
        let fault = field.fault(Code::E0303, "has no `path`", "");
        diagnostics.push(fault.help("it names the Python file: \"path\": \"server.py\""));
    }
    path
}

fn read_deployment(
    field: &Field<'_>,
    deployment: &mut DeploymentTable,
    diagnostics: &mut Diagnostics,
) {
    for field in given(&inner(field), &DEPLOYMENT_KEYS, diagnostics) {
        let instead = match field.name() {
            "env" => {
                read_variables(&field, diagnostics);
                continue;
            }
            "cwd" => settings::FOLDER,
            "args" => settings::ARGUMENTS,
            _ => {
                deployment.take(&field, diagnostics);
                continue;
            }
        };
        diagnostics.push(passed_over(&field, "has no meaning here").help(instead));
    }
}

/// `env`: settings of `FastMCP` have keys here, other variables are for whoever starts the program.
fn read_variables(field: &Field<'_>, diagnostics: &mut Diagnostics) {
    let mut others = Vec::new();
    for variable in field.table().fields(diagnostics) {
        let setting = variable.name().strip_prefix("FASTMCP_").map(str::to_ascii_lowercase);
        match setting.and_then(|name| words::setting(&name, FILE)) {
            Some(help) => diagnostics.push(passed_over(&variable, "is a setting").help(help)),
            None => others.push(variable.name()),
        }
    }
    if let Some(first) = others.first() {
        let help = format!(
            "set {} where the binary is started; a header or a credential of an API takes it as \
             \"${{{first}}}\"",
            others.join(", ")
        );
        diagnostics.push(passed_over(field, "has no meaning here").help(help));
    }
}

/// The lines of `[deployment]`.
fn settings_of(deployment: &DeploymentTable) -> Vec<String> {
    let transport = deployment.transport.map(|transport| match transport {
        TransportWord::Stdio => "stdio",
        TransportWord::Http => "http",
        TransportWord::Sse => "sse",
    });
    let text = |text: Option<&str>| text.map(serde_json::Value::from);
    let values = [
        ("transport", text(transport)),
        ("host", text(deployment.host.as_deref())),
        ("port", deployment.port.map(serde_json::Value::from)),
        ("path", text(deployment.path.as_deref())),
        ("log_level", text(deployment.log_level.as_deref())),
    ];
    values.into_iter().filter_map(|(key, value)| Some(format!("{key} = {}", value?))).collect()
}

//! `mcp.toml` as it is written: every key with its type checked, nothing resolved.
//!
//! Owns the names of the keys, what is reserved for later versions, and what other programs call
//! them. Whether an operation or a scheme exists is checked once the documents are read.

mod component;
mod document;
mod server;
mod table;

pub use component::{Argument, Tool};
pub use document::{ArgumentSettings, Document, OperationSettings, RouteMap};
pub use server::{Deployment, Limits, Names, Server, Transport};
pub use table::Spanned;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Node;
use table::Table;

/// One `mcp.toml`.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// `[server]`
    pub server: Server,
    /// `[deployment]`
    pub deployment: Deployment,
    /// `[limits]`
    pub limits: Limits,
    /// `[openapi.NAME]`, in the order of the file.
    pub documents: Vec<Document>,
    /// `[[tool]]`, in the order of the file.
    pub tools: Vec<Tool>,
}

/// Hints about what a tool does.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Annotations {
    /// `title`
    pub title: Option<String>,
    /// `read_only`
    pub read_only: Option<bool>,
    /// `destructive`
    pub destructive: Option<bool>,
    /// `idempotent`
    pub idempotent: Option<bool>,
    /// `open_world`
    pub open_world: Option<bool>,
}

/// Tables and keys at the top that come later.
const RESERVED: &[&str] = &[
    "auth", "budget", "enum", "include", "lifespan", "middleware", "model", "mount", "profile",
    "prompt", "proxy", "resource", "route", "route_map", "storage", "telemetry",
];

/// What others call the tables at the top.
const RENAMED: &[(&str, &str)] = &[
    ("tools", "a tool is declared as `[[tool]]`"),
    ("resources", "a resource is declared as `[[resource]]`, in a later version"),
    ("prompts", "a prompt is declared as `[[prompt]]`, in a later version"),
    ("routes", "a route is declared as `[[route]]`, in a later version"),
    ("route_maps", "it is called `[[openapi.NAME.route_map]]`"),
    ("transport", "it is called `deployment.transport`"),
    ("source", "the document is named by `[openapi.NAME] spec = \"openapi.yaml\"`"),
    ("environment", "a generated server is one binary and needs no environment"),
    ("env", "variables are read as `${NAME}` in base_url, headers and credentials"),
    ("name", "it is called `server.name`"),
    ("instructions", "it is called `server.instructions`"),
    ("version", "it is called `server.version`"),
];

/// Reads `mcp.toml`.
pub fn parse(root: &Node<'_>, diagnostics: &mut Diagnostics) -> Manifest {
    let d = diagnostics;
    let mut table = Table::new("mcp.toml", root, d).reserved(RESERVED).renamed(RENAMED);
    let mut manifest = Manifest::default();
    if let Some(node) = table.node("server") {
        manifest.server = server::parse_server(node, d);
    }
    if let Some(node) = table.node("deployment") {
        manifest.deployment = server::parse_deployment(node, d);
    }
    if let Some(node) = table.node("limits") {
        manifest.limits = server::parse_limits(node, d);
    }
    if let Some(node) = table.node("openapi") {
        for (key, node) in Table::new("[openapi]", node, d).all() {
            manifest.documents.extend(document::parse(key, node, d));
        }
    }
    for node in table.tables("tool", d) {
        manifest.tools.extend(component::parse_tool(node, d));
    }
    table.finish(d);
    manifest
}

fn parse_annotations(what: &str, node: &Node<'_>, d: &mut Diagnostics) -> Annotations {
    let mut table = Table::new(format!("{what} annotations"), node, d).renamed(&[
        ("readOnlyHint", "it is called `read_only`"),
        ("destructiveHint", "it is called `destructive`"),
        ("idempotentHint", "it is called `idempotent`"),
        ("openWorldHint", "it is called `open_world`"),
        ("read_only_hint", "it is called `read_only`"),
        ("destructive_hint", "it is called `destructive`"),
        ("idempotent_hint", "it is called `idempotent`"),
        ("open_world_hint", "it is called `open_world`"),
    ]);
    let annotations = Annotations {
        title: table.prose("title", d),
        read_only: table.flag("read_only", d),
        destructive: table.flag("destructive", d),
        idempotent: table.flag("idempotent", d),
        open_world: table.flag("open_world", d),
    };
    table.finish(d);
    annotations
}

/// Whether a name of a table can be a word on the command line and in Rust.
fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Reports a name that clients refuse.
fn check_name(what: &str, name: &Spanned<String>, d: &mut Diagnostics) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if name.value.is_empty() || name.value.len() > 64 || !name.value.bytes().all(plain) {
        let message = format!("`{}` cannot be the name of {what}", name.value);
        d.push(
            Diagnostic::error(Code::E0403, message)
                .at(name.span, "")
                .help("use 1 to 64 letters, digits and `_`, `-`, `.`"),
        );
    }
}

#[cfg(test)]
mod tests;

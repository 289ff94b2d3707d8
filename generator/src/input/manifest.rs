//! `mcp.toml` as it is written, table by table.
//!
//! Keys are checked here: unknown ones, ones of other tools, and ones that are reserved. What
//! the values mean together with the documents is decided when they are lowered.

mod field;
mod openapi;
mod settings;
mod tool;

#[cfg(test)]
mod tests;

pub use field::Placed;
pub use openapi::{
    AnnotationsTable, ArgumentTable, CredentialTable, DocumentTable, LoginTable, OperationTable,
    RouteMapTable, Validation as ValidationWord,
};
pub use settings::{DeploymentTable, LimitsTable, ServerTable};
pub use tool::{ArgumentDeclaration, ToolTable};

use self::field::Table;
use crate::diagnostic::Diagnostics;
use crate::source::{self, FileId, SourceMap};

/// Everything that one `mcp.toml` says.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// `[server]`
    pub server: ServerTable,
    /// `[deployment]`
    pub deployment: DeploymentTable,
    /// `[limits]`
    pub limits: LimitsTable,
    /// The `[openapi.NAME]` tables, in the order of the file.
    pub documents: Vec<DocumentTable>,
    /// The `[[tool]]` tables, in the order of the file, without those that cannot be read.
    pub tools: Vec<ToolTable>,
    /// Whether there is a `[[tool]]` or an `[openapi.NAME]`, be it readable or not.
    pub declares_components: bool,
}

const KEYS: &[&str] = &["server", "deployment", "limits", "openapi", "tool"];
const RESERVED: &[&str] = &[
    "auth",
    "budget",
    "enum",
    "include",
    "lifespan",
    "middleware",
    "model",
    "mount",
    "profile",
    "prompt",
    "proxy",
    "resource",
    "route",
    "route_map",
    "storage",
    "telemetry",
];

/// Reads a manifest. Problems are E0301 to E0307; `None` where it is no TOML.
pub fn parse(sources: &SourceMap, file: FileId, diagnostics: &mut Diagnostics) -> Option<Manifest> {
    let root = source::toml::parse(sources.text(file), file, diagnostics)?;
    let mut manifest = Manifest::default();
    let table = Table::new(&root, "mcp.toml", "");
    for field in table.fields(diagnostics) {
        match field.name() {
            "server" => manifest.server = settings::parse_server(&field, diagnostics),
            "deployment" => manifest.deployment = settings::parse_deployment(&field, diagnostics),
            "limits" => manifest.limits = settings::parse_limits(&field, diagnostics),
            "openapi" => {
                manifest.declares_components = true;
                for document in field.table().fields(diagnostics) {
                    manifest.documents.push(openapi::parse_document(&document, diagnostics));
                }
            }
            "tool" => {
                manifest.declares_components = true;
                for item in field.tables(diagnostics) {
                    manifest.tools.extend(tool::parse_tool(&item, diagnostics));
                }
            }
            _ => field.unknown(KEYS, RESERVED, diagnostics),
        }
    }
    Some(manifest)
}

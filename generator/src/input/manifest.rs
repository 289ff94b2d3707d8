//! `mcp.toml` as it is written, table by table.
//!
//! Keys are checked here: unknown ones, ones of other tools, and ones that are reserved. What
//! the values mean together with the documents is decided when they are lowered.

mod about;
mod argument;
mod field;
mod forward;
mod model;
mod openapi;
mod prompt;
mod resource;
mod settings;
mod tool;

#[cfg(test)]
mod tests;

pub use about::{AboutTable, CacheTable, IconTable};
pub use argument::{ArgumentDeclaration, Complete};
pub use field::Placed;
pub use forward::{CallerAuthorizationTable, ForwardTable};
pub use model::{EnumTable, ModelTable};
pub use openapi::{
    AnnotationsTable, ArgumentTable, ComponentWord, CredentialTable, DocumentTable, LoginTable,
    OperationTable, RouteMapTable, Validation as ValidationWord,
};
pub use prompt::{MessageTable, PromptTable};
pub use resource::{ResourceAnnotationsTable, ResourceKind, ResourceTable};
pub use settings::{DeploymentTable, LimitsTable, RequestStateTable, ServerTable, TransportWord};
pub use tool::{SchemaText, TaskMode, TaskTable, ToolTable};

use self::field::Table;
use crate::diagnostic::Diagnostics;
use crate::source::{self, FileId, SourceMap, Span};

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
    /// The `[model.NAME]` tables, in the order of the file.
    pub models: Vec<ModelTable>,
    /// The `[enum.NAME]` tables, in the order of the file.
    pub enums: Vec<EnumTable>,
    /// The `[[tool]]` tables, in the order of the file.
    pub tools: Vec<ToolTable>,
    /// The `[[resource]]` tables, in the order of the file.
    pub resources: Vec<ResourceTable>,
    /// The `[[prompt]]` tables, in the order of the file.
    pub prompts: Vec<PromptTable>,
    /// Whether there is a component or an `[openapi.NAME]`, be it readable or not.
    pub declares_components: bool,
}

impl Manifest {
    /// The files that become part of the server, as paths from the folder of the manifest, each with
    /// the place that names it.
    pub fn files(&self) -> impl Iterator<Item = (&str, Span)> {
        let abouts = self.tools.iter().map(|tool| &tool.about);
        let abouts = abouts.chain(self.resources.iter().map(|resource| &resource.about));
        let abouts = abouts.chain(self.prompts.iter().map(|prompt| &prompt.about));
        let icons = self.server.icons.iter().chain(abouts.flat_map(|about| &about.icons));
        let images = icons.map(|icon| &icon.src).filter(|src| !is_address(&src.value));
        let contents = self.resources.iter().filter_map(|resource| resource.file.as_ref());
        let named = images.chain(contents).map(|file| (file.value.as_str(), file.span));
        let schemas = self.tools.iter().flat_map(|it| [&it.input_schema, &it.output_schema]);
        named.chain(schemas.flatten().filter_map(|schema| match &schema.value {
            SchemaText::File(path) => Some((path.as_str(), schema.span)),
            _ => None,
        }))
    }
}

/// Whether the `src` of an icon is an address rather than a file.
#[must_use]
pub fn is_address(src: &str) -> bool {
    src.contains("://") || src.starts_with("data:")
}

const KEYS: &[&str] =
    &["server", "deployment", "limits", "openapi", "model", "enum", "tool", "resource", "prompt"];
const RESERVED: &[&str] = &[
    "auth",
    "budget",
    "include",
    "lifespan",
    "middleware",
    "mount",
    "profile",
    "proxy",
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
            "model" => {
                let fields = field.table().fields(diagnostics);
                let parse = |it| model::parse_model(it, diagnostics);
                manifest.models = fields.iter().map(parse).collect();
            }
            "enum" => {
                let fields = field.table().fields(diagnostics);
                let parse = |it| model::parse_enum(it, diagnostics);
                manifest.enums = fields.iter().map(parse).collect();
            }
            "tool" => {
                manifest.declares_components = true;
                let tables = field.tables(diagnostics);
                manifest.tools =
                    tables.iter().map(|it| tool::parse_tool(it, diagnostics)).collect();
            }
            "resource" => {
                manifest.declares_components = true;
                let tables = field.tables(diagnostics);
                let parse = |table| resource::parse_resource(table, diagnostics);
                manifest.resources = tables.iter().map(parse).collect();
            }
            "prompt" => {
                manifest.declares_components = true;
                let tables = field.tables(diagnostics);
                let parse = |table| prompt::parse_prompt(table, diagnostics);
                manifest.prompts = tables.iter().map(parse).collect();
            }
            _ => field.unknown(KEYS, RESERVED, diagnostics),
        }
    }
    Some(manifest)
}

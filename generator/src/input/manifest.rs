//! `mcp.toml` as it is written, table by table.
//!
//! Keys are checked here: unknown ones, ones of other tools, and ones that are reserved. What
//! the values mean together with the documents is decided when they are lowered.

mod about;
mod argument;
pub mod fastmcp;
mod field;
mod forward;
mod inject;
mod key;
mod lifespan;
mod model;
mod openapi;
mod prompt;
mod resource;
mod route;
mod schema;
mod settings;
mod tool;
mod upstream;
mod words;

#[cfg(test)]
mod tests;

pub use about::{AboutTable, CacheTable, IconTable};
pub use argument::{ArgumentDeclaration, Complete};
pub use field::Placed;
pub use forward::{CallerAuthorizationTable, ForwardTable};
pub use inject::{InjectSource, InjectTable};
pub use lifespan::LifespanTable;
pub use model::{EnumTable, ModelTable};
pub use openapi::{
    AnnotationsTable, ArgumentTable, ComponentWord, CredentialTable, DocumentTable, LoginTable,
    OperationTable, ResponseWord, RouteMapTable, TypedWord, Validation as ValidationWord,
};
pub use prompt::{MessageTable, PromptTable};
pub use resource::{ResourceAnnotationsTable, ResourceKind, ResourceTable, SecurityTable};
pub use route::{BodyDeclaration, ParameterPlace, RouteTable};
pub use settings::{
    DeploymentTable, LimitsTable, OnDuplicateWord, RequestStateTable, ServerTable, TransportWord,
};
pub use tool::{SchemaText, TaskMode, TaskTable, ToolTable};
pub use upstream::UpstreamTable;

pub use schema::{schema, schema_text};

use self::field::{Field, Table};
use self::key::{Key, Keys, Value};
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
    /// `[lifespan]`
    pub lifespan: Option<LifespanTable>,
    /// The `[openapi.NAME]` tables, in the order of the file.
    pub documents: Vec<DocumentTable>,
    /// `include`: files beside this one, or patterns of such, that go on with its lists.
    pub include: Vec<Placed<String>>,
    /// The `[upstream.NAME]` tables, in the order of the file.
    pub upstreams: Vec<UpstreamTable>,
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
    /// The `[[route]]` tables, in the order of the files.
    pub routes: Vec<RouteTable>,
    /// The `[[route_map]]` tables, which choose among the routes.
    pub route_maps: Vec<RouteMapTable>,
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
        let abouts = abouts.chain(self.routes.iter().map(|route| &route.about));
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

/// What the file is called in messages.
const FILE: &str = "mcp.toml";

/// The lists and the types, which go on in files that are included.
const LISTS: &[Key] = &[
    Key::new("model", Value::Map(&Value::Table(&model::MODEL_KEYS)), "Types with fields"),
    Key::new("enum", Value::Map(&Value::Table(&model::ENUM_KEYS)), "Types of a few values"),
    Key::new("tool", Value::List(&Value::Table(&tool::KEYS)), "Tools written by hand"),
    Key::new(
        "resource",
        Value::List(&Value::Table(&resource::KEYS)),
        "Resources, and templates of them",
    ),
    Key::new("prompt", Value::List(&Value::Table(&prompt::KEYS)), "Prompts"),
    Key::new("route", Value::List(&Value::Table(&route::KEYS)), "HTTP operations"),
    Key::new(
        "route_map",
        Value::List(&Value::Table(&openapi::ROUTE_MAP_KEYS)),
        "Rules that choose among the routes",
    ),
];

const KEYS: Keys = Keys::of(&[
    Key::new("server", Value::Table(&settings::SERVER_KEYS), "Who the server is"),
    Key::new(
        "deployment",
        Value::Table(&settings::DEPLOYMENT_KEYS),
        "What the command line falls back to",
    ),
    Key::new(
        "limits",
        Value::Table(&settings::LIMITS_KEYS),
        "Bounds; times are seconds, sizes bytes",
    ),
    Key::new("lifespan", Value::Table(&lifespan::KEYS), "What lives as long as the server"),
    Key::new(
        "include",
        Value::Texts,
        "Files beside this one that go on with its lists; `*`, `?`, `[…]` and `**` match several",
    ),
    Key::new("openapi", Value::Map(&Value::Table(&openapi::KEYS)), "Documents, by name"),
    Key::new(
        "upstream",
        Value::Map(&Value::Table(&upstream::KEYS)),
        "APIs without a document, by name",
    ),
])
.and(LISTS)
.called(&[words::settings::FILE, words::settings::LISTS])
.reserve(&["auth", "budget", "middleware", "mount", "profile", "proxy", "storage", "telemetry"]);

/// Keys of a file that is included.
const INCLUDED_KEYS: Keys =
    Keys::of(&[]).and(LISTS).called(&[words::settings::INCLUDED, words::settings::LISTS]);

/// Reads a manifest and the files that it includes ([`Manifest::include`]), in the same order.
/// Problems are E0301 to E0307; `None` where one of them is no TOML.
pub fn parse(
    sources: &SourceMap,
    file: FileId,
    included: &[FileId],
    diagnostics: &mut Diagnostics,
) -> Option<Manifest> {
    let root = source::toml::parse(sources.text(file), file, diagnostics)?;
    let mut manifest = Manifest::default();
    manifest.take(&Table::new(&root, FILE, ""), &KEYS, diagnostics);
    let mut all_are_toml = true;
    for file in included {
        let Some(root) = source::toml::parse(sources.text(*file), *file, diagnostics) else {
            all_are_toml = false;
            continue;
        };
        let name = sources.name(*file).rsplit(['/', '\\']).next().unwrap_or_default();
        manifest.take(&Table::new(&root, name, ""), &INCLUDED_KEYS, diagnostics);
    }
    all_are_toml.then_some(manifest)
}

impl Manifest {
    /// Takes the keys of one file.
    fn take(&mut self, table: &Table<'_>, keys: &'static Keys, diagnostics: &mut Diagnostics) {
        for field in table.known(keys, diagnostics) {
            let name = field.name();
            self.declares_components |=
                matches!(name, "openapi" | "tool" | "resource" | "prompt" | "route");
            match name {
                "server" => self.server = settings::parse_server(&field, diagnostics),
                "deployment" => self.deployment = settings::parse_deployment(&field, diagnostics),
                "limits" => self.limits = settings::parse_limits(&field, diagnostics),
                "lifespan" => self.lifespan = lifespan::parse_lifespan(&field, diagnostics),
                "include" => self.include = field.placed_texts(diagnostics),
                "openapi" => {
                    let fields = field.table().fields(diagnostics);
                    let parse = |field| openapi::parse_document(field, diagnostics);
                    self.documents.extend(fields.iter().map(parse));
                }
                "upstream" => {
                    let fields = field.table().fields(diagnostics);
                    let parse = |field| upstream::parse_upstream(field, diagnostics);
                    self.upstreams.extend(fields.iter().map(parse));
                }
                "model" => {
                    let fields = field.table().fields(diagnostics);
                    let parse = |it| model::parse_model(it, diagnostics);
                    self.models.extend(fields.iter().map(parse));
                }
                "enum" => {
                    let fields = field.table().fields(diagnostics);
                    let parse = |it| model::parse_enum(it, diagnostics);
                    self.enums.extend(fields.iter().map(parse));
                }
                _ => self.take_list(&field, diagnostics),
            }
        }
    }

    /// Takes one of the lists.
    fn take_list(&mut self, field: &Field<'_>, diagnostics: &mut Diagnostics) {
        for table in &field.tables(diagnostics) {
            match field.name() {
                "tool" => self.tools.push(tool::parse_tool(table, diagnostics)),
                "resource" => self.resources.push(resource::parse_resource(table, diagnostics)),
                "prompt" => self.prompts.push(prompt::parse_prompt(table, diagnostics)),
                "route" => self.routes.push(route::parse_route(table, diagnostics)),
                _ => self.route_maps.push(openapi::parse_route_map(table, diagnostics)),
            }
        }
    }
}

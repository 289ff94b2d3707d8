//! `[server]`, `[deployment]` and `[limits]`.

use super::table::Table;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Node;

/// `[server]`
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// `name`
    pub name: Option<String>,
    /// `version`
    pub version: Option<String>,
    /// `title`
    pub title: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `instructions`
    pub instructions: Option<String>,
    /// `website_url`
    pub website_url: Option<String>,
    /// `mask_error_details`
    pub mask_error_details: bool,
    /// `strict_input_validation`
    pub strict_input_validation: bool,
    /// `component_meta`
    pub component_meta: Option<bool>,
    /// `names`
    pub names: Option<Names>,
    /// `include_tags`
    pub include_tags: Vec<String>,
    /// `exclude_tags`
    pub exclude_tags: Vec<String>,
}

/// `names`: the rule that makes tool names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Names {
    /// `"mcpwright"`
    Mcpwright,
    /// `"fastmcp"`
    Fastmcp,
}

/// The words of [`Names`].
pub(super) const NAMES: &[(&str, Names)] =
    &[("mcpwright", Names::Mcpwright), ("fastmcp", Names::Fastmcp)];

/// `[deployment]`
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    /// `transport`
    pub transport: Option<Transport>,
    /// `host`
    pub host: Option<String>,
    /// `port`
    pub port: Option<u16>,
    /// `path`
    pub path: Option<String>,
    /// `log_level`
    pub log_level: Option<String>,
    /// `stateless`
    pub stateless: Option<bool>,
    /// `allowed_hosts`
    pub allowed_hosts: Vec<String>,
    /// `allowed_origins`
    pub allowed_origins: Vec<String>,
    /// `allow_unauthenticated`
    pub allow_unauthenticated: Option<bool>,
}

/// `transport`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Transport {
    /// `"stdio"`
    Stdio,
    /// `"http"`, also `"streamable-http"` as fastmcp.json has it.
    Http,
}

/// `[limits]`
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// `request_body`, bytes.
    pub request_body: Option<u64>,
    /// `json_depth`
    pub json_depth: Option<u64>,
    /// `headers`, bytes.
    pub headers: Option<u64>,
    /// `in_flight`
    pub in_flight: Option<u64>,
    /// `tool_time`, seconds.
    pub tool_time: Option<f64>,
    /// `upstream_time`, seconds.
    pub upstream_time: Option<f64>,
    /// `upstream_response`, bytes.
    pub upstream_response: Option<u64>,
    /// `sessions`
    pub sessions: Option<u64>,
    /// `session_idle`, seconds.
    pub session_idle: Option<f64>,
}

pub(super) fn parse_server(node: &Node<'_>, d: &mut Diagnostics) -> Server {
    let mut table = Table::new("[server]", node, d)
        .reserved(&[
            "cache", "experimental", "icons", "list_page_size", "on_duplicate", "protocols",
            "request_state",
        ])
        .renamed(&[
            ("mask_errors", "it is called `mask_error_details`"),
            ("strict", "it is called `strict_input_validation`"),
            ("on_duplicate_tools", "it is called `on_duplicate`, in a later version"),
            ("on_duplicate_resources", "it is called `on_duplicate`, in a later version"),
            ("on_duplicate_prompts", "it is called `on_duplicate`, in a later version"),
            ("include_fastmcp_meta", "it is called `component_meta`"),
            ("stateless_http", "it is called `deployment.stateless`"),
            ("json_response", "it is called `deployment.json_response`, in a later version"),
            ("host", "it is called `deployment.host`"),
            ("port", "it is called `deployment.port`"),
            ("transport", "it is called `deployment.transport`"),
            ("log_level", "it is called `deployment.log_level`"),
            ("streamable_http_path", "it is called `deployment.path`"),
            ("tags", "tags for all components are added by `[[openapi.NAME.route_map]] add_tags`"),
            ("website", "it is called `website_url`"),
            ("cache_ttl", "it is called `server.cache`, in a later version"),
            ("dependencies", "a generated server is one binary and has none"),
        ]);
    let server = Server {
        name: table.text("name", d).map(|text| text.value),
        version: table.text("version", d).map(|text| text.value),
        title: table.prose("title", d),
        description: table.prose("description", d),
        instructions: table.prose("instructions", d),
        website_url: table.text("website_url", d).map(|text| text.value),
        mask_error_details: table.flag("mask_error_details", d).unwrap_or_default(),
        strict_input_validation: table.flag("strict_input_validation", d).unwrap_or_default(),
        component_meta: table.flag("component_meta", d),
        names: table.choice("names", NAMES, d),
        include_tags: table.texts("include_tags", d),
        exclude_tags: table.texts("exclude_tags", d),
    };
    table.finish(d);
    server
}

pub(super) fn parse_deployment(node: &Node<'_>, d: &mut Diagnostics) -> Deployment {
    let mut table = Table::new("[deployment]", node, d)
        .reserved(&["cors", "json_response", "public_url"])
        .renamed(&[
            ("cwd", "a generated server reads no files and needs no folder"),
            ("env", "variables are read as `${NAME}` in base_url, headers and credentials"),
            ("args", "the flags of the binary are the keys of this table"),
            ("stateless_http", "it is called `stateless`"),
            ("streamable_http_path", "it is called `path`"),
            ("mcp_path", "it is called `path`"),
            ("origins", "it is called `allowed_origins`"),
            ("hosts", "it is called `allowed_hosts`"),
            ("loglevel", "it is called `log_level`"),
        ]);
    let transports = [
        ("stdio", Transport::Stdio),
        ("http", Transport::Http),
        ("streamable-http", Transport::Http),
    ];
    let levels = [
        ("error", "error"), ("warn", "warn"), ("info", "info"), ("debug", "debug"),
        ("trace", "trace"), ("ERROR", "error"), ("WARNING", "warn"), ("INFO", "info"),
        ("DEBUG", "debug"),
    ];
    let path = table.text("path", d);
    if let Some(path) = &path
        && (!path.value.starts_with('/') || path.value.contains(['?', '#', ' ']))
    {
        let message = format!("`{}` is not a path", path.value);
        let problem = Diagnostic::error(Code::E0307, message).at(path.span, "");
        d.push(problem.help("it starts with `/` and has no query: `/mcp`"));
    }
    let deployment = Deployment {
        transport: table.choice("transport", &transports, d),
        host: table.text("host", d).map(|text| text.value),
        port: table.integer("port", 0..=65_535, d).and_then(|port| u16::try_from(port).ok()),
        path: path.map(|text| text.value),
        log_level: table.choice("log_level", &levels, d).map(str::to_owned),
        stateless: table.flag("stateless", d),
        allowed_hosts: table.texts("allowed_hosts", d),
        allowed_origins: table.texts("allowed_origins", d),
        allow_unauthenticated: table.flag("allow_unauthenticated", d),
    };
    table.finish(d);
    deployment
}

pub(super) fn parse_limits(node: &Node<'_>, d: &mut Diagnostics) -> Limits {
    let mut table = Table::new("[limits]", node, d).renamed(&[
        ("timeout", "it is called `tool_time` or `upstream_time`"),
        ("max_body", "it is called `request_body`"),
        ("depth", "it is called `json_depth`"),
        ("session_timeout", "it is called `session_idle`"),
    ]);
    let limits = Limits {
        request_body: table.integer("request_body", 1..=1 << 32, d),
        // Deeper than this and the readers of some clients overflow.
        json_depth: table.integer("json_depth", 1..=512, d),
        headers: table.integer("headers", 1024..=1 << 24, d),
        in_flight: table.integer("in_flight", 1..=1_000_000, d),
        tool_time: table.seconds("tool_time", d),
        upstream_time: table.seconds("upstream_time", d),
        upstream_response: table.integer("upstream_response", 1..=1 << 32, d),
        sessions: table.integer("sessions", 1..=100_000_000, d),
        session_idle: table.seconds("session_idle", d),
    };
    table.finish(d);
    limits
}

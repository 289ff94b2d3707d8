//! `[server]`, `[deployment]` and `[limits]`.

use super::about::{CacheTable, IconTable, parse_cache, parse_icons};
use super::field::{Field, Placed};
use super::resource::{SecurityTable, parse_security};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// `[server]`
#[derive(Clone, Debug, Default)]
pub struct ServerTable {
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
    pub mask_error_details: Option<bool>,
    /// `strict_input_validation`
    pub strict_input_validation: Option<bool>,
    /// `component_meta`
    pub component_meta: Option<bool>,
    /// `names = "fastmcp"`
    pub fastmcp_names: Option<bool>,
    /// `include_tags`
    pub include_tags: Vec<String>,
    /// `exclude_tags`
    pub exclude_tags: Vec<String>,
    /// `on_duplicate`
    pub on_duplicate: Option<OnDuplicateWord>,
    /// `icons`
    pub icons: Vec<IconTable>,
    /// `list_page_size`
    pub list_page_size: Option<u64>,
    /// `cache`
    pub cache: Option<CacheTable>,
    /// `request_state`
    pub request_state: RequestStateTable,
    /// `resource_security`
    pub resource_security: Option<Placed<SecurityTable>>,
    /// `experimental`
    pub experimental: serde_json::Map<String, serde_json::Value>,
}

/// `[server.request_state]`
#[derive(Clone, Debug, Default)]
pub struct RequestStateTable {
    /// `keys`, `${NAME}` in each.
    pub keys: Vec<Placed<String>>,
    /// `audience`
    pub audience: Option<String>,
    /// `ttl`, in seconds.
    pub ttl: Option<f64>,
}

/// The words of `on_duplicate`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OnDuplicateWord {
    /// `warn`
    Warn,
    /// `error`
    Error,
    /// `replace`
    Replace,
    /// `ignore`
    Ignore,
}

const ON_DUPLICATE: &[(&str, OnDuplicateWord)] = &[
    ("warn", OnDuplicateWord::Warn),
    ("error", OnDuplicateWord::Error),
    ("replace", OnDuplicateWord::Replace),
    ("ignore", OnDuplicateWord::Ignore),
];

/// The words of `names`.
pub(super) const NAME_RULES: &[(&str, bool)] = &[("mcpwright", false), ("fastmcp", true)];

pub(super) fn parse_server(field: &Field<'_>, diagnostics: &mut Diagnostics) -> ServerTable {
    const KEYS: &[&str] = &[
        "name",
        "version",
        "title",
        "description",
        "instructions",
        "website_url",
        "mask_error_details",
        "strict_input_validation",
        "component_meta",
        "names",
        "include_tags",
        "exclude_tags",
        "on_duplicate",
        "icons",
        "list_page_size",
        "cache",
        "request_state",
        "resource_security",
        "experimental",
    ];
    const RESERVED: &[&str] = &["protocols"];
    let mut server = ServerTable::default();
    for field in field.table().fields(diagnostics) {
        match field.name() {
            "name" => server.name = not_empty(&field, diagnostics),
            "version" => server.version = not_empty(&field, diagnostics),
            "title" => server.title = field.text(diagnostics),
            "description" => server.description = field.text(diagnostics),
            "instructions" => server.instructions = field.text(diagnostics),
            "website_url" => server.website_url = field.text(diagnostics),
            "mask_error_details" => server.mask_error_details = field.flag(diagnostics),
            "strict_input_validation" => server.strict_input_validation = field.flag(diagnostics),
            "component_meta" => server.component_meta = field.flag(diagnostics),
            "names" => server.fastmcp_names = field.choice(NAME_RULES, diagnostics),
            "include_tags" => server.include_tags = field.texts(diagnostics),
            "exclude_tags" => server.exclude_tags = field.texts(diagnostics),
            "on_duplicate" => server.on_duplicate = field.choice(ON_DUPLICATE, diagnostics),
            "icons" => server.icons = parse_icons(&field, diagnostics),
            "list_page_size" => server.list_page_size = field.count(1, MOST, diagnostics),
            "cache" => server.cache = Some(parse_cache(&field, diagnostics)),
            "request_state" => server.request_state = parse_request_state(&field, diagnostics),
            "resource_security" => server.resource_security = parse_security(&field, diagnostics),
            "experimental" => {
                server.experimental = field.object(diagnostics).unwrap_or_default();
            }
            _ => field.unknown(KEYS, RESERVED, diagnostics),
        }
    }
    server
}

/// What an address space of 32 bits can count.
const MOST: u64 = u32::MAX as u64;

fn parse_request_state(field: &Field<'_>, diagnostics: &mut Diagnostics) -> RequestStateTable {
    const KEYS: &[&str] = &["keys", "audience", "ttl"];
    let mut state = RequestStateTable::default();
    for field in field.table().fields(diagnostics) {
        match field.name() {
            "keys" => state.keys = field.run_time_list(diagnostics),
            "audience" => state.audience = not_empty(&field, diagnostics),
            "ttl" => state.ttl = field.seconds(diagnostics),
            _ => field.unknown(KEYS, &[], diagnostics),
        }
    }
    for key in state.keys.iter().filter(|key| !key.value.contains("${")) {
        diagnostics.push(
            Diagnostic::error(Code::E0307, "a key of [server.request_state] is written out")
                .at(key.span, "would be in the generated code")
                .help("name a variable that holds at least 32 bytes: \"${STATE_KEY}\""),
        );
    }
    state
}

fn not_empty(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = field.text(diagnostics)?;
    if text.trim().is_empty() {
        diagnostics
            .push(field.fault(Code::E0307, "is empty", "").help("give it a text or remove it"));
        return None;
    }
    Some(text)
}

/// `[deployment]`
#[derive(Clone, Debug, Default)]
pub struct DeploymentTable {
    /// `transport`
    pub transport: Option<TransportWord>,
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
    /// `json_response`
    pub json_response: Option<bool>,
    /// `cors`
    pub cors: Option<bool>,
    /// `allowed_hosts`
    pub allowed_hosts: Vec<String>,
    /// `allowed_origins`
    pub allowed_origins: Vec<String>,
    /// `allow_unauthenticated`
    pub allow_unauthenticated: Option<bool>,
}

/// The words of `transport`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TransportWord {
    /// `stdio`
    Stdio,
    /// `http`, `streamable-http`
    Http,
    /// `sse`
    Sse,
}

pub(super) fn parse_deployment(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> DeploymentTable {
    const KEYS: &[&str] = &[
        "transport",
        "host",
        "port",
        "path",
        "log_level",
        "stateless",
        "json_response",
        "cors",
        "allowed_hosts",
        "allowed_origins",
        "allow_unauthenticated",
    ];
    const RESERVED: &[&str] = &["public_url"];
    const TRANSPORTS: &[(&str, TransportWord)] = &[
        ("stdio", TransportWord::Stdio),
        ("http", TransportWord::Http),
        ("sse", TransportWord::Sse),
        ("streamable-http", TransportWord::Http),
    ];
    const LEVELS: &[(&str, &str)] = &[
        ("error", "error"),
        ("warn", "warn"),
        ("warning", "warn"),
        ("info", "info"),
        ("debug", "debug"),
        ("trace", "trace"),
        ("ERROR", "error"),
        ("WARNING", "warn"),
        ("INFO", "info"),
        ("DEBUG", "debug"),
    ];
    let mut deployment = DeploymentTable::default();
    for field in field.table().fields(diagnostics) {
        match field.name() {
            "transport" => deployment.transport = field.choice(TRANSPORTS, diagnostics),
            "host" => deployment.host = not_empty(&field, diagnostics),
            "port" => {
                let port = field.count(0, u64::from(u16::MAX), diagnostics);
                deployment.port = port.and_then(|port| u16::try_from(port).ok());
            }
            "path" => deployment.path = path(&field, diagnostics),
            "log_level" => {
                let level = field.choice(LEVELS, diagnostics);
                deployment.log_level = level.map(str::to_owned);
            }
            "stateless" => deployment.stateless = field.flag(diagnostics),
            "json_response" => deployment.json_response = field.flag(diagnostics),
            "cors" => deployment.cors = field.flag(diagnostics),
            "allowed_hosts" => deployment.allowed_hosts = field.texts(diagnostics),
            "allowed_origins" => deployment.allowed_origins = field.texts(diagnostics),
            "allow_unauthenticated" => {
                deployment.allow_unauthenticated = field.flag(diagnostics);
            }
            _ => field.unknown(KEYS, RESERVED, diagnostics),
        }
    }
    deployment
}

fn path(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = field.text(diagnostics)?;
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"?#{}<>\"\\^`|".contains(&byte);
    if !text.starts_with('/') || !text.bytes().all(plain) {
        let help = "it begins with `/` and has no query, as in \"/mcp\"";
        diagnostics.push(field.fault(Code::E0307, "is not the path of a URL", "").help(help));
        return None;
    }
    Some(text)
}

/// `[limits]`. Times are seconds.
#[derive(Clone, Debug, Default)]
pub struct LimitsTable {
    /// `request_body`
    pub request_body: Option<u64>,
    /// `json_depth`
    pub json_depth: Option<u64>,
    /// `headers`
    pub headers: Option<u64>,
    /// `in_flight`
    pub in_flight: Option<u64>,
    /// `tool_time`
    pub tool_time: Option<f64>,
    /// `upstream_time`
    pub upstream_time: Option<f64>,
    /// `upstream_response`
    pub upstream_response: Option<u64>,
    /// `resource_size`
    pub resource_size: Option<u64>,
    /// `sessions`
    pub sessions: Option<u64>,
    /// `session_idle`
    pub session_idle: Option<f64>,
    /// `streams`
    pub streams: Option<u64>,
    /// `stream_events`
    pub stream_events: Option<u64>,
    /// `tasks`
    pub tasks: Option<u64>,
    /// `ask_time`
    pub ask_time: Option<f64>,
}

pub(super) fn parse_limits(field: &Field<'_>, diagnostics: &mut Diagnostics) -> LimitsTable {
    const KEYS: &[&str] = &[
        "request_body",
        "json_depth",
        "headers",
        "in_flight",
        "tool_time",
        "upstream_time",
        "upstream_response",
        "resource_size",
        "sessions",
        "session_idle",
        "streams",
        "stream_events",
        "tasks",
        "ask_time",
    ];
    /// What the JSON parser can build.
    const DEEPEST: u64 = 127 + 1;
    let mut limits = LimitsTable::default();
    for field in field.table().fields(diagnostics) {
        match field.name() {
            "request_body" => limits.request_body = field.count(1, MOST, diagnostics),
            "json_depth" => limits.json_depth = field.count(4, DEEPEST, diagnostics),
            "headers" => limits.headers = field.count(8192, MOST, diagnostics),
            "in_flight" => limits.in_flight = field.count(1, MOST, diagnostics),
            "tool_time" => limits.tool_time = field.seconds(diagnostics),
            "upstream_time" => limits.upstream_time = field.seconds(diagnostics),
            "upstream_response" => limits.upstream_response = field.count(1, MOST, diagnostics),
            "resource_size" => limits.resource_size = field.count(1, MOST, diagnostics),
            "sessions" => limits.sessions = field.count(1, MOST, diagnostics),
            "session_idle" => limits.session_idle = field.seconds(diagnostics),
            "streams" => limits.streams = field.count(1, MOST, diagnostics),
            "stream_events" => limits.stream_events = field.count(0, MOST, diagnostics),
            "tasks" => limits.tasks = field.count(0, MOST, diagnostics),
            "ask_time" => limits.ask_time = field.seconds(diagnostics),
            _ => field.unknown(KEYS, &[], diagnostics),
        }
    }
    limits
}

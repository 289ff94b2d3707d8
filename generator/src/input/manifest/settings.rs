//! `[server]`, `[deployment]` and `[limits]`.

use super::about::{CACHE_KEYS, CacheTable, ICONS, IconTable, parse_cache, parse_icons};
use super::field::{Field, Placed};
use super::key::{Key, Keys, Value};
use super::resource::{SECURITY, SecurityTable, parse_security};
use super::words::settings;
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

/// What an address space of 32 bits can count.
const MOST: u64 = u32::MAX as u64;

pub(super) const SERVER_KEYS: Keys = Keys::of(&[
    Key::new("name", Value::Text, "Name that clients see"),
    Key::new("version", Value::Text, "Version of the server"),
    Key::new("title", Value::Text, "Title for people"),
    Key::new("description", Value::Text, "Description for people"),
    Key::new("instructions", Value::Text, "Instructions for the model"),
    Key::new("website_url", Value::Text, "Website"),
    Key::new("mask_error_details", Value::Flag, "Hides the text of internal errors from callers"),
    Key::new(
        "strict_input_validation",
        Value::Flag,
        "Refuses a text for an integer instead of reading it as one",
    ),
    Key::new("component_meta", Value::Flag, "Tags of components in their `_meta`"),
    Key::new("names", Value::Words(&NAME_RULES), "The rule that makes tool names from operations"),
    Key::new("include_tags", Value::Texts, "Only components with one of these tags"),
    Key::new("exclude_tags", Value::Texts, "No components with one of these tags"),
    Key::new(
        "on_duplicate",
        Value::Words(&ON_DUPLICATE),
        "What happens to a component that is added while there is one of its name",
    ),
    Key::new("icons", ICONS, "Icons for people"),
    Key::new("list_page_size", Value::Count(1, MOST), "Entries on one page of a list"),
    Key::new("cache", Value::Table(&CACHE_KEYS), "How long clients may keep lists and contents"),
    Key::new(
        "request_state",
        Value::Table(&REQUEST_STATE_KEYS),
        "How the state of a dialog is sealed",
    ),
    Key::new("resource_security", SECURITY, "What the variables of all templates must not be"),
    Key::new("experimental", Value::Object, "Experimental capabilities, passed through"),
])
.reserve(&["protocols"])
.called(&[settings::SERVER]);

const REQUEST_STATE_KEYS: Keys = Keys::of(&[
    Key::new("keys", Value::Starts, "Secrets of at least 32 bytes, from the environment"),
    Key::new("audience", Value::Text, "For whom the state is meant"),
    Key::new("ttl", Value::Seconds, "Seconds that a round may take"),
])
.called(&[settings::REQUEST_STATE]);

pub(super) fn parse_server(field: &Field<'_>, diagnostics: &mut Diagnostics) -> ServerTable {
    let mut server = ServerTable::default();
    for field in field.table().known(&SERVER_KEYS, diagnostics) {
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
            "list_page_size" => server.list_page_size = field.count(diagnostics),
            "cache" => server.cache = Some(parse_cache(&field, diagnostics)),
            "request_state" => server.request_state = parse_request_state(&field, diagnostics),
            "resource_security" => server.resource_security = parse_security(&field, diagnostics),
            "experimental" => {
                server.experimental = field.object(diagnostics).unwrap_or_default();
            }
            _ => {}
        }
    }
    server
}

fn parse_request_state(field: &Field<'_>, diagnostics: &mut Diagnostics) -> RequestStateTable {
    let mut state = RequestStateTable::default();
    for field in field.table().known(&REQUEST_STATE_KEYS, diagnostics) {
        match field.name() {
            "keys" => state.keys = field.run_time_list(diagnostics),
            "audience" => state.audience = not_empty(&field, diagnostics),
            "ttl" => state.ttl = field.seconds(diagnostics),
            _ => {}
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

/// The words of `transport`.
pub(super) const TRANSPORTS: &[(&str, TransportWord)] = &[
    ("stdio", TransportWord::Stdio),
    ("http", TransportWord::Http),
    ("sse", TransportWord::Sse),
    ("streamable-http", TransportWord::Http),
];

/// The words of `log_level`.
pub(super) const LEVELS: &[(&str, &str)] = &[
    ("error", "error"),
    ("warn", "warn"),
    ("warning", "warn"),
    ("info", "info"),
    ("debug", "debug"),
    ("trace", "trace"),
    ("CRITICAL", "error"),
    ("ERROR", "error"),
    ("WARNING", "warn"),
    ("INFO", "info"),
    ("DEBUG", "debug"),
];

pub(super) const DEPLOYMENT_KEYS: Keys = Keys::of(&[
    Key::new("transport", Value::Words(&TRANSPORTS), "How the server is reached"),
    Key::new("host", Value::Text, "Address to listen on"),
    Key::new("port", Value::Count(0, u16::MAX as u64), "Port to listen on"),
    Key::new("path", Value::Text, "Path of the MCP endpoint"),
    Key::new("log_level", Value::Words(&LEVELS), "What is logged"),
    Key::new("stateless", Value::Flag, "No sessions for clients up to 2025-11-25"),
    Key::new("json_response", Value::Flag, "Answers as JSON always"),
    Key::new("cors", Value::Flag, "Tells browsers that accepted origins may read answers"),
    Key::new("allowed_hosts", Value::Texts, "Accepted `Host` headers"),
    Key::new("allowed_origins", Value::Texts, "Accepted `Origin` headers"),
    Key::new(
        "allow_unauthenticated",
        Value::Flag,
        "Listens outside loopback although nobody is asked who they are",
    ),
])
.reserve(&["public_url"])
.called(&[settings::DEPLOYMENT]);

pub(super) fn parse_deployment(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> DeploymentTable {
    let mut deployment = DeploymentTable::default();
    for field in field.table().known(&DEPLOYMENT_KEYS, diagnostics) {
        deployment.take(&field, diagnostics);
    }
    deployment
}

impl DeploymentTable {
    /// Takes the value of one key.
    pub(super) fn take(&mut self, field: &Field<'_>, diagnostics: &mut Diagnostics) {
        match field.name() {
            "transport" => self.transport = field.choice(TRANSPORTS, diagnostics),
            "host" => self.host = not_empty(field, diagnostics),
            "port" => {
                let port = field.count(diagnostics);
                self.port = port.and_then(|port| u16::try_from(port).ok());
            }
            "path" => self.path = path(field, diagnostics),
            "log_level" => {
                let level = field.choice(LEVELS, diagnostics);
                self.log_level = level.map(str::to_owned);
            }
            "stateless" => self.stateless = field.flag(diagnostics),
            "json_response" => self.json_response = field.flag(diagnostics),
            "cors" => self.cors = field.flag(diagnostics),
            "allowed_hosts" => self.allowed_hosts = field.texts(diagnostics),
            "allowed_origins" => self.allowed_origins = field.texts(diagnostics),
            "allow_unauthenticated" => self.allow_unauthenticated = field.flag(diagnostics),
            _ => {}
        }
    }
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

/// What the JSON parser can build.
const DEEPEST: u64 = 127 + 1;

pub(super) const LIMITS_KEYS: Keys = Keys::of(&[
    Key::new("request_body", Value::Count(1, MOST), "Bytes of a request"),
    Key::new("json_depth", Value::Count(4, DEEPEST), "Nesting of a request"),
    Key::new("headers", Value::Count(8192, MOST), "Bytes of the head of an HTTP request"),
    Key::new("in_flight", Value::Count(1, MOST), "Requests at once"),
    Key::new("tool_time", Value::Seconds, "Seconds for a call of a tool"),
    Key::new("upstream_time", Value::Seconds, "Seconds for a call of an upstream"),
    Key::new("upstream_response", Value::Count(1, MOST), "Bytes of the reply of an upstream"),
    Key::new("resource_size", Value::Count(1, MOST), "Bytes of a file that is read as a resource"),
    Key::new("sessions", Value::Count(1, MOST), "Sessions at once"),
    Key::new("session_idle", Value::Seconds, "Seconds until an unused session is dropped"),
    Key::new("streams", Value::Count(1, MOST), "Open streams"),
    Key::new(
        "stream_events",
        Value::Count(0, MOST),
        "Events of a stream that are kept for clients that come back",
    ),
    Key::new("tasks", Value::Count(0, MOST), "Tasks at once"),
    Key::new("ask_time", Value::Seconds, "Seconds for the client to answer what a handler asks"),
])
.called(&[settings::LIMITS]);

pub(super) fn parse_limits(field: &Field<'_>, diagnostics: &mut Diagnostics) -> LimitsTable {
    let mut limits = LimitsTable::default();
    for field in field.table().known(&LIMITS_KEYS, diagnostics) {
        match field.name() {
            "request_body" => limits.request_body = field.count(diagnostics),
            "json_depth" => limits.json_depth = field.count(diagnostics),
            "headers" => limits.headers = field.count(diagnostics),
            "in_flight" => limits.in_flight = field.count(diagnostics),
            "tool_time" => limits.tool_time = field.seconds(diagnostics),
            "upstream_time" => limits.upstream_time = field.seconds(diagnostics),
            "upstream_response" => limits.upstream_response = field.count(diagnostics),
            "resource_size" => limits.resource_size = field.count(diagnostics),
            "sessions" => limits.sessions = field.count(diagnostics),
            "session_idle" => limits.session_idle = field.seconds(diagnostics),
            "streams" => limits.streams = field.count(diagnostics),
            "stream_events" => limits.stream_events = field.count(diagnostics),
            "tasks" => limits.tasks = field.count(diagnostics),
            "ask_time" => limits.ask_time = field.seconds(diagnostics),
            _ => {}
        }
    }
    limits
}

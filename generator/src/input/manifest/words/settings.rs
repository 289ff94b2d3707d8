//! Words for the file itself and for its settings: the constructor of `FastMCP`, `run()`, `FASTMCP_…`,
//! fastmcp.json.

use super::{FUNCTION, LAYER, NO_SERIALIZER, Word, instead, key};

pub(in super::super) const NO_PYTHON: &str =
    "the server is one binary: there is no Python environment to describe";

pub(in super::super) const FOLDER: &str = "the folder is that of whoever starts the binary; relative paths of [[resource]] are seen from there";
pub(in super::super) const ARGUMENTS: &str =
    "arguments are given where the binary is started; handlers read none";
const NO_SOURCE: &str =
    "the declaration is the source: name documents with [openapi.NAME] spec = \"…\"";

const VARIABLES: &str =
    "set variables where the binary is started; secrets go to `credentials` as \"${NAME}\"";

const LATER: &str = "mounts, proxies and transforms are reserved for a later version; a program adds components \
                     while it runs with `server.components()`";

const SPEC: &str = "name the document in a table: [openapi.NAME] spec = \"openapi.json\"";
const IN_THE_FIRST_FILE: &str =
    "it stands in mcp.toml: a file that is included goes on with its lists and types";

/// Of the file itself.
pub(in super::super) const FILE: &[Word] = &[
    key("documents", "openapi"),
    key("specs", "openapi"),
    key("upstreams", "upstream"),
    key("includes", "include"),
    key("import", "include"),
    key("lifespans", "lifespan"),
    key("settings", "server"),
    key("fastmcp", "server"),
    key("run", "deployment"),
    instead("$schema", "it is a comment in the first line: #:schema docs/mcp.schema.json"),
    instead("source", NO_SOURCE),
    instead("environment", NO_PYTHON),
    instead("dependencies", NO_PYTHON),
    instead("env", VARIABLES),
    instead(
        "mcpServers",
        "this is the configuration of a client; here a server is declared: [server], [[tool]], …",
    ),
    instead("openapi_spec", SPEC),
    instead("spec", SPEC),
    instead("providers", LATER),
    instead("transforms", LATER),
    instead("extensions", "extensions of the protocol are reserved for a later version"),
];

/// Of the lists and the types, also in files that are included.
pub(in super::super) const LISTS: &[Word] = &[
    key("tools", "tool"),
    key("resources", "resource"),
    key("resource_template", "resource"),
    key("resource_templates", "resource"),
    key("templates", "resource"),
    key("template", "resource"),
    key("prompts", "prompt"),
    key("routes", "route"),
    key("custom_route", "route"),
    key("custom_routes", "route"),
    key("endpoints", "route"),
    key("route_maps", "route_map"),
    key("models", "model"),
    key("schemas", "model"),
    key("dataclass", "model"),
    key("enums", "enum"),
];

/// Of a file that is included.
pub(in super::super) const INCLUDED: &[Word] = &[
    instead("server", IN_THE_FIRST_FILE),
    instead("deployment", IN_THE_FIRST_FILE),
    instead("limits", IN_THE_FIRST_FILE),
    instead("lifespan", IN_THE_FIRST_FILE),
    instead("include", IN_THE_FIRST_FILE),
    instead("openapi", IN_THE_FIRST_FILE),
    instead("upstream", IN_THE_FIRST_FILE),
];

/// Of `[server]`.
pub(in super::super) const SERVER: &[Word] = &[
    key("mask_errors", "mask_error_details"),
    key("strict", "strict_input_validation"),
    key("website", "website_url"),
    key("icon", "icons"),
    key("cache_ttl", "cache"),
    key("cache_scope", "cache"),
    key("request_state_security", "request_state"),
    key("experimental_capabilities", "experimental"),
    key("page_size", "list_page_size"),
    key("on_duplicate_tools", "on_duplicate"),
    key("on_duplicate_resources", "on_duplicate"),
    key("on_duplicate_prompts", "on_duplicate"),
    key("include_fastmcp_meta", "component_meta"),
    instead("lifespan", "it is a table of its own: [lifespan] state = \"Database\""),
    instead("tools", "each tool is a table of its own: [[tool]] name = \"…\""),
    instead("tasks", "each tool says it: [[tool]] task = \"optional\""),
    instead("auth", "[auth] is reserved for a later version"),
    instead("middleware", LAYER),
    instead("providers", LATER),
    instead("transforms", LATER),
    instead(
        "tool_transformations",
        "an operation is changed by its table: [openapi.NAME.operation.\"ID\"]",
    ),
    instead("dereference_schemas", "schemas are listed in whichever form is smaller"),
    instead(
        "session_state_store",
        "[storage] is reserved for a later version; sessions are in memory",
    ),
    instead("client_log_level", "clients choose what they are sent, with `logging/setLevel`"),
    instead("tool_serializer", NO_SERIALIZER),
    instead("sampling_handler", "a handler asks the client: context.sample(\"key\", …)"),
    instead("sampling_handler_behavior", "a handler asks the client: context.sample(\"key\", …)"),
    instead("dependencies", NO_PYTHON),
];

/// Of `[deployment]`: fastmcp.json, `run()` and `FASTMCP_…`.
pub(in super::super) const DEPLOYMENT: &[Word] = &[
    key("stateless_http", "stateless"),
    key("http_host", "host"),
    key("http_port", "port"),
    key("mcp_path", "path"),
    key("streamable_http_path", "path"),
    key("sse_path", "path"),
    key("http_allowed_hosts", "allowed_hosts"),
    key("http_allowed_origins", "allowed_origins"),
    key("cors_origins", "allowed_origins"),
    instead("message_path", "the path of messages follows from `path`"),
    instead("cwd", FOLDER),
    instead("env", VARIABLES),
    instead("args", ARGUMENTS),
    instead("debug", "write log_level = \"debug\""),
    instead("log_enabled", "write log_level = \"error\" for as little as possible"),
    instead("show_banner", "there is no banner: standard error has the log alone"),
    instead("show_server_banner", "there is no banner: standard error has the log alone"),
    instead("check_for_updates", "the server asks nobody for updates"),
    instead("uvicorn_config", "the server listens itself; its bounds are keys of [limits]"),
    instead("middleware", LAYER),
    instead(
        "http_host_origin_protection",
        "`Host` and `Origin` are always checked; others are named in `allowed_hosts` and `allowed_origins`",
    ),
    instead("reload", "`cargo xtask gen --serve` builds and runs after a change"),
    instead("workers", "one process uses every core"),
];

/// Of `[limits]`.
pub(in super::super) const LIMITS: &[Word] = &[
    key("max_request_size", "request_body"),
    key("max_body_size", "request_body"),
    key("max_depth", "json_depth"),
    key("concurrency", "in_flight"),
    key("timeout", "tool_time"),
    key("tool_timeout", "tool_time"),
    key("default_tool_timeout", "tool_time"),
    key("upstream_timeout", "upstream_time"),
    key("http_session_idle_timeout", "session_idle"),
    key("session_timeout", "session_idle"),
    key("max_sessions", "sessions"),
    key("max_tasks", "tasks"),
    key("max_response_size", "upstream_response"),
];

/// Of `[server.request_state]`.
pub(in super::super) const REQUEST_STATE: &[Word] =
    &[key("key", "keys"), key("secret", "keys"), key("keys_env", "keys"), key("max_age", "ttl")];

/// Of `[lifespan]`.
pub(in super::super) const LIFESPAN: &[Word] = &[
    key("type", "state"),
    key("name", "state"),
    key("context", "state"),
    instead("handler", FUNCTION),
];

//! Words for components, routes, their arguments and types: decorators, `Field(…)`, JSON Schema.

use super::{FUNCTION, LAYER, NO_SERIALIZER, Word, instead, key};

const APPS: &str = "MCP Apps are reserved for a later version";

const INJECT: &str = "name where the value comes from: inject.NAME = \"header:X-Name\", \"principal\", \
                      \"session\", \"${NAME}\" or { value = … }";

const PATH_IS_A_VALUE: &str =
    "the method is the key and the path its value: get = \"/users/{user_id}\"";

const DEFAULT_MAKES_OPTIONAL: &str =
    "what has a default may be left out: \"int = 3\", or \"str | None = None\"";

const LITERAL: &str = "name the values in the type: 'Literal[\"a\", \"b\"]'";

const BLOCKING: &str =
    "handlers are asynchronous; one that blocks its thread is declared with `blocking = true`";

const CONTEXT: &str = "every handler is given its `Context`; it is not declared";

const ALIAS: &str =
    "the key of a parameter is its name on the wire: write it in quotes, as it is sent";

/// Of every component.
pub(in super::super) const ABOUT: &[Word] = &[
    key("_meta", "meta"),
    key("icon", "icons"),
    key("doc", "description"),
    key("docs", "description"),
    key("docstring", "description"),
    key("disabled", "enabled"),
    key("tag", "tags"),
    instead("app", APPS),
    instead("ctx", CONTEXT),
    instead("context", CONTEXT),
    instead("middleware", LAYER),
];

/// Of what is answered by a method that is called like the component.
pub(in super::super) const ANSWERED: &[Word] = &[
    instead("fn", FUNCTION),
    instead("func", FUNCTION),
    instead("function", FUNCTION),
    instead("depends", INJECT),
    instead("dependencies", INJECT),
    instead("exclude_args", INJECT),
    instead("run_in_thread", BLOCKING),
];

/// Of tools, resources and prompts.
pub(in super::super) const DECLARED: &[Word] =
    &[key("required_capabilities", "requires"), key("capabilities", "requires")];

/// Of components that have arguments.
pub(in super::super) const ARGUMENTS: &[Word] = &[
    key("arguments", "args"),
    key("params", "args"),
    key("parameters", "args"),
    key("kwargs", "args"),
];

/// Of `[[tool]]`.
pub(in super::super) const TOOL: &[Word] = &[
    key("response_model", "returns"),
    key("response", "returns"),
    key("return", "returns"),
    key("return_type", "returns"),
    key("output", "returns"),
    key("hints", "annotations"),
    key("example", "examples"),
    key("schema", "input_schema"),
    key("headers", "header"),
    key("x-mcp-header", "header"),
    key("task_support", "task"),
    key("tasks", "task"),
    key("timeout_seconds", "timeout"),
    key("execution", "task"),
    instead("readOnlyHint", "write annotations = { read_only = true }"),
    instead("read_only", "write annotations = { read_only = true }"),
    instead("destructiveHint", "write annotations = { destructive = true }"),
    instead("destructive", "write annotations = { destructive = true }"),
    instead("idempotentHint", "write annotations = { idempotent = true }"),
    instead("idempotent", "write annotations = { idempotent = true }"),
    instead("openWorldHint", "write annotations = { open_world = true }"),
    instead("open_world", "write annotations = { open_world = true }"),
    instead("serializer", NO_SERIALIZER),
    instead("tool_serializer", NO_SERIALIZER),
    instead(
        "validate_output",
        "what `returns` says is always what is sent; for operations it is a key of [openapi.NAME]",
    ),
    instead(
        "transform_args",
        "an operation is changed by its table: [openapi.NAME.operation.\"ID\"]",
    ),
];

/// Of `annotations` of tools and operations.
pub(in super::super) const TOOL_ANNOTATIONS: &[Word] = &[
    key("readOnlyHint", "read_only"),
    key("read_only_hint", "read_only"),
    key("destructiveHint", "destructive"),
    key("destructive_hint", "destructive"),
    key("idempotentHint", "idempotent"),
    key("idempotent_hint", "idempotent"),
    key("openWorldHint", "open_world"),
    key("open_world_hint", "open_world"),
];

/// Of `task`.
pub(in super::super) const TASK: &[Word] = &[
    key("task_support", "mode"),
    key("taskSupport", "mode"),
    key("max_ttl", "ttl"),
    key("poll", "poll_interval"),
];

/// Of `[[resource]]`.
pub(in super::super) const RESOURCE: &[Word] = &[
    key("uri_template", "uri"),
    key("uriTemplate", "uri"),
    key("mime", "mime_type"),
    key("content_type", "mime_type"),
    key("content", "text"),
    key("contents", "text"),
    key("data", "text"),
    key("type", "kind"),
    key("response_model", "returns"),
    key("return", "returns"),
    key("return_type", "returns"),
    key("output", "returns"),
    key("hints", "annotations"),
    key("resource_security", "security"),
    key("cache_ttl", "cache"),
    key("cache_scope", "cache"),
    instead(
        "is_binary",
        "write kind = \"binary\" for a file that is embedded; others are text where they are UTF-8",
    ),
    instead("encoding", "texts are UTF-8; anything else is sent as bytes"),
    instead("task", "calls of tools can be tasks, reads cannot"),
    instead(
        "headers",
        "a URL that needs headers is an upstream: [[route]] get = \"…\", upstream = \"…\", as = \"resource\"",
    ),
    instead("readOnlyHint", "write annotations = { read_only = true }"),
    instead("idempotentHint", "write annotations = { idempotent = true }"),
];

/// Of `annotations` of resources.
pub(in super::super) const RESOURCE_ANNOTATIONS: &[Word] = &[
    key("readOnlyHint", "read_only"),
    key("read_only_hint", "read_only"),
    key("idempotentHint", "idempotent"),
    key("idempotent_hint", "idempotent"),
];

/// Of `security`: `ResourceSecurity`.
pub(in super::super) const SECURITY: &[Word] = &[
    key("path_traversal", "reject_path_traversal"),
    key("absolute_paths", "reject_absolute_paths"),
    key("null_bytes", "reject_null_bytes"),
    key("exempt", "exempt_params"),
];

/// Of `[[prompt]]`.
pub(in super::super) const PROMPT: &[Word] = &[
    key("template", "messages"),
    key("message", "messages"),
    key("render", "messages"),
    key("text", "messages"),
    key("content", "messages"),
    instead("role", "it stands in a message: messages = [{ role = \"assistant\", text = \"…\" }]"),
    instead("task", "calls of tools can be tasks, prompts cannot"),
    instead(
        "returns",
        "a prompt gives messages: `messages`, or a handler that gives a PromptResult",
    ),
];

/// Of a message.
pub(in super::super) const MESSAGE: &[Word] =
    &[key("content", "text"), key("template", "text"), key("message", "text")];

/// Of an argument, a parameter, a field: `Field(…)`, JSON Schema.
pub(in super::super) const ARGUMENT: &[Word] = &[
    key("min", "ge"),
    key("minimum", "ge"),
    key("max", "le"),
    key("maximum", "le"),
    key("exclusive_minimum", "gt"),
    key("exclusiveMinimum", "gt"),
    key("exclusive_maximum", "lt"),
    key("exclusiveMaximum", "lt"),
    key("min_items", "min_length"),
    key("minItems", "min_length"),
    key("max_items", "max_length"),
    key("maxItems", "max_length"),
    key("regex", "pattern"),
    key("example", "examples"),
    key("doc", "description"),
    key("docs", "description"),
    key("annotation", "type"),
    instead("required", DEFAULT_MAKES_OPTIONAL),
    instead("optional", DEFAULT_MAKES_OPTIONAL),
    instead("nullable", "write the type as \"str | None\""),
    instead("default_factory", "`default` is a value: [] and {} are made anew for each call"),
    instead("enum", LITERAL),
    instead("choices", LITERAL),
    instead("const", LITERAL),
    instead("format", "types with a format are datetime, date, time, timedelta, UUID and Path"),
    instead("items", "write the type as list[…]"),
    instead("properties", "declare a [model.NAME] and write its name as the type"),
    instead("strict", "`strict_input_validation` of [server] says it for all"),
    instead("json_schema_extra", "a whole schema by hand is `input_schema` of the tool"),
    instead("validation_alias", ALIAS),
    instead("serialization_alias", ALIAS),
    instead("alias", ALIAS),
];

/// Of `args.NAME` of components.
pub(in super::super) const COMPONENT_ARGUMENT: &[Word] = &[
    key("completion", "complete"),
    key("completions", "complete"),
    key("complete_from", "complete"),
    key("suggestions", "complete"),
    instead("header", "the tool says it: header = { argument = \"Tenant\" }"),
    instead("x-mcp-header", "the tool says it: header = { argument = \"Tenant\" }"),
    instead("inject", "the component says it: inject.NAME = \"header:X-Tenant\""),
    instead("hide", INJECT),
    instead("exclude", INJECT),
];

/// Of `params.NAME` of a route.
pub(in super::super) const PARAMETER: &[Word] = &[
    instead("include_in_schema", INJECT),
    key("location", "in"),
    key("place", "in"),
    instead(
        "convert_underscores",
        "`_` in the name of a header is sent as `-`; a name in quotes is sent as it is",
    ),
];

/// Of `[[route]]`: decorators of `FastAPI`.
pub(in super::super) const ROUTE: &[Word] = &[
    key("response_model", "returns"),
    key("response", "returns"),
    key("return", "returns"),
    key("output", "returns"),
    key("status_code", "status"),
    key("path_params", "params"),
    key("query_params", "params"),
    key("path_parameters", "params"),
    key("query", "params"),
    key("header", "params"),
    key("headers", "params"),
    key("cookies", "params"),
    key("args", "params"),
    key("arguments", "params"),
    key("parameters", "params"),
    key("request_body", "body"),
    key("json", "body"),
    key("payload", "body"),
    key("operation_id", "name"),
    key("operationId", "name"),
    key("endpoint", "handler"),
    key("function", "handler"),
    key("fn", "handler"),
    key("func", "handler"),
    key("include_in_schema", "as"),
    key("mcp_type", "as"),
    key("hints", "annotations"),
    key("timeout_seconds", "timeout"),
    instead("method", PATH_IS_A_VALUE),
    instead("path", PATH_IS_A_VALUE),
    instead("methods", PATH_IS_A_VALUE),
    instead("url", PATH_IS_A_VALUE),
    instead("prefix", "the path is written whole: get = \"/users/{user_id}\""),
    instead(
        "dependencies",
        "a handler calls what it needs; who may call is reserved for a later version",
    ),
    instead(
        "response_description",
        "`responses` describes errors: responses.404 = \"No such user.\"",
    ),
    instead(
        "response_class",
        "`returns` is JSON; a handler without it gives texts, images and bytes",
    ),
    instead("responses_model", "`responses` describes errors: responses.404 = \"No such user.\""),
    instead(
        "generate_unique_id_function",
        "a route is called like its `handler`, or by its `name`",
    ),
    instead("callbacks", "callbacks are not described"),
    instead("openapi_extra", "the description is made of the declaration alone"),
    instead("run_in_thread", BLOCKING),
];

/// Of `[model.NAME]`.
pub(in super::super) const MODEL: &[Word] = &[
    key("properties", "fields"),
    key("field", "fields"),
    key("attributes", "fields"),
    key("base", "extends"),
    key("bases", "extends"),
    key("inherits", "extends"),
    key("parent", "extends"),
    key("doc", "description"),
    key("docs", "description"),
    instead("required", DEFAULT_MAKES_OPTIONAL),
    instead("model_config", "a model has fields; others that a caller sends are passed over"),
];

/// Of `[enum.NAME]`.
pub(in super::super) const ENUM: &[Word] = &[
    key("members", "values"),
    key("variants", "values"),
    key("value", "values"),
    key("choices", "values"),
];

/// Of an icon.
pub(in super::super) const ICON: &[Word] =
    &[key("url", "src"), key("file", "src"), key("path", "src"), key("size", "sizes")];

/// Of `cache`.
pub(in super::super) const CACHE: &[Word] = &[
    key("cache_scope", "scope"),
    key("cacheScope", "scope"),
    key("cache_ttl", "ttl"),
    key("ttlMs", "ttl"),
    key("ttl_seconds", "ttl"),
    key("max_age", "ttl"),
];

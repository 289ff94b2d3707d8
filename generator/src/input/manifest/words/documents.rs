//! Words for documents, their operations and upstreams: `from_openapi`, `from_fastapi`, `RouteMap`,
//! `ToolTransformConfig`.

use super::{NO_SERIALIZER, Word, instead, key};

/// Of `[openapi.NAME]`: what `from_openapi` and `from_fastapi` take.
pub(in super::super) const OPENAPI: &[Word] = &[
    key("openapi_spec", "spec"),
    key("file", "spec"),
    key("path", "spec"),
    key("document", "spec"),
    key("prefix", "namespace"),
    key("tool_prefix", "namespace"),
    key("mcp_names", "tools"),
    key("tool_names", "tools"),
    key("routes", "route_map"),
    key("route_maps", "route_map"),
    key("operations", "operation"),
    key("url", "base_url"),
    key("server_url", "base_url"),
    key("server_vars", "variables"),
    key("auth", "credentials"),
    key("forward_headers", "forward"),
    key("overlay", "overlays"),
    key("lenient", "validate_output"),
    instead(
        "client",
        "the upstream is called with the `base_url`, `headers` and `timeout` of this table",
    ),
    instead(
        "httpx_client_kwargs",
        "the upstream is called with the `base_url`, `headers` and `timeout` of this table",
    ),
    instead(
        "app",
        "export its document: python -c \"import json, main; print(json.dumps(main.app.openapi()))\" > openapi.json",
    ),
    instead("name", "`NAME` of [openapi.NAME] is its name; clients see `name` of [server]"),
    instead(
        "tags",
        "a rule adds tags: [[openapi.NAME.route_map]] as = \"tool\", add_tags = [\"…\"]",
    ),
    instead(
        "route_map_fn",
        "rules are [[openapi.NAME.route_map]]; single operations say `as` in [openapi.NAME.operation.\"ID\"]",
    ),
    instead("mcp_component_fn", "single operations are changed in [openapi.NAME.operation.\"ID\"]"),
    instead("strict_input_validation", "it is a key of [server]"),
];

/// Of `[upstream.NAME]`.
pub(in super::super) const UPSTREAM: &[Word] = &[
    key("url", "base_url"),
    key("server_url", "base_url"),
    key("prefix", "namespace"),
    key("tool_prefix", "namespace"),
];

/// Of a login.
pub(in super::super) const LOGIN: &[Word] = &[
    key("token_endpoint", "token_url"),
    key("id", "client_id"),
    key("secret", "client_secret"),
    key("scope", "scopes"),
    key("resource", "audience"),
];

/// Of `forward`.
pub(in super::super) const FORWARD: &[Word] = &[
    key("header", "headers"),
    key("cookie", "cookies"),
    key("auth", "authorization"),
    key("forward_auth", "authorization"),
];

/// Of `[[route_map]]`: `RouteMap`.
pub(in super::super) const ROUTE_MAP: &[Word] = &[
    key("mcp_type", "as"),
    key("route_type", "as"),
    key("type", "as"),
    key("mcp_tags", "add_tags"),
    key("method", "methods"),
    key("path", "pattern"),
    instead("exclude", "write as = \"exclude\""),
];

/// Of `[openapi.NAME.operation."ID"]`: `ToolTransformConfig`.
pub(in super::super) const OPERATION: &[Word] = &[
    key("arguments", "args"),
    key("params", "args"),
    key("parameters", "args"),
    key("transform_args", "args"),
    key("hints", "annotations"),
    key("mcp_type", "as"),
    key("type", "as"),
    key("response_model", "response"),
    instead("enabled", "write as = \"exclude\""),
    instead("hide", "write as = \"exclude\""),
    instead(
        "transform_fn",
        "an operation is overridden in Rust: `server.on(|context, arguments: GetBook| …)`",
    ),
    instead("meta", "an operation has `title`, `description`, `annotations` and `tags`"),
    instead("output_schema", "it follows from the document; an overlay changes it there"),
    instead("serializer", NO_SERIALIZER),
];

/// Of `args.NAME` of an operation: `ArgTransformConfig`.
pub(in super::super) const OPERATION_ARGUMENT: &[Word] = &[
    key("hidden", "hide"),
    key("exclude", "hide"),
    key("alias", "name"),
    key("example", "examples"),
    instead(
        "required",
        "what has a `default` may be left out; anything else is as the document says",
    ),
    instead("type", "types follow from the document; an overlay changes them there"),
    instead(
        "default_factory",
        "`default` is a value; what varies by request is forwarded, see [openapi.NAME.forward]",
    ),
];

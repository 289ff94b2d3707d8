use std::collections::BTreeSet;

use super::super::key::Value;
use super::super::{INCLUDED_KEYS, KEYS};
use super::{Here, Keys, snake_case};
use crate::diagnostic::Diagnostics;
use crate::source::SourceMap;

/// Every table that a manifest can have, with the path to it.
fn tables(keys: &'static Keys, path: &str, found: &mut Vec<(String, &'static Keys)>) {
    found.push((path.to_owned(), keys));
    for key in keys.iter() {
        of_value(&key.value, &format!("{path}.{}", key.name), found);
    }
}

fn of_value(value: &'static Value, path: &str, found: &mut Vec<(String, &'static Keys)>) {
    match value {
        Value::Table(keys) => tables(keys, path, found),
        Value::List(item) | Value::Map(item) => of_value(item, path, found),
        Value::OneOf(values) => values.iter().for_each(|it| of_value(it, path, found)),
        _ => {}
    }
}

fn all() -> Vec<(String, &'static Keys)> {
    let mut found = Vec::new();
    tables(&KEYS, "mcp.toml", &mut found);
    found.push(("included".to_owned(), &INCLUDED_KEYS));
    found
}

#[test]
fn words_name_keys_and_are_none_themselves() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (path, keys) in all() {
        let mut seen = BTreeSet::new();
        for word in keys.words() {
            count += 1;
            let name = word.other;
            if keys.find(name).is_some() || keys.is_reserved(name) {
                wrong.push(format!("{path}: `{name}` is a key itself"));
            }
            if !seen.insert(name) {
                wrong.push(format!("{path}: `{name}` is there twice"));
            }
            match word.here {
                Here::Key(ours) if keys.find(ours).is_none() => {
                    wrong.push(format!("{path}: `{name}` leads to `{ours}`, which is no key"));
                }
                Here::Key(ours) if snake_case(name) == ours && name != ours => {
                    wrong.push(format!("{path}: `{name}` needs no entry"));
                }
                Here::Instead("") => wrong.push(format!("{path}: `{name}` says nothing")),
                Here::Key(_) | Here::Instead(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 300, "only {count} words are reached from the tables");
}

/// Every table but those of the user's keys knows words of others.
#[test]
fn every_table_has_words() {
    let without: Vec<_> =
        all().into_iter().filter(|(_, keys)| keys.words().next().is_none()).collect();
    let without: BTreeSet<_> = without.iter().map(|(path, _)| path.as_str()).collect();
    let known = BTreeSet::from([
        "mcp.toml.prompt.inject",
        "mcp.toml.resource.inject",
        "mcp.toml.route.inject",
        "mcp.toml.tool.inject",
    ]);
    assert_eq!(without, known);
}

/// What `FastMCP`, fastmcp.json and `FastAPI` name, by the table where people would write it. What is a key
/// here too is among them: it must be one, or be answered.
const NAMES: &[(&str, &str)] = &[
    // The constructor, with what it no longer takes.
    (
        "[server]",
        "name instructions version website_url icons auth middleware providers transforms lifespan tools \
         on_duplicate mask_error_details dereference_schemas strict_input_validation list_page_size \
         resource_security request_state_security cache_ttl cache_scope tasks session_state_store \
         client_log_level experimental_capabilities host port sse_path message_path streamable_http_path \
         json_response stateless_http debug log_level on_duplicate_tools on_duplicate_resources \
         on_duplicate_prompts tool_serializer include_tags exclude_tags tool_transformations \
         sampling_handler sampling_handler_behavior dependencies include_fastmcp_meta",
    ),
    // `deployment` of fastmcp.json, `run()` and settings.
    (
        "[deployment]",
        "transport host port path log_level cwd env args show_banner uvicorn_config middleware \
         stateless_http json_response sse_path message_path streamable_http_path debug log_enabled \
         mask_error_details strict_input_validation client_log_level http_host_origin_protection \
         http_allowed_hosts http_allowed_origins http_session_idle_timeout show_server_banner \
         check_for_updates",
    ),
    (
        "",
        "$schema source environment deployment mcpServers tools resources prompts transforms providers",
    ),
    // `from_openapi`, `from_fastapi`.
    (
        "[openapi.shop]",
        "openapi_spec client name route_maps route_map_fn mcp_component_fn mcp_names tags \
         validate_output httpx_client_kwargs app timeout prefix strict_input_validation",
    ),
    ("[[openapi.shop.route_map]]", "methods pattern tags mcp_type mcp_tags route_type"),
    // `ToolTransformConfig`, `ArgTransformConfig`.
    (
        "[openapi.shop.operation.get]",
        "name title description tags annotations meta enabled arguments transform_args transform_fn \
         serializer output_schema",
    ),
    (
        "[openapi.shop.operation.get.args.limit]",
        "name description default hide required examples type default_factory",
    ),
    // Decorators.
    (
        "[[tool]]",
        "fn name version title description icons tags output_schema annotations meta app task timeout \
         auth run_in_thread enabled exclude_args serializer parameters inputSchema outputSchema _meta \
         readOnlyHint destructiveHint idempotentHint openWorldHint",
    ),
    (
        "[[tool]]\n[tool.annotations]",
        "title readOnlyHint destructiveHint idempotentHint openWorldHint",
    ),
    (
        "[[resource]]",
        "uri fn name version title description icons mime_type mimeType tags annotations meta app auth \
         security enabled text data path url is_binary encoding recursive pattern uri_template \
         uriTemplate parameters",
    ),
    (
        "[[resource]]\n[resource.annotations]",
        "readOnlyHint idempotentHint audience priority lastModified",
    ),
    (
        "[[resource]]\n[resource.security]",
        "reject_path_traversal reject_absolute_paths reject_null_bytes exempt_params",
    ),
    ("[[prompt]]", "fn name version title description icons tags meta auth enabled arguments task"),
    ("[[prompt]]\n[[prompt.messages]]", "role content"),
    // `Field(…)` and JSON Schema.
    (
        "[[tool]]\n[tool.args.days]",
        "default default_factory alias validation_alias title description examples exclude deprecated \
         json_schema_extra pattern strict gt ge lt le multiple_of min_length max_length minimum \
         maximum exclusiveMinimum exclusiveMaximum minLength maxLength multipleOf enum const format \
         items required nullable minItems maxItems regex",
    ),
    ("[[server.icons]]", "src mime_type mimeType sizes theme"),
    // Decorators of `FastAPI`.
    (
        "[[route]]",
        "path response_model status_code tags dependencies summary description response_description \
         responses deprecated operation_id include_in_schema response_class name callbacks \
         openapi_extra generate_unique_id_function methods prefix endpoint",
    ),
    (
        "[[route]]\n[route.params.id]",
        "alias ge le description convert_underscores include_in_schema deprecated",
    ),
];

#[test]
fn names_of_fastmcp_are_keys_or_have_an_answer() {
    let mut unanswered = Vec::new();
    for (table, names) in NAMES {
        for name in names.split_whitespace() {
            let inside = if name == "deployment" { "{}" } else { "[]" };
            let text = format!("{table}\n\"{name}\" = {inside}\n");
            let mut sources = SourceMap::default();
            let file = sources.add("mcp.toml", &*text);
            let mut diagnostics = Diagnostics::default();
            super::super::parse(&sources, file, &[], &mut diagnostics);
            let is_read =
                diagnostics.iter().all(|found| !found.message.contains("a list of tables"));
            assert!(is_read, "{table} is not the head of a table");
            let of_key = |message: &str| message.starts_with(&format!("`{name}` is not a key"));
            let found = diagnostics.iter().find(|found| of_key(&found.message));
            let help = found.map(|found| found.help.as_deref().unwrap_or_default());
            if let Some(help) = help
                && (help.starts_with("its keys are") || help.starts_with("did you mean"))
            {
                unanswered.push(format!("{table} {name}: {help}"));
            }
        }
    }
    assert!(unanswered.is_empty(), "{unanswered:#?}");
}

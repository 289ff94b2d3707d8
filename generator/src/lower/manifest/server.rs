//! `[server]`, `[deployment]` and `[limits]`.

use super::files::Contents;
use super::{about, name_rule, resource};
use crate::diagnostic::Diagnostics;
use crate::input::manifest::{
    DeploymentTable, LimitsTable, OnDuplicateWord, ServerTable, TransportWord,
};
use crate::model::{Deployment, Limits, OnDuplicate, RequestState, Server, Transport};

/// What the server is.
pub(super) fn lower(
    table: &ServerTable,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Server {
    Server {
        name: table.name.clone(),
        version: table.version.clone(),
        title: table.title.clone(),
        description: table.description.clone(),
        instructions: table.instructions.as_ref().map(|text| text.trim().to_owned()),
        website_url: table.website_url.clone(),
        mask_error_details: table.mask_error_details == Some(true),
        strict_input_validation: table.strict_input_validation == Some(true),
        hide_component_meta: table.component_meta == Some(false),
        names: name_rule(table.fastmcp_names).unwrap_or_default(),
        include_tags: table.include_tags.clone(),
        exclude_tags: table.exclude_tags.clone(),
        on_duplicate: match table.on_duplicate {
            Some(OnDuplicateWord::Error) => OnDuplicate::Error,
            Some(OnDuplicateWord::Replace) => OnDuplicate::Replace,
            Some(OnDuplicateWord::Ignore) => OnDuplicate::Ignore,
            Some(OnDuplicateWord::Warn) | None => OnDuplicate::Warn,
        },
        icons: about::lower_icons(&table.icons, contents, diagnostics),
        list_page_size: table.list_page_size,
        cache: table.cache.as_ref().and_then(about::lower_cache),
        request_state: RequestState {
            keys: table.request_state.keys.iter().map(|key| key.value.clone()).collect(),
            audience: table.request_state.audience.clone(),
            ttl: table.request_state.ttl,
        },
        resource_security: table
            .resource_security
            .as_ref()
            .map(|security| resource::security(&security.value))
            .unwrap_or_default(),
        experimental: table.experimental.clone(),
    }
}

/// How it is reached.
pub(super) fn lower_deployment(table: &DeploymentTable) -> Deployment {
    Deployment {
        transport: table.transport.map(|word| match word {
            TransportWord::Stdio => Transport::Stdio,
            TransportWord::Http => Transport::Http,
            TransportWord::Sse => Transport::Sse,
        }),
        host: table.host.clone(),
        port: table.port,
        path: table.path.clone(),
        log_level: table.log_level.clone(),
        stateless: table.stateless,
        json_response: table.json_response,
        cors: table.cors,
        allowed_hosts: table.allowed_hosts.clone(),
        allowed_origins: table.allowed_origins.clone(),
        allow_unauthenticated: table.allow_unauthenticated,
    }
}

/// What it accepts.
pub(super) fn lower_limits(table: &LimitsTable) -> Limits {
    Limits {
        request_body: table.request_body,
        json_depth: table.json_depth,
        headers: table.headers,
        in_flight: table.in_flight,
        tool_time: table.tool_time,
        upstream_time: table.upstream_time,
        upstream_response: table.upstream_response,
        resource_size: table.resource_size,
        sessions: table.sessions,
        session_idle: table.session_idle,
        streams: table.streams,
        stream_events: table.stream_events,
        tasks: table.tasks,
        ask_time: table.ask_time,
    }
}

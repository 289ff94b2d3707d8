//! What a generated crate hands to the runtime: the whole server as one constant.

use std::time::Duration;

use crate::operation::{Argument, Operation, Output, UpstreamSpec};

/// A server as it was declared: the argument of [`Server::new`](crate::Server::new).
#[derive(Debug)]
pub struct Declaration {
    /// Name of the server (`serverInfo.name`).
    pub name: &'static str,
    /// Version of the server.
    pub version: &'static str,
    /// `serverInfo` as JSON text: name, version, title, description, icons, website.
    pub info: &'static str,
    /// Instructions for the model; empty: none.
    pub instructions: &'static str,
    /// The components in the order in which lists show them.
    pub modules: &'static [&'static Module],
    /// All tools, sorted by name as bytes.
    pub tools: &'static [Tool],
    /// The APIs behind the server.
    pub upstreams: &'static [&'static UpstreamSpec],
    /// Defaults of the command line.
    pub deployment: Deployment,
    /// Bounds of what is accepted.
    pub limits: Limits,
    /// Hide the text of errors that are not meant for the caller.
    pub mask_error_details: bool,
    /// Refuse `"10"` where an integer is declared instead of reading it as 10.
    pub strict_input_validation: bool,
    /// [`codegen::REVISION`](crate::codegen::REVISION) of the generator that wrote the crate.
    pub revision: u32,
}

/// The components of one generated module.
#[derive(Debug)]
pub struct Module {
    /// Name of the module.
    pub name: &'static str,
    /// One line per tool: its entry in `tools/list` on the 2026-07-28 wire, as compact JSON.
    pub listing: &'static str,
    /// The same lines for wires up to 2025-11-25; an empty line where it is the same entry. Empty
    /// where no tool of the module differs.
    pub legacy_listing: &'static str,
    /// One line per forwarded tool with the reply that `--mock` gives, as JSON:
    /// `{"tool", "status", "media_type", "json" | "text" | "base64"}`.
    pub mock: &'static str,
}

/// A tool and what is behind it.
#[derive(Clone, Copy, Debug)]
pub enum Tool {
    /// An operation of an upstream.
    Forwarded(&'static Operation),
    /// A hand-written handler.
    Declared(&'static DeclaredTool),
}

impl Tool {
    /// Name of the tool.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Forwarded(operation) => operation.tool,
            Self::Declared(tool) => tool.name,
        }
    }

    /// The table of its arguments.
    #[must_use]
    pub const fn arguments(&self) -> &'static [Argument] {
        match self {
            Self::Forwarded(operation) => operation.arguments,
            Self::Declared(tool) => tool.arguments,
        }
    }

    /// What it promises about its result.
    #[must_use]
    pub const fn output(&self) -> Output {
        match self {
            Self::Forwarded(operation) => operation.output,
            Self::Declared(tool) => tool.output,
        }
    }
}

/// A tool declared in `mcp.toml`, implemented by a handler.
#[derive(Debug)]
pub struct DeclaredTool {
    /// Name of the tool.
    pub name: &'static str,
    /// Its arguments.
    pub arguments: &'static [Argument],
    /// What it promises about its result.
    pub output: Output,
    /// Time for a call, instead of [`Limits::tool_time`].
    pub timeout: Option<Duration>,
}

/// `[deployment]` of `mcp.toml`: what the command line falls back to.
#[derive(Clone, Copy, Debug)]
pub struct Deployment {
    /// Transport when no flag names one.
    pub transport: Transport,
    /// Address to bind.
    pub host: &'static str,
    /// Port to bind.
    pub port: u16,
    /// Path of the MCP endpoint.
    pub path: &'static str,
    /// Log level: `error`, `warn`, `info`, `debug` or `trace`.
    pub log_level: &'static str,
    /// Serve clients up to 2025-11-25 without sessions.
    pub stateless: bool,
    /// Hosts accepted in the `Host` header besides loopback names, with or without a port.
    pub allowed_hosts: &'static [&'static str],
    /// Origins accepted besides loopback ones.
    pub allowed_origins: &'static [&'static str],
    /// Allow a bind outside loopback although no authentication is declared.
    pub allow_unauthenticated: bool,
}

impl Deployment {
    /// stdio; HTTP on `127.0.0.1:8000` at `/mcp`.
    pub const DEFAULT: Self = Self {
        transport: Transport::Stdio,
        host: "127.0.0.1",
        port: 8000,
        path: "/mcp",
        log_level: "info",
        stateless: false,
        allowed_hosts: &[],
        allowed_origins: &[],
        allow_unauthenticated: false,
    };
}

/// How a server is reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Transport {
    /// Newline-delimited JSON on standard input and output.
    Stdio,
    /// Streamable HTTP.
    Http,
}

/// `[limits]` of `mcp.toml`.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest request body, and longest line on stdio, in bytes.
    pub request_body: usize,
    /// Deepest nesting of a message. A deeper one is an invalid request (-32600, status 400) without
    /// an id, since nothing of it is read: it may well be JSON, so it is no parse error.
    pub json_depth: usize,
    /// Largest head of an HTTP request, in bytes: request line, names and values. White space around
    /// values is not counted; nothing beyond about twice the limit is read.
    pub headers: usize,
    /// Requests handled at once.
    pub in_flight: usize,
    /// Time for a tool call.
    pub tool_time: Duration,
    /// Largest response of an upstream, in bytes.
    pub upstream_response: usize,
    /// Sessions held at once for clients up to 2025-11-25.
    pub sessions: usize,
    /// Time after which an unused session is dropped.
    pub session_idle: Duration,
}

impl Limits {
    /// 4 MiB bodies, depth 128, 64 KiB headers, 1,024 requests, 60 s, 16 MiB responses, 10,000
    /// sessions, 30 min.
    pub const DEFAULT: Self = Self {
        request_body: 4 << 20,
        json_depth: 128,
        headers: 64 << 10,
        in_flight: 1024,
        tool_time: Duration::from_secs(60),
        upstream_response: 16 << 20,
        sessions: 10_000,
        session_idle: Duration::from_secs(30 * 60),
    };
}

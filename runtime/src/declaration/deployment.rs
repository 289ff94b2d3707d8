//! How a server is reached, and what it accepts: `[deployment]` and `[limits]`.

use std::time::Duration;

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
    /// Answer as JSON always: what a handler reports before its result is dropped.
    pub json_response: bool,
    /// Tell browsers that the accepted origins may read answers (CORS).
    pub cors: bool,
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
        json_response: false,
        cors: true,
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
    /// HTTP with server-sent events, the transport of 2024-11-05; beside it Streamable HTTP.
    Sse,
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
    /// Largest contents of a resource that is read from a file, and longest list of a folder's files,
    /// in bytes.
    pub resource_size: usize,
    /// Sessions held at once for clients up to 2025-11-25.
    pub sessions: usize,
    /// Time after which an unused session is dropped.
    pub session_idle: Duration,
    /// Streams of server-sent events held open at once.
    pub streams: usize,
    /// Events of a stream that are kept for clients that come back to it.
    pub stream_events: usize,
    /// Tasks held at once.
    pub tasks: usize,
    /// Time for the client to answer what a handler asks.
    pub ask_time: Duration,
}

impl Limits {
    /// 4 MiB bodies, depth 128, 64 KiB headers, 1,024 requests, 60 s, 16 MiB responses, 16 MiB
    /// files, 10,000 sessions, 30 min, 10,000 streams, 100 events, 1,000 tasks, 5 min for answers.
    pub const DEFAULT: Self = Self {
        request_body: 4 << 20,
        json_depth: 128,
        headers: 64 << 10,
        in_flight: 1024,
        tool_time: Duration::from_secs(60),
        upstream_response: 16 << 20,
        resource_size: 16 << 20,
        sessions: 10_000,
        session_idle: Duration::from_secs(30 * 60),
        streams: 10_000,
        stream_events: 100,
        tasks: 1_000,
        ask_time: Duration::from_secs(300),
    };
}

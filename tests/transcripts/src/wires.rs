//! The transports that a transcript is played over.

mod http;
mod memory;
mod stdio;

use std::time::Duration;

use serde_json::Value;

use crate::read::Said;

/// What carries messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Transport {
    Stdio,
    Http,
    HttpSse,
    Memory,
}

/// Something that the server sent.
#[derive(Debug)]
pub(crate) struct Received {
    /// HTTP status of the answer that it came in.
    pub(crate) status: Option<u16>,
    /// The message; an HTTP answer may have none.
    pub(crate) message: Option<Value>,
}

/// A connection to a server.
pub(crate) trait Wire {
    /// Sends a text as it is, with headers where there are headers. Does not wait for answers.
    fn send(&mut self, said: &Said);
    /// The next message of the server.
    fn receive(&mut self, patience: Duration) -> Option<Received>;
    /// The session id, where there is one.
    fn session(&self) -> Option<String> {
        None
    }
    /// Ends the requests in flight by ending what carries them.
    fn hang_up(&mut self) {
        panic!("only over HTTP has a request a connection of its own that could be ended");
    }
    /// Ends the connection; what nobody has received.
    fn end(self: Box<Self>) -> Vec<Received>;
}

impl Transport {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "stdio" => Some(Self::Stdio),
            "HTTP" => Some(Self::Http),
            "HTTP+SSE" => Some(Self::HttpSse),
            "memory" => Some(Self::Memory),
            _ => None,
        }
    }
}

/// A server, started where it has to be and connected to as often as there are scenes.
pub(crate) struct Stage {
    program: std::path::PathBuf,
    flags: &'static [&'static str],
    server: mcpwright::Server,
    http: Option<blackbox::http::Server>,
    http_sse: Option<blackbox::http::Server>,
}

impl Stage {
    /// The server of this name.
    pub(crate) fn new(name: &str) -> Self {
        let (package, flags, server): (_, &[_], _) = match name {
            "bookshop" => {
                let options = mcpwright::Options { mock: true, ..Default::default() };
                ("bookshop-mcp", &["--mock"], bookshop_mcp::server().options(options))
            }
            "conformance" => ("conformance", &[], conformance::server()),
            "props" => ("transcripts", &[], crate::props::server()),
            _ => panic!("there is no server `{name}`"),
        };
        let program = blackbox::programs::program(package);
        Self { program, flags, server, http: None, http_sse: None }
    }

    /// A new connection. One that `is_raw` has nothing done for it yet.
    pub(crate) fn connect(&mut self, transport: Transport, is_raw: bool) -> Box<dyn Wire> {
        let (program, flags) = (&self.program, self.flags);
        let start = |transport| blackbox::http::Server::start_over(transport, program, flags);
        match transport {
            Transport::Stdio => Box::new(stdio::Stdio::start(program, flags)),
            Transport::Memory => Box::new(memory::Memory::connect(&self.server)),
            Transport::Http => {
                let server = self.http.get_or_insert_with(|| start("http"));
                Box::new(http::Http::new(server.address))
            }
            Transport::HttpSse => {
                let address = self.http_sse.get_or_insert_with(|| start("sse")).address;
                let mut wire = http::Http::new(address);
                if !is_raw {
                    wire.open_stream();
                }
                Box::new(wire)
            }
        }
    }
}

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
    /// Ends the connection; what nobody has received.
    fn end(self: Box<Self>) -> Vec<Received>;
}

impl Transport {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "stdio" => Some(Self::Stdio),
            "HTTP" => Some(Self::Http),
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
}

impl Stage {
    /// The server of this name.
    pub(crate) fn new(name: &str) -> Self {
        let (package, flags, server): (_, &[_], _) = match name {
            "bookshop" => {
                let options = mcpwright::Options { mock: true, ..Default::default() };
                ("bookshop-mcp", &["--mock"], bookshop_mcp::server().options(options))
            }
            _ => panic!("there is no server `{name}`"),
        };
        Self { program: blackbox::programs::program(package), flags, server, http: None }
    }

    /// A new connection.
    pub(crate) fn connect(&mut self, transport: Transport) -> Box<dyn Wire> {
        match transport {
            Transport::Stdio => Box::new(stdio::Stdio::start(&self.program, self.flags)),
            Transport::Memory => Box::new(memory::Memory::connect(&self.server)),
            Transport::Http => {
                let (program, flags) = (&self.program, self.flags);
                let server =
                    self.http.get_or_insert_with(|| blackbox::http::Server::start(program, flags));
                Box::new(http::Http::new(server.address))
            }
        }
    }
}

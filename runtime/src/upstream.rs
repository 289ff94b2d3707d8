//! Calls to the HTTP APIs behind a server: settings, request building, the client, and turning
//! responses into tool results.
//!
//! Of the request that a client of the server makes come here the checked arguments, and the headers
//! that are declared to go on. This module knows no MCP method.

mod body;
mod client;
mod connection;
mod credential;
mod error;
mod exchange;
mod fields;
mod file;
mod forward;
mod header;
mod mock;
mod multipart;
mod path;
mod query;
mod response;
mod server;
mod start;
mod status;
mod stream;
#[cfg(test)]
mod tests;
mod token;
mod url;
mod value;

pub use self::client::{CallOptions, Client};
pub use self::error::{StartError, UpstreamError};
pub use self::response::Reply;
pub use self::start::Upstreams;
pub use self::stream::{Item, Observer};

/// What the command line says about upstreams.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `--base-url`, in the order given: the name of the upstream, if one was given, and the URL.
    pub base_urls: Vec<(Option<String>, String)>,
    /// `--mock`: answer in process from the replies that the generator has written.
    pub mock: bool,
}

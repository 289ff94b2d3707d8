//! A server with hand-written tools, over every transport and in both protocol generations.

mod calls;
mod context;
mod deployment;
mod errors;
#[cfg(feature = "files")]
mod files;
mod fixture;
mod http;
mod legacy;
mod log;
mod principals;
#[cfg(feature = "upstream")]
mod promises;
mod rest;
mod security;
mod state;
mod stdio;
#[cfg(unix)]
mod streams;
mod talkative;
mod visibility;

//! Turns OpenAPI documents and TOML declarations into typed MCP server crates.
//!
//! The pipeline runs in one direction, each stage plain data that a test can print:
//! [`source`] → [`input`] → [`lower`] → [`model`] → [`plan`] → [`emit`] → [`files`].
//! [`generate()`] is the whole of it, from texts to texts; what reads and writes files is
//! [`cli`] and [`build_script`].

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod build_script;
pub mod cli;
pub mod diagnostic;
pub mod emit;
pub mod files;
mod generate;
pub mod input;
pub mod lower;
pub mod model;
pub mod plan;
pub mod source;

pub use crate::generate::{Generated, Planned, Request, generate, plan_server};

//! Turns OpenAPI documents and TOML declarations into typed MCP server crates.
//!
//! The pipeline runs in one direction, each stage plain data that a test can print:
//! [`source`] → [`input`] → [`lower`] → [`model`] → [`plan`] → [`emit`] → [`files`].

#![cfg_attr(
    test,
    expect(clippy::disallowed_methods, reason = "tests read documents and write folders")
)]

pub mod cli;
pub mod diagnostic;
pub mod emit;
pub mod files;
pub mod input;
pub mod lower;
pub mod model;
pub mod plan;
pub mod source;

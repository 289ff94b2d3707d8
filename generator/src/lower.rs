//! From documents to the model: references are followed, versions become one, what cannot be used
//! is left out with a reason.
//!
//! Quirks of documents end here. Rust names and tool names are unknown.

mod document;
mod manifest;
mod operation;
mod parameter;
mod schema;
mod server;
mod swagger;

#[cfg(test)]
mod tests;

pub use document::document;
pub use manifest::{Contents, manifest};

use crate::input::openapi::{Fault, Reader};

/// What is shared while one document is lowered.
#[derive(Debug)]
struct Lowering<'d> {
    reader: Reader<'d>,
    arena: schema::Arena<'d>,
    /// The operations that were left out, each with the reason.
    skipped: Vec<(String, Fault)>,
}

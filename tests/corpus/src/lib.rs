//! Real OpenAPI documents through the generator and the runtime: what is kept, what it costs, and
//! whether the requests are those that another client of the same documents sends.
//!
//! `cargo xtask corpus DIR` runs all of it; the tests of this package run what is quick.

pub mod agreement;
pub mod arguments;
pub mod coverage;
pub mod crates;
pub mod described;
pub mod documents;
pub mod files;
pub mod generation;
pub mod golden;
pub mod multipart;
pub mod oracle;
pub mod report;
pub mod request;
pub mod rules;
pub mod tables;
pub mod upstream;
pub mod values;

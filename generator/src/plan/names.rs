//! Every name of the output: tools, arguments, Rust identifiers, modules, files.
//!
//! The rules are pure functions of what is named; a name depends on its siblings only where two
//! would be the same, and then on none of their order. What was allocated once comes from
//! [`super::lock`] and stays.

pub(super) mod argument;
pub(crate) mod imported;
pub(super) mod rust;
pub(super) mod tool;

//! Types that `mcp.toml` declares.

use super::{DeclaredArgument, Json};
use crate::source::Span;

/// A `[model.NAME]` or an `[enum.NAME]`.
#[derive(Clone, Debug)]
pub struct DeclaredModel {
    /// Where its name stands.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Description for the model, and for whoever reads the generated code.
    pub description: Option<String>,
    /// What its values are.
    pub shape: ModelShape,
}

/// What the values of a declared type are.
#[derive(Clone, Debug)]
pub enum ModelShape {
    /// Objects with these fields, those of what it extends first.
    Fields(Vec<DeclaredArgument>),
    /// One of these scalars, at least one and each once.
    Values(Vec<Json>),
}

//! Why two requests for one call may differ: the numbered rules of COMPATIBILITY.md as predicates.

use mcpwright::operation::Operation;
use mcpwright_generator::plan;
use serde_json::{Map, Value};

use crate::request::Request;

/// The call that was replayed.
#[derive(Debug)]
pub struct Call<'c> {
    /// Its operation.
    pub operation: &'static Operation,
    /// Its tool.
    pub tool: &'c plan::Tool,
    /// The arguments under our names.
    pub arguments: &'c Map<String, Value>,
    /// Recorded arguments that have no place here.
    pub stray: &'c [String],
    /// Why the other client made no request.
    pub error: Option<&'c str>,
}

/// The rules that explain the difference, joined by `+`; `None` where something stays unexplained.
#[must_use]
pub fn explain(
    _call: &Call<'_>,
    _ours: Result<&Request, &String>,
    _theirs: Option<&Request>,
) -> Option<String> {
    None
}

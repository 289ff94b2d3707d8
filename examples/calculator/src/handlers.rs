//! The tools of `calculator` that are written by hand.

use calculator_mcp::Handlers;
use calculator_mcp::tools::declared::AddArgs;
use mcpwright::{Context, ToolError};

/// Answers the declared tools.
#[derive(Debug)]
pub struct Calculator;

impl Handlers for Calculator {
    async fn add(&self, _context: Context, arguments: AddArgs) -> Result<i64, ToolError> {
        let AddArgs { a, b } = arguments;
        a.checked_add(b).ok_or_else(|| ToolError::public("the sum does not fit into 64 bits"))
    }
}

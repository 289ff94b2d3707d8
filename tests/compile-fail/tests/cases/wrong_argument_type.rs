use calculator_mcp::Handlers;
use mcpwright::{Context, ToolError};

struct Calculator;

impl Handlers for Calculator {
    async fn add(&self, _context: Context, arguments: (i64, i64)) -> Result<i64, ToolError> {
        Ok(arguments.0 + arguments.1)
    }
}

fn main() {
    let _ = calculator_mcp::server(Calculator);
}

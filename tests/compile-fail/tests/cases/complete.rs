use calculator_mcp::Handlers;
use calculator_mcp::tools::declared::AddArgs;
use mcpwright::{Context, ToolError};

struct Calculator;

impl Handlers for Calculator {
    async fn add(&self, _context: Context, arguments: AddArgs) -> Result<i64, ToolError> {
        Ok(arguments.a + arguments.b)
    }
}

fn main() {
    let _ = calculator_mcp::server(Calculator);
}

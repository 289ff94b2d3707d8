use calculator_mcp::{AddArgs, Handlers};
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

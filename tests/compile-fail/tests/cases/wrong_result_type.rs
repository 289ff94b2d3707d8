use calculator_mcp::Handlers;
use calculator_mcp::tools::declared::AddArgs;
use mcpwright::{Context, ToolError};

struct Calculator;

impl Handlers for Calculator {
    async fn add(&self, _context: Context, arguments: AddArgs) -> Result<String, ToolError> {
        Ok((arguments.a + arguments.b).to_string())
    }
}

fn main() {
    let _ = calculator_mcp::server(Calculator);
}

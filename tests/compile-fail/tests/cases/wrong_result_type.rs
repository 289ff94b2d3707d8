use calculator_mcp::{AddArgs, Handlers};
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

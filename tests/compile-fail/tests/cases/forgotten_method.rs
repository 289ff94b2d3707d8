use calculator_mcp::Handlers;

struct Calculator;

impl Handlers for Calculator {}

fn main() {
    let _ = calculator_mcp::server(Calculator);
}

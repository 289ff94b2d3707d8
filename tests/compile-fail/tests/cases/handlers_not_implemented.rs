struct Calculator;

fn main() {
    let _ = calculator_mcp::server(Calculator);
}

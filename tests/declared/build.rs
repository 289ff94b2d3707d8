//! Generates the server below `OUT_DIR`.

use mcpwright_generator::build_script::Build;

fn main() {
    Build::new("mcp.toml").emit();
}

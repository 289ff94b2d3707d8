//! Generates the server of the bookshop below `OUT_DIR`.

use mcpwright_generator::build_script::Build;

fn main() {
    Build::new("../../specs/bookshop/mcp.toml").emit();
}

//! Generates two servers below `OUT_DIR`: that of the bookshop, and one whose operations are resources.

use mcpwright_generator::build_script::Build;

fn main() {
    Build::new("../../specs/bookshop/mcp.toml").emit();
    let case = "../../generator/tests/cases/accepted/operations_as_resources/mcp.toml";
    Build::new(case).folder("shelf").emit();
}

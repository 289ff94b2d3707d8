//! Generates servers below `OUT_DIR`: that of the bookshop, one whose operations are resources, one
//! whose resources are read when they are asked for, one whose operations have types, and one with
//! versions of its components.

use mcpwright_generator::build_script::Build;

fn main() {
    Build::new("../../specs/bookshop/mcp.toml").emit();
    let case = "../../generator/tests/cases/accepted/operations_as_resources/mcp.toml";
    Build::new(case).folder("shelf").emit();
    let case = "../../generator/tests/cases/accepted/resources_read_when_asked/mcp.toml";
    Build::new(case).folder("asked").emit();
    let case = "../../generator/tests/cases/accepted/types_of_operations/mcp.toml";
    Build::new(case).folder("zoo").emit();
    let case = "../../generator/tests/cases/accepted/versions_of_components/mcp.toml";
    Build::new(case).folder("versions").emit();
}

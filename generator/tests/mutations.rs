//! Documents with a piece broken: no input may make the generator panic, and the same input always
//! gives the same bytes.

use std::fmt::Write as _;

use mcpwright_generator::source::SourceMap;
use mcpwright_generator::{Generated, Request, generate};
use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::Index;

/// Small documents that together use every part of the pipeline.
const DOCUMENTS: &[(&str, &str)] = &[
    ("openapi.yaml", include_str!("cases/accepted/every_parameter_style/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/every_body_format/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/every_response_form/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/recursive_schemas/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/references_in_odd_places/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/security_alternatives/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/yaml_anchors_and_merge_keys/openapi.yaml")),
    ("openapi.json", include_str!("cases/accepted/fastapi_operation_ids/openapi.json")),
    ("mcp.toml", include_str!("cases/accepted/declared_tools_of_every_type/mcp.toml")),
];

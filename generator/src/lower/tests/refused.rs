//! Documents from which nothing can be generated.

use expect_test::{Expect, expect};

use super::{check_operations, lower, problems};

#[track_caller]
fn check(document: &str, expected: &Expect) {
    let (api, diagnostics) = lower(document);
    assert!(api.is_none(), "nothing comes out");
    expected.assert_eq(&problems(&diagnostics));
}

#[test]
fn other_documents_are_refused() {
    check(
        "[1, 2]",
        &expect![[r#"
        error E0201 at ``: this is no OpenAPI document: it is a list, not a mapping
          help: give the file that holds `openapi:` and `paths:`
    "#]],
    );
    check(
        "{ name: shop }",
        &expect![[r#"
        error E0201 at ``: this is no OpenAPI document: it has no `openapi` key
          help: an OpenAPI document starts with a version line such as `openapi: 3.1.0`
    "#]],
    );
}

#[test]
fn other_versions_are_refused_with_the_way_round() {
    check(
        "{ swagger: '1.2', paths: {} }",
        &expect![[r#"
            error E0202 at `/swagger`: Swagger 1.2 is not read
              help: convert the document to Swagger 2.0 or OpenAPI 3 first
        "#]],
    );
    check(
        "{ openapi: 4.0, paths: {} }",
        &expect![[r#"
        error E0202 at `/openapi`: OpenAPI 4.0 is not read
          help: convert the document to OpenAPI 3.0 or 3.1 first
    "#]],
    );
}

#[test]
fn documents_without_operations_give_no_tools_and_a_warning() {
    check_operations(
        "webhooks: { new: { post: {} } }",
        &expect![[r#"
            warning E0211 at ``: the document `shop` has no operation, so it gives no tool
              help: it describes webhooks alone, which the API calls and a client cannot; add operations under `paths`
        "#]],
    );
    check_operations(
        "paths: { /a: {} }",
        &expect![[r#"
            warning E0211 at `/paths`: the document `shop` has no operation, so it gives no tool
              help: add operations under `paths`
        "#]],
    );
}

#[test]
fn documents_without_a_usable_operation_are_refused() {
    check(
        "{ openapi: 3.0.0, paths: { /a: { get: 1 } } }",
        &expect![[r#"
            warning E0203 at `/paths/~1a/get`: GET /a is left out: the operation is a number, not a mapping
            error E0211 at `/paths`: no operation of the document `shop` can be used
              help: the warnings say what to change
        "#]],
    );
    check(
        "{ openapi: 3.0.0, paths: [/a] }",
        &expect![[r#"
        warning E0203 at `/paths`: `paths` of the document is a list, not a mapping; it is left out
          help: write a value of that type, or remove the field
        error E0211 at ``: no operation of the document `shop` can be used
          help: the warnings say what to change
    "#]],
    );
}

//! Mistakes in hand-written handlers, and what the compiler says about them.
//!
//! Run with `TRYBUILD=overwrite` to write the `.stderr` files, then read them.

#[test]
fn mistakes_in_handlers_are_explained_by_the_compiler() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/cases/complete.rs");
    cases.compile_fail("tests/cases/forgotten_method.rs");
    cases.compile_fail("tests/cases/handlers_not_implemented.rs");
    cases.compile_fail("tests/cases/wrong_argument_type.rs");
    cases.compile_fail("tests/cases/wrong_result_type.rs");
}

#[test]
fn contributors_are_told_what_the_compiler_says() {
    let words = include_str!("cases/forgotten_method.stderr");
    let page = include_str!("../../../CONTRIBUTING.md");
    let quoted = format!("```text\n{words}```");
    assert!(page.contains(&quoted), "CONTRIBUTING.md does not quote this:\n{words}");
}

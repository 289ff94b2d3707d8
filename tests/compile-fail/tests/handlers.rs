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

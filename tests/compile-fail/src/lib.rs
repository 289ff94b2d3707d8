//! Holds the tests of what the compiler says about wrong handlers.

//! Where things are, and what may be missing.

use std::path::{Path, PathBuf};

/// The root of the repository.
///
/// # Panics
///
/// Panics where the repository is gone since the tests were built.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("../..").canonicalize().expect("the repository is where it was built")
}

/// The folder that builds share, for whatever a test builds itself.
#[must_use]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A real OpenAPI document, kept beside the repository because it is not ours.
///
/// Says loudly on standard error that a test is skipped where there is none.
#[must_use]
pub fn shared_document(name: &str) -> Option<PathBuf> {
    let root = root();
    let found = root.ancestors().map(|folder| folder.join("shared/specs").join(name));
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        eprintln!(
            "skipped: {name} is not in a folder shared/specs beside or above {}",
            root.display()
        );
    }
    found
}

/// Whether this runs where nothing may be skipped.
#[must_use]
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

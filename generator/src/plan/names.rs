//! Every name of the output: tools, arguments, Rust identifiers, modules, files.
//!
//! The rules are pure functions of what is named; a name depends on its siblings only where two
//! would be the same, and then on none of their order. What was allocated once comes from
//! [`super::lock`] and stays.

pub(super) mod argument;
pub(super) mod rust;
pub(super) mod tool;

/// The name that was probably meant.
pub(super) fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known)
}

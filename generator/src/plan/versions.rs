//! Versions of one component: which can stand beside each other, and which is the higher one.

use std::cmp::Ordering;
use std::str::FromStr as _;

use pep440_rs::Version;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::About;
use crate::source::Span;

/// Compares two versions as servers do: those of the form of PEP 440 by their parts, others as texts
/// below them. `1.0`, `1` and `v1` are the same.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    match (parse(left), parse(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => bare(left).cmp(bare(right)),
    }
}

fn parse(version: &str) -> Option<Version> {
    Version::from_str(bare(version)).ok()
}

fn bare(version: &str) -> &str {
    version.trim_start_matches(['v', 'V'])
}

/// Why two components of one id, of which one has a version at least, cannot stand beside each other.
/// `None`: they can, or neither has one. `spans`: where the first and the second are named.
pub(super) fn conflict(
    id: &str,
    (first, second): (&About, &About),
    spans: (Span, Span),
) -> Option<Diagnostic> {
    let (message, help) = match (&first.version, &second.version) {
        (None, None) => return None,
        (Some(one), Some(other)) if compare(one, other).is_ne() => return None,
        (Some(one), Some(other)) => {
            let message = match one == other {
                true => format!("`{id}` has the version `{one}` twice"),
                false => format!("`{one}` and `{other}` are one version of `{id}`"),
            };
            (message, "give one of them another `version`, such as version = \"2.0\"")
        }
        (Some(_), None) | (None, Some(_)) => (
            format!("`{id}` is declared with a version and without one"),
            "give each of them a `version`, such as version = \"1.0\" and version = \"2.0\"",
        ),
    };
    let problem = Diagnostic::error(Code::E0402, message).at(spans.1, "the second one");
    Some(problem.also(spans.0, "the first one").help(help))
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn versions_compare_as_servers_compare_them() {
        for (left, right) in [("1.0", "1"), ("v1", "1.0"), ("1.0c1", "1.0rc1"), ("beta", "beta")] {
            assert!(compare(left, right).is_eq(), "{left} and {right}");
        }
        for (low, high) in [("1.9", "1.10"), ("2.0rc1", "2.0"), ("beta", "0.1"), ("alpha", "beta")]
        {
            assert!(compare(low, high).is_lt(), "{low} and {high}");
        }
    }
}

//! UUIDs.

use uuid::Uuid;

/// A UUID in any of its usual forms: with hyphens or without, in braces, as a URN.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

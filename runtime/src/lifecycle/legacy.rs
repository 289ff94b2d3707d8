//! The handshake of the versions up to 2025-11-25, and the sessions that HTTP needs for it.

mod asks;
mod event_log;
mod session;
mod session_state;
mod sessions;
mod streams;

pub(crate) use self::asks::{Answered, Asks};
pub(crate) use self::session::Session;
pub(crate) use self::session_state::{SessionFull, SessionState};
pub(crate) use self::sessions::{Sessions, random_id};
pub(crate) use self::streams::{Item, Reader, Stream, Streams};
use crate::lifecycle::Version;

/// The version that answers `initialize`: the one that the client asks for where it has a
/// handshake, else the latest that has one. A client is never refused here; one that cannot speak
/// the answer disconnects.
pub(crate) fn negotiate(requested: Option<&str>) -> Version {
    requested
        .and_then(|name| Version::parse(name.as_bytes()))
        .filter(|version| !version.is_stateless())
        .unwrap_or(Version::LATEST_LEGACY)
}

#[cfg(test)]
mod tests {
    use super::negotiate;

    #[test]
    fn known_versions_are_kept_and_others_get_the_latest() {
        for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
            assert_eq!(negotiate(Some(version)).as_str(), version);
        }
        for version in [Some("2026-07-28"), Some("1.0"), Some(""), None] {
            assert_eq!(negotiate(version).as_str(), "2025-11-25");
        }
    }
}

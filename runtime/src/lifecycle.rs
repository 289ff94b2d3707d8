//! Which protocol generation a request belongs to, decided once, before anything is dispatched.
//!
//! Version strings are compared here and nowhere else; later code sees [`Version`] and
//! [`Wire`](crate::protocol::Wire). [`stateless`] holds the rules of 2026-07-28, [`legacy`] the
//! handshake and the sessions of the versions before. Nothing here knows tools.

pub(crate) mod calls;
pub(crate) mod changes;
pub(crate) mod decision;
pub(crate) mod legacy;
pub(crate) mod requester;
pub(crate) mod stateless;

use bytes::Bytes;

pub use self::requester::Principal;
pub(crate) use self::requester::Requester;
use crate::protocol::Wire;
use crate::protocol::ask::AskForm;

/// A served version of the protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Version {
    /// 2024-11-05
    V2024_11_05,
    /// 2025-03-26
    V2025_03_26,
    /// 2025-06-18
    V2025_06_18,
    /// 2025-11-25
    V2025_11_25,
    /// 2026-07-28
    V2026_07_28,
}

/// What `initialize` has settled, for the connection or the session.
#[derive(Clone, Debug)]
pub(crate) struct Handshake {
    /// The negotiated version.
    pub(crate) version: Version,
    /// `clientInfo` as JSON text.
    pub(crate) client_info: Option<Bytes>,
    /// `capabilities` as JSON text.
    pub(crate) capabilities: Option<Bytes>,
}

impl Version {
    /// The latest version with a handshake: the answer to clients that ask for an unknown one.
    pub(crate) const LATEST_LEGACY: Self = Self::V2025_11_25;

    /// The version that a client without a version header speaks (2025-06-18, transports).
    pub(crate) const ASSUMED: Self = Self::V2025_03_26;

    /// What the wire of the versions without a handshake can carry.
    pub(crate) const STATELESS_WIRE: Wire = Self::V2026_07_28.wire();

    /// All served versions, oldest first.
    pub(crate) const EACH: [Self; 5] = [
        Self::V2024_11_05,
        Self::V2025_03_26,
        Self::V2025_06_18,
        Self::V2025_11_25,
        Self::V2026_07_28,
    ];

    /// All served versions, newest first, as a JSON array.
    pub(crate) const ALL: &str =
        r#"["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"]"#;

    /// The versions without a handshake, as a JSON array.
    pub(crate) const STATELESS: &str = r#"["2026-07-28"]"#;

    /// The version with this name.
    pub(crate) fn parse(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"2026-07-28" => Self::V2026_07_28,
            b"2025-11-25" => Self::V2025_11_25,
            b"2025-06-18" => Self::V2025_06_18,
            b"2025-03-26" => Self::V2025_03_26,
            b"2024-11-05" => Self::V2024_11_05,
            _ => return None,
        })
    }

    /// The name of the version on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// Whether every request stands for itself, without a handshake.
    pub(crate) const fn is_stateless(self) -> bool {
        matches!(self, Self::V2026_07_28)
    }

    /// Whether several messages may come in one array; 2025-03-26 only.
    pub(crate) const fn has_batches(self) -> bool {
        matches!(self, Self::V2025_03_26)
    }

    /// Whether calls can become tasks by a member of their parameters; 2025-11-25 only.
    pub(crate) const fn has_tasks(self) -> bool {
        matches!(self, Self::V2025_11_25)
    }

    /// Whether clients know events without data, which tell them where a stream begins.
    pub(crate) const fn has_priming_events(self) -> bool {
        matches!(self, Self::V2025_11_25)
    }

    /// Whether a server says that it completes arguments; the first version has the method alone.
    pub(crate) const fn has_completions(self) -> bool {
        !matches!(self, Self::V2024_11_05)
    }

    /// Whether reports of progress have a text.
    pub(crate) const fn has_progress_text(self) -> bool {
        !matches!(self, Self::V2024_11_05)
    }

    /// The code of a handler's error on the wire of this version: two codes are not in all of them.
    pub(crate) const fn error_code(self, code: i32) -> i32 {
        match (code, self) {
            // No such resource.
            (-32002, Self::V2026_07_28) => -32602,
            // Pages that have to be opened first.
            (-32042, Self::V2025_11_25) => code,
            (-32042, _) => -32603,
            _ => code,
        }
    }

    /// The form in which clients of this version are asked.
    pub(crate) const fn ask_form(self) -> AskForm {
        let rich = matches!(self, Self::V2025_11_25 | Self::V2026_07_28);
        AskForm { wire: self.wire(), rich }
    }

    /// What the wire of this version can carry.
    pub(crate) const fn wire(self) -> Wire {
        Wire {
            stateless: self.is_stateless(),
            structured: !matches!(self, Self::V2024_11_05 | Self::V2025_03_26),
            audio: !matches!(self, Self::V2024_11_05),
        }
    }
}

//! One line per request at level `debug`: method, name of the component, outcome, time. Arguments, results and
//! everything else that a message carries stay out of it.

use std::fmt;
use std::time::Instant;

use tracing::Level;

/// When a request began; nothing where nobody reads the log, so that the clock is not asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Began(Option<Instant>);

/// What became of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    /// A result.
    Done,
    /// A result that says what failed.
    Failed,
    /// A result that says what is wrong with the arguments.
    Refused,
    /// The handler panicked.
    Panicked,
    /// The call ran out of time.
    TimedOut,
    /// A result that asks the client.
    Asked,
    /// The call was dropped before it was over.
    Cancelled,
    /// A JSON-RPC error with this code.
    Error(i32),
}

impl Began {
    /// A request that begins now.
    pub(super) fn now() -> Self {
        Self(tracing::enabled!(Level::DEBUG).then(Instant::now))
    }

    /// Writes the line.
    pub(super) fn log(self, method: &str, name: Option<&str>, end: End) {
        let Some(began) = self.0 else { return };
        let (method, duration) = (Shown(method), began.elapsed());
        tracing::debug!(%method, name, outcome = %end, ?duration, "request");
    }
}

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "arguments refused",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed out",
            Self::Asked => "input required",
            Self::Cancelled => "cancelled",
            Self::Error(code) => return write!(formatter, "error {code}"),
        })
    }
}

/// The name of a method as a client wrote it: short, and on one line.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .chars()
            .take(64)
            .try_for_each(|character| write!(formatter, "{}", character.escape_debug()))
    }
}

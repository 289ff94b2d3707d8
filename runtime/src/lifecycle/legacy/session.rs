//! What a server knows about a client that has shaken hands: the whole of a connection, or what the
//! requests of an HTTP client have in common.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use crate::lifecycle::calls::Calls;
use crate::lifecycle::changes::{Changes, Filter, Listener};
use crate::lifecycle::legacy::streams::Streams;
use crate::lifecycle::legacy::{Asks, SessionState};
use crate::lifecycle::{Handshake, Principal};
use crate::protocol::level::LogLevel;
use crate::visibility::SessionMarks;

/// One client between its handshake and its end.
#[derive(Debug)]
pub(crate) struct Session {
    id: Box<str>,
    handshake: Handshake,
    principal: Principal,
    calls: Arc<Calls>,
    asks: Asks,
    level: AtomicU8,
    listener: Listener,
    streams: Streams,
    state: SessionState,
    marks: SessionMarks,
    pub(super) last_used: AtomicU64,
}

impl Session {
    /// A session that begins now. It hears of changed lists from the start, of changed resources when
    /// it subscribes to them. `id` is empty where the connection is the session.
    pub(crate) fn new(
        id: &str,
        handshake: Handshake,
        principal: Principal,
        changes: &Arc<Changes>,
        streams: Streams,
    ) -> Self {
        let filter = Filter { tools: true, prompts: true, resources: true, ..Filter::default() };
        Self {
            id: id.into(),
            handshake,
            principal,
            calls: Arc::default(),
            asks: Asks::default(),
            level: AtomicU8::new(0),
            listener: changes.listen(filter),
            streams,
            state: SessionState::default(),
            marks: SessionMarks::default(),
            last_used: AtomicU64::new(0),
        }
    }

    /// The id that an HTTP client sends with its requests; `None` where the connection is the session.
    pub(crate) fn id(&self) -> Option<&str> {
        Some(&*self.id).filter(|id| !id.is_empty())
    }

    /// What was negotiated.
    pub(crate) const fn handshake(&self) -> &Handshake {
        &self.handshake
    }

    /// Who has shaken hands.
    pub(crate) const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The requests in flight.
    pub(crate) const fn calls(&self) -> &Arc<Calls> {
        &self.calls
    }

    /// What the client was asked.
    pub(crate) const fn asks(&self) -> &Asks {
        &self.asks
    }

    /// The changes that the client is to be told.
    pub(crate) const fn listener(&self) -> &Listener {
        &self.listener
    }

    /// The streams that an HTTP client can come back to.
    pub(crate) const fn streams(&self) -> &Streams {
        &self.streams
    }

    /// What handlers keep from one call to the next.
    pub(crate) const fn state(&self) -> &SessionState {
        &self.state
    }

    /// What handlers have enabled and disabled for this client alone.
    pub(crate) const fn marks(&self) -> &SessionMarks {
        &self.marks
    }

    /// The least level of log messages that the client wants; all of them before it says so.
    pub(crate) fn log_level(&self) -> LogLevel {
        let number = usize::from(self.level.load(Ordering::Relaxed));
        LogLevel::ALL.get(number).copied().unwrap_or(LogLevel::Debug)
    }

    /// Sets the least level.
    pub(crate) fn set_log_level(&self, level: LogLevel) {
        self.level.store(level as u8, Ordering::Relaxed);
    }

    /// Ends what is running and what is waited for.
    pub(crate) fn end(&self) {
        self.asks.close();
        self.calls.cancel_all();
        self.streams.end();
    }
}

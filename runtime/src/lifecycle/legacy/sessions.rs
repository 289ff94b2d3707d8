//! Sessions of HTTP clients, bounded in count and by idle time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::lifecycle::Handshake;
use crate::lifecycle::calls::Calls;
use crate::protocol::escape::hex_digit;

/// One session: what was negotiated, and what is running.
#[derive(Debug)]
pub(crate) struct Session {
    handshake: Handshake,
    calls: Arc<Calls>,
    last_used: AtomicU64,
}

impl Session {
    /// What was negotiated.
    pub(crate) const fn handshake(&self) -> &Handshake {
        &self.handshake
    }

    /// The requests in flight.
    pub(crate) const fn calls(&self) -> &Arc<Calls> {
        &self.calls
    }
}

/// All sessions of a server.
#[derive(Debug)]
pub(crate) struct Sessions {
    by_id: Mutex<HashMap<Box<str>, Arc<Session>>>,
    limit: usize,
    idle: Duration,
    started: Instant,
}

impl Sessions {
    /// No sessions yet, at most `limit`, each dropped after `idle` without a request.
    pub(crate) fn new(limit: usize, idle: Duration) -> Self {
        Self { by_id: Mutex::default(), limit: limit.max(1), idle, started: Instant::now() }
    }

    /// Opens a session and returns its id: 32 hexadecimal digits from the system's random source.
    /// Where the limit is reached, the session that was unused for the longest time makes room.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn open(&self, handshake: Handshake) -> Result<Box<str>, getrandom::Error> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random)?;
        let id: Box<str> = random
            .iter()
            .flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 0xf)])
            .map(char::from)
            .collect();
        let now = self.now();
        let session =
            Arc::new(Session { handshake, calls: Arc::default(), last_used: AtomicU64::new(now) });
        let mut by_id = self.lock();
        if by_id.len() >= self.limit {
            by_id.retain(|_, session| !self.is_idle(session, now));
        }
        if by_id.len() >= self.limit {
            let oldest = by_id
                .iter()
                .min_by_key(|(_, session)| session.last_used.load(Ordering::Relaxed))
                .map(|(id, _)| id.clone());
            if let Some(oldest) = oldest {
                by_id.remove(&oldest);
            }
        }
        by_id.insert(id.clone(), session);
        Ok(id)
    }

    /// The session with this id, which counts as used.
    pub(crate) fn find(&self, id: &[u8]) -> Option<Arc<Session>> {
        let id = std::str::from_utf8(id).ok()?;
        let now = self.now();
        let mut by_id = self.lock();
        let session = by_id.get(id)?;
        if self.is_idle(session, now) {
            by_id.remove(id);
            return None;
        }
        session.last_used.store(now, Ordering::Relaxed);
        Some(Arc::clone(session))
    }

    /// Ends the session with this id; returns whether there was one.
    pub(crate) fn close(&self, id: &[u8]) -> bool {
        std::str::from_utf8(id).is_ok_and(|id| self.lock().remove(id).is_some())
    }

    fn is_idle(&self, session: &Session, now: u64) -> bool {
        let unused = now.saturating_sub(session.last_used.load(Ordering::Relaxed));
        u128::from(unused) > self.idle.as_millis()
    }

    /// Milliseconds since the server started.
    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<Session>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Sessions;
    use crate::lifecycle::{Handshake, Version};

    fn open(sessions: &Sessions) -> Box<str> {
        let handshake = Handshake { version: Version::V2025_06_18, client_info: None };
        sessions.open(handshake).expect("the system has randomness")
    }

    #[test]
    fn sessions_end_once() {
        let sessions = Sessions::new(10, Duration::from_secs(60));
        let id = open(&sessions);
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(
            sessions.find(id.as_bytes()).map(|session| session.handshake().version),
            Some(Version::V2025_06_18)
        );
        assert!(sessions.close(id.as_bytes()));
        assert!(sessions.find(id.as_bytes()).is_none());
        assert!(!sessions.close(id.as_bytes()));
    }

    #[test]
    fn the_longest_unused_session_makes_room() {
        let sessions = Sessions::new(2, Duration::from_secs(60));
        let ids: Vec<_> = (0..3).map(|_| open(&sessions)).collect();
        let alive = ids.iter().filter(|id| sessions.find(id.as_bytes()).is_some()).count();
        assert_eq!(alive, 2);
        assert!(sessions.find(ids[2].as_bytes()).is_some(), "the new one is kept");
    }
}

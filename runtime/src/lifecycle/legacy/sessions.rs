//! Sessions of HTTP clients, bounded in count and by idle time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::lifecycle::Principal;
use crate::lifecycle::legacy::Session;
use crate::protocol::escape::hex_digit;

/// All sessions of a server.
#[derive(Debug)]
pub(crate) struct Sessions {
    by_id: Mutex<HashMap<Box<str>, Arc<Session>>>,
    limit: usize,
    idle: Duration,
    started: Instant,
    /// When idle ones were last looked for, in milliseconds since the start.
    swept: AtomicU64,
}

impl Sessions {
    /// No sessions yet, at most `limit`, each dropped after `idle` without a request.
    pub(crate) fn new(limit: usize, idle: Duration) -> Self {
        Self {
            by_id: Mutex::default(),
            limit: limit.max(1),
            idle,
            started: Instant::now(),
            swept: AtomicU64::new(0),
        }
    }

    /// Opens a session and returns its id: 32 hexadecimal digits from the system's random source.
    /// Where the limit is reached, the session that was unused for the longest time makes room; one with
    /// an open stream comes last.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn open(
        &self,
        begin: impl FnOnce(&str) -> Session,
    ) -> Result<(Box<str>, Arc<Session>), getrandom::Error> {
        let id = random_id()?;
        let now = self.now();
        let session = Arc::new(begin(&id));
        session.last_used.store(now, Ordering::Relaxed);
        let mut by_id = self.lock();
        let is_due = u128::from(now.saturating_sub(self.swept.load(Ordering::Relaxed)))
            > self.idle.as_millis() / 4;
        if is_due || by_id.len() >= self.limit {
            self.swept.store(now, Ordering::Relaxed);
            by_id.retain(|_, session| {
                let keep = !self.is_idle(session, now);
                if !keep {
                    session.end();
                }
                keep
            });
        }
        if by_id.len() >= self.limit {
            let oldest = by_id
                .iter()
                .min_by_key(|(_, session)| {
                    (session.streams().is_open(), session.last_used.load(Ordering::Relaxed))
                })
                .map(|(id, _)| id.clone());
            if let Some(oldest) = oldest.and_then(|oldest| by_id.remove(&oldest)) {
                oldest.end();
            }
        }
        by_id.insert(id.clone(), Arc::clone(&session));
        Ok((id, session))
    }

    /// The session with this id, which counts as used. One of somebody else is not found.
    pub(crate) fn find(&self, id: &[u8], principal: &Principal) -> Option<Arc<Session>> {
        let id = std::str::from_utf8(id).ok()?;
        let now = self.now();
        let mut by_id = self.lock();
        let session = by_id.get(id).filter(|session| session.principal() == principal)?;
        if self.is_idle(session, now) {
            session.end();
            by_id.remove(id);
            return None;
        }
        session.last_used.store(now, Ordering::Relaxed);
        Some(Arc::clone(session))
    }

    /// Ends the session with this id; returns whether there was one.
    pub(crate) fn close(&self, id: &[u8], principal: &Principal) -> bool {
        let Ok(id) = std::str::from_utf8(id) else { return false };
        let mut by_id = self.lock();
        if !by_id.get(id).is_some_and(|session| session.principal() == principal) {
            return false;
        }
        by_id.remove(id).inspect(|session| session.end()).is_some()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    /// Whether nothing was asked of the session for too long. A stream that is open is a use of it.
    fn is_idle(&self, session: &Session, now: u64) -> bool {
        let unused = now.saturating_sub(session.last_used.load(Ordering::Relaxed));
        u128::from(unused) > self.idle.as_millis() && !session.streams().is_open()
    }

    /// Milliseconds since the server started.
    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<Session>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 32 hexadecimal digits from the system's random source.
pub(crate) fn random_id() -> Result<Box<str>, getrandom::Error> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random)?;
    let digits = random.iter().flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 0xf)]);
    Ok(digits.map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::Sessions;
    use crate::lifecycle::legacy::{Session, Streams};
    use crate::lifecycle::{Handshake, Principal, Version};
    use crate::store::{MemoryStore, Store};

    fn open(sessions: &Sessions) -> Box<str> {
        let begin = |id: &str| {
            let handshake =
                Handshake { version: Version::V2025_06_18, client_info: None, capabilities: None };
            let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
            let streams = Streams::new(&store, id, 1);
            Session::new(id, handshake, Principal::Anonymous, &Arc::default(), streams)
        };
        sessions.open(begin).expect("the system has randomness").0
    }

    #[test]
    fn sessions_end_once() {
        let sessions = Sessions::new(10, Duration::from_secs(60));
        let id = open(&sessions);
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(
            sessions
                .find(id.as_bytes(), &Principal::Anonymous)
                .map(|session| session.handshake().version),
            Some(Version::V2025_06_18)
        );
        assert!(sessions.close(id.as_bytes(), &Principal::Anonymous));
        assert!(sessions.find(id.as_bytes(), &Principal::Anonymous).is_none());
        assert!(!sessions.close(id.as_bytes(), &Principal::Anonymous));
    }

    #[test]
    fn the_longest_unused_session_makes_room() {
        let sessions = Sessions::new(2, Duration::from_secs(60));
        let ids: Vec<_> = (0..3).map(|_| open(&sessions)).collect();
        let alive = ids
            .iter()
            .filter(|id| sessions.find(id.as_bytes(), &Principal::Anonymous).is_some())
            .count();
        assert_eq!(alive, 2);
        assert!(
            sessions.find(ids[2].as_bytes(), &Principal::Anonymous).is_some(),
            "the new one is kept"
        );
    }
}

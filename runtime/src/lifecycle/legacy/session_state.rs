//! The values that handlers keep in a session.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of keys and values that one session keeps.
const MOST_BYTES: usize = 1 << 20;

/// Values under keys, bounded in bytes.
#[derive(Debug, Default)]
pub(crate) struct SessionState {
    values: Mutex<BTreeMap<Box<str>, Vec<u8>>>,
}

/// A value has no room.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct SessionFull;

impl SessionState {
    /// Keeps a value in place of the one that has this key.
    pub(crate) fn set(&self, key: &str, value: Vec<u8>) -> Result<(), SessionFull> {
        let mut values = self.lock();
        let others = values.iter().filter(|(other, _)| &***other != key);
        let kept: usize = others.map(|(other, value)| other.len() + value.len()).sum();
        if kept + key.len() + value.len() > MOST_BYTES {
            return Err(SessionFull);
        }
        values.insert(key.into(), value);
        Ok(())
    }

    /// The value of this key.
    pub(crate) fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.lock().get(key).cloned()
    }

    /// Forgets the value of this key; whether there was one.
    pub(crate) fn delete(&self, key: &str) -> bool {
        self.lock().remove(key).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Box<str>, Vec<u8>>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_BYTES, SessionFull, SessionState};

    #[test]
    fn a_session_keeps_so_much_and_no_more() {
        let state = SessionState::default();
        assert_eq!(state.set("a", vec![0; MOST_BYTES - 1]), Ok(()));
        assert_eq!(state.set("b", Vec::new()), Err(SessionFull));
        // A value makes room for the one that takes its place.
        assert_eq!(state.set("a", vec![1; MOST_BYTES - 1]), Ok(()));
        assert_eq!(state.set("a", vec![1; MOST_BYTES]), Err(SessionFull));
        assert_eq!(state.get("a").map(|value| value.len()), Some(MOST_BYTES - 1));
        assert!(state.delete("a") && !state.delete("a"));
        assert_eq!(state.set("b", Vec::new()), Ok(()));
    }
}

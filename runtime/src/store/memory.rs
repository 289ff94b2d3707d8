//! The store in the memory of the process.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::store::{Entry, Revision, Store, StoreError, StoreFuture};

/// A [`Store`] in memory, bounded in entries and bytes.
///
/// Where a bound is reached, entries whose time has passed make room, then the one that was
/// written longest ago, and so on. So a full store forgets: give it more room than the values that
/// must not be lost can take. Entries whose time has passed are never given out; they are dropped
/// when something is written, and no task runs in the background.
pub struct MemoryStore {
    max_entries: usize,
    max_bytes: usize,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Arc<str>, Slot>,
    /// Keys by revision: those written longest ago come first.
    by_age: BTreeMap<u64, Arc<str>>,
    /// Keys by the end of their time.
    by_end: BTreeMap<(Instant, u64), Arc<str>>,
    bytes: usize,
    last_revision: u64,
}

#[derive(Debug)]
struct Slot {
    value: Bytes,
    revision: u64,
    end: Option<Instant>,
}

impl MemoryStore {
    /// Entries that a store holds unless it is told otherwise.
    pub const DEFAULT_MAX_ENTRIES: usize = 100_000;

    /// Bytes that a store holds unless it is told otherwise: 64 MiB.
    pub const DEFAULT_MAX_BYTES: usize = 64 << 20;

    /// What an entry costs beside its key and its value, as the bound on bytes counts it.
    pub const ENTRY_COST: usize = 256;

    /// An empty store with the default bounds.
    #[must_use]
    pub fn new() -> Self {
        Self {
            max_entries: Self::DEFAULT_MAX_ENTRIES,
            max_bytes: Self::DEFAULT_MAX_BYTES,
            entries: Mutex::default(),
        }
    }

    /// Sets how many entries there may be; at least one.
    #[must_use]
    pub const fn max_entries(mut self, max_entries: usize) -> Self {
        self.max_entries = if max_entries == 0 { 1 } else { max_entries };
        self
    }

    /// Sets how many bytes keys and values may take, each entry counted with
    /// [`ENTRY_COST`](Self::ENTRY_COST).
    #[must_use]
    pub const fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// The number of entries, those whose time has passed included until they are dropped.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().by_key.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(
        &self,
        entries: &mut Entries,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Revision, StoreError> {
        let now = Instant::now();
        let cost = cost(key, value);
        if cost > self.max_bytes {
            return Err(StoreError::new(format!(
                "a value of {} bytes does not fit into a store of {} bytes",
                value.len(),
                self.max_bytes
            )));
        }
        entries.remove(key);
        entries.drop_ended(now);
        while entries.by_key.len() >= self.max_entries
            || entries.bytes.saturating_add(cost) > self.max_bytes
        {
            if !entries.drop_oldest() {
                break;
            }
        }
        entries.last_revision += 1;
        let revision = entries.last_revision;
        let key: Arc<str> = Arc::from(key);
        // An end too far away for the clock is no end.
        let end = ttl.and_then(|ttl| now.checked_add(ttl));
        if let Some(end) = end {
            entries.by_end.insert((end, revision), Arc::clone(&key));
        }
        entries.by_age.insert(revision, Arc::clone(&key));
        entries.bytes += cost;
        // A copy: the value may be a slice that keeps a much larger buffer alive.
        let slot = Slot { value: Bytes::copy_from_slice(value), revision, end };
        entries.by_key.insert(key, slot);
        Ok(Revision::new(revision))
    }
}

impl Entries {
    fn find(&self, key: &str) -> Option<&Slot> {
        self.by_key.get(key).filter(|slot| slot.end.is_none_or(|end| Instant::now() < end))
    }

    fn remove(&mut self, key: &str) -> Option<Slot> {
        let slot = self.by_key.remove(key)?;
        self.by_age.remove(&slot.revision);
        if let Some(end) = slot.end {
            self.by_end.remove(&(end, slot.revision));
        }
        self.bytes = self.bytes.saturating_sub(cost(key, &slot.value));
        Some(slot)
    }

    fn drop_ended(&mut self, now: Instant) {
        while let Some((&(end, _), key)) = self.by_end.first_key_value() {
            if now < end {
                break;
            }
            let key = Arc::clone(key);
            self.remove(&key);
        }
    }

    fn drop_oldest(&mut self) -> bool {
        let oldest = self.by_age.first_key_value().map(|(_, key)| Arc::clone(key));
        oldest.is_some_and(|key| self.remove(&key).is_some())
    }
}

fn cost(key: &str, value: &[u8]) -> usize {
    key.len().saturating_add(value.len()).saturating_add(MemoryStore::ENTRY_COST)
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Entry>> {
        Box::pin(async move {
            let entries = self.lock();
            Ok(entries.find(key).map(|slot| Entry {
                value: slot.value.clone(),
                revision: Revision::new(slot.revision),
            }))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> StoreFuture<'a, Revision> {
        Box::pin(async move { self.write(&mut self.lock(), key, &value, ttl) })
    }

    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let mut entries = self.lock();
            let lives = entries.find(key).is_some();
            entries.remove(key);
            Ok(lives)
        })
    }

    fn compare_and_swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<Revision>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> StoreFuture<'a, Option<Revision>> {
        Box::pin(async move {
            let mut entries = self.lock();
            let found = entries.find(key).map(|slot| Revision::new(slot.revision));
            if found != expected {
                return Ok(None);
            }
            self.write(&mut entries, key, &value, ttl).map(Some)
        })
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

// Values may be secret, and there are many.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.lock();
        formatter
            .debug_struct("MemoryStore")
            .field("entries", &entries.by_key.len())
            .field("bytes", &entries.bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use tokio::time::advance;

    use super::MemoryStore;
    use crate::store::{Entry, Revision, Store};

    const SECOND: Duration = Duration::from_secs(1);

    async fn get(store: &MemoryStore, key: &str) -> Option<Entry> {
        store.get(key).await.expect("memory answers")
    }

    async fn value(store: &MemoryStore, key: &str) -> Option<Bytes> {
        get(store, key).await.map(|entry| entry.value)
    }

    async fn put(store: &MemoryStore, key: &str, value: &'static str) -> Revision {
        store.put(key, Bytes::from_static(value.as_bytes()), None).await.expect("it fits")
    }

    /// What must hold between any two calls.
    fn check_books(store: &MemoryStore) {
        let entries = store.lock();
        assert_eq!(entries.by_age.len(), entries.by_key.len());
        let ending = entries.by_key.values().filter(|slot| slot.end.is_some()).count();
        assert_eq!(entries.by_end.len(), ending);
        let bytes: usize =
            entries.by_key.iter().map(|(key, slot)| super::cost(key, &slot.value)).sum();
        assert_eq!(entries.bytes, bytes);
    }

    #[tokio::test]
    async fn values_are_written_read_and_deleted() {
        let store = MemoryStore::new();
        assert_eq!(get(&store, "a").await, None);
        let first = put(&store, "a", "1").await;
        let second = put(&store, "a", "2").await;
        assert_ne!(first, second);
        let entry = get(&store, "a").await.expect("it was written");
        assert_eq!((entry.value.as_ref(), entry.revision), (b"2".as_slice(), second));
        assert!(store.delete("a").await.expect("memory answers"));
        assert!(!store.delete("a").await.expect("memory answers"));
        assert_eq!(get(&store, "a").await, None);
        assert!(store.is_empty());
        check_books(&store);
    }

    #[tokio::test]
    async fn a_swap_needs_the_revision_that_was_read() {
        let store = MemoryStore::new();
        let swap = async |expected, value: &'static str| {
            store
                .compare_and_swap("a", expected, Bytes::from_static(value.as_bytes()), None)
                .await
                .expect("it fits")
        };
        let first = swap(None, "1").await.expect("there was nothing");
        assert_eq!(swap(None, "2").await, None, "there is something now");
        let second = swap(Some(first), "2").await.expect("nobody came in between");
        assert_eq!(swap(Some(first), "3").await, None, "somebody came in between");
        assert_eq!(value(&store, "a").await.as_deref(), Some(b"2".as_slice()));
        store.delete("a").await.expect("memory answers");
        assert_eq!(swap(Some(second), "4").await, None, "it is gone");
        let third = swap(None, "5").await.expect("there is nothing");
        assert!(third != first && third != second, "revisions do not come again");
    }

    #[tokio::test(start_paused = true)]
    async fn values_end_with_their_time() {
        let store = MemoryStore::new();
        let text = Bytes::from_static(b"x");
        let written = store.put("a", text.clone(), Some(SECOND)).await.expect("it fits");
        put(&store, "b", "y").await;
        advance(SECOND - Duration::from_millis(1)).await;
        assert!(get(&store, "a").await.is_some());
        advance(Duration::from_millis(1)).await;
        assert_eq!(get(&store, "a").await, None);
        assert!(!store.delete("a").await.expect("memory answers"), "it counts as gone");
        store.put("a", text.clone(), Some(SECOND)).await.expect("it fits");
        advance(SECOND).await;
        let swapped = store.compare_and_swap("a", Some(written), text.clone(), None).await;
        assert_eq!(swapped.expect("memory answers"), None);
        let swapped = store.compare_and_swap("a", None, text, Some(Duration::MAX)).await;
        assert!(swapped.expect("it fits").is_some(), "an ended value is no value");
        advance(SECOND * 1_000_000).await;
        assert!(get(&store, "a").await.is_some() && get(&store, "b").await.is_some());
        check_books(&store);
    }

    #[tokio::test(start_paused = true)]
    async fn ended_values_make_room_before_living_ones() {
        let store = MemoryStore::new().max_entries(3);
        put(&store, "old", "1").await;
        store.put("ending", Bytes::from_static(b"2"), Some(SECOND)).await.expect("it fits");
        put(&store, "young", "3").await;
        advance(SECOND).await;
        put(&store, "new", "4").await;
        assert!(value(&store, "old").await.is_some());
        put(&store, "newer", "5").await;
        assert_eq!(value(&store, "old").await, None, "written longest ago");
        assert!(value(&store, "young").await.is_some());
        assert_eq!(store.len(), 3);
        check_books(&store);
    }

    #[tokio::test]
    async fn bytes_are_bounded() {
        let room_for_two = 2 * (MemoryStore::ENTRY_COST + 1 + 100);
        let store = MemoryStore::new().max_bytes(room_for_two);
        let text = Bytes::from(vec![b'x'; 100]);
        for key in ["a", "b", "c"] {
            store.put(key, text.clone(), None).await.expect("it fits");
        }
        assert_eq!(value(&store, "a").await, None);
        assert!(value(&store, "b").await.is_some());
        // Writing again takes the room of what was there, so nothing else has to go.
        store.put("c", text, None).await.expect("it fits");
        assert_eq!(store.len(), 2);
        let refused = store.put("b", Bytes::from(vec![b'x'; room_for_two]), None).await;
        assert!(refused.is_err());
        assert!(value(&store, "b").await.is_some(), "a refused value leaves what was there");
        check_books(&store);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_swap_is_lost() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let mut done = 0;
                    while done < 100 {
                        let found = store.get("n").await.expect("memory answers");
                        let count = found.as_ref().map_or(0, |entry| entry.value.len());
                        let next = Bytes::from(vec![0; count + 1]);
                        let revision = found.map(|entry| entry.revision);
                        let swapped = store.compare_and_swap("n", revision, next, None).await;
                        done += usize::from(swapped.expect("it fits").is_some());
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no task panics");
        }
        let entry = store.get("n").await.expect("memory answers").expect("it was written");
        assert_eq!(entry.value.len(), 800);
    }
}

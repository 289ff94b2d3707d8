//! What was sent on the streams of a session, for clients that come back with `Last-Event-ID`.
//!
//! Numbers of events go up by one in each stream, from the time of its first one: a stream that was
//! silent until all of it was forgotten does not give a number twice. A stream keeps its latest
//! events, within bounds in count, bytes and age; whoever comes back for what was forgotten is told so, since a stream
//! with a hole in it would look whole. Keys hold the session, so no session sees another's events.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::store::{Entry, Revision, Store, StoreError};

/// How much of each stream is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The number of events.
    pub(crate) events: usize,
    /// The bytes of their bodies.
    pub(crate) bytes: u64,
    /// The time since they were sent.
    pub(crate) age: Duration,
}

/// The id of an event, unique in its session: `STREAM-NUMBER`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct EventId {
    /// The stream in its session.
    pub(crate) stream: u64,
    /// The place in its stream.
    pub(crate) number: u64,
}

impl EventId {
    /// Reads what [`Display`](fmt::Display) wrote; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (stream, number) = text.split_once('-')?;
        let read = |text: &str| text.parse::<u64>().ok().filter(|value| value.to_string() == text);
        Some(Self { stream: read(stream)?, number: read(number)? })
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.stream, self.number)
    }
}

/// What a client missed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Replay {
    /// The stream, which goes on after the events.
    pub(crate) stream: u64,
    /// The events in order, with their bodies.
    pub(crate) events: Vec<(EventId, Bytes)>,
}

/// The events of one session.
#[derive(Clone, Debug)]
pub(crate) struct EventLog {
    store: Arc<dyn Store>,
    session: Box<str>,
    bounds: Bounds,
}

/// Which events of a stream there are.
#[derive(Debug, Deserialize, Serialize)]
struct Head {
    /// The number of the first one that is kept.
    first: u64,
    /// Bytes of it and of those after it.
    sizes: VecDeque<u64>,
}

impl Head {
    fn next(&self) -> u64 {
        self.first.saturating_add(self.sizes.len() as u64)
    }

    /// Adds an event and lets go of what is too much; the numbers of those.
    fn push(&mut self, size: u64, bounds: Bounds) -> std::ops::Range<u64> {
        let before = self.first;
        self.sizes.push_back(size);
        while self.sizes.len() > bounds.events || self.sizes.iter().sum::<u64>() > bounds.bytes {
            self.sizes.pop_front();
            self.first += 1;
        }
        before..self.first
    }
}

impl EventLog {
    /// The log of a session.
    pub(crate) const fn new(store: Arc<dyn Store>, session: Box<str>, bounds: Bounds) -> Self {
        Self { store, session, bounds }
    }

    /// Keeps what is sent next on a stream, and gives it its id.
    ///
    /// # Errors
    /// The store failed; the event has no id then, and cannot be asked for again.
    pub(crate) async fn append(&self, stream: u64, body: Bytes) -> Result<EventId, StoreError> {
        let key = self.head_key(stream);
        loop {
            let (mut head, revision) = self.head(&key).await?;
            let id = EventId { stream, number: head.next() };
            let dropped = head.push(body.len() as u64, self.bounds);
            let text = serde_json::to_vec(&head).map_err(unreadable)?;
            let ttl = Some(self.bounds.age);
            let swap = self.store.compare_and_swap(&key, revision, text.into(), ttl);
            if swap.await?.is_none() {
                continue;
            }
            for number in dropped.clone() {
                self.store.delete(&self.event_key(EventId { stream, number })).await?;
            }
            if !dropped.contains(&id.number) {
                self.store.put(&self.event_key(id), body, ttl).await?;
            }
            return Ok(id);
        }
    }

    /// What was sent after the event with this id, on its stream. `None` where the id is unknown, or
    /// some of what followed is forgotten.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn after(&self, last: &str) -> Result<Option<Replay>, StoreError> {
        let Some(last) = EventId::parse(last) else { return Ok(None) };
        let stream = last.stream;
        let (head, revision) = self.head(&self.head_key(stream)).await?;
        let Some(from) = last.number.checked_add(1) else { return Ok(None) };
        if revision.is_none() || from < head.first || from > head.next() {
            return Ok(None);
        }
        let mut events = Vec::new();
        let mut missing = false;
        for number in from..head.next() {
            let id = EventId { stream, number };
            match self.store.get(&self.event_key(id)).await? {
                Some(_) if missing => return Ok(None),
                Some(entry) => events.push((id, entry.value)),
                // Too old, or the last one, which is about to be written.
                None => missing = true,
            }
        }
        Ok(Some(Replay { stream, events }))
    }

    /// Forgets a stream.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn forget(&self, stream: u64) -> Result<(), StoreError> {
        let key = self.head_key(stream);
        let (head, _) = self.head(&key).await?;
        self.store.delete(&key).await?;
        for number in head.first..head.next() {
            self.store.delete(&self.event_key(EventId { stream, number })).await?;
        }
        Ok(())
    }

    async fn head(&self, key: &str) -> Result<(Head, Option<Revision>), StoreError> {
        let Some(Entry { value, revision }) = self.store.get(key).await? else {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let first = u64::try_from(now.as_millis()).unwrap_or_default();
            return Ok((Head { first, sizes: VecDeque::new() }, None));
        };
        let head = serde_json::from_slice(&value).map_err(unreadable)?;
        Ok((head, Some(revision)))
    }

    fn head_key(&self, stream: u64) -> String {
        format!("events/{}/{stream}", self.session)
    }

    fn event_key(&self, id: EventId) -> String {
        format!("events/{}/{}/{}", self.session, id.stream, id.number)
    }
}

fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::new("what the store has of a stream cannot be read").with_source(error)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use tokio::time::advance;

    use super::{Bounds, EventId, EventLog};
    use crate::store::{MemoryStore, Store};

    const BOUNDS: Bounds = Bounds { events: 3, bytes: 100, age: Duration::from_secs(60) };

    fn log(store: &Arc<MemoryStore>, session: &str) -> EventLog {
        let store: Arc<dyn Store> = Arc::clone(store) as Arc<dyn Store>;
        EventLog::new(store, session.into(), BOUNDS)
    }

    async fn append(log: &EventLog, stream: u64, body: &'static str) -> EventId {
        log.append(stream, Bytes::from_static(body.as_bytes())).await.expect("memory keeps it")
    }

    /// The bodies of what came after the event that is `offset` places after another one.
    async fn after(log: &EventLog, id: EventId, offset: u64) -> Option<Vec<String>> {
        let last = EventId { number: id.number + offset, ..id };
        let replay = log.after(&last.to_string()).await.expect("memory answers")?;
        assert_eq!(replay.stream, id.stream);
        for (place, (event, _)) in replay.events.iter().enumerate() {
            assert_eq!(event.number, last.number + 1 + place as u64);
        }
        let bodies = replay.events.into_iter();
        Some(bodies.map(|(_, body)| String::from_utf8_lossy(&body).into_owned()).collect())
    }

    fn bodies<const N: usize>(bodies: [&str; N]) -> Option<Vec<String>> {
        Some(bodies.map(str::to_owned).to_vec())
    }

    #[test]
    fn ids_have_one_spelling() {
        let id = EventId { stream: 3, number: 12 };
        assert_eq!(EventId::parse(&id.to_string()), Some(id));
        for other in
            ["", "3", "3-", "-3", "3--1", "03-1", "3-+1", "3-1-2", "a-b", "3-18446744073709551616"]
        {
            assert_eq!(EventId::parse(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn a_client_gets_what_it_missed_on_its_stream() {
        let store = Arc::new(MemoryStore::new());
        let log = log(&store, "a");
        let first = append(&log, 1, "").await;
        let other = append(&log, 2, "other").await;
        assert_eq!((first.stream, other.stream), (1, 2));
        for body in ["x", "y"] {
            append(&log, 1, body).await;
        }
        assert_eq!(after(&log, first, 0).await, bodies(["x", "y"]));
        assert_eq!(after(&log, first, 2).await, bodies([]));
        assert_eq!(after(&log, other, 0).await, bodies([]));
        assert_eq!(after(&log, first, 3).await, None);
        assert_eq!(after(&log, EventId { stream: 3, ..first }, 0).await, None);
        for unknown in ["1-0", "junk", "", "1-18446744073709551615"] {
            assert_eq!(log.after(unknown).await.expect("memory answers"), None, "{unknown}");
        }
    }

    #[tokio::test]
    async fn sessions_do_not_see_each_other() {
        let store = Arc::new(MemoryStore::new());
        let first = append(&log(&store, "a"), 1, "secret").await;
        append(&log(&store, "a"), 1, "secret").await;
        assert_eq!(after(&log(&store, "b"), first, 0).await, None);
    }

    #[tokio::test]
    async fn what_falls_out_is_forgotten() {
        let store = Arc::new(MemoryStore::new());
        let log = log(&store, "a");
        let first = append(&log, 1, "0").await;
        for body in ["1", "2", "3"] {
            append(&log, 1, body).await;
        }
        assert_eq!(store.len(), 1 + BOUNDS.events);
        assert_eq!(after(&log, first, 0).await, bodies(["1", "2", "3"]), "all that followed");
        append(&log, 1, "4").await;
        assert_eq!(after(&log, first, 0).await, None, "one of them is lost");
        assert_eq!(after(&log, first, 1).await, bodies(["2", "3", "4"]));
        log.forget(1).await.expect("memory answers");
        assert!(store.is_empty());
        assert_eq!(after(&log, first, 4).await, None);
    }

    #[tokio::test]
    async fn bytes_are_bounded() {
        let store = Arc::new(MemoryStore::new());
        let log = log(&store, "a");
        let body = |length| Bytes::from(vec![b'x'; length]);
        let first = log.append(1, body(60)).await.expect("memory keeps it");
        log.append(1, body(60)).await.expect("memory keeps it");
        assert_eq!(store.len(), 2, "the head and the second one");
        log.append(1, body(101)).await.expect("it has an id");
        assert_eq!(store.len(), 1, "larger than all that may be kept");
        assert_eq!(after(&log, first, 1).await, None);
        assert_eq!(after(&log, first, 2).await, bodies([]));
        append(&log, 1, "y").await;
        assert_eq!(after(&log, first, 2).await, bodies(["y"]));
    }

    #[tokio::test(start_paused = true)]
    async fn events_grow_old() {
        let store = Arc::new(MemoryStore::new());
        let log = log(&store, "a");
        let first = append(&log, 1, "0").await;
        append(&log, 1, "1").await;
        advance(Duration::from_secs(40)).await;
        append(&log, 1, "2").await;
        assert_eq!(after(&log, first, 0).await, bodies(["1", "2"]));
        advance(Duration::from_secs(40)).await;
        assert_eq!(after(&log, first, 0).await, None, "one of them is too old");
        assert_eq!(after(&log, first, 1).await, bodies(["2"]));
        advance(Duration::from_secs(40)).await;
        assert_eq!(after(&log, first, 1).await, None);
        append(&log, 2, "x").await;
        assert_eq!(store.len(), 2, "nothing is left of the first stream");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn ids_are_given_once() {
        let store = Arc::new(MemoryStore::new());
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let log = log(&store, "a");
                tokio::spawn(async move {
                    let mut ids = Vec::new();
                    for _ in 0..50 {
                        ids.push(append(&log, 1, "x").await.to_string());
                    }
                    ids
                })
            })
            .collect();
        let mut ids = std::collections::BTreeSet::new();
        for task in tasks {
            ids.extend(task.await.expect("no task panics"));
        }
        assert_eq!(ids.len(), 200);
    }
}

//! Streams of server-sent events that outlive the connection which reads them: an HTTP client whose
//! connection breaks comes back with the id of the last event that it has seen.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::lifecycle::legacy::event_log::{Bounds, EventId, EventLog};
use crate::store::Store;

/// Time for a reader to take an event. One that does not is let go; it can come back.
const STALL: Duration = Duration::from_secs(20);

/// Bytes of a stream that are kept, and for how long.
const KEPT_BYTES: u64 = 16 << 20;
const KEPT_TIME: Duration = Duration::from_secs(3600);

/// Events on their way to a reader.
const ROOM: usize = 32;

/// Streams that have ended and can still be read again.
const MOST_ENDED: usize = 32;

/// The stream for what belongs to no request.
const STANDALONE: u64 = 0;

/// An event of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Its id.
    pub(crate) id: String,
    /// The message.
    pub(crate) body: Bytes,
}

/// What a reader is given.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// An event.
    Event(Event),
    /// The reader is let go, and may come back after this time.
    Retry(Duration),
}

/// The streams of one session.
#[derive(Debug)]
pub(crate) struct Streams {
    log: Arc<EventLog>,
    known: Mutex<Known>,
    readers: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct Known {
    by_number: BTreeMap<u64, Arc<Stream>>,
    last: u64,
}

/// One stream.
#[derive(Debug)]
pub(crate) struct Stream {
    number: u64,
    log: Arc<EventLog>,
    /// Held while an event is added or a reader begins, so that a reader misses none and sees none
    /// twice.
    reader: tokio::sync::Mutex<Option<mpsc::Sender<Item>>>,
    reading: AtomicUsize,
    has_ended: AtomicBool,
    readers: Arc<AtomicUsize>,
}

impl Streams {
    /// The streams of the session with this id, of each of which so many events are kept.
    pub(crate) fn new(store: &Arc<dyn Store>, session: &str, events: usize) -> Self {
        let bounds = Bounds { events: events.max(1), bytes: KEPT_BYTES, age: KEPT_TIME };
        let log = Arc::new(EventLog::new(Arc::clone(store), session.into(), bounds));
        Self { log, known: Mutex::default(), readers: Arc::default() }
    }

    /// Begins a stream for a request.
    pub(crate) fn begin(&self) -> Arc<Stream> {
        let mut known = self.lock();
        known.last += 1;
        let number = known.last;
        let stream = self.stream(number);
        known.by_number.insert(number, Arc::clone(&stream));
        let ended = |stream: &Arc<Stream>| stream.has_ended.load(Ordering::Relaxed);
        if known.by_number.values().filter(|stream| ended(stream)).count() > MOST_ENDED {
            let oldest = known.by_number.iter().find(|(_, stream)| ended(stream));
            if let Some(oldest) = oldest.map(|(number, _)| *number) {
                known.by_number.remove(&oldest);
                self.forget(vec![oldest]);
            }
        }
        stream
    }

    /// The stream for what belongs to no request.
    pub(crate) fn standalone(&self) -> Arc<Stream> {
        let mut known = self.lock();
        let stream = known.by_number.entry(STANDALONE).or_insert_with(|| self.stream(STANDALONE));
        Arc::clone(stream)
    }

    /// The stream that the event with this id belongs to, where it is still known.
    pub(crate) fn of_event(&self, id: &str) -> Option<Arc<Stream>> {
        let number = EventId::parse(id)?.stream;
        self.lock().by_number.get(&number).cloned()
    }

    /// Whether somebody reads one of them.
    pub(crate) fn is_open(&self) -> bool {
        self.readers.load(Ordering::Relaxed) > 0
    }

    /// Ends all of them.
    pub(crate) fn end(&self) {
        let known = std::mem::take(&mut self.lock().by_number);
        for stream in known.values() {
            stream.end();
        }
        self.forget(known.into_keys().collect());
    }

    /// Forgets what nobody can ask for any more, which need not wait for its age.
    fn forget(&self, streams: Vec<u64>) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let log = Arc::clone(&self.log);
            runtime.spawn(async move {
                for number in streams {
                    if let Err(error) = log.forget(number).await {
                        tracing::debug!(%error, "the events of a stream were not forgotten");
                    }
                }
            });
        }
    }

    fn stream(&self, number: u64) -> Arc<Stream> {
        Arc::new(Stream {
            number,
            log: Arc::clone(&self.log),
            reader: tokio::sync::Mutex::default(),
            reading: AtomicUsize::new(0),
            has_ended: AtomicBool::new(false),
            readers: Arc::clone(&self.readers),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    /// Whether this is the stream for what belongs to no request.
    pub(crate) const fn is_standalone(&self) -> bool {
        self.number == STANDALONE
    }

    /// The id of an event without content that is there before all others, so that a client can come
    /// back to the beginning. `None` where the log failed.
    pub(crate) async fn prime(&self) -> Option<String> {
        self.append(Bytes::new()).await
    }

    async fn append(&self, body: Bytes) -> Option<String> {
        match self.log.append(self.number, body).await {
            Ok(id) => Some(id.to_string()),
            Err(error) => {
                // It can be delivered all the same; only nobody can come back to it.
                tracing::warn!(%error, "an event could not be kept");
                None
            }
        }
    }

    /// Adds an event, for the one who reads and for the one who comes back. Waits for a reader that is
    /// slow, for a while.
    pub(crate) async fn push(&self, body: Bytes) {
        let mut reader = self.reader.lock().await;
        let id = self.append(body.clone()).await.unwrap_or_default();
        if let Some(sender) = &*reader {
            let event = Item::Event(Event { id, body });
            if !matches!(tokio::time::timeout(STALL, sender.send(event)).await, Ok(Ok(()))) {
                *reader = None;
            }
        }
        drop(reader);
        self.end_if_over();
    }

    /// Begins to read what is added from now on. Whoever read before reads no more.
    pub(crate) async fn read(self: &Arc<Self>) -> Reader {
        let mut reader = self.reader.lock().await;
        let begun = self.begin(&mut reader, VecDeque::new());
        drop(reader);
        self.end_if_over();
        begun
    }

    /// Goes on reading after the event with this id; `None` where what followed is forgotten.
    pub(crate) async fn read_after(self: &Arc<Self>, id: &str) -> Option<Reader> {
        let mut reader = self.reader.lock().await;
        let missed = match self.log.after(id).await {
            Ok(replay) => replay?.events,
            Err(error) => {
                tracing::warn!(%error, "the events of a stream cannot be read again");
                return None;
            }
        };
        let missed = missed
            .into_iter()
            .filter(|(_, body)| !body.is_empty())
            .map(|(id, body)| Item::Event(Event { id: id.to_string(), body }));
        let begun = self.begin(&mut reader, missed.collect());
        drop(reader);
        self.end_if_over();
        Some(begun)
    }

    fn begin(
        self: &Arc<Self>,
        reader: &mut Option<mpsc::Sender<Item>>,
        missed: VecDeque<Item>,
    ) -> Reader {
        let (sender, events) = mpsc::channel(ROOM);
        *reader = (!self.has_ended.load(Ordering::Acquire)).then_some(sender);
        self.reading.fetch_add(1, Ordering::AcqRel);
        self.readers.fetch_add(1, Ordering::Relaxed);
        Reader { stream: Arc::clone(self), missed, events }
    }

    /// Whether somebody reads.
    pub(crate) fn has_reader(&self) -> bool {
        self.reading.load(Ordering::Acquire) > 0
    }

    /// Lets go of the one who reads, who may come back after this time.
    pub(crate) async fn let_go(&self, retry: Duration) {
        if let Some(reader) = self.reader.lock().await.take() {
            // Whoever has gone already needs not be told.
            drop(reader.try_send(Item::Retry(retry)));
        }
    }

    /// Nothing will be added any more.
    pub(crate) fn end(&self) {
        self.has_ended.store(true, Ordering::SeqCst);
        self.end_if_over();
    }

    /// Lets go of the one who reads a stream that has ended. Whoever holds the lock meanwhile does the
    /// same when it is released, so that one of the two sees the end.
    fn end_if_over(&self) {
        if self.has_ended.load(Ordering::SeqCst)
            && let Ok(mut reader) = self.reader.try_lock()
        {
            *reader = None;
        }
    }
}

/// Somebody who reads a stream.
#[derive(Debug)]
pub(crate) struct Reader {
    stream: Arc<Stream>,
    missed: VecDeque<Item>,
    events: mpsc::Receiver<Item>,
}

impl Reader {
    /// The next event; `None` at the end of the stream, or when somebody else reads it.
    pub(crate) async fn next(&mut self) -> Option<Item> {
        match self.missed.pop_front() {
            Some(item) => Some(item),
            None => self.events.recv().await,
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.stream.reading.fetch_sub(1, Ordering::AcqRel);
        self.stream.readers.fetch_sub(1, Ordering::Relaxed);
    }
}

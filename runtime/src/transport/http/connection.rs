//! One connection: hyper's work on it, the time that its client may take, and the end of the server.

use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Read, ReadBufCursor, Sleep, Timer, Write};
use hyper_util::server::graceful::GracefulConnection;
use tokio::sync::watch;

use crate::transport::http::turns::Turns;

/// How far the server is from its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    /// Requests are answered.
    Serving,
    /// Answers in flight are finished, nothing new is read.
    Draining,
    /// Connections are dropped.
    Over,
}

/// Runs a connection until it ends, its client is overdue or the server ends.
pub(super) async fn run<C>(connection: C, waits: Waits, mut stage: watch::Receiver<Stage>)
where
    C: GracefulConnection,
    C::Error: Display,
{
    let mut connection = pin!(connection);
    let work = Turns::new();
    loop {
        let mut interruption = pin!(interruption(&waits, &mut stage));
        let interrupted = Turns::new();
        let event = poll_fn(|task| {
            if let Poll::Ready(ended) = work.poll(connection.as_mut(), task) {
                return Poll::Ready(Event::Ended(ended));
            }
            interrupted.poll(interruption.as_mut(), task)
        });
        match event.await {
            Event::Ended(Ok(())) | Event::Stage(Stage::Over) => return,
            Event::Ended(Err(error)) => {
                tracing::debug!(%error, "connection ended");
                return;
            }
            Event::Overdue => {
                tracing::debug!("connection dropped: its client neither asked nor read in time");
                return;
            }
            Event::Stage(Stage::Draining) => {
                connection.as_mut().graceful_shutdown();
                // What was asked of it is done in its next poll.
                work.ring();
            }
            Event::Stage(Stage::Serving) => {}
        }
    }
}

enum Event<E> {
    Ended(Result<(), E>),
    Overdue,
    Stage(Stage),
}

async fn interruption<E>(waits: &Waits, stage: &mut watch::Receiver<Stage>) -> Event<E> {
    tokio::select! {
        () = waits.overdue() => Event::Overdue,
        changed = stage.changed() => match changed {
            Ok(()) => Event::Stage(*stage.borrow()),
            // Nobody serves any more.
            Err(_) => Event::Stage(Stage::Over),
        },
    }
}

/// What the server waits for its client to do: to send the next head, and to read what is written.
///
/// It is the timer that hyper measures heads with. Waits are counted, and one timer per connection
/// looks at the counts: a timer per request would ask the clock, be registered and be taken back with
/// each of them.
#[derive(Clone, Debug)]
pub(super) struct Waits(Arc<Note>);

#[derive(Debug)]
struct Note {
    time: Duration,
    opened: Instant,
    head: Count,
    write: Count,
}

/// Odd while something is awaited, another number for each time.
#[derive(Debug, Default)]
struct Count(AtomicU64);

impl Count {
    fn step(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the same is awaited as when it was `seen`.
    fn has_stood_still(&self, seen: &mut u64) -> bool {
        let count = self.0.load(Ordering::Relaxed);
        let before = std::mem::replace(seen, count);
        count == before && count % 2 == 1
    }
}

impl Waits {
    /// Those of a connection that is opened now, each with this much time, or at most twice as much.
    pub(super) fn new(time: Duration) -> Self {
        let (head, write) = (Count::default(), Count::default());
        Self(Arc::new(Note { time, opened: Instant::now(), head, write }))
    }

    /// The stream of the connection, watched.
    pub(super) fn watch<T>(&self, stream: T) -> Watched<T> {
        Watched { stream, is_blocked: false, waits: self.clone() }
    }

    /// Waits until the client is overdue.
    async fn overdue(&self) {
        let (mut head, mut write) = (0, 0);
        loop {
            tokio::time::sleep(self.0.time).await;
            let is_late = self.0.head.has_stood_still(&mut head);
            if self.0.write.has_stood_still(&mut write) || is_late {
                return;
            }
        }
    }
}

impl Timer for Waits {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Sleep>> {
        self.0.head.step();
        Box::pin(Awaited(self.clone()))
    }

    fn sleep_until(&self, _: Instant) -> Pin<Box<dyn Sleep>> {
        self.sleep(self.0.time)
    }

    /// Deadlines are counted, not measured, so any time will do.
    fn now(&self) -> Instant {
        self.0.opened
    }

    fn reset(&self, _: &mut Pin<Box<dyn Sleep>>, _: Instant) {
        // One head has come, the next one is awaited.
        self.0.head.step();
        self.0.head.step();
    }
}

/// A head that hyper waits for; dropped when it is there. Never ready: [`run`] drops the connection.
struct Awaited(Waits);

impl Future for Awaited {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Sleep for Awaited {}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.0.0.head.step();
    }
}

/// A stream that counts how often its client keeps what is written waiting. One that reads slowly is
/// waited for; one that reads nothing is not.
#[derive(Debug)]
pub(super) struct Watched<T> {
    stream: T,
    is_blocked: bool,
    waits: Waits,
}

impl<T> Watched<T> {
    fn note<R>(&mut self, poll: Poll<R>) -> Poll<R> {
        if self.is_blocked != poll.is_pending() {
            self.is_blocked = poll.is_pending();
            self.waits.0.write.step();
        }
        poll
    }
}

impl<T: Read + Unpin> Read for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(task, buffer)
    }
}

impl<T: Write + Unpin> Write for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(task, bytes);
        self.note(poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(task)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(task, slices);
        self.note(poll)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::Pin;
    use std::task::Poll;
    use std::time::{Duration, Instant};

    use hyper::rt::{Timer, Write};
    use hyper_util::rt::TokioIo;
    use tokio::io::AsyncReadExt;

    use super::Waits;

    #[tokio::test(start_paused = true)]
    async fn only_an_awaited_head_is_overdue() {
        let time = Duration::from_secs(60);
        let waits = Waits::new(time);
        let overdue = |limit| tokio::time::timeout(limit, waits.overdue());
        assert!(overdue(5 * time).await.is_err(), "no head is awaited");
        drop(waits.sleep(time));
        assert!(overdue(5 * time).await.is_err(), "the head is there");
        let mut awaited = waits.sleep(time);
        waits.reset(&mut awaited, Instant::now());
        let started = tokio::time::Instant::now();
        overdue(5 * time).await.expect("the head is overdue");
        assert!((time..=2 * time).contains(&started.elapsed()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_nothing_is_overdue() {
        let time = Duration::from_secs(60);
        let waits = Waits::new(time);
        let (stream, mut client) = tokio::io::duplex(8);
        let mut watched = waits.watch(TokioIo::new(stream));
        let write = async |watched: &mut super::Watched<_>| {
            poll_fn(|task| {
                Poll::Ready(Pin::new(&mut *watched).poll_write(task, b"12345678").is_ready())
            })
            .await
        };
        let overdue = |limit| tokio::time::timeout(limit, waits.overdue());
        assert!(write(&mut watched).await, "there is room");
        assert!(overdue(5 * time).await.is_err(), "nothing waits to be written");
        assert!(!write(&mut watched).await, "there is none");
        overdue(5 * time).await.expect("the client reads nothing");
        client.read_exact(&mut [0; 8]).await.expect("bytes");
        assert!(write(&mut watched).await, "there is room again");
        assert!(overdue(5 * time).await.is_err(), "the client reads");
    }
}

//! One connection: hyper's work on it, the time that a head may take, and the end of the server.

use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
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

/// Runs a connection until it ends, its head is overdue or the server ends.
pub(super) async fn run<C>(connection: C, heads: Heads, mut stage: watch::Receiver<Stage>)
where
    C: GracefulConnection,
    C::Error: Display,
{
    let mut connection = pin!(connection);
    let work = Turns::new();
    loop {
        let mut interruption = pin!(interruption(&heads, &mut stage));
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
                tracing::debug!("connection dropped: no request came in time");
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

async fn interruption<E>(heads: &Heads, stage: &mut watch::Receiver<Stage>) -> Event<E> {
    tokio::select! {
        () = heads.overdue() => Event::Overdue,
        changed = stage.changed() => match changed {
            Ok(()) => Event::Stage(*stage.borrow()),
            // Nobody serves any more.
            Err(_) => Event::Stage(Stage::Over),
        },
    }
}

/// The timer that hyper measures heads with. It counts the heads that are awaited and that have come,
/// and one timer per connection looks at the count: a timer per request would ask the clock, be
/// registered and be taken back with each of them.
#[derive(Clone, Debug)]
pub(super) struct Heads(Arc<Note>);

#[derive(Debug)]
struct Note {
    time: Duration,
    opened: Instant,
    /// Odd while a head is awaited, another number for each.
    count: AtomicU64,
}

impl Heads {
    /// The heads of a connection that is opened now, each with this much time, or at most twice as
    /// much.
    pub(super) fn new(time: Duration) -> Self {
        Self(Arc::new(Note { time, opened: Instant::now(), count: AtomicU64::new(0) }))
    }

    /// Waits until a head is overdue.
    async fn overdue(&self) {
        let mut seen = 0;
        loop {
            tokio::time::sleep(self.0.time).await;
            let count = self.0.count.load(Ordering::Relaxed);
            if count == seen && count % 2 == 1 {
                return;
            }
            seen = count;
        }
    }

    fn step(&self) {
        self.0.count.fetch_add(1, Ordering::Relaxed);
    }
}

impl Timer for Heads {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Sleep>> {
        self.step();
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
        self.step();
        self.step();
    }
}

/// A head that hyper waits for; dropped when it is there. Never ready: [`run`] drops the connection.
struct Awaited(Heads);

impl Future for Awaited {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Sleep for Awaited {}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.0.step();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use hyper::rt::Timer;

    use super::Heads;

    #[tokio::test]
    async fn only_an_awaited_head_is_overdue() {
        let time = Duration::from_millis(40);
        let heads = Heads::new(time);
        let waits = |limit| tokio::time::timeout(limit, heads.overdue());
        assert!(waits(5 * time).await.is_err(), "no head is awaited");
        drop(heads.sleep(time));
        assert!(waits(5 * time).await.is_err(), "the head is there");
        let mut awaited = heads.sleep(time);
        heads.reset(&mut awaited, Instant::now());
        let started = Instant::now();
        waits(Duration::from_secs(20)).await.expect("the head is overdue");
        assert!(started.elapsed() >= time);
    }
}

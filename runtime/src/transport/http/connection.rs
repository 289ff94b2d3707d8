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

use crate::transport::http::rarely::Rarely;

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
    loop {
        let mut interruption = Rarely::new(interruption(&heads, &mut stage));
        let event = poll_fn(|task| {
            if let Poll::Ready(ended) = connection.as_mut().poll(task) {
                return Poll::Ready(Event::Ended(ended));
            }
            interruption.poll(task)
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
            Event::Stage(Stage::Draining) => connection.as_mut().graceful_shutdown(),
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

/// The timer that hyper measures heads with. It notes until when the head has to be there, and one
/// timer per connection looks at the note: a timer per request would be registered and taken back
/// with each of them.
#[derive(Clone, Debug)]
pub(super) struct Heads(Arc<Note>);

#[derive(Debug)]
struct Note {
    time: Duration,
    opened: Instant,
    /// Milliseconds after `opened`; 0 where no head is awaited.
    deadline: AtomicU64,
}

impl Heads {
    /// The heads of a connection that is opened now, with this much time for each.
    pub(super) fn new(time: Duration) -> Self {
        Self(Arc::new(Note { time, opened: Instant::now(), deadline: AtomicU64::new(0) }))
    }

    /// Waits until a head is overdue.
    async fn overdue(&self) {
        loop {
            let wait = match self.left() {
                None => self.0.time,
                Some(Duration::ZERO) => return,
                Some(left) => left,
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// The time that the awaited head still has.
    fn left(&self) -> Option<Duration> {
        let deadline = match self.0.deadline.load(Ordering::Relaxed) {
            0 => return None,
            deadline => Duration::from_millis(deadline),
        };
        Some(deadline.saturating_sub(self.0.opened.elapsed()))
    }

    fn note(&self, deadline: Instant) {
        let after = deadline.saturating_duration_since(self.0.opened).as_millis();
        self.0.deadline.store(u64::try_from(after).unwrap_or(u64::MAX).max(1), Ordering::Relaxed);
    }
}

impl Timer for Heads {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.note(deadline);
        Box::pin(Awaited(self.clone()))
    }

    fn reset(&self, _: &mut Pin<Box<dyn Sleep>>, deadline: Instant) {
        self.note(deadline);
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
        self.0.0.deadline.store(0, Ordering::Relaxed);
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
        assert!(waits(3 * time).await.is_err(), "no head is awaited");
        drop(heads.sleep(time));
        assert!(waits(3 * time).await.is_err(), "the head is there");
        let mut awaited = heads.sleep(time);
        let started = Instant::now();
        heads.reset(&mut awaited, Instant::now() + 2 * time);
        waits(Duration::from_secs(20)).await.expect("the head is overdue");
        assert!(started.elapsed() >= 2 * time - Duration::from_millis(2));
    }
}

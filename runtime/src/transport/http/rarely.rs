//! A future beside another one, polled only when it has something to say.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// A future that stays unpolled until it was woken itself.
///
/// A connection wakes up several times per request, and waiting for a timer or a shutdown in the
/// same task would take their locks each time.
pub(super) struct Rarely<F> {
    future: Pin<Box<F>>,
    bell: Arc<Bell>,
    waker: Waker,
}

struct Bell {
    rung: AtomicBool,
    task: Mutex<Option<Waker>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        if let Some(task) = &*self.task.lock().unwrap_or_else(PoisonError::into_inner) {
            task.wake_by_ref();
        }
    }
}

impl<F: Future> Rarely<F> {
    /// A future that is polled once at first.
    pub(super) fn new(future: F) -> Self {
        let bell = Arc::new(Bell { rung: AtomicBool::new(true), task: Mutex::default() });
        let waker = Waker::from(Arc::clone(&bell));
        Self { future: Box::pin(future), bell, waker }
    }

    /// Polls the future where it was woken since. Has to be called in one task only.
    pub(super) fn poll(&mut self, task: &Context<'_>) -> Poll<F::Output> {
        if !self.bell.rung.load(Ordering::Acquire) {
            return Poll::Pending;
        }
        // Cleared before the poll, so that a wake in between is not lost.
        self.bell.rung.store(false, Ordering::Release);
        *self.bell.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.waker().clone());
        self.future.as_mut().poll(&mut Context::from_waker(&self.waker))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::poll_fn;
    use std::task::Poll;
    use std::time::Duration;

    use super::Rarely;

    #[tokio::test]
    async fn it_is_polled_when_it_was_woken_and_not_with_its_task() {
        let polls = Cell::new(0);
        let mut sleep = Box::pin(tokio::time::sleep(Duration::from_millis(50)));
        let mut rarely = Rarely::new(poll_fn(|task| {
            polls.set(polls.get() + 1);
            sleep.as_mut().poll(task)
        }));
        let mut turns = 0;
        poll_fn(|task| {
            if turns < 100 {
                turns += 1;
                task.waker().wake_by_ref();
            }
            match rarely.poll(task) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => Poll::Pending,
            }
        })
        .await;
        assert_eq!((turns, polls.get()), (100, 2));
    }
}

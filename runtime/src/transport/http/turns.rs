//! Futures in one task that are polled when they themselves were woken, not whenever the task was.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};

/// The future was woken since its last poll began.
const RUNG: u8 = 1;
/// The future is being polled.
const POLLING: u8 = 2;

/// How often a future that wakes itself is polled before other tasks have their turn.
const MOST_TURNS: usize = 4;

/// Polls a future, again at once where it was woken meanwhile, and not at all where it was not woken.
///
/// A connection wakes itself when it asks for a body that is in its buffer: the next turn need not
/// go through the scheduler. And it wakes up without anything having happened to the timer and the
/// shutdown beside it: they need not be asked, which would take their locks each time.
///
/// All polls have to come from one task.
pub(super) struct Turns {
    bell: Arc<Bell>,
    waker: Waker,
}

struct Bell {
    state: AtomicU8,
    task: OnceLock<Waker>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Whoever polls looks afterwards, and who has rung before has woken the task.
        if self.state.fetch_or(RUNG, Ordering::AcqRel) == 0
            && let Some(task) = self.task.get()
        {
            task.wake_by_ref();
        }
    }
}

impl Turns {
    /// For a future that was not polled yet.
    pub(super) fn new() -> Self {
        let bell = Arc::new(Bell { state: AtomicU8::new(RUNG), task: OnceLock::new() });
        let waker = Waker::from(Arc::clone(&bell));
        Self { bell, waker }
    }

    /// Lets the future be polled although nothing has woken it.
    pub(super) fn ring(&self) {
        self.waker.wake_by_ref();
    }

    /// Polls `future`, which has to be the same each time.
    pub(super) fn poll<F: Future>(
        &self,
        mut future: Pin<&mut F>,
        task: &Context<'_>,
    ) -> Poll<F::Output> {
        if self.bell.state.load(Ordering::Acquire) == 0 {
            return Poll::Pending;
        }
        self.bell.task.get_or_init(|| task.waker().clone());
        for _ in 0..MOST_TURNS {
            self.bell.state.store(POLLING, Ordering::Release);
            let polled = future.as_mut().poll(&mut Context::from_waker(&self.waker));
            let state = self.bell.state.swap(0, Ordering::AcqRel);
            if polled.is_ready() || state & RUNG == 0 {
                return polled;
            }
        }
        self.ring();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::poll_fn;
    use std::pin::{Pin, pin};
    use std::task::Poll;
    use std::time::Duration;

    use super::Turns;

    #[tokio::test]
    async fn a_future_is_not_polled_for_others_in_its_task() {
        let polls = Cell::new(0);
        let mut sleep = Box::pin(tokio::time::sleep(Duration::from_millis(50)));
        let mut counted = pin!(poll_fn(|task| {
            polls.set(polls.get() + 1);
            sleep.as_mut().poll(task)
        }));
        let turns = Turns::new();
        let mut wakes = 0;
        poll_fn(|task| {
            if wakes < 100 {
                wakes += 1;
                task.waker().wake_by_ref();
            }
            turns.poll(counted.as_mut(), task)
        })
        .await;
        assert_eq!((wakes, polls.get()), (100, 2));
    }

    #[tokio::test]
    async fn a_future_that_wakes_itself_goes_on_in_few_turns_of_the_task() {
        let (polls, task_turns) = (Cell::new(0), Cell::new(0));
        let mut busy = pin!(poll_fn(|task| {
            polls.set(polls.get() + 1);
            task.waker().wake_by_ref();
            if polls.get() < 10 { Poll::Pending } else { Poll::Ready(()) }
        }));
        let turns = Turns::new();
        poll_fn(|task| {
            task_turns.set(task_turns.get() + 1);
            turns.poll(Pin::as_mut(&mut busy), task)
        })
        .await;
        assert_eq!((polls.get(), task_turns.get()), (10, 3));
    }
}

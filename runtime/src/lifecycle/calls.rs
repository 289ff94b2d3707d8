//! Requests in flight that `notifications/cancelled` can end.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::{self, AbortHandle};

/// The running requests of one session or one connection. Two may have one id, though the protocol
/// forbids it: both are cancelled by it, and both end with the connection.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    running: Mutex<HashMap<task::Id, (Box<str>, AbortHandle)>>,
}

impl Calls {
    /// Spawns the work of the request `id`; [`Calls::cancel`] drops it at its next await.
    pub(crate) fn spawn(
        self: &Arc<Self>,
        id: &str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let calls = Arc::clone(self);
        // The lock is held across the spawn, so that the task cannot remove itself too early.
        let mut running = self.lock();
        let task = tokio::spawn(async move {
            work.await;
            calls.lock().remove(&task::id());
        });
        running.insert(task.id(), (id.into(), task.abort_handle()));
    }

    /// Ends the request `id`; nothing happens where there is none.
    pub(crate) fn cancel(&self, id: &str) {
        self.lock().retain(|_, (known, task)| {
            let keep = **known != *id;
            if !keep {
                task.abort();
            }
            keep
        });
    }

    /// Ends all of them.
    pub(crate) fn cancel_all(&self) {
        self.lock().drain().for_each(|(_, (_, task))| task.abort());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<task::Id, (Box<str>, AbortHandle)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Arc;

    use super::Calls;

    #[tokio::test]
    async fn a_cancellation_ends_whatever_has_the_id() {
        let calls = Arc::new(Calls::default());
        calls.spawn("1", async {});
        tokio::task::yield_now().await;
        assert!(calls.lock().is_empty(), "what has ended is forgotten");
        let held = Arc::new(());
        for id in ["1", "1", "2"] {
            let held = Arc::clone(&held);
            calls.spawn(id, async move {
                let _held = held;
                pending::<()>().await;
            });
        }
        calls.cancel("1");
        tokio::task::yield_now().await;
        assert_eq!(Arc::strong_count(&held), 2);
        calls.cancel_all();
        tokio::task::yield_now().await;
        assert_eq!(Arc::strong_count(&held), 1);
    }
}

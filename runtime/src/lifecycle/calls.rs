//! Requests in flight that `notifications/cancelled` can end.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::AbortHandle;

/// The running requests of one session or one stdio connection, by id.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    running: Mutex<HashMap<Box<str>, AbortHandle>>,
}

impl Calls {
    /// Spawns the work of the request `id`; [`Calls::cancel`] drops it at its next await.
    pub(crate) fn spawn(
        self: &Arc<Self>,
        id: &str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let key: Box<str> = id.into();
        let calls = Arc::clone(self);
        // The lock is held across the spawn, so that the task cannot remove itself too early.
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let own_key = key.clone();
        let task = tokio::spawn(async move {
            work.await;
            calls.remove(&own_key);
        });
        running.insert(key, task.abort_handle());
    }

    /// Ends the request `id`; nothing happens where there is none.
    pub(crate) fn cancel(&self, id: &str) {
        if let Some(task) = self.remove(id) {
            task.abort();
        }
    }

    /// Ends all of them.
    pub(crate) fn cancel_all(&self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.drain().for_each(|(_, task)| task.abort());
    }

    fn remove(&self, id: &str) -> Option<AbortHandle> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
}

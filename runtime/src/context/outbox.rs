//! What a call tells its client before its result, on the way to the transport.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use bytes::Bytes;

/// Messages that wait for the transport before the handler waits for it.
const ROOM: usize = 64;

/// A bounded queue from the handler, and whatever it has started, to the transport. An empty one takes
/// no memory of its own.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    messages: VecDeque<Bytes>,
    reader: Option<Waker>,
    writers: Vec<Waker>,
    is_closed: bool,
}

impl Outbox {
    /// Adds a message, when there is room for it. Returns whether somebody will read it.
    pub(crate) async fn send(&self, message: Bytes) -> bool {
        let mut message = Some(message);
        poll_fn(|task| {
            let mut queue = self.lock();
            if queue.is_closed {
                return Poll::Ready(false);
            }
            if queue.messages.len() >= ROOM {
                queue.writers.push(task.waker().clone());
                return Poll::Pending;
            }
            queue.messages.extend(message.take());
            if let Some(reader) = queue.reader.take() {
                reader.wake();
            }
            Poll::Ready(true)
        })
        .await
    }

    /// Adds a message where there is room for it now; otherwise it is dropped.
    #[cfg(feature = "upstream")]
    pub(crate) fn offer(&self, message: Bytes) {
        let mut queue = self.lock();
        if queue.is_closed || queue.messages.len() >= ROOM {
            return;
        }
        queue.messages.push_back(message);
        if let Some(reader) = queue.reader.take() {
            reader.wake();
        }
    }

    /// The next message, where there is one.
    pub(crate) fn pop(&self) -> Option<Bytes> {
        let mut queue = self.lock();
        let message = queue.messages.pop_front();
        if message.is_some() {
            queue.writers.drain(..).for_each(Waker::wake);
        }
        message
    }

    /// The next message; the task is woken when there is one.
    pub(crate) fn poll_pop(&self, task: &TaskContext<'_>) -> Poll<Bytes> {
        let mut queue = self.lock();
        match queue.messages.pop_front() {
            Some(message) => {
                queue.writers.drain(..).for_each(Waker::wake);
                Poll::Ready(message)
            }
            None => {
                queue.reader = Some(task.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Lets the reader look at the call again.
    pub(crate) fn wake(&self) {
        if let Some(reader) = self.lock().reader.take() {
            reader.wake();
        }
    }

    /// Nobody reads any more: what is sent from now on is dropped.
    pub(crate) fn close(&self) {
        let mut queue = self.lock();
        queue.is_closed = true;
        queue.messages.clear();
        queue.writers.drain(..).for_each(Waker::wake);
    }

    /// Whether nobody reads any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::{Outbox, ROOM};

    #[tokio::test]
    async fn a_full_outbox_waits_and_a_closed_one_drops() {
        let outbox = Arc::new(Outbox::default());
        let sender = Arc::clone(&outbox);
        let sending = tokio::spawn(async move {
            let mut sent = 0;
            while sender.send(Bytes::from(sent.to_string())).await {
                sent += 1;
            }
            sent
        });
        tokio::task::yield_now().await;
        assert_eq!(outbox.pop().as_deref(), Some(b"0".as_slice()));
        tokio::task::yield_now().await;
        outbox.close();
        let sent = sending.await.expect("the sender ends");
        assert_eq!(sent, ROOM + 1);
        assert_eq!(outbox.pop(), None);
    }
}

//! One client on a connection of its own: what stdio and HTTP+SSE have in common.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::AbortHandle;

use crate::lifecycle::Requester;
use crate::lifecycle::calls::Calls;
use crate::lifecycle::decision::Facts;
use crate::lifecycle::legacy::Session;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::server::{Core, Outcome, Step, Work, told_message};

/// Messages that wait for the client to read before those that it sends wait for it.
const QUEUE: usize = 64;

/// The server's end of a connection.
#[derive(Debug)]
pub(super) struct Peer {
    core: Arc<Core>,
    requester: Requester,
    /// One for each message whose answer is not written yet.
    permits: Arc<Semaphore>,
    messages: mpsc::Sender<Bytes>,
    calls: Arc<Calls>,
    /// What would go on for ever.
    subscriptions: Arc<Calls>,
    session: Option<Arc<Session>>,
    telling: Option<AbortHandle>,
    batches: u64,
}

impl Peer {
    /// A connection, and the messages for its client. They end when the connection is dropped and the
    /// requests in flight are answered.
    pub(super) fn connect(core: Arc<Core>, requester: Requester) -> (Self, mpsc::Receiver<Bytes>) {
        let (messages, queue) = mpsc::channel(QUEUE);
        let permits = Arc::new(Semaphore::new(core.call_limit().min(Semaphore::MAX_PERMITS)));
        let peer = Self {
            core,
            requester,
            permits,
            messages,
            calls: Arc::default(),
            subscriptions: Arc::default(),
            session: None,
            telling: None,
            batches: 0,
        };
        (peer, queue)
    }

    /// Takes a message that was too long to be read.
    pub(super) async fn refuse_long(&self, limit: usize) -> bool {
        let error = ProtocolError::new(
            ErrorKind::InvalidRequest,
            format!("Invalid request: the line is longer than {limit} bytes"),
        );
        let mut body = BytesMut::new();
        error.encode(&mut body, None);
        self.messages.send(body.freeze()).await.is_ok()
    }

    /// Takes one message; returns whether answers can still be written.
    pub(super) async fn take(&mut self, message: &Bytes) -> bool {
        // Reading waits while too many requests are in flight. The semaphore is never closed.
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        let facts = Facts::connection(&self.requester, self.session.as_ref());
        match self.core.begin(message, &facts) {
            Outcome::Reply(reply) => {
                if let Some(begun) = reply.begun {
                    self.begin(begun.session);
                }
                return self.messages.send(reply.body).await.is_ok();
            }
            Outcome::Work(work) => self.spawn(work, permit),
            Outcome::Cancelled(id) => {
                self.calls.cancel(&id);
                self.subscriptions.cancel(&id);
            }
            Outcome::Batch(batch) => {
                let begun = batch.begin(&self.core, &facts);
                let messages = self.messages.clone();
                self.batches += 1;
                // No request has this id, which is no JSON.
                self.calls.spawn(&format!("batch {}", self.batches), async move {
                    if let Some(answer) = begun.run().await {
                        drop(messages.send(answer).await);
                    }
                });
            }
            Outcome::Accepted => {}
        }
        true
    }

    /// The client has shaken hands: from now on it is told of changes.
    fn begin(&mut self, session: Arc<Session>) {
        self.end_session();
        // A weak sender: changes alone do not keep the connection open.
        let messages = self.messages.downgrade();
        let heard = Arc::clone(&session);
        let telling = tokio::spawn(async move {
            loop {
                let told = heard.listener().next().await;
                let Some(messages) = messages.upgrade() else { return };
                if messages.send(told_message(&told, None)).await.is_err() {
                    return;
                }
            }
        });
        self.telling = Some(telling.abort_handle());
        self.session = Some(session);
    }

    fn spawn(&self, mut work: Work, permit: Option<OwnedSemaphorePermit>) {
        let id = work.id().to_owned();
        let messages = self.messages.clone();
        // A subscription lasts, and must not keep others waiting.
        let (calls, permit) =
            if work.is_listen() { (&self.subscriptions, None) } else { (&self.calls, permit) };
        calls.spawn(&id, async move {
            // A local variable is dropped after the work, which frees its place in the server.
            let _permit = permit;
            loop {
                let (message, is_last) = match work.next().await {
                    Step::Message(message) => (message, false),
                    Step::Close(_) => continue,
                    Step::Done(reply) => (reply.body, true),
                };
                // A closed queue means that nobody reads any more.
                if messages.send(message).await.is_err() || is_last {
                    return;
                }
            }
        });
    }

    /// The requests in flight, to be ended.
    pub(super) fn calls(&self) -> Arc<Calls> {
        Arc::clone(&self.calls)
    }

    fn end_session(&mut self) {
        if let Some(telling) = self.telling.take() {
            telling.abort();
        }
        if let Some(session) = self.session.take() {
            session.end();
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // What is in flight is answered; what the client was asked is not.
        self.end_session();
        self.subscriptions.cancel_all();
    }
}

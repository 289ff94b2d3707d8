//! One client on a connection of its own: what stdio and HTTP+SSE have in common.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::AbortHandle;

use crate::lifecycle::Requester;
use crate::lifecycle::calls::Calls;
use crate::lifecycle::decision::Facts;
use crate::lifecycle::legacy::Session;
use crate::protocol::envelope::{self, Body, Message};
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::server::{Core, Outcome, Step, Work, told_message};

/// Messages that wait for the client to read before those that it sends wait for it.
const QUEUE: usize = 64;

/// Requests that wait for others to be answered before reading waits too.
const WAITING: usize = 64;

/// The server's end of a connection.
#[derive(Debug)]
pub(super) struct Peer {
    core: Arc<Core>,
    requester: Requester,
    /// One for each message whose answer is not written yet.
    permits: Arc<Semaphore>,
    /// One for each request that waits for one of these.
    waiting: Arc<Semaphore>,
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
            waiting: Arc::new(Semaphore::new(WAITING)),
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
    ///
    /// Where too many requests are in flight, further ones wait, and reading does when many wait. What
    /// those in flight may be waiting for, answers and cancellations, never does.
    pub(super) async fn take(&mut self, message: &Bytes) -> bool {
        let permits = Arc::clone(&self.permits);
        match Arc::clone(&permits).try_acquire_owned() {
            Ok(permit) => self.begin(message, Some(permit)).await,
            Err(_) => match request(message) {
                Request::None => self.begin(message, None).await,
                // It changes what later messages mean. The semaphore is never closed.
                Request::Handshake => {
                    let permit = permits.acquire_owned().await.ok();
                    self.begin(message, permit).await
                }
                Request::Other(id) => {
                    self.wait(&id, message.clone()).await;
                    true
                }
            },
        }
    }

    /// Lets a request wait until another is answered. Cancelled before that, it never begins.
    async fn wait(&self, id: &str, message: Bytes) {
        let place = Arc::clone(&self.waiting).acquire_owned().await.ok();
        let (core, requester) = (Arc::clone(&self.core), self.requester.clone());
        let (session, messages) = (self.session.clone(), self.messages.clone());
        let permits = Arc::clone(&self.permits);
        self.calls.spawn(id, async move {
            let permit = permits.acquire_owned().await.ok();
            drop(place);
            match core.begin(&message, &Facts::connection(&requester, session.as_ref())) {
                Outcome::Reply(reply) => drop(messages.send(reply.body).await),
                Outcome::Work(work) => run(work, permit, messages).await,
                Outcome::Cancelled(_) | Outcome::Batch(_) | Outcome::Accepted => {}
            }
        });
    }

    async fn begin(&mut self, message: &Bytes, permit: Option<OwnedSemaphorePermit>) -> bool {
        let facts = Facts::connection(&self.requester, self.session.as_ref());
        match self.core.begin(message, &facts) {
            Outcome::Reply(reply) => {
                if let Some(begun) = reply.begun {
                    self.shake_hands(begun.session);
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
    fn shake_hands(&mut self, session: Arc<Session>) {
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

    fn spawn(&self, work: Work, permit: Option<OwnedSemaphorePermit>) {
        let calls = if work.is_listen() { &self.subscriptions } else { &self.calls };
        let id = work.id().to_owned();
        calls.spawn(&id, run(work, permit, self.messages.clone()));
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

/// Runs a request to its end, and sends what it says.
async fn run(mut work: Work, permit: Option<OwnedSemaphorePermit>, messages: mpsc::Sender<Bytes>) {
    // A subscription lasts, and must not keep others waiting. The permit of another request is dropped
    // after the work, which frees its place in the server.
    let _permit = permit.filter(|_| !work.is_listen());
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
}

/// What a message is, where it would have to wait.
enum Request {
    /// None: an answer, a notification, a batch, or what cannot be read.
    None,
    /// `initialize`
    Handshake,
    /// Another, with its id as JSON text.
    Other(Box<str>),
}

fn request(message: &Bytes) -> Request {
    let message = std::str::from_utf8(message).ok().and_then(|text| envelope::parse(text).ok());
    match message {
        Some(Message { id: Some(_), body: Body::Method { name, .. } }) if name == "initialize" => {
            Request::Handshake
        }
        Some(Message { id: Some(id), body: Body::Method { .. } }) => Request::Other(id.into()),
        _ => Request::None,
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // What is in flight is answered; what the client was asked is not.
        self.end_session();
        self.subscriptions.cancel_all();
    }
}

//! A connection inside the process, for tests and for applications that embed a server.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Notify, oneshot};

use crate::lifecycle::calls::Calls;
use crate::lifecycle::decision::Facts;
use crate::lifecycle::legacy::Session;
use crate::lifecycle::{Principal, Requester};
use crate::server::{Core, Outcome, Reply, Server, Step, Work, told_message};

/// One client of a server. Messages are JSON text, as on stdio.
///
/// [`Connection::send`] sends a message and waits for its answer; what the server says of its own
/// accord, before an answer or between two, comes out of [`Connection::receive`]. A handler that asks
/// its client waits until the answer is sent, so somebody has to receive meanwhile.
#[derive(Debug)]
pub struct Connection {
    core: Arc<Core>,
    requester: Requester,
    calls: Arc<Calls>,
    session: Mutex<Option<Arc<Session>>>,
    inbox: Arc<Inbox>,
}

#[derive(Debug, Default)]
struct Inbox {
    messages: Mutex<VecDeque<String>>,
    news: Notify,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, message: &[u8]) {
        self.lock().push_back(text(message));
        self.news.notify_one();
    }
}

/// Starts `server` and connects to it.
#[must_use]
pub fn connect(server: &Server) -> Connection {
    connect_as(server, Principal::Anonymous)
}

/// Starts `server` and connects to it as somebody.
#[must_use]
pub fn connect_as(server: &Server, principal: Principal) -> Connection {
    Connection {
        core: server.core(),
        requester: Requester::connection(None, principal),
        calls: Arc::default(),
        session: Mutex::default(),
        inbox: Arc::default(),
    }
}

impl Connection {
    /// Sends one message and waits for its answer; `None` for notifications, for answers to the
    /// server, and for requests that were cancelled. Must be called within a tokio runtime.
    ///
    /// Dropping the future does not cancel the request; `notifications/cancelled` does.
    pub async fn send(&self, message: &str) -> Option<String> {
        let message = Bytes::copy_from_slice(message.as_bytes());
        let session = self.session();
        let facts = Facts::connection(&self.requester, session.as_ref());
        let answer = match self.core.begin(&message, &facts) {
            Outcome::Reply(reply) => self.settle(reply),
            Outcome::Work(work) => self.run(work).await?.body,
            Outcome::Cancelled(id) => {
                self.calls.cancel(&id);
                return None;
            }
            Outcome::Batch(batch) => batch.begin(&self.core, &facts).run().await?,
            Outcome::Accepted => return None,
        };
        Some(text(&answer))
    }

    /// The next message of the server that answers nothing: a notification, or a request to the client.
    /// Waits until there is one. Dropping the future loses nothing.
    pub async fn receive(&self) -> String {
        loop {
            let news = self.inbox.news.notified();
            if let Some(message) = self.inbox.lock().pop_front() {
                return message;
            }
            match self.session() {
                Some(session) => tokio::select! {
                    () = news => {}
                    told = session.listener().next() => return text(&told_message(&told, None)),
                },
                None => news.await,
            }
        }
    }

    /// [`Connection::receive`] where there is a message already.
    #[must_use]
    pub fn try_receive(&self) -> Option<String> {
        self.inbox.lock().pop_front()
    }

    fn session(&self) -> Option<Arc<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn settle(&self, reply: Reply) -> Bytes {
        if let Some(begun) = reply.begun {
            let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(before) = session.replace(begun.session) {
                before.end();
            }
            // Whoever receives already hears of changes from now on.
            self.inbox.news.notify_one();
        }
        reply.body
    }

    async fn run(&self, mut work: Work) -> Option<Reply> {
        let id = work.id().to_owned();
        let inbox = Arc::clone(&self.inbox);
        let (sender, receiver) = oneshot::channel();
        self.calls.spawn(&id, async move {
            loop {
                match work.next().await {
                    Step::Message(message) => inbox.push(&message),
                    Step::Close(_) => {}
                    Step::Done(reply) => {
                        drop(sender.send(reply));
                        return;
                    }
                }
            }
        });
        receiver.await.ok()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.calls.cancel_all();
        if let Some(session) = self.session() {
            session.end();
        }
    }
}

fn text(message: &[u8]) -> String {
    String::from_utf8_lossy(message).into_owned()
}

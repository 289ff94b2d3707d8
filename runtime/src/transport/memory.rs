//! A connection inside the process, for tests and for applications that embed a server.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::lifecycle::Handshake;
use crate::lifecycle::calls::Calls;
use crate::lifecycle::decision::Facts;
use crate::server::{Core, Outcome, Server};

/// One client of a server. Messages are JSON text, as on stdio.
#[derive(Debug)]
pub struct Connection {
    core: Arc<Core>,
    calls: Arc<Calls>,
    handshake: Mutex<Option<Handshake>>,
}

/// Starts `server` and connects to it.
#[must_use]
pub fn connect(server: &Server) -> Connection {
    Connection { core: server.core(), calls: Arc::default(), handshake: Mutex::default() }
}

impl Connection {
    /// Sends one message and waits for its answer; `None` for notifications and for requests that
    /// were cancelled. Must be called within a tokio runtime.
    pub async fn send(&self, message: &str) -> Option<String> {
        let message = Bytes::copy_from_slice(message.as_bytes());
        let handshake = self.handshake.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let facts = Facts::Connection(handshake.as_ref());
        let answer = match self.core.begin(&message, &facts) {
            Outcome::Reply(reply) => {
                if reply.negotiated.is_some() {
                    *self.handshake.lock().unwrap_or_else(PoisonError::into_inner) =
                        reply.negotiated;
                }
                reply.body
            }
            Outcome::Call(call) => {
                let id = call.id().to_owned();
                let (sender, receiver) = oneshot::channel();
                self.calls.spawn(&id, async move { drop(sender.send(call.run().await)) });
                receiver.await.ok()?
            }
            Outcome::Cancelled(id) => {
                self.calls.cancel(&id);
                return None;
            }
            Outcome::Batch(batch) => batch.begin(&self.core, &facts).run().await?,
            Outcome::Accepted => return None,
        };
        Some(String::from_utf8_lossy(&answer).into_owned())
    }
}

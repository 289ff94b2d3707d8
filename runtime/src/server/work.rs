//! What a transport runs for a request, step by step.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bytes::Bytes;

use crate::lifecycle::legacy::Session;
use crate::server::{Call, Listen, Reply};

/// A request whose answer takes time. Dropping it cancels it.
#[derive(Debug)]
pub(crate) enum Work {
    /// A call of a component.
    Call(Box<Call>),
    /// A subscription to changes.
    Listen(Listen),
}

/// What comes next of a request.
#[derive(Debug)]
pub(crate) enum Step {
    /// A message that comes before the answer.
    Message(Bytes),
    /// The connection that carries the messages is to be closed; the client comes back after this time.
    Close(Duration),
    /// The answer; there is nothing after it.
    Done(Reply),
}

impl Work {
    /// Whether the end of the connection ends the request.
    pub(crate) fn ends_with_connection(&self) -> bool {
        match self {
            Self::Call(call) => call.ends_with_connection(),
            Self::Listen(_) => true,
        }
    }

    /// The id of the request as JSON text.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Call(call) => call.id(),
            Self::Listen(listen) => listen.id(),
        }
    }

    /// The session of the client, where the request belongs to one that can come back.
    pub(crate) fn session(&self) -> Option<&Arc<Session>> {
        match self {
            Self::Call(call) => call.session(),
            Self::Listen(_) => None,
        }
    }

    /// Whether this is a subscription, which is of no use without a stream.
    pub(crate) const fn is_listen(&self) -> bool {
        matches!(self, Self::Listen(_))
    }

    /// The answer of what would go on for ever, when the server ends.
    pub(crate) fn end(&self) -> Option<Reply> {
        match self {
            Self::Call(_) => None,
            Self::Listen(listen) => Some(listen.end()),
        }
    }

    /// Only the answer will be read.
    pub(crate) fn drop_messages(&self) {
        if let Self::Call(call) = self {
            call.drop_messages();
        }
    }

    /// Gives the request one turn; what came of it, if that was enough.
    pub(crate) async fn start(&mut self) -> Option<Step> {
        poll_fn(|task| {
            Poll::Ready(match self.poll(task, false) {
                Poll::Ready(step) => Some(step),
                Poll::Pending => None,
            })
        })
        .await
    }

    /// The next step. Must not be called after [`Step::Done`]. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Step {
        poll_fn(|task| self.poll(task, true)).await
    }

    /// Runs the request to its end and drops whatever comes before.
    pub(crate) async fn answer(mut self) -> Reply {
        self.drop_messages();
        loop {
            if let Step::Done(reply) = self.next().await {
                return reply;
            }
        }
    }

    fn poll(&mut self, task: &mut TaskContext<'_>, timed: bool) -> Poll<Step> {
        match self {
            Self::Call(call) => call.poll_step(task, timed),
            Self::Listen(listen) => listen.poll_step(task),
        }
    }
}

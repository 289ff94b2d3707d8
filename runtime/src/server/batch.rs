//! Batches, which exist in 2025-03-26 only: all messages are begun in order, then the calls run one
//! after the other, and the answers are one array.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};

use crate::lifecycle::decision::Facts;
use crate::server::{Core, Outcome};

/// The messages of a batch.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Each message as JSON text.
    pub(super) messages: Vec<Bytes>,
}

/// The begun messages of a batch.
#[derive(Debug)]
pub(crate) struct Begun(Vec<Outcome>);

impl Batch {
    /// Begins all messages.
    pub(crate) fn begin(&self, core: &Arc<Core>, facts: &Facts<'_>) -> Begun {
        Begun(self.messages.iter().map(|message| core.begin_in_batch(message, facts)).collect())
    }
}

impl Begun {
    /// Runs what has to run; the answers as one array, nothing where there is none.
    pub(crate) async fn run(self) -> Option<Bytes> {
        let mut answers = BytesMut::new();
        for outcome in self.0 {
            let answer = match outcome {
                Outcome::Reply(reply) => reply.body,
                // Nobody waits for changes in a batch, which has one answer.
                Outcome::Work(work) => match work.end() {
                    Some(reply) => reply.body,
                    None => work.answer().await.body,
                },
                Outcome::Accepted | Outcome::Cancelled(_) | Outcome::Batch(_) => continue,
            };
            answers.put_u8(if answers.is_empty() { b'[' } else { b',' });
            answers.put_slice(&answer);
        }
        if answers.is_empty() {
            return None;
        }
        answers.put_u8(b']');
        Some(answers.freeze())
    }
}

//! Requests of the server to its client, which exist with a handshake only.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::oneshot;

/// What the client answered.
#[derive(Debug)]
pub(crate) enum Answered {
    /// A result.
    Result(Box<RawValue>),
    /// An error of JSON-RPC, as JSON text.
    Error(Box<RawValue>),
}

/// The requests of one session that wait for an answer.
#[derive(Debug, Default)]
pub(crate) struct Asks {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    by_number: HashMap<u64, oneshot::Sender<Answered>>,
    last: u64,
    is_closed: bool,
}

/// A request that waits for its answer; dropping it forgets the request.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    asks: &'a Asks,
    number: u64,
    answer: oneshot::Receiver<Answered>,
}

impl Asks {
    /// Makes the id of a request.
    pub(crate) fn ask(&self) -> Asked<'_> {
        let (sender, answer) = oneshot::channel();
        let mut waiting = self.lock();
        waiting.last += 1;
        let number = waiting.last;
        if !waiting.is_closed {
            waiting.by_number.insert(number, sender);
        }
        Asked { asks: self, number, answer }
    }

    /// Takes the answer to the request with this id, a JSON text. One that nobody waits for is
    /// passed over.
    pub(crate) fn answer(&self, id: &str, answered: Answered) {
        let number = id.strip_prefix(r#""ask-"#).and_then(|rest| rest.strip_suffix('"'));
        let Some(number) = number.and_then(|number| number.parse().ok()) else { return };
        if let Some(sender) = self.lock().by_number.remove(&number) {
            // Whoever asked may have given up a moment ago.
            drop(sender.send(answered));
        }
    }

    /// Nothing will be answered any more.
    pub(crate) fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        waiting.by_number.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked<'_> {
    /// The id of the request as JSON text.
    pub(crate) fn id(&self) -> String {
        format!(r#""ask-{}""#, self.number)
    }

    /// Waits for the answer; `None` where the client has gone.
    pub(crate) async fn answer(&mut self) -> Option<Answered> {
        (&mut self.answer).await.ok()
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.asks.lock().by_number.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{Answered, Asks};

    #[tokio::test]
    async fn an_answer_reaches_the_one_who_asked() {
        let asks = Asks::default();
        let (mut first, second) = (asks.ask(), asks.ask());
        drop(second);
        let text = RawValue::from_string("{}".to_owned()).expect("valid JSON");
        for id in ["1", r#""ask-2""#, r#""ask-x""#, r#""ask-99""#] {
            asks.answer(id, Answered::Error(text.clone()));
        }
        asks.answer(&first.id(), Answered::Result(text));
        assert!(matches!(first.answer().await, Some(Answered::Result(_))));
        let mut third = asks.ask();
        asks.close();
        assert!(third.answer().await.is_none(), "the client has gone");
        assert!(asks.ask().answer().await.is_none(), "and stays away");
    }
}

//! Asking the client: one way to ask for handlers, three ways on the wire.
//!
//! After a handshake a question is a request of its own, and the handler waits for the answer. On the
//! 2026-07-28 wire the call ends with its questions; the client answers them in a new call, in which
//! the handler runs again and finds the answers. In a task the question waits in the task.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use super::Context;
use crate::lifecycle::legacy::{Answered, Session};
use crate::protocol::escape;
use crate::result::HandlerError;
use crate::server::TaskRun;

/// A question to the client.
#[derive(Debug)]
pub(crate) struct Question {
    /// `elicitation/create`, `sampling/createMessage` or `roots/list`.
    pub(crate) method: &'static str,
    /// Its parameters as JSON text.
    pub(crate) params: String,
}

/// How the client of a call is asked.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// It cannot be asked.
    None,
    /// By a request, answered while the handler waits.
    Request(Arc<Session>),
    /// By the result of the call, answered in the next call.
    Rounds,
    /// By the task that the call has become.
    Task(Arc<TaskRun>),
}

/// The dialog of one call.
#[derive(Debug)]
pub(crate) struct Dialog {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    way: Way,
    /// Answers of the client, by key.
    answers: BTreeMap<String, Box<RawValue>>,
    /// What was done once, by key.
    once: BTreeMap<String, Box<RawValue>>,
    /// Questions of this round.
    open: Vec<(String, Question)>,
    /// Keys that were asked, each of which has to be another.
    asked: Vec<String>,
    clock: Clock,
}

/// The time for which a call has waited for its client, which its own time does not count.
#[derive(Debug, Default)]
struct Clock {
    waiting: usize,
    since: Option<Instant>,
    total: Duration,
}

/// What earlier rounds have settled.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// Answers of the client, by key.
    pub(crate) answers: BTreeMap<String, Box<RawValue>>,
    /// What was done once, by key.
    pub(crate) once: BTreeMap<String, Box<RawValue>>,
}

/// The questions of a round, and what goes into the state for the next one.
#[derive(Debug)]
pub(crate) struct Round {
    /// The questions by key, in the order in which they were asked.
    pub(crate) questions: Vec<(String, Question)>,
    /// What is settled.
    pub(crate) settled: Settled,
}

impl Dialog {
    pub(crate) fn new(way: Way, settled: Settled) -> Self {
        let Settled { answers, once } = settled;
        let (open, asked) = (Vec::new(), Vec::new());
        let clock = Clock::default();
        Self { state: Mutex::new(State { way, answers, once, open, asked, clock }) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The questions that the call has to end with.
    pub(crate) fn round(&self) -> Option<Round> {
        let mut state = self.lock();
        if state.open.is_empty() {
            return None;
        }
        let questions = std::mem::take(&mut state.open);
        let (answers, once) = (state.answers.clone(), state.once.clone());
        Some(Round { questions, settled: Settled { answers, once } })
    }

    /// Whether the call has become a task.
    pub(crate) fn is_task(&self) -> bool {
        matches!(self.lock().way, Way::Task(_))
    }

    /// The task that the call has become.
    pub(super) fn task(&self) -> Option<Arc<TaskRun>> {
        match &self.lock().way {
            Way::Task(task) => Some(Arc::clone(task)),
            Way::None | Way::Request(_) | Way::Rounds => None,
        }
    }

    /// The call has become a task.
    pub(crate) fn moved_to(&self, task: Arc<TaskRun>) {
        self.lock().way = Way::Task(task);
    }

    /// How long the call has waited for its client so far; `true`: it still does.
    pub(crate) fn waited(&self) -> (Duration, bool) {
        let state = self.lock();
        let running = state.clock.since.map_or(Duration::ZERO, |since| since.elapsed());
        (state.clock.total + running, state.clock.waiting > 0)
    }

    /// Puts a question, where it is not answered yet.
    fn put(&self, key: &str, question: Question) -> Result<Put, HandlerError> {
        let mut state = self.lock();
        if state.asked.iter().any(|asked| asked == key) {
            return Err(HandlerError::internal(format!(
                "the key `{key}` is asked twice in one call: each question needs its own"
            )));
        }
        state.asked.push(key.to_owned());
        if let Some(answer) = state.answers.get(key) {
            return Ok(Put::Answered(answer.clone()));
        }
        if matches!(state.way, Way::Rounds) {
            state.open.push((key.to_owned(), question));
            return Ok(Put::Open);
        }
        Ok(Put::Ask(state.way.clone(), question))
    }

    /// Stops the clock of the call until the guard is dropped.
    fn wait(&self) -> Waiting<'_> {
        let mut state = self.lock();
        if state.clock.waiting == 0 {
            state.clock.since = Some(Instant::now());
        }
        state.clock.waiting += 1;
        Waiting(self)
    }
}

/// What becomes of a question.
enum Put {
    /// An earlier round has answered it.
    Answered(Box<RawValue>),
    /// It waits for the end of the round.
    Open,
    /// It is to be asked in this way.
    Ask(Way, Question),
}

struct Waiting<'a>(&'a Dialog);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.clock.waiting -= 1;
        if state.clock.waiting == 0
            && let Some(since) = state.clock.since.take()
        {
            state.clock.total += since.elapsed();
        }
    }
}

impl Context {
    /// Asks the client and gives the answer as JSON text.
    pub(crate) async fn ask(
        &self,
        key: &str,
        question: Question,
    ) -> Result<Box<RawValue>, HandlerError> {
        let dialog = &self.call.dialog;
        let (way, question) = match dialog.put(key, question)? {
            Put::Answered(answer) => return Ok(answer),
            // The call ends with its questions when this was polled, and the handler with it. Whoever asks
            // from a task of its own is told.
            Put::Open => {
                self.call.outbox.wake();
                self.over().await;
                return Err(HandlerError::public("the call has ended with its questions"));
            }
            Put::Ask(way, question) => (way, question),
        };
        let _waiting = dialog.wait();
        match way {
            Way::Request(session) => self.request(&session, &question).await,
            Way::Task(task) => task.ask(key, &question).await,
            Way::None | Way::Rounds => Err(HandlerError::public(
                "the client cannot be asked on this connection: it needs a session, or protocol \
                 version 2026-07-28",
            )),
        }
    }

    async fn request(
        &self,
        session: &Session,
        question: &Question,
    ) -> Result<Box<RawValue>, HandlerError> {
        let mut asked = session.asks().ask();
        let mut message = BytesMut::with_capacity(question.params.len() + 96);
        message.put_slice(br#"{"jsonrpc":"2.0","id":"#);
        message.put_slice(asked.id().as_bytes());
        message.put_slice(br#","method":"#);
        escape::string(&mut message, question.method);
        message.put_slice(br#","params":"#);
        message.put_slice(question.params.as_bytes());
        message.put_u8(b'}');
        if !self.call.outbox.send(message.freeze()).await {
            return Err(HandlerError::public(
                "the client cannot be asked: its connection takes results only",
            ));
        }
        let time = self.core().declaration().limits.ask_time;
        match tokio::time::timeout(time, asked.answer()).await {
            Ok(Some(Answered::Result(result))) => Ok(result),
            Ok(Some(Answered::Error(error))) => Err(refused(&error)),
            Ok(None) => Err(HandlerError::public("the client has gone without an answer")),
            Err(_) => {
                let cancelled = format!(
                    r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{},"reason":"no answer in time"}}}}"#,
                    asked.id()
                );
                self.call.outbox.send(Bytes::from(cancelled)).await;
                Err(HandlerError::public(format!("the client gave no answer within {time:?}")))
            }
        }
    }

    /// Does something at most once in a dialog, however many times the handler runs: the first run
    /// does it and keeps what it gives, later ones are given that.
    ///
    /// On the 2026-07-28 wire a handler that asks runs again from its start when the answer comes. What
    /// it did before the question happens again, unless it happens in here. The value travels with
    /// the client, sealed, until the dialog ends.
    ///
    /// Dropping the future before it is ready keeps nothing.
    ///
    /// # Errors
    /// Those of `work`, which are not kept; and a value that cannot be written as JSON, or read from
    /// what was written.
    pub async fn once<T, F, Fut>(&self, key: &str, work: F) -> Result<T, HandlerError>
    where
        T: Serialize + DeserializeOwned,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, HandlerError>>,
    {
        let kept = self.call.dialog.lock().once.get(key).cloned();
        if let Some(kept) = kept {
            return serde_json::from_str(kept.get()).map_err(|error| {
                HandlerError::internal(format!("what `{key}` gave cannot be read again"))
                    .with_source(error)
            });
        }
        let value = work().await?;
        let kept = to_raw_value(&value).map_err(|error| {
            HandlerError::internal(format!("what `{key}` gave cannot be kept")).with_source(error)
        })?;
        self.call.dialog.lock().once.insert(key.to_owned(), kept);
        Ok(value)
    }
}

/// What a client says when it refuses to be asked.
fn refused(error: &RawValue) -> HandlerError {
    #[derive(serde::Deserialize)]
    struct Error {
        code: i64,
        message: String,
    }
    match serde_json::from_str::<Error>(error.get()) {
        Ok(Error { code, message }) => {
            let message: String = message.chars().take(500).collect();
            HandlerError::public(format!("the client refused to answer: {message} ({code})"))
        }
        Err(_) => HandlerError::public("the client refused to answer"),
    }
}

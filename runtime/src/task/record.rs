//! The record of a task, and the rules of its life.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What is known of a task. Times are in milliseconds since 1970.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Task {
    /// Its id, which cannot be guessed.
    pub(crate) id: String,
    /// The principal whose task it is; nobody else sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// A message about the status.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) message: String,
    /// When it began.
    pub(crate) created: u64,
    /// When something about it changed.
    pub(crate) updated: u64,
    /// How long it is kept after its beginning; for ever where there is no limit.
    pub(crate) ttl: Option<u64>,
    /// How long a client should wait between two questions about it.
    pub(crate) poll_interval: Option<u64>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    /// What the client is asked and has not answered, by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    requests: BTreeMap<String, InputRequest>,
    /// What the client has answered, by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    answers: BTreeMap<String, Box<RawValue>>,
}

/// How a task ended.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Outcome {
    /// The tool answered.
    Result {
        /// The `CallToolResult` as JSON text.
        result: Box<RawValue>,
        /// The tool failed.
        is_error: bool,
    },
    /// There was an error of the protocol.
    Error {
        /// The code of JSON-RPC.
        code: i32,
        /// The message.
        message: String,
        /// `data` as JSON text.
        data: Option<Box<RawValue>>,
    },
    /// It was cancelled.
    Cancelled,
}

/// A request to the client.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct InputRequest {
    /// Its method.
    pub(crate) method: String,
    /// Its parameters as JSON text.
    pub(crate) params: Box<RawValue>,
}

/// Where a task is in its life.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Status {
    /// It goes on.
    Working,
    /// It waits for the client.
    InputRequired,
    /// It has a result, which may be that of a tool that failed.
    Completed,
    /// It has an error.
    Failed,
    /// It was cancelled.
    Cancelled,
}

impl Status {
    /// Whether it stays as it is.
    #[cfg(test)]
    pub(crate) const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// A rule of a task's life that a change would break.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Broken {
    /// The task has ended, and stays as it is.
    Final,
    /// The key was used for another request of the same task.
    KeyUsed,
}

impl Task {
    /// A task that begins.
    pub(super) const fn new(id: String, owner: Option<String>, created: u64) -> Self {
        Self {
            id,
            owner,
            message: String::new(),
            created,
            updated: created,
            ttl: None,
            poll_interval: None,
            outcome: None,
            requests: BTreeMap::new(),
            answers: BTreeMap::new(),
        }
    }

    /// Where it is in its life.
    pub(crate) fn status(&self) -> Status {
        match &self.outcome {
            Some(Outcome::Result { .. }) => Status::Completed,
            Some(Outcome::Error { .. }) => Status::Failed,
            Some(Outcome::Cancelled) => Status::Cancelled,
            None if self.requests.is_empty() => Status::Working,
            None => Status::InputRequired,
        }
    }

    /// How it ended, once it has.
    pub(crate) const fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// What the client is asked and has not answered, by key.
    pub(crate) const fn requests(&self) -> &BTreeMap<String, InputRequest> {
        &self.requests
    }

    /// What the client has answered, by key.
    #[cfg(test)]
    pub(crate) const fn answers(&self) -> &BTreeMap<String, Box<RawValue>> {
        &self.answers
    }

    /// When it may be forgotten.
    pub(super) fn end(&self) -> Option<u64> {
        self.ttl.map(|ttl| self.created.saturating_add(ttl))
    }

    /// Asks the client. A task that asks under a key that it has used does not ask again.
    ///
    /// # Errors
    /// The task has ended, or the key was used for another request.
    pub(crate) fn ask(&mut self, key: &str, request: InputRequest) -> Result<(), Broken> {
        self.check_open()?;
        if self.answers.contains_key(key) || self.requests.contains_key(key) {
            return Err(Broken::KeyUsed);
        }
        self.requests.insert(key.to_owned(), request);
        Ok(())
    }

    /// Takes answers of the client; the keys of those that were waited for. Others are ignored, and
    /// so are all once the task has ended.
    pub(crate) fn answer(
        &mut self,
        answers: impl IntoIterator<Item = (String, Box<RawValue>)>,
    ) -> BTreeSet<String> {
        let mut taken = BTreeSet::new();
        for (key, answer) in answers {
            if self.outcome.is_none() && self.requests.remove(&key).is_some() {
                self.answers.insert(key.clone(), answer);
                taken.insert(key);
            }
        }
        taken
    }

    /// Takes back what the client was asked under this key. The key stays used.
    pub(crate) fn withdraw(&mut self, key: &str) {
        self.requests.remove(key);
    }

    /// Ends the task.
    ///
    /// # Errors
    /// It has ended.
    pub(crate) fn finish(&mut self, outcome: Outcome) -> Result<(), Broken> {
        self.check_open()?;
        self.outcome = Some(outcome);
        self.requests.clear();
        self.answers.clear();
        Ok(())
    }

    /// Says something about the status.
    ///
    /// # Errors
    /// The task has ended.
    pub(crate) fn tell(&mut self, message: impl Into<String>) -> Result<(), Broken> {
        self.check_open()?;
        self.message = message.into();
        Ok(())
    }

    const fn check_open(&self) -> Result<(), Broken> {
        if self.outcome.is_some() { Err(Broken::Final) } else { Ok(()) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::value::RawValue;

    use super::{Broken, InputRequest, Outcome, Status, Task};

    pub(in crate::task) fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect("valid JSON")
    }

    pub(in crate::task) fn request() -> InputRequest {
        InputRequest { method: "roots/list".to_owned(), params: raw("{}") }
    }

    fn task() -> Task {
        Task::new("t".to_owned(), None, 0)
    }

    #[test]
    fn a_task_works_asks_and_ends() {
        let mut task = task();
        assert_eq!(task.status(), Status::Working);
        task.ask("a", request()).expect("it goes on");
        task.ask("b", request()).expect("it goes on");
        assert_eq!(task.status(), Status::InputRequired);
        let answers = [("a", "1"), ("c", "2")].map(|(key, text)| (key.to_owned(), raw(text)));
        assert_eq!(task.answer(answers), ["a".to_owned()].into());
        assert_eq!(task.status(), Status::InputRequired, "b is not answered");
        task.answer([("b".to_owned(), raw("3")), ("a".to_owned(), raw("4"))]);
        assert_eq!(task.status(), Status::Working);
        assert_eq!(task.answers()["a"].get(), "1", "the first answer counts");
        assert_eq!(task.ask("a", request()), Err(Broken::KeyUsed));
        task.finish(Outcome::Result { result: raw("{}"), is_error: true }).expect("it goes on");
        assert_eq!(task.status(), Status::Completed);
    }

    #[test]
    fn an_end_is_final() {
        let error = Outcome::Error { code: -32603, message: "x".to_owned(), data: None };
        for (outcome, status) in [
            (Outcome::Result { result: raw("{}"), is_error: false }, Status::Completed),
            (error, Status::Failed),
            (Outcome::Cancelled, Status::Cancelled),
        ] {
            let mut task = task();
            task.ask("a", request()).expect("it goes on");
            assert!(!task.status().is_final());
            task.finish(outcome).expect("it goes on");
            assert_eq!(task.status(), status);
            assert!(status.is_final() && task.requests().is_empty());
            assert_eq!(task.finish(Outcome::Cancelled), Err(Broken::Final));
            assert_eq!(task.ask("b", request()), Err(Broken::Final));
            assert_eq!(task.tell("x"), Err(Broken::Final));
            assert!(task.answer([("a".to_owned(), raw("1"))]).is_empty());
            assert_eq!(task.status(), status);
        }
    }
}

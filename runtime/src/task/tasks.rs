//! The tasks of a server, kept in the store.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::record::{Broken, Task};
use crate::protocol::cursor::Cursor;
use crate::protocol::escape::hex_digit;
use crate::store::{Revision, Store, StoreError};

/// All tasks: a record each, and an index of them.
#[derive(Clone, Debug)]
pub(crate) struct Tasks {
    store: Arc<dyn Store>,
    limit: usize,
}

/// One line of the index for each task that is kept.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Index {
    /// The number of the next task.
    next: u64,
    tasks: Vec<Line>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Line {
    number: u64,
    id: String,
    owner: Option<String>,
    end: Option<u64>,
}

/// A part of a list.
#[derive(Debug)]
pub(crate) struct Page {
    /// Tasks, the ones that began first in front.
    pub(crate) tasks: Vec<Task>,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<String>,
}

/// What went wrong with a task.
#[derive(Debug)]
pub(crate) enum TasksError {
    /// There is no such task, or it is somebody else's.
    Unknown,
    /// A rule of its life.
    Broken(Broken),
    /// There are as many tasks as there may be.
    Full,
    /// The cursor is none of ours.
    Cursor,
    /// The store failed, or the system has no randomness to give.
    Store(StoreError),
}

const INDEX: &str = "tasks";

/// What cursors of task lists count in: numbers of tasks, which do not change.
const GENERATION: u64 = u64::from_be_bytes(*b"tasklist");

impl Tasks {
    /// Tasks in this store, at most `limit` of them.
    pub(crate) const fn new(store: Arc<dyn Store>, limit: usize) -> Self {
        Self { store, limit }
    }

    /// Begins a task. It can be found as soon as this returns.
    ///
    /// # Errors
    /// [`TasksError::Full`], [`TasksError::Store`]
    pub(crate) async fn create(
        &self,
        owner: Option<&str>,
        ttl: Option<Duration>,
        poll_interval: Option<Duration>,
        now: u64,
    ) -> Result<Task, TasksError> {
        let mut task = Task::new(random_id()?, owner.map(str::to_owned), now);
        task.ttl = ttl.map(milliseconds);
        task.poll_interval = poll_interval.map(milliseconds);
        self.change_index(|index| {
            index.tasks.retain(|line| line.end.is_none_or(|end| now < end));
            if index.tasks.len() >= self.limit {
                return Err(TasksError::Full);
            }
            let (id, owner) = (task.id.clone(), task.owner.clone());
            index.tasks.push(Line { number: index.next, id, owner, end: task.end() });
            index.next += 1;
            Ok(())
        })
        .await?;
        let error = match self.swap(&key(&task.id), None, &task, task.ttl).await {
            Ok(true) => return Ok(task),
            Ok(false) => StoreError::new("the random id of a task was taken").into(),
            Err(error) => error,
        };
        // What could not be written must not take the room of a task.
        self.change_index(|index| {
            index.tasks.retain(|line| line.id != task.id);
            Ok(())
        })
        .await?;
        Err(error)
    }

    /// The task with this id, if it is the caller's.
    ///
    /// # Errors
    /// [`TasksError::Unknown`], [`TasksError::Store`]
    pub(crate) async fn get(
        &self,
        id: &str,
        caller: Option<&str>,
        now: u64,
    ) -> Result<Task, TasksError> {
        self.find(id, caller, now).await.map(|(task, _)| task)
    }

    /// Changes a task: `change` is applied to what is there, again where somebody else was faster.
    /// Gives the task as it is then.
    ///
    /// # Errors
    /// [`TasksError::Unknown`], [`TasksError::Broken`] from `change`, [`TasksError::Store`]
    pub(crate) async fn change(
        &self,
        id: &str,
        caller: Option<&str>,
        now: u64,
        mut change: impl FnMut(&mut Task) -> Result<(), Broken> + Send,
    ) -> Result<Task, TasksError> {
        loop {
            let (mut task, revision) = self.find(id, caller, now).await?;
            change(&mut task).map_err(TasksError::Broken)?;
            task.updated = task.updated.max(now);
            let left = task.end().map(|end| end.saturating_sub(now));
            if self.swap(&key(id), revision, &task, left).await? {
                return Ok(task);
            }
        }
    }

    /// The tasks of the caller, `size` at a time.
    ///
    /// # Errors
    /// [`TasksError::Cursor`], [`TasksError::Store`]
    pub(crate) async fn list(
        &self,
        caller: Option<&str>,
        cursor: Option<&str>,
        size: usize,
        now: u64,
    ) -> Result<Page, TasksError> {
        let from = match cursor.map(Cursor::decode) {
            None => 0,
            Some(Some(Cursor { offset, generation: GENERATION })) => offset,
            Some(_) => return Err(TasksError::Cursor),
        };
        let index = self.read::<Index>(INDEX).await?.unwrap_or_default().0;
        let mut page = Page { tasks: Vec::new(), next: None };
        for line in index.tasks.iter().filter(|line| line.number >= from) {
            if line.owner.as_deref() != caller {
                continue;
            }
            if page.tasks.len() >= size.max(1) {
                let cursor = Cursor { offset: line.number, generation: GENERATION };
                page.next = Some(cursor.encode());
                break;
            }
            match self.get(&line.id, caller, now).await {
                Ok(task) => page.tasks.push(task),
                Err(TasksError::Unknown) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(page)
    }

    async fn change_index(
        &self,
        mut change: impl FnMut(&mut Index) -> Result<(), TasksError> + Send,
    ) -> Result<(), TasksError> {
        loop {
            let (mut index, revision) = self.read::<Index>(INDEX).await?.unwrap_or_default();
            change(&mut index)?;
            if self.swap(INDEX, revision, &index, None).await? {
                return Ok(());
            }
        }
    }

    async fn find(
        &self,
        id: &str,
        caller: Option<&str>,
        now: u64,
    ) -> Result<(Task, Option<Revision>), TasksError> {
        // Keys are not made of whatever a client sends.
        if id.len() != ID_LENGTH || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(TasksError::Unknown);
        }
        let found = self.read::<Task>(&key(id)).await?;
        found
            .filter(|(task, _)| task.owner.as_deref() == caller)
            .filter(|(task, _)| task.end().is_none_or(|end| now < end))
            .ok_or(TasksError::Unknown)
    }

    async fn read<T: DeserializeOwned>(
        &self,
        key: &str,
    ) -> Result<Option<(T, Option<Revision>)>, TasksError> {
        let Some(entry) = self.store.get(key).await? else { return Ok(None) };
        let value = serde_json::from_slice(&entry.value).map_err(unreadable)?;
        Ok(Some((value, Some(entry.revision))))
    }

    async fn swap(
        &self,
        key: &str,
        expected: Option<Revision>,
        value: &impl Serialize,
        ttl: Option<u64>,
    ) -> Result<bool, TasksError> {
        let text = Bytes::from(serde_json::to_vec(value).map_err(unreadable)?);
        let ttl = ttl.map(Duration::from_millis);
        let swap = self.store.compare_and_swap(key, expected, text, ttl);
        Ok(swap.await?.is_some())
    }
}

fn key(id: &str) -> String {
    ["task/", id].concat()
}

const ID_LENGTH: usize = 32;

/// 32 hexadecimal digits from the system's random source.
fn random_id() -> Result<String, TasksError> {
    let mut random = [0_u8; ID_LENGTH / 2];
    getrandom::fill(&mut random).map_err(|error| {
        StoreError::new("the system has no randomness for the id of a task").with_source(error)
    })?;
    let digits = random.iter().flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 0xf)]);
    Ok(digits.map(char::from).collect())
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::new("what the store has of a task cannot be read").with_source(error)
}

impl From<StoreError> for TasksError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for TasksError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => formatter.write_str("Task not found"),
            Self::Broken(Broken::Final) => formatter.write_str("The task has ended"),
            Self::Broken(Broken::KeyUsed) => {
                formatter.write_str("The task has used the key of a request before")
            }
            Self::Full => formatter.write_str("There are too many tasks; try again later"),
            Self::Cursor => formatter.write_str("Unknown cursor"),
            Self::Store(error) => write!(formatter, "{error}"),
        }
    }
}

impl std::error::Error for TasksError {}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use tokio::time::advance;

    use super::{Tasks, TasksError};
    use crate::store::{Entry, MemoryStore, Revision, Store, StoreError, StoreFuture};
    use crate::task::record::tests::{raw, request};
    use crate::task::record::{Broken, Outcome, Status, Task};

    const TTL: Option<Duration> = Some(Duration::from_secs(60));

    fn tasks(limit: usize) -> Tasks {
        Tasks::new(Arc::new(MemoryStore::new()), limit)
    }

    async fn create(tasks: &Tasks, owner: Option<&str>, now: u64) -> Task {
        tasks.create(owner, TTL, None, now).await.expect("there is room")
    }

    #[tokio::test]
    async fn a_task_is_found_at_once_by_its_owner_alone() {
        let tasks = tasks(10);
        let task = create(&tasks, Some("ada"), 5).await;
        assert!(task.id.len() == 32 && task.id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let found = tasks.get(&task.id, Some("ada"), 6).await.expect("it is hers");
        assert_eq!((found.created, found.updated, found.ttl), (5, 5, Some(60_000)));
        let eve = [Some("eve"), Some(""), None];
        for caller in eve {
            let refused = tasks.get(&task.id, caller, 6).await;
            assert!(matches!(refused, Err(TasksError::Unknown)), "{caller:?}");
            let refused = tasks.change(&task.id, caller, 6, |task| task.finish(Outcome::Cancelled));
            assert!(matches!(refused.await, Err(TasksError::Unknown)), "{caller:?}");
        }
        for id in ["", "x", "../tasks", &"g".repeat(32), &task.id.to_uppercase(), &"0".repeat(32)] {
            let found = tasks.get(id, Some("ada"), 6).await;
            assert!(matches!(found, Err(TasksError::Unknown)) || id == task.id, "{id}");
        }
    }

    #[tokio::test]
    async fn changes_are_kept() {
        let tasks = tasks(10);
        let id = create(&tasks, None, 0).await.id;
        let asked = tasks.change(&id, None, 10, |task| task.ask("k", request())).await;
        assert_eq!(asked.expect("it goes on").status(), Status::InputRequired);
        let answered = tasks
            .change(&id, None, 20, |task| {
                task.answer([("k".to_owned(), raw(r#"{"roots":[]}"#))]);
                Ok(())
            })
            .await
            .expect("it goes on");
        assert_eq!((answered.status(), answered.updated), (Status::Working, 20));
        let outcome = || Outcome::Result { result: raw(r#"{"content":[]}"#), is_error: false };
        tasks.change(&id, None, 30, |task| task.finish(outcome())).await.expect("it goes on");
        let refused = tasks.change(&id, None, 40, |task| task.finish(Outcome::Cancelled)).await;
        assert!(matches!(refused, Err(TasksError::Broken(Broken::Final))));
        let found = tasks.get(&id, None, 50).await.expect("it is kept");
        assert_eq!((found.status(), found.updated), (Status::Completed, 30));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_is_kept_from_its_beginning_for_its_time() {
        let store = Arc::new(MemoryStore::new());
        let tasks = Tasks::new(Arc::clone(&store) as _, 10);
        let id = create(&tasks, None, 0).await.id;
        advance(Duration::from_secs(50)).await;
        tasks.change(&id, None, 50_000, |task| task.tell("soon")).await.expect("it goes on");
        assert!(tasks.get(&id, None, 59_999).await.is_ok());
        assert!(matches!(tasks.get(&id, None, 60_000).await, Err(TasksError::Unknown)));
        advance(Duration::from_secs(10)).await;
        let found = tasks.get(&id, None, 59_999).await;
        assert!(matches!(found, Err(TasksError::Unknown)), "the store has let go of it");
        create(&tasks, None, 60_000).await;
        assert_eq!(store.len(), 2, "the new one and the index");
    }

    #[tokio::test]
    async fn tasks_are_bounded() {
        let tasks = tasks(2);
        create(&tasks, None, 0).await;
        create(&tasks, Some("ada"), 10).await;
        let full = tasks.create(None, TTL, None, 20).await;
        assert!(matches!(full, Err(TasksError::Full)));
        create(&tasks, None, 60_000).await;
    }

    /// A store that keeps the index alone.
    #[derive(Debug)]
    struct Broke(MemoryStore);

    impl Store for Broke {
        fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Entry>> {
            self.0.get(key)
        }

        fn put<'a>(
            &'a self,
            key: &'a str,
            value: Bytes,
            ttl: Option<Duration>,
        ) -> StoreFuture<'a, Revision> {
            self.0.put(key, value, ttl)
        }

        fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, bool> {
            self.0.delete(key)
        }

        fn compare_and_swap<'a>(
            &'a self,
            key: &'a str,
            expected: Option<Revision>,
            value: Bytes,
            ttl: Option<Duration>,
        ) -> StoreFuture<'a, Option<Revision>> {
            if key == super::INDEX {
                return self.0.compare_and_swap(key, expected, value, ttl);
            }
            Box::pin(ready(Err(StoreError::new("the disk is full"))))
        }
    }

    #[tokio::test]
    async fn a_task_that_could_not_be_kept_takes_no_room() {
        let tasks = Tasks::new(Arc::new(Broke(MemoryStore::new())), 1);
        for _ in 0..3 {
            let refused = tasks.create(None, None, None, 0).await;
            assert!(matches!(refused, Err(TasksError::Store(_))), "{refused:?}");
        }
    }

    #[tokio::test]
    async fn a_list_has_the_callers_tasks_page_by_page() {
        let tasks = tasks(100);
        let mut expected = Vec::new();
        for number in 0..5 {
            create(&tasks, Some("eve"), number).await;
            expected.push(create(&tasks, Some("ada"), number).await.id);
        }
        let (mut found, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
        loop {
            let page = tasks.list(Some("ada"), cursor.as_deref(), 2, 10).await.expect("a page");
            found.extend(page.tasks.into_iter().map(|task| task.id));
            pages += 1;
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!((found, pages), (expected, 3));
        for cursor in ["", "x", "AQAAAAAAAAAyAAAAAAAAAAc"] {
            let refused = tasks.list(Some("ada"), Some(cursor), 2, 10).await;
            assert!(matches!(refused, Err(TasksError::Cursor)), "{cursor}");
        }
        let nobody = tasks.list(None, None, 2, 10).await.expect("a page");
        assert!(nobody.tasks.is_empty() && nobody.next.is_none());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn one_end_wins() {
        let tasks = tasks(10);
        let id = create(&tasks, None, 0).await.id;
        let ends: Vec<_> = (0..8)
            .map(|_| {
                let (tasks, id) = (tasks.clone(), id.clone());
                tokio::spawn(async move {
                    tasks.change(&id, None, 1, |task| task.finish(Outcome::Cancelled)).await.is_ok()
                })
            })
            .collect();
        let mut won = 0;
        for end in ends {
            won += usize::from(end.await.expect("no task panics"));
        }
        assert_eq!(won, 1);
    }
}

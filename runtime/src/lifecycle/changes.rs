//! What has changed at a server, for those who listen: lists, resources, tasks.
//!
//! A listener is not sent messages but told that something waits. What waits twice is told once, so
//! what a slow listener holds is bounded by what it has asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

/// Something that has changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Change<'a> {
    /// The list of tools.
    Tools,
    /// The list of prompts.
    Prompts,
    /// The lists of resources and templates.
    Resources,
    /// The contents of the resource with this URI.
    Updated(&'a str),
    /// The task with this id, and what it has come to: members of its notification as JSON text.
    Task(&'a str, &'a Bytes),
}

/// What is to be told.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Told {
    /// [`Change::Tools`]
    Tools,
    /// [`Change::Prompts`]
    Prompts,
    /// [`Change::Resources`]
    Resources,
    /// [`Change::Updated`]
    Updated(Box<str>),
    /// [`Change::Task`]
    Task(Box<str>, Bytes),
}

/// What a listener has asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Changes of the list of tools.
    pub(crate) tools: bool,
    /// Changes of the list of prompts.
    pub(crate) prompts: bool,
    /// Changes of the lists of resources and templates.
    pub(crate) resources: bool,
    /// URIs of resources. What lies below such a URI counts too.
    pub(crate) updated: BTreeSet<Box<str>>,
    /// Ids of tasks.
    pub(crate) tasks: BTreeSet<Box<str>>,
}

impl Filter {
    fn wants(&self, change: Change<'_>) -> Option<Told> {
        match change {
            Change::Tools => self.tools.then_some(Told::Tools),
            Change::Prompts => self.prompts.then_some(Told::Prompts),
            Change::Resources => self.resources.then_some(Told::Resources),
            Change::Updated(uri) => {
                let wanted = self.updated.contains(uri)
                    || self.updated.iter().any(|known| {
                        uri.strip_prefix(&**known).is_some_and(|rest| rest.starts_with('/'))
                    });
                wanted.then(|| Told::Updated(uri.into()))
            }
            Change::Task(id, detail) => {
                self.tasks.contains(id).then(|| Told::Task(id.into(), detail.clone()))
            }
        }
    }
}

/// Everybody who listens to a server.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    listeners: Mutex<BTreeMap<u64, Arc<Waiting>>>,
    count: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    state: Mutex<State>,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    filter: Filter,
    told: BTreeSet<Told>,
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who listens, until it is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    changes: Arc<Changes>,
    number: u64,
    waiting: Arc<Waiting>,
}

impl Changes {
    /// Listens from now on.
    pub(crate) fn listen(self: &Arc<Self>, filter: Filter) -> Listener {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let waiting = Arc::new(Waiting::default());
        waiting.lock().filter = filter;
        self.lock().insert(number, Arc::clone(&waiting));
        Listener { changes: Arc::clone(self), number, waiting }
    }

    /// Tells everybody who wants to know.
    pub(crate) fn tell(&self, change: Change<'_>) {
        for waiting in self.lock().values() {
            let mut state = waiting.lock();
            if let Some(told) = state.filter.wants(change) {
                if let Change::Task(id, _) = change {
                    // Only what the task has come to in the end is told.
                    state
                        .told
                        .retain(|told| !matches!(told, Told::Task(known, _) if **known == *id));
                }
                state.told.insert(told);
                waiting.news.notify_one();
            }
        }
    }

    /// How many listen.
    pub(crate) fn listeners(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Waiting>>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Waits for the next change. Dropping the future loses nothing.
    pub(crate) async fn next(&self) -> Told {
        loop {
            let news = self.waiting.news.notified();
            if let Some(told) = self.waiting.lock().told.pop_first() {
                return told;
            }
            news.await;
        }
    }

    /// Changes what it listens to.
    pub(crate) fn refine(&self, refine: impl FnOnce(&mut Filter)) {
        refine(&mut self.waiting.lock().filter);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.changes.lock().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Change, Changes, Filter, Told};

    #[tokio::test]
    async fn a_listener_is_told_once_what_it_wants() {
        let changes = Arc::new(Changes::default());
        let updated = [Box::from("a:/x")].into();
        let listener = changes.listen(Filter { tools: true, updated, ..Filter::default() });
        for _ in 0..3 {
            changes.tell(Change::Tools);
            changes.tell(Change::Prompts);
            changes.tell(Change::Updated("a:/x/y"));
            changes.tell(Change::Updated("a:/xy"));
        }
        assert_eq!(listener.next().await, Told::Tools);
        assert_eq!(listener.next().await, Told::Updated("a:/x/y".into()));
        let mut more = told_now(&listener);
        assert!(more.is_none(), "nothing else is told");
        listener.refine(|filter| filter.prompts = true);
        changes.tell(Change::Prompts);
        more = told_now(&listener);
        assert_eq!(more, Some(Told::Prompts));
        drop(listener);
        assert_eq!(changes.listeners(), 0);
    }

    fn told_now(listener: &super::Listener) -> Option<Told> {
        let mut task = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(listener.next()).poll(&mut task) {
            std::task::Poll::Ready(told) => Some(told),
            std::task::Poll::Pending => None,
        }
    }
}

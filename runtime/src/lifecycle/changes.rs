//! What has changed at a server, for those who listen: lists, resources, tasks.
//!
//! A listener is not sent messages but told that something waits. What waits twice is told once, so
//! what a slow listener holds is bounded by what it has asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::lifecycle::Principal;

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
    /// What a task has come to.
    Task {
        /// Its id.
        id: &'a str,
        /// Whose task it is.
        owner: Option<&'a str>,
        /// Members of its notification as JSON text.
        detail: &'a Bytes,
    },
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
    /// [`Change::Task`]: the id and the members of the notification.
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
    /// Who listens. The tasks of others are not told.
    pub(crate) principal: Principal,
}

/// Resources below a subscribed URI that wait to be told, each by its own URI. Of more the subscribed URI
/// is told.
const MOST_UPDATED: usize = 256;

impl Filter {
    /// What is to be told of a change, where `waiting` others are to be told already.
    fn wants(&self, change: Change<'_>, waiting: usize) -> Option<Told> {
        match change {
            Change::Tools => self.tools.then_some(Told::Tools),
            Change::Prompts => self.prompts.then_some(Told::Prompts),
            Change::Resources => self.resources.then_some(Told::Resources),
            Change::Updated(uri) => {
                let above = self.above(uri)?;
                let told = if waiting < MOST_UPDATED { uri } else { above };
                Some(Told::Updated(told.into()))
            }
            Change::Task { id, owner, detail } => {
                let wanted = self.tasks.contains(id) && owner == self.principal.id();
                wanted.then(|| Told::Task(id.into(), detail.clone()))
            }
        }
    }

    /// The subscribed URI that is this one or lies above it.
    fn above(&self, uri: &str) -> Option<&str> {
        let is_above = |known: &str| {
            uri.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.updated
            .get(uri)
            .or_else(|| self.updated.iter().find(|known| is_above(known)))
            .map(|known| &**known)
    }

    /// Whether what waits to be told is still wanted.
    fn still_wants(&self, told: &Told) -> bool {
        match told {
            Told::Updated(uri) => self.above(uri).is_some(),
            Told::Tools | Told::Prompts | Told::Resources | Told::Task(..) => true,
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
    fn tell(&self, change: Change<'_>) {
        let mut state = self.lock();
        if let Some(told) = state.filter.wants(change, state.told.len()) {
            if let Change::Task { id, .. } = change {
                // Only what the task has come to in the end is told.
                state.told.retain(|told| !matches!(told, Told::Task(known, _) if **known == *id));
            }
            state.told.insert(told);
            self.news.notify_one();
        }
    }

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
        self.lock().values().for_each(|waiting| waiting.tell(change));
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

    /// Tells this one alone, where it wants to know.
    pub(crate) fn tell(&self, change: Change<'_>) {
        self.waiting.tell(change);
    }

    /// Changes what it listens to.
    pub(crate) fn refine(&self, refine: impl FnOnce(&mut Filter)) {
        let mut state = self.waiting.lock();
        let State { filter, told } = &mut *state;
        refine(filter);
        told.retain(|told| filter.still_wants(told));
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

    use super::{Change, Changes, Filter, MOST_UPDATED, Told};
    use crate::lifecycle::Principal;

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

    #[test]
    fn what_a_slow_listener_holds_is_bounded() {
        let changes = Arc::new(Changes::default());
        let updated = [Box::from("a:/x")].into();
        let listener = changes.listen(Filter { updated, ..Filter::default() });
        for number in 0..10_000 {
            changes.tell(Change::Updated(&format!("a:/x/{number}")));
        }
        let mut told = std::iter::from_fn(|| told_now(&listener)).collect::<Vec<_>>();
        assert_eq!(told.len(), MOST_UPDATED + 1);
        assert!(told.contains(&Told::Updated("a:/x".into())), "the others are among these");
        changes.tell(Change::Updated("a:/x/1"));
        listener.refine(|filter| filter.updated.clear());
        told = std::iter::from_fn(|| told_now(&listener)).collect();
        assert!(told.is_empty(), "nobody wants to know any more: {told:?}");
    }

    #[test]
    fn the_tasks_of_others_are_not_told() {
        let changes = Arc::new(Changes::default());
        let principal = Principal::Named("alice".into());
        let listener = changes.listen(Filter {
            tasks: [Box::from("1")].into(),
            principal,
            ..Filter::default()
        });
        let detail = bytes::Bytes::from_static(b"{}");
        for owner in [None, Some("bob")] {
            changes.tell(Change::Task { id: "1", owner, detail: &detail });
        }
        assert_eq!(told_now(&listener), None);
        changes.tell(Change::Task { id: "1", owner: Some("alice"), detail: &detail });
        assert!(told_now(&listener).is_some());
    }

    fn told_now(listener: &super::Listener) -> Option<Told> {
        let mut task = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(listener.next()).poll(&mut task) {
            std::task::Poll::Ready(told) => Some(told),
            std::task::Poll::Pending => None,
        }
    }
}

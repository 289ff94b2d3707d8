//! What differs from the declaration: components that were added, removed, enabled and disabled.
//!
//! As long as nothing does, a request looks at one flag and goes its usual way. From then on it is
//! answered from a [`View`]: all that is there, in the light of what was enabled and disabled for the
//! server and for the session of the request. So it is from the start where the declaration has several
//! versions of a component, among which a request chooses.

mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockWriteGuard};

pub(super) use self::view::{Found, View};
use crate::components::{Added, Body, Component, ComponentError, key};
use crate::declaration::{Declaration, OnDuplicate, TaskSupport};
use crate::lifecycle::changes::{Change, Changes};
use crate::lifecycle::legacy::Session;
use crate::server::core::Offer;
use crate::server::lists::{self, Made, entries};
use crate::visibility::{ComponentKind, Criteria, Marks, TooManyMarks};

/// The components of a server as they are at the moment, and those who are told when they change.
pub(crate) struct Catalog {
    declaration: &'static Declaration,
    /// Whether anything differs from the declaration, or has to be chosen in it.
    is_touched: AtomicBool,
    state: RwLock<State>,
    declared: OnceLock<[Listed; 4]>,
    changes: Arc<Changes>,
}

/// What differs from the declaration.
#[derive(Clone, Debug, Default)]
struct State {
    /// By kind, then by id: the versions that were added.
    added: [BTreeMap<Box<str>, Vec<Placed>>; 4],
    /// How many were added so far.
    count: u64,
    /// By kind: places of declared components that were removed or replaced.
    removed: [BTreeSet<usize>; 4],
    marks: Marks,
    /// What was ever there of what was added: clients know it from then on.
    offer: Offer,
    made: Made,
}

/// An added component and its place in lists.
#[derive(Clone, Debug)]
struct Placed {
    order: u64,
    /// Whether the tag filters of the declaration let it through.
    is_served: bool,
    added: Arc<Added>,
}

/// What the lists say about the declared components of one kind.
#[derive(Debug, Default)]
struct Listed {
    /// Each id once, in the order of lists.
    ids: Vec<&'static str>,
    /// The entries, by the places of the components in their table.
    entries: BTreeMap<usize, Entry>,
}

/// The entry of a declared component.
#[derive(Clone, Copy, Debug)]
struct Entry {
    modern: &'static str,
    legacy: &'static str,
}

impl Catalog {
    /// What was declared, and nothing else.
    pub(super) fn new(declaration: &'static Declaration) -> Self {
        Self {
            declaration,
            is_touched: AtomicBool::new(lists::has_versions(declaration)),
            state: RwLock::default(),
            declared: OnceLock::new(),
            changes: Arc::default(),
        }
    }

    /// The same components for another server, which has its own clients.
    pub(super) fn fork(&self) -> Self {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner).clone();
        Self {
            is_touched: AtomicBool::new(self.is_touched()),
            state: RwLock::new(state),
            ..Self::new(self.declaration)
        }
    }

    /// What was declared.
    pub(super) const fn declaration(&self) -> &'static Declaration {
        self.declaration
    }

    /// Everybody who listens to changes.
    pub(super) const fn changes(&self) -> &Arc<Changes> {
        &self.changes
    }

    /// Whether a request has to look at what is there, and does not get what was declared.
    pub(super) fn is_touched(&self) -> bool {
        self.is_touched.load(Ordering::Acquire)
    }

    /// What those components offer that were added.
    pub(super) fn offer(&self) -> Offer {
        self.state.read().unwrap_or_else(PoisonError::into_inner).offer
    }

    /// Looks at what is there for a session with these marks.
    pub(super) fn look<T>(&self, session: Option<&Marks>, look: impl FnOnce(&View<'_>) -> T) -> T {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        look(&self.view(&state, session))
    }

    fn view<'a>(&'a self, state: &'a State, session: Option<&'a Marks>) -> View<'a> {
        View { declaration: self.declaration, declared: self.declared(), state, session }
    }

    fn declared(&self) -> &[Listed; 4] {
        self.declared.get_or_init(|| {
            ComponentKind::ALL.map(|kind| {
                let mut listed = Listed::default();
                let modern = entries(self.declaration, kind, true);
                for (modern, legacy) in modern.zip(entries(self.declaration, kind, false)) {
                    let Some(id) = id_of(kind, modern) else { continue };
                    // An entry need not say its version, so it is told by its place: the versions of a
                    // component are in one order in lists and in tables.
                    let mut versions = lists::find_all(self.declaration, kind, &id).enumerate();
                    let next = versions.find(|(_, (index, _))| !listed.entries.contains_key(index));
                    let Some((nth, (index, described))) = next else { continue };
                    if nth == 0 {
                        listed.ids.push(described.id);
                    }
                    listed.entries.insert(index, Entry { modern, legacy });
                }
                listed
            })
        })
    }

    /// Adds a component.
    ///
    /// # Errors
    /// It cannot be listed or called as it is, or it cannot stand beside those that are there.
    pub(super) fn add(&self, component: Component) -> Result<(), ComponentError> {
        let added = component.build(self.declaration.component_meta)?;
        let (kind, version) = (added.kind(), &*added.version);
        let name = key(kind, &added.id, version);
        let is_served = self.passes(&added);
        let mut state = self.write();
        let mut order = state.count;
        let mut is_known = false;
        for known in self.view(&state, None).all(kind, &added.id) {
            if known.version == version {
                is_known = true;
            } else if known.version.is_empty() || version.is_empty() {
                return Err(ComponentError::Mixed(name));
            }
        }
        if is_known {
            match self.declaration.on_duplicate {
                OnDuplicate::Error => return Err(ComponentError::Duplicate(name)),
                OnDuplicate::Ignore => return Ok(()),
                OnDuplicate::Warn => {
                    tracing::warn!(key = name, "takes the place of the one that is there");
                }
                OnDuplicate::Replace => {}
            }
            order = state.remove(self.declaration, kind, &added.id, Some(version)).unwrap_or(order);
        }
        state.count += 1;
        if is_served {
            state.offer = state.offer.or(offer_of(&added));
        }
        let (id, added) = (added.id.clone(), Arc::new(added));
        if let Some(group) = state.added.get_mut(kind as usize) {
            group.entry(id).or_default().push(Placed { order, is_served, added });
        }
        self.touch(state);
        if is_served || is_known {
            self.changes.tell(change_of(kind));
        }
        Ok(())
    }

    /// Removes a component, or all versions of it.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn remove(
        &self,
        kind: ComponentKind,
        id: &str,
        version: Option<&str>,
    ) -> Result<(), ComponentError> {
        let mut state = self.write();
        if state.remove(self.declaration, kind, id, version).is_none() {
            return Err(ComponentError::Unknown(key(kind, id, version.unwrap_or_default())));
        }
        self.touch(state);
        self.changes.tell(change_of(kind));
        Ok(())
    }

    /// Enables or disables what the criteria select; with `only` all others get the opposite.
    pub(super) fn mark(&self, criteria: &Criteria, is_enabled: bool, only: bool) {
        let mut state = self.write();
        let before = self.view(&state, None).generations();
        if only {
            state.marks.push(Criteria::all(), !is_enabled);
        }
        state.marks.push(criteria.clone(), is_enabled);
        state.made = Made::default();
        let after = self.view(&state, None).generations();
        self.touch(state);
        changed(before, after).for_each(|change| self.changes.tell(change));
    }

    /// Changes the marks of one session, and tells its client what has changed for it.
    ///
    /// # Errors
    /// The session keeps as many marks as it may.
    pub(crate) fn mark_session(
        &self,
        session: &Session,
        change: impl FnOnce() -> Result<(), TooManyMarks>,
    ) -> Result<(), TooManyMarks> {
        let generations = || self.look(session.marks().get().as_deref(), |view| view.generations());
        let before = generations();
        change()?;
        changed(before, generations()).for_each(|change| session.listener().tell(change));
        Ok(())
    }

    /// Whether the tag filters of the declaration let it through.
    fn passes(&self, added: &Added) -> bool {
        let Declaration { include_tags, exclude_tags, .. } = self.declaration;
        let has = |tag: &&str| added.tags.contains(*tag);
        (include_tags.is_empty() || include_tags.iter().any(has)) && !exclude_tags.iter().any(has)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends a change.
    fn touch(&self, mut state: RwLockWriteGuard<'_, State>) {
        state.made = Made::default();
        self.is_touched.store(true, Ordering::Release);
    }
}

impl State {
    /// Removes what has this id and, where one is given, this version. The place in lists of the last
    /// one that was removed; `None` where there is none.
    fn remove(
        &mut self,
        declaration: &'static Declaration,
        kind: ComponentKind,
        id: &str,
        version: Option<&str>,
    ) -> Option<u64> {
        let is_meant = |known: &str| version.is_none_or(|version| version == known);
        let mut place = None;
        let removed = self.removed.get_mut(kind as usize)?;
        for (index, described) in lists::find_all(declaration, kind, id) {
            if is_meant(described.version) && removed.insert(index) {
                place = Some(self.count);
            }
        }
        let groups = self.added.get_mut(kind as usize)?;
        if let Some(group) = groups.get_mut(id) {
            for removed in group.extract_if(.., |placed| is_meant(&placed.added.version)) {
                place = Some(removed.order);
            }
            if group.is_empty() {
                groups.remove(id);
            }
        }
        place
    }
}

/// What a component offers to clients.
fn offer_of(added: &Added) -> Offer {
    let is_completed = added.completers().is_some_and(|completers| !completers.is_empty());
    let has_tasks = match &added.body {
        Body::Tool(tool) => tool.task.support != TaskSupport::Never,
        _ => false,
    };
    let kind = added.kind();
    Offer {
        tools: kind == ComponentKind::Tool,
        resources: matches!(kind, ComponentKind::Resource | ComponentKind::Template),
        prompts: kind == ComponentKind::Prompt,
        completions: is_completed,
        tasks: has_tasks,
    }
}

const fn change_of(kind: ComponentKind) -> Change<'static> {
    match kind {
        ComponentKind::Tool => Change::Tools,
        ComponentKind::Resource | ComponentKind::Template => Change::Resources,
        ComponentKind::Prompt => Change::Prompts,
    }
}

/// What has changed between two states of the lists.
fn changed(before: [u64; 4], after: [u64; 4]) -> impl Iterator<Item = Change<'static>> {
    let each = ComponentKind::ALL.into_iter().zip(before.into_iter().zip(after));
    each.filter(|(_, (before, after))| before != after).map(|(kind, _)| change_of(kind))
}

/// The id that an entry of a list names.
fn id_of(kind: ComponentKind, entry: &str) -> Option<String> {
    let key = match kind {
        ComponentKind::Tool | ComponentKind::Prompt => "name",
        ComponentKind::Resource => "uri",
        ComponentKind::Template => "uriTemplate",
    };
    let entry: serde_json::Value = serde_json::from_str(entry).ok()?;
    entry.get(key)?.as_str().map(str::to_owned)
}

impl fmt::Debug for Catalog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_touched = self.is_touched();
        formatter.debug_struct("Catalog").field("is_touched", &is_touched).finish_non_exhaustive()
    }
}

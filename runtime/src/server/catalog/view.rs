//! What is there for one client: found by id and version, listed in order.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Listed, Placed, State};
use crate::components::Added;
use crate::declaration::Declaration;
use crate::protocol::error::ProtocolError;
use crate::server::lists::{self, List};
use crate::uri_template;
use crate::visibility::{ComponentKind, Described, Marks, version};

/// A component that was found.
#[derive(Clone, Debug)]
pub(in crate::server) enum Found {
    /// A declared one, by its place in its table.
    Declared(usize),
    /// One that was added.
    Added(Arc<Added>),
}

/// What is there for one client.
pub(in crate::server) struct View<'a> {
    pub(super) declaration: &'static Declaration,
    pub(super) declared: &'a [Listed; 4],
    pub(super) state: &'a State,
    /// The marks of the session.
    pub(super) session: Option<&'a Marks>,
}

/// One version of a component.
#[derive(Clone, Copy)]
enum Version<'a> {
    Declared(usize, Described<'static>),
    Added(&'a Placed),
}

impl<'a> Version<'a> {
    fn described(self) -> Described<'a> {
        match self {
            Self::Declared(_, described) => described,
            Self::Added(placed) => placed.added.described(),
        }
    }

    fn found(self) -> Found {
        match self {
            Self::Declared(index, _) => Found::Declared(index),
            Self::Added(placed) => Found::Added(Arc::clone(&placed.added)),
        }
    }

    fn is_served(self) -> bool {
        match self {
            Self::Declared(..) => true,
            Self::Added(placed) => placed.is_served,
        }
    }
}

impl<'a> View<'a> {
    /// All versions with this id, whoever sees them.
    pub(super) fn all<'i>(
        &self,
        kind: ComponentKind,
        id: &'i str,
    ) -> impl Iterator<Item = Described<'a>> + use<'a, 'i> {
        self.versions(kind, id).map(Version::described)
    }

    fn versions<'i>(
        &self,
        kind: ComponentKind,
        id: &'i str,
    ) -> impl Iterator<Item = Version<'a>> + use<'a, 'i> {
        let state: &'a State = self.state;
        let is_there = move |index: &usize| {
            state.removed.get(kind as usize).is_some_and(|it| !it.contains(index))
        };
        let declared =
            lists::find_all(self.declaration, kind, id).filter(move |(index, _)| is_there(index));
        let added = state.added.get(kind as usize).and_then(|groups| groups.get(id));
        declared
            .map(|(index, described)| Version::Declared(index, described))
            .chain(added.into_iter().flatten().map(Version::Added))
    }

    /// Those versions with this id that the client sees.
    fn visible(&self, kind: ComponentKind, id: &str) -> impl Iterator<Item = Version<'a>> {
        self.versions(kind, id).filter(|version| {
            let described = version.described();
            let session = self.session.and_then(|marks| marks.decide(&described));
            let word = session.or_else(|| self.state.marks.decide(&described));
            version.is_served() && word.unwrap_or(true)
        })
    }

    /// The highest version with this id, or the one that is wanted.
    fn best(&self, kind: ComponentKind, id: &str, wanted: Option<&str>) -> Option<Version<'a>> {
        self.visible(kind, id)
            .filter(|it| wanted.is_none_or(|wanted| it.described().version == wanted))
            .max_by(|left, right| {
                version::compare(left.described().version, right.described().version)
            })
    }

    /// The component with this id that the client gets.
    pub(in crate::server) fn find(
        &self,
        kind: ComponentKind,
        id: &str,
        wanted: Option<&str>,
    ) -> Option<Found> {
        self.best(kind, id, wanted).map(Version::found)
    }

    /// Whether something has this id, though the client may not see it or the tag filters drop it.
    pub(in crate::server) fn has(&self, kind: ComponentKind, id: &str) -> bool {
        self.versions(kind, id).next().is_some()
    }

    /// The first template that matches this URI and that the client sees.
    pub(in crate::server) fn find_template(
        &self,
        uri: &str,
        wanted: Option<&str>,
    ) -> Option<Found> {
        let kind = ComponentKind::Template;
        let matches = |id: &str| {
            let mut versions = self.versions(kind, id);
            versions.next().is_some_and(|version| match version {
                Version::Declared(index, _) => {
                    let template = self.declaration.templates.get(index);
                    template.is_some_and(|it| uri_template::matches(it.parts, uri).is_some())
                }
                Version::Added(placed) => placed.added.matches(uri),
            })
        };
        let mut ids = self.ids(kind).into_iter().filter(|id| matches(id));
        ids.find_map(|id| self.find(kind, id, wanted))
    }

    /// The ids of a list in order: what was declared, then what was added.
    fn ids(&self, kind: ComponentKind) -> Vec<&'a str> {
        let declared: Option<&'a Listed> = self.declared.get(kind as usize);
        let mut ids: Vec<&'a str> = declared.map(|it| it.ids.clone()).unwrap_or_default();
        let groups = self.state.added.get(kind as usize).into_iter().flatten();
        let mut added: Vec<(u64, &'a str)> = groups
            .filter(|(id, _)| lists::find(self.declaration, kind, id).is_none())
            .filter_map(|(id, group)| Some((group.iter().map(|it| it.order).min()?, &**id)))
            .collect();
        added.sort_unstable();
        ids.extend(added.into_iter().map(|(_, id)| id));
        ids
    }

    /// The ids of what the client sees.
    pub(in crate::server) fn visible_ids(&self, kind: ComponentKind) -> Vec<&'a str> {
        let ids = self.ids(kind).into_iter();
        ids.filter(|id| self.visible(kind, id).next().is_some()).collect()
    }

    /// The entries of a list in order, each as JSON text.
    pub(in crate::server) fn entries(
        &self,
        kind: ComponentKind,
        stateless: bool,
    ) -> Vec<Cow<'a, str>> {
        let ids = self.ids(kind);
        ids.into_iter().filter_map(|id| self.entry(kind, id, stateless)).collect()
    }

    fn entry(&self, kind: ComponentKind, id: &'a str, stateless: bool) -> Option<Cow<'a, str>> {
        let text: &'a str = match self.best(kind, id, None)? {
            Version::Declared(index, _) => {
                let entry = self.declared.get(kind as usize)?.entries.get(&index)?;
                if stateless { entry.modern } else { entry.legacy }
            }
            Version::Added(placed) => match &placed.added.legacy {
                Some(legacy) if !stateless => legacy,
                _ => &placed.added.entry,
            },
        };
        let mut versions: Vec<&str> =
            self.visible(kind, id).map(|version| version.described().version).collect();
        if versions.len() < 2 || !self.declaration.component_meta {
            return Some(Cow::Borrowed(text));
        }
        versions.sort_unstable_by(|left, right| version::compare(right, left));
        let mut entry: Value = serde_json::from_str(text).ok()?;
        entry["_meta"]["fastmcp"]["versions"] = json!(versions);
        Some(Cow::Owned(entry.to_string()))
    }

    /// The numbers of all lists for cursors, by kind.
    pub(in crate::server) fn generations(&self) -> [u64; 4] {
        ComponentKind::ALL.map(|kind| self.generation(kind))
    }

    fn generation(&self, kind: ComponentKind) -> u64 {
        let make = || lists::generation(kind, self.entries(kind, true).into_iter());
        match self.session {
            None => self.state.made.generation(kind, make),
            Some(_) => make(),
        }
    }

    /// The members of the result of a list method.
    ///
    /// # Errors
    /// The cursor was not given out for this list as it is.
    pub(in crate::server) fn members(
        &self,
        list: List,
        cursor: Option<&str>,
    ) -> Result<Bytes, ProtocolError> {
        let entries = || self.entries(list.kind, list.wire.stateless);
        if list.is_paged(cursor)? {
            let shown = entries();
            return list.page(cursor, self.generation(list.kind), shown.iter().map(|it| &**it));
        }
        let make = || list.whole(entries().iter().map(|it| &**it));
        Ok(match self.session {
            None => self.state.made.whole(list, make),
            Some(_) => make(),
        })
    }
}

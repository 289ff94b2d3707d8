//! The handle by which applications and handlers change the components of a server.

use std::fmt;
use std::sync::Arc;

use super::catalog::Catalog;
use crate::components::{Component, ComponentError};
use crate::lifecycle::changes::Change;
use crate::visibility::{ComponentKind, Criteria};

/// The components of a server at run time, from [`Server::components`](crate::Server::components) and
/// [`Context::components`](crate::Context::components). Cheap to clone.
///
/// What changes is told to clients: to those with a handshake, and to those that listen
/// (`subscriptions/listen`). Calls that run go on with what they began with.
///
/// A server without a component of some kind says to clients that it has none. Those that have shaken
/// hands before the first one is added may not ask again.
#[derive(Clone)]
pub struct Components {
    catalog: Arc<Catalog>,
}

impl Components {
    pub(crate) const fn new(catalog: Arc<Catalog>) -> Self {
        Self { catalog }
    }

    /// Adds a tool, a resource, a template or a prompt. Where there is one of the same kind, id and
    /// version, `on_duplicate` of the declaration says what becomes of them. One whose tags the
    /// declaration filters out (`include_tags`, `exclude_tags`) is taken and not served.
    ///
    /// # Errors
    /// It is not what clients accept, its schema is none, others of its name have versions and it has
    /// none or the reverse, or there is one already and `on_duplicate` is `error`.
    pub fn add(&self, component: impl Into<Component>) -> Result<(), ComponentError> {
        self.catalog.add(component.into())
    }

    /// Removes the component with this name, URI or template, in all of its versions, whether it was
    /// added or declared.
    ///
    /// # Errors
    /// There is none.
    pub fn remove(&self, kind: ComponentKind, id: &str) -> Result<(), ComponentError> {
        self.catalog.remove(kind, id, None)
    }

    /// Removes one version of a component.
    ///
    /// # Errors
    /// There is none of this version.
    pub fn remove_version(
        &self,
        kind: ComponentKind,
        id: &str,
        version: impl fmt::Display,
    ) -> Result<(), ComponentError> {
        self.catalog.remove(kind, id, Some(&version.to_string()))
    }

    /// Enables what the criteria select, also what is added later. Of several words on a component the
    /// latest counts; at first all are enabled.
    pub fn enable(&self, criteria: &Criteria) {
        self.catalog.mark(criteria, true, false);
    }

    /// Enables what the criteria select, and disables everything else.
    pub fn enable_only(&self, criteria: &Criteria) {
        self.catalog.mark(criteria, true, true);
    }

    /// Disables what the criteria select, also what is added later. A disabled component is in no list,
    /// and using it is using one that does not exist.
    pub fn disable(&self, criteria: &Criteria) {
        self.catalog.mark(criteria, false, false);
    }

    /// Tells clients that the list of tools has changed, for a reason that the server does not know.
    pub fn tools_changed(&self) {
        self.catalog.changes().tell(Change::Tools);
    }

    /// Tells clients that the list of prompts has changed, for a reason that the server does not know.
    pub fn prompts_changed(&self) {
        self.catalog.changes().tell(Change::Prompts);
    }

    /// Tells clients that the lists of resources and templates have changed, for a reason that the
    /// server does not know.
    pub fn resources_changed(&self) {
        self.catalog.changes().tell(Change::Resources);
    }

    /// Tells clients that have subscribed to it that the contents of this resource have changed.
    pub fn resource_updated(&self, uri: &str) {
        self.catalog.changes().tell(Change::Updated(uri));
    }
}

impl fmt::Debug for Components {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Components").finish_non_exhaustive()
    }
}

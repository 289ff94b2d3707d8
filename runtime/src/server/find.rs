//! From what a request names to the component that answers it.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::context::Context;
use crate::lifecycle::legacy::Session;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::{Wire, envelope};
use crate::server::Core;
use crate::server::catalog::Found;
use crate::server::dispatch::Admitted;
use crate::server::lists::{self, List, entries, suggestion};
use crate::uri_template;
use crate::visibility::{ComponentKind, Marks};

/// What decides which components a request gets.
#[derive(Debug, Default)]
pub(super) struct Seen<'a> {
    /// What was enabled and disabled for its session.
    marks: Option<Arc<Marks>>,
    /// The version that it asks for.
    wanted: Option<Cow<'a, str>>,
}

impl<'a> Admitted<'a> {
    /// What decides which components the request gets.
    ///
    /// # Errors
    /// It asks for a version that is none.
    pub(super) fn seen(&self) -> Result<Seen<'a>, ProtocolError> {
        let marks = marks(self.session.as_deref());
        let wanted = self.params.meta.as_ref().and_then(|meta| meta.fastmcp);
        Ok(Seen { marks, wanted: wanted.map(wanted_version).transpose()?.flatten() })
    }
}

impl Seen<'_> {
    /// What decides which components the handler of a call gets.
    pub(super) fn by(context: &Context) -> Self {
        Self { marks: marks(context.session().map(AsRef::as_ref)), wanted: None }
    }
}

fn marks(session: Option<&Session>) -> Option<Arc<Marks>> {
    session.and_then(|session| session.marks().get())
}

/// `version` of `fastmcp` in the `_meta` of a request.
fn wanted_version(raw: &RawValue) -> Result<Option<Cow<'_, str>>, ProtocolError> {
    #[derive(Deserialize)]
    struct Wanted<'a> {
        #[serde(borrow, default)]
        version: Option<&'a RawValue>,
    }
    // Whatever else stands there is for others.
    let wanted = serde_json::from_str::<Wanted<'_>>(raw.get()).ok();
    let Some(version) = wanted.and_then(|wanted| wanted.version) else { return Ok(None) };
    let text = version.get();
    match text.as_bytes().first() {
        Some(b'0'..=b'9') => Ok(Some(Cow::Borrowed(text))),
        _ => envelope::string(version).map(Some).ok_or_else(|| {
            ProtocolError::new(
                ErrorKind::InvalidParams,
                "Invalid params: `_meta.fastmcp.version` is not a string",
            )
        }),
    }
}

impl Core {
    /// Whether the request gets what was declared, as nearly all do.
    fn is_plain(&self, seen: &Seen<'_>) -> bool {
        seen.marks.is_none() && seen.wanted.is_none() && !self.catalog.is_touched()
    }

    /// The component with this id.
    pub(super) fn find(&self, kind: ComponentKind, id: &str, seen: &Seen<'_>) -> Option<Found> {
        if self.is_plain(seen) {
            return lists::find(self.declaration, kind, id).map(Found::Declared);
        }
        let wanted = seen.wanted.as_deref();
        self.catalog.look(seen.marks.as_deref(), |view| view.find(kind, id, wanted))
    }

    /// The id of a declared component.
    pub(super) fn declared_id(&self, kind: ComponentKind, index: usize) -> &'static str {
        lists::described(self.declaration, kind, index).map_or("", |described| described.id)
    }

    /// The template that this URI matches: of several the first.
    pub(super) fn find_template(&self, uri: &str, seen: &Seen<'_>) -> Option<Found> {
        if self.is_plain(seen) {
            let mut templates = self.declaration.templates.iter();
            let found = templates.position(|it| uri_template::matches(it.parts, uri).is_some());
            return found.map(Found::Declared);
        }
        let wanted = seen.wanted.as_deref();
        self.catalog.look(seen.marks.as_deref(), |view| view.find_template(uri, wanted))
    }

    /// The resource with this URI, else the template that it matches. No template answers for a resource
    /// that is left out, filtered or disabled.
    pub(super) fn find_resource(
        &self,
        uri: &str,
        seen: &Seen<'_>,
    ) -> Option<(ComponentKind, Found)> {
        if uri.len() > uri_template::MAX_URI {
            return None;
        }
        let kind = ComponentKind::Resource;
        if let Some(found) = self.find(kind, uri, seen) {
            return Some((kind, found));
        }
        let is_hidden = lists::is_hidden(self.declaration, uri)
            || (!self.is_plain(seen) && self.catalog.look(None, |view| view.has(kind, uri)));
        if is_hidden {
            return None;
        }
        Some((ComponentKind::Template, self.find_template(uri, seen)?))
    }

    /// The refusal of an id that nothing has, with the nearest one that the client sees.
    pub(super) fn unknown(&self, kind: ComponentKind, id: &str, seen: &Seen<'_>) -> ProtocolError {
        let what = match kind {
            ComponentKind::Tool => "tool",
            ComponentKind::Resource => "resource",
            ComponentKind::Template => "resource template",
            ComponentKind::Prompt => "prompt",
        };
        let shown: String = id.chars().take(128).collect();
        let message = self.catalog.look(seen.marks.as_deref(), |view| {
            match suggestion(view.visible_ids(kind).into_iter(), id) {
                // It has this id, and not the version that is wanted.
                Some(near) if near == id => {
                    let wanted = seen.wanted.as_deref().unwrap_or_default();
                    let wanted: String = wanted.chars().take(128).collect();
                    format!("Unknown {what}: '{shown}' has no version '{wanted}'")
                }
                Some(near) => format!("Unknown {what}: '{shown}'; did you mean '{near}'?"),
                None => format!("Unknown {what}: '{shown}'"),
            }
        });
        ProtocolError::new(ErrorKind::InvalidParams, message)
    }

    /// The members of the result of a list method.
    ///
    /// # Errors
    /// The cursor was not given out for this list as it is.
    pub(super) fn list(
        &self,
        kind: ComponentKind,
        wire: Wire,
        cursor: Option<&str>,
        session: Option<&Session>,
    ) -> Result<Bytes, ProtocolError> {
        let list = List { declaration: self.declaration, kind, wire };
        let seen = Seen { marks: marks(session), wanted: None };
        if self.is_plain(&seen) {
            return self.lists.declared(list, cursor);
        }
        self.catalog.look(seen.marks.as_deref(), |view| view.members(list, cursor))
    }

    /// The entries of a list as the client of a call sees them, each as JSON text.
    pub(crate) fn entries(&self, kind: ComponentKind, context: &Context) -> Vec<Cow<'static, str>> {
        let (seen, stateless) = (Seen::by(context), context.version().is_stateless());
        if self.is_plain(&seen) {
            return entries(self.declaration, kind, stateless).map(Cow::Borrowed).collect();
        }
        self.catalog.look(seen.marks.as_deref(), |view| {
            let entries = view.entries(kind, stateless);
            entries.into_iter().map(|entry| Cow::Owned(entry.into_owned())).collect()
        })
    }
}

//! The declared components of a server: found by name, listed per wire and page.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use bytes::Bytes;

use crate::declaration::{Declaration, Listing, Module};
use crate::protocol::cursor::Cursor;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::{Wire, response};
use crate::visibility::{ComponentKind, Described, Tags};

/// Names up to this length are compared for a suggestion; longer ones are no typing mistake.
const LONGEST_SUGGESTED: usize = 128;

/// Index of the tool with this name.
pub(super) fn find_tool(declaration: &Declaration, name: &str) -> Option<usize> {
    declaration.tools.binary_search_by(|tool| tool.name().as_bytes().cmp(name.as_bytes())).ok()
}

/// Index of the resource with this URI.
pub(super) fn find_resource(declaration: &Declaration, uri: &str) -> Option<usize> {
    declaration.resources.binary_search_by(|known| known.uri.as_bytes().cmp(uri.as_bytes())).ok()
}

/// Whether a resource with this URI was declared and is left out.
pub(super) fn is_hidden(declaration: &Declaration, uri: &str) -> bool {
    declaration.hidden.binary_search(&uri).is_ok()
}

/// Index of the template with this text.
pub(super) fn find_template(declaration: &Declaration, uri_template: &str) -> Option<usize> {
    declaration.templates.iter().position(|known| known.uri_template == uri_template)
}

/// Index of the prompt with this name.
pub(super) fn find_prompt(declaration: &Declaration, name: &str) -> Option<usize> {
    declaration.prompts.binary_search_by(|known| known.name.as_bytes().cmp(name.as_bytes())).ok()
}

/// Index of the component with this id: a name, a URI, or the text of a template.
pub(super) fn find(declaration: &Declaration, kind: ComponentKind, id: &str) -> Option<usize> {
    match kind {
        ComponentKind::Tool => find_tool(declaration, id),
        ComponentKind::Resource => find_resource(declaration, id),
        ComponentKind::Template => find_template(declaration, id),
        ComponentKind::Prompt => find_prompt(declaration, id),
    }
}

/// All versions of the component with this id, in the order of their table.
pub(super) fn find_all<'a>(
    declaration: &'static Declaration,
    kind: ComponentKind,
    id: &'a str,
) -> impl Iterator<Item = (usize, Described<'static>)> + use<'a> {
    let id_before = |known: &str| known.as_bytes() < id.as_bytes();
    let (start, is_sorted) = match kind {
        ComponentKind::Tool => (declaration.tools.partition_point(|it| id_before(it.name())), true),
        ComponentKind::Resource => {
            (declaration.resources.partition_point(|it| id_before(it.uri)), true)
        }
        ComponentKind::Prompt => {
            (declaration.prompts.partition_point(|it| id_before(it.name)), true)
        }
        // They are in the order in which they are tried.
        ComponentKind::Template => (0, false),
    };
    (start..)
        .map_while(move |index| Some((index, described(declaration, kind, index)?)))
        .take_while(move |(_, described)| !is_sorted || described.id == id)
        .filter(move |(_, described)| described.id == id)
}

/// Index of the component with this id and this version.
pub(super) fn find_version(
    declaration: &'static Declaration,
    kind: ComponentKind,
    id: &str,
    version: &str,
) -> Option<usize> {
    let mut versions = find_all(declaration, kind, id);
    versions.find(|(_, described)| described.version == version).map(|(index, _)| index)
}

/// Whether a component was declared in several versions.
pub(super) fn has_versions(declaration: &'static Declaration) -> bool {
    let has_several = |kind| {
        let all = (0..).map_while(move |index| described(declaration, kind, index));
        let mut versioned = all.filter(|described| !described.version.is_empty());
        versioned.any(|described| find_all(declaration, kind, described.id).nth(1).is_some())
    };
    ComponentKind::ALL.into_iter().any(has_several)
}

/// What the component at this place of its table is selected by.
pub(super) fn described(
    declaration: &'static Declaration,
    kind: ComponentKind,
    index: usize,
) -> Option<Described<'static>> {
    let (id, name, version, tags) = match kind {
        ComponentKind::Tool => {
            let tool = declaration.tools.get(index)?;
            (tool.name(), tool.name(), tool.version(), tool.tags())
        }
        ComponentKind::Resource => {
            let it = declaration.resources.get(index)?;
            (it.uri, it.name, it.version, it.tags)
        }
        ComponentKind::Template => {
            let it = declaration.templates.get(index)?;
            (it.uri_template, it.name, it.version, it.tags)
        }
        ComponentKind::Prompt => {
            let it = declaration.prompts.get(index)?;
            (it.name, it.name, it.version, it.tags)
        }
    };
    Some(Described { kind, id, name, version, tags: Tags::Declared(tags) })
}

/// The name that is nearest to `name`, where one is near.
pub(super) fn suggestion<'a>(names: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    if name.len() > LONGEST_SUGGESTED {
        return None;
    }
    names
        .map(|known| (strsim::jaro_winkler(known, name), known))
        .filter(|(similarity, _)| *similarity > 0.85)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known)
}

/// The member of a list result that holds the entries.
const fn key(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Tool => "tools",
        ComponentKind::Resource => "resources",
        ComponentKind::Template => "resourceTemplates",
        ComponentKind::Prompt => "prompts",
    }
}

const fn listing(kind: ComponentKind, module: &Module) -> Listing {
    match kind {
        ComponentKind::Tool => module.tools,
        ComponentKind::Resource => module.resources,
        ComponentKind::Template => module.templates,
        ComponentKind::Prompt => module.prompts,
    }
}

/// The entries of a list in order, each as JSON text.
pub(crate) fn entries(
    declaration: &'static Declaration,
    kind: ComponentKind,
    stateless: bool,
) -> impl Iterator<Item = &'static str> {
    declaration.modules.iter().flat_map(move |module| {
        let listing = listing(kind, module);
        let mut legacy = if stateless { "" } else { listing.legacy }.split('\n');
        listing.entries.lines().filter(|line| !line.is_empty()).map(move |line| {
            match legacy.next() {
                Some(other) if !other.trim_end().is_empty() => other.trim_end(),
                _ => line,
            }
        })
    })
}

/// A number that changes with what a list shows. A cursor of another kind of list, or of another state
/// of this one, names nothing in it.
pub(super) fn generation<'a>(
    kind: ComponentKind,
    entries: impl Iterator<Item = impl AsRef<str> + 'a>,
) -> u64 {
    let mut hasher = DefaultHasher::new();
    kind.as_str().hash(&mut hasher);
    for entry in entries {
        entry.as_ref().hash(&mut hasher);
    }
    hasher.finish()
}

/// A list on some wire.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    pub(super) declaration: &'static Declaration,
    pub(super) kind: ComponentKind,
    pub(super) wire: Wire,
}

impl List {
    /// The members of the result: these entries, and where the next page begins.
    fn members<'a>(&self, entries: impl Iterator<Item = &'a str>, next: Option<&str>) -> Bytes {
        let Declaration { cache, info, .. } = *self.declaration;
        response::list_members(key(self.kind), entries, next, self.wire, cache, info).freeze()
    }

    /// The members of the result that has all entries.
    pub(super) fn whole<'a>(&self, entries: impl Iterator<Item = &'a str>) -> Bytes {
        self.members(entries, None)
    }

    /// The members of the result that has the page after this cursor, the first one without.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParams`] for a cursor that was not given out for this list as it is.
    pub(super) fn page<'a>(
        &self,
        cursor: Option<&str>,
        generation: u64,
        entries: impl Iterator<Item = &'a str>,
    ) -> Result<Bytes, ProtocolError> {
        let start = match cursor {
            None => 0,
            Some(cursor) => match Cursor::decode(cursor) {
                Some(cursor) if cursor.generation == generation => cursor.offset,
                _ => {
                    return Err(ProtocolError::new(
                        ErrorKind::InvalidParams,
                        "Invalid params: unknown cursor; begin again without one",
                    ));
                }
            },
        };
        let mut rest = entries.skip(usize::try_from(start).unwrap_or(usize::MAX));
        let page: Vec<&str> = rest.by_ref().take(self.declaration.list_page_size).collect();
        let offset = start.saturating_add(u64::try_from(page.len()).unwrap_or(u64::MAX));
        let next = rest.next().map(|_| Cursor { offset, generation }.encode());
        Ok(self.members(page.into_iter(), next.as_deref()))
    }

    /// Whether the list comes in pages.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParams`] for a cursor where it does not.
    pub(super) fn is_paged(&self, cursor: Option<&str>) -> Result<bool, ProtocolError> {
        match (self.declaration.list_page_size, cursor) {
            (0, Some(_)) => Err(ProtocolError::new(
                ErrorKind::InvalidParams,
                "Invalid params: unknown cursor; the list has one page, ask for it without a cursor",
            )),
            (size, _) => Ok(size > 0),
        }
    }
}

/// What was made of the lists so far, by kind: whole results by wire, and numbers for cursors.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    whole: [[OnceLock<Bytes>; 2]; 4],
    generations: [OnceLock<u64>; 4],
}

impl Made {
    /// The members of the result that has all entries, made by `make` where they are not there yet.
    pub(super) fn whole(&self, list: List, make: impl FnOnce() -> Bytes) -> Bytes {
        let row = self.whole.get(list.kind as usize);
        match row.and_then(|row| row.get(usize::from(list.wire.stateless))) {
            Some(cell) => cell.get_or_init(make).clone(),
            None => make(),
        }
    }

    /// The number of the list for cursors, made by `make` where it is not there yet.
    pub(super) fn generation(&self, kind: ComponentKind, make: impl FnOnce() -> u64) -> u64 {
        match self.generations.get(kind as usize) {
            Some(cell) => *cell.get_or_init(make),
            None => make(),
        }
    }

    /// The members of the result of a list method that shows what was declared.
    ///
    /// # Errors
    /// Those of [`List::page`].
    pub(super) fn declared(
        &self,
        list: List,
        cursor: Option<&str>,
    ) -> Result<Bytes, ProtocolError> {
        let shown = || entries(list.declaration, list.kind, list.wire.stateless);
        if !list.is_paged(cursor)? {
            return Ok(self.whole(list, || list.whole(shown())));
        }
        let number = self.generation(list.kind, || {
            generation(list.kind, entries(list.declaration, list.kind, true))
        });
        list.page(cursor, number, shown())
    }
}

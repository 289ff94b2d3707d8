//! The components of a server: found by name, listed per wire and page.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use bytes::Bytes;

use crate::declaration::{Declaration, Listing, Module};
use crate::protocol::cursor::Cursor;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::{Wire, response};

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

/// Index of the prompt with this name.
pub(super) fn find_prompt(declaration: &Declaration, name: &str) -> Option<usize> {
    declaration.prompts.binary_search_by(|known| known.name.as_bytes().cmp(name.as_bytes())).ok()
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

/// The kinds of lists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ListKind {
    /// `tools/list`
    Tools,
    /// `resources/list`
    Resources,
    /// `resources/templates/list`
    Templates,
    /// `prompts/list`
    Prompts,
}

impl ListKind {
    /// All kinds.
    pub(crate) const ALL: [Self; 4] =
        [Self::Tools, Self::Resources, Self::Templates, Self::Prompts];

    /// The member of the result that holds the entries.
    const fn key(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Resources => "resources",
            Self::Templates => "resourceTemplates",
            Self::Prompts => "prompts",
        }
    }

    const fn listing(self, module: &Module) -> Listing {
        match self {
            Self::Tools => module.tools,
            Self::Resources => module.resources,
            Self::Templates => module.templates,
            Self::Prompts => module.prompts,
        }
    }
}

/// The entries of a list in order, each as JSON text.
pub(crate) fn entries(
    declaration: &'static Declaration,
    kind: ListKind,
    stateless: bool,
) -> impl Iterator<Item = &'static str> {
    declaration.modules.iter().flat_map(move |module| {
        let listing = kind.listing(module);
        let mut legacy = if stateless { "" } else { listing.legacy }.split('\n');
        listing.entries.lines().filter(|line| !line.is_empty()).map(move |line| {
            match legacy.next() {
                Some(other) if !other.trim_end().is_empty() => other.trim_end(),
                _ => line,
            }
        })
    })
}

/// The members of the list results, joined when they are first asked for.
#[derive(Debug, Default)]
pub(super) struct Lists {
    whole: [[OnceLock<Bytes>; 2]; 4],
    generation: OnceLock<u64>,
}

impl Lists {
    /// The members of the result of a list method: the whole list, or the page that the cursor names.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParams`] for a cursor that was not given out for this list.
    pub(super) fn members(
        &self,
        declaration: &'static Declaration,
        kind: ListKind,
        wire: Wire,
        cursor: Option<&str>,
    ) -> Result<Bytes, ProtocolError> {
        let size = declaration.list_page_size;
        if size > 0 {
            return self.page(declaration, kind, wire, cursor, size);
        }
        if cursor.is_some() {
            return Err(ProtocolError::new(
                ErrorKind::InvalidParams,
                "Invalid params: unknown cursor; the list has one page, ask for it without a cursor",
            ));
        }
        let cell =
            self.whole.get(kind as usize).and_then(|row| row.get(usize::from(wire.stateless)));
        let join = || {
            let entries = entries(declaration, kind, wire.stateless);
            response::list_members(
                kind.key(),
                entries,
                None,
                wire,
                declaration.cache,
                declaration.info,
            )
            .freeze()
        };
        Ok(cell.map_or_else(join, |cell| cell.get_or_init(join).clone()))
    }

    fn page(
        &self,
        declaration: &'static Declaration,
        kind: ListKind,
        wire: Wire,
        cursor: Option<&str>,
        size: usize,
    ) -> Result<Bytes, ProtocolError> {
        // A cursor of another kind of list, or of another version of the server, names nothing here.
        let generation = self.generation(declaration).wrapping_add(kind as u64);
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
        let skipped = usize::try_from(start).unwrap_or(usize::MAX);
        let mut rest = entries(declaration, kind, wire.stateless).skip(skipped);
        let page: Vec<&str> = rest.by_ref().take(size).collect();
        let offset = start.saturating_add(u64::try_from(page.len()).unwrap_or(u64::MAX));
        let next = rest.next().map(|_| Cursor { offset, generation }.encode());
        let page = page.into_iter();
        let (cache, info) = (declaration.cache, declaration.info);
        let members = response::list_members(kind.key(), page, next.as_deref(), wire, cache, info);
        Ok(members.freeze())
    }

    /// A number that changes with what is listed.
    fn generation(&self, declaration: &'static Declaration) -> u64 {
        *self.generation.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            for kind in ListKind::ALL {
                for entry in entries(declaration, kind, true) {
                    entry.hash(&mut hasher);
                }
            }
            hasher.finish()
        })
    }
}

//! The tools of a server: found by name, listed per wire.

use std::sync::OnceLock;

use bytes::Bytes;

use crate::declaration::{Declaration, Tool};
use crate::handler::Handler;
use crate::protocol::{Wire, response};

/// Names up to this length are compared for a suggestion; longer ones are no typing mistake.
const LONGEST_SUGGESTED: usize = 128;

/// Index of the tool with this name.
pub(super) fn find(declaration: &Declaration, name: &str) -> Option<usize> {
    declaration.tools.binary_search_by(|tool| tool.name().as_bytes().cmp(name.as_bytes())).ok()
}

/// The tool whose name is nearest to `name`, where one is near.
pub(super) fn suggestion(declaration: &Declaration, name: &str) -> Option<&'static str> {
    if name.len() > LONGEST_SUGGESTED {
        return None;
    }
    declaration
        .tools
        .iter()
        .map(|tool| (strsim::jaro_winkler(tool.name(), name), tool.name()))
        .filter(|(similarity, _)| *similarity > 0.85)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name)
}

/// The names of declared tools without a handler.
pub(super) fn unhandled(
    declaration: &Declaration,
    handlers: &[Option<Handler>],
) -> Vec<&'static str> {
    declaration
        .tools
        .iter()
        .zip(handlers)
        .filter(|(tool, handler)| matches!(tool, Tool::Declared(_)) && handler.is_none())
        .map(|(tool, _)| tool.name())
        .collect()
}

/// The entries of `tools/list` in order, each as JSON text.
pub(crate) fn entries(
    declaration: &'static Declaration,
    stateless: bool,
) -> impl Iterator<Item = &'static str> {
    declaration.modules.iter().flat_map(move |module| {
        let mut legacy = if stateless { "" } else { module.tools.legacy }.split('\n');
        module.tools.entries.lines().filter(|line| !line.is_empty()).map(move |line| {
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
    stateless: OnceLock<Bytes>,
    legacy: OnceLock<Bytes>,
}

impl Lists {
    /// The members of the result of `tools/list`.
    pub(super) fn tools(&self, declaration: &'static Declaration, wire: Wire) -> &Bytes {
        let cell = if wire.stateless { &self.stateless } else { &self.legacy };
        cell.get_or_init(|| {
            let entries = entries(declaration, wire.stateless);
            response::list_members("tools", entries, wire, declaration.info).freeze()
        })
    }
}

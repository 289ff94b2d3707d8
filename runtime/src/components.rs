//! Components that come and go while a server runs, beside those that were declared.
//!
//! What is added is written by hand: [`Tool`], [`Resource`], [`Template`] and [`Prompt`] say about a
//! component what `mcp.toml` says about a declared one, and hold its handler.
//! [`Components`](crate::Components) adds them, and enables and disables any component by
//! [`Criteria`]; it comes from [`Server::components`](crate::Server::components) and
//! [`Context::components`](crate::Context::components). See `docs/components-at-run-time.md`.

mod about;
mod added;
mod completer;
mod error;
#[cfg(feature = "schema")]
mod header;
mod inject;
mod prompt;
mod resource;
mod template;
#[cfg(feature = "schema")]
mod tool;

use std::fmt;

pub(crate) use self::about::key;
pub use self::about::{Icon, Theme};
pub(crate) use self::added::{Added, AddedTool, Body, check_prompt};
pub use self::error::ComponentError;
pub use self::inject::Inject;
pub(crate) use self::inject::{Injections, Wanted, merge};
pub use self::prompt::Prompt;
pub use self::resource::Resource;
pub use self::template::Template;
#[cfg(feature = "schema")]
pub use self::tool::Tool;
pub use crate::visibility::{ComponentKind, Criteria};

/// The guide, so that its examples are compiled.
#[cfg(all(doctest, feature = "schema"))]
#[doc = include_str!("../../docs/components-at-run-time.md")]
mod guide {}

/// A component of any kind, to be added to a server.
pub struct Component {
    build: Box<dyn FnOnce(bool) -> Result<Added, ComponentError> + Send>,
}

impl Component {
    fn new(build: impl FnOnce(bool) -> Result<Added, ComponentError> + Send + 'static) -> Self {
        Self { build: Box::new(build) }
    }

    /// Checks the component and writes its entry in lists; `says_meta`: with tags and version.
    pub(crate) fn build(self, says_meta: bool) -> Result<Added, ComponentError> {
        (self.build)(says_meta)
    }
}

impl fmt::Debug for Component {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Component").finish_non_exhaustive()
    }
}

//! Why a component cannot be added or removed.

use std::error::Error;
use std::fmt;

use crate::result::HandlerError;
use crate::visibility::ComponentKind;

/// Why a component cannot be added or removed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ComponentError {
    /// Its name, URI or template is none that clients accept.
    Id {
        /// What kind of component it is.
        kind: ComponentKind,
        /// The name, URI or template.
        id: String,
        /// What is wrong with it, as the end of a sentence.
        why: String,
    },
    /// Its version is empty or has an `@`.
    Version(String),
    /// A schema is none, or not that of an object where it has to be.
    Schema {
        /// The name of the tool.
        tool: String,
        /// Which schema: `input_schema` or `output_schema`.
        which: &'static str,
        /// What is wrong with it, as the end of a sentence.
        why: String,
    },
    /// Something else about it cannot be what it is: an icon, an argument.
    Part {
        /// Its key.
        key: String,
        /// What is wrong with it, as the end of a sentence.
        why: String,
    },
    /// There is one of this key, and `on_duplicate` is `error`.
    Duplicate(String),
    /// The others of its name have versions and it has none, or the other way round.
    Mixed(String),
    /// There is none of this key.
    Unknown(String),
}

impl fmt::Display for ComponentError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id { kind, id, why } => write!(formatter, "the {kind} `{id}` {why}"),
            Self::Version(version) => write!(
                formatter,
                "`{version}` is not a version: it is a text without `@`, and not empty"
            ),
            Self::Schema { tool, which, why } => {
                write!(formatter, "the {which} of the tool `{tool}` {why}")
            }
            Self::Part { key, why } => write!(formatter, "`{key}` {why}"),
            Self::Duplicate(key) => write!(
                formatter,
                "there is `{key}` already, and `on_duplicate` says that this is an error"
            ),
            Self::Mixed(key) => write!(
                formatter,
                "`{key}` has the name of others that differ in having a version: either all of one \
                 name have one, or there is one without"
            ),
            Self::Unknown(key) => write!(formatter, "there is no `{key}`"),
        }
    }
}

impl Error for ComponentError {}

/// A handler that cannot add what it wants to has failed for a reason of its own.
impl From<ComponentError> for HandlerError {
    fn from(error: ComponentError) -> Self {
        Self::internal("the components of the server cannot be changed").with_source(error)
    }
}

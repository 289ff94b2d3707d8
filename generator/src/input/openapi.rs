//! OpenAPI documents as they are written, everything but their schemas.
//!
//! Each fragment (an operation, a parameter, a response, …) is read on its own, field by field, so
//! that a fault costs one field. Fields of all versions are read whatever the version line says.
//! Schemas stay nodes of the tree for the next stage.
//!
//! A mapping or a list may be a `$ref` wherever it stands, also where OpenAPI does not foresee one:
//! [`entries`] and [`list`] follow it.

mod bundle;
mod document;
mod fields;
mod notes;
mod operation;
mod overlay;
mod parameter;
mod reader;
mod reference;
mod security;

pub use bundle::{Bundle, is_absolute, locate, may_refer_to_files, references, visit};
pub use document::{Document, Info, Server, ServerVariable, Tag};
pub use fields::{Field, entries, list};
pub use notes::{Fault, Note, Notes, pointer_to};
pub use operation::{Operation, PathItem, is_method};
pub use parameter::{Content, Encoding, MediaType, Parameter, RequestBody, Response};
pub use reader::Reader;
pub use reference::{Followed, Resolver, merged, reference_of, target_name};
pub use security::{Requirement, SecurityScheme};

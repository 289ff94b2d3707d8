//! OpenAPI documents as they are written, everything but their schemas.
//!
//! Each fragment (an operation, a parameter, a response, …) is read on its own, field by field, so
//! that a fault costs one field. Fields of all versions are read whatever the version line says.
//! References and schemas stay nodes of the tree; the next stage follows them.

mod bundle;
mod document;
mod fields;
mod notes;
mod operation;
mod overlay;
mod parameter;
mod security;

pub use bundle::{Bundle, is_absolute, locate, may_refer_to_files, references, visit};
pub use document::{Document, Info, Server, ServerVariable, Tag};
pub use fields::{Field, entries, list};
pub use notes::{Fault, Note, Notes, pointer_to};
pub use operation::{Operation, PathItem, is_method};
pub use parameter::{Content, Encoding, MediaType, Parameter, RequestBody, Response};
pub use security::{Requirement, SecurityScheme};

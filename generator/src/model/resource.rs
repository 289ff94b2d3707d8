//! Resources declared in TOML, and templates of them.

use super::{About, ArgumentType, Cache, Capability, DeclaredArgument};
use crate::source::Span;

/// A `[[resource]]`.
#[derive(Clone, Debug)]
pub struct DeclaredResource {
    /// What lists say about it.
    pub about: About,
    /// Its URI, or the template of it.
    pub uri: String,
    /// Where the URI stands.
    pub uri_span: Span,
    /// The template in pieces; without variables: one text.
    pub parts: Vec<UriPart>,
    /// Media type of its contents.
    pub mime_type: Option<String>,
    /// Where its contents come from.
    pub source: ResourceSource,
    /// Its arguments: the variables in the order of the URI, then whatever has a default.
    pub arguments: Vec<DeclaredArgument>,
    /// The type of its contents; `None`: the handler gives a whole result.
    pub returns: Option<ArgumentType>,
    /// Who it is for, and how important it is.
    pub annotations: ResourceAnnotations,
    /// Seconds for reading it.
    pub timeout: Option<f64>,
    /// What a client must offer.
    pub requires: Vec<Capability>,
    /// The handler blocks its thread.
    pub blocking: bool,
    /// How long clients may keep its contents.
    pub cache: Option<Cache>,
    /// What its variables must not be, where that is not as for all.
    pub security: Option<ResourceSecurity>,
}

impl DeclaredResource {
    /// Whether its URI has variables.
    #[must_use]
    pub fn is_template(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part, UriPart::Literal(_)))
    }
}

/// Where the contents of a resource come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ResourceSource {
    /// A hand-written handler.
    Handler,
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A file, by its path, `${NAME}` allowed.
    File(String),
    /// A folder.
    Folder(Folder),
    /// What the upstream of this name answers to GET.
    Http(String),
}

/// A folder of the machine that the server runs on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Folder {
    /// Its path, `${NAME}` allowed.
    pub path: String,
    /// What the names of its files match; empty: all.
    pub pattern: String,
    /// Whether folders in it count too.
    pub recursive: bool,
}

/// What the variables of URIs must not be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ResourceSecurity {
    /// No `..` that climbs.
    pub reject_path_traversal: bool,
    /// No absolute path.
    pub reject_absolute_paths: bool,
    /// No NUL.
    pub reject_null_bytes: bool,
    /// The variables that may be anything.
    pub exempt_params: Vec<String>,
}

impl Default for ResourceSecurity {
    fn default() -> Self {
        Self {
            reject_path_traversal: true,
            reject_absolute_paths: true,
            reject_null_bytes: true,
            exempt_params: Vec::new(),
        }
    }
}

/// A piece of a URI template, with the names of arguments.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UriPart {
    /// Text.
    Literal(String),
    /// `{name}`
    Segment(String),
    /// `{name*}`
    Rest(String),
    /// `{?a,b}`: names on the wire and of the arguments.
    Query(Vec<(String, String)>),
    /// `{?list*}`: name on the wire and of the argument.
    Each(String, String),
}

/// Annotations of a resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResourceAnnotations {
    /// `user`, `assistant`
    pub audience: Vec<String>,
    /// From 0 to 1.
    pub priority: Option<serde_json::Number>,
    /// ISO 8601.
    pub last_modified: Option<String>,
    /// Reading it changes nothing.
    pub read_only: Option<bool>,
    /// Reading it twice is as good as once.
    pub idempotent: Option<bool>,
}

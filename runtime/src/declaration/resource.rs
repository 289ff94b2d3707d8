//! Resources and resource templates.

use std::time::Duration;

use super::{Cache, Capability, Completer, Injection, Route};
use crate::operation::{Argument, Operation, Setting};

/// A resource without variables.
#[derive(Debug)]
pub struct Resource {
    /// Its URI.
    pub uri: &'static str,
    /// Name of the resource.
    pub name: &'static str,
    /// Media type of its contents; empty: that of the source.
    pub mime_type: &'static str,
    /// Where its contents come from.
    pub source: Source,
    /// What a client must offer for it to be read.
    pub requires: &'static [Capability],
    /// Time for reading it, instead of [`Limits::tool_time`](super::Limits::tool_time).
    pub timeout: Option<Duration>,
    /// How long clients may keep its contents, instead of [`Declaration::cache`].
    ///
    /// [`Declaration::cache`]: super::Declaration::cache
    pub cache: Option<Cache>,
    /// Its tags.
    pub tags: &'static [&'static str],
    /// Its version; empty: none.
    pub version: &'static str,
}

impl Resource {
    /// A resource that a handler reads.
    pub const DEFAULT: Self = Self {
        uri: "",
        name: "",
        mime_type: "",
        source: Source::Handler,
        requires: &[],
        timeout: None,
        cache: None,
        tags: &[],
        version: "",
    };
}

/// Where the contents of a resource come from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// A hand-written handler.
    Handler,
    /// A text that is part of the program.
    Text(&'static str),
    /// Bytes that are part of the program.
    Bytes(&'static [u8]),
    /// An operation of an upstream.
    Operation(&'static Operation),
    /// The handler of a route: its arguments are those of the URI.
    Route(&'static Route),
    /// A file, by its path, that is read whenever it is asked for.
    File(Setting),
    /// A folder. A resource lists its files; a template, whose one variable is a path, reads them.
    Folder(&'static Folder),
}

/// A folder of the machine that the server runs on.
#[derive(Debug)]
pub struct Folder {
    /// Its path.
    pub path: Setting,
    /// What the names of its files match, `*` and `?` being any characters and any one; empty: all.
    pub pattern: &'static str,
    /// Whether folders in it count too, in lists and in what may be read.
    pub recursive: bool,
}

impl Folder {
    /// All files of the folder itself.
    pub const DEFAULT: Self = Self { path: Setting(""), pattern: "", recursive: false };
}

/// What the variables of a URI must not be: values with which a handler that makes paths of them
/// would leave its folder. They are looked at as they are after decoding, before a handler is called.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ResourceSecurity {
    /// Refuse a value whose `..` climb above where it starts.
    pub reject_path_traversal: bool,
    /// Refuse a value that is an absolute path, of any system.
    pub reject_absolute_paths: bool,
    /// Refuse a value with a NUL in it.
    pub reject_null_bytes: bool,
    /// The arguments that may be anything, by index.
    pub exempt: &'static [usize],
}

impl ResourceSecurity {
    /// Everything is refused.
    pub const DEFAULT: Self = Self {
        reject_path_traversal: true,
        reject_absolute_paths: true,
        reject_null_bytes: true,
        exempt: &[],
    };
}

impl Source {
    /// The operation that is read, where one is.
    #[must_use]
    pub const fn operation(self) -> Option<&'static Operation> {
        match self {
            Self::Operation(operation) => Some(operation),
            Self::Handler
            | Self::Text(_)
            | Self::Bytes(_)
            | Self::Route(_)
            | Self::File(_)
            | Self::Folder(_) => None,
        }
    }

    /// The arguments that reading it takes, where another table has them.
    #[must_use]
    pub const fn arguments(self) -> &'static [Argument] {
        match self {
            Self::Operation(operation) => operation.arguments,
            Self::Route(route) => route.tool.arguments,
            Self::Handler | Self::Text(_) | Self::Bytes(_) | Self::File(_) | Self::Folder(_) => &[],
        }
    }
}

/// A resource with variables in its URI.
#[derive(Debug)]
pub struct Template {
    /// The template as it was declared: `weather://{city}/current`.
    pub uri_template: &'static str,
    /// Name of the template.
    pub name: &'static str,
    /// Media type of its contents; empty: that of the source.
    pub mime_type: &'static str,
    /// The template in pieces, with the indices of the arguments.
    pub parts: &'static [Part],
    /// Its arguments: the variables, and whatever has a default. Where an operation or a route is read,
    /// those of the operation or the route.
    pub arguments: &'static [Argument],
    /// The arguments that callers do not give.
    pub inject: &'static [Injection],
    /// Where its contents come from.
    pub source: Source,
    /// What its variables must not be, where a handler reads it.
    pub security: ResourceSecurity,
    /// What completes its arguments.
    pub completers: &'static [Completer],
    /// What a client must offer for it to be read.
    pub requires: &'static [Capability],
    /// Time for reading it, instead of [`Limits::tool_time`](super::Limits::tool_time).
    pub timeout: Option<Duration>,
    /// How long clients may keep its contents, instead of [`Declaration::cache`].
    ///
    /// [`Declaration::cache`]: super::Declaration::cache
    pub cache: Option<Cache>,
    /// Its tags.
    pub tags: &'static [&'static str],
    /// Its version; empty: none.
    pub version: &'static str,
}

impl Template {
    /// A template that a handler reads.
    pub const DEFAULT: Self = Self {
        uri_template: "",
        name: "",
        mime_type: "",
        parts: &[],
        arguments: &[],
        inject: &[],
        source: Source::Handler,
        security: ResourceSecurity::DEFAULT,
        completers: &[],
        requires: &[],
        timeout: None,
        cache: None,
        tags: &[],
        version: "",
    };
}

/// A piece of a URI template (RFC 6570, as far as templates of resources use it). Numbers are indices
/// into the arguments of the template. Of a declared template the texts are constants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part<S = &'static str, L = &'static [(&'static str, usize)]> {
    /// Text.
    Literal(S),
    /// `{name}`: one segment of a path.
    Segment(usize),
    /// `{name*}`: everything, slashes included.
    Rest(usize),
    /// `{?a,b}`: parameters of the query, each of which may be absent.
    Query(L),
    /// `{?name*}`: a parameter of the query for each item of a list.
    Each(S, usize),
}

/// What is read: a resource, or a template whose variables have values.
#[derive(Clone, Copy, Debug)]
pub enum ResourceTarget {
    /// A resource.
    Resource(&'static Resource),
    /// A template.
    Template(&'static Template),
}

impl ResourceTarget {
    /// The URI, or the template of it.
    #[must_use]
    pub const fn uri(&self) -> &'static str {
        match self {
            Self::Resource(resource) => resource.uri,
            Self::Template(template) => template.uri_template,
        }
    }

    /// Name of the resource or of the template.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Resource(resource) => resource.name,
            Self::Template(template) => template.name,
        }
    }

    /// Media type of its contents; empty: that of the source.
    #[must_use]
    pub const fn mime_type(&self) -> &'static str {
        match self {
            Self::Resource(resource) => resource.mime_type,
            Self::Template(template) => template.mime_type,
        }
    }

    /// The table of its arguments; of a resource, those that the operation or the route behind it has, all
    /// of which have defaults or may be absent.
    #[must_use]
    pub const fn arguments(&self) -> &'static [Argument] {
        match self {
            Self::Resource(resource) => resource.source.arguments(),
            Self::Template(template) => template.arguments,
        }
    }

    /// Where its contents come from.
    #[must_use]
    pub const fn source(&self) -> Source {
        match self {
            Self::Resource(resource) => resource.source,
            Self::Template(template) => template.source,
        }
    }

    /// What a client must offer for it to be read.
    #[must_use]
    pub const fn requires(&self) -> &'static [Capability] {
        match self {
            Self::Resource(resource) => resource.requires,
            Self::Template(template) => template.requires,
        }
    }

    /// Time for reading it.
    #[must_use]
    pub const fn timeout(&self) -> Option<Duration> {
        match self {
            Self::Resource(resource) => resource.timeout,
            Self::Template(template) => template.timeout,
        }
    }

    /// How long clients may keep its contents.
    #[must_use]
    pub const fn cache(&self) -> Option<Cache> {
        match self {
            Self::Resource(resource) => resource.cache,
            Self::Template(template) => template.cache,
        }
    }
}

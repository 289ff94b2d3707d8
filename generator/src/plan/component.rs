//! Resources and prompts, decided.

use super::{Argument, Cache, Capability, Folder, Handler, Kind, Message, Operation, Pattern};
use crate::model::{DeclaredArgument, Json, ResourceSecurity};

/// The module `resources`.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// Resources and templates, in the order of lists.
    pub all: Vec<Resource>,
    /// The URIs of resources that are left out, sorted as bytes: templates do not answer for them.
    pub hidden: Vec<String>,
    /// The operations behind some of them.
    pub operations: Vec<Read>,
    /// The patterns that their arguments use, each once.
    pub patterns: Vec<Pattern>,
}

/// An operation that is read as a resource.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its name, as a tool would have it: `get_book`.
    pub name: String,
    /// Rust constant of its table: `GET_BOOK`.
    pub constant: String,
    /// Rust type of its arguments: `GetBook`.
    pub type_name: String,
    /// Documentation of the constant, as Markdown that is safe in a doc comment.
    pub docs: String,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// The operation.
    pub operation: Operation,
    /// Seconds for a call, where the declaration names a time.
    pub timeout: Option<f64>,
}

/// The module `prompts`.
#[derive(Clone, Debug, Default)]
pub struct Prompts {
    /// The prompts, in the order of lists.
    pub all: Vec<Prompt>,
    /// The patterns that their arguments use, each once.
    pub patterns: Vec<Pattern>,
}

/// What resources and prompts have in common.
#[derive(Clone, Debug)]
pub struct Component {
    /// Name for clients.
    pub name: String,
    /// Rust constant of its table: `USER`.
    pub constant: String,
    /// Rust type of its arguments: `User`.
    pub type_name: String,
    /// Its documentation, as Markdown that is safe in a doc comment.
    pub docs: String,
    /// Its entry in lists, as compact JSON in one line.
    pub listing: String,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// What completes its arguments.
    pub completers: Vec<Completer>,
    /// The method of the `Handlers` trait that completes arguments, where one is needed.
    pub completion: Option<String>,
    /// What a client must offer.
    pub requires: Vec<Capability>,
    /// Seconds for an answer, where the declaration names a time.
    pub timeout: Option<f64>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its version.
    pub version: Option<String>,
}

/// What completes an argument.
#[derive(Clone, Debug)]
pub struct Completer {
    /// Name of the argument.
    pub argument: String,
    /// Where the suggestions come from.
    pub completions: Completions,
}

/// Where suggestions come from.
#[derive(Clone, Debug)]
pub enum Completions {
    /// A list.
    Values(Vec<String>),
    /// [`Component::completion`].
    Handler,
}

/// A resource, or a template of resources.
#[derive(Clone, Debug)]
pub struct Resource {
    /// What it has in common with others.
    pub component: Component,
    /// Its URI, or the template of it.
    pub uri: String,
    /// Media type of its contents; empty: that of the source.
    pub mime_type: String,
    /// The template in pieces; empty: it has no variables.
    pub parts: Vec<Part>,
    /// Where its contents come from.
    pub source: ResourceSource,
    /// How long clients may keep its contents.
    pub cache: Option<Cache>,
    /// What its variables must not be, where that is not everything that is known.
    pub security: Option<Security>,
}

/// What the variables of a template must not be: the runtime's `ResourceSecurity`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Security {
    /// No `..` that climbs.
    pub reject_path_traversal: bool,
    /// No absolute path.
    pub reject_absolute_paths: bool,
    /// No NUL.
    pub reject_null_bytes: bool,
    /// Indices of the arguments that may be anything.
    pub exempt: Vec<usize>,
}

impl Security {
    /// With the places of the exceptions among these arguments.
    pub(super) fn of(security: &ResourceSecurity, arguments: &[DeclaredArgument]) -> Self {
        let names = arguments.iter().enumerate();
        let exempt = names.filter(|(_, it)| security.exempt_params.contains(&it.name));
        Self {
            reject_path_traversal: security.reject_path_traversal,
            reject_absolute_paths: security.reject_absolute_paths,
            reject_null_bytes: security.reject_null_bytes,
            exempt: exempt.map(|(index, _)| index).collect(),
        }
    }

    /// Whether it refuses all that the runtime knows of.
    pub(crate) fn is_default(&self) -> bool {
        self.reject_path_traversal
            && self.reject_absolute_paths
            && self.reject_null_bytes
            && self.exempt.is_empty()
    }
}

impl Resources {
    /// The operation that reads a resource, where one does.
    #[must_use]
    pub fn operation(&self, resource: &Resource) -> Option<&Read> {
        match resource.source {
            ResourceSource::Operation(index) => self.operations.get(index),
            _ => None,
        }
    }
}

impl Resource {
    /// Whether its URI has variables.
    #[must_use]
    pub const fn is_template(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The method that reads it, where it is written by hand.
    #[must_use]
    pub const fn handler(&self) -> Option<&Handler> {
        match &self.source {
            ResourceSource::Handler(handler) => Some(handler),
            _ => None,
        }
    }

    /// Whether something of it is written by hand.
    #[must_use]
    pub const fn has_handler(&self) -> bool {
        self.handler().is_some() || self.component.completion.is_some()
    }
}

/// A piece of a URI template, with indices of arguments.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Part {
    /// Text.
    Literal(String),
    /// `{name}`
    Segment(usize),
    /// `{name*}`
    Rest(usize),
    /// `{?a,b}`
    Query(Vec<(String, usize)>),
    /// `{?list*}`
    Each(String, usize),
}

/// Where the contents of a resource come from.
#[derive(Clone, Debug)]
pub enum ResourceSource {
    /// A method of the `Handlers` trait.
    Handler(Handler),
    /// Part of the program.
    Contents(Contents),
    /// A file, by its path, `${NAME}` allowed.
    File(String),
    /// A folder.
    Folder(Folder),
    /// An operation: index into [`Resources::operations`].
    Operation(usize),
    /// The handler of a route.
    Route {
        /// The module of its table.
        module: String,
        /// Rust constant of its table: `GET_USER_ROUTE`.
        constant: String,
    },
}

/// Contents that are part of the program.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Contents {
    /// A short text, which stands in the table.
    Text(String),
    /// A text in a file of this name, beside the module.
    TextFile(String, String),
    /// Bytes in a file of this name, beside the module.
    BytesFile(String, Vec<u8>),
}

/// A prompt.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What it has in common with others.
    pub component: Component,
    /// Description, which its result repeats; empty: none.
    pub description: String,
    /// The schema of its arguments as JSON text, where their table does not say all of it.
    pub schema: Option<String>,
    /// Where its messages come from.
    pub source: PromptSource,
}

impl Prompt {
    /// The method that renders it, where it is written by hand.
    #[must_use]
    pub const fn handler(&self) -> Option<&Handler> {
        match &self.source {
            PromptSource::Handler(handler) => Some(handler),
            PromptSource::Messages(_) => None,
        }
    }

    /// Whether something of it is written by hand.
    #[must_use]
    pub const fn has_handler(&self) -> bool {
        self.handler().is_some() || self.component.completion.is_some()
    }
}

/// Where the messages of a prompt come from.
#[derive(Clone, Debug)]
pub enum PromptSource {
    /// A method of the `Handlers` trait.
    Handler(Handler),
    /// Templates of minijinja.
    Messages(Vec<Message>),
}

/// [`choices`] of a variable of a URI: of a list those of its items.
pub(super) fn choices_in_uri(argument: &Argument) -> Option<Vec<String>> {
    match argument.kind {
        Kind::Texts => texts(&argument.rules.one_of),
        _ => choices(argument),
    }
}

fn texts(values: &[Json]) -> Option<Vec<String>> {
    let texts: Vec<_> = values.iter().filter_map(Json::as_str).map(str::to_owned).collect();
    (!texts.is_empty()).then_some(texts)
}

/// The values that an argument of one of a few values can have, as they are written in a URI or as
/// the argument of a prompt.
pub(super) fn choices(argument: &Argument) -> Option<Vec<String>> {
    match argument.kind {
        Kind::Text => texts(&argument.rules.one_of),
        Kind::Flag => Some(vec!["true".to_owned(), "false".to_owned()]),
        _ => None,
    }
}

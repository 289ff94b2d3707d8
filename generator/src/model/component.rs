//! Tools declared in TOML, and what all declared components have.

use super::{Annotations, ArgumentType, DeclaredArgument, DeclaredRoute, Json};
use crate::source::Span;

/// What lists say about a component.
#[derive(Clone, Debug)]
pub struct About {
    /// Where its name stands, or its table.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Title for people.
    pub title: Option<String>,
    /// Description for the model.
    pub description: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its icons.
    pub icons: Vec<Icon>,
    /// `_meta`, passed to clients as it is.
    pub meta: serde_json::Map<String, Json>,
    /// Its version.
    pub version: Option<String>,
}

/// An icon.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Icon {
    /// An address: `https:` or `data:`.
    pub src: String,
    /// Its media type.
    pub mime_type: Option<String>,
    /// Its sizes: `48x48`, `any`.
    pub sizes: Vec<String>,
    /// The background that it is for: `light` or `dark`.
    pub theme: Option<&'static str>,
}

/// A `[[tool]]`.
#[derive(Clone, Debug)]
pub struct DeclaredTool {
    /// What lists say about it.
    pub about: About,
    /// Its arguments, in the order of the file. None where there is an input schema.
    pub arguments: Vec<DeclaredArgument>,
    /// The input schema, where it is written by hand.
    pub input_schema: Option<Json>,
    /// The output schema, where it is written by hand.
    pub output_schema: Option<Json>,
    /// The type of its result; `None`: the handler gives a whole tool result.
    pub returns: Option<ArgumentType>,
    /// Hints about what it does.
    pub annotations: Annotations,
    /// Seconds for a call.
    pub timeout: Option<f64>,
    /// What a client must offer.
    pub requires: Vec<Capability>,
    /// Whether a call can outlive its request.
    pub task: Task,
    /// The arguments that HTTP clients repeat in a header.
    pub headers: Vec<Header>,
    /// The handler blocks its thread.
    pub blocking: bool,
    /// Arguments of calls as a model would make them, each with its place.
    pub examples: Vec<(Json, Span)>,
    /// The HTTP operation that it is, where it is a `[[route]]`.
    pub route: Option<Box<DeclaredRoute>>,
}

/// Something that a server may ask of a client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Capability {
    /// `elicitation`
    Elicitation,
    /// `elicitation.url`
    ElicitationUrl,
    /// `sampling`
    Sampling,
    /// `sampling.tools`
    SamplingTools,
    /// `roots`
    Roots,
}

/// How calls of a tool become tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Task {
    /// Whether they do.
    pub support: TaskSupport,
    /// The handler says when, rather than the call.
    pub by_handler: bool,
    /// Seconds between two questions about a task.
    pub poll_interval: Option<f64>,
    /// Seconds for which a task is kept.
    pub ttl: Option<f64>,
}

/// Whether calls of a tool can be tasks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TaskSupport {
    /// They cannot.
    #[default]
    Never,
    /// They can.
    Optional,
    /// They have to.
    Required,
}

/// An argument that HTTP clients repeat in a header.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Header {
    /// The keys that lead to the value, from the arguments on.
    pub path: Vec<String>,
    /// The header without `Mcp-Param-`, as it was written.
    pub name: String,
}

/// How long clients may keep something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cache {
    /// Seconds.
    pub ttl: f64,
    /// Others may be given what one caller was given.
    pub public: bool,
}

//! Arguments of declared components, and their types.

use super::Json;
use crate::source::Span;

/// An `args.NAME` of a component.
#[derive(Clone, Debug)]
pub struct DeclaredArgument {
    /// Where it stands.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: ArgumentType,
    /// Its default; `Some(Json::Null)` for `= None`. An argument without one is required.
    pub default: Option<Json>,
    /// Where the default stands.
    pub default_span: Option<Span>,
    /// Description for the model.
    pub description: Option<String>,
    /// Title for people.
    pub title: Option<String>,
    /// Examples for the model.
    pub examples: Vec<Json>,
    /// Going away.
    pub deprecated: bool,
    /// `ge`
    pub minimum: Option<serde_json::Number>,
    /// `le`
    pub maximum: Option<serde_json::Number>,
    /// `gt`
    pub exclusive_minimum: Option<serde_json::Number>,
    /// `lt`
    pub exclusive_maximum: Option<serde_json::Number>,
    /// `multiple_of`
    pub multiple_of: Option<serde_json::Number>,
    /// `min_length`: characters of a text, items of a list.
    pub min_length: Option<u64>,
    /// `max_length`: characters of a text, items of a list.
    pub max_length: Option<u64>,
    /// `pattern`
    pub pattern: Option<String>,
    /// What completes it, in templates and prompts.
    pub complete: Option<Complete>,
    /// Where its value comes from, if not from callers, who then do not see it.
    pub injected: Option<Injected>,
}

/// Where the value of an argument comes from that callers do not give.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Injected {
    /// The environment, `${NAME}`.
    Setting(String),
    /// A header of the request, in lower case.
    Header(String),
    /// The id of the principal.
    Principal,
    /// The id of the session.
    Session,
    /// The declaration: it is the default.
    Value,
}

impl DeclaredArgument {
    /// A required argument of which nothing else is said.
    pub(crate) fn required(name: &str, span: Span, ty: ArgumentType) -> Self {
        Self {
            span,
            name: name.to_owned(),
            ty,
            default: None,
            default_span: None,
            description: None,
            title: None,
            examples: Vec::new(),
            deprecated: false,
            minimum: None,
            maximum: None,
            exclusive_minimum: None,
            exclusive_maximum: None,
            multiple_of: None,
            min_length: None,
            max_length: None,
            pattern: None,
            complete: None,
            injected: None,
        }
    }
}

/// A type of the grammar in `docs`: what a FastAPI user types.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentType {
    /// `int`
    Int,
    /// `float`
    Float,
    /// `str`
    Str,
    /// `bool`
    Bool,
    /// `bytes`
    Bytes,
    /// `datetime`
    DateTime,
    /// `date`
    Date,
    /// `time`
    Time,
    /// `timedelta`
    TimeDelta,
    /// `UUID`
    Uuid,
    /// `Path`
    Path,
    /// `Any`
    Any,
    /// `None`
    None,
    /// `list[T]`; `list` is `list[Any]`.
    List(Box<Self>),
    /// `set[T]`
    Set(Box<Self>),
    /// `tuple[A, B]`; with `...` at the end, any number of the last.
    Tuple {
        /// The types of the items.
        items: Vec<Self>,
        /// `...` at the end.
        open: bool,
    },
    /// `dict[str, T]`; `dict` is `dict[str, Any]`.
    Dict(Box<Self>),
    /// `Literal["a", "b"]`
    Literal(Vec<Json>),
    /// `A | B`
    Union(Vec<Self>),
    /// The name of a `[model.NAME]` or `[enum.NAME]`.
    Model(String),
}

/// What completes an argument.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Complete {
    /// A list.
    Values(Vec<String>),
    /// A hand-written handler.
    Handler,
}

//! What keeps an operation from being a resource, and how the user is told.

use indexmap::IndexMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::RouteComponent;
use crate::plan::select::Selected;
use crate::source::Span;

/// An HTTP operation that cannot be what the declaration says.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Refused<'d> {
    /// What it was to be.
    pub(in crate::plan) component: RouteComponent,
    /// Where the declaration says so.
    pub(in crate::plan) said_at: Option<Span>,
    /// Its method and its path.
    pub(in crate::plan) operation: (&'d str, &'d str),
    /// Where it stands.
    pub(in crate::plan) span: Span,
    /// Where it stands in its document; empty for a route.
    pub(in crate::plan) pointer: &'d str,
    /// Why.
    pub(in crate::plan) fault: Fault,
}

impl<'d> Refused<'d> {
    /// An operation of a document.
    pub(in crate::plan) fn operation(one: &Selected<'d>, fault: Fault) -> Self {
        let operation = one.operation;
        Self {
            component: one.component,
            said_at: one.said_at,
            operation: (&operation.method, &operation.path),
            span: operation.span,
            pointer: &operation.pointer,
            fault,
        }
    }
}

/// Operations that a message names.
const NAMED: usize = 3;

/// Why an operation cannot be what the declaration says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::plan) enum Fault {
    /// It may change something.
    Method,
    /// It requires what a URI does not carry.
    Uncarried(Vec<String>),
    /// A resource that requires this parameter.
    NeedsValues(String),
    /// A template without a variable.
    NoVariables,
    /// Two variables of its path with nothing between them.
    Adjacent,
}

impl Fault {
    /// What is wrong, to follow "cannot be a resource: ".
    fn why(&self) -> &'static str {
        match self {
            Self::Method => "only GET reads and changes nothing",
            Self::Uncarried(_) => "it requires what a URI does not carry",
            Self::NeedsValues(_) => "its URI has variables",
            Self::NoVariables => "its URI has no variables",
            Self::Adjacent => "nothing stands between two variables of its path",
        }
    }

    fn help(&self, is_route: bool) -> &'static str {
        match self {
            Self::Uncarried(_) if is_route => {
                "give it a default, or say as = \"tool\" for the route"
            }
            Self::Method => {
                "say methods = [\"GET\"] in the rule, or as = \"tool\" for the operation"
            }
            Self::Uncarried(_) => {
                "give it a value that is always sent, args.\"NAME\".default = …, or say \
                 as = \"tool\" for the operation"
            }
            Self::NeedsValues(_) => {
                "say as = \"template\", in a rule before this one (pattern = \"\\\\{\" finds \
                 variables of paths) or for the operation"
            }
            Self::NoVariables => {
                "say as = \"resource\", in a rule before this one or for the operation"
            }
            Self::Adjacent => "say as = \"tool\" for the operation",
        }
    }

    /// What of the operation it is about.
    fn detail(&self) -> String {
        match self {
            Self::Uncarried(what) => format!(" ({})", what.join(", ")),
            Self::NeedsValues(name) => format!(" (`{name}`)"),
            Self::Method | Self::NoVariables | Self::Adjacent => String::new(),
        }
    }
}

/// One problem for each place of the declaration and each reason, however many operations it
/// concerns.
pub(in crate::plan) fn report(refused: &[Refused<'_>], diagnostics: &mut Diagnostics) {
    let mut groups: IndexMap<(Option<Span>, &str), Vec<&Refused<'_>>> = IndexMap::new();
    for one in refused {
        groups.entry((one.said_at, one.fault.why())).or_default().push(one);
    }
    for ((said_at, why), members) in groups {
        let Some(first) = members.first() else { continue };
        let kind = match first.component {
            RouteComponent::Template => "a template",
            _ => "a resource",
        };
        let name = |one: &&Refused<'_>| {
            let (method, path) = one.operation;
            format!("{method} {path}{}", one.fault.detail())
        };
        let named: Vec<String> = members.iter().take(NAMED).map(name).collect();
        let more = match members.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("{}{more} cannot be {kind}: {why}", named.join(", "));
        let is_route = first.pointer.is_empty();
        let noun = if is_route { "the route" } else { "the operation" };
        let problem = Diagnostic::error(Code::E0307, message)
            .at(said_at.unwrap_or(first.span), "")
            .also(first.span, noun.replace("the", "this"))
            .help(first.fault.help(is_route).replace("the operation", noun));
        diagnostics.push(if is_route { problem } else { problem.pointer(first.pointer) });
    }
}

//! What keeps an operation from being a resource, and how the user is told.

use indexmap::IndexMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::RouteComponent;
use crate::plan::select::Selected;
use crate::source::Span;

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

    fn help(&self) -> &'static str {
        match self {
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
pub(in crate::plan) fn report(faults: &[(&Selected<'_>, Fault)], diagnostics: &mut Diagnostics) {
    type Members<'a, 'd> = Vec<(&'a Selected<'d>, &'a Fault)>;
    let mut groups: IndexMap<(Option<Span>, &str), Members<'_, '_>> = IndexMap::new();
    for (one, fault) in faults {
        groups.entry((one.said_at, fault.why())).or_default().push((*one, fault));
    }
    for ((said_at, why), members) in groups {
        let Some((first, fault)) = members.first() else { continue };
        let kind = match first.component {
            RouteComponent::Template => "a template",
            _ => "a resource",
        };
        let named: Vec<String> = members
            .iter()
            .take(NAMED)
            .map(|(one, fault)| {
                format!("{} {}{}", one.operation.method, one.operation.path, fault.detail())
            })
            .collect();
        let more = match members.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("{}{more} cannot be {kind}: {why}", named.join(", "));
        let place = first.operation.span;
        let problem = Diagnostic::error(Code::E0307, message)
            .at(said_at.unwrap_or(place), "")
            .also(place, "this operation")
            .pointer(first.operation.pointer.clone())
            .help(fault.help());
        diagnostics.push(problem);
    }
}

//! Values of arguments that do not come from the caller.

use crate::operation::Setting;

/// What an argument is given instead of anything that a caller says.
#[derive(Clone, Copy, Debug)]
pub struct Injection {
    /// Index of the argument.
    pub argument: usize,
    /// Where its value comes from.
    pub source: InjectionSource,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug)]
pub enum InjectionSource {
    /// The environment, when the server starts.
    Setting(Setting),
    /// A header of the HTTP request, by its name in lower case.
    Header(&'static str),
    /// The id of the principal; nobody in particular has none.
    Principal,
    /// The id of the session, where the client has one.
    Session,
}

//! Arguments that callers do not give: what a declaration puts there instead.

use std::collections::BTreeMap;

use crate::arguments::Values;
use crate::components::{Injections, Wanted};
use crate::context::Context;
use crate::declaration::{Declaration, Injection, InjectionSource, Tool};
use crate::lifecycle::Requester;
use crate::lifecycle::legacy::Session;
use crate::operation::Argument;
use crate::server::Core;
use crate::server::dispatch::Admitted;
use crate::setting;

/// What of a request can be an argument.
pub(super) struct Caller<'a> {
    requester: &'a Requester,
    session: Option<&'a Session>,
}

impl<'a> Caller<'a> {
    /// The one who sends a message.
    pub(super) fn of(admitted: &'a Admitted<'_>) -> Self {
        Self { requester: admitted.facts.requester, session: admitted.session.as_deref() }
    }

    /// The one who asks for a route: there are no sessions.
    pub(super) const fn of_route(requester: &'a Requester) -> Self {
        Self { requester, session: None }
    }

    /// The one for whom a handler works.
    pub(super) fn behind(context: &'a Context) -> Self {
        Self { requester: context.requester(), session: context.session().map(AsRef::as_ref) }
    }
}

impl<'a> Caller<'a> {
    /// What the request has of this.
    fn text(&self, wanted: Wanted<'_>) -> Option<&'a str> {
        match wanted {
            Wanted::Header(name) => self.requester.head.as_ref()?.headers.get(name)?.to_str().ok(),
            Wanted::Principal => self.requester.principal.id(),
            Wanted::Session => self.session.and_then(Session::id),
        }
    }
}

/// The values that are injected into an added component.
///
/// # Errors
/// What the request lacks.
pub(super) fn texts<'i>(
    injections: &'i Injections,
    caller: &Caller<'_>,
) -> Result<BTreeMap<&'i str, String>, String> {
    injections.resolve(|wanted| caller.text(wanted)).map_err(missing)
}

/// The values that come from the environment, by what the declaration writes.
#[derive(Debug, Default)]
pub(super) struct Injected(BTreeMap<&'static str, String>);

impl Injected {
    /// Reads them.
    ///
    /// # Errors
    /// The variables that are not set.
    pub(super) fn start(declaration: &Declaration) -> Result<Self, String> {
        let tools = declaration.tools.iter().filter_map(|tool| match tool {
            Tool::Declared(tool) => Some((tool.name, tool.inject)),
            Tool::Forwarded(_) => None,
        });
        // A route that is no component of MCP has its tool too.
        let routes =
            declaration.rest.routes.iter().map(|route| (route.tool.name, route.tool.inject));
        let templates = declaration.templates.iter().map(|it| (it.uri_template, it.inject));
        let prompts = declaration.prompts.iter().map(|it| (it.name, it.inject));
        let (mut values, mut problems) = (BTreeMap::new(), Vec::new());
        for (name, injections) in tools.chain(routes).chain(templates).chain(prompts) {
            for injection in injections {
                let InjectionSource::Setting(wanted) = injection.source else { continue };
                match setting::resolve_from_environment(wanted) {
                    Ok(value) => {
                        values.insert(wanted.0, value);
                    }
                    Err(missing) => {
                        let unset = setting::unset(&missing);
                        let problem = format!("an argument of `{name}`: {unset}");
                        if !problems.contains(&problem) {
                            problems.push(problem);
                        }
                    }
                }
            }
        }
        if problems.is_empty() { Ok(Self(values)) } else { Err(problems.join("\n")) }
    }
}

impl Core {
    /// Gives arguments what the declaration says, whatever the caller has sent under their names.
    ///
    /// # Errors
    /// What the request lacks, or what the argument does not take.
    pub(super) fn inject(
        &self,
        table: &'static [Argument],
        injections: &[Injection],
        values: &mut Values<'_>,
        caller: &Caller<'_>,
    ) -> Result<(), String> {
        for injection in injections {
            let wanted = match injection.source {
                InjectionSource::Setting(_) => None,
                InjectionSource::Header(name) => Some(Wanted::Header(name)),
                InjectionSource::Principal => Some(Wanted::Principal),
                InjectionSource::Session => Some(Wanted::Session),
            };
            let found = match (injection.source, wanted) {
                (InjectionSource::Setting(setting), _) => {
                    let injected = self.injected().map_err(ToOwned::to_owned)?;
                    injected.0.get(setting.0).map(String::as_str)
                }
                (_, wanted) => wanted.and_then(|wanted| caller.text(wanted)),
            };
            let index = injection.argument;
            match found {
                Some(text) => {
                    values.inject(table, index, text).map_err(|errors| errors.to_string())?;
                }
                // A default stands for what is not there.
                None if !table.get(index).is_some_and(|argument| argument.required) => {}
                None => return Err(wanted.map_or_else(no_setting, missing)),
            }
        }
        Ok(())
    }
}

/// What a request lacks.
fn missing(wanted: Wanted<'_>) -> String {
    match wanted {
        Wanted::Header(name) => {
            format!("this needs the header `{name}`, and the request has none")
        }
        Wanted::Principal => {
            "this needs to know who calls, and nobody in particular does".to_owned()
        }
        Wanted::Session => "this needs a session, and the client has none".to_owned(),
    }
}

fn no_setting() -> String {
    "this needs a setting that the server lacks".to_owned()
}

//! What lives as long as the server: the method of `Handlers` that makes it, and who is given it.

use super::declared_names::Named;
use super::names::rust::Methods;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Declaration, DeclaredTool};

/// Refuses a tool whose method would be the one that makes it.
pub(super) fn refuse_tools<'t>(
    declaration: &Declaration,
    tools: impl Iterator<Item = (&'t DeclaredTool, &'t Named)>,
    diagnostics: &mut Diagnostics,
) {
    if declaration.lifespan.is_none() {
        return;
    }
    for (tool, _) in tools.filter(|(_, named)| named.rust == Methods::LIFESPAN) {
        let message = format!("`{}` would have the method that [lifespan] has", tool.about.name);
        let diagnostic = Diagnostic::error(Code::E0402, message).at(tool.about.span, "");
        diagnostics.push(diagnostic.help("give the tool another name"));
    }
}

/// Refuses a state that no handler is given.
pub(super) fn refuse_unused(
    declaration: &Declaration,
    has_handlers: bool,
    diagnostics: &mut Diagnostics,
) {
    if let Some((state, span)) = declaration.lifespan.as_ref().filter(|_| !has_handlers) {
        let message = format!("nothing is given the `{state}` of [lifespan]");
        let help = "remove it, or declare a component that a handler answers";
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(*span, "").help(help));
    }
}

//! `completion/complete`

use std::borrow::Cow;
use std::sync::Arc;

use super::Opening;
use crate::context::Context;
use crate::declaration::{Completer, Completions};
use crate::handler::{self, Answer, CallFuture};
use crate::protocol::completion::{self, Reference};
use crate::protocol::error::ProtocolError;
use crate::result::{Completing, Completion};
use crate::server::call::Target;
use crate::server::catalog::Found;
use crate::server::dispatch::Admitted;
use crate::server::{Core, Outcome};
use crate::visibility::ComponentKind;

impl Core {
    /// `completion/complete`
    pub(in crate::server) fn complete(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let request = completion::parse(admitted.raw_params)?;
        let seen = admitted.seen()?;
        let (kind, id) = match &request.reference {
            Reference::Prompt { name } => (ComponentKind::Prompt, name),
            Reference::Resource { uri } => (ComponentKind::Template, uri),
        };
        let found = self.find(kind, id, &seen).or_else(|| match kind {
            ComponentKind::Template => self.find_template(id, &seen),
            _ => None,
        });
        let is_resource = || {
            kind == ComponentKind::Template
                && self.find(ComponentKind::Resource, id, &seen).is_some()
        };
        let found = match found {
            Some(found) => Some(found),
            // It has no arguments that could be completed.
            None if is_resource() => None,
            None => return Err(self.unknown(kind, id, &seen)),
        };
        let name = match &found {
            Some(Found::Declared(index)) => Cow::Borrowed(self.declared_id(kind, *index)),
            Some(Found::Added(added)) => Cow::Owned(added.id.clone().into()),
            None => Cow::Borrowed(""),
        };
        let opening = Opening {
            target: Target::Completion,
            name,
            time: None,
            arguments: None,
            takes_task: false,
            has_dialog: false,
        };
        let completing = request.completing;
        self.open(admitted, opening, |context| match &found {
            Some(Found::Declared(index)) => {
                let (completers, handler) = self.completers(kind, *index);
                complete_declared(completers, handler, context, completing)
            }
            Some(Found::Added(added)) => match added.completers() {
                Some(completers) => completers.complete(context, completing),
                None => ready(Completion::default()),
            },
            None => ready(Completion::default()),
        })
    }

    /// What completes the arguments of a declared prompt or template.
    fn completers(
        &self,
        kind: ComponentKind,
        index: usize,
    ) -> (&'static [Completer], Option<&handler::Completer>) {
        let (completers, handlers) = if kind == ComponentKind::Prompt {
            let prompt = self.declaration.prompts.get(index);
            (prompt.map(|it| it.completers), &self.handlers.prompt_completers)
        } else {
            let template = self.declaration.templates.get(index);
            (template.map(|it| it.completers), &self.handlers.template_completers)
        };
        (completers.unwrap_or_default(), handlers.get(index).and_then(Option::as_ref))
    }
}

fn complete_declared(
    completers: &[Completer],
    handler: Option<&handler::Completer>,
    context: Context,
    completing: Completing,
) -> CallFuture {
    let found = completers.iter().find(|known| known.argument == completing.argument);
    match (found.map(|found| found.completions), handler) {
        (Some(Completions::Handler), Some(handler)) => handler.call(context, completing),
        (Some(Completions::Values(values)), _) => {
            ready(Completion::matching(values.iter().copied(), &completing.value))
        }
        _ => ready(Completion::default()),
    }
}

fn ready(completion: Completion) -> CallFuture {
    Box::pin(std::future::ready(Ok(Answer::Completion(completion))))
}

//! `prompts/get`

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;

use super::{Opening, invalid_params, object, required_text, unbound};
use crate::arguments::{self, Values};
use crate::components::{Added, Body, check_prompt, merge};
use crate::context::Context;
use crate::declaration::{Capability, Prompt, PromptSource};
use crate::handler::{Answer, CallFuture};
use crate::protocol::error::ProtocolError;
use crate::server::call::Target;
use crate::server::catalog::Found;
use crate::server::dispatch::Admitted;
use crate::server::find::Seen;
use crate::server::inject::{self, Caller};
use crate::server::{Core, Outcome, capability, render};
use crate::visibility::ComponentKind;

/// What renders a prompt.
enum Rendering {
    /// What was declared, by its place in the table.
    Declared(usize, &'static Prompt),
    /// What was added.
    Added(Arc<Added>),
}

impl Rendering {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Declared(_, prompt) => Cow::Borrowed(prompt.name),
            Self::Added(added) => Cow::Owned(added.name.clone().into()),
        }
    }

    fn description(&self) -> Cow<'static, str> {
        match self {
            Self::Declared(_, prompt) => Cow::Borrowed(prompt.description),
            Self::Added(added) => match &added.body {
                Body::Prompt { description, .. } => Cow::Owned(description.clone()),
                _ => Cow::Borrowed(""),
            },
        }
    }

    /// What a client must offer.
    fn requires(&self) -> &[Capability] {
        match self {
            Self::Declared(_, prompt) => prompt.requires,
            Self::Added(added) => &added.requires,
        }
    }

    fn time(&self) -> Option<Duration> {
        match self {
            Self::Declared(_, prompt) => prompt.timeout,
            Self::Added(added) => added.timeout,
        }
    }
}

impl Core {
    /// `prompts/get`
    pub(in crate::server) fn get_prompt(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let name = required_text(admitted.params.name, "`name` of the prompt")?;
        let given = object(admitted.params.arguments)?;
        let rendering = self.rendering(&name, &admitted.seen()?)?;
        capability::check(rendering.requires(), || admitted.capabilities())?;
        let values = self.prompt_values(&rendering, given, &Caller::of(admitted))?;
        let opening = Opening {
            target: Target::Prompt { description: rendering.description() },
            name: rendering.name(),
            time: rendering.time(),
            arguments: given,
            takes_task: false,
            has_dialog: true,
        };
        self.open(admitted, opening, |context| self.start_get(context, &rendering, &values))
    }

    /// Renders a prompt of the server itself, for a handler. `arguments` is a JSON object of texts.
    ///
    /// # Errors
    /// There is none with this name that the client of the call sees, the client lacks what it requires,
    /// or its arguments do not fit.
    pub(crate) fn get_own(
        &self,
        context: Context,
        name: &str,
        arguments: &RawValue,
    ) -> Result<CallFuture, ProtocolError> {
        let rendering = self.rendering(name, &Seen::by(&context))?;
        capability::check(rendering.requires(), || context.capabilities())?;
        let caller = Caller::behind(&context);
        let values = self.prompt_values(&rendering, object(Some(arguments))?, &caller)?;
        Ok(self.start_get(context, &rendering, &values))
    }

    /// The prompt with this name.
    fn rendering(&self, name: &str, seen: &Seen<'_>) -> Result<Rendering, ProtocolError> {
        let found = match self.find(ComponentKind::Prompt, name, seen) {
            Some(Found::Declared(index)) => {
                let prompt = self.declaration.prompts.get(index);
                prompt.map(|prompt| Rendering::Declared(index, prompt))
            }
            Some(Found::Added(added)) => Some(Rendering::Added(added)),
            None => None,
        };
        found.ok_or_else(|| self.unknown(ComponentKind::Prompt, name, seen))
    }

    fn start_get(
        &self,
        context: Context,
        rendering: &Rendering,
        values: &Values<'_>,
    ) -> CallFuture {
        let (index, prompt) = match rendering {
            Rendering::Declared(index, prompt) => (*index, *prompt),
            Rendering::Added(added) => return added.handler.call(context, values),
        };
        let handler = self.handlers.prompts.get(index).and_then(Option::as_ref);
        match (handler, prompt.source) {
            (Some(handler), _) => handler.call(context, values),
            (None, PromptSource::Messages(messages)) => {
                let rendered = render::messages(prompt, messages, values);
                Box::pin(std::future::ready(rendered.map(Answer::Prompt)))
            }
            (None, PromptSource::Handler) => unbound(),
        }
    }

    fn prompt_values(
        &self,
        rendering: &Rendering,
        given: Option<&RawValue>,
        caller: &Caller<'_>,
    ) -> Result<Values<'static>, ProtocolError> {
        #[cfg_attr(not(feature = "schema"), expect(unused_variables, reason = "it has no schema"))]
        let (index, prompt) = match rendering {
            Rendering::Declared(index, prompt) => (*index, *prompt),
            Rendering::Added(added) => {
                let mut text = added.injections.strip(given.map_or("{}", RawValue::get));
                check_prompt(added, &text).map_err(invalid_params)?;
                if !added.injections.is_empty() {
                    let texts = inject::texts(&added.injections, caller).map_err(invalid_params)?;
                    text = merge(&text, &texts).into();
                }
                return Ok(Values::whole(&text).into_owned());
            }
        };
        let mode = arguments::Mode { strict: false, ..self.mode() };
        let text = arguments::object_of_prompt(prompt.arguments, given.map(RawValue::get))
            .map_err(|error| invalid_params(format!("`arguments` is no map of texts: {error}")))?;
        let mut values = arguments::parse(prompt.arguments, Some(&text), mode)
            .map(Values::into_owned)
            .map_err(|errors| invalid_params(errors.to_string()))?;
        #[cfg(feature = "schema")]
        self.conform_to(prompt.arguments, &mut values, || self.schemas().prompt(index))
            .map_err(|errors| invalid_params(errors.to_string()))?;
        self.inject(prompt.arguments, prompt.inject, &mut values, caller)
            .map_err(invalid_params)?;
        Ok(values)
    }
}

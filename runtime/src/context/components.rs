//! What a handler uses of its own server: resources and prompts, their lists, and what it changes of
//! them for all clients or for its own.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::Context;
use crate::handler::{Answer, CallFuture};
use crate::protocol::error::ProtocolError;
use crate::result::{HandlerError, PromptResult, ResourceResult};
use crate::server::Components;
use crate::visibility::{ComponentKind, Criteria, SessionMarks, TooManyMarks};

/// Handlers that may wait for each other in one call. One that reads itself would go on for ever.
const DEEPEST: u8 = 16;

impl Context {
    /// Reads a resource of this server, as a client would: a declared one, or what matches a template.
    /// Its handler is given this context, with the name of this call.
    ///
    /// # Errors
    /// There is no such resource, the client lacks what it requires, its handler fails, handlers call each
    /// other without an end. Dropping the future drops the handler's.
    pub async fn read_resource(&self, uri: &str) -> Result<ResourceResult, HandlerError> {
        let reading = self.core().read_own(self.deeper()?, uri);
        match run(reading).await? {
            Answer::Resource(result) => Ok(result),
            _ => Err(HandlerError::internal(format!("`{uri}` did not answer with contents"))),
        }
    }

    /// Renders a prompt of this server, as a client would. `arguments` is written as a JSON object, whose
    /// values are texts.
    ///
    /// # Errors
    /// There is no such prompt, the client lacks what it requires, its arguments do not fit, its handler
    /// fails, handlers call each other without an end. Dropping the future drops the handler's.
    pub async fn get_prompt(
        &self,
        name: &str,
        arguments: &(impl Serialize + Sync + ?Sized),
    ) -> Result<PromptResult, HandlerError> {
        let context = self.deeper()?;
        let arguments = serde_json::value::to_raw_value(arguments).map_err(|error| {
            HandlerError::internal(format!("the arguments of `{name}` cannot be written"))
                .with_source(error)
        })?;
        let rendering = self.core().get_own(context, name, &arguments);
        match run(rendering).await? {
            Answer::Prompt(result) => Ok(result),
            _ => Err(HandlerError::internal(format!("`{name}` did not answer with messages"))),
        }
    }

    /// The resources of this server, each as clients see it in `resources/list`.
    #[must_use]
    pub fn list_resources(&self) -> Vec<Value> {
        self.entries(ComponentKind::Resource)
    }

    /// The resource templates of this server, each as clients see it in `resources/templates/list`.
    #[must_use]
    pub fn list_resource_templates(&self) -> Vec<Value> {
        self.entries(ComponentKind::Template)
    }

    /// The prompts of this server, each as clients see it in `prompts/list`.
    #[must_use]
    pub fn list_prompts(&self) -> Vec<Value> {
        self.entries(ComponentKind::Prompt)
    }

    /// The components of the server, to be added, removed, enabled and disabled for all clients.
    #[must_use]
    pub fn components(&self) -> Components {
        Components::new(Arc::clone(self.core().catalog()))
    }

    /// Enables what the criteria select for this session alone, above what is said for all clients.
    /// Its client is told which lists have changed.
    ///
    /// # Errors
    /// The client has no session, or the session keeps as many criteria as it may.
    pub fn enable_components(&self, criteria: &Criteria) -> Result<(), HandlerError> {
        self.mark_components(criteria, true)
    }

    /// Disables what the criteria select for this session alone, above what is said for all clients.
    /// Its client is told which lists have changed.
    ///
    /// # Errors
    /// The client has no session, or the session keeps as many criteria as it may.
    pub fn disable_components(&self, criteria: &Criteria) -> Result<(), HandlerError> {
        self.mark_components(criteria, false)
    }

    /// Takes back what was enabled and disabled for this session.
    ///
    /// # Errors
    /// The client has no session.
    pub fn reset_visibility(&self) -> Result<(), HandlerError> {
        self.change_marks(|marks| {
            marks.clear();
            Ok(())
        })
    }

    fn mark_components(&self, criteria: &Criteria, is_enabled: bool) -> Result<(), HandlerError> {
        self.change_marks(|marks| marks.push(criteria, is_enabled))
    }

    fn change_marks(
        &self,
        change: impl FnOnce(&SessionMarks) -> Result<(), TooManyMarks>,
    ) -> Result<(), HandlerError> {
        let session = self.its_session("components are enabled and disabled for a session")?;
        let changed = self.core().catalog().mark_session(session, || change(session.marks()));
        changed.map_err(|TooManyMarks| {
            HandlerError::public("the session keeps as many criteria as it may; reset some first")
        })
    }

    fn entries(&self, kind: ComponentKind) -> Vec<Value> {
        let entries = self.core().entries(kind, self);
        entries.iter().filter_map(|entry| serde_json::from_str(entry).ok()).collect()
    }

    /// This context for a handler that this one waits for.
    fn deeper(&self) -> Result<Self, HandlerError> {
        if self.depth < DEEPEST {
            return Ok(Self { depth: self.depth + 1, ..self.clone() });
        }
        Err(HandlerError::internal(format!(
            "handlers of one call wait for each other {DEEPEST} deep: does one use itself?"
        )))
    }
}

async fn run(started: Result<CallFuture, ProtocolError>) -> Result<Answer, HandlerError> {
    let future = started.map_err(|error| HandlerError::public(error.message))?;
    future.await
}

//! What a handler uses of its own server: resources and prompts, and their lists.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::Context;
use crate::handler::{Answer, CallFuture};
use crate::protocol::error::ProtocolError;
use crate::result::{HandlerError, PromptResult, ResourceResult};
use crate::server::{ListKind, entries};

/// Handlers that may wait for each other in one call. One that reads itself would go on for ever.
const DEEPEST: u8 = 16;

impl Context {
    /// Reads a resource of this server, as a client would: a declared one, or what matches a template.
    /// Its handler is given this context, with the name of this call.
    ///
    /// # Errors
    /// There is no such resource, its handler fails, handlers call each other without an end. Dropping
    /// the future drops the handler's.
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
    /// There is no such prompt, its arguments do not fit, its handler fails, handlers call each other
    /// without an end. Dropping the future drops the handler's.
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
        self.entries(ListKind::Resources)
    }

    /// The resource templates of this server, each as clients see it in `resources/templates/list`.
    #[must_use]
    pub fn list_resource_templates(&self) -> Vec<Value> {
        self.entries(ListKind::Templates)
    }

    /// The prompts of this server, each as clients see it in `prompts/list`.
    #[must_use]
    pub fn list_prompts(&self) -> Vec<Value> {
        self.entries(ListKind::Prompts)
    }

    fn entries(&self, kind: ListKind) -> Vec<Value> {
        let entries = entries(self.core().declaration(), kind, self.version().is_stateless());
        entries.filter_map(|entry| serde_json::from_str(entry).ok()).collect()
    }

    /// This context for a handler that this one waits for.
    fn deeper(&self) -> Result<Self, HandlerError> {
        if self.depth < DEEPEST {
            return Ok(Self { call: Arc::clone(&self.call), depth: self.depth + 1 });
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

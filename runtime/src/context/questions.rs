//! What a client can be asked: forms, pages, its model, its folders.

use serde_json::json;

use super::{Context, Question};
use crate::declaration::Capability;
use crate::elicitation::{Elicited, Form, FormElicitation, UrlElicitation, UrlElicited};
use crate::lifecycle::legacy::random_id;
use crate::protocol::ask::{self, Ask};
use crate::result::HandlerError;
use crate::roots::{ListRoots, Root};
use crate::sampling::{Sampled, Sampling};

/// Questions have keys, unique in a call: on the 2026-07-28 wire the handler runs again with the answers
/// that came so far, and finds each by its key. Questions that are asked at once (`tokio::join!`) reach
/// the client at once. See [`Context::once`] for what must not happen again.
///
/// All of them fail where the client lacks the capability, cannot be reached, answers with an error or
/// with something else than it was asked for, or not in the time that `[limits] ask_time` gives it.
/// What the user declines is no error. Dropping the future takes the question back as far as that is
/// possible. Handlers that block their thread cannot ask at all.
impl Context {
    /// Whether the client says that it can do this.
    #[must_use]
    pub fn client_supports(&self, capability: Capability) -> bool {
        ask::offered(self.call.capabilities.as_deref(), capability)
    }

    /// Asks the user to fill in a form (`elicitation/create`). Not for secrets: the values pass through
    /// the client.
    ///
    /// # Errors
    /// See above; and a form that the protocol does not allow.
    pub async fn elicit(
        &self,
        key: &str,
        message: impl Into<String>,
        form: Form,
    ) -> Result<Elicited, HandlerError> {
        self.put(key, &FormElicitation::new(message, form)).await
    }

    /// Asks the user to open a page (`elicitation/create` in URL mode, since 2025-11-25). That the user
    /// agrees does not say that anything was done there.
    ///
    /// # Errors
    /// See above; and what is no URL.
    pub async fn elicit_url(
        &self,
        key: &str,
        message: impl Into<String>,
        url: impl Into<String>,
    ) -> Result<UrlElicited, HandlerError> {
        self.put(key, &UrlElicitation::new(message, url)).await
    }

    /// Asks the client's model (`sampling/createMessage`).
    ///
    /// # Errors
    /// See above; and messages that the protocol does not allow.
    pub async fn sample(&self, key: &str, sampling: Sampling) -> Result<Sampled, HandlerError> {
        self.put(key, &sampling).await
    }

    /// Asks for the folders that the client works in (`roots/list`).
    ///
    /// # Errors
    /// See above.
    pub async fn list_roots(&self, key: &str) -> Result<Vec<Root>, HandlerError> {
        self.put(key, &ListRoots).await
    }

    async fn put<A: Ask>(&self, key: &str, ask: &A) -> Result<A::Answer, HandlerError> {
        // A round ends with its questions, and a thread cannot be ended with it.
        if self.blocks {
            return Err(HandlerError::internal(
                "a handler that blocks its thread cannot ask: declare it without `blocking = true`",
            ));
        }
        ask.check().map_err(HandlerError::internal)?;
        if !self.client_supports(ask.needs()) {
            return Err(self.unsupported(ask.needs()));
        }
        let id = random_id().map_err(|error| {
            HandlerError::internal("no id for a question can be made").with_source(error)
        })?;
        let form = self.call.version.ask_form();
        let question = Question { method: A::METHOD, params: ask.params(form, &id) };
        let answer = self.ask(key, question).await?;
        ask.answer(form, &answer).map_err(|error| {
            let refusal = HandlerError::public(error.to_protocol(A::METHOD).message);
            // On this wire the answer is part of the request, which is refused.
            if self.call.version.is_stateless() { refusal.with_code(-32602) } else { refusal }
        })
    }

    fn unsupported(&self, capability: Capability) -> HandlerError {
        let name = ask::name(capability);
        if !self.call.version.is_stateless() {
            return HandlerError::public(format!("the client lacks the capability {name}"));
        }
        let required: serde_json::Value =
            serde_json::from_str(ask::required(capability)).unwrap_or_default();
        HandlerError::public(format!("Missing required client capability: {name}"))
            .with_code(-32021)
            .with_data(json!({ "requiredCapabilities": required }))
    }
}

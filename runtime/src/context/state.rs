//! What handlers keep from one call to the next: values of a session, and what lives as long as the
//! server.

use std::any::Any;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Context;
use crate::lifecycle::legacy::{Session, SessionFull};
use crate::result::HandlerError;

const STATE: &str = "state is kept in a session";

/// State of a session exists between the handshake of a client up to 2025-11-25 and its end, at this
/// server alone. A client of 2026-07-28 has no session: the methods fail there, by a message that
/// says so. What such clients need from one call to the next goes through arguments and results.
impl Context {
    /// Keeps a value for the later calls of this session, in place of the one of this key. A session
    /// keeps one mebibyte of keys and values written as JSON.
    ///
    /// # Errors
    /// The client has no session, the session keeps too much, the value cannot be written as JSON.
    pub fn set_state(
        &self,
        key: &str,
        value: &(impl Serialize + ?Sized),
    ) -> Result<(), HandlerError> {
        let text = serde_json::to_vec(value).map_err(|error| {
            HandlerError::internal(format!("the state `{key}` cannot be written as JSON"))
                .with_source(error)
        })?;
        self.its_session(STATE)?.state().set(key, text).map_err(|SessionFull| {
            HandlerError::public("the session keeps as much state as it may; delete some first")
        })
    }

    /// The value of this key that a call of this session has kept.
    ///
    /// # Errors
    /// The client has no session, the value is no `T`.
    pub fn get_state<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, HandlerError> {
        let Some(text) = self.its_session(STATE)?.state().get(key) else { return Ok(None) };
        serde_json::from_slice(&text).map(Some).map_err(|error| {
            let wanted = std::any::type_name::<T>();
            HandlerError::internal(format!("the state `{key}` is no {wanted}")).with_source(error)
        })
    }

    /// Forgets the value of this key; whether there was one.
    ///
    /// # Errors
    /// The client has no session.
    pub fn delete_state(&self, key: &str) -> Result<bool, HandlerError> {
        Ok(self.its_session(STATE)?.state().delete(key))
    }

    /// What the server was started with: the value that the function given to
    /// [`Server::lifespan`](crate::Server::lifespan) has made. It is made once, at the latest by the
    /// first call that asks, and dropped after the last request.
    ///
    /// # Errors
    /// The function failed, the server has none, or it makes another type.
    pub async fn lifespan<T: Any + Send + Sync>(&self) -> Result<Arc<T>, HandlerError> {
        let state = self.core().lifespan().await?;
        state.downcast().map_err(|_| {
            let wanted = std::any::type_name::<T>();
            HandlerError::internal(format!("the lifespan of the server makes no {wanted}"))
        })
    }

    /// [`Context::lifespan`] for a handler that blocks its thread.
    ///
    /// # Errors
    /// As [`Context::lifespan`].
    ///
    /// # Panics
    /// In a future: there [`Context::lifespan`] is awaited.
    pub fn blocking_lifespan<T: Any + Send + Sync>(&self) -> Result<Arc<T>, HandlerError> {
        tokio::runtime::Handle::current().block_on(self.lifespan())
    }

    /// The session; `what`: what cannot be done without one.
    pub(super) fn its_session(&self, what: &str) -> Result<&Arc<Session>, HandlerError> {
        self.session().ok_or_else(|| {
            let why = if self.version().is_stateless() {
                "clients of 2026-07-28 have none"
            } else {
                "this server keeps none (`stateless = true`)"
            };
            HandlerError::public(format!("{what}, and {why}"))
        })
    }
}

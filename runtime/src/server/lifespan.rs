//! What a server is started with, and keeps until its last request.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::result::HandlerError;
use crate::server::Core;

type State = Arc<dyn Any + Send + Sync>;
type Starting = Pin<Box<dyn Future<Output = Result<State, HandlerError>> + Send>>;

/// Makes the state of a server. Cheap to clone.
#[derive(Clone)]
pub(super) struct Lifespan(Arc<dyn Fn() -> Starting + Send + Sync>);

impl Lifespan {
    /// Erases the type of the state.
    pub(super) fn new<F, Fut, T>(start: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, HandlerError>> + Send + 'static,
        T: Any + Send + Sync,
    {
        Self(Arc::new(move || {
            let starting = start();
            Box::pin(async move { Ok(Arc::new(starting.await?) as State) })
        }))
    }
}

impl fmt::Debug for Lifespan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Lifespan").finish_non_exhaustive()
    }
}

/// The state of a running server, made once. A failure is not kept: who asks next starts it again.
#[derive(Debug, Default)]
pub(super) struct Started {
    lifespan: Option<Lifespan>,
    state: OnceCell<State>,
}

impl Started {
    pub(super) fn new(lifespan: Option<Lifespan>) -> Self {
        Self { lifespan, state: OnceCell::new() }
    }
}

impl Core {
    /// The state of the server, which is made when it is first asked for.
    ///
    /// # Errors
    /// The server has none, or what makes it failed.
    pub(crate) async fn lifespan(&self) -> Result<State, HandlerError> {
        let started = &self.started;
        let Some(lifespan) = &started.lifespan else {
            return Err(HandlerError::internal(
                "the server has no lifespan: add one with `Server::lifespan`",
            ));
        };
        started.state.get_or_try_init(|| (lifespan.0)()).await.cloned()
    }

    /// Makes the state before the first request, where there is something to make.
    ///
    /// # Errors
    /// What makes it failed.
    pub(crate) async fn start_lifespan(&self) -> Result<(), HandlerError> {
        match self.started.lifespan {
            Some(_) => self.lifespan().await.map(drop),
            None => Ok(()),
        }
    }
}

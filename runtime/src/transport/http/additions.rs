//! What an application adds to the HTTP side of a server: routes, layers, or its own router.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower::{Layer, Service};

use crate::declaration::Transport;
use crate::server::Server;
use crate::transport::http::endpoint::{Endpoint, EndpointService};
use crate::transport::http::legacy_sse::{LegacySse, LegacySseService, MESSAGES_PATH, STREAM_PATH};
use crate::transport::http::rest;

type Wrap = Arc<dyn Fn(Router) -> Router + Send + Sync>;

/// Routes and layers of one server, kept in its [`Extension`](crate::server::Extension).
#[derive(Clone, Default)]
pub(super) struct Additions {
    routes: Option<Router>,
    layers: Vec<Wrap>,
}

impl Additions {
    /// What was added to this server.
    pub(super) fn of(server: &Server) -> Self {
        server.extension().get::<Self>().cloned().unwrap_or_default()
    }

    /// Whether every request has to pass layers.
    pub(super) const fn has_layers(&self) -> bool {
        !self.layers.is_empty()
    }

    /// The routes beside the endpoint; none answer 404.
    pub(super) fn routes(&self) -> Router {
        self.routes.clone().unwrap_or_default()
    }

    /// The routes, with those of HTTP+SSE where the server has that transport.
    pub(super) fn beside(&self, endpoint: &Arc<Endpoint>, sse: bool) -> Router {
        if !sse {
            return self.routes();
        }
        let service = LegacySseService(Arc::new(LegacySse::new(Arc::clone(endpoint))));
        self.routes()
            .route_service(STREAM_PATH, service.clone())
            .route_service(MESSAGES_PATH, service)
    }

    /// Endpoint, routes and layers in one router.
    pub(super) fn router(&self, endpoint: Arc<Endpoint>, path: &str, sse: bool) -> Router {
        let beside = self.beside(&endpoint, sse);
        let service = EndpointService(Arc::clone(&endpoint));
        let router = Router::new().route_service(path, service).merge(beside);
        let router = rest::before(endpoint, router);
        self.layers.iter().fold(router, |router, wrap| wrap(router))
    }
}

impl fmt::Debug for Additions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Additions")
            .field("has_routes", &self.routes.is_some())
            .field("layers", &self.layers.len())
            .finish()
    }
}

impl Server {
    /// Serves these routes beside the MCP endpoint, on the HTTP transport.
    #[must_use]
    pub fn routes(mut self, router: Router) -> Self {
        let mut additions = Additions::of(&self);
        additions.routes = Some(match additions.routes.take() {
            Some(routes) => routes.merge(router),
            None => router,
        });
        self.extension_mut().set(additions);
        self
    }

    /// Wraps everything that the HTTP transport serves, the MCP endpoint included, in a tower
    /// layer. The layer that is added last sees requests first. A server without layers has a
    /// shorter way.
    #[must_use]
    pub fn http_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        let mut additions = Additions::of(&self);
        additions.layers.push(Arc::new(move |router| router.layer(layer.clone())));
        self.extension_mut().set(additions);
        self
    }

    /// The server as an axum router, to be nested in any application under any prefix. The
    /// endpoint is at the path that the declaration names, `/mcp` by default.
    ///
    /// All routers of one server share its sessions and its bound on requests in flight. Host and Origin
    /// are checked as on a loopback address: an application behind another name lists it in
    /// `allowed_hosts`. Streams last as long as their clients, so an application that ends waits for them
    /// for a bounded time only.
    pub fn router(&self) -> Router {
        let deployment = &self.declaration().deployment;
        let endpoint = Arc::new(Endpoint::new(self.core(), true));
        let sse = deployment.transport == Transport::Sse;
        Additions::of(self).router(endpoint, deployment.path, sse)
    }
}

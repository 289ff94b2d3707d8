//! The listener: connections in, the endpoint first on each, an end without lost answers.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::server::Server;
use crate::transport::http::additions::Additions;
use crate::transport::http::connection::{self, Stage, Waits};
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::events::Events;
use crate::transport::http::rest;

/// Time for answers in flight when the server is told to end.
const SHUTDOWN_TIME: Duration = Duration::from_secs(2);

/// Time for the head of a request, the wait between two requests included, and for a client to read
/// more of an answer; at most twice as long.
const CLIENT_TIME: Duration = Duration::from_secs(60);

/// The smallest buffer that hyper takes.
const SMALLEST_BUFFER: usize = 8192;

/// What serves a connection.
#[derive(Clone)]
enum Service {
    /// The endpoint at its path, the router for every other path.
    Direct { endpoint: Arc<Endpoint>, path: Arc<str>, routes: Router },
    /// Everything through the layers of the router.
    Layered(Router),
}

type Answer = Response<Either<Either<Full<Bytes>, Events>, axum::body::Body>>;

impl Service {
    async fn respond(self: Arc<Self>, request: Request<Incoming>) -> Result<Answer, Infallible> {
        match &*self {
            Self::Direct { endpoint, path, .. } if request.uri().path() == &**path => {
                Ok(endpoint.respond(request).await.map(Either::Left))
            }
            Self::Direct { routes: router, .. } | Self::Layered(router) => {
                // In a box: the future of a request to the endpoint would have room for this one.
                let request = request.map(axum::body::Body::new);
                let answer = Box::pin(router.clone().oneshot(request)).await?;
                Ok(answer.map(Either::Right))
            }
        }
    }
}

/// Serves MCP at `path`, and the routes of the server elsewhere, until `shutdown` is ready. Answers
/// in flight then have two seconds. Dropping the future ends all connections at once.
///
/// # Errors
/// The address of the listener cannot be read.
pub async fn serve(
    server: &Server,
    listener: TcpListener,
    path: &str,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_all(server, listener, path, false, shutdown).await
}

/// [`serve`], and beside it the transport of 2024-11-05: a stream at `/sse`, messages at `/messages`.
///
/// # Errors
/// The address of the listener cannot be read.
pub async fn serve_with_sse(
    server: &Server,
    listener: TcpListener,
    path: &str,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_all(server, listener, path, true, shutdown).await
}

async fn serve_all(
    server: &Server,
    listener: TcpListener,
    path: &str,
    sse: bool,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let loopback = listener.local_addr()?.ip().is_loopback();
    let endpoint = Arc::new(Endpoint::new(server.core(), loopback));
    let additions = Additions::of(server);
    let service = if additions.has_layers() {
        Service::Layered(additions.router(Arc::clone(&endpoint), path, sse))
    } else {
        let routes = rest::before(Arc::clone(&endpoint), additions.beside(&endpoint, sse));
        Service::Direct { endpoint: Arc::clone(&endpoint), path: path.into(), routes }
    };
    let mut http = http1::Builder::new();
    // Twice the limit, so that a head beyond it is read and answered by the endpoint. What hyper
    // refuses by itself is never read to its end, and closing the connection then may take the
    // answer with it.
    let head = server.declaration().limits.headers;
    // Flushes are not aggregated (`pipeline_flush`): hyper would take everything for a client that does
    // not read.
    http.header_read_timeout(CLIENT_TIME).max_buf_size(head.saturating_mul(2).max(SMALLEST_BUFFER));
    let (stage, _) = watch::channel(Stage::Serving);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => spawn_connection(&http, stream, service.clone(), stage.subscribe()),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // Out of file descriptors, most likely: others have to end first.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    endpoint.end();
    stage.send_replace(Stage::Draining);
    if tokio::time::timeout(SHUTDOWN_TIME, stage.closed()).await.is_err() {
        tracing::warn!("requests in flight were dropped at shutdown");
        stage.send_replace(Stage::Over);
    }
    Ok(())
}

fn spawn_connection(
    http: &http1::Builder,
    stream: TcpStream,
    service: Service,
    stage: watch::Receiver<Stage>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    // Requests count references to the service: one of their own per connection, so that those of
    // different cores do not wait for each other.
    let service = Arc::new(service);
    let waits = Waits::new(CLIENT_TIME);
    let connection = http.clone().timer(waits.clone()).serve_connection(
        waits.watch(TokioIo::new(stream)),
        service_fn(move |request| Arc::clone(&service).respond(request)),
    );
    tokio::spawn(connection::run(connection, waits, stage));
}

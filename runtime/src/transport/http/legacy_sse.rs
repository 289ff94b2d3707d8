//! HTTP with server-sent events, the transport of 2024-11-05: a stream for everything that the server
//! says, and an address to post to.

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::extract::OriginalUri;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Body;
use tokio::sync::mpsc;

use crate::declaration::Transport;
use crate::lifecycle::legacy::random_id;
use crate::lifecycle::{Principal, Requester};
use crate::protocol::error::ErrorKind;
use crate::server::Place;
use crate::transport::http::answer::{self, Answer};
use crate::transport::http::endpoint::{Endpoint, Refusal, read_body};
use crate::transport::http::events::{self, KEEP_ALIVE, Writer};
use crate::transport::http::headers::{self, Read};
use crate::transport::peer::Peer;

/// Where the stream is.
pub(super) const STREAM_PATH: &str = "/sse";

/// Where messages are posted.
pub(super) const MESSAGES_PATH: &str = "/messages";

/// Messages of one client that wait for the server to take them.
const QUEUE: usize = 64;

/// The transport of one server.
#[derive(Debug)]
pub(super) struct LegacySse {
    endpoint: Arc<Endpoint>,
    clients: Arc<Clients>,
}

/// The connections, by the id in the address that their clients post to.
#[derive(Debug, Default)]
struct Clients {
    by_id: Mutex<HashMap<Box<str>, Client>>,
}

/// One connection, as those who post to it see it.
#[derive(Clone, Debug)]
struct Client {
    principal: Principal,
    inbox: mpsc::Sender<Bytes>,
}

impl Clients {
    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Client>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LegacySse {
    pub(super) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self { endpoint, clients: Arc::default() }
    }

    async fn respond<B>(&self, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let head = Arc::new(head);
        let requester = Requester::http(Arc::clone(&head), Transport::Sse);
        let headers = headers::read(&head);
        if let Some(Refusal { kind, why }) = self.endpoint.refuse(&head.uri, &headers) {
            return answer::refused(kind, why);
        }
        // The path as the client knows it, wherever this is nested.
        let original = head.extensions.get::<OriginalUri>().map_or(&head.uri, |original| original);
        let mut answer = match (head.method.clone(), head.uri.path()) {
            (Method::GET, STREAM_PATH) => self.open(original.path(), requester, &headers),
            (Method::POST, MESSAGES_PATH) => {
                self.take(&head.uri, &requester.principal, &headers, body).await
            }
            _ => answer::text(
                StatusCode::METHOD_NOT_ALLOWED,
                "GET /sse opens a stream, POST /messages takes messages\n",
            ),
        };
        self.endpoint.share(&mut answer, &headers);
        answer
    }

    /// Opens a stream, whose first event says where to post.
    fn open(&self, path: &str, requester: Requester, headers: &Read<'_>) -> Answer {
        if !headers.accept.takes_events() {
            return answer::refused(ErrorKind::NotAcceptable, "Accept must list text/event-stream");
        }
        let place = match self.endpoint.core().open_stream() {
            Ok(place) => place,
            Err(error) => return answer::error(&error),
        };
        let Ok(id) = random_id() else {
            return answer::text(StatusCode::INTERNAL_SERVER_ERROR, "no session id can be made\n");
        };
        let prefix = path.strip_suffix(STREAM_PATH).unwrap_or_default();
        let address = format!("{prefix}{MESSAGES_PATH}?sessionId={id}");
        let (sender, inbox) = mpsc::channel(QUEUE);
        let client = Client { principal: requester.principal.clone(), inbox: sender };
        self.clients.lock().insert(id.clone(), client);
        let leaving = Leaving { clients: Arc::clone(&self.clients), id, _place: place };
        let (writer, body) = events::body();
        let (peer, messages) = Peer::connect(Arc::clone(self.endpoint.core()), requester);
        let stream = Stream { endpoint: Arc::clone(&self.endpoint), inbox, writer, leaving };
        tokio::spawn(serve(stream, peer, messages, address));
        answer::stream(body)
    }

    async fn take<B>(
        &self,
        uri: &http::Uri,
        principal: &Principal,
        headers: &Read<'_>,
        body: B,
    ) -> Answer
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        if !headers::is_json(headers.content_type) {
            return answer::refused(
                ErrorKind::UnsupportedMediaType,
                "Content-Type must be application/json",
            );
        }
        let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let named = query.into_iter().find(|(name, _)| name == "sessionId" || name == "session_id");
        let Some((_, id)) = named else {
            return answer::text(StatusCode::BAD_REQUEST, "the query names no sessionId\n");
        };
        let client = self.clients.lock().get(&*id).cloned();
        let Some(client) = client.filter(|client| client.principal == *principal) else {
            return answer::text(StatusCode::NOT_FOUND, "no such session: open a stream at /sse\n");
        };
        match read_body(body, self.endpoint.core().declaration().limits.request_body).await {
            Ok(message) => match client.inbox.send(message).await {
                Ok(()) => answer::text(StatusCode::ACCEPTED, "Accepted"),
                Err(_) => answer::text(StatusCode::NOT_FOUND, "the session has ended\n"),
            },
            Err(Refusal { kind, why }) => answer::refused(kind, why),
        }
    }
}

/// Takes a connection from the list when it ends.
struct Leaving {
    clients: Arc<Clients>,
    id: Box<str>,
    _place: Place,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.clients.lock().remove(&self.id);
    }
}

/// The open stream of one client.
struct Stream {
    endpoint: Arc<Endpoint>,
    inbox: mpsc::Receiver<Bytes>,
    writer: Writer,
    leaving: Leaving,
}

/// Serves one client until its stream is closed.
async fn serve(
    stream: Stream,
    mut peer: Peer,
    mut messages: mpsc::Receiver<Bytes>,
    address: String,
) {
    let Stream { endpoint, mut inbox, writer, leaving: _leaving } = stream;
    if !writer.write(events::named("endpoint", None, address.as_bytes())).await {
        return;
    }
    let taking = async {
        while let Some(message) = inbox.recv().await {
            if !peer.take(&message).await {
                return;
            }
        }
    };
    let telling = async {
        let mut ending = endpoint.ending();
        loop {
            tokio::select! {
                message = messages.recv() => match message {
                    Some(message) if writer.write(events::message(&message)).await => {}
                    _ => return,
                },
                () = writer.closed() => return,
                () = ending.wait() => return,
                () = tokio::time::sleep(KEEP_ALIVE) => {
                    if !writer.sign_of_life().await {
                        return;
                    }
                }
            }
        }
    };
    // The connection is the session: what is in flight ends with it.
    tokio::select! {
        () = taking => {}
        () = telling => {}
    }
    peer.calls().cancel_all();
}

/// The transport as a tower service, for axum.
#[derive(Clone)]
pub(super) struct LegacySseService(pub(super) Arc<LegacySse>);

impl fmt::Debug for LegacySseService {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LegacySseService").finish_non_exhaustive()
    }
}

impl tower::Service<Request<axum::body::Body>> for LegacySseService {
    type Response = Response<axum::body::Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _task: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<axum::body::Body>) -> Self::Future {
        let transport = Arc::clone(&self.0);
        Box::pin(async move { Ok(transport.respond(request).await.map(axum::body::Body::new)) })
    }
}

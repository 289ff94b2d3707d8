//! The MCP endpoint: guards, body, message, answer. One instance serves hyper and axum.

use std::convert::Infallible;
use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Body;
use tokio::sync::oneshot;

use crate::lifecycle::decision::Facts;
use crate::protocol::error::ErrorKind;
use crate::server::{Call, Core, Outcome};
use crate::transport::http::answer::{self, Answer};
use crate::transport::http::guard::{Foreign, Guard};
use crate::transport::http::headers::{self, Format, Read};

/// Time for a body to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);

/// The endpoint of one server.
#[derive(Debug)]
pub(super) struct Endpoint {
    core: Arc<Core>,
    guard: Guard,
}

impl Endpoint {
    /// The endpoint of `core`, bound to a loopback address or not.
    pub(super) fn new(core: Arc<Core>, loopback: bool) -> Self {
        let guard = Guard::new(&core.declaration().deployment, loopback);
        Self { core, guard }
    }

    /// Answers a request to the path of the endpoint.
    pub(super) async fn respond<B>(&self, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let headers = headers::read(&parts);
        let limits = &self.core.declaration().limits;
        let refusal = refuse_malformed(&headers, limits.headers)
            .or_else(|| self.refuse_foreign(&parts.uri, &headers));
        if let Some(refusal) = refusal {
            return refusal;
        }
        match parts.method {
            Method::POST => {}
            Method::DELETE => return self.close_session(&headers),
            _ => {
                return answer::refused(
                    ErrorKind::MethodNotAllowed,
                    "This endpoint takes POST, and DELETE to end a session; it has no stream \
                     to GET",
                );
            }
        }
        if !headers::is_json(headers.content_type) {
            return answer::refused(
                ErrorKind::UnsupportedMediaType,
                "Content-Type must be application/json",
            );
        }
        let Some(format) = headers.accept.format() else {
            return answer::refused(
                ErrorKind::NotAcceptable,
                "Accept must list application/json and text/event-stream",
            );
        };
        match read_body(body, limits.request_body).await {
            Ok(body) => self.respond_to_message(&body, &headers, format).await,
            Err(refusal) => refusal,
        }
    }

    async fn respond_to_message(&self, body: &Bytes, headers: &Read<'_>, format: Format) -> Answer {
        let facts = Facts::Http(headers.mcp);
        match self.core.begin(body, &facts) {
            Outcome::Reply(reply) => answer::reply(reply, format),
            Outcome::Call(call) => run_call(call, format).await,
            Outcome::Accepted | Outcome::Cancelled(_) => answer::status(StatusCode::ACCEPTED),
            Outcome::Batch(batch) => {
                let begun = batch.begin(&self.core, &facts);
                // The end of the connection does not end the calls, as before the batch.
                match tokio::spawn(begun.run()).await {
                    Ok(Some(answers)) => answer::message(answers, format),
                    Ok(None) | Err(_) => answer::status(StatusCode::ACCEPTED),
                }
            }
        }
    }

    fn refuse_foreign(&self, uri: &http::Uri, headers: &Read<'_>) -> Option<Answer> {
        // A target in absolute form overrides the header (RFC 9112, section 3.2.2).
        let host = uri.authority().map(|authority| authority.as_str().as_bytes()).or(headers.host);
        match self.guard.check(host, headers.origin) {
            Ok(()) => None,
            Err(Foreign::Host) => Some(answer::refused(ErrorKind::Forbidden, "Host not allowed")),
            Err(Foreign::Origin) => {
                Some(answer::refused(ErrorKind::Forbidden, "Origin not allowed"))
            }
        }
    }

    fn close_session(&self, headers: &Read<'_>) -> Answer {
        match (self.core.sessions(), headers.mcp.session) {
            (Some(sessions), Some(id)) if sessions.close(id) => {
                answer::status(StatusCode::NO_CONTENT)
            }
            (Some(_), Some(_)) => {
                answer::refused(ErrorKind::SessionNotFound, "Session not found: it has ended")
            }
            (Some(_), None) => answer::refused(
                ErrorKind::SessionRequired,
                "Bad request: DELETE ends the session that Mcp-Session-Id names",
            ),
            (None, _) => answer::refused(
                ErrorKind::MethodNotAllowed,
                "This server keeps no sessions that could be ended",
            ),
        }
    }
}

/// Runs a call. A legacy one goes on when the connection ends; it is spawned only where it is not
/// ready at once.
async fn run_call(mut call: Call, format: Format) -> Answer {
    if call.ends_with_connection() {
        return answer::message(call.run().await, format);
    }
    if let Some(response) = call.start().await {
        return answer::message(response, format);
    }
    let id = call.id().to_owned();
    let calls = call.session_calls().cloned();
    let (sender, receiver) = oneshot::channel();
    let work = async move {
        // Nobody waits any more where the connection has ended.
        drop(sender.send(call.finish().await));
    };
    match calls {
        Some(calls) => calls.spawn(&id, work),
        None => drop(tokio::spawn(work)),
    }
    match receiver.await {
        Ok(response) => answer::message(response, format),
        // Cancelled: there is nothing to answer.
        Err(_) => answer::status(StatusCode::ACCEPTED),
    }
}

fn refuse_malformed(headers: &Read<'_>, limit: usize) -> Option<Answer> {
    if headers.size > limit {
        return Some(answer::refused(
            ErrorKind::HeadersTooLarge,
            "The headers are larger than this server accepts",
        ));
    }
    headers.repeated.then(|| {
        answer::refused(
            ErrorKind::InvalidRequest,
            "Host, Origin, Content-Type and Mcp-Session-Id may come once each",
        )
    })
}

async fn read_body<B>(body: B, limit: usize) -> Result<Bytes, Answer>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let too_large =
        || answer::refused(ErrorKind::TooLarge, "The body is larger than this server accepts");
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(too_large());
    }
    let mut collected = pin!(collect(body, limit));
    let collected = match soon(collected.as_mut()).await {
        Some(collected) => collected,
        None => {
            Box::pin(tokio::time::timeout(BODY_TIME, collected)).await.unwrap_or(Err(Unread::Late))
        }
    };
    collected.map_err(|unread| match unread {
        Unread::TooLarge => too_large(),
        Unread::Broken => answer::refused(ErrorKind::InvalidRequest, "The body could not be read"),
        Unread::Late => {
            answer::refused(ErrorKind::RequestTimeout, "The body did not arrive in time")
        }
    })
}

/// Why a body was not read to its end.
enum Unread {
    TooLarge,
    Broken,
    Late,
}

/// The whole body. One that comes in one piece is not copied.
async fn collect<B: Body<Data = Bytes>>(body: B, limit: usize) -> Result<Bytes, Unread> {
    let mut body = pin!(body);
    let mut whole = BytesMut::new();
    while let Some(frame) = poll_fn(|task| body.as_mut().poll_frame(task)).await {
        // Trailers say nothing that is read here.
        let Ok(chunk) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if whole.len() + chunk.len() > limit {
            return Err(Unread::TooLarge);
        }
        if whole.is_empty() && body.is_end_stream() {
            return Ok(chunk);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// Polls the future in this turn of its task and in the next one; `None` where it is not ready then.
///
/// A body that has arrived with its head is there in the second turn: hyper reads it when it is
/// asked for. So no timer is registered for it.
async fn soon<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    let mut is_first = true;
    poll_fn(|task| match future.as_mut().poll(task) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if is_first => {
            is_first = false;
            task.waker().wake_by_ref();
            Poll::Pending
        }
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// The endpoint as a tower service, for axum.
#[derive(Clone, Debug)]
pub(super) struct EndpointService(pub(super) Arc<Endpoint>);

impl tower::Service<Request<axum::body::Body>> for EndpointService {
    type Response = Response<axum::body::Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _task: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<axum::body::Body>) -> Self::Future {
        let endpoint = Arc::clone(&self.0);
        Box::pin(async move { Ok(endpoint.respond(request).await.map(axum::body::Body::new)) })
    }
}

//! The MCP endpoint: guards, body, message, answer. One instance serves hyper and axum.

use std::convert::Infallible;
use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Either;
use hyper::body::Body;
use tokio::sync::{oneshot, watch};

use crate::declaration::Transport;
use crate::lifecycle::Requester;
use crate::lifecycle::decision::Facts;
use crate::protocol::error::ErrorKind;
use crate::server::{Core, Outcome, Place, Step, Work};
use crate::transport::http::answer::{self, Answer};
use crate::transport::http::cors;
use crate::transport::http::guard::{Foreign, Guard};
use crate::transport::http::headers::{self, Format, Read};
use crate::transport::http::streams::{self, Ending, First, Reading};

/// Time for a body to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);

/// The endpoint of one server.
#[derive(Debug)]
pub(super) struct Endpoint {
    core: Arc<Core>,
    guard: Guard,
    ender: watch::Sender<bool>,
    ending: Ending,
}

impl Endpoint {
    /// The endpoint of `core`, bound to a loopback address or not.
    pub(super) fn new(core: Arc<Core>, loopback: bool) -> Self {
        let guard = Guard::new(&core.declaration().deployment, loopback);
        let (ender, ending) = Ending::new();
        Self { core, guard, ender, ending }
    }

    /// Ends the streams that would go on for ever.
    pub(super) fn end(&self) {
        self.ender.send_replace(true);
    }

    /// What answers messages.
    pub(super) const fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Tells streams that the server ends.
    pub(super) fn ending(&self) -> Ending {
        self.ending.clone()
    }

    /// Answers a request to the path of the endpoint.
    pub(super) async fn respond<B>(&self, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let head = Arc::new(head);
        let requester = Requester::http(Arc::clone(&head), Transport::Http);
        let headers = headers::read(&head);
        if let Some(Refusal { kind, why }) = self.refuse(&head.uri, &headers) {
            return answer::refused(kind, why);
        }
        let mut answer = match head.method {
            Method::POST => self.post(&requester, &headers, body).await,
            Method::GET => Box::pin(self.get(&requester, &headers)).await,
            Method::DELETE => self.close_session(&requester, &headers),
            Method::OPTIONS if headers.origin.is_some() => {
                return self.preflight(&headers, HeaderValue::from_static("GET, POST, DELETE"));
            }
            _ => answer::not_allowed(
                "GET, POST, DELETE",
                "This endpoint takes POST, GET for a stream, and DELETE to end a session",
            ),
        };
        self.share(&mut answer, &headers);
        answer
    }

    /// Why the request is not looked at, by its head alone.
    pub(super) fn refuse(&self, uri: &http::Uri, headers: &Read<'_>) -> Option<Refusal> {
        refuse_malformed(headers, self.core.declaration().limits.headers)
            .or_else(|| self.refuse_foreign(uri, headers))
    }

    /// Lets the page that has sent the request read the answer.
    pub(super) fn share(&self, answer: &mut Answer, headers: &Read<'_>) {
        if let Some(origin) = headers.origin.filter(|_| self.core.declaration().deployment.cors) {
            cors::share(answer.headers_mut(), origin);
        }
    }

    /// Answers a page that asks before its request.
    pub(super) fn preflight(&self, headers: &Read<'_>, methods: HeaderValue) -> Answer {
        let mut answer = answer::status(StatusCode::NO_CONTENT);
        self.share(&mut answer, headers);
        if self.core.declaration().deployment.cors {
            cors::allow(answer.headers_mut(), headers.requested_headers, methods);
        }
        answer
    }

    async fn post<B>(&self, requester: &Requester, headers: &Read<'_>, body: B) -> Answer
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
        let Some(format) = headers.accept.format() else {
            return answer::refused(
                ErrorKind::NotAcceptable,
                "Accept must list application/json and text/event-stream",
            );
        };
        match read_body(body, self.core.declaration().limits.request_body).await {
            Ok(body) => {
                let facts = Facts::http(requester, headers.mcp);
                self.respond_to_message(&body, &facts, headers, format).await
            }
            Err(Refusal { kind, why }) => answer::refused(kind, why),
        }
    }

    async fn respond_to_message(
        &self,
        body: &Bytes,
        facts: &Facts<'_>,
        headers: &Read<'_>,
        format: Format,
    ) -> Answer {
        match self.core.begin(body, facts) {
            Outcome::Reply(reply) => answer::reply(reply, format),
            Outcome::Work(work) => self.run(work, headers, format).await,
            Outcome::Accepted | Outcome::Cancelled(_) => answer::status(StatusCode::ACCEPTED),
            Outcome::Batch(batch) => {
                let begun = batch.begin(&self.core, facts);
                // The end of the connection does not end the calls, as before the batch.
                match tokio::spawn(begun.run()).await {
                    Ok(Some(answers)) => answer::message(answers, format),
                    Ok(None) | Err(_) => answer::status(StatusCode::ACCEPTED),
                }
            }
        }
    }

    /// Runs a request, and answers as JSON where nothing has to be said before the answer.
    async fn run(&self, mut work: Work, headers: &Read<'_>, format: Format) -> Answer {
        let streams = headers.accept.takes_events()
            && (!self.core.declaration().deployment.json_response || work.is_listen());
        if !streams {
            if work.is_listen() {
                return answer::refused(
                    ErrorKind::NotAcceptable,
                    "Accept must list text/event-stream: a subscription is answered by a stream",
                );
            }
            work.drop_messages();
        }
        // Most are ready at once, and take no stream. One of a session that can be read on takes its place
        // before the handler begins: what has begun is not refused.
        let place = if streams && work.session().is_some() && !work.is_listen() {
            match self.core.open_stream() {
                Ok(place) => Some(place),
                Err(error) => return answer::error_of(&error, work.id()),
            }
        } else {
            None
        };
        let first = match work.start().await {
            Some(Step::Done(reply)) => return answer::reply(reply, format),
            first => first,
        };
        if work.ends_with_connection() {
            let first = match first {
                Some(first) => first,
                None => Box::pin(work.next()).await,
            };
            return match first {
                Step::Done(reply) => answer::reply(reply, format),
                first => answer::stream(streams::stream(&self.core, work, first, self.ending())),
            };
        }
        Box::pin(self.run_legacy(work, first, place, format)).await
    }

    /// Runs a request that goes on when its connection ends.
    async fn run_legacy(
        &self,
        mut work: Work,
        first: Option<Step>,
        place: Option<Place>,
        format: Format,
    ) -> Answer {
        let Some(session) = work.session().cloned() else {
            // Nobody can come back to it, so that one stream will do.
            return match first {
                Some(first) => {
                    answer::stream(streams::stream(&self.core, work, first, self.ending()))
                }
                None => {
                    let (sender, receiver) = oneshot::channel();
                    let (core, ending) = (Arc::clone(&self.core), self.ending());
                    tokio::spawn(async move {
                        let answered = match work.next().await {
                            Step::Done(reply) => Either::Left(reply),
                            first => Either::Right(streams::stream(&core, work, first, ending)),
                        };
                        // Nobody waits any more where the connection has ended.
                        drop(sender.send(answered));
                    });
                    match receiver.await {
                        Ok(Either::Left(reply)) => answer::reply(reply, format),
                        Ok(Either::Right(events)) => answer::stream(events),
                        Err(_) => answer::status(StatusCode::ACCEPTED),
                    }
                }
            };
        };
        let stream = session.streams().begin();
        let reader = stream.read().await;
        let (decided, decision) = oneshot::channel();
        let id = work.id().to_owned();
        let driven = streams::drive(work, first, Arc::clone(&stream), decided);
        session.calls().spawn(&id, driven);
        match decision.await {
            Ok(First::Answer(reply)) => answer::reply(reply, format),
            Ok(First::Stream(priming)) => {
                let priming = priming.filter(|_| session.handshake().version.has_priming_events());
                let reading = Reading { reader, standalone: None, priming, place };
                answer::stream(reading.body(self.ending()))
            }
            // Cancelled: there is nothing to answer.
            Err(_) => answer::status(StatusCode::ACCEPTED),
        }
    }

    /// Opens the stream for what belongs to no request, or goes on with one that was broken.
    async fn get(&self, requester: &Requester, headers: &Read<'_>) -> Answer {
        let Some(sessions) = self.core.sessions() else {
            return answer::not_allowed(
                "POST",
                "This server keeps no sessions that could have a stream",
            );
        };
        if !headers.accept.takes_events() {
            return answer::refused(ErrorKind::NotAcceptable, "Accept must list text/event-stream");
        }
        let Some(id) = headers.mcp.session else {
            return answer::refused(
                ErrorKind::SessionRequired,
                "Bad request: GET opens the stream of the session that Mcp-Session-Id names",
            );
        };
        let Some(session) = sessions.find(id, &requester.principal) else {
            return answer::refused(ErrorKind::SessionNotFound, "Session not found: it has ended");
        };
        let place = match self.core.open_stream() {
            Ok(place) => Some(place),
            Err(error) => return answer::error(&error),
        };
        let reading = match headers.last_event_id {
            Some(last) => {
                let last = String::from_utf8_lossy(last);
                let found = match session.streams().of_event(&last) {
                    Some(stream) => stream.read_after(&last).await.map(|reader| (stream, reader)),
                    None => None,
                };
                let Some((stream, reader)) = found else {
                    return answer::refused(
                        ErrorKind::InvalidRequest,
                        "Bad request: the events after Last-Event-ID are not known any more",
                    );
                };
                let standalone = stream.is_standalone().then(|| Arc::clone(&session));
                Reading { reader, standalone, priming: None, place }
            }
            None => {
                let stream = session.streams().standalone();
                if stream.has_reader() {
                    return answer::refused(
                        ErrorKind::Conflict,
                        "Conflict: the session has an open stream already",
                    );
                }
                let reader = stream.read().await;
                Reading { reader, standalone: Some(session), priming: None, place }
            }
        };
        answer::stream(reading.body(self.ending()))
    }

    fn refuse_foreign(&self, uri: &http::Uri, headers: &Read<'_>) -> Option<Refusal> {
        // A target in absolute form overrides the header (RFC 9112, section 3.2.2).
        let host = uri.authority().map(|authority| authority.as_str().as_bytes()).or(headers.host);
        match self.guard.check(host, headers.origin) {
            Ok(()) => None,
            Err(Foreign::Host) => Some(Refusal::new(ErrorKind::Forbidden, "Host not allowed")),
            Err(Foreign::Origin) => Some(Refusal::new(ErrorKind::Forbidden, "Origin not allowed")),
        }
    }

    fn close_session(&self, requester: &Requester, headers: &Read<'_>) -> Answer {
        match (self.core.sessions(), headers.mcp.session) {
            (Some(sessions), Some(id)) if sessions.close(id, &requester.principal) => {
                answer::status(StatusCode::NO_CONTENT)
            }
            (Some(_), Some(_)) => {
                answer::refused(ErrorKind::SessionNotFound, "Session not found: it has ended")
            }
            (Some(_), None) => answer::refused(
                ErrorKind::SessionRequired,
                "Bad request: DELETE ends the session that Mcp-Session-Id names",
            ),
            (None, _) => {
                answer::not_allowed("POST", "This server keeps no sessions that could be ended")
            }
        }
    }
}

/// Why a request is refused before anybody has looked at what it asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) kind: ErrorKind,
    pub(super) why: &'static str,
}

impl Refusal {
    const fn new(kind: ErrorKind, why: &'static str) -> Self {
        Self { kind, why }
    }
}

fn refuse_malformed(headers: &Read<'_>, limit: usize) -> Option<Refusal> {
    if headers.size > limit {
        return Some(Refusal::new(
            ErrorKind::HeadersTooLarge,
            "The headers are larger than this server accepts",
        ));
    }
    headers.repeated.then(|| {
        Refusal::new(
            ErrorKind::InvalidRequest,
            "Host, Origin, Content-Type and Mcp-Session-Id may come once each",
        )
    })
}

/// The whole body, within the limit and in time.
pub(super) async fn read_body<B>(body: B, limit: usize) -> Result<Bytes, Refusal>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let too_large =
        || Refusal::new(ErrorKind::TooLarge, "The body is larger than this server accepts");
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
        Unread::Broken => Refusal::new(ErrorKind::InvalidRequest, "The body could not be read"),
        Unread::Late => Refusal::new(ErrorKind::RequestTimeout, "The body did not arrive in time"),
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

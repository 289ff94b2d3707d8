//! The routes of a server over plain HTTP: a REST API beside the MCP endpoint, with the errors that
//! FastAPI gives.

mod detail;
mod gather;
mod reply;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::header::ALLOW;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Either;
use hyper::body::Body as _;
use tower::ServiceExt as _;

use crate::declaration::{Declaration, Rest, Route, Transport};
use crate::lifecycle::Requester;
use crate::operation::Place;
use crate::server::RouteError;
use crate::transport::http::answer::Answer;
use crate::transport::http::endpoint::{Endpoint, Refusal, read_body};
use crate::transport::http::headers::{self, Read};
use crate::uri_template::{self, Matched};

/// The routes of the server in front of `router`, which answers for every other path.
pub(super) fn before(endpoint: Arc<Endpoint>, router: Router) -> Router {
    if endpoint.core().declaration().rest.routes.is_empty() {
        return router;
    }
    Router::new().fallback_service(RestService { endpoint, router })
}

/// What is at a path.
#[derive(Debug)]
enum Found {
    /// The description of the routes.
    Document,
    /// The route with this index.
    Route(usize, &'static Route, Matched),
    /// Routes of other methods: these.
    OtherMethods(String),
}

/// What a request asks for; `None` where its path is that of no route.
fn find(declaration: &'static Declaration, method: &Method, path: &str) -> Option<Found> {
    if path == Rest::DOCUMENT_PATH {
        return Some(match *method {
            Method::GET | Method::HEAD => Found::Document,
            _ => Found::OtherMethods("GET, HEAD".to_owned()),
        });
    }
    let mut others: Vec<&str> = Vec::new();
    for (index, route) in declaration.rest.routes.iter().enumerate() {
        // What looks like a query or a fragment cannot be in a path.
        let Some(matched) = uri_template::matches(route.path, path) else { continue };
        let known = route.method.as_str();
        if known == method.as_str() {
            return Some(Found::Route(index, route, matched));
        }
        if !others.contains(&known) {
            others.push(known);
        }
    }
    (!others.is_empty()).then(|| Found::OtherMethods(others.join(", ")))
}

/// The methods of all routes at a path, for pages that ask before their request.
fn methods(declaration: &'static Declaration, path: &str) -> HeaderValue {
    let at_path = declaration
        .rest
        .routes
        .iter()
        .filter(|route| uri_template::matches(route.path, path).is_some());
    let methods: Vec<&str> = at_path.map(|route| route.method.as_str()).collect();
    HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("GET"))
}

async fn respond(endpoint: &Endpoint, found: Found, head: &Arc<Parts>, body: Body) -> Answer {
    let headers = headers::read(head);
    if let Some(refusal) = endpoint.refuse(&head.uri, &headers) {
        return refused(refusal);
    }
    let mut answer = match found {
        Found::Document => {
            let document = endpoint.core().declaration().rest.document;
            reply::json(StatusCode::OK, Bytes::from_static(document.as_bytes()))
        }
        Found::Route(index, route, matched) => {
            call(endpoint, index, route, &matched, head, &headers, body).await
        }
        Found::OtherMethods(_) if is_preflight(head, &headers) => {
            let methods = methods(endpoint.core().declaration(), head.uri.path());
            return endpoint.preflight(&headers, methods);
        }
        Found::OtherMethods(allowed) => {
            let mut answer = reply::detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
            if let Ok(allowed) = HeaderValue::from_str(&allowed) {
                answer.headers_mut().insert(ALLOW, allowed);
            }
            answer
        }
    };
    if head.method == Method::HEAD {
        *answer.body_mut() = Either::Left(http_body_util::Full::default());
    }
    endpoint.share(&mut answer, &headers);
    answer
}

fn is_preflight(head: &Parts, headers: &Read<'_>) -> bool {
    head.method == Method::OPTIONS
        && headers.origin.is_some()
        && head.headers.contains_key(http::header::ACCESS_CONTROL_REQUEST_METHOD)
}

async fn call(
    endpoint: &Endpoint,
    index: usize,
    route: &'static Route,
    matched: &Matched,
    head: &Arc<Parts>,
    headers: &Read<'_>,
    body: Body,
) -> Answer {
    let is_allowed = |security| uri_template::security::allows(security, matched, |_| false);
    if !route.security.as_ref().is_none_or(is_allowed) {
        return reply::detail(StatusCode::NOT_FOUND, "Not Found");
    }
    let core = endpoint.core();
    let takes_body = route
        .tool
        .arguments
        .iter()
        .any(|argument| matches!(argument.place, Place::Property | Place::Body));
    let body = if takes_body {
        match read_body(body, core.declaration().limits.request_body).await {
            Ok(body) => body,
            Err(refusal) => return refused(refusal),
        }
    } else {
        Bytes::new()
    };
    let request = gather::Request {
        head,
        matched,
        body: &body,
        is_json: headers::is_json(headers.content_type),
        strict: core.mode().strict,
    };
    let arguments = match gather::arguments(route.tool.arguments, &request) {
        Ok(arguments) => arguments,
        Err(detail) => return reply::unprocessable(&[*detail]),
    };
    let requester = Requester::http(Arc::clone(head), Transport::Http);
    match core.call_route(index, &arguments, requester).await {
        Ok(result) => reply::result(route, &result),
        Err(RouteError::Arguments(errors)) => {
            reply::unprocessable(&detail::all(route.tool.arguments, &errors, &body))
        }
        Err(RouteError::Injection(why)) => reply::detail(StatusCode::BAD_REQUEST, &why),
        Err(RouteError::Handler(error)) => reply::failed(route, &error),
        Err(RouteError::TimedOut) => {
            reply::detail(StatusCode::GATEWAY_TIMEOUT, "The call ran out of time")
        }
        Err(RouteError::Busy) => reply::busy(),
    }
}

fn refused(Refusal { kind, why }: Refusal) -> Answer {
    let status = StatusCode::from_u16(kind.status(true)).unwrap_or(StatusCode::BAD_REQUEST);
    reply::detail(status, why)
}

/// The answer of the router, in the form of the others where it knows no more than the status.
fn told(answer: Response<Body>) -> Response<Body> {
    let is_bare = answer.body().size_hint().exact() == Some(0);
    if answer.status() == StatusCode::NOT_FOUND && is_bare {
        return reply::detail(StatusCode::NOT_FOUND, "Not Found").map(Body::new);
    }
    answer
}

/// The routes as a tower service, with what answers for other paths.
#[derive(Clone, Debug)]
struct RestService {
    endpoint: Arc<Endpoint>,
    router: Router,
}

impl tower::Service<Request<Body>> for RestService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _task: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let declaration = self.endpoint.core().declaration();
        let Some(found) = find(declaration, request.method(), request.uri().path()) else {
            let answer = self.router.clone().oneshot(request);
            return Box::pin(async move { answer.await.map(told) });
        };
        let endpoint = Arc::clone(&self.endpoint);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            Ok(respond(&endpoint, found, &Arc::new(head), body).await.map(Body::new))
        })
    }
}

//! One call over HTTP: files, token, request, and reading the response within its limits.

use bytes::BytesMut;
use http::header::{self, HeaderMap, HeaderValue};
use tokio::time::{Instant, timeout_at};

use super::client::{Inner, Request, refused};
use super::stream::{Framing, Items, Observer};
use super::{Reply, UpstreamError, status};

/// Bytes of the body of an error that are read.
const ERROR_BODY: usize = 64 << 10;

/// Sends a request and reads its response, all within the time of the call.
pub(super) async fn run(
    inner: &Inner,
    client: &reqwest::Client,
    mut request: Request,
    observer: Option<Observer>,
) -> Result<Reply, UpstreamError> {
    let end = Instant::now() + request.timeout;
    let response = timeout_at(end, send(inner, client, &mut request))
        .await
        .unwrap_or(Err(UpstreamError::Timeout))?;
    read(response, inner.limit, end, observer).await
}

async fn send(
    inner: &Inner,
    client: &reqwest::Client,
    request: &mut Request,
) -> Result<reqwest::Response, UpstreamError> {
    if let Some(mut draft) = request.draft.take() {
        draft.load().await.map_err(|why| refused(request.operation, why))?;
        request.set_body(draft.finish())?;
    }
    let Some(pending) = request.token.take() else {
        let headers = std::mem::take(&mut request.headers);
        return once(client, request, headers).await;
    };
    let Some(tokens) = inner.credentials.tokens(&pending) else {
        let headers = std::mem::take(&mut request.headers);
        return once(client, request, headers).await;
    };
    let with = |token: &HeaderValue| {
        let mut headers = request.headers.clone();
        headers.insert(header::AUTHORIZATION, token.clone());
        headers
    };
    let token = tokens.header(None).await?;
    let response = once(client, request, with(&token)).await?;
    if response.status() != http::StatusCode::UNAUTHORIZED {
        return Ok(response);
    }
    // The token was taken back before its time. What was refused was not done, so it may be sent
    // again.
    drop(response);
    let token = tokens.header(Some(&token)).await?;
    once(client, request, with(&token)).await
}

async fn once(
    client: &reqwest::Client,
    request: &Request,
    headers: HeaderMap,
) -> Result<reqwest::Response, UpstreamError> {
    let mut builder = client.request(request.method.clone(), request.url.clone()).headers(headers);
    if !request.body.is_empty() {
        builder = builder.body(request.body.clone());
    }
    builder.send().await.map_err(failed)
}

async fn read(
    mut response: reqwest::Response,
    limit: usize,
    end: Instant,
    observer: Option<Observer>,
) -> Result<Reply, UpstreamError> {
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default();
    let mut reply = Reply { status, media_type, ..Reply::default() };
    if !(200..=299).contains(&status) {
        reply.body = timeout_at(end, start_of(&mut response, ERROR_BODY))
            .await
            .unwrap_or(Err(UpstreamError::Timeout))?
            .freeze();
    } else if let Some(framing) = Framing::of(&reply.media_type) {
        collect(&mut response, framing, limit, end, observer, &mut reply).await?;
    } else {
        reply.body = timeout_at(end, whole(&mut response, limit))
            .await
            .unwrap_or(Err(UpstreamError::Timeout))?
            .freeze();
    }
    status::check(reply, &headers)
}

/// A body that has to be whole.
async fn whole(response: &mut reqwest::Response, limit: usize) -> Result<BytesMut, UpstreamError> {
    let announced = response.content_length().unwrap_or_default();
    if usize::try_from(announced).is_ok_and(|announced| announced > limit) {
        return Err(UpstreamError::TooLarge(limit));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(UpstreamError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The first bytes of a body; a message would cut it anyway.
async fn start_of(
    response: &mut reqwest::Response,
    limit: usize,
) -> Result<BytesMut, UpstreamError> {
    let mut body = BytesMut::new();
    while body.len() < limit
        && let Some(chunk) = response.chunk().await.map_err(failed)?
    {
        body.extend_from_slice(chunk.get(..limit - body.len()).unwrap_or(&chunk));
    }
    Ok(body)
}

/// A sequence of items. One that does not end within the time or the size of the call gives what has
/// come until then, unless that is nothing.
async fn collect(
    response: &mut reqwest::Response,
    framing: Framing,
    limit: usize,
    end: Instant,
    mut observer: Option<Observer>,
    reply: &mut Reply,
) -> Result<(), UpstreamError> {
    let mut items = Items::new(framing);
    let mut body = BytesMut::new();
    let mut tell = |item: super::Item<'_>| {
        if let Some(observer) = &mut observer {
            observer(item);
        }
    };
    let cut = loop {
        let chunk = match timeout_at(end, response.chunk()).await {
            Ok(chunk) => chunk.map_err(failed)?,
            Err(_) if items.count == 0 => return Err(UpstreamError::Timeout),
            Err(_) => break Some("the upstream was still sending when the time of the call ended"),
        };
        let Some(chunk) = chunk else { break None };
        if body.len().saturating_add(chunk.len()) > limit {
            if items.count == 0 {
                return Err(UpstreamError::TooLarge(limit));
            }
            break Some("the upstream sent more than the limit of this server");
        }
        body.extend_from_slice(&chunk);
        items.read(&body, false, &mut tell);
    };
    match cut {
        Some(why) => {
            body.truncate(items.complete());
            reply.note = Some(format!("Only the first {} items: {why}.", items.count));
        }
        None => items.read(&body, true, &mut tell),
    }
    reply.body = body.freeze();
    Ok(())
}

/// An error of the transport. Its URL is left out: the query may carry a credential.
fn failed(error: reqwest::Error) -> UpstreamError {
    if error.is_timeout() {
        return UpstreamError::Timeout;
    }
    UpstreamError::Connection(Box::new(error.without_url()))
}

//! Server-sent events (WHATWG HTML, 9.2): how messages are framed, and the body that carries them.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use hyper::body::{Body, Frame};
use tokio::sync::mpsc;

/// Time between signs of life on a quiet stream.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Time for a client to take what was written. One that does not has its stream ended.
const STALL: Duration = Duration::from_secs(20);

/// Events on their way to the connection.
const ROOM: usize = 16;

/// A comment: a sign of life.
static SIGN_OF_LIFE: &[u8] = b":\n\n";

/// A message as an event.
pub(super) fn message(body: &[u8]) -> Bytes {
    named("message", None, body)
}

/// A message as an event with an id.
pub(super) fn identified(id: &str, body: &[u8]) -> Bytes {
    named("message", Some(id).filter(|id| !id.is_empty()), body)
}

/// Any event of one line.
pub(super) fn named(name: &str, id: Option<&str>, body: &[u8]) -> Bytes {
    let mut event = BytesMut::with_capacity(body.len() + 64);
    if let Some(id) = id {
        event.put_slice(b"id: ");
        event.put_slice(id.as_bytes());
        event.put_u8(b'\n');
    }
    event.put_slice(b"event: ");
    event.put_slice(name.as_bytes());
    event.put_slice(b"\ndata: ");
    event.put_slice(body);
    event.put_slice(b"\n\n");
    event.freeze()
}

/// The event without data that a stream begins with, so that a client can come back to its beginning
/// (MCP 2025-11-25, transports).
pub(super) fn priming(id: &str, retry: Duration) -> Bytes {
    Bytes::from(format!("id: {id}\nretry: {}\ndata:\n\n", retry.as_millis()))
}

/// Tells a client when to come back.
pub(super) fn retry(after: Duration) -> Bytes {
    Bytes::from(format!("retry: {}\n\n", after.as_millis()))
}

/// The body of a stream.
#[derive(Debug)]
pub(super) struct Events(mpsc::Receiver<Bytes>);

/// Where the events of a body come from.
#[derive(Clone, Debug)]
pub(super) struct Writer(mpsc::Sender<Bytes>);

/// A body, and where its events come from. It ends when there is no writer any more.
pub(super) fn body() -> (Writer, Events) {
    let (sender, receiver) = mpsc::channel(ROOM);
    (Writer(sender), Events(receiver))
}

impl Writer {
    /// Writes an event; returns whether the client still takes them.
    pub(super) async fn write(&self, event: Bytes) -> bool {
        matches!(tokio::time::timeout(STALL, self.0.send(event)).await, Ok(Ok(())))
    }

    /// Writes a sign of life; returns whether the client is there.
    pub(super) async fn sign_of_life(&self) -> bool {
        self.write(Bytes::from_static(SIGN_OF_LIFE)).await
    }

    /// Waits until the client has gone.
    pub(super) async fn closed(&self) {
        self.0.closed().await;
    }
}

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(task).map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{identified, message, priming, retry};

    #[test]
    fn events_are_framed() {
        assert_eq!(message(b"{}"), "event: message\ndata: {}\n\n");
        assert_eq!(identified("1-2", b"{}"), "id: 1-2\nevent: message\ndata: {}\n\n");
        assert_eq!(identified("", b"{}"), message(b"{}"));
        let half = Duration::from_millis(500);
        assert_eq!(priming("1-0", half), "id: 1-0\nretry: 500\ndata:\n\n");
        assert_eq!(retry(half), "retry: 500\n\n");
    }
}

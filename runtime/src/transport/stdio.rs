//! Newline-delimited JSON on standard input and output. Standard output carries nothing else.

mod lines;

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncBufRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;

use self::lines::{Line, Lines};
use crate::lifecycle::Handshake;
use crate::lifecycle::calls::Calls;
use crate::lifecycle::decision::Facts;
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::server::{Call, Core, Outcome, Server};

/// Answers that wait for the reader of standard output before requests wait for them.
const QUEUE: usize = 64;

/// Serves one client on standard input and output, until its input ends. Requests in flight are
/// answered before this returns.
///
/// # Errors
/// Standard input cannot be read, or standard output not written.
pub async fn serve(server: &Server) -> io::Result<()> {
    serve_on(server, BufReader::new(tokio::io::stdin()), tokio::io::stdout()).await
}

/// Serves one client on any pair of streams, with the framing of stdio.
///
/// # Errors
/// The streams fail.
pub async fn serve_on<R, W>(server: &Server, reader: R, writer: W) -> io::Result<()>
where
    R: AsyncBufRead + Unpin,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let core = server.core();
    let mut lines = Lines::new(reader, core.declaration().limits.request_body);
    let (answers, queue) = mpsc::channel(QUEUE);
    let writing = tokio::spawn(write_answers(writer, queue));
    let permits = Arc::new(Semaphore::new(core.call_limit().min(Semaphore::MAX_PERMITS)));
    let mut client = Client { core, permits, answers, calls: Arc::default(), handshake: None };
    while let Some(line) = lines.next().await? {
        if !client.take(line).await {
            break;
        }
    }
    // The writer ends when the last request in flight has given up its sender.
    drop(client);
    finished(writing).await
}

/// The one client of a connection.
struct Client {
    core: Arc<Core>,
    /// One for each message whose answer is not written yet.
    permits: Arc<Semaphore>,
    answers: mpsc::Sender<Bytes>,
    calls: Arc<Calls>,
    handshake: Option<Handshake>,
}

impl Client {
    /// Takes one line; returns whether answers can still be written.
    async fn take(&mut self, line: Line) -> bool {
        let message = match line {
            Line::Message(message) => message,
            Line::TooLong(limit) => {
                let error = ProtocolError::new(
                    ErrorKind::InvalidRequest,
                    format!("Invalid request: the line is longer than {limit} bytes"),
                );
                let mut body = bytes::BytesMut::new();
                error.encode(&mut body, None);
                return self.answers.send(body.freeze()).await.is_ok();
            }
        };
        // Reading waits while too many requests are in flight. The semaphore is never closed.
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        let facts = Facts::Connection(self.handshake.as_ref());
        match self.core.begin(&message, &facts) {
            Outcome::Reply(reply) => {
                if reply.negotiated.is_some() {
                    self.handshake = reply.negotiated;
                }
                return self.answers.send(reply.body).await.is_ok();
            }
            Outcome::Call(call) => self.spawn(call, permit),
            Outcome::Cancelled(id) => self.calls.cancel(&id),
            Outcome::Batch(batch) => {
                let begun = batch.begin(&self.core, &facts);
                let answers = self.answers.clone();
                tokio::spawn(async move {
                    if let Some(answer) = begun.run().await {
                        drop(answers.send(answer).await);
                    }
                });
            }
            Outcome::Accepted => {}
        }
        true
    }

    fn spawn(&self, call: Call, permit: Option<OwnedSemaphorePermit>) {
        let id = call.id().to_owned();
        let answers = self.answers.clone();
        self.calls.spawn(&id, async move {
            // A local variable is dropped after the call, which frees its place in the server.
            let _permit = permit;
            // A closed queue means that nobody reads standard output any more.
            drop(answers.send(call.run().await).await);
        });
    }
}

/// The single writer: one line per answer, flushed when there is none left to write.
async fn write_answers<W: AsyncWrite + Unpin>(
    mut writer: W,
    mut queue: mpsc::Receiver<Bytes>,
) -> io::Result<()> {
    while let Some(answer) = queue.recv().await {
        write_line(&mut writer, &answer).await?;
        while let Ok(answer) = queue.try_recv() {
            write_line(&mut writer, &answer).await?;
        }
        writer.flush().await?;
    }
    writer.flush().await
}

async fn write_line<W: AsyncWrite + Unpin>(writer: &mut W, answer: &[u8]) -> io::Result<()> {
    let mut line = Vec::with_capacity(answer.len() + 1);
    line.extend_from_slice(answer);
    line.push(b'\n');
    writer.write_all(&line).await
}

async fn finished(writing: JoinHandle<io::Result<()>>) -> io::Result<()> {
    match writing.await {
        // A client that has closed both ends at once is no failure.
        Ok(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Ok(written) => written,
        Err(error) => Err(io::Error::other(error)),
    }
}

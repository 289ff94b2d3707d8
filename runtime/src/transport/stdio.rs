//! Newline-delimited JSON on standard input and output. Standard output carries nothing else.

mod lines;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncBufRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::mpsc;
use tokio::task::JoinError;
use tokio::time::timeout;

use self::lines::{Line, Lines};
use crate::declaration::Transport;
use crate::lifecycle::{Principal, Requester};
use crate::server::Server;
use crate::transport::peer::Peer;

/// Time for requests in flight to be answered when the input has ended. A client that waits for more is
/// gone.
const GRACE: Duration = Duration::from_secs(5);

/// Time for what is left to be written when they have been cancelled.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Serves one client on standard input and output, until its input ends. Requests in flight then have
/// five seconds to be answered, and are cancelled.
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
    let requester = Requester::connection(Some(Transport::Stdio), Principal::Anonymous);
    let mut lines = Lines::new(reader, core.declaration().limits.request_body);
    let (mut peer, messages) = Peer::connect(Arc::clone(&core), requester);
    let writing = tokio::spawn(write_messages(writer, messages));
    while let Some(line) = lines.next().await? {
        let goes_on = match line {
            Line::Message(message) => peer.take(&message).await,
            Line::TooLong(limit) => peer.refuse_long(limit).await,
        };
        if !goes_on {
            break;
        }
    }
    let calls = peer.calls();
    // The writer ends when the last request in flight has given up its sender.
    drop(peer);
    let mut writing = writing;
    if let Ok(written) = timeout(GRACE, &mut writing).await {
        return finished(written);
    }
    tracing::warn!("requests in flight were dropped at the end of the input");
    calls.cancel_all();
    match timeout(LAST_WORDS, &mut writing).await {
        Ok(written) => finished(written),
        Err(_) => {
            // Nobody reads what would be written.
            writing.abort();
            Ok(())
        }
    }
}

/// The single writer: one line per message, flushed when there is none left to write.
async fn write_messages<W: AsyncWrite + Unpin>(
    mut writer: W,
    mut queue: mpsc::Receiver<Bytes>,
) -> io::Result<()> {
    while let Some(message) = queue.recv().await {
        write_line(&mut writer, &message).await?;
        while let Ok(message) = queue.try_recv() {
            write_line(&mut writer, &message).await?;
        }
        writer.flush().await?;
    }
    writer.flush().await
}

async fn write_line<W: AsyncWrite + Unpin>(writer: &mut W, message: &[u8]) -> io::Result<()> {
    let mut line = Vec::with_capacity(message.len() + 1);
    line.extend_from_slice(message);
    line.push(b'\n');
    writer.write_all(&line).await
}

fn finished(written: Result<io::Result<()>, JoinError>) -> io::Result<()> {
    match written {
        // A client that has closed both ends at once is no failure.
        Ok(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Ok(written) => written,
        Err(error) => Err(io::Error::other(error)),
    }
}

//! Requests that are answered by a stream: what drives them, and what they leave behind.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use crate::lifecycle::changes::Told;
use crate::lifecycle::legacy::{Item, Reader, Session, Stream};
use crate::server::{Core, Place, Reply, Step, Work, told_message};
use crate::transport::http::events::{self, Events, KEEP_ALIVE, Writer};

/// Time after which a client comes back to a stream that was closed without another word.
const RETRY: Duration = Duration::from_secs(1);

/// Tells streams that the server ends.
#[derive(Clone, Debug)]
pub(super) struct Ending(watch::Receiver<bool>);

impl Ending {
    /// The one who tells, and those who are told.
    pub(super) fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Waits until it does.
    pub(super) async fn wait(&mut self) {
        if self.0.wait_for(|is_ending| *is_ending).await.is_err() {
            // Nobody will tell any more.
            std::future::pending::<()>().await;
        }
    }
}

/// Streams a request of which `first` has come. Where the client goes away, the request ends, or goes
/// on without it.
pub(super) fn stream(core: &Core, work: Work, first: Step, ending: Ending) -> Events {
    let (writer, body) = events::body();
    // A subscription has its place among the streams already. A call has begun and is not taken back:
    // its stream is counted, and bounded by the limit of calls.
    let place = (!work.is_listen()).then(|| core.count_stream());
    tokio::spawn(async move {
        let _place = place;
        run(work, first, writer, ending).await;
    });
    body
}

async fn run(mut work: Work, first: Step, writer: Writer, mut ending: Ending) {
    let mut step = first;
    loop {
        let (event, is_last) = match step {
            Step::Message(message) => (events::message(&message), false),
            Step::Close(_) => (events::retry(RETRY), false),
            Step::Done(reply) => (events::message(&reply.body), true),
        };
        if !writer.write(event).await {
            break;
        }
        if is_last {
            return;
        }
        step = loop {
            tokio::select! {
                biased;
                step = work.next() => break step,
                () = writer.closed() => return leave(work).await,
                () = ending.wait(), if work.is_listen() => {
                    if let Some(reply) = work.end() {
                        break Step::Done(reply);
                    }
                }
                () = tokio::time::sleep(KEEP_ALIVE) => {
                    if !writer.sign_of_life().await {
                        return leave(work).await;
                    }
                }
            }
        };
    }
    leave(work).await;
}

/// Nobody reads the stream any more.
async fn leave(work: Work) {
    if !work.ends_with_connection() {
        work.answer().await;
    }
}

/// How a request in a session is answered.
pub(super) enum First {
    /// By its answer alone.
    Answer(Reply),
    /// By a stream, with the id of an event before all others.
    Stream(Option<String>),
}

/// Runs a request of a session to its end, wherever its client is. The first thing that comes decides
/// how it is answered.
pub(super) async fn drive(
    mut work: Work,
    first: Option<Step>,
    stream: Arc<Stream>,
    decided: oneshot::Sender<First>,
) {
    let _ended = EndOnDrop(&stream);
    let mut decided = Some(decided);
    let mut next = first;
    loop {
        let step = match next.take() {
            Some(step) => step,
            None => work.next().await,
        };
        match step {
            Step::Done(reply) => {
                match decided.take() {
                    // Whoever has gone before anything came cannot come back: it knows no event.
                    Some(decided) => drop(decided.send(First::Answer(reply))),
                    None => stream.push(reply.body).await,
                }
                return;
            }
            Step::Message(message) => {
                decide(&mut decided, &stream).await;
                stream.push(message).await;
            }
            Step::Close(retry) => {
                decide(&mut decided, &stream).await;
                stream.let_go(retry).await;
            }
        }
    }
}

async fn decide(decided: &mut Option<oneshot::Sender<First>>, stream: &Stream) {
    if let Some(decided) = decided.take() {
        drop(decided.send(First::Stream(stream.prime().await)));
    }
}

struct EndOnDrop<'a>(&'a Stream);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// The events of a stream of a session, as somebody reads them.
pub(super) struct Reading {
    /// The one who reads.
    pub(super) reader: Reader,
    /// The session, where the stream is the one for what belongs to no request.
    pub(super) standalone: Option<Arc<Session>>,
    /// The id from which the client could begin again, where it understands that.
    pub(super) priming: Option<String>,
    /// Its place among the open streams; none where the server streams nothing but answers in JSON.
    pub(super) place: Option<Place>,
}

impl Reading {
    /// The body of the response.
    pub(super) fn body(self, ending: Ending) -> Events {
        let (writer, body) = events::body();
        tokio::spawn(self.run(writer, ending));
        body
    }

    async fn run(mut self, writer: Writer, mut ending: Ending) {
        let _place = &self.place;
        if let Some(id) = self.priming.take()
            && !writer.write(events::priming(&id, RETRY)).await
        {
            return;
        }
        loop {
            let item = tokio::select! {
                biased;
                item = self.reader.next() => item,
                () = writer.closed() => return,
                // The answer to a request is waited for as long as the server gives it.
                () = ending.wait(), if self.standalone.is_some() => return,
                told = told(self.standalone.as_deref()) => {
                    // To the log and back to the reader, which is empty at the moment.
                    if let Some(session) = &self.standalone {
                        session.streams().standalone().push(told_message(&told, None)).await;
                    }
                    continue;
                }
                () = tokio::time::sleep(KEEP_ALIVE) => {
                    if !writer.sign_of_life().await {
                        return;
                    }
                    continue;
                }
            };
            let event = match item {
                Some(Item::Event(event)) => events::identified(&event.id, &event.body),
                Some(Item::Retry(after)) => events::retry(after),
                None => return,
            };
            if !writer.write(event).await {
                return;
            }
        }
    }
}

/// The next change that the session is to be told.
async fn told(session: Option<&Session>) -> Told {
    match session {
        Some(session) => session.listener().next().await,
        None => std::future::pending().await,
    }
}

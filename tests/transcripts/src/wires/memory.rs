//! A connection inside the process.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Duration;

use mcpwright::transport::memory::{Connection, connect};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Received, Wire};
use crate::read::Said;

/// A server that lives in this process.
#[derive(Debug)]
pub(super) struct Memory {
    texts: UnboundedSender<String>,
    messages: Receiver<String>,
    client: JoinHandle<()>,
}

impl Memory {
    pub(super) fn connect(server: &mcpwright::Server) -> Self {
        let (texts, to_send) = unbounded_channel();
        let (sender, messages) = channel();
        let server = server.clone();
        let client = std::thread::spawn(move || {
            // On one thread, so that messages are handed on in the order in which they come.
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.enable_all().build().expect("a runtime");
            runtime.block_on(async { talk(Arc::new(connect(&server)), to_send, sender).await });
        });
        Self { texts, messages, client }
    }
}

/// Sends each text, and hands on what comes, until nothing is to be sent any more.
async fn talk(
    connection: Arc<Connection>,
    mut texts: UnboundedReceiver<String>,
    sender: Sender<String>,
) {
    loop {
        let text = tokio::select! {
            message = connection.receive() => {
                let _ = sender.send(message);
                continue;
            }
            text = texts.recv() => text,
        };
        let Some(text) = text else { return };
        let (connection, sender) = (Arc::clone(&connection), sender.clone());
        let mut sending = Box::pin(async move {
            let answer = connection.send(&text).await;
            // What was said before the answer comes before it.
            while let Some(message) = connection.try_receive() {
                let _ = sender.send(message);
            }
            if let Some(answer) = answer {
                let _ = sender.send(answer);
            }
        });
        // What is sent later must not overtake what was sent before: each is begun here.
        let is_done = poll_fn(|task| Poll::Ready(sending.as_mut().poll(task).is_ready())).await;
        if !is_done {
            tokio::spawn(sending);
        }
    }
}

impl Wire for Memory {
    fn send(&mut self, said: &Said) {
        self.texts.send(said.text.clone()).expect("the client lives");
    }

    fn receive(&mut self, patience: Duration) -> Option<Received> {
        self.messages.recv_timeout(patience).ok().map(|text| received(&text))
    }

    fn end(self: Box<Self>) -> Vec<Received> {
        drop(self.texts);
        self.client.join().expect("the client does not panic");
        self.messages.try_iter().map(|text| received(&text)).collect()
    }
}

fn received(text: &str) -> Received {
    let message = serde_json::from_str(text);
    Received { status: None, message: Some(message.unwrap_or_else(|_| Value::String(text.into()))) }
}

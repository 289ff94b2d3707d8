//! A connection inside the process.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use mcpwright::transport::memory::{Connection, connect};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::{Received, Wire};
use crate::read::Said;

/// A server that lives in this process.
#[derive(Debug)]
pub(super) struct Memory {
    runtime: Runtime,
    connection: Arc<Connection>,
    sender: Sender<String>,
    messages: Receiver<String>,
}

impl Memory {
    pub(super) fn connect(server: &mcpwright::Server) -> Self {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().expect("a runtime");
        let (sender, messages) = channel();
        let connection = runtime.block_on(async { Arc::new(connect(server)) });
        Self { runtime, connection, sender, messages }
    }
}

impl Wire for Memory {
    fn send(&mut self, said: &Said) {
        let (connection, sender) = (Arc::clone(&self.connection), self.sender.clone());
        let text = said.text.clone();
        // What is sent later must not overtake what was sent before: each is begun here.
        let mut sending = Box::pin(async move {
            if let Some(answer) = connection.send(&text).await {
                let _ = sender.send(answer);
            }
        });
        let is_done = self.runtime.block_on(async {
            std::future::poll_fn(|task| {
                std::task::Poll::Ready(sending.as_mut().poll(task).is_ready())
            })
            .await
        });
        if !is_done {
            self.runtime.spawn(sending);
        }
    }

    fn receive(&mut self, patience: Duration) -> Option<Received> {
        self.messages.recv_timeout(patience).ok().map(|text| received(&text))
    }

    fn end(self: Box<Self>) -> Vec<Received> {
        let rest = self.messages.try_iter().map(|text| received(&text)).collect();
        self.runtime.shutdown_background();
        rest
    }
}

fn received(text: &str) -> Received {
    let message = serde_json::from_str(text);
    Received { status: None, message: Some(message.unwrap_or_else(|_| Value::String(text.into()))) }
}

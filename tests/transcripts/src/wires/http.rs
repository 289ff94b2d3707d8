//! HTTP, each message in a request of its own.

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use blackbox::exchange::Exchange;
use blackbox::http::request_bytes;
use serde_json::Value;

use super::{Received, Wire};
use crate::read::Said;

/// How long after a request the next one waits, so that the server sees them in this order.
const APART: Duration = Duration::from_millis(20);

/// A server that others may be talking to as well.
#[derive(Debug)]
pub(super) struct Http {
    address: SocketAddr,
    sender: Sender<Received>,
    messages: Receiver<Received>,
    session: Arc<Mutex<Option<String>>>,
}

impl Http {
    pub(super) fn new(address: SocketAddr) -> Self {
        let (sender, messages) = channel();
        Self { address, sender, messages, session: Arc::default() }
    }
}

impl Wire for Http {
    fn send(&mut self, said: &Said) {
        let mut headers: Vec<(&str, &str)> = Vec::new();
        let accept = if said.method == "GET" {
            "text/event-stream"
        } else {
            "application/json, text/event-stream"
        };
        let named = |name: &str| said.headers.iter().any(|(it, _)| it.eq_ignore_ascii_case(name));
        for (name, value) in [("Accept", accept), ("Content-Type", "application/json")] {
            if !named(name) {
                headers.push((name, value));
            }
        }
        let given = said.headers.iter();
        headers.extend(given.filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?))));
        let host = self.address.to_string();
        let bytes = request_bytes(&said.method, "/mcp", &host, &headers, said.text.as_bytes());
        let exchange = Exchange::open(self.address, &bytes);
        let (sender, session) = (self.sender.clone(), Arc::clone(&self.session));
        std::thread::spawn(move || listen(exchange, &sender, &session));
        std::thread::sleep(APART);
    }

    fn receive(&mut self, patience: Duration) -> Option<Received> {
        self.messages.recv_timeout(patience).ok()
    }

    fn session(&self) -> Option<String> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn end(self: Box<Self>) -> Vec<Received> {
        std::thread::sleep(APART);
        self.messages.try_iter().collect()
    }
}

/// Hands on what an answer brings, until it ends.
fn listen(mut exchange: Exchange, sender: &Sender<Received>, session: &Mutex<Option<String>>) {
    let Some(head) = exchange.head() else { return };
    let status = head.status;
    if let Some(id) = head.header("mcp-session-id") {
        *session.lock().unwrap_or_else(PoisonError::into_inner) = Some(id.to_owned());
    }
    let say = |message: Option<Value>| sender.send(Received { status: Some(status), message });
    if head.is_stream() {
        while let Some(event) = exchange.event() {
            // The first event of a stream that can be resumed has an id and no data.
            let is_priming = event.data.is_empty();
            if !is_priming && say(Some(parse(&event.data))).is_err() {
                return;
            }
        }
        return;
    }
    let body = exchange.body();
    let is_plain_success = body.is_empty() && (200..300).contains(&status);
    if !is_plain_success {
        let _ = say((!body.is_empty()).then(|| parse(&String::from_utf8_lossy(&body))));
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

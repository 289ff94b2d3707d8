//! HTTP, each message in a request of its own.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use blackbox::exchange::Exchange;
use blackbox::http::request_bytes;
use serde_json::{Value, json};

use super::{Received, Wire};
use crate::read::Said;

/// How long after a request the next one waits, so that the server sees them in this order.
const APART: Duration = Duration::from_millis(20);

/// Time in which the server notices that a connection has ended.
const NOTICED: Duration = Duration::from_millis(200);

/// A server that others may be talking to as well.
#[derive(Debug)]
pub(super) struct Http {
    address: SocketAddr,
    /// Where messages are posted.
    path: String,
    /// Whether answers come on a stream that is open already, and those to requests say nothing.
    has_stream: bool,
    sender: Sender<Received>,
    messages: Receiver<Received>,
    session: Arc<Mutex<Option<String>>>,
    connections: Vec<TcpStream>,
}

impl Http {
    pub(super) fn new(address: SocketAddr) -> Self {
        let (sender, messages) = channel();
        Self {
            address,
            path: "/mcp".to_owned(),
            has_stream: false,
            sender,
            messages,
            session: Arc::default(),
            connections: Vec::new(),
        }
    }

    /// Opens the stream of HTTP+SSE, and posts to where it says from then on.
    pub(super) fn open_stream(&mut self) {
        let headers = [("Accept", "text/event-stream")];
        let bytes = request_bytes("GET", "/sse", &self.address.to_string(), &headers, b"");
        let mut exchange = Exchange::open(self.address, &bytes);
        let event = exchange.event().expect("the stream begins with an event");
        assert_eq!(event.name.as_deref(), Some("endpoint"), "{event:?}");
        self.path = event.data;
        self.has_stream = true;
        self.listen(exchange, false);
    }

    /// Hands on what the answer brings. `is_quiet` leaves out that a message was accepted.
    fn listen(&mut self, exchange: Exchange, is_quiet: bool) {
        self.connections.push(exchange.connection());
        let (sender, session) = (self.sender.clone(), Arc::clone(&self.session));
        std::thread::spawn(move || listen(exchange, is_quiet, &sender, &session));
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
        let path = said.path.as_ref().unwrap_or(&self.path);
        let host = self.address.to_string();
        let bytes = request_bytes(&said.method, path, &host, &headers, said.text.as_bytes());
        self.listen(Exchange::open(self.address, &bytes), self.has_stream);
        std::thread::sleep(APART);
    }

    fn receive(&mut self, patience: Duration) -> Option<Received> {
        self.messages.recv_timeout(patience).ok()
    }

    fn session(&self) -> Option<String> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hang_up(&mut self) {
        for connection in self.connections.drain(..) {
            // One that has ended already cannot be ended, and need not be.
            let _ = connection.shutdown(Shutdown::Both);
        }
        std::thread::sleep(NOTICED);
    }

    fn end(self: Box<Self>) -> Vec<Received> {
        std::thread::sleep(APART);
        for connection in &self.connections {
            let _ = connection.shutdown(Shutdown::Both);
        }
        self.messages.try_iter().collect()
    }
}

/// Hands on what an answer brings, until it ends.
fn listen(
    mut exchange: Exchange,
    is_quiet: bool,
    sender: &Sender<Received>,
    session: &Mutex<Option<String>>,
) {
    let Some(head) = exchange.head() else { return };
    let status = head.status;
    if let Some(id) = head.header("mcp-session-id") {
        *session.lock().unwrap_or_else(PoisonError::into_inner) = Some(id.to_owned());
    }
    let say = |message: Option<Value>| sender.send(Received { status: Some(status), message });
    if head.is_stream() {
        while let Some(event) = exchange.event() {
            let message = match event.name.as_deref() {
                None | Some("message") => parse(&event.data),
                Some(name) => json!({ "event": name, "data": event.data }),
            };
            // The first event of a stream that can be resumed has an id and no data.
            let is_priming = event.data.is_empty();
            if !is_priming && say(Some(message)).is_err() {
                return;
            }
        }
        return;
    }
    let body = exchange.body();
    let is_accepted = is_quiet && status == 202;
    let is_plain_success = is_accepted || (body.is_empty() && (200..300).contains(&status));
    if !is_plain_success {
        let _ = say((!body.is_empty()).then(|| parse(&String::from_utf8_lossy(&body))));
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

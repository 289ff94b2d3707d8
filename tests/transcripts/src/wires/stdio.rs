//! A process, line by line.

use std::path::Path;
use std::time::Duration;

use blackbox::stdio::Server;
use serde_json::Value;

use super::{Received, Wire};
use crate::read::Said;

/// A server on standard input and output.
#[derive(Debug)]
pub(super) struct Stdio(Server);

impl Stdio {
    pub(super) fn start(program: &Path, flags: &[&str]) -> Self {
        Self(Server::start(program, &[&["--transport", "stdio"], flags].concat()))
    }
}

impl Wire for Stdio {
    fn send(&mut self, said: &Said) {
        self.0.send_bytes(format!("{}\n", said.text).as_bytes());
    }

    fn receive(&mut self, patience: Duration) -> Option<Received> {
        self.0.line(patience).map(|line| received(&line))
    }

    fn end(mut self: Box<Self>) -> Vec<Received> {
        self.0.close_input();
        let ended = self.0.end();
        assert_eq!(ended.status.code(), Some(0), "the server ends badly:\n{}", ended.log);
        ended.rest.iter().map(|line| received(line)).collect()
    }
}

fn received(line: &str) -> Received {
    let message = serde_json::from_str(line);
    Received { status: None, message: Some(message.unwrap_or_else(|_| Value::String(line.into()))) }
}

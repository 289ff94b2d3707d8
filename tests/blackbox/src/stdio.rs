//! A server on standard input and output, line by line.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::programs::{Guarded, PATIENCE};

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Guarded,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    log: Option<JoinHandle<String>>,
}

/// What is left of a server that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// Lines of standard output that nobody read.
    pub rest: Vec<String>,
    /// Standard error.
    pub log: String,
}

impl Server {
    /// Starts a program.
    ///
    /// # Panics
    ///
    /// Panics when it does not start.
    #[must_use]
    pub fn start(program: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let input = child.stdin.take();
        let output = child.stdout.take().expect("a pipe");
        let mut errors = child.stderr.take().expect("a pipe");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8(line).unwrap_or_else(|_| "not UTF-8".to_owned());
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let log = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = errors.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Self { child: Guarded(child), input, lines, log: Some(log) }
    }

    /// Sends bytes as they are.
    ///
    /// # Panics
    ///
    /// Panics when the server has closed its input.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(bytes).and_then(|()| input.flush()).expect("the server reads");
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) {
        self.send_bytes(format!("{message}\n").as_bytes());
    }

    /// The next message of the server.
    ///
    /// # Panics
    ///
    /// Panics when none comes in time, or when it is not JSON.
    pub fn receive(&mut self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).expect("an answer of the server");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in: {line}"))
    }

    /// The next line of the server; `None` where none comes in time.
    pub fn line(&mut self, patience: Duration) -> Option<String> {
        self.lines.recv_timeout(patience).ok()
    }

    /// Sends a message and gives its answer.
    pub fn ask(&mut self, message: &Value) -> Value {
        self.send(message);
        self.receive()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        self.child.signal(name);
    }

    /// Ends the input.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Waits for the end.
    ///
    /// # Panics
    ///
    /// Panics when the server runs on.
    #[must_use]
    pub fn end(mut self) -> Ended {
        let status = self.child.wait();
        self.input = None;
        let rest = self.lines.iter().collect();
        let log = self.log.take().expect("joined once").join().expect("the reader ends");
        Ended { status, rest, log }
    }
}

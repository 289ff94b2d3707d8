//! One HTTP request whose answer is read as it comes, event by event.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

use crate::programs::PATIENCE;

/// A request that was sent.
#[derive(Debug)]
pub struct Exchange {
    stream: BufReader<TcpStream>,
    head: Option<Head>,
    is_chunked: bool,
    /// What is left of the current chunk.
    left: u64,
    is_over: bool,
}

/// The first lines of an answer.
#[derive(Clone, Debug)]
pub struct Head {
    /// HTTP status.
    pub status: u16,
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
}

/// An event of a stream.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Event {
    /// Its id, where it has one.
    pub id: Option<String>,
    /// When to come back, in milliseconds.
    pub retry: Option<String>,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Its data, lines joined.
    pub data: String,
}

impl Head {
    /// A header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether events follow.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.header("content-type").is_some_and(|it| it.starts_with("text/event-stream"))
    }
}

impl Exchange {
    /// Connects and sends these bytes.
    ///
    /// # Panics
    ///
    /// Panics when nobody listens.
    #[must_use]
    pub fn open(address: SocketAddr, bytes: &[u8]) -> Self {
        let mut stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(bytes);
        Self {
            stream: BufReader::new(stream),
            head: None,
            is_chunked: false,
            left: 0,
            is_over: false,
        }
    }

    /// The connection, for whoever ends it while the answer is read.
    ///
    /// # Panics
    ///
    /// Panics when the system has no more file descriptors.
    #[must_use]
    pub fn connection(&self) -> TcpStream {
        self.stream.get_ref().try_clone().expect("a connection can be shared")
    }

    /// Status and headers; `None` where the connection ends without an answer.
    pub fn head(&mut self) -> Option<Head> {
        if self.head.is_none() {
            let line = self.line()?;
            let status = line.split(' ').nth(1)?.parse().ok()?;
            let mut headers = Vec::new();
            loop {
                let line = self.line()?;
                let Some((name, value)) = line.split_once(':') else { break };
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            let head = Head { status, headers };
            self.is_chunked = head.header("transfer-encoding") == Some("chunked");
            self.head = Some(head);
        }
        self.head.clone()
    }

    /// A line of the head, or of the framing of chunks.
    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let read = self.stream.read_until(b'\n', &mut line).ok()?;
        (read > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// The whole body.
    pub fn body(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        while let Some(byte) = self.byte() {
            body.push(byte);
        }
        body
    }

    /// The next event, comments left out; `None` at the end of the stream.
    pub fn event(&mut self) -> Option<Event> {
        let mut event = Event::default();
        let mut is_empty = true;
        loop {
            let line = self.body_line()?;
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
            match field {
                "" if line.is_empty() && !is_empty => return Some(event),
                "id" => event.id = Some(value),
                "retry" => event.retry = Some(value),
                "event" => event.name = Some(value),
                "data" if event.data.is_empty() => event.data = value,
                "data" => event.data = format!("{}\n{value}", event.data),
                _ => continue,
            }
            is_empty = false;
        }
    }

    fn body_line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => return Some(String::from_utf8_lossy(&line).trim_end().to_owned()),
                byte => line.push(byte),
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        if self.head.is_none() {
            self.head()?;
        }
        if self.is_chunked && self.left == 0 && !self.is_over {
            let mut size = self.line()?;
            if size.is_empty() {
                size = self.line()?;
            }
            self.left = u64::from_str_radix(&size, 16).ok()?;
            self.is_over = self.left == 0;
        }
        if self.is_over {
            return None;
        }
        let mut byte = [0];
        self.stream.read_exact(&mut byte).ok()?;
        self.left = self.left.saturating_sub(1);
        Some(byte[0])
    }

    /// Ends the connection from this side, whatever the server still has to say.
    pub fn hang_up(self) {
        let _ = self.stream.get_ref().shutdown(Shutdown::Both);
    }
}

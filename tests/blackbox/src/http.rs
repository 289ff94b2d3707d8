//! A server on HTTP, and requests written byte by byte, so that they may be wrong in any way.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::programs::{Guarded, PATIENCE};

/// The stateless revision.
pub const MODERN: &str = "2026-07-28";
/// The newest revision with a handshake.
pub const LEGACY: &str = "2025-11-25";

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Guarded,
    /// Where it listens.
    pub address: SocketAddr,
    stdout: std::path::PathBuf,
    folder: tempfile::TempDir,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, chunks joined.
    pub body: Vec<u8>,
}

impl Server {
    /// Starts a program on a free port of the loopback interface and waits until it listens.
    ///
    /// # Panics
    ///
    /// Panics when it ends or does not listen in time.
    #[must_use]
    pub fn start(program: &Path, arguments: &[&str]) -> Self {
        Self::start_over("http", program, arguments)
    }

    /// [`Server::start`] over `http` or `sse`.
    ///
    /// # Panics
    ///
    /// Panics when it ends or does not listen in time.
    #[must_use]
    pub fn start_over(transport: &str, program: &Path, arguments: &[&str]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("a free port");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let stdout = folder.path().join("stdout");
        let log = |name| std::fs::File::create(folder.path().join(name)).expect("a file");
        let child = Command::new(program)
            .args(["--transport", transport, "--host", "127.0.0.1"])
            .args(["--port", &address.port().to_string()])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log("stdout"))
            .stderr(log("stderr"))
            .spawn()
            .expect("the server starts");
        let mut server = Self { child: Guarded(child), address, stdout, folder };
        server.wait_until_it_listens();
        server
    }

    fn wait_until_it_listens(&mut self) {
        let start = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            if let Ok(Some(status)) = self.child.0.try_wait() {
                panic!("the server ended with {status}:\n{}", self.log());
            }
            assert!(start.elapsed() < PATIENCE, "the server does not listen:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// URL of the MCP endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Standard error so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }

    /// Standard output so far.
    #[must_use]
    pub fn output(&self) -> String {
        std::fs::read_to_string(&self.stdout).unwrap_or_default()
    }

    /// Resident memory in kibibytes, on systems that tell.
    #[must_use]
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        self.child.signal(name);
    }

    /// Waits for the end.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait()
    }

    /// Sends bytes on a connection of their own and reads until the server closes it.
    ///
    /// # Panics
    ///
    /// Panics when the server says nothing that is HTTP.
    #[must_use]
    pub fn raw(&self, bytes: &[u8]) -> Answer {
        self.send(bytes, false).expect("the server answers")
    }

    /// Sends bytes and ends the connection on this side, whether or not a request is complete.
    /// A connection that ends without an answer is `None`.
    #[must_use]
    pub fn cut_off(&self, bytes: &[u8]) -> Option<Answer> {
        self.send(bytes, true)
    }

    fn send(&self, bytes: &[u8], close: bool) -> Option<Answer> {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(bytes);
        if close {
            let _ = stream.shutdown(std::net::Shutdown::Write);
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer::parse(&answer)
    }

    /// A request with these headers besides `Host`, `Content-Length` and `Connection: close`.
    #[must_use]
    pub fn request(&self, method: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let host = self.address.to_string();
        self.raw(&request_bytes(method, "/mcp", &host, headers, body))
    }

    /// A POST of a JSON body with the headers that every client sends.
    #[must_use]
    pub fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut all = vec![
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
        ];
        all.extend(headers);
        self.request("POST", &all, body)
    }

    /// A stateless request with all its headers.
    #[must_use]
    pub fn modern(&self, id: &Value, method: &str, params: Value) -> Answer {
        let message = modern(id, method, params);
        let name = message["params"]["name"].as_str().unwrap_or_default().to_owned();
        let mut headers = vec![("MCP-Protocol-Version", MODERN), ("Mcp-Method", method)];
        if !name.is_empty() {
            headers.push(("Mcp-Name", &name));
        }
        self.post(&headers, message.to_string().as_bytes())
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut answer = Self { status, headers, body: bytes.get(end + 4..)?.to_vec() };
        if answer.header("transfer-encoding") == Some("chunked") {
            answer.body = join_chunks(&answer.body);
        }
        Some(answer)
    }

    /// A header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The JSON of the body, or of the last event where it is a stream of events.
    ///
    /// # Panics
    ///
    /// Panics when there is none.
    #[must_use]
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        let stream =
            self.header("content-type").is_some_and(|it| it.starts_with("text/event-stream"));
        let mut data = text.lines().filter_map(|line| line.strip_prefix("data: "));
        let data = if stream { data.next_back().unwrap_or_default() } else { &text };
        serde_json::from_str(data).unwrap_or_else(|error| panic!("{error} in {self:?}: {text}"))
    }

    /// The code of the JSON-RPC error in the body, if there is one.
    #[must_use]
    pub fn error_code(&self) -> Option<i64> {
        serde_json::from_slice::<Value>(&self.body).ok()?["error"]["code"].as_i64()
    }
}

fn join_chunks(mut bytes: &[u8]) -> Vec<u8> {
    let mut joined = Vec::new();
    while let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") {
        let size = String::from_utf8_lossy(&bytes[..end]);
        let Ok(size) = usize::from_str_radix(size.trim(), 16) else { break };
        let Some(chunk) = bytes.get(end + 2..end + 2 + size) else { break };
        joined.extend_from_slice(chunk);
        bytes = bytes.get(end + 4 + size..).unwrap_or_default();
        if size == 0 {
            break;
        }
    }
    joined
}

/// The bytes of a request.
#[must_use]
pub fn request_bytes(
    method: &str,
    path: &str,
    host: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A stateless request: everything that a server has to know is in `_meta`.
#[must_use]
pub fn modern(id: &Value, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": { "name": "blackbox", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// The first request of a client with a handshake.
#[must_use]
pub fn initialize(id: &Value) -> Value {
    json!({
        "jsonrpc": "2.0",
        "id": id,
        "method": "initialize",
        "params": {
            "protocolVersion": LEGACY,
            "capabilities": {},
            "clientInfo": { "name": "blackbox", "version": "1" },
        },
    })
}

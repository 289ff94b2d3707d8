//! One HTTP request to a server on this machine, without a client library: enough to ask whether
//! it answers and what.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const CONNECT_TIME: Duration = Duration::from_secs(2);
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// Longest reply that is read.
const REPLY_BYTES: u64 = 64 << 20;

/// A reply.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// Headers with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text, as it came over the wire.
    pub body: String,
}

impl Reply {
    /// The value of the header with this lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// Sends a POST with a JSON body on a connection of its own and reads the whole reply.
///
/// # Errors
///
/// Fails when the server cannot be reached, takes longer than ten seconds, or answers something
/// that is not HTTP.
pub fn post(
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<Reply> {
    let mut stream = TcpStream::connect_timeout(&address, CONNECT_TIME)?;
    stream.set_read_timeout(Some(ANSWER_TIME))?;
    stream.set_write_timeout(Some(ANSWER_TIME))?;
    stream.write_all(request(address, path, headers, body).as_bytes())?;
    let mut bytes = Vec::new();
    stream.take(REPLY_BYTES).read_to_end(&mut bytes)?;
    parse_reply(&String::from_utf8_lossy(&bytes))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP"))
}

fn request(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\
         Connection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").expect("writing to a string does not fail");
    }
    request.push_str("\r\n");
    request.push_str(body);
    request
}

fn parse_reply(text: &str) -> Option<Reply> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Some(Reply { status, headers, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::parse_reply;

    #[test]
    fn reply_is_split_into_status_headers_and_body() {
        let reply = parse_reply("HTTP/1.1 404 Not Found\r\nMcp-Session-Id: 7\r\n\r\n{}").unwrap();
        assert_eq!(reply.status, 404);
        assert_eq!(reply.header("mcp-session-id"), Some("7"));
        assert_eq!(reply.body, "{}");
    }

    #[test]
    fn reply_that_is_not_http_is_refused() {
        assert!(parse_reply("SSH-2.0-OpenSSH\r\n\r\n").is_none());
        assert!(parse_reply("HTTP/1.1\r\n\r\n").is_none());
    }
}

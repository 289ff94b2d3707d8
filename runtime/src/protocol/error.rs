//! JSON-RPC errors: their codes, HTTP statuses and wording in one table.

use std::borrow::Cow;

use bytes::{BufMut, BytesMut};

use crate::protocol::escape;

/// What went wrong, outside of a tool.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ErrorKind {
    /// The bytes are no JSON.
    Parse,
    /// The JSON is no message that is accepted here.
    InvalidRequest,
    /// There is no such method, or the server lacks its capability.
    MethodNotFound,
    /// The parameters do not fit the method.
    InvalidParams,
    /// The parameters are no object, or a required key of `_meta` is missing or malformed.
    InvalidMeta,
    /// There is no such resource.
    NoResource,
    /// The same on the wires up to 2025-11-25.
    LegacyNoResource,
    /// The client cannot do what is needed.
    MissingCapability,
    /// A handler has failed with this code.
    Handler(i32),
    /// The server failed.
    Internal,
    /// A header contradicts the body.
    HeaderMismatch,
    /// The version is not served.
    UnsupportedVersion,
    /// A session is required.
    SessionRequired,
    /// The session has such a stream already.
    Conflict,
    /// The session is unknown or has ended.
    SessionNotFound,
    /// `Host` or `Origin` is not allowed.
    Forbidden,
    /// The HTTP method is not served.
    MethodNotAllowed,
    /// No media type that the client accepts can be sent.
    NotAcceptable,
    /// The body took too long to arrive.
    RequestTimeout,
    /// The body is too large.
    TooLarge,
    /// The head of the request is too large.
    HeadersTooLarge,
    /// The body is not declared as JSON.
    UnsupportedMediaType,
    /// Too many requests are in flight.
    Busy,
}

struct Row {
    code: i32,
    stateless_status: u16,
    legacy_status: u16,
}

impl ErrorKind {
    /// Code, HTTP status on the 2026-07-28 wire, HTTP status on the earlier ones.
    const fn row(self) -> Row {
        let (code, stateless_status, legacy_status) = match self {
            Self::Parse => (-32700, 400, 400),
            Self::InvalidRequest => (-32600, 400, 400),
            Self::MethodNotFound => (-32601, 404, 200),
            Self::InvalidParams => (-32602, 200, 200),
            Self::InvalidMeta => (-32602, 400, 400),
            Self::NoResource => (-32602, 200, 200),
            Self::LegacyNoResource => (-32002, 200, 200),
            Self::MissingCapability => (-32021, 400, 200),
            Self::Handler(code) => (code, 200, 200),
            Self::Internal => (-32603, 200, 200),
            Self::HeaderMismatch => (-32020, 400, 400),
            Self::UnsupportedVersion => (-32022, 400, 400),
            Self::SessionRequired => (-32000, 400, 400),
            Self::Conflict => (-32000, 409, 409),
            Self::SessionNotFound => (-32001, 404, 404),
            Self::Forbidden => (-32600, 403, 403),
            Self::MethodNotAllowed => (-32600, 405, 405),
            Self::NotAcceptable => (-32600, 406, 406),
            Self::RequestTimeout => (-32600, 408, 408),
            Self::TooLarge => (-32600, 413, 413),
            Self::UnsupportedMediaType => (-32600, 415, 415),
            Self::HeadersTooLarge => (-32600, 431, 431),
            Self::Busy => (-32603, 503, 503),
        };
        Row { code, stateless_status, legacy_status }
    }

    /// The kind of a handler's error with this code.
    pub(crate) const fn of_handler(code: i32) -> Self {
        match code {
            -32021 => Self::MissingCapability,
            code => Self::Handler(code),
        }
    }

    /// The JSON-RPC code.
    pub(crate) const fn code(self) -> i32 {
        self.row().code
    }

    /// The HTTP status of the answer.
    pub(crate) const fn status(self, stateless: bool) -> u16 {
        let row = self.row();
        if stateless { row.stateless_status } else { row.legacy_status }
    }
}

/// A JSON-RPC error, as opposed to a failed tool call.
#[derive(Debug)]
pub(crate) struct ProtocolError {
    /// What it is.
    pub(crate) kind: ErrorKind,
    /// What the client reads.
    pub(crate) message: Cow<'static, str>,
    /// `data` as JSON text.
    pub(crate) data: Option<String>,
}

impl ProtocolError {
    /// An error without data.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into(), data: None }
    }

    /// Adds `data`, which must be JSON text.
    pub(crate) fn with_data(mut self, data: String) -> Self {
        self.data = Some(data);
        self
    }

    /// Appends the error response. An unreadable id is `null` (JSON-RPC 2.0, section 5).
    pub(crate) fn encode(&self, buffer: &mut BytesMut, id: Option<&str>) {
        buffer.put_slice(br#"{"jsonrpc":"2.0","id":"#);
        buffer.put_slice(id.unwrap_or("null").as_bytes());
        self.encode_tail(buffer);
    }

    /// Appends the error response without an id: an answer to an HTTP request whose body was not
    /// looked at.
    pub(crate) fn encode_without_id(&self, buffer: &mut BytesMut) {
        buffer.put_slice(br#"{"jsonrpc":"2.0""#);
        self.encode_tail(buffer);
    }

    fn encode_tail(&self, buffer: &mut BytesMut) {
        buffer.put_slice(br#","error":{"code":"#);
        buffer.put_slice(itoa::Buffer::new().format(self.kind.code()).as_bytes());
        buffer.put_slice(br#","message":"#);
        escape::string(buffer, &self.message);
        if let Some(data) = &self.data {
            buffer.put_slice(br#","data":"#);
            buffer.put_slice(data.as_bytes());
        }
        buffer.put_slice(b"}}");
    }
}

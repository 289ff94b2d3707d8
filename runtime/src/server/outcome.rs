//! What comes of a message.

use bytes::Bytes;

use crate::lifecycle::Handshake;
use crate::protocol::error::ProtocolError;
use crate::server::{Batch, Call};

/// What comes of a message, for the transport to carry out.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// An answer that is there.
    Reply(Reply),
    /// A tool call to run.
    Call(Call),
    /// The request with this id, as JSON text, is to be ended.
    Cancelled(Box<str>),
    /// Several messages, to be answered one after the other.
    Batch(Batch),
    /// Nothing to answer.
    Accepted,
}

/// An encoded response.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The JSON text, one line.
    pub(crate) body: Bytes,
    /// The HTTP status that goes with it.
    pub(crate) status: u16,
    /// The session that was opened.
    pub(crate) session: Option<Box<str>>,
    /// What `initialize` has settled.
    pub(crate) negotiated: Option<Handshake>,
}

impl Reply {
    /// A result.
    pub(super) fn result(body: impl Into<Bytes>) -> Outcome {
        Outcome::Reply(Self { body: body.into(), status: 200, session: None, negotiated: None })
    }

    /// An error.
    pub(super) fn error(error: &ProtocolError, id: Option<&str>, stateless: bool) -> Outcome {
        let mut body = bytes::BytesMut::with_capacity(160);
        error.encode(&mut body, id);
        let status = error.kind.status(stateless);
        Outcome::Reply(Self { body: body.freeze(), status, session: None, negotiated: None })
    }
}

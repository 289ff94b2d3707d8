//! What comes of a message.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::lifecycle::legacy::Session;
use crate::protocol::error::ProtocolError;
use crate::server::{Batch, Work};

/// What comes of a message, for the transport to carry out.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// An answer that is there.
    Reply(Reply),
    /// A request to run.
    Work(Work),
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
    /// What `initialize` has begun.
    pub(crate) begun: Option<Begun>,
}

/// A client that has shaken hands.
#[derive(Debug)]
pub(crate) struct Begun {
    /// The id of the session; none on a connection, which is one.
    pub(crate) id: Option<Box<str>>,
    /// The session.
    pub(crate) session: Arc<Session>,
}

impl Reply {
    /// A result with status 200.
    pub(super) const fn ok(body: Bytes) -> Self {
        Self { body, status: 200, begun: None }
    }

    /// An error with the status that goes with it.
    pub(crate) fn of_error(error: &ProtocolError, id: Option<&str>, stateless: bool) -> Self {
        let mut body = BytesMut::with_capacity(160);
        error.encode(&mut body, id);
        Self { body: body.freeze(), status: error.kind.status(stateless), begun: None }
    }

    /// A result.
    pub(super) fn result(body: impl Into<Bytes>) -> Outcome {
        Outcome::Reply(Self::ok(body.into()))
    }

    /// An error.
    pub(super) fn error(error: &ProtocolError, id: Option<&str>, stateless: bool) -> Outcome {
        Outcome::Reply(Self::of_error(error, id, stateless))
    }
}

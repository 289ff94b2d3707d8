//! What goes wrong with upstreams, at start and in calls, in words for its reader.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::result::ToolError;

/// Why the upstreams cannot be used as they are configured. `Display` lists every problem.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StartError {
    problems: Vec<String>,
}

impl StartError {
    pub(super) const fn new(problems: Vec<String>) -> Self {
        Self { problems }
    }

    /// One message per problem.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the server cannot reach its upstreams as it is configured:")?;
        self.problems.iter().try_for_each(|problem| write!(formatter, "\n- {problem}"))
    }
}

impl Error for StartError {}

/// Why a call has no reply that could be a result.
#[derive(Debug)]
#[non_exhaustive]
pub enum UpstreamError {
    /// The arguments cannot be written as the request that the operation declares.
    Request {
        /// Method and path template.
        operation: String,
        /// What is wrong.
        why: String,
    },
    /// The server has no such upstream, or it cannot be called as it is configured.
    Unavailable(String),
    /// No answer in the time that the call has.
    Timeout,
    /// Status 429, and the seconds after which the upstream wants to be asked again.
    RateLimited(Option<Duration>),
    /// Another status that is no success: its code and reason, and what the body says.
    Status {
        /// The status code.
        code: u16,
        /// The whole message.
        message: String,
    },
    /// The response is larger than the limit, in bytes.
    TooLarge(usize),
    /// The connection failed, or the response broke off.
    Connection(Box<dyn Error + Send + Sync>),
    /// The body is not what the operation declares.
    Body(String),
}

impl fmt::Display for UpstreamError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { operation, why } => {
                write!(formatter, "Error building request for {operation}: {why}")
            }
            Self::Unavailable(why) | Self::Body(why) => formatter.write_str(why),
            Self::Timeout => formatter.write_str("Upstream request timed out, please retry"),
            Self::RateLimited(wait) => {
                formatter.write_str("Rate limited by upstream API, please retry later")?;
                match wait {
                    Some(wait) => write!(formatter, " (after {} seconds)", wait.as_secs()),
                    None => Ok(()),
                }
            }
            Self::Status { message, .. } => formatter.write_str(message),
            Self::TooLarge(limit) => write!(
                formatter,
                "the upstream's response is larger than the limit of {limit} bytes; ask for less, \
                 for example with a filter or a smaller page"
            ),
            Self::Connection(_) => {
                formatter.write_str("Request error: the upstream cannot be reached")
            }
        }
    }
}

impl Error for UpstreamError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Connection(source) => Some(&**source),
            _ => None,
        }
    }
}

impl From<UpstreamError> for ToolError {
    /// Rate limits, timeouts and faults of the request pass when details are masked: the caller can
    /// do something about them, and they tell nothing about the upstream. The rest is internal.
    fn from(error: UpstreamError) -> Self {
        let message = error.to_string();
        match error {
            UpstreamError::Request { .. }
            | UpstreamError::Timeout
            | UpstreamError::RateLimited(_) => Self::public(message),
            UpstreamError::Connection(source) => Self::internal(message).with_source(source),
            _ => Self::internal(message),
        }
    }
}

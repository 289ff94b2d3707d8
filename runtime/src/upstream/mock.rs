//! Replies in process, as `--mock` gives them: one line of JSON per tool, written by the generator.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Reply, UpstreamError};
use crate::declaration::Declaration;

/// The prepared replies of a server, read when the first of them is needed.
#[derive(Debug)]
pub(super) struct Mock {
    declaration: &'static Declaration,
    replies: OnceLock<BTreeMap<&'static str, Result<Reply, String>>>,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    tool: &'a str,
    status: u16,
    #[serde(default)]
    media_type: String,
    #[serde(borrow, default)]
    json: Option<&'a RawValue>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    base64: Option<String>,
}

impl Mock {
    pub(super) const fn new(declaration: &'static Declaration) -> Self {
        Self { declaration, replies: OnceLock::new() }
    }

    /// The reply for a tool, whatever its status is.
    ///
    /// # Errors
    ///
    /// There is none, or it cannot be read.
    pub(super) fn reply(&self, tool: &str) -> Result<Reply, UpstreamError> {
        let replies = self.replies.get_or_init(|| {
            let modules = self.declaration.modules.iter();
            modules
                .flat_map(|module| module.mock.lines())
                .filter(|line| !line.is_empty())
                .filter_map(read)
                .collect()
        });
        match replies.get(tool) {
            Some(Ok(reply)) => Ok(reply.clone()),
            Some(Err(why)) => Err(UpstreamError::Unavailable(why.clone())),
            None => Err(UpstreamError::Unavailable(format!("there is no mock reply for `{tool}`"))),
        }
    }
}

/// One line; `None` for one that cannot be read, which the log says.
fn read(line: &'static str) -> Option<(&'static str, Result<Reply, String>)> {
    let line: Line<'static> = serde_json::from_str(line)
        .inspect_err(|error| tracing::error!(%error, line, "a mock reply cannot be read"))
        .ok()?;
    let body = match (line.json, line.text, line.base64) {
        (Some(json), ..) => Ok(Bytes::from_static(json.get().as_bytes())),
        (None, Some(text), _) => Ok(Bytes::from(text)),
        (None, None, Some(base64)) => STANDARD
            .decode(base64)
            .map(Bytes::from)
            .map_err(|error| format!("the mock reply of `{}` is not base64: {error}", line.tool)),
        (None, None, None) => Ok(Bytes::new()),
    };
    let (status, media_type) = (line.status, line.media_type);
    Some((line.tool, body.map(|body| Reply { status, media_type, body, note: None })))
}

//! Turning the response of an upstream into a tool result.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::UpstreamError;
use super::stream::{Framing, Items};
use super::value::compact;
use crate::arguments::typed;
use crate::declaration::Tool;
use crate::operation::{Operation, Output};
use crate::result::{Content, IntoToolResult, ResourceContents, ToolError, ToolResult};

/// Characters of an unexpected body that a message shows.
const SHOWN: usize = 200;

/// A successful response, read whole.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Status code, 200 to 299.
    pub status: u16,
    /// `Content-Type`, with its parameters; empty where the upstream sent none.
    pub media_type: String,
    /// The body.
    pub body: Bytes,
    /// What the model should know about the reply beside the body: that a sequence was cut.
    pub note: Option<String>,
}

/// What the bytes of a media type become in a result.
enum Shape {
    Json,
    Items(Framing),
    Text,
    Image,
    Audio,
    Binary,
}

impl Reply {
    /// The result of the tool that forwards `operation`.
    ///
    /// JSON becomes text and, where the output allows it, structured content; other text becomes
    /// text; images, sound and other bytes become blocks of their kind. No body, no content.
    ///
    /// # Errors
    ///
    /// A body that is not JSON where the tool promises a structured result, an HTML page where only
    /// JSON is accepted, and a body that is not the JSON or UTF-8 text that its media type says.
    pub fn into_tool_result(self, operation: &Operation) -> Result<ToolResult, ToolError> {
        self.decode(operation).map_err(ToolError::from)
    }

    /// The body, which is JSON, as a value of a type. No body is null; lines of JSON, JSON text
    /// sequences and server-sent events are the list of their items, as far as they came: where the
    /// sequence was cut, [`note`](Self::note) says so.
    ///
    /// # Errors
    ///
    /// A body that is something else, and JSON that the type does not hold.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, UpstreamError> {
        let is_empty = matches!(self.status, 204 | 205);
        let list;
        let text = match self.shape(&essence(&self.media_type)) {
            _ if is_empty => "null",
            Shape::Items(framing) => {
                list = self.list(framing);
                &list
            }
            _ if self.body.is_empty() => "null",
            Shape::Json => self.json_text()?,
            _ => {
                let got = self.media_name();
                let message = format!("the upstream answered with {got}, not JSON");
                return Err(UpstreamError::Body(message));
            }
        };
        typed::from_text(text).map_err(|error| {
            UpstreamError::Body(format!(
                "the upstream answered with JSON that is not as its document says: {error}"
            ))
        })
    }

    fn media_name(&self) -> &str {
        if self.media_type.is_empty() { "no content type" } else { &self.media_type }
    }

    fn decode(self, operation: &Operation) -> Result<ToolResult, UpstreamError> {
        if self.body.is_empty() || matches!(self.status, 204 | 205) {
            return Ok(ToolResult::default());
        }
        let media_type = essence(&self.media_type);
        let shape = self.shape(&media_type);
        let is_promised = operation.output != Output::Undeclared;
        // A login or error page with status 200 is no answer to a request for JSON.
        let is_page = media_type == "text/html" && accepts_only_json(operation.accept);
        let is_structured = match shape {
            Shape::Json => true,
            Shape::Items(_) => operation.output == Output::Wrapped,
            _ => false,
        };
        if is_page || (is_promised && !is_structured) {
            return Err(UpstreamError::Body(self.unexpected(&media_type, operation)));
        }
        let content = match shape {
            Shape::Json => return self.json(operation),
            Shape::Items(framing) => return self.items(framing, operation),
            Shape::Text => Content::Text(self.text(&media_type)?),
            Shape::Image => {
                Content::Image { data: STANDARD.encode(&self.body), mime_type: media_type }
            }
            Shape::Audio => {
                Content::Audio { data: STANDARD.encode(&self.body), mime_type: media_type }
            }
            Shape::Binary => Content::Resource {
                uri: format!("resource://{}", operation.tool),
                mime_type: if media_type.is_empty() {
                    "application/octet-stream".to_owned()
                } else {
                    media_type
                },
                contents: ResourceContents::Blob(STANDARD.encode(&self.body)),
            },
        };
        Ok(ToolResult::blocks([content]))
    }

    fn shape(&self, media_type: &str) -> Shape {
        if let Some(framing) = Framing::of(&self.media_type) {
            return Shape::Items(framing);
        }
        let (kind, subtype) = media_type.split_once('/').unwrap_or((media_type, ""));
        match kind {
            _ if subtype == "json" || subtype.ends_with("+json") => Shape::Json,
            "image" if subtype == "svg+xml" => Shape::Text,
            "image" => Shape::Image,
            "audio" => Shape::Audio,
            "text" => Shape::Text,
            "application" if is_textual(subtype) => Shape::Text,
            // Nothing says what it is: JSON if it reads as such, else text if it is UTF-8.
            "" if serde_json::from_slice::<&RawValue>(&self.body).is_ok() => Shape::Json,
            "" if std::str::from_utf8(&self.body).is_ok() => Shape::Text,
            _ => Shape::Binary,
        }
    }

    fn text(&self, media_type: &str) -> Result<String, UpstreamError> {
        let latin = charset(&self.media_type).is_some_and(|charset| {
            charset.eq_ignore_ascii_case("iso-8859-1") || charset.eq_ignore_ascii_case("latin1")
        });
        if latin {
            return Ok(self.body.iter().copied().map(char::from).collect());
        }
        let bytes = without_mark(&self.body);
        String::from_utf8(bytes.to_vec()).map_err(|_| {
            UpstreamError::Body(format!(
                "the upstream answered {media_type} with bytes that are not UTF-8"
            ))
        })
    }

    /// The items of a sequence as JSON text of one list.
    fn list(&self, framing: Framing) -> String {
        let mut list = String::from("[");
        Items::new(framing).read(&self.body, true, &mut |item| {
            if item.number > 1 {
                list.push(',');
            }
            list.push_str(item.json);
        });
        list.push(']');
        list
    }

    fn items(&self, framing: Framing, operation: &Operation) -> Result<ToolResult, UpstreamError> {
        let list = RawValue::from_string(self.list(framing))
            .map_err(|error| UpstreamError::Body(format!("the items are no JSON: {error}")))?;
        let mut content = vec![Content::Text(list.get().to_owned())];
        content.extend(self.note.clone().map(Content::Text));
        let structured = (operation.output == Output::Wrapped).then_some(list);
        Ok(ToolResult { content, structured, ..ToolResult::default() })
    }

    fn json(&self, operation: &Operation) -> Result<ToolResult, UpstreamError> {
        let text = self.json_text()?;
        let value = RawValue::from_string(compact(text)).map_err(|error| self.broken(&error))?;
        if operation.output == Output::Object && !value.get().starts_with('{') {
            return Err(UpstreamError::Body(format!(
                "the upstream answered with JSON that is no object, which `{}` promises",
                operation.tool
            )));
        }
        let content = vec![Content::Text(value.get().to_owned())];
        Ok(ToolResult { structured: Some(value), ..ToolResult::blocks(content) })
    }

    /// The body, known to be JSON.
    fn json_text(&self) -> Result<&str, UpstreamError> {
        let body = without_mark(&self.body);
        let text = std::str::from_utf8(body).map_err(|error| self.broken(&error))?;
        let value: &RawValue = serde_json::from_str(text).map_err(|error| self.broken(&error))?;
        Ok(value.get())
    }

    fn broken(&self, why: &dyn std::fmt::Display) -> UpstreamError {
        UpstreamError::Body(format!(
            "the upstream answered {} with a body that is not valid JSON: {why}",
            self.media_type
        ))
    }

    fn unexpected(&self, media_type: &str, operation: &Operation) -> String {
        let got = if media_type.is_empty() { self.media_name() } else { media_type };
        let start: String = match std::str::from_utf8(&self.body) {
            Ok(text) if !super::status::is_html(&self.media_type, text) => {
                let text: String = text.trim().chars().take(SHOWN).collect();
                format!(": {text}")
            }
            _ => String::new(),
        };
        format!("the upstream answered with {got} where `{}` expects JSON{start}", operation.tool)
    }
}

/// A handler may return the reply of an API as its result.
impl IntoToolResult for Reply {
    fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError> {
        match tool {
            Tool::Forwarded(operation) => Self::into_tool_result(self, operation),
            Tool::Declared(tool) => {
                let operation =
                    Operation { tool: tool.name, output: tool.output, ..Operation::DEFAULT };
                Self::into_tool_result(self, &operation)
            }
        }
    }
}

fn accepts_only_json(accept: &str) -> bool {
    accept
        .split(',')
        .map(essence)
        .all(|media_type| media_type.ends_with("/json") || media_type.ends_with("+json"))
}

/// Media types under `application/` that are text.
fn is_textual(subtype: &str) -> bool {
    subtype.ends_with("+xml")
        || subtype.ends_with("+yaml")
        || matches!(
            subtype,
            "xml"
                | "yaml"
                | "x-yaml"
                | "javascript"
                | "graphql"
                | "sql"
                | "toml"
                | "x-www-form-urlencoded"
        )
}

/// The media type without its parameters, in lower case.
pub(super) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn charset(media_type: &str) -> Option<&str> {
    media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

/// The body without the byte order mark that some servers send.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

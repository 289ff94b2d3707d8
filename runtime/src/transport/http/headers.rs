//! The headers of a request, found in one walk and compared as bytes.

use http::request::Parts;

use crate::lifecycle::decision::Headers;

/// What the endpoint reads of the headers.
#[derive(Debug, Default)]
pub(super) struct Read<'a> {
    pub(super) host: Option<&'a [u8]>,
    pub(super) origin: Option<&'a [u8]>,
    pub(super) content_type: Option<&'a [u8]>,
    pub(super) last_event_id: Option<&'a [u8]>,
    /// `Access-Control-Request-Headers`
    pub(super) requested_headers: Option<&'a [u8]>,
    pub(super) accept: Accept,
    pub(super) mcp: Headers<'a>,
    /// A header that may come once has come twice. Those that mirror the message are not meant:
    /// what they have to be depends on the message.
    pub(super) repeated: bool,
    /// Bytes of the request line and of all lines with headers.
    pub(super) size: usize,
}

/// What the client accepts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Accept {
    given: bool,
    json: bool,
    events: bool,
}

/// The media type of an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    /// `application/json`
    Json,
    /// `text/event-stream`, for clients that accept nothing else.
    Events,
}

/// Walks over the headers.
pub(super) fn read(head: &Parts) -> Read<'_> {
    let mut read = Read { size: line_size(head), ..Read::default() };
    read.mcp.all = Some(&head.headers);
    for (name, value) in &head.headers {
        let value = value.as_bytes();
        // With the colon, a space and the line end.
        read.size += name.as_str().len() + value.len() + 4;
        let slot = match name.as_str() {
            "host" => &mut read.host,
            "origin" => &mut read.origin,
            "content-type" => &mut read.content_type,
            "mcp-session-id" => &mut read.mcp.session,
            "last-event-id" => &mut read.last_event_id,
            "access-control-request-headers" => &mut read.requested_headers,
            "mcp-protocol-version" => {
                read.mcp.version.add(value);
                continue;
            }
            "mcp-method" => {
                read.mcp.method.add(value);
                continue;
            }
            "mcp-name" => {
                read.mcp.name.add(value);
                continue;
            }
            "accept" => {
                read.accept.add(value);
                continue;
            }
            _ => continue,
        };
        read.repeated |= slot.replace(value).is_some();
    }
    read
}

/// Bytes of the request line: method, target, version, and what stands between them.
fn line_size(head: &Parts) -> usize {
    let uri = &head.uri;
    let authority = uri.authority().map_or(0, |authority| authority.as_str().len());
    let path = uri.path_and_query().map_or(0, |path| path.as_str().len());
    head.method.as_str().len() + authority + path + " HTTP/1.1 \r\n".len()
}

impl Accept {
    fn add(&mut self, value: &[u8]) {
        self.given = true;
        for range in value.split(|byte| *byte == b',') {
            let media = range.split(|byte| *byte == b';').next().unwrap_or_default();
            let media = media.trim_ascii();
            let any = media == b"*/*";
            self.json |= any
                || media.eq_ignore_ascii_case(b"application/json")
                || media.eq_ignore_ascii_case(b"application/*");
            self.events |= any
                || media.eq_ignore_ascii_case(b"text/event-stream")
                || media.eq_ignore_ascii_case(b"text/*");
        }
    }

    /// Whether the client takes a stream.
    pub(super) const fn takes_events(self) -> bool {
        self.events || !self.given
    }

    /// The format of the answer; `None` where the client accepts neither.
    pub(super) const fn format(self) -> Option<Format> {
        if self.json || !self.given {
            Some(Format::Json)
        } else if self.events {
            Some(Format::Events)
        } else {
            None
        }
    }
}

/// Whether the body is declared as JSON, with or without parameters.
pub(super) fn is_json(content_type: Option<&[u8]>) -> bool {
    let Some(content_type) = content_type else { return false };
    let media = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    media.trim_ascii().eq_ignore_ascii_case(b"application/json")
}

#[cfg(test)]
mod tests {
    use super::{Accept, Format, is_json};

    #[test]
    fn accept_is_read_leniently() {
        let format = |value: Option<&str>| {
            let mut accept = Accept::default();
            if let Some(value) = value {
                accept.add(value.as_bytes());
            }
            accept.format()
        };
        assert_eq!(format(None), Some(Format::Json));
        for value in ["*/*", "application/json", "text/event-stream, Application/JSON;q=0.5"] {
            assert_eq!(format(Some(value)), Some(Format::Json), "{value}");
        }
        assert_eq!(format(Some("text/event-stream")), Some(Format::Events));
        assert_eq!(format(Some("text/html")), None);
    }

    #[test]
    fn content_type_may_have_parameters() {
        assert!(is_json(Some(b"application/json; charset=utf-8")));
        assert!(!is_json(Some(b"application/jsonp")));
        assert!(!is_json(None));
    }
}

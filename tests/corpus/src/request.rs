//! Requests as they reach an upstream, in the form in which two of them are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

/// Headers that concern the connection, or have a field of their own.
const TRANSPORT: [&str; 8] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "user-agent",
];

/// What stands in `Accept` where nothing is asked for.
pub const ANYTHING: &str = "*/*";

/// A request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// The path as it was sent, with that of the base URL.
    pub path: String,
    /// The query as it was sent.
    pub query: String,
    /// The headers of the call, by name in lower case.
    pub headers: BTreeMap<String, String>,
    /// `Accept`.
    pub accept: String,
    /// `Content-Type`, the boundary of a multipart body named `BOUNDARY`.
    pub content_type: Option<String>,
    /// The body.
    pub body: Body,
}

/// The body of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// None.
    #[default]
    None,
    /// JSON.
    Json(Value),
    /// Parts, the boundary named `BOUNDARY`.
    Multipart(String),
    /// Anything else.
    Text(String),
}

impl Request {
    /// What a recording of another client says. It names the headers that a call adds: without one of
    /// them the client accepts anything.
    #[must_use]
    pub fn of_golden(request: &Value) -> Self {
        let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
        let headers = request["headers"].as_object().into_iter().flatten();
        let body = &request["body"];
        Self {
            method: text("method"),
            path: text("path"),
            query: text("query"),
            headers: headers
                .map(|(name, value)| {
                    (name.to_lowercase(), value.as_str().unwrap_or_default().to_owned())
                })
                .collect(),
            accept: ANYTHING.to_owned(),
            content_type: request["content_type"].as_str().map(str::to_owned),
            body: if let Some(json) = body.get("json") {
                Body::Json(json.clone())
            } else if let Some(parts) = body["multipart"].as_str() {
                Body::Multipart(parts.to_owned())
            } else if let Some(text) = body["text"].as_str() {
                Body::Text(text.to_owned())
            } else {
                Body::None
            },
        }
    }

    /// What has reached the recording upstream.
    #[must_use]
    pub fn of_wire(
        method: &str,
        (path, query): (&str, &str),
        headers: &axum::http::HeaderMap,
        body: &[u8],
    ) -> Self {
        let value = |name: &str| {
            let values = headers.get_all(name).iter();
            let texts = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            texts.collect::<Vec<_>>().join(", ")
        };
        let content_type = headers.get("content-type").map(|_| value("content-type"));
        let text = String::from_utf8_lossy(body).into_owned();
        let boundary = content_type.as_deref().and_then(|media| media.split_once("boundary="));
        let (content_type, body) = match (&content_type, boundary) {
            (_, Some((base, boundary))) => {
                let base = base.trim_end_matches([';', ' ']).to_owned();
                (Some(base), Body::Multipart(text.replace(boundary, "BOUNDARY")))
            }
            _ if body.is_empty() => (content_type, Body::None),
            (Some(media), _) if is_json(media) => {
                let json = serde_json::from_str(&text);
                (content_type, json.map_or(Body::Text(text), Body::Json))
            }
            _ => (content_type, Body::Text(text)),
        };
        let names = headers.keys().map(|name| name.as_str().to_owned());
        let names = names.filter(|name| !TRANSPORT.contains(&name.as_str()));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: names.map(|name| (name.clone(), value(&name))).collect(),
            accept: value("accept"),
            content_type,
            body,
        }
    }

    /// Whether they are the same but for what is accepted.
    #[must_use]
    pub fn asks_for(&self, other: &Self) -> bool {
        *self == Self { accept: self.accept.clone(), ..other.clone() }
    }

    /// The media types that are accepted, with their weights.
    #[must_use]
    pub fn accepted(&self) -> BTreeSet<String> {
        let accepted = self.accept.split(',').map(str::trim).filter(|it| !it.is_empty());
        accepted.map(str::to_owned).collect()
    }
}

/// A media type in lower case, without parameters.
#[must_use]
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type is JSON: `application/json`, `text/json`, any `+json`.
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    matches!(essence.as_str(), "application/json" | "text/json") || essence.ends_with("+json")
}

impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)?;
        if !self.query.is_empty() {
            write!(formatter, "?{}", self.query)?;
        }
        for (name, value) in &self.headers {
            write!(formatter, "\n    {name}: {value}")?;
        }
        write!(formatter, "\n    accept: {}", self.accept)?;
        if let Some(media_type) = &self.content_type {
            write!(formatter, "\n    content-type: {media_type}")?;
        }
        match &self.body {
            Body::None => Ok(()),
            Body::Json(json) => write!(formatter, "\n    json {json}"),
            Body::Multipart(parts) => write!(formatter, "\n    parts {parts:?}"),
            Body::Text(text) => write!(formatter, "\n    text {text:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_has_several_names() {
        for name in ["application/json", "Text/JSON; charset=utf-8", "application/geo+json"] {
            assert!(is_json(name), "{name}");
        }
        for name in ["application/json-seq", "text/plain", "application/jsonl"] {
            assert!(!is_json(name), "{name}");
        }
    }
}

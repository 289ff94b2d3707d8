//! What a media type is: which encoding a body has, which of several is taken.

use super::BodyFormat;
use crate::model::MediaType;

/// Lower case, without parameters.
pub(super) fn essence(name: &str) -> String {
    name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type is JSON: `application/json`, any `+json`, `text/json`.
pub(super) fn is_json(name: &str) -> bool {
    let essence = essence(name);
    matches!(essence.as_str(), "application/json" | "text/json") || essence.ends_with("+json")
}

/// Whether a media type stands for any: `*/*`, `application/*`.
pub(super) fn is_wildcard(name: &str) -> bool {
    matches!(essence(name).as_str(), "*/*" | "application/*")
}

/// Whether a media type is text that is not JSON.
pub(super) fn is_text(name: &str) -> bool {
    let essence = essence(name);
    essence.starts_with("text/")
        || essence.ends_with("+xml")
        || essence.ends_with("+yaml")
        || matches!(
            essence.as_str(),
            "application/xml"
                | "application/yaml"
                | "application/x-yaml"
                | "application/javascript"
                | "application/graphql"
                | "application/toml"
                | "application/sql"
        )
}

/// The encoding of a body of this media type. `*/*` is written as JSON.
pub(super) fn format(name: &str) -> BodyFormat {
    let mut parameters = name.split(';').skip(1).map(|it| it.trim().to_ascii_lowercase());
    match essence(name).as_str() {
        "application/x-www-form-urlencoded" => BodyFormat::Form,
        "multipart/form-data" => BodyFormat::Multipart,
        "application/jsonl"
        | "application/x-jsonl"
        | "application/jsonlines"
        | "application/x-jsonlines"
        | "application/x-ndjson"
        | "application/ndjson"
        | "application/stream+json" => BodyFormat::JsonLines,
        // As Kubernetes answers to `watch`.
        "application/json" if parameters.any(|it| it.starts_with("stream=")) => {
            BodyFormat::JsonLines
        }
        "application/json-seq" => BodyFormat::JsonSequence,
        other if other.ends_with("+json-seq") => BodyFormat::JsonSequence,
        _ if is_json(name) || is_wildcard(name) => BodyFormat::Json,
        _ if is_text(name) => BodyFormat::Text,
        _ => BodyFormat::Bytes,
    }
}

/// The media type that a body is written in: JSON, then a form, then multipart, then text, then
/// bytes; the first in the document of its kind. The steps of a JSON Patch (RFC 6902) come behind
/// what is written as the thing itself.
pub(super) fn of_body(content: &[MediaType]) -> Option<(&MediaType, BodyFormat)> {
    let rank = |media: &MediaType| match format(&media.name) {
        // A document that lists `*/*` beside a plain JSON type means the latter.
        BodyFormat::Json if is_wildcard(&media.name) => 1,
        BodyFormat::Json if essence(&media.name) == "application/json-patch+json" => 2,
        BodyFormat::Json => 0,
        BodyFormat::Form => 3,
        BodyFormat::Multipart => 4,
        BodyFormat::JsonLines | BodyFormat::JsonSequence => 5,
        BodyFormat::Text => 6,
        BodyFormat::Bytes => 7,
    };
    content.iter().min_by_key(|media| rank(media)).map(|media| (media, format(&media.name)))
}

/// Whether a response of this media type is a sequence of items, which is collected.
pub(super) fn is_sequence(name: &str) -> bool {
    essence(name) == "text/event-stream"
        || matches!(format(name), BodyFormat::JsonLines | BodyFormat::JsonSequence)
}

/// The media type of a body that the declaration names; parameters and case make no difference.
pub(super) fn named<'m>(content: &'m [MediaType], wanted: &str) -> Option<&'m MediaType> {
    let exact = content.iter().find(|media| media.name == wanted);
    exact.or_else(|| content.iter().find(|media| essence(&media.name) == essence(wanted)))
}

/// The media type of a response that is read: JSON, else the first.
pub(super) fn of_response(content: &[MediaType]) -> Option<&MediaType> {
    let json = content.iter().find(|media| is_json(&media.name));
    json.or_else(|| content.iter().find(|media| is_wildcard(&media.name)))
        .or_else(|| content.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(names: &[&str]) -> Vec<MediaType> {
        let media = |name: &&str| MediaType {
            name: (*name).to_owned(),
            schema: None,
            item_schema: None,
            example: None,
            encodings: indexmap::IndexMap::new(),
        };
        names.iter().map(media).collect()
    }

    /// The runtime has the same table, in `upstream::stream`: what it collects is promised as items.
    #[test]
    fn sequences_are_those_that_the_runtime_collects() {
        for (name, expected) in [
            ("application/jsonl", true),
            ("application/jsonlines", true),
            ("application/x-jsonl", true),
            ("application/x-jsonlines", true),
            ("application/ndjson", true),
            ("Application/X-NDJSON; charset=utf-8", true),
            ("application/stream+json", true),
            ("application/json;stream=watch", true),
            ("application/json; charset=utf-8; Stream=watch", true),
            ("application/json-seq", true),
            ("application/geo+json-seq", true),
            ("text/event-stream", true),
            ("application/json", false),
            ("application/json; charset=utf-8", false),
            ("application/problem+json;stream=watch", false),
            ("text/plain", false),
        ] {
            assert_eq!(is_sequence(name), expected, "{name}");
        }
    }

    #[test]
    fn json_is_taken_before_other_encodings() {
        let check = |names: &[&str], expected: &str| {
            let content = content(names);
            assert_eq!(of_body(&content).map(|(media, _)| media.name.as_str()), Some(expected));
        };
        check(
            &["multipart/form-data", "application/json; charset=utf-8"],
            "application/json; charset=utf-8",
        );
        check(&["*/*", "application/merge-patch+json"], "application/merge-patch+json");
        check(
            &["application/json-patch+json", "application/merge-patch+json"],
            "application/merge-patch+json",
        );
        check(
            &["application/json-patch+json", "multipart/form-data"],
            "application/json-patch+json",
        );
        check(&["image/png", "text/plain"], "text/plain");
        check(&["image/png"], "image/png");
    }
}

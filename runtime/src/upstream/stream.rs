//! Responses that are sequences: server-sent events, JSON lines, JSON text sequences.

use serde_json::Value;
use serde_json::value::RawValue;

use super::value::compact;

/// How the items of a response are told apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Framing {
    /// `text/event-stream` (WHATWG HTML, 9.2.5).
    Events,
    /// One JSON value in each line.
    Lines,
    /// JSON values, each behind a record separator (RFC 7464).
    Records,
}

impl Framing {
    /// The framing of a media type, `None` where it is one document.
    pub(super) fn of(media_type: &str) -> Option<Self> {
        let mut parts = media_type.split(';').map(|part| part.trim().to_ascii_lowercase());
        let essence = parts.next().unwrap_or_default();
        Some(match essence.as_str() {
            "text/event-stream" => Self::Events,
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonl"
            | "application/jsonlines"
            | "application/x-jsonlines"
            | "application/stream+json" => Self::Lines,
            // As Kubernetes answers to `watch`.
            "application/json" if parts.any(|part| part.starts_with("stream=")) => Self::Lines,
            "application/json-seq" => Self::Records,
            other if other.ends_with("+json-seq") => Self::Records,
            _ => return None,
        })
    }
}

/// What a call tells about the items of its response while they come.
pub type Observer = Box<dyn FnMut(Item<'_>) + Send>;

/// An item of a response that has come completely.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// How many there are with this one.
    pub number: u64,
    /// The item as JSON text.
    pub json: &'a str,
}

/// Takes items from a body as it grows.
#[derive(Debug)]
pub(super) struct Items {
    framing: Framing,
    /// Bytes of the body that are done with.
    done: usize,
    /// How many of them end with an item.
    complete: usize,
    /// The lines of the event that has not ended yet.
    event: Event,
    /// How many items were found.
    pub(super) count: u64,
}

#[derive(Debug, Default)]
struct Event {
    name: String,
    data: Option<String>,
}

impl Items {
    pub(super) fn new(framing: Framing) -> Self {
        Self { framing, done: 0, complete: 0, event: Event::default(), count: 0 }
    }

    /// Gives the items that are complete in `body`, which begins with what was given before.
    /// `is_whole`: nothing more comes.
    pub(super) fn read(&mut self, body: &[u8], is_whole: bool, sink: &mut dyn FnMut(Item<'_>)) {
        while let Some(line) = self.next_line(body, is_whole) {
            let line = String::from_utf8_lossy(line);
            let line = if self.count == 0 { line.trim_start_matches('\u{feff}') } else { &line };
            let json = match self.framing {
                Framing::Events => self.event.line(line),
                Framing::Lines | Framing::Records => {
                    let text = line.trim();
                    (!text.is_empty()).then(|| json_of(text))
                }
            };
            self.give(json, sink);
        }
        if is_whole && self.framing == Framing::Events {
            // The standard drops an event without an empty line behind it; here the stream may have
            // been cut in its middle, or its sender was careless.
            let json = self.event.line("");
            self.give(json, sink);
        }
    }

    /// The end of the last complete item in the body.
    pub(super) const fn complete(&self) -> usize {
        self.complete
    }

    fn give(&mut self, json: Option<String>, sink: &mut dyn FnMut(Item<'_>)) {
        if let Some(json) = json {
            self.count += 1;
            self.complete = self.done;
            sink(Item { number: self.count, json: &json });
        }
    }

    /// The next complete line, or record.
    fn next_line<'b>(&mut self, body: &'b [u8], is_whole: bool) -> Option<&'b [u8]> {
        let rest = body.get(self.done..).filter(|rest| !rest.is_empty())?;
        let is_end = |byte: &u8| match self.framing {
            Framing::Events => matches!(byte, b'\n' | b'\r'),
            Framing::Lines => *byte == b'\n',
            Framing::Records => *byte == 0x1e,
        };
        let Some(end) = rest.iter().position(is_end) else {
            if is_whole {
                self.done = body.len();
                return Some(rest);
            }
            return None;
        };
        let next = rest.get(end + 1);
        let is_carriage_return = rest.get(end) == Some(&b'\r');
        if is_carriage_return && next.is_none() && !is_whole {
            // Whether a line feed belongs to it is not known yet.
            return None;
        }
        let width = if is_carriage_return && next == Some(&b'\n') { 2 } else { 1 };
        self.done += end + width;
        rest.get(..end)
    }
}

impl Event {
    /// Takes a line; the event as JSON text where the line ends one.
    fn line(&mut self, line: &str) -> Option<String> {
        if line.is_empty() {
            let Self { name, data } = std::mem::take(self);
            let data = json_of(&data?);
            return Some(if name.is_empty() || name == "message" {
                data
            } else {
                format!("{{\"event\":{},\"data\":{data}}}", Value::from(name))
            });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            _ => {}
        }
        None
    }
}

/// JSON as it is, other text as a JSON string.
fn json_of(text: &str) -> String {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(value) => compact(value.get()),
        Err(_) => Value::from(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(media_type: &str, body: &str, expected: &[&str]) {
        let framing = Framing::of(media_type).expect("a sequence");
        // However the body is cut, the items are the same.
        for size in [1, 2, 3, body.len()] {
            let mut items = Items::new(framing);
            let mut found = Vec::new();
            let mut sink = |item: Item<'_>| found.push(item.json.to_owned());
            for end in (0..body.len()).step_by(size) {
                items.read(&body.as_bytes()[..end], false, &mut sink);
            }
            items.read(body.as_bytes(), true, &mut sink);
            assert_eq!(found, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn events_end_with_an_empty_line_whatever_ends_the_lines() {
        check(
            "text/event-stream; charset=utf-8",
            "\u{feff}: hello\r\ndata: {\"a\": 1}\r\n\r\nevent: done\rdata:x\rdata: y\rid: 7\r\rdata\n\ndata: [DONE]",
            &[r#"{"a":1}"#, r#"{"event":"done","data":"x\ny"}"#, r#""""#, r#""[DONE]""#],
        );
    }

    /// The generator has the same table, in `plan::media`: it promises as items what is collected
    /// here.
    #[test]
    fn sequences_are_those_that_the_generator_promises() {
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
            assert_eq!(Framing::of(name).is_some(), expected, "{name}");
        }
    }

    #[test]
    fn lines_and_records_are_json_values() {
        check(
            "application/x-ndjson",
            "{\"a\": 1}\n\n[2]\r\nnot json",
            &[r#"{"a":1}"#, "[2]", r#""not json""#],
        );
        check("application/json;stream=watch", "1\n2\n", &["1", "2"]);
        check("application/geo+json-seq", "\u{1e}{\"a\":\n1}\n\u{1e}2\n", &[r#"{"a":1}"#, "2"]);
        assert_eq!(Framing::of("application/json; charset=utf-8"), None);
    }
}

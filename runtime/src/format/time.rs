//! Dates, times of day and durations: what `jiff` reads, less what would be guessed or dropped.

use jiff::civil::{Date, Time};
use jiff::fmt::temporal::SpanParser;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp};

static SPANS: SpanParser = SpanParser::new();

/// A point in time. The offset has to be there: without one a text stands for many of them.
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    // An annotation of RFC 9557 names a zone, which a timestamp would drop.
    let is_meant = is_date(text.get(..10)?) && !text.contains('[');
    is_meant.then(|| text.parse().ok()).flatten()
}

/// A date and nothing behind it.
pub(super) fn date(text: &str) -> Option<Date> {
    is_date(text).then(|| text.parse().ok()).flatten()
}

/// A time of day and nothing around it: neither a date nor an offset.
pub(super) fn time_of_day(text: &str) -> Option<Time> {
    let is_plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.');
    let is_meant = text.as_bytes().get(2) == Some(&b':') && text.bytes().all(is_plain);
    is_meant.then(|| text.parse().ok()).flatten()
}

/// A duration. Days have 24 hours and weeks seven days; a month or a year has no length of its own.
pub(super) fn duration(text: &str) -> Option<SignedDuration> {
    let span = SPANS.parse_span(text).ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

/// Whether a text has the shape of a date.
fn is_date(text: &str) -> bool {
    let is_dash = |at: usize| matches!(at, 4 | 7);
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if is_dash(at) { byte == b'-' } else { byte.is_ascii_digit() })
}

//! Texts that stand for other values: what they look like, and which Rust type holds the value.
//!
//! What is accepted here is what the runtime accepts (`format` there), so that no default or example
//! of a declaration is refused by the server that it is for.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::civil::{Date, Time};
use jiff::fmt::temporal::SpanParser;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp};
use uuid::Uuid;

use super::types::Expression;
use crate::model::ArgumentType;

/// What a text is read as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// `jiff::Timestamp`
    DateTime,
    /// `jiff::civil::Date`
    Date,
    /// `jiff::civil::Time`
    Time,
    /// `jiff::SignedDuration`
    Duration,
    /// `uuid::Uuid`
    Uuid,
    /// `Vec<u8>`, from base64.
    Base64,
    /// `std::path::PathBuf`; any text is one.
    Path,
}

impl Format {
    /// That of the values of a type.
    pub(super) const fn of(ty: &ArgumentType) -> Option<Self> {
        Some(match ty {
            ArgumentType::DateTime => Self::DateTime,
            ArgumentType::Date => Self::Date,
            ArgumentType::Time => Self::Time,
            ArgumentType::TimeDelta => Self::Duration,
            ArgumentType::Uuid => Self::Uuid,
            ArgumentType::Bytes => Self::Base64,
            ArgumentType::Path => Self::Path,
            _ => return None,
        })
    }

    /// The same, where it refuses some texts.
    pub(super) fn rule_of(ty: &ArgumentType) -> Option<Self> {
        Self::of(ty).filter(|format| *format != Self::Path)
    }

    /// Whether its type comes from `jiff`.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::DateTime | Self::Date | Self::Time | Self::Duration)
    }

    /// Whether a text of it can be told from other texts.
    pub(super) const fn is_told(self) -> bool {
        !matches!(self, Self::Base64 | Self::Path)
    }

    /// Whether a text is one of this format.
    pub(super) fn allows(self, text: &str) -> bool {
        self.expression(text).is_some()
    }

    /// The constant that a text stands for; `None` where it is none of this format.
    pub(super) fn expression(self, text: &str) -> Option<Expression> {
        let parsed = |is_one: bool| is_one.then(|| Expression::Parsed(text.to_owned()));
        match self {
            Self::DateTime => {
                let is_meant = text.get(..10).is_some_and(is_date) && !text.contains('[');
                parsed(is_meant && text.parse::<Timestamp>().is_ok())
            }
            Self::Date => parsed(is_date(text) && text.parse::<Date>().is_ok()),
            Self::Time => parsed(is_time(text) && text.parse::<Time>().is_ok()),
            Self::Duration => duration(text).map(Expression::Duration),
            Self::Uuid => parsed(Uuid::try_parse(text).is_ok()),
            Self::Base64 => decode(text).map(Expression::Bytes),
            Self::Path => Some(Expression::Path(text.to_owned())),
        }
    }
}

/// What is meant, in words, with an example.
impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::DateTime => "a date and time with its offset, such as 2026-03-01T09:30:00Z",
            Self::Date => "a date, such as 2026-03-01",
            Self::Time => "a time of day without an offset, such as 09:30:00",
            Self::Duration => "a duration of weeks, days and less, such as P1DT2H30M",
            Self::Uuid => "a UUID, such as 67e55044-10b1-426f-9247-bb680e5fe0c8",
            Self::Base64 => "bytes in base64, such as aGVsbG8=",
            Self::Path => "a text",
        })
    }
}

fn is_date(text: &str) -> bool {
    let is_dash = |at: usize| matches!(at, 4 | 7);
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if is_dash(at) { byte == b'-' } else { byte.is_ascii_digit() })
}

fn is_time(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.');
    text.as_bytes().get(2) == Some(&b':') && text.bytes().all(is_plain)
}

fn duration(text: &str) -> Option<SignedDuration> {
    let span = SpanParser::new().parse_span(text).ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let alphabet = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet, lenient).decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(format: Format, accepted: &[&str], refused: &[&str]) {
        for text in accepted {
            assert!(format.allows(text), "{format:?} refuses {text:?}");
        }
        for text in refused {
            assert!(!format.allows(text), "{format:?} accepts {text:?}");
        }
    }

    /// The same texts as in the tests of the runtime.
    #[test]
    fn the_runtime_accepts_the_same() {
        check(
            Format::DateTime,
            &["2026-03-01T09:30:00Z", "2026-03-01T09:30:00.25+02:00", "2026-03-01 09:30-05:30"],
            &["", "tomorrow", "2026-03-01", "2026-03-01T09:30:00", "2026-02-29T09:30:00Z"],
        );
        check(Format::DateTime, &[], &["2026-03-01T09:30:00+01:00[Europe/Rome]", "2026-03-0ü"]);
        check(Format::Date, &["2024-02-29"], &["2026-02-29", "2026-3-1", "20260301"]);
        check(Format::Time, &["09:30", "23:59:59.5"], &["24:00", "9:30", "0930", "09:30:00Z"]);
        check(
            Format::Duration,
            &["PT90M", "P1DT2H30M", "-P1W", "PT0.5S"],
            &["90", "1h 30m", "01:30:00", "P1M", "P1Y", "P"],
        );
        check(
            Format::Uuid,
            &["67E55044-10B1-426F-9247-BB680E5FE0C8", "67e5504410b1426f9247bb680e5fe0c8"],
            &["67e55044", "67e55044-10b1-426f-9247-bb680e5fe0cg"],
        );
        check(Format::Base64, &["", "aGVsbG8=", "aGVsbG8", "-_-_"], &["a", "+/-_", "grün"]);
    }
}

//! Texts that stand for other values: dates, durations, UUIDs, bytes. What such a text looks like,
//! and the Rust value that it is.
//!
//! A text is read in one way whether it is an argument, is inside of one, or stands in a result, and
//! written in one form. Each form can be told from the others, but for base64, which many texts are.

mod bytes;
#[cfg(feature = "jiff")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;
pub mod wire;

use std::fmt;

/// What a text has to be beside a text: `format` and `contentEncoding` of JSON Schema.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// A date and a time of day with the offset from UTC (RFC 3339): `date-time`.
    #[cfg(feature = "jiff")]
    DateTime,
    /// A date (RFC 3339): `date`.
    #[cfg(feature = "jiff")]
    Date,
    /// A time of day without an offset: `time`.
    #[cfg(feature = "jiff")]
    Time,
    /// An exact duration (ISO 8601), a day being 24 hours: `duration`.
    #[cfg(feature = "jiff")]
    Duration,
    /// A UUID (RFC 9562): `uuid`.
    #[cfg(feature = "uuid")]
    Uuid,
    /// Bytes (RFC 4648), in either alphabet and with or without padding.
    Base64,
}

impl Format {
    /// What a keyword of a schema says; `None` where it is an annotation.
    #[cfg(feature = "schema")]
    pub(crate) fn of_keyword(keyword: &str, value: &str) -> Option<Self> {
        match (keyword, value) {
            #[cfg(feature = "jiff")]
            ("format", "date-time") => Some(Self::DateTime),
            #[cfg(feature = "jiff")]
            ("format", "date") => Some(Self::Date),
            #[cfg(feature = "jiff")]
            ("format", "time") => Some(Self::Time),
            #[cfg(feature = "jiff")]
            ("format", "duration") => Some(Self::Duration),
            #[cfg(feature = "uuid")]
            ("format", "uuid") => Some(Self::Uuid),
            ("contentEncoding", "base64") => Some(Self::Base64),
            _ => None,
        }
    }

    /// The format that these words are about.
    #[cfg(feature = "schema")]
    pub(crate) fn of_words(words: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.to_string() == words)
    }

    #[cfg(feature = "schema")]
    const ALL: &'static [Self] = &[
        #[cfg(feature = "jiff")]
        Self::DateTime,
        #[cfg(feature = "jiff")]
        Self::Date,
        #[cfg(feature = "jiff")]
        Self::Time,
        #[cfg(feature = "jiff")]
        Self::Duration,
        #[cfg(feature = "uuid")]
        Self::Uuid,
        Self::Base64,
    ];

    /// A text of this format.
    pub(crate) const fn example(self) -> &'static str {
        match self {
            #[cfg(feature = "jiff")]
            Self::DateTime => "2026-03-01T09:30:00Z",
            #[cfg(feature = "jiff")]
            Self::Date => "2026-03-01",
            #[cfg(feature = "jiff")]
            Self::Time => "09:30:00",
            #[cfg(feature = "jiff")]
            Self::Duration => "P1DT2H30M",
            #[cfg(feature = "uuid")]
            Self::Uuid => "67e55044-10b1-426f-9247-bb680e5fe0c8",
            Self::Base64 => "aGVsbG8=",
        }
    }

    /// Whether a text is one of this format.
    #[must_use]
    pub fn allows(self, text: &str) -> bool {
        match self {
            #[cfg(feature = "jiff")]
            Self::DateTime => time::timestamp(text).is_some(),
            #[cfg(feature = "jiff")]
            Self::Date => time::date(text).is_some(),
            #[cfg(feature = "jiff")]
            Self::Time => time::time_of_day(text).is_some(),
            #[cfg(feature = "jiff")]
            Self::Duration => time::duration(text).is_some(),
            #[cfg(feature = "uuid")]
            Self::Uuid => uuid::uuid(text).is_some(),
            Self::Base64 => bytes::decode(text).is_some(),
        }
    }
}

/// What is expected, in words, with an example.
impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            #[cfg(feature = "jiff")]
            Self::DateTime => "a date and time with its offset",
            #[cfg(feature = "jiff")]
            Self::Date => "a date",
            #[cfg(feature = "jiff")]
            Self::Time => "a time of day without an offset",
            #[cfg(feature = "jiff")]
            Self::Duration => "a duration of weeks, days and less",
            #[cfg(feature = "uuid")]
            Self::Uuid => "a UUID",
            Self::Base64 => "bytes in base64",
        };
        write!(formatter, "{what}, such as {}", self.example())
    }
}

#[cfg(all(test, feature = "jiff", feature = "uuid"))]
mod tests;

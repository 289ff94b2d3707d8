use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::PathBuf;

use jiff::civil::{Date, Time, date, time};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Format;
use super::wire::{OnWire, Wire};

/// What is accepted, with the form that is written for it.
const ACCEPTED: &[(Format, &str, &str)] = &[
    (Format::DateTime, "2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z"),
    (Format::DateTime, "2026-03-01T09:30:00.25+02:00", "2026-03-01T07:30:00.25Z"),
    (Format::DateTime, "2026-03-01 09:30-05:30", "2026-03-01T15:00:00Z"),
    (Format::Date, "2024-02-29", "2024-02-29"),
    (Format::Time, "09:30", "09:30:00"),
    (Format::Time, "23:59:59.5", "23:59:59.5"),
    (Format::Duration, "PT90M", "PT1H30M"),
    (Format::Duration, "P1DT2H30M", "PT26H30M"),
    (Format::Duration, "-P1W", "-PT168H"),
    (Format::Duration, "PT0.5S", "PT0.5S"),
    (Format::Uuid, "67E55044-10B1-426F-9247-BB680E5FE0C8", "67e55044-10b1-426f-9247-bb680e5fe0c8"),
    (Format::Uuid, "67e5504410b1426f9247bb680e5fe0c8", "67e55044-10b1-426f-9247-bb680e5fe0c8"),
    (Format::Base64, "", ""),
    (Format::Base64, "aGVsbG8=", "aGVsbG8="),
    (Format::Base64, "aGVsbG8", "aGVsbG8="),
    (Format::Base64, "-_-_", "+/+/"),
];

/// What is refused.
const REFUSED: &[(Format, &str)] = &[
    (Format::DateTime, ""),
    (Format::DateTime, "tomorrow"),
    (Format::DateTime, "2026-03-01"),
    (Format::DateTime, "2026-03-01T09:30:00"),
    (Format::DateTime, "2026-02-29T09:30:00Z"),
    (Format::DateTime, "2026-03-01T25:30:00Z"),
    (Format::DateTime, "2026-03-01T09:30:00+01:00[Europe/Rome]"),
    (Format::DateTime, "1772357400"),
    (Format::DateTime, "2026-03-0ü"),
    (Format::Date, "2026-02-29"),
    (Format::Date, "2026-3-1"),
    (Format::Date, "20260301"),
    (Format::Date, "2026-03-01T09:30:00"),
    (Format::Time, "24:00"),
    (Format::Time, "9:30"),
    (Format::Time, "0930"),
    (Format::Time, "09:30:00Z"),
    (Format::Time, "09:30:00+02:00"),
    (Format::Time, "2026-03-01T09:30:00"),
    (Format::Duration, "90"),
    (Format::Duration, "1h 30m"),
    (Format::Duration, "01:30:00"),
    (Format::Duration, "P1M"),
    (Format::Duration, "P1Y"),
    (Format::Duration, "P"),
    (Format::Uuid, "67e55044"),
    (Format::Uuid, "67e55044-10b1-426f-9247-bb680e5fe0cg"),
    (Format::Base64, "a"),
    (Format::Base64, "aGVs bG8="),
    (Format::Base64, "+/-_"),
    (Format::Base64, "grün"),
];

/// The text of the value that `text` is read as; `None` where it is refused.
fn rewritten(format: Format, text: &str) -> Option<String> {
    fn of<T: Wire>(text: &str) -> Option<String> {
        let json = serde_json::to_string(text).ok()?;
        let OnWire(value) = serde_json::from_str::<OnWire<T>>(&json).ok()?;
        serde_json::from_str(&serde_json::to_string(&OnWire(value)).ok()?).ok()
    }
    match format {
        Format::DateTime => of::<Timestamp>(text),
        Format::Date => of::<Date>(text),
        Format::Time => of::<Time>(text),
        Format::Duration => of::<SignedDuration>(text),
        Format::Uuid => of::<Uuid>(text),
        Format::Base64 => of::<Vec<u8>>(text),
    }
}

#[test]
fn what_is_accepted_is_written_in_one_form() {
    for (format, text, written) in ACCEPTED {
        assert!(format.allows(text), "{format:?} refuses {text:?}");
        assert_eq!(rewritten(*format, text).as_deref(), Some(*written), "{format:?} of {text:?}");
        assert_eq!(rewritten(*format, written).as_deref(), Some(*written), "{format:?}");
    }
}

#[test]
fn what_is_checked_and_what_is_read_is_the_same() {
    for (format, text) in REFUSED {
        assert!(!format.allows(text), "{format:?} accepts {text:?}");
        assert_eq!(rewritten(*format, text), None, "{format:?} reads {text:?}");
    }
}

/// A union of two takes what is meant for one of them only.
#[test]
fn a_text_is_of_one_format() {
    const APART: [Format; 5] =
        [Format::DateTime, Format::Date, Format::Time, Format::Duration, Format::Uuid];
    for (format, text, _) in ACCEPTED.iter().filter(|(format, ..)| *format != Format::Base64) {
        for other in APART.iter().filter(|other| *other != format) {
            assert!(!other.allows(text), "{text:?} is {format:?} and {other:?}");
        }
    }
}

#[track_caller]
fn check<T: Wire + Clone + PartialEq + Debug>(value: &T, json: &str) {
    let written = serde_json::to_string(&OnWire(value.clone())).expect("it can be written");
    assert_eq!(written, json);
    let OnWire(read) = serde_json::from_str::<OnWire<T>>(json).expect("it can be read");
    assert_eq!(read, *value);
}

#[test]
fn values_inside_of_others_have_their_form_too() {
    check(&vec![vec![0_u8, 255], vec![]], r#"["AP8=",""]"#);
    check(&Some(date(2026, 3, 1)), r#""2026-03-01""#);
    check(&None::<Date>, "null");
    check(&BTreeMap::from([("at".to_owned(), vec![time(9, 30, 0, 0)])]), r#"{"at":["09:30:00"]}"#);
    check(
        &(SignedDuration::from_mins(90), Box::new("as it is".to_owned()), 3_i64, Uuid::nil()),
        r#"["PT1H30M","as it is",3,"00000000-0000-0000-0000-000000000000"]"#,
    );
    check(&(PathBuf::from("beds/1"),), r#"["beds/1"]"#);
}

#[test]
fn what_is_wrong_is_told_with_an_example() {
    let error = serde_json::from_str::<OnWire<Vec<Date>>>(r#"["2026-03-01","tomorrow"]"#)
        .expect_err("tomorrow is no date");
    let error = error.to_string();
    assert!(
        error.starts_with(
            r#"invalid value: string "tomorrow", expected a date, such as 2026-03-01 at"#
        ),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_cannot_be_written() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    let path = PathBuf::from(OsString::from_vec(vec![0xff]));
    let error = serde_json::to_string(&OnWire(path)).expect_err("it is not Unicode");
    assert_eq!(error.to_string(), "the path is not Unicode");
}

//! Points in time as RFC 3339 writes them.

/// A point in time in UTC, given in milliseconds since 1970: `2026-07-28T09:30:00.000Z`.
pub(crate) fn rfc3339(milliseconds: u64) -> String {
    let days = i64::try_from(milliseconds / DAY).unwrap_or(i64::MAX / 2);
    let (year, month, day) = civil(days);
    let rest = milliseconds % DAY;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        rest / 3_600_000,
        rest / 60_000 % 60,
        rest / 1000 % 60,
        rest % 1000
    )
}

const DAY: u64 = 86_400_000;

/// Year, month and day of the Gregorian calendar, of a day counted from 1970-01-01. Counts in eras
/// of 400 years that begin in March, so that the day of a leap year comes last.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// Whether the text is a date, `2026-07-28`.
pub(crate) fn is_date(text: &str) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return false };
    let (Some(year), Some(month), Some(day)) =
        (number(&[y1, y2, y3, y4]), number(&[m1, m2]), number(&[d1, d2]))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=length).contains(&day)
}

/// Whether the text is a date with a time and an offset from UTC, `2026-07-28T09:30:00Z`.
pub(crate) fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else { return false };
    let Some(offset) = time.find(['Z', 'z', '+', '-']) else { return false };
    let (time, offset) = time.split_at(offset);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let fraction_fits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let time_fits = match *time.as_bytes() {
        // A minute can have a leap second.
        [h1, h2, b':', m1, m2, b':', s1, s2] => {
            clock(&[h1, h2], &[m1, m2]) && number(&[s1, s2]).is_some_and(|second| second <= 60)
        }
        _ => false,
    };
    let offset_fits = match *offset.as_bytes() {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => clock(&[h1, h2], &[m1, m2]),
        _ => false,
    };
    is_date(date) && time_fits && fraction_fits && offset_fits
}

fn clock(hour: &[u8], minute: &[u8]) -> bool {
    number(hour).is_some_and(|hour| hour < 24) && number(minute).is_some_and(|minute| minute < 60)
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| {
        digit.is_ascii_digit().then(|| value * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_date, is_date_time, rfc3339};

    #[test]
    fn points_in_time_are_written_in_utc() {
        for (milliseconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_785_231_000_123, "2026-07-28T09:30:00.123Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(rfc3339(milliseconds), expected);
        }
        rfc3339(u64::MAX);
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut last = String::new();
        for day in 0..200_000 {
            let text = rfc3339(day * super::DAY);
            assert!(is_date_time(&text) && is_date(&text[..10]), "{text}");
            assert!(text > last, "{text} comes after {last}");
            last = text;
        }
        assert_eq!(last, "2517-07-31T00:00:00.000Z");
    }

    #[test]
    fn dates_exist() {
        for date in ["2024-02-29", "2000-02-29", "2026-12-31", "0000-01-01"] {
            assert!(is_date(date), "{date}");
        }
        for other in [
            "2023-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-00-01",
            "2026-13-01",
            "2026-1-1",
            "20260101",
            "2026-01-00",
            "+026-01-01",
            "",
        ] {
            assert!(!is_date(other), "{other}");
        }
    }

    #[test]
    fn times_have_an_offset() {
        for time in [
            "2026-07-28T09:30:00Z",
            "2026-07-28t09:30:00.5z",
            "2026-07-28 23:59:60+05:30",
            "2026-07-28T00:00:00.123456789-00:00",
        ] {
            assert!(is_date_time(time), "{time}");
        }
        for other in [
            "2026-07-28",
            "2026-07-28T09:30:00",
            "2026-07-28T24:00:00Z",
            "2026-07-28T09:60:00Z",
            "2026-07-28T09:30:61Z",
            "2026-07-28T09:30Z",
            "2026-07-28T09:30:00.Z",
            "2026-07-28T09:30:00+0530",
            "2026-07-28T09:30:00Zulu",
            "2026-02-30T09:30:00Z",
        ] {
            assert!(!is_date_time(other), "{other}");
        }
    }
}

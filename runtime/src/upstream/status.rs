//! Responses that are no success, in FastMCP's words where it has some.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{self, HeaderMap};
use serde_json::Value;
use serde_json::value::RawValue;

use super::response::essence;
use super::value::compact;
use super::{Reply, UpstreamError};

/// Characters of a body that a message shows.
const SHOWN: usize = 1000;

/// The reply if it is a success, else what went wrong.
pub(super) fn check(reply: Reply, headers: &HeaderMap) -> Result<Reply, UpstreamError> {
    match reply.status {
        200..=299 => Ok(reply),
        429 => Err(UpstreamError::RateLimited(retry_after(headers))),
        code => Err(UpstreamError::Status { code, message: message(&reply, headers) }),
    }
}

fn message(reply: &Reply, headers: &HeaderMap) -> String {
    let code = reply.status;
    let reason = StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason());
    let mut message = match reason {
        Some(reason) => format!("HTTP error {code}: {reason}"),
        None => format!("HTTP error {code}"),
    };
    let location = headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
    if let (300..=399, Some(location)) = (code, location) {
        let location: String = location.chars().take(SHOWN).collect();
        message.push_str(&format!(" - redirect to {location} not followed"));
        return message;
    }
    if let Some(body) = body(reply) {
        message.push_str(" - ");
        message.push_str(&body);
    }
    if let Some(wait) = retry_after(headers) {
        message.push_str(&format!(" (retry after {} seconds)", wait.as_secs()));
    }
    message
}

/// What the body says, where it says something to a model.
fn body(reply: &Reply) -> Option<String> {
    let text = String::from_utf8_lossy(&reply.body);
    let text = text.trim();
    if text.is_empty() || is_html(&reply.media_type, text) || text.contains('\0') {
        return None;
    }
    let shown = problem(&essence(&reply.media_type), text)
        .or_else(|| {
            let is_json = serde_json::from_str::<&RawValue>(text).is_ok();
            is_json.then(|| compact(text))
        })
        .unwrap_or_else(|| text.to_owned());
    Some(match shown.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
        None => shown,
    })
}

/// A problem document (RFC 9457): title and detail as a sentence, then its other fields.
fn problem(media_type: &str, text: &str) -> Option<String> {
    if media_type != "application/problem+json" {
        return None;
    }
    let Value::Object(mut fields) = serde_json::from_str(text).ok()? else { return None };
    let mut take = |name| match fields.remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    };
    let said: Vec<String> = [take("title"), take("detail")].into_iter().flatten().collect();
    // The status stands in the message already, and a type is an address for people.
    fields.remove("status");
    fields.remove("type");
    let rest = if fields.is_empty() { None } else { Some(Value::Object(fields).to_string()) };
    let said = Some(said.join(": ")).filter(|said| !said.is_empty());
    Some(said.into_iter().chain(rest).collect::<Vec<_>>().join(" "))
}

/// `Retry-After` (RFC 9110, 10.2.3): seconds, or a date, which becomes the seconds until then.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = http_date(text)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    Some(Duration::from_secs(then.saturating_sub(now)))
}

/// Seconds since 1970 of an `IMF-fixdate` such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.strip_suffix(" GMT")?.split([' ', ':']);
    let number = |words: &mut std::str::Split<'_, [char; 2]>| words.next()?.parse::<u64>().ok();
    let day = number(&mut words).filter(|day| (1..=31).contains(day))?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as u64 + 1;
    let year = number(&mut words).filter(|year| (1970..=9999).contains(year))?;
    let (hour, minute, second) = (number(&mut words)?, number(&mut words)?, number(&mut words)?);
    // Days since 1970, counting years from March so that leap days come last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    let days = days.checked_sub(719_468)?;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

/// Whether a body is an HTML page, which says nothing to a model.
pub(super) fn is_html(media_type: &str, text: &str) -> bool {
    let start: String = text.trim_start().chars().take(14).collect();
    let start = start.to_ascii_lowercase();
    essence(media_type).contains("html")
        || start.starts_with("<!doctype html")
        || start.starts_with("<html")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use expect_test::{Expect, expect};
    use http::HeaderMap;
    use http::header;

    use super::{check, http_date};
    use crate::upstream::Reply;

    fn check_message(status: u16, media_type: &str, body: &str, expected: &Expect) {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let reply = Reply { status, media_type: media_type.to_owned(), body, note: None };
        let error = check(reply, &HeaderMap::new()).expect_err("the status is no success");
        expected.assert_eq(&error.to_string());
    }

    #[test]
    fn errors_show_the_body_in_fastmcps_words() {
        let json = "application/json";
        check_message(
            404,
            json,
            "{ \"error\": \"no such  book\" }",
            &expect![[r#"HTTP error 404: Not Found - {"error":"no such  book"}"#]],
        );
        check_message(
            500,
            "text/plain",
            "boom\n",
            &expect![["HTTP error 500: Internal Server Error - boom"]],
        );
        check_message(
            502,
            "text/html",
            "<html>proxy</html>",
            &expect!["HTTP error 502: Bad Gateway"],
        );
        check_message(
            503,
            "",
            "<!DOCTYPE html><p>",
            &expect!["HTTP error 503: Service Unavailable"],
        );
        check_message(599, json, "", &expect!["HTTP error 599"]);
        check_message(
            429,
            json,
            "{}",
            &expect!["Rate limited by upstream API, please retry later"],
        );
    }

    #[test]
    fn problem_documents_are_shown_with_their_fields() {
        check_message(
            422,
            "application/problem+json; charset=utf-8",
            r#"{"type":"https://x.test/p","title":"Invalid","status":422,"detail":"Two fields","errors":["isbn"]}"#,
            &expect![[
                r#"HTTP error 422: Unprocessable Entity - Invalid: Two fields {"errors":["isbn"]}"#
            ]],
        );
    }

    #[test]
    fn long_bodies_are_cut_and_redirects_name_their_target() {
        let reply = Reply {
            status: 400,
            media_type: "text/plain".to_owned(),
            body: Bytes::from("é".repeat(5000)),
            note: None,
        };
        let error = check(reply, &HeaderMap::new()).expect_err("the status is no success");
        assert_eq!(error.to_string().chars().filter(|character| *character == 'é').count(), 1000);

        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, header::HeaderValue::from_static("https://other.test/"));
        let reply = Reply { status: 302, ..Reply::default() };
        let error = check(reply, &headers).expect_err("the status is no success");
        expect!["HTTP error 302: Found - redirect to https://other.test/ not followed"]
            .assert_eq(&error.to_string());
    }

    #[test]
    fn dates_of_retry_after_are_read() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(http_date("Thu, 29 Feb 2024 00:00:00 GMT"), Some(1_709_164_800));
        assert_eq!(http_date("tomorrow"), None);
    }
}

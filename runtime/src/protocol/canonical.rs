//! One text for a JSON value, however it is written: for comparing what clients send twice.

use std::borrow::Cow;

use bytes::BytesMut;

use crate::protocol::escape;

/// Deeper values are kept as they are written.
const DEPTH: usize = 256;

/// The canonical text of a JSON value: members by name, no white space, strings escaped in one way,
/// numbers by their exact value. Different values have different texts. Members that share a name
/// are all kept, in their order. Text that is no JSON gives some text, too.
pub(crate) fn text(json: &str) -> String {
    let mut writer = Writer { rest: json };
    let mut text = String::with_capacity(json.len());
    writer.value(&mut text, DEPTH);
    text
}

struct Writer<'a> {
    rest: &'a str,
}

impl<'a> Writer<'a> {
    fn value(&mut self, out: &mut String, depth: usize) {
        self.skip_space();
        match self.rest.bytes().next() {
            Some(b'{' | b'[') if depth == 0 => out.push_str(self.take_nested()),
            Some(b'{') => self.object(out, depth - 1),
            Some(b'[') => self.array(out, depth - 1),
            Some(b'"') => push_string(out, self.take_string()),
            _ => {
                let end = |byte| matches!(byte, ',' | ']' | '}' | ' ' | '\t' | '\r' | '\n');
                let length = self.rest.find(end).unwrap_or(self.rest.len());
                push_scalar(out, self.take(length));
            }
        }
    }

    fn array(&mut self, out: &mut String, depth: usize) {
        self.take(1);
        out.push('[');
        let mut first = true;
        while self.another(']') {
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            self.value(out, depth);
        }
        out.push(']');
    }

    fn object(&mut self, out: &mut String, depth: usize) {
        self.take(1);
        let mut members = Vec::new();
        while self.another('}') {
            let mut name = String::new();
            push_string(&mut name, self.take_string());
            self.skip_space();
            self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
            let mut value = String::new();
            self.value(&mut value, depth);
            members.push((name, value));
        }
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        out.push('{');
        for (index, (name, value)) in members.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push_str(name);
            out.push(':');
            out.push_str(value);
        }
        out.push('}');
    }

    /// Moves to the next item of an array or an object; takes the bracket that ends it.
    fn another(&mut self, end: char) -> bool {
        self.skip_space();
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            self.skip_space();
        }
        let ended = self.rest.strip_prefix(end);
        self.rest = ended.unwrap_or(self.rest);
        ended.is_none() && !self.rest.is_empty()
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn take(&mut self, length: usize) -> &'a str {
        // What is no JSON could stand still here; a character at least is always taken.
        let least = self.rest.chars().next().map_or(0, char::len_utf8);
        let (taken, rest) =
            self.rest.split_at_checked(length.max(least)).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// A string with its quotes.
    fn take_string(&mut self) -> &'a str {
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        self.take(end.map_or(self.rest.len(), |end| end + 2))
    }

    /// An array or an object as it is written.
    fn take_nested(&mut self) -> &'a str {
        let (whole, mut depth) = (self.rest, 0_usize);
        loop {
            match self.rest.bytes().next() {
                None => break,
                Some(b'"') => {
                    self.take_string();
                    continue;
                }
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') => depth -= 1,
                Some(_) => {}
            }
            self.take(1);
            if depth == 0 {
                break;
            }
        }
        whole.get(..whole.len() - self.rest.len()).unwrap_or(whole)
    }
}

fn push_string(out: &mut String, quoted: &str) {
    if !quoted.contains('\\') {
        out.push_str(quoted);
        return;
    }
    // Half of a surrogate pair cannot be decoded; it stays as it is written.
    match serde_json::from_str::<Cow<'_, str>>(quoted) {
        Ok(decoded) => {
            let mut buffer = BytesMut::new();
            escape::string(&mut buffer, &decoded);
            out.push_str(std::str::from_utf8(&buffer).unwrap_or(quoted));
        }
        Err(_) => out.push_str(quoted),
    }
}

fn push_scalar(out: &mut String, scalar: &str) {
    match exact(scalar) {
        Some((negative, digits, exponent)) => {
            if negative {
                out.push('-');
            }
            out.push_str(&digits);
            if exponent != 0 {
                out.push('e');
                out.push_str(itoa::Buffer::new().format(exponent));
            }
        }
        None => out.push_str(scalar),
    }
}

/// A number as digits without zeros at either end, and a power of ten.
fn exact(number: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (number, 0),
    };
    let negative = mantissa.starts_with('-');
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = [whole, fraction].concat();
    let trimmed = digits.trim_end_matches('0');
    let shift = i64::try_from(digits.len() - trimmed.len()).ok()?;
    let exponent = exponent.checked_sub_unsigned(fraction.len() as u64)?.checked_add(shift)?;
    match trimmed.trim_start_matches('0') {
        "" => Some((false, "0".to_owned(), 0)),
        digits => Some((negative, digits.to_owned(), exponent)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop_oneof, proptest};
    use serde_json::{Map, Value};

    use super::text;

    #[test]
    fn values_have_one_text() {
        for (one, other) in [
            (r#"{"b":1,"a":{"d":[],"c":null}}"#, "\n{ \"a\" : {\"c\":null , \"d\":[ ]}, \"b\":1 }"),
            ("1", "1.0"),
            ("100", "1e2"),
            ("-0.5", "-5E-1"),
            ("0", "-0.00"),
            (r#""é\n/""#, r#""\u00e9\u000a\/""#),
            ("[true,[]]", "[ true\t,[\r\n] ]"),
        ] {
            assert_eq!(text(one), text(other));
        }
    }

    #[test]
    fn other_values_have_another_text() {
        for (one, other) in [
            ("1", "\"1\""),
            ("18446744073709551616", "18446744073709551617"),
            ("0.1", "0.10000000000000000001"),
            ("1", "-1"),
            ("1e5", "1e-5"),
            ("[[1],2]", "[[1,2]]"),
            (r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#),
            (r#""\ud800""#, r#""\\ud800""#),
            (r#"{"a":"b,c"}"#, r#"{"a":"b","c":0}"#),
            ("null", "{}"),
        ] {
            assert_ne!(text(one), text(other));
        }
    }

    #[test]
    fn deep_values_are_kept() {
        let deep = |inner: &str| [&"[".repeat(5000), inner, &"]".repeat(5000)].concat();
        assert_eq!(text(&deep("1")), text(&deep("1")));
        assert_ne!(text(&deep("1")), text(&deep("2")));
        assert_eq!(text(&format!("[{},3]", deep("\"]\""))), format!("[{},3]", deep("\"]\"")));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_filter("JSON has no others", |n| n.is_finite()).prop_map(Value::from),
            ".{0,5}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(".{0,3}", inner, 0..4)
                    .prop_map(|map| Value::from(map.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_value_stays_what_it_is(value in value()) {
            let compact = text(&value.to_string());
            assert_eq!(compact, text(&format!("{value:#}")));
            assert_eq!(compact, text(&compact));
            serde_json::from_str::<Value>(&compact).expect("still JSON");
        }

        #[test]
        fn no_text_makes_it_panic(junk in r#"[\[\]{}",:\\a0eé. -]{0,40}"#) {
            text(&junk);
        }
    }
}

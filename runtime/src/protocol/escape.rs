//! Writing of JSON strings (RFC 8259, section 7).

use bytes::{BufMut, BytesMut};

/// Appends `text` in quotes, escaped.
pub(crate) fn string(buffer: &mut BytesMut, text: &str) {
    buffer.reserve(text.len() + 2);
    buffer.put_u8(b'"');
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if !matches!(byte, 0..=0x1f | b'"' | b'\\') {
            continue;
        }
        buffer.put_slice(bytes.get(copied..at).unwrap_or_default());
        copied = at + 1;
        match byte {
            b'"' => buffer.put_slice(b"\\\""),
            b'\\' => buffer.put_slice(b"\\\\"),
            b'\n' => buffer.put_slice(b"\\n"),
            b'\r' => buffer.put_slice(b"\\r"),
            b'\t' => buffer.put_slice(b"\\t"),
            0x08 => buffer.put_slice(b"\\b"),
            0x0c => buffer.put_slice(b"\\f"),
            other => {
                buffer.put_slice(b"\\u00");
                buffer.put_u8(hex_digit(other >> 4));
                buffer.put_u8(hex_digit(other & 0xf));
            }
        }
    }
    buffer.put_slice(bytes.get(copied..).unwrap_or_default());
    buffer.put_u8(b'"');
}

/// The lower-case hexadecimal digit of a value below 16.
pub(crate) const fn hex_digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ => b'a' + (value - 10),
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::string;

    #[test]
    fn every_character_survives_a_round_trip() {
        let text: String =
            (0..0x250).filter_map(char::from_u32).chain("😀\u{2028}".chars()).collect();
        let mut buffer = BytesMut::new();
        string(&mut buffer, &text);
        let back: String = serde_json::from_slice(&buffer).expect("the string is valid JSON");
        assert_eq!(back, text);
        assert!(!buffer.contains(&b'\n'), "one line on stdio");
    }
}

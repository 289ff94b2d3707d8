//! Cursors of lists that come in pages: opaque to clients, a place in a list to the server.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const VERSION: u8 = 1;

/// Where the next page begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cursor {
    /// The number of entries before it.
    pub(crate) offset: u64,
    /// Which state of the list the offset counts in. A cursor of another one is no good.
    pub(crate) generation: u64,
}

impl Cursor {
    /// The text for `nextCursor`.
    pub(crate) fn encode(self) -> String {
        let mut bytes = [VERSION; 17];
        for (byte, value) in bytes
            .iter_mut()
            .skip(1)
            .zip(self.offset.to_be_bytes().into_iter().chain(self.generation.to_be_bytes()))
        {
            *byte = value;
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that [`encode`](Self::encode) wrote; `None` for any other text, the empty one
    /// included.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let mut bytes = [0; 17];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        let (&[VERSION], rest) = bytes.get(..length)?.split_first_chunk::<1>()? else {
            return None;
        };
        let (offset, generation) = rest.split_first_chunk()?;
        Some(Self {
            offset: u64::from_be_bytes(*offset),
            generation: u64::from_be_bytes(generation.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::Cursor;

    #[test]
    fn other_texts_are_no_cursors() {
        let text = Cursor { offset: 50, generation: 7 }.encode();
        assert_eq!(text, "AQAAAAAAAAAyAAAAAAAAAAc");
        for other in ["", "50", "AQ", "AQAAAAAAAAAyAAAAAAAAAAc=", "AQAAAAAAAAAyAAAAAAAAAAd", "é"] {
            assert_eq!(Cursor::decode(other), None, "{other}");
        }
        assert_eq!(Cursor::decode(&text.replacen("AQ", "Ag", 1)), None, "of another version");
        assert_eq!(Cursor::decode(&format!("{text}AAAA")), None);
    }

    proptest! {
        #[test]
        fn a_cursor_leads_back(offset in any::<u64>(), generation in any::<u64>()) {
            let cursor = Cursor { offset, generation };
            assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }

        #[test]
        fn what_decodes_is_what_was_encoded(text in "[A-Za-z0-9_-]{0,30}|AQ[A-Za-z0-9_-]{21}") {
            if let Some(cursor) = Cursor::decode(&text) {
                assert_eq!(cursor.encode(), text);
            }
        }
    }
}

//! Lines of a bounded length.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// A line that is not blank.
#[derive(Debug)]
pub(super) enum Line {
    /// Its bytes, without the line end.
    Message(Bytes),
    /// It was longer than this limit and has been skipped.
    TooLong(usize),
}

/// Reads lines that end with `\n` or `\r\n`; the last one may have no end.
pub(super) struct Lines<R> {
    reader: R,
    limit: usize,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    pub(super) const fn new(reader: R, limit: usize) -> Self {
        Self { reader, limit }
    }

    /// The next line that is not blank; `None` at the end of the input.
    pub(super) async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut line = BytesMut::new();
            let mut too_long = false;
            let mut ended = false;
            while !ended {
                let chunk = self.reader.fill_buf().await?;
                if chunk.is_empty() {
                    if line.is_empty() && !too_long {
                        return Ok(None);
                    }
                    break;
                }
                let newline = memchr::memchr(b'\n', chunk);
                ended = newline.is_some();
                let part = chunk.get(..newline.unwrap_or(chunk.len())).unwrap_or_default();
                too_long |= line.len() + part.len() > self.limit;
                if too_long {
                    line = BytesMut::new();
                } else {
                    line.extend_from_slice(part);
                }
                let consumed = part.len() + usize::from(ended);
                self.reader.consume(consumed);
            }
            if too_long {
                return Ok(Some(Line::TooLong(self.limit)));
            }
            if line.last() == Some(&b'\r') {
                line.truncate(line.len() - 1);
            }
            if !line.trim_ascii().is_empty() {
                return Ok(Some(Line::Message(line.freeze())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Lines};

    #[tokio::test]
    async fn lines_are_cut_bounded_and_never_blank() {
        let input: &[u8] = b"a\r\n\n  \r\nbb\n0123456789x\nlast";
        let mut lines = Lines::new(input, 10);
        let mut seen = Vec::new();
        while let Some(line) = lines.next().await.expect("memory can be read") {
            seen.push(match line {
                Line::Message(text) => String::from_utf8_lossy(&text).into_owned(),
                Line::TooLong(limit) => format!("longer than {limit}"),
            });
        }
        assert_eq!(seen, ["a", "bb", "longer than 10", "last"]);
    }
}

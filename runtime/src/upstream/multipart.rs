//! `multipart/form-data` (RFC 7578), the same bytes for the same parts.

use std::collections::BTreeSet;

use memchr::memmem;

/// What boundaries begin with; eight digits follow.
const BOUNDARY: &str = "mcpwright-part-";

/// A body under construction.
#[derive(Debug, Default)]
pub(super) struct Multipart {
    parts: Vec<(String, Vec<u8>)>,
}

impl Multipart {
    /// Adds a text; `media_type` may be empty.
    pub(super) fn field(&mut self, name: &str, media_type: &str, text: &str) {
        let mut head = format!("Content-Disposition: form-data; name=\"{}\"\r\n", quoted(name));
        if !media_type.is_empty() {
            head.push_str(&format!("Content-Type: {media_type}\r\n"));
        }
        self.parts.push((head, text.as_bytes().to_vec()));
    }

    /// Adds a file. Servers tell files from texts by the file name, which is the name of the part.
    pub(super) fn file(&mut self, name: &str, media_type: &str, bytes: &[u8]) {
        let name = quoted(name);
        let head = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\
             Content-Type: {media_type}\r\n"
        );
        self.parts.push((head, bytes.to_vec()));
    }

    /// The boundary, one that no part contains, and the body.
    pub(super) fn finish(self) -> (String, Vec<u8>) {
        let number = unused_number(self.parts.iter().map(|(_, bytes)| bytes.as_slice()));
        let boundary = format!("{BOUNDARY}{number:08}");
        let mut body = Vec::new();
        for (head, bytes) in &self.parts {
            body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n").as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (boundary, body)
    }
}

/// The least number whose boundary stands in no part. One pass, whatever the parts hold: they come
/// from callers, who could fill them with boundaries.
fn unused_number<'p>(parts: impl Iterator<Item = &'p [u8]>) -> usize {
    let finder = memmem::Finder::new(BOUNDARY);
    let digits = |part: &[u8], at: usize| {
        let digits = part.get(at + BOUNDARY.len()..)?.get(..8)?;
        std::str::from_utf8(digits).ok()?.parse::<usize>().ok()
    };
    let mut used = BTreeSet::new();
    for part in parts {
        used.extend(finder.find_iter(part).filter_map(|at| digits(part, at)));
    }
    used.into_iter().zip(0..).take_while(|(used, number)| used == number).count()
}

/// Names as browsers write them (HTML, 4.10.22.8).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

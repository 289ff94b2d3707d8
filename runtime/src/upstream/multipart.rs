//! `multipart/form-data` (RFC 7578), the same bytes for the same parts.

use memchr::memmem;

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
        let mut number = 0_u64;
        let boundary = loop {
            let boundary = format!("mcpwright-part-{number:08}");
            let finder = memmem::Finder::new(&boundary);
            if self.parts.iter().all(|(_, bytes)| finder.find(bytes).is_none()) {
                break boundary;
            }
            number += 1;
        };
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

/// Names as browsers write them (HTML, 4.10.22.8).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

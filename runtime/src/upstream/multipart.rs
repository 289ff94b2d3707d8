//! `multipart/form-data` (RFC 7578), the same bytes for the same parts.

use std::collections::BTreeSet;

use memchr::memmem;

use super::file::Content;

/// What boundaries begin with; eight digits follow.
const BOUNDARY: &str = "mcpwright-part-";

/// A body under construction.
#[derive(Debug, Default)]
pub(super) struct Multipart {
    parts: Vec<Part>,
}

/// One part: its headers, each ended by a line break, and its content.
#[derive(Debug)]
pub(super) struct Part {
    head: String,
    content: Content,
}

impl Part {
    /// A text; `media_type` may be empty.
    pub(super) fn text(name: &str, media_type: &str, headers: &[(&str, &str)], text: &str) -> Self {
        let head = format!("Content-Disposition: form-data; name=\"{}\"\r\n", quoted(name));
        Self::new(head, media_type, headers, Content::Here(text.as_bytes().to_vec()))
    }

    /// A file. Servers tell files from texts by the name of the file.
    pub(super) fn file(
        name: &str,
        file_name: &str,
        media_type: &str,
        headers: &[(&str, &str)],
        content: Content,
    ) -> Self {
        let head = format!(
            "Content-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n",
            quoted(name),
            quoted(file_name)
        );
        Self::new(head, media_type, headers, content)
    }

    fn new(mut head: String, media_type: &str, headers: &[(&str, &str)], content: Content) -> Self {
        if !media_type.is_empty() {
            head.push_str(&format!("Content-Type: {media_type}\r\n"));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        Self { head, content }
    }
}

impl Multipart {
    /// Adds a part.
    pub(super) fn push(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// Whether there is no part.
    pub(super) const fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether no file has to be read.
    pub(super) fn is_here(&self) -> bool {
        self.parts.iter().all(|part| part.content.is_here())
    }

    /// Reads the files.
    ///
    /// # Errors
    ///
    /// The first that cannot be read.
    pub(super) async fn load(&mut self) -> Result<(), String> {
        for part in &mut self.parts {
            part.content.load().await?;
        }
        Ok(())
    }

    /// The boundary, one that no part contains, and the body.
    pub(super) fn finish(self) -> (String, Vec<u8>) {
        let number = unused_number(self.parts.iter().map(|part| part.content.bytes()));
        let boundary = format!("{BOUNDARY}{number:08}");
        let mut body = Vec::new();
        for Part { head, content } in &self.parts {
            body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n").as_bytes());
            body.extend_from_slice(content.bytes());
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

/// Names as browsers write them (HTML, 4.10.22.8). Other control characters have no place in a
/// header and are left out.
fn quoted(name: &str) -> String {
    let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    name.replace(|letter: char| letter.is_ascii_control(), "")
}

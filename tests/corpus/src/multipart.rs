//! Multipart bodies taken apart; their boundary is `BOUNDARY`.

/// A part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// Name of the field.
    pub name: String,
    /// `filename` of a file.
    pub filename: Option<String>,
    /// `Content-Type`
    pub content_type: Option<String>,
    /// The content.
    pub content: String,
}

/// The parts of a body.
#[must_use]
pub fn parts(body: &str) -> Vec<Part> {
    body.split("--BOUNDARY").filter_map(part).collect()
}

fn part(text: &str) -> Option<Part> {
    let (head, content) = text.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
    let header = |name: &str| {
        let mut lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let disposition = header("content-disposition")?;
    let parameter = |name: &str| {
        let (_, rest) = disposition.split_once(&format!("; {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    Some(Part {
        name: parameter("name")?,
        filename: parameter("filename"),
        content_type: header("content-type").map(str::to_owned),
        content: content.strip_suffix("\r\n").unwrap_or(content).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn parts_have_names_and_contents() {
        let body = "--BOUNDARY\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\
                    Content-Type: text/plain\r\n\r\nhi\r\n--BOUNDARY--\r\n";
        let parts = parts(body);
        assert_eq!(parts.len(), 1);
        assert_eq!((parts[0].name.as_str(), parts[0].content.as_str()), ("a", "hi"));
        assert_eq!(parts[0].filename.as_deref(), Some("f"));
    }
}

//! The formats of input files, and the one way to read any of them.

use super::{FileId, Node, SourceMap, Span, Value, json, toml, yaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// The longest string of a document, in bytes.
const LONGEST_STRING: usize = 1 << 20;

/// The format of an input file.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Format {
    /// RFC 8259.
    Json,
    /// YAML 1.2 with the core schema.
    Yaml,
    /// TOML 1.1.
    Toml,
}

impl Format {
    /// The format that a file name tells. A name that tells none stands for YAML, of which JSON
    /// is a part.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        if extension.eq_ignore_ascii_case("json") {
            Self::Json
        } else if extension.eq_ignore_ascii_case("toml") {
            Self::Toml
        } else {
            Self::Yaml
        }
    }
}

/// Reads a file into a tree. Never panics, whatever the text.
///
/// Problems go to `diagnostics`. A tree is given wherever one can be told, so that later stages
/// can report their problems too: also beside errors such as a comma too many.
pub fn parse<'s>(
    sources: &'s SourceMap,
    file: FileId,
    format: Format,
    diagnostics: &mut Diagnostics,
) -> Option<Node<'s>> {
    let text = sources.text(file);
    let root = match format {
        Format::Json if is_yaml(text, file) => {
            let problem = Diagnostic::error(Code::E0102, "this is YAML, not JSON")
                .at(Span { file, start: 0, end: 0 }, "")
                .help("name the file .yaml");
            diagnostics.push(problem);
            None
        }
        Format::Json => json::parse(text, file, diagnostics),
        Format::Yaml => yaml::parse(text, file, diagnostics),
        Format::Toml => toml::parse(text, file, diagnostics),
    }?;
    if text.len() > LONGEST_STRING
        && let Some(long) = long_string(&root)
    {
        let message = format!("a string is longer than {LONGEST_STRING} bytes");
        let start = Span { end: long.start.saturating_add(1).min(long.end), ..long };
        diagnostics.push(
            Diagnostic::error(Code::E0106, message).at(start, "it begins here").help(
                "a description ends in every list that a client reads: move the data elsewhere",
            ),
        );
    }
    Some(root)
}

/// Whether a text that is no JSON at its first look is a mapping in YAML.
fn is_yaml(text: &str, file: FileId) -> bool {
    let begin =
        text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    if begin.starts_with(['{', '[', '"', '<']) {
        return false;
    }
    let mut passed_over = Diagnostics::default();
    let root = yaml::parse(text, file, &mut passed_over);
    root.is_some_and(|root| root.as_object().is_some()) && !passed_over.has_errors()
}

/// The first string that is too long. Trees are not deep: the readers see to that.
fn long_string(node: &Node<'_>) -> Option<Span> {
    match &node.value {
        Value::String(text) => (text.len() > LONGEST_STRING).then_some(node.span),
        Value::Array(items) => items.iter().find_map(long_string),
        Value::Object(entries) => entries.iter().find_map(|(key, value)| {
            (key.name.len() > LONGEST_STRING).then_some(key.span).or_else(|| long_string(value))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

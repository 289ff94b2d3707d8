//! The formats of input files, and the one way to read any of them.

use super::{FileId, Node, SourceMap, json, toml, yaml};
use crate::diagnostic::Diagnostics;

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
/// can report their problems too: also beside errors such as a duplicate key.
pub fn parse<'s>(
    sources: &'s SourceMap,
    file: FileId,
    format: Format,
    diagnostics: &mut Diagnostics,
) -> Option<Node<'s>> {
    let text = sources.text(file);
    match format {
        Format::Json => json::parse(text, file, diagnostics),
        Format::Yaml => yaml::parse(text, file, diagnostics),
        Format::Toml => toml::parse(text, file, diagnostics),
    }
}

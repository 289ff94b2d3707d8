//! Text of the input files, positions in it, and one tree with positions for JSON, YAML and TOML.
//!
//! Knows nothing of OpenAPI or MCP. Does no input or output: files come in as text.

mod format;
pub mod json;
mod problems;
#[cfg(test)]
mod tests;
pub mod toml;
pub mod yaml;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub use format::{Format, parse};

/// How deeply lists and mappings of a document may be nested.
pub const DEPTH_LIMIT: usize = 256;

/// Why a file is not there that nobody kept away.
pub const NO_SUCH_FILE: &str = "there is no such file";

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FileId(pub u32);

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A value of a document and where it stands.
#[derive(Clone, Debug)]
pub struct Node<'s> {
    /// Where the value stands. For an alias of YAML: where the anchored value stands.
    pub span: Span,
    /// The value.
    pub value: Value<'s>,
}

/// A value of a document. Numbers keep their text, so that none is rounded.
#[derive(Clone, Debug)]
pub enum Value<'s> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it is written.
    Number(Cow<'s, str>),
    /// A string.
    String(Cow<'s, str>),
    /// A list.
    Array(Vec<Node<'s>>),
    /// A mapping in the order of the document, without duplicate keys.
    Object(Vec<(Key<'s>, Node<'s>)>),
}

/// A key of a mapping.
#[derive(Clone, Debug)]
pub struct Key<'s> {
    /// Where the key stands.
    pub span: Span,
    /// The key; a YAML key that is a number, `null` or a boolean as its text.
    pub name: Cow<'s, str>,
}

impl<'s> Node<'s> {
    /// The value of `key`, if this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The key and the value of `key`, if this is a mapping that has it.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<(&Key<'s>, &Self)> {
        let entries = self.as_object()?;
        entries.iter().find(|(found, _)| found.name == key).map(|(key, node)| (key, node))
    }

    /// The entries, if this is a mapping.
    #[must_use]
    pub fn as_object(&self) -> Option<&[(Key<'s>, Self)]> {
        match &self.value {
            Value::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, if this is a list.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if this is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value, if this is a boolean.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The number as it is written, if this is one.
    #[must_use]
    pub fn as_number(&self) -> Option<&str> {
        match &self.value {
            Value::Number(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this is `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// What this is, for messages: `a string`, `a list`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "a mapping",
        }
    }

    /// The node that a JSON pointer (RFC 6901) leads to, seen from here. `""` is this node.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |node, token| {
            let token = token.replace("~1", "/").replace("~0", "~");
            match &node.value {
                Value::Object(_) => node.get(&token),
                Value::Array(items) => {
                    token.parse::<usize>().ok().and_then(|index| items.get(index))
                }
                _ => None,
            }
        })
    }

    /// [`Node::pointer`], to change what it leads to.
    pub fn pointer_mut(&mut self, pointer: &str) -> Option<&mut Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |node, token| {
            let token = token.replace("~1", "/").replace("~0", "~");
            match &mut node.value {
                Value::Object(entries) => entries
                    .iter_mut()
                    .find(|(found, _)| found.name == token)
                    .map(|(_, value)| value),
                Value::Array(items) => {
                    token.parse::<usize>().ok().and_then(|index| items.get_mut(index))
                }
                _ => None,
            }
        })
    }

    /// The value as plain JSON. A number that JSON cannot hold becomes its text.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(text) => {
                number(text).map_or_else(|| text.to_string().into(), serde_json::Value::Number)
            }
            Value::String(text) => text.to_string().into(),
            Value::Array(items) => items.iter().map(Self::to_json).collect(),
            Value::Object(entries) => serde_json::Value::Object(
                entries.iter().map(|(key, node)| (key.name.to_string(), node.to_json())).collect(),
            ),
        }
    }
}

/// Reads a number as JSON, or as YAML and TOML write it where that differs (`+1`, `.5`, `1_000`).
#[must_use]
pub fn number(text: &str) -> Option<serde_json::Number> {
    let parsed = serde_json::from_str(text).ok();
    parsed.or_else(|| {
        let plain = text.trim_start_matches('+').replace('_', "");
        let integer = plain.parse::<i64>().ok().map(serde_json::Number::from);
        integer.or_else(|| plain.parse::<f64>().ok().and_then(serde_json::Number::from_f64))
    })
}

/// Appends a token to a JSON pointer, escaped as RFC 6901 says.
#[must_use]
pub fn join_pointer(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1"))
}

/// Decodes `%xx` (RFC 3986 2.1). What is no valid escape stays.
#[must_use]
pub fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escape = (*first == b'%').then(|| tail.get(..2)).flatten();
        let digits = escape.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let value = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The input files.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<File>,
    /// Files that are named and not there: their names and why.
    absent: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    text: String,
    /// Offset of the first byte of each line.
    lines: Vec<u32>,
}

impl SourceMap {
    /// Adds a file under the name that messages show.
    ///
    /// # Panics
    ///
    /// Panics on texts of 4 GiB and more; the command line refuses files far below that.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let (name, text) = (name.into(), text.into());
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        assert!(u32::try_from(text.len()).is_ok(), "{name} is too large");
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect();
        self.files.push(File { name, text, lines });
        id
    }

    /// Remembers why a file that another one names is not there, as a clause that can follow its
    /// name: `there is no such file`.
    pub fn add_absent(&mut self, name: impl Into<String>, why: impl Into<String>) {
        self.absent.insert(name.into(), why.into());
    }

    /// Why a file is not there, where whoever read the files said so.
    #[must_use]
    pub fn why_absent(&self, name: &str) -> Option<&str> {
        self.absent.get(name).map(String::as_str)
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].text
    }

    /// The name of a file.
    #[must_use]
    pub fn name(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].name
    }

    /// The file with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<FileId> {
        let index = self.files.iter().position(|file| file.name == name)?;
        u32::try_from(index).ok().map(FileId)
    }

    /// All files, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    /// Line and column of the first byte of a span, both from one; columns count characters.
    #[must_use]
    pub fn position(&self, span: Span) -> (usize, usize) {
        let file = &self.files[span.file.0 as usize];
        let line = file.lines.partition_point(|start| *start <= span.start);
        let start = file.lines[line - 1] as usize;
        let before = file.text.get(start..span.start as usize).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

//! Reading a mapping field by field.

use super::notes::Notes;
use crate::source::{Key, Node, Value};

/// A key of a mapping with its value.
#[derive(Clone, Copy, Debug)]
pub struct Field<'d> {
    /// What the mapping is, for messages: `parameter`.
    owner: &'static str,
    /// The key.
    pub key: &'d Key<'d>,
    /// The value.
    pub node: &'d Node<'d>,
}

/// The entries of a mapping. Anything else has none, which is counted.
///
/// A `null` stands for a field that is not there; that is how some writers leave fields empty.
pub fn entries<'d>(
    node: &'d Node<'d>,
    owner: &'static str,
    notes: &mut Notes,
) -> impl Iterator<Item = Field<'d>> + use<'d> {
    if node.as_object().is_none() && !matches!(node.value, Value::Null) {
        notes.wrong_type(&format!("the {owner}"), node, "a mapping");
    }
    let entries = node.as_object().unwrap_or_default();
    entries.iter().filter_map(move |(key, node)| {
        (!matches!(node.value, Value::Null)).then_some(Field { owner, key, node })
    })
}

/// The items of a list. Anything else has none, which is counted.
pub fn list<'d>(node: &'d Node<'d>, what: &str, notes: &mut Notes) -> &'d [Node<'d>] {
    let items = node.as_array();
    if items.is_none() {
        notes.wrong_type(what, node, "a list");
    }
    items.unwrap_or_default()
}

impl<'d> Field<'d> {
    /// The key.
    #[must_use]
    pub fn name(&self) -> &'d str {
        &self.key.name
    }

    /// The value as text. A number stands for its text: YAML reads `version: 1.0` as one.
    pub fn text(&self, notes: &mut Notes) -> Option<&'d str> {
        match &self.node.value {
            Value::String(text) => Some(text),
            Value::Number(text) => {
                notes.count("number where a text is expected");
                Some(text)
            }
            _ => {
                notes.wrong_type(&self.what(), self.node, "a string");
                None
            }
        }
    }

    /// The value as a boolean. The texts `true` and `false` stand for one.
    pub fn flag(&self, notes: &mut Notes) -> Option<bool> {
        match (&self.node.value, self.node.as_str()) {
            (Value::Bool(value), _) => Some(*value),
            (_, Some(text @ ("true" | "false"))) => {
                notes.count("text where a boolean is expected");
                Some(text == "true")
            }
            _ => {
                notes.wrong_type(&self.what(), self.node, "a boolean");
                None
            }
        }
    }

    /// The items of the value.
    pub fn list(&self, notes: &mut Notes) -> &'d [Node<'d>] {
        list(self.node, &self.what(), notes)
    }

    /// The items of the value that are texts.
    pub fn texts(&self, notes: &mut Notes) -> Vec<&'d str> {
        let mut texts = Vec::new();
        for item in self.list(notes) {
            match &item.value {
                Value::String(text) | Value::Number(text) => texts.push(&**text),
                _ => notes.wrong_type(&format!("an item of {}", self.what()), item, "a string"),
            }
        }
        texts
    }

    /// The value, if it is a mapping.
    pub fn mapping(&self, notes: &mut Notes) -> Option<&'d Node<'d>> {
        if self.node.as_object().is_none() {
            notes.wrong_type(&self.what(), self.node, "a mapping");
            return None;
        }
        Some(self.node)
    }

    /// Counts a key that is not known here.
    pub fn unknown(&self, notes: &mut Notes) {
        if self.name().starts_with("x-") {
            notes.count("extension ignored");
        } else {
            notes.count("unknown field ignored");
        }
    }

    /// Counts a key that is known and has no meaning for a server of tools.
    pub fn ignored(&self, notes: &mut Notes) {
        match self.name() {
            "callbacks" => notes.count("callbacks ignored"),
            "links" => notes.count("links ignored"),
            _ => {}
        }
    }

    fn what(&self) -> String {
        format!("`{}` of the {}", self.name(), self.owner)
    }
}

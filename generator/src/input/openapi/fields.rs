//! Reading a mapping field by field.

use super::notes::Fault;
use super::reader::Reader;
use super::reference::merged;
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

/// The entries of a mapping; where that is a reference, those beside it and then those of its target
/// that are not there yet. Anything else than a mapping has none, which is counted.
///
/// A `null` stands for a field that is not there; that is how some writers leave fields empty.
///
/// # Errors
///
/// The fault of a reference that cannot be followed.
pub fn entries<'d>(
    node: &'d Node<'d>,
    owner: &'static str,
    reader: &mut Reader<'d>,
) -> Result<Vec<Field<'d>>, Fault> {
    let chain = reader.resolver.chain(node)?;
    let end = chain.last().copied().unwrap_or(node);
    if end.as_object().is_none() && !matches!(end.value, Value::Null) {
        reader.notes.wrong_type(&format!("the {owner}"), end, "a mapping");
    }
    let fields = merged(&chain).into_iter().map(|(key, node)| Field { owner, key, node });
    Ok(fields.filter(|field| !matches!(field.node.value, Value::Null)).collect())
}

/// The entries that stand in a mapping itself.
pub(super) fn own_entries<'d>(
    node: &'d Node<'d>,
    owner: &'static str,
    reader: &mut Reader<'d>,
) -> impl Iterator<Item = Field<'d>> + use<'d> {
    if node.as_object().is_none() && !matches!(node.value, Value::Null) {
        reader.notes.wrong_type(&format!("the {owner}"), node, "a mapping");
    }
    let entries = node.as_object().unwrap_or_default();
    entries.iter().filter_map(move |(key, node)| {
        (!matches!(node.value, Value::Null)).then_some(Field { owner, key, node })
    })
}

/// The items of a list, which may be a reference to one. Anything else has none, which is counted.
///
/// # Errors
///
/// The fault of a reference that cannot be followed.
pub fn list<'d>(
    node: &'d Node<'d>,
    what: &str,
    reader: &mut Reader<'d>,
) -> Result<&'d [Node<'d>], Fault> {
    let node = reader.resolver.follow(node)?.node;
    let items = node.as_array();
    if items.is_none() {
        reader.notes.wrong_type(what, node, "a list");
    }
    Ok(items.unwrap_or_default())
}

impl<'d> Field<'d> {
    /// The key.
    #[must_use]
    pub fn name(&self) -> &'d str {
        &self.key.name
    }

    /// The value as text. A number stands for its text: YAML reads `version: 1.0` as one.
    pub fn text(&self, reader: &mut Reader<'d>) -> Option<&'d str> {
        let node = self.end(reader);
        match &node.value {
            Value::String(text) => Some(text),
            Value::Number(text) => {
                reader.notes.count("number where a text is expected");
                Some(text)
            }
            _ => {
                reader.notes.wrong_type(&self.what(), node, "a string");
                None
            }
        }
    }

    /// The value as a boolean. The texts `true` and `false` stand for one.
    pub fn flag(&self, reader: &mut Reader<'d>) -> Option<bool> {
        let node = self.end(reader);
        match (&node.value, node.as_str()) {
            (Value::Bool(value), _) => Some(*value),
            (_, Some(text @ ("true" | "false"))) => {
                reader.notes.count("text where a boolean is expected");
                Some(text == "true")
            }
            _ => {
                reader.notes.wrong_type(&self.what(), node, "a boolean");
                None
            }
        }
    }

    /// The items of the value.
    ///
    /// # Errors
    ///
    /// As [`list`].
    pub fn list(&self, reader: &mut Reader<'d>) -> Result<&'d [Node<'d>], Fault> {
        list(self.node, &self.what(), reader)
    }

    /// The items of the value that are texts.
    ///
    /// # Errors
    ///
    /// As [`list`].
    pub fn texts(&self, reader: &mut Reader<'d>) -> Result<Vec<&'d str>, Fault> {
        let mut texts = Vec::new();
        for item in self.list(reader)? {
            match &item.value {
                Value::String(text) | Value::Number(text) => texts.push(&**text),
                _ => reader.notes.wrong_type(
                    &format!("an item of {}", self.what()),
                    item,
                    "a string",
                ),
            }
        }
        Ok(texts)
    }

    /// The value, if it is a mapping or a reference to one.
    ///
    /// # Errors
    ///
    /// The fault of a reference that cannot be followed.
    pub fn mapping(&self, reader: &mut Reader<'d>) -> Result<Option<&'d Node<'d>>, Fault> {
        let end = reader.resolver.follow(self.node)?.node;
        if end.as_object().is_none() {
            reader.notes.wrong_type(&self.what(), end, "a mapping");
            return Ok(None);
        }
        Ok(Some(self.node))
    }

    /// Counts a key that is not known here.
    pub fn unknown(&self, reader: &mut Reader<'d>) {
        if self.name().starts_with("x-") {
            reader.notes.count("extension ignored");
        } else {
            reader.notes.count("unknown field ignored");
        }
    }

    /// Counts a key that is known and has no meaning for a server of tools.
    pub fn ignored(&self, reader: &mut Reader<'d>) {
        match self.name() {
            "callbacks" => reader.notes.count("callbacks ignored"),
            "links" => reader.notes.count("links ignored"),
            _ => {}
        }
    }

    /// What the value is after its references were followed, as far as they can be.
    fn end(&self, reader: &mut Reader<'d>) -> &'d Node<'d> {
        reader.resolver.follow(self.node).map_or(self.node, |followed| followed.node)
    }

    fn what(&self) -> String {
        format!("`{}` of the {}", self.name(), self.owner)
    }
}

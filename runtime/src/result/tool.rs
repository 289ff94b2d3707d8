//! What a tool answers.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Content, Meta, ToolError, into};

/// What a tool answers.
#[derive(Clone, Debug, Default)]
pub struct ToolResult {
    /// Content blocks, in order.
    pub content: Vec<Content>,
    /// The structured content as JSON text. For tools with [`Output::Wrapped`] it is the bare
    /// value; the encoder wraps it on the wires that want an object.
    ///
    /// [`Output::Wrapped`]: crate::operation::Output::Wrapped
    pub structured: Option<Box<RawValue>>,
    /// The call failed; the content says why.
    pub is_error: bool,
    /// `_meta` of the result.
    pub meta: Meta,
}

impl ToolResult {
    /// One text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::blocks([Content::Text(text.into())])
    }

    /// These content blocks.
    #[must_use]
    pub fn blocks(content: impl IntoIterator<Item = Content>) -> Self {
        Self { content: content.into_iter().collect(), ..Self::default() }
    }

    /// This value as structured content, and as text for those who read nothing else: a text as it is,
    /// anything else as compact JSON.
    ///
    /// # Errors
    /// The value cannot be written as JSON, or has a number that JSON lacks.
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, ToolError> {
        let structured = into::raw(value)?;
        let text = into::text_of(&structured).unwrap_or_else(|| structured.get().to_owned());
        Ok(Self { structured: Some(structured), ..Self::text(text) })
    }

    /// A failed call that says why.
    #[must_use]
    pub fn failed(text: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::text(text) }
    }

    /// The texts of its blocks, one after the other.
    #[must_use]
    pub fn texts(&self) -> String {
        let texts: Vec<&str> = self.content.iter().filter_map(Content::as_text).collect();
        texts.join("\n")
    }

    /// The same with this value as structured content.
    ///
    /// # Errors
    /// The value cannot be written as JSON, or has a number that JSON lacks.
    pub fn with_structured(self, value: &(impl Serialize + ?Sized)) -> Result<Self, ToolError> {
        Ok(Self { structured: Some(into::raw(value)?), ..self })
    }

    /// The same with these content blocks in place of those that it has.
    #[must_use]
    pub fn with_content(self, content: impl IntoIterator<Item = Content>) -> Self {
        Self { content: content.into_iter().collect(), ..self }
    }

    /// The same as a failed call: its content says why, and its structured content may.
    #[must_use]
    pub fn into_failed(self) -> Self {
        Self { is_error: true, ..self }
    }

    /// Adds a member to `_meta`.
    #[must_use]
    pub fn with_meta(
        mut self,
        key: impl Into<String>,
        value: impl Into<serde_json::Value>,
    ) -> Self {
        self.meta.insert(key.into(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::ToolResult;
    use crate::result::Content;

    #[test]
    fn json_alone_is_structured_content_and_its_text() {
        for (value, text) in [
            (json!({ "sum": 3 }), r#"{"sum":3}"#),
            (json!(["a"]), r#"["a"]"#),
            (json!("three"), "three"),
            (json!(null), "null"),
        ] {
            let result = ToolResult::json(&value).expect("it is JSON");
            assert_eq!(result.structured.map(|raw| raw.to_string()), Some(value.to_string()));
            assert_eq!(result.content, [Content::text(text)]);
            assert!(!result.is_error && result.meta.is_empty());
        }
        let error = ToolResult::json(&[f64::NAN]).expect_err("it is none");
        assert!(error.message().ends_with("which has no NaN (at `[0]`)"), "{error}");
    }

    #[test]
    fn each_part_of_a_result_can_be_given() {
        let result = ToolResult::text("three")
            .with_structured(&json!({ "sum": 3 }))
            .expect("it is JSON")
            .with_meta("a.example/took", 5)
            .into_failed();
        assert_eq!((result.texts(), result.is_error), ("three".to_owned(), true));
        assert_eq!(result.structured.as_ref().map(|raw| raw.get()), Some(r#"{"sum":3}"#));
        assert_eq!(result.meta["a.example/took"], 5);
        let other = result.with_content([Content::text("a"), Content::text("b")]);
        assert_eq!(other.texts(), "a\nb");
    }
}

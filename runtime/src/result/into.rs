//! What handlers may return. Of tools: text content for models that read, structured content for
//! programs.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::declaration::Tool;
use crate::format::wire::{OnWire, Wire};
use crate::operation::Output;
use crate::result::resource::{BYTES, JSON, TEXT};
use crate::result::{
    Content, HandlerError, PromptError, PromptMessage, PromptResult, ResourceContent,
    ResourceError, ResourceResult, ToolError, ToolResult, number,
};

/// A value that a handler can return.
///
/// Every value becomes one text block: texts as they are, anything else as compact JSON, nothing
/// for `()` and `None`. Where the tool declares an output schema, or the value is an object, it
/// is the structured content too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of a tool",
    label = "not a result of a tool",
    note = "return a text, a number, a `Vec`, `serde_json::Value`, `ToolResult`, or wrap a type \
            that implements `serde::Serialize` as `Json(value)`"
)]
pub trait IntoToolResult {
    /// Turns the value into the result of `tool`.
    ///
    /// # Errors
    /// The value cannot be written as JSON, has a number that JSON lacks (NaN, infinity), or says itself
    /// that the call failed.
    fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError>;
}

/// Any serializable value as a result.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoToolResult for Json<T> {
    fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError> {
        serialized(&self.0, tool)
    }
}

impl<T: Wire> IntoToolResult for OnWire<T> {
    fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError> {
        let json = raw(&self)?;
        match text_of(&json) {
            Some(text) => text.into_tool_result(tool),
            None if json.get() == "null" => nothing(tool),
            None => Ok(of_json(json, tool)),
        }
    }
}

impl IntoToolResult for ToolResult {
    fn into_tool_result(self, _tool: &Tool) -> Result<ToolResult, ToolError> {
        Ok(self)
    }
}

impl IntoToolResult for Content {
    fn into_tool_result(self, _tool: &Tool) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::blocks([self]))
    }
}

impl IntoToolResult for Vec<Content> {
    fn into_tool_result(self, _tool: &Tool) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::blocks(self))
    }
}

impl IntoToolResult for () {
    fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError> {
        nothing(tool)
    }
}

impl IntoToolResult for String {
    fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError> {
        let structured = match tool.output() {
            Output::Wrapped => Some(raw(&self)?),
            Output::Undeclared | Output::Object => None,
        };
        Ok(ToolResult { structured, ..ToolResult::text(self) })
    }
}

impl IntoToolResult for &str {
    fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError> {
        self.to_owned().into_tool_result(tool)
    }
}

impl<T: Serialize> IntoToolResult for Vec<T> {
    fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError> {
        serialized(&self, tool)
    }
}

impl<T: IntoToolResult> IntoToolResult for Option<T> {
    fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError> {
        match self {
            Some(value) => value.into_tool_result(tool),
            None => nothing(tool),
        }
    }
}

impl IntoToolResult for Value {
    fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError> {
        match self {
            Self::Null => nothing(tool),
            Self::String(text) => text.into_tool_result(tool),
            other => serialized(&other, tool),
        }
    }
}

macro_rules! scalars {
    ($($type:ty)*) => {$(
        impl IntoToolResult for $type {
            fn into_tool_result(self, tool: &Tool) -> Result<ToolResult, ToolError> {
                serialized(&self, tool)
            }
        }
    )*};
}

scalars! { bool i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

/// A value that the handler of a resource can return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the contents of a resource",
    label = "not the contents of a resource",
    note = "return a text, `Vec<u8>`, `serde_json::Value`, `ResourceResult`, or wrap a type that \
            implements `serde::Serialize` as `Json(value)`"
)]
pub trait IntoResourceResult {
    /// The media type of all values of the type, which lists show where nothing else is declared; empty
    /// where only the value tells.
    const MEDIA_TYPE: &'static str = "";

    /// Turns the value into the result of a read.
    ///
    /// # Errors
    /// The value cannot be written as JSON, or has a number that JSON lacks (NaN, infinity).
    fn into_resource_result(self) -> Result<ResourceResult, ResourceError>;
}

impl IntoResourceResult for ResourceResult {
    fn into_resource_result(self) -> Result<ResourceResult, ResourceError> {
        Ok(self)
    }
}

impl IntoResourceResult for ResourceContent {
    fn into_resource_result(self) -> Result<ResourceResult, ResourceError> {
        Ok(self.into())
    }
}

impl IntoResourceResult for String {
    const MEDIA_TYPE: &'static str = TEXT;

    fn into_resource_result(self) -> Result<ResourceResult, ResourceError> {
        Ok(ResourceResult::text(self))
    }
}

impl IntoResourceResult for &str {
    const MEDIA_TYPE: &'static str = TEXT;

    fn into_resource_result(self) -> Result<ResourceResult, ResourceError> {
        Ok(ResourceResult::text(self))
    }
}

impl IntoResourceResult for Vec<u8> {
    const MEDIA_TYPE: &'static str = BYTES;

    fn into_resource_result(self) -> Result<ResourceResult, ResourceError> {
        Ok(ResourceResult::bytes(self))
    }
}

impl IntoResourceResult for Value {
    const MEDIA_TYPE: &'static str = JSON;

    fn into_resource_result(self) -> Result<ResourceResult, ResourceError> {
        ResourceResult::json(&self)
    }
}

/// Texts as they are, anything else as JSON.
impl<T: Wire> IntoResourceResult for OnWire<T> {
    fn into_resource_result(self) -> Result<ResourceResult, ResourceError> {
        let json = raw(&self)?;
        match text_of(&json) {
            Some(text) => Ok(ResourceResult::text(text)),
            None => ResourceResult::json(&json),
        }
    }
}

impl<T: Serialize> IntoResourceResult for Json<T> {
    const MEDIA_TYPE: &'static str = JSON;

    fn into_resource_result(self) -> Result<ResourceResult, ResourceError> {
        ResourceResult::json(&self.0)
    }
}

/// A value that the handler of a prompt can return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of a prompt",
    label = "not the result of a prompt",
    note = "return a text, a `PromptMessage`, a `Vec` of them, or a `PromptResult`"
)]
pub trait IntoPromptResult {
    /// Turns the value into the messages of a prompt.
    ///
    /// # Errors
    /// The value says itself that the prompt failed.
    fn into_prompt_result(self) -> Result<PromptResult, PromptError>;
}

impl IntoPromptResult for PromptResult {
    fn into_prompt_result(self) -> Result<PromptResult, PromptError> {
        Ok(self)
    }
}

impl IntoPromptResult for PromptMessage {
    fn into_prompt_result(self) -> Result<PromptResult, PromptError> {
        Ok(PromptResult::new([self]))
    }
}

impl IntoPromptResult for Vec<PromptMessage> {
    fn into_prompt_result(self) -> Result<PromptResult, PromptError> {
        Ok(PromptResult::new(self))
    }
}

impl IntoPromptResult for String {
    fn into_prompt_result(self) -> Result<PromptResult, PromptError> {
        Ok(PromptResult::user(self))
    }
}

impl IntoPromptResult for &str {
    fn into_prompt_result(self) -> Result<PromptResult, PromptError> {
        Ok(PromptResult::user(self))
    }
}

fn nothing(tool: &Tool) -> Result<ToolResult, ToolError> {
    let structured = match tool.output() {
        Output::Wrapped => Some(raw(&())?),
        Output::Undeclared | Output::Object => None,
    };
    Ok(ToolResult { structured, ..ToolResult::default() })
}

fn serialized<T: Serialize + ?Sized>(value: &T, tool: &Tool) -> Result<ToolResult, ToolError> {
    Ok(of_json(raw(value)?, tool))
}

fn of_json(structured: Box<RawValue>, tool: &Tool) -> ToolResult {
    let text = structured.get().to_owned();
    let keep = matches!(tool.output(), Output::Wrapped) || structured.get().starts_with('{');
    ToolResult { structured: keep.then_some(structured), ..ToolResult::text(text) }
}

/// The text that a JSON string is.
pub(super) fn text_of(json: &RawValue) -> Option<String> {
    let is_text = json.get().starts_with('"');
    is_text.then(|| serde_json::from_str(json.get()).ok()).flatten()
}

pub(super) fn raw<T: Serialize + ?Sized>(value: &T) -> Result<Box<RawValue>, HandlerError> {
    number::to_json(value, "the result")
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::{IntoToolResult, Json};
    use crate::declaration::{DeclaredTool, Tool};
    use crate::operation::Output;
    use crate::result::Content;

    static WRAPPED: DeclaredTool =
        DeclaredTool { name: "t", output: Output::Wrapped, ..DeclaredTool::DEFAULT };
    static UNDECLARED: DeclaredTool = DeclaredTool { name: "t", ..DeclaredTool::DEFAULT };

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes values")]
    fn check<R: IntoToolResult + Clone>(value: R, expected: Expect) {
        let shown = [&WRAPPED, &UNDECLARED].map(|tool| {
            let result = value
                .clone()
                .into_tool_result(&Tool::Declared(tool))
                .expect("the value is a result");
            let texts: Vec<&str> = result
                .content
                .iter()
                .map(|content| match content {
                    Content::Text(text) => text.as_str(),
                    _ => "not a text",
                })
                .collect();
            let structured = result.structured.as_ref().map_or("none", |raw| raw.get());
            format!("{texts:?} {structured}")
        });
        expected.assert_eq(&shown.join(" | "));
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_not_empty() {
        let keyed = std::collections::BTreeMap::from([((1, 2), 3)]);
        for tool in [&WRAPPED, &UNDECLARED] {
            let tool = Tool::Declared(tool);
            let error = Json(&keyed).into_tool_result(&tool).expect_err("keys are texts");
            assert_eq!(error.message(), "the result cannot be written as JSON");
            let error = vec![f64::NAN].into_tool_result(&tool).expect_err("JSON has no NaN");
            assert!(error.message().ends_with("which has no NaN (at `[0]`)"), "{error}");
        }
    }

    #[test]
    fn blocks_are_content_and_nothing_else() {
        let image = Content::image(b"png", "image/png");
        check(
            vec![Content::text("a"), image],
            expect![[r#"["a", "not a text"] none | ["a", "not a text"] none"#]],
        );
    }

    #[test]
    fn values_become_text_and_structured_content() {
        check((), expect!["[] null | [] none"]);
        check(None::<i64>, expect!["[] null | [] none"]);
        check(Some(3), expect![[r#"["3"] 3 | ["3"] none"#]]);
        check("a\"b", expect![[r#"["a\"b"] "a\"b" | ["a\"b"] none"#]]);
        check(1.5, expect![[r#"["1.5"] 1.5 | ["1.5"] none"#]]);
        check(vec![1], expect![[r#"["[1]"] [1] | ["[1]"] none"#]]);
        check(true, expect![[r#"["true"] true | ["true"] none"#]]);
        check(vec!["a", "b"], expect![[r#"["[\"a\",\"b\"]"] ["a","b"] | ["[\"a\",\"b\"]"] none"#]]);
        check(json!({"a": 1}), expect![[r#"["{\"a\":1}"] {"a":1} | ["{\"a\":1}"] {"a":1}"#]]);
        check(json!("text"), expect![[r#"["text"] "text" | ["text"] none"#]]);
        check(Json((1, 2)), expect![[r#"["[1,2]"] [1,2] | ["[1,2]"] none"#]]);
    }
}

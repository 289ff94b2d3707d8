//! The check of the arguments of a call: by the table of the tool, then, where it does not say
//! everything, by the schema that the lists show.

use std::sync::Arc;

#[cfg(feature = "schema")]
use serde_json::Value;

use crate::arguments::{self, ArgumentErrors, Values};
use crate::declaration::{DeclaredTool, Tool};
#[cfg(feature = "schema")]
use crate::handler::Answer;
use crate::handler::CallFuture;
#[cfg(feature = "schema")]
use crate::operation::Argument;
#[cfg(feature = "upstream")]
use crate::operation::{Operation, Output, Validation};
#[cfg(feature = "schema")]
use crate::result::{ToolError, ToolResult};
#[cfg(feature = "schema")]
use crate::schema::{Schema, Step, Violation};
use crate::server::Core;
#[cfg(feature = "upstream")]
use crate::server::lists;
#[cfg(feature = "upstream")]
use crate::visibility::ComponentKind;

impl Core {
    /// Reads and checks the arguments of a tool, `index` being its place in the declaration.
    pub(crate) fn check<'a>(
        &self,
        index: usize,
        tool: Tool,
        raw: Option<&'a str>,
    ) -> Result<Values<'a>, ArgumentErrors> {
        let mut values = arguments::parse(tool.arguments(), raw, self.mode())?;
        self.conform(index, tool, &mut values)?;
        Ok(values)
    }

    /// [`Core::check`] of a tool whose place nobody knows.
    #[cfg(feature = "upstream")]
    pub(crate) fn check_named<'a>(
        &self,
        tool: Tool,
        raw: &'a str,
    ) -> Result<Values<'a>, ArgumentErrors> {
        // A tool of another server has no schema here; the table holds all the same.
        let kind = ComponentKind::Tool;
        let index = lists::find_version(self.declaration(), kind, tool.name(), tool.version());
        self.check(index.unwrap_or(usize::MAX), tool, Some(raw))
    }

    /// Holds the result of a forwarded operation against what its tool promises, as the declaration
    /// of its upstream says.
    #[cfg(feature = "upstream")]
    pub(crate) fn check_output(
        &self,
        index: usize,
        operation: &Operation,
        result: &ToolResult,
    ) -> Result<(), ToolError> {
        let validation = operation.upstream.validate_output;
        if validation == Validation::Off || operation.output == Output::Undeclared {
            return Ok(());
        }
        let Some(schema) = self.schemas().output(index) else { return Ok(()) };
        let Some(value) = result.structured.as_ref() else { return Ok(()) };
        // A number that no tree can hold is not looked at.
        let Ok(value) = serde_json::from_str::<Value>(value.get()) else { return Ok(()) };
        let Some(violations) = violations(schema, &value) else { return Ok(()) };
        let tool = operation.tool;
        if validation == Validation::Warn {
            tracing::warn!(tool, violations, "not the promised result");
            return Ok(());
        }
        let message = format!("the upstream's answer is not what `{tool}` promises: {violations}");
        Err(ToolError::internal(message))
    }

    #[cfg(feature = "schema")]
    fn conform(
        &self,
        index: usize,
        tool: Tool,
        values: &mut Values<'_>,
    ) -> Result<(), ArgumentErrors> {
        self.conform_to(tool.arguments(), values, || self.schemas().input(index))
    }

    /// Holds arguments against a schema, where their table does not say everything.
    #[cfg(feature = "schema")]
    pub(super) fn conform_to<'s>(
        &self,
        table: &'static [Argument],
        values: &mut Values<'_>,
        schema: impl FnOnce() -> Option<&'s Schema>,
    ) -> Result<(), ArgumentErrors> {
        if !values.need_schema(table) {
            return Ok(());
        }
        let Some(schema) = schema() else { return Ok(()) };
        values.coerce_to(table, schema, self.mode().strict)
    }

    /// The result of a handler, held against what its tool promises where the type of the result
    /// does not keep to it by itself.
    #[cfg(feature = "schema")]
    pub(super) fn promised(
        self: &Arc<Self>,
        index: usize,
        tool: &'static DeclaredTool,
        result: CallFuture,
    ) -> CallFuture {
        if tool.output_schema.is_empty() {
            return result;
        }
        let core = Arc::clone(self);
        Box::pin(async move {
            let answer = result.await?;
            if let (Answer::Tool(result), Some(schema)) = (&answer, core.schemas().output(index)) {
                keeps(schema, tool.name, result)?;
            }
            Ok(answer)
        })
    }

    #[cfg(not(feature = "schema"))]
    #[expect(clippy::unused_self, reason = "the same call with and without the feature")]
    pub(super) fn promised(
        self: &Arc<Self>,
        _: usize,
        _: &'static DeclaredTool,
        result: CallFuture,
    ) -> CallFuture {
        result
    }

    #[cfg(not(feature = "schema"))]
    #[expect(clippy::unused_self, reason = "the same check with and without the feature")]
    #[expect(clippy::unnecessary_wraps, reason = "the same check with and without the feature")]
    const fn conform(&self, _: usize, _: Tool, _: &mut Values<'_>) -> Result<(), ArgumentErrors> {
        Ok(())
    }
}

/// Whether the result of a handler is what its tool promises.
///
/// # Errors
/// It is not, and a client must not see it.
#[cfg(feature = "schema")]
pub(super) fn keeps(schema: &Schema, tool: &str, result: &ToolResult) -> Result<(), ToolError> {
    if result.is_error {
        return Ok(());
    }
    let broken = match &result.structured {
        Some(structured) => match serde_json::from_str(structured.get()) {
            Ok(value) => violations(schema, &value),
            Err(error) => Some(error.to_string()),
        },
        None => Some("it has no structured content".to_owned()),
    };
    let Some(broken) = broken else { return Ok(()) };
    Err(ToolError::internal(format!("the result is not what `{tool}` promises: {broken}")))
}

/// What is wrong with a result, where something is.
#[cfg(feature = "schema")]
fn violations(schema: &Schema, value: &Value) -> Option<String> {
    if schema.allows(value) {
        return None;
    }
    let violations: Vec<String> = schema.violations(value).iter().map(in_words).collect();
    Some(violations.join("; "))
}

/// A violation with its place: `lines[0].isbn: …`.
#[cfg(feature = "schema")]
fn in_words(violation: &Violation) -> String {
    let mut place = String::new();
    for step in &violation.path {
        match step {
            Step::Property(name) if place.is_empty() => place.push_str(name),
            Step::Property(name) => {
                place.push('.');
                place.push_str(name);
            }
            Step::Item(index) => place.push_str(&format!("[{index}]")),
        }
    }
    let colon = if place.is_empty() { "" } else { ": " };
    format!("{place}{colon}{}", violation.message)
}

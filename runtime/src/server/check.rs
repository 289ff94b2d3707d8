//! The check of the arguments of a call: by the table of the tool, then, where it does not say
//! everything, by the schema that the lists show.

#[cfg(feature = "upstream")]
use serde_json::Value;

use crate::arguments::{self, ArgumentErrors, Values};
use crate::declaration::Tool;
#[cfg(feature = "upstream")]
use crate::operation::{Operation, Output, Validation};
#[cfg(feature = "upstream")]
use crate::result::{ToolError, ToolResult};
#[cfg(feature = "upstream")]
use crate::schema::{Step, Violation};
use crate::server::Core;
#[cfg(feature = "upstream")]
use crate::server::lists;

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
        let index = lists::find_tool(self.declaration(), tool.name());
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
        if schema.allows(&value) {
            return Ok(());
        }
        let violations: Vec<String> = schema.violations(&value).iter().map(in_words).collect();
        let tool = operation.tool;
        if validation == Validation::Warn {
            tracing::warn!(tool, violations = violations.join("; "), "not the promised result");
            return Ok(());
        }
        Err(ToolError::internal(format!(
            "the upstream's answer is not what `{tool}` promises: {}",
            violations.join("; ")
        )))
    }

    #[cfg(feature = "schema")]
    fn conform(
        &self,
        index: usize,
        tool: Tool,
        values: &mut Values<'_>,
    ) -> Result<(), ArgumentErrors> {
        let table = tool.arguments();
        if !values.need_schema(table) {
            return Ok(());
        }
        let Some(schema) = self.schemas().input(index) else { return Ok(()) };
        values.coerce_to(table, schema, self.mode().strict)
    }

    #[cfg(not(feature = "schema"))]
    #[expect(clippy::unused_self, reason = "the same check with and without the feature")]
    #[expect(clippy::unnecessary_wraps, reason = "the same check with and without the feature")]
    const fn conform(&self, _: usize, _: Tool, _: &mut Values<'_>) -> Result<(), ArgumentErrors> {
        Ok(())
    }
}

/// A violation with its place: `lines[0].isbn: …`.
#[cfg(feature = "upstream")]
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

//! `[[tool]]`

use super::files::Contents;
use super::raw_schema::{self, Side};
use super::types::{self, Names};
use super::{about, argument, header, inject, lower_annotations, requires};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::{TaskMode, TaskTable, ToolTable};
use crate::model::{DeclaredTool, Task, TaskSupport};
use crate::source::Span;

/// A tool; `None` after a diagnostic, or where it is not enabled.
pub(super) fn lower(
    table: &ToolTable,
    names: &Names,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Option<DeclaredTool> {
    let about = about::lower(&table.about, None, contents, diagnostics);
    argument::refuse_completion(&table.arguments, diagnostics);
    let arguments = argument::lower_all(&table.arguments, names, diagnostics);
    let returns = types::lower_optional(table.returns.as_ref(), names, diagnostics);
    let input = table.input_schema.as_ref();
    let output = table.output_schema.as_ref();
    let input_schema = input.map(|it| raw_schema::lower(it, Side::Input, contents, diagnostics));
    let output_schema = output.map(|it| raw_schema::lower(it, Side::Output, contents, diagnostics));
    let requires = requires::lower(&table.requires, diagnostics);
    if let Some(schema) = input {
        refuse_beside_schema(table, schema.span, diagnostics);
    }
    let mut arguments = arguments?;
    inject::lower(&table.inject, &mut arguments, diagnostics);
    let written = header::lower(&table.headers, &arguments, names, diagnostics);
    let (input_schema, of_schema) = match input_schema {
        None => (None, Vec::new()),
        Some(lowered) => lowered.map(|(schema, headers)| (Some(schema), headers))?,
    };
    let output_schema = match output_schema {
        None => None,
        Some(lowered) => Some(lowered?.0),
    };
    let tool = DeclaredTool {
        about: about?,
        arguments,
        headers: if input_schema.is_some() { of_schema } else { written },
        input_schema,
        output_schema,
        returns: returns?,
        annotations: lower_annotations(&table.annotations),
        timeout: table.timeout,
        requires,
        task: lower_task(&table.task),
        blocking: table.blocking,
        examples: table.examples.iter().map(|it| (it.value.clone(), it.span)).collect(),
        route: None,
    };
    (!table.about.disabled).then_some(tool)
}

/// A schema says everything about the arguments.
fn refuse_beside_schema(table: &ToolTable, schema: Span, diagnostics: &mut Diagnostics) {
    let mut refuse = |key: &str, span: Span, help: &str| {
        let message = format!("`{key}` has no place beside `input_schema`");
        diagnostics.push(
            Diagnostic::error(Code::E0307, message)
                .at(span, "")
                .also(schema, "the schema")
                .help(help),
        );
    };
    if let Some(argument) = table.arguments.first() {
        refuse("args", argument.name.span, "keep one of the two");
    }
    if let Some(injected) = table.inject.first() {
        refuse("inject", injected.name.span, "declare the arguments by `args`");
    }
    if let Some((argument, _)) = table.headers.first() {
        refuse("header", argument.span, "write `x-mcp-header` into the property of the schema");
    }
}

fn lower_task(table: &TaskTable) -> Task {
    Task {
        support: match table.mode {
            TaskMode::Never => TaskSupport::Never,
            TaskMode::Optional => TaskSupport::Optional,
            TaskMode::Required => TaskSupport::Required,
        },
        by_handler: table.by_handler,
        poll_interval: table.poll_interval,
        ttl: table.ttl,
    }
}

//! Arguments of declared components.

use super::limits;
use super::types::{self, Names};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::{self, ArgumentDeclaration};
use crate::model::{Complete, DeclaredArgument};

/// The arguments of a component; `None` where the type of one of them is none, which was reported.
pub(super) fn lower_all(
    tables: &[ArgumentDeclaration],
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<DeclaredArgument>> {
    let arguments: Vec<_> = tables.iter().map(|it| lower(it, names, diagnostics)).collect();
    arguments.into_iter().collect()
}

/// Reports what completes arguments of a tool, since clients have no way to ask for it.
pub(super) fn refuse_completion(tables: &[ArgumentDeclaration], diagnostics: &mut Diagnostics) {
    refuse_completion_of(tables, "an argument of a tool", diagnostics);
}

/// The same for the fields of a model.
pub(super) fn refuse_completion_of_field(
    tables: &[ArgumentDeclaration],
    diagnostics: &mut Diagnostics,
) {
    refuse_completion_of(tables, "a field of a model", diagnostics);
}

fn refuse_completion_of(tables: &[ArgumentDeclaration], what: &str, diagnostics: &mut Diagnostics) {
    for table in tables {
        let Some(complete) = &table.complete else { continue };
        let message = format!("`{}` is {what}, which cannot be completed", table.name.value);
        let help = "MCP completes arguments of prompts and of resource templates; \
                    for a fixed choice, write type = 'Literal[\"a\", \"b\"]'";
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(complete.span, "").help(help));
    }
}

fn lower(
    table: &ArgumentDeclaration,
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Option<DeclaredArgument> {
    let ty = types::lower(&table.ty, names, diagnostics)?;
    limits::check(table, &ty, diagnostics);
    Some(DeclaredArgument {
        default: table.default.as_ref().map(|default| default.value.clone()),
        default_span: table.default.as_ref().map(|default| default.span),
        description: table.description.clone(),
        title: table.title.clone(),
        examples: table.examples.clone(),
        deprecated: table.deprecated,
        minimum: table.ge.clone(),
        maximum: table.le.clone(),
        exclusive_minimum: table.gt.clone(),
        exclusive_maximum: table.lt.clone(),
        multiple_of: table.multiple_of.clone(),
        min_length: table.min_length,
        max_length: table.max_length,
        pattern: table.pattern.clone(),
        complete: table.complete.as_ref().map(|complete| match &complete.value {
            manifest::Complete::Values(values) => Complete::Values(values.clone()),
            manifest::Complete::Handler => Complete::Handler,
        }),
        ..DeclaredArgument::required(&table.name.value, table.name.span, ty)
    })
}

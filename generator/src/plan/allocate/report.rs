//! What is said about names that cannot be given.

use super::{place, route};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::select::Selected;
use crate::source::Span;

/// A name in `mcp.toml` that clients would refuse.
pub(super) fn unusable(full: &str, span: Span) -> Diagnostic {
    let message = match full {
        "" => "the name of a tool is empty".to_owned(),
        full => format!("`{full}` cannot be the name of a tool"),
    };
    Diagnostic::error(Code::E0403, message)
        .at(span, "")
        .help("use at most 64 letters, digits and `_`, `-`, `.`, the namespace included")
}

/// A name in the document that clients would refuse.
pub(super) fn unusable_wish(one: &Selected<'_>, full: &str) -> Diagnostic {
    let message = format!("`{full}` cannot be the name of a tool; x-mcp-name is passed over");
    Diagnostic::warning(Code::E0403, message)
        .at(place(one), "this operation is named without it")
        .pointer(one.operation.pointer.clone())
        .help("use at most 64 letters, digits and `_`, `-`, `.`, the namespace included")
}

/// A name in the document that another component has.
pub(super) fn wish_not_given(one: &Selected<'_>, full: &str, holder: Span) -> Diagnostic {
    let message = format!("another tool is called `{full}`; x-mcp-name is passed over");
    Diagnostic::warning(Code::E0402, message)
        .at(place(one), "this operation is named without it")
        .also(holder, "has the name")
        .pointer(one.operation.pointer.clone())
        .help("give each operation an x-mcp-name of its own")
}

/// An operation whose id is that of another one.
pub(super) fn repeated_id(
    one: &Selected<'_>,
    id: &str,
    holder: Span,
    document: &str,
) -> Diagnostic {
    let message = format!("two operations have the operationId `{id}`");
    by_method_and_path(Diagnostic::warning(Code::E0401, message), one, holder, document)
}

/// An operation whose id becomes the name of another tool.
pub(super) fn yields(one: &Selected<'_>, full: &str, holder: Span, document: &str) -> Diagnostic {
    let message = format!("two operations would both become the tool `{full}`");
    by_method_and_path(Diagnostic::warning(Code::E0402, message), one, holder, document)
}

fn by_method_and_path(
    problem: Diagnostic,
    one: &Selected<'_>,
    holder: Span,
    document: &str,
) -> Diagnostic {
    problem
        .at(place(one), "named by method and path")
        .also(holder, "has the name")
        .pointer(one.operation.pointer.clone())
        .help(format!(
            "give each its own id, or name the tool: [openapi.{document}.tools] \"{}\" = \"…\"",
            route(one)
        ))
}

/// Two components with one name, where the user wrote that of the first.
pub(super) fn clash(full: &str, written: Span, other: Span, both_written: bool) -> Diagnostic {
    let text =
        if both_written { "and so is this" } else { "and this operation has the name already" };
    Diagnostic::error(Code::E0402, format!("two components would both become the tool `{full}`"))
        .at(written, "this is called so here")
        .also(other, text)
        .help("give one of them another name")
}

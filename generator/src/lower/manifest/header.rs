//! Arguments that HTTP clients repeat in a header (`x-mcp-header`): a client drops a tool that
//! breaks one of these rules.

use super::types::Names;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::input::manifest::Placed;
use crate::model::{ArgumentType, DeclaredArgument, Header};
use crate::source::Span;

/// The headers of a tool whose arguments are declared.
pub(super) fn lower(
    tables: &[(Placed<String>, Placed<String>)],
    arguments: &[DeclaredArgument],
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    for (argument, header) in tables {
        let Some(found) = arguments.iter().find(|it| it.name == argument.value) else {
            let message = format!("the tool has no argument `{}`", argument.value);
            let help = match near(&argument.value, arguments.iter().map(|it| it.name.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`header` says which argument is repeated in which header: \
                         { region = \"Region\" }"
                    .to_owned(),
            };
            diagnostics
                .push(Diagnostic::error(Code::E0306, message).at(argument.span, "").help(help));
            continue;
        };
        if !can_be_header(&found.ty, names) {
            let message = format!("`{}` cannot be repeated in a header", argument.value);
            let help = "only texts, integers and booleans can, and none that may be None";
            diagnostics
                .push(Diagnostic::error(Code::E0307, message).at(argument.span, "").help(help));
        }
        if found.injected.is_some() {
            let message = format!("`{}` is injected, so clients cannot repeat it", argument.value);
            let help = "leave it out of `header`: clients do not see the argument";
            diagnostics
                .push(Diagnostic::error(Code::E0307, message).at(argument.span, "").help(help));
        }
        let path = vec![argument.value.clone()];
        add(&mut headers, Header { path, name: header.value.clone() }, header.span, diagnostics);
    }
    headers
}

fn can_be_header(ty: &ArgumentType, names: &Names) -> bool {
    match ty {
        ArgumentType::Int
        | ArgumentType::Str
        | ArgumentType::Bool
        | ArgumentType::DateTime
        | ArgumentType::Date
        | ArgumentType::Time
        | ArgumentType::TimeDelta
        | ArgumentType::Uuid
        | ArgumentType::Path => true,
        _ => names.is_choice(ty),
    }
}

/// Adds a header whose name can be one and is not there yet.
pub(super) fn add(
    headers: &mut Vec<Header>,
    header: Header,
    span: Span,
    diagnostics: &mut Diagnostics,
) {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let name = &header.name;
    let refuse = |message: String, help: &str| {
        Diagnostic::error(Code::E0307, message).at(span, "").help(help)
    };
    if name.is_empty() || !name.bytes().all(is_token) {
        let help = "a name is of letters, digits and `-`; clients put `Mcp-Param-` before it";
        diagnostics.push(refuse(format!("`{name}` is not the name of a header"), help));
    } else if headers.iter().any(|it| it.name.eq_ignore_ascii_case(name)) {
        let help = "names of headers differ in more than case: choose another one";
        diagnostics.push(refuse(format!("two arguments go into the header `{name}`"), help));
    } else {
        headers.push(header);
    }
}

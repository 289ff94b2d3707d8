//! `inject`: arguments that callers do not give.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::{InjectSource, InjectTable};
use crate::model::{ArgumentType, DeclaredArgument, Injected, Json};

/// Says of arguments where their values come from. One that is not declared is a text, or what its value
/// is; it follows those that are.
pub(super) fn lower(
    tables: &[InjectTable],
    arguments: &mut Vec<DeclaredArgument>,
    diagnostics: &mut Diagnostics,
) {
    for table in tables {
        let name = &table.name;
        let known = arguments.iter().position(|argument| argument.name == name.value);
        let index = known.unwrap_or_else(|| {
            let ty = type_of(&table.source.value);
            arguments.push(DeclaredArgument::required(&name.value, name.span, ty));
            arguments.len() - 1
        });
        let Some(argument) = arguments.get_mut(index) else { continue };
        if argument.complete.is_some() {
            let message = format!("`{}` is injected, so nobody completes it", name.value);
            let help = "remove its `complete`: clients do not see the argument";
            diagnostics.push(Diagnostic::error(Code::E0307, message).at(name.span, "").help(help));
        }
        argument.injected = Some(match &table.source.value {
            InjectSource::Setting(text) => Injected::Setting(text.clone()),
            InjectSource::Header(header) => Injected::Header(header.clone()),
            InjectSource::Principal => Injected::Principal,
            InjectSource::Session => Injected::Session,
            InjectSource::Value(value) => {
                if argument.default.is_some() {
                    let message = format!("`{}` has a default and a value", name.value);
                    let span = argument.default_span.unwrap_or(argument.span);
                    diagnostics.push(
                        Diagnostic::error(Code::E0307, message)
                            .at(table.source.span, "the value")
                            .also(span, "the default")
                            .help("the value is always there: remove the default"),
                    );
                }
                argument.default = Some(value.clone());
                argument.default_span = Some(table.source.span);
                Injected::Value
            }
        });
    }
}

fn type_of(source: &InjectSource) -> ArgumentType {
    match source {
        InjectSource::Value(Json::Bool(_)) => ArgumentType::Bool,
        InjectSource::Value(Json::Number(number)) if number.is_i64() => ArgumentType::Int,
        InjectSource::Value(Json::Number(_)) => ArgumentType::Float,
        InjectSource::Value(Json::Array(_) | Json::Object(_) | Json::Null) => ArgumentType::Any,
        _ => ArgumentType::Str,
    }
}

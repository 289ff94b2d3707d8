//! `[[prompt]]`

use std::collections::BTreeSet;

use super::files::Contents;
use super::types::Names;
use super::{about, argument, inject};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::input::manifest::{MessageTable, PromptTable};
use crate::model::{DeclaredArgument, DeclaredPrompt, Message};

/// A prompt; `None` after a diagnostic, or where it is not enabled.
pub(super) fn lower(
    table: &PromptTable,
    names: &Names,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Option<DeclaredPrompt> {
    let about = about::lower(&table.about, None, contents, diagnostics);
    let mut arguments = argument::lower_all(&table.arguments, names, diagnostics)?;
    inject::lower(&table.inject, &mut arguments, diagnostics);
    for message in table.messages.iter().flatten() {
        check_template(message, &arguments, diagnostics);
    }
    let message = |message: &MessageTable| Message {
        by_assistant: message.by_assistant,
        text: message.text.value.clone(),
    };
    let prompt = DeclaredPrompt {
        about: about?,
        arguments,
        messages: table.messages.as_ref().map(|messages| messages.iter().map(message).collect()),
        timeout: table.timeout,
    };
    (!table.about.disabled).then_some(prompt)
}

/// A message has to parse, and may name nothing but arguments and what minijinja has itself.
fn check_template(
    message: &MessageTable,
    arguments: &[DeclaredArgument],
    diagnostics: &mut Diagnostics,
) {
    let span = message.text.span;
    let environment = minijinja::Environment::new();
    let template = match environment.template_from_str(&message.text.value) {
        Ok(template) => template,
        Err(error) => {
            let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            let line = error.line().map_or_else(String::new, |line| format!(" in its line {line}"));
            let text = format!("a message does not parse{line}: {what}");
            let help = "it is a template of minijinja: {{ name }}, {% if name %} … {% endif %}";
            diagnostics.push(Diagnostic::error(Code::E0307, text).at(span, "").help(help));
            return;
        }
    };
    let globals: BTreeSet<&str> = environment.globals().map(|(name, _)| name).collect();
    let names = arguments.iter().map(|it| it.name.as_str());
    let undeclared: BTreeSet<String> = template.undeclared_variables(false).into_iter().collect();
    for name in &undeclared {
        if globals.contains(name.as_str()) || names.clone().any(|known| known == name) {
            continue;
        }
        let help = match near(name, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare it: args.{name} = \"str\""),
        };
        let text = format!("a message names `{name}`, which is no argument of the prompt");
        diagnostics.push(Diagnostic::error(Code::E0306, text).at(span, "").help(help));
    }
}

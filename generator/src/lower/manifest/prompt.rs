//! `[[prompt]]`

mod check;
mod sample;

use super::files::Contents;
use super::types::Names;
use super::{about, argument, inject, requires, resource};
use crate::diagnostic::Diagnostics;
use crate::input::manifest::{MessageTable, PromptTable};
use crate::model::{DeclaredModel, DeclaredPrompt, Message};

/// A prompt; `None` after a diagnostic, or where it is not enabled.
pub(super) fn lower(
    table: &PromptTable,
    names: &Names,
    models: &[DeclaredModel],
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Option<DeclaredPrompt> {
    let about = about::lower(&table.about, None, contents, diagnostics);
    let mut arguments = argument::lower_all(&table.arguments, names, diagnostics)?;
    inject::lower(&table.inject, &mut arguments, diagnostics);
    if let Some(messages) = &table.messages {
        check::check(messages, &arguments, models, diagnostics);
        resource::refuse_blocking(table.blocking.as_ref(), "prompt", diagnostics);
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
        requires: requires::lower(&table.requires, diagnostics),
        blocking: table.blocking.as_ref().is_some_and(|it| it.value),
    };
    (!table.about.disabled).then_some(prompt)
}

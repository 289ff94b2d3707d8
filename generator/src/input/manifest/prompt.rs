//! `[[prompt]]`

use super::about::AboutTable;
use super::argument::{ArgumentDeclaration, parse_arguments};
use super::field::{Field, Placed, Table};
use super::inject::{InjectTable, parse_inject};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// `[[prompt]]`
#[derive(Clone, Debug)]
pub struct PromptTable {
    /// The keys of every component.
    pub about: AboutTable,
    /// `args`, in the order of the file.
    pub arguments: Vec<ArgumentDeclaration>,
    /// `inject`, in the order of the file.
    pub inject: Vec<InjectTable>,
    /// `messages`; `None`: a handler renders the prompt.
    pub messages: Option<Vec<MessageTable>>,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
}

/// One of `messages`.
#[derive(Clone, Debug)]
pub struct MessageTable {
    /// `role = "assistant"`
    pub by_assistant: bool,
    /// `text`
    pub text: Placed<String>,
}

const KEYS: &[&str] = &[
    "name",
    "title",
    "description",
    "args",
    "inject",
    "messages",
    "tags",
    "icons",
    "meta",
    "version",
    "enabled",
    "timeout",
];
const RESERVED: &[&str] = &["auth", "handler", "requires"];

pub(super) fn parse_prompt(table: &Table<'_>, diagnostics: &mut Diagnostics) -> PromptTable {
    let mut prompt = PromptTable {
        about: AboutTable::new(table),
        arguments: Vec::new(),
        inject: Vec::new(),
        messages: None,
        timeout: None,
    };
    for field in table.fields(diagnostics) {
        if prompt.about.take(&field, diagnostics) {
            continue;
        }
        match field.name() {
            "args" => prompt.arguments = parse_arguments(&field, diagnostics),
            "inject" => prompt.inject = parse_inject(&field, diagnostics),
            "messages" => prompt.messages = Some(parse_messages(&field, diagnostics)),
            "timeout" => prompt.timeout = field.seconds(diagnostics),
            _ => field.unknown(KEYS, RESERVED, diagnostics),
        }
    }
    prompt.about.expect_name(table, diagnostics);
    prompt
}

/// `messages`: tables, or texts of the user.
fn parse_messages(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Vec<MessageTable> {
    const KEYS: &[&str] = &["role", "text"];
    const ROLES: &[(&str, bool)] = &[("user", false), ("assistant", true)];
    let items = field.items(diagnostics);
    if field.node.as_array().is_some() && items.is_empty() {
        let help = "write messages = [{ role = \"user\", text = \"…\" }], or leave it to a handler";
        diagnostics.push(field.fault(Code::E0307, "is empty", "").help(help));
    }
    let mut messages = Vec::new();
    for item in items {
        if let Some(text) = item.as_str() {
            let text = Placed { value: text.to_owned(), span: item.span };
            messages.push(MessageTable { by_assistant: false, text });
            continue;
        }
        let table = field.item_table(item);
        let (mut by_assistant, mut text) = (false, None);
        for field in table.fields(diagnostics) {
            match field.name() {
                "role" => by_assistant = field.choice(ROLES, diagnostics) == Some(true),
                "text" => text = field.content(diagnostics),
                _ => field.unknown(KEYS, &[], diagnostics),
            }
        }
        match text {
            Some(text) => messages.push(MessageTable { by_assistant, text }),
            None if item.as_object().is_some() && !table.has("text") => diagnostics.push(
                Diagnostic::error(Code::E0303, "a message has no `text`")
                    .at(item.span, "this one")
                    .help("add it: text = \"…\", with {{ name }} where an argument goes"),
            ),
            None => {}
        }
    }
    messages
}

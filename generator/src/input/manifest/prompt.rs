//! `[[prompt]]`

use super::about::{ABOUT, AboutTable};
use super::argument::{ARGUMENTS, ArgumentDeclaration, parse_arguments};
use super::field::{Field, Placed, Table};
use super::inject::{INJECT, InjectTable, parse_inject};
use super::key::{Key, Keys, Value};
use super::words::components;
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
    /// `requires`
    pub requires: Vec<Placed<String>>,
    /// `blocking`
    pub blocking: Option<Placed<bool>>,
}

/// One of `messages`.
#[derive(Clone, Debug)]
pub struct MessageTable {
    /// `role = "assistant"`
    pub by_assistant: bool,
    /// `text`
    pub text: Placed<String>,
}

/// The words of `role`.
const ROLES: &[(&str, bool)] = &[("user", false), ("assistant", true)];

const MESSAGE_KEYS: Keys = Keys::of(&[
    Key::new("role", Value::Words(&ROLES), "Who says it"),
    Key::new("text", Value::Text, "Template of minijinja over the arguments"),
])
.require(&["text"])
.called(&[components::MESSAGE]);

pub(super) const KEYS: Keys = Keys::of(&[
    Key::new("args", ARGUMENTS, "Arguments, in the order of the file"),
    Key::new("inject", INJECT, "Arguments that callers do not give"),
    Key::new(
        "messages",
        Value::List(&Value::OneOf(&[Value::Text, Value::Table(&MESSAGE_KEYS)])),
        "Templates of minijinja; without them a handler renders the prompt",
    ),
    Key::new("timeout", Value::Seconds, "Seconds for an answer"),
    Key::new("blocking", Value::Flag, "The method blocks its thread"),
    Key::new("requires", Value::Texts, "What a client must offer"),
])
.and(ABOUT)
.require(&["name"])
.reserve(&["auth", "handler"])
.called(&[
    components::ABOUT,
    components::DECLARED,
    components::ANSWERED,
    components::ARGUMENTS,
    components::PROMPT,
]);

pub(super) fn parse_prompt(table: &Table<'_>, diagnostics: &mut Diagnostics) -> PromptTable {
    let mut prompt = PromptTable {
        about: AboutTable::new(table),
        arguments: Vec::new(),
        inject: Vec::new(),
        messages: None,
        timeout: None,
        requires: Vec::new(),
        blocking: None,
    };
    for field in table.known(&KEYS, diagnostics) {
        if prompt.about.take(&field, diagnostics) {
            continue;
        }
        match field.name() {
            "args" => prompt.arguments = parse_arguments(&field, diagnostics),
            "inject" => prompt.inject = parse_inject(&field, diagnostics),
            "messages" => prompt.messages = Some(parse_messages(&field, diagnostics)),
            "timeout" => prompt.timeout = field.seconds(diagnostics),
            "requires" => prompt.requires = field.placed_texts(diagnostics),
            "blocking" => prompt.blocking = field.placed_flag(diagnostics),
            _ => {}
        }
    }
    prompt.about.expect_name(table, diagnostics);
    prompt
}

/// `messages`: tables, or texts of the user.
fn parse_messages(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Vec<MessageTable> {
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
        for field in table.known(&MESSAGE_KEYS, diagnostics) {
            match field.name() {
                "role" => by_assistant = field.choice(ROLES, diagnostics) == Some(true),
                "text" => text = field.content(diagnostics),
                _ => {}
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

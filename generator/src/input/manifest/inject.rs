//! `inject`: arguments that callers do not give.

use super::field::{Field, Placed};
use super::forward::is_token;
use super::key::{Key, Keys, Value};
use crate::diagnostic::{Code, Diagnostics};

/// One of `inject`.
#[derive(Clone, Debug)]
pub struct InjectTable {
    /// Name of the argument.
    pub name: Placed<String>,
    /// Where its value comes from.
    pub source: Placed<InjectSource>,
}

/// Where the value of an injected argument comes from.
#[derive(Clone, Debug)]
pub enum InjectSource {
    /// `"${NAME}"`
    Setting(String),
    /// `"header:NAME"`, in lower case.
    Header(String),
    /// `"principal"`
    Principal,
    /// `"session"`
    Session,
    /// `{ value = … }`
    Value(serde_json::Value),
}

const FORMS: &str = "write \"${NAME}\", \"header:X-Name\", \"principal\" or \"session\"; a value that never \
                     changes is { value = … }";

const KEYS: Keys =
    Keys::of(&[Key::new("value", Value::Any, "What the argument always is")]).require(&["value"]);

/// `inject.NAME`: where the value comes from.
pub(super) const INJECT: Value = Value::Map(&Value::OneOf(&[Value::Start, Value::Table(&KEYS)]));

pub(super) fn parse_inject(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Vec<InjectTable> {
    let mut injected = Vec::new();
    for field in field.table().fields(diagnostics) {
        let name = Placed { value: field.name().to_owned(), span: field.key_span() };
        let source = parse_source(&field, diagnostics);
        injected.extend(
            source
                .map(|value| InjectTable { name, source: Placed { value, span: field.node.span } }),
        );
    }
    injected
}

fn parse_source(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<InjectSource> {
    if field.node.as_object().is_some() {
        let mut value = None;
        let table = field.table();
        for field in table.known(&KEYS, diagnostics) {
            value = Some(InjectSource::Value(field.json()));
        }
        if !table.has("value") {
            diagnostics.push(field.fault(Code::E0303, "has no `value`", "").help(FORMS));
        }
        return value;
    }
    let text = field.run_time_text(diagnostics)?;
    let header = text.strip_prefix("header:").map(str::trim);
    match (text.as_str(), header) {
        (_, Some(name)) if is_token(name) => Some(InjectSource::Header(name.to_ascii_lowercase())),
        ("principal", _) => Some(InjectSource::Principal),
        ("session", _) => Some(InjectSource::Session),
        _ if text.contains("${") => Some(InjectSource::Setting(text)),
        _ => {
            let what = format!("cannot be \"{text}\"");
            diagnostics.push(field.fault(Code::E0307, &what, "not known").help(FORMS));
            None
        }
    }
}

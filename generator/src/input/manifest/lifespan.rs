//! `[lifespan]`: what a server is started with.

use super::field::{Field, Placed};
use super::key::{Key, Keys, Value};
use super::words::settings;
use crate::diagnostic::{Code, Diagnostics};

/// `[lifespan]`
#[derive(Clone, Debug)]
pub struct LifespanTable {
    /// `state`
    pub state: Placed<String>,
}

pub(super) const KEYS: Keys = Keys::of(&[Key::new(
    "state",
    Value::Text,
    "Name of the type that the handler `lifespan` makes",
)])
.require(&["state"])
.called(&[settings::LIFESPAN]);

pub(super) fn parse_lifespan(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<LifespanTable> {
    let mut state = None;
    let table = field.table();
    for field in table.known(&KEYS, diagnostics) {
        state = parse_state(&field, diagnostics);
    }
    if field.node.as_object().is_some() && !table.has("state") {
        let help = "name the type that a handler makes: state = \"Database\"";
        diagnostics.push(field.fault(Code::E0303, "has no `state`", "").help(help));
    }
    state.map(|state| LifespanTable { state })
}

/// The name of a type.
fn parse_state(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<Placed<String>> {
    let state = field.placed_text(diagnostics)?;
    let text = &state.value;
    let is_name = text.starts_with(|it: char| it.is_ascii_uppercase())
        && text.bytes().all(|it| it.is_ascii_alphanumeric())
        && text != "Self";
    if !is_name {
        let help = "it begins with a capital and has letters and digits: \"Database\"";
        diagnostics.push(field.fault(Code::E0307, "is not the name of a type", "").help(help));
        return None;
    }
    Some(state)
}

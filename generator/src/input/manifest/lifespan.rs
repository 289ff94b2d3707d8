//! `[lifespan]`: what a server is started with.

use super::field::{Field, Placed};
use crate::diagnostic::{Code, Diagnostics};

/// `[lifespan]`
#[derive(Clone, Debug)]
pub struct LifespanTable {
    /// `state`
    pub state: Placed<String>,
}

pub(super) fn parse_lifespan(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<LifespanTable> {
    const KEYS: &[&str] = &["state"];
    let mut state = None;
    let table = field.table();
    for field in table.fields(diagnostics) {
        match field.name() {
            "state" => state = parse_state(&field, diagnostics),
            _ => field.unknown(KEYS, &[], diagnostics),
        }
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

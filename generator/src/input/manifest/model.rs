//! `[model.NAME]` and `[enum.NAME]`

use super::argument::{ARGUMENTS, ArgumentDeclaration, parse_arguments};
use super::field::{Field, Placed};
use super::key::{Key, Keys, Value};
use super::words::components;
use crate::diagnostic::Diagnostics;

/// `[model.NAME]`
#[derive(Clone, Debug)]
pub struct ModelTable {
    /// Its name.
    pub name: Placed<String>,
    /// `fields`, in the order of the file; they take what arguments take.
    pub fields: Vec<ArgumentDeclaration>,
    /// `extends`
    pub extends: Option<Placed<String>>,
    /// `description`
    pub description: Option<String>,
}

/// `[enum.NAME]`
#[derive(Clone, Debug)]
pub struct EnumTable {
    /// Its name.
    pub name: Placed<String>,
    /// `values`, in the order of the file.
    pub values: Vec<Placed<serde_json::Value>>,
    /// `description`
    pub description: Option<String>,
}

pub(super) const MODEL_KEYS: Keys = Keys::of(&[
    Key::new("fields", ARGUMENTS, "Its fields, in the order of the file"),
    Key::new("extends", Value::Text, "The model whose fields come first"),
    Key::new("description", Value::Text, "Description for the model"),
])
.called(&[components::MODEL]);

pub(super) const ENUM_KEYS: Keys = Keys::of(&[
    Key::new("values", Value::List(&Value::Any), "Texts, numbers and booleans, at least one"),
    Key::new("description", Value::Text, "Description for the model"),
])
.called(&[components::ENUM]);

pub(super) fn parse_model(field: &Field<'_>, diagnostics: &mut Diagnostics) -> ModelTable {
    let mut model =
        ModelTable { name: name(field), fields: Vec::new(), extends: None, description: None };
    for field in field.table().known(&MODEL_KEYS, diagnostics) {
        match field.name() {
            "fields" => model.fields = parse_arguments(&field, diagnostics),
            "extends" => model.extends = field.placed_text(diagnostics),
            "description" => model.description = field.text(diagnostics),
            _ => {}
        }
    }
    model
}

pub(super) fn parse_enum(field: &Field<'_>, diagnostics: &mut Diagnostics) -> EnumTable {
    let mut table = EnumTable { name: name(field), values: Vec::new(), description: None };
    for field in field.table().known(&ENUM_KEYS, diagnostics) {
        match field.name() {
            "values" => table.values = field.placed_list(diagnostics),
            "description" => table.description = field.text(diagnostics),
            _ => {}
        }
    }
    table
}

fn name(field: &Field<'_>) -> Placed<String> {
    Placed { value: field.name().to_owned(), span: field.key_span() }
}

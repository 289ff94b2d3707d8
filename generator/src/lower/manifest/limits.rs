//! Limits of declared arguments: that their type can have them, and that they leave something.

use serde_json::Number;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::ArgumentDeclaration;
use crate::model::ArgumentType;

/// What a limit is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum For {
    Numbers,
    Texts,
    TextsAndLists,
}

impl For {
    const fn words(self) -> &'static str {
        match self {
            Self::Numbers => "numbers",
            Self::Texts => "texts",
            Self::TextsAndLists => "texts and lists",
        }
    }
}

/// Reports limits that mean nothing for the type, and limits that nothing fits.
pub(super) fn check(table: &ArgumentDeclaration, ty: &ArgumentType, diagnostics: &mut Diagnostics) {
    for (key, what) in given(table) {
        if !can_have(ty, what) {
            let message = format!("`{key}` of `{}` is for {}", table.name.value, what.words());
            let help = format!("remove `{key}`: it would limit nothing");
            let diagnostic = Diagnostic::error(Code::E0307, message);
            diagnostics.push(diagnostic.at(table.ty.span, "this type is another").help(help));
        }
    }
    if let Some(what) = contradiction(table) {
        let message = format!("nothing fits the limits of `{}`: {what}", table.name.value);
        let help = "exchange the two, or remove one";
        diagnostics
            .push(Diagnostic::error(Code::E0307, message).at(table.name.span, "").help(help));
    }
    if let Some(step) = table.multiple_of.as_ref().filter(|it| it.as_f64() <= Some(0.0)) {
        let message = format!("`multiple_of` of `{}` cannot be {step}", table.name.value);
        let help = "it is a number greater than zero";
        diagnostics
            .push(Diagnostic::error(Code::E0307, message).at(table.name.span, "").help(help));
    }
}

/// The limits that an argument has.
fn given(table: &ArgumentDeclaration) -> impl Iterator<Item = (&'static str, For)> {
    let limits = [
        ("ge", table.ge.is_some(), For::Numbers),
        ("gt", table.gt.is_some(), For::Numbers),
        ("le", table.le.is_some(), For::Numbers),
        ("lt", table.lt.is_some(), For::Numbers),
        ("multiple_of", table.multiple_of.is_some(), For::Numbers),
        ("pattern", table.pattern.is_some(), For::Texts),
        ("min_length", table.min_length.is_some(), For::TextsAndLists),
        ("max_length", table.max_length.is_some(), For::TextsAndLists),
    ];
    limits.into_iter().filter(|(_, is_given, _)| *is_given).map(|(key, _, what)| (key, what))
}

/// Limits of numbers and texts hold for the items of a list.
fn can_have(ty: &ArgumentType, limit: For) -> bool {
    match ty {
        ArgumentType::Any => true,
        ArgumentType::Int | ArgumentType::Float => limit == For::Numbers,
        ArgumentType::Str | ArgumentType::Bytes | ArgumentType::Path => limit != For::Numbers,
        ArgumentType::List(item) | ArgumentType::Set(item) => {
            limit == For::TextsAndLists || can_have(item, limit)
        }
        ArgumentType::Tuple { open, .. } => *open && limit == For::TextsAndLists,
        // Of `A | None`, they hold for A.
        ArgumentType::Union(parts) => {
            let mut others = parts.iter().filter(|part| **part != ArgumentType::None);
            matches!((others.next(), others.next()), (Some(one), None) if can_have(one, limit))
        }
        _ => false,
    }
}

/// The two limits that leave nothing.
fn contradiction(table: &ArgumentDeclaration) -> Option<String> {
    let limit = |number: &Option<Number>| number.as_ref().and_then(Number::as_f64);
    let least = [("at least", limit(&table.ge), false), ("more than", limit(&table.gt), true)];
    let most = [("at most", limit(&table.le), false), ("less than", limit(&table.lt), true)];
    for (low, least, is_above) in least {
        for (high, most, is_below) in most {
            let (Some(least), Some(most)) = (least, most) else { continue };
            if least > most || least == most && (is_above || is_below) {
                return Some(format!("{low} {least} and {high} {most}"));
            }
        }
    }
    let (least, most) = (table.min_length?, table.max_length?);
    (least > most).then(|| format!("at least {least} and at most {most} long"))
}

//! `[model.NAME]` and `[enum.NAME]`

use std::collections::{BTreeMap, BTreeSet};

use super::argument;
use super::types::{self, Names};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::input::manifest::{EnumTable, Manifest, ModelTable};
use crate::model::{ArgumentType, DeclaredArgument, DeclaredModel, Json, ModelShape};

/// The names that types of one's own have, each once.
pub(super) fn names(manifest: &Manifest, diagnostics: &mut Diagnostics) -> Names {
    let mut places = BTreeMap::new();
    let values = |table: &EnumTable| table.values.iter().map(|it| it.value.clone()).collect();
    let models = manifest.models.iter().map(|table| (&table.name, None));
    let enums = manifest.enums.iter().map(|table| (&table.name, Some(values(table))));
    for (name, values) in models.chain(enums) {
        let text = name.value.as_str();
        if let Err(why) = check_name(text) {
            let message = format!("`{text}` cannot be the name of a type");
            let fault = Diagnostic::error(Code::E0309, message).at(name.span, "");
            diagnostics.push(fault.help(why));
        }
        if let Some((first, _)) = places.insert(text, (name.span, values)) {
            let message = format!("a model and an enum have the name `{text}`");
            let fault = Diagnostic::error(Code::E0402, message).at(name.span, "the second one");
            let help = "give one of them another name";
            diagnostics.push(fault.also(first, "the first one").help(help));
        }
    }
    Names::new(places.into_iter().map(|(name, (_, values))| (name.to_owned(), values)))
}

/// A name has to be a word of the type grammar, and none that means something there.
fn check_name(name: &str) -> Result<(), &'static str> {
    let mut letters = name.chars();
    let starts = letters.next().is_some_and(|first| first.is_ascii_alphabetic());
    if !starts || !letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        return Err("it is a word of letters, digits and `_` that starts with a letter: User");
    }
    if types::is_word(name) {
        return Err("the word means something else in types; choose another one: User");
    }
    Ok(())
}

/// The declared types; those with a problem are left out, which was reported.
pub(super) fn lower(
    manifest: &Manifest,
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Vec<DeclaredModel> {
    let mut own = BTreeMap::new();
    for table in &manifest.models {
        argument::refuse_completion_of_field(&table.fields, diagnostics);
        let fields = argument::lower_all(&table.fields, names, diagnostics);
        own.insert(table.name.value.as_str(), (table, fields));
    }
    let mut models = Vec::new();
    for table in &manifest.models {
        let Some(chain) = chain(table, &own, manifest, diagnostics) else { continue };
        let Some(fields) = join(&chain, &own, diagnostics) else { continue };
        models.push(DeclaredModel {
            span: table.name.span,
            name: table.name.value.clone(),
            description: table.description.clone(),
            shape: ModelShape::Fields(fields),
        });
    }
    let enums = manifest.enums.iter();
    models.extend(enums.filter_map(|table| lower_enum(table, diagnostics)));
    refuse_endless(&models, diagnostics);
    models
}

/// What was read of each `[model.NAME]`.
type Own<'m> = BTreeMap<&'m str, (&'m ModelTable, Option<Vec<DeclaredArgument>>)>;

/// A model and what it extends, the last one first; `None` after a diagnostic.
fn chain<'m>(
    table: &'m ModelTable,
    own: &Own<'m>,
    manifest: &Manifest,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<&'m ModelTable>> {
    let mut chain = vec![table];
    let mut seen = BTreeSet::from([table.name.value.as_str()]);
    let mut last = table;
    while let Some(base) = &last.extends {
        let Some((next, _)) = own.get(base.value.as_str()) else {
            // Reported once, for the model that names it.
            if std::ptr::eq(last, table) {
                let message = format!("`{}` is not a model", base.value);
                let is_enum = manifest.enums.iter().any(|it| it.name.value == base.value);
                let help = match near(&base.value, own.keys().copied()) {
                    _ if is_enum => "an enum cannot be extended".to_owned(),
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("declare it: [model.{}]", base.value),
                };
                diagnostics
                    .push(Diagnostic::error(Code::E0306, message).at(base.span, "").help(help));
            }
            return None;
        };
        if !seen.insert(&next.name.value) {
            // Each model of the circle would say the same.
            let first = seen.iter().min().copied().unwrap_or_default();
            if next.name.value == table.name.value && first == table.name.value {
                let names: Vec<&str> = chain.iter().map(|it| it.name.value.as_str()).collect();
                let message = format!(
                    "the model `{}` extends itself: {} → {}",
                    table.name.value,
                    names.join(" → "),
                    table.name.value
                );
                diagnostics.push(
                    Diagnostic::error(Code::E0309, message)
                        .at(base.span, "")
                        .help("remove one `extends` of the circle"),
                );
            }
            return None;
        }
        chain.push(next);
        last = next;
    }
    chain.reverse();
    Some(chain)
}

/// The fields of a chain: an own one in the place of the one that it overrides.
fn join(
    chain: &[&ModelTable],
    own: &Own<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<DeclaredArgument>> {
    let mut joined: Vec<DeclaredArgument> = Vec::new();
    for (depth, table) in chain.iter().enumerate() {
        let (_, fields) = own.get(table.name.value.as_str())?;
        for field in fields.as_ref()? {
            let Some(inherited) = joined.iter_mut().find(|it| it.name == field.name) else {
                joined.push(field.clone());
                continue;
            };
            if inherited.ty != field.ty && depth + 1 == chain.len() {
                let message = format!(
                    "`{}` of `{}` overrides a field of another type",
                    field.name, table.name.value
                );
                diagnostics.push(
                    Diagnostic::error(Code::E0309, message)
                        .at(field.span, "")
                        .also(inherited.span, "the field of what it extends")
                        .help("give it the same type, or another name"),
                );
            }
            *inherited = field.clone();
        }
    }
    Some(joined)
}

fn lower_enum(table: &EnumTable, diagnostics: &mut Diagnostics) -> Option<DeclaredModel> {
    let mut values: Vec<Json> = Vec::new();
    let mut faults = Vec::new();
    for value in &table.values {
        let fault = |what: String, help: &str| {
            let message = format!("a value of the enum `{}` {what}", table.name.value);
            Diagnostic::error(Code::E0309, message).at(value.span, "").help(help)
        };
        if value.value.is_object() || value.value.is_array() {
            faults.push(fault(
                "is no scalar".to_owned(),
                "values are texts, numbers, true and false; for objects declare a model",
            ));
        } else if values.contains(&value.value) {
            faults
                .push(fault(format!("stands there twice: {}", value.value), "remove one of them"));
        }
        values.push(value.value.clone());
    }
    if values.is_empty() {
        let message = format!("the enum `{}` has no values", table.name.value);
        let help = "list them: values = [\"open\", \"closed\"]";
        faults.push(Diagnostic::error(Code::E0309, message).at(table.name.span, "").help(help));
    }
    let is_sound = faults.is_empty();
    faults.into_iter().for_each(|fault| diagnostics.push(fault));
    is_sound.then(|| DeclaredModel {
        span: table.name.span,
        name: table.name.value.clone(),
        description: table.description.clone(),
        shape: ModelShape::Values(values),
    })
}

/// Reports models that no finite value can have: each would have to contain another one.
fn refuse_endless(models: &[DeclaredModel], diagnostics: &mut Diagnostics) {
    // A type that could not be read was reported, and is no reason to doubt those that name it.
    let declared: BTreeSet<&str> = models.iter().map(|model| model.name.as_str()).collect();
    let mut finite: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = finite.len();
        for model in models {
            let ends = match &model.shape {
                ModelShape::Values(_) => true,
                ModelShape::Fields(fields) => {
                    let known = |name: &str| !declared.contains(name) || finite.contains(name);
                    fields.iter().all(|it| it.default.is_some() || is_finite(&it.ty, &known))
                }
            };
            if ends {
                finite.insert(&model.name);
            }
        }
        if finite.len() == before {
            break;
        }
    }
    let known = |name: &str| !declared.contains(name) || finite.contains(name);
    for model in models.iter().filter(|model| !finite.contains(model.name.as_str())) {
        let ModelShape::Fields(fields) = &model.shape else { continue };
        let guilty = fields.iter().find(|it| it.default.is_none() && !is_finite(&it.ty, &known));
        let Some(field) = guilty else { continue };
        let message = format!("a value of the model `{}` would never end", model.name);
        let label = format!("`{}` always holds another one", field.name);
        let help = format!(
            "let it end where it holds itself: `{0}` as \"… | None = None\", or as \"list[…]\"",
            field.name
        );
        diagnostics.push(Diagnostic::error(Code::E0309, message).at(field.span, label).help(help));
    }
}

/// Whether a type has values that end; `known`: whether a declared type has.
fn is_finite(ty: &ArgumentType, known: &impl Fn(&str) -> bool) -> bool {
    match ty {
        ArgumentType::Model(name) => known(name),
        ArgumentType::Tuple { items, open: false } => items.iter().all(|it| is_finite(it, known)),
        ArgumentType::Tuple { items, open: true } => {
            let before = items.split_last().map_or(&[][..], |(_, before)| before);
            before.iter().all(|it| is_finite(it, known))
        }
        ArgumentType::Union(parts) => parts.iter().any(|it| is_finite(it, known)),
        _ => true,
    }
}

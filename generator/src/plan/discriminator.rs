//! What the values of a discriminator mean: which member of a union each of them says that an object
//! is (OpenAPI 3.1.1, 4.8.25).

use super::typed::Form;
use crate::model::schema::{Access, Discriminator};
use crate::model::{Json, SchemaId, Schemas};

/// The values that mean a member: those of the mapping, else those that its property has, of several
/// the name of its schema, else that name. `None` where nothing says any, or the member has no such property. `is_member`:
/// whether a schema of the mapping is the member.
pub(super) fn values(
    schemas: &Schemas,
    discriminator: &Discriminator,
    (member, form): (SchemaId, &Form),
    is_member: impl Fn(SchemaId) -> bool,
) -> Option<Vec<String>> {
    let listed = listed(schemas, form, &discriminator.property)?;
    let mapping = discriminator.mapping.iter().filter(|(_, id)| is_member(**id));
    let mapped: Vec<String> = mapping.map(|(value, _)| value.clone()).collect();
    if !mapped.is_empty() {
        return Some(mapped);
    }
    let name = schemas[schemas.target(member)].name.clone();
    match (listed, name) {
        (Some(values), Some(name)) if values.iter().any(|value| *value == name) => Some(vec![name]),
        (Some(values), _) => values.iter().map(text).collect(),
        (None, name) => name.map(|name| vec![name]),
    }
}

/// The values that a property of a member can have, where they are listed; `None` where the member
/// does not have it.
fn listed(schemas: &Schemas, form: &Form, property: &str) -> Option<Option<Vec<Json>>> {
    let roots = form.properties.get(property)?;
    let values = Form::new(schemas, roots, &[], Access::Request).values;
    Some(values.filter(|values| !values.is_empty()))
}

/// The values that a listed schema of a member should name and does not; `None`: it says all.
pub(super) fn unsaid(
    schemas: &Schemas,
    discriminator: &Discriminator,
    member: SchemaId,
) -> Option<Vec<String>> {
    let form = Form::new(schemas, &[member], &[], Access::Request);
    let is_member = |id: SchemaId| schemas.target(id) == schemas.target(member);
    if discriminator.default.is_some_and(is_member) {
        return None;
    }
    let listed_values = listed(schemas, &form, &discriminator.property)?;
    if listed_values.is_none() && discriminator.base.is_some_and(is_member) {
        // Its heirs have their values, and it has any other.
        return None;
    }
    let values = values(schemas, discriminator, (member, &form), is_member)?;
    match listed_values {
        None => Some(values),
        Some(listed) => {
            let known: Vec<String> = listed.iter().filter_map(text).collect();
            let kept: Vec<String> =
                known.iter().filter(|known| values.contains(known)).cloned().collect();
            let are_texts = listed.iter().all(Json::is_string);
            (are_texts && !kept.is_empty() && kept.len() < known.len()).then_some(kept)
        }
    }
}

/// Whether a member may leave out the property that tells what it is, which only the default one can
/// (OpenAPI 3.2.0, 4.25).
pub(super) fn is_left_open(
    schemas: &Schemas,
    discriminator: &Discriminator,
    member: SchemaId,
) -> bool {
    let is_member = |id: SchemaId| schemas.target(id) == schemas.target(member);
    let form = Form::new(schemas, &[member], &[], Access::Request);
    !discriminator.default.is_some_and(is_member)
        && form.properties.contains_key(&discriminator.property)
        && !form.required.contains(&discriminator.property)
}

/// A scalar as the text that a discriminator has for it.
pub(super) fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

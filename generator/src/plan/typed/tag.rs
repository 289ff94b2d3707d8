//! Objects that are told apart by a property: that of a discriminator, or one that has other values
//! in each of them.

use std::collections::BTreeSet;

use super::form::Form;
use super::item::other_variant;
use super::member::{Member, is_object};
use super::{Key, Models};
use crate::model::schema::{Access, Discriminator};
use crate::model::{Json, SchemaId};
use crate::plan::names::rust;
use crate::plan::types::{RustType, Tagged, TaggedVariant};

impl Models<'_, '_> {
    /// The discriminator of a union: beside it, or beside what leads to it.
    pub(super) fn discriminator(&self, key: &Key, owner: SchemaId) -> Option<&Discriminator> {
        let schemas = std::iter::once(&owner).chain(&key.roots);
        schemas.filter_map(|id| self.schemas[*id].discriminator.as_ref()).next()
    }

    /// How a property tells the members apart, where one does.
    pub(super) fn tagged(
        &self,
        members: &[Member],
        discriminator: Option<&Discriminator>,
        is_received: bool,
    ) -> Option<Tagged> {
        if members.len() < 2 || !members.iter().all(|member| is_object(&member.form)) {
            return None;
        }
        let by_discriminator = discriminator.and_then(|discriminator| {
            let tags = members.iter().map(|it| self.tags(it, discriminator));
            Some((discriminator.property.clone(), distinct(tags.collect::<Option<_>>()?)?))
        });
        let (property, tags) = by_discriminator.or_else(|| {
            let names = members.first()?.form.properties.keys();
            names
                .filter_map(|name| {
                    let tags = members.iter().map(|member| self.constants(member, name, true));
                    Some((name.clone(), distinct(tags.collect::<Option<_>>()?)?))
                })
                .next()
        })?;
        let names: Vec<String> = members.iter().zip(&tags).map(variant_name).collect();
        let names = rust::variants(names.iter().map(String::as_str));
        let mut taken: BTreeSet<String> = names.iter().cloned().collect();
        let variant = |((member, tags), name): ((&Member, Vec<String>), String)| TaggedVariant {
            name,
            tags,
            ty: member.ty.clone(),
        };
        let variants = members.iter().zip(tags).zip(names).map(variant).collect();
        let others = is_received.then(|| (other_variant(&mut taken), RustType::Value));
        Some(Tagged { property, variants, others })
    }

    /// The values of the discriminator that mean a member: those of the mapping, else the constants
    /// of the property, else the name of the schema.
    fn tags(&self, member: &Member, discriminator: &Discriminator) -> Option<Vec<String>> {
        let property = &discriminator.property;
        // It has to be a field of the member, or writing would lose it.
        member.form.properties.get(property)?;
        let mapped =
            discriminator.mapping.iter().filter(|(_, id)| self.followed(**id).0 == member.id);
        let mapped: Vec<String> = mapped.map(|(tag, _)| tag.clone()).collect();
        if !mapped.is_empty() {
            return Some(mapped);
        }
        let constants = self.constants(member, property, false);
        constants.or_else(|| self.schemas[member.id].name.clone().map(|name| vec![name]))
    }

    /// The values that a property has in a member, where they are listed scalars. `required`: the
    /// property has to be there.
    fn constants(&self, member: &Member, property: &str, required: bool) -> Option<Vec<String>> {
        if required && !member.form.required.contains(property) {
            return None;
        }
        let roots = member.form.properties.get(property)?;
        let form = Form::new(self.schemas, roots, &[], Access::Response);
        let is_null = required && form.nullable == Some(true);
        let values = form.values.filter(|values| !is_null && !values.is_empty())?;
        values.iter().map(tag).collect()
    }
}

/// A scalar as a tag.
fn tag(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// The tags of the members, where none means two of them.
fn distinct(tags: Vec<Vec<String>>) -> Option<Vec<Vec<String>>> {
    let mut seen = BTreeSet::new();
    tags.iter().flatten().all(|tag| seen.insert(tag.as_str())).then_some(())?;
    Some(tags)
}

/// A variant is called like its only tag where that is a word, else like its type.
fn variant_name((member, tags): (&Member, &Vec<String>)) -> String {
    match (tags.as_slice(), &member.ty) {
        ([tag], _) if tag.starts_with(|first: char| first.is_ascii_alphabetic()) => tag.clone(),
        (_, RustType::Model(name)) => name.clone(),
        (tags, _) => tags.concat(),
    }
}

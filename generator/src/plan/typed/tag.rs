//! Objects that are told apart by a property: that of a discriminator, or one that has other values
//! in each of them.

use std::collections::BTreeSet;

use super::form::Form;
use super::item::other_variant;
use super::member::{Member, is_object};
use super::{Key, Models};
use crate::model::SchemaId;
use crate::model::schema::{Access, Discriminator};
use crate::plan::discriminator;
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
        wanted: Option<&Discriminator>,
        is_received: bool,
    ) -> Option<Tagged> {
        if members.len() < 2 || !members.iter().all(|member| is_object(&member.form)) {
            return None;
        }
        let by_discriminator = wanted.and_then(|wanted| {
            let tags = members.iter().map(|it| {
                let is_member = |id| self.followed(id).0 == it.id;
                discriminator::values(self.schemas, wanted, (it.id, &it.form), is_member)
            });
            Some((wanted.property.clone(), distinct(tags.collect::<Option<_>>()?)?))
        });
        let (property, tags) = by_discriminator.or_else(|| {
            let names = members.first()?.form.properties.keys();
            names
                .filter_map(|name| {
                    let tags = members.iter().map(|member| self.constants(member, name));
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
        let by_default = wanted.and_then(|wanted| wanted.default).and_then(|default| {
            let id = self.followed(default).0;
            let member = members.iter().find(|member| member.id == id)?;
            Some(("Default".to_owned(), member.ty.clone()))
                .filter(|(name, _)| taken.insert(name.clone()))
        });
        let others = by_default
            .or_else(|| is_received.then(|| (other_variant(&mut taken), RustType::Value)));
        Some(Tagged { property, variants, others })
    }

    /// The values that a property always has in a member, where they are listed scalars.
    fn constants(&self, member: &Member, property: &str) -> Option<Vec<String>> {
        if !member.form.required.contains(property) {
            return None;
        }
        let roots = member.form.properties.get(property)?;
        let form = Form::new(self.schemas, roots, &[], Access::Response);
        let is_null = form.nullable == Some(true);
        let values = form.values.filter(|values| !is_null && !values.is_empty())?;
        values.iter().map(discriminator::text).collect()
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

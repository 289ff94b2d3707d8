//! Unions: what their members are, and which enum holds them.

use std::collections::BTreeSet;

use super::form::{Form, Union};
use super::{Key, Models, Place};
use crate::model::schema::{Access, Discriminator, JsonType};
use crate::model::{Schema, SchemaId};
use crate::plan::type_table::{Name, Outline, Part};
use crate::plan::types::{RustType, Shape};

/// What an enum is called.
struct Called<'p> {
    /// The name of its schema.
    own_name: Option<String>,
    docs: String,
    place: &'p Place,
}

/// A member of a union.
#[derive(Debug)]
pub(super) struct Member {
    /// The schema that it stands for.
    pub(super) id: SchemaId,
    pub(super) form: Form,
    pub(super) ty: RustType,
    pub(super) nullable: bool,
}

impl Member {
    /// Whether it is an object with known properties.
    pub(super) fn is_object(&self) -> bool {
        let is_model = matches!(self.ty, RustType::Model(_));
        is_model && self.form.unions.is_empty() && self.form.values.is_none()
    }

    fn part(self) -> Part {
        let outline = self.is_object().then(|| Outline {
            properties: self.form.properties.keys().cloned().collect(),
            required: self.form.required.clone(),
            // What a field can be may grow, so that nothing is certain by it.
            ..Outline::default()
        });
        let Self { ty, nullable, .. } = self;
        Part { ty: if nullable { RustType::Optional(Box::new(ty)) } else { ty }, outline }
    }
}

impl Models<'_, '_> {
    /// The enum of a union; a `Value` where nothing tells its members apart.
    pub(super) fn of_union(
        &mut self,
        key: &Key,
        form: &Form,
        union: &Union,
        place: &Place,
        depth: usize,
    ) -> RustType {
        self.open.insert(key.clone());
        let mut seen = BTreeSet::new();
        let members = union.members.iter().enumerate();
        // Names for the same thing are one member.
        let members = members.filter(|(_, member)| seen.insert(self.followed(**member)));
        let members: Vec<_> = members.collect();
        let members: Vec<Member> = members
            .into_iter()
            .map(|(at, member)| {
                let number = format!("variant{}", at + 1);
                self.member(key, form, union, (*member, &number), place, depth)
            })
            .collect();
        self.open.remove(key);
        let discriminator = self.discriminator(key, union.owner).cloned();
        let is_received = self.reach.is_received(&key.roots);
        let called = Called { own_name: self.own_name(key), docs: self.docs(key, place), place };
        self.join(members, discriminator.as_ref(), is_received, &called)
    }

    /// The enum of results that are one of several things.
    pub(super) fn of_members(&mut self, schemas: &[(String, SchemaId)], place: &Place) -> RustType {
        let nowhere = Key { roots: Vec::new(), chosen: Vec::new(), is_request: false };
        let union = Union { owner: SchemaId(u32::MAX), members: Vec::new() };
        let any = Form::default();
        let members = schemas
            .iter()
            .map(|(label, id)| self.member(&nowhere, &any, &union, (*id, label), place, 0))
            .collect();
        let called = Called { own_name: None, docs: self.docs(&nowhere, place), place };
        self.join(members, None, true, &called)
    }

    fn join(
        &mut self,
        members: Vec<Member>,
        discriminator: Option<&Discriminator>,
        is_received: bool,
        called: &Called<'_>,
    ) -> RustType {
        let Called { own_name, docs, place } = called;
        let (objects, rest): (Vec<Member>, Vec<Member>) =
            members.into_iter().partition(Member::is_object);
        let nullable = objects.iter().any(|member| member.nullable);
        let tagged = self.tagged(&objects, discriminator, is_received).map(Shape::Tagged);
        match (tagged, rest.is_empty()) {
            (Some(tagged), true) => {
                let ty = self.item(own_name.clone(), &place.wanted, docs, tagged);
                super::optional(ty, nullable)
            }
            (Some(tagged), false) => {
                let inner = place.inside("object", String::new());
                let ty = self.item(None, &inner.wanted, docs, tagged);
                let tagged = Part { ty: super::optional(ty, nullable), outline: None };
                let parts = std::iter::once(tagged).chain(rest.into_iter().map(Member::part));
                self.union(called, parts.collect())
            }
            (None, _) => {
                let parts = objects.into_iter().chain(rest).map(Member::part).collect();
                self.union(called, parts)
            }
        }
    }

    fn union(&mut self, called: &Called<'_>, parts: Vec<Part>) -> RustType {
        let own_name = called.own_name.as_deref();
        let wanted = Name::Place(&called.place.wanted);
        let name = own_name.map_or(wanted, |name| Name::Given(name, &called.docs));
        self.table.union_called(&name, parts)
    }

    /// Adds an item under the name of its schema, else under the wanted one.
    pub(super) fn item(
        &mut self,
        own_name: Option<String>,
        wanted: &str,
        docs: &str,
        shape: Shape,
    ) -> RustType {
        match own_name {
            Some(name) => {
                self.table.push(name.clone(), docs.to_owned(), shape);
                RustType::Model(name)
            }
            None => self.table.add(wanted, docs, shape),
        }
    }

    fn member(
        &mut self,
        key: &Key,
        form: &Form,
        union: &Union,
        (member, otherwise): (SchemaId, &str),
        place: &Place,
        depth: usize,
    ) -> Member {
        let (mut roots, nullable) = self.canonical(&[member]);
        let id = roots.first().copied().unwrap_or(member);
        let mut chosen = Vec::new();
        if id == union.owner || form.has_structure() && !form.unions.is_empty() {
            // What stands beside the union holds for each of its members.
            roots.extend(key.roots.iter().filter(|root| **root != id));
            chosen.clone_from(&key.chosen);
            chosen.push(union.owner);
        }
        let is_request = self.reach.is_split(key.is_request, &roots);
        let member_key = Key { roots, chosen, is_request };
        let label = self.label(id).unwrap_or_else(|| otherwise.to_owned());
        let place =
            place.inside(&label, format!("`{}` of {}", label.replace('`', "'"), place.words));
        let access = if is_request { Access::Request } else { Access::Response };
        let form = Form::new(self.schemas, &member_key.roots, &member_key.chosen, access);
        let (ty, with_null) = match self.of_key(&member_key, &place, depth + 1) {
            RustType::Optional(inner) => (*inner, true),
            ty => (ty, false),
        };
        Member { id, form, ty, nullable: nullable || with_null }
    }

    /// What people call a schema.
    fn label(&self, id: SchemaId) -> Option<String> {
        let Schema { name, title, .. } = &self.schemas[id];
        let label = name.as_ref().or(title.as_ref())?;
        let is_short = label.len() <= 40 && label.chars().any(|it| it.is_ascii_alphanumeric());
        is_short.then(|| label.replace(['\n', '\r'], " "))
    }
}

/// Whether a form is that of objects.
pub(super) fn is_object(form: &Form) -> bool {
    match &form.types {
        Some(types) => types.len() == 1 && types.contains(&JsonType::Object),
        None => form.is_object(),
    }
}

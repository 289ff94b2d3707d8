//! From the form of a value to its type, and the structs with their fields.

use std::collections::BTreeSet;

use serde_json::Number;

use super::form::{Form, Others};
use super::{Key, Models, OTHERS, Place};
use crate::model::schema::{Access, JsonType};
use crate::model::{Json, SchemaId};
use crate::plan::docs::{markdown, one_line};
use crate::plan::names::rust;
use crate::plan::type_table::{Name, Part, field, shape_of_values};
use crate::plan::types::{Absent, Field, RustType, Shape, Width};

/// Longest tuple that serde reads.
const TUPLE: usize = 16;
/// The field for the properties that have none.
const REST: &str = "additional_properties";
/// Longest enum; of more texts a plain text is easier to use.
const VARIANTS: usize = 400;

/// A struct whose fields are to be planned.
#[derive(Debug)]
pub(super) struct Pending {
    at: usize,
    name: String,
    key: Key,
    form: Form,
}

impl Models<'_, '_> {
    /// The type of values of this form, but for null.
    pub(super) fn of_form(
        &mut self,
        key: &Key,
        form: &Form,
        place: &Place,
        depth: usize,
    ) -> RustType {
        if form.is_lost {
            return RustType::Value;
        }
        match form.unions.as_slice() {
            [] => {}
            [union] => return self.of_union(key, form, union, place, depth),
            _ => return RustType::Value,
        }
        if let Some(values) = &form.values {
            return self.of_values(key, form, values, place);
        }
        let types = form.types.as_ref().map(|types| types.iter().copied().collect::<Vec<_>>());
        match types.as_deref() {
            Some([]) => RustType::Unit,
            Some([one]) => self.of_type(*one, key, form, place, depth),
            Some(several) => {
                let part = |ty: &JsonType| Part {
                    ty: self.of_type(*ty, key, form, place, depth),
                    outline: None,
                };
                let parts = several.iter().map(part).collect();
                self.table.union_called(&Name::Place(&place.wanted), parts)
            }
            None if form.is_object() => self.of_object(key, form, place, depth),
            None if !form.items.is_empty() => self.of_list(key, form, place, depth),
            None => RustType::Value,
        }
    }

    fn of_type(
        &mut self,
        ty: JsonType,
        key: &Key,
        form: &Form,
        place: &Place,
        depth: usize,
    ) -> RustType {
        match ty {
            JsonType::String => RustType::Text,
            JsonType::Integer => width(form),
            JsonType::Number => RustType::Number,
            JsonType::Boolean => RustType::Flag,
            JsonType::Array => self.of_list(key, form, place, depth),
            JsonType::Object => self.of_object(key, form, place, depth),
            JsonType::Null => RustType::Unit,
        }
    }

    /// An enum of texts. Of a single value, and of numbers, the plain type says enough.
    fn of_values(&mut self, key: &Key, form: &Form, values: &[Json], place: &Place) -> RustType {
        let all = |is: fn(&Json) -> bool| values.iter().all(is);
        if all(Json::is_boolean) {
            return RustType::Flag;
        } else if all(|value| value.is_i64() || value.is_u64()) {
            return width(form);
        } else if all(Json::is_number) {
            return RustType::Number;
        } else if !all(Json::is_string) {
            return if values.is_empty() { RustType::Unit } else { RustType::Value };
        }
        let listed: Vec<&Json> = values.iter().collect();
        if values.len() == 1 || values.len() > VARIANTS {
            return RustType::Text;
        }
        let Some(Shape::Texts(variants)) = shape_of_values(&listed) else { return RustType::Text };
        let shape = if self.reach.is_received(&key.roots) {
            let mut taken: BTreeSet<String> = variants.iter().map(|it| it.name.clone()).collect();
            let other = other_variant(&mut taken);
            Shape::OpenTexts { variants, other }
        } else {
            Shape::Texts(variants)
        };
        let docs = self.docs(key, place);
        self.item(self.own_name(key), &place.wanted, &docs, shape)
    }

    fn of_list(&mut self, key: &Key, form: &Form, place: &Place, depth: usize) -> RustType {
        let item = |number: Option<usize>, roots: &[SchemaId], models: &mut Self| {
            let name = number.map_or_else(|| "item".to_owned(), |it| format!("item{it}"));
            let place = place.inside(&name, format!("an item of {}", place.words));
            Box::new(no_unit(models.at(roots, key.is_request, &place, depth + 1)))
        };
        if form.is_tuple && form.first.len() <= TUPLE {
            let items = form.first.iter().enumerate();
            let items = items.map(|(at, first)| *item(Some(at + 1), &[*first], self));
            return RustType::Tuple(items.collect());
        }
        if !form.first.is_empty() || form.items.is_empty() {
            return RustType::List(Box::new(RustType::Value));
        }
        RustType::List(item(None, &form.items, self))
    }

    fn of_object(&mut self, key: &Key, form: &Form, place: &Place, depth: usize) -> RustType {
        if form.properties.is_empty() {
            let place = place.inside("value", format!("a value of {}", place.words));
            return RustType::Map(Box::new(self.other_type(key, &form.others, &place, depth)));
        }
        let name = self.own_name(key).unwrap_or_else(|| self.table.allocate(&place.wanted));
        let docs = self.docs(key, place);
        let at = self.table.begin(name.clone(), docs);
        let (key, form) = (key.clone(), form.clone());
        self.pending.push_back(Pending { at, name: name.clone(), key, form });
        RustType::Model(name)
    }

    /// The type of properties without names.
    fn other_type(&mut self, key: &Key, others: &Others, place: &Place, depth: usize) -> RustType {
        match others {
            Others::Some(roots) if !roots.is_empty() => {
                no_unit(self.at(roots, key.is_request, place, depth + 1))
            }
            _ => RustType::Value,
        }
    }

    /// Plans the fields of all structs, and of those that they need.
    pub(super) fn fill_pending(&mut self) {
        while let Some(Pending { at, name, key, form }) = self.pending.pop_front() {
            let fields = self.fields(&name, &key, &form);
            self.table.fill(at, Shape::Struct(fields));
        }
    }

    fn fields(&mut self, owner: &str, key: &Key, form: &Form) -> Vec<Field> {
        let here = Place { wanted: owner.to_owned(), words: format!("`{owner}`") };
        let has_rest = matches!(form.others, Others::Some(_));
        // A name that is required and described nowhere can be anything.
        let unknown: Vec<&String> = match has_rest {
            true => Vec::new(),
            false => form.required.iter().filter(|it| !form.properties.contains_key(*it)).collect(),
        };
        let named = form.properties.keys().chain(unknown.iter().copied());
        let mut pairs: Vec<(&str, &str)> = named.map(|name| (name.as_str(), "field")).collect();
        if has_rest {
            pairs.push((REST, "rest"));
        }
        let mut names = rust::fields(&pairs).into_iter();
        let mut fields = Vec::new();
        for (wire, roots) in &form.properties {
            let words = format!("`{}` of `{owner}`", one_line(wire).replace(['`', '\\'], ""));
            let place = here.inside(wire, words);
            let ty = no_unit(self.at(roots, key.is_request, &place, 0));
            let docs = self.field_docs(roots, key);
            let name = names.next().unwrap_or_default();
            fields.push(with_presence(field(name, wire, docs, ty), form.required.contains(wire)));
        }
        for wire in unknown {
            self.census.widened(OTHERS, 1);
            let name = names.next().unwrap_or_default();
            fields.push(field(name, wire, String::new(), RustType::Value));
        }
        if has_rest {
            let place = here.inside("value", format!("a value of `{owner}`"));
            let ty = self.other_type(key, &form.others, &place, 0);
            let docs = "The properties that no other field has.".to_owned();
            let rest =
                field(names.next().unwrap_or_default(), "", docs, RustType::Map(Box::new(ty)));
            fields.push(Field { absent: Absent::Rest, ..rest });
        }
        fields
    }

    /// The name of the schema that a key stands for, where it stands for one that has a name.
    pub(super) fn own_name(&self, key: &Key) -> Option<String> {
        match key.roots.as_slice() {
            [one] if key.chosen.is_empty() => {
                self.reach.name(*one, key.is_request).map(str::to_owned)
            }
            _ => None,
        }
    }

    /// The documentation of an item.
    pub(super) fn docs(&self, key: &Key, place: &Place) -> String {
        let described = key.roots.iter().find_map(|root| self.description(*root));
        described.unwrap_or_else(|| match (self.own_name(key), key.roots.as_slice()) {
            (Some(_), [one]) => {
                let name = self.schemas[*one].name.as_deref().unwrap_or_default();
                format!("The schema `{}`.", one_line(name).replace(['`', '\\'], ""))
            }
            _ => {
                let mut words = place.words.clone();
                if let Some(first) = words.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                format!("{words}.")
            }
        })
    }

    fn field_docs(&self, roots: &[SchemaId], key: &Key) -> String {
        let mut docs = roots.iter().find_map(|root| self.description(*root)).unwrap_or_default();
        let mut add = |sentence: &str| {
            if !docs.is_empty() {
                docs.push_str("\n\n");
            }
            docs.push_str(sentence);
        };
        let access = if key.is_request { Access::Request } else { Access::Response };
        let form = Form::new(self.schemas, roots, &[], access);
        if let Some([only]) = form.values.as_deref()
            && form.nullable != Some(true)
        {
            add(&format!("Always `{}`.", one_line(&only.to_string()).replace(['`', '\\'], "")));
        }
        if roots.iter().any(|root| self.schemas[*root].deprecated) {
            add("Deprecated.");
        }
        docs
    }

    /// The description of a schema, or of what it stands for.
    fn description(&self, id: SchemaId) -> Option<String> {
        let mut id = id;
        for _ in 0..self.schemas.len() {
            let schema = &self.schemas[id];
            let text = schema.description.as_deref().map(str::trim).filter(|it| !it.is_empty());
            if let Some(text) = text {
                return Some(markdown(text)).filter(|it| !it.is_empty());
            }
            id = schema.reference.or_else(|| super::sole(self.schemas, schema))?;
        }
        None
    }
}

/// What stands in for a field where it is absent.
fn with_presence(field: Field, required: bool) -> Field {
    if required {
        return field;
    }
    let absent = match &field.ty {
        RustType::Optional(_) | RustType::Value => Absent::Apart,
        _ => Absent::None,
    };
    Field { ty: RustType::Optional(Box::new(field.ty)), absent, ..field }
}

/// A name for what has none of the known values.
pub(super) fn other_variant(taken: &mut BTreeSet<String>) -> String {
    let mut name = "Unknown".to_owned();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("Unknown{number}");
        number += 1;
    }
    name
}

/// The type of an integer. What is said to be narrow is, and only what may be larger than an `i64`
/// is a `u64`.
fn width(form: &Form) -> RustType {
    let fits_u64 = |number: &Number| number.as_u64().is_some_and(|it| i64::try_from(it).is_err());
    let is_positive = form.minimum.as_ref().is_some_and(Number::is_u64);
    match form.format.as_deref() {
        Some("int8" | "int16" | "int32") => RustType::Sized(Width::I32),
        Some("uint8" | "uint16" | "uint32") => RustType::Sized(Width::U32),
        Some("uint64") => RustType::Sized(Width::U64),
        _ if is_positive && form.maximum.as_ref().is_some_and(fits_u64) => {
            RustType::Sized(Width::U64)
        }
        _ => RustType::Integer,
    }
}

/// Null alone is no type that is worth a field.
fn no_unit(ty: RustType) -> RustType {
    if ty == RustType::Unit { RustType::Value } else { ty }
}

//! The types that `mcp.toml` declares, and those that its type expressions need, as Rust types.

use std::collections::BTreeMap;

use serde_json::{Map, json};

use super::Kind;
use super::declared::check_default;
use super::declared_schema::definition;
use super::docs::{markdown, one_line};
use super::format::Format;
use super::names::rust;
use super::type_table::{Outline, Part, TypeTable, field, shape_of_values};
use super::types::{Absent, Expression, Field, RustType, Shape, TypeItem};
use super::wire_schema::{put, referred};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{ArgumentType, DeclaredArgument, DeclaredModel, Json, ModelShape};

/// Longest tuple that serde reads.
pub(super) const TUPLE: usize = 16;
/// Most parts of a schema that a table could say.
const COVERED: usize = 1000;
/// Keywords that can stand beside a definition without changing what it accepts.
const ANNOTATIONS: [&str; 6] =
    ["title", "description", "default", "examples", "deprecated", "x-mcp-header"];

/// The types of the declared components of one server.
#[derive(Debug)]
pub(super) struct Types<'d> {
    models: BTreeMap<&'d str, Declared<'d>>,
    /// The schemas of the declared types, which refer to each other.
    definitions: Map<String, Json>,
    table: TypeTable,
}

#[derive(Debug)]
struct Declared<'d> {
    model: &'d DeclaredModel,
    /// Its Rust type.
    ty: RustType,
}

/// Where a type stands: what it is called after where it has no name.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The wanted name: `CatKind`.
    wanted: String,
    /// The place in words: `Cat.kind`.
    path: String,
}

impl Place {
    /// A field of a model, or an argument of a component.
    pub(super) fn new(owner: &str, name: &str) -> Self {
        let wanted = rust::type_name(&rust::snake(&format!("{owner}_{name}"), "value"));
        Self { wanted, path: format!("{owner}.{}", one_line(name).replace(['`', '\\'], "")) }
    }
}

impl<'d> Types<'d> {
    /// Plans the declared types. Names that Rust cannot have are E0309, those that would be the same
    /// E0402, defaults that a field would not accept E0308.
    pub(super) fn new(declared: &'d [DeclaredModel], diagnostics: &mut Diagnostics) -> Self {
        let mut types =
            Self { models: BTreeMap::new(), definitions: Map::new(), table: TypeTable::default() };
        let mut named: BTreeMap<String, &DeclaredModel> = BTreeMap::new();
        for model in declared {
            types.definitions.insert(model.name.clone(), definition(model));
            let name = match rust::model(&model.name) {
                Some(name) => name,
                None => {
                    diagnostics.push(reserved(model));
                    continue;
                }
            };
            // Neither texts nor integers: any of the values is a `Value`.
            let ty = match &model.shape {
                ModelShape::Values(values)
                    if shape_of_values(&values.iter().collect::<Vec<_>>()).is_none() =>
                {
                    types.table.literal(&name, "", values)
                }
                _ => RustType::Model(name.clone()),
            };
            if ty == RustType::Model(name.clone()) {
                if let Some(first) = named.insert(name.clone(), model) {
                    diagnostics.push(same_name(model, first, &name));
                }
                types.table.reserve(&name);
            }
            types.models.insert(&model.name, Declared { model, ty });
        }
        for model in declared {
            types.plan_model(model, diagnostics);
        }
        types
    }

    fn plan_model(&mut self, model: &DeclaredModel, diagnostics: &mut Diagnostics) {
        let Some(Declared { ty: RustType::Model(name), .. }) = self.models.get(model.name.as_str())
        else {
            return;
        };
        let name = name.clone();
        let docs = match model.description.as_deref() {
            Some(description) => markdown(description),
            None => match model.shape {
                ModelShape::Fields(_) => format!("The model `{}`.", model.name),
                ModelShape::Values(_) => format!("The enum `{}`.", model.name),
            },
        };
        let at = self.table.begin(name, docs);
        let shape = match &model.shape {
            ModelShape::Values(values) => shape_of_values(&values.iter().collect::<Vec<_>>()),
            ModelShape::Fields(fields) => {
                fields.iter().for_each(|field| check_default(field, self, diagnostics));
                Some(Shape::Struct(self.fields(&model.name, fields)))
            }
        };
        if let Some(shape) = shape {
            self.table.fill(at, shape);
        }
    }

    fn fields(&mut self, owner: &str, declared: &[DeclaredArgument]) -> Vec<Field> {
        let pairs: Vec<_> = declared.iter().map(|field| (field.name.as_str(), "field")).collect();
        let names = rust::fields(&pairs);
        declared
            .iter()
            .zip(names)
            .map(|(argument, name)| {
                let docs = markdown(argument.description.as_deref().unwrap_or_default());
                let ty = self.rust_type(&argument.ty, &Place::new(owner, &argument.name));
                let mut planned = field(name, &argument.name, docs, ty);
                if let Some(default) = &argument.default {
                    planned.absent = match (&planned.ty, default) {
                        (RustType::Optional(_), Json::Null) => Absent::None,
                        _ => Absent::Value(Expression::Json(default.to_string())),
                    };
                }
                planned
            })
            .collect()
    }

    /// What the values of a declared type are.
    pub(super) fn shape(&self, name: &str) -> Option<&'d ModelShape> {
        self.models.get(name).map(|declared| &declared.model.shape)
    }

    /// Whether a declared type is an item of the module `models`.
    pub(super) fn is_item(&self, name: &str) -> bool {
        self.models.get(name).is_some_and(|declared| matches!(declared.ty, RustType::Model(_)))
    }

    /// The Rust type of a type; `place` names an enum that has no name of its own.
    pub(super) fn rust_type(&mut self, ty: &ArgumentType, place: &Place) -> RustType {
        let mut inner = |ty: &ArgumentType| Box::new(self.rust_type(ty, place));
        match ty {
            ArgumentType::Int => RustType::Integer,
            ArgumentType::Float => RustType::Number,
            ArgumentType::Bool => RustType::Flag,
            ArgumentType::Str => RustType::Text,
            ArgumentType::Bytes
            | ArgumentType::DateTime
            | ArgumentType::Date
            | ArgumentType::Time
            | ArgumentType::TimeDelta
            | ArgumentType::Uuid
            | ArgumentType::Path => Format::of(ty).map_or(RustType::Text, RustType::Formatted),
            ArgumentType::Any => RustType::Value,
            // As free as any value, and `json!` writes it.
            ArgumentType::Dict(value) if **value == ArgumentType::Any => RustType::Value,
            ArgumentType::None => RustType::Unit,
            ArgumentType::List(item) | ArgumentType::Set(item) => RustType::List(inner(item)),
            ArgumentType::Dict(value) => RustType::Map(inner(value)),
            ArgumentType::Tuple { items, open: true } => match items.as_slice() {
                [item] => RustType::List(inner(item)),
                _ => RustType::List(Box::new(RustType::Value)),
            },
            ArgumentType::Tuple { items, .. } if items.len() > TUPLE => {
                RustType::List(Box::new(RustType::Value))
            }
            ArgumentType::Tuple { items, .. } => {
                RustType::Tuple(items.iter().map(|item| *inner(item)).collect())
            }
            ArgumentType::Literal(values) => {
                let docs = format!("The values of `{}`.", place.path);
                self.table.literal(&place.wanted, &docs, values)
            }
            ArgumentType::Union(parts) => self.union(parts, place),
            ArgumentType::Model(name) => {
                self.models.get(name.as_str()).map_or(RustType::Value, |it| it.ty.clone())
            }
        }
    }

    fn union(&mut self, parts: &[ArgumentType], place: &Place) -> RustType {
        let parts: Vec<Part> = parts
            .iter()
            .map(|part| Part { ty: self.rust_type(part, place), outline: self.outline(part) })
            .collect();
        self.table.union(&place.wanted, parts)
    }

    /// What tells the objects of a model from others.
    fn outline(&self, ty: &ArgumentType) -> Option<Outline> {
        let ArgumentType::Model(name) = ty else { return None };
        let ModelShape::Fields(fields) = self.shape(name)? else { return None };
        let required = fields.iter().filter(|field| field.default.is_none());
        let constant = |field: &DeclaredArgument| {
            let values = match &field.ty {
                ArgumentType::Literal(values) => values.clone(),
                ArgumentType::Model(name) => match self.shape(name)? {
                    ModelShape::Values(values) => values.clone(),
                    ModelShape::Fields(_) => return None,
                },
                _ => return None,
            };
            Some((field.name.clone(), values))
        };
        Some(Outline {
            properties: fields.iter().map(|field| field.name.clone()).collect(),
            required: required.map(|field| field.name.clone()).collect(),
            constants: fields.iter().filter_map(constant).collect(),
        })
    }

    /// The type of the field of an argument, where it is not that of its kind.
    pub(super) fn of_argument(
        &mut self,
        argument: &DeclaredArgument,
        owner: &str,
        kind: Kind,
    ) -> Option<RustType> {
        let ty = match self.rust_type(&argument.ty, &Place::new(owner, &argument.name)) {
            RustType::Optional(inner) => *inner,
            ty => ty,
        };
        let list = |item: RustType| RustType::List(Box::new(item));
        let natural = match kind {
            Kind::Text | Kind::File => RustType::Text,
            Kind::Integer => RustType::Integer,
            Kind::Number => RustType::Number,
            Kind::Flag => RustType::Flag,
            Kind::Texts | Kind::Files => list(RustType::Text),
            Kind::Integers => list(RustType::Integer),
            Kind::Numbers => list(RustType::Number),
            Kind::Flags => list(RustType::Flag),
            Kind::Any | Kind::List | Kind::Object => RustType::Value,
        };
        (ty != natural && ty != RustType::Unit).then_some(ty)
    }

    /// The Rust type that a handler gives back.
    pub(super) fn of_result(&mut self, ty: &ArgumentType, owner: &str) -> RustType {
        self.rust_type(ty, &Place::new(owner, "result"))
    }

    /// The schema that a reference leads to, with what stands beside the reference.
    pub(super) fn followed(&self, schema: &Json) -> Json {
        let name = |own: &Map<String, Json>| reference(own).map(str::to_owned);
        let Some(own) = schema.as_object() else { return schema.clone() };
        let definition = name(own).and_then(|name| self.definitions.get(&name)?.as_object());
        definition.map_or_else(|| schema.clone(), |it| merged(it.clone(), own.clone()))
    }

    /// A schema with definitions in the place of references, where it is not too long for a table
    /// to say it.
    pub(super) fn inlined(&self, schema: &Json) -> Json {
        let mut inliner = Inliner { types: self, open: Vec::new(), written: 0, room: COVERED };
        inliner.inline(schema).unwrap_or_else(|| schema.clone())
    }

    /// A schema with the definitions that it refers to: inside it where that is no longer, and in
    /// `$defs` otherwise.
    pub(super) fn listed(&self, schema: Json) -> Json {
        let names = referred([&schema], |name| self.definitions.get_key_value(name));
        if names.is_empty() {
            return schema;
        }
        let definitions: Map<String, Json> = self
            .definitions
            .iter()
            .filter(|(name, _)| names.contains(name.as_str()))
            .map(|(name, definition)| (name.clone(), definition.clone()))
            .collect();
        let mut with_definitions = schema.clone();
        if let Json::Object(members) = &mut with_definitions {
            put(members, "$defs", definitions);
        }
        let room = with_definitions.to_string().len();
        let mut inliner = Inliner { types: self, open: Vec::new(), written: 0, room };
        match inliner.inline(&schema) {
            Some(inlined) if inlined.to_string().len() <= room => inlined,
            _ => with_definitions,
        }
    }

    /// The items of the module `models` so far.
    pub(super) fn table(&mut self) -> &mut TypeTable {
        &mut self.table
    }

    /// The items of the module `models`.
    pub(super) fn finish(self) -> Vec<TypeItem> {
        self.table.finish()
    }
}

/// The definition that a schema refers to.
fn reference(schema: &Map<String, Json>) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// A definition with what stood beside the reference to it.
fn merged(mut definition: Map<String, Json>, mut own: Map<String, Json>) -> Json {
    own.remove("$ref");
    if own.keys().all(|key| ANNOTATIONS.contains(&key.as_str())) {
        definition.extend(own);
        return Json::Object(definition);
    }
    put(&mut own, "allOf", json!([definition]));
    Json::Object(own)
}

/// Writes definitions in the place of references.
struct Inliner<'t> {
    types: &'t Types<'t>,
    /// The definitions that are being written.
    open: Vec<String>,
    /// Members and items so far: more than the bytes that there is room for cannot be shorter.
    written: usize,
    room: usize,
}

impl Inliner<'_> {
    /// `None` where a definition leads to itself, or there is no room.
    fn inline(&mut self, schema: &Json) -> Option<Json> {
        self.written += 1;
        if self.written > self.room {
            return None;
        }
        match schema {
            Json::Object(members) => {
                let own: Map<String, Json> = members
                    .iter()
                    .map(|(key, value)| Some((key.clone(), self.inline(value)?)))
                    .collect::<Option<_>>()?;
                let name = reference(members).map(str::to_owned);
                let Some(name) = name else { return Some(Json::Object(own)) };
                let definition = self.types.definitions.get(&name)?;
                if self.open.contains(&name) {
                    return None;
                }
                self.open.push(name);
                let written = self.inline(definition)?;
                self.open.pop();
                let Json::Object(written) = written else { return None };
                Some(merged(written, own))
            }
            Json::Array(items) => {
                Some(Json::Array(items.iter().map(|it| self.inline(it)).collect::<Option<_>>()?))
            }
            scalar => Some(scalar.clone()),
        }
    }
}

fn reserved(model: &DeclaredModel) -> Diagnostic {
    let message = format!("Rust or the generated code has the name `{}`", model.name);
    let help = format!("call it otherwise: [model.My{}]", rust::type_name(&model.name));
    Diagnostic::error(Code::E0309, message).at(model.span, "").help(help)
}

fn same_name(model: &DeclaredModel, first: &DeclaredModel, name: &str) -> Diagnostic {
    let message = format!("`{}` and `{}` would both be `{name}` in Rust", first.name, model.name);
    Diagnostic::error(Code::E0402, message)
        .at(model.span, "the second one")
        .also(first.span, "the first one")
        .help("give one of them another name")
}

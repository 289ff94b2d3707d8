//! Types of the grammar as schemas, for operations of upstreams.

use std::collections::BTreeMap;

use crate::model::schema::JsonType;
use crate::model::{
    ArgumentType, DeclaredArgument, DeclaredModel, Json, ModelShape, Schema, SchemaId, Schemas,
};

/// Adds the schemas of one operation to those of its document.
pub(super) struct Builder<'d> {
    schemas: &'d mut Schemas,
    models: &'d [DeclaredModel],
    /// The models that are there; one that holds itself refers to itself.
    named: BTreeMap<String, SchemaId>,
}

impl<'d> Builder<'d> {
    pub(super) fn new(schemas: &'d mut Schemas, models: &'d [DeclaredModel]) -> Self {
        Self { schemas, models, named: BTreeMap::new() }
    }

    pub(super) fn push(&mut self, schema: Schema) -> SchemaId {
        self.schemas.push(schema)
    }

    /// The schema of a declared type; `None` for one that could not be read, which was reported.
    fn model(&mut self, name: &str) -> Option<SchemaId> {
        if let Some(id) = self.named.get(name) {
            return Some(*id);
        }
        let model = self.models.iter().find(|model| model.name == name)?;
        let id = self.push(Schema::default());
        self.named.insert(name.to_owned(), id);
        let schema = match &model.shape {
            ModelShape::Values(values) => literal(values),
            ModelShape::Fields(fields) => fields_of(fields, self),
        };
        let description = model.description.clone();
        let (span, name) = (Some(model.span), Some(name.to_owned()));
        self.schemas.set(id, Schema { span, name, description, ..schema });
        Some(id)
    }
}

/// The schema of an object with these properties.
pub(super) fn fields_of(fields: &[DeclaredArgument], schemas: &mut Builder<'_>) -> Schema {
    let properties =
        fields.iter().map(|field| (field.name.clone(), of_argument(field, schemas))).collect();
    let required = fields.iter().filter(|field| field.default.is_none());
    let required = required.map(|field| field.name.clone()).collect();
    Schema { required, properties, ..object() }
}

/// The schema of an object.
fn object() -> Schema {
    plain(JsonType::Object)
}

fn plain(ty: JsonType) -> Schema {
    Schema { types: vec![ty], ..Schema::default() }
}

/// The schema of an argument with its limits, which are those of what is not `None`.
pub(super) fn of_argument(argument: &DeclaredArgument, schemas: &mut Builder<'_>) -> SchemaId {
    let mut schema = match &argument.ty {
        ArgumentType::Union(members) => {
            let rest: Vec<_> = members.iter().filter(|it| **it != ArgumentType::None).collect();
            match rest.as_slice() {
                [only] if !matches!(only, ArgumentType::Model(_)) => {
                    let mut schema = limited(only, argument, schemas);
                    if !schema.types.is_empty() {
                        schema.types.push(JsonType::Null);
                    }
                    schema
                }
                _ => schema(&argument.ty, schemas),
            }
        }
        ty => limited(ty, argument, schemas),
    };
    schema.title.clone_from(&argument.title);
    schema.description.clone_from(&argument.description);
    schema.default.clone_from(&argument.default);
    schema.examples.clone_from(&argument.examples);
    schema.deprecated = argument.deprecated;
    schema.span = Some(argument.span);
    schemas.push(schema)
}

/// The schema of a type.
pub(super) fn of_type(ty: &ArgumentType, schemas: &mut Builder<'_>) -> SchemaId {
    let schema = schema(ty, schemas);
    schemas.push(schema)
}

fn limited(ty: &ArgumentType, argument: &DeclaredArgument, schemas: &mut Builder<'_>) -> Schema {
    let mut schema = schema(ty, schemas);
    if schema.types.as_slice() == [JsonType::Array] {
        schema.min_items = argument.min_length.or(schema.min_items);
        schema.max_items = argument.max_length.or(schema.max_items);
        // Limits of numbers and texts inside a list hold for its items.
        if let Some(items) = schema.items.map(|id| schemas.schemas[id].clone()) {
            schema.items = Some(schemas.push(with_limits(items, argument)));
        }
        return schema;
    }
    schema.min_length = argument.min_length;
    schema.max_length = argument.max_length;
    with_limits(schema, argument)
}

fn with_limits(schema: Schema, argument: &DeclaredArgument) -> Schema {
    Schema {
        minimum: argument.minimum.clone(),
        maximum: argument.maximum.clone(),
        exclusive_minimum: argument.exclusive_minimum.clone(),
        exclusive_maximum: argument.exclusive_maximum.clone(),
        multiple_of: argument.multiple_of.clone(),
        pattern: argument.pattern.clone(),
        ..schema
    }
}

fn schema(ty: &ArgumentType, schemas: &mut Builder<'_>) -> Schema {
    let format =
        |format: &str| Schema { format: Some(format.to_owned()), ..plain(JsonType::String) };
    let list = |item: Schema, unique_items: bool, schemas: &mut Builder<'_>| Schema {
        items: Some(schemas.push(item)),
        unique_items,
        ..plain(JsonType::Array)
    };
    match ty {
        ArgumentType::Int => plain(JsonType::Integer),
        ArgumentType::Float => plain(JsonType::Number),
        ArgumentType::Str => plain(JsonType::String),
        ArgumentType::Bool => plain(JsonType::Boolean),
        ArgumentType::Bytes => {
            Schema { content_encoding: Some("base64".to_owned()), ..plain(JsonType::String) }
        }
        ArgumentType::DateTime => format("date-time"),
        ArgumentType::Date => format("date"),
        ArgumentType::Time => format("time"),
        ArgumentType::TimeDelta => format("duration"),
        ArgumentType::Uuid => format("uuid"),
        ArgumentType::Path => format("path"),
        ArgumentType::Any => Schema::default(),
        ArgumentType::Model(name) => Schema { reference: schemas.model(name), ..Schema::default() },
        ArgumentType::None => plain(JsonType::Null),
        ArgumentType::List(item) => {
            let item = schema(item, schemas);
            list(item, false, schemas)
        }
        ArgumentType::Set(item) => {
            let item = schema(item, schemas);
            list(item, true, schemas)
        }
        ArgumentType::Tuple { items, open } => {
            let all: Vec<SchemaId> = items.iter().map(|item| of_type(item, schemas)).collect();
            let length = all.len() as u64;
            let (prefix_items, items) = match (open, all.split_last()) {
                (true, Some((last, before))) => (before.to_vec(), Some(*last)),
                _ => (all, None),
            };
            let exact = (!open).then_some(length);
            let array = plain(JsonType::Array);
            Schema { prefix_items, items, min_items: exact, max_items: exact, ..array }
        }
        ArgumentType::Dict(value) => match &**value {
            ArgumentType::Any => object(),
            value => {
                let value = of_type(value, schemas);
                Schema { additional_properties: Some(value), ..object() }
            }
        },
        ArgumentType::Literal(values) => literal(values),
        ArgumentType::Union(members) => Schema {
            any_of: members.iter().map(|member| of_type(member, schemas)).collect(),
            ..Schema::default()
        },
    }
}

fn literal(values: &[Json]) -> Schema {
    let types = if values.iter().all(Json::is_string) {
        vec![JsonType::String]
    } else if values.iter().all(Json::is_i64) {
        vec![JsonType::Integer]
    } else {
        Vec::new()
    };
    Schema { types, enumeration: Some(values.to_vec()), ..Schema::default() }
}

//! Schemas: an arena of JSON Schema 2020-12 nodes, whatever version they were written in.

mod graph;

use indexmap::IndexMap;

use super::Json;
use crate::source::Span;
pub use graph::{Access, Cycles};

/// A schema in [`Schemas`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SchemaId(pub u32);

/// The schemas of a document. References are edges, so the arena may hold cycles.
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    nodes: Vec<Schema>,
}

impl Schemas {
    /// Adds a schema.
    pub fn push(&mut self, schema: Schema) -> SchemaId {
        let id = u32::try_from(self.nodes.len()).expect("documents are far below 2^32 schemas");
        self.nodes.push(schema);
        SchemaId(id)
    }

    /// Replaces a schema: how the target of a cyclic reference is filled in.
    pub fn set(&mut self, id: SchemaId, schema: Schema) {
        self.nodes[id.0 as usize] = schema;
    }

    /// All schemas, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = SchemaId> + use<> {
        (0..self.nodes.len() as u32).map(SchemaId)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl std::ops::Index<SchemaId> for Schemas {
    type Output = Schema;

    fn index(&self, id: SchemaId) -> &Schema {
        &self.nodes[id.0 as usize]
    }
}

impl std::ops::IndexMut<SchemaId> for Schemas {
    fn index_mut(&mut self, id: SchemaId) -> &mut Schema {
        &mut self.nodes[id.0 as usize]
    }
}

/// One schema object, in the words of JSON Schema 2020-12.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Where it stands.
    pub span: Option<Span>,
    /// The last segment of its pointer where it is a target of references:
    /// `#/components/schemas/Book` gives `Book`.
    pub name: Option<String>,
    /// `false` as a whole schema: nothing is valid.
    pub never: bool,
    /// `$ref`, followed.
    pub reference: Option<SchemaId>,
    /// `type`; empty: any.
    pub types: Vec<JsonType>,
    /// `title`
    pub title: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `default`
    pub default: Option<Json>,
    /// `examples`, an `example` of 3.0 among them.
    pub examples: Vec<Json>,
    /// `deprecated`
    pub deprecated: bool,
    /// `readOnly`
    pub read_only: bool,
    /// `writeOnly`
    pub write_only: bool,
    /// `enum`
    pub enumeration: Option<Vec<Json>>,
    /// `const`
    pub constant: Option<Json>,
    /// `format`
    pub format: Option<String>,
    /// `contentEncoding`
    pub content_encoding: Option<String>,
    /// `contentMediaType`; a `format: binary` becomes `application/octet-stream` here.
    pub content_media_type: Option<String>,
    /// `minLength`
    pub min_length: Option<u64>,
    /// `maxLength`
    pub max_length: Option<u64>,
    /// `pattern`
    pub pattern: Option<String>,
    /// `minimum`
    pub minimum: Option<serde_json::Number>,
    /// `maximum`
    pub maximum: Option<serde_json::Number>,
    /// `exclusiveMinimum`
    pub exclusive_minimum: Option<serde_json::Number>,
    /// `exclusiveMaximum`
    pub exclusive_maximum: Option<serde_json::Number>,
    /// `multipleOf`
    pub multiple_of: Option<serde_json::Number>,
    /// `items`
    pub items: Option<SchemaId>,
    /// `prefixItems`
    pub prefix_items: Vec<SchemaId>,
    /// `minItems`
    pub min_items: Option<u64>,
    /// `maxItems`
    pub max_items: Option<u64>,
    /// `uniqueItems`
    pub unique_items: bool,
    /// `properties`, in the order of the document.
    pub properties: IndexMap<String, SchemaId>,
    /// `required`
    pub required: Vec<String>,
    /// `additionalProperties`; a schema with `never` for `false`.
    pub additional_properties: Option<SchemaId>,
    /// `minProperties`
    pub min_properties: Option<u64>,
    /// `maxProperties`
    pub max_properties: Option<u64>,
    /// `allOf`
    pub all_of: Vec<SchemaId>,
    /// `anyOf`
    pub any_of: Vec<SchemaId>,
    /// `oneOf`
    pub one_of: Vec<SchemaId>,
    /// `not`
    pub not: Option<SchemaId>,
    /// `discriminator`
    pub discriminator: Option<Discriminator>,
    /// Other keywords whose value is one schema (`if`, `then`, `propertyNames`, `contains`, …).
    pub applicators: IndexMap<String, SchemaId>,
    /// Other keywords whose value maps names to schemas (`patternProperties`,
    /// `dependentSchemas`).
    pub applicator_maps: IndexMap<String, IndexMap<String, SchemaId>>,
    /// Keywords without schemas in them that have no field here (`dependentRequired`,
    /// `minContains`). `x-` keys, `xml` and `externalDocs` are dropped.
    pub keywords: IndexMap<String, Json>,
}

/// `discriminator` of OpenAPI.
#[derive(Clone, Debug)]
pub struct Discriminator {
    /// `propertyName`
    pub property: String,
    /// `mapping`, its references followed.
    pub mapping: IndexMap<String, SchemaId>,
    /// `defaultMapping`, its reference followed: what an object is whose property is absent, or means
    /// nothing else.
    pub default: Option<SchemaId>,
    /// Where the members of the union are the heirs of a schema: that schema itself, which all of them
    /// have in their `allOf`.
    pub base: Option<SchemaId>,
}

/// A JSON type.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum JsonType {
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `string`
    String,
    /// `array`
    Array,
    /// `object`
    Object,
    /// `null`, last where types are listed.
    Null,
}

impl JsonType {
    /// The name that JSON Schema has for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

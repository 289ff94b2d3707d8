//! Rust types of generated code: those that are named in tables, and the items of the module
//! `models`.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::format::Format;

/// A Rust type in generated code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RustType {
    /// `String`
    Text,
    /// `i64`
    Integer,
    /// An integer of another width.
    Sized(Width),
    /// `f64`
    Number,
    /// `bool`
    Flag,
    /// `Value` of `serde_json`
    Value,
    /// `ToolResult`
    ToolResult,
    /// `ResourceResult`
    ResourceResult,
    /// `PromptResult`
    PromptResult,
    /// `Vec<u8>` as it is: the contents of a resource.
    Bytes,
    /// What a text of a format is read as.
    Formatted(Format),
    /// `()`
    Unit,
    /// `Vec<T>`
    List(Box<Self>),
    /// `Option<T>`
    Optional(Box<Self>),
    /// `BTreeMap<String, T>`
    Map(Box<Self>),
    /// `(A, B)`
    Tuple(Vec<Self>),
    /// `Box<T>`, where a type holds itself.
    Boxed(Box<Self>),
    /// An item of the module `models`.
    Model(String),
}

/// The widths of integers beside `i64`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Width {
    /// `i32`
    I32,
    /// `u32`
    U32,
    /// `u64`
    U64,
}

impl Shape {
    /// The types that it names.
    pub fn types(&self) -> Box<dyn Iterator<Item = &RustType> + '_> {
        match self {
            Self::Struct(fields) => Box::new(fields.iter().map(|field| &field.ty)),
            Self::Union(variants) => Box::new(variants.iter().map(|(_, ty)| ty)),
            Self::Tagged(tagged) => {
                let others = tagged.others.iter().map(|(_, ty)| ty);
                Box::new(tagged.variants.iter().map(|variant| &variant.ty).chain(others))
            }
            Self::Texts(_) | Self::OpenTexts { .. } | Self::Integers(_) => {
                Box::new(std::iter::empty())
            }
        }
    }
}

impl RustType {
    /// Whether it names an item of the module `models`.
    #[must_use]
    pub fn names_model(&self) -> bool {
        self.any(&|ty| matches!(ty, Self::Model(_)))
    }

    /// Whether it is, or holds, such a type.
    pub fn any(&self, is: &impl Fn(&Self) -> bool) -> bool {
        is(self)
            || match self {
                Self::List(inner)
                | Self::Optional(inner)
                | Self::Map(inner)
                | Self::Boxed(inner) => inner.any(is),
                Self::Tuple(items) => items.iter().any(|item| item.any(is)),
                _ => false,
            }
    }

    /// Whether its form on the wire is not the one that serde gives it. Items of the module `models`
    /// see to that themselves.
    #[must_use]
    pub fn has_wire_form(&self) -> bool {
        self.any(&|ty| matches!(ty, Self::Formatted(_)))
    }

    /// The items of the module `models` that it names.
    pub(super) fn models<'t>(&'t self, found: &mut BTreeSet<&'t str>) {
        match self {
            Self::Model(name) => drop(found.insert(name)),
            Self::List(inner) | Self::Optional(inner) | Self::Map(inner) | Self::Boxed(inner) => {
                inner.models(found);
            }
            Self::Tuple(items) => items.iter().for_each(|item| item.models(found)),
            _ => {}
        }
    }

    /// Whether the runtime makes contents of a resource of it without being told that it is JSON.
    #[must_use]
    pub const fn is_contents(&self) -> bool {
        matches!(self, Self::Text | Self::Value | Self::Bytes | Self::ResourceResult)
    }

    /// Whether the runtime knows no way but serde to make a result of a tool of it.
    #[must_use]
    pub fn is_serialized(&self) -> bool {
        matches!(self, Self::Model(_) | Self::Map(_) | Self::Tuple(_))
    }
}

/// An item of the module `models`.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeItem {
    /// Its name.
    pub name: String,
    /// Its documentation, as Markdown that is safe in a doc comment.
    pub docs: String,
    /// What it is.
    pub shape: Shape,
}

/// The forms of items.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A struct with these fields.
    Struct(Vec<Field>),
    /// An enum of texts.
    Texts(Vec<Variant<String>>),
    /// An enum of texts that keeps any other text too.
    OpenTexts {
        /// The texts that are known.
        variants: Vec<Variant<String>>,
        /// The variant of the others.
        other: String,
    },
    /// An enum of integers.
    Integers(Vec<Variant<i64>>),
    /// An enum of other types: a value is the first variant that it fits.
    Union(Vec<(String, RustType)>),
    /// An enum of objects: a property says which variant a value is.
    Tagged(Tagged),
}

/// Objects that are told apart by a property.
#[derive(Clone, Debug, PartialEq)]
pub struct Tagged {
    /// The property. It is a field of the types inside the variants too.
    pub property: String,
    /// The variants.
    pub variants: Vec<TaggedVariant>,
    /// The variant of whatever has another value in that property, or none; without it such a value
    /// is refused.
    pub others: Option<(String, RustType)>,
}

/// A variant of objects that are told apart by a property.
#[derive(Clone, Debug, PartialEq)]
pub struct TaggedVariant {
    /// Its name.
    pub name: String,
    /// The values of the property that mean it: texts, or numbers and booleans as JSON writes them.
    pub tags: Vec<String>,
    /// What is in it.
    pub ty: RustType,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name: a valid Rust identifier, raw where it must be.
    pub name: String,
    /// Its name in JSON.
    pub wire: String,
    /// Its documentation, as Markdown that is safe in a doc comment.
    pub docs: String,
    /// Its type.
    pub ty: RustType,
    /// What stands in for it where it is absent.
    pub absent: Absent,
}

/// What stands in for a field that is absent.
#[derive(Clone, Debug, PartialEq)]
pub enum Absent {
    /// Nothing: it is required.
    Refused,
    /// `None`, which is not written either.
    None,
    /// `None`, while null is `Some(None)`, or `Some(Value::Null)`.
    Apart,
    /// It is no field in JSON: a map with the properties that no other field has.
    Rest,
    /// The default of its type.
    TypeDefault,
    /// This value.
    Value(Expression),
}

/// A variant that stands for one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant<T> {
    /// Its name.
    pub name: String,
    /// The value.
    pub value: T,
}

/// A constant value of a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A `String`.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A boolean.
    Flag(bool),
    /// `None`
    None,
    /// `Some(…)`
    Some(Box<Self>),
    /// `vec![…]`
    List(Vec<Self>),
    /// A `BTreeMap`.
    Map(Vec<(String, Self)>),
    /// `(a, b)`
    Tuple(Vec<Self>),
    /// `Box::new(…)`
    Boxed(Box<Self>),
    /// A variant of an enum without a value: type and variant.
    Unit(String, String),
    /// A variant with a value: type, variant, value.
    Variant(String, String, Box<Self>),
    /// A struct: type, and each field with its value.
    Struct(String, Vec<(String, Self)>),
    /// What a text is parsed as, where the type does so.
    Parsed(String),
    /// A duration.
    Duration(SignedDuration),
    /// A `Vec<u8>`.
    Bytes(Vec<u8>),
    /// A `PathBuf`.
    Path(String),
    /// A JSON value, as text.
    Json(String),
}

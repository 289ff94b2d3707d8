//! Constants of Rust types, from JSON.

use super::{Absent, Expression, Field, RustType, Shape, TypeTable};
use crate::model::Json;

/// Deepest nesting of a constant; defaults can name each other in a circle.
const DEPTH: usize = 32;

impl Expression {
    /// Whether it is what `Default` gives.
    pub(super) const fn is_type_default(&self) -> bool {
        match self {
            Self::Text(text) | Self::Path(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Duration(duration) => duration.is_zero(),
            Self::Integer(number) => *number == 0,
            Self::Number(number) => *number == 0.0 && number.is_sign_positive(),
            Self::Flag(flag) => !*flag,
            Self::List(items) => items.is_empty(),
            Self::Map(members) => members.is_empty(),
            _ => false,
        }
    }
}

impl TypeTable {
    /// A constant of a type; `None` where the JSON does not fit it.
    pub(super) fn expression(&self, ty: &RustType, json: &Json) -> Option<Expression> {
        self.at_depth(ty, json, 0)
    }

    fn at_depth(&self, ty: &RustType, json: &Json, depth: usize) -> Option<Expression> {
        if depth > DEPTH {
            return None;
        }
        let inner = |ty: &RustType, json: &Json| self.at_depth(ty, json, depth + 1);
        Some(match (ty, json) {
            (RustType::Text, Json::String(text)) => Expression::Text(text.clone()),
            (RustType::Integer, json) => Expression::Integer(integer(json)?),
            (RustType::Number, Json::Number(number)) => Expression::Number(number.as_f64()?),
            (RustType::Flag, Json::Bool(flag)) => Expression::Flag(*flag),
            (RustType::Formatted(format), Json::String(text)) => format.expression(text)?,
            (RustType::Value, json) => Expression::Json(json.to_string()),
            (RustType::Optional(_), Json::Null) => Expression::None,
            (RustType::Optional(ty), json) => Expression::Some(Box::new(inner(ty, json)?)),
            (RustType::Boxed(ty), json) => Expression::Boxed(Box::new(inner(ty, json)?)),
            (RustType::List(item), Json::Array(items)) => {
                Expression::List(items.iter().map(|it| inner(item, it)).collect::<Option<_>>()?)
            }
            (RustType::Tuple(types), Json::Array(items)) if types.len() == items.len() => {
                let items = types.iter().zip(items).map(|(ty, it)| inner(ty, it));
                Expression::Tuple(items.collect::<Option<_>>()?)
            }
            (RustType::Map(value), Json::Object(members)) => {
                let member = |(key, it): (&String, &Json)| Some((key.clone(), inner(value, it)?));
                Expression::Map(members.iter().map(member).collect::<Option<_>>()?)
            }
            (RustType::Model(name), json) => self.of_model(name, json, depth + 1)?,
            _ => return None,
        })
    }

    fn of_model(&self, name: &str, json: &Json, depth: usize) -> Option<Expression> {
        let unit = |variant: &str| Expression::Unit(name.to_owned(), variant.to_owned());
        match &self.get(name)?.shape {
            Shape::Texts(variants) => {
                let variant =
                    variants.iter().find(|it| Some(it.value.as_str()) == json.as_str())?;
                Some(unit(&variant.name))
            }
            Shape::Integers(variants) => {
                let variant = variants.iter().find(|it| Some(it.value) == integer(json))?;
                Some(unit(&variant.name))
            }
            Shape::Union(variants) => variants.iter().find_map(|(variant, ty)| {
                let inner = Box::new(self.at_depth(ty, json, depth)?);
                Some(Expression::Variant(name.to_owned(), variant.clone(), inner))
            }),
            // Only documents have these, and no default is made for them.
            Shape::OpenTexts { .. } | Shape::Tagged(_) => None,
            Shape::Struct(fields) => {
                let members = json.as_object()?;
                let value = |field: &Field| match (members.get(&field.wire), &field.absent) {
                    (Some(json), _) => self.at_depth(&field.ty, json, depth),
                    (None, Absent::None) => Some(Expression::None),
                    (None, Absent::Value(Expression::Json(text))) => {
                        let json = serde_json::from_str(text).ok()?;
                        self.at_depth(&field.ty, &json, depth)
                    }
                    (None, _) => None,
                };
                let field = |field: &Field| Some((field.name.clone(), value(field)?));
                let fields = fields.iter().map(field).collect::<Option<_>>()?;
                Some(Expression::Struct(name.to_owned(), fields))
            }
        }
    }
}

/// `1.0` is an integer too.
fn integer(json: &Json) -> Option<i64> {
    let whole = |number: f64| number.fract() == 0.0 && number.abs() < 9e15;
    json.as_i64().or_else(|| json.as_f64().filter(|it| whole(*it)).map(|it| it as i64))
}

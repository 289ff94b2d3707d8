//! Values with which messages are rendered once, made from the types of the arguments. They tell which
//! fields of declared models a message asks for that are not there.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Object, Value};

use crate::model::{ArgumentType, DeclaredModel, Json, ModelShape};

/// Models within models beyond this depth are values that have everything.
const DEEPEST: usize = 4;

/// Most values of models for one rendering.
pub(super) const MOST_MODELS: usize = 500;

/// A field of a model: its name after that of the model.
pub(super) type Field = (String, String);

/// Which of the values that a type has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fill {
    /// All that may be there: lists with items, no nulls, `true`.
    Full,
    /// As little as there may be.
    Empty,
    /// [`Fill::Full`], the values of choices being those at this place.
    Choice(usize),
}

/// What makes the values of one rendering.
pub(super) struct Sampler<'m> {
    pub(super) models: &'m [DeclaredModel],
    pub(super) fill: Fill,
    pub(super) seen: Arc<Seen>,
    /// How many more values of models are made; what comes then has everything.
    pub(super) left: Cell<usize>,
}

/// The fields that models do not have: those that were asked for, and those that are granted all the same.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) granted: BTreeSet<Field>,
    pub(super) missed: Mutex<Vec<Field>>,
}

impl Seen {
    /// The last field that was asked for.
    pub(super) fn last(&self) -> Option<Field> {
        self.missed.lock().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }
}

impl Sampler<'_> {
    /// A value of the type.
    pub(super) fn value(&self, ty: &ArgumentType) -> Value {
        self.at(ty, 0)
    }

    fn at(&self, ty: &ArgumentType, depth: usize) -> Value {
        let is_full = self.fill != Fill::Empty;
        match ty {
            ArgumentType::Int => Value::from(i64::from(is_full)),
            ArgumentType::Float => Value::from(if is_full { 1.5 } else { 0.0 }),
            ArgumentType::Bool => Value::from(is_full),
            ArgumentType::Str | ArgumentType::Bytes | ArgumentType::Path => {
                Value::from(if is_full { "text" } else { "" })
            }
            ArgumentType::DateTime => Value::from("2026-01-02T03:04:05Z"),
            ArgumentType::Date => Value::from("2026-01-02"),
            ArgumentType::Time => Value::from("03:04:05"),
            ArgumentType::TimeDelta => Value::from("PT1H"),
            ArgumentType::Uuid => Value::from("123e4567-e89b-12d3-a456-426614174000"),
            ArgumentType::None => Value::from(()),
            ArgumentType::Any => anything(),
            ArgumentType::List(item) | ArgumentType::Set(item) if is_full => {
                Value::from(vec![self.at(item, depth)])
            }
            ArgumentType::List(_) | ArgumentType::Set(_) => Value::from(Vec::<Value>::new()),
            ArgumentType::Tuple { items, .. } => {
                Value::from(items.iter().map(|item| self.at(item, depth)).collect::<Vec<_>>())
            }
            // Which keys there are is not known, so each is.
            ArgumentType::Dict(value) => {
                Value::from_object(Open { value: Some(self.at(value, depth)), depth: 0 })
            }
            ArgumentType::Literal(values) => self.choice(values),
            ArgumentType::Union(members) => {
                let mut others = members.iter().filter(|it| **it != ArgumentType::None);
                match (others.next(), others.next()) {
                    (_, None) if !is_full && members.contains(&ArgumentType::None) => {
                        Value::from(())
                    }
                    (Some(only), None) => self.at(only, depth),
                    _ => anything(),
                }
            }
            ArgumentType::Model(name) => self.model(name, depth),
        }
    }

    fn model(&self, name: &str, depth: usize) -> Value {
        match self.models.iter().find(|model| model.name == name).map(|model| &model.shape) {
            Some(ModelShape::Values(values)) => self.choice(values),
            Some(ModelShape::Fields(fields)) if depth < DEEPEST && self.left.get() > 0 => {
                self.left.set(self.left.get() - 1);
                let value = |ty| self.at(ty, depth + 1);
                let fields = fields.iter().map(|it| (it.name.clone(), value(&it.ty))).collect();
                let seen = Arc::clone(&self.seen);
                Value::from_object(Model { name: name.to_owned(), fields, seen })
            }
            _ => anything(),
        }
    }

    fn choice(&self, values: &[Json]) -> Value {
        let place = if let Fill::Choice(place) = self.fill { place } else { 0 };
        match values.get(place).or_else(|| values.first()) {
            Some(Json::String(text)) => Value::from(text.as_str()),
            Some(Json::Bool(flag)) => Value::from(*flag),
            Some(Json::Number(number)) => number
                .as_i64()
                .map(Value::from)
                .or_else(|| number.as_f64().map(Value::from))
                .unwrap_or_else(anything),
            _ => Value::from(()),
        }
    }
}

/// A value of which nothing is known.
fn anything() -> Value {
    Value::from_object(Open { value: None, depth: 0 })
}

/// A map that has every key.
#[derive(Debug)]
struct Open {
    /// The value of each key; `None`: another map like this one.
    value: Option<Value>,
    /// How many such maps are around it.
    depth: usize,
}

impl Object for Open {
    fn get_value(self: &Arc<Self>, _: &Value) -> Option<Value> {
        let inner = || Value::from_object(Self { value: None, depth: self.depth + 1 });
        Some(self.value.clone().unwrap_or_else(inner))
    }

    /// Whoever writes all of it comes to an end.
    fn enumerate(self: &Arc<Self>) -> Enumerator {
        if self.depth < 2 { Enumerator::Str(&["key"]) } else { Enumerator::Empty }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

/// A value of a declared model.
#[derive(Debug)]
struct Model {
    name: String,
    fields: Vec<(String, Value)>,
    seen: Arc<Seen>,
}

impl Object for Model {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let key = key.as_str()?;
        if let Some((_, value)) = self.fields.iter().find(|(name, _)| name == key) {
            return Some(value.clone());
        }
        let field = (self.name.clone(), key.to_owned());
        if self.seen.granted.contains(&field) {
            return Some(anything());
        }
        self.seen.missed.lock().unwrap_or_else(PoisonError::into_inner).push(field);
        None
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let names = self.fields.iter().map(|(name, _)| Value::from(name.as_str()));
        Enumerator::Values(names.collect())
    }
}

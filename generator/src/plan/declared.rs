//! Arguments and results of declared components: types of the grammar as kinds, schemas and Rust
//! types.

use std::collections::BTreeMap;

use serde_json::{Map, json};

use super::coverage::is_covered;
use super::docs::markdown;
use super::kind::Accepted;
use super::names::rust;
use super::output::Promise;
use super::value_check::violation;
use super::wire_schema::put;
use super::{Argument, Kind, Place, Rules, RustType};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{ArgumentType, DeclaredArgument, Json, Style};

/// The arguments of a declared component, as the table has them and as lists show them.
#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) arguments: Vec<Argument>,
    /// The pattern of each argument.
    pub(super) patterns: Vec<Option<String>>,
    /// The schema of each argument, by its name.
    pub(super) properties: Map<String, Json>,
    pub(super) required: Vec<String>,
}

/// Plans arguments. Defaults that an argument would not accept are E0308.
pub(super) fn arguments(declared: &[DeclaredArgument], diagnostics: &mut Diagnostics) -> Arguments {
    let pairs: Vec<_> = declared.iter().map(|argument| (argument.name.as_str(), "value")).collect();
    let fields = rust::fields(&pairs);
    let mut planned = Arguments {
        arguments: Vec::new(),
        patterns: Vec::new(),
        properties: Map::new(),
        required: Vec::new(),
    };
    for (argument, field) in declared.iter().zip(fields) {
        let accepted = accepted(argument);
        if let Some(default) = &argument.default
            && let Some(why) = violation(&accepted, default)
        {
            let message = format!("the default {default} of `{}` {why}", argument.name);
            diagnostics.push(
                Diagnostic::error(Code::E0308, message)
                    .at(argument.default_span.unwrap_or(argument.span), "")
                    .help("give a default that the argument itself would accept"),
            );
        }
        if argument.default.is_none() {
            planned.required.push(argument.name.clone());
        }
        let pattern = accepted.pattern.clone();
        let property = property(argument);
        let mut entry = plan_argument(argument, field, accepted);
        entry.schema = !is_covered(&entry, pattern.as_deref(), &property);
        planned.properties.insert(argument.name.clone(), property);
        planned.patterns.push(pattern);
        planned.arguments.push(entry);
    }
    planned
}

/// The same for a component whose list entry has no schemas to hold arguments against.
pub(super) fn without_schemas(mut planned: Arguments) -> Arguments {
    planned.arguments.iter_mut().for_each(|argument| argument.schema = false);
    planned
}

fn plan_argument(argument: &DeclaredArgument, field: String, accepted: Accepted) -> Argument {
    Argument {
        name: argument.name.clone(),
        wire: argument.name.clone(),
        field,
        docs: markdown(argument.description.as_deref().unwrap_or_default()),
        place: Place::Handler,
        style: Style::Form,
        explode: true,
        allow_reserved: false,
        part_headers: Vec::new(),
        required: argument.default.is_none(),
        nullable: accepted.nullable,
        default: argument.default.clone(),
        hidden: false,
        kind: accepted.kind,
        rules: accepted.rules,
        media_type: String::new(),
        schema: false,
    }
}

/// A union without `None`, and whether it had it.
fn without_none(ty: &ArgumentType) -> (Vec<&ArgumentType>, bool) {
    match ty {
        ArgumentType::Union(parts) => {
            let rest: Vec<_> = parts.iter().filter(|part| **part != ArgumentType::None).collect();
            let had = rest.len() < parts.len();
            (rest, had)
        }
        ArgumentType::None => (Vec::new(), true),
        other => (vec![other], false),
    }
}

pub(super) fn accepted(argument: &DeclaredArgument) -> Accepted {
    let (parts, none) = without_none(&argument.ty);
    let [ty] = parts.as_slice() else {
        return Accepted::plain(Kind::Any, none);
    };
    let kind = kind(ty);
    let mut accepted =
        Accepted::plain(kind, none || kind == Kind::Any && **ty == ArgumentType::Any);
    let count =
        |number: Option<u64>| number.map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let list =
        matches!(ty, ArgumentType::List(_) | ArgumentType::Set(_) | ArgumentType::Tuple { .. });
    let (min, max) = (count(argument.min_length), count(argument.max_length));
    accepted.rules = Rules {
        minimum: argument.minimum.clone(),
        maximum: argument.maximum.clone(),
        above: argument.exclusive_minimum.clone(),
        below: argument.exclusive_maximum.clone(),
        multiple_of: argument.multiple_of.clone(),
        min_length: min.filter(|_| !list),
        max_length: max.filter(|_| !list),
        min_items: min.filter(|_| list),
        max_items: max.filter(|_| list),
        unique_items: matches!(ty, ArgumentType::Set(_)),
        pattern: None,
        one_of: match ty {
            ArgumentType::Literal(values) => values.clone(),
            _ => Vec::new(),
        },
    };
    if let ArgumentType::Tuple { items, open: false } = ty {
        let exact = u32::try_from(items.len()).ok();
        accepted.rules.min_items = exact;
        accepted.rules.max_items = exact;
    }
    accepted.pattern.clone_from(&argument.pattern);
    accepted
}

fn kind(ty: &ArgumentType) -> Kind {
    match ty {
        ArgumentType::Int => Kind::Integer,
        ArgumentType::Float => Kind::Number,
        ArgumentType::Bool => Kind::Flag,
        ArgumentType::Str
        | ArgumentType::Bytes
        | ArgumentType::DateTime
        | ArgumentType::Date
        | ArgumentType::Time
        | ArgumentType::TimeDelta
        | ArgumentType::Uuid
        | ArgumentType::Path => Kind::Text,
        ArgumentType::List(item) | ArgumentType::Set(item) => match kind(item) {
            Kind::Text => Kind::Texts,
            Kind::Integer => Kind::Integers,
            Kind::Number => Kind::Numbers,
            Kind::Flag => Kind::Flags,
            _ => Kind::List,
        },
        ArgumentType::Tuple { .. } => Kind::List,
        ArgumentType::Dict(_) => Kind::Object,
        ArgumentType::Literal(values) if values.iter().all(Json::is_string) => Kind::Text,
        ArgumentType::Literal(values) if values.iter().all(Json::is_i64) => Kind::Integer,
        _ => Kind::Any,
    }
}

/// The Rust type that a handler gives back.
pub(super) fn rust_type(ty: &ArgumentType) -> RustType {
    let (parts, none) = without_none(ty);
    let inner = match parts.as_slice() {
        [] => return RustType::Unit,
        [ty] => match ty {
            ArgumentType::List(item) | ArgumentType::Set(item) => {
                RustType::List(Box::new(rust_type(item)))
            }
            ty => match kind(ty) {
                Kind::Text => RustType::Text,
                Kind::Integer => RustType::Integer,
                Kind::Number => RustType::Number,
                Kind::Flag => RustType::Flag,
                _ => RustType::Value,
            },
        },
        _ => RustType::Value,
    };
    if none { RustType::Optional(Box::new(inner)) } else { inner }
}

/// A result that can be anything promises nothing, as with `FastMCP`.
pub(super) fn promise(ty: &ArgumentType) -> Promise {
    let open = match ty {
        ArgumentType::Any | ArgumentType::None | ArgumentType::Bytes => true,
        ArgumentType::List(item) | ArgumentType::Set(item) => **item == ArgumentType::Any,
        _ => false,
    };
    if open { Promise::NONE } else { Promise::of(schema(ty), matches!(ty, ArgumentType::Dict(_))) }
}

pub(super) fn schema(ty: &ArgumentType) -> Json {
    let format = |format: &str| json!({ "type": "string", "format": format });
    match ty {
        ArgumentType::Int => json!({ "type": "integer" }),
        ArgumentType::Float => json!({ "type": "number" }),
        ArgumentType::Str => json!({ "type": "string" }),
        ArgumentType::Bool => json!({ "type": "boolean" }),
        ArgumentType::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        ArgumentType::DateTime => format("date-time"),
        ArgumentType::Date => format("date"),
        ArgumentType::Time => format("time"),
        ArgumentType::TimeDelta => format("duration"),
        ArgumentType::Uuid => format("uuid"),
        ArgumentType::Path => format("path"),
        ArgumentType::Any | ArgumentType::Model(_) => json!({}),
        ArgumentType::None => json!({ "type": "null" }),
        ArgumentType::List(item) => json!({ "type": "array", "items": schema(item) }),
        ArgumentType::Set(item) => {
            json!({ "type": "array", "items": schema(item), "uniqueItems": true })
        }
        ArgumentType::Tuple { items, open } => {
            let all: Vec<Json> = items.iter().map(schema).collect();
            match (open, all.as_slice()) {
                (true, [one]) => json!({ "type": "array", "items": one }),
                (true, [before @ .., last]) if !before.is_empty() => {
                    json!({ "type": "array", "prefixItems": before, "items": last })
                }
                _ => json!({
                    "type": "array",
                    "prefixItems": all,
                    "minItems": all.len(),
                    "maxItems": all.len(),
                }),
            }
        }
        ArgumentType::Dict(value) if **value == ArgumentType::Any => json!({ "type": "object" }),
        ArgumentType::Dict(value) => {
            json!({ "type": "object", "additionalProperties": schema(value) })
        }
        ArgumentType::Literal(values) => literal_schema(values),
        ArgumentType::Union(parts) => {
            json!({ "anyOf": parts.iter().map(schema).collect::<Vec<_>>() })
        }
    }
}

fn literal_schema(values: &[Json]) -> Json {
    let ty = if values.iter().all(Json::is_string) {
        Some("string")
    } else if values.iter().all(Json::is_i64) {
        Some("integer")
    } else {
        None
    };
    match ty {
        Some(ty) => json!({ "type": ty, "enum": values }),
        None => json!({ "enum": values }),
    }
}

/// The listed schema of an argument, its limits on the branch that is not `None`.
pub(super) fn property(argument: &DeclaredArgument) -> Json {
    let (parts, none) = without_none(&argument.ty);
    let mut out = match parts.as_slice() {
        [ty] => {
            let inner = limited(ty, argument);
            if none {
                Map::from_iter([("anyOf".to_owned(), json!([inner, { "type": "null" }]))])
            } else {
                inner
            }
        }
        _ => schema(&argument.ty).as_object().cloned().unwrap_or_default(),
    };
    for (key, text) in [("title", &argument.title), ("description", &argument.description)] {
        if let Some(text) = text {
            put(&mut out, key, text.as_str());
        }
    }
    if let Some(default) = &argument.default {
        put(&mut out, "default", default.clone());
    }
    if !argument.examples.is_empty() {
        put(&mut out, "examples", argument.examples.clone());
    }
    if argument.deprecated {
        put(&mut out, "deprecated", true);
    }
    Json::Object(out)
}

fn limited(ty: &ArgumentType, argument: &DeclaredArgument) -> Map<String, Json> {
    let mut out = schema(ty).as_object().cloned().unwrap_or_default();
    // Limits of numbers and texts inside a list hold for its items.
    let items = match ty {
        ArgumentType::List(_) | ArgumentType::Set(_) => out.get_mut("items"),
        _ => None,
    };
    let mut limits: BTreeMap<&str, Json> = BTreeMap::new();
    for (key, number) in [
        ("minimum", &argument.minimum),
        ("maximum", &argument.maximum),
        ("exclusiveMinimum", &argument.exclusive_minimum),
        ("exclusiveMaximum", &argument.exclusive_maximum),
        ("multipleOf", &argument.multiple_of),
    ] {
        if let Some(number) = number {
            limits.insert(key, Json::Number(number.clone()));
        }
    }
    if let Some(pattern) = &argument.pattern {
        limits.insert("pattern", pattern.as_str().into());
    }
    let target = match items {
        Some(Json::Object(items)) => items,
        _ => &mut out,
    };
    for (key, limit) in limits {
        put(target, key, limit);
    }
    let list =
        matches!(ty, ArgumentType::List(_) | ArgumentType::Set(_) | ArgumentType::Tuple { .. });
    let words = if list { ["minItems", "maxItems"] } else { ["minLength", "maxLength"] };
    for (key, limit) in words.into_iter().zip([argument.min_length, argument.max_length]) {
        if let Some(limit) = limit {
            put(&mut out, key, limit);
        }
    }
    out
}

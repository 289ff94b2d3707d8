//! Arguments of declared components, and the kinds of their types.

use serde_json::Map;

use super::arguments::object_schema;
use super::coverage::is_covered;
use super::declared_schema::property;
use super::declared_type::Types;
use super::declared_value::problem;
use super::docs::markdown;
use super::format::Format;
use super::kind::Accepted;
use super::names::rust;
use super::{Argument, Kind, Place, Rules, RustType};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{ArgumentType, DeclaredArgument, Json, ModelShape, Style};

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

/// Plans arguments. Defaults that an argument would not accept are E0308. `owner`: what types that
/// have no name of their own are called after.
pub(super) fn arguments(
    declared: &[DeclaredArgument],
    owner: &str,
    types: &mut Types<'_>,
    diagnostics: &mut Diagnostics,
) -> Arguments {
    let pairs: Vec<_> = declared.iter().map(|argument| (argument.name.as_str(), "value")).collect();
    let fields = rust::fields(&pairs);
    let mut planned = Arguments {
        arguments: Vec::new(),
        patterns: Vec::new(),
        properties: Map::new(),
        required: Vec::new(),
    };
    for (argument, field) in declared.iter().zip(fields) {
        check_default(argument, types, diagnostics);
        let accepted = accepted(argument, types);
        let is_listed = argument.injected.is_none();
        if argument.default.is_none() && is_listed {
            planned.required.push(argument.name.clone());
        }
        let pattern = accepted.pattern.clone();
        let property = property(argument);
        let ty = types.of_argument(argument, owner, accepted.kind);
        let mut entry = plan_argument(argument, field, accepted, ty);
        if is_listed {
            entry.schema = !is_covered(&entry, pattern.as_deref(), &types.inlined(&property));
            planned.properties.insert(argument.name.clone(), property);
        }
        planned.patterns.push(pattern);
        planned.arguments.push(entry);
    }
    planned
}

/// Reports a default that an argument, or a field, would not accept.
pub(super) fn check_default(
    argument: &DeclaredArgument,
    types: &Types<'_>,
    diagnostics: &mut Diagnostics,
) {
    let Some(default) = &argument.default else { return };
    let Some(why) = problem(argument, default, types) else { return };
    let message = format!("the default {default} of `{}` {why}", argument.name);
    diagnostics.push(
        Diagnostic::error(Code::E0308, message)
            .at(argument.default_span.unwrap_or(argument.span), "")
            .help("give a default that the argument itself would accept"),
    );
}

/// The schema of the arguments of a component whose list entry has none, where their table does not
/// say all of it.
pub(super) fn schema_beside(planned: &Arguments, types: &Types<'_>) -> Option<String> {
    let is_needed = planned.arguments.iter().any(|argument| argument.schema);
    let schema = || {
        let (properties, required) = (planned.properties.clone(), planned.required.clone());
        types.listed(object_schema(properties, required, Map::new())).to_string()
    };
    is_needed.then(schema)
}

fn plan_argument(
    argument: &DeclaredArgument,
    field: String,
    accepted: Accepted,
    ty: Option<RustType>,
) -> Argument {
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
        filled: argument.default.is_some(),
        hidden: argument.injected.is_some(),
        injected: argument.injected.clone(),
        kind: accepted.kind,
        ty,
        rules: accepted.rules,
        media_type: String::new(),
        schema: false,
    }
}

/// A union without `None`, and whether it had it.
pub(super) fn without_none(ty: &ArgumentType) -> (Vec<&ArgumentType>, bool) {
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

/// What an argument accepts, as far as a table can say it.
pub(super) fn accepted(argument: &DeclaredArgument, types: &Types<'_>) -> Accepted {
    let (parts, none) = without_none(&argument.ty);
    let [ty] = parts.as_slice() else {
        return Accepted::plain(Kind::Any, none);
    };
    let kind = kind(ty, types);
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
        format: match ty {
            ArgumentType::List(item) | ArgumentType::Set(item) => Format::rule_of(item),
            ty => Format::rule_of(ty),
        },
        one_of: match ty {
            ArgumentType::Literal(values) => values.clone(),
            ArgumentType::Model(name) => match types.shape(name) {
                Some(ModelShape::Values(values)) => values.clone(),
                _ => Vec::new(),
            },
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

/// The kind of the values of a type.
pub(super) fn kind(ty: &ArgumentType, types: &Types<'_>) -> Kind {
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
        ArgumentType::List(item) | ArgumentType::Set(item) => match kind(item, types) {
            Kind::Text => Kind::Texts,
            Kind::Integer => Kind::Integers,
            Kind::Number => Kind::Numbers,
            Kind::Flag => Kind::Flags,
            _ => Kind::List,
        },
        ArgumentType::Tuple { .. } => Kind::List,
        ArgumentType::Dict(_) => Kind::Object,
        ArgumentType::Literal(values) => kind_of_values(values),
        ArgumentType::Model(name) => match types.shape(name) {
            Some(ModelShape::Fields(_)) => Kind::Object,
            Some(ModelShape::Values(values)) => kind_of_values(values),
            None => Kind::Any,
        },
        ArgumentType::Any | ArgumentType::None | ArgumentType::Union(_) => Kind::Any,
    }
}

fn kind_of_values(values: &[Json]) -> Kind {
    if values.iter().all(Json::is_string) {
        Kind::Text
    } else if values.iter().all(Json::is_i64) {
        Kind::Integer
    } else {
        Kind::Any
    }
}

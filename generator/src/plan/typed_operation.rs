//! The operations that ask for types of their own: what their results are, and which of their
//! arguments get a type.

use std::collections::BTreeMap;

use super::census::Census;
use super::declared_type::Types;
use super::docs::one_line;
use super::media::{essence, is_json, is_sequence, of_response};
use super::output::is_success;
use super::select::{Asked, Selected};
use super::typed::{Models, Place, Uses};
use super::types::RustType;
use super::{Argument, Kind, Module, Read, Target};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::schema::Access;
use crate::model::{Declaration, MediaType, Operation, SchemaId, Schemas, Status};

/// How results are counted that stay replies although all types were asked for.
const REPLIES: &str = "results that are not JSON, given as the reply that came";

/// The schemas behind an argument.
#[derive(Clone, Debug, Default)]
pub(super) struct Described {
    /// All of them hold.
    pub(super) schemas: Vec<SchemaId>,
    /// They are those of the items of a list.
    pub(super) is_sequence: bool,
}

/// An operation whose types are wanted.
#[derive(Clone, Debug)]
pub(super) struct Wanted<'d> {
    pub(super) document: usize,
    pub(super) operation: &'d Operation,
    pub(super) asked: Asked,
    /// The name of its tool.
    pub(super) tool: String,
    /// Of each argument.
    pub(super) arguments: Vec<Described>,
}

impl<'d> Wanted<'d> {
    /// What an operation asks for, where it asks.
    pub(super) fn new(one: &Selected<'d>, tool: &str, arguments: &[Described]) -> Option<Self> {
        let (document, operation, asked) = (one.document, one.operation, one.typed);
        let (tool, arguments) = (tool.to_owned(), arguments.to_vec());
        (asked != Asked::No).then_some(Self { document, operation, asked, tool, arguments })
    }
}

/// What calls of an operation give.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// JSON of one of these schemas, of any without one, each with its status. The flag: or nothing.
    Json(Vec<(String, SchemaId)>, bool),
    /// A sequence of items of this schema; without one, of any.
    Items(Option<SchemaId>),
    /// Nothing.
    Nothing,
    /// What has no type, in words.
    Other(String),
}

/// An operation in the plan: a tool, or what is read as a resource.
struct Planned<'p> {
    type_name: &'p str,
    arguments: &'p mut Vec<Argument>,
    response: &'p mut Option<RustType>,
}

/// Gives the operations the types that they ask for.
pub(super) fn plan(
    declaration: &Declaration,
    wanted: &[Wanted<'_>],
    (modules, reads): (&mut [Module], &mut [Read]),
    types: &mut Types<'_>,
    census: &mut Census,
    diagnostics: &mut Diagnostics,
) {
    let mut planned: BTreeMap<String, Planned<'_>> = BTreeMap::new();
    for tool in modules.iter_mut().flat_map(|module| &mut module.tools) {
        let Target::Operation(operation) = &mut tool.target else { continue };
        let (type_name, arguments) = (tool.type_name.as_str(), &mut tool.arguments);
        let response = &mut operation.response;
        planned.insert(tool.name.clone(), Planned { type_name, arguments, response });
    }
    for read in reads {
        let (type_name, arguments) = (read.type_name.as_str(), &mut read.arguments);
        let response = &mut read.operation.response;
        planned.insert(read.name.clone(), Planned { type_name, arguments, response });
    }
    let table = types.table();
    let start = table.len();
    let mut used = Vec::new();
    for (index, document) in declaration.documents.iter().enumerate() {
        let wanted: Vec<&Wanted<'_>> = wanted.iter().filter(|it| it.document == index).collect();
        if wanted.is_empty() {
            continue;
        }
        let outcomes: Vec<Outcome> =
            wanted.iter().map(|it| outcome(&document.api.schemas, it.operation)).collect();
        let uses = uses(&wanted, &outcomes, &planned);
        let mut models = Models::new(&document.api.schemas, &uses, &document.name, table, census);
        for (one, outcome) in wanted.iter().zip(&outcomes) {
            let Some(planned) = planned.get_mut(&one.tool) else { continue };
            give_types(one, planned, &mut models);
            *planned.response = response(one, outcome, planned.type_name, &mut models);
            used.extend(planned.response.clone());
            used.extend(planned.arguments.iter().filter_map(|argument| argument.ty.clone()));
        }
        for (one, outcome) in wanted.iter().zip(&outcomes) {
            let Outcome::Other(what) = outcome else { continue };
            match one.asked {
                Asked::ByName(span) => {
                    let problem = no_type(one.operation, what);
                    diagnostics.push(problem.at(span, "asked for here"));
                }
                Asked::Along | Asked::No => census.add(REPLIES),
            }
        }
    }
    types.table().keep_used(start, &used);
}

/// The schemas that the types of a document are made of.
fn uses(
    wanted: &[&Wanted<'_>],
    outcomes: &[Outcome],
    planned: &BTreeMap<String, Planned<'_>>,
) -> Uses {
    let mut uses = Uses::default();
    for (one, outcome) in wanted.iter().zip(outcomes) {
        let Some(planned) = planned.get(&one.tool) else { continue };
        for (argument, described) in planned.arguments.iter().zip(&one.arguments) {
            if is_wide(argument) {
                uses.requests.extend(&described.schemas);
            }
        }
        match outcome {
            Outcome::Json(schemas, _) => {
                uses.responses.extend(schemas.iter().map(|(_, schema)| *schema));
            }
            Outcome::Items(schema) => uses.responses.extend(schema),
            Outcome::Nothing | Outcome::Other(_) => {}
        }
    }
    uses
}

/// Whether the type of an argument says less than its schema may.
fn is_wide(argument: &Argument) -> bool {
    let has_words = argument.rules.one_of.len() > 1;
    !argument.hidden
        && match argument.kind {
            Kind::Any | Kind::List | Kind::Object => true,
            Kind::Text | Kind::Texts => has_words,
            _ => false,
        }
}

fn give_types(one: &Wanted<'_>, planned: &mut Planned<'_>, models: &mut Models<'_, '_>) {
    for (argument, described) in planned.arguments.iter_mut().zip(&one.arguments) {
        if !is_wide(argument) || described.schemas.is_empty() {
            continue;
        }
        let owner = Place { wanted: planned.type_name.to_owned(), words: String::new() };
        let words = format!("the argument `{}` of `{}`", plain(&argument.name), plain(&one.tool));
        let place = owner.inside(&argument.name, words);
        let ty = match models.of(&described.schemas, Access::Request, &place) {
            RustType::Optional(inner) => *inner,
            ty => ty,
        };
        let ty = if described.is_sequence { RustType::List(Box::new(ty)) } else { ty };
        let natural = match argument.kind {
            Kind::Text => RustType::Text,
            Kind::Texts => RustType::List(Box::new(RustType::Text)),
            _ => RustType::Value,
        };
        if ty != natural && ty != RustType::Unit {
            argument.ty = Some(ty);
        }
    }
}

/// What a call gives; `None`: the reply as it came.
fn response(
    one: &Wanted<'_>,
    outcome: &Outcome,
    type_name: &str,
    models: &mut Models<'_, '_>,
) -> Option<RustType> {
    let words = format!("the result of `{}`", plain(&one.tool));
    let place = Place { wanted: format!("{type_name}Response"), words };
    let (schemas, or_nothing) = match outcome {
        Outcome::Json(schemas, or_nothing) => (schemas, *or_nothing),
        Outcome::Items(schema) => {
            let place = place.inside("item", format!("an item of {}", place.words));
            let item = schema.map(|schema| models.of(&[schema], Access::Response, &place));
            let item = item.filter(|item| *item != RustType::Unit).unwrap_or(RustType::Value);
            return Some(RustType::List(Box::new(item)));
        }
        Outcome::Nothing => return Some(RustType::Unit),
        Outcome::Other(_) => return None,
    };
    let ty = match schemas.as_slice() {
        [] => RustType::Value,
        [(_, one)] => models.of(&[*one], Access::Response, &place),
        several => models.any_of(several, &place),
    };
    let ty = if ty == RustType::Unit { RustType::Value } else { ty };
    Some(match ty {
        RustType::Optional(_) | RustType::Value => ty,
        ty if or_nothing => RustType::Optional(Box::new(ty)),
        ty => ty,
    })
}

/// What the success responses of an operation say together.
fn outcome(schemas: &Schemas, operation: &Operation) -> Outcome {
    let mut found = Vec::new();
    let mut items: Vec<Option<SchemaId>> = Vec::new();
    let (mut is_json_said, mut or_nothing) = (false, false);
    for response in operation.responses.iter().filter(|response| is_success(response)) {
        match of_response(&response.content) {
            None => or_nothing = true,
            Some(media) if is_sequence(&media.name) => items.push(item(schemas, media)),
            Some(media) if is_json(&media.name) => {
                is_json_said = true;
                let is_new = |id: &SchemaId| !found.iter().any(|(_, known)| known == id);
                let status = match response.status {
                    Status::Code(code) => format!("status{code}"),
                    _ => "success".to_owned(),
                };
                found.extend(media.schema.filter(is_new).map(|id| (status, id)));
            }
            Some(media) => return Outcome::Other(format!("answers with `{}`", plain(&media.name))),
        }
    }
    match (items.split_first(), is_json_said, or_nothing) {
        (Some((first, others)), false, false) => {
            Outcome::Items(first.filter(|first| others.iter().all(|it| *it == Some(*first))))
        }
        (Some(_), ..) => Outcome::Other("answers with a sequence or something else".to_owned()),
        (None, true, or_nothing) => Outcome::Json(found, or_nothing),
        (None, false, true) => Outcome::Nothing,
        (None, false, false) => Outcome::Other("declares no success response".to_owned()),
    }
}

/// The schema of the items of a sequence, as they are collected. Events are given by their data, which
/// no keyword describes.
fn item(schemas: &Schemas, media: &MediaType) -> Option<SchemaId> {
    if essence(&media.name) == "text/event-stream" {
        return None;
    }
    // The schema of a sequence is that of the list of its items (OpenAPI 3.2.0, Media Type Object); before, many
    // documents gave that of an item, which no list fits.
    let whole = media.schema.map(|id| schemas.target(id));
    media.item_schema.or_else(|| schemas[whole?].items)
}

fn no_type(operation: &Operation, what: &str) -> Diagnostic {
    let (method, path) = (&operation.method, &operation.path);
    let message = format!("{method} {path} {what}, so its result has no type; it stays a `Reply`");
    Diagnostic::warning(Code::E0306, message).pointer(operation.pointer.clone()).help(
        "only JSON and sequences of JSON have a type: leave the operation out here, unless its arguments are to have types",
    )
}

fn plain(text: &str) -> String {
    one_line(text).replace(['`', '\\'], "")
}

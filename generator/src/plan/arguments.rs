//! The arguments of a forwarded operation: parameters and body properties in one flat object.
//!
//! Owns which of them there are, what each is called and what the input schema says. How values
//! are written is the runtime's business; here stands only where they go.

mod body;
mod slot;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, json};

use super::census::Census;
use super::coverage::is_covered;
use super::kind::{Accepted, accepted};
use super::media;
use super::names::argument::{self as argument_names, Wanted, word};
use super::names::rust;
use super::names::tool::is_accepted;
use super::typed_operation::Described;
use super::value_check::violation;
use super::wire_schema::{Direction, Heirs, put, referred, render};
use super::{Argument, Body, Kind, Place, RustType, Segment, Width};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::model::{ArgumentSettings, Json, Operation, OperationSettings, Schemas};
use crate::source::Span;
use slot::{Slot, Taken};

/// The arguments of one operation.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    pub(super) arguments: Vec<Argument>,
    /// The pattern of each argument, as the document has it; known to compile.
    pub(super) patterns: Vec<Option<String>>,
    pub(super) body: Option<Body>,
    pub(super) path: Vec<Segment>,
    /// `inputSchema` of the listings.
    pub(super) schema: Json,
    /// What the upstream asks of several arguments at once, as sentences.
    pub(super) conditions: Vec<String>,
    /// Names that differ from those on the wire, for `mcp.lock`.
    pub(super) renames: BTreeMap<String, String>,
    /// What the operation requires and a URI does not carry: `the header X-Team`.
    pub(super) uncarried: Vec<String>,
    /// The schemas behind each argument.
    pub(super) described: Vec<Described>,
}

/// What the arguments depend on.
pub(super) struct Source<'d> {
    pub(super) schemas: &'d Schemas,
    pub(super) operation: &'d Operation,
    pub(super) settings: Option<&'d OperationSettings>,
    /// Renames that `mcp.lock` knows.
    pub(super) locked: &'d BTreeMap<String, String>,
    /// Whoever calls has a URI only: the path and the query.
    pub(super) in_uri: bool,
    /// Parameters that the server sends itself, whatever a caller says.
    pub(super) own: Vec<(Place, String)>,
}

impl Source<'_> {
    /// Whether the server sends the value itself.
    fn is_own(&self, slot: &Slot) -> bool {
        self.own.iter().any(|(place, name)| {
            *place == slot.place
                && match place {
                    Place::Header => name.eq_ignore_ascii_case(&slot.wire),
                    _ => *name == slot.wire,
                }
        })
    }
}

/// Plans the arguments of an operation.
pub(super) fn plan(
    source: &Source<'_>,
    census: &mut Census,
    diagnostics: &mut Diagnostics,
) -> Inputs {
    let operation = source.operation;
    let wanted = source.settings.and_then(|settings| settings.body.as_ref());
    if let Some((wanted, span)) = wanted {
        report_body(operation, wanted, *span, diagnostics);
    }
    let wanted = wanted.map(|(wanted, _)| wanted.as_str());
    let Taken { mut slots, mut body, conditions } =
        slot::collect(source.schemas, operation, wanted, census);
    let empty = IndexMap::new();
    let settings = source.settings.map_or(&empty, |settings| &settings.arguments);
    report_unknown(source, &slots, diagnostics);
    slots.retain(|slot| {
        let is_own = source.is_own(slot);
        if is_own {
            census.add("parameters that credentials or declared headers fill in");
        }
        !is_own && !is_dropped(slot, settings)
    });
    let mut uncarried = Vec::new();
    if source.in_uri {
        uncarried = drop_uncarried(&mut slots, &mut body, settings, census);
    }
    let names = plan_names(source, &slots, settings, diagnostics);
    let fields = {
        let pairs: Vec<_> = names
            .iter()
            .zip(&slots)
            .map(|(name, slot)| (name.as_str(), word(slot.place)))
            .collect();
        rust::fields(&pairs)
    };
    let described = slots.iter().map(Slot::described).collect();
    let listed = list_schemas(source.schemas, &mut slots, census);
    let mut arguments = Vec::new();
    let mut patterns = Vec::new();
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut renames = BTreeMap::new();
    for (index, slot) in slots.iter().enumerate() {
        let name = &names[index];
        let setting = setting_of(settings, slot);
        let mut argument = plan_argument(slot, name, &fields[index], setting);
        argument.hidden |= source.in_uri && !is_carried(slot.place);
        if let Some(default) = setting.and_then(|setting| setting.default.as_ref()) {
            report_default(
                source,
                slot,
                (default, setting.and_then(|it| it.default_span)),
                diagnostics,
            );
        }
        let pattern = plan_pattern(&slot.accepted);
        if *name != slot.wire && setting.is_none_or(|setting| setting.name.is_none()) {
            renames.insert(argument_names::key(slot.place, &slot.wire), name.clone());
        }
        if !argument.hidden {
            let clashed = name.contains("__") && *name != slot.wire;
            let mut property = plan_property(slot, &listed.roots[index], setting, clashed);
            leave_out_wrong_default(&mut property, &slot.accepted, census);
            argument.docs = description_of(&property);
            argument.schema = !is_covered(&argument, pattern.as_deref(), &property);
            if argument.schema && source.in_uri {
                argument.schema = false;
                census.unenforced("rules of variables of URIs beyond type and limits");
            }
            properties.insert(name.clone(), property);
            if argument.required {
                required.push(name.clone());
            }
        }
        patterns.push(pattern);
        arguments.push(argument);
    }
    let called = |property: &str| {
        let at =
            slots.iter().position(|slot| slot.place == Place::Property && slot.wire == property)?;
        arguments.get(at).filter(|argument| !argument.hidden).map(|argument| argument.name.clone())
    };
    let conditions = conditions.iter().filter_map(|condition| condition.said(&called)).collect();
    let path = plan_path(&operation.path, &arguments);
    // Of hidden arguments and of files nothing is listed.
    let used = referred(properties.values(), |name| listed.definitions.get_key_value(name));
    let used: BTreeSet<String> = used.into_iter().map(str::to_owned).collect();
    let definitions = listed.definitions.into_iter().filter(|(name, _)| used.contains(name));
    let schema = object_schema(properties, required, definitions.collect());
    Inputs { arguments, patterns, body, path, schema, conditions, renames, uncarried, described }
}

/// What the declaration says about an argument: under its key, `path:id`, else under its name.
fn setting_of<'s>(
    settings: &'s IndexMap<String, ArgumentSettings>,
    slot: &Slot,
) -> Option<&'s ArgumentSettings> {
    settings.get(&slot.key()).or_else(|| settings.get(&slot.wire))
}

/// Whether a URI has room for a value of this place.
pub(super) const fn is_carried(place: Place) -> bool {
    matches!(place, Place::Path | Place::Query)
}

/// Leaves out what a URI does not carry, unless its value is known: then it is always sent. Tells
/// what is required all the same.
fn drop_uncarried(
    slots: &mut Vec<Slot>,
    body: &mut Option<Body>,
    settings: &IndexMap<String, ArgumentSettings>,
    census: &mut Census,
) -> Vec<String> {
    let mut uncarried = Vec::new();
    slots.retain(|slot| {
        let setting = setting_of(settings, slot);
        let given = setting.is_some_and(|setting| setting.default.is_some());
        let is_fixed = slot.accepted.constant.is_some() && slot.required;
        if is_carried(slot.place) || given || is_fixed {
            return true;
        }
        if slot.required {
            let place = match slot.place {
                Place::Header => "header",
                Place::Cookie => "cookie",
                Place::QueryString => "query string",
                _ => "body",
            };
            uncarried.push(format!("the {place} `{}`", slot.wire));
        } else {
            census.add("optional headers, cookies and bodies, which URIs do not carry");
        }
        false
    });
    let in_body =
        |slot: &Slot| matches!(slot.place, Place::Body | Place::Property | Place::Properties);
    if !slots.iter().any(in_body)
        && let Some(body) = body.take()
        && body.required
        && uncarried.is_empty()
    {
        uncarried.push("a body".to_owned());
    }
    uncarried
}

/// The root of an input schema. Unknown arguments are refused, so it is closed.
pub(super) fn object_schema(
    properties: Map<String, Json>,
    required: Vec<String>,
    definitions: Map<String, Json>,
) -> Json {
    let mut schema = Map::new();
    put(&mut schema, "type", "object");
    // Some clients refuse a schema without properties.
    put(&mut schema, "properties", properties);
    if !required.is_empty() {
        put(&mut schema, "required", required);
    }
    put(&mut schema, "additionalProperties", false);
    if !definitions.is_empty() {
        put(&mut schema, "$defs", definitions);
    }
    Json::Object(schema)
}

/// Hidden without a value to send: the argument is never sent at all.
fn is_dropped(slot: &Slot, settings: &IndexMap<String, ArgumentSettings>) -> bool {
    setting_of(settings, slot).is_some_and(|setting| {
        setting.hide && setting.default.is_none() && slot.accepted.constant.is_none()
    }) && !slot.required
}

fn plan_names(
    source: &Source<'_>,
    slots: &[Slot],
    settings: &IndexMap<String, ArgumentSettings>,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let wanted: Vec<Wanted<'_>> = slots
        .iter()
        .map(|slot| Wanted {
            place: slot.place,
            wire: &slot.wire,
            explicit: setting_of(settings, slot)
                .and_then(|setting| setting.name.as_ref())
                .map(|chosen| chosen.name.as_str()),
        })
        .collect();
    let mut names = argument_names::allocate(&wanted, source.locked);
    let mut seen: BTreeMap<String, &Slot> = BTreeMap::new();
    // The name that was written, else what is nearest to it.
    let place_of = |slot: &Slot| {
        let chosen = setting_of(settings, slot).and_then(|setting| setting.name.as_ref());
        let table = source.settings.and_then(|settings| settings.span);
        chosen.map(|chosen| chosen.span).or(table).unwrap_or(source.operation.span)
    };
    for (index, wanted) in wanted.iter().enumerate() {
        if let Some(name) = wanted.explicit
            && !is_accepted(name)
        {
            let message = format!("`{name}` cannot be the name of an argument");
            diagnostics.push(
                Diagnostic::error(Code::E0403, message)
                    .at(place_of(&slots[index]), "")
                    .help("use at most 64 letters, digits and `_`, `-`, `.`"),
            );
        }
        let name = names[index].clone();
        if let Some(first) = seen.insert(name.clone(), &slots[index]) {
            let message = format!(
                "`{}` and `{}` of {} {} would both be the argument `{name}`",
                first.key(),
                slots[index].key(),
                source.operation.method,
                source.operation.path
            );
            let problem = Diagnostic::error(Code::E0402, message).at(place_of(&slots[index]), "");
            diagnostics.push(problem.help(format!(
                "give one of them another name: args.\"{}\".name = \"…\"",
                slots[index].key()
            )));
            names[index] = format!("{name}_{}", index + 1);
        }
    }
    names
}

/// The listed schemas of all slots together, so that they share definitions. A closure that is
/// too large is found argument by argument and listed as anything.
fn list_schemas(
    schemas: &Schemas,
    slots: &mut [Slot],
    census: &mut Census,
) -> super::wire_schema::Rendered {
    let roots: Vec<_> = slots.iter().flat_map(|slot| slot.schemas.iter().copied()).collect();
    let rendered = render(schemas, Direction::Input, &roots).unwrap_or_else(|| {
        for slot in slots.iter_mut() {
            if !slot.schemas.is_empty()
                && render(schemas, Direction::Input, &slot.schemas).is_none()
            {
                census.add("argument schemas too large to be listed");
                slot.schemas.clear();
            }
        }
        let roots: Vec<_> = slots.iter().flat_map(|slot| slot.schemas.iter().copied()).collect();
        render(schemas, Direction::Input, &roots).unwrap_or_else(|| {
            // Each fits alone, all together do not.
            census.add("argument schemas too large to be listed");
            slots.iter_mut().for_each(|slot| slot.schemas.clear());
            super::wire_schema::Rendered::default()
        })
    });
    if rendered.heirs == Some(Heirs::Omitted) {
        census.add("heirs of schemas left out of listed arguments for their size");
    }
    let mut parts = rendered.roots.into_iter();
    let roots = slots
        .iter()
        .map(|slot| {
            let mut own: Vec<Json> = parts.by_ref().take(slot.schemas.len()).collect();
            match own.len() {
                0 => json!({}),
                1 => own.swap_remove(0),
                _ => json!({ "allOf": own }),
            }
        })
        .collect();
    super::wire_schema::Rendered { roots, ..rendered }
}

fn plan_argument(
    slot: &Slot,
    name: &str,
    field: &str,
    setting: Option<&ArgumentSettings>,
) -> Argument {
    let accepted = &slot.accepted;
    let given = setting.and_then(|setting| setting.default.clone());
    let fixed = accepted.constant.clone().filter(|_| slot.required && setting.is_none());
    let hidden = fixed.is_some() || setting.is_some_and(|setting| setting.hide);
    let default = given.or(fixed).or_else(|| accepted.constant.clone().filter(|_| hidden));
    Argument {
        name: name.to_owned(),
        wire: slot.wire.clone(),
        field: field.to_owned(),
        docs: String::new(),
        place: slot.place,
        style: slot.style,
        explode: slot.explode,
        allow_reserved: slot.allow_reserved,
        required: slot.required && default.is_none(),
        nullable: accepted.nullable,
        default,
        // Who calls the operation may leave out what its caller may.
        filled: false,
        hidden,
        injected: None,
        kind: accepted.kind,
        ty: match accepted.kind {
            _ if !accepted.unsigned => None,
            Kind::Integers => Some(RustType::List(Box::new(RustType::Sized(Width::U64)))),
            _ => Some(RustType::Sized(Width::U64)),
        },
        rules: accepted.rules.clone(),
        media_type: slot.media_type.clone(),
        schema: false,
        part_headers: slot.part_headers.clone(),
    }
}

/// A pattern that the table can check; look-around, back-references and spaces are left to the
/// schema.
fn plan_pattern(accepted: &Accepted) -> Option<String> {
    let is_plain =
        |pattern: &String| !names_spaces(pattern) && regex_lite::Regex::new(pattern).is_ok();
    accepted.pattern.clone().filter(is_plain)
}

/// Whether a pattern has `\s` or `\S`, which are all spaces of Unicode (ECMA-262, 22.2.2.9), and
/// those of ASCII in the table.
fn names_spaces(pattern: &str) -> bool {
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' && matches!(letters.next(), Some('s' | 'S')) {
            return true;
        }
    }
    false
}

fn plan_property(
    slot: &Slot,
    listed: &Json,
    setting: Option<&ArgumentSettings>,
    clashed: bool,
) -> Json {
    let mut property = match slot.accepted.kind {
        Kind::File => file_schema(),
        Kind::Files => {
            let mut list = Map::from_iter([
                ("type".to_owned(), "array".into()),
                ("items".to_owned(), file_schema().into()),
            ]);
            for limit in ["minItems", "maxItems"] {
                if let Some(count) = listed.get(limit) {
                    put(&mut list, limit, count.clone());
                }
            }
            list
        }
        // Written by whoever calls: XML, or a body of text.
        Kind::Text if slot.schemas.is_empty() => {
            Map::from_iter([("type".to_owned(), "string".into())])
        }
        _ if slot.place == Place::Properties => {
            let mut members = Map::from_iter([("type".to_owned(), "object".into())]);
            if listed.as_object().is_some_and(|listed| !listed.is_empty()) {
                put(&mut members, "additionalProperties", listed.clone());
            }
            members
        }
        _ if slot.is_sequence => Map::from_iter([
            ("type".to_owned(), "array".into()),
            ("items".to_owned(), listed.clone()),
        ]),
        _ => listed.as_object().cloned().unwrap_or_default(),
    };
    if slot.accepted.implied || slot.schemas.is_empty() {
        say_type(&mut property, &slot.accepted);
    }
    let is_file = matches!(slot.accepted.kind, Kind::File | Kind::Files);
    let written = match is_file {
        true => listed.get("description").or_else(|| listed.get("items")?.get("description")),
        false => property.get("description"),
    };
    let from_document =
        slot.description.clone().or_else(|| written.and_then(Json::as_str).map(str::to_owned));
    let mut description = setting
        .and_then(|setting| setting.description.clone())
        .or_else(|| {
            if is_file { Some(file_description(from_document.as_deref())) } else { from_document }
        })
        .filter(|text| !text.trim().is_empty());
    if !slot.wire.is_ascii() && setting.is_none_or(|setting| setting.description.is_none()) {
        // What a name says in another alphabet is not in the name that clients accept.
        let text = description.unwrap_or_default();
        description = Some(format!("{text} (`{}`)", slot.wire).trim_start().to_owned());
    }
    if clashed {
        // The same name means two things here; FastMCP says which one in these words.
        let place = match word(slot.place) {
            "path" => "Path",
            "query" => "Query",
            "header" => "Header",
            "cookie" => "Cookie",
            _ => "Body",
        };
        let text = description.unwrap_or_default();
        description = Some(format!("{text} ({place} parameter)").trim_start().to_owned());
    }
    match description {
        Some(description) => put(&mut property, "description", description),
        None => {
            property.remove("description");
        }
    }
    if let Some(setting) = setting {
        if let Some(default) = &setting.default {
            put(&mut property, "default", default.clone());
        }
        if !setting.examples.is_empty() {
            put(&mut property, "examples", setting.examples.clone());
        }
    }
    if slot.deprecated {
        put(&mut property, "deprecated", true);
    }
    Json::Object(property)
}

/// A client that fills in a default which the argument refuses could not call the tool.
fn leave_out_wrong_default(property: &mut Json, accepted: &Accepted, census: &mut Census) {
    let Json::Object(property) = property else { return };
    if property.get("default").is_some_and(|default| violation(accepted, default).is_some()) {
        property.remove("default");
        census.add("defaults that their own schema refuses, left out");
    }
}

/// Names the type of a schema that leaves it to be understood, as clients and checks do.
fn say_type(property: &mut Map<String, Json>, accepted: &Accepted) {
    let ty = match accepted.kind {
        Kind::Any | Kind::File | Kind::Files => return,
        Kind::Text => "string",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Flag => "boolean",
        Kind::Texts | Kind::Integers | Kind::Numbers | Kind::Flags | Kind::List => "array",
        Kind::Object => "object",
    };
    if property.contains_key("type") {
        return;
    }
    if accepted.nullable {
        put(property, "type", json!([ty, "null"]));
    } else {
        put(property, "type", ty);
    }
}

fn file_schema() -> Map<String, Json> {
    Map::from_iter([
        ("type".to_owned(), "string".into()),
        ("contentEncoding".to_owned(), "base64".into()),
    ])
}

/// What the document says about a file, and how it is given.
fn file_description(from_document: Option<&str>) -> String {
    const HOW: &str = "Content of the file as base64, or a data: URI.";
    match from_document.map(str::trim_end) {
        None | Some("") => HOW.to_owned(),
        Some(text) if text.ends_with(['.', '!', '?']) => format!("{text} {HOW}"),
        Some(text) => format!("{text}. {HOW}"),
    }
}

fn description_of(property: &Json) -> String {
    let text = property.get("description").and_then(Json::as_str).unwrap_or_default();
    super::docs::markdown(text)
}

/// The path template in pieces.
fn plan_path(template: &str, arguments: &[Argument]) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut literal = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        literal.push_str(before);
        let variable = after.split_once('}').and_then(|(name, after)| {
            let index = arguments
                .iter()
                .position(|argument| argument.place == Place::Path && argument.wire == name)?;
            Some((index, after))
        });
        if let Some((index, after)) = variable {
            if !literal.is_empty() {
                segments.push(Segment::Literal(std::mem::take(&mut literal)));
            }
            segments.push(Segment::Argument(index));
            rest = after;
        } else {
            literal.push('{');
            rest = after;
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        segments.push(Segment::Literal(literal));
    }
    segments
}

fn report_unknown(source: &Source<'_>, slots: &[Slot], diagnostics: &mut Diagnostics) {
    let Some(settings) = source.settings else { return };
    let operation = source.operation;
    for (name, setting) in &settings.arguments {
        let at = setting.span.or(settings.span).unwrap_or(operation.span);
        match slots.iter().find(|slot| slot.wire == *name || slot.key() == *name) {
            None => {
                let message =
                    format!("{} {} has no argument `{name}`", operation.method, operation.path);
                let known = slots.iter().map(|slot| slot.wire.as_str());
                let mut problem = Diagnostic::error(Code::E0306, message).at(at, "");
                problem = match near(name, known.clone()) {
                    Some(near) => problem.help(format!("did you mean `{near}`?")),
                    None if slots.is_empty() => problem.help("it takes no arguments"),
                    None => {
                        problem.help(format!("it has {}", known.collect::<Vec<_>>().join(", ")))
                    }
                };
                diagnostics.push(problem);
            }
            Some(slot)
                if setting.hide
                    && setting.default.is_none()
                    && slot.required
                    && slot.accepted.constant.is_none() =>
            {
                let message =
                    format!("`{name}` is hidden but the upstream requires it, so it needs a value");
                diagnostics.push(
                    Diagnostic::error(Code::E0303, message)
                        .at(at, "")
                        .help(format!("add args.\"{name}\".default = …")),
                );
            }
            Some(_) => {}
        }
    }
}

/// A media type that the document does not have for the body.
fn report_body(operation: &Operation, wanted: &str, at: Span, diagnostics: &mut Diagnostics) {
    let content = operation.body.as_ref().map_or(&[][..], |body| &body.content);
    if media::named(content, wanted).is_some() {
        return;
    }
    let (method, path) = (&operation.method, &operation.path);
    let message = format!("{method} {path} takes no body of the media type `{wanted}`");
    let known: Vec<String> = content.iter().map(|media| format!("`{}`", media.name)).collect();
    let help = if known.is_empty() {
        "it takes no body".to_owned()
    } else {
        format!("it takes {}", known.join(", "))
    };
    diagnostics.push(Diagnostic::error(Code::E0306, message).at(at, "").help(help));
}

fn report_default(
    source: &Source<'_>,
    slot: &Slot,
    (default, place): (&Json, Option<Span>),
    diagnostics: &mut Diagnostics,
) {
    if let Some(why) = violation(&slot.accepted, default) {
        let table = || source.settings.and_then(|settings| settings.span);
        let message = format!("the default {default} of `{}` {why}", slot.wire);
        let at = place.or_else(table).unwrap_or(source.operation.span);
        diagnostics.push(
            Diagnostic::error(Code::E0308, message)
                .at(at, "")
                .help("give a default that the argument itself would accept"),
        );
    }
}

/// What a slot without a schema accepts.
fn accepted_or_anything(
    schemas: &Schemas,
    slot: &[crate::model::SchemaId],
    files: bool,
) -> Accepted {
    match slot {
        [] => Accepted::anything(),
        [id] => accepted(schemas, *id, files),
        [first, rest @ ..] => {
            let first = accepted(schemas, *first, files);
            let same = rest.iter().all(|id| accepted(schemas, *id, files).kind == first.kind);
            // The listing has the limits of all; checking those of one refuses nothing wrongly.
            if same { first } else { Accepted::anything() }
        }
    }
}

#[cfg(test)]
#[path = "arguments_tests.rs"]
mod tests;

//! Everything that an operation takes, before names and settings.

use super::super::census::Census;
use super::super::kind::Accepted;
use super::super::media::{self, is_json};
use super::super::names::{argument as names, rust};
use super::super::typed_operation::Described;
use super::super::wire_schema::{Direction, is_hidden};
use super::super::{Body, BodyFormat, Kind, Place};
use super::accepted_or_anything;
use super::body::{Condition, Flat, flatten};
use crate::model::{
    Encoding, Location, MediaType, Operation, Parameter, RequestBody, SchemaId, Schemas, Style,
};

/// The argument for properties of a body beside the named ones.
const OTHERS: &str = "additional_properties";

/// One value that goes upstream.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) place: Place,
    pub(super) wire: String,
    /// Its schemas, all of which hold; usually one. Of [`Place::Properties`] those of each member.
    pub(super) schemas: Vec<SchemaId>,
    /// The schemas are those of the items of a list.
    pub(super) is_sequence: bool,
    pub(super) accepted: Accepted,
    pub(super) required: bool,
    pub(super) description: Option<String>,
    pub(super) deprecated: bool,
    pub(super) style: Style,
    pub(super) explode: bool,
    pub(super) allow_reserved: bool,
    pub(super) media_type: String,
    pub(super) part_headers: Vec<(String, String)>,
}

impl Slot {
    /// An optional value by its content, without a schema.
    fn new(place: Place, wire: String, accepted: Accepted) -> Self {
        Self {
            place,
            wire,
            schemas: Vec::new(),
            is_sequence: false,
            accepted,
            required: false,
            description: None,
            deprecated: false,
            style: Style::Content,
            explode: true,
            allow_reserved: false,
            media_type: String::new(),
            part_headers: Vec::new(),
        }
    }

    /// What tells it from the others of its operation: `path:id`.
    pub(super) fn key(&self) -> String {
        names::key(self.place, &self.wire)
    }

    /// The schemas of the value, for its Rust type; none where they are those of members.
    pub(super) fn described(&self) -> Described {
        if self.place == Place::Properties {
            return Described::default();
        }
        Described { schemas: self.schemas.clone(), is_sequence: self.is_sequence }
    }

    /// The value is written by whoever calls, as a text: nothing here writes XML.
    fn take_text(&mut self) {
        self.accepted = Accepted::plain(Kind::Text, false);
        self.schemas.clear();
    }
}

/// Parameters first, then the body, in the order of the document. `wanted` is the media type of the
/// body that the declaration names.
pub(super) fn collect(
    schemas: &Schemas,
    operation: &Operation,
    wanted: Option<&str>,
    census: &mut Census,
) -> Taken {
    let slots =
        operation.parameters.iter().map(|parameter| of_parameter(schemas, parameter)).collect();
    let mut taken = Taken { slots, body: None, conditions: Vec::new() };
    if let Some(body) = &operation.body {
        taken.body = collect_body(schemas, body, wanted, &mut taken, census);
    }
    taken
}

/// Everything that an operation takes.
#[derive(Debug)]
pub(super) struct Taken {
    /// Its values, one by one.
    pub(super) slots: Vec<Slot>,
    pub(super) body: Option<Body>,
    /// What the body says of several of its properties at once.
    pub(super) conditions: Vec<Condition>,
}

fn of_parameter(schemas: &Schemas, parameter: &Parameter) -> Slot {
    let own: Vec<SchemaId> = parameter.schema.into_iter().collect();
    let place = match parameter.location {
        Location::Path => Place::Path,
        Location::Query => Place::Query,
        Location::Querystring => Place::QueryString,
        Location::Header => Place::Header,
        Location::Cookie => Place::Cookie,
    };
    let accepted = accepted_or_anything(schemas, &own, false);
    let mut slot = Slot {
        schemas: own,
        required: parameter.required,
        description: parameter.description.clone(),
        deprecated: parameter.deprecated,
        style: parameter.style,
        // The whole query string has no `explode` of its own.
        explode: parameter.explode || place == Place::QueryString,
        allow_reserved: parameter.allow_reserved,
        ..Slot::new(place, parameter.name.clone(), accepted)
    };
    if parameter.media_type.as_deref().is_some_and(is_xml) {
        slot.take_text();
    }
    slot
}

fn collect_body(
    schemas: &Schemas,
    body: &RequestBody,
    wanted: Option<&str>,
    taken: &mut Taken,
    census: &mut Census,
) -> Option<Body> {
    let named = wanted.and_then(|wanted| media::named(&body.content, wanted));
    let (media, mut format) = match named {
        Some(media) => (media, media::format(&media.name)),
        None => best(schemas, &body.content, census)?,
    };
    if body.content.len() > 1 && named.is_none() {
        census.add("request bodies with several media types, of which one is used");
    }
    let is_file = |id| accepted_or_anything(schemas, &[id], true).kind == Kind::File;
    if media::is_wildcard(&media.name) && media.schema.is_some_and(is_file) {
        // Any media type, and the document describes bytes.
        format = BodyFormat::Bytes;
    }
    if matches!(format, BodyFormat::JsonLines | BodyFormat::JsonSequence)
        && media.item_schema.is_none()
        && media
            .schema
            .is_some_and(|id| accepted_or_anything(schemas, &[id], false).kind == Kind::Text)
    {
        // The document describes the lines as one text.
        format = BodyFormat::Text;
    }
    let flat = match format {
        BodyFormat::Json | BodyFormat::Form | BodyFormat::Multipart => {
            media.schema.and_then(|id| flatten(schemas, id))
        }
        BodyFormat::Text | BodyFormat::Bytes | BodyFormat::JsonLines | BodyFormat::JsonSequence => {
            None
        }
    };
    match flat {
        Some(flat) => collect_properties(schemas, body, (media, format), flat, taken, census),
        None => taken.slots.push(whole(schemas, body, media, format)),
    }
    Some(Body { format, media_type: written(media, format), required: body.required })
}

/// The media type of a body where nobody has chosen: where JSON has a place for a file, which it
/// cannot hold, multipart goes before it.
fn best<'m>(
    schemas: &Schemas,
    content: &'m [MediaType],
    census: &mut Census,
) -> Option<(&'m MediaType, BodyFormat)> {
    let (first, format) = media::of_body(content)?;
    if format == BodyFormat::Multipart {
        return Some((first, format));
    }
    let of_files = content.iter().find(|media| {
        media::format(&media.name) == BodyFormat::Multipart && has_file(schemas, media)
    });
    match of_files {
        Some(multipart) if has_file(schemas, first) => Some((multipart, BodyFormat::Multipart)),
        Some(_) => {
            census.add("request bodies that take files where `body` asks for multipart/form-data");
            Some((first, format))
        }
        None => Some((first, format)),
    }
}

/// Whether a property of a body would be a file in a form.
fn has_file(schemas: &Schemas, media: &MediaType) -> bool {
    let flat = media.schema.and_then(|id| flatten(schemas, id)).unwrap_or_default();
    flat.properties.values().any(|own| {
        matches!(accepted_or_anything(schemas, own, true).kind, Kind::File | Kind::Files)
    })
}

fn collect_properties(
    schemas: &Schemas,
    body: &RequestBody,
    (media, format): (&MediaType, BodyFormat),
    flat: Flat,
    taken: &mut Taken,
    census: &mut Census,
) {
    let slots = &mut taken.slots;
    taken.conditions = flat.conditions;
    if !body.required && !flat.required.is_empty() && flat.properties.len() > 1 {
        taken.conditions.push(Condition::WhenSent(flat.required.iter().cloned().collect()));
    }
    if flat.alternatives {
        census.unenforced("conditions between body properties not enforced");
    }
    if flat.unchecked {
        census.unenforced("schemas of body properties beside the named ones not enforced");
    }
    let files = format == BodyFormat::Multipart;
    let start = slots.len();
    for (name, own) in flat.properties {
        if own.iter().any(|id| is_hidden(schemas, Direction::Input, *id)) {
            continue;
        }
        let accepted = accepted_or_anything(schemas, &own, files);
        let mut slot = Slot {
            schemas: own,
            required: body.required && flat.required.contains(&name),
            ..Slot::new(Place::Property, name, accepted)
        };
        if let Some(encoding) = media.encodings.get(&slot.wire) {
            match format {
                BodyFormat::Multipart => encode_part(encoding, &mut slot),
                BodyFormat::Form => encode_field(encoding, &mut slot),
                _ => {}
            }
        }
        slots.push(slot);
    }
    if flat.extra {
        let mut name = OTHERS.to_owned();
        while slots.iter().skip(start).any(|slot| slot.wire == name) {
            name.push('_');
        }
        slots.push(Slot {
            // A part of a form is what it is sent as, which a listing of JSON does not say.
            schemas: if files { Vec::new() } else { flat.others },
            description: Some("Other properties of the body, by their names.".to_owned()),
            ..Slot::new(Place::Properties, name, Accepted::plain(Kind::Object, false))
        });
    }
}

/// The encoding of a field of a urlencoded form. A style of its own goes before the media type
/// (OpenAPI 3.1.1, 4.8.15.1.2).
fn encode_field(encoding: &Encoding, slot: &mut Slot) {
    if encoding.style.is_some() || encoding.explode.is_some() || encoding.allow_reserved {
        let style = encoding.style.unwrap_or(Style::Form);
        slot.style = style;
        slot.explode = encoding.explode.unwrap_or(style == Style::Form);
        slot.allow_reserved = encoding.allow_reserved;
        return;
    }
    match encoding.content_type.as_deref() {
        Some(media_type) if is_json(media_type) => media_type.clone_into(&mut slot.media_type),
        Some(media_type) if is_xml(media_type) => slot.take_text(),
        _ => {}
    }
}

/// The encoding of a part.
fn encode_part(encoding: &Encoding, slot: &mut Slot) {
    slot.part_headers.clone_from(&encoding.headers);
    if encoding.style.is_some() || encoding.explode.is_some() || encoding.allow_reserved {
        let style = encoding.style.unwrap_or(Style::Form);
        slot.style = style;
        slot.explode = encoding.explode.unwrap_or(style == Style::Form);
        return;
    }
    let Some(media_type) = encoding.content_type.as_deref() else { return };
    media_type.clone_into(&mut slot.media_type);
    let first = media_type.split(',').next().unwrap_or_default();
    let is_bytes = media::format(first) == BodyFormat::Bytes;
    slot.accepted.kind = match slot.accepted.kind {
        // A schema of 3.1 may say nothing of a part whose media type says that it is bytes. One that
        // says it is a text means a text, whatever its media type is.
        Kind::Any if is_bytes => Kind::File,
        Kind::List if is_bytes => Kind::Files,
        kind => kind,
    };
    if matches!(slot.accepted.kind, Kind::File | Kind::Files) {
        slot.accepted = Accepted::plain(slot.accepted.kind, false);
    } else if is_xml(first) {
        slot.take_text();
    }
}

fn is_xml(media_type: &str) -> bool {
    let essence = media::essence(media_type);
    matches!(essence.as_str(), "application/xml" | "text/xml") || essence.ends_with("+xml")
}

/// The whole body as one argument, named by the title of its schema.
fn whole(schemas: &Schemas, body: &RequestBody, media: &MediaType, format: BodyFormat) -> Slot {
    let title = media.schema.and_then(|id| {
        let node = &schemas[id];
        let target = node.reference.map(|target| &schemas[target]);
        node.title.clone().or_else(|| target.and_then(|target| target.title.clone()))
    });
    let is_lines = matches!(format, BodyFormat::JsonLines | BodyFormat::JsonSequence);
    let is_sequence = is_lines && media.schema.is_none();
    let own: Vec<SchemaId> = match format {
        BodyFormat::Text | BodyFormat::Bytes => Vec::new(),
        _ if is_sequence => media.item_schema.into_iter().collect(),
        _ => media.schema.into_iter().collect(),
    };
    let accepted = match format {
        BodyFormat::Text => Accepted::plain(Kind::Text, false),
        BodyFormat::Bytes => Accepted::plain(Kind::File, false),
        _ if is_sequence => Accepted::plain(Kind::List, false),
        _ => accepted_or_anything(schemas, &own, false),
    };
    let name = title.map_or_else(|| "body".to_owned(), |title| rust::snake(&title, "body"));
    let written = body.description.as_deref().filter(|text| !text.trim().is_empty());
    let essence = media::essence(&media.name);
    let description = match format {
        // Nothing else says that it is not plain text.
        BodyFormat::Text if essence != "text/plain" && !media::is_wildcard(&essence) => {
            let form = format!("A text of {essence}.");
            Some(written.map_or(form.clone(), |text| format!("{}\n\n{form}", text.trim_end())))
        }
        _ => written.map(str::to_owned),
    };
    Slot {
        schemas: own,
        is_sequence,
        required: body.required,
        description,
        ..Slot::new(Place::Body, name, accepted)
    }
}

/// The `Content-Type` that is sent. A range such as `*/*` cannot be, but limits what files say.
fn written(media: &MediaType, format: BodyFormat) -> String {
    let name = media.name.trim();
    if !name.contains('*') {
        return name.to_owned();
    }
    match format {
        BodyFormat::Json => "application/json".to_owned(),
        BodyFormat::Text => "text/plain".to_owned(),
        // A file may say what it is.
        _ => name.to_owned(),
    }
}

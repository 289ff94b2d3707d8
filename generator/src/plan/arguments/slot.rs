//! Everything that an operation takes, before names and settings.

use super::super::census::Census;
use super::super::kind::Accepted;
use super::super::media::{self, is_wildcard};
use super::super::names::rust;
use super::super::wire_schema::{Direction, is_hidden};
use super::super::{Body, BodyFormat, Kind, Place};
use super::accepted_or_anything;
use super::body::{Flat, flatten};
use crate::model::{Location, MediaType, Operation, RequestBody, SchemaId, Schemas, Style};

/// One value that goes upstream.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) place: Place,
    pub(super) wire: String,
    /// Its schemas, all of which hold; usually one.
    pub(super) schemas: Vec<SchemaId>,
    pub(super) accepted: Accepted,
    pub(super) required: bool,
    pub(super) description: Option<String>,
    pub(super) deprecated: bool,
    pub(super) style: Style,
    pub(super) explode: bool,
    pub(super) allow_reserved: bool,
    pub(super) media_type: String,
}

/// Parameters first, then the body, in the order of the document.
pub(super) fn collect(
    schemas: &Schemas,
    operation: &Operation,
    census: &mut Census,
) -> (Vec<Slot>, Option<Body>) {
    let mut slots = Vec::new();
    for parameter in &operation.parameters {
        let own: Vec<SchemaId> = parameter.schema.into_iter().collect();
        slots.push(Slot {
            place: match parameter.location {
                Location::Path => Place::Path,
                Location::Query | Location::Querystring => Place::Query,
                Location::Header => Place::Header,
                Location::Cookie => Place::Cookie,
            },
            wire: parameter.name.clone(),
            accepted: accepted_or_anything(schemas, &own, false),
            schemas: own,
            required: parameter.required,
            description: parameter.description.clone(),
            deprecated: parameter.deprecated,
            style: parameter.style,
            explode: parameter.explode,
            allow_reserved: parameter.allow_reserved,
            media_type: String::new(),
        });
    }
    let body =
        operation.body.as_ref().and_then(|body| collect_body(schemas, body, &mut slots, census));
    (slots, body)
}

fn collect_body(
    schemas: &Schemas,
    body: &RequestBody,
    slots: &mut Vec<Slot>,
    census: &mut Census,
) -> Option<Body> {
    let (media, format) = media::of_body(&body.content)?;
    if body.content.len() > 1 {
        census.add("request bodies with several media types, of which one is used");
    }
    let flat = match format {
        BodyFormat::Json | BodyFormat::Form | BodyFormat::Multipart => {
            media.schema.and_then(|id| flatten(schemas, id))
        }
        BodyFormat::Text | BodyFormat::Bytes => None,
    };
    match flat {
        Some(flat) => collect_properties(schemas, body, (media, format), flat, slots, census),
        None => slots.push(whole(schemas, body, media, format)),
    }
    Some(Body { format, media_type: written(media, format), required: body.required })
}

fn collect_properties(
    schemas: &Schemas,
    body: &RequestBody,
    (media, format): (&MediaType, BodyFormat),
    flat: Flat,
    slots: &mut Vec<Slot>,
    census: &mut Census,
) {
    if flat.alternatives {
        census.add("conditions between body properties not enforced");
    }
    if flat.extra {
        census.add("request bodies whose additional properties cannot be given");
    }
    let files = format == BodyFormat::Multipart;
    for (name, own) in flat.properties {
        if own.iter().any(|id| is_hidden(schemas, Direction::Input, *id)) {
            continue;
        }
        let encoding = media.encodings.get(&name);
        let single = encoding
            .and_then(|encoding| encoding.content_type.as_deref())
            .filter(|content_type| !content_type.contains(',') && !content_type.contains('*'));
        let form = matches!(format, BodyFormat::Form | BodyFormat::Multipart);
        let style = encoding.and_then(|encoding| encoding.style).filter(|_| form);
        let explode = encoding.and_then(|encoding| encoding.explode).filter(|_| form);
        let style = style.unwrap_or(Style::Form);
        slots.push(Slot {
            place: Place::Property,
            accepted: accepted_or_anything(schemas, &own, files),
            schemas: own,
            required: body.required && flat.required.contains(&name),
            description: None,
            deprecated: false,
            style,
            explode: explode.unwrap_or(style == Style::Form),
            allow_reserved: encoding.is_some_and(|encoding| encoding.allow_reserved) && form,
            media_type: single.filter(|_| files).unwrap_or_default().to_owned(),
            wire: name,
        });
    }
}

/// The whole body as one argument, named by the title of its schema.
fn whole(schemas: &Schemas, body: &RequestBody, media: &MediaType, format: BodyFormat) -> Slot {
    let own: Vec<SchemaId> = media.schema.into_iter().collect();
    let title = media.schema.and_then(|id| {
        let node = &schemas[id];
        let target = node.reference.map(|target| &schemas[target]);
        node.title.clone().or_else(|| target.and_then(|target| target.title.clone()))
    });
    let accepted = match format {
        BodyFormat::Text => Accepted::plain(Kind::Text, false),
        BodyFormat::Bytes => Accepted::plain(Kind::File, false),
        _ => accepted_or_anything(schemas, &own, false),
    };
    let listed = matches!(format, BodyFormat::Json | BodyFormat::Form | BodyFormat::Multipart);
    Slot {
        place: Place::Body,
        wire: title.map_or_else(|| "body".to_owned(), |title| rust::snake(&title, "body")),
        schemas: if listed { own } else { Vec::new() },
        accepted,
        required: body.required,
        description: body.description.clone(),
        deprecated: false,
        style: Style::Form,
        explode: true,
        allow_reserved: false,
        media_type: String::new(),
    }
}

/// The `Content-Type` that is sent: a range such as `*/*` cannot be.
fn written(media: &MediaType, format: BodyFormat) -> String {
    let name = media.name.trim();
    if !name.contains('*') {
        return name.to_owned();
    }
    match format {
        _ if is_wildcard(name) => "application/json".to_owned(),
        BodyFormat::Text => "text/plain".to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

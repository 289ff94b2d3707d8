//! The reply that `--mock` gives for an operation.
//!
//! Status: the first declared of 200, 201, 202 and 204, else the lowest declared 2xx, else 200
//! where there is a `default` response, else 204. Body: the example of the media type, else what
//! its schema yields: its example, its default, its only or first value, else a value made of
//! type, format and limits, the same every time.

use serde_json::{Map, json};

use super::discriminator;
use super::media::{essence, is_json, is_sequence, is_text, is_wildcard, of_response};
use super::secret;
use super::view::view;
use super::wire_schema::{Direction, is_hidden};
use super::{MockBody, MockReply, census::Census};
use crate::model::schema::JsonType;
use crate::model::{Json, MediaType, Operation, Response, SchemaId, Schemas, Status};

/// Largest body, in bytes.
const BYTES: usize = 16 * 1024;
/// Depth to which optional properties are filled in.
const OPTIONAL_DEPTH: usize = 4;
/// Depth to which required properties are filled in.
const DEPTH: usize = 12;
/// Most values in one body.
const VALUES: usize = 2_000;

/// A picture of one pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const GIF: &str = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
const WEBP: &str = "UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAwA0JaQAA3AA/vuUAAA=";
const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>"#;
/// The word "mock".
const BASE64: &str = "bW9jaw==";

/// The reply of an operation.
pub(super) fn reply(schemas: &Schemas, operation: &Operation, census: &mut Census) -> MockReply {
    let (status, response) = status(&operation.responses);
    let media = response.and_then(|response| of_response(&response.content));
    let empty = MockReply { status, media_type: String::new(), body: MockBody::Empty };
    let (Some(media), true) = (media, status != 204) else { return empty };
    let (media_type, body) = body(schemas, media, census);
    MockReply { status, media_type, body }
}

fn status(responses: &[Response]) -> (u16, Option<&Response>) {
    let declared =
        |code: u16| responses.iter().find(|response| response.status == Status::Code(code));
    for code in [200, 201, 202, 204] {
        if let Some(response) = declared(code) {
            return (code, Some(response));
        }
    }
    let lowest = responses
        .iter()
        .filter_map(|response| match response.status {
            Status::Code(code @ 200..=299) => Some((code, response)),
            Status::Range(2) => Some((200, response)),
            _ => None,
        })
        .min_by_key(|(code, _)| *code);
    if let Some((code, response)) = lowest {
        return (code, Some(response));
    }
    match responses.iter().find(|response| response.status == Status::Default) {
        Some(response) => (200, Some(response)),
        None => (204, None),
    }
}

fn body(schemas: &Schemas, media: &MediaType, census: &mut Census) -> (String, MockBody) {
    let name = media.name.as_str();
    if is_json(name) || is_wildcard(name) {
        let name = if is_wildcard(name) { "application/json" } else { name };
        return (name.to_owned(), MockBody::Json(json_body(schemas, media, census)));
    }
    if is_sequence(name) {
        return (name.to_owned(), MockBody::Text(one_item(schemas, media, census)));
    }
    let essence = essence(name);
    let concrete = |fallback: &str| {
        if essence.contains('*') { fallback.to_owned() } else { name.to_owned() }
    };
    match essence.as_str() {
        "image/svg+xml" => (name.to_owned(), MockBody::Text(SVG.to_owned())),
        "image/gif" => (name.to_owned(), MockBody::Base64(GIF.to_owned())),
        "image/webp" => (name.to_owned(), MockBody::Base64(WEBP.to_owned())),
        // Whoever shows it looks at the bytes or at the name; the two have to agree.
        image if image.starts_with("image/") => {
            ("image/png".to_owned(), MockBody::Base64(PNG.to_owned()))
        }
        _ if is_text(name) => {
            let value = json_body(schemas, media, census);
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (concrete("text/plain"), MockBody::Text(text))
        }
        _ => (concrete("application/octet-stream"), MockBody::Base64(BASE64.to_owned())),
    }
}

/// A sequence of one item. An example of the document is a text in the framing that it has.
fn one_item(schemas: &Schemas, media: &MediaType, census: &mut Census) -> String {
    if let Some(Json::String(example)) = &media.example {
        return example.clone();
    }
    let item = MediaType { schema: media.item_schema.or(media.schema), ..media.clone() };
    let value = json_body(schemas, &item, census);
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match essence(&media.name).as_str() {
        "text/event-stream" => format!("data: {value}\n\n"),
        _ => format!("{value}\n"),
    }
}

fn json_body(schemas: &Schemas, media: &MediaType, census: &mut Census) -> Json {
    let mut value = json_with_examples(schemas, media, census);
    secret::blank(&mut value);
    value
}

fn json_with_examples(schemas: &Schemas, media: &MediaType, census: &mut Census) -> Json {
    let fits = |value: &Json| value.to_string().len() <= BYTES;
    if let Some(example) = &media.example {
        if fits(example) {
            return example.clone();
        }
        census.add("examples too large for the mock");
    }
    let Some(id) = media.schema else { return json!({}) };
    // Less and less of what is optional, until it is small enough.
    for optional in [OPTIONAL_DEPTH, 2, 1, 0] {
        let mut maker = Maker { schemas, optional, values: 0 };
        let value = maker.value(id, 0);
        if fits(&value) {
            return value;
        }
    }
    census.add("mock replies left empty for their size");
    json!({})
}

struct Maker<'s> {
    schemas: &'s Schemas,
    optional: usize,
    values: usize,
}

impl Maker<'_> {
    fn value(&mut self, id: SchemaId, depth: usize) -> Json {
        self.values += 1;
        let node = &self.schemas[id];
        if let Some(given) = self.given(id, 0) {
            return given;
        }
        if depth > DEPTH || self.values > VALUES {
            return Json::Null;
        }
        let seen = view(self.schemas, id);
        if let Some(value) = seen.values.as_ref().and_then(|values| values.first()) {
            return value.clone();
        }
        if seen.opaque && !seen.has_properties {
            let branch = self.first_branch(id, 0);
            return branch.map_or_else(|| json!({}), |branch| self.value(branch, depth + 1));
        }
        let ty = seen.types.as_ref().and_then(|types| types.first().copied());
        match ty.or_else(|| seen.single_type()) {
            Some(JsonType::Boolean) => true.into(),
            Some(JsonType::Integer) => number(&seen, true),
            Some(JsonType::Number) => number(&seen, false),
            Some(JsonType::String) => text(&seen).into(),
            Some(JsonType::Array) => {
                let prefix: Vec<Json> =
                    node.prefix_items.iter().map(|item| self.value(*item, depth + 1)).collect();
                let Some(items) = seen.items.filter(|_| prefix.is_empty()) else {
                    return prefix.into();
                };
                let least = seen.min_items.unwrap_or(0).min(8);
                let wanted = if depth < self.optional { least.max(1) } else { least };
                let wanted = seen.max_items.map_or(wanted, |most| wanted.min(most));
                (0..wanted).map(|_| self.value(items, depth + 1)).collect()
            }
            Some(JsonType::Object) => {
                let mut object = Map::new();
                self.properties(id, depth, 0, &mut object);
                Json::Object(object)
            }
            Some(JsonType::Null) => Json::Null,
            None if seen.nullable == Some(true) => Json::Null,
            None => json!({}),
        }
    }

    /// A value that the document gives.
    fn given(&self, id: SchemaId, chain: usize) -> Option<Json> {
        let node = &self.schemas[id];
        let own = node
            .examples
            .iter()
            .find(|example| !example.is_null())
            .or(node.default.as_ref().filter(|default| !default.is_null()))
            .or(node.constant.as_ref());
        if let Some(own) = own {
            return Some(own.clone());
        }
        let target = node.reference.filter(|_| chain < 16)?;
        self.given(target, chain + 1)
    }

    fn first_branch(&mut self, id: SchemaId, chain: usize) -> Option<SchemaId> {
        self.values += 1;
        if self.values > VALUES {
            return None;
        }
        let node = &self.schemas[id];
        let union = node.any_of.iter().chain(&node.one_of);
        let typed = union.clone().find(|branch| self.schemas[**branch].types != [JsonType::Null]);
        typed.copied().or_else(|| {
            let next = node.reference.iter().chain(&node.all_of);
            let mut next = next.filter(|_| chain < 16);
            next.find_map(|part| self.first_branch(*part, chain + 1))
        })
    }

    /// The properties of a schema, its reference, its `allOf` and the first branch of its unions.
    fn properties(
        &mut self,
        id: SchemaId,
        depth: usize,
        chain: usize,
        object: &mut Map<String, Json>,
    ) {
        self.values += 1;
        if chain > 16 || self.values > VALUES {
            return;
        }
        let node = &self.schemas[id];
        for part in node.reference.iter().chain(&node.all_of) {
            self.properties(*part, depth, chain + 1, object);
        }
        for union in [&node.any_of, &node.one_of] {
            let branch =
                union.iter().find(|branch| self.schemas[**branch].types != [JsonType::Null]);
            if let Some(branch) = branch {
                self.properties(*branch, depth, chain + 1, object);
                let discriminator = node.discriminator.as_ref();
                let values =
                    discriminator.and_then(|it| discriminator::unsaid(self.schemas, it, *branch));
                if let (Some(discriminator), Some(value)) =
                    (discriminator, values.and_then(|values| values.into_iter().next()))
                {
                    object.insert(discriminator.property.clone(), Json::String(value));
                }
            }
        }
        for (name, property) in &node.properties {
            let wanted = depth < self.optional || node.required.contains(name);
            if wanted && !is_hidden(self.schemas, Direction::Output, *property) {
                let value = self.value(*property, depth + 1);
                object.insert(name.clone(), value);
            }
        }
    }
}

fn number(seen: &super::view::View, whole: bool) -> Json {
    let bound =
        |bound: &Option<serde_json::Number>| bound.as_ref().and_then(serde_json::Number::as_f64);
    let above = bound(&seen.exclusive_minimum)
        .map(|least| if whole { least.floor() + 1.0 } else { least + 0.5 });
    let below = bound(&seen.exclusive_maximum)
        .map(|most| if whole { most.ceil() - 1.0 } else { most - 0.5 });
    let least = [bound(&seen.minimum), above].into_iter().flatten().reduce(f64::max);
    let most = [bound(&seen.maximum), below].into_iter().flatten().reduce(f64::min);
    let mut value = if whole { 1.0 } else { 1.5 };
    if let Some(least) = least {
        value = f64::max(value, least);
    }
    if let Some(most) = most {
        value = f64::min(value, most);
    }
    if let Some(step) = bound(&seen.multiple_of).filter(|step| *step > 0.0) {
        value = (value / step).ceil() * step;
    }
    if whole && value.fract() == 0.0 && value.abs() < 9.0e15 {
        let digits = format!("{value:.0}");
        return digits.parse::<i64>().map_or(Json::Null, Json::from);
    }
    serde_json::Number::from_f64(value).map_or(Json::Null, Json::Number)
}

fn text(seen: &super::view::View) -> String {
    let known = match seen.format.as_deref() {
        Some("date-time") => "2026-01-02T03:04:05Z",
        Some("date") => "2026-01-02",
        Some("time") => "03:04:05Z",
        Some("duration") => "PT1H",
        Some("uuid") => "01234567-89ab-4cde-8f01-23456789abcd",
        Some("email" | "idn-email") => "reader@example.com",
        Some("uri" | "url" | "iri" | "uri-reference") => "https://example.com/",
        Some("hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("byte") => BASE64,
        _ if seen.content_encoding.is_some() => BASE64,
        _ => "text",
    };
    let mut text = known.to_owned();
    let least = seen.min_length.unwrap_or(0).min(1024);
    while (text.chars().count() as u64) < least {
        text.push('x');
    }
    match seen.max_length {
        Some(most) => text.chars().take(usize::try_from(most).unwrap_or(usize::MAX)).collect(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::model::Schema;
    use crate::plan::test_support::{content, json_content, operation, response};

    fn check(schemas: &Schemas, responses: Vec<Response>, expected: &Expect) {
        let mut operation = operation("GET", "/x", None);
        operation.responses = responses;
        let reply = reply(schemas, &operation, &mut Census::default());
        let body = match reply.body {
            MockBody::Empty => "-".to_owned(),
            MockBody::Json(value) => value.to_string(),
            MockBody::Text(text) | MockBody::Base64(text) => text.chars().take(20).collect(),
        };
        expected.assert_eq(&format!("{} {} {body}", reply.status, reply.media_type));
    }

    #[test]
    fn status_is_that_of_the_preferred_response() {
        let schemas = Schemas::default();
        let media = || content("application/json", None);
        check(
            &schemas,
            vec![response(206, media()), response(201, media())],
            &expect!["201 application/json {}"],
        );
        check(&schemas, vec![response(404, media())], &expect!["204  -"]);
        let mut default = response(200, media());
        default.status = Status::Default;
        check(&schemas, vec![default], &expect!["200 application/json {}"]);
    }

    #[test]
    fn body_comes_from_examples_then_from_the_schema() {
        let mut schemas = Schemas::default();
        let named = schemas.push(Schema { examples: vec!["Dune".into()], ..Schema::default() });
        let day = schemas.push(Schema {
            types: vec![JsonType::String],
            format: Some("date".to_owned()),
            ..Schema::default()
        });
        let pages = schemas.push(Schema {
            types: vec![JsonType::Integer],
            minimum: Some(10.into()),
            ..Schema::default()
        });
        let secret = schemas.push(Schema { write_only: true, ..Schema::default() });
        let properties = [("name", named), ("day", day), ("pages", pages), ("secret", secret)]
            .map(|(name, id)| (name.to_owned(), id));
        let book = schemas.push(Schema {
            types: vec![JsonType::Object],
            properties: properties.into_iter().collect(),
            ..Schema::default()
        });
        check(
            &schemas,
            vec![response(200, json_content(book))],
            &expect![[r#"200 application/json {"name":"Dune","day":"2026-01-02","pages":10}"#]],
        );
        let mut given = json_content(book);
        given[0].example = Some(json!({ "name": "Emma" }));
        check(
            &schemas,
            vec![response(200, given)],
            &expect![[r#"200 application/json {"name":"Emma"}"#]],
        );
    }

    #[test]
    fn image_is_a_picture() {
        let schemas = Schemas::default();
        check(
            &schemas,
            vec![response(200, content("image/jpeg", None))],
            &expect!["200 image/png iVBORw0KGgoAAAANSUhE"],
        );
    }

    #[test]
    fn recursive_schema_ends() {
        let mut schemas = Schemas::default();
        let tree = schemas.push(Schema::default());
        let children = schemas.push(Schema {
            types: vec![JsonType::Array],
            items: Some(tree),
            ..Schema::default()
        });
        let mut node = Schema { types: vec![JsonType::Object], ..Schema::default() };
        node.properties.insert("children".to_owned(), children);
        schemas.set(tree, node);
        check(
            &schemas,
            vec![response(200, json_content(tree))],
            &expect![[r#"200 application/json {"children":[{"children":[{}]}]}"#]],
        );
    }
}

//! Bodies and responses of Swagger 2.0: their media types are those of the operation.

use super::{Conversion, Found, JSON, flag, named, object, text};
use crate::source::{Key, Node, Span, Value};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

impl<'d> Conversion<'d> {
    /// The body that the parameters of an operation are, if any of them is one.
    pub(super) fn request_body(
        &mut self,
        parameters: &[Found<'d>],
        operation: &'d Node<'d>,
    ) -> Option<Node<'d>> {
        let consumes = self.media_types(operation, "consumes");
        if let Some(body) = parameters.iter().find(|found| found.field("in") == Some("body")) {
            return Some(json_body(*body, &consumes));
        }
        let fields: Vec<Found<'d>> =
            parameters.iter().filter(|found| found.is_body()).copied().collect();
        let first = fields.first()?;
        let has_file = fields.iter().any(|field| field.field("type") == Some("file"));
        let declares = |name| consumes.iter().any(|node| essence(node) == name);
        let media_type =
            if has_file || declares(MULTIPART) && !declares(FORM) { MULTIPART } else { FORM };
        let span = first.0.span;
        let is_required =
            |field: &Found<'d>| field.0.get("required").and_then(Node::as_bool).unwrap_or_default();
        let mut content = vec![(named("schema", span), form_schema(&fields, is_required, span))];
        let styles = fields.iter().filter_map(|field| {
            let style = field.style();
            let name = named_like(field)?;
            (!style.is_empty()).then(|| (name, object(field.0.span, style)))
        });
        let styles: Vec<_> = styles.collect();
        if !styles.is_empty() {
            content.push((named("encoding", span), object(span, styles)));
        }
        let content = vec![(named(media_type, span), object(span, content))];
        let required = fields.iter().any(is_required);
        let entries = vec![
            (named("required", span), flag(required, span)),
            (named("content", span), object(span, content)),
        ];
        Some(object(span, entries))
    }

    /// `responses` of an operation.
    pub(super) fn responses(
        &mut self,
        responses: &'d Node<'d>,
        operation: &'d Node<'d>,
    ) -> Node<'d> {
        let responses = self.end(responses);
        let Some(entries) = responses.as_object() else { return responses.clone() };
        let produces = self.media_types(operation, "produces");
        let mut converted = Vec::with_capacity(entries.len());
        for (key, node) in entries {
            let response = match self.resolver.follow(node) {
                Ok(followed) if !key.name.starts_with("x-") => response(followed.node, &produces),
                // One that cannot be followed is left to whoever says why.
                _ => node.clone(),
            };
            converted.push((key.clone(), response));
        }
        object(responses.span, converted)
    }
}

fn essence<'d>(media_type: &'d Node<'_>) -> &'d str {
    let text = media_type.as_str().unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim()
}

/// The name of a field as a key.
fn named_like<'d>(field: &Found<'d>) -> Option<Key<'d>> {
    let node = field.0.get("name")?;
    let Value::String(name) = &node.value else { return None };
    Some(Key { span: node.span, name: name.clone() })
}

fn json_body<'d>(body: Found<'d>, consumes: &[&'d Node<'d>]) -> Node<'d> {
    let span = body.0.span;
    let kept = ["description", "required"].into_iter().filter_map(|name| body.0.entry(name));
    let mut entries: Vec<_> = kept.map(|(key, node)| (key.clone(), node.clone())).collect();
    let schema = body.0.get("schema");
    entries.push((named("content", span), content(consumes, JSON, schema, None, span)));
    object(span, entries)
}

fn form_schema<'d>(
    fields: &[Found<'d>],
    is_required: impl Fn(&Found<'d>) -> bool,
    span: Span,
) -> Node<'d> {
    let (mut properties, mut required) = (Vec::new(), Vec::new());
    for field in fields {
        let Some(name) = named_like(field) else { continue };
        if is_required(field) {
            required.push(text(name.name.clone(), name.span));
        }
        let mut schema = field.schema();
        if let (Value::Object(entries), Some((key, node))) =
            (&mut schema.value, field.0.entry("description"))
        {
            entries.push((key.clone(), node.clone()));
        }
        properties.push((name, schema));
    }
    let mut entries = vec![
        (named("type", span), text("object", span)),
        (named("properties", span), object(span, properties)),
    ];
    if !required.is_empty() {
        let required = Node { span, value: Value::Array(required) };
        entries.push((named("required", span), required));
    }
    object(span, entries)
}

fn response<'d>(node: &'d Node<'d>, produces: &[&'d Node<'d>]) -> Node<'d> {
    let Some(entries) = node.as_object() else { return node.clone() };
    let is_kept = |(key, _): &&(Key<'d>, Node<'d>)| !matches!(&*key.name, "schema" | "examples");
    let mut kept: Vec<_> = entries.iter().filter(is_kept).cloned().collect();
    if let Some(schema) = node.get("schema") {
        let is_file = schema.get("type").and_then(Node::as_str) == Some("file");
        let default = if is_file { "application/octet-stream" } else { JSON };
        let examples = node.get("examples");
        let content = content(produces, default, Some(schema), examples, node.span);
        kept.push((named("content", node.span), content));
    }
    object(node.span, kept)
}

/// `content` with the same schema for each media type.
fn content<'d>(
    media_types: &[&'d Node<'d>],
    default: &'static str,
    schema: Option<&'d Node<'d>>,
    examples: Option<&'d Node<'d>>,
    span: Span,
) -> Node<'d> {
    let mut keys: Vec<Key<'d>> = Vec::new();
    for node in media_types {
        let Value::String(name) = &node.value else { continue };
        if !keys.iter().any(|key| key.name == *name) {
            keys.push(Key { span: node.span, name: name.clone() });
        }
    }
    if keys.is_empty() {
        keys.push(named(default, span));
    }
    let entries = keys.into_iter().map(|key| {
        let mut media = Vec::new();
        media.extend(schema.map(|schema| (named("schema", schema.span), schema.clone())));
        let example = examples.and_then(|examples| examples.get(&key.name));
        media.extend(example.map(|node| (named("example", node.span), node.clone())));
        (key, object(span, media))
    });
    object(span, entries.collect())
}

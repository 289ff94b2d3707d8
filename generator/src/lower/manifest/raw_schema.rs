//! JSON Schemas that are written by hand: passed through as they are, once it is certain that they
//! are schemas of 2020-12 that stand on their own.

use std::collections::BTreeSet;

use super::files::{self, Contents};
use super::header;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::{Placed, SchemaText};
use crate::model::{Header, Json};
use crate::source::{Span, join_pointer};

/// Deepest nesting of schemas.
const DEPTH: usize = 64;
/// Problems of one schema that are reported.
const MOST_PROBLEMS: usize = 10;

/// Which side of a tool a schema describes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Side {
    Input,
    Output,
}

/// The schema with the headers that it names; `None` after a diagnostic.
pub(super) fn lower(
    schema: &Placed<SchemaText>,
    side: Side,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Option<(Json, Vec<Header>)> {
    let key = if side == Side::Input { "input_schema" } else { "output_schema" };
    let parse = |text: &str, whose: &str, diagnostics: &mut Diagnostics| {
        serde_json::from_str::<Json>(text)
            .map_err(|error| {
                let message = format!("{whose} is no JSON: {error}");
                let help = "write a JSON Schema of 2020-12, or a table of TOML";
                diagnostics
                    .push(Diagnostic::error(Code::E0307, message).at(schema.span, "").help(help));
            })
            .ok()
    };
    let value = match &schema.value {
        SchemaText::Value(value) => value.clone(),
        SchemaText::Json(text) => parse(text, &format!("`{key}`"), diagnostics)?,
        SchemaText::File(path) => {
            let text = files::text(contents, path, schema.span, diagnostics)?;
            parse(text, path, diagnostics)?
        }
    };
    let mut check =
        Check { key, side, span: schema.span, problems: Vec::new(), headers: Vec::new() };
    check.root(&value);
    let Check { problems, headers: found, .. } = check;
    let failed = !problems.is_empty();
    for problem in problems.into_iter().take(MOST_PROBLEMS) {
        diagnostics.push(problem);
    }
    let mut headers = Vec::new();
    for one in found {
        header::add(&mut headers, one, schema.span, diagnostics);
    }
    (!failed).then_some((value, headers))
}

struct Check {
    key: &'static str,
    side: Side,
    span: Span,
    problems: Vec<Diagnostic>,
    headers: Vec<Header>,
}

/// A schema inside another one.
struct Place<'s> {
    pointer: String,
    depth: usize,
    /// The properties that lead to it, as long as nothing but properties does.
    properties: Option<Vec<&'s str>>,
}

/// The forms of the values of keywords (JSON Schema 2020-12, core and validation).
#[derive(Clone, Copy)]
enum Form {
    Schema,
    Schemas,
    Properties,
    Text,
    Texts,
    TextsByName,
    Count,
    Number,
    Flag,
    List,
}

const FORMS: &[(Form, &str, &[&str])] = &[
    (
        Form::Schema,
        "a schema",
        &[
            "additionalProperties",
            "contains",
            "contentSchema",
            "else",
            "if",
            "items",
            "not",
            "propertyNames",
            "then",
            "unevaluatedItems",
            "unevaluatedProperties",
        ],
    ),
    (Form::Schemas, "a list of schemas", &["allOf", "anyOf", "oneOf", "prefixItems"]),
    (
        Form::Properties,
        "an object of schemas",
        &["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"],
    ),
    (
        Form::Text,
        "a text",
        &[
            "$anchor",
            "$comment",
            "$dynamicAnchor",
            "$dynamicRef",
            "$id",
            "$ref",
            "$schema",
            "contentEncoding",
            "contentMediaType",
            "description",
            "format",
            "pattern",
            "title",
            "x-mcp-header",
        ],
    ),
    (Form::Texts, "a list of different texts", &["required"]),
    (Form::TextsByName, "an object of lists of texts", &["dependentRequired"]),
    (
        Form::Count,
        "a whole number of at least 0",
        &[
            "maxContains",
            "maxItems",
            "maxLength",
            "maxProperties",
            "minContains",
            "minItems",
            "minLength",
            "minProperties",
        ],
    ),
    (
        Form::Number,
        "a number",
        &["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"],
    ),
    (Form::Flag, "true or false", &["deprecated", "readOnly", "uniqueItems", "writeOnly"]),
    (Form::List, "a list", &["enum", "examples"]),
];

const TYPES: &[&str] = &["array", "boolean", "integer", "null", "number", "object", "string"];

impl Check {
    fn problem(&mut self, pointer: &str, what: &str, help: &str) {
        let at = if pointer.is_empty() { "the root".to_owned() } else { format!("`{pointer}`") };
        let message = format!("`{}` is no schema of 2020-12: {at} {what}", self.key);
        self.problems.push(Diagnostic::error(Code::E0307, message).at(self.span, "").help(help));
    }

    fn root(&mut self, value: &Json) {
        let Some(root) = value.as_object() else {
            self.problem("", "is not an object", "write { \"type\": \"object\", … }");
            return;
        };
        if self.side == Side::Input && root.get("type").and_then(Json::as_str) != Some("object") {
            let help = "arguments are an object: add \"type\": \"object\"";
            self.problem("", "has not the type \"object\"", help);
        }
        if let Some(dialect) = root.get("$schema").and_then(Json::as_str)
            && dialect.trim_end_matches('#') != "https://json-schema.org/draft/2020-12/schema"
        {
            let help = "clients read 2020-12: leave `$schema` out or name that one";
            self.problem("/$schema", "is another dialect", help);
        }
        let mut anchors = BTreeSet::new();
        collect_anchors(value, 0, &mut anchors);
        self.schema(
            value,
            &Place { pointer: String::new(), depth: 0, properties: Some(Vec::new()) },
        );
        self.references(value, value, &anchors, "", 0);
    }

    fn schema(&mut self, value: &Json, place: &Place<'_>) {
        let Some(schema) = value.as_object() else {
            if !value.is_boolean() {
                self.problem(&place.pointer, "is not a schema", "write an object, true or false");
            }
            return;
        };
        if place.depth > DEPTH {
            self.problem(&place.pointer, "is nested too deeply", "name parts of it in `$defs`");
            return;
        }
        for (keyword, value) in schema {
            if keyword == "type" {
                self.types(value, place);
            } else if let Some((form, expected, _)) =
                FORMS.iter().find(|(_, _, keywords)| keywords.contains(&keyword.as_str()))
            {
                self.keyword(keyword, value, *form, expected, place);
            }
        }
        if let Some(name) = schema.get("x-mcp-header").and_then(Json::as_str) {
            self.header(name, schema.get("type"), place);
        }
    }

    fn types(&mut self, value: &Json, place: &Place<'_>) {
        let known = |value: &Json| value.as_str().is_some_and(|name| TYPES.contains(&name));
        let fits = match value {
            Json::Array(types) => !types.is_empty() && types.iter().all(known) && differ(types),
            one => known(one),
        };
        if !fits {
            let pointer = join_pointer(&place.pointer, "type");
            let help = format!("types are {}, or a list of them", TYPES.join(", "));
            self.problem(&pointer, "is not a type", &help);
        }
    }

    fn keyword(
        &mut self,
        keyword: &str,
        value: &Json,
        form: Form,
        expected: &str,
        place: &Place<'_>,
    ) {
        let pointer = join_pointer(&place.pointer, keyword);
        let is_text_list = |value: &Json| {
            value.as_array().is_some_and(|items| items.iter().all(Json::is_string) && differ(items))
        };
        let fits = match form {
            Form::Schema => value.is_object() || value.is_boolean(),
            Form::Schemas => value.as_array().is_some_and(|items| !items.is_empty()),
            Form::Properties => value.is_object(),
            Form::Text => value.is_string(),
            Form::Texts => is_text_list(value),
            Form::TextsByName => {
                value.as_object().is_some_and(|lists| lists.values().all(is_text_list))
            }
            Form::Count => value.as_u64().is_some() || value.as_f64().is_some_and(is_count),
            Form::Number if keyword == "multipleOf" => value.as_f64().is_some_and(|it| it > 0.0),
            Form::Number => value.is_number(),
            Form::Flag => value.is_boolean(),
            Form::List => value.is_array(),
        };
        if !fits {
            let help = match (keyword, value) {
                ("items", Json::Array(_)) => "2020-12 calls a list of schemas `prefixItems`",
                ("exclusiveMinimum" | "exclusiveMaximum", Json::Bool(_)) => {
                    "it is the limit itself since draft 6"
                }
                _ => "look the keyword up in JSON Schema 2020-12",
            };
            self.problem(&pointer, &format!("is not {expected}"), help);
            return;
        }
        let depth = place.depth + 1;
        match (form, value) {
            (Form::Schema, _) => {
                self.schema(value, &Place { pointer, depth, properties: None });
            }
            (Form::Schemas, Json::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    let pointer = join_pointer(&pointer, &index.to_string());
                    self.schema(item, &Place { pointer, depth, properties: None });
                }
            }
            (Form::Properties, Json::Object(items)) => {
                for (name, item) in items {
                    let properties = place.properties.as_ref().filter(|_| keyword == "properties");
                    let properties = properties.map(|path| {
                        path.iter().copied().chain(std::iter::once(name.as_str())).collect()
                    });
                    let pointer = join_pointer(&pointer, name);
                    self.schema(item, &Place { pointer, depth, properties });
                }
            }
            _ => {}
        }
    }

    fn header(&mut self, name: &str, ty: Option<&Json>, place: &Place<'_>) {
        if self.side == Side::Output {
            return;
        }
        let fits = ty
            .and_then(Json::as_str)
            .is_some_and(|ty| ["string", "integer", "boolean"].contains(&ty));
        let pointer = join_pointer(&place.pointer, "x-mcp-header");
        match &place.properties {
            Some(path) if !path.is_empty() && fits => {
                let path = path.iter().map(|name| (*name).to_owned()).collect();
                self.headers.push(Header { path, name: name.to_owned() });
            }
            Some(path) if !path.is_empty() => {
                let help = "only properties of type string, integer or boolean go into headers";
                self.problem(&pointer, "is at a property of another type", help);
            }
            _ => {
                let help = "it belongs to a property that is reached through `properties` alone";
                self.problem(&pointer, "is not at a property", help);
            }
        }
    }

    /// References lead to places of the same schema: nothing is fetched, neither here nor by clients.
    fn references(
        &mut self,
        root: &Json,
        value: &Json,
        anchors: &BTreeSet<&str>,
        pointer: &str,
        depth: usize,
    ) {
        if depth > DEPTH * 2 {
            return;
        }
        match value {
            Json::Object(entries) => {
                for (key, inner) in entries {
                    let here = join_pointer(pointer, key);
                    if matches!(key.as_str(), "$ref" | "$dynamicRef")
                        && let Some(target) = inner.as_str()
                        && !leads_somewhere(root, target, anchors)
                    {
                        let what = format!("leads to `{target}`, which is not in the schema");
                        let help = "copy what it means into `$defs` and refer to \"#/$defs/NAME\"";
                        self.problem(&here, &what, help);
                    }
                    // Values, not schemas.
                    if !matches!(key.as_str(), "const" | "enum" | "default" | "examples") {
                        self.references(root, inner, anchors, &here, depth + 1);
                    }
                }
            }
            Json::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    let here = join_pointer(pointer, &index.to_string());
                    self.references(root, inner, anchors, &here, depth + 1);
                }
            }
            _ => {}
        }
    }
}

fn differ(items: &[Json]) -> bool {
    items.iter().enumerate().all(|(at, item)| !items[..at].contains(item))
}

fn is_count(number: f64) -> bool {
    number >= 0.0 && number.fract() == 0.0
}

fn collect_anchors<'s>(value: &'s Json, depth: usize, anchors: &mut BTreeSet<&'s str>) {
    if depth > DEPTH * 2 {
        return;
    }
    match value {
        Json::Object(entries) => {
            for key in ["$anchor", "$dynamicAnchor", "$id"] {
                anchors.extend(entries.get(key).and_then(Json::as_str));
            }
            entries.values().for_each(|inner| collect_anchors(inner, depth + 1, anchors));
        }
        Json::Array(items) => {
            items.iter().for_each(|inner| collect_anchors(inner, depth + 1, anchors));
        }
        _ => {}
    }
}

fn leads_somewhere(root: &Json, target: &str, anchors: &BTreeSet<&str>) -> bool {
    match target.strip_prefix('#') {
        Some("") => true,
        Some(pointer) if pointer.starts_with('/') => root.pointer(&decoded(pointer)).is_some(),
        Some(anchor) => anchors.contains(anchor),
        None => anchors.contains(target),
    }
}

/// A pointer of a fragment without its percent encoding, which names of `$defs` rarely need.
fn decoded(pointer: &str) -> String {
    let mut bytes = Vec::with_capacity(pointer.len());
    let mut rest = pointer.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

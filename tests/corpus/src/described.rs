//! What the text of a document says of its operations, apart from how the generator reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mcpwright::operation::RESERVED_HEADERS;

use crate::files::{Files, Place};

/// The fixed methods of a path item, up to OpenAPI 3.2.
const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Deepest `allOf` that is followed.
const DEPTH: usize = 8;

/// Method and path.
pub type Route = (String, String);

/// An operation.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Described {
    /// The media types of its successful responses.
    pub success: BTreeSet<String>,
    /// Its parameters, by location and name.
    pub parameters: BTreeSet<(String, String)>,
    /// The media types of its body, each with the properties that its schema names.
    pub body: BTreeMap<String, BTreeSet<String>>,
    /// The properties of its body that are `readOnly`.
    pub read_only: BTreeSet<String>,
}

/// Why a part of a description is in no request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unsent {
    /// A header parameter whose definition is ignored (OpenAPI 3.1.1, 4.8.12.1).
    Header,
    /// A path parameter that is not in the path (OpenAPI 3.1.1, 4.8.12.2).
    Path,
    /// A property that is `readOnly`.
    ReadOnly,
    /// A property of a body in another media type than the one that is sent.
    MediaType,
}

/// The operations of a document.
pub type Operations = BTreeMap<Route, Described>;

/// Reads the operations of a document. `None`: it cannot be parsed.
#[must_use]
pub fn operations(document: &Path) -> Option<Operations> {
    let files = Files::read(document)?;
    let mut found = Operations::new();
    let paths = files.root().get("paths").into_iter().flat_map(Place::members);
    for (path, item) in paths.filter(|(path, _)| path.starts_with('/')) {
        let items = item.chain();
        for (method, operation) in items.iter().copied().flat_map(methods) {
            // What stands beside a reference wins.
            let route = (method, path.to_owned());
            found.entry(route).or_insert_with(|| describe(files.root(), &items, operation));
        }
    }
    Some(found)
}

fn methods(item: Place<'_>) -> impl Iterator<Item = (String, Place<'_>)> {
    let fixed = item.members().filter(|(name, _)| METHODS.contains(name));
    let fixed = fixed.map(|(name, operation)| (name.to_uppercase(), operation));
    let additional = item.get("additionalOperations").into_iter().flat_map(Place::members);
    fixed.chain(additional.map(|(name, operation)| (name.to_owned(), operation)))
}

fn describe(root: Place<'_>, items: &[Place<'_>], operation: Place<'_>) -> Described {
    // No operation may be a reference, and some documents have them all the same.
    let operation = operation.followed();
    let lists = items.iter().chain([&operation]).filter_map(|place| place.get("parameters"));
    let parameters: Vec<Place<'_>> = lists.flat_map(Place::items).map(Place::followed).collect();
    let body = operation.get("requestBody").map(Place::followed);
    let media = body.and_then(|body| body.get("content")).into_iter().flat_map(Place::members);
    let mut described = Described {
        success: success(root, operation),
        parameters: parameters
            .iter()
            .map(|parameter| (parameter.text("in").to_owned(), parameter.text("name").to_owned()))
            .collect(),
        ..Described::default()
    };
    for (name, media) in media {
        described.add_body(name, media.get("schema"));
    }
    // Swagger 2.0: the parts of a body are parameters, and its media types stand apart.
    let is_part = |it: &&Place<'_>| matches!(it.text("in"), "body" | "formData");
    for part in parameters.iter().filter(is_part) {
        let consumes = operation.get("consumes").or_else(|| root.get("consumes"));
        let consumes = consumes.into_iter().flat_map(Place::items).filter_map(Place::as_str);
        for media_type in consumes {
            described.add_body(media_type, part.get("schema"));
        }
        if described.body.is_empty() {
            described.add_body("application/json", part.get("schema"));
        }
    }
    described
}

/// The properties of a schema and of what its `allOf` adds, each with whether it is `readOnly`, also
/// beside a reference.
fn properties(schema: Place<'_>) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut parts = vec![(schema, 0)];
    while let Some((part, depth)) = parts.pop() {
        let part = part.followed();
        for (name, property) in part.get("properties").into_iter().flat_map(Place::members) {
            let places = property.chain();
            let marks = places.iter().filter_map(|place| place.get("readOnly"));
            found.push((name.to_owned(), marks.into_iter().any(Place::is_true)));
        }
        if depth < DEPTH {
            let all = part.get("allOf").into_iter().flat_map(Place::items);
            parts.extend(all.map(|part| (part, depth + 1)));
        }
    }
    found
}

fn success(root: Place<'_>, operation: Place<'_>) -> BTreeSet<String> {
    let produces = operation.get("produces").or_else(|| root.get("produces"));
    let responses = operation.get("responses").into_iter().flat_map(Place::members);
    let is_success = |status: &str| status.len() == 3 && status.starts_with('2');
    let mut found = BTreeSet::new();
    for (_, response) in responses.filter(|(status, _)| is_success(status)) {
        let response = response.followed();
        let content = response.get("content").into_iter().flat_map(Place::members);
        found.extend(content.map(|(name, _)| name.to_owned()));
        // Swagger 2.0: a response without a schema has no content.
        if response.get("schema").is_some() {
            let produces = produces.into_iter().flat_map(Place::items).filter_map(Place::as_str);
            found.extend(produces.map(str::to_owned));
        }
    }
    found
}

impl Described {
    fn add_body(&mut self, media_type: &str, schema: Option<Place<'_>>) {
        let named = self.body.entry(media_type.to_owned()).or_default();
        for (name, is_read_only) in schema.map(properties).unwrap_or_default() {
            if is_read_only {
                self.read_only.insert(name.clone());
            }
            named.insert(name);
        }
    }

    /// Why an argument is in no request to a path whose body has a media type, and the name of what
    /// it sets. The argument may have the suffix that tells it from one of another location.
    #[must_use]
    pub fn unsent(&self, path: &str, media_type: &str, argument: &str) -> Option<(Unsent, String)> {
        let declares = |location: &str, name: &str| {
            self.parameters.contains(&(location.to_owned(), name.to_owned()))
        };
        let header = argument.strip_suffix("__header").unwrap_or(argument);
        if declares("header", header) && is_ignored(header) {
            return Some((Unsent::Header, header.to_ascii_lowercase()));
        }
        let variable = argument.strip_suffix("__path").unwrap_or(argument);
        if declares("path", variable) && !path.contains(&format!("{{{variable}}}")) {
            return Some((Unsent::Path, variable.to_owned()));
        }
        if self.read_only.contains(argument) {
            return Some((Unsent::ReadOnly, argument.to_owned()));
        }
        let sent = self.body.get(media_type)?;
        let is_elsewhere = self.body.values().any(|names| names.contains(argument));
        (is_elsewhere && !sent.contains(argument)).then(|| (Unsent::MediaType, argument.to_owned()))
    }
}

/// Whether no argument sets a header.
fn is_ignored(header: &str) -> bool {
    RESERVED_HEADERS.contains(&header.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Operations {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        operations(&folder.path().join(files[0].0)).expect("it parses")
    }

    fn find<'o>(operations: &'o Operations, method: &str, path: &str) -> &'o Described {
        &operations[&(method.to_owned(), path.to_owned())]
    }

    fn success<'o>(operations: &'o Operations, path: &str) -> Vec<&'o str> {
        find(operations, "GET", path).success.iter().map(String::as_str).collect()
    }

    #[test]
    fn media_types_of_swagger_are_those_of_the_operation_else_of_the_document() {
        let operations = read(&[(
            "a.yaml",
            "swagger: '2.0'
produces: [application/json, text/csv]
responses: { Ok: { schema: {} } }
paths:
  /own: { get: { produces: [text/plain], responses: { 200: { $ref: '#/responses/Ok' } } } }
  /shared: { get: { responses: { 201: { schema: {} }, default: { schema: {} } } } }
  /none: { get: { produces: [], responses: { 200: { schema: {} } } } }
  /empty:
    get: { consumes: [a/b], responses: { 204: {} } }
    put: { consumes: [a/b], parameters: [{ in: body, name: x }] }
",
        )]);
        assert_eq!(success(&operations, "/own"), ["text/plain"]);
        assert_eq!(success(&operations, "/shared"), ["application/json", "text/csv"]);
        assert!(success(&operations, "/none").is_empty());
        assert!(success(&operations, "/empty").is_empty());
        assert!(find(&operations, "GET", "/empty").body.is_empty());
        assert!(find(&operations, "PUT", "/empty").body.contains_key("a/b"));
    }

    #[test]
    fn parts_in_other_files_belong_to_the_document() {
        let operations = read(&[
            ("a.yaml", "paths: { /a: { $ref: item.yaml }, /b: { get: { $ref: item.yaml#/get } } }"),
            (
                "item.yaml",
                "parameters: [{ $ref: 'parts.yaml#/p' }]
get: { responses: { 2XX: { $ref: 'parts.yaml#/ok' } } }
post: { requestBody: { $ref: 'parts.yaml#/body' } }
",
            ),
            (
                "parts.yaml",
                "p: { name: q, in: query }
ok: { content: { application/json: {} } }
body: { content: { text/plain: {} } }
",
            ),
        ]);
        assert_eq!(operations.len(), 3);
        assert_eq!(success(&operations, "/a"), ["application/json"]);
        let post = find(&operations, "POST", "/a");
        assert_eq!(post.parameters, BTreeSet::from([("query".to_owned(), "q".to_owned())]));
        assert!(post.body.contains_key("text/plain"));
    }

    #[test]
    fn headers_that_are_ignored_are_no_arguments() {
        let operations = read(&[(
            "a.yaml",
            "paths:
  /a:
    get:
      parameters:
      - { name: Accept, in: header }
      - { name: authorization, in: header }
  /b:
    parameters: [{ name: Cookie, in: header }, { name: Host, in: query }]
    get: {}
",
        )]);
        let a = find(&operations, "GET", "/a");
        let header = |name: &str| Some((Unsent::Header, name.to_owned()));
        assert_eq!(a.unsent("/a", "", "Accept"), header("accept"));
        assert_eq!(a.unsent("/a", "", "authorization__header"), header("authorization"));
        assert_eq!(a.unsent("/a", "", "Content-Type"), None);
        let b = find(&operations, "GET", "/b");
        assert_eq!((b.unsent("/b", "", "Cookie"), b.unsent("/b", "", "Host")), (None, None));
    }

    #[test]
    fn path_parameters_that_are_not_in_the_path_are_no_arguments() {
        let text = "paths: { '/a/{b}': { get: { parameters: [{ name: b, in: path }, \
                    { name: c, in: path }, { name: d, in: query }] } } }";
        let operations = read(&[("a.yaml", text)]);
        let a = find(&operations, "GET", "/a/{b}");
        let unsent = |name| a.unsent("/a/{b}", "", name).map(|(why, _)| why);
        assert_eq!([unsent("c"), unsent("c__path")], [Some(Unsent::Path); 2]);
        assert_eq!([unsent("b"), unsent("d"), unsent("e")], [None; 3]);
    }

    #[test]
    fn read_only_properties_of_a_body_are_no_arguments() {
        let operations = read(&[(
            "a.yaml",
            "definitions:
  A: { properties: { id: { readOnly: true }, name: { readOnly: false } } }
  Loop: { allOf: [{ $ref: '#/definitions/Loop' }] }
paths:
  /new:
    put: { requestBody: { content: { a/b: { schema: { $ref: '#/definitions/A' } } } } }
    get: { responses: { 200: { content: { a/b: { schema: { $ref: '#/definitions/A' } } } } } }
  /old:
    put:
      parameters:
      - in: body
        name: a
        schema:
          allOf:
          - { $ref: '#/definitions/A' }
          - { $ref: '#/definitions/Loop' }
          - { properties: { at: { $ref: '#/definitions/T', readOnly: true } } }
",
        )]);
        let names = |method, path| {
            find(&operations, method, path).read_only.iter().map(String::as_str).collect::<Vec<_>>()
        };
        assert_eq!(names("PUT", "/new"), ["id"]);
        assert!(names("GET", "/new").is_empty());
        assert_eq!(names("PUT", "/old"), ["at", "id"]);
    }

    #[test]
    fn properties_of_another_media_type_are_no_arguments() {
        let operations = read(&[(
            "a.yaml",
            "paths:
  /a:
    put:
      requestBody:
        content:
          application/json: { schema: { properties: { a: {}, b: {} } } }
          multipart/form-data: { schema: { properties: { b: {}, c: {} } } }
",
        )]);
        let a = find(&operations, "PUT", "/a");
        let unsent = |name| a.unsent("/a", "application/json", name).map(|(why, _)| why);
        assert_eq!(unsent("c"), Some(Unsent::MediaType));
        assert_eq!([unsent("a"), unsent("b"), unsent("d")], [None; 3]);
    }
}

//! Stage tests of the arguments of forwarded operations.

use expect_test::{Expect, expect};

use super::*;
use crate::model::schema::JsonType;
use crate::model::{Location, RequestBody, Schema, SchemaId};
use crate::plan::test_support::{chosen, content, json_content, operation, parameter, span};

fn text(schemas: &mut Schemas) -> SchemaId {
    schemas.push(Schema { types: vec![JsonType::String], ..Schema::default() })
}

fn object(schemas: &mut Schemas, names: &[&str], required: &[&str]) -> SchemaId {
    let properties = names.iter().map(|name| ((*name).to_owned(), text(schemas))).collect();
    schemas.push(Schema {
        types: vec![JsonType::Object],
        properties,
        required: required.iter().map(|name| (*name).to_owned()).collect(),
        ..Schema::default()
    })
}

/// The arguments of an operation of which nothing is declared or locked.
fn planned(schemas: &Schemas, operation: &Operation, census: &mut Census) -> Inputs {
    let locked = BTreeMap::new();
    let source = Source {
        schemas,
        operation,
        settings: None,
        locked: &locked,
        in_uri: false,
        own: Vec::new(),
    };
    plan(&source, census, &mut Diagnostics::default())
}

fn check(
    schemas: &Schemas,
    operation: &Operation,
    settings: Option<&OperationSettings>,
    expected: &Expect,
) {
    let locked = BTreeMap::new();
    let source =
        Source { schemas, operation, settings, locked: &locked, in_uri: false, own: Vec::new() };
    let mut diagnostics = Diagnostics::default();
    let inputs = plan(&source, &mut Census::default(), &mut diagnostics);
    let mut text = format!("{}\n", inputs.schema);
    for condition in &inputs.conditions {
        text.push_str(&format!("{condition}\n"));
    }
    for argument in &inputs.arguments {
        let default = argument.default.as_ref().map_or(String::new(), |json| format!(" = {json}"));
        let hidden = if argument.hidden { " hidden" } else { "" };
        text.push_str(&format!(
            "{} {:?} {:?} {}{default}{hidden}\n",
            argument.name, argument.place, argument.kind, argument.wire
        ));
    }
    for problem in &diagnostics {
        text.push_str(&format!("{}: {}\n", problem.code.as_str(), problem.message));
    }
    expected.assert_eq(&text);
}

fn body(content: Vec<crate::model::MediaType>) -> Option<RequestBody> {
    Some(RequestBody { span: span(), description: None, required: true, content })
}

#[test]
fn body_properties_stand_beside_parameters() {
    let mut schemas = Schemas::default();
    let id = text(&mut schemas);
    let root = object(&mut schemas, &["id", "name"], &["name"]);
    let mut operation = operation("PUT", "/books/{id}", None);
    operation.parameters = vec![parameter("id", Location::Path, Some(id))];
    operation.body = body(json_content(root));
    check(
        &schemas,
        &operation,
        None,
        &expect![[r#"
            {"type":"object","properties":{"id__path":{"type":"string","description":"(Path parameter)"},"id":{"type":"string"},"name":{"type":"string"}},"required":["id__path","name"],"additionalProperties":false}
            id__path Path Text id
            id Property Text id
            name Property Text name
        "#]],
    );
}

#[test]
fn body_that_is_no_object_is_one_argument() {
    let mut schemas = Schemas::default();
    let items = Some(text(&mut schemas));
    let root = schemas.push(Schema { types: vec![JsonType::Array], items, ..Schema::default() });
    let mut operation = operation("POST", "/tags", None);
    operation.body = body(json_content(root));
    check(
        &schemas,
        &operation,
        None,
        &expect![[r#"
            {"type":"object","properties":{"body":{"type":"array","items":{"type":"string"}}},"required":["body"],"additionalProperties":false}
            body Body Texts body
        "#]],
    );
}

#[test]
fn file_is_base64() {
    let schemas = Schemas::default();
    let mut operation = operation("PUT", "/cover", None);
    operation.body = body(content("image/png", None));
    check(
        &schemas,
        &operation,
        None,
        &expect![[r#"
            {"type":"object","properties":{"body":{"type":"string","contentEncoding":"base64","description":"Content of the file as base64, or a data: URI."}},"required":["body"],"additionalProperties":false}
            body Body File body
        "#]],
    );
}

/// A body with a file beside its name, as JSON and as multipart.
fn upload(schemas: &mut Schemas, in_json: bool) -> Operation {
    let name = text(schemas);
    let file = schemas.push(Schema {
        types: vec![JsonType::String],
        content_media_type: Some("application/octet-stream".to_owned()),
        description: Some("Formats: flac, mp3".to_owned()),
        ..Schema::default()
    });
    let files = schemas.push(Schema {
        types: vec![JsonType::Array],
        items: Some(file),
        max_items: Some(4),
        ..Schema::default()
    });
    let properties = [("name", name), ("file", file), ("more", files)];
    let form = schemas.push(Schema {
        types: vec![JsonType::Object],
        properties: properties.map(|(name, id)| (name.to_owned(), id)).into_iter().collect(),
        ..Schema::default()
    });
    let json = if in_json { form } else { object(schemas, &["name"], &[]) };
    let mut operation = operation("POST", "/covers", None);
    let mut both = json_content(json);
    both.extend(content("multipart/form-data", Some(form)));
    operation.body = body(both);
    operation
}

#[test]
fn body_with_a_file_is_multipart_and_says_what_the_file_is() {
    let mut schemas = Schemas::default();
    let operation = upload(&mut schemas, true);
    check(
        &schemas,
        &operation,
        None,
        &expect![[r#"
        {"type":"object","properties":{"name":{"type":"string"},"file":{"type":"string","contentEncoding":"base64","description":"Formats: flac, mp3. Content of the file as base64, or a data: URI."},"more":{"type":"array","items":{"type":"string","contentEncoding":"base64"},"maxItems":4,"description":"Formats: flac, mp3. Content of the file as base64, or a data: URI."}},"additionalProperties":false}
        name Property Text name
        file Property File file
        more Property Files more
    "#]],
    );
}

#[test]
fn body_whose_json_has_no_file_stays_json() {
    let mut schemas = Schemas::default();
    let operation = upload(&mut schemas, false);
    check(
        &schemas,
        &operation,
        None,
        &expect![[r#"
        {"type":"object","properties":{"name":{"type":"string"}},"additionalProperties":false}
        name Property Text name
    "#]],
    );
}

#[test]
fn conditions_between_properties_are_said_with_the_names_of_arguments() {
    let mut schemas = Schemas::default();
    let id = text(&mut schemas);
    let of = |schemas: &mut Schemas, names: &[&str]| {
        let required = names.iter().map(|name| (*name).to_owned()).collect();
        schemas.push(Schema { required, ..Schema::default() })
    };
    let any_of = vec![of(&mut schemas, &["email"]), of(&mut schemas, &["phone", "id"])];
    let one_of = vec![of(&mut schemas, &["email"]), of(&mut schemas, &["gone"])];
    let root = object(&mut schemas, &["id", "email", "phone"], &[]);
    let mut node = schemas[root].clone();
    node.any_of = any_of;
    node.one_of = one_of;
    node.min_properties = Some(2);
    node.keywords.insert("dependentRequired".to_owned(), json!({ "phone": ["email"] }));
    schemas.set(root, node);
    let mut operation = operation("PUT", "/people/{id}", None);
    operation.parameters = vec![parameter("id", Location::Path, Some(id))];
    operation.body = body(json_content(root));
    check(
        &schemas,
        &operation,
        None,
        &expect![[r#"
        {"type":"object","properties":{"id__path":{"type":"string","description":"(Path parameter)"},"id":{"type":"string"},"email":{"type":"string"},"phone":{"type":"string"}},"required":["id__path"],"additionalProperties":false}
        At least one of these is needed: `email`; `phone` and `id`.
        `phone` needs `email`.
        At least 2 properties of the body are needed.
        id__path Path Text id
        id Property Text id
        email Property Text email
        phone Property Text phone
    "#]],
    );
}

#[test]
fn default_that_its_own_schema_refuses_is_left_out() {
    let mut schemas = Schemas::default();
    let of = |default: Json, schemas: &mut Schemas| {
        schemas.push(Schema {
            types: vec![JsonType::Integer],
            default: Some(default),
            ..Schema::default()
        })
    };
    let wrong = of(json!("abc"), &mut schemas);
    let right = of(json!(3), &mut schemas);
    let mut operation = operation("GET", "/books", None);
    operation.parameters = vec![
        parameter("wrong", Location::Query, Some(wrong)),
        parameter("right", Location::Query, Some(right)),
    ];
    check(
        &schemas,
        &operation,
        None,
        &expect![[r#"
        {"type":"object","properties":{"wrong":{"type":"integer"},"right":{"type":"integer","default":3}},"additionalProperties":false}
        wrong Query Integer wrong
        right Query Integer right
    "#]],
    );
}

#[test]
fn all_of_and_read_only_are_merged_away() {
    let mut schemas = Schemas::default();
    let base = object(&mut schemas, &["a"], &["a"]);
    let id = schemas.push(Schema { read_only: true, ..Schema::default() });
    let more = schemas.push(Schema {
        properties: [("id".to_owned(), id)].into_iter().collect(),
        required: vec!["id".to_owned()],
        ..Schema::default()
    });
    let root = schemas.push(Schema { all_of: vec![base, more], ..Schema::default() });
    let mut operation = operation("POST", "/x", None);
    operation.body = body(json_content(root));
    check(
        &schemas,
        &operation,
        None,
        &expect![[r#"
            {"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}
            a Property Text a
        "#]],
    );
}

#[test]
fn settings_rename_hide_and_fill_in() {
    let mut schemas = Schemas::default();
    let id = text(&mut schemas);
    let mut operation = operation("GET", "/x", None);
    operation.parameters =
        ["q", "lang", "debug"].map(|name| parameter(name, Location::Query, Some(id))).into();
    let mut settings = OperationSettings::default();
    let mut set = |name: &str, setting| settings.arguments.insert(name.to_owned(), setting);
    set("q", ArgumentSettings { name: Some(chosen("words")), ..Default::default() });
    set("lang", ArgumentSettings { default: Some(json!("en")), hide: true, ..Default::default() });
    set("debug", ArgumentSettings { hide: true, ..Default::default() });
    set("lagn", ArgumentSettings::default());
    check(
        &schemas,
        &operation,
        Some(&settings),
        &expect![[r#"
            {"type":"object","properties":{"words":{"type":"string"}},"additionalProperties":false}
            words Query Text q
            lang Query Text lang = "en" hidden
            E0306: GET /x has no argument `lagn`
        "#]],
    );
}

#[test]
fn required_constant_is_sent_without_being_asked_for() {
    let mut schemas = Schemas::default();
    let version = schemas.push(Schema { constant: Some("v1".into()), ..Schema::default() });
    let mut operation = operation("GET", "/{version}/x", None);
    operation.parameters = vec![parameter("version", Location::Path, Some(version))];
    check(
        &schemas,
        &operation,
        None,
        &expect![[r#"
            {"type":"object","properties":{},"additionalProperties":false}
            version Path Text version = "v1" hidden
        "#]],
    );
}

#[test]
fn path_is_split_at_its_variables() {
    let schemas = Schemas::default();
    let mut operation = operation("GET", "/a/{b}.{c}/d", None);
    operation.parameters = ["b", "c"].map(|name| parameter(name, Location::Path, None)).into();
    let inputs = planned(&schemas, &operation, &mut Census::default());
    assert_eq!(
        inputs.path,
        [
            Segment::Literal("/a/".to_owned()),
            Segment::Argument(0),
            Segment::Literal(".".to_owned()),
            Segment::Argument(1),
            Segment::Literal("/d".to_owned()),
        ]
    );
}

#[test]
fn pattern_with_spaces_is_left_to_the_schema() {
    let mut schemas = Schemas::default();
    let mut pattern = |pattern: &str| {
        let text = Schema { types: vec![JsonType::String], ..Schema::default() };
        schemas.push(Schema { pattern: Some(pattern.to_owned()), ..text })
    };
    let ids = [r"^\S+$", r"^[^\s]$", r"^\\s$", r"^a{2}$"].map(&mut pattern);
    let mut operation = operation("GET", "/x", None);
    operation.parameters =
        ids.iter().map(|id| parameter(&format!("q{id:?}"), Location::Query, Some(*id))).collect();
    let inputs = planned(&schemas, &operation, &mut Census::default());
    let by_schema: Vec<bool> = inputs.arguments.iter().map(|argument| argument.schema).collect();
    assert_eq!(by_schema, [true, true, false, false]);
    let patterns: Vec<bool> = inputs.patterns.iter().map(Option::is_some).collect();
    assert_eq!(patterns, [false, false, true, true]);
}

#[test]
fn arguments_of_one_name_are_told_apart_by_their_keys() {
    let mut schemas = Schemas::default();
    let id = text(&mut schemas);
    let root = object(&mut schemas, &["id"], &[]);
    let mut operation = operation("PUT", "/books/{id}", None);
    operation.parameters = vec![parameter("id", Location::Path, Some(id))];
    operation.body = body(json_content(root));
    let mut settings = OperationSettings::default();
    let mut set = |name: &str, setting| settings.arguments.insert(name.to_owned(), setting);
    set("path:id", ArgumentSettings { name: Some(chosen("book")), ..Default::default() });
    set("body:id", ArgumentSettings { hide: true, ..Default::default() });
    check(
        &schemas,
        &operation,
        Some(&settings),
        &expect![[r#"
        {"type":"object","properties":{"book":{"type":"string"}},"required":["book"],"additionalProperties":false}
        book Path Text id
    "#]],
    );
    let same = ArgumentSettings { name: Some(chosen("book")), ..Default::default() };
    settings.arguments = IndexMap::from_iter([("id".to_owned(), same)]);
    check(
        &schemas,
        &operation,
        Some(&settings),
        &expect![[r#"
            {"type":"object","properties":{"book":{"type":"string"},"book_2":{"type":"string"}},"required":["book"],"additionalProperties":false}
            book Path Text id
            book_2 Property Text id
            E0402: `path:id` and `body:id` of PUT /books/{id} would both be the argument `book`
        "#]],
    );
}

#[test]
fn ranges_of_media_types_become_one_that_can_be_sent() {
    let mut schemas = Schemas::default();
    let root = object(&mut schemas, &["a"], &[]);
    for (range, expected) in [
        ("application/*+json", "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/plain"),
        // Limits what a file says of itself.
        ("image/*", "image/*"),
    ] {
        let mut operation = operation("POST", "/x", None);
        operation.body = body(content(range, Some(root)));
        let inputs = planned(&schemas, &operation, &mut Census::default());
        let body = inputs.body.expect("a body");
        assert_eq!(body.media_type, expected, "{range}");
    }
}

#[test]
fn rules_that_a_flat_body_loses_are_counted() {
    let mut schemas = Schemas::default();
    let value = text(&mut schemas);
    let plain = object(&mut schemas, &["a"], &[]);
    let base = schemas[plain].clone();
    let maps = |name: &str| {
        let map = IndexMap::from_iter([("^x-".to_owned(), value)]);
        IndexMap::from_iter([(name.to_owned(), map)])
    };
    let conditions = "conditions between body properties not enforced";
    let others = "schemas of body properties beside the named ones not enforced";
    for (schema, expected) in [
        (base.clone(), None),
        (Schema { min_properties: Some(1), ..base.clone() }, Some(conditions)),
        (Schema { max_properties: Some(1), ..base.clone() }, Some(conditions)),
        (
            Schema {
                keywords: IndexMap::from_iter([("dependentRequired".to_owned(), json!({}))]),
                ..base.clone()
            },
            Some(conditions),
        ),
        (Schema { additional_properties: Some(value), ..base.clone() }, None),
        (
            // What the other part names is beside the names of this one.
            Schema {
                properties: IndexMap::default(),
                all_of: vec![plain],
                additional_properties: Some(value),
                ..base.clone()
            },
            Some(others),
        ),
        (Schema { applicator_maps: maps("patternProperties"), ..base }, Some(others)),
    ] {
        let root = schemas.push(schema);
        let mut operation = operation("POST", "/x", None);
        operation.body = body(json_content(root));
        let mut census = Census::default();
        planned(&schemas, &operation, &mut census);
        let report = census.report(1);
        let found: Vec<&str> = report.unenforced.iter().map(|(what, _)| what.as_str()).collect();
        assert_eq!(found, Vec::from_iter(expected));
    }
}

#[test]
fn properties_beside_the_named_ones_have_their_schema() {
    let mut schemas = Schemas::default();
    let value = text(&mut schemas);
    let plain = object(&mut schemas, &["a"], &[]);
    let root =
        schemas.push(Schema { additional_properties: Some(value), ..schemas[plain].clone() });
    let mut operation = operation("POST", "/x", None);
    operation.body = body(json_content(root));
    check(
        &schemas,
        &operation,
        None,
        &expect![[r#"
        {"type":"object","properties":{"a":{"type":"string"},"additional_properties":{"type":"object","additionalProperties":{"type":"string"},"description":"Other properties of the body, by their names."}},"additionalProperties":false}
        a Property Text a
        additional_properties Properties Object additional_properties
    "#]],
    );
}

#[test]
fn integers_of_64_bits_without_a_sign_are_read_as_such() {
    let mut schemas = Schemas::default();
    let wide = Schema {
        types: vec![JsonType::Integer],
        format: Some("uint64".to_owned()),
        minimum: Some(0.into()),
        ..Schema::default()
    };
    let unbounded = schemas.push(Schema { minimum: None, ..wide.clone() });
    let small = schemas.push(Schema { maximum: Some(9.into()), ..wide.clone() });
    let wide = schemas.push(wide);
    let list = schemas.push(Schema {
        types: vec![JsonType::Array],
        items: Some(wide),
        ..Schema::default()
    });
    let properties = [("wide", wide), ("unbounded", unbounded), ("small", small), ("list", list)];
    let root = schemas.push(Schema {
        properties: properties.map(|(name, id)| (name.to_owned(), id)).into_iter().collect(),
        ..Schema::default()
    });
    let mut operation = operation("POST", "/x", None);
    operation.body = body(json_content(root));
    let inputs = planned(&schemas, &operation, &mut Census::default());
    let found: Vec<_> =
        inputs.arguments.into_iter().map(|it| (it.name, it.kind, it.ty, it.schema)).collect();
    let u64 = RustType::Sized(Width::U64);
    assert_eq!(
        found,
        [
            ("wide".to_owned(), Kind::Integer, Some(u64.clone()), false),
            // The format alone refuses nothing below zero.
            ("unbounded".to_owned(), Kind::Any, None, true),
            ("small".to_owned(), Kind::Integer, None, false),
            ("list".to_owned(), Kind::Integers, Some(RustType::List(Box::new(u64))), false),
        ]
    );
}

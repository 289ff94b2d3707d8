//! Plans of real documents: every listing is JSON whose schemas are valid schemas, every name is
//! one that clients accept, and a second run changes nothing.
//!
//! The documents are read where they lie beside the repository; where they are absent, the tests
//! say so and check nothing.

#![expect(clippy::disallowed_methods, reason = "tests read documents")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mcpwright_generator::diagnostic::Diagnostics;
use mcpwright_generator::input::openapi::Bundle;
use mcpwright_generator::model::{Declaration, Document, DocumentSettings, Typed};
use mcpwright_generator::plan::{self, Lock, RustType, Target};
use mcpwright_generator::source::{self, SourceMap};
use mcpwright_generator::{emit, lower};
use serde_json::Value;

fn corpus() -> Option<PathBuf> {
    let start = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found =
        start.ancestors().map(|folder| folder.join("shared/specs")).find(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: there is no folder shared/specs beside the repository");
    }
    found
}

fn declaration(path: &Path) -> Declaration {
    let name = path.file_stem().and_then(|name| name.to_str()).expect("a plain name").to_owned();
    let text = std::fs::read_to_string(path).expect("a readable document");
    let mut sources = SourceMap::default();
    let file = sources.add(path.file_name().and_then(|name| name.to_str()).expect("a name"), text);
    let mut diagnostics = Diagnostics::default();
    let bundle = Bundle::read(&sources, file, &[], &mut diagnostics).expect("well-formed");
    let api = lower::document(&name, &bundle, None, &mut diagnostics).expect("OpenAPI");
    let document = Document { name: name.clone(), api, settings: DocumentSettings::default() };
    Declaration { name, documents: vec![document], ..Declaration::default() }
}

fn check(name: &str, least: usize) {
    let Some(corpus) = corpus() else { return };
    let path = corpus.join(name);
    if !path.is_file() {
        eprintln!("skipped: {name} is not among the documents");
        return;
    }
    let declaration = declaration(&path);
    let mut diagnostics = Diagnostics::default();
    let planned = plan::plan(&declaration, None, &mut diagnostics);
    let (planned, lock) = planned.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    let mut names = BTreeSet::new();
    let mut types = BTreeSet::new();
    for tool in planned.tools() {
        assert!(names.insert(tool.name.clone()), "{} twice", tool.name);
        assert!(types.insert(tool.type_name.to_lowercase()), "{} twice", tool.type_name);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        assert!(tool.name.len() <= 64 && tool.name.bytes().all(plain), "{}", tool.name);
        for listing in [Some(&tool.listing), tool.legacy_listing.as_ref()].into_iter().flatten() {
            check_listing(&tool.name, listing);
        }
        let Target::Operation(operation) = &tool.target else { continue };
        let arguments = tool.arguments.len();
        assert!(operation.path.iter().all(|segment| match segment {
            plan::Segment::Argument(index) => *index < arguments,
            plan::Segment::Literal(text) => !text.contains(['{', '}']),
        }));
    }
    assert!(names.len() >= least, "{} tools", names.len());
    let text = lock.render();
    let file = source::FileId(0);
    let read = Lock::parse(&text, file, &mut diagnostics).expect("the lock reads its own text");
    let again = plan::plan(&declaration, Some(&read), &mut Diagnostics::default());
    let (again, lock) = again.expect("what was planned once is planned again");
    assert_eq!(lock.render(), text);
    let options = emit::Options { runtime: emit::RuntimeDependency::Version("0.1.0".to_owned()) };
    assert!(emit::emit(&again, &options) == emit::emit(&planned, &options), "the files differ");
}

fn check_listing(tool: &str, listing: &str) {
    assert!(!listing.contains('\n'), "{tool}: more than one line");
    let listing: Value = serde_json::from_str(listing).expect(tool);
    for key in ["inputSchema", "outputSchema"] {
        let Some(schema) = listing.get(key) else { continue };
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            panic!("{tool} {key}: {error} at {}", error.instance_path());
        }
        check_references(tool, schema, schema);
    }
    assert_eq!(listing["inputSchema"]["type"], "object", "{tool}");
}

/// Every reference leads to a definition of the same schema.
fn check_references(tool: &str, root: &Value, value: &Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                let pointer = reference.strip_prefix('#').expect("local");
                assert!(root.pointer(pointer).is_some(), "{tool}: {reference}");
            }
            map.values().for_each(|value| check_references(tool, root, value));
        }
        Value::Array(items) => items.iter().for_each(|item| check_references(tool, root, item)),
        _ => {}
    }
}

#[test]
fn petstore_is_planned() {
    check("petstore.yaml", 19);
}

#[test]
fn museum_is_planned() {
    check("museum.yaml", 8);
}

#[test]
fn frigate_is_planned() {
    check("frigate.yaml", 179);
}

#[test]
fn prefect_is_planned() {
    check("prefect.json", 179);
}

#[test]
fn oxide_nexus_is_planned() {
    check("oxide-nexus.json", 193);
}

#[test]
fn github_is_planned() {
    check("github.json", 1223);
}

/// All operations of a document with types of their own: the Rust parses, and every type that is named
/// is there.
fn check_typed(name: &str) {
    let Some(corpus) = corpus() else { return };
    let path = corpus.join(name);
    if !path.is_file() {
        eprintln!("skipped: {name} is not among the documents");
        return;
    }
    let mut declaration = declaration(&path);
    declaration.documents[0].settings.typed = Typed::All;
    let mut diagnostics = Diagnostics::default();
    let planned = plan::plan(&declaration, None, &mut diagnostics);
    let (planned, _) = planned.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    let mut names = BTreeSet::new();
    for item in &planned.types {
        assert!(names.insert(item.name.as_str()), "{} twice", item.name);
    }
    let responses = planned.operations().filter_map(|operation| operation.response.as_ref());
    let arguments = planned.tools().flat_map(|tool| &tool.arguments);
    let arguments = arguments.filter_map(|argument| argument.ty.as_ref());
    let inside = planned.types.iter().flat_map(|item| item.shape.types());
    let mut used = 0;
    for ty in responses.chain(arguments).chain(inside) {
        check_named(ty, &names, &mut used);
    }
    assert!(used > 0, "no type is used");
    let options = emit::Options { runtime: emit::RuntimeDependency::Version("0.1.0".to_owned()) };
    let files = emit::emit(&planned, &options);
    for (path, text) in files.texts().filter(|(path, _)| path.ends_with(".rs")) {
        if let Err(error) = syn::parse_file(text) {
            panic!("{path}: {error}");
        }
    }
}

fn check_named(ty: &RustType, names: &BTreeSet<&str>, used: &mut usize) {
    match ty {
        RustType::Model(name) => {
            *used += 1;
            assert!(names.contains(name.as_str()), "{name} is not there");
        }
        RustType::List(inner)
        | RustType::Optional(inner)
        | RustType::Map(inner)
        | RustType::Boxed(inner) => check_named(inner, names, used),
        RustType::Tuple(items) => items.iter().for_each(|item| check_named(item, names, used)),
        _ => {}
    }
}

macro_rules! typed {
    ($($test:ident $document:literal)*) => {
        $(#[test]
        fn $test() {
            check_typed($document);
        })*
    };
}

typed! {
    box_is_typed "box.json"
    digitalocean_is_typed "digitalocean-bundled.json"
    discord_is_typed "discord.json"
    discriminators_are_typed "nasty/discriminators.json"
    circular_schemas_are_typed "nasty/schema-circular.json"
    frigate_is_typed "frigate.yaml"
    github_is_typed "github.json"
    kubernetes_is_typed "kubernetes.json"
    museum_is_typed "museum.yaml"
    openai_is_typed "openai.yaml"
    oxide_nexus_is_typed "oxide-nexus.json"
    petstore_is_typed "petstore.yaml"
    prefect_is_typed "prefect.json"
    qdrant_is_typed "qdrant.json"
    stripe_is_typed "stripe.json"
    superset_is_typed "superset.json"
    twilio_is_typed "twilio-api-v2010.json"
}

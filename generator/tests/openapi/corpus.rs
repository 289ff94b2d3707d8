//! Every operation of every document is kept or left out with a reason.

use std::collections::BTreeSet;
use std::path::Path;

use mcpwright_generator::diagnostic::{Diagnostics, Severity};
use mcpwright_generator::input::openapi::Bundle;
use mcpwright_generator::model::{Location, SchemaId};
use mcpwright_generator::source::{Node, SourceMap};

use crate::{Text, specs};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The operations of a document, counted on the tree.
fn operations(root: &Node<'_>) -> usize {
    let items = root.get("paths").and_then(Node::as_object).unwrap_or_default();
    let methods = items.iter().flat_map(|(_, item)| item.as_object().unwrap_or_default());
    methods.filter(|(key, _)| METHODS.contains(&&*key.name)).count()
}

/// Lowers a document and checks what holds for all of them.
fn check(folder: &Path, name: &str, left_out: usize) {
    let text = Text::read(folder, name);
    let mut diagnostics = Diagnostics::default();
    let bundle = text.bundle(&mut diagnostics);
    let root = bundle.root();
    assert!(diagnostics.is_empty(), "{name} is no clean text: {diagnostics:?}");
    let started = std::time::Instant::now();
    let api =
        Text::lower(&bundle, &mut diagnostics).unwrap_or_else(|| panic!("{name}: {diagnostics:?}"));
    let took = started.elapsed();
    let count = operations(root);
    let skipped = diagnostics.iter().filter(|one| one.message.contains(" is left out: ")).count();
    eprintln!(
        "{name}: {count} operations, {} kept, {skipped} left out, {} schemas, {} warnings, {took:?}",
        api.operations.len(),
        api.schemas.len(),
        diagnostics.len(),
    );
    for (kind, count) in &api.census {
        eprintln!("    {count:6} {kind}");
    }
    for one in &diagnostics {
        eprintln!(
            "    {} {} [{}]",
            one.code.as_str(),
            one.message,
            one.pointer.as_deref().unwrap_or("-")
        );
    }
    assert!(diagnostics.iter().all(|one| one.severity == Severity::Warning), "{name}");
    assert_eq!(api.operations.len() + skipped, count, "{name}: no operation is lost");
    assert_eq!(skipped, left_out, "{name}: operations left out");
    for operation in &api.operations {
        let own = root.pointer(&operation.pointer).map(|node| node.span);
        assert_eq!(own, Some(operation.span), "{name}: {} is no place", operation.pointer);
        for parameter in &operation.parameters {
            let path = parameter.location != Location::Path
                || operation.path.contains(&format!("{{{}}}", parameter.name));
            assert!(path, "{name}: {} is not in {}", parameter.name, operation.path);
        }
    }
    for schema in api.schemas.ids().map(|id| &api.schemas[id]) {
        let known = |id: SchemaId| (id.0 as usize) < api.schemas.len();
        assert!(schema.edges().all(known), "{name}: an edge leads out of the arena");
    }
    let cycles = api.schemas.cycles();
    let recursive = api.schemas.ids().filter(|id| cycles.is_recursive(*id)).count();
    eprintln!("    {recursive} recursive schemas");
}

macro_rules! documents {
    ($($test:ident $name:literal $left_out:literal)*) => {
        $(#[test]
        fn $test() {
            if let Some(folder) = specs() {
                check(&folder, $name, $left_out);
            }
        })*
    };
}

// Each document with the number of operations that are left out.
documents! {
    petstore "petstore.yaml" 0
    museum "museum.yaml" 0
    frigate "frigate.yaml" 0
    prefect "prefect.json" 0
    openai "openai.yaml" 0
    discord "discord.json" 0
    box_ "box.json" 0
    twilio "twilio-api-v2010.json" 0
    qdrant "qdrant.json" 0
    oxide "oxide-nexus.json" 0
    superset "superset.json" 0
    github "github.json" 0
    stripe "stripe.json" 0
    kubernetes "kubernetes.json" 0
    digitalocean "digitalocean-bundled.json" 0
    circular_schemas "nasty/schema-circular.json" 0
    discriminators "nasty/discriminators.json" 0
    callbacks "nasty/callbacks.json" 0
    server_variables "nasty/server-variables.json" 0
    several_media_types "nasty/response-multiple-mediatypes.json" 0
    file_uploads "nasty/file-uploads.json" 0
    parameter_styles "nasty/parameters-style-3.0.json" 0
    schema_types "nasty/schema-types-3.1.json" 0
}

/// Documents that use what only 3.2 has are read.
#[test]
fn documents_of_version_3_2() {
    let Some(folder) = specs() else { return };
    let files = std::fs::read_dir(folder.join("oas-3.2")).expect("the folder can be read");
    let mut names = Vec::new();
    for file in files {
        names.push(file.expect("an entry").file_name().into_string().expect("plain names"));
    }
    names.sort();
    for name in names.iter().filter(|name| name.ends_with(".yaml")) {
        let text = Text::read(&folder, &format!("oas-3.2/{name}"));
        let mut diagnostics = Diagnostics::default();
        let bundle = text.bundle(&mut diagnostics);
        let api = Text::lower(&bundle, &mut diagnostics);
        let kept = api.as_ref().map_or(0, |api| api.operations.len());
        eprintln!("{name}: {kept} operations, {} problems", diagnostics.len());
        for one in &diagnostics {
            eprintln!("    {} {}", one.code.as_str(), one.message);
        }
        assert!(api.is_some() && !diagnostics.has_errors(), "{name}");
    }
}

/// Every part of a document of many files is found in its own file.
#[test]
fn document_of_many_files() {
    let Some(folder) = specs() else { return };
    let folder = folder.join("multifile");
    let mut sources = SourceMap::default();
    let mut pending = vec![folder.clone()];
    while let Some(next) = pending.pop() {
        for entry in std::fs::read_dir(&next).expect("the folder can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            let name = path.strip_prefix(&folder).expect("below").to_str().expect("plain names");
            sources.add(name, std::fs::read_to_string(&path).expect("a text"));
        }
    }
    let file = sources.find("openapi.yaml").expect("the document");
    let mut diagnostics = Diagnostics::default();
    let bundle = Bundle::read(&sources, file, &[], &mut diagnostics).expect("a tree");
    let api = Text::lower(&bundle, &mut diagnostics).expect("the document is read");
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(api.operations.len(), 12);
    let places: BTreeSet<_> = api.operations.iter().map(|it| sources.name(it.span.file)).collect();
    assert_eq!(places.len(), 8, "each path item has a file of its own: {places:?}");
    let named =
        |name: &str| api.schemas.ids().any(|id| api.schemas[id].name.as_deref() == Some(name));
    assert!(["MenuItem", "Order", "Page", "Error"].into_iter().all(named));
}

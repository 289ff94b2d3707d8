//! The walls between modules and between crates, as data: which module may name which, which
//! crate may depend on which, and why.
//!
//! Code under `#[cfg(test)]` is exempt: a test may look across a wall that the code may not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::Value;

/// What a module may name.
struct Wall {
    module: &'static str,
    /// Top-level modules of the same crate that it may name.
    may: &'static [&'static str],
    /// Beginnings of paths into other crates that it may not name.
    never: &'static [&'static str],
    reason: &'static str,
}

/// Everything that reaches outside the process: only the command line and the build script do.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::time::SystemTime",
    "std::time::Instant",
    "tokio",
    "axum",
    "hyper",
];

const GENERATOR: &[Wall] = &[
    Wall {
        module: "source",
        may: &["diagnostic"],
        never: OUTSIDE,
        reason: "one story of positions for three formats; it knows texts, not what they mean",
    },
    Wall {
        module: "diagnostic",
        may: &["source"],
        never: OUTSIDE,
        reason: "tests compare problems as values; only the command line renders them",
    },
    Wall {
        module: "files",
        may: &[],
        never: OUTSIDE,
        reason: "output is compared and written without knowing what made it",
    },
    Wall {
        module: "input",
        may: &["source", "diagnostic"],
        never: OUTSIDE,
        reason: "adding a format touches one folder; raw documents have no Rust names",
    },
    Wall {
        module: "model",
        may: &["source"],
        never: OUTSIDE,
        reason: "the stable centre is plain data, easy to build by hand in a test",
    },
    Wall {
        module: "lower",
        may: &["input", "model", "source", "diagnostic"],
        never: OUTSIDE,
        reason: "quirks of versions die here, before anything is named in Rust",
    },
    Wall {
        module: "plan",
        may: &["model", "diagnostic", "source"],
        never: OUTSIDE,
        reason: "every decision is testable as data, without tokens and without a disk",
    },
    Wall {
        module: "emit",
        may: &["plan", "files"],
        never: OUTSIDE,
        reason: "writing chooses nothing and cannot fail for a reason that the user caused",
    },
    Wall {
        module: "generate",
        may: &["source", "diagnostic", "input", "lower", "model", "plan", "emit", "files"],
        never: OUTSIDE,
        reason: "the whole pipeline goes from texts to texts, so that tests and fuzzers can run it",
    },
];

/// Modules of the generator that may name everything.
const GENERATOR_OPEN: &[&str] = &["cli", "build_script"];

const NO_TRANSPORT: &[&str] = &["axum", "hyper", "hyper_util", "reqwest"];

const RUNTIME: &[Wall] = &[
    Wall {
        module: "protocol",
        may: &["declaration", "operation", "result"],
        never: &["tokio", "axum", "hyper", "hyper_util", "tower", "reqwest"],
        reason: "wire types are plain data, the same on every transport",
    },
    Wall {
        module: "lifecycle",
        may: &["protocol", "declaration", "store", "visibility"],
        never: NO_TRANSPORT,
        reason: "which generation a request belongs to does not depend on what it asks for",
    },
    Wall {
        module: "visibility",
        may: &[],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "criteria and marks are plain data, whoever keeps them",
    },
    Wall {
        module: "components",
        may: &[
            "arguments",
            "context",
            "declaration",
            "handler",
            "operation",
            "protocol",
            "result",
            "schema",
            "uri_template",
            "visibility",
        ],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "what is added says what it is; the server decides what becomes of it",
    },
    Wall {
        module: "clock",
        may: &[],
        never: NO_TRANSPORT,
        reason: "the one place that asks for the time of day",
    },
    Wall {
        module: "setting",
        may: &["operation"],
        never: NO_TRANSPORT,
        reason: "the one place that reads the environment for a declaration",
    },
    Wall {
        module: "format",
        may: &[],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "a text and what it stands for, wherever it is read or written",
    },
    Wall {
        module: "operation",
        may: &["format"],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "tables are plain data; others decide what they mean",
    },
    Wall {
        module: "declaration",
        may: &["operation"],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "what a generated crate hands over is plain data",
    },
    Wall {
        module: "schema",
        may: &["declaration", "format"],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "schemas are held against values, whoever has them and wherever they go",
    },
    Wall {
        module: "arguments",
        may: &["operation", "declaration", "format", "schema", "uri_template"],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "arguments are checked the same whoever calls and whatever is behind the tool",
    },
    Wall {
        module: "result",
        may: &["operation", "declaration", "format"],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "a handler's result knows nothing of how it travels",
    },
    Wall {
        module: "upstream",
        may: &["arguments", "declaration", "media_type", "operation", "result", "setting"],
        never: &["axum", "hyper", "tower"],
        reason: "the client of an API knows nothing of MCP",
    },
    Wall {
        module: "media_type",
        may: &[],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "a table",
    },
    Wall {
        module: "files",
        may: &["declaration", "media_type", "operation", "result", "setting", "uri_template"],
        never: &["axum", "hyper", "hyper_util", "http", "reqwest", "tower"],
        reason: "what may be read of a disk does not depend on who asks",
    },
    Wall {
        module: "store",
        may: &[],
        never: &["axum", "hyper", "hyper_util", "http", "reqwest", "tower"],
        reason: "values under keys; whoever writes them gives them a meaning",
    },
    Wall {
        module: "elicitation",
        may: &["declaration", "protocol", "result"],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "a form knows how each wire writes it, and nothing of who asks and when",
    },
    Wall {
        module: "sampling",
        may: &["declaration", "protocol", "result"],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "a question to a model knows how each wire writes it, and nothing of who asks and when",
    },
    Wall {
        module: "roots",
        may: &["declaration", "protocol", "result"],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "a question and its answer, on any wire",
    },
    Wall {
        module: "task",
        may: &["protocol", "store"],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "the life of a task does not depend on what runs it",
    },
    Wall {
        module: "uri_template",
        may: &["declaration"],
        never: &["tokio", "axum", "hyper", "http", "reqwest", "tower"],
        reason: "a template and a URI in, values out",
    },
    Wall {
        module: "server",
        may: &[
            "arguments",
            "clock",
            "components",
            "context",
            "declaration",
            "files",
            "handler",
            "lifecycle",
            "operation",
            "protocol",
            "result",
            "schema",
            "setting",
            "store",
            "task",
            "upstream",
            "uri_template",
            "visibility",
        ],
        never: NO_TRANSPORT,
        reason: "a call is answered the same on stdio, HTTP and in memory",
    },
];

/// Modules of the runtime that may name every module of it.
const RUNTIME_OPEN: &[&str] =
    &["cli", "codegen", "context", "fuzzing", "handler", "testing", "transport"];

#[test]
fn modules_of_the_generator_keep_to_their_walls() {
    check("generator", GENERATOR, GENERATOR_OPEN);
}

#[test]
fn modules_of_the_runtime_keep_to_their_walls() {
    check("runtime", RUNTIME, RUNTIME_OPEN);
}

#[test]
fn only_the_http_transport_knows_axum_and_hyper() {
    let mut broken = String::new();
    for file in sources(&root().join("runtime/src")) {
        let relative = file.strip_prefix(root()).expect("below the root").display().to_string();
        if relative.contains("/transport/http") {
            continue;
        }
        for path in names(&file, &[]).outside {
            if ["axum", "hyper", "hyper_util"].contains(&first(&path)) {
                let _ = writeln!(broken, "  {relative} names {path}");
            }
        }
    }
    assert!(
        broken.is_empty(),
        "only `transport::http` may know axum and hyper, so that the server stays usable on stdio \
         and in memory:\n{broken}"
    );
}

#[test]
fn the_generator_does_not_depend_on_a_runtime_for_async_code() {
    let graph = Graph::read();
    graph.forbid(
        "mcpwright-generator",
        &["tokio", "axum", "hyper", "reqwest", "mcpwright"],
        "the generator is a pure function that builds in seconds and runs in build scripts",
    );
}

#[test]
fn the_runtime_does_not_depend_on_rust_parsers() {
    let graph = Graph::read();
    graph.forbid(
        "mcpwright",
        &["syn", "quote", "proc-macro2", "prettyplease", "mcpwright-generator"],
        "what generated crates link must not pay for reading or writing Rust",
    );
}

#[test]
fn generated_crates_depend_on_the_runtime_alone() {
    let graph = Graph::read();
    let mut broken = String::new();
    for (name, dependencies) in graph.direct_of_folder("generated") {
        let others: Vec<_> =
            dependencies.iter().filter(|dependency| *dependency != "mcpwright").collect();
        if !others.is_empty() {
            let _ = writeln!(broken, "  {name} depends on {others:?}");
        }
    }
    assert!(
        broken.is_empty(),
        "a generated crate names one version of one crate, so that there is nothing to keep in \
         step:\n{broken}"
    );
}

#[test]
fn a_path_is_found_however_it_is_written() {
    let text = "use crate::{a::b, c, d::{e, f}};\nuse super::super::g;\npub use crate::h;\n\
                fn x(y: crate::i::J) { super::super::k::l(); std::fs::read(\"crate::no\"); }\n\
                /// [`crate::no`]\nstruct S;\n#[cfg(test)]\nmod tests { use crate::no; }\n\
                mod inner { use super::super::super::m; use super::near; }\n";
    let found = names_of_text(text, &["outer", "file"]);
    let expected = ["a", "c", "d", "g", "h", "i", "k", "m"].map(str::to_owned);
    assert_eq!(found.modules, BTreeSet::from(expected));
    assert!(found.outside.contains("std::fs::read"), "{:?}", found.outside);
}

/// Compares what the modules of a crate name with the table, and the table with the modules.
fn check(package: &str, walls: &[Wall], open: &[&str]) {
    let folder = root().join(package).join("src");
    let mut broken = String::new();
    for file in sources(&folder) {
        let path = module_path(&folder, &file);
        let Some(module) = path.first() else { continue };
        let Some(wall) = walls.iter().find(|wall| wall.module == module) else {
            if !open.contains(&module.as_str()) {
                let _ = writeln!(
                    broken,
                    "  {package}: `{module}` has no line in the table of tests/blackbox/tests/\
                     walls.rs; add one that says what it may name and why"
                );
            }
            continue;
        };
        let modules: Vec<_> = path.iter().map(String::as_str).collect();
        let found = names(&file, &modules);
        let root = root();
        let shown = file.strip_prefix(&root).expect("below the root");
        for named in &found.modules {
            let is_module =
                folder.join(named).is_dir() || folder.join(named).with_extension("rs").is_file();
            if is_module && named != module && !wall.may.contains(&named.as_str()) {
                let _ = writeln!(
                    broken,
                    "  {} names `crate::{named}`; `{module}` may name only {:?}: {}",
                    shown.display(),
                    wall.may,
                    wall.reason
                );
            }
        }
        for named in &found.outside {
            if wall.never.iter().any(|path| starts_with(named, path)) {
                let _ = writeln!(broken, "  {} names `{named}`: {}", shown.display(), wall.reason);
            }
        }
    }
    assert!(broken.is_empty(), "modules reach across their walls:\n{broken}");
}

fn starts_with(path: &str, beginning: &str) -> bool {
    path.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn first(path: &str) -> &str {
    path.split("::").next().unwrap_or_default()
}

/// What a file names.
#[derive(Debug, Default)]
struct Names {
    /// Top-level modules of its own crate.
    modules: BTreeSet<String>,
    /// Paths that begin outside the crate, as far as they are written out.
    outside: BTreeSet<String>,
}

fn names(file: &Path, module: &[&str]) -> Names {
    let text = std::fs::read_to_string(file).expect("sources can be read");
    names_of_text(&text, module)
}

fn names_of_text(text: &str, module: &[&str]) -> Names {
    let tokens: TokenStream = text.parse().expect("sources are Rust");
    let mut names = Names::default();
    visit(tokens, module.len(), &mut names);
    names
}

/// Walks over the tokens of a module that is `depth` modules below the root of its crate.
fn visit(tokens: TokenStream, depth: usize, names: &mut Names) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(&tokens[at..]) {
            at = skip_item(&tokens, at + 2);
            continue;
        }
        if let Some((body, next)) = inline_module(&tokens, at) {
            visit(body, depth + 1, names);
            at = next;
            continue;
        }
        match &tokens[at] {
            TokenTree::Group(group) => visit(group.stream(), depth, names),
            TokenTree::Ident(_) if !follows_separator(&tokens, at) => {
                at = visit_path(&tokens, at, depth, names);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Reads the path that begins at `at` and notes where it leads.
fn visit_path(tokens: &[TokenTree], mut at: usize, depth: usize, names: &mut Names) -> usize {
    let mut segments = vec![tokens[at].to_string()];
    at += 1;
    let mut list = None;
    while is_separator(tokens, at) {
        at += 2;
        match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => segments.push(ident.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                list = Some(group.stream());
            }
            _ => break,
        }
        at += 1;
    }
    let mut level = depth;
    let mut rest = segments.as_slice();
    let inside = matches!(rest[0].as_str(), "crate" | "super" | "self");
    while let [head, tail @ ..] = rest {
        match head.as_str() {
            "crate" => level = 0,
            "super" => level = level.saturating_sub(1),
            "self" => {}
            _ => break,
        }
        rest = tail;
    }
    for mut path in expand(rest, list) {
        if !inside {
            names.outside.insert(path.join("::"));
        } else if level == 0 && !path.is_empty() {
            names.modules.insert(path.swap_remove(0));
        }
    }
    at
}

/// The paths that a prefix and a list in braces stand for.
fn expand(prefix: &[String], list: Option<TokenStream>) -> Vec<Vec<String>> {
    let Some(list) = list else { return vec![prefix.to_vec()] };
    let mut paths = Vec::new();
    let mut path = prefix.to_vec();
    let mut inner = None;
    let mut renamed = false;
    for token in list {
        match token {
            TokenTree::Ident(ident) if ident == "as" => renamed = true,
            TokenTree::Ident(ident) if !renamed => path.push(ident.to_string()),
            TokenTree::Group(group) => inner = Some(group.stream()),
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                paths.extend(expand(&path, inner.take()));
                path.truncate(prefix.len());
                renamed = false;
            }
            _ => {}
        }
    }
    if path.len() > prefix.len() || inner.is_some() {
        paths.extend(expand(&path, inner));
    }
    paths
}

fn is_punct(tokens: &[TokenTree], at: usize, wanted: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens, at, ':') && is_punct(tokens, at + 1, ':')
}

fn follows_separator(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_separator(tokens, at - 2)
}

/// `#[cfg(test)]`
fn is_test_attribute(tokens: &[TokenTree]) -> bool {
    is_punct(tokens, 0, '#')
        && matches!(tokens.get(1), Some(TokenTree::Group(group))
            if group.to_string().replace(' ', "") == "[cfg(test)]")
}

/// The index after the item that begins at `at`: after its body or its semicolon.
fn skip_item(tokens: &[TokenTree], mut at: usize) -> usize {
    while at < tokens.len() {
        let ends = is_punct(tokens, at, ';')
            || matches!(&tokens[at], TokenTree::Group(group)
                if group.delimiter() == Delimiter::Brace);
        at += 1;
        if ends {
            break;
        }
    }
    at
}

/// The body of `mod name { … }` at `at`, and the index after it.
fn inline_module(tokens: &[TokenTree], at: usize) -> Option<(TokenStream, usize)> {
    let TokenTree::Ident(keyword) = &tokens[at] else { return None };
    let (Some(TokenTree::Ident(_)), Some(TokenTree::Group(body))) =
        (tokens.get(at + 1), tokens.get(at + 2))
    else {
        return None;
    };
    let found = keyword == "mod" && body.delimiter() == Delimiter::Brace;
    found.then(|| (body.stream(), at + 3))
}

/// The module that a file holds: `src/lower/schema.rs` is `lower::schema`.
fn module_path(folder: &Path, file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(folder).expect("below the folder").with_extension("");
    let path = relative.iter().map(|part| part.to_string_lossy().into_owned());
    path.filter(|part| part != "lib").collect()
}

/// All Rust files below a folder, tests kept in files of their own left out.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.file_stem().is_some_and(|stem| stem == "tests") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// The target that the tests run on.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc names its host").to_owned()
}

/// The packages of the workspace and what they depend on.
struct Graph {
    /// Package id to its name, whether it is a procedural macro, and the folder of its manifest.
    packages: BTreeMap<String, Package>,
    /// Package id to the ids of its normal dependencies.
    edges: BTreeMap<String, Vec<String>>,
}

struct Package {
    name: String,
    procedural: bool,
    manifest: PathBuf,
}

impl Graph {
    fn read() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &host()])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo metadata failed:\n{text}");
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
        let mut graph = Self { packages: BTreeMap::new(), edges: BTreeMap::new() };
        for package in list(&metadata["packages"]) {
            let kinds = list(&package["targets"]).iter().flat_map(|target| list(&target["kind"]));
            let procedural = kinds.into_iter().any(|kind| kind == "proc-macro");
            let manifest = PathBuf::from(text_of(&package["manifest_path"]));
            let name = text_of(&package["name"]);
            graph.packages.insert(text_of(&package["id"]), Package { name, procedural, manifest });
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let normal = list(&node["deps"]).iter().filter(|dependency| {
                list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null())
            });
            let ids = normal.map(|dependency| text_of(&dependency["pkg"])).collect();
            graph.edges.insert(text_of(&node["id"]), ids);
        }
        graph
    }

    /// Fails when one of `forbidden` is linked into `package`. What only a procedural macro needs
    /// runs at build time and is not linked.
    fn forbid(&self, package: &str, forbidden: &[&str], reason: &str) {
        let start = self.packages.iter().find(|(_, found)| found.name == package);
        let (start, _) = start.unwrap_or_else(|| panic!("{package} is in the workspace"));
        let mut ways = vec![vec![start.clone()]];
        let mut seen = BTreeSet::from([start.clone()]);
        while let Some(way) = ways.pop() {
            let last = way.last().expect("a way has a start");
            for next in self.edges.get(last).into_iter().flatten() {
                let found = &self.packages[next];
                if found.procedural || !seen.insert(next.clone()) {
                    continue;
                }
                let mut way = way.clone();
                way.push(next.clone());
                assert!(
                    !forbidden.contains(&found.name.as_str()),
                    "{package} must not depend on {}: {reason}\n  the way: {}",
                    found.name,
                    self.show(&way)
                );
                ways.push(way);
            }
        }
    }

    /// The packages of a folder of the workspace with the names of what they depend on.
    fn direct_of_folder(&self, folder: &str) -> Vec<(String, Vec<String>)> {
        let folder = root().join(folder);
        let here =
            self.packages.iter().filter(|(_, package)| package.manifest.starts_with(&folder));
        here.map(|(id, package)| {
            let dependencies = self.edges.get(id).into_iter().flatten();
            let names = dependencies.map(|id| self.packages[id].name.clone()).collect();
            (package.name.clone(), names)
        })
        .collect()
    }

    fn show(&self, way: &[String]) -> String {
        let names: Vec<_> = way.iter().map(|id| self.packages[id].name.as_str()).collect();
        names.join(" → ")
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

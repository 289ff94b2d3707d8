//! Documents with a piece broken: no input may make the generator panic, and the same input always
//! gives the same bytes.

use std::fmt::Write as _;

use mcpwright_generator::source::SourceMap;
use mcpwright_generator::{Generated, Request, generate};
use proptest::prelude::{
    ProptestConfig, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest,
};
use proptest::sample::Index;

/// Small documents that together use every part of the pipeline.
const DOCUMENTS: &[(&str, &str)] = &[
    ("openapi.yaml", include_str!("cases/accepted/every_parameter_style/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/every_body_format/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/every_response_form/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/recursive_schemas/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/references_in_odd_places/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/security_alternatives/openapi.yaml")),
    ("openapi.yaml", include_str!("cases/accepted/yaml_anchors_and_merge_keys/openapi.yaml")),
    ("openapi.json", include_str!("cases/accepted/fastapi_operation_ids/openapi.json")),
    ("mcp.toml", include_str!("cases/accepted/declared_tools_of_every_type/mcp.toml")),
];

/// What is done to a document. Positions are given as shares of its length, so that a smaller
/// document shrinks together with its mutations.
#[derive(Clone, Debug)]
enum Mutation {
    /// Removes some bytes.
    Cut(Index, usize),
    /// Puts a text somewhere.
    Insert(Index, &'static str),
    /// Replaces a line by another line of the document.
    CopyLine(Index, Index),
    /// Removes a line.
    RemoveLine(Index),
    /// Moves a line to the left or to the right.
    Indent(Index, bool),
    /// Replaces the value behind a colon or an equals sign.
    Value(Index, &'static str),
}

/// Texts that mean something to one of the readers.
const PIECES: &[&str] = &[
    "",
    " ",
    "\n",
    "\t",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "-",
    "#",
    "&a ",
    "*a",
    "<<: ",
    "|",
    ">",
    "~",
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "9223372036854775808",
    "0x1f",
    ".inf",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "\u{1f980}",
    "é",
    "$ref",
    "#/components/schemas/Tree",
    "#/",
    "..",
    "{isbn}",
    "}{",
    "type: ",
    "allOf: [",
    "\\",
    "\\u0000",
    "\\ud800",
    "*/",
    "r#\"",
    "${A}",
    "= None",
    "list[",
    "Literal[",
    "%",
    "---\n",
    "!!binary ",
    "? ",
];

fn mutation() -> impl Strategy<Value = Mutation> {
    let piece = || prop::sample::select(PIECES);
    let place = any::<Index>;
    prop_oneof![
        (place(), 1..20usize).prop_map(|(at, count)| Mutation::Cut(at, count)),
        (place(), piece()).prop_map(|(at, text)| Mutation::Insert(at, text)),
        (place(), place()).prop_map(|(from, to)| Mutation::CopyLine(from, to)),
        place().prop_map(Mutation::RemoveLine),
        (place(), any::<bool>()).prop_map(|(at, right)| Mutation::Indent(at, right)),
        (place(), piece()).prop_map(|(at, text)| Mutation::Value(at, text)),
    ]
}

impl Mutation {
    fn apply(&self, text: &str) -> String {
        if text.is_empty() {
            return PIECES.concat();
        }
        let mut characters: Vec<char> = text.chars().collect();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        match self {
            Self::Cut(at, count) => {
                let at = at.index(characters.len());
                characters.drain(at..(at + count).min(characters.len()));
                return characters.into_iter().collect();
            }
            Self::Insert(at, piece) => {
                let at = at.index(characters.len());
                characters.splice(at..at, piece.chars());
                return characters.into_iter().collect();
            }
            Self::CopyLine(from, to) => {
                let copy = lines[from.index(lines.len())].clone();
                let to = to.index(lines.len());
                lines[to] = copy;
            }
            Self::RemoveLine(at) => {
                lines.remove(at.index(lines.len()));
            }
            Self::Indent(at, right) => {
                let at = at.index(lines.len());
                let line = &lines[at];
                let line = if *right {
                    format!("  {line}")
                } else {
                    line.strip_prefix("  ").unwrap_or(line).to_owned()
                };
                lines[at] = line;
            }
            Self::Value(at, piece) => {
                let at = at.index(lines.len());
                let line = &lines[at];
                let end = line.find([':', '=']).map_or(line.len(), |found| found + 1);
                lines[at] = format!("{} {piece}", &line[..end]);
            }
        }
        lines.join("\n")
    }
}

/// What a run gives, as text that can be compared: all files and the lock, or the problems.
fn outcome(name: &str, text: &str) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let is_manifest = name == "mcp.toml";
    let request = Request {
        name: "mutant".to_owned(),
        manifest: is_manifest.then_some(file),
        included: Vec::new(),
        documents: if is_manifest { Vec::new() } else { vec![("mutant".to_owned(), file)] },
        overlays: Vec::new(),
        files: std::collections::BTreeMap::new(),
        lock: None,
        command: "cargo xtask gen".to_owned(),
        runtime: mcpwright_generator::emit::RuntimeDependency::Version("0.1.0".to_owned()),
    };
    match generate(&request, &sources) {
        Ok(Generated { files, lock, .. }) => format!("{files:#?}\n{lock}"),
        Err(problems) => {
            assert!(problems.has_errors(), "refused without a reason: {name}\n{text}");
            let mut shown = String::new();
            for problem in &problems {
                let place = problem.primary.as_ref().map(|label| sources.position(label.span));
                let _ = writeln!(shown, "{} {} {place:?}", problem.code.as_str(), problem.message);
            }
            shown
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_document_never_panics_and_always_gives_the_same(
        document in prop::sample::select(DOCUMENTS),
        mutations in prop::collection::vec(mutation(), 1..5),
    ) {
        let (name, text) = document;
        let text = mutations.iter().fold(text.to_owned(), |text, mutation| mutation.apply(&text));
        prop_assert_eq!(outcome(name, &text), outcome(name, &text));
    }

    #[test]
    fn arbitrary_text_never_panics(
        name in prop::sample::select(&["openapi.json", "openapi.yaml", "mcp.toml"][..]),
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40),
    ) {
        outcome(name, &pieces.concat());
    }
}

#[test]
fn document_as_it_is_gives_the_same_bytes_twice() {
    for (name, text) in DOCUMENTS {
        let first = outcome(name, text);
        assert!(first.contains("Cargo.toml"), "{name} is refused: {first}\n{text}");
        assert_eq!(first, outcome(name, text));
    }
}

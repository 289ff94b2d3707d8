//! What `docs/mcp-toml.md` shows is read by the reader of manifests.

#![expect(clippy::disallowed_methods, reason = "tests read documents")]

use mcpwright_generator::diagnostic::Diagnostics;
use mcpwright_generator::input::manifest;
use mcpwright_generator::source::SourceMap;

/// The fenced blocks of a language, each with the number of its first line.
fn blocks(text: &str, language: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut is_inside = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            is_inside = !is_inside && info == language;
            if is_inside {
                found.push((index + 2, String::new()));
            }
        } else if let Some((_, block)) = found.last_mut().filter(|_| is_inside) {
            block.push_str(line);
            block.push('\n');
        }
    }
    found
}

#[test]
fn manifests_in_the_documentation_are_read() {
    for name in ["docs/mcp-toml.md", "README.md"] {
        let path = format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let blocks = blocks(&text, "toml");
        assert!(!blocks.is_empty(), "{name} shows no manifest");
        for (line, block) in blocks {
            let mut sources = SourceMap::default();
            let file = sources.add(format!("{name}:{line}"), block);
            let mut diagnostics = Diagnostics::default();
            let manifest = manifest::parse(&sources, file, &[], &mut diagnostics);
            let problems: Vec<_> = diagnostics.iter().map(|found| &found.message).collect();
            assert!(manifest.is_some() && problems.is_empty(), "{name}:{line}: {problems:#?}");
        }
    }
}

/// Keys of the documentation that `specs/everything` does not show, with the reason.
const NOT_SHOWN: &[(&str, &str, &str)] = &[
    ("[server]", "include_tags", "the list of `exclude_tags`, the other way"),
    ("[[route]]", "head", "as get"),
    ("[[route]]", "options", "as get"),
];

/// The sections whose keys are shown, and the tables that have them.
const SHOWN: &[(&str, &[&str])] = &[
    ("[server]", &["server"]),
    ("[deployment]", &["deployment"]),
    ("[limits]", &["limits"]),
    ("[upstream.NAME]", &["upstream.*"]),
    ("[[tool]]", &["tool"]),
    ("[[route]]", &["route"]),
    ("[[resource]]", &["resource"]),
    ("Files, folders and URLs", &["resource"]),
    ("[lifespan]", &["lifespan"]),
    ("security", &["server.resource_security", "resource.security"]),
    ("[[prompt]]", &["prompt"]),
    ("[model.NAME], [enum.NAME]", &["model.*", "enum.*"]),
];

/// The words between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The keys in the first column of the tables of each section, by its heading.
fn documented_keys(text: &str) -> Vec<(String, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix('#') {
            heading.trim_start_matches('#').trim().clone_into(&mut section);
        } else if let Some(row) = line.strip_prefix("| `") {
            let column = row.split(" |").next().unwrap_or_default();
            let keys: Vec<_> = quoted(&format!("`{column}")).map(str::to_owned).collect();
            found.extend(keys.into_iter().map(|key| {
                (section.clone(), key.split('.').next().unwrap_or_default().to_owned())
            }));
        }
    }
    found
}

/// All tables of a kind in the files of `specs/everything`.
fn tables(files: &[toml::Table], kind: &str) -> Vec<toml::Table> {
    if let Some((outer, key)) = kind.split_once('.').filter(|(_, key)| *key != "*") {
        let inner = tables(files, outer).into_iter().filter_map(|table| table.get(key).cloned());
        return inner.filter_map(|value| value.as_table().cloned()).collect();
    }
    let (name, named) = kind.strip_suffix(".*").map_or((kind, false), |name| (name, true));
    let values = files.iter().filter_map(|file| file.get(name));
    values
        .flat_map(|value| match value {
            toml::Value::Array(tables) => tables.clone(),
            toml::Value::Table(tables) if named => tables.values().cloned().collect(),
            one => vec![one.clone()],
        })
        .filter_map(|value| value.as_table().cloned())
        .collect()
}

#[test]
fn everything_shows_every_documented_key() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).expect(path);
    let files = ["mcp", "types", "resources", "prompts", "routes"];
    let files: Vec<toml::Table> = files
        .iter()
        .map(|name| read(&format!("specs/everything/{name}.toml")).parse().expect("TOML"))
        .collect();
    let text = read("docs/mcp-toml.md");
    let mut missing = Vec::new();
    let mut documented = documented_keys(&text);
    // What holds for the three kinds of components is said in a sentence.
    let sentence = |begins: &str| {
        let line = text.lines().find(|line| line.starts_with(begins));
        let line = line.unwrap_or_else(|| panic!("nothing begins with {begins:?}"));
        let first = line.split(". ").next().unwrap_or_default();
        quoted(first).map(str::to_owned).collect::<Vec<_>>()
    };
    for key in sentence("Every component has ") {
        for kind in ["[[tool]]", "[[resource]]", "[[prompt]]"] {
            documented.push((kind.to_owned(), key.clone()));
        }
    }
    assert!(documented.len() > 100, "the documentation has more keys than {documented:?}");
    for (section, key) in documented {
        let Some((_, kinds)) = SHOWN.iter().find(|(known, _)| *known == section) else { continue };
        let is_there =
            kinds.iter().flat_map(|kind| tables(&files, kind)).any(|it| it.contains_key(&key));
        let has_reason = NOT_SHOWN.iter().any(|(at, known, _)| *at == section && *known == key);
        if is_there == has_reason {
            missing.push(format!("{section} {key}"));
        }
    }
    let arguments: Vec<toml::Table> = ["tool", "resource", "prompt", "route"]
        .iter()
        .flat_map(|kind| tables(&files, kind))
        .flat_map(|table| ["args", "params", "body"].map(|key| table.get(key).cloned()))
        .flatten()
        .filter_map(|arguments| arguments.as_table().cloned())
        .flat_map(|arguments| arguments.into_iter().filter_map(|(_, it)| it.as_table().cloned()))
        .collect();
    for key in sentence("The table of an argument has ") {
        // Values of keys are quoted too.
        if !key.starts_with('"') && !arguments.iter().any(|table| table.contains_key(&key)) {
            missing.push(format!("of an argument {key}"));
        }
    }
    assert!(missing.is_empty(), "show it in specs/everything, or say why not: {missing:#?}");
}

/// A fenced block, with the file that it says it is from.
struct Snippet {
    page: String,
    line: usize,
    language: String,
    from: Option<String>,
    text: Vec<String>,
}

/// The blocks of a page.
fn snippets(page: &str, text: &str) -> Vec<Snippet> {
    let mut found: Vec<Snippet> = Vec::new();
    let (mut is_inside, mut from) = (false, None);
    for (index, line) in text.lines().enumerate() {
        if let Some(path) = line.strip_prefix("<!-- from ") {
            from = path.strip_suffix(" -->").map(str::to_owned);
        } else if let Some(language) = line.strip_prefix("```") {
            is_inside = !is_inside;
            if is_inside {
                let (page, language, from) = (page.to_owned(), language.to_owned(), from.take());
                found.push(Snippet { page, line: index + 1, language, from, text: Vec::new() });
            }
        } else if let Some(snippet) = found.last_mut().filter(|_| is_inside) {
            snippet.text.push(line.to_owned());
        }
    }
    found
}

/// Whether lines stand together in a text, all of them equally further to the right.
fn contains(text: &str, wanted: &[String]) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let Some(first) = wanted.first() else { return false };
    lines.windows(wanted.len()).any(|window| {
        let Some(indent) = window[0].strip_suffix(first.as_str()) else { return false };
        indent.trim().is_empty()
            && window.iter().zip(wanted).all(|(line, wanted)| {
                line.strip_prefix(indent).unwrap_or(line.trim_start()) == wanted
            })
    })
}

#[test]
fn guides_show_what_is_generated_compiled_and_tested() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).expect(path);
    let guides = std::fs::read_dir(format!("{root}/docs/guide")).expect("the guides are there");
    let mut pages: Vec<String> = guides
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .map(|name| format!("docs/guide/{name}"))
        .collect();
    pages.extend(["docs/from-fastmcp.md", "README.md"].map(str::to_owned));
    let mut wrong = Vec::new();
    let mut shown = 0;
    for snippet in pages.iter().flat_map(|page| snippets(page, &read(page))) {
        let place = format!("{}:{}", snippet.page, snippet.line);
        match &snippet.from {
            Some(path) if contains(&read(path), &snippet.text) => shown += 1,
            Some(path) => wrong.push(format!("{place} is not in {path}")),
            // The README shows commands and pieces of output too.
            None if snippet.page == "README.md" => {}
            // Python is there to compare with; what is not from a file is parsed by another test.
            None if snippet.language == "python" => {}
            None => wrong.push(format!("{place} does not say where it is from")),
        }
    }
    assert!(wrong.is_empty(), "a guide shows what is not there: {wrong:#?}");
    assert!(shown > 40, "only {shown} snippets are found");
}

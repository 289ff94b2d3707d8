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

//! What the documentation says about the command line of a server, against its help.

use std::collections::BTreeSet;
use std::process::Command;

use blackbox::{programs, repository};

/// The long flags in a text.
fn flags(text: &str) -> BTreeSet<String> {
    text.split(|character: char| !character.is_ascii_lowercase() && character != '-')
        .filter(|word| {
            word.strip_prefix("--").is_some_and(|name| !name.trim_matches('-').is_empty())
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn documented_flags_are_those_of_a_server() {
    let path = repository::root().join("docs/commands.md");
    let text = std::fs::read_to_string(path).expect("the documentation is there");
    let section = text.split("\n## A server\n").nth(1).expect("a section about servers");
    let section = section.split("\n## ").next().unwrap_or_default();
    let program = programs::program("bookshop-mcp");
    let mut known = BTreeSet::new();
    for arguments in [["run", "--help"], ["inspect", "--help"]] {
        let output = Command::new(&program).args(arguments).output().expect("the server runs");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        known.extend(flags(&String::from_utf8_lossy(&output.stdout)));
    }
    known.remove("--help");
    assert_eq!(flags(section), known);
}

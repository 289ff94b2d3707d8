//! What the documentation says about commands, against the commands.

use std::collections::BTreeSet;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};

use crate::CommandLine;
use crate::command::root;

/// Flags that `gen --serve` hands to the server, which has its own test.
const HANDED_ON: [&str; 5] = ["--base-url", "--host", "--path", "--port", "--transport"];

fn read(name: &str) -> String {
    let path = root().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The long flags in a text.
fn flags(text: &str) -> BTreeSet<String> {
    text.split(|character: char| !character.is_ascii_lowercase() && character != '-')
        .filter(|word| {
            word.strip_prefix("--").is_some_and(|name| !name.trim_matches('-').is_empty())
        })
        .map(str::to_owned)
        .collect()
}

/// The commands in a text, each up to the end of its code or its comment.
fn commands(text: &str) -> Vec<&str> {
    text.match_indices("cargo xtask ")
        .filter_map(|(at, _)| text.get(at..)?.split(['`', '\n', '#', '"', ':']).next())
        .map(str::trim)
        // What stands for something else is for people.
        .filter(|command| !command.contains(['[', '…', '|']))
        .collect()
}

#[test]
fn commands_of_the_documentation_are_commands() {
    let files = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "COMPATIBILITY.md",
        "CHANGELOG.md",
        "docs/commands.md",
        "docs/mcp-toml.md",
        "docs/rough_edges.md",
        "generated/README.md",
    ];
    for name in files {
        let text = read(name);
        for command in commands(&text) {
            // The program is `cargo xtask`, in two words.
            let parsed = CommandLine::try_parse_from(command.split_whitespace().skip(1));
            if let Err(error) = parsed {
                // A text may speak of a command by its name alone.
                let is_named = error.kind() == ErrorKind::MissingRequiredArgument;
                assert!(is_named, "{name}: {command}: {error}");
            }
            for path in command.split_whitespace().filter(|word| word.starts_with("specs/")) {
                let is_there = path.contains("NAME") || root().join(path).exists();
                assert!(is_there, "{name}: {command}: there is no {path}");
            }
        }
    }
}

#[test]
fn documented_flags_are_those_of_the_commands() {
    let text = read("docs/commands.md");
    let command_line = CommandLine::command();
    for command in command_line.get_subcommands().filter(|command| !command.is_hide_set()) {
        let name = command.get_name();
        let section = text
            .split("\n## ")
            .find(|section| {
                let heading = section.lines().next().unwrap_or_default();
                heading.split(", ").any(|word| word == name)
            })
            .unwrap_or_else(|| panic!("docs/commands.md has no section about {name}"));
        let documented = flags(section);
        let mut known: BTreeSet<String> = BTreeSet::new();
        for argument in command.get_arguments().filter_map(|argument| argument.get_long()) {
            let flag = format!("--{argument}");
            assert!(
                argument == "help" || documented.contains(&flag),
                "{flag} of {name} is not in docs/commands.md"
            );
            known.insert(flag);
        }
        let others = command_line.get_subcommands().flat_map(|other| other.get_arguments());
        known.extend(others.filter_map(|it| it.get_long()).map(|long| format!("--{long}")));
        known.extend(HANDED_ON.map(str::to_owned));
        let unknown: Vec<_> = documented.difference(&known).collect();
        assert!(unknown.is_empty(), "docs/commands.md gives {name} flags it lacks: {unknown:?}");
    }
}

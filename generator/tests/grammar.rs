//! The grammar of types: `docs/mcp-toml.md` has a production in a block, and a row with examples of it in the
//! table below. Here every production is held to have both, and every example to be what it is said to
//! be. What is said about those that are refused is in `grammar.txt`.

#![expect(clippy::disallowed_methods, reason = "tests read documents")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use expect_test::expect_file;
use mcpwright_generator::diagnostic::{Code, Diagnostics, Severity};
use mcpwright_generator::emit::RuntimeDependency;
use mcpwright_generator::source::SourceMap;
use mcpwright_generator::{Request, plan_server};

/// A row of the table.
struct Row {
    production: String,
    accepted: Vec<String>,
    refused: Vec<String>,
}

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/mcp-toml.md");
    std::fs::read_to_string(path).expect("the page is there")
}

/// The productions with what they are, in the order of the block.
fn productions(page: &str) -> Vec<(String, String)> {
    let (_, rest) = page.split_once("```ebnf\n").expect("the grammar is there");
    let (block, _) = rest.split_once("```").expect("it ends");
    let production = |line: &str| {
        let (name, is) = line.split_once(" = ").expect("a production");
        (name.trim().to_owned(), is.to_owned())
    };
    block.lines().map(production).collect()
}

/// The texts between backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The rows, with the bars of types as they are outside of a table.
fn rows(page: &str) -> Vec<Row> {
    let (_, rest) = page.split_once("| production | accepted | refused |\n").expect("a table");
    let table = rest.lines().skip(1).take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let line = line.replace("\\|", "\u{1}");
        let cells: Vec<String> =
            line.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect();
        let [_, production, accepted, refused, _] = cells.as_slice() else { panic!("{line}") };
        // A reason may name a sign.
        let mut refused = quoted(refused);
        refused.retain(|it| it != "=");
        Row {
            production: production.trim_matches('`').to_owned(),
            accepted: quoted(accepted),
            refused,
        }
    };
    table.map(row).collect()
}

/// Where the type of the argument stands in the manifest.
const BEFORE: &str = "[model.User]\nfields.name = \"str\"\n\n[enum.Status]\nvalues = [\"on\", \"off\"]\n\n\
                      [[tool]]\nname = \"look\"\nargs.it = ";

/// What is said about an argument, and whether all of it points at the argument.
fn read(argument: &str) -> (Diagnostics, bool) {
    let mut sources = SourceMap::default();
    let quoted = serde_json::Value::from(argument).to_string();
    let end = BEFORE.len() + quoted.len();
    let manifest = sources.add("mcp.toml", format!("{BEFORE}{quoted}\n"));
    let request = Request {
        name: "grammar".to_owned(),
        manifest: Some(manifest),
        included: Vec::new(),
        documents: Vec::new(),
        overlays: Vec::new(),
        files: BTreeMap::new(),
        lock: None,
        command: String::new(),
        runtime: RuntimeDependency::Version("0.1.0".to_owned()),
    };
    let found = match plan_server(&request, &sources) {
        Ok(planned) => planned.warnings,
        Err(found) => found,
    };
    let is_at_argument = found.iter().all(|it| {
        it.primary.as_ref().is_some_and(|label| {
            label.span.start as usize >= BEFORE.len() && label.span.end as usize <= end
        })
    });
    (found, is_at_argument)
}

#[test]
fn every_production_has_examples_of_both_kinds() {
    let page = page();
    let productions = productions(&page);
    let rows = rows(&page);
    assert!(productions.len() >= 12, "only {} productions are found", productions.len());
    let names: Vec<_> = productions.iter().map(|(name, _)| name.as_str()).collect();
    let shown: Vec<_> = rows.iter().map(|row| row.production.as_str()).collect();
    assert_eq!(shown, names, "each production has its row, in the same order");
    for row in &rows {
        assert!(!row.accepted.is_empty(), "{} has nothing that is accepted", row.production);
        assert!(!row.refused.is_empty(), "{} has nothing that is refused", row.production);
    }
    // Whatever stands in quotes is in an example of its production.
    for ((name, is), row) in productions.iter().zip(&rows) {
        let terminals = is.split('"').skip(1).step_by(2);
        for terminal in terminals {
            let is_shown = row.accepted.iter().any(|example| example.contains(terminal));
            assert!(is_shown, "no example of {name} that is accepted has {terminal:?}");
        }
    }
}

#[test]
fn examples_are_what_they_are_said_to_be() {
    let mut shown = String::new();
    for Row { production, accepted, refused } in rows(&page()) {
        for example in accepted {
            let (found, _) = read(&example);
            let found: Vec<_> = found.iter().map(|it| &it.message).collect();
            assert!(found.is_empty(), "{production}: `{example}` is refused: {found:?}");
        }
        let _ = writeln!(shown, "{production}");
        for example in refused {
            let (found, is_at_argument) = read(&example);
            assert!(found.has_errors(), "{production}: `{example}` is accepted");
            assert!(is_at_argument, "{production}: `{example}` is pointed at from elsewhere");
            let _ = writeln!(shown, "  `{example}`");
            for problem in &found {
                assert_eq!(problem.severity, Severity::Error, "{production}: `{example}`");
                assert!(
                    matches!(problem.code, Code::E0305 | Code::E0308),
                    "{production}: `{example}` is {}",
                    problem.code.as_str()
                );
                let help = problem.help.as_deref().expect("what to do is said");
                let label = problem.primary.as_ref().map_or("", |label| label.text.as_str());
                let _ =
                    writeln!(shown, "    {}: {} [{label}]", problem.code.as_str(), problem.message);
                let _ = writeln!(shown, "    {help}");
            }
        }
    }
    expect_file!["grammar.txt"].assert_eq(&shown);
}

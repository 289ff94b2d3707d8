//! `rules.md`: each rule of `mcp.toml`, with what breaks it and what is answered.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mcpwright_generator::diagnostic::Code;

/// A rule of the page.
struct Rule {
    heading: String,
    declaration: String,
    answer: String,
}

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/rules.md");

/// The page: what stands before the rules, and the rules.
fn read() -> (String, Vec<Rule>) {
    let text = std::fs::read_to_string(PAGE).expect("the page is there");
    let mut parts = text.split("\n## ");
    let head = parts.next().unwrap_or_default().to_owned();
    let rule = |part: &str| {
        let (heading, rest) = part.split_once('\n').expect("a heading");
        let block = |language: &str| {
            let fence = format!("```{language}\n");
            let (_, rest) = rest.split_once(&fence).unwrap_or_else(|| panic!("{heading}: {fence}"));
            rest.split_once("```").expect("an end of the block").0.to_owned()
        };
        let (declaration, answer) = (block("toml"), block("text"));
        Rule { heading: heading.to_owned(), declaration, answer }
    };
    let rules = parts.map(rule).collect();
    (head, rules)
}

/// What `gen` says about a declaration, and its exit code.
fn generate(declaration: &str) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("mcp.toml"), declaration).expect("a file can be written");
    let out = folder.path().join("out");
    let output = super::generate(folder.path(), "mcp.toml", "shop", &out);
    let messages = super::messages(&output, folder.path());
    // The last lines count the problems and say that nothing is generated.
    let answer = messages.split("\n\nerror: ").next().unwrap_or_default();
    (format!("{}\n", answer.trim_end()), output.status.code())
}

#[test]
fn every_rule_is_answered_as_the_page_says() {
    let (head, rules) = read();
    let mut page = head;
    let mut headings = BTreeSet::new();
    let (mut wrong, mut broken) = (String::new(), String::new());
    for rule in &rules {
        assert!(headings.insert(&rule.heading), "{} is there twice", rule.heading);
        let (answer, code) = generate(&rule.declaration);
        let faults = [
            (code != Some(1), "exit code 1 is due"),
            (answer.matches("error[E").count() != 1, "one error is due"),
            (!answer.contains("= help: "), "what to do is not said"),
        ];
        for (_, fault) in faults.iter().filter(|(is_there, _)| *is_there) {
            let _ = write!(broken, "\n== {}: {fault}\n{answer}", rule.heading);
        }
        if answer != rule.answer {
            let diff = similar::TextDiff::from_lines(&rule.answer, &answer);
            let _ = write!(wrong, "\n== {}\n{}", rule.heading, diff.unified_diff());
        }
        let Rule { heading, declaration, .. } = rule;
        let _ =
            write!(page, "\n## {heading}\n\n```toml\n{declaration}```\n\n```text\n{answer}```\n");
    }
    let is_updated = std::env::var_os(super::UPDATE).is_some();
    if is_updated {
        std::fs::write(PAGE, page).expect("the page can be written");
    }
    assert!(broken.is_empty(), "{broken}");
    assert!(
        is_updated || wrong.is_empty(),
        "{wrong}\nRead them; if they are right: {}=1",
        super::UPDATE
    );
}

#[test]
fn every_code_of_declarations_is_on_the_page() {
    let (_, rules) = read();
    let is_shown = |code: &Code| {
        let mark = format!("error[{}]", code.as_str());
        rules.iter().any(|rule| rule.answer.contains(&mark))
    };
    let missing: Vec<_> = Code::ALL
        .iter()
        .filter(|code| code.as_str().starts_with("E03") && !is_shown(code))
        .map(|code| code.as_str())
        .collect();
    assert!(missing.is_empty(), "no rule shows {missing:?}");
}

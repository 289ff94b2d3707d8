//! The three readers, each against its format, against each other, and against any bytes.

mod corpus;
mod json;
mod properties;
mod toml;
mod yaml;

use std::fmt::Write as _;

use expect_test::Expect;

use super::{Format, SourceMap, parse};
use crate::diagnostic::{Diagnostics, Severity};

/// Reads a text; shows the value as JSON, then one line for each problem.
fn check(format: Format, text: &str, expected: &Expect) {
    expected.assert_eq(&show(format, text));
}

fn show(format: Format, text: &str) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add("file", text);
    let mut diagnostics = Diagnostics::default();
    let node = parse(&sources, file, format, &mut diagnostics);
    let mut shown = node.map_or_else(|| "nothing".to_owned(), |node| node.to_json().to_string());
    for diagnostic in &diagnostics {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let code = diagnostic.code.as_str();
        write!(shown, "\n{severity} {code}: {}", diagnostic.message).expect("a string");
        for label in diagnostic.primary.iter().chain(&diagnostic.secondary) {
            let (line, column) = sources.position(label.span);
            let quoted = text.get(label.span.start as usize..label.span.end as usize);
            let quoted = quoted.expect("spans lie on characters");
            write!(shown, "\n  {line}:{column} {quoted:?}").expect("a string");
            if !label.text.is_empty() {
                write!(shown, " {}", label.text).expect("a string");
            }
        }
        if let Some(pointer) = &diagnostic.pointer {
            write!(shown, "\n  at {pointer}").expect("a string");
        }
        if let Some(help) = &diagnostic.help {
            write!(shown, "\n  help: {help}").expect("a string");
        }
    }
    shown
}

/// A list in a list in a list, so deep.
fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

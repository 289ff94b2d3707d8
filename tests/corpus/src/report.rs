//! The table that the command prints.

use std::fmt::Write as _;
use std::time::Duration;

use mcpwright_generator::Generated;

use crate::coverage::{self, Coverage};
use crate::described::Operations;
use crate::generation;
use crate::golden::Replay;

/// One line of the table.
#[derive(Debug, Default)]
pub struct Row {
    /// The document.
    pub name: String,
    /// Operations in its text.
    pub operations: usize,
    /// What became of them.
    pub coverage: Coverage,
    /// Time of the generation.
    pub time: Duration,
    /// Median bytes of Rust of a forwarded operation.
    pub rust: usize,
    /// Tokens of the list.
    pub tokens: usize,
    /// What became of the recorded calls, where there are some.
    pub replay: Option<Replay>,
    /// Why the row fails.
    pub failures: Vec<String>,
}

/// Least share of operations that a document keeps.
const LEAST_KEPT: f64 = 0.995;

impl Row {
    /// Takes over the figures of what was generated.
    pub fn measure(&mut self, described: &Operations, generated: &Generated) {
        self.coverage = coverage::of(described, generated);
        self.rust = generation::median_rust(generated);
        self.tokens = generation::list_tokens(generated);
        let Coverage { kept, lost, emptied, .. } = &self.coverage;
        if lost.len() > generated.plan.report.excluded {
            let count = lost.len();
            self.failures.push(format!("{count} operations are neither kept nor left out"));
        }
        if (*kept as f64) < LEAST_KEPT * self.operations as f64 {
            self.failures.push(format!("{kept} of {} operations kept", self.operations));
        }
        if !emptied.is_empty() {
            let count = emptied.len();
            self.failures.push(format!("{count} operations are emptied"));
        }
    }
}

/// The table, what was left out, the rules, and what fails.
#[must_use]
pub fn render(rows: &[Row]) -> String {
    let mut text = String::new();
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default().max(8);
    let mut line = |cells: [&str; 9], name: &str| {
        let _ = write!(text, "{name:<width$}");
        for (cell, width) in cells.iter().zip([6, 6, 7, 8, 8, 9, 7, 9, 12]) {
            let _ = write!(text, "  {cell:>width$}");
        }
        text.push('\n');
    };
    line(
        [
            "ops",
            "kept",
            "skipped",
            "seconds",
            "rust/op",
            "tokens",
            "equal",
            "by rule",
            "unclassified",
        ],
        "document",
    );
    for row in rows {
        let replay = row.replay.as_ref();
        let figure = |figure: Option<usize>| figure.map_or("-".to_owned(), |it| it.to_string());
        let cells = [
            row.operations.to_string(),
            row.coverage.kept.to_string(),
            row.coverage.skipped.len().to_string(),
            format!("{:.2}", row.time.as_secs_f64()),
            row.rust.to_string(),
            row.tokens.to_string(),
            figure(replay.map(|replay| replay.equal)),
            figure(replay.map(Replay::by_rule)),
            figure(replay.map(|replay| replay.unclassified.len())),
        ];
        line(cells.each_ref().map(String::as_str), &row.name);
    }
    for row in rows {
        let Coverage { skipped, lost, emptied, .. } = &row.coverage;
        for (what, operations) in [("skipped", skipped), ("lost", lost), ("emptied", emptied)] {
            for operation in operations {
                let _ = writeln!(text, "{}: {what}: {operation}", row.name);
            }
        }
    }
    for (rules, count) in by_rule(rows) {
        let _ = writeln!(text, "{count:>7} requests differ by {rules}");
    }
    let accepts: usize =
        rows.iter().filter_map(|row| row.replay.as_ref()).map(|it| it.accepts).sum();
    if accepts > 0 {
        let _ = writeln!(
            text,
            "{accepts:>7} requests name what they accept by H1, apart from the above"
        );
    }
    for row in rows {
        for failure in &row.failures {
            let _ = writeln!(text, "{}: FAILED: {failure}", row.name);
        }
    }
    text
}

fn by_rule(rows: &[Row]) -> std::collections::BTreeMap<&str, usize> {
    let mut counts = std::collections::BTreeMap::new();
    for (rules, count) in
        rows.iter().filter_map(|row| row.replay.as_ref()).flat_map(|it| &it.different)
    {
        *counts.entry(rules.as_str()).or_default() += count;
    }
    counts
}

//! Diagnostics as text for people, in the look of rustc.
//!
//! What the text of a document could do to a terminal stays out of it: control characters and
//! those that reorder text are shown as escapes, long lines and messages are cut.

mod excerpt;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use annotate_snippets::{Group, Level, Origin, Renderer};

use self::excerpt::{Place, excerpts, visible};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::SourceMap;

/// The longest message, in characters.
const LONGEST_MESSAGE: usize = 2_000;
/// The longest JSON pointer, in characters.
const LONGEST_POINTER: usize = 400;

/// How diagnostics are shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Whether to use the colours of terminals.
    pub color: bool,
    /// The columns of the terminal.
    pub width: usize,
    /// How many warnings of one code are shown; the rest is counted. Errors are shown always.
    pub per_code: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { color: false, width: 120, per_code: 10 }
    }
}

/// The problems as text: errors first, each kind in the order of the files, then the warnings that
/// are not shown, then how many there are. The same problem found twice is shown once. Empty when there are
/// none, else it ends with a line break.
#[must_use]
pub fn render(diagnostics: &Diagnostics, sources: &SourceMap, look: &Look) -> String {
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(look.width);
    let problems = in_order(diagnostics);
    let mut text = String::new();
    let mut counts: BTreeMap<(Severity, Code), usize> = BTreeMap::new();
    for problem in &problems {
        let count = counts.entry((problem.severity, problem.code)).or_default();
        *count += 1;
        if problem.severity == Severity::Error || *count <= look.per_code {
            let shown = renderer.render(&[group(problem, sources)]);
            for line in shown.lines().filter(|line| !is_bare_origin(line)) {
                text.push_str(line);
                text.push('\n');
            }
            text.push('\n');
        }
    }
    let warnings = counts.iter().rev().filter(|((severity, _), _)| *severity == Severity::Warning);
    let mut hidden = false;
    for ((_, code), count) in warnings {
        let rest = count.saturating_sub(look.per_code);
        if rest > 0 {
            let (code, sentence) = (code.as_str(), code.sentence());
            text.push_str(&format!("… and {} {code}: {sentence}\n", number(rest, "more warning")));
            hidden = true;
        }
    }
    if hidden {
        let when = if diagnostics.has_errors() { ", once there are no errors" } else { "" };
        text.push_str(&format!("  see all of them{when}: cargo xtask inspect INPUT\n\n"));
    }
    if let Some(summary) = summary(&counts) {
        text.push_str(&renderer.render(&[summary]));
        text.push('\n');
    }
    text
}

/// The problems in the order in which they are shown, without repetitions.
fn in_order(diagnostics: &Diagnostics) -> Vec<&Diagnostic> {
    type Order<'d> = (std::cmp::Reverse<Severity>, Option<crate::source::Span>, Code, &'d str);
    fn order(problem: &Diagnostic) -> Order<'_> {
        let span = problem.primary.as_ref().map(|label| label.span);
        (std::cmp::Reverse(problem.severity), span, problem.code, &problem.message)
    }
    let mut problems: Vec<_> = diagnostics.iter().collect();
    problems.sort_by(|one, other| order(one).cmp(&order(other)));
    problems.dedup_by(|one, other| order(one) == order(other) && one.pointer == other.pointer);
    problems
}

/// One problem.
fn group<'d>(problem: &'d Diagnostic, sources: &'d SourceMap) -> Group<'d> {
    let level = level(problem.severity);
    let title = level.primary_title(visible(&problem.message, LONGEST_MESSAGE));
    let mut group = Group::with_title(title.id(problem.code.as_str()));
    let primary = problem.primary.iter().map(|label| Place::of(label, true, sources));
    let secondary = problem.secondary.iter().map(|label| Place::of(label, false, sources));
    for excerpt in excerpts(primary.chain(secondary).collect(), sources) {
        let origin = Origin::path(visible(sources.name(excerpt.file), LONGEST_POINTER))
            .line(excerpt.line)
            .char_column(excerpt.column);
        group = group.element(origin).element(excerpt.snippet);
    }
    // The root of a document has an empty pointer, which says nothing.
    if let Some(pointer) = problem.pointer.as_ref().filter(|pointer| !pointer.is_empty()) {
        let pointer = visible(pointer, LONGEST_POINTER);
        group = group.element(Level::NOTE.message(format!("at {pointer}")));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(visible(help, LONGEST_MESSAGE)));
    }
    group
}

/// Whether a line holds nothing but the mark of a place that is not named.
///
/// The renderer computes columns from the text it is given, which here is a cut and escaped part
/// of the line. So places are given apart from that text, and the renderer marks the text as
/// being from nowhere.
fn is_bare_origin(line: &str) -> bool {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().trim();
    let colored = parts.map(|part| part.split_once('m').map_or(part, |(_, text)| text).trim());
    std::iter::once(first).chain(colored).collect::<String>() == ":::"
}

/// The last line: `2 errors and 1 warning`.
fn summary(counts: &BTreeMap<(Severity, Code), usize>) -> Option<Group<'static>> {
    let total = |severity| {
        counts.iter().filter(|((found, _), _)| *found == severity).map(|(_, count)| count).sum()
    };
    let (errors, warnings): (usize, usize) = (total(Severity::Error), total(Severity::Warning));
    let (severity, text) = match (errors, warnings) {
        (0, 0) => return None,
        (0, _) => (Severity::Warning, number(warnings, "warning")),
        (_, 0) => (Severity::Error, number(errors, "error")),
        _ => {
            let both = format!("{} and {}", number(errors, "error"), number(warnings, "warning"));
            (Severity::Error, both)
        }
    };
    Some(Group::with_title(level(severity).primary_title(text)))
}

const fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    }
}

fn number(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

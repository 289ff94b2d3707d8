//! The lines of a file around the labels of a problem, fit for a terminal.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Snippet};

use crate::diagnostic::Label;
use crate::source::{FileId, SourceMap};

/// Lines up to this many bytes are shown whole.
const LONG_LINE: usize = 200;
/// What is shown of a longer line before a label, of the labelled part, and behind it, in bytes.
const CUT: (usize, usize, usize) = (60, 100, 40);
/// Labels of one file within so many lines share an excerpt.
const TOGETHER: usize = 12;
/// The longest text beside an underline, in characters.
const LONGEST_LABEL: usize = 300;

/// A label and its line. A label of several lines is shown on the first.
pub(super) struct Place<'d> {
    label: &'d Label,
    primary: bool,
    line: usize,
    column: usize,
    /// Bytes of the line in the file, without its end.
    line_bytes: Range<usize>,
    /// Bytes of the label in the file, on this line.
    bytes: Range<usize>,
}

impl<'d> Place<'d> {
    pub(super) fn of(label: &'d Label, primary: bool, sources: &SourceMap) -> Self {
        let text = sources.text(label.span.file);
        let (line, column) = sources.position(label.span);
        let start = text.floor_char_boundary(label.span.start as usize);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line_end = line_start + text[line_start..line_end].trim_end_matches('\r').len();
        let start = start.min(line_end);
        let end = text.floor_char_boundary(label.span.end as usize).clamp(start, line_end);
        Self { label, primary, line, column, line_bytes: line_start..line_end, bytes: start..end }
    }

    fn annotation(&self, span: Range<usize>) -> Annotation<'d> {
        let kind = if self.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(span);
        if self.label.text.is_empty() {
            annotation
        } else {
            annotation.label(visible(&self.label.text, LONGEST_LABEL))
        }
    }
}

/// Some lines of a file with labels, and the place of the first of these.
pub(super) struct Excerpt<'d> {
    pub(super) file: FileId,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) snippet: Snippet<'d, Annotation<'d>>,
}

/// The excerpts that show all places; those near the first one share its excerpt.
pub(super) fn excerpts<'d>(places: Vec<Place<'d>>, sources: &SourceMap) -> Vec<Excerpt<'d>> {
    let mut clusters: Vec<Vec<Place<'d>>> = Vec::new();
    for place in places {
        match clusters.iter_mut().find(|cluster| fit_together(cluster, &place, sources)) {
            Some(cluster) => cluster.push(place),
            None => clusters.push(vec![place]),
        }
    }
    clusters.iter().filter_map(|cluster| excerpt(cluster, sources)).collect()
}

/// Whether a place is near those of a cluster, with only short lines between them.
fn fit_together(cluster: &[Place<'_>], place: &Place<'_>, sources: &SourceMap) -> bool {
    let file = place.label.span.file;
    let near = |other: &Place<'_>| {
        other.label.span.file == file && other.line.abs_diff(place.line) < TOGETHER
    };
    cluster.iter().all(near) && {
        let lines = cluster.iter().chain([place]).fold(place.line_bytes.clone(), |all, place| {
            all.start.min(place.line_bytes.start)..all.end.max(place.line_bytes.end)
        });
        sources.text(file)[lines].lines().all(|line| line.len() <= LONG_LINE)
    }
}

fn excerpt<'d>(cluster: &[Place<'d>], sources: &SourceMap) -> Option<Excerpt<'d>> {
    let first = cluster.first()?;
    let file = first.label.span.file;
    let text = sources.text(file);
    let line = cluster.iter().map(|place| place.line).min()?;
    let whole = cluster.iter().map(|place| place.line_bytes.start).min()?
        ..cluster.iter().map(|place| place.line_bytes.end).max()?;
    let mut shown = whole.clone();
    let mut limit = whole.end;
    if cluster.len() == 1 && whole.len() > LONG_LINE {
        let (before, inside, behind) = CUT;
        limit = text.floor_char_boundary(first.bytes.start + inside).min(first.bytes.end);
        shown.start =
            text.floor_char_boundary(first.bytes.start.saturating_sub(before)).max(whole.start);
        shown.end = text.floor_char_boundary(limit + behind).min(whole.end);
    }
    let cut = |at: usize, end: usize| if at == end { "" } else { "…" };
    let (left, right) = (cut(shown.start, whole.start), cut(shown.end, whole.end));
    // Escapes are longer than what they stand for, so offsets are those of escaped text.
    let offset = |at: usize| {
        left.len() + text.get(shown.start..at).map_or(0, |before| escaped(before).len())
    };
    let source = format!("{left}{}{right}", escaped(&text[shown.clone()]));
    let snippet =
        Snippet::source(source).line_start(line).annotations(cluster.iter().map(|place| {
            place.annotation(offset(place.bytes.start)..offset(place.bytes.end.min(limit)))
        }));
    Some(Excerpt { file, line: first.line, column: first.column, snippet })
}

/// Text for a terminal: escaped, and cut where it is longer than `longest` characters.
pub(super) fn visible(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => escaped(&text[..end]) + "…",
        None => escaped(text),
    }
}

/// Text with escapes in place of what is not seen or reorders what is seen. Line breaks and tabs
/// stay.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\t' => shown.push(char),
            '\r' if text.contains("\r\n") => {}
            _ if char.is_control() || is_deceptive(char) => shown.extend(char.escape_unicode()),
            _ => shown.push(char),
        }
    }
    shown
}

/// Characters without a look of their own: for bidirectional text (UAX #9), of no width, and line
/// separators.
const fn is_deceptive(char: char) -> bool {
    matches!(char,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

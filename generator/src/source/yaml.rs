//! YAML 1.2 to a tree with spans, on the events of `granit-parser`.
//!
//! Plain scalars follow the core schema: only `true`, `false`, `null` and their two other
//! spellings are words with a meaning, so `no` and `on` are text, and so are dates. Numbers with
//! leading zeros are text too, since YAML 1.1 and 1.2 disagree about their base. Aliases and
//! merge keys (`<<`) are resolved here; later stages do not see them.

mod scalar;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle, Tag};

use super::problems::{self, LIMIT, Repeated, excerpt};
use super::{DEPTH_LIMIT, FileId, Key, Node, Span, Value};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// How much anchors and aliases may add to a document: nodes, and 32 bytes of text each.
const EXPANSION_LIMIT: usize = 4_000_000;

/// The longest key. YAML says 1024 characters, which documents made from JSON exceed.
const LONGEST_KEY: usize = 1 << 16;

/// Reads a YAML text of one document. Problems are E0103, E0105, E0106 and E0107.
pub fn parse<'s>(text: &'s str, file: FileId, diagnostics: &mut Diagnostics) -> Option<Node<'s>> {
    let (rest, start) = problems::without_mark(text);
    let mut reader = Reader {
        text: rest,
        start,
        file,
        frames: Vec::new(),
        anchored: HashMap::new(),
        spent: 0,
        last_end: 0,
        documents: 0,
        root: None,
        problems: Vec::new(),
        repeated: Repeated::default(),
    };
    let complete = reader.read().is_some();
    let root = reader.root.filter(|_| complete);
    reader.problems.extend(reader.repeated.warning());
    problems::hand_over(reader.problems, root.as_ref(), diagnostics);
    root
}

/// A finished value, with what an alias to it would cost.
#[derive(Clone)]
struct Finished<'s> {
    node: Node<'s>,
    weight: usize,
    /// How deeply lists and mappings are nested in it, itself included.
    height: usize,
}

/// A list or mapping that is being read.
struct Frame<'s> {
    start: usize,
    anchor: usize,
    flow: bool,
    weight: usize,
    height: usize,
    content: Content<'s>,
}

enum Content<'s> {
    List(Vec<Node<'s>>),
    Mapping(Mapping<'s>),
}

#[derive(Default)]
struct Mapping<'s> {
    entries: Vec<(Key<'s>, Node<'s>)>,
    /// The values of merge keys, and before which entry each stands.
    merges: Vec<(usize, Node<'s>)>,
    pending: Option<Pending<'s>>,
}

/// A key whose value comes next.
enum Pending<'s> {
    Key(Key<'s>),
    Merge,
}

struct Reader<'s> {
    text: &'s str,
    /// Where the text without its byte order mark begins.
    start: usize,
    file: FileId,
    frames: Vec<Frame<'s>>,
    anchored: HashMap<usize, Finished<'s>>,
    spent: usize,
    /// End of the last scalar, alias or bracket. Block collections end there; the parser puts
    /// their end at the next token, behind empty lines and comments.
    last_end: usize,
    documents: usize,
    root: Option<Node<'s>>,
    problems: Vec<Diagnostic>,
    repeated: Repeated,
}

impl<'s> Reader<'s> {
    fn read(&mut self) -> Option<()> {
        let options = granit_parser::options! {
            emit_comments: false,
            emit_unresolved_aliases: true,
            simple_key_max_lookahead: LONGEST_KEY,
            flow_nesting_limit: DEPTH_LIMIT,
            block_nesting_limit: DEPTH_LIMIT,
        };
        for event in Parser::new_from_str_with_options(self.text, options) {
            match event {
                Ok((event, span)) => {
                    let place = span.byte_range().unwrap_or(0..0);
                    if matches!(event, Event::DocumentStart(..)) && self.documents > 0 {
                        self.second_document(&place);
                        return Some(());
                    }
                    self.event(event, place)?;
                }
                Err(error) => return self.syntax_error(&error),
            }
        }
        let empty =
            |root: &Node<'_>| matches!(root.value, Value::Null) && root.span.start == root.span.end;
        if self.root.as_ref().is_none_or(empty) {
            self.problems.push(problems::empty_file(self.file));
            return None;
        }
        Some(())
    }

    fn second_document(&mut self, place: &Range<usize>) {
        let problem = Diagnostic::error(Code::E0103, "the file holds more than one document")
            .at(self.span(place), "a second document begins here")
            .help("keep one document in each file");
        self.problems.push(problem);
    }

    fn event(&mut self, event: Event<'s>, place: Range<usize>) -> Option<()> {
        match event {
            Event::DocumentStart(..) => self.documents += 1,
            Event::Scalar(text, style, anchor, tag) => {
                return self.scalar(text, style, anchor, tag.as_deref(), place);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.collection_tag(tag.as_deref(), &place);
                return self.open(style, anchor, &place, Content::List(Vec::new()));
            }
            Event::MappingStart(style, anchor, tag) => {
                self.collection_tag(tag.as_deref(), &place);
                return self.open(style, anchor, &place, Content::Mapping(Mapping::default()));
            }
            Event::SequenceEnd | Event::MappingEnd => return self.close(&place),
            Event::Alias(anchor) => {
                self.last_end = place.end;
                return self.alias(anchor, &place);
            }
            Event::UnresolvedAlias(name) => {
                self.last_end = place.end;
                let message = format!("the alias `*{}` has no anchor before it", excerpt(&name));
                let span = self.span(&place);
                let problem = Diagnostic::error(Code::E0103, message).at(span, "");
                let help = format!("mark the value it stands for with `&{}`", excerpt(&name));
                self.report(problem.help(help))?;
                let node = Node { span, value: Value::Null };
                return self.finish(Finished { node, weight: 1, height: 0 }, 0);
            }
            _ => {}
        }
        Some(())
    }

    fn scalar(
        &mut self,
        text: Cow<'s, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        place: Range<usize>,
    ) -> Option<()> {
        let merges = style == ScalarStyle::Plain && text == "<<";
        let plain = match tag {
            None => style == ScalarStyle::Plain,
            Some(tag) => match tag.core_suffix() {
                Some("str") => false,
                Some("int" | "float" | "bool" | "null") => true,
                _ => {
                    self.unknown_tag(tag, &place);
                    style == ScalarStyle::Plain && tag.original() != "!"
                }
            },
        };
        let mut place = place;
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            let written = self.text.get(place.clone()).unwrap_or_default();
            place.end = place.start + written.trim_end().len();
        }
        self.last_end = place.end;
        let span = self.span(&place);
        if merges && let Some(pending) = self.awaited_key() {
            *pending = Some(Pending::Merge);
            return Some(());
        }
        if plain && scalar::is_not_finite(&text) {
            let message = format!("`{text}` is not a number of JSON and is read as text");
            let problem = Diagnostic::warning(Code::E0103, message).at(span, "");
            self.report(problem.help("put it in quotes if it is meant as text"))?;
        }
        let weight = 1 + text.len() / 32;
        let value = if plain { scalar::resolve(text) } else { Value::String(text) };
        self.finish(Finished { node: Node { span, value }, weight, height: 0 }, anchor)
    }

    /// The place for a key, if one comes next.
    fn awaited_key(&mut self) -> Option<&mut Option<Pending<'s>>> {
        match &mut self.frames.last_mut()?.content {
            Content::Mapping(mapping) if mapping.pending.is_none() => Some(&mut mapping.pending),
            _ => None,
        }
    }

    fn unknown_tag(&mut self, tag: &Tag, place: &Range<usize>) {
        let name = tag.original();
        if name != "!" && self.problems.len() < LIMIT {
            let message =
                format!("the tag `{}` has no meaning here and is ignored", excerpt(&name));
            let problem = Diagnostic::warning(Code::E0103, message);
            self.problems.push(problem.at(self.span(place), "the tagged value"));
        }
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, place: &Range<usize>) {
        if let Some(tag) = tag
            && !matches!(tag.core_suffix(), Some("map" | "seq"))
        {
            let first = self.character(place.start);
            self.unknown_tag(tag, &first);
        }
    }

    fn open(
        &mut self,
        style: StructureStyle,
        anchor: usize,
        place: &Range<usize>,
        content: Content<'s>,
    ) -> Option<()> {
        if self.frames.len() >= DEPTH_LIMIT {
            return self.fail(problems::too_deep(self.span(&self.character(place.start))));
        }
        let flow = style == StructureStyle::Flow;
        self.frames.push(Frame { start: place.start, anchor, flow, weight: 1, height: 0, content });
        Some(())
    }

    fn close(&mut self, place: &Range<usize>) -> Option<()> {
        let frame = self.frames.pop()?;
        if frame.flow {
            self.last_end = place.end;
        }
        let end = self.last_end;
        let value = match frame.content {
            Content::List(mut items) => {
                items.shrink_to_fit();
                Value::Array(items)
            }
            Content::Mapping(mapping) => Value::Object(self.merged(mapping)),
        };
        let node = Node { span: self.span(&(frame.start..end)), value };
        let finished = Finished { node, weight: frame.weight, height: frame.height + 1 };
        self.finish(finished, frame.anchor)
    }

    fn alias(&mut self, anchor: usize, place: &Range<usize>) -> Option<()> {
        let Some(target) = self.anchored.get(&anchor) else {
            let problem = Diagnostic::error(Code::E0106, "an alias stands inside its own value")
                .at(self.span(place), "this would never end")
                .help("write `$ref` where a schema contains itself");
            return self.fail(problem);
        };
        let (weight, height) = (target.weight, target.height);
        self.spend(weight, place)?;
        if self.frames.len() + height > DEPTH_LIMIT {
            return self.fail(problems::too_deep(self.span(place)));
        }
        let target = self.anchored.get(&anchor)?.clone();
        self.finish(target, 0)
    }

    /// Puts a finished value into the list or mapping around it.
    fn finish(&mut self, finished: Finished<'s>, anchor: usize) -> Option<()> {
        if anchor != 0 {
            let span = finished.node.span;
            let from_start = |at: u32| (at as usize).saturating_sub(self.start);
            self.spend(finished.weight, &(from_start(span.start)..from_start(span.end)))?;
            self.anchored.insert(anchor, finished.clone());
        }
        let Finished { node, weight, height } = finished;
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        frame.weight = frame.weight.saturating_add(weight);
        frame.height = frame.height.max(height);
        match &mut frame.content {
            Content::List(items) => items.push(node),
            Content::Mapping(mapping) => match mapping.pending.take() {
                Some(Pending::Key(key)) => mapping.entries.push((key, node)),
                Some(Pending::Merge) => mapping.merges.push((mapping.entries.len(), node)),
                None => {
                    let span = node.span;
                    let name = match node.value {
                        Value::String(name) | Value::Number(name) => name,
                        Value::Null => Cow::Borrowed("null"),
                        Value::Bool(true) => Cow::Borrowed("true"),
                        Value::Bool(false) => Cow::Borrowed("false"),
                        Value::Array(_) | Value::Object(_) => return self.compound_key(span),
                    };
                    mapping.pending = Some(Pending::Key(Key { span, name }));
                }
            },
        }
        Some(())
    }

    fn compound_key(&mut self, span: Span) -> Option<()> {
        let problem = Diagnostic::error(Code::E0103, "a list or mapping is used as a key");
        self.fail(
            problem.at(span, "expected text").help("a value that begins with `{` needs quotes"),
        )
    }

    /// The entries of a mapping, merge keys applied: own entries first, then earlier merges.
    fn merged(&mut self, mapping: Mapping<'s>) -> Vec<(Key<'s>, Node<'s>)> {
        let Mapping { mut entries, merges, .. } = mapping;
        self.repeated.drop_from(&mut entries);
        if merges.is_empty() {
            entries.shrink_to_fit();
            return entries;
        }
        let mut names: HashSet<String> =
            entries.iter().map(|(key, _)| key.name.to_string()).collect();
        let mut own = entries.into_iter();
        let mut all = Vec::new();
        let mut taken = 0;
        for (before, merge) in merges {
            all.extend(own.by_ref().take(before.saturating_sub(taken)));
            taken = taken.max(before);
            let sources = match merge.value {
                Value::Array(sources) => sources,
                _ => vec![merge],
            };
            for source in sources {
                let Value::Object(entries) = source.value else {
                    let problem = Diagnostic::error(
                        Code::E0103,
                        format!("`<<` takes a mapping, found {}", source.kind()),
                    );
                    self.problems.push(problem.at(source.span, "this cannot be merged"));
                    continue;
                };
                all.extend(
                    entries.into_iter().filter(|(key, _)| names.insert(key.name.to_string())),
                );
            }
        }
        all.extend(own);
        all
    }

    fn spend(&mut self, weight: usize, place: &Range<usize>) -> Option<()> {
        self.spent = self.spent.saturating_add(weight);
        if self.spent <= EXPANSION_LIMIT {
            return Some(());
        }
        let problem = Diagnostic::error(Code::E0106, "aliases make this document too large")
            .at(self.span(place), "beyond the limit from here on")
            .help("aliases in aliases multiply; write `$ref` instead");
        self.fail(problem)
    }

    fn syntax_error(&mut self, error: &ScanError) -> Option<()> {
        let start = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let span = self.span(&self.character(start));
        let (message, help) = match error.kind() {
            ErrorKind::RecursionLimitExceeded => return self.fail(problems::too_deep(span)),
            kind => syntax_message(kind).unwrap_or_else(|| (error.info(), "")),
        };
        let mut problem = Diagnostic::error(Code::E0103, message).at(span, "");
        let in_quotes = matches!(
            error.kind(),
            ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent
        );
        let opening = if in_quotes {
            self.opening_quote(start)
        } else {
            self.frames.last().filter(|frame| frame.flow).map(|frame| frame.start)
        };
        if let Some(opening) = opening {
            problem = problem.also(self.span(&self.character(opening)), "opened here");
        }
        self.fail(if help.is_empty() { problem } else { problem.help(help) })
    }

    /// The first quote behind what was read so far and outside of comments: where a text began
    /// that does not end.
    fn opening_quote(&self, end: usize) -> Option<usize> {
        let mut in_comment = false;
        let mut before = ' ';
        for (at, letter) in self.text.get(self.last_end..end)?.char_indices() {
            in_comment = letter != '\n' && (in_comment || letter == '#' && before.is_whitespace());
            if !in_comment && matches!(letter, '"' | '\'') {
                return Some(self.last_end + at);
            }
            before = letter;
        }
        None
    }

    /// The range of the character that begins here.
    fn character(&self, start: usize) -> Range<usize> {
        let found = self.text.get(start..).and_then(|rest| rest.chars().next());
        start..start + found.map_or(0, char::len_utf8)
    }

    fn span(&self, place: &Range<usize>) -> Span {
        problems::span(self.file, self.start + place.start, self.start + place.end)
    }

    fn fail<T>(&mut self, problem: Diagnostic) -> Option<T> {
        self.problems.push(problem);
        None
    }

    fn report(&mut self, problem: Diagnostic) -> Option<()> {
        self.problems.push(problem);
        (self.problems.len() < LIMIT).then_some(())
    }
}

/// What the user did, in other words than the parser's, and what to do about it.
fn syntax_message(kind: &ErrorKind) -> Option<(String, &'static str)> {
    let (message, help) = match kind {
        ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInBlockIndentation => {
            ("a tab is used for indentation", "indent with spaces")
        }
        ErrorKind::ExpectedBlockMappingKey => (
            "expected a key, as on the lines before",
            "is the line indented like its neighbours, and is text with `: ` or ` #` in quotes?",
        ),
        ErrorKind::MappingValueNotAllowed => (
            "`:` cannot stand here",
            "put text that contains `: ` in quotes, and indent keys like their neighbours",
        ),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::UnexpectedEofFlowMapping => {
            ("expected `,` or `}`", "is the closing `}` missing before it?")
        }
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::UnexpectedEofFlowSequence => {
            ("expected `,` or `]`", "is the closing `]` missing before it?")
        }
        ErrorKind::UnclosedFlowCollection { .. } => {
            ("a list or mapping in brackets does not end", "add the closing bracket")
        }
        ErrorKind::InvalidColonPlacement => {
            ("`:` cannot stand here", "is a `]` or `}` missing before it?")
        }
        ErrorKind::UnclosedQuotedScalar => {
            ("the file ends within a quoted text", "close it with the same quote")
        }
        ErrorKind::InvalidQuotedScalarIndent => {
            // YAML 1.2.2, 6.3: `s-flow-line-prefix`.
            (
                "a quoted text goes on in a line that is not indented further than what it stands in",
                "close the quote before this line, or indent the line",
            )
        }
        ErrorKind::UnexpectedCharacter { character } => {
            let message = format!("text cannot begin with `{}`", problems::visible(*character));
            return Some((message, "put it in quotes"));
        }
        _ => return None,
    };
    Some((message.to_owned(), help))
}

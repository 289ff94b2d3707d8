//! What went wrong while a document was read: faults that cost an operation, and notes that are
//! counted and summed up in one warning for each kind.

use indexmap::IndexMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Key, Node, Span, Value, join_pointer};

/// A problem that costs the operation in which it stands.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What kind of problem it is.
    pub code: Code,
    /// What is wrong, as a clause that can follow the name of the operation.
    pub message: String,
    /// The cause.
    pub span: Span,
    /// What to type or change.
    pub help: Option<String>,
}

impl Fault {
    /// A fault without help.
    #[must_use]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span, help: None }
    }

    /// What to type or change.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Something that was read with tolerance or ignored and that a user can act on.
#[derive(Clone, Debug)]
pub struct Note {
    /// The readable name under which it is counted.
    pub kind: &'static str,
    /// What kind of problem it is.
    pub code: Code,
    /// What was done about it.
    pub message: String,
    /// Where it stands.
    pub span: Span,
    /// What to type or change.
    pub help: &'static str,
}

/// The notes of a document, by kind.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    kinds: IndexMap<&'static str, Kind>,
}

#[derive(Clone, Debug, Default)]
struct Kind {
    count: usize,
    first: Option<Note>,
    others: Vec<Span>,
}

/// How many places beside the first one are shown for each kind.
const SHOWN_PLACES: usize = 2;

impl Notes {
    /// Counts something that needs no warning.
    pub fn count(&mut self, kind: &'static str) {
        self.kinds.entry(kind).or_default().count += 1;
    }

    /// Counts something that is worth a warning.
    pub fn warn(&mut self, note: Note) {
        let kind = self.kinds.entry(note.kind).or_default();
        kind.count += 1;
        if kind.first.is_none() {
            kind.first = Some(note);
        } else if kind.others.len() < SHOWN_PLACES {
            kind.others.push(note.span);
        }
    }

    /// Counts a field of the wrong type, which is left out.
    pub fn wrong_type(&mut self, what: &str, node: &Node<'_>, expected: &str) {
        self.warn(Note {
            kind: "field of the wrong type",
            code: Code::E0203,
            message: format!("{what} is {}, not {expected}; it is left out", node.kind()),
            span: node.span,
            help: "write a value of that type, or remove the field",
        });
    }

    /// Counts a required field that is missing in `node`.
    pub fn missing(&mut self, what: &str, node: &Node<'_>, consequence: &str) {
        self.warn(Note {
            kind: "required field missing",
            code: Code::E0204,
            message: format!("{what} is missing; {consequence}"),
            span: node.span,
            help: "add the field",
        });
    }

    /// Adds the notes of a part that was read on its own.
    pub fn merge(&mut self, other: Self) {
        for (name, part) in other.kinds {
            let kind = self.kinds.entry(name).or_default();
            kind.count += part.count;
            let spans = part.first.iter().map(|note| note.span).chain(part.others);
            let mut spans = spans.collect::<Vec<_>>().into_iter();
            if kind.first.is_none() {
                kind.first = part.first;
                spans.next();
            }
            kind.others.extend(spans);
            kind.others.truncate(SHOWN_PLACES);
        }
    }

    /// One warning for each kind that is worth one, and the counts by kind.
    pub fn finish(
        self,
        pointer: impl Fn(Span) -> String,
        diagnostics: &mut Diagnostics,
    ) -> IndexMap<String, usize> {
        for kind in self.kinds.values() {
            let Some(first) = &kind.first else { continue };
            let mut message = first.message.clone();
            if kind.count > 1 {
                message.push_str(&format!(" (and {} more of this kind)", kind.count - 1));
            }
            let mut diagnostic = Diagnostic::warning(first.code, message)
                .at(first.span, "")
                .pointer(pointer(first.span))
                .help(first.help);
            for span in &kind.others {
                diagnostic = diagnostic.also(*span, "here too");
            }
            diagnostics.push(diagnostic);
        }
        self.kinds.into_iter().map(|(name, kind)| (name.to_owned(), kind.count)).collect()
    }
}

/// The JSON pointer of the deepest value that contains `span`.
///
/// Pointers are needed for messages alone, so they are found again from the place instead of being
/// carried along.
#[must_use]
pub fn pointer_to(root: &Node<'_>, span: Span) -> String {
    let mut pointer = String::new();
    let mut node = root;
    loop {
        let inner = match &node.value {
            Value::Object(entries) => {
                let holds = |(key, value): &&(Key<'_>, Node<'_>)| {
                    contains(value.span, span) || contains(key.span, span)
                };
                entries.iter().find(holds).map(|(key, value)| (key.name.to_string(), value))
            }
            Value::Array(items) => {
                let index = items.iter().position(|item| contains(item.span, span));
                index.and_then(|index| Some((index.to_string(), items.get(index)?)))
            }
            _ => None,
        };
        let Some((token, value)) = inner else { return pointer };
        pointer = join_pointer(&pointer, &token);
        if value.span == span {
            return pointer;
        }
        node = value;
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

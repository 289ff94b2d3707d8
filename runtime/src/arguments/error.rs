//! What is wrong with the arguments of a call: in words for the model, and as data for whoever tells
//! it in another form.

use std::error::Error;
use std::fmt;

use crate::format::Format;
use crate::operation::{Bound, Kind};

/// Characters of a value that a message shows.
const SHOWN: usize = 60;
/// Violations that are told; more would help nobody and cost a hostile caller nothing.
pub(super) const MOST_MESSAGES: usize = 50;
/// Similarity (Jaro-Winkler) from which a text is suggested for another one.
pub(super) const NEAR: f64 = 0.8;
/// Bytes of a text that is compared with others for a suggestion.
const COMPARED: usize = 100;

/// Bytes of a refused value that are kept; a longer one is told by its message alone.
const KEPT: usize = 4096;

/// Everything that is wrong with the arguments of one call. `Display` is what the model reads.
#[derive(Clone, Debug, PartialEq)]
pub struct ArgumentErrors {
    violations: Vec<Violation>,
}

impl ArgumentErrors {
    pub(super) const fn new(violations: Vec<Violation>) -> Self {
        Self { violations }
    }

    pub(super) fn one(violation: Violation) -> Self {
        Self { violations: vec![violation] }
    }

    /// One message per violation, in the order in which they were found.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.violations.iter().map(|violation| violation.message.as_str())
    }

    /// The violations, in the same order.
    pub(crate) fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Violation {
    /// Index of the argument; none for what is no argument.
    pub(crate) argument: Option<usize>,
    /// What leads from the argument to the value at fault, where that is inside of it.
    pub(crate) path: Vec<Place>,
    /// The rule.
    pub(crate) rule: Rule,
    /// The JSON text that breaks it; none where nothing was given, or too much to repeat.
    pub(crate) given: Option<Box<str>>,
    /// What is wrong, in words.
    pub(crate) message: String,
}

/// A step into a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Place {
    /// To an item of a list.
    Item(usize),
    /// To a property of an object.
    #[cfg(feature = "schema")]
    Property(String),
}

/// What a value has to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Rule {
    /// The arguments are one JSON object, of known names, each once.
    Shape,
    /// It has to be there.
    Required,
    /// It is not nested beyond the limit.
    Depth,
    /// Of this type; items of lists have the type of a scalar.
    Type(Kind),
    /// A number that 64 bits hold.
    Range(Kind),
    /// Sound JSON.
    Sound,
    /// `minimum`
    AtLeast(Bound),
    /// `maximum`
    AtMost(Bound),
    /// `exclusiveMinimum`
    Above(Bound),
    /// `exclusiveMaximum`
    Below(Bound),
    /// `multipleOf`
    MultipleOf(Bound),
    /// `minLength`
    MinLength(u32),
    /// `maxLength`
    MaxLength(u32),
    /// `pattern`
    Pattern(String),
    /// `format`, `contentEncoding`
    Format(Format),
    /// `enum`, each value as JSON text.
    OneOf(Vec<String>),
    /// `minItems`, and how many there are.
    MinItems(u32, usize),
    /// `maxItems`, and how many there are.
    MaxItems(u32, usize),
    /// `uniqueItems`
    UniqueItems,
    /// What the listed schema says beyond the table, or the Rust type.
    Schema,
}

impl Violation {
    /// A broken rule of what is no single argument.
    pub(super) fn of_all(rule: Rule, message: impl Into<String>) -> Self {
        let (path, message) = (Vec::new(), message.into());
        Self { argument: None, path, rule, given: None, message }
    }

    /// A value that breaks a rule. The message is the end of a sentence that the place begins.
    pub(super) fn of_value(item: Option<usize>, rule: Rule, json: &str, message: &str) -> Self {
        let place = item.map(|index| format!("[{index}]")).unwrap_or_default();
        let given = (json.len() <= KEPT).then(|| json.into());
        let path = item.map(Place::Item).into_iter().collect();
        Self { argument: None, path, rule, given, message: format!("{place}: {message}") }
    }

    /// The same, of the argument with this index and name.
    pub(super) fn of_argument(mut self, index: usize, name: &str) -> Self {
        self.argument = Some(index);
        self.message = format!("argument `{name}`{}", self.message);
        self
    }
}

impl fmt::Display for ArgumentErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.violations.as_slice() {
            [only] => formatter.write_str(&only.message),
            several => {
                write!(formatter, "{} problems with the arguments:", several.len())?;
                self.messages().try_for_each(|message| write!(formatter, "\n- {message}"))
            }
        }
    }
}

impl Error for ArgumentErrors {}

/// A value as a message shows it: its JSON text, cut where it is long.
pub(super) fn shown(json: &str) -> String {
    match json.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &json[..end]),
        None => json.to_owned(),
    }
}

/// Whether a text is short enough to look for others like it.
pub(super) const fn is_comparable(text: &str) -> bool {
    text.len() <= COMPARED
}

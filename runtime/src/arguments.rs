//! The arguments of a call: reading them from JSON text, checking them against the table of the
//! tool, and handing them to argument structs.
//!
//! This module knows neither HTTP nor MCP. What is wrong with the arguments is collected into one
//! [`ArgumentErrors`]; how that reaches the caller is decided elsewhere.

mod check;
mod choice;
mod coerce;
#[cfg(feature = "schema")]
mod conform;
mod error;
mod from_texts;
#[cfg(feature = "schema")]
mod nested;
mod number;
mod parse;
mod reader;
#[cfg(test)]
mod tests;
mod texts;
pub(crate) mod typed;
mod writer;

use std::borrow::Cow;

use serde::de::DeserializeOwned;

#[cfg(feature = "schema")]
pub(crate) use self::conform::conform_whole;
pub use self::error::ArgumentErrors;
pub(crate) use self::error::{Place, Rule, Violation};
pub(crate) use self::from_texts::from_texts;
#[cfg(feature = "schema")]
pub(crate) use self::from_texts::with_texts;
pub use self::parse::parse;
pub use self::reader::Reader;
pub(crate) use self::texts::{object_of_prompt, object_of_variables};
pub use self::writer::Writer;
use crate::declaration::{Prompt, ResourceTarget, Tool};
use crate::operation::Argument;

/// The argument struct of a tool. Generated crates implement it; nobody else needs to.
///
/// The index that `read` and `write` give is the position of the argument in the table of the tool.
pub trait Arguments: Sized + Send + 'static {
    /// The tool that takes these arguments.
    const TOOL: Tool;

    /// Takes the arguments from checked values.
    ///
    /// # Errors
    ///
    /// A value that its type does not hold, although the check had nothing against it.
    fn read(reader: &mut Reader<'_>) -> Result<Self, ArgumentErrors>;

    /// Writes the arguments as they would come from a caller.
    fn write(&self, writer: &mut Writer);
}

/// The arguments of an operation whose result has a type. Generated crates implement it where the
/// declaration asks for it; nobody else needs to.
#[diagnostic::on_unimplemented(
    message = "the operation of `{Self}` has no typed result",
    label = "its reply is not JSON, or no types were asked for",
    note = "ask for its types in mcp.toml with `response = \"typed\"`, or take the reply as it comes \
            with `call`"
)]
pub trait TypedCall: Arguments {
    /// What the upstream answers, as its document describes it.
    type Response: DeserializeOwned;
}

/// The arguments of a resource that a handler reads, none for a resource without variables. Generated
/// crates implement it; nobody else needs to.
pub trait ResourceArguments: Sized + Send + 'static {
    /// What is read.
    const TARGET: ResourceTarget;

    /// Takes the arguments from checked values.
    ///
    /// # Errors
    ///
    /// A value that its type does not hold, although the check had nothing against it.
    fn read(reader: &mut Reader<'_>) -> Result<Self, ArgumentErrors>;
}

/// The arguments of a prompt that a handler renders. Generated crates implement it; nobody else needs
/// to.
pub trait PromptArguments: Sized + Send + 'static {
    /// The prompt that takes these arguments.
    const PROMPT: &'static Prompt;

    /// Takes the arguments from checked values.
    ///
    /// # Errors
    ///
    /// A value that its type does not hold, although the check had nothing against it.
    fn read(reader: &mut Reader<'_>) -> Result<Self, ArgumentErrors>;
}

/// How forgiving [`parse`] is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mode {
    /// Refuse `"10"` where a number is declared, instead of reading it as 10.
    pub strict: bool,
    /// Deepest nesting of one value. Values beyond 127 are refused whatever stands here.
    pub depth: usize,
}

impl Default for Mode {
    fn default() -> Self {
        Self { strict: false, depth: MAX_DEPTH }
    }
}

/// The deepest value that `serde_json` reads into a tree.
const MAX_DEPTH: usize = 127;

/// Checked arguments: for each entry of the table its JSON text, where there is a value.
///
/// Defaults are filled in, and values are in the form that the entry declares: an integer is written
/// without a point or an exponent, `"10"` has become `10` where a number is declared.
#[derive(Clone, Debug, Default)]
pub struct Values<'a> {
    texts: Vec<Option<Cow<'a, str>>>,
}

impl<'a> Values<'a> {
    /// One value that stands for all arguments: the text of the whole object.
    #[must_use]
    pub fn whole(object: &'a str) -> Self {
        Self { texts: vec![Some(Cow::Borrowed(object))] }
    }

    /// The arguments of an added tool: the object that its schema has checked, and that of the texts which
    /// are injected.
    #[must_use]
    pub(crate) fn of_added(object: &'a str, injected: &'a str) -> Self {
        Self { texts: vec![Some(Cow::Borrowed(object)), Some(Cow::Borrowed(injected))] }
    }

    /// The same values, kept apart from the text that they were read from.
    #[must_use]
    pub fn into_owned<'b>(self) -> Values<'b> {
        let own = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Values { texts: self.texts.into_iter().map(own).collect() }
    }

    /// Gives an argument the value of a text that does not come from the caller, in the form that the
    /// table declares.
    ///
    /// # Errors
    ///
    /// A text that the argument does not take.
    pub(crate) fn inject(
        &mut self,
        table: &'static [Argument],
        index: usize,
        text: &str,
    ) -> Result<(), ArgumentErrors> {
        let (Some(argument), Some(place)) = (table.get(index), self.texts.get_mut(index)) else {
            return Ok(());
        };
        let json = texts::json_of_text(argument.kind, text);
        match check::value(argument, &json, false) {
            Ok(checked) => *place = Some(Cow::Owned(checked.into_owned())),
            Err(found) => {
                let found = found.into_iter().map(|it| it.of_argument(index, argument.name));
                return Err(ArgumentErrors::new(found.collect()));
            }
        }
        Ok(())
    }

    /// The JSON text of the argument at this index of the table; `None` where it is absent.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&str> {
        self.texts.get(index)?.as_deref()
    }
}
